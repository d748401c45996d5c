//! `up` and `run`: the daemon.

use super::{CliError, Global, Inboxes};
use crate::broker::{Broker, DataFolder};
use crate::bus::Bus;
use crate::bus::connect::NatsOptions;
use crate::config::Config;
use crate::service::{self, Role};
use std::io::Write;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Everything in one process.
pub(super) fn up(global: &Global, inboxes: &Inboxes) -> Result<(), CliError> {
    let mut config = global.load()?;
    inboxes.apply(&mut config.settings.sources)?;
    require_inboxes(&config)?;
    match global.nats(&config.settings.nats)? {
        Some(options) => serve(&options, config, &Role::ALL),
        None => {
            let folder = DataFolder::open(&global.data).map_err(CliError::failed)?;
            let broker =
                Broker::start(folder, &config.settings.broker).map_err(CliError::failed)?;
            tracing::info!(address = %broker.address(), data = %global.data.display(), "private NATS server is up");
            let options = NatsOptions {
                server: Some(broker.url.clone()),
                ..global.nats.clone()
            };
            let served = serve(&options, config, &Role::ALL);
            broker.stop();
            served
        }
    }
}

/// Some roles, on a NATS of the user's.
pub(super) fn run(global: &Global, roles: &[Role], inboxes: &Inboxes) -> Result<(), CliError> {
    let mut config = global.load()?;
    inboxes.apply(&mut config.settings.sources)?;
    if roles.contains(&Role::Watch) {
        require_inboxes(&config)?;
    }
    let options = match global.nats(&config.settings.nats)? {
        Some(options) => options,
        None => {
            let url = std::fs::read_to_string(global.data.join("nats.url")).map_err(|_| {
                CliError::Usage("`copydesk run` works on a NATS of yours: name it with --server, NATS_URL or a context; `copydesk up` brings its own".into())
            })?;
            NatsOptions {
                server: Some(url.trim().to_owned()),
                ..global.nats.clone()
            }
        }
    };
    let mut roles = roles.to_vec();
    roles.dedup();
    serve(&options, config, &roles)
}

fn require_inboxes(config: &Config) -> Result<(), CliError> {
    if config.settings.sources.is_empty() {
        return Err(CliError::Usage(
            "there is no inbox to watch; give one with --inbox DIR, or a [[source]] in the file named by --config".into(),
        ));
    }
    Ok(())
}

fn serve(options: &NatsOptions, config: Config, roles: &[Role]) -> Result<(), CliError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(CliError::failed)?;
    let served = runtime.block_on(async {
        let shutdown = CancellationToken::new();
        stop_on_signal(shutdown.clone()).map_err(CliError::failed)?;
        let name = roles
            .iter()
            .map(|r| r.as_str())
            .collect::<Vec<_>>()
            .join("+");
        let bus = Bus::connect(
            options,
            &config.settings.nats.prefix,
            &format!("copydesk {name}"),
        )
        .await
        .map_err(CliError::failed)?;
        let ready = || {
            let mut out = std::io::stdout().lock();
            let _ = writeln!(out, "copydesk is ready: {}", name.replace('+', " "));
            let _ = out.flush();
        };
        let served = service::run(bus.clone(), Arc::new(config), roles, shutdown, ready).await;
        bus.close(Duration::from_secs(2)).await;
        served.map_err(CliError::failed)
    });
    // Blocking work that outlived the drain must not hold the exit.
    runtime.shutdown_timeout(Duration::from_secs(1));
    served
}

/// SIGTERM and Ctrl-C drain; a second one ends at once.
fn stop_on_signal(shutdown: CancellationToken) -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::spawn(async move {
        let mut next = async || {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        };
        next().await;
        shutdown.cancel();
        next().await;
        tracing::warn!(
            "told to stop twice, ending at once; what was begun is done again at the next start"
        );
        std::process::exit(1);
    });
    Ok(())
}

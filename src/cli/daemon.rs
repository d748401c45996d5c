//! `up` and `run`: the daemon.

use super::reload::Reloaded;
use super::{CliError, Global, Inboxes, reload, systemd};
use crate::broker::{Broker, DataFolder};
use crate::bus::Bus;
use crate::bus::connect::NatsOptions;
use crate::config::Config;
use crate::service::{self, Change, Role};
use crate::{spans, sys};
use std::io::Write;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Everything in one process.
pub(super) fn up(global: &Global, inboxes: &Inboxes) -> Result<(), CliError> {
    let config = load(global, inboxes, &Role::ALL)?;
    let mut roles = Role::ALL.to_vec();
    roles.retain(|r| *r != Role::Web || config.settings.web.enabled);
    let start = Start { global, inboxes };
    match global.nats(&config.settings.nats)? {
        Some(options) => start.serve(&options, config, &roles),
        None => {
            let folder = DataFolder::open(&global.data).map_err(CliError::failed)?;
            let broker =
                Broker::start(folder, &config.settings.broker).map_err(CliError::failed)?;
            tracing::info!(address = %broker.address(), data = %global.data.display(), "private NATS server is up");
            let options = NatsOptions {
                server: Some(broker.url.clone()),
                ..global.nats.clone()
            };
            let served = start.serve(&options, config, &roles);
            broker.stop();
            served
        }
    }
}

/// Some roles, on a NATS of the user's.
pub(super) fn run(global: &Global, roles: &[Role], inboxes: &Inboxes) -> Result<(), CliError> {
    let config = load(global, inboxes, roles)?;
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
    Start { global, inboxes }.serve(&options, config, &roles)
}

/// The configuration as files, environment and command line have it.
fn load(global: &Global, inboxes: &Inboxes, roles: &[Role]) -> Result<Config, CliError> {
    with_inboxes(global.load()?, inboxes, roles)
}

/// The same again, while another is in force.
fn again(
    global: &Global,
    inboxes: &Inboxes,
    roles: &[Role],
    in_force: &Config,
) -> Result<Reloaded, CliError> {
    let (config, refused) = Config::reload(global.config.as_deref(), &in_force.channels)?;
    Ok((with_inboxes(config, inboxes, roles)?, refused))
}

fn with_inboxes(mut config: Config, inboxes: &Inboxes, roles: &[Role]) -> Result<Config, CliError> {
    inboxes.apply(&mut config.settings.sources)?;
    if roles.contains(&Role::Watch) && config.settings.sources.is_empty() {
        return Err(CliError::Usage(
            "there is no inbox to watch; give one with --inbox DIR, or a [[source]] in the file named by --config".into(),
        ));
    }
    Ok(config)
}

/// Threads for reading files and enriching texts, beside one for each core: files that hang on a network disk are to stop
/// nobody. Tokio's own bound of 512 is reached by a full inbox.
const SPARE_THREADS: usize = 6;
/// Arenas of the allocator: what a group of articles needs for a moment is kept twice, not once for each thread.
const ARENAS: i32 = 2;

/// How the daemon was started: its configuration is read so again.
struct Start<'a> {
    global: &'a Global,
    inboxes: &'a Inboxes,
}

impl Start<'_> {
    fn serve(&self, options: &NatsOptions, config: Config, roles: &[Role]) -> Result<(), CliError> {
        if let Some(otlp) = &config.settings.telemetry.otlp {
            spans::start(otlp).map_err(CliError::Failed)?;
        }
        sys::limit_arenas(ARENAS);
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .max_blocking_threads(cores + SPARE_THREADS)
            .enable_all()
            .build()
            .map_err(CliError::failed)?;
        let served = runtime.block_on(async {
            let shutdown = CancellationToken::new();
            stop_on_signal(shutdown.clone()).map_err(CliError::failed)?;
            let watchdog = systemd::watchdog();
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
                let names = name.replace('+', " ");
                let mut out = std::io::stdout().lock();
                let _ = writeln!(out, "copydesk is ready: {names}");
                let _ = out.flush();
                systemd::ready(&names);
            };
            let (change, live) = service::live(config);
            let reload = self.follow_changes(change, roles)?;
            let served = service::run(bus.clone(), live, roles, shutdown, ready).await;
            reload.abort();
            bus.close(Duration::from_secs(2)).await;
            // Up to the very end: a drain takes its time and is no hang.
            watchdog.inspect(tokio::task::JoinHandle::abort);
            served.map_err(CliError::failed)
        });
        // Blocking work that outlived the drain must not hold the exit.
        runtime.shutdown_timeout(Duration::from_secs(1));
        spans::stop();
        served
    }

    fn follow_changes(&self, change: Change, roles: &[Role]) -> Result<JoinHandle<()>, CliError> {
        let hangup = signal(SignalKind::hangup()).map_err(CliError::failed)?;
        let files = Config::files(self.global.config.as_deref());
        let (global, inboxes) = (self.global.clone(), self.inboxes.clone());
        let roles = roles.to_vec();
        let load = move |in_force: &Config| again(&global, &inboxes, &roles, in_force);
        Ok(tokio::spawn(reload::follow(files, hangup, change, load)))
    }
}

/// SIGTERM and Ctrl-C drain; a second one ends at once.
fn stop_on_signal(shutdown: CancellationToken) -> std::io::Result<()> {
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
        systemd::stopping();
        shutdown.cancel();
        next().await;
        tracing::warn!(
            "told to stop twice, ending at once; what was begun is done again at the next start"
        );
        std::process::exit(1);
    });
    Ok(())
}

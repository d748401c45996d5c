//! What a supervisor is told: systemd's notification socket, where there is one (`Type=notify`, `WatchdogSec=`).

use sd_notify::NotifyState;
use std::time::Duration;
use tokio::task::JoinHandle;

/// The daemon can work.
pub(super) fn ready(roles: &str) {
    tell(&[
        NotifyState::Ready,
        NotifyState::Status(&format!("at work: {roles}")),
    ]);
}

/// It reads its configuration anew.
pub(super) fn reloading() {
    if let Ok(now) = NotifyState::monotonic_usec_now() {
        tell(&[NotifyState::Reloading, now]);
    }
}

/// It has, well or badly.
pub(super) fn reloaded() {
    tell(&[NotifyState::Ready]);
}

/// It was told to stop and finishes what it began.
pub(super) fn stopping() {
    tell(&[
        NotifyState::Stopping,
        NotifyState::Status("finishing what was begun"),
    ]);
}

/// Says often enough that it lives, where systemd wants to know. The task shares the roles' threads: when those hang, it is
/// silent, and systemd starts the daemon anew.
pub(super) fn watchdog() -> Option<JoinHandle<()>> {
    let within = sd_notify::watchdog_enabled()?;
    Some(tokio::spawn(async move {
        let mut beat = tokio::time::interval((within / 3).max(Duration::from_millis(100)));
        loop {
            beat.tick().await;
            tell(&[NotifyState::Watchdog]);
        }
    }))
}

/// Nobody has to listen.
fn tell(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::debug!(%error, "the supervisor was not told");
    }
}

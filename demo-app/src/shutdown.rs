//! Stops the app on a signal, so that no request is lost.

use actix_web::dev::ServerHandle;
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

/// Waits for a signal, reports over `stopping` that the app is not ready, and gives load balancers the
/// delay to notice. Then the server takes no more connections, and answers what is under way.
pub(crate) async fn stop_on_signal(
    server: ServerHandle,
    stopping: Arc<AtomicBool>,
    delay: Duration,
) {
    if signal().await == Signal::Terminate {
        stopping.store(true, Ordering::Relaxed);
        tracing::info!("stopping");
        tokio::time::sleep(delay).await;
    }
    server.stop(true).await;
}

#[derive(PartialEq, Eq)]
enum Signal {
    /// Somebody at the keyboard, who does not want to wait.
    Interrupt,
    #[cfg_attr(not(unix), expect(dead_code, reason = "only Unix has SIGTERM"))]
    Terminate,
}

/// The signal that comes first.
async fn signal() -> Signal {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            return tokio::select! {
                _ = interrupt => Signal::Interrupt,
                _ = terminate.recv() => Signal::Terminate,
            };
        }
    }
    let _ = interrupt.await;
    Signal::Interrupt
}

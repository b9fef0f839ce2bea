//! Interruption: the signals of the process that end a run.
//!
//! In: SIGINT (Ctrl-C) and SIGTERM. Out: the first of them as a `Signal`.
//! Holds: the first is told, so that the run can be ended in order; the second ends the process at once.

use std::fmt;

/// A signal that asks the run to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signal {
    Interrupt,
    Terminate,
}

impl Signal {
    /// The status that a shell gives to a program that the signal ended.
    pub(crate) fn status(self) -> u8 {
        match self {
            Self::Interrupt => 130,
            Self::Terminate => 143,
        }
    }
}

impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Interrupt => "SIGINT",
            Self::Terminate => "SIGTERM",
        })
    }
}

impl std::error::Error for Signal {}

/// Tells the first signal from now on. Where none can be listened to, signals end the process as the system has it.
#[cfg(unix)]
pub(crate) fn listen(tell: impl FnOnce(Signal) + Send + 'static) -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};

    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    let (mut interrupt, mut terminate) = {
        let _entered = runtime.enter();
        (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?)
    };
    std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
        runtime.block_on(async move {
            tell(next(&mut interrupt, &mut terminate).await);
            let second = next(&mut interrupt, &mut terminate).await;
            std::process::exit(i32::from(second.status()))
        })
    })?;
    Ok(())
}

/// Calls `tell` at the first Ctrl-C or SIGTERM from now on; a second one ends the process at once.
///
/// # Errors
///
/// The system's, in which case signals end the process as it has it. Elsewhere than on Unix nothing is called.
pub fn when_interrupted(tell: impl FnOnce() + Send + 'static) -> std::io::Result<()> {
    listen(move |_| tell())
}

#[cfg(unix)]
async fn next(interrupt: &mut tokio::signal::unix::Signal, terminate: &mut tokio::signal::unix::Signal) -> Signal {
    use futures::future::{Either, select};

    match select(Box::pin(interrupt.recv()), Box::pin(terminate.recv())).await {
        Either::Left(_) => Signal::Interrupt,
        Either::Right(_) => Signal::Terminate,
    }
}

/// Signals are a thing of Unix: elsewhere Ctrl-C ends the process as the system has it.
#[cfg(not(unix))]
pub(crate) fn listen(_: impl FnOnce(Signal) + Send + 'static) -> std::io::Result<()> {
    Ok(())
}

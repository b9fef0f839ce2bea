//! A guest's standard streams.
//!
//! In: where they go. Out: streams that the WASI host reads and writes.
//! Holds: what a guest wrote is at its destination before the write returns, so nothing is lost when it traps.

use std::io::{self, Write};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use tokio::io::AsyncWrite;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamError, StreamResult};

/// Standard input, output and error of a guest.
#[derive(Clone, Debug)]
pub struct Stdio {
    pub stdin: Input,
    pub stdout: Output,
    pub stderr: Output,
}

impl Stdio {
    /// Output and error of this process; no input.
    pub fn inherit() -> Self {
        Self { stdin: Input::Closed, stdout: Output::Stdout, stderr: Output::Stderr }
    }
}

/// Where standard input comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// At its end from the start.
    Closed,
    /// The input of this process.
    Inherit,
    Bytes(Vec<u8>),
}

/// Where standard output or error goes.
#[derive(Clone, Debug)]
pub enum Output {
    Stdout,
    Stderr,
    /// Kept in memory, shared by all clones.
    Memory(Arc<Mutex<Vec<u8>>>),
}

impl Output {
    pub fn memory() -> Self {
        Self::Memory(Arc::default())
    }

    /// What was written so far, if it is kept in memory.
    pub fn contents(&self) -> Vec<u8> {
        match self {
            Self::Stdout | Self::Stderr => Vec::new(),
            Self::Memory(bytes) => bytes.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        }
    }

    /// Writes all bytes, and hands them on at once.
    pub fn write_through(&self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Stdout => {
                let mut out = io::stdout().lock();
                out.write_all(bytes)?;
                out.flush()
            }
            Self::Stderr => io::stderr().write_all(bytes),
            Self::Memory(kept) => {
                kept.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
                Ok(())
            }
        }
    }
}

impl IsTerminal for Output {
    fn is_terminal(&self) -> bool {
        match self {
            Self::Stdout => io::IsTerminal::is_terminal(&io::stdout()),
            Self::Stderr => io::IsTerminal::is_terminal(&io::stderr()),
            Self::Memory(_) => false,
        }
    }
}

impl StdoutStream for Output {
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(self.clone())
    }

    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }
}

impl AsyncWrite for Output {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Poll::Ready(self.write_through(bytes).map(|()| bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[wasmtime_wasi::async_trait]
impl Pollable for Output {
    async fn ready(&mut self) {}
}

impl OutputStream for Output {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.write_through(&bytes).map_err(|error| match error.kind() {
            io::ErrorKind::BrokenPipe => StreamError::Closed,
            _ => StreamError::LastOperationFailed(error.into()),
        })
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(64 << 10)
    }
}

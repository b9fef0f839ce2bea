//! What a guest wanted and was not granted: remembered while it runs, said once at the end.
//!
//! In: refusals, from wherever the host's side makes them. Out: one note for each kind, with the flag that grants it.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use diag::Diagnostic;
use wasmtime_wasi::sockets::SocketAddrUse;

/// A shared list of refusals, without repetitions.
#[derive(Clone, Debug, Default)]
pub(crate) struct Refused(Arc<Mutex<Vec<Refusal>>>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Refusal {
    Write,
    Connect(SocketAddr),
    Listen(SocketAddr),
    Http(String),
}

impl Refused {
    fn add(&self, refusal: Refusal) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // A guest may ask for ever new addresses; a few of them say enough.
        if all.len() < 16 && !all.contains(&refusal) {
            all.push(refusal);
        }
    }

    /// A write into a folder granted read-only.
    pub(crate) fn write(&self) {
        self.add(Refusal::Write);
    }

    pub(crate) fn network(&self, address: SocketAddr, purpose: SocketAddrUse) {
        match purpose {
            SocketAddrUse::TcpConnect => self.add(Refusal::Connect(address)),
            SocketAddrUse::TcpBind | SocketAddrUse::TcpListen => self.add(Refusal::Listen(address)),
            SocketAddrUse::TcpAccept | SocketAddrUse::UdpBind | SocketAddrUse::UdpSend | SocketAddrUse::UdpReceive => {}
        }
    }

    /// A request to an authority.
    pub(crate) fn http(&self, authority: &str) {
        self.add(Refusal::Http(authority.to_owned()));
    }

    /// One note for each refusal; `dirs` are the folders that were granted read-only, as the user wrote them.
    pub(crate) fn notes(&self, file: &str, dirs: &[String]) -> Vec<Diagnostic> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().map(|refusal| refusal.note(file, dirs)).collect()
    }
}

impl Refusal {
    fn note(&self, file: &str, dirs: &[String]) -> Diagnostic {
        let (what, flag) = match self {
            Self::Write => {
                let flags: Vec<String> = dirs.iter().map(|dir| format!("`--dir {dir}:rw`")).collect();
                ("a write into a folder that is granted read-only".to_owned(), flags.join(" or "))
            }
            Self::Connect(address) => (format!("a connection to `{address}`"), format!("`--connect {address}`")),
            Self::Listen(address) => (format!("to listen on `{address}`"), format!("`--listen {address}`")),
            Self::Http(authority) => {
                (format!("an HTTP request to `{authority}`"), format!("`--http-allow {authority}`"))
            }
        };
        diag::note("run/refused", format!("the guest was refused {what}"))
            .label(diag::Place::file(file), "asked for by this program")
            .help(format!("grant it with {flag}"))
    }
}

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
        let (what, help) = match self {
            Self::Write => {
                let flags: Vec<String> = dirs.iter().map(|dir| format!("`--dir {dir}:rw`")).collect();
                let help = format!("grant it with {}", flags.join(" or "));
                ("a write into a folder that is granted read-only".to_owned(), help)
            }
            Self::Connect(address) => {
                (format!("a connection to `{address}`"), format!("grant it with `--connect {address}`"))
            }
            Self::Listen(address) => {
                (format!("to listen on `{address}`"), format!("grant it with `--listen {address}`"))
            }
            Self::Http(authority) => {
                let help = match authority.rsplit_once('@') {
                    None => format!("grant it with `--http-allow {authority}`"),
                    Some((_, host)) => format!("leave the user out of the URL, and grant `--http-allow {host}`"),
                };
                (format!("an HTTP request to `{authority}`"), help)
            }
        };
        diag::note("run/refused", format!("the guest was refused {what}"))
            .label(diag::Place::file(file), "asked for by this program")
            .help(help)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_refusal_is_said_once_with_what_grants_it() {
        let refused = Refused::default();
        for authority in ["example.com:80", "example.com:80", "user@example.com"] {
            refused.http(authority);
        }
        refused.write();
        refused.write();
        let helps: Vec<_> = refused.notes("a.wasm", &["data".to_owned()]).into_iter().map(|note| note.help).collect();
        let expected = [
            "grant it with `--http-allow example.com:80`",
            "leave the user out of the URL, and grant `--http-allow example.com`",
            "grant it with `--dir data:rw`",
        ];
        assert_eq!(helps, expected.map(|help| Some(help.to_owned())));
    }
}

//! What an app is: who it is, its one component, what it is granted, and what `[deploy]` says.
//!
//! Holds: texts are as people wrote them; what they may hold is checked by the target that writes them.

use core::net::SocketAddr;

use diag::Place;
use semver::Version;
use types::ExternName;

/// A value, and where it was said; on the command line there is no such place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said<T> {
    pub value: T,
    pub place: Option<Place>,
}

impl<T> Said<T> {
    /// A value that no file says.
    pub fn here(value: T) -> Self {
        Self { value, place: None }
    }
}

/// An app of one component, which may be composed of many.
#[derive(Clone, Debug)]
pub struct App {
    /// Words of lower-case letters and digits with `-` between, each of which begins with a letter, unless it was said
    /// otherwise: then targets refuse it.
    pub name: Said<String>,
    pub version: Version,
    pub description: Option<String>,
    pub authors: Vec<String>,
    /// An SPDX expression.
    pub license: Option<String>,
    pub homepage: Option<String>,
    pub repository: Option<String>,
    pub component: Component,
    pub grants: Grants,
    pub limits: Limits,
    pub deploy: Deploy,
}

/// The component that is to run.
#[derive(Clone, Debug)]
pub struct Component {
    /// The file, as the user knows it.
    pub file: String,
    pub bytes: Vec<u8>,
    pub imports: Vec<Import>,
    pub exports: Vec<ExternName>,
}

/// Something that the component imports.
#[derive(Clone, Debug)]
pub struct Import {
    pub name: ExternName,
    /// The interface that it has, where that is another name than its own.
    pub implements: Option<ExternName>,
    /// An interface without functions and resources asks nothing of its host.
    pub is_types: bool,
    /// For a package of WASI: the first version that has all that is imported, where that is known.
    pub since: Option<Since>,
    /// The parts of the component that ask for it, as paths of instances; empty for the component itself.
    pub parts: Vec<String>,
}

/// A version, and what came with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Since {
    pub version: Version,
    /// The function or the interface.
    pub what: String,
}

impl Import {
    /// The name by which a host knows it.
    pub fn interface(&self) -> &ExternName {
        self.implements.as_ref().unwrap_or(&self.name)
    }
}

/// What the app is granted: the flags of `run`.
#[derive(Clone, Debug, Default)]
pub struct Grants {
    pub dirs: Vec<Said<Dir>>,
    /// Names and values; without a value, that of whoever starts the app.
    pub env: Vec<(String, Said<Option<String>>)>,
    pub listen: Vec<Said<SocketAddr>>,
    pub connect: Vec<Said<SocketAddr>>,
    pub http: Vec<Said<Authority>>,
    /// Names of key-value stores.
    pub key_value: Vec<Said<String>>,
    /// The clock stands still.
    pub frozen_clock: Option<Said<()>>,
    /// Random numbers are the same in every run.
    pub seeded_random: Option<Said<()>>,
}

impl Grants {
    /// Addresses, each with the grant that it stands in.
    pub fn addresses(&self) -> impl Iterator<Item = (&Said<SocketAddr>, &'static str)> {
        let listen = self.listen.iter().map(|said| (said, "listen"));
        listen.chain(self.connect.iter().map(|said| (said, "connect")))
    }
}

/// A folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dir {
    /// Absolute, or relative to the folder that the files of the target are written to; with `/`.
    pub host: String,
    /// As the guest names it.
    pub guest: String,
    pub write: bool,
    /// As the user wrote it.
    pub shown: String,
}

/// A host that HTTP requests may be sent to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authority {
    pub host: String,
    /// Every port if there is none.
    pub port: Option<u16>,
}

/// How much the app may use.
#[derive(Clone, Debug, Default)]
pub struct Limits {
    pub fuel: Option<Said<u64>>,
    /// As the user wrote it.
    pub timeout: Option<Said<String>>,
    /// In bytes.
    pub memory: Option<Said<u64>>,
}

/// `[deploy]`, and the flags that stand for it.
#[derive(Clone, Debug)]
pub struct Deploy {
    /// `HOST/REPOSITORY[:TAG]`.
    pub image: Option<Said<String>>,
    pub route: Option<Said<String>>,
    pub replicas: u32,
    pub port: u16,
}

impl Default for Deploy {
    fn default() -> Self {
        Self { image: None, route: None, replicas: 1, port: 8080 }
    }
}

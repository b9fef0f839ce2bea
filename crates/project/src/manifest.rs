//! What `withe.toml` says, as data.
//!
//! ```toml
//! [app]
//! name = "example:todo"
//! version = "0.1.0"
//!
//! [components.store]
//! language = "rust"
//!
//! [components.auth]
//! language = "command"
//! build = ["componentize-py", "-d", "../wit", "-w", "auth", "componentize", "app", "-o", "auth.wasm"]
//! output = "auth.wasm"
//!
//! [components.log]
//! package = "example:log@1.2"
//!
//! [compose]
//! solve = ["front", "store", "auth"]
//!
//! [dependencies]
//! "example:log" = "1.2"
//! "example:shared" = { path = "../shared/wit" }
//!
//! [grants]
//! dir = ["data::/data:rw"]
//! ```
//!
//! Holds: paths are relative to the manifest's folder; every value keeps its place, so that what is found wrong later
//! can be shown where it was written.

use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use diag::{Place, Source};
use indexmap::IndexMap;
use semver::{Version, VersionReq};

use crate::PackageName;

/// The name of the manifest.
pub const FILE: &str = "withe.toml";

/// A value, and the bytes of the manifest it stands at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct At<T> {
    pub value: T,
    pub span: Range<usize>,
}

/// A `withe.toml`.
#[derive(Clone, Debug)]
pub struct Manifest {
    /// The folder it stands in, absolute.
    pub root: PathBuf,
    pub source: Arc<Source>,
    pub app: App,
    /// In the order of the file.
    pub components: IndexMap<String, Component>,
    pub dependencies: IndexMap<PackageName, Dependency>,
    /// Without it, a project of one component is that component.
    pub compose: Option<Compose>,
    /// What `run`, `serve` and `package` grant.
    pub grants: Grants,
    pub limits: Limits,
    /// Files and folders with `.wave` files; `tests` where there is one and nothing is said.
    pub tests: Vec<At<PathBuf>>,
    pub registries: Registries,
    pub deploy: Deploy,
}

/// `[app]`: who the whole is.
#[derive(Clone, Debug)]
pub struct App {
    pub name: At<PackageName>,
    pub version: At<Version>,
    pub description: Option<String>,
    pub authors: Vec<String>,
    /// An SPDX expression.
    pub license: Option<String>,
    pub homepage: Option<String>,
    pub repository: Option<String>,
    /// The folder of WIT that components have that name none: `wit` unless said.
    pub wit: At<PathBuf>,
}

/// `[components.NAME]`.
#[derive(Clone, Debug)]
pub struct Component {
    /// Where its name stands.
    pub span: Range<usize>,
    pub origin: Origin,
}

/// Where a component comes from.
#[derive(Clone, Debug)]
pub enum Origin {
    /// Made here, of sources.
    Built(Box<Built>),
    /// `package = "ns:name@REQ"`: a dependency that is a component.
    Package { name: At<PackageName>, version: VersionReq },
    /// `path = "FILE"`: a component or core module that is there already, or `.wat`.
    File(At<PathBuf>),
}

/// A component that is made of sources.
#[derive(Clone, Debug)]
pub struct Built {
    pub language: At<Language>,
    /// The folder of its sources; the component's name unless said.
    pub source: At<PathBuf>,
    /// The folder or file of its WIT; the app's unless said.
    pub wit: Option<At<PathBuf>>,
    /// The world; the only one of the WIT unless said.
    pub world: Option<At<String>>,
    /// The program and its arguments, of `command`: started in `source`, without a shell.
    pub build: Vec<At<String>>,
    /// What `command` makes, relative to `source`.
    pub output: Option<At<PathBuf>>,
    /// Patterns as in `.gitignore`, relative to `source`, of what `command` reads; all of `source` unless said.
    pub inputs: Vec<At<String>>,
    /// Whether `inputs` has all that `command` reads, so that what it made is taken again in every folder with the same.
    pub reuse: bool,
    /// Variables of the compiler's environment.
    pub env: IndexMap<String, String>,
    /// Where the bindings go, relative to `source`; `src` for Rust and `gen` for Go unless said, `false` for none.
    pub bindings: Bindings,
    /// Options of `bindgen`, as its command line has them.
    pub bindgen: Vec<At<String>>,
    /// Options of the compiler: of `cargo build`, `go build`.
    pub flags: Vec<At<String>>,
    /// Options of `wrap`, as its command line has them.
    pub wrap: Vec<At<String>>,
    /// For `js`: which component, or the app if nothing is said, becomes JavaScript.
    pub of: Option<At<String>>,
    /// For `js`: options of `transpile`.
    pub transpile: Vec<At<String>>,
}

/// What is done about bindings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bindings {
    /// As the language has it.
    Default,
    Folder(At<PathBuf>),
    /// `bindings = false`: sources that bring their own, or need none.
    None,
}

/// What the sources of a component are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Language {
    /// A crate; `cargo build`.
    Rust,
    /// A module; `go build -buildmode=c-shared`.
    Go,
    /// A host in JavaScript that uses another component of the project: no part of the composition.
    Js,
    /// A `.wat` file, `NAME.wat` or `component.wat` in the folder unless `output` says.
    Wat,
    /// Any program that makes a core module or a component.
    Command,
}

impl Language {
    pub const ALL: &[Self] = &[Self::Rust, Self::Go, Self::Js, Self::Wat, Self::Command];

    /// As the manifest writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::Go => "go",
            Self::Js => "js",
            Self::Wat => "wat",
            Self::Command => "command",
        }
    }
}

/// `[compose]`: how the components become one.
#[derive(Clone, Debug)]
pub struct Compose {
    pub span: Range<usize>,
    pub how: How,
    /// `target = "WIT[#world]"`: what the result must fit.
    pub target: Option<At<String>>,
}

/// One of three.
#[derive(Clone, Debug)]
pub enum How {
    /// `plug = "SOCKET"`, `with = ["PLUG", ..]`.
    Plug { socket: At<String>, plugs: Vec<At<String>> },
    /// `solve = ["FIRST", ..]`: exports what the first exports.
    Solve(Vec<At<String>>),
    /// `script = "FILE.wac"`: packages of the app's namespace are its components.
    Script(At<PathBuf>),
}

/// `[dependencies]`: `"ns:name" = "REQ"` or a table.
#[derive(Clone, Debug)]
pub struct Dependency {
    /// Where its name stands.
    pub span: Range<usize>,
    /// Any version unless said.
    pub version: VersionReq,
    pub from: From,
}

/// Where a dependency is looked for.
#[derive(Clone, Debug)]
pub enum From {
    /// Where the mapping says (`[registries]`, `wkg.toml`, the user's configuration of `wkg`, `.well-known`).
    Mapping,
    /// `path = "DIR or FILE"`: WIT or a component.
    Path(At<PathBuf>),
    /// `registry = "HOST"`.
    Registry(At<String>),
    /// `oci = "HOST/REPOSITORY[:TAG][@DIGEST]"`.
    Oci(At<String>),
}

/// `[registries]`: `default = "HOST"`, `NAMESPACE = "HOST"`, `"NS:NAME" = "HOST/REPOSITORY"`.
#[derive(Clone, Debug, Default)]
pub struct Registries {
    pub default: Option<At<String>>,
    /// A namespace or a package, and what is said of it: a host whose `.well-known` tells the rest, a host with the
    /// beginning of repositories (`ghcr.io/webassembly/`), or a folder (`./registry`).
    pub by_name: IndexMap<String, At<String>>,
}

/// `[grants]`: the texts of the flags of `run`, checked by who uses them.
#[derive(Clone, Debug, Default)]
pub struct Grants {
    /// `HOST[::GUEST][:ro|rw]`.
    pub dir: Vec<At<String>>,
    /// `K = "V"`; `K = true` for the caller's.
    pub env: IndexMap<String, At<Option<String>>>,
    pub listen: Vec<At<String>>,
    pub connect: Vec<At<String>>,
    pub http_allow: Vec<At<String>>,
    pub clock: Option<At<String>>,
    pub random: Option<At<String>>,
    /// Names of key-value stores, for targets that have them.
    pub key_value: Vec<At<String>>,
}

/// `[limits]`, as the flags of `run` have them.
#[derive(Clone, Debug, Default)]
pub struct Limits {
    pub fuel: Option<At<u64>>,
    pub timeout: Option<At<String>>,
    pub memory: Option<At<String>>,
}

/// `[deploy]`: what `package` cannot find out by itself.
#[derive(Clone, Debug, Default)]
pub struct Deploy {
    /// `HOST/REPOSITORY[:TAG]`, where the artifact is or will be; what `push` takes when nothing is said.
    pub image: Option<At<String>>,
    /// The route of HTTP triggers; `/...` unless said.
    pub route: Option<At<String>>,
    /// Instances, of wadm and Kubernetes; 1 unless said.
    pub replicas: Option<At<u32>>,
    /// The port that Kubernetes and Docker publish; 8080 unless said.
    pub port: Option<At<u16>>,
}

impl Manifest {
    /// The only component that is no host in JavaScript: without `[compose]` it is the app.
    pub fn sole(&self) -> Option<(&String, &Component)> {
        let is_wasm = |component: &Component| match &component.origin {
            Origin::Built(built) => built.language.value != Language::Js,
            Origin::Package { .. } | Origin::File(_) => true,
        };
        let mut wasm = self.components.iter().filter(|(_, component)| is_wasm(component));
        let first = wasm.next()?;
        (self.compose.is_none() && wasm.next().is_none()).then_some(first)
    }

    /// Where something of the manifest stands.
    pub fn place(&self, span: &Range<usize>) -> Place {
        Place::text(&self.source, span.clone())
    }
}

//! Arguments of `package`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use semver::Version;
use verify::grants::{self, DirGrant, HttpGrant};
use verify::limits;

use super::building::{BuildFlags, ProjectArgs};

#[derive(Args, Clone, Debug)]
pub struct PackageArgs {
    /// A component, as a file or by its name in withe.toml; without it, the app of withe.toml
    pub component: Option<PathBuf>,
    /// Where it is to run
    #[arg(long = "as", value_enum, value_name = "TARGET")]
    pub target: TargetName,
    /// The folder to write [default: target/withe/package/TARGET in a project]
    #[arg(short = 'o', long = "output", visible_aliases = ["out", "out-dir"], value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// What runs it in Kubernetes
    #[arg(long, value_enum, default_value_t = RuntimeName::Wasmtime, value_name = "RUNTIME")]
    pub runtime: RuntimeName,
    /// Take what an earlier build left
    #[arg(long)]
    pub no_build: bool,
    #[command(flatten)]
    pub project: ProjectArgs,
    #[command(flatten)]
    pub build: BuildFlags,
    #[command(flatten)]
    pub app: AppArgs,
    #[command(flatten)]
    pub grants: PackageGrantArgs,
}

/// Who the app is; what is not said is withe.toml's.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "The app")]
pub struct AppArgs {
    /// What the app is called there [default: the name in withe.toml, or that of the file]
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// Its version [default: the one in withe.toml, or 0.1.0]
    #[arg(long, value_name = "VERSION", value_parser = parse_version)]
    pub app_version: Option<Version>,
    /// Where its image is or will be
    #[arg(long, value_name = "HOST/REPOSITORY[:TAG]")]
    pub image: Option<String>,
    /// The route of HTTP requests, of Spin [default: /...]
    #[arg(long, value_name = "ROUTE")]
    pub route: Option<String>,
    /// Instances, of wadm and Kubernetes [default: 1]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub replicas: Option<u32>,
    /// The port that is published [default: 8080]
    #[arg(long, value_name = "PORT", value_parser = clap::value_parser!(u16).range(1..))]
    pub port: Option<u16>,
}

/// What the app is granted there, beside `[grants]` in withe.toml.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Grants")]
pub struct PackageGrantArgs {
    /// A folder, read-only unless `rw` is said
    #[arg(long, value_name = "HOST[::GUEST][:ro|rw]", value_parser = grants::parse_dir)]
    pub dir: Vec<DirGrant>,
    /// An environment variable; without a value, the one of whoever starts the app
    #[arg(long, value_name = "K[=V]", value_parser = grants::parse_env)]
    pub env: Vec<(String, Option<String>)>,
    /// An address to listen on, such as `0.0.0.0:7000`
    #[arg(long, value_name = "IP:PORT", value_parser = grants::parse_address)]
    pub listen: Vec<SocketAddr>,
    /// An address to connect to, such as `10.0.0.1:5432`
    #[arg(long, value_name = "IP:PORT", value_parser = grants::parse_address)]
    pub connect: Vec<SocketAddr>,
    /// An authority to send HTTP requests to, without scheme and path
    #[arg(long, value_name = "HOST[:PORT]", value_parser = grants::parse_http)]
    pub http_allow: Vec<HttpGrant>,
    /// The name of a key-value store
    #[arg(long, value_name = "STORE")]
    pub key_value: Vec<String>,
    /// What of `[grants]` the app is to do without there
    #[arg(long, value_enum, value_name = "GRANT", value_delimiter = ',')]
    pub without: Vec<GrantName>,
    /// Memory, such as `64MiB`
    #[arg(long, value_name = "SIZE", value_parser = limits::parse_size)]
    pub memory: Option<u64>,
}

/// A place where components run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TargetName {
    /// Spin: spin.toml
    Spin,
    /// wasmCloud: an application of wadm
    Wadm,
    /// Kubernetes: a Deployment or Job with its RuntimeClass, or with `--runtime spin` a SpinApp
    #[value(alias = "kubernetes")]
    K8s,
    /// Docker: an OCI image layout for wasi/wasm, and compose.yaml
    #[value(alias = "oci")]
    Docker,
}

impl TargetName {
    /// As the command line has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Spin => "spin",
            Self::Wadm => "wadm",
            Self::K8s => "k8s",
            Self::Docker => "docker",
        }
    }
}

/// A key of `[grants]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum GrantName {
    /// Folders
    Dir,
    /// Variables of the environment
    Env,
    /// Addresses to listen on
    Listen,
    /// Addresses to connect to
    Connect,
    /// Hosts for HTTP requests
    HttpAllow,
    /// Key-value stores
    KeyValue,
    /// A clock that stands still
    Clock,
    /// Random numbers that repeat
    Random,
}

/// What runs components in Kubernetes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RuntimeName {
    /// containerd's shim for wasmtime
    Wasmtime,
    /// SpinKube
    Spin,
}

fn parse_version(text: &str) -> Result<Version, String> {
    Version::parse(text).map_err(|_| format!("`{text}` is no version; write it like `1.2.3`"))
}

//! Arguments of `run`, and of what all verbs share that run a guest.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use verify::grants::{self, Clock, DirGrant, HttpGrant, Random};
use verify::limits;

use super::RegistryArgs;

#[derive(Args, Clone, Debug)]
pub struct RunArgs {
    /// A component that exports `wasi:cli/run`, or a preview1 core module; `oci://HOST/NAME:TAG` in a registry; in a
    /// project the name of a component [default: the app of the project, which is built first]
    pub component: Option<PathBuf>,
    /// The program's arguments
    #[arg(last = true)]
    pub args: Vec<String>,
    /// Write the report, as JSON, to a file; standard output belongs to the guest
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
    #[command(flatten)]
    pub grants: GrantArgs,
    #[command(flatten)]
    pub limits: LimitArgs,
    #[command(flatten)]
    pub registry: RegistryArgs,
}

/// What a guest may touch. Nothing is granted by default but standard output and error (and input, to `run`).
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Grants")]
pub struct GrantArgs {
    /// A folder, read-only unless `rw` is said
    #[arg(long, value_name = "HOST[::GUEST][:ro|rw]", value_parser = grants::parse_dir)]
    pub dir: Vec<DirGrant>,
    /// An environment variable; without a value, the one of the caller
    #[arg(long, value_name = "K[=V]", value_parser = grants::parse_env)]
    pub env: Vec<(String, Option<String>)>,
    /// Standard input
    #[arg(long, overrides_with = "no_stdin")]
    pub stdin: bool,
    /// No standard input
    #[arg(long, overrides_with = "stdin")]
    pub no_stdin: bool,
    /// An address to listen on, such as `127.0.0.1:8080`
    #[arg(long, value_name = "IP:PORT", value_parser = grants::parse_address)]
    pub listen: Vec<SocketAddr>,
    /// An address to connect to, such as `127.0.0.1:5432`; names are not looked up
    #[arg(long, value_name = "IP:PORT", value_parser = grants::parse_address)]
    pub connect: Vec<SocketAddr>,
    /// An authority to send HTTP requests to, without scheme and path
    #[arg(long, value_name = "HOST[:PORT]", value_parser = grants::parse_http)]
    pub http_allow: Vec<HttpGrant>,
    /// The clocks: `real` or `frozen`
    #[arg(long, value_name = "CLOCK", default_value = "real", value_parser = grants::parse_clock)]
    pub clock: Clock,
    /// Random numbers: `real` or `seed=N`
    #[arg(long, value_name = "RANDOM", default_value = "real", value_parser = grants::parse_random)]
    pub random: Random,
    /// What imports do that nothing satisfies
    #[arg(long, value_name = "HOW", value_parser = ["trap"])]
    pub stub: Option<String>,
}

/// How much a guest may use.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Limits")]
pub struct LimitArgs {
    /// Instructions, as the engine counts them
    #[arg(long, value_name = "N")]
    pub fuel: Option<u64>,
    /// Time, such as `500ms`, `2s`, `1.5m` or `1h`; a bare number is seconds
    #[arg(long, value_name = "TIME", value_parser = limits::parse_duration)]
    pub timeout: Option<Duration>,
    /// Memory, such as `512KiB`, `64MiB` or `1.5GiB`; a bare number is bytes
    #[arg(long, value_name = "SIZE", value_parser = limits::parse_size)]
    pub memory: Option<u64>,
    /// Print what was used
    #[arg(long)]
    pub usage: bool,
}

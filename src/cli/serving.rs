//! Arguments of `serve`.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use clap::Args;
use verify::grants;

use super::{GrantArgs, LimitArgs, RegistryArgs};

#[derive(Args, Clone, Debug)]
pub struct ServeArgs {
    /// A component that exports `wasi:http/incoming-handler` (0.2) or `wasi:http/handler` (0.3); `oci://HOST/NAME:TAG` in a
    /// registry; in a
    /// project the name of a component [default: the app of the project, which is built first]
    pub component: Option<PathBuf>,
    /// Where to listen; port 0 is any free one
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8080", value_parser = parse_address)]
    pub addr: SocketAddr,
    /// Requests that are handled at once; more of them wait
    #[arg(long, value_name = "N", default_value = "128", value_parser = parse_count)]
    pub at_once: usize,
    /// Requests that an instance handles, one after the other: by default 1 of WASI 0.2, 128 of 0.3
    ///
    /// With `--fuel`, `--memory` or `--usage` it is 1: what was used before would count.
    #[arg(long, value_name = "N", value_parser = parse_count)]
    pub reuse: Option<usize>,
    /// Append a line of JSON for each request to a file; `-` is standard output
    #[arg(long, value_name = "FILE")]
    pub access_log: Option<PathBuf>,
    /// Write the report, as JSON, to a file when the server ends; standard output belongs to the guest
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
    #[command(flatten)]
    pub once: OnceArgs,
    #[command(flatten)]
    pub grants: GrantArgs,
    #[command(flatten)]
    pub limits: LimitArgs,
    #[command(flatten)]
    pub registry: RegistryArgs,
}

/// One request without a server.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "One request")]
pub struct OnceArgs {
    /// Handle this request and print its answer's body; no socket is opened
    ///
    /// The exit status is 0 if the answer's is 200 to 399, else 1. What the guest prints goes to standard error.
    #[arg(long, num_args = 2, value_names = ["METHOD", "PATH"], conflicts_with_all = ["addr", "access_log"])]
    pub once: Option<Vec<String>>,
    /// A header of the request
    #[arg(long, value_name = "NAME:VALUE", requires = "once")]
    pub header: Vec<String>,
    /// The request's body, or the file that has it
    #[arg(long, value_name = "TEXT|@FILE", requires = "once")]
    pub body: Option<String>,
    /// Print the answer's status and headers before its body; so does `-v`
    #[arg(long, requires = "once")]
    pub include: bool,
}

/// Reads a number of things of which there must be one.
fn parse_count(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) => Err("at least 1 is needed".to_owned()),
        Ok(count) => Ok(count),
        Err(_) => Err(format!("`{text}` is no whole number")),
    }
}

/// Reads `127.0.0.1:8080`, `[::1]:8080` or `localhost:8080`; other names are not looked up.
fn parse_address(text: &str) -> Result<SocketAddr, String> {
    match text.strip_prefix("localhost:").map(str::parse) {
        Some(Ok(port)) => Ok((Ipv4Addr::LOCALHOST, port).into()),
        Some(Err(_)) | None => grants::parse_address(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_at_all_is_no_count() {
        assert_eq!((parse_count("1"), parse_count("128")), (Ok(1), Ok(128)));
        assert!(parse_count("0").unwrap_err().contains("at least 1"));
        assert!(parse_count("-1").unwrap_err().contains("no whole number"));
    }
}

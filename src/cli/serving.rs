//! Arguments of `serve`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use verify::grants;

use super::{GrantArgs, LimitArgs};

#[derive(Args, Clone, Debug)]
pub struct ServeArgs {
    /// A component that exports `wasi:http/incoming-handler` (0.2) or `wasi:http/handler` (0.3)
    pub component: PathBuf,
    /// Where to listen; port 0 is any free one
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8080", value_parser = grants::parse_address)]
    pub addr: SocketAddr,
    #[command(flatten)]
    pub grants: GrantArgs,
    #[command(flatten)]
    pub limits: LimitArgs,
}

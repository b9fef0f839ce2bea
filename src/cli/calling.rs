//! Arguments of `call`.

use std::path::PathBuf;

use clap::Args;

use super::{GrantArgs, LimitArgs};

#[derive(Args, Clone, Debug)]
pub struct CallArgs {
    /// The component
    pub component: PathBuf,
    /// Calls such as 'add(1, 2)', 'local:calc/ops#add(1, 2)', 'let c = new counter(1)'
    #[arg(required = true, value_name = "EXPR")]
    pub exprs: Vec<String>,
    #[command(flatten)]
    pub grants: GrantArgs,
    #[command(flatten)]
    pub limits: LimitArgs,
}

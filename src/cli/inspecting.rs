//! Arguments of `inspect`.

use std::path::PathBuf;

use clap::Args;

#[derive(Args, Clone, Debug)]
pub struct InspectArgs {
    /// A component or a core module
    pub component: PathBuf,
}

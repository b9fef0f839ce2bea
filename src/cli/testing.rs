//! Arguments of `test`.

use std::path::PathBuf;

use clap::Args;

#[derive(Args, Clone, Debug)]
pub struct TestArgs {
    /// `.wave` files, and folders with all that are below them; the current folder if none is given
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Only tests whose name, or whose file and name (`calc.wave: adds`), hold the text
    #[arg(long, value_name = "TEXT")]
    pub filter: Option<String>,
    /// Name the tests, run none
    #[arg(long, conflicts_with = "update")]
    pub list: bool,
    /// Write what was found in the place of `==` values that differ
    #[arg(long)]
    pub update: bool,
}

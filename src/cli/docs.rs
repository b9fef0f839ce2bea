//! Arguments of `docs`.

use std::path::PathBuf;

use clap::Args;

use super::FeatureArgs;

/// What stands below the flags of `--help`.
const EXAMPLES: &str = "\
The site works from its folder, without a server. Comments are Markdown; a name in brackets, [`name`], is a link.
A block of code marked `wave` is an example; `--test` runs them all against a component, each as the body of a test:

  /// The sum of two numbers.
  ///
  /// ```wave
  /// add(1, 2) == 3;
  /// ```
  add: func(a: u32, b: u32) -> u32;

A block marked `wave,no-run` is only checked for its form. `withe explain docs/example` tells more.";

#[derive(Args, Clone, Debug)]
#[command(after_help = EXAMPLES)]
pub struct DocsArgs {
    /// WIT files, folders, packages or components in wasm, built-ins such as `wasi:http@0.2.12`; in a project, its WIT
    /// if none is given
    #[arg(value_name = "WIT")]
    pub paths: Vec<PathBuf>,
    /// All packages that are built in, in all versions
    #[arg(long)]
    pub wasi: bool,
    #[command(flatten)]
    pub features: FeatureArgs,
    /// The folder of the site; `target/docs` if none is given
    #[arg(short = 'o', long = "output", visible_alias = "out", value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// What stands at the top of each page
    #[arg(long, value_name = "TEXT")]
    pub title: Option<String>,
    /// Write nothing; exit with 1 if the site would change, and name the files
    #[arg(long)]
    pub check: bool,
    /// Write nothing; run the examples in the documentation against this component
    #[arg(long, value_name = "COMPONENT", conflicts_with_all = ["check", "out", "title", "wasi"])]
    pub test: Option<PathBuf>,
}

//! Arguments of `test`.

use std::path::PathBuf;

use clap::Args;

/// What stands below the flags of `--help`.
const FILES: &str = "\
A `.wave` file:

  component \"calc.wasm\";
  test \"adds\" {
    add(1, 2) == 3;
    div(1, 0) == err(_);
    fail() traps \"unreachable\";
    let c = new counter(41);
    c.inc() == 42;
  }

A component is named by its path from the file's folder; in a project, its own name will do. Calls and values are those of `withe call`; `_` is any value.
The calls of an instance take 10 seconds together at most, unless the file says `limit timeout \"30s\";`.
`withe explain test/syntax` has the whole grammar: mocks of imports, grants, limits, what is printed.";

#[derive(Args, Clone, Debug)]
#[command(after_help = FILES)]
pub struct TestArgs {
    /// `.wave` files, and folders with all that are below them [default: in a project what `tests` says, or its folder
    /// `tests`, after a build; else the current folder]
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

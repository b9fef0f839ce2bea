//! Arguments of `inspect`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{OutArgs, RegistryArgs};

/// What is counted, for `inspect --help`.
const COUNTED: &str = "\
Without a flag: a summary of all. Several flags show several reports.

--capabilities follows every instance inside, and counts functions that a core module really imports, not interfaces:
a component that imports wasi:filesystem and only reads, reads. What one part takes from another is no capability.
--size gives every byte to one thing, so that the parts of a report sum to the file. --as html, or an output whose name
ends in .html, is a page of sizes to look around in.

Examples:
  withe inspect app.wasm
  withe inspect app.wasm --capabilities
  withe inspect app.wasm --size --depth 3 --top 5
  withe inspect app.wasm -o app.html
  withe inspect app.wasm --size --against old.wasm";

#[derive(Args, Clone, Debug)]
#[command(after_help = COUNTED)]
pub struct InspectArgs {
    /// A component, a core module or a WIT package in wasm; `-` is standard input, `oci://HOST/NAME:TAG` in a
    /// registry; in a project the name of a component, which is built first
    pub component: PathBuf,
    /// What it imports, with signatures, and which part asks for it
    #[arg(long)]
    pub imports: bool,
    /// What it exports, with signatures, and which part it comes from
    #[arg(long)]
    pub exports: bool,
    /// What it can touch, through which part, and the grant that each needs
    #[arg(long)]
    pub capabilities: bool,
    /// What it weighs: parts, sections, functions
    #[arg(long)]
    pub size: bool,
    /// What it says of itself: languages, tools, names, debug information
    #[arg(long)]
    pub metadata: bool,
    /// Levels of the tree that are shown [default: 3, on a page all]
    #[arg(long, value_name = "N", help_heading = "With --size")]
    pub depth: Option<usize>,
    /// The heaviest in each level that are shown [default: 8, on a page all]
    #[arg(long, value_name = "N", help_heading = "With --size")]
    pub top: Option<usize>,
    /// What weighs more or less than in an older file
    #[arg(long, value_name = "OLD", help_heading = "With --size")]
    pub against: Option<PathBuf>,
    /// The form of the report
    #[arg(long = "as", value_enum, value_name = "FORM", help_heading = "With --size")]
    pub form: Option<SizeForm>,
    #[command(flatten)]
    pub registry: RegistryArgs,
    #[command(flatten)]
    pub out: OutArgs,
}

/// The form of a report of sizes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SizeForm {
    /// A tree
    Text,
    /// One page with a map to look around in: it needs no other file
    Html,
}

//! Arguments of `compose`, of a set of components and of a script, and of `graph`.
//!
//! Holds: what is composed depends on what the inputs hold, so flags of the other way are refused by the command.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{FeatureArgs, OutArgs};

/// How components satisfy one another, for `compose --help`.
const RULES: &str = "\
With components:
  The result exports what the first component exports. Each import is taken from another given component that exports
  it: by its exact name first, else by the highest version of its semver track whose type fits. What nobody exports
  stays an import. A component is instantiated once and shared; naming it with several names (a=x.wasm b=x.wasm)
  makes several instances. Components that import what they export form a chain in the order of the command line.
  What several could give is told with the --wire flags that choose.

Examples:
  withe compose app.wasm left.wasm right.wasm store.wasm -o shop.wasm
  withe compose app.wasm left.wasm right.wasm a=store.wasm b=store.wasm \\
    --wire left#local:shop/stock=a --wire right#local:shop/stock=b -o shop.wasm
  withe compose app.wasm left.wasm right.wasm store.wasm --emit-wac shop.wac -o shop.wasm
  withe compose main.wac --dep local:store=store.wasm -o shop.wasm";

#[derive(Args, Clone, Debug)]
#[command(after_help = RULES)]
pub struct ComposeArgs {
    /// Components that satisfy one another, the one whose exports are wanted first; or one WAC script. `-` is standard
    /// input
    #[arg(value_name = "[NAME=]COMPONENT|FILE.wac", required = true)]
    pub inputs: Vec<String>,
    /// What an import is given: an instance, or `import` to leave it open
    #[arg(long, value_name = "[CONSUMER#]IMPORT=PROVIDER", help_heading = "With components")]
    pub wire: Vec<String>,
    /// The world that the result must fit
    #[arg(long, value_name = "WIT[#WORLD]", help_heading = "With components")]
    pub target: Option<String>,
    /// Write the script that composes the same too
    #[arg(long, value_name = "FILE", help_heading = "With components")]
    pub emit_wac: Option<PathBuf>,
    #[command(flatten)]
    pub features: FeatureArgs,
    /// What a package of the script is: a component, a WIT file or a folder
    #[arg(long, value_name = "NAME[@VERSION]=PATH", help_heading = "With a script")]
    pub dep: Vec<String>,
    /// Where packages are that no `--dep` names [default: deps beside the script]
    #[arg(long, value_name = "DIR", help_heading = "With a script")]
    pub deps_dir: Option<PathBuf>,
    #[command(flatten)]
    pub out: OutArgs,
}

#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Without --as, the form is what the output's name ends with: .svg, .html, .mmd, .dot or .json; for any other file svg,\n\
on standard output mermaid. The JSON document is described in crates/picture/README.md.")]
pub struct GraphArgs {
    /// A component; `-` is standard input; in a project the name of a component, which is built first
    pub component: PathBuf,
    /// The form of the picture
    #[arg(long = "as", value_enum, value_name = "FORM")]
    pub form: Option<GraphForm>,
    #[command(flatten)]
    pub out: OutArgs,
}

/// The form of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum GraphForm {
    /// An image, for browsers and documents
    Svg,
    /// One page to look around in: it needs no other file
    Html,
    /// Text that many documents show as a picture
    Mermaid,
    /// Text for Graphviz
    Dot,
    /// All of it as data
    Json,
}

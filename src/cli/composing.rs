//! Arguments of `compose`: of a set of components, and of a script.
//!
//! Holds: which of the two it is depends on what the inputs hold, so flags of the other one are refused by the command.

use std::path::PathBuf;

use clap::Args;

use super::OutArgs;

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
  withe compose app.wasm a=store.wasm b=store.wasm --wire left#local:shop/stock=a -o shop.wasm
  withe compose app.wasm store.wasm --emit-wac shop.wac -o shop.wasm
  withe compose shop.wac --dep local:store=store.wasm -o shop.wasm";

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
    /// What a package of the script is: a component, a WIT file or a folder
    #[arg(long, value_name = "NAME[@VERSION]=PATH", help_heading = "With a script")]
    pub dep: Vec<String>,
    /// Where packages are that no `--dep` names [default: deps beside the script]
    #[arg(long, value_name = "DIR", help_heading = "With a script")]
    pub deps_dir: Option<PathBuf>,
    #[command(flatten)]
    pub out: OutArgs,
}

//! Arguments of the verbs that check without running: `validate`, `diff`.

use std::path::PathBuf;

use clap::Args;

#[derive(Args, Clone, Debug)]
pub struct ValidateArgs {
    /// Components, modules, WIT; of a folder, all that is in it
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// The world that a component must fit
    #[arg(long, value_name = "WIT[#world]")]
    pub target: Option<String>,
    /// WebAssembly proposals that are on; `all` for everything
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    pub wasm_features: Vec<String>,
    #[command(flatten)]
    pub features: super::FeatureArgs,
}

#[derive(Args, Clone, Debug)]
pub struct DiffArgs {
    /// The earlier one: WIT or a component
    pub old: PathBuf,
    /// The later one
    pub new: PathBuf,
}

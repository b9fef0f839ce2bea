//! Arguments of the verbs that check without running: `validate`, `diff`.

use std::path::PathBuf;

use clap::Args;

#[derive(Args, Clone, Debug)]
pub struct ValidateArgs {
    /// Components, modules, WIT, scripts; of a folder, all that is in it and not in `.witheignore`
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// The world that a component must fit
    #[arg(long, value_name = "WIT[#world]")]
    pub target: Option<String>,
    /// WebAssembly proposals that are on; `all` for everything
    #[arg(long, value_name = "LIST", value_delimiter = ',', long_help = proposals())]
    pub wasm_features: Vec<String>,
    #[command(flatten)]
    pub features: super::FeatureArgs,
}

#[derive(Args, Clone, Debug)]
pub struct DiffArgs {
    /// The earlier one: a file or folder of WIT, a component, a module with metadata, something built in
    pub old: PathBuf,
    /// The later one
    pub new: PathBuf,
    /// The world to compare; without it all that the packages declare
    #[arg(short, long, value_name = "WORLD")]
    pub world: Option<String>,
    /// Who has to be served as before; without it callers and guests, of components hosts
    #[arg(long = "for", value_name = "WHO", value_delimiter = ',', value_enum)]
    pub parties: Vec<DiffParty>,
    /// What ends with status 1
    #[arg(long, value_name = "WHAT", value_enum, default_value_t)]
    pub fail_on: DiffFailOn,
    #[command(flatten)]
    pub features: super::FeatureArgs,
}

/// Who has something of an interface or a world.
#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum DiffParty {
    /// Who calls an interface
    Callers,
    /// Who implements an interface
    Providers,
    /// Components that are built for a world
    Guests,
    /// Who runs or composes components of a world
    Hosts,
    /// All of them
    Everyone,
}

/// What makes a comparison fail.
#[derive(clap::ValueEnum, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DiffFailOn {
    /// Something breaks, and the new version does not say so
    #[default]
    Breaking,
    /// The new version says less than what changed
    Version,
    /// Anything changed
    Any,
    /// Nothing
    Never,
}

/// The names that `--wasm-features` knows.
fn proposals() -> String {
    let names = verify::Proposals::names().join(", ");
    format!("WebAssembly proposals that are on; `all` for everything: {names}")
}

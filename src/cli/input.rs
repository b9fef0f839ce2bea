//! Arguments that several verbs share: which world, which features, where to write.

use std::path::PathBuf;

use clap::Args;

/// Which world of the WIT.
#[derive(Args, Clone, Debug, Default)]
pub struct WorldArgs {
    /// The world; may be left out if there is only one
    #[arg(short, long, value_name = "WORLD")]
    pub world: Option<String>,
    #[command(flatten)]
    pub features: FeatureArgs,
}

/// WIT's feature gates.
#[derive(Args, Clone, Debug, Default)]
pub struct FeatureArgs {
    /// WIT feature gates that are on
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    pub features: Vec<String>,
    /// All WIT feature gates are on
    #[arg(long)]
    pub all_features: bool,
}

impl FeatureArgs {
    /// As the WIT front end takes them.
    pub fn load_options(&self) -> wit::LoadOptions {
        wit::LoadOptions { features: self.features.clone(), all_features: self.all_features, needed_only: false }
    }
}

/// Where one output goes.
#[derive(Args, Clone, Debug, Default)]
pub struct OutArgs {
    /// Where to write; `-` is standard output
    #[arg(short = 'o', long = "output", visible_alias = "out", value_name = "OUT")]
    pub out: Option<PathBuf>,
}

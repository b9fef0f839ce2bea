//! Arguments of `build`, and of what else works on a project.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Args;

/// Which project.
#[derive(Args, Clone, Debug, Default)]
pub struct ProjectArgs {
    /// The manifest, or the folder it stands in [default: the nearest `withe.toml` here or above]
    #[arg(long, value_name = "PATH")]
    pub manifest: Option<PathBuf>,
}

/// What stands below the flags of `--help`.
const MADE: &str = "\
Written are target/withe/NAME.wasm for each component, the app under its own
name, and a folder target/withe/NAME for each host in JavaScript. Only what
changed is made again: sources that .gitignore leaves out do not count, nor
do folders named target or node_modules.

Messages of compilers pass through as they are.";

#[derive(Args, Clone, Debug)]
#[command(after_help = MADE)]
pub struct BuildArgs {
    /// Components to build, or the app; all if none is named
    #[arg(value_name = "NAME")]
    pub names: Vec<String>,
    #[command(flatten)]
    pub project: ProjectArgs,
    /// Build again whenever something changes, until Ctrl-C
    #[arg(long)]
    pub watch: bool,
    #[command(flatten)]
    pub flags: BuildFlags,
}

#[derive(Args, Clone, Debug)]
pub struct CheckArgs {
    /// Components to check, or the app; all if none is named
    #[arg(value_name = "NAME")]
    pub names: Vec<String>,
    #[command(flatten)]
    pub project: ProjectArgs,
    #[command(flatten)]
    pub flags: BuildFlags,
}

/// How to build.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Build")]
pub struct BuildFlags {
    /// The lock files of the project and its compilers must be up to date
    #[arg(long)]
    pub locked: bool,
    /// No compiler asks the network
    #[arg(long)]
    pub offline: bool,
    /// Steps that run at once [default: as many as there are processors]
    #[arg(short, long, value_name = "N")]
    pub jobs: Option<NonZeroUsize>,
}

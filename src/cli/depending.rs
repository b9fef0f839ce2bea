//! Arguments of the verbs about dependencies.

use std::path::PathBuf;

use clap::Args;

/// Which project, and how packages are asked for.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Project")]
pub struct DepsArgs {
    /// The manifest, or the folder it stands in [default: the nearest `withe.toml` here or above]
    #[arg(long, value_name = "PATH")]
    pub manifest: Option<PathBuf>,
    /// Ask no network: only folders, and what has been fetched before
    #[arg(long)]
    pub offline: bool,
    /// Ask registries on other machines without TLS
    #[arg(long)]
    pub plain_http: bool,
    /// Trust the authorities in this file of certificates too, PEM
    #[arg(long, value_name = "FILE")]
    pub ca: Option<PathBuf>,
}

/// What stands below the flags of `--help`.
const PLACES: &str = "\
Packages come from where the manifest says, [dependencies] and [registries];
then from wkg.toml, from the user's configuration of wkg, and for wasi and ba
from wasi.dev and bytecodealliance.org. They go to deps/NAMESPACE/NAME, and
withe.lock keeps versions and digests. Files there that somebody else wrote or
changed stay as they are.";

#[derive(Args, Clone, Debug)]
#[command(after_help = PLACES)]
pub struct FetchArgs {
    #[command(flatten)]
    pub project: DepsArgs,
    /// Fail if the lock would change
    #[arg(long)]
    pub locked: bool,
}

#[derive(Args, Clone, Debug)]
pub struct VendorArgs {
    #[command(flatten)]
    pub project: DepsArgs,
    /// The way back: packages are from their sources again, as the lock has them
    #[arg(long)]
    pub undo: bool,
}

#[derive(Args, Clone, Debug)]
pub struct UpdateArgs {
    /// Packages to update; all if none is named
    #[arg(value_name = "PACKAGE")]
    pub packages: Vec<String>,
    #[command(flatten)]
    pub project: DepsArgs,
}

#[derive(Args, Clone, Debug)]
#[command(after_help = PLACES)]
pub struct AddArgs {
    /// What to add, as in `example:log`, `example:log@1.2` or `example:log@=1.2.3`; several, if no flag says where
    #[arg(value_name = "PACKAGE[@REQUIREMENT]", required = true)]
    pub packages: Vec<String>,
    /// A file or folder: WIT, a component, or a registry in the layout of wkg
    #[arg(long, value_name = "PATH", group = "from")]
    pub path: Option<PathBuf>,
    /// The host of a registry, or `HOST/PREFIX/`
    #[arg(long, value_name = "HOST", group = "from")]
    pub registry: Option<String>,
    /// The repository that has the package
    #[arg(long, value_name = "HOST/REPOSITORY", group = "from")]
    pub oci: Option<String>,
    #[command(flatten)]
    pub project: DepsArgs,
}

#[derive(Args, Clone, Debug)]
pub struct TreeArgs {
    #[command(flatten)]
    pub manifest: LockedProjectArgs,
}

#[derive(Args, Clone, Debug)]
pub struct WhyArgs {
    /// The package, as in `example:log` or `example:log@1.2.0`
    pub package: String,
    #[command(flatten)]
    pub manifest: LockedProjectArgs,
}

/// Which project; nothing is asked, the lock says it all.
#[derive(Args, Clone, Debug, Default)]
pub struct LockedProjectArgs {
    /// The manifest, or the folder it stands in [default: the nearest `withe.toml` here or above]
    #[arg(long, value_name = "PATH")]
    pub manifest: Option<PathBuf>,
}

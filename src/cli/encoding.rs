//! Arguments of the verbs that make components: `embed`, `wrap`, `link`, `plug`. Those of `compose` are in `composing`.
//!
//! Holds: flags that are hidden are known and refused in this release.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{OutArgs, WorldArgs};

#[derive(Args, Clone, Debug)]
pub struct EmbedArgs {
    /// The core module; `-` is standard input
    pub core: PathBuf,
    /// The WIT to embed
    #[arg(long, value_name = "WIT")]
    pub wit: PathBuf,
    #[command(flatten)]
    pub world: WorldArgs,
    /// How strings are encoded
    #[arg(long, value_enum, default_value_t = Encoding::Utf8)]
    pub encoding: Encoding,
    #[command(flatten)]
    pub out: OutArgs,
}

/// How strings are encoded. Specification: Canonical ABI, "string-encoding".
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Encoding {
    Utf8,
    Utf16,
    #[value(alias = "latin1+utf16")]
    CompactUtf16,
}

#[derive(Args, Clone, Debug)]
pub struct WrapArgs {
    /// The core module; `-` is standard input
    pub core: PathBuf,
    #[command(flatten)]
    pub flags: WrapFlags,
    #[command(flatten)]
    pub out: OutArgs,
}

/// What `wrap` and `link` both take.
#[derive(Args, Clone, Debug)]
pub struct WrapFlags {
    /// The WIT of the component, in place of the metadata in the module; of `link`, in the first library
    #[arg(long, value_name = "WIT")]
    pub wit: Option<PathBuf>,
    #[command(flatten)]
    pub world: WorldArgs,
    /// How strings are encoded, with `--wit`
    #[arg(long, value_enum, default_value_t = Encoding::Utf8)]
    pub encoding: Encoding,
    /// An adapter module, named as the imports that it provides, or one of the built-in ones for preview1
    #[arg(long, value_name = "[NAME=]FILE|command|reactor|proxy")]
    pub adapt: Vec<String>,
    /// Choose no built-in adapter
    #[arg(long)]
    pub no_adapt: bool,
    /// Import under another name
    #[arg(long, value_name = "OLD=NEW", value_parser = renaming)]
    pub import_name: Vec<(String, String)>,
    /// Keep imports that differ only in the version's last parts apart
    #[arg(long)]
    pub no_merge: bool,
    /// Accept only the specification's core names
    #[arg(long)]
    pub reject_legacy_names: bool,
    /// Give adapters a realloc of `memory.grow` alone
    #[arg(long)]
    pub realloc_via_memory_grow: bool,
    /// Use `return_call_ref` in the shim
    #[arg(long)]
    pub return_call_ref: bool,
    /// Name interfaces by their semver track, the rest of the version beside it; runtimes do not take this yet
    #[arg(long)]
    pub emit_canonical_names: bool,
    /// Do not validate what was made
    #[arg(long)]
    pub no_validate: bool,
    /// Write no name section
    #[arg(long)]
    pub no_names: bool,
    /// Drop names, debugging information and what tools say about themselves, from all modules
    #[arg(long)]
    pub strip: bool,
    /// Drop functions, data and globals that nothing reaches
    #[arg(long)]
    pub gc: bool,
}

#[derive(Args, Clone, Debug)]
pub struct LinkArgs {
    /// A shared library, with the name by which others need it, else its file's; earlier ones have priority
    #[arg(value_name = "[NAME=]LIB")]
    pub libraries: Vec<String>,
    /// A library that `dlopen` finds, and `dlsym` all that it exports
    #[arg(long, value_name = "[NAME=]LIB")]
    pub dl_openable: Vec<String>,
    /// Link a library that has `dlopen`, `dlsym`, `dlclose` and `dlerror`
    #[arg(long)]
    pub use_built_in_libdl: bool,
    /// Let calls of functions that no library defines trap
    #[arg(long)]
    pub stub_missing_functions: bool,
    /// The size of the stack in bytes
    #[arg(long, value_name = "N", default_value_t = encode::link::DEFAULT_STACK_SIZE)]
    pub stack_size: u32,
    #[command(flatten)]
    pub flags: WrapFlags,
    #[command(flatten)]
    pub out: OutArgs,
}

fn renaming(text: &str) -> Result<(String, String), String> {
    let (old, new) = text.split_once('=').ok_or("write it as `OLD=NEW`")?;
    Ok((old.to_owned(), new.to_owned()))
}

#[derive(Args, Clone, Debug)]
pub struct PlugArgs {
    /// The component whose imports are filled
    pub socket: PathBuf,
    /// Components whose exports fill them
    #[arg(value_name = "PLUG")]
    pub plugs: Vec<PathBuf>,
    /// Another component whose exports fill them
    #[arg(long = "plug", value_name = "PLUG")]
    pub more_plugs: Vec<PathBuf>,
    #[command(flatten)]
    pub out: OutArgs,
}

impl PlugArgs {
    /// All plugs, those without the flag first.
    pub fn all_plugs(&self) -> impl Iterator<Item = &PathBuf> {
        self.plugs.iter().chain(&self.more_plugs)
    }
}

//! Arguments of `bindgen`. Options for Rust have the spelling of wit-bindgen 0.63.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::WorldArgs;

#[derive(Args, Clone, Debug)]
pub struct BindgenArgs {
    #[command(subcommand)]
    pub lang: BindgenLang,
}

#[derive(Clone, Debug, Subcommand)]
pub enum BindgenLang {
    /// Rust, for the guest
    Rust(Box<BindgenRustArgs>),
    /// JavaScript (not in this release)
    Js(LaterLangArgs),
    /// Go (not in this release)
    Go(LaterLangArgs),
}

/// A language that this release does not have: whatever is said, the answer is the same.
#[derive(Args, Clone, Debug)]
pub struct LaterLangArgs {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
    pub words: Vec<String>,
}

#[derive(Args, Clone, Debug)]
pub struct BindgenRustArgs {
    /// A `.wit` file, a folder, a component, a built-in
    pub wit: PathBuf,
    #[command(flatten)]
    pub world: WorldArgs,
    /// The folder to write to
    #[arg(short = 'o', long = "output", visible_alias = "out-dir", value_name = "DIR")]
    pub out: PathBuf,
    /// Write nothing; exit with 1 if the files in DIR differ from what would be written
    #[arg(long)]
    pub check: bool,
    /// Also write a crate around the bindings, to be filled in; what is there is kept
    #[arg(long)]
    pub stubs: bool,
    /// The crate of `--stubs` does without the standard library, with an allocator of its own
    #[arg(long, requires = "stubs")]
    pub no_std: bool,
    #[command(flatten)]
    pub options: RustOptions,
}

/// How Rust bindings look. What is hidden is known and refused in this release.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Rust")]
pub struct RustOptions {
    /// Generate every interface that the world refers to (always so)
    #[arg(long)]
    pub generate_all: bool,
    /// Derive these on every generated type
    #[arg(short = 'd', long = "additional-derive-attributes", value_name = "DERIVE", value_delimiter = ',')]
    pub additional_derive_attributes: Vec<String>,
    /// Types that get no additional derives
    #[arg(long, value_name = "NAME")]
    pub additional_derive_ignore: Vec<String>,
    /// Use an existing module or type instead of generating one; `generate` forces generation
    #[arg(long, value_name = "INTERFACE=PATH", value_parser = remapping, value_delimiter = ',', hide = true)]
    pub with: Vec<(String, String)>,
    /// Whether parameters of imports are owned or borrowed
    #[arg(long, value_enum, default_value_t = Ownership::Owning, hide = true)]
    pub ownership: Ownership,
    /// Functions to leave out
    #[arg(long, value_name = "NAME")]
    pub skip: Vec<String>,
    /// Asynchronous functions that are bound synchronously: `all`, `a:b/c#f`, `import:f`, `export:a:b/c#resource.f`
    #[arg(long, value_name = "FILTER", value_delimiter = ',')]
    pub sync: Vec<String>,
    /// Functions that are not bound synchronously, whatever `--sync all` says; they are `async func` in the WIT
    #[arg(long = "async", value_name = "FILTER", value_delimiter = ',', allow_hyphen_values = true)]
    pub async_: Vec<String>,
    /// Methods that return `self`
    #[arg(long, value_name = "FILTER", value_delimiter = ',', hide = true)]
    pub chainable_methods: Vec<String>,
    /// Where the runtime is found: `inline` (in the file itself), or a module such as `withe_bindgen::rt`
    #[arg(long = "runtime", visible_alias = "runtime-path", value_name = "PATH", default_value = "inline")]
    pub runtime_path: String,
    /// Where the `bitflags` macro is found
    #[arg(long, value_name = "PATH", hide = true)]
    pub bitflags_path: Option<String>,
    /// Make the export macro public
    #[arg(long, hide = true)]
    pub pub_export_macro: bool,
    /// The export macro's name
    #[arg(long, value_name = "NAME")]
    pub export_macro_name: Option<String>,
    /// The module that the export macro refers to
    #[arg(long, value_name = "PATH")]
    pub default_bindings_module: Option<String>,
    /// Put this before the names of core exports
    #[arg(long, value_name = "PREFIX")]
    pub export_prefix: Option<String>,
    /// Accepted: the bindings never need `std`
    #[arg(long)]
    pub std_feature: bool,
    /// Strings are lists of bytes
    #[arg(long, hide = true)]
    pub raw_strings: bool,
    /// The Rust type of maps
    #[arg(long, value_name = "PATH", hide = true)]
    pub map_type: Option<String>,
    /// End the metadata section's name with this
    #[arg(long, value_name = "SUFFIX")]
    pub type_section_suffix: Option<String>,
    /// Leave out what runs constructors once
    #[arg(long)]
    pub disable_run_ctors_once_workaround: bool,
    /// Leave out what keeps the metadata section alive when linking
    #[arg(long)]
    pub disable_custom_section_link_helpers: bool,
    /// Leave the allocator's export `cabi_realloc` to another file of the same program
    #[arg(long)]
    pub no_realloc: bool,
    /// Merge types that are equal in structure
    #[arg(long, hide = true)]
    pub merge_structurally_equal_types: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Ownership {
    #[default]
    Owning,
    Borrowing,
    BorrowingDuplicateIfNecessary,
}

fn remapping(text: &str) -> Result<(String, String), String> {
    let (name, path) = text.split_once('=').ok_or("write it as `INTERFACE=PATH`")?;
    Ok((name.to_owned(), path.to_owned()))
}

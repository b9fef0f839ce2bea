//! Arguments of `bindgen`. Options for Rust have the spelling of wit-bindgen 0.63.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::WorldArgs;
use super::transpiling::Instantiation;

#[derive(Args, Clone, Debug)]
pub struct BindgenArgs {
    #[command(subcommand)]
    pub lang: BindgenLang,
}

#[derive(Clone, Debug, Subcommand)]
pub enum BindgenLang {
    /// Rust, for the guest
    Rust(Box<BindgenRustArgs>),
    /// Types for JavaScript and TypeScript: of what a guest imports and exports, or a host
    Js(BindgenJsArgs),
    /// Go, for the guest: packages for stock Go 1.24 or newer
    Go(BindgenGoArgs),
}

#[derive(Args, Clone, Debug)]
pub struct BindgenGoArgs {
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
    /// Also write a `main.go`, to be filled in; what is there is kept
    #[arg(long)]
    pub stubs: bool,
    /// The import path of DIR [default: as the `go.mod` in it or above says, else the name of DIR]
    ///
    /// Without such a file one is written.
    #[arg(long, value_name = "NAME")]
    pub module: Option<String>,
}

#[derive(Args, Clone, Debug)]
pub struct BindgenJsArgs {
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
    /// Who is written against the types
    #[arg(long, value_enum, default_value_t = Side::Guest)]
    pub side: Side,
    /// The name of the file for the world, without `.d.ts` [default: that of the world, or of the component's file]
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// For hosts: who makes the instance, as `withe transpile` was told [default: esm]
    #[arg(short = 'I', long, value_enum, value_name = "MODE")]
    pub instantiation: Option<Instantiation>,
}

/// Who reads types.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Side {
    /// A component in JavaScript
    #[default]
    Guest,
    /// A program that uses what `withe transpile` made of a component
    Host,
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
    /// Leave out derives that types have by themselves: of all, or of one, `ns:pkg/iface/type=DERIVE`
    ///
    /// `all` is each of them. Enums stay `Copy`. Without `Debug` a type is no `Error` either. Types that hold one type
    /// without a derive still derive it: write the trait for that type by hand.
    #[arg(long, value_name = "[TYPE=]DERIVE", value_delimiter = ',')]
    pub no_derive: Vec<String>,
    /// An attribute for one record, variant or enum: `ns:pkg/iface/type=#[..]`
    #[arg(long, value_name = "TYPE=ATTRIBUTE", value_parser = attribute)]
    pub additional_type_attributes: Vec<(String, String)>,
    /// An attribute for one field or case: `ns:pkg/iface/type.member=#[..]`
    #[arg(long, value_name = "MEMBER=ATTRIBUTE", value_parser = attribute)]
    pub additional_member_attributes: Vec<(String, String)>,
    /// Use an existing module for an imported interface, or an existing type for an imported type
    ///
    /// The interface is written `ns:pkg/iface`, a type `ns:pkg/iface/type`, with the version if the package has one
    /// and is there in several. `generate` instead of a path says what holds anyway.
    #[arg(long, value_name = "ITEM=PATH", value_parser = remapping, value_delimiter = ',')]
    pub with: Vec<(String, String)>,
    /// Whether the types that imports take as parameters own what they hold
    #[arg(long, value_enum, default_value_t = Ownership::Owning)]
    pub ownership: Ownership,
    /// Functions to leave out: they are neither called nor exported
    #[arg(long, value_name = "NAME")]
    pub skip: Vec<String>,
    /// Asynchronous functions that are bound synchronously: `all`, `a:b/c#f`, `import:f`, `export:a:b/c#resource.f`
    #[arg(long, value_name = "FILTER", value_delimiter = ',')]
    pub sync: Vec<String>,
    /// Functions that are not bound synchronously, whatever `--sync all` says; they are `async func` in the WIT
    #[arg(long = "async", value_name = "FILTER", value_delimiter = ',', allow_hyphen_values = true)]
    pub async_: Vec<String>,
    /// Imported methods without a result that return `self`
    ///
    /// A filter is `all`, `ns:pkg/iface#resource` or `ns:pkg/iface#resource.method`; with `&` in front the methods take
    /// and return `&self`, with `-` they are as they were. The first filter that fits a method counts.
    #[arg(long, value_name = "FILTER", value_delimiter = ',', allow_hyphen_values = true)]
    pub chainable_methods: Vec<String>,
    /// Where the runtime is found: `inline` (in the file itself), or a module such as `withe_bindgen::rt`
    #[arg(long = "runtime", visible_alias = "runtime-path", value_name = "PATH", default_value = "inline")]
    pub runtime_path: String,
    /// Make flags with the macro `bitflags!` of this module, for example the crate `bitflags`
    #[arg(long, value_name = "PATH")]
    pub bitflags_path: Option<String>,
    /// Let other crates use the export macro
    ///
    /// What the world exports is then required only of a program that uses the macro.
    #[arg(long)]
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
    /// Strings are `&[u8]` and `Vec<u8>`
    #[arg(long)]
    pub raw_strings: bool,
    /// The Rust type of maps, which has the iterators that `HashMap` has
    #[arg(long, value_name = "PATH")]
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
    /// Define types that are equal in structure once; the others are aliases
    #[arg(long, value_name = "true|false", require_equals = true, num_args = 0..=1, default_missing_value = "true",
          default_value_t = false, hide_possible_values = true, hide_default_value = true, action = clap::ArgAction::Set)]
    pub merge_structurally_equal_types: bool,
    /// Accepted: types that no function uses are generated as well
    #[arg(long)]
    pub generate_unused_types: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Ownership {
    /// They do; parameters are references to them
    #[default]
    Owning,
    /// Types that are nothing but parameters borrow at any depth
    Borrowing,
    /// Types that are parameters and results get two forms, `FooParam` and `FooResult`
    BorrowingDuplicateIfNecessary,
}

fn remapping(text: &str) -> Result<(String, String), String> {
    let (name, path) = text.split_once('=').ok_or("write it as `INTERFACE=PATH`")?;
    Ok((name.trim().to_owned(), path.trim().to_owned()))
}

/// Only the first `=` divides: the attribute may have others.
fn attribute(text: &str) -> Result<(String, String), String> {
    let (name, attribute) = text.split_once('=').ok_or("write it as `ns:pkg/iface/type=#[attribute]`")?;
    Ok((name.trim().to_owned(), attribute.trim().to_owned()))
}

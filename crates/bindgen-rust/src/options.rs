//! What users can choose.

/// How bindings are generated.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Write a crate with a start of an implementation around the bindings.
    pub stubs: bool,
    /// The crate does without the standard library.
    pub no_std: bool,
    /// Further derives for records, variants and enums, as Rust paths.
    pub derives: Vec<String>,
    /// WIT names of types that do not get the further derives.
    pub derive_ignore: Vec<String>,
    /// The module that has the runtime; `None` writes what is used of it into the file.
    pub runtime_path: Option<String>,
    /// Leave the allocator's export to another file of the same program.
    pub no_realloc: bool,
    /// Text at the end of the metadata section's name, for a world that a program contains twice.
    pub section_suffix: String,
    /// Text in front of the names of core exports.
    pub export_prefix: String,
    /// The name of the macro `export!`.
    pub export_macro: Option<String>,
    /// The module that the macro refers to when its caller names none.
    pub bindings_module: Option<String>,
    /// Do not run static constructors.
    pub no_run_ctors: bool,
    /// Do not keep the metadata section alive from every module.
    pub no_link_helpers: bool,
}

//! What users can choose.

pub mod check;
mod paths;
pub mod selectors;

/// How bindings are generated. Names of interfaces, types and functions are written as WIT writes them.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Write a crate with a start of an implementation around the bindings.
    pub stubs: bool,
    /// The crate does without the standard library.
    pub no_std: bool,
    /// Functions to leave out, by their bare names or those of the core import (`[method]r.f`).
    pub skip: Vec<String>,
    /// Asynchronous functions that are bound synchronously: filters as in `Bindings::choose_modes`.
    pub sync: Vec<String>,
    /// Functions that are not, whatever `sync` says of all.
    pub asynchronous: Vec<String>,
    /// Imported interfaces (`ns:pkg/iface`) and types (`ns:pkg/iface/type`), and where they come from.
    pub with: Vec<(String, With)>,
    /// What parameters of imports are.
    pub ownership: Ownership,
    /// One definition for types that are equal in structure; the others are aliases of it.
    pub merge_equal_types: bool,
    /// Strings are lists of bytes.
    pub raw_strings: bool,
    /// The Rust type of maps, with two type parameters.
    pub map_type: Option<String>,
    /// The module that has a macro `bitflags!`, which flags are then made with.
    pub bitflags_path: Option<String>,
    /// Imported methods without a result that return `self`: `all`, `ns:pkg/iface#resource` or
    /// `ns:pkg/iface#resource.method`, after `&` returning `&Self`, after `-` not. The first that fits counts.
    pub chainable_methods: Vec<String>,
    /// Further derives for records, variants and enums, as Rust paths.
    pub derives: Vec<String>,
    /// WIT names of types that do not get the further derives.
    pub derive_ignore: Vec<String>,
    /// Standard derives to leave out: of all types, or of one, `ns:pkg/iface/type`. `all` is each of them.
    pub no_derive: Vec<(Option<String>, String)>,
    /// The module that has the runtime; `None` writes what is used of it into the file.
    pub runtime_path: Option<String>,
    /// Attributes for a record, variant or enum: `ns:pkg/iface/type`, and the attribute as it will stand there.
    pub type_attributes: Vec<(String, String)>,
    /// Attributes for a field or case: `ns:pkg/iface/type.member`, and the attribute.
    pub member_attributes: Vec<(String, String)>,
    /// Leave the allocator's export to another file of the same program.
    pub no_realloc: bool,
    /// Text at the end of the metadata section's name, for a world that a program contains twice.
    pub section_suffix: String,
    /// Text in front of the names of core exports.
    pub export_prefix: String,
    /// The name of the macro `export!`.
    pub export_macro: Option<String>,
    /// Other crates can use the macro `export!`. What the world exports is then part of the metadata only where
    /// the macro is used.
    pub pub_export_macro: bool,
    /// The module that the macro refers to when its caller names none.
    pub bindings_module: Option<String>,
    /// Do not run static constructors.
    pub no_run_ctors: bool,
    /// Do not keep the metadata section alive from every module.
    pub no_link_helpers: bool,
}

/// The standard derives that can be left out, each with those that have no sense without it.
pub(crate) const DERIVES: &[(&str, &[&str])] = &[
    ("Clone", &["Copy"]),
    ("Copy", &[]),
    ("Debug", &[]),
    ("PartialEq", &["Eq", "PartialOrd", "Ord", "Hash"]),
    ("Eq", &["Ord"]),
    ("PartialOrd", &["Ord"]),
    ("Ord", &[]),
    ("Hash", &[]),
    ("Default", &[]),
];

impl Options {
    /// Reads a value of `--no-derive`: `DERIVE` or `TYPE=DERIVE`.
    pub fn read_no_derive(text: &str) -> (Option<String>, String) {
        match text.split_once('=') {
            Some((ty, derive)) => (Some(ty.trim().to_owned()), derive.trim().to_owned()),
            None => (None, text.trim().to_owned()),
        }
    }

    /// Whether records and variants can be compared. Guests for wit-bindgen write that themselves where they want it,
    /// and are generated with the runtime under its name.
    pub(crate) fn compares(&self) -> bool {
        let path = self.runtime_path.as_deref().unwrap_or_default();
        path.trim_start_matches("::").split("::").next() != Some("wit_bindgen")
    }
}

/// Where an interface or a type comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum With {
    /// From this file.
    Generate,
    /// From a module or type that exists, by its Rust path.
    Path(String),
}

impl With {
    /// Reads `generate` or a path.
    pub fn new(text: &str) -> Self {
        if text == "generate" { Self::Generate } else { Self::Path(text.to_owned()) }
    }
}

/// What parameters of imports are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ownership {
    /// They borrow at their top; types own what they hold.
    #[default]
    Owning,
    /// They borrow at any depth; a type that is nothing but a parameter borrows what it holds.
    Borrowing,
    /// As `Borrowing`, and a type that is a parameter and something else as well has two forms,
    /// `FooParam<'a>` and `FooResult`.
    BorrowingDuplicate,
}

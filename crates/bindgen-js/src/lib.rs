//! JavaScript: a component as an ES module, and the types of a world for those who write JavaScript.
//!
//! In: an `Instantiation` and its types; or `Bindings`. Out: `Files`: a module, its core modules, its `.d.ts`.
//! Holds: any valid component has a module, unless a memory of it has 64 bits; helpers are in it only as far as it needs them; every name is decided in
//! `model`, `print` only lays out; whatever is the same in all outputs comes from `templates/js`.
//!
//! Specification: Canonical ABI; WebAssembly JavaScript API.

pub mod dts;
mod model;
pub mod names;
mod options;
mod pieces;
mod print;
mod runtime;
mod unsupported;
mod wasi;

use component::instantiation::Instantiation;
use types::{ComponentType, Types};

pub use model::{Target, Wanted, export_names, maps};
pub use options::{Instantiate, Options, Wasi};

/// The npm package that implements WASI 0.2, with what stands before the name of a package of WASI.
const SHIM: &str = "@bytecodealliance/preview2-shim/";

/// What is written for a component, apart from its types.
#[derive(Debug)]
pub struct Module<'a> {
    /// The text of `N.js`.
    pub text: String,
    /// Core modules as they stand in the component, by file name.
    pub core: Vec<(String, &'a [u8])>,
    /// What the host gives.
    pub imports: Vec<Wanted>,
    /// Whether synchronous exports may return promises.
    pub waits: bool,
    /// What is written beside it of WASI, by path.
    pub wasi: Vec<(String, String)>,
    /// The types of that, by path.
    pub wasi_types: Vec<(String, String)>,
}

/// A component as JavaScript.
///
/// # Errors
///
/// `unsupported/..` for what no module does yet.
pub fn transpile<'a>(
    types: &Types,
    file: &str,
    inst: &Instantiation<'a>,
    options: &Options,
) -> diag::Result<Module<'a>> {
    module(types, file, inst, options, None)
}

/// The same, with the documentation that the declarations of `documented` have: the component's type, to which it was
/// added.
///
/// # Errors
///
/// As those of `transpile`.
pub fn transpile_documented<'a>(
    types: &Types,
    file: &str,
    inst: &Instantiation<'a>,
    options: &Options,
    documented: &ComponentType,
) -> diag::Result<Module<'a>> {
    module(types, file, inst, options, Some(documented))
}

fn module<'a>(
    types: &Types,
    file: &str,
    inst: &Instantiation<'a>,
    options: &Options,
    documented: Option<&ComponentType>,
) -> diag::Result<Module<'a>> {
    unsupported::check(file, inst)?;
    let model = model::model(types, inst, options, documented);
    let core = inst.modules.iter().enumerate();
    let core = core.map(|(at, module)| (model::core_file(&options.name, at), module.bytes)).collect();
    let wasi = match options.wasi {
        Wasi::Shim => Vec::new(),
        Wasi::Inline => wasi::files(file, &model.imports)?,
    };
    let wasi_types = wasi::types(&wasi);
    Ok(Module { text: print::module(&model), core, wasi, wasi_types, waits: model.waits, imports: model.wanted })
}

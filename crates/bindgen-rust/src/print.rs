//! The text of a file, laid out from its model.
//!
//! In: a `Model`. Out: Rust.
//! Holds: nothing is decided here; each function reads as its output.

mod async_exports;
mod async_imports;
mod definitions;
mod errors;
mod exports;
mod helpers;
mod imports;
mod payloads;
mod uses;

use printer::{Doc, Style, blocks, doc, lines, nothing, render};

use crate::model::{CoreImports, Docs, Lints, Model, Module, Signature};
use crate::options::check::Chain;
use crate::runtime;

/// What stands in front of the shared module.
const SHARED: &str =
    "#[allow(dead_code, unused_imports, unused_macros, reason = \"each file of bindings uses a part of it\")]";

/// What stands in front of the modules for asynchronous code.
const ASYNC: &str = "#[allow(dead_code, missing_docs, unused_imports, reason = \"as guests need it\")]";

/// What stands in front of the helpers.
const HELPERS: &str = "#[allow(unsafe_op_in_unsafe_fn, reason = \"a helper is one unsafe operation\")]
#[allow(clippy::too_many_arguments, clippy::type_complexity, reason = \"as the Canonical ABI flattens types\")]
#[allow(clippy::needless_borrow, clippy::needless_lifetimes, clippy::result_large_err, reason = \"helpers of one kind have one form\")]";

/// The file of the bindings.
pub fn file(model: &Model) -> String {
    let needs = match &model.runtime_path {
        Some(path) => format!("and `{path}`"),
        None => "and no other crate".to_owned(),
    };
    let head = lines([
        Doc::from(bindgen::HEADER),
        doc!["// The world `", &model.world, "` for Rust guests. Needs Rust 1.82 or newer ", needs, "."],
        lines(model.docs.lines.iter().map(|line| format!("// {line}").trim_end().to_owned())),
    ]);
    let Items { items, macros } = module_items(&model.root, model);
    let unused = unused(model);
    let root = items.into_iter().map(|item| doc![unused, "\n", item]).chain(macros);
    let inner = model.root.modules.iter().map(|module| doc![unused, "\n", print_module(module, &model.file, model)]);
    let helpers = model.has_helpers().then(|| print_helpers(model));
    let callback = async_exports::callback(model);
    let asynchronous = payloads::modules(model).into_iter().map(|module| doc![ASYNC, "\n", module]);
    let before = std::iter::once(head)
        .chain(uses(model))
        .chain(root)
        .chain(inner)
        .chain(asynchronous)
        .chain(callback)
        .chain(helpers);
    let style = Style { width: 100, ..Style::default() };
    // The shared module has what the rest of the file uses.
    let before = render(&blocks(before), &style);
    let after = model.export_macro.as_ref().map(|found| render(&exports::export_macro(found), &style));
    let rest: Vec<String> = std::iter::once(before).chain(after).collect();
    let shared = render(&doc![SHARED, "\n", runtime::module(model, &rest)], &style);
    rest.iter()
        .take(1)
        .chain([&shared])
        .chain(rest.iter().skip(1))
        .map(|part| part.as_str())
        .collect::<Vec<_>>()
        .join("\n")
}

/// The items that come from elsewhere, under private names.
fn uses(model: &Model) -> Vec<Doc> {
    let each = model.uses.iter().map(|(path, name)| {
        let allow = "#[allow(unused_imports, reason = \"what comes from elsewhere need not be used\")]";
        lines([Doc::from(allow), doc!["use ", path, " as ", name, ";"]])
    });
    each.collect()
}

/// What stands in front of every root item that users see.
fn unused(model: &Model) -> &'static str {
    if model.deprecates() {
        "#[allow(dead_code, deprecated, missing_docs, rustdoc::all, reason = \"as guests need it and WIT has it\")]"
    } else {
        "#[allow(dead_code, missing_docs, rustdoc::all, reason = \"as guests need it and WIT has it\")]"
    }
}

fn print_module(module: &Module, around: &str, model: &Model) -> Doc {
    let Items { items, macros } = module_items(module, model);
    let mentioned = |name: &str| items.iter().chain(&macros).any(|item| item.mentions(name));
    let uses = match (mentioned("_abi::"), mentioned("_rt::")) {
        (true, true) => Some("{_abi, _rt}"),
        (true, false) => Some("_abi"),
        (false, true) => Some("_rt"),
        (false, false) => None,
    };
    let uses = uses.map(|names| doc!["use ", &module.to_root, names, ";"]);
    let inner = module.modules.iter().map(|inner| print_module(inner, &module.name, model));
    let body = blocks(uses.into_iter().chain(items).chain(macros).chain(inner));
    let inception =
        (around == module.name).then_some("#[allow(clippy::module_inception, reason = \"the names are WIT's\")]");
    lines([docs(&module.docs), Doc::from(inception), doc!["pub mod ", &module.name, " ", printer::block(body)]])
}

/// The module's items, without inner modules.
struct Items {
    items: Vec<Doc>,
    /// Calls of macros, on which attributes would have no effect.
    macros: Vec<Doc>,
}

fn module_items(module: &Module, model: &Model) -> Items {
    let mut items: Vec<Doc> =
        module.definitions.iter().flat_map(|found| definitions::definition(found, model)).collect();
    let mut macros: Vec<Doc> =
        module.definitions.iter().filter_map(|found| definitions::flags_functions(found, model)).collect();
    items.extend(module.resources.iter().flat_map(|resource| imports::resource(resource, module)));
    if let Some(found) = &module.imports {
        items.extend(found.funcs.iter().map(|func| imports::func(func, module)));
        macros.extend(found.core.iter().map(core_imports));
    }
    if let Some(found) = &module.exports {
        items.extend(exports::items(found, module, model.run_ctors));
        macros.extend(found.core.iter().map(core_imports));
    }
    if !items.is_empty() && model.keep_section {
        items.push(doc!["#[used]\nstatic _KEEP: fn() = _rt::keep_component_type;"]);
    }
    Items { items, macros }
}

fn core_imports(found: &CoreImports) -> Doc {
    let imports = found.funcs.iter().map(|import| {
        let params = import.params.iter().map(|ty| crate::model::core_type(*ty)).collect::<Vec<_>>().join(", ");
        let result = import.result.map(|ty| format!(" -> {}", crate::model::core_type(ty))).unwrap_or_default();
        format!("{} => fn {}({params}){result};", literal(&import.name), import.ident)
    });
    let module = literal(&found.module) + ";";
    doc!["_rt::core_imports! ", printer::block(lines(std::iter::once(module).chain(imports)))]
}

fn print_helpers(model: &Model) -> Doc {
    let returns = (model.return_words > 0).then(|| {
        let words = model.return_words;
        doc!["pub static RETURN: _rt::ReturnArea<", words, "> = _rt::ReturnArea::new();"]
    });
    let kept = (!model.kept.is_empty()).then(|| {
        let sizes = model.kept.iter().map(|ty| format!("::core::mem::size_of::<{ty}>()"));
        doc!["pub static KEPT: _rt::Kept<{ _rt::largest(&", Doc::list("[", sizes, "]"), ") }> = _rt::Kept::new();"]
    });
    let functions = returns.into_iter().chain(kept).chain(model.helpers.iter().map(helpers::helper));
    let functions: Vec<Doc> = functions.collect();
    let uses = functions.iter().any(|text| text.mentions("_rt::")).then_some("use super::_rt;");
    let body = blocks(std::iter::once(Doc::from(uses)).chain(functions));
    let comment = "/// Lifting, lowering and freeing: one function for each type, form and direction.";
    lines([
        Doc::from(comment),
        Doc::from(HELPERS),
        Doc::from(model.deprecates().then_some("#[allow(deprecated, reason = \"WIT deprecates some of the types\")]")),
        doc!["mod _abi ", printer::block(body)],
    ])
}

/// Documentation as `///` lines.
fn docs(docs: &Docs) -> Doc {
    let text = docs.lines.iter().map(|line| format!("/// {line}").trim_end().to_owned());
    let deprecated = docs
        .deprecated
        .as_ref()
        .map(|version| format!("#[deprecated(note = {})]", literal(&format!("the WIT deprecates it since {version}"))));
    lines(text.chain(deprecated))
}

/// The attribute for what is allowed.
fn allow(lints: &Lints) -> Doc {
    if lints.clippy.is_empty() {
        return nothing();
    }
    let names: Vec<String> = lints.clippy.iter().map(|lint| format!("clippy::{lint}")).collect();
    doc!["#[allow(", names.join(", "), ", reason = \"", lints.reason, "\")]"]
}

/// A string literal.
fn literal(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}

/// `fn name(a: u32) -> u32`
fn signature(signature: &Signature) -> Doc {
    let (receiver, chained) = match signature.chain {
        None => ("&self", None),
        Some(Chain::Owned) => ("self", Some("Self")),
        Some(Chain::Borrowed) => ("&self", Some("&Self")),
    };
    let receiver = signature.receiver.then(|| receiver.to_owned());
    let params = signature.params.iter().map(|(name, ty)| format!("{name}: {ty}"));
    let result = signature.result.as_deref().or(chained).map(|ty| format!(" -> {ty}"));
    let word = if signature.asynchronous { "async fn " } else { "fn " };
    doc![word, &signature.name, Doc::list("(", receiver.into_iter().chain(params), ")"), result]
}

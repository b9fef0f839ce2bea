//! Laying out a WIT text: two spaces a step, an empty line between types and functions of an interface.
//!
//! In: `text`'s structures. Out: `Doc`. Holds: nothing is decided here.

use printer::{Doc, block, blocks, comma, doc, lines, nothing, text};
use types::Stability;

use super::Docs;
use super::text::{
    Body, FuncText, Head, InterfaceText, ItemText, PackageText, Part, TypeText, TypeTextKind, Use, WorldText,
};

pub(super) fn root_package(package: &PackageText, docs: Docs) -> Doc {
    blocks(root_parts(package, docs))
}

/// The header, and each interface and world.
pub(super) fn root_parts(package: &PackageText, docs: Docs) -> impl Iterator<Item = Doc> {
    let header = doc![head(&package.head, docs), "package ", &package.name, ";"];
    [header].into_iter().chain(package_items(package, docs))
}

pub(super) fn nested_package(package: &PackageText, docs: Docs) -> Doc {
    doc![head(&package.head, docs), "package ", &package.name, " ", block(blocks(package_items(package, docs)))]
}

fn package_items(package: &PackageText, docs: Docs) -> impl Iterator<Item = Doc> {
    let interfaces = package.interfaces.iter().map(move |interface| print_interface(interface, docs));
    interfaces.chain(package.worlds.iter().map(move |world| print_world(world, docs)))
}

pub(super) fn print_interface(interface: &InterfaceText, docs: Docs) -> Doc {
    doc![head(&interface.head, docs), "interface ", &interface.name, " ", braces(interface_body(&interface.body, docs))]
}

/// Braces around a body; an empty one is two lines.
fn braces(body: Doc) -> Doc {
    if body.is_nothing() { doc!["{", Doc::Line, "}"] } else { block(body) }
}

fn interface_body(body: &Body, docs: Docs) -> Doc {
    let uses = lines(body.uses.iter().map(|used| print_use(used, docs)));
    let types = body.types.iter().map(|ty| print_type(ty, docs));
    let funcs = body.funcs.iter().map(|func| print_func(func, nothing(), docs));
    blocks([uses].into_iter().chain(types).chain(funcs))
}

fn print_world(world: &WorldText, docs: Docs) -> Doc {
    doc![head(&world.head, docs), "world ", &world.name, " ", braces(world_body(world, docs))]
}

fn world_body(world: &WorldText, docs: Docs) -> Doc {
    let imports = world.imports.iter().map(|item| print_item(item, "import ", docs));
    let uses = world.body.uses.iter().map(|used| print_use(used, docs));
    let types = world.body.types.iter().map(|ty| print_type(ty, docs));
    let funcs = world.body.funcs.iter().map(|func| print_func(func, text("import "), docs));
    let above = blocks([lines(imports.chain(uses))].into_iter().chain(types));
    let exports = lines(world.exports.iter().map(|item| print_item(item, "export ", docs)));
    blocks([lines([above].into_iter().chain(funcs)), exports])
}

fn print_item(item: &ItemText, word: &'static str, docs: Docs) -> Doc {
    match item {
        ItemText::Path { head: above, label, path } => {
            let label = label.as_ref().map(|label| doc![label, ": "]);
            doc![head(above, docs), word, label, path, ";"]
        }
        ItemText::Inline { head: above, label, body } => {
            doc![head(above, docs), word, label, ": interface ", braces(interface_body(body, docs))]
        }
        ItemText::Func(func) => print_func(func, text(word), docs),
    }
}

fn print_use(used: &Use, docs: Docs) -> Doc {
    let names = used
        .names
        .iter()
        .map(|name| if name.there == name.here { doc![&name.here] } else { doc![&name.there, " as ", &name.here] });
    doc![head(&used.head, docs), "use ", &used.path, ".{", comma(names), "};"]
}

fn print_type(ty: &TypeText, docs: Docs) -> Doc {
    let declared = match &ty.kind {
        TypeTextKind::Alias(target) => doc!["type ", &ty.name, " = ", target, ";"],
        TypeTextKind::Parts(word, parts) => {
            doc![*word, " ", &ty.name, " ", braces(lines(parts.iter().map(|part| print_part(part, docs))))]
        }
        TypeTextKind::Resource(funcs) if funcs.is_empty() => doc!["resource ", &ty.name, ";"],
        TypeTextKind::Resource(funcs) => {
            doc!["resource ", &ty.name, " ", block(lines(funcs.iter().map(|func| print_func(func, nothing(), docs))))]
        }
    };
    doc![head(&ty.head, docs), declared]
}

fn print_part(part: &Part, docs: Docs) -> Doc {
    doc![head(&part.head, docs), &part.text, ","]
}

fn print_func(func: &FuncText, word: Doc, docs: Docs) -> Doc {
    let name = func.name.as_ref().map(|name| doc![name, ": "]);
    let result = func.result.as_ref().map(|result| doc![" -> ", result]);
    doc![head(&func.head, docs), word, name, &func.word, "(", comma(&func.params), ")", result, ";"]
}

/// Documentation and gates, each on lines of their own.
fn head(head: &Head, docs: Docs) -> Doc {
    let mut above = Vec::new();
    if let (Docs::Keep, Some(docs)) = (docs, &head.docs) {
        above.extend(docs.lines().map(doc_line));
    }
    above.extend(gates(&head.stability));
    if let Some(id) = &head.external_id {
        above.push(format!("@external-id(\"{id}\")"));
    }
    Doc::Concat(above.into_iter().flat_map(|line| [Doc::from(line), Doc::Line]).collect())
}

fn doc_line(line: &str) -> String {
    if line.is_empty() { "///".to_owned() } else { format!("/// {line}") }
}

fn gates(stability: &Stability) -> Vec<String> {
    let (gate, deprecated) = match stability {
        Stability::Unknown => return Vec::new(),
        Stability::Stable { since, deprecated } => (format!("@since(version = {since})"), deprecated),
        Stability::Unstable { feature, deprecated } => (format!("@unstable(feature = {feature})"), deprecated),
    };
    let deprecated = deprecated.as_ref().map(|version| format!("@deprecated(version = {version})"));
    [gate].into_iter().chain(deprecated).collect()
}

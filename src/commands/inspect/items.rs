//! Imports and exports, as WIT has them, with the parts that ask for them or make them.

use component::read::{Callee, PartId, Wiring};
use serde_json::{Value, json};
use types::{ExternName, Item, ItemKind, Types};
use wasm::CoreModule;

use super::Report;
use super::subject::{Inside, Subject};
use super::table::{count, one_line};

/// One import or export.
pub struct Line {
    /// As it stands in the binary; the module for an import of a core module.
    pub name: String,
    /// Its signature, for what is no interface.
    pub signature: String,
    /// Names and signatures of what is in an interface, types left out.
    pub inner: Vec<(String, String)>,
    /// Parts that ask for it, or that it comes from: paths, empty for the component itself.
    pub parts: Vec<String>,
}

/// # Errors
/// `unsupported/instances`.
pub fn imports(subject: &Subject<'_>) -> diag::Result<Report> {
    let wiring = subject.wiring()?;
    Ok(report("imports", "import", "for", &import_lines(subject, &wiring)))
}

/// # Errors
/// `unsupported/instances`.
pub fn exports(subject: &Subject<'_>) -> diag::Result<Report> {
    let wiring = subject.wiring()?;
    Ok(report("exports", "export", "from", &export_lines(subject, &wiring)))
}

pub fn import_lines(subject: &Subject<'_>, wiring: &Wiring) -> Vec<Line> {
    match &subject.inside {
        Inside::Component(inside) => {
            let (types, component) = &**inside;
            let lines = component.ty.imports.iter().map(|(name, item)| {
                let name_text = name.to_string();
                let askers = askers(wiring, &name_text);
                line(types, name, item, askers)
            });
            lines.chain(other_types(component, "import ")).collect()
        }
        Inside::Module(module) => module_imports(module),
    }
}

pub fn export_lines(subject: &Subject<'_>, wiring: &Wiring) -> Vec<Line> {
    match &subject.inside {
        Inside::Component(inside) => {
            let (types, component) = &**inside;
            let lines = component.ty.exports.iter().map(|(name, item)| {
                let name_text = name.to_string();
                let found = wiring.exports.iter().find(|export| export.name == name_text);
                let parts = found.map(|export| export.parts.iter().map(|part| wiring.path(*part)).collect());
                line(types, name, item, parts.unwrap_or_default())
            });
            lines.chain(other_types(component, "export ")).collect()
        }
        Inside::Module(module) => {
            let line = |(name, export): (&&str, &wasm::Export)| Line {
                name: (*name).to_owned(),
                signature: export.ty.to_string(),
                inner: Vec::new(),
                parts: Vec::new(),
            };
            module.exports.iter().map(line).collect()
        }
    }
}

/// Parts with core modules that are given an import or call into it.
fn askers(wiring: &Wiring, import: &str) -> Vec<String> {
    let is_of = |callee: &Callee| match callee {
        Callee::Host { import: of, .. } | Callee::HostAll { import: of } => of == import,
        Callee::Part(_) => false,
    };
    let asks = wiring.with_core().filter(|(_, part)| part.takes.contains(import) || part.calls.iter().any(is_of));
    let paths: Vec<String> = asks.map(|(id, _): (PartId, _)| wiring.path(id)).collect();
    // A type that only the component itself declares is asked for by nobody inside.
    paths
}

/// Types of interfaces and worlds, which say nothing about values.
fn other_types<'c>(component: &'c component::Component<'_>, kind: &'c str) -> impl Iterator<Item = Line> + 'c {
    component.other_types.iter().filter_map(move |path| {
        let name = path.strip_prefix(kind)?.trim_matches('`').to_owned();
        Some(Line { name, signature: "type".to_owned(), inner: Vec::new(), parts: Vec::new() })
    })
}

fn line(types: &Types, name: &ExternName, item: &Item, parts: Vec<String>) -> Line {
    let (signature, inner) = match item.kind {
        ItemKind::Instance(id) => {
            let instance = types.instance(id);
            let implements = instance.id.as_ref().filter(|id| id.to_string() != name.to_string());
            let signature = implements.map(|id| format!("implements {id}")).unwrap_or_default();
            let exports = instance.exports.iter().filter_map(|(name, item)| func_line(types, name, item));
            (signature, exports.collect())
        }
        ItemKind::Func(_)
        | ItemKind::Type(_)
        | ItemKind::Resource(_)
        | ItemKind::Component(_)
        | ItemKind::CoreModule(_) => (types::wit_item(types, item), Vec::new()),
    };
    Line { name: name.to_string(), signature, inner, parts }
}

/// Functions, instances and what else is called; types of values are `withe wit`'s.
fn func_line(types: &Types, name: &ExternName, item: &Item) -> Option<(String, String)> {
    match item.kind {
        ItemKind::Func(_) | ItemKind::Instance(_) | ItemKind::Component(_) | ItemKind::CoreModule(_) => {
            Some((name.to_string(), types::wit_item(types, item)))
        }
        ItemKind::Resource(_) => Some((name.to_string(), "resource".to_owned())),
        ItemKind::Type(_) => None,
    }
}

/// Imports of one module name stand together.
fn module_imports(module: &CoreModule<'_>) -> Vec<Line> {
    let mut lines: indexmap::IndexMap<&str, Vec<(String, String)>> = indexmap::IndexMap::new();
    for import in &module.imports {
        lines.entry(import.module).or_default().push((import.field.to_string(), import.ty.to_string()));
    }
    let line =
        |(name, inner): (&str, _)| Line { name: name.to_owned(), signature: String::new(), inner, parts: Vec::new() };
    lines.into_iter().map(line).collect()
}

fn report(key: &'static str, what: &str, word: &str, lines: &[Line]) -> Report {
    let mut text = if lines.is_empty() { format!("no {what}s\n") } else { format!("{}\n", count(lines.len(), what)) };
    let names_parts = lines.iter().any(|line| line.parts.iter().any(|part| !part.is_empty()));
    for line in lines {
        text.push_str(&format!("  {}", one_line(&line.name)));
        if !line.signature.is_empty() {
            text.push_str(&format!(": {}", line.signature));
        }
        if names_parts && !line.parts.is_empty() {
            let parts: Vec<&str> = line.parts.iter().map(|part| part_name(part)).collect();
            text.push_str(&format!("   {word} {}", parts.join(", ")));
        }
        text.push('\n');
        for (name, signature) in &line.inner {
            text.push_str(&format!("    {}: {signature}\n", one_line(name)));
        }
    }
    Report { key, text, json: lines.iter().map(to_json).collect() }
}

/// The component itself has no path.
pub fn part_name(path: &str) -> &str {
    if path.is_empty() { "itself" } else { path }
}

fn to_json(line: &Line) -> Value {
    let inner: Vec<Value> = line.inner.iter().map(|(name, ty)| json!({ "name": name, "type": ty })).collect();
    json!({ "name": line.name, "type": line.signature, "items": inner, "parts": line.parts })
}

//! What it says of itself, part by part, and all parts together.

use component::BinaryKind;
use component::read::About;
use serde_json::{Value, json};

use super::Report;
use super::subject::Subject;
use super::table::{Table, bytes, one_line};

pub fn report(subject: &Subject<'_>) -> Report {
    let all = subject.about.all();
    let mut text = String::new();
    for (path, about) in &all {
        text.push_str(&part_text(path, about));
    }
    if all.len() > 1 {
        text.push_str("all together\n");
        text.push_str(&producers_text(&subject.about));
    }
    Report { key: "metadata", text, json: to_json(&subject.about) }
}

fn kind(about: &About) -> &'static str {
    match about.kind {
        BinaryKind::CoreModule => "core module",
        BinaryKind::Component => "component",
        BinaryKind::WitPackage => "WIT package",
    }
}

fn part_text(path: &str, about: &About) -> String {
    let shown = if path.is_empty() { about.name.as_str() } else { path };
    let mut table = Table::default();
    for (field, tools) in &about.producers.fields {
        let tools: Vec<String> =
            tools.iter().map(|(tool, version)| format!("{tool} {version}").trim_end().to_owned()).collect();
        table.row([field.clone(), tools.join(", ")]);
    }
    for (field, said) in &about.texts {
        table.row([field.clone(), said.split_whitespace().collect::<Vec<_>>().join(" ")]);
    }
    if !about.features.is_empty() {
        table.row(["target features".to_owned(), about.features.join(" ")]);
    }
    if !about.worlds.is_empty() {
        table.row(["worlds".to_owned(), about.worlds.join(", ")]);
    }
    table.row(["debug".to_owned(), debug(about)]);
    let customs: Vec<String> =
        about.customs.iter().map(|(name, size)| format!("{name} ({})", bytes(*size as u64))).collect();
    if !customs.is_empty() {
        table.row(["custom sections".to_owned(), customs.join(", ")]);
    }
    let name = if shown.is_empty() { String::new() } else { format!(" `{}`", one_line(shown)) };
    format!("{}{name}, {}\n{}", kind(about), bytes(about.size as u64), table.text("  "))
}

/// What a debugger finds, in words.
fn debug(about: &About) -> String {
    let mut there = Vec::new();
    if about.debug.names {
        there.push("names".to_owned());
    }
    if about.debug.dwarf > 0 {
        there.push(format!("DWARF ({})", bytes(about.debug.dwarf as u64)));
    }
    if let Some(elsewhere) = &about.debug.elsewhere {
        there.push(format!("in `{elsewhere}`"));
    }
    if there.is_empty() { "none".to_owned() } else { there.join(", ") }
}

/// Languages and tools of all parts, one line a field.
pub fn producers_text(about: &About) -> String {
    let mut table = Table::default();
    for (field, tools) in about.all_producers() {
        table.row([field, tools.join(", ")]);
    }
    table.text("  ")
}

fn to_json(about: &About) -> Value {
    json!({
        "kind": kind(about),
        "name": about.name,
        "bytes": about.size,
        "producers": about.producers.fields.iter().map(|(field, tools)| (field.clone(), json!(tools))).collect::<serde_json::Map<_, _>>(),
        "texts": about.texts,
        "target-features": about.features,
        "worlds": about.worlds,
        "debug": { "names": about.debug.names, "dwarf": about.debug.dwarf, "elsewhere": about.debug.elsewhere },
        "custom-sections": about.customs,
        "inner": about.inner.iter().map(to_json).collect::<Vec<_>>(),
    })
}

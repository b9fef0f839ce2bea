//! All reports in a screenful.

use check::size::{Kind, Weight};
use component::read::Wiring;
use encode::go::About as AboutGo;
use serde_json::{Value, json};
use types::ExternName;

use super::items::{self, Line, part_name};
use super::subject::{Inside, Subject};
use super::table::{Table, bytes, first, one_line, percent};
use super::{Report, capabilities, metadata, size};

/// Lines of one list.
const MOST: usize = 10;
/// Names in one line.
const MOST_NAMES: usize = 6;

/// The summary as a text, and every report for machines; of sizes, those of parts.
///
/// # Errors
/// Those of the reports.
pub fn reports(subject: &Subject<'_>) -> diag::Result<Vec<Report>> {
    let weight = size::weigh(subject)?;
    let wiring = subject.wiring()?;
    let about_go = go(subject);
    let all = [
        items::imports(subject)?,
        items::exports(subject)?,
        capabilities::report(subject)?,
        Report { key: "sizes", text: String::new(), json: size::to_json(&weight, 2, usize::MAX) },
        metadata::report(subject),
        Report {
            key: if about_go.is_some() { "go" } else { "" },
            text: String::new(),
            json: go_json(about_go.as_ref()),
        },
    ];
    let text = text(subject, &wiring, &weight, about_go.as_ref());
    let shown = Report { key: "", text, json: Value::Null };
    let silent = all.into_iter().map(|report| Report { text: String::new(), ..report });
    Ok(std::iter::once(shown).chain(silent).collect())
}

fn text(subject: &Subject<'_>, wiring: &Wiring, weight: &Weight, about_go: Option<&AboutGo>) -> String {
    let name =
        if subject.about.name.is_empty() { String::new() } else { format!(" `{}`", one_line(&subject.about.name)) };
    let mut out = format!("{}: {}{name}, {}\n", subject.file, subject.kind_word(), bytes(weight.bytes));
    let mut section = |title: &str, text: String| {
        if !text.is_empty() {
            out.push_str(&format!("\n{title}\n{text}"));
        }
    };
    section("inside", inside(weight));
    section("imports", grouped(&items::import_lines(subject, wiring), "for"));
    section("exports", grouped(&items::export_lines(subject, wiring), "from"));
    section("can do", capabilities::short_text(&subject.capabilities(wiring)));
    section("made with", metadata::producers_text(&subject.about));
    section("bindings for Go", about_go.map(go_text).unwrap_or_default());
    out
}

/// What a core module says of Go.
fn go(subject: &Subject<'_>) -> Option<AboutGo> {
    let Inside::Module(module) = &subject.inside else { return None };
    encode::go::about(module)
}

/// What the bindings in it wait for; nothing without bindings.
fn go_text(about: &AboutGo) -> String {
    let Some(version) = about.arena else { return String::new() };
    let toolchain = about.toolchain.as_deref().unwrap_or("an unknown toolchain");
    let state = if about.is_rewritten { "rewritten" } else { "to be rewritten by `embed` or `wrap`" };
    format!("  {}, arena version {version}, {state}\n", one_line(toolchain))
}

fn go_json(about: Option<&AboutGo>) -> Value {
    about.map_or(
        Value::Null,
        |about| json!({ "toolchain": about.toolchain, "arena": about.arena, "rewritten": about.is_rewritten }),
    )
}

/// Parts, or the sections of a module.
fn inside(weight: &Weight) -> String {
    let mut table = Table::default();
    let is_part = |one: &&Weight| matches!(one.kind, Kind::Component | Kind::Module);
    let parts: Vec<&Weight> = match weight.inner.iter().filter(is_part).count() {
        0 => weight.inner.iter().filter(|one| one.kind != Kind::Headers).collect(),
        _ => weight.inner.iter().filter(is_part).collect(),
    };
    for part in parts.iter().take(MOST) {
        table.row([
            format!("{} {}", part.kind.word(), part.name),
            bytes(part.bytes),
            percent(part.bytes, weight.bytes),
        ]);
    }
    more(&mut table, parts.len());
    table.text("  ")
}

fn more(table: &mut Table, number: usize) {
    if number > MOST {
        table.row([format!("… {} more", number - MOST)]);
    }
}

/// Interfaces by package; what is none stands alone.
fn grouped(lines: &[Line], word: &str) -> String {
    let mut packages: indexmap::IndexMap<String, (Vec<String>, indexmap::IndexSet<&str>)> = indexmap::IndexMap::new();
    for line in lines {
        let (package, name) = match ExternName::parse(&line.name) {
            Some(ExternName::Interface(interface)) => (interface.package.to_string(), Some(interface.interface)),
            Some(
                ExternName::Label(_)
                | ExternName::Constructor(_)
                | ExternName::Method(..)
                | ExternName::Static(..)
                | ExternName::Accessor(_),
            )
            | None => (line.name.clone(), (!line.signature.is_empty()).then(|| line.signature.clone())),
        };
        let (names, parts) = packages.entry(package).or_default();
        match name {
            Some(name) => names.push(name),
            None => names.extend(line.inner.iter().map(|(name, _)| name.clone())),
        }
        parts.extend(line.parts.iter().map(|part| part_name(part)));
    }
    let names_parts = packages.values().any(|(_, parts)| parts.iter().any(|part| *part != "itself"));
    let mut table = Table::default();
    for (package, (names, parts)) in packages.iter().take(MOST) {
        let parts: Vec<String> = parts.iter().map(|part| (*part).to_owned()).collect();
        let whose =
            if names_parts && !parts.is_empty() { format!("{word} {}", first(&parts, 3)) } else { String::new() };
        table.row([package.clone(), first(names, MOST_NAMES), whose]);
    }
    more(&mut table, packages.len());
    table.text("  ")
}

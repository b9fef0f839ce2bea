//! What it weighs: a tree, what changed since an older file, or a page.

use check::size::{self, Change, Weight};
use picture::treemap::Block;
use serde_json::{Value, json};

use super::Report;
use super::subject::Subject;
use super::table::{bytes, one_line, percent};
use crate::Io;
use crate::cli::{InspectArgs, SizeForm};

/// Levels of the tree that are shown: of a component its modules, their sections, and crates.
const DEPTH: usize = 3;
/// The heaviest in each level.
const TOP: usize = 8;

/// Flags that only say how sizes are shown ask for sizes.
pub fn is_wanted(args: &InspectArgs) -> bool {
    args.size || args.depth.is_some() || args.top.is_some() || args.against.is_some() || args.form.is_some()
}

/// Whether a page is asked for, by the form or by the name of the output.
pub fn is_page(args: &InspectArgs) -> bool {
    args.form.map_or_else(|| is_named_page(args), |form| form == SizeForm::Html)
}

fn is_named_page(args: &InspectArgs) -> bool {
    args.out.out.as_ref().and_then(|out| out.extension()).is_some_and(|ending| ending == "html")
}

/// A page shows sizes alone, of one file.
pub fn check_flags(args: &InspectArgs) -> diag::Result<()> {
    let others = [
        ("--imports", args.imports),
        ("--exports", args.exports),
        ("--capabilities", args.capabilities),
        ("--metadata", args.metadata),
        ("--against", args.against.is_some()),
    ];
    let other = others.iter().find(|(_, is_given)| *is_given).filter(|_| is_page(args));
    match other {
        None => Ok(()),
        Some((flag, _)) => {
            let help = match args.form {
                Some(_) => "leave out the flag, or `--as html`",
                None => "leave out the flag, or name an output that does not end in `.html`",
            };
            Err(diag::error("usage/command-line", format!("a page shows sizes, and `{flag}` asks for more"))
                .help(help)
                .into())
        }
    }
}

/// # Errors
/// Those of `component::read::anatomy`; of the older file, those of reading it.
pub fn report(subject: &Subject<'_>, args: &InspectArgs, io: &mut Io) -> diag::Result<Report> {
    let weight = weigh(subject)?;
    let (depth, top) = (args.depth.unwrap_or(DEPTH), args.top.unwrap_or(TOP));
    let Some(old) = &args.against else {
        let text = tree(&weight, depth, top);
        let json = to_json(&weight, args.depth.unwrap_or(usize::MAX), args.top.unwrap_or(usize::MAX));
        return Ok(Report { key: "sizes", text, json });
    };
    let old = io.read_wasm(old)?;
    let old = size::weigh(&component::read::anatomy(&old.name, &old.bytes)?);
    let change = size::changes(&old, &weight);
    let text = changes_text(&change, depth, top);
    Ok(Report { key: "changes", text, json: change_json(&change) })
}

pub fn weigh(subject: &Subject<'_>) -> diag::Result<Weight> {
    Ok(size::weigh(&component::read::anatomy(subject.file, subject.bytes)?))
}

/// # Errors
/// As `report`.
pub fn page(subject: &Subject<'_>, args: &InspectArgs) -> diag::Result<String> {
    let weight = weigh(subject)?;
    let block = block(&weight, args.depth.unwrap_or(usize::MAX), args.top.unwrap_or(usize::MAX));
    let title = if weight.name.is_empty() { subject.file } else { &weight.name };
    Ok(picture::treemap::html(title, &block))
}

fn block(weight: &Weight, depth: usize, top: usize) -> Block {
    let mut inner = Vec::new();
    if depth > 0 {
        inner.extend(weight.inner.iter().take(top).map(|inner| block(inner, depth - 1, top)));
        let rest = weight.inner.get(top..).unwrap_or_default();
        if !rest.is_empty() {
            let bytes = rest.iter().map(|weight| weight.bytes).sum();
            inner.push(Block { kind: "more", name: format!("{} more", rest.len()), bytes, inner: Vec::new() });
        }
    }
    Block { kind: weight.kind.word(), name: weight.name.clone(), bytes: weight.bytes, inner }
}

/// A line: bytes, share, bar, name.
fn tree(weight: &Weight, depth: usize, top: usize) -> String {
    let mut out = String::new();
    lines(&mut out, weight, weight.bytes, 0, depth, top);
    out
}

fn lines(out: &mut String, weight: &Weight, whole: u64, level: usize, depth: usize, top: usize) {
    let kind = match weight.kind {
        size::Kind::Component | size::Kind::Module | size::Kind::Custom | size::Kind::Crate => {
            format!("{} ", weight.kind.word())
        }
        size::Kind::Section | size::Kind::Function | size::Kind::DataSegment | size::Kind::Headers => String::new(),
    };
    line(out, weight.bytes, whole, level, &format!("{kind}{}", weight.name));
    if level == depth {
        return;
    }
    for inner in weight.inner.iter().take(top) {
        lines(out, inner, whole, level + 1, depth, top);
    }
    let rest = weight.inner.get(top..).unwrap_or_default();
    if !rest.is_empty() {
        line(out, rest.iter().map(|one| one.bytes).sum(), whole, level + 1, &format!("… {} more", rest.len()));
    }
}

/// Columns of a bar.
const BAR: u64 = 12;

fn line(out: &mut String, size: u64, whole: u64, level: usize, name: &str) {
    let filled = usize::try_from((size * BAR + whole / 2) / whole.max(1)).unwrap_or(0);
    let bar = format!("{}{}", "█".repeat(filled), "·".repeat(usize::try_from(BAR).unwrap_or(0).saturating_sub(filled)));
    let indent = "  ".repeat(level);
    let line = format!("{size:>10} {:>7}  {bar}  {indent}{}", percent(size, whole), one_line(name));
    out.push_str(line.trim_end());
    out.push('\n');
}

fn changes_text(change: &Change, depth: usize, top: usize) -> String {
    let (old, new) = (change.old.unwrap_or(0), change.new.unwrap_or(0));
    let mut out = format!("{} before, {} now: {}\n", bytes(old), bytes(new), signed(change.by()));
    change_lines(&mut out, change, 1, depth, top);
    out
}

fn signed(by: i128) -> String {
    if by > 0 { format!("+{by}") } else { by.to_string() }
}

fn change_lines(out: &mut String, change: &Change, level: usize, depth: usize, top: usize) {
    if level > depth {
        return;
    }
    for inner in change.inner.iter().take(top) {
        let what = match (inner.old, inner.new) {
            (None, _) => " (new)",
            (_, None) => " (gone)",
            (Some(_), Some(_)) => "",
        };
        out.push_str(&format!(
            "{:>10}  {}{}{what}\n",
            signed(inner.by()),
            "  ".repeat(level - 1),
            one_line(&inner.name)
        ));
        change_lines(out, inner, level + 1, depth, top);
    }
    let rest = change.inner.get(top..).unwrap_or_default();
    if !rest.is_empty() {
        let by = rest.iter().map(Change::by).sum();
        out.push_str(&format!("{:>10}  {}… {} more\n", signed(by), "  ".repeat(level - 1), rest.len()));
    }
}

pub fn to_json(weight: &Weight, depth: usize, top: usize) -> Value {
    let mut inner: Vec<Value> = Vec::new();
    if depth > 0 {
        inner.extend(weight.inner.iter().take(top).map(|inner| to_json(inner, depth - 1, top)));
        let rest = weight.inner.get(top..).unwrap_or_default();
        if !rest.is_empty() {
            let bytes: u64 = rest.iter().map(|weight| weight.bytes).sum();
            inner.push(json!({ "kind": "more", "name": format!("{} more", rest.len()), "bytes": bytes, "inner": [] }));
        }
    }
    json!({ "kind": weight.kind.word(), "name": weight.name, "bytes": weight.bytes, "inner": inner })
}

fn change_json(change: &Change) -> Value {
    json!({
        "kind": change.kind.word(),
        "name": change.name,
        "old": change.old,
        "new": change.new,
        "inner": change.inner.iter().map(change_json).collect::<Vec<_>>(),
    })
}

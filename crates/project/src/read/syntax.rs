//! Errors of TOML's syntax, and keys that stand twice.

use std::ops::Range;
use std::sync::Arc;

use diag::{Diagnostic, Place, Source};
use toml_edit::{Document, Item, Key, TomlError};

use super::fields::shown;

/// The one error that TOML's parser tells.
pub fn mistake(source: &Arc<Source>, error: &TomlError) -> Diagnostic {
    let text = &source.text;
    let span = source.clamped(&error.span().unwrap_or(text.len()..text.len()));
    let message = error.message();
    if message.starts_with("duplicate key") {
        return duplicate(source, &span);
    }
    let line = line_around(text, span.start);
    if let Some(key) = unquoted(&text[line.clone()]) {
        let headline = format!("the name `{}` needs quotes", shown(key));
        let at = line.start + text[line].find(key).unwrap_or(0);
        let error = diag::error("project/syntax", headline);
        let error = error.label(Place::text(source, at..at + key.len()), "a key of TOML has a `:` in quotes alone");
        return error.help(format!("write `\"{}\"`", shown(key)));
    }
    let (what, expected) = match message.split_once(", expected ") {
        Some((what, expected)) => (what, Some(expected)),
        None => (message, None),
    };
    let error = diag::error("project/syntax", format!("the manifest is no TOML: {}", shown(what)));
    match expected.filter(|expected| *expected != "nothing") {
        Some(expected) => error.label(Place::text(source, span), format!("expected {}", shown(expected))),
        None => error.label(Place::text(source, span), "here"),
    }
}

/// The span of the line that has the offset, without its end.
fn line_around(text: &str, offset: usize) -> Range<usize> {
    let start = text[..offset].rfind('\n').map_or(0, |at| at + 1);
    let end = text[offset..].find('\n').map_or(text.len(), |at| offset + at);
    start..end
}

/// The `ns:name` at the beginning of a line such as `ns:name = "1.2"` or `[dependencies.ns:name]`.
fn unquoted(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let key = match line.strip_prefix('[') {
        Some(header) => header.rsplit_once(']')?.0.rsplit('.').next()?,
        None => line.split_once('=')?.0,
    };
    let key = key.trim();
    key.parse::<crate::PackageName>().is_ok().then_some(key)
}

/// `span` is the second of two keys.
fn duplicate(source: &Arc<Source>, span: &Range<usize>) -> Diagnostic {
    let text = &source.text;
    let key = text[span.clone()].trim();
    let error = diag::error("project/duplicate", format!("`{}` stands twice", shown(key)));
    let error = error.label(Place::text(source, span.clone()), "again");
    let error = match first_of(text, span) {
        Some(first) => error.label(Place::text(source, first), "first here"),
        None => error,
    };
    error.help("take one of the two away, or give it another name")
}

/// Where the key that stands a second time at `span` stood first: the text before that is read alone.
fn first_of(text: &str, span: &Range<usize>) -> Option<Range<usize>> {
    let line = line_around(text, span.start);
    let before = Document::parse(&text[..line.start]).ok()?;
    let header = |line: &str| {
        let inner = line.trim_start().strip_prefix('[')?.rsplit_once(']')?.0;
        Key::parse(inner).ok()
    };
    let mut path = match header(&text[line.clone()]) {
        // The part of the header that ends where the span does is what stands twice.
        Some(path) => path,
        None => {
            let mut path = text[..line.start].lines().rev().find_map(header).unwrap_or_default();
            path.extend(Key::parse(text[line].split_once('=')?.0).ok()?);
            path
        }
    };
    let last = path.pop()?;
    let mut item: &Item = before.as_item();
    for key in &path {
        item = item.as_table_like()?.get(key.get())?;
    }
    item.as_table_like()?.get_key_value(last.get())?.0.span()
}

//! What a file holds, whatever its name: wasm, the text format of wasm, or something else.
//!
//! In: bytes. Out: their kind; the text format as binary; a diagnostic that says what else it looks like.

use std::sync::Arc;

use diag::{Diagnostic, Place, Source};

use super::Wasm;

/// What a file holds, by its first bytes.
pub(super) enum Content {
    Wasm,
    Wat,
    Other,
}

pub(super) fn content(bytes: &[u8]) -> Content {
    if bytes.starts_with(b"\0asm") {
        return Content::Wasm;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) if starts_with_parenthesis(text) => Content::Wat,
        Ok(_) | Err(_) => Content::Other,
    }
}

/// Whether the first thing after blanks and comments is a list, as in every text of the text format.
fn starts_with_parenthesis(text: &str) -> bool {
    let mut rest = text.trim_start_matches('\u{feff}').trim_start();
    loop {
        if let Some(comment) = rest.strip_prefix(";;") {
            rest = comment.split_once('\n').map_or("", |(_, rest)| rest).trim_start();
        } else if rest.starts_with("(;") {
            match after_block_comment(rest) {
                Some(after) => rest = after.trim_start(),
                None => return true,
            }
        } else {
            return rest.starts_with('(');
        }
    }
}

/// What follows a block comment, which may hold others.
fn after_block_comment(text: &str) -> Option<&str> {
    let bytes = text.as_bytes();
    let mut open = 0_usize;
    let mut at = 0;
    while at + 1 < bytes.len() {
        match &bytes[at..at + 2] {
            b"(;" => open += 1,
            b";)" => open -= 1,
            _ => {
                at += 1;
                continue;
            }
        }
        at += 2;
        if open == 0 {
            return text.get(at..);
        }
    }
    None
}

/// The text format to binary.
///
/// # Errors
///
/// `input/wat-syntax`; `input/not-wasm` if it is no text at all.
pub(crate) fn parse_wat(name: &str, bytes: Vec<u8>) -> diag::Result<Wasm> {
    let text = String::from_utf8(bytes).map_err(|_| {
        diag::error("input/not-wasm", format!("`{name}` is neither wasm nor text"))
            .label(Place::file(name), "not UTF-8")
    })?;
    let encoded = wast::parser::ParseBuffer::new(&text)
        .and_then(|buffer| wast::parser::parse::<wast::Wat<'_>>(&buffer)?.encode());
    match encoded {
        Ok(bytes) => Ok(Wasm { name: name.to_owned(), bytes }),
        Err(error) => {
            let start = error.span().offset().min(text.len());
            let span = start..start + word_length(&text, start);
            let source = Arc::new(Source::new(name, text));
            let headline = as_headline(&error.message());
            let label = Place::text(&source, span);
            Err(diag::error("input/wat-syntax", headline).label(label, "in the text format of wasm").into())
        }
    }
}

/// Of more things that could have stood in a place, only these many are named.
const MOST_EXPECTED: usize = 8;

/// A message as a headline: one line, beginning in lower case, without endless lists.
fn as_headline(message: &str) -> String {
    let mut line = message.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((before, list)) = line.split_once("expected one of: ") {
        let items: Vec<&str> = list.split(", ").collect();
        if items.len() > MOST_EXPECTED {
            let named = items[..MOST_EXPECTED].join(", ");
            line = format!("{before}expected one of: {named} or {} others", items.len() - MOST_EXPECTED);
        }
    }
    let mut chars = line.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

/// Bytes of the word that starts at an offset, so that a label covers it.
fn word_length(text: &str, start: usize) -> usize {
    let rest = text.get(start..).unwrap_or("");
    let stop = |c: char| c.is_whitespace() || matches!(c, '(' | ')' | '"' | ';');
    match rest.find(stop) {
        Some(0) => rest.chars().next().map_or(0, char::len_utf8),
        Some(length) => length,
        None => rest.len(),
    }
}

/// What compilers make for other machines, by its first bytes.
const PROGRAMS: &[(&[u8], &str)] = &[
    (b"\x7fELF", "a program or library for a processor (ELF)"),
    (b"\xcf\xfa\xed\xfe", "a program or library for macOS (Mach-O)"),
    (b"MZ", "a program or library for Windows (PE)"),
    (b"!<arch>\n", "an archive of object files"),
];

pub(super) fn not_wasm(name: &str, bytes: &[u8]) -> Diagnostic {
    let (found, help) = describe(bytes);
    diag::error("input/not-wasm", format!("`{name}` is not wasm, neither binary nor text"))
        .label(Place::file(name), found)
        .help(help)
}

fn describe(bytes: &[u8]) -> (String, &'static str) {
    const MAKE: &str = "name a module or a component, as binary or in the text format";
    if bytes.is_empty() {
        return ("an empty file".to_owned(), MAKE);
    }
    let text = std::str::from_utf8(bytes).ok().map(str::trim_start);
    if text.is_some_and(|text| ["package ", "interface ", "world ", "///"].iter().any(|w| text.starts_with(w))) {
        return (
            "this looks like WIT".to_owned(),
            "name a component here; show WIT with `withe wit`, check it with `withe validate`",
        );
    }
    if bytes.starts_with(b"\x1f\x8b") {
        return ("this is compressed with gzip".to_owned(), "decompress it first");
    }
    if let Some((_, what)) = PROGRAMS.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return (
            format!("this is {what}"),
            "build for WebAssembly: `cargo build --target wasm32-wasip1`, `GOOS=wasip1 GOARCH=wasm go build -buildmode=c-shared`",
        );
    }
    let first: Vec<String> = bytes.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    (format!("begins with the bytes {}, where wasm begins with 00 61 73 6d", first.join(" ")), MAKE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_for_other_machines_are_told() {
        for bytes in [&b"\x7fELF\x02\x01"[..], b"MZ\x90\0", b"!<arch>\nfoo", b"\xcf\xfa\xed\xfe\x07"] {
            let (found, help) = describe(bytes);
            assert!(found.starts_with("this is a") && help.contains("wasm32-wasip1"), "{found}, {help}");
        }
    }

    #[test]
    fn text_is_told_by_its_first_list() {
        for text in ["(module)", ";; c\n (component)", "(; a (; b ;) ;)\n(module)", "\u{feff}(module)", "(; open"] {
            assert!(starts_with_parenthesis(text), "{text}");
        }
        for text in ["package a:b;", "", ";; only", "(; a ;) x"] {
            assert!(!starts_with_parenthesis(text), "{text}");
        }
    }
}

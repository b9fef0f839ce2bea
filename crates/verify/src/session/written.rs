//! The text that the reader of WAVE is given.
//!
//! In: an expression's text. Out: text of the same length, without what is not WAVE: the name of the function, `@path`
//! and, in patterns, `_`; these are kept beside it.
//! Holds: spans in the one text are spans in the other; nothing nests deeper than `DEEPEST`.

use std::ops::Range;
use std::sync::Arc;

use diag::{Diagnostic, Place, Source};

use super::parse::{Notation, syntax};

/// Brackets in one another; the reader of WAVE calls itself for each.
const DEEPEST: usize = 100;

/// Text for the reader of WAVE.
pub(crate) struct Written {
    pub(crate) text: Arc<str>,
    replaced: Vec<(Range<usize>, Replaced)>,
}

/// What stood where the text has a placeholder.
pub(crate) enum Replaced {
    /// `@path`, with the file's content.
    File { path: String, content: Arc<[u8]> },
    /// `_`.
    Any,
}

impl Written {
    /// Takes out what is not WAVE, or not JSON. `start` is where the arguments start; what stands before becomes a
    /// name.
    pub(crate) fn new(
        source: &Arc<Source>,
        start: usize,
        notation: Notation<'_>,
        json: bool,
    ) -> Result<Self, Diagnostic> {
        let rest = source.text.get(start..).unwrap_or_default();
        let mut replaced = Vec::new();
        let mut depth = 0usize;
        let mut at = start;
        let bytes = source.text.as_bytes();
        while let Some(byte) = bytes.get(at) {
            match byte {
                b'\'' | b'/' if json => {}
                b'"' | b'\'' | b'/' => {
                    at = quoted_end(&source.text, at);
                    continue;
                }
                b'(' | b'[' | b'{' => depth += 1,
                b')' | b']' | b'}' => depth = depth.saturating_sub(1),
                b'@' => {
                    let (end, file) = file(source, at, notation)?;
                    replaced.push((at..end, file));
                    at = end;
                    continue;
                }
                b'_' if notation.patterns => replaced.push((at..at + 1, Replaced::Any)),
                _ => {}
            }
            if depth > DEEPEST {
                let text = format!("values nest more than {DEEPEST} deep here");
                return Err(syntax(source, at..at + 1, text));
            }
            at += 1;
        }
        let mut text = format!("{}{rest}", "f".repeat(start));
        for (span, _) in &replaced {
            text.replace_range(span.clone(), &"x".repeat(span.len()));
        }
        Ok(Self { text: text.into(), replaced })
    }

    /// What stood at a span.
    pub(crate) fn replaced(&self, span: &Range<usize>) -> Option<&Replaced> {
        let at = self.replaced.binary_search_by_key(&span.start, |(at, _)| at.start).ok()?;
        self.replaced.get(at).map(|(_, replaced)| replaced)
    }
}

/// Reads `@path` or `@"path"`; returns its end and the content.
fn file(source: &Arc<Source>, at: usize, notation: Notation<'_>) -> Result<(usize, Replaced), Diagnostic> {
    let Some(files) = notation.files else {
        return Err(syntax(source, at..at + 1, "files cannot be named here"));
    };
    let rest = &source.text[at + 1..];
    let (path, end) = if let Some(quoted) = rest.strip_prefix('"') {
        let len = quoted.find('"').unwrap_or(quoted.len());
        (&quoted[..len], at + 1 + (len + 2).min(rest.len()))
    } else {
        let len = rest.find(|c: char| c.is_whitespace() || ",)]}".contains(c)).unwrap_or(rest.len());
        (&rest[..len], at + 1 + len)
    };
    if path.is_empty() {
        return Err(syntax(source, at..at + 1, "expected a path after `@`"));
    }
    let content = files(path).map_err(|reason| {
        diag::error("input/unreadable-file", format!("cannot read `{path}`"))
            .label(Place::text(source, at..end), reason)
            .help("name a file that is there")
    })?;
    Ok((end, Replaced::File { path: path.to_owned(), content: content.into() }))
}

/// The end of a string, a character or a comment that starts at `at`; of anything else, the next byte.
pub(crate) fn quoted_end(text: &str, at: usize) -> usize {
    let rest = &text[at..];
    if rest.starts_with("//") {
        return at + rest.find('\n').unwrap_or(rest.len());
    }
    if let Some(inner) = rest.strip_prefix("\"\"\"") {
        return at + inner.find("\"\"\"").map_or(rest.len(), |end| end + 6);
    }
    let quote = rest.as_bytes()[0];
    if quote == b'/' {
        return at + 1;
    }
    let mut escaped = false;
    for (offset, byte) in rest.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            _ if byte == quote => return at + offset + 1,
            _ => {}
        }
    }
    text.len()
}

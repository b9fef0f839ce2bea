//! What must hold of a formatted text, whatever the text.
#![allow(clippy::unwrap_used, reason = "tests unwrap")]
#![allow(dead_code, reason = "each test file uses a part of this")]

use std::sync::Arc;

use withe_wit::syntax::{self, TokenKind, Tree};

pub fn tree(text: &str) -> Tree {
    syntax::parse(Arc::new(diag::Source::new("a.wit", text)))
}

/// The formatted text; nothing for a text with syntax errors.
pub fn formatted(text: &str) -> Option<String> {
    withe_wit::fmt::format(&tree(text)).ok()
}

/// Everything that must hold. The formatted text; nothing for a text with syntax errors.
pub fn check(text: &str) -> Result<Option<String>, String> {
    let before = tree(text);
    let Ok(out) = withe_wit::fmt::format(&before) else { return Ok(None) };
    let after = tree(&out);
    if let Some(error) = after.errors.first() {
        return Err(format!("the formatted text is refused: {}\n{out}", error.headline));
    }
    same("tokens", &tokens(&before), &tokens(&after), &out)?;
    same("comments", &comments(&before), &comments(&after), &out)?;
    same("places of comments", &places(&before), &places(&after), &out)?;
    same("tree", &[shape(&before)], &[shape(&after)], &out)?;
    let again = formatted(&out).ok_or("it cannot be formatted again")?;
    same("text of the second time", &lines(&out), &lines(&again), &out)?;
    is_tidy(&out)?;
    Ok(Some(out))
}

fn same(what: &str, before: &[String], after: &[String], out: &str) -> Result<(), String> {
    match before.iter().zip(after).position(|(one, other)| one != other) {
        Some(at) => Err(format!("{what}: expected `{}`, found `{}`, in\n{out}", before[at], after[at])),
        None if before.len() != after.len() => {
            Err(format!("{what}: expected {}, found {}, in\n{out}", before.len(), after.len()))
        }
        None => Ok(()),
    }
}

fn lines(text: &str) -> Vec<String> {
    text.split('\n').map(str::to_owned).collect()
}

/// The text's last line is ended; no line ends in white space; there are no two empty lines.
fn is_tidy(text: &str) -> Result<(), String> {
    let lines: Vec<&str> = text.lines().collect();
    if !matches!(text, "" | "\u{feff}") && !text.ends_with('\n') {
        return Err(format!("the last line is not ended in\n{text}"));
    }
    match lines.iter().find(|line| line.ends_with([' ', '\t'])) {
        Some(line) => Err(format!("white space at the end of `{line}`")),
        None => Ok(()),
    }
}

fn is_comment(kind: TokenKind) -> bool {
    matches!(kind, TokenKind::LineComment | TokenKind::DocLine | TokenKind::BlockComment | TokenKind::DocBlock)
}

/// Words and marks, without commas in front of a closing mark.
fn tokens(tree: &Tree) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for token in &tree.tokens {
        let text = &tree.source.text[token.span.clone()];
        if token.kind == TokenKind::Space || is_comment(token.kind) || text == "\u{feff}" {
            continue;
        }
        if matches!(text, "}" | ")" | ">") && out.last().is_some_and(|last| last == ",") {
            out.pop();
        }
        out.push(text.to_owned());
    }
    out
}

/// The words of each comment.
fn comments(tree: &Tree) -> Vec<String> {
    let comments = tree.tokens.iter().filter(|token| is_comment(token.kind));
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    comments.map(|token| words(&tree.source.text[token.span.clone()])).collect()
}

/// How many tokens, without commas, stand before each comment, and whether it stands on a line of its own
/// (not said before a closing mark, where a comma may come or go).
fn places(tree: &Tree) -> Vec<String> {
    let mut count = 0;
    let mut has_line_break = true;
    let mut out = Vec::new();
    for (at, token) in tree.tokens.iter().enumerate() {
        let text = &tree.source.text[token.span.clone()];
        if token.kind == TokenKind::Space {
            has_line_break |= text.contains('\n');
        } else if is_comment(token.kind) {
            let is_line = matches!(token.kind, TokenKind::LineComment | TokenKind::DocLine);
            let own = is_line && has_line_break && !is_before_closing_mark(tree, at);
            let first = text.lines().next().unwrap_or_default().trim_end();
            out.push(format!("`{first}` after {count} tokens, own line: {own}"));
            has_line_break = false;
        } else {
            count += usize::from(text != ",");
            has_line_break = false;
        }
    }
    out
}

fn is_before_closing_mark(tree: &Tree, at: usize) -> bool {
    let after = tree.tokens[at..].iter().filter(|token| token.kind != TokenKind::Space && !is_comment(token.kind));
    let mut texts = after.map(|token| &tree.source.text[token.span.clone()]);
    texts.find(|text| *text != ",").is_some_and(|text| matches!(text, "}" | ")" | ">"))
}

/// The tree without places, and with spaces for all white space.
fn shape(tree: &Tree) -> String {
    let text = format!("{:?}", tree.ast).replace("\\t", " ").replace("\\r", " ").replace("\\n", " ");
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut out = String::new();
    for part in text.split("..") {
        out.push_str(part.trim_matches(|c: char| c.is_ascii_digit()));
        out.push('~');
    }
    out
}

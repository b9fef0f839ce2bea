//! Mermaid, which many places that show Markdown draw.
//!
//! In: a scene. Out: a flowchart; what is inside a composition is a subgraph.
//! Holds: every text stands in double quotes, and what could mean something to Mermaid is written as a number.

use std::fmt::Write as _;

use crate::outline::{self, Box, Outline};
use crate::scene::Scene;
use crate::text::visible;
use crate::view::Kind;

/// The scene as a Mermaid flowchart.
pub fn mermaid(scene: &Scene) -> String {
    let mut out = "flowchart LR\n".to_owned();
    let _ = writeln!(out, "  accTitle: {}", plain(&scene.title));
    level(&mut out, &outline::outline(scene), "  ");
    out
}

fn level(out: &mut String, outline: &Outline, indent: &str) {
    for node in &outline.boxes {
        match &node.inner {
            None => print_box(out, node, indent),
            Some(inner) => {
                let title = format!("inside {}", node.lines[0]);
                let _ = writeln!(out, "{indent}subgraph {}s [{}]", node.id, quoted(&[title]));
                let deeper = format!("{indent}  ");
                print_box(out, node, &deeper);
                level(out, inner, &deeper);
                let _ = writeln!(out, "{indent}end");
            }
        }
    }
    for edge in &outline.edges {
        let arrow = if edge.has_resources { "==>" } else { "-->" };
        let label = if edge.lines.is_empty() { String::new() } else { format!("|{}|", quoted(&edge.lines)) };
        let _ = writeln!(out, "{indent}{} {arrow}{label} {}", edge.from, edge.to);
    }
}

fn print_box(out: &mut String, node: &Box, indent: &str) {
    let (open, close) = match node.kind {
        Kind::Instance => ("[", "]"),
        Kind::Host => ("([", "])"),
        Kind::Exports => ("[[", "]]"),
        Kind::Bag => ("(", ")"),
        Kind::Definition => ("{{", "}}"),
    };
    let _ = writeln!(out, "{indent}{}{open}{}{close}", node.id, quoted(&node.lines));
}

/// Lines as one string, which must not be empty.
fn quoted<T: AsRef<str>>(lines: &[T]) -> String {
    let text = lines.iter().map(|line| numbered(line.as_ref())).collect::<Vec<_>>().join("<br/>");
    format!("\"{}\"", if text.is_empty() { " " } else { &text })
}

/// The text with everything but letters, digits and harmless marks as `#35;`.
///
/// Mermaid looks for `style…:…#…;` and takes its semicolon away, so a text with that word has no colon either.
fn numbered(text: &str) -> String {
    let text = visible(text);
    let has_keyword = text.contains("style") || text.contains("classDef");
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let is_harmless =
            c.is_alphanumeric() || matches!(c, ' ' | '.' | '_' | '/' | '@' | '-' | '·' | '…' | '→' | ',' | '+');
        if is_harmless || (c == ':' && !has_keyword) {
            out.push(c);
        } else {
            let _ = write!(out, "#{};", u32::from(c));
        }
    }
    out
}

/// A title stands without quotes and knows no numbers: what is not harmless is left out.
fn plain(text: &str) -> String {
    let kept: String =
        visible(text).chars().map(|c| if c.is_alphanumeric() || "._/@-".contains(c) { c } else { ' ' }).collect();
    let words: Vec<&str> = kept.split_whitespace().collect();
    if words.is_empty() { "component".to_owned() } else { words.join(" ") }
}

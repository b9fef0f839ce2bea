//! The interfaces and worlds of a package's text, and which others each of them names.
//!
//! In: correct WIT of one package. Out: its parts in their order.
//! Holds: a part begins where the one before ends, so that the header and any of the parts are again a text;
//! it may name more than it needs, never less.

use std::ops::Range;

use crate::scan::{Token, tokens};

/// An interface or world.
pub struct Part {
    pub name: String,
    pub is_world: bool,
    /// With the documentation and gates above it.
    pub range: Range<usize>,
    /// Package, `""` for its own, and interface or world.
    pub needs: Vec<(String, String)>,
}

pub fn parts(text: &str) -> Vec<Part> {
    let tokens = tokens(text);
    let header = tokens.iter().position(|token| token.text == ";").expect("a text begins with its package");
    let mut start = tokens[header].range.end;
    let mut parts = Vec::new();
    let mut at = header + 1;
    while at < tokens.len() {
        match tokens[at].text {
            "interface" | "world" => {
                let end = closing(&tokens, at);
                let range = start..tokens[end].range.end;
                start = range.end;
                let (name, is_world) = (tokens[at + 1].text.to_owned(), tokens[at].text == "world");
                parts.push(Part { name, is_world, range, needs: needs(&tokens[at..=end]) });
                at = end + 1;
            }
            // A gate.
            "@" => at = at + 1 + tokens[at..].iter().position(|token| token.text == ")").expect("gates are closed"),
            other => panic!("`{other}` at the top of a text is not known here"),
        }
    }
    parts
}

/// The brace that ends the body which begins after `at`.
fn closing(tokens: &[Token<'_>], at: usize) -> usize {
    let mut depth = 0_usize;
    for (number, token) in tokens.iter().enumerate().skip(at) {
        match token.text {
            "{" => depth += 1,
            "}" if depth == 1 => return number,
            "}" => depth -= 1,
            _ => {}
        }
    }
    panic!("a body is closed")
}

fn needs(tokens: &[Token<'_>]) -> Vec<(String, String)> {
    let mut needs = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        if ["use", "include", "import", "export"].contains(&token.text) {
            needs.extend(path(&tokens[at + 1..]).filter(|need| !needs.contains(need)));
        }
    }
    needs
}

/// The interface or world that a path names; `None` for what is declared in the place itself.
fn path(tokens: &[Token<'_>]) -> Option<(String, String)> {
    let text = |at: usize| tokens.get(at).map_or("", |token| token.text);
    if text(1) != ":" {
        return Some((String::new(), text(0).to_owned()));
    }
    if text(3) != "/" {
        return None;
    }
    let mut package = format!("{}:{}", text(0), text(2));
    if text(5) == "@" {
        let version = tokens[6..].iter().map(|token| token.text).take_while(|text| !["{", ";"].contains(text));
        package = format!("{package}@{}", version.collect::<String>().trim_end_matches('.'));
    }
    Some((package, text(4).to_owned()))
}

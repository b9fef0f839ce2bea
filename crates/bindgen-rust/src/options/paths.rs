//! Rust paths, attributes and names that users give.

use crate::KEYWORDS;

/// Whether a text is a path that `use` takes: `a::B`, `::a::b`, `crate::a`, `super::super::a`, `$crate::a`.
pub fn is_path(text: &str) -> bool {
    let absolute = text.strip_prefix("$crate::").or_else(|| text.strip_prefix("::"));
    let mut parts = absolute.unwrap_or(text).split("::").peekable();
    if absolute.is_none() {
        let starts = parts.next_if(|part| ["crate", "self"].contains(part)).is_some();
        let climbs = std::iter::from_fn(|| parts.next_if_eq(&"super")).count() > 0;
        if parts.peek().is_none() {
            return starts || climbs;
        }
    }
    parts.all(is_name)
}

/// Whether a text is an identifier that no keyword is.
pub fn is_name(text: &str) -> bool {
    let (raw, name) = text.strip_prefix("r#").map_or((false, text), |name| (true, name));
    let mut chars = name.chars();
    let starts = chars.next().is_some_and(|first| first == '_' || first.is_alphabetic());
    let is_word = starts && name != "_" && chars.all(|c| c == '_' || c.is_alphanumeric());
    is_word && (raw || !KEYWORDS.contains(&name))
}

/// Whether a text is one attribute or several, `#[..]`, with their brackets in pairs.
pub fn is_attribute(text: &str) -> bool {
    let text = text.trim();
    let mut open = Vec::new();
    let mut in_string = false;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' if in_string => drop(chars.next()),
            '"' => in_string = !in_string,
            _ if in_string => {}
            '[' => open.push(']'),
            '(' => open.push(')'),
            '{' => open.push('}'),
            ']' | ')' | '}' if open.pop() != Some(c) => return false,
            _ => {}
        }
    }
    open.is_empty() && !in_string && text.starts_with("#[") && text.ends_with(']')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_told_from_other_text() {
        let paths =
            ["a", "a::B", "::a::b", "crate::x", "super::super::x", "self", "r#type::x", "_a", "$crate::x", "é::b"];
        for path in paths {
            assert!(is_path(path), "{path}");
        }
        for text in ["", "::", "a::", "a b", "1a", "type", "a::crate", "a<b>", "a-b", "a:b", "_", "x::super", "\u{0}"] {
            assert!(!is_path(text), "{text}");
        }
    }

    #[test]
    fn attributes_are_told_from_other_text() {
        for text in ["#[a]", "#[a(b = \"]\")]", "#[a]\n#[b]", "#[doc = \"\\\"\"]"] {
            assert!(is_attribute(text), "{text}");
        }
        for text in ["", "a", "#[a", "#[a)]", "#[a(]", "#[a(])]", "#![a]", "#[a = \"]"] {
            assert!(!is_attribute(text), "{text}");
        }
    }
}

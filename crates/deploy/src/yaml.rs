//! YAML, as every reader of it takes it.
//!
//! In: a tree of maps, lists and scalars. Out: text in block style.
//! Holds: a text comes back as the same text from readers of YAML 1.1 as well as 1.2. What a library leaves plain
//! (`12:30`, `1_000`, `=`) is a number or worse to some readers of the targets, so all but plain words is quoted, as
//! in JSON, which YAML 1.2 contains.

/// A node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Yaml {
    Null,
    Text(String),
    Number(u64),
    Bool(bool),
    List(Vec<Yaml>),
    Map(Vec<(String, Yaml)>),
}

impl From<&str> for Yaml {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Yaml {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&String> for Yaml {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<u64> for Yaml {
    fn from(number: u64) -> Self {
        Self::Number(number)
    }
}

impl From<bool> for Yaml {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl<T: Into<Yaml>> From<Vec<T>> for Yaml {
    fn from(list: Vec<T>) -> Self {
        Self::List(list.into_iter().map(Into::into).collect())
    }
}

/// A map, in the order given. Entries without a value are left out.
pub fn map<K: Into<String>, const N: usize>(entries: [(K, Option<Yaml>); N]) -> Yaml {
    Yaml::Map(entries.into_iter().filter_map(|(key, value)| Some((key.into(), value?))).collect())
}

/// A value that is there.
pub fn some(value: impl Into<Yaml>) -> Option<Yaml> {
    Some(value.into())
}

/// A value that is there if it has anything in it.
pub fn filled(value: impl Into<Yaml>) -> Option<Yaml> {
    let value = value.into();
    let is_empty = match &value {
        Yaml::List(list) => list.is_empty(),
        Yaml::Map(map) => map.is_empty(),
        Yaml::Text(text) => text.is_empty(),
        Yaml::Null | Yaml::Number(_) | Yaml::Bool(_) => false,
    };
    (!is_empty).then_some(value)
}

/// Documents, one after the other.
pub fn print(documents: &[Yaml]) -> String {
    let texts = documents.iter().map(|document| {
        let mut text = String::new();
        node(document, 0, &mut text);
        text.trim_start_matches('\n').to_owned()
    });
    texts.collect::<Vec<_>>().join("---\n")
}

/// What stands behind a key or a dash, with its end of line.
fn node(yaml: &Yaml, depth: usize, out: &mut String) {
    match yaml {
        Yaml::Map(entries) if !entries.is_empty() => {
            out.push('\n');
            entries.iter().for_each(|(key, value)| entry(key, value, depth, out));
        }
        Yaml::List(list) if !list.is_empty() => {
            out.push('\n');
            list.iter().for_each(|one| item(one, depth, out));
        }
        Yaml::Null | Yaml::Text(_) | Yaml::Number(_) | Yaml::Bool(_) | Yaml::List(_) | Yaml::Map(_) => {
            out.push_str(&format!(" {}\n", scalar(yaml)));
        }
    }
}

fn entry(key: &str, value: &Yaml, depth: usize, out: &mut String) {
    out.push_str(&format!("{}{}:", "  ".repeat(depth), text(key)));
    // A list stands in the column of its key.
    let inner = if matches!(value, Yaml::List(_)) { depth } else { depth + 1 };
    node(value, inner, out);
}

fn item(one: &Yaml, depth: usize, out: &mut String) {
    let dash = format!("{}-", "  ".repeat(depth));
    let mut inner = String::new();
    node(one, depth + 1, &mut inner);
    // The first line of a map or list begins behind the dash.
    let inner = inner.strip_prefix('\n').map_or(inner.as_str(), |block| &block[dash.len()..]);
    out.push_str(&dash);
    out.push_str(inner);
}

fn scalar(yaml: &Yaml) -> String {
    match yaml {
        Yaml::Null => "null".to_owned(),
        Yaml::Text(value) => text(value),
        Yaml::Number(number) => number.to_string(),
        Yaml::Bool(value) => value.to_string(),
        Yaml::List(_) => "[]".to_owned(),
        Yaml::Map(_) => "{}".to_owned(),
    }
}

/// A text, plain if every reader takes it for one.
fn text(value: &str) -> String {
    if is_plain(value) { value.to_owned() } else { quoted(value) }
}

/// Whether a text is a word, a path or a reference that no reader takes for anything else.
fn is_plain(value: &str) -> bool {
    const OTHERS: &[&str] = &["true", "false", "yes", "no", "on", "off", "y", "n", "null"];
    let begins = value.strip_prefix(['.', '/']).unwrap_or(value);
    let begins = begins.strip_prefix("./").or(begins.strip_prefix('/')).unwrap_or(begins);
    begins.starts_with(|first: char| first.is_ascii_alphabetic())
        && value.split(' ').all(|word| !word.is_empty() && word.chars().all(is_plain_char) && !word.ends_with(':'))
        && !OTHERS.contains(&value.to_ascii_lowercase().as_str())
        && ![".nan", ".inf"].contains(&value.to_ascii_lowercase().as_str())
}

fn is_plain_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-_./:@+".contains(c)
}

fn quoted(value: &str) -> String {
    let mut out = String::from("\"");
    for c in value.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if is_printable(c) => out.push(c),
            c if u32::from(c) > 0xffff => out.push_str(&format!("\\U{:08X}", u32::from(c))),
            c => out.push_str(&format!("\\u{:04X}", u32::from(c))),
        }
    }
    out.push('"');
    out
}

/// What may stand in a quoted text as it is: no ends of lines of any reader, no marks.
fn is_printable(c: char) -> bool {
    let hidden = ('\u{7f}'..='\u{9f}').contains(&c)
        || ['\u{2028}', '\u{2029}', '\u{feff}'].contains(&c)
        || u32::from(c) & 0xfffe == 0xfffe;
    c >= ' ' && !hidden
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_and_lists_stand_in_blocks() {
        let tree = map([
            ("kind", some("List")),
            ("none", None),
            ("empty", Some(Yaml::List(Vec::new()))),
            ("items", some(vec![map([("a", some(1)), ("b", some(vec!["x", "z"]))]), Yaml::Bool(true)])),
            ("nested", some(vec![Yaml::List(vec![Yaml::Number(1), Yaml::Number(2)])])),
        ]);
        let text = "kind: List\nempty: []\nitems:\n- a: 1\n  b:\n  - x\n  - z\n- true\nnested:\n- - 1\n  - 2\n";
        assert_eq!(print(std::slice::from_ref(&tree)), text);
        assert_eq!(print(&[tree.clone(), tree]), format!("{text}---\n{text}"));
    }

    #[test]
    fn what_some_reader_takes_for_something_else_is_quoted() {
        for plain in ["todo", "ghcr.io/a/b:1.0.0", "./app.wasm", "/data", "two words", "core.oam.dev/v1beta1"] {
            assert_eq!(text(plain), plain);
        }
        for other in
            ["", "yes", "Null", "1.0", "1_000", "12:30:45", "0x1f", "=", "~", "a: b", "a #b", "- a", "k:", " a"]
        {
            assert_eq!(text(other), format!("\"{other}\""));
        }
        assert_eq!(
            text("a\n\u{0}\u{85}\u{2028}\u{1f600}\u{1fffe}"),
            "\"a\\n\\u0000\\u0085\\u2028\u{1f600}\\U0001FFFE\""
        );
    }
}

//! Where two values differ.
//!
//! In: what a `.wave` file expects, with the text it was read from, and what was found. Out: the smallest parts that
//! differ, each with its path in words and its place in the text.
//! Holds: there is none if and only if the values are equal; of long texts only the part around the difference is shown.

use std::ops::Range;

use wasm_wave::ast::Node;

use crate::value::Data;

/// More are not told.
const MOST: usize = 3;

/// Longer texts are cut, in characters.
const LONGEST: usize = 80;

/// What is left before the difference.
const BEFORE: usize = 24;

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Difference {
    /// ``field `x` of element 2``; empty if the values differ as a whole.
    pub(crate) path: String,
    /// In the text of the expected value: the part, or the nearest around it that was written there.
    pub(crate) span: Range<usize>,
    pub(crate) expected: String,
    pub(crate) found: String,
}

/// Where the values differ, `MOST` places at most.
pub(crate) fn differences(expected: &Data, found: &Data, node: &Node, text: &str) -> Vec<Difference> {
    let mut walk = Walk { text, path: Vec::new(), found: Vec::new() };
    walk.compare(expected, found, Some(node), node.span());
    walk.found
}

/// The two texts, cut around the first character in which they differ.
pub(crate) fn cut(expected: &str, found: &str) -> (String, String) {
    let same = expected.chars().zip(found.chars()).take_while(|(a, b)| a == b).count();
    (around(expected, same), around(found, same))
}

/// The text around a character.
fn around(text: &str, at: usize) -> String {
    let len = text.chars().count();
    if len <= LONGEST {
        return text.to_owned();
    }
    let start = at.saturating_sub(BEFORE).min(len - LONGEST);
    let part: String = text.chars().skip(start).take(LONGEST).collect();
    let before = if start > 0 { "\u{2026}" } else { "" };
    let after = if start + LONGEST < len { "\u{2026}" } else { "" };
    format!("{before}{part}{after}")
}

/// The walk over both values.
struct Walk<'a> {
    text: &'a str,
    path: Vec<String>,
    found: Vec<Difference>,
}

impl Walk<'_> {
    /// `span` is that of the nearest value that stands in the text.
    fn compare(&mut self, expected: &Data, found: &Data, node: Option<&Node>, span: Range<usize>) {
        if self.found.len() >= MOST || expected == found {
            return;
        }
        let span = node.map_or(span, Node::span);
        match (expected, found) {
            (Data::List(a), Data::List(b)) => self.lists(a, b, node, span),
            // Written `stream([1, 2])`.
            (Data::Stream(a), Data::Stream(b)) => self.lists(a, b, self.inner(node), span),
            (Data::Tuple(a), Data::Tuple(b)) => {
                let nodes = node.and_then(|node| node.as_tuple().ok()).into_iter().flatten().collect();
                self.elements(a, b, nodes, &span);
            }
            (Data::Record(a), Data::Record(b)) => self.records(a, b, node, &span),
            (Data::Map(a), Data::Map(b)) => self.maps(a, b, span),
            (Data::Option(Some(a)), Data::Option(Some(b))) => self.inside("some", a, b, payload(node), span),
            (Data::Result(Ok(Some(a))), Data::Result(Ok(Some(b)))) => self.inside("ok", a, b, payload(node), span),
            (Data::Result(Err(Some(a))), Data::Result(Err(Some(b)))) => self.inside("err", a, b, payload(node), span),
            (Data::Variant(case, Some(a)), Data::Variant(other, Some(b))) if case == other => {
                self.inside(case, a, b, self.inner(node), span);
            }
            (Data::Future(Some(a)), Data::Future(Some(b))) => self.inside("future", a, b, self.inner(node), span),
            (expected, found) => self.differ(expected.to_string(), found.to_string(), span),
        }
    }

    /// The value in `case(..)`.
    fn inner<'n>(&self, node: Option<&'n Node>) -> Option<&'n Node> {
        node.and_then(|node| node.as_variant(self.text).ok()?.1)
    }

    fn differ(&mut self, expected: String, found: String, span: Range<usize>) {
        let path = self.path.iter().rev().map(String::as_str).collect::<Vec<_>>().join(" of ");
        let (expected, found) = cut(&expected, &found);
        self.found.push(Difference { path, span, expected, found });
    }

    fn at(&mut self, part: String, compare: impl FnOnce(&mut Self)) {
        self.path.push(part);
        compare(self);
        self.path.pop();
    }

    fn inside(&mut self, case: &str, a: &Data, b: &Data, node: Option<&Node>, span: Range<usize>) {
        self.at(format!("the value in `{case}`"), |walk| walk.compare(a, b, node, span));
    }

    fn lists(&mut self, a: &[Data], b: &[Data], node: Option<&Node>, span: Range<usize>) {
        let nodes = node.and_then(|node| node.as_list().ok()).into_iter().flatten().collect();
        self.elements(a, b, nodes, &span);
        if a.len() != b.len() && self.found.len() < MOST {
            let elements = |len: usize| format!("{len} element{}", if len == 1 { "" } else { "s" });
            self.differ(elements(a.len()), elements(b.len()), span);
        }
    }

    fn elements(&mut self, a: &[Data], b: &[Data], nodes: Vec<&Node>, span: &Range<usize>) {
        for (position, (a, b)) in a.iter().zip(b).enumerate() {
            // Most elements are equal, and naming them costs more than comparing them.
            if a != b {
                let node = nodes.get(position).copied();
                self.at(format!("element {position}"), |walk| walk.compare(a, b, node, span.clone()));
            }
            if self.found.len() >= MOST {
                return;
            }
        }
    }

    fn records(&mut self, a: &[(String, Data)], b: &[(String, Data)], node: Option<&Node>, span: &Range<usize>) {
        let text = self.text;
        let written: Vec<(&str, &Node)> =
            node.and_then(|node| node.as_record(text).ok()).into_iter().flatten().collect();
        for ((name, a), (_, b)) in a.iter().zip(b) {
            let node = written.iter().find(|(field, _)| field == name).map(|(_, node)| *node);
            self.at(format!("field `{name}`"), |walk| walk.compare(a, b, node, span.clone()));
        }
    }

    fn maps(&mut self, a: &[(Data, Data)], b: &[(Data, Data)], span: Range<usize>) {
        let (a, b) = (crate::value::last_entries(a), crate::value::last_entries(b));
        let value = |entries: &[(&Data, &Data)], key: &Data| {
            entries.iter().find(|(other, _)| *other == key).map(|(_, value)| (*value).clone())
        };
        for (key, expected) in &a {
            let path = format!("the value at `{}`", around(&key.to_string(), 0));
            match value(&b, key) {
                Some(found) => self.at(path, |walk| walk.compare(expected, &found, None, span.clone())),
                None => self.at(path, |walk| walk.differ(expected.to_string(), "nothing".to_owned(), span.clone())),
            }
            if self.found.len() >= MOST {
                return;
            }
        }
        for (key, found) in &b {
            if value(&a, key).is_none() && self.found.len() < MOST {
                let path = format!("the value at `{}`", around(&key.to_string(), 0));
                self.at(path, |walk| walk.differ("nothing".to_owned(), found.to_string(), span.clone()));
            }
        }
    }
}

/// The payload of `some(..)`, `ok(..)` or `err(..)`; WAVE lets it stand alone.
pub(super) fn payload(node: Option<&Node>) -> Option<&Node> {
    let node = node?;
    match (node.as_option(), node.as_result()) {
        (Ok(payload), _) | (_, Ok(Ok(payload) | Err(payload))) => payload,
        (Err(_), Err(_)) => Some(node),
    }
}

#[cfg(test)]
mod tests {
    use wasm_wave::untyped::UntypedValue;

    use super::*;

    fn record(x: u32, tags: &[&str]) -> Data {
        let tags = tags.iter().map(|tag| Data::String((*tag).to_owned())).collect();
        Data::Record(vec![("x".to_owned(), Data::U32(x)), ("tags".to_owned(), Data::List(tags))])
    }

    /// Each difference as `PATH: EXPECTED, FOUND at TEXT`.
    fn told(text: &str, expected: &Data, found: &Data) -> Vec<String> {
        let value = UntypedValue::parse(text).unwrap();
        let all = differences(expected, found, value.node(), text);
        let span = |one: &Difference| text[one.span.clone()].to_owned();
        all.iter().map(|one| format!("{}: {}, {} at {}", one.path, one.expected, one.found, span(one))).collect()
    }

    #[test]
    fn the_smallest_part_is_told_with_its_path() {
        let text = "[{x: 1, tags: []}, {x: 2, tags: [\"a\", \"b\"]}]";
        let expected = Data::List(vec![record(1, &[]), record(2, &["a", "b"])]);
        let found = Data::List(vec![record(1, &[]), record(3, &["a", "c"])]);
        let path = "field `tags` of element 1";
        let said =
            ["field `x` of element 1: 2, 3 at 2".to_owned(), format!("element 1 of {path}: \"b\", \"c\" at \"b\"")];
        assert_eq!(told(text, &expected, &found), said);
        let shorter = Data::List(vec![record(1, &[]), record(2, &["a"])]);
        assert_eq!(told(text, &expected, &shorter), [format!("{path}: 2 elements, 1 element at [\"a\", \"b\"]")]);
        assert!(told(text, &expected, &expected.clone()).is_empty());
    }

    #[test]
    fn payloads_may_stand_alone() {
        let ok = |value| Data::Result(Ok(Some(Box::new(Data::U32(value)))));
        let err = Data::Result(Err(None));
        assert_eq!(told("ok(1)", &ok(1), &ok(2)), ["the value in `ok`: 1, 2 at 1"]);
        assert_eq!(told("1", &ok(1), &ok(2)), ["the value in `ok`: 1, 2 at 1"]);
        assert_eq!(told("err", &err, &ok(2)), [": err, ok(2) at err"]);
        let some = |value| Data::Option(Some(Box::new(value)));
        assert_eq!(told("some(_x)".replace('_', "").as_str(), &some(Data::Any), &some(Data::U8(1))), [""; 0]);
    }

    #[test]
    fn maps_differ_by_their_keys() {
        let map = |entries: &[(&str, u32)]| {
            let entry = |(key, value): &(&str, u32)| (Data::String((*key).to_owned()), Data::U32(*value));
            Data::Map(entries.iter().map(entry).collect())
        };
        let text = "[(\"a\", 1), (\"b\", 2)]";
        let expected = map(&[("a", 1), ("b", 2)]);
        assert!(told(text, &expected, &map(&[("b", 2), ("a", 1)])).is_empty());
        let said = told(text, &expected, &map(&[("b", 3), ("c", 4)]));
        let paths: Vec<&str> = said.iter().map(|one| one.split(" at [").next().unwrap()).collect();
        let expected =
            ["the value at `\"a\"`: 1, nothing", "the value at `\"b\"`: 2, 3", "the value at `\"c\"`: nothing, 4"];
        assert_eq!(paths, expected);
    }

    #[test]
    fn long_texts_are_cut_around_the_difference() {
        let (a, b) = (format!("{}x{}", "a".repeat(500), "b".repeat(500)), format!("{}y", "a".repeat(500)));
        let (expected, found) = cut(&a, &b);
        assert_eq!(expected.chars().count(), LONGEST + 2);
        assert!(expected.starts_with('\u{2026}') && expected.contains("aaxbb") && expected.ends_with('\u{2026}'));
        assert!(found.ends_with("aay"), "{found}");
    }
}

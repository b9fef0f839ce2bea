//! What makes an expected value the one that was found.
//!
//! In: what a `.wave` file expects, with the text it was read from, and what was found. Out: the parts of the text that
//! are to change, each with its new text.
//! Holds: what is equal keeps its text; a `_` stays, but where it stood for a part of another shape.

use std::ops::Range;

use wasm_wave::ast::Node;

use crate::value::Data;

/// A part of an expected value, what was found in its place, and its node.
type Part<'a, 'n> = (&'a Data, &'a Data, &'n Node);

/// The parts to change, in the order of the text.
pub(crate) fn changes(expected: &Data, found: &Data, node: &Node, text: &str) -> Vec<(Range<usize>, String)> {
    let mut changes = Vec::new();
    collect((expected, found, node), text, &mut changes);
    changes.sort_by_key(|(span, _)| span.start);
    changes
}

fn collect((expected, found, node): Part<'_, '_>, text: &str, changes: &mut Vec<(Range<usize>, String)>) {
    if expected == found {
        return;
    }
    match parts(expected, found, node, text) {
        Some(parts) => parts.into_iter().for_each(|part| collect(part, text, changes)),
        None => changes.push((node.span(), with_holes(expected, found).to_string())),
    }
}

/// The parts of two values of the same shape that differ. There are none if a part does not stand in the text.
fn parts<'a, 'n>(expected: &'a Data, found: &'a Data, node: &'n Node, text: &str) -> Option<Vec<Part<'a, 'n>>> {
    let inner = || node.as_variant(text).ok()?.1;
    match (expected, found) {
        (Data::List(a), Data::List(b)) => elements(a, b, node.as_list().ok()?.collect()),
        // Written `stream([1, 2])`.
        (Data::Stream(a), Data::Stream(b)) => elements(a, b, inner()?.as_list().ok()?.collect()),
        (Data::Tuple(a), Data::Tuple(b)) => elements(a, b, node.as_tuple().ok()?.collect()),
        (Data::Record(a), Data::Record(b)) => {
            let written: Vec<(&str, &Node)> = node.as_record(text).ok()?.collect();
            let node_of = |field: &str| written.iter().find(|(name, _)| *name == field).map(|(_, node)| *node);
            let differ = a.iter().zip(b).filter(|((_, a), (_, b))| a != b);
            differ.map(|((field, a), (_, b))| Some((a, b, node_of(field)?))).collect()
        }
        (Data::Option(Some(a)), Data::Option(Some(b)))
        | (Data::Result(Ok(Some(a))), Data::Result(Ok(Some(b))))
        | (Data::Result(Err(Some(a))), Data::Result(Err(Some(b)))) => {
            Some(vec![(a, b, super::difference::payload(Some(node))?)])
        }
        (Data::Variant(case, Some(a)), Data::Variant(other, Some(b))) if case == other => Some(vec![(a, b, inner()?)]),
        (Data::Future(Some(a)), Data::Future(Some(b))) => Some(vec![(a, b, inner()?)]),
        (_, _) => None,
    }
}

fn elements<'a, 'n>(a: &'a [Data], b: &'a [Data], nodes: Vec<&'n Node>) -> Option<Vec<Part<'a, 'n>>> {
    let is_whole = a.len() == b.len() && a.len() == nodes.len();
    is_whole.then(|| a.iter().zip(b).zip(nodes).map(|((a, b), node)| (a, b, node)).collect())
}

/// What was found, with `_` where the same part of what was expected has one.
fn with_holes(expected: &Data, found: &Data) -> Data {
    let boxed = |a: &Data, b: &Data| Some(Box::new(with_holes(a, b)));
    match (expected, found) {
        (Data::Any, _) => Data::Any,
        (Data::List(a), Data::List(b)) => Data::List(all_with_holes(a, b)),
        (Data::Stream(a), Data::Stream(b)) => Data::Stream(all_with_holes(a, b)),
        (Data::Tuple(a), Data::Tuple(b)) => Data::Tuple(all_with_holes(a, b)),
        (Data::Record(a), Data::Record(b)) => {
            let field = |((_, a), (name, b)): (&(String, Data), &(String, Data))| (name.clone(), with_holes(a, b));
            Data::Record(a.iter().zip(b).map(field).collect())
        }
        (Data::Map(a), Data::Map(b)) => {
            let expected_at = |key: &Data| a.iter().rfind(|(other, _)| other == key).map(|(_, value)| value);
            let entry = |(key, found): &(Data, Data)| {
                let value = expected_at(key).map_or_else(|| found.clone(), |expected| with_holes(expected, found));
                (key.clone(), value)
            };
            Data::Map(b.iter().map(entry).collect())
        }
        (Data::Option(Some(a)), Data::Option(Some(b))) => Data::Option(boxed(a, b)),
        (Data::Result(Ok(Some(a))), Data::Result(Ok(Some(b)))) => Data::Result(Ok(boxed(a, b))),
        (Data::Result(Err(Some(a))), Data::Result(Err(Some(b)))) => Data::Result(Err(boxed(a, b))),
        (Data::Variant(case, Some(a)), Data::Variant(other, Some(b))) if case == other => {
            Data::Variant(case.clone(), boxed(a, b))
        }
        (Data::Future(Some(a)), Data::Future(Some(b))) => Data::Future(boxed(a, b)),
        (_, found) => found.clone(),
    }
}

fn all_with_holes(expected: &[Data], found: &[Data]) -> Vec<Data> {
    let at = |(position, found): (usize, &Data)| {
        expected.get(position).map_or_else(|| found.clone(), |expected| with_holes(expected, found))
    };
    found.iter().enumerate().map(at).collect()
}

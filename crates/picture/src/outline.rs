//! The drawing as nodes and edges with texts, for languages that have a layout of their own.
//!
//! In: a drawing. Out: its boxes, nested, and its wires with their labels, each with a name that is an identifier.
//! Holds: the same boxes and bundles as in the SVG, so that all pictures of a scene say the same.

use crate::drawing::{self, Drawing};
use crate::scene::Scene;
use crate::text::{self, Font};
use crate::view::{Card, Kind, Label, View};

/// Units that a line is wide at most, which only names with hundreds of characters reach: the layout is not ours, and
/// makes room.
const WIDEST: f64 = 3000.0;

/// A level.
#[derive(Clone, Debug)]
pub struct Outline {
    pub boxes: Vec<Box>,
    pub edges: Vec<Edge>,
}

#[derive(Clone, Debug)]
pub struct Box {
    /// Letters and digits; unique in the whole scene.
    pub id: String,
    pub kind: Kind,
    pub lines: Vec<String>,
    pub full: String,
    pub inner: Option<Outline>,
}

#[derive(Clone, Debug)]
pub struct Edge {
    pub from: String,
    pub to: String,
    pub lines: Vec<String>,
    pub full: String,
    pub has_resources: bool,
}

/// The scene with every composition opened once.
pub fn outline(scene: &Scene) -> Outline {
    level(&drawing::opened(scene), "n")
}

fn level(drawing: &Drawing, prefix: &str) -> Outline {
    let view = &drawing.view;
    let id = |at: usize| format!("{prefix}{at}");
    let boxes = view.cards.iter().enumerate().map(|(at, card)| {
        let inside = drawing.inner.iter().find(|(holder, _)| *holder == at);
        Box {
            id: id(at),
            kind: card.kind,
            lines: lines(card),
            full: card.full.clone(),
            inner: inside.map(|(_, inner)| level(inner, &format!("{prefix}{at}x"))),
        }
    });
    Outline { boxes: boxes.collect(), edges: edges(view, &id) }
}

fn lines(card: &Card) -> Vec<String> {
    let mut lines: Vec<String> = card.lines.iter().map(|line| in_full(&line.said)).collect();
    if !card.badges.is_empty() {
        let badges: Vec<&str> = card.badges.iter().map(|badge| badge.text.as_str()).collect();
        lines.push(format!("host: {}", badges.join(", ")));
    }
    if let Some(key) = &card.key {
        lines.push(format!("used as {}", key.text));
    }
    lines
}

fn said(label: &Label) -> Vec<String> {
    label.said.iter().map(|line| in_full(line)).collect()
}

fn in_full(line: &str) -> String {
    text::shorten(line, Font::Body, WIDEST)
}

/// Wires that go through a label become edges that carry it.
fn edges(view: &View, id: &impl Fn(usize) -> String) -> Vec<Edge> {
    let cards = view.cards.len();
    let mut provider = vec![0; view.labels.len()];
    for wire in view.wires.iter().filter(|wire| wire.to >= cards) {
        provider[wire.to - cards] = wire.from;
    }
    let to_cards = view.wires.iter().filter(|wire| wire.to < cards);
    let edges = to_cards.map(|wire| {
        let label = wire.from.checked_sub(cards);
        Edge {
            from: id(label.map_or(wire.from, |label| provider[label])),
            to: id(wire.to),
            lines: label.map_or_else(Vec::new, |label| said(&view.labels[label])),
            full: wire.full.clone(),
            has_resources: wire.has_resources,
        }
    });
    edges.collect()
}

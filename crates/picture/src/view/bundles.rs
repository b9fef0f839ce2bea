//! Bundles: everything that flows from one card to another.
//!
//! In: edges. Out: labels and wires.
//! Holds: a label has few lines; what it leaves out is in its full text.

use indexmap::IndexMap;

use super::{Card, Kind, Label, Wire};
use crate::scene::{Edge, Level, Name, Node, Scene};
use crate::text::{self, Font};

#[derive(Clone, Debug)]
pub struct Bundle {
    /// Positions among the cards.
    pub from: usize,
    pub to: usize,
    /// Positions in [`Level::edges`].
    pub edges: Vec<usize>,
}

/// Lines of a label at most.
const LINES: usize = 5;

/// Units that a line of a label is wide at most.
const WIDEST: f64 = 210.0;

const LINE: f64 = 13.0;

pub fn bundles(level: &Level, card_of: &[usize]) -> Vec<Bundle> {
    let mut bundles: IndexMap<(usize, usize), Vec<usize>> = IndexMap::new();
    for (at, edge) in level.edges.iter().enumerate() {
        let (from, to) = (card_of[edge.from.0], card_of[edge.to.0]);
        // Only a cycle, which should not be, leads back to where it comes from.
        if from != to {
            bundles.entry((from, to)).or_default().push(at);
        }
    }
    bundles.into_iter().map(|((from, to), edges)| Bundle { from, to, edges }).collect()
}

pub fn labels_and_wires(scene: &Scene, level: &Level, cards: &[Card], bundles: &[&Bundle]) -> (Vec<Label>, Vec<Wire>) {
    let mut labels: IndexMap<(usize, Vec<String>, bool), Label> = IndexMap::new();
    let mut wires = Vec::new();
    for bundle in bundles {
        let lines = lines(scene, level, cards, bundle);
        let has_resources = bundle.edges.iter().any(|edge| !level.edges[*edge].resources.is_empty());
        let full = full(level, &bundle.edges);
        let mut from = bundle.from;
        if !lines.is_empty() {
            let entry = labels.entry((bundle.from, lines, has_resources));
            from = cards.len() + entry.index();
            let lines = entry.key().1.clone();
            let label = entry.or_insert_with(|| new_label(&lines, has_resources));
            label.edges.extend(&bundle.edges);
        }
        wires.push(Wire { from, to: bundle.to, edges: bundle.edges.clone(), has_resources, full });
    }
    for ((from, _, has_resources), label) in &mut labels {
        label.full = full(level, &label.edges);
        label.edges.sort_unstable();
        wires.push(Wire {
            from: *from,
            to: 0,
            edges: label.edges.clone(),
            has_resources: *has_resources,
            full: label.full.clone(),
        });
    }
    let first = wires.len() - labels.len();
    for (at, wire) in wires[first..].iter_mut().enumerate() {
        wire.to = cards.len() + at;
    }
    (labels.into_values().collect(), wires)
}

fn new_label(lines: &[String], has_resources: bool) -> Label {
    let mut said: Vec<String> = lines.to_vec();
    if lines.len() > LINES {
        said.truncate(LINES - 1);
        said.push(format!("+ {} more", lines.len() - LINES + 1));
    }
    let shown: Vec<String> = said.iter().map(|line| text::shorten(line, Font::Small, WIDEST)).collect();
    let widest = shown.iter().map(|line| text::width(line, Font::Small)).fold(0.0, f64::max);
    Label {
        width: widest + if has_resources { 26.0 } else { 16.0 },
        height: shown.len() as f64 * LINE + 6.0,
        lines: shown,
        said,
        edges: Vec::new(),
        has_resources,
        full: String::new(),
    }
}

/// What a label says, each thing once. A card of exports says it itself, and so does one of an import with a plain name.
fn lines(scene: &Scene, level: &Level, cards: &[Card], bundle: &Bundle) -> Vec<String> {
    let (from, to) = (&cards[bundle.from], &cards[bundle.to]);
    let edges = bundle.edges.iter().map(|edge| &level.edges[*edge]);
    let is_host = from.kind == Kind::Host;
    let is_one = is_host && from.nodes.len() == 1;
    let is_said = |edge: &Edge| to.kind == Kind::Exports || (is_one && edge.provided.package().is_none());
    let kept = edges.filter(|edge| !(is_said(edge) && edge.provided == edge.wanted));
    let mut lines: IndexMap<String, ()> = IndexMap::new();
    for edge in kept {
        let is_own = is_host || is_from_own_package(scene, level, edge);
        lines.insert(if is_own { short_flow(edge) } else { flow(edge) }, ());
    }
    lines.into_keys().collect()
}

/// Whether a component provides an interface of its own package, whose name its card says.
fn is_from_own_package(scene: &Scene, level: &Level, edge: &Edge) -> bool {
    let Node::Instance { part, .. } = &level.nodes[edge.from.0] else { return false };
    let package = Name::parse(&scene.part(*part).name).name;
    edge.provided.package() == Some(package.as_str())
}

/// Name and version, and the consumer's where they differ: `local:app/log 1.2.0 → 1.0.0`.
pub fn flow(edge: &Edge) -> String {
    flow_of(edge, &edge.provided.name, &edge.wanted.name)
}

/// The same without the package, which the card says that it comes from.
fn short_flow(edge: &Edge) -> String {
    flow_of(edge, edge.provided.short(), edge.wanted.short())
}

fn flow_of(edge: &Edge, provided: &str, wanted: &str) -> String {
    let version = |name: &Name| name.version.as_ref().map(|version| format!(" {version}")).unwrap_or_default();
    let (ours, theirs) = (version(&edge.provided), version(&edge.wanted));
    if edge.provided.name.is_empty() {
        return format!("{wanted}{theirs}");
    }
    if edge.provided.name != edge.wanted.name {
        return format!("{provided}{ours} → {wanted}{theirs}");
    }
    if ours == theirs || theirs.is_empty() { format!("{wanted}{ours}") } else { format!("{wanted}{ours} →{theirs}") }
}

fn full(level: &Level, edges: &[usize]) -> String {
    let mut lines: IndexMap<String, ()> = IndexMap::new();
    for edge in edges.iter().map(|edge| &level.edges[*edge]) {
        let mut line = flow(edge);
        if !edge.resources.is_empty() {
            line.push_str(" (resources: ");
            line.push_str(&edge.resources.join(", "));
            line.push(')');
        }
        lines.insert(line, ());
    }
    lines.into_keys().collect::<Vec<_>>().join("\n")
}

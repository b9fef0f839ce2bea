//! Cards: what is written in a box.
//!
//! In: nodes. Out: cards, with their lines, before badges are put on them.
//! Holds: every line is at most [`WIDEST`] wide.

use indexmap::IndexMap;

use super::hosts::Group;
use super::{Bar, Card, Kind, Line, PAD};
use crate::scene::{Item, Level, Name, Node, NodeId, Part, PartId, Scene};
use crate::text::{self, Font, bytes, count};

/// Units that a line is wide at most, and a card at least.
const WIDEST: f64 = 240.0;
const NARROWEST: f64 = 120.0;

/// Rows of a card that stands for several imports or exports.
const ROWS: usize = 14;

/// Units of free space around the drawing of what is inside.
const INNER_PAD: f64 = 18.0;

const HEAD_LINE: f64 = 18.0;
const LINE: f64 = 15.0;
const BAR: f64 = 11.0;

/// A card with a head and further lines.
fn card(kind: Kind, nodes: Vec<NodeId>, head: &str, rows: &[String], full: String) -> Card {
    let mut y = PAD + 3.0;
    let line = |said: &str, is_head: bool, y: f64| Line {
        text: text::shorten(said, if is_head { Font::Head } else { Font::Body }, WIDEST),
        said: said.to_owned(),
        is_head,
        y: y + 10.0,
    };
    let mut lines = vec![line(head, true, y)];
    y += HEAD_LINE;
    for row in rows {
        lines.push(line(row, false, y));
        y += LINE;
    }
    let font = |line: &Line| if line.is_head { Font::Head } else { Font::Body };
    let widest = lines.iter().map(|line| text::width(&line.text, font(line))).fold(NARROWEST, f64::max);
    Card {
        kind,
        nodes,
        lines,
        badges: Vec::new(),
        key: None,
        bar: None,
        inner: None,
        inner_top: None,
        width: widest + 2.0 * PAD,
        height: y + PAD - 3.0,
        full,
    }
}

/// The card of a group of imports.
pub fn host(level: &Level, group: &Group) -> Card {
    let items: Vec<&Item> = group.nodes.iter().filter_map(|node| item(level, *node)).collect();
    let head = group.package.as_deref().unwrap_or("imports");
    grouped(Kind::Host, group.nodes.clone(), head, &items)
}

/// The import, export or type that a node is.
fn item(level: &Level, node: NodeId) -> Option<&Item> {
    match &level.nodes[node.0] {
        Node::Import(item) | Node::Export(item) | Node::Definition(item) => Some(item),
        Node::Instance { .. } | Node::Bag { .. } => None,
    }
}

/// A card with a row for each item; a version that all have stands in the head.
fn grouped(kind: Kind, nodes: Vec<NodeId>, head: &str, items: &[&Item]) -> Card {
    let is_package = kind == Kind::Host && items.iter().any(|item| item.name.package().is_some());
    let version = items.first().and_then(|item| item.name.version.as_deref());
    let common = version.filter(|_| is_package && items.iter().all(|item| item.name.version.as_deref() == version));
    let head = common.map_or_else(|| head.to_owned(), |version| format!("{head} {version}"));
    let mut rows: Vec<String> = items
        .iter()
        .map(|item| {
            let name = if is_package { item.name.short() } else { &item.name.name };
            match &item.name.version {
                Some(version) if common.is_none() => format!("{name} {version}"),
                Some(_) | None => name.to_owned(),
            }
        })
        .collect();
    if rows.len() > ROWS {
        let more = rows.len() - ROWS + 1;
        rows.truncate(ROWS - 1);
        rows.push(format!("+ {more} more"));
    }
    let full = items.iter().map(|item| named(&item.name)).collect::<Vec<_>>().join("\n");
    card(kind, nodes, &head, &rows, full)
}

/// `wasi:io/streams@0.2.6`.
fn named(name: &Name) -> String {
    match &name.version {
        Some(version) => format!("{}@{version}", name.name),
        None => name.name.clone(),
    }
}

/// Adds a card for each instance, bag and type.
pub fn add_inside(
    scene: &Scene,
    level: &Level,
    inner: &dyn Fn(NodeId) -> Option<(f64, f64)>,
    cards: &mut Vec<Card>,
    card_of: &mut [usize],
) {
    let instances = level.parts();
    let largest = instances.keys().filter_map(|part| scene.part(*part).size).max().unwrap_or(0);
    let mut seen: IndexMap<PartId, usize> = IndexMap::new();
    let mut taken = vec![0; level.nodes.len()];
    level.edges.iter().for_each(|edge| taken[edge.to.0] += 1);
    for (at, node) in level.nodes.iter().enumerate() {
        let node_id = NodeId(at);
        let mut card = match node {
            Node::Import(_) | Node::Export(_) => continue,
            Node::Bag { name } => bag(node_id, name, taken[at]),
            Node::Definition(item) => definition(node_id, item),
            Node::Instance { name, part } => {
                let number = seen.entry(*part).or_insert(0);
                *number += 1;
                let twins = Twins { number: *number, of: instances[part] };
                instance(node_id, name, scene.part(*part), *part, &twins, largest)
            }
        };
        if let Some(size) = inner(node_id) {
            make_room(&mut card, size);
        }
        card_of[at] = cards.len();
        cards.push(card);
    }
}

/// Which of the instances of one part this is.
struct Twins {
    number: usize,
    of: usize,
}

fn instance(node: NodeId, name: &str, part: &Part, id: PartId, twins: &Twins, largest: u64) -> Card {
    let head = match (name.is_empty(), part.name.is_empty()) {
        (false, _) => name,
        (true, false) => &part.name,
        (true, true) => "component",
    };
    let mut rows = Vec::new();
    let mut of_what = Vec::new();
    if !part.name.is_empty() && part.name != head {
        of_what.push(part.name.clone());
    }
    if twins.of > 1 {
        of_what.push(format!("{} of {} alike", twins.number, twins.of));
    }
    if !of_what.is_empty() {
        rows.push(of_what.join(" · "));
    }
    rows.push(contents(part).join(" · "));
    let full = format!("{}\n{}", sentence(head, part), part.id);
    let mut card = card(Kind::Instance, vec![node], head, &rows, full.trim_end().to_owned());
    card.inner = part.inner.as_ref().map(|_| id);
    if let Some(size) = part.size.filter(|_| largest > 0) {
        card.bar = Some(Bar { share: size as f64 / largest as f64, y: card.height - PAD + 4.0 });
        card.height += BAR;
    }
    card
}

/// Size, and what is inside.
fn contents(part: &Part) -> Vec<String> {
    let mut said = vec![part.size.map_or_else(|| "imported".to_owned(), bytes)];
    if let Some(inner) = &part.inner {
        let instances = inner.nodes.iter().filter(|node| matches!(node, Node::Instance { .. })).count();
        said.push(format!("{} inside", count(instances, "component")));
    } else if !part.modules.is_empty() {
        said.push(count(part.modules.len(), "core module"));
    }
    said
}

/// One line about an instance, for people who do not see it.
pub fn sentence(name: &str, part: &Part) -> String {
    let of = if part.name.is_empty() || part.name == name { String::new() } else { format!(" of {}", part.name) };
    let mut said = contents(part);
    said.push(count(part.imports.len(), "import"));
    said.push(count(part.exports.len(), "export"));
    format!("{name}{of}: {}", said.join(", "))
}

fn bag(node: NodeId, name: &str, items: usize) -> Card {
    let head = if name.is_empty() { "instance" } else { name };
    let row = format!("put together from {}", count(items, "item"));
    card(Kind::Bag, vec![node], head, std::slice::from_ref(&row), format!("{head}: {row}"))
}

fn definition(node: NodeId, item: &Item) -> Card {
    let name = named(&item.name);
    card(Kind::Definition, vec![node], &name, &["type defined here".to_owned()], format!("{name}: type defined here"))
}

/// Makes room for the drawing of what is inside, below what the card says.
fn make_room(card: &mut Card, (width, height): (f64, f64)) {
    card.inner_top = Some(card.height);
    card.width = card.width.max(width + 2.0 * INNER_PAD);
    card.height += height + INNER_PAD;
}

/// Adds cards of exports: those that come from the same card stand together.
pub fn add_exports(level: &Level, cards: &mut Vec<Card>, card_of: &mut [usize]) {
    let mut providers: Vec<Vec<usize>> = vec![Vec::new(); level.nodes.len()];
    for edge in &level.edges {
        providers[edge.to.0].push(card_of[edge.from.0]);
    }
    let mut groups: IndexMap<&[usize], Vec<NodeId>> = IndexMap::new();
    for (at, node) in level.nodes.iter().enumerate() {
        if matches!(node, Node::Export(_)) {
            groups.entry(&providers[at]).or_default().push(NodeId(at));
        }
    }
    for nodes in groups.into_values() {
        nodes.iter().for_each(|node| card_of[node.0] = cards.len());
        let items: Vec<&Item> = nodes.iter().filter_map(|node| item(level, *node)).collect();
        cards.push(grouped(Kind::Exports, nodes.clone(), "exports", &items));
    }
}

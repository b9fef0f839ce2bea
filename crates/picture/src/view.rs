//! What is drawn of a level: cards with lines of text, labels, wires.
//!
//! In: a level of a scene. Out: boxes with their sizes and everything in them, before they have places.
//! Holds: host imports are grouped by package. A package that many components use is drawn as a badge on each of them,
//! not as wires. What flows from one card to another is one bundle with one label, and bundles of one provider with
//! the same label share it. Every line fits its box.

mod bundles;
mod card;
mod hosts;

use crate::layout::{Problem, Role, Shape};
use crate::scene::{Level, NodeId, PartId, Scene};

pub use card::sentence;

/// The boxes of one level. Wires count cards first, then labels.
#[derive(Clone, Debug, Default)]
pub struct View {
    pub cards: Vec<Card>,
    pub labels: Vec<Label>,
    pub wires: Vec<Wire>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Instance,
    Bag,
    Definition,
    /// Imports of one package.
    Host,
    /// Exports that come from the same card.
    Exports,
}

/// A box that stands for one node, or for several of the host or of the exports.
#[derive(Clone, Debug)]
pub struct Card {
    pub kind: Kind,
    pub nodes: Vec<NodeId>,
    pub lines: Vec<Line>,
    /// The packages of the host that this card uses and that have no wires.
    pub badges: Vec<Badge>,
    /// The badge that stands for this card of the host, instead of wires.
    pub key: Option<Badge>,
    /// Size in relation to the largest part of the level.
    pub bar: Option<Bar>,
    /// The composition that is inside.
    pub inner: Option<PartId>,
    /// Where the drawing of what is inside starts, if it is drawn.
    pub inner_top: Option<f64>,
    pub width: f64,
    pub height: f64,
    /// Everything that may be shortened in the lines, in full; several lines.
    pub full: String,
}

#[derive(Clone, Debug)]
pub struct Line {
    /// As short as fits.
    pub text: String,
    /// In full.
    pub said: String,
    pub is_head: bool,
    /// Baseline, from the card's top.
    pub y: f64,
}

/// The short name of a package in a small frame; `x` and `y` are from the card's top left.
#[derive(Clone, Debug)]
pub struct Badge {
    pub text: String,
    /// One of the colours, by number.
    pub hue: usize,
    pub x: f64,
    pub y: f64,
    pub width: f64,
    /// Positions in [`Level::edges`].
    pub edges: Vec<usize>,
}

#[derive(Clone, Copy, Debug)]
pub struct Bar {
    /// Between 0 and 1.
    pub share: f64,
    pub y: f64,
}

/// What flows, written beside the card that it comes from.
#[derive(Clone, Debug)]
pub struct Label {
    /// As short as fits.
    pub lines: Vec<String>,
    /// The same lines in full.
    pub said: Vec<String>,
    /// Positions in [`Level::edges`].
    pub edges: Vec<usize>,
    pub has_resources: bool,
    pub width: f64,
    pub height: f64,
    pub full: String,
}

#[derive(Clone, Debug)]
pub struct Wire {
    /// A card or a label.
    pub from: usize,
    pub to: usize,
    /// Positions in [`Level::edges`].
    pub edges: Vec<usize>,
    pub has_resources: bool,
    pub full: String,
}

/// Units of free space around the content of a card.
pub const PAD: f64 = 10.0;

/// Height of a badge, and of a line of badges with the space below it.
pub const BADGE: f64 = 15.0;
pub const BADGE_LINE: f64 = 19.0;

/// How many colours badges have.
pub const HUES: usize = 6;

/// The view of a level. `inner` gives the size of the drawing inside a node, where there is one.
pub fn view(scene: &Scene, level: &Level, inner: &dyn Fn(NodeId) -> Option<(f64, f64)>) -> View {
    let mut cards = Vec::new();
    let mut card_of = vec![0; level.nodes.len()];
    let groups = hosts::groups(level);
    for group in &groups {
        group.nodes.iter().for_each(|node| card_of[node.0] = cards.len());
        cards.push(card::host(level, group));
    }
    card::add_inside(scene, level, inner, &mut cards, &mut card_of);
    card::add_exports(level, &mut cards, &mut card_of);
    let bundles = bundles::bundles(level, &card_of);
    let (drawn, as_badges) = hosts::part(&bundles, groups.len());
    hosts::add_badges(&groups, &as_badges, &mut cards);
    let (labels, wires) = bundles::labels_and_wires(scene, level, &cards, &drawn);
    View { cards, labels, wires }
}

impl View {
    /// What has to be laid out.
    pub fn problem(&self) -> Problem {
        let cards = self.cards.iter().map(|card| Shape {
            width: card.width,
            height: card.height,
            role: card.role(),
            stretches: card.inner_top.is_none(),
        });
        let labels = self.labels.iter().map(|label| Shape {
            width: label.width,
            height: label.height,
            role: Role::Label,
            stretches: false,
        });
        Problem {
            boxes: cards.chain(labels).collect(),
            wires: self.wires.iter().map(|wire| (wire.from, wire.to)).collect(),
        }
    }
}

impl Card {
    fn role(&self) -> Role {
        match self.kind {
            Kind::Host => Role::First,
            Kind::Exports => Role::Last,
            Kind::Instance | Kind::Bag | Kind::Definition => Role::Card,
        }
    }
}

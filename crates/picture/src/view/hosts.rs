//! The host: imports by package, and which packages become badges.
//!
//! In: the imports of a level, who uses them. Out: groups; for each whether it is drawn as wires or as badges.
//! Holds: a package is one or the other for all its users.

use indexmap::IndexMap;

use super::bundles::Bundle;
use super::{BADGE_LINE, Badge, Card, HUES, PAD};
use crate::scene::{Level, Node, NodeId};
use crate::text::{self, Font};

/// Imports that belong together.
#[derive(Debug)]
pub struct Group {
    /// None for imports with plain names.
    pub package: Option<String>,
    pub nodes: Vec<NodeId>,
}

/// Wires from the host that a picture bears.
const WIRES: usize = 8;

/// The same if each goes to a card of its own.
const SINGLE_WIRES: usize = 24;

pub fn groups(level: &Level) -> Vec<Group> {
    let mut groups: IndexMap<Option<&str>, Vec<NodeId>> = IndexMap::new();
    for (at, node) in level.nodes.iter().enumerate() {
        if let Node::Import(item) = node {
            groups.entry(item.name.package()).or_default().push(NodeId(at));
        }
    }
    groups.into_iter().map(|(package, nodes)| Group { package: package.map(str::to_owned), nodes }).collect()
}

/// Parts the bundles into those that are drawn as wires and those that are drawn as badges.
///
/// Cards of the host come first among the cards, so those below `groups` are the host's.
pub fn part(bundles: &[Bundle], groups: usize) -> (Vec<&Bundle>, Vec<&Bundle>) {
    let mut users = vec![0; groups];
    for bundle in bundles {
        if let Some(users) = users.get_mut(bundle.from) {
            *users += 1;
        }
    }
    let mut most_used: Vec<usize> = (0..groups).collect();
    most_used.sort_by_key(|group| std::cmp::Reverse(users[*group]));
    let mut total: usize = users.iter().sum();
    let mut is_badge = vec![false; groups];
    for group in most_used {
        let bearable = if users[group] > 1 { WIRES } else { SINGLE_WIRES };
        if total > bearable && users[group] > 0 {
            is_badge[group] = true;
            total -= users[group];
        }
    }
    bundles.iter().partition(|bundle| !is_badge.get(bundle.from).is_some_and(|badge| *badge))
}

/// Puts badges on the cards that use them, and on the cards of the host that they stand for.
pub fn add_badges(groups: &[Group], bundles: &[&Bundle], cards: &mut [Card]) {
    let mut names: IndexMap<usize, String> = IndexMap::new();
    for bundle in bundles {
        names.entry(bundle.from).or_insert_with(|| badge_text(groups, bundle.from));
    }
    let badge = |group: usize, edges: &[usize]| Badge {
        text: names[&group].clone(),
        hue: names.get_index_of(&group).unwrap_or(0) % HUES,
        x: 0.0,
        y: 0.0,
        width: text::width(&names[&group], Font::Small) + 12.0,
        edges: edges.to_vec(),
    };
    for bundle in bundles {
        cards[bundle.to].badges.push(badge(bundle.from, &bundle.edges));
    }
    for group in names.keys() {
        let edges: Vec<usize> =
            bundles.iter().filter(|bundle| bundle.from == *group).flat_map(|bundle| bundle.edges.clone()).collect();
        cards[*group].key = Some(badge(*group, &edges));
    }
    cards.iter_mut().for_each(arrange);
}

/// The last word of the package, unless another package has the same.
fn badge_text(groups: &[Group], group: usize) -> String {
    fn last(package: &str) -> &str {
        package.rsplit(':').next().unwrap_or(package)
    }
    let Some(package) = &groups[group].package else { return "imports".to_owned() };
    let others = groups.iter().filter_map(|group| group.package.as_deref());
    let is_only = others.filter(|other| last(other) == last(package)).count() == 1;
    text::shorten(if is_only { last(package) } else { package }, Font::Small, 120.0)
}

/// Gives the badges of a card their places, in rows below its lines; the key of a card of the host stands there alone.
fn arrange(card: &mut Card) {
    let room = (card.width - 2.0 * PAD).max(180.0);
    let top = card.height - PAD + 4.0;
    let (mut x, mut row) = (PAD, 0);
    let mut widest: f64 = 0.0;
    for badge in card.badges.iter_mut().chain(&mut card.key) {
        if x > PAD && x + badge.width > PAD + room {
            x = PAD;
            row += 1;
        }
        badge.x = x;
        badge.y = top + f64::from(row) * BADGE_LINE;
        x += badge.width + 5.0;
        widest = widest.max(badge.x + badge.width + PAD);
    }
    if widest > 0.0 {
        let height = 4.0 + f64::from(row + 1) * BADGE_LINE;
        card.width = card.width.max(widest);
        card.height += height;
        if let Some(top) = &mut card.inner_top {
            *top += height;
        }
    }
}

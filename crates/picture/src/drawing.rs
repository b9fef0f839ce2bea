//! A level laid out, with what is inside its instances.
//!
//! In: a scene. Out: views with their layouts, nested.
//! Holds: each part is drawn from inside at most once, in its first instance, so a drawing is no larger than its scene.

use crate::layout::{self, Layout};
use crate::scene::{Level, Node, NodeId, PartId, Scene};
use crate::view::{self, View};

/// A level of the scene: the outermost, or that of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    Whole,
    Inside(PartId),
}

#[derive(Clone, Debug)]
pub struct Drawing {
    pub of: Of,
    pub view: View,
    pub layout: Layout,
    /// Drawings inside cards, by position of the card.
    pub inner: Vec<(usize, Drawing)>,
}

/// Levels drawn inside one another at most; deeper ones stay closed.
const DEEPEST: usize = 24;

/// The whole scene with every composition opened once.
pub fn opened(scene: &Scene) -> Drawing {
    let mut is_drawn = vec![false; scene.parts.len()];
    draw(scene, Of::Whole, &mut Some((&mut is_drawn, DEEPEST)))
}

/// One level with everything in it closed.
pub fn closed(scene: &Scene, of: Of) -> Drawing {
    draw(scene, of, &mut None)
}

/// The nodes and edges of a level.
pub fn level_of(scene: &Scene, of: Of) -> &Level {
    static EMPTY: Level = Level { nodes: Vec::new(), edges: Vec::new() };
    match of {
        Of::Whole => &scene.level,
        Of::Inside(part) => scene.part(part).inner.as_ref().unwrap_or(&EMPTY),
    }
}

/// `opening` has which parts were drawn, and how many levels may still be opened; none if nothing is to be.
fn draw(scene: &Scene, of: Of, opening: &mut Option<(&mut Vec<bool>, usize)>) -> Drawing {
    let level = level_of(scene, of);
    let mut inside: Vec<(NodeId, Drawing)> = Vec::new();
    for (at, node) in level.nodes.iter().enumerate() {
        if let Some(part) = part_to_open(scene, of, node, opening) {
            let Some((is_drawn, depth)) = opening else { continue };
            is_drawn[part.0] = true;
            let mut deeper = Some((&mut **is_drawn, *depth - 1));
            inside.push((NodeId(at), draw(scene, Of::Inside(part), &mut deeper)));
        }
    }
    let size = |node: NodeId| {
        let found = inside.iter().find(|(holder, _)| *holder == node);
        found.map(|(_, drawing)| (drawing.layout.width, drawing.layout.height))
    };
    let view = view::view(scene, level, &size);
    let layout = layout::layout(&view.problem());
    let card_of = |node: NodeId| view.cards.iter().position(|card| card.nodes.contains(&node));
    let inner = inside.into_iter().filter_map(|(node, drawing)| Some((card_of(node)?, drawing))).collect();
    Drawing { of, view, layout, inner }
}

fn part_to_open(scene: &Scene, of: Of, node: &Node, opening: &Option<(&mut Vec<bool>, usize)>) -> Option<PartId> {
    let (is_drawn, depth) = opening.as_ref()?;
    let Node::Instance { part, .. } = node else { return None };
    let is_before = match of {
        Of::Whole => true,
        Of::Inside(holder) => *part < holder,
    };
    (is_before && *depth > 0 && !is_drawn[part.0] && scene.part(*part).inner.is_some()).then_some(*part)
}

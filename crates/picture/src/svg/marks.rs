//! The marks of the picture: one function each for wires, labels, cards and badges.
//!
//! In: what the view says, where the layout puts it. Out: SVG elements.
//! Holds: the page has what its script needs in `data-` attributes; the standalone picture has `title` elements instead.

use std::fmt::Write as _;

use super::{n, path_data};
use crate::drawing::Drawing;
use crate::layout::{Path, Point, Rect};
use crate::text::{escape_xml, visible};
use crate::view::{BADGE, Badge, Card, Kind, Label, PAD, Wire};

/// What the elements are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// A picture on its own.
    Alone,
    /// The page, whose script moves and explains things.
    Page,
}

/// Units of a bar at most: a card may be as wide as what is inside.
const WIDEST_BAR: f64 = 240.0;

pub fn wire(out: &mut String, drawing: &Drawing, wire: &Wire, path: &Path, used: Use) {
    let class = match (wire.has_resources, path) {
        (true, Path::Through(_)) => "wire res",
        (false, Path::Through(_)) => "wire",
        (_, Path::Cut { .. }) => "wire cut",
    };
    let data = path_data(path, drawing.layout.is_turned, wire.to < drawing.view.cards.len());
    let _ = write!(out, "<path class=\"{class}\" d=\"{data}\"");
    match used {
        Use::Alone => {
            let _ = writeln!(out, "><title>{}</title></path>", title(&wire.full));
        }
        Use::Page => {
            let way = match path {
                Path::Through(points) => points_text(points),
                Path::Cut { start, end } => points_text(&[*start, *end]),
            };
            let _ = writeln!(
                out,
                " data-from=\"{}\" data-to=\"{}\" data-way=\"{way}\" data-edges=\"{}\"/>",
                wire.from,
                wire.to,
                numbers(&wire.edges)
            );
        }
    }
}

pub fn label(out: &mut String, label: &Label, place: &Rect, used: Use) {
    let class = if label.has_resources { "label res" } else { "label" };
    open(out, class, place, used, &label.full, &format!(" data-edges=\"{}\"", numbers(&label.edges)), false);
    let (width, height) = (n(place.width), n(place.height));
    let _ = write!(out, "<rect width=\"{width}\" height=\"{height}\" rx=\"8\"/>");
    let left = if label.has_resources { 18.0 } else { 8.0 };
    if label.has_resources {
        let _ = write!(out, "<circle cx=\"9\" cy=\"{}\" r=\"3.5\"/>", n(place.height / 2.0));
    }
    for (row, line) in label.lines.iter().enumerate() {
        let y = 13.0 + row as f64 * 13.0;
        let _ = write!(out, "<text class=\"small\" x=\"{}\" y=\"{}\">{}</text>", n(left), n(y), escape_xml(line));
    }
    out.push_str("</g>\n");
}

/// Everything of a card but the end of its element, since a drawing may stand inside.
pub fn open_card(out: &mut String, card: &Card, place: &Rect, used: Use) {
    let nodes: Vec<usize> = card.nodes.iter().map(|node| node.0).collect();
    let mut data = format!(" data-nodes=\"{}\"", numbers(&nodes));
    if let Some(part) = card.inner {
        let _ = write!(data, " data-inner=\"{}\"", part.0);
    }
    open(out, &format!("card {}", kind(card.kind)), place, used, &card.full, &data, true);
    let radius = if card.kind == Kind::Bag { 14 } else { 6 };
    let (width, height) = (n(place.width), n(place.height));
    let _ = writeln!(out, "<rect class=\"box\" width=\"{width}\" height=\"{height}\" rx=\"{radius}\"/>");
    if card.inner.is_some() {
        // A second edge says that there is more inside.
        let (width, height) = (n(place.width - 6.0), n(place.height - 6.0));
        let _ = writeln!(out, "<rect class=\"edge\" x=\"3\" y=\"3\" width=\"{width}\" height=\"{height}\" rx=\"4\"/>");
    }
    for line in &card.lines {
        let class = if line.is_head { "head" } else { "row" };
        let _ =
            writeln!(out, "<text class=\"{class}\" x=\"{PAD}\" y=\"{}\">{}</text>", n(line.y), escape_xml(&line.text));
    }
    if let Some(bar) = card.bar {
        let width = (place.width - 2.0 * PAD).min(WIDEST_BAR);
        let _ = writeln!(
            out,
            "<rect class=\"track\" x=\"{PAD}\" y=\"{0}\" width=\"{1}\" height=\"3\"/>\
             <rect class=\"bar\" x=\"{PAD}\" y=\"{0}\" width=\"{2}\" height=\"3\"/>",
            n(bar.y),
            n(width),
            n((width * bar.share).max(1.0))
        );
    }
    for mark in card.badges.iter().chain(&card.key) {
        badge(out, mark, used);
    }
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Instance => "instance",
        Kind::Bag => "bag",
        Kind::Definition => "definition",
        Kind::Host => "host",
        Kind::Exports => "exports",
    }
}

fn badge(out: &mut String, badge: &Badge, used: Use) {
    let edges = match used {
        Use::Alone => String::new(),
        Use::Page => format!(" data-edges=\"{}\"", numbers(&badge.edges)),
    };
    let _ = writeln!(
        out,
        "<g class=\"mark\" transform=\"translate({},{})\"{edges}><rect class=\"badge h{}\" width=\"{}\" height=\"{BADGE}\" \
         rx=\"7.5\"/><text class=\"small\" x=\"6\" y=\"11\">{}</text></g>",
        n(badge.x),
        n(badge.y),
        badge.hue,
        n(badge.width),
        escape_xml(&badge.text)
    );
}

/// Opens a group at its place, with what explains it.
fn open(out: &mut String, class: &str, place: &Rect, used: Use, full: &str, data: &str, is_card: bool) {
    let _ = write!(out, "<g class=\"{class}\" transform=\"translate({},{})\"", n(place.x), n(place.y));
    match used {
        Use::Alone => {
            let _ = writeln!(out, "><title>{}</title>", title(full));
        }
        Use::Page => {
            let first = full.lines().next().unwrap_or("");
            let role = if is_card { "button" } else { "img" };
            let _ = writeln!(
                out,
                " tabindex=\"0\" role=\"{role}\" aria-label=\"{}\" data-box=\"{}\"{data}>",
                escape_xml(&visible(first)),
                numbers_of(&[place.x, place.y, place.width, place.height])
            );
        }
    }
}

/// The lines of a title: made visible one by one, since the ends of lines stay.
fn title(full: &str) -> String {
    full.lines().map(|line| escape_xml(&visible(line))).collect::<Vec<_>>().join("\n")
}

fn numbers(values: &[usize]) -> String {
    values.iter().map(usize::to_string).collect::<Vec<_>>().join(" ")
}

fn numbers_of(values: &[f64]) -> String {
    values.iter().map(|value| n(*value)).collect::<Vec<_>>().join(" ")
}

fn points_text(points: &[Point]) -> String {
    numbers_of(&points.iter().flat_map(|point| [point.x, point.y]).collect::<Vec<_>>())
}

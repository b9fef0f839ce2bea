//! SVG: the drawing as a standalone picture, and as the content of the page.
//!
//! In: a scene. Out: XML without scripts and without references to anything outside.
//! Holds: colours follow what the reader prefers, light or dark; what is shortened is in full in a `title`.

mod marks;

use std::fmt::Write as _;

use crate::drawing::{self, Drawing, Of};
use crate::layout::{Path, Point};
use crate::scene::{Node, Scene};
use crate::text::{Font, bytes, count, escape_xml, shorten, width};
use crate::view::sentence;

pub use marks::Use;

/// The colours and fonts of the picture.
pub const STYLE: &str = include_str!("../templates/picture.css");

const MARGIN: f64 = 20.0;
const TITLE: f64 = 48.0;
const LEGEND: f64 = 30.0;

/// The scene as a standalone picture, every composition in it opened once.
pub fn svg(scene: &Scene) -> String {
    let drawing = drawing::opened(scene);
    let title = shorten(&scene.title, Font::Title, 640.0);
    let heading = width(&title, Font::Title).max(width(&summary(scene), Font::Body));
    let legend = legend(scene, &drawing);
    let below = if legend.is_empty() { 0.0 } else { LEGEND };
    let full_width = drawing.layout.width.max(heading).max(320.0) + 2.0 * MARGIN;
    let full_height = drawing.layout.height + TITLE + below + 2.0 * MARGIN;
    let mut out = String::new();
    let size = format!("width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} {1}\"", n(full_width), n(full_height));
    let _ = writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" {size} class=\"withe\" role=\"img\" \
         aria-labelledby=\"withe-title withe-desc\">"
    );
    let _ = writeln!(out, "<title id=\"withe-title\">{}</title>", escape_xml(&scene.title));
    let _ = writeln!(out, "<desc id=\"withe-desc\">{}</desc>", escape_xml(&description(scene)));
    let _ = writeln!(out, "<style>\n{STYLE}</style>");
    let _ = writeln!(out, "<rect class=\"ground\" width=\"{}\" height=\"{}\"/>", n(full_width), n(full_height));
    let _ = writeln!(out, "<text class=\"title\" x=\"{MARGIN}\" y=\"36\">{}</text>", escape_xml(&title));
    let _ = writeln!(out, "<text class=\"row\" x=\"{MARGIN}\" y=\"54\">{}</text>", escape_xml(&summary(scene)));
    let _ = writeln!(out, "<g transform=\"translate({},{})\">", n(MARGIN), n(MARGIN + TITLE));
    level(&mut out, &drawing, Use::Alone);
    out.push_str("</g>\n");
    if !legend.is_empty() {
        let _ = writeln!(out, "<g transform=\"translate({},{})\">{legend}</g>", n(MARGIN), n(full_height - MARGIN));
    }
    out.push_str("</svg>\n");
    out
}

/// How many components, how many of them differ, how large: each part counts once.
pub fn summary(scene: &Scene) -> String {
    let parts = scene.level.parts();
    let instances: usize = parts.values().sum();
    let mut said = vec![count(instances, "component instance")];
    if parts.len() != instances {
        said.push(count(parts.len(), "different component"));
    }
    said.push(bytes(scene.size));
    said.join(" · ")
}

/// Lines of the description at most.
const DESCRIBED: usize = 200;

/// The picture in words: what is there, then what flows.
fn description(scene: &Scene) -> String {
    let mut lines = vec![format!("{}.", summary(scene))];
    for node in &scene.level.nodes {
        if let Node::Instance { name, part } = node {
            let part = scene.part(*part);
            lines.push(format!("{}.", sentence(if name.is_empty() { &part.name } else { name }, part)));
        }
    }
    for edge in &scene.level.edges {
        let name = |node: usize| scene.level.nodes[node].name();
        let (from, to) = (name(edge.from.0), name(edge.to.0));
        lines.push(if from == edge.provided.name {
            format!("{to} takes {from}.")
        } else {
            format!("{to} takes {} from {from}.", edge.provided.name)
        });
    }
    if lines.len() > DESCRIBED {
        let more = lines.len() - DESCRIBED;
        lines.truncate(DESCRIBED);
        lines.push(format!("And {more} more."));
    }
    lines.join("\n")
}

/// What the marks mean that the picture has.
fn legend(scene: &Scene, drawing: &Drawing) -> String {
    fn any(drawing: &Drawing, has: &dyn Fn(&Drawing) -> bool) -> bool {
        has(drawing) || drawing.inner.iter().any(|(_, inner)| any(inner, has))
    }
    let mut entries: Vec<(&str, &str)> = Vec::new();
    if any(drawing, &|drawing| drawing.view.wires.iter().any(|wire| wire.has_resources)) {
        entries.push(("<path class=\"wire res\" d=\"M0,-4 H18\"/>", "with handles to resources"));
    }
    if any(drawing, &|drawing| drawing.view.cards.iter().any(|card| card.key.is_some())) {
        let mark = "<rect class=\"badge h0\" x=\"0.5\" y=\"-11.5\" width=\"17\" height=\"14\" rx=\"7\"/>";
        entries.push((mark, "takes it from the host: see the card with this mark"));
    }
    if any(drawing, &|drawing| drawing.view.cards.iter().any(|card| card.bar.is_some())) && scene.parts.len() > 1 {
        entries.push(("<rect class=\"bar\" y=\"-6\" width=\"18\" height=\"3\"/>", "size, the largest component full"));
    }
    let mut x = 0.0;
    let mut out = String::new();
    for (mark, says) in entries {
        let _ = write!(
            out,
            "<g transform=\"translate({},0)\">{mark}<text class=\"small\" x=\"25\">{says}</text></g>",
            n(x)
        );
        x += 25.0 + width(says, Font::Small) + 30.0;
    }
    out
}

/// A level with its wires below its boxes, and what is drawn inside them.
pub fn level(out: &mut String, drawing: &Drawing, used: Use) {
    let name = match drawing.of {
        Of::Whole => "whole".to_owned(),
        Of::Inside(part) => part.0.to_string(),
    };
    let size = match used {
        Use::Alone => String::new(),
        Use::Page => {
            let turned = if drawing.layout.is_turned { "yes" } else { "no" };
            let (width, height) = (n(drawing.layout.width), n(drawing.layout.height));
            format!(" data-width=\"{width}\" data-height=\"{height}\" data-turned=\"{turned}\"")
        }
    };
    let _ = writeln!(out, "<g class=\"level\" data-level=\"{name}\"{size}>");
    for (wire, path) in drawing.view.wires.iter().zip(&drawing.layout.paths) {
        marks::wire(out, drawing, wire, path, used);
    }
    let cards = drawing.view.cards.len();
    for (label, place) in drawing.view.labels.iter().zip(&drawing.layout.boxes[cards..]) {
        marks::label(out, label, place, used);
    }
    for (at, (card, place)) in drawing.view.cards.iter().zip(&drawing.layout.boxes).enumerate() {
        let inside = drawing.inner.iter().find(|(holder, _)| *holder == at).map(|(_, inner)| inner);
        marks::open_card(out, card, place, used);
        if let (Some(inside), Some(top)) = (inside, card.inner_top) {
            let x = (place.width - inside.layout.width) / 2.0;
            let _ = writeln!(out, "<g transform=\"translate({},{})\">", n(x), n(top));
            level(out, inside, used);
            out.push_str("</g>\n");
        }
        out.push_str("</g>\n");
    }
    out.push_str("</g>\n");
}

/// A number with at most one decimal.
pub fn n(value: f64) -> String {
    let tenths = (value * 10.0).round() as i64;
    if tenths % 10 == 0 {
        return (tenths / 10).to_string();
    }
    let sign = if tenths < 0 { "-" } else { "" };
    format!("{sign}{}.{}", tenths.abs() / 10, tenths.abs() % 10)
}

/// The path of a wire, as SVG writes it; `is_turned` when wires go down, `has_tip` when it ends at a card.
pub fn path_data(path: &Path, is_turned: bool, has_tip: bool) -> String {
    let mut data = String::new();
    match path {
        Path::Through(points) => {
            let mut before = points[0];
            let _ = write!(data, "M{},{}", n(before.x), n(before.y));
            for point in &points[1..] {
                step(&mut data, before, *point, is_turned);
                before = *point;
            }
            if has_tip {
                tip(&mut data, before, is_turned);
            }
        }
        Path::Cut { start, end } => {
            let (away, by) = if is_turned { ((0.0, 12.0), "v12") } else { ((12.0, 0.0), "h12") };
            let _ = write!(data, "M{},{}{by}", n(start.x), n(start.y));
            let _ = write!(data, "M{},{}{by}", n(end.x - away.0), n(end.y - away.1));
            tip(&mut data, *end, is_turned);
        }
    }
    data
}

/// A straight line where it can be, else a curve that starts and ends in the direction of the wire.
fn step(data: &mut String, from: Point, to: Point, is_turned: bool) {
    let across = if is_turned { to.x - from.x } else { to.y - from.y };
    if across.abs() < 0.05 {
        let _ = if is_turned { write!(data, "V{}", n(to.y)) } else { write!(data, "H{}", n(to.x)) };
        return;
    }
    let (first, second) = if is_turned {
        let middle = (from.y + to.y) / 2.0;
        (Point { x: from.x, y: middle }, Point { x: to.x, y: middle })
    } else {
        let middle = (from.x + to.x) / 2.0;
        (Point { x: middle, y: from.y }, Point { x: middle, y: to.y })
    };
    let shown = [first, second, to].map(|point| format!("{},{}", n(point.x), n(point.y)));
    let _ = write!(data, "C{}", shown.join(" "));
}

/// The point of an arrow.
fn tip(data: &mut String, at: Point, is_turned: bool) {
    let ends =
        if is_turned { [(-3.5, -6.0), (0.0, -1.0), (3.5, -6.0)] } else { [(-6.0, -3.5), (-1.0, 0.0), (-6.0, 3.5)] };
    let shown = ends.map(|(x, y)| format!("{},{}", n(at.x + x), n(at.y + y)));
    let _ = write!(data, "M{}", shown.join("L"));
}

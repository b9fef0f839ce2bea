//! DOT, the language of Graphviz.
//!
//! In: a scene. Out: a digraph; what is inside a composition is a cluster.
//! Holds: every text stands in double quotes with its backslashes, quotes and ampersands escaped.

use std::fmt::Write as _;

use crate::outline::{self, Box, Outline};
use crate::scene::Scene;
use crate::text::visible;
use crate::view::Kind;

/// The scene as a DOT digraph.
pub fn dot(scene: &Scene) -> String {
    let mut out = format!("digraph {} {{\n", quoted(&[&scene.title]));
    let _ =
        writeln!(out, "  graph [rankdir=LR, label={}, labelloc=t, fontname=\"DejaVu Sans\"];", quoted(&[&scene.title]));
    out.push_str(
        "  node [shape=box, style=\"rounded,filled\", fillcolor=\"#f6f8fa\", fontname=\"DejaVu Sans\", fontsize=11];\n",
    );
    out.push_str("  edge [fontname=\"DejaVu Sans\", fontsize=9, color=\"#6e7781\"];\n");
    level(&mut out, &outline::outline(scene), "  ");
    out.push_str("}\n");
    out
}

fn level(out: &mut String, outline: &Outline, indent: &str) {
    for node in &outline.boxes {
        match &node.inner {
            None => print_box(out, node, indent),
            Some(inner) => {
                let _ = writeln!(out, "{indent}subgraph cluster_{} {{", node.id);
                let deeper = format!("{indent}  ");
                let _ = writeln!(out, "{deeper}label={};", quoted(&[&format!("inside {}", node.lines[0])]));
                print_box(out, node, &deeper);
                level(out, inner, &deeper);
                let _ = writeln!(out, "{indent}}}");
            }
        }
    }
    for edge in &outline.edges {
        let color = if edge.has_resources { ", color=\"#b3400a\"" } else { "" };
        let _ = writeln!(
            out,
            "{indent}{} -> {} [label={}, tooltip={}{color}];",
            edge.from,
            edge.to,
            quoted(&edge.lines),
            quoted(&edge.full.lines().collect::<Vec<_>>())
        );
    }
}

fn print_box(out: &mut String, node: &Box, indent: &str) {
    let look = match node.kind {
        Kind::Instance => "",
        Kind::Host => ", fillcolor=\"#eaf2ff\", color=\"#1f5fbf\"",
        Kind::Exports => ", fillcolor=\"#e9f7ec\", color=\"#1a7f37\"",
        Kind::Bag => ", fillcolor=\"#fff6dd\", color=\"#8a6100\"",
        Kind::Definition => ", fillcolor=\"#f7edff\", color=\"#8250df\"",
    };
    let tooltip: Vec<&str> = node.full.lines().collect();
    let _ = writeln!(out, "{indent}{} [label={}, tooltip={}{look}];", node.id, quoted(&node.lines), quoted(&tooltip));
}

/// Lines as one string. Graphviz reads backslashes and HTML's entities in labels.
fn quoted<T: AsRef<str>>(lines: &[T]) -> String {
    let escape = |line: &T| visible(line.as_ref()).replace('\\', "\\\\").replace('"', "\\\"").replace('&', "&amp;");
    format!("\"{}\"", lines.iter().map(escape).collect::<Vec<_>>().join("\\n"))
}

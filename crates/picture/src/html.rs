//! HTML: one page with everything in it, for a browser without a network.
//!
//! In: a scene. Out: a page: the drawing, its style, its script, and the scene as JSON.
//! Holds: names reach the page as escaped text or as escaped JSON, never as markup or script; what is inside a component
//! is drawn once for all its instances, and its script copies it when one is unfolded.

use crate::drawing::{self, Of};
use crate::scene::{PartId, Scene};
use crate::svg::{self, Use};
use crate::text::{escape_xml, visible};

const PAGE: &str = include_str!("../templates/page.html");
const STYLE: &str = include_str!("../templates/page.css");
const SCRIPT: &str = include_str!("../templates/page.js");

/// The scene as a page.
pub fn html(scene: &Scene) -> String {
    let mut picture = String::new();
    svg::level(&mut picture, &drawing::closed(scene, Of::Whole), Use::Page);
    let mut inner = String::new();
    for at in (0..scene.parts.len()).filter(|at| scene.parts[*at].inner.is_some()) {
        svg::level(&mut inner, &drawing::closed(scene, Of::Inside(PartId(at))), Use::Page);
    }
    let style = format!("{}{STYLE}", svg::STYLE);
    fill(&[
        ("title", &escape_xml(&visible(&scene.title))),
        ("summary", &escape_xml(&svg::summary(scene))),
        ("style", &style),
        ("inner", &inner),
        ("picture", &picture),
        ("data", &data(scene)),
        ("script", SCRIPT),
    ])
}

/// The page with its holes filled. What fills one is not looked at again, so it may have holes of its own.
fn fill(values: &[(&str, &str)]) -> String {
    let mut out = String::new();
    let mut rest = PAGE;
    while let Some((before, after)) = rest.split_once("{{") {
        let (name, after) = after.split_once("}}").expect("every hole of the page is closed");
        out.push_str(before);
        let value = values.iter().find(|(known, _)| *known == name);
        out.push_str(value.expect("every hole of the page has a value").1);
        rest = after;
    }
    out + rest
}

/// The scene's document on one line, with nothing in it that HTML would read as the end of a script.
fn data(scene: &Scene) -> String {
    let mut out = String::new();
    for c in crate::json::compact(scene).chars() {
        match c {
            '<' => out.push_str("\\u003c"),
            '>' => out.push_str("\\u003e"),
            '&' => out.push_str("\\u0026"),
            _ => out.push(c),
        }
    }
    out
}

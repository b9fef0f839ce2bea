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
    fill(
        PAGE,
        &[
            ("title", &escape_xml(&visible(&scene.title))),
            ("summary", &escape_xml(&svg::summary(scene))),
            ("style", &style),
            ("inner", &inner),
            ("picture", &picture),
            ("data", &as_script(&crate::json::compact(scene))),
            ("script", SCRIPT),
        ],
    )
}

/// The page with its holes filled. What fills one is not looked at again, so it may have holes of its own.
pub(crate) fn fill(page: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::new();
    let mut rest = page;
    while let Some((before, after)) = rest.split_once("{{") {
        let (name, after) = after.split_once("}}").expect("every hole of the page is closed");
        out.push_str(before);
        let value = values.iter().find(|(known, _)| *known == name);
        out.push_str(value.expect("every hole of the page has a value").1);
        rest = after;
    }
    out + rest
}

/// A document for an element `script`: nothing in it reads as the end of one.
pub(crate) fn as_script(document: &str) -> String {
    let mut out = String::with_capacity(document.len());
    for c in document.chars() {
        match c {
            '<' => out.push_str("\\u003c"),
            '>' => out.push_str("\\u003e"),
            '&' => out.push_str("\\u0026"),
            _ => out.push(c),
        }
    }
    out
}

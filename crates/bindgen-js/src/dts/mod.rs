//! Types for TypeScript: what transpiled components export and want, and what guests in JavaScript import and export.
//!
//! In: a world, or the type of a component as one. Out: `Files`: one `.d.ts` for the world, one for each interface.
//! Holds: an interface that is imported and exported has two files, since its resources differ; what people implement
//! asks for no more than the runtime does, what they call promises no more than it gives; no name meets another: a
//! global that the file's own types would hide is written behind `globalThis`.
//!
//! ```wit
//! world w { import log: func(text: string); export a:b/ops@1.0.0; }
//! ```
//! becomes `w.d.ts` with `ImportObject` and the exports, and `interfaces/a-b-ops.d.ts`.

mod class;
mod collect;
mod definition;
mod docs;
mod func;
mod guest;
mod host;
mod interface;
mod model;
mod value;

use bindgen::{Files, HEADER};
use printer::{Doc, Indent, Style, blocks, render};
use types::{Types, World};

pub use collect::exports;
pub(crate) use docs::Docs;

use crate::Options;

/// The types of a module that `transpile` writes for a component of this world.
///
/// Documentation is taken from the world's declarations, if they have any. `waits` is what `Module` says of the component;
/// of a world alone nobody knows it.
pub fn component(types: &Types, world: &World, options: &Options, waits: bool) -> Files {
    let model = collect::model(types, world, model::Side::Host, &options.name);
    host::files(&model::Model { waits, ..model }, options)
}

/// The types that a guest of this world is written against, with `name.d.ts` to begin at.
pub fn guest(types: &Types, world: &World, name: &str) -> Files {
    guest::files(&collect::model(types, world, model::Side::Guest, name))
}

/// A whole file: the line that says who wrote it, what it is, the standard library that it needs, its blocks.
fn file(about: &str, body: impl IntoIterator<Item = Doc>) -> String {
    let style = Style { indent: Indent::Spaces(2), width: 120 };
    let mut body = render(&blocks(body), &style);
    if body.is_empty() {
        body = "export {};\n".to_owned();
    }
    let mut head = format!("{HEADER}\n// {about}\n");
    if body.contains("Symbol.dispose") {
        head.push_str("/// <reference lib=\"esnext.disposable\" />\n");
    }
    format!("{head}\n{body}")
}

//! A layout algebra: text is described as a tree of `Doc`s and drawn once, at the end.
//!
//! In: `Doc` values, made with `doc!`, [`comma`], [`lines`], [`block`], [`rows`] and their like.
//! Out: text, by [`render`].
//! Holds: the same `Doc` gives the same text everywhere; a drawn line never ends in a space; printing cannot fail.
//!
//! ```
//! use withe_printer::{block, comma, doc, lines, Doc, Style};
//! let func = doc!["pub fn ", "add", "(", comma(["a: u32", "b: u32"]), ") -> u32 ", block(lines(["a + b"]))];
//! assert_eq!(withe_printer::render(&func, &Style::default()), "pub fn add(a: u32, b: u32) -> u32 {\n    a + b\n}\n");
//! ```

mod doc;
mod render;
mod rows;

pub use doc::{Doc, block, blocks, comma, concat, group, join, line, lines, nest, nothing, softline, text};
pub use render::{Indent, Style, render};
pub use rows::rows;

/// One `Doc` from parts that stand side by side: `doc!["fn ", name, "() ", block(body)]`.
///
/// A part is anything that is `Into<Doc>`: text, numbers, a `Doc`, a reference to one, an `Option` of one.
#[macro_export]
macro_rules! doc {
    ($($part:expr),* $(,)?) => {
        $crate::concat([$($crate::Doc::from($part)),*])
    };
}

//! A treemap: what something weighs, as nested rectangles, on one page that needs no network.
//!
//! In: a [`Block`] with all that is in it. Out: a page: style, script, and the blocks as JSON; the script lays them out.
//! Holds: names reach the page as escaped JSON, never as markup; however many blocks there are, the page stays under
//! two megabytes, since the smallest in a block are shown as one; the bytes of a block are those of what is in it.

use serde_json::{Value, json};

use crate::html::{as_script, fill};
use crate::text::{bytes, escape_xml, visible};

/// Something that takes bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Block {
    /// In one word: `module`, `section`, `function`.
    pub kind: &'static str,
    pub name: String,
    pub bytes: u64,
    pub inner: Vec<Block>,
}

const PAGE: &str = include_str!("../templates/treemap.html");
const STYLE: &str = include_str!("../templates/treemap.css");
const SCRIPT: &str = include_str!("../templates/treemap.js");

/// Bytes of JSON for all blocks, about.
const BUDGET: usize = 1_200_000;
/// Bytes of JSON that a block takes beside its name.
const FRAME: usize = 24;
/// Characters of a name that are shown; the middle of a longer one is left out.
const LONGEST: usize = 160;

/// The blocks as a page.
pub fn html(title: &str, root: &Block) -> String {
    let least = smallest_shown(root);
    let summary = format!("{} in {}", bytes(root.bytes), crate::text::count(blocks(root), "block"));
    fill(
        PAGE,
        &[
            ("title", &escape_xml(&visible(title))),
            ("summary", &escape_xml(&summary)),
            ("style", STYLE),
            ("data", &as_script(&to_json(root, least).to_string())),
            ("script", SCRIPT),
        ],
    )
}

fn blocks(block: &Block) -> usize {
    1 + block.inner.iter().map(blocks).sum::<usize>()
}

/// Blocks of fewer bytes are shown together, so that the largest fill the budget.
fn smallest_shown(root: &Block) -> u64 {
    let mut sizes = Vec::new();
    collect(root, &mut sizes);
    sizes.sort_unstable_by(|a, b| b.cmp(a));
    let mut used = 0;
    for (at, (size, length)) in sizes.iter().enumerate() {
        used += length + FRAME;
        if used > BUDGET {
            // All of one size are treated alike.
            return sizes[..=at].last().map_or(0, |_| size + 1);
        }
    }
    0
}

fn collect(block: &Block, sizes: &mut Vec<(u64, usize)>) {
    sizes.push((block.bytes, block.name.len().min(LONGEST * 4)));
    block.inner.iter().for_each(|inner| collect(inner, sizes));
}

/// `[kind, name, bytes, [inner]]`
fn to_json(block: &Block, least: u64) -> Value {
    let (shown, small): (Vec<&Block>, Vec<&Block>) = block.inner.iter().partition(|inner| inner.bytes >= least);
    let mut inner: Vec<Value> = shown.into_iter().map(|inner| to_json(inner, least)).collect();
    if !small.is_empty() {
        let sum: u64 = small.iter().map(|one| one.bytes).sum();
        inner.push(json!(["more", format!("{} smaller ones", small.len()), sum]));
    }
    let name = shortened(&visible(&block.name));
    if inner.is_empty() {
        json!([block.kind, name, block.bytes])
    } else {
        json!([block.kind, name, block.bytes, inner])
    }
}

fn shortened(name: &str) -> String {
    let length = name.chars().count();
    if length <= LONGEST {
        return name.to_owned();
    }
    let half = LONGEST / 2;
    let (head, tail) = (name.chars().take(half), name.chars().skip(length - half));
    head.chain(std::iter::once('…')).chain(tail).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaf(name: &str, bytes: u64) -> Block {
        Block { kind: "function", name: name.to_owned(), bytes, inner: Vec::new() }
    }

    #[test]
    fn many_blocks_make_no_large_page() {
        let inner: Vec<Block> = (0..200_000).map(|at| leaf(&format!("a_function_with_a_long_name_{at}"), at)).collect();
        let bytes = inner.iter().map(|one| one.bytes).sum();
        let page = html("big", &Block { kind: "module", name: "m".to_owned(), bytes, inner });
        assert!(page.len() < 2_000_000 && page.len() > 1_000_000, "{}", page.len());
        assert!(page.contains("smaller ones") && page.contains("a_function_with_a_long_name_199999"));
    }

    #[test]
    fn all_of_one_size_are_shown_together() {
        let inner: Vec<Block> = (0..100_000).map(|at| leaf(&format!("equal_{at:0>30}"), 7)).collect();
        let page = html("equal", &Block { kind: "module", name: "m".to_owned(), bytes: 700_000, inner });
        assert!(page.len() < 100_000, "{}", page.len());
        assert!(page.contains("100000 smaller ones"));
    }

    #[test]
    fn names_are_no_markup() {
        let root = Block {
            kind: "module",
            name: "</script><b>".to_owned(),
            bytes: 9,
            inner: vec![leaf("\u{202e}\u{0}<i>", 9)],
        };
        let page = html("<title>&", &root);
        assert!(!page.contains("<b>") && !page.contains("<i>") && !page.contains('\u{202e}') && !page.contains('\0'));
        assert!(page.contains("&lt;title&gt;&amp;"));
        assert_eq!(shortened(&"x".repeat(500)).chars().count(), LONGEST + 1);
    }
}

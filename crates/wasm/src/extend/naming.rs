//! Names of added functions, in the name section that the module has.
//!
//! In: the section, the first added function, names. Out: what changes in it.
//! Holds: a module that names no function stays so, and a section that cannot be read is left as it is.
//!
//! Specification: WebAssembly core, "Name Section".

use wasm_encoder::Encode;

use super::{Edit, leb, leb_at, small};
use crate::Section;

/// The part with the names of functions.
const FUNCTIONS: u8 = 1;

/// The names behind those that are there: the part and its list grow.
pub fn named(bytes: &[u8], section: &Section, first: u32, names: &[String]) -> Vec<Edit> {
    if names.is_empty() {
        return Vec::new();
    }
    edits(bytes, section, first, names).unwrap_or_default()
}

fn edits(bytes: &[u8], section: &Section, first: u32, names: &[String]) -> Option<Vec<Edit>> {
    let (length, own_name) = leb_at(bytes, section.contents.start)?;
    let mut at = own_name.end.checked_add(length as usize)?;
    while at < section.contents.end {
        let (size, size_range) = leb_at(bytes, at + 1)?;
        let end = size_range.end.checked_add(size as usize).filter(|end| *end <= section.contents.end)?;
        if bytes[at] != FUNCTIONS {
            at = end;
            continue;
        }
        let (count, count_range) = leb_at(bytes, size_range.end).filter(|(_, range)| range.end <= end)?;
        let new_count = leb(count.checked_add(small(names.len()))?);
        let mut added = Vec::new();
        for (index, name) in (first..).zip(names) {
            index.encode(&mut added);
            name.as_str().encode(&mut added);
        }
        let grown = added.len() + new_count.len();
        let new_size = leb(size.checked_add(small(grown))? - small(count_range.len()));
        return Some(vec![(size_range, new_size), (count_range, new_count), (end..end, added)]);
    }
    None
}

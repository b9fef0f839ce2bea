//! Anatomy: which bytes of a component belong to what.
//!
//! In: untrusted bytes of a component or a core module. Out: one `Region` with all others inside.
//! Holds: as `wasm::Region` has it, for embedded components and modules too; sections of one kind that follow one
//! another are still several regions.
//!
//! Specification: Component Model, "Binary".

use std::ops::Range;

use ::types::Types;
use wasm::{PREAMBLE, Region, RegionKind};
use wasmparser::BinaryReader;

use super::{contents, invalid};

/// Components inside components that are taken apart; deeper ones are one region each.
const MOST_LEVELS: usize = 32;

/// All regions of a file.
///
/// # Errors
/// As `read` for a component, as `wasm::read_module` for anything else.
pub fn anatomy(file: &str, bytes: &[u8]) -> diag::Result<Region> {
    if wasm::binary_kind(bytes) == wasm::BinaryKind::Component {
        super::read(&mut Types::new(), file, bytes)?;
        return component(file, "", bytes, 0, 0);
    }
    module(file, "", bytes, 0)
}

fn module(file: &str, name: &str, bytes: &[u8], base: usize) -> diag::Result<Region> {
    let read = wasm::read_module(file, bytes)?;
    let own = wasm::module_name(bytes).unwrap_or_default();
    Ok(Region {
        kind: RegionKind::Module,
        name: if name.is_empty() { own.to_owned() } else { name.to_owned() },
        range: base..base + bytes.len(),
        inner: wasm::module_regions(&read, base),
    })
}

fn component(file: &str, name: &str, bytes: &[u8], base: usize, depth: usize) -> diag::Result<Region> {
    let contents = contents(bytes);
    let mut region = Region::leaf(RegionKind::Component, name, base..base + bytes.len());
    if name.is_empty() {
        region.name = contents.name.clone().unwrap_or_default();
    }
    if depth == MOST_LEVELS {
        return Ok(region);
    }
    region.inner.push(Region::leaf(RegionKind::Preamble, "preamble", base..base + PREAMBLE));
    let (mut modules, mut components) = (1.., 1..);
    let (mut module_names, mut component_names) = (contents.modules.iter(), contents.components.iter());
    let called = |name: Option<&super::Embedded<'_>>, what: &str, number: Option<u32>| {
        let unnamed = || format!("{what} {}", number.unwrap_or_default());
        name.and_then(|embedded| embedded.name.clone()).unwrap_or_else(unnamed)
    };
    for section in sections(bytes).map_err(|error| invalid(file, &error))? {
        let whole = section.whole.start + base..section.whole.end + base;
        let start = section.contents.start + base;
        let inside = &bytes[section.contents.clone()];
        let inner = match section.id {
            1 => {
                let name = called(module_names.next(), "core module", modules.next());
                Some(module(file, &name, inside, start)?)
            }
            4 => {
                let name = called(component_names.next(), "component", components.next());
                Some(component(file, &name, inside, start, depth + 1)?)
            }
            _ => None,
        };
        region.inner.push(match (inner, section.id) {
            // What is embedded begins with its section's id and size, which nobody else has a use for.
            (Some(inner), _) => Region { range: whole, ..inner },
            (None, 0) => {
                let name = BinaryReader::new(inside, 0).read_string().unwrap_or_default();
                Region::leaf(RegionKind::Custom, name, whole)
            }
            (None, id) => Region::leaf(RegionKind::Section, section_name(id), whole),
        });
    }
    Ok(region)
}

/// What a section of a component lists.
fn section_name(id: u8) -> &'static str {
    match id {
        2 => "core instances",
        3 => "core types",
        5 => "instances",
        6 => "aliases",
        7 => "types",
        8 => "canonical functions",
        9 => "start",
        10 => "imports",
        11 => "exports",
        12 => "values",
        _ => "unknown",
    }
}

struct Section {
    id: u8,
    whole: Range<usize>,
    contents: Range<usize>,
}

/// Each section is an id, a size and so many bytes.
fn sections(bytes: &[u8]) -> wasmparser::Result<Vec<Section>> {
    let mut reader = BinaryReader::new(bytes, 0);
    reader.read_bytes(PREAMBLE)?;
    let place = |reader: &BinaryReader<'_>| usize::try_from(reader.original_position()).unwrap_or(usize::MAX);
    let mut sections = Vec::new();
    while !reader.eof() {
        let start = place(&reader);
        let id = reader.read_u8()?;
        let size = reader.read_var_u32()? as usize;
        let contents = place(&reader);
        reader.read_bytes(size)?;
        sections.push(Section { id, whole: start..contents + size, contents: contents..contents + size });
    }
    Ok(sections)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Regions stand in one another, in order, and begin with the file and end with it.
    fn check(region: &Region) {
        let mut at = region.range.start;
        for inner in &region.inner {
            assert!(at <= inner.range.start && inner.range.end <= region.range.end, "{region:?}");
            at = inner.range.end;
            check(inner);
        }
    }

    #[test]
    fn modules_and_components_are_taken_apart() {
        let text = r#"(component $outer (core module $m (func $f)) (core module (memory 1))
            (component $inner (core module $deep)) (component) (@custom "note" "abc"))"#;
        let bytes = wat::parse_str(text).unwrap();
        let region = anatomy("c.wasm", &bytes).unwrap();
        check(&region);
        assert_eq!((region.name.as_str(), region.range.len()), ("outer", bytes.len()));
        let names: Vec<&str> = region.inner.iter().map(|one| one.name.as_str()).collect();
        let expected = ["preamble", "m", "core module 2", "inner", "component 2", "note", "component-name"];
        assert_eq!(names, expected);
        assert!(region.inner.windows(2).all(|pair| pair[0].range.end == pair[1].range.start));
        assert_eq!(region.inner[3].inner[1].name, "deep");
    }

    #[test]
    fn what_is_very_deep_is_one_region() {
        let text = "(component ".repeat(60) + &")".repeat(60);
        let bytes = wat::parse_str(&text).unwrap();
        let mut region = anatomy("c.wasm", &bytes).unwrap();
        let mut levels = 0;
        while let Some(inner) = region.inner.pop() {
            region = inner;
            levels += 1;
        }
        assert_eq!(levels, MOST_LEVELS);
    }
}

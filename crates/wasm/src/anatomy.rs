//! Anatomy: which bytes of a core module belong to what.
//!
//! In: a module that has been read. Out: `Region`s: sections, and in them functions and data segments.
//! Holds: regions follow one another, those inside a region stand in its range, and none overlaps another; what lies
//! between them (a section's id, size and count) belongs to the region around.
//!
//! Specification: WebAssembly core, "Modules" (binary format), "Name Section".

use std::collections::HashMap;
use std::ops::Range;

use wasmparser::{BinaryReader, CodeSectionReader, DataSectionReader, Name, NameSectionReader};

use crate::{CoreModule, Extern, Names, Section};

/// A piece of a binary, and what is inside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Region {
    pub kind: RegionKind,
    /// Empty for what has none.
    pub name: String,
    /// In bytes from the beginning of the file.
    pub range: Range<usize>,
    pub inner: Vec<Region>,
}

/// What a region holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RegionKind {
    Component,
    Module,
    /// Magic number and version.
    Preamble,
    /// A section, called what it lists.
    Section,
    /// A custom section, with its name.
    Custom,
    /// A function's body; its name as the name section has it, mangled perhaps.
    Function,
    DataSegment,
}

impl Region {
    pub fn leaf(kind: RegionKind, name: impl Into<String>, range: Range<usize>) -> Self {
        Self { kind, name: name.into(), range, inner: Vec::new() }
    }
}

/// Bytes of magic number and version.
pub const PREAMBLE: usize = 8;

/// The regions of a module that begins at `base` in its file.
pub fn module_regions(module: &CoreModule<'_>, base: usize) -> Vec<Region> {
    let mut regions = vec![Region::leaf(RegionKind::Preamble, "preamble", base..base + PREAMBLE)];
    for section in &module.sections {
        let whole = moved(&section.whole, base);
        let region = match (section.custom, section.id) {
            (Some(custom), _) => Region::leaf(RegionKind::Custom, module.customs[custom].name, whole),
            (None, 10) => with(section, whole, functions(module, section, base)),
            (None, 11) => with(section, whole, segments(module, section, base)),
            (None, _) => with(section, whole, Vec::new()),
        };
        regions.push(region);
    }
    regions
}

fn moved(range: &Range<usize>, by: usize) -> Range<usize> {
    range.start + by..range.end + by
}

fn with(section: &Section, whole: Range<usize>, inner: Vec<Region>) -> Region {
    Region { kind: RegionKind::Section, name: section_name(section.id).to_owned(), range: whole, inner }
}

/// What a section of a module lists.
fn section_name(id: u8) -> &'static str {
    match id {
        1 => "types",
        2 => "imports",
        3 => "function types",
        4 => "tables",
        5 => "memories",
        6 => "globals",
        7 => "exports",
        8 => "start",
        9 => "elements",
        10 => "code",
        11 => "data",
        12 => "data count",
        13 => "tags",
        _ => "unknown",
    }
}

/// A body with its size; one that cannot be read ends the list, and its bytes stay the section's.
fn functions(module: &CoreModule<'_>, section: &Section, base: usize) -> Vec<Region> {
    let contents = BinaryReader::new(&module.bytes[section.contents.clone()], 0);
    let Ok(bodies) = CodeSectionReader::new(contents) else { return Vec::new() };
    let names = function_names(module);
    let imported = module.imports.iter().filter(|import| matches!(import.ty, Extern::Func(_))).count();
    let mut start = as_usize(bodies.original_position());
    let mut regions = Vec::new();
    for (at, body) in bodies.into_iter().map_while(Result::ok).enumerate() {
        let end = as_usize(body.range().end);
        let index = u32::try_from(imported + at).unwrap_or(u32::MAX);
        let name = names.get(&index).map_or_else(|| format!("function {index}"), |name| (*name).to_owned());
        let range = moved(&(start..end), base + section.contents.start);
        regions.push(Region::leaf(RegionKind::Function, name, range));
        start = end;
    }
    regions
}

/// As the name section has it, else as it is exported.
fn function_names<'a>(module: &CoreModule<'a>) -> HashMap<u32, &'a str> {
    let mut names = HashMap::new();
    for section in module.sections.iter().filter(|section| section.id == 7) {
        let contents = BinaryReader::new(&module.bytes[section.contents.clone()], 0);
        let Ok(exports) = wasmparser::ExportSectionReader::new(contents) else { continue };
        for export in exports.into_iter().map_while(Result::ok) {
            if export.kind == wasmparser::ExternalKind::Func {
                names.entry(export.index).or_insert(export.name);
            }
        }
    }
    names.extend(Names::of(module).functions);
    names
}

fn segments(module: &CoreModule<'_>, section: &Section, base: usize) -> Vec<Region> {
    let contents = BinaryReader::new(&module.bytes[section.contents.clone()], 0);
    let Ok(segments) = DataSectionReader::new(contents) else { return Vec::new() };
    let names = segment_names(module);
    let mut regions = Vec::new();
    for (index, segment) in (0_u32..).zip(segments.into_iter().map_while(Result::ok)) {
        let range = as_usize(segment.range.start)..as_usize(segment.range.end);
        let name = names.get(&index).map_or_else(|| format!("segment {index}"), |name| (*name).to_owned());
        regions.push(Region::leaf(RegionKind::DataSegment, name, moved(&range, base + section.contents.start)));
    }
    regions
}

fn segment_names<'a>(module: &CoreModule<'a>) -> HashMap<u32, &'a str> {
    let mut names = HashMap::new();
    for data in module.customs_named("name") {
        for name in NameSectionReader::new(BinaryReader::new(data, 0)).map_while(Result::ok) {
            if let Name::Data(map) = name {
                names.extend(map.into_iter().map_while(Result::ok).map(|naming| (naming.index, naming.name)));
            }
        }
    }
    names
}

fn as_usize(at: u64) -> usize {
    usize::try_from(at).expect("a place in bytes that are in memory")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_and_segments_have_their_bytes() {
        let text = r#"(module (import "a" "f" (func)) (func $one nop) (func (export "two") nop nop) (func nop)
            (memory 1) (data $words (i32.const 0) "xyz") (data (i32.const 8) "12"))"#;
        let bytes = wat::parse_str(text).unwrap();
        let module = crate::read_module("m.wasm", &bytes).unwrap();
        let regions = module_regions(&module, 100);
        assert_eq!(regions[0].range, 100..108);
        assert_eq!(regions.last().unwrap().range.end, 100 + bytes.len());
        assert!(regions.windows(2).all(|pair| pair[0].range.end == pair[1].range.start));
        let inner = |name: &str| {
            let found = regions.iter().find(|region| region.name == name).unwrap();
            found.inner.iter().map(|one| (one.name.as_str(), one.range.len())).collect::<Vec<_>>()
        };
        assert_eq!(inner("code"), [("one", 4), ("two", 5), ("function 3", 4)]);
        assert_eq!(inner("data"), [("words", 8), ("segment 1", 7)]);
    }
}

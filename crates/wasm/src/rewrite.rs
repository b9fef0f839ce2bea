//! Changes that leave code and data untouched: custom sections dropped or added, imports renamed.
//!
//! In: a `CoreModule` and what to change. Out: bytes.
//! Holds: sections that are not named in the change are copied as they are, in their order.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use wasm_encoder::reencode::{Reencode, RoundtripReencoder};
use wasmparser::{BinaryReader, ImportSectionReader, Imports, Parser, Payload};

use crate::{CoreModule, Pieces, Producers};

const IMPORT: u8 = 2;

/// Whether a custom section holds the metadata of a component's world.
pub fn is_metadata(name: &str) -> bool {
    name.starts_with("component-type")
}

/// What to change. The default changes nothing.
#[derive(Clone, Debug, Default)]
pub struct Rewrite {
    drop_metadata: bool,
    drop_names: bool,
    /// Import fields by position, where they differ from the module's.
    renamed: HashMap<usize, String>,
    /// Replaces the module's section.
    producers: Option<Producers>,
    add: Vec<(String, Vec<u8>)>,
}

impl Rewrite {
    /// Drops `component-type*` sections, and `wit-component-encoding`.
    pub fn drop_metadata(mut self) -> Self {
        self.drop_metadata = true;
        self
    }

    /// Drops every custom section but metadata: names, what debuggers and linkers read, and which tools were at work.
    pub fn drop_names(mut self) -> Self {
        self.drop_names = true;
        self
    }

    pub fn producers(mut self, producers: Producers) -> Self {
        self.producers = (!producers.is_empty()).then_some(producers);
        self
    }

    /// Adds a custom section at the end.
    pub fn add_custom(mut self, name: impl Into<String>, data: Vec<u8>) -> Self {
        self.add.push((name.into(), data));
        self
    }

    /// Gives second and later imports of one module and field a name of their own, `field [v2]`:
    /// the component model has one name for one import.
    ///
    /// Changes `module.imports` so that it says what the bytes will say.
    pub fn unique_imports(mut self, module: &mut CoreModule<'_>) -> Self {
        let all = module.imports.iter().map(|import| (import.module, import.field.clone()));
        let mut taken: HashSet<_> = all.collect();
        if taken.len() == module.imports.len() {
            return self;
        }
        let mut seen: HashMap<_, u32> = HashMap::new();
        for (position, import) in module.imports.iter_mut().enumerate() {
            let count = seen.entry((import.module, import.field.clone())).or_insert(0);
            *count += 1;
            if *count == 1 {
                continue;
            }
            let name = loop {
                let name = format!("{} [v{count}]", import.field);
                if taken.insert((import.module, Cow::Owned(name.clone()))) {
                    break name;
                }
                *count += 1;
            };
            self.renamed.insert(position, name.clone());
            import.field = Cow::Owned(name);
        }
        self
    }

    /// The changed module; borrowed if there is nothing to change.
    pub fn apply<'a>(&self, module: &CoreModule<'a>) -> Cow<'a, [u8]> {
        self.pieces(module).into_contiguous()
    }

    /// The changed module; what is not changed is borrowed, and cut only between sections.
    pub fn pieces<'a>(&self, module: &CoreModule<'a>) -> Pieces<'a> {
        let mut out = Pieces::default();
        let mut kept = 0..8;
        for section in &module.sections {
            let drops = self.drops(module, section.custom);
            let renames = section.id == IMPORT && !self.renamed.is_empty();
            if !drops && !renames {
                kept.end = section.whole.end;
                continue;
            }
            out.push(&module.bytes[kept]);
            kept = section.whole.end..section.whole.end;
            if !drops {
                append(out.tail(), &self.import_section(&module.bytes[section.contents.clone()]));
            }
        }
        out.push(&module.bytes[kept]);
        if let Some(producers) = &self.producers {
            append_custom(out.tail(), "producers", &producers.emit());
        }
        for (name, data) in &self.add {
            append_custom(out.tail(), name, data);
        }
        out
    }

    fn drops(&self, module: &CoreModule<'_>, custom: Option<usize>) -> bool {
        let Some(custom) = custom else { return false };
        let name = module.customs[custom].name;
        (self.drop_metadata && (is_metadata(name) || name == "wit-component-encoding"))
            || (self.producers.is_some() && name == "producers")
            || (self.drop_names && !is_metadata(name))
    }

    fn import_section(&self, contents: &[u8]) -> wasm_encoder::ImportSection {
        let mut section = wasm_encoder::ImportSection::new();
        let reader = ImportSectionReader::new(BinaryReader::new(contents, 0)).expect("validated when read");
        let mut position = 0;
        let mut push = |import: wasmparser::Import<'_>| {
            let field = self.renamed.get(&position).map_or(import.name, String::as_str);
            let ty = RoundtripReencoder.entity_type(import.ty).expect("validated when read");
            section.import(import.module, field, ty);
            position += 1;
        };
        for imports in reader {
            match imports.expect("validated when read") {
                Imports::Single(_, import) => push(import),
                Imports::Compact1 { module, items } => items.into_iter().for_each(|item| {
                    let item = item.expect("validated when read");
                    push(wasmparser::Import { module, name: item.name, ty: item.ty });
                }),
                Imports::Compact2 { module, ty, names } => names.into_iter().for_each(|name| {
                    push(wasmparser::Import { module, name: name.expect("validated when read"), ty });
                }),
            }
        }
        section
    }
}

/// Appends a section with its id.
pub(crate) fn append(out: &mut Vec<u8>, section: &impl wasm_encoder::Section) {
    out.push(section.id());
    section.encode(out);
}

pub(crate) fn append_custom(out: &mut Vec<u8>, name: &str, data: &[u8]) {
    append(out, &wasm_encoder::CustomSection { name: name.into(), data: data.into() });
}

/// A core module without the custom sections for which `keep` says no.
pub fn strip<'a>(module: &CoreModule<'a>, keep: impl Fn(&str) -> bool) -> Vec<u8> {
    let mut out = module.bytes[..8].to_vec();
    for section in &module.sections {
        if section.custom.is_none_or(|custom| keep(module.customs[custom].name)) {
            out.extend_from_slice(&module.bytes[section.whole.clone()]);
        }
    }
    out
}

/// A component without the custom sections for which `keep` says no, in nested modules and components as well.
///
/// Errors are wasmparser's, of a binary that is cut off or damaged.
pub fn strip_component(bytes: &[u8], keep: &dyn Fn(&str) -> bool) -> wasmparser::Result<Vec<u8>> {
    let mut stack: Vec<Vec<u8>> = Vec::new();
    let mut out = Vec::new();
    let mut nested_id = 0_u8;
    let mut ids = Vec::new();
    for payload in Parser::new(0).parse_all(bytes) {
        let payload = payload?;
        match &payload {
            Payload::Version { range, .. } => out.extend_from_slice(slice(bytes, range)),
            Payload::ModuleSection { .. } => nested_id = 1,
            Payload::ComponentSection { .. } => nested_id = 4,
            Payload::CustomSection(section) if !keep(section.name()) => continue,
            Payload::End(_) => {
                let Some(mut outer) = stack.pop() else { break };
                let id = ids.pop().expect("one id for each open section");
                append(&mut outer, &wasm_encoder::RawSection { id, data: &out });
                out = outer;
            }
            other => {
                // A code section is announced before its end is seen; if that lies outside, the next payload is the error.
                let section = other.as_section().filter(|(_, range)| range.end <= bytes.len() as u64);
                if let Some((id, range)) = section {
                    append(&mut out, &wasm_encoder::RawSection { id, data: slice(bytes, &range) });
                }
            }
        }
        if nested_id != 0 {
            ids.push(std::mem::take(&mut nested_id));
            stack.push(std::mem::take(&mut out));
        }
    }
    Ok(out)
}

fn slice<'a>(bytes: &'a [u8], range: &std::ops::Range<u64>) -> &'a [u8] {
    let at = |offset: u64| usize::try_from(offset).expect("an offset into a slice fits usize");
    &bytes[at(range.start)..at(range.end)]
}

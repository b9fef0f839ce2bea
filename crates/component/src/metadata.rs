//! Metadata: a world as the contents of a `component-type` custom section, and back.
//!
//! In: `World` and how its strings are encoded. Out: the bytes that encoders everywhere read.
//! Holds: a world that is written and read again has the same types; documentation is not part of the section.
//!
//! ```wat
//! (component
//!   (type (component                                   ;; the wrapper
//!     (type (component (import ..) (export ..)))       ;; the world
//!     (export "ns:pkg/world@1.0.0" (component (type 0)))))
//!   (export "world" (type 0))
//!   (@custom "wit-component-encoding" "\04\00"))       ;; version, string encoding
//! ```
//!
//! Tool conventions: `component-type` sections, versions 3 and 4.

use ::types::siblings::use_exported_siblings;
use ::types::{InterfaceName, Types, World};
use diag::{Diagnostics, Place};
use wasm::Producers;
use wasmparser::BinaryReader;
use wasmparser::component_types::{ComponentAnyTypeId, ComponentEntityType, ComponentTypeId};

use crate::emit::{EmitOptions, emit};
use crate::plan::{Declared, ItemType, Plan, ROOT, StringEncoding};
use crate::read::{Collected, TypeReader, collect, invalid};

/// The custom section inside, that names version and string encoding.
const ENCODING_SECTION: &str = "wit-component-encoding";
const VERSION: u8 = 4;

/// What a `component-type` section says.
#[derive(Clone, Debug)]
pub struct Metadata {
    pub world: World,
    pub encoding: StringEncoding,
    /// The tools that made the section; they belong into the module's own `producers`.
    pub producers: Producers,
}

/// The contents of a `component-type` section.
///
/// # Errors
///
/// What the format of components cannot say; `encode/invalid-output` for a world beyond its limits.
pub fn encode(types: &Types, world: &World, encoding: StringEncoding) -> diag::Result<Vec<u8>> {
    let mut plan = Plan::new();
    let wrapper = plan.open_component_type(ROOT);
    let inner = Declared::new(types).component_type(&mut plan, wrapper, &world.component)?;
    let name = InterfaceName { package: world.package.clone(), interface: world.name.clone() };
    plan.declare_export(wrapper, name.to_string(), ItemType::Component(inner));
    let wrapper = plan.close(wrapper);
    plan.export_type(world.name.as_str(), wrapper);
    plan.custom(ENCODING_SECTION, vec![VERSION, encoding_byte(encoding)]);
    let mut producers = Producers::default();
    producers.add("processed-by", "withe", env!("CARGO_PKG_VERSION"));
    plan.custom("producers", producers.emit());
    let bytes = emit(&plan, EmitOptions::default());
    match wasm::validate(&bytes) {
        Ok(()) => Ok(bytes),
        Err(error) => Err(beyond_limits(world, error.message()).into()),
    }
}

/// The name of a custom section for the world.
///
/// It says which world it is, so that linkers, which join sections of one name, leave those of several worlds apart.
/// Every tool reads sections whose names begin with `component-type`.
pub fn section_name(world: &World, encoding: StringEncoding) -> String {
    let name = InterfaceName { package: world.package.clone(), interface: world.name.clone() };
    let encoding = match encoding {
        StringEncoding::Utf8 => "utf8",
        StringEncoding::Utf16 => "utf16",
        StringEncoding::CompactUtf16 => "compact-utf16",
    };
    format!("component-type:withe:{name}:{encoding}")
}

fn beyond_limits(world: &World, message: &str) -> diag::Diagnostic {
    diag::error("encode/invalid-output", format!("the metadata of the world `{}` is not valid", world.name))
        .label(Place::file(world.package.to_string()), message)
        .help("make the names and types of the world smaller, if a limit is named; else report it as a bug in withe")
}

/// A `component-type` section of a core module.
#[derive(Clone, Debug)]
pub struct Section<'a> {
    /// The module that carries it.
    pub file: &'a str,
    /// Which of the module's sections it is, in words: its name among them.
    pub label: String,
    /// Whether the module has others, so that places inside must say in which one they are.
    pub several: bool,
    pub data: &'a [u8],
}

impl Section<'_> {
    pub fn place(&self) -> Place {
        Place::binary(self.file, &self.label)
    }
}

/// Reads the contents of the only `component-type` section of `file`.
pub fn decode(types: &mut Types, file: &str, data: &[u8]) -> diag::Result<Metadata> {
    let label = "custom section `component-type`".to_owned();
    decode_section(types, &Section { file, label, several: false, data })
}

/// Reads a `component-type` section: a component that exports the world, or version 3 of the form.
///
/// ```text
/// 3, string encoding, name of the world, WIT package in wasm
/// ```
///
/// # Errors
///
/// `component/metadata` if it is damaged, `component/metadata-version` if it has a form that is not known.
pub fn decode_section(types: &mut Types, section: &Section<'_>) -> diag::Result<Metadata> {
    match section.data {
        [0, b'a', b's', b'm', ..] => decode_component(types, section, section.data, None),
        [3, encoding, rest @ ..] => {
            let unknown = || damaged(section, "its string encoding is unknown");
            let encoding = decode_encoding(*encoding).ok_or_else(unknown)?;
            let mut reader = BinaryReader::new(rest, 2);
            let world = reader.read_string().map_err(|_| damaged(section, "it ends in the world's name"))?;
            let package = &rest[rest.len() - reader.bytes_remaining()..];
            let metadata = decode_component(types, section, package, Some(world))?;
            Ok(Metadata { encoding, ..metadata })
        }
        [version @ (0..=2 | 5..), ..] => Err(unknown_version(section, *version)),
        _ => Err(damaged(section, "it has neither a version nor a component")),
    }
}

/// Reads the world that a component exports as a type; with several, the one of that name.
fn decode_component(
    types: &mut Types,
    section: &Section<'_>,
    bytes: &[u8],
    world: Option<&str>,
) -> diag::Result<Metadata> {
    let collected = collect(bytes).map_err(|error| match second_component(bytes) {
        Some(_) => linked_together(section),
        None => invalid(section.file, &error),
    })?;
    let encoding = match collected.customs.iter().find(|custom| custom.name == ENCODING_SECTION).map(|c| c.data) {
        None => StringEncoding::Utf8,
        Some([VERSION, byte]) => {
            decode_encoding(*byte).ok_or_else(|| damaged(section, "its string encoding is unknown"))?
        }
        Some([version, ..]) => return Err(unknown_version(section, *version)),
        Some([]) => return Err(damaged(section, "its version is missing")),
    };
    let (name, id) = match world {
        None => world_type(&collected).ok_or_else(|| damaged(section, "it exports no world"))?,
        Some(wanted) => named_world_type(&collected, wanted)
            .ok_or_else(|| damaged(section, &format!("it exports no world `{wanted}`")))?,
    };
    let producers = collected.customs.iter().find(|custom| custom.name == "producers");
    let producers = producers.map(|custom| Producers::parse(custom.data)).unwrap_or_default();
    let mut reader = TypeReader::new(types, section.file, collected.types.as_ref());
    if section.several {
        reader = reader.below(&section.label);
    }
    let mut component = reader.component(id)?;
    use_exported_siblings(types, &mut component);
    let decl = ::types::Decl { place: Some(section.place()), ..::types::Decl::default() };
    let world = World { package: name.package, name: name.interface, component, decl };
    Ok(Metadata { world, encoding, producers })
}

/// Where a second component begins behind the first, as linkers make it of two sections of one name.
///
/// No section can begin with these bytes: a custom section of 97 bytes whose name has 115.
fn second_component(bytes: &[u8]) -> Option<usize> {
    let mut at = 8;
    while at < bytes.len() {
        if bytes[at..].starts_with(b"\0asm") {
            return Some(at);
        }
        let mut reader = BinaryReader::new(&bytes[at + 1..], 0);
        let size = usize::try_from(reader.read_var_u32().ok()?).ok()?;
        at = bytes.len() - reader.bytes_remaining() + size;
    }
    None
}

/// The world of the first component type that is exported, and is one.
fn world_type(collected: &Collected<'_>) -> Option<(InterfaceName, ComponentTypeId)> {
    worlds(collected).into_iter().next()
}

/// The world of that name, which is a label, or has its package with or without the version.
///
/// In packages of the first form all interfaces and worlds are exports of one type.
fn named_world_type(collected: &Collected<'_>, wanted: &str) -> Option<(InterfaceName, ComponentTypeId)> {
    let is_wanted = |name: &InterfaceName| {
        let full = name.to_string();
        name.interface == wanted || full == wanted || full.split('@').next() == Some(wanted)
    };
    worlds(collected).into_iter().find(|(name, _)| is_wanted(name))
}

/// The component types inside the wrappers that are exported.
fn worlds(collected: &Collected<'_>) -> Vec<(InterfaceName, ComponentTypeId)> {
    let types = collected.types.as_ref();
    let mut found = Vec::new();
    for export in &collected.exports {
        if export.kind != wasmparser::ComponentExternalKind::Type {
            continue;
        }
        let ComponentAnyTypeId::Component(wrapper) = types.component_any_type_at(export.index) else { continue };
        for (name, item) in &types[wrapper].exports {
            if let ComponentEntityType::Component(id) = item.ty
                && let Some(name) = InterfaceName::parse(&item.full_name(name))
            {
                found.push((name, id));
            }
        }
    }
    found
}

fn encoding_byte(encoding: StringEncoding) -> u8 {
    match encoding {
        StringEncoding::Utf8 => 0,
        StringEncoding::Utf16 => 1,
        StringEncoding::CompactUtf16 => 2,
    }
}

fn decode_encoding(byte: u8) -> Option<StringEncoding> {
    match byte {
        0 => Some(StringEncoding::Utf8),
        1 => Some(StringEncoding::Utf16),
        2 => Some(StringEncoding::CompactUtf16),
        _ => None,
    }
}

fn damaged(section: &Section<'_>, why: &str) -> Diagnostics {
    diag::error("component/metadata", format!("the world that `{}` carries cannot be read", section.file))
        .label(section.place(), why)
        .help("embed the world again, or give it with --wit")
        .into()
}

fn linked_together(section: &Section<'_>) -> Diagnostics {
    diag::error("component/metadata", format!("the worlds that `{}` carries stand in one section", section.file))
        .label(section.place(), "several worlds behind each other: a linker joins sections of one name")
        .help("embed the world after linking, or give each object's section a name of its own, `component-type:NAME`")
        .into()
}

fn unknown_version(section: &Section<'_>, version: u8) -> Diagnostics {
    diag::error("component/metadata-version", format!("the world that `{}` carries has an unknown form", section.file))
        .label(section.place(), format!("version {version} of the section, where 3 and 4 are known"))
        .help("embed the world again with `withe embed`")
        .into()
}

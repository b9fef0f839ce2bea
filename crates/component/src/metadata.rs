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

fn beyond_limits(world: &World, message: &str) -> diag::Diagnostic {
    diag::error("encode/invalid-output", format!("the metadata of the world `{}` is not valid", world.name))
        .label(Place::file(world.package.to_string()), message)
        .help("make the names and types of the world smaller, if a limit is named; else report it as a bug in withe")
}

/// Reads the contents of a `component-type` section. `file` is the module that carries it.
pub fn decode(types: &mut Types, file: &str, data: &[u8]) -> diag::Result<Metadata> {
    match data {
        [0, b'a', b's', b'm', ..] => decode_component(types, file, data, None),
        [3, encoding, rest @ ..] => {
            let encoding = decode_encoding(*encoding).ok_or_else(|| damaged(file, "its string encoding is unknown"))?;
            let mut reader = BinaryReader::new(rest, 2);
            let world = reader.read_string().map_err(|_| damaged(file, "it ends in the world's name"))?;
            let package = &rest[rest.len() - reader.bytes_remaining()..];
            let metadata = decode_component(types, file, package, Some(world))?;
            Ok(Metadata { encoding, ..metadata })
        }
        [version @ (0..=2 | 5..), ..] => Err(unknown_version(file, *version)),
        _ => Err(damaged(file, "it has neither a version nor a component")),
    }
}

/// Reads the world that a component exports as a type; with several, the one of that name.
fn decode_component(types: &mut Types, file: &str, bytes: &[u8], world: Option<&str>) -> diag::Result<Metadata> {
    let collected = collect(bytes).map_err(|error| invalid(file, &error))?;
    let encoding = match collected.customs.iter().find(|custom| custom.name == ENCODING_SECTION).map(|c| c.data) {
        None => StringEncoding::Utf8,
        Some([VERSION, byte]) => {
            decode_encoding(*byte).ok_or_else(|| damaged(file, "its string encoding is unknown"))?
        }
        Some([version, ..]) => return Err(unknown_version(file, *version)),
        Some([]) => return Err(damaged(file, "its version is missing")),
    };
    let (name, id) = world_type(&collected, world).ok_or_else(|| damaged(file, "it exports no world"))?;
    let producers = collected.customs.iter().find(|custom| custom.name == "producers");
    let producers = producers.map(|custom| Producers::parse(custom.data)).unwrap_or_default();
    let mut component = TypeReader::new(types, file, collected.types.as_ref()).component(id)?;
    use_exported_siblings(types, &mut component);
    let decl = ::types::Decl { place: Some(metadata_place(file)), ..::types::Decl::default() };
    let world = World { package: name.package, name: name.interface, component, decl };
    Ok(Metadata { world, encoding, producers })
}

/// The world's name and component type, inside the wrapper that is exported.
fn world_type(collected: &Collected<'_>, wanted: Option<&str>) -> Option<(InterfaceName, ComponentTypeId)> {
    let types = collected.types.as_ref();
    collected.exports.iter().filter(|export| wanted.is_none_or(|wanted| wanted == export.name.name)).find_map(
        |export| {
            if export.kind != wasmparser::ComponentExternalKind::Type {
                return None;
            }
            let ComponentAnyTypeId::Component(wrapper) = types.component_any_type_at(export.index) else { return None };
            let (name, item) = types[wrapper].exports.iter().next()?;
            let ComponentEntityType::Component(id) = item.ty else { return None };
            Some((InterfaceName::parse(&item.full_name(name))?, id))
        },
    )
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

fn metadata_place(file: &str) -> Place {
    Place::binary(file, "custom section `component-type`")
}

fn damaged(file: &str, why: &str) -> Diagnostics {
    diag::error("component/metadata", format!("the world that `{file}` carries cannot be read"))
        .label(metadata_place(file), why)
        .help("embed the world again, or give it with --wit")
        .into()
}

fn unknown_version(file: &str, version: u8) -> Diagnostics {
    diag::error("component/metadata-version", format!("the world that `{file}` carries has an unknown form"))
        .label(metadata_place(file), format!("version {version} of the section, where 3 and 4 are known"))
        .help("embed the world again with `withe embed`")
        .into()
}

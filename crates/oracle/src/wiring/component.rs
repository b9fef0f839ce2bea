//! A component's sections as a list of definitions.
//!
//! In: its bytes. Out: its definitions in their order, nested components and core modules among them.

use std::rc::Rc;

use wasmparser::{
    CanonicalFunction, ComponentAlias, ComponentExport, ComponentImport, ComponentInstance, ComponentType, Encoding,
    Instance, Parser, Payload,
};

use super::module::{Module, text};

/// A component's definitions, in their order.
#[derive(Default)]
pub struct Parsed<'a> {
    pub definitions: Vec<Definition<'a>>,
}

pub enum Definition<'a> {
    CoreModule(Rc<Module<'a>>),
    CoreInstance(Instance<'a>),
    Component(Rc<Parsed<'a>>),
    Instance(ComponentInstance<'a>),
    Alias(ComponentAlias<'a>),
    Type(ComponentType<'a>),
    Canon(CanonicalFunction),
    Import(ComponentImport<'a>),
    Export(ComponentExport<'a>),
    Unknown(String),
}

impl<'a> Parsed<'a> {
    pub fn import_names(&self) -> Vec<&'a str> {
        let names = self.definitions.iter().filter_map(|definition| match definition {
            Definition::Import(import) => Some(import.name.name),
            _ => None,
        });
        sorted(names.collect())
    }

    pub fn export_names(&self) -> Vec<&'a str> {
        let names = self.definitions.iter().filter_map(|definition| match definition {
            Definition::Export(export) => Some(export.name.name),
            _ => None,
        });
        sorted(names.collect())
    }
}

fn sorted(mut names: Vec<&str>) -> Vec<&str> {
    names.sort_unstable();
    names
}

/// Reads a component; what is nested in it is read too.
pub fn parse(bytes: &[u8]) -> Result<Parsed<'_>, String> {
    let mut parsed = Parsed::default();
    let mut depth = 0;
    for payload in Parser::new(0).parse_all(bytes) {
        let payload = payload.map_err(text)?;
        match payload {
            Payload::ModuleSection { unchecked_range, .. } => {
                depth += 1;
                if depth == 1 {
                    let module = Module::parse(&bytes[range(unchecked_range)?])?;
                    parsed.definitions.push(Definition::CoreModule(Rc::new(module)));
                }
            }
            Payload::ComponentSection { unchecked_range, .. } => {
                depth += 1;
                if depth == 1 {
                    let component = parse(&bytes[range(unchecked_range)?])?;
                    parsed.definitions.push(Definition::Component(Rc::new(component)));
                }
            }
            Payload::End(_) if depth > 0 => depth -= 1,
            other if depth == 0 => parsed.section(other)?,
            _ => {}
        }
    }
    Ok(parsed)
}

fn range<T: TryInto<usize>>(range: std::ops::Range<T>) -> Result<std::ops::Range<usize>, String>
where
    T::Error: std::fmt::Display,
{
    Ok(range.start.try_into().map_err(text)?..range.end.try_into().map_err(text)?)
}

impl<'a> Parsed<'a> {
    fn section(&mut self, payload: Payload<'a>) -> Result<(), String> {
        match payload {
            Payload::InstanceSection(items) => self.all(items, Definition::CoreInstance),
            Payload::ComponentInstanceSection(items) => self.all(items, Definition::Instance),
            Payload::ComponentAliasSection(items) => self.all(items, Definition::Alias),
            Payload::ComponentTypeSection(items) => self.all(items, Definition::Type),
            Payload::ComponentCanonicalSection(items) => self.all(items, Definition::Canon),
            Payload::ComponentImportSection(items) => self.all(items, Definition::Import),
            Payload::ComponentExportSection(items) => self.all(items, Definition::Export),
            Payload::ComponentStartSection { .. } => {
                self.definitions.push(Definition::Unknown("a start function".to_owned()));
                Ok(())
            }
            Payload::Version { encoding: Encoding::Module, .. } => Err("a core module, not a component".to_owned()),
            _ => Ok(()),
        }
    }

    fn all<T: wasmparser::FromReader<'a>>(
        &mut self,
        items: wasmparser::SectionLimited<'a, T>,
        definition: impl Fn(T) -> Definition<'a>,
    ) -> Result<(), String> {
        for item in items {
            self.definitions.push(definition(item.map_err(text)?));
        }
        Ok(())
    }
}

//! The name section.
//!
//! Specification: WebAssembly core, "Name Section".

use std::collections::HashMap;

use wasmparser::{BinaryReader, Name, NameMap, NameSectionReader};

use crate::{CoreModule, custom_sections};

/// Names for debugging, by index. A damaged name section yields what could be read of it.
#[derive(Clone, Debug, Default)]
pub struct Names<'a> {
    pub module: Option<&'a str>,
    pub functions: HashMap<u32, &'a str>,
    pub globals: HashMap<u32, &'a str>,
}

impl<'a> Names<'a> {
    pub fn of(module: &CoreModule<'a>) -> Self {
        let mut names = Self::default();
        for data in module.customs_named("name") {
            for name in NameSectionReader::new(BinaryReader::new(data, 0)).map_while(Result::ok) {
                names.take(name);
            }
        }
        names
    }

    fn take(&mut self, name: Name<'a>) {
        match name {
            Name::Module { name, .. } => self.module = Some(name),
            Name::Function(map) => self.functions = index_names(map),
            Name::Global(map) => self.globals = index_names(map),
            _ => {}
        }
    }
}

/// What a module calls itself; nothing else of it is looked at.
pub fn module_name(bytes: &[u8]) -> Option<&str> {
    let sections = custom_sections(bytes).filter(|custom| custom.name == "name");
    let readers = sections.map(|custom| NameSectionReader::new(BinaryReader::new(custom.data, 0)));
    readers.flat_map(|reader| reader.into_iter().map_while(Result::ok)).find_map(|name| match name {
        Name::Module { name, .. } => Some(name),
        _ => None,
    })
}

fn index_names(map: NameMap<'_>) -> HashMap<u32, &str> {
    map.into_iter().map_while(Result::ok).map(|naming| (naming.index, naming.name)).collect()
}

//! `CoreModule`: what other stages need to know of a core module.

use std::borrow::Cow;
use std::ops::Range;

use diag::Place;
use indexmap::IndexMap;

use crate::Extern;

/// A core module whose structure is valid; its bodies are not looked at.
#[derive(Clone, Debug)]
pub struct CoreModule<'a> {
    /// As the user named it.
    pub file: String,
    pub bytes: &'a [u8],
    /// In the order of the binary; the same module and name may stand twice.
    pub imports: Vec<Import<'a>>,
    pub exports: IndexMap<&'a str, Export>,
    pub customs: Vec<Custom<'a>>,
    /// Every section, in the order of the binary.
    pub sections: Vec<Section>,
    /// Whether there is a start function.
    pub has_start: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import<'a> {
    pub module: &'a str,
    pub field: Cow<'a, str>,
    pub ty: Extern,
    /// Only a function of that very type will do, no subtype, or a variable or table that threads of the host share:
    /// what a component defines is never known to be one.
    pub exact: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    pub ty: Extern,
}

/// A custom section, raw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Custom<'a> {
    pub name: &'a str,
    pub data: &'a [u8],
}

/// Where one section stands in the module's bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    pub id: u8,
    /// With its id and size.
    pub whole: Range<usize>,
    /// Without them.
    pub contents: Range<usize>,
    /// The place in `CoreModule::customs`, for a custom section.
    pub custom: Option<usize>,
}

impl<'a> CoreModule<'a> {
    pub fn place_of_export(&self, name: &str) -> Place {
        Place::binary(&self.file, format!("export `{name}`"))
    }

    pub fn place_of_import(&self, module: &str, field: &str) -> Place {
        Place::binary(&self.file, format!("import `{module}` `{field}`"))
    }

    pub fn place(&self) -> Place {
        Place::file(&self.file)
    }

    /// The exported function's type.
    pub fn exported_func(&self, name: &str) -> Option<&crate::Signature> {
        self.exports.get(name).and_then(|export| export.ty.as_func())
    }

    /// The data of all custom sections with that name.
    pub fn customs_named<'m>(&'m self, name: &'m str) -> impl Iterator<Item = &'a [u8]> + 'm {
        self.customs.iter().filter(move |custom| custom.name == name).map(|custom| custom.data)
    }

    /// The sections that hold metadata of the component's world: `component-type`, `component-type:...`.
    pub fn metadata_sections(&self) -> impl Iterator<Item = &Custom<'a>> {
        self.customs.iter().filter(|custom| crate::is_metadata(custom.name))
    }
}

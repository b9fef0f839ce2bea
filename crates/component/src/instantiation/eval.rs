//! Following the definitions of a component, and of those that it instantiates: the tables that are filled, and the
//! bounds.
//!
//! Holds: what a valid component never asks for (an index that is not there, an item of another sort) ends in
//! `component/invalid`, never in a panic.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use ::types::ids::Table;
use ::types::{ExternName, FuncId, ResourceId, TypeDef, TypeId, Types, ValType};
use diag::{Diagnostic, Diagnostics, Place};
use wasmparser::ComponentExternName;

use super::value::{Def, DefId, Env, EnvId, Host, HostId, HostModule, HostModuleId, Items, ModuleTy, Shape, ShapeId};
use super::value::{Module, OptionsKey, ValueId};
use super::{ImportId, Instantiation, OfferSort, OptionsId, PartId};
use crate::read::contents::{Names, name_sections};
use crate::read::invalid;

/// Instances of components.
const MOST_PARTS: usize = 4096;
/// Instances inside instances, and instance types inside instance types.
pub(super) const MOST_LEVELS: usize = 64;
/// Bytes of sections that are read, those of a component anew for each of its instances.
const MOST_BYTES: usize = 256 << 20;
/// Definitions that are made, each with its parts, and a share for the length of names.
const MOST_ITEMS: usize = 1_000_000;
/// Bytes of a name that count as one part of a definition.
const BYTES_AN_ITEM: usize = 16;

/// Why nothing comes out.
#[derive(Debug)]
pub(super) enum Stop {
    Said(Diagnostics),
    /// The bytes cannot be read.
    Parse(wasmparser::Error),
    /// The component is not valid.
    Broken,
}

pub(super) type Result<T> = std::result::Result<T, Stop>;

impl From<wasmparser::Error> for Stop {
    fn from(error: wasmparser::Error) -> Self {
        Self::Parse(error)
    }
}

impl From<Diagnostic> for Stop {
    fn from(said: Diagnostic) -> Self {
        Self::Said(said.into())
    }
}

pub(super) struct Eval<'a, 't> {
    pub(super) file: &'t str,
    pub(super) types: &'t mut Types,
    pub(super) out: Instantiation<'a>,
    pub(super) envs: Table<EnvId, Env<'a>>,
    pub(super) hosts: Table<HostId, Host<'a>>,
    pub(super) values: Table<ValueId, Items<'a>>,
    pub(super) defs: Table<DefId, Def<'a>>,
    pub(super) shapes: Table<ShapeId, Shape<'a>>,
    pub(super) host_modules: Table<HostModuleId, HostModule<'a>>,
    /// The module of each core instance.
    pub(super) sources: Vec<Module<'a>>,
    /// The item of the host that each of its resources is.
    pub(super) host_resources: HashMap<ResourceId, HostId>,
    pub(super) imports: HashMap<HostId, ImportId>,
    pub(super) options: HashMap<OptionsKey<'a>, OptionsId>,
    /// Embedded modules by their address, as those of `out` and as outlines.
    pub(super) modules: HashMap<usize, super::ModuleId>,
    pub(super) outlines: HashMap<usize, Rc<ModuleTy<'a>>>,
    /// Resources in `out`, and definitions whose resources are.
    pub(super) used_resources: HashSet<ResourceId>,
    pub(super) used_types: HashSet<TypeId>,
    names: HashMap<usize, Rc<Names<'a>>>,
    bytes: usize,
    items: usize,
}

impl<'a, 't> Eval<'a, 't> {
    pub(super) fn new(types: &'t mut Types, file: &'t str) -> Self {
        Self {
            file,
            types,
            out: Instantiation::default(),
            envs: Table::default(),
            hosts: Table::default(),
            values: Table::default(),
            defs: Table::default(),
            shapes: Table::default(),
            host_modules: Table::default(),
            sources: Vec::new(),
            host_resources: HashMap::new(),
            imports: HashMap::new(),
            options: HashMap::new(),
            modules: HashMap::new(),
            outlines: HashMap::new(),
            used_resources: HashSet::new(),
            used_types: HashSet::new(),
            names: HashMap::new(),
            bytes: 0,
            items: 0,
        }
    }

    pub(super) fn run(mut self, bytes: &'a [u8]) -> diag::Result<Instantiation<'a>> {
        match self.root(bytes) {
            Ok(()) => Ok(self.out),
            Err(Stop::Said(said)) => Err(said),
            Err(Stop::Parse(error)) => Err(invalid(self.file, &error)),
            Err(Stop::Broken) => Err(self.broken().into()),
        }
    }

    fn root(&mut self, bytes: &'a [u8]) -> Result<()> {
        self.out.name = self.names_of(bytes).component.map(str::to_owned);
        let def = self.defs.push(Def { bytes, name: None, around: None, seen_as: None });
        let exports = self.part(def, None, None, 0)?;
        self.out.exports = self.exports(&exports, 0)?;
        self.name_resources();
        self.out.offers = self.offers()?;
        Ok(())
    }

    pub(super) fn names_of(&mut self, bytes: &'a [u8]) -> Rc<Names<'a>> {
        let read = || Rc::new(Names::read(&name_sections(bytes)));
        self.names.entry(bytes.as_ptr() as usize).or_insert_with(read).clone()
    }

    /// Notes one more part, and how deep it is.
    pub(super) fn count_part(&self, depth: usize) -> Result<()> {
        if self.out.parts.len() >= MOST_PARTS {
            return Err(self.too_many(&format!("more than {MOST_PARTS} instances")));
        }
        if depth >= MOST_LEVELS {
            return Err(self.too_many(&format!("instances inside instances, more than {MOST_LEVELS} deep")));
        }
        Ok(())
    }

    pub(super) fn count_bytes(&mut self, bytes: usize) -> Result<()> {
        self.bytes = self.bytes.saturating_add(bytes);
        if self.bytes > MOST_BYTES {
            let most = MOST_BYTES >> 20;
            return Err(self.too_many(&format!("more than {most} MiB of definitions, counted for each instance")));
        }
        Ok(())
    }

    /// Notes that a definition is made of so many parts, with so many bytes of text.
    pub(super) fn count(&mut self, parts: usize, text: usize) -> Result<()> {
        self.items = self.items.saturating_add(1 + parts + text / BYTES_AN_ITEM);
        if self.items > MOST_ITEMS {
            return Err(self.too_many(&format!("more than {MOST_ITEMS} definitions, counted for each instance")));
        }
        Ok(())
    }

    fn too_many(&self, text: &str) -> Stop {
        let headline = format!("`{}` makes more instances than are followed", self.file);
        diag::error("unsupported/instances", headline)
            .label(Place::file(self.file), text)
            .help("split the component, or instantiate fewer of the components inside")
            .into()
    }

    fn broken(&self) -> Diagnostic {
        diag::error("component/invalid", format!("`{}` is not a valid component", self.file))
            .label(Place::file(self.file), "a definition names something that is not there")
            .help("build it again: the file is damaged, cut off, or made by a faulty tool")
    }

    /// A place in words: the parts from the root inwards, then `what`.
    pub(super) fn place(&self, part: PartId, what: &str) -> Place {
        let mut words = vec![what.to_owned()];
        let mut at = part;
        while let Some(parent) = self.out.parts[at.0].parent {
            let name = self.out.parts[at.0].name.as_deref();
            words.push(name.map_or("an instance".to_owned(), |name| format!("instance `{name}`")));
            at = parent;
        }
        words.reverse();
        Place::binary(self.file, words.join(", "))
    }

    pub(super) fn add_type(&mut self, def: TypeDef) -> Result<ValType> {
        let (parts, text) = super::define::weight(&def.kind);
        self.count(parts, text)?;
        Ok(ValType::Def(self.types.add_type(def)))
    }

    pub(super) fn new_host(
        &mut self,
        around: Option<HostId>,
        name: ComponentExternName<'a>,
        sort: OfferSort,
        ty: Option<FuncId>,
    ) -> HostId {
        self.hosts.push(Host { around, name, sort, ty })
    }
}

/// The name of an import or export, with its whole version.
pub(super) fn extern_name(name: &ComponentExternName<'_>) -> ExternName {
    let full = name.full_name();
    ExternName::parse(&full).unwrap_or_else(|| ExternName::label(&*full))
}

/// What an index of an index space stands for.
pub(super) fn at<T: Clone>(space: &[T], index: u32) -> Result<T> {
    space.get(index as usize).cloned().ok_or(Stop::Broken)
}

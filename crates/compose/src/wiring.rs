//! A wiring: which components are instantiated and which of their imports are given what; the rest stays open.
//!
//! In: instances, each of earlier ones and of imports. Out: a checked graph.
//! Holds: an instance names only earlier ones, so there is no circle; what nothing is given for becomes an import of
//! the result, one for each name and semver track; nothing is encoded before every type fits.

mod open;

use diag::{Diagnostic, Diagnostics, Place};
use indexmap::IndexMap;
use types::{ExternName, Item, ItemKind, Types};

use crate::graph::{Definition, Graph, NodeId};
use crate::identity::hidden::hidden;
use crate::identity::{self, Problem};
use crate::part::Part;
use crate::report;

pub use open::Through;
pub(crate) use open::type_of_filled;

/// What is to be wired.
#[derive(Clone, Debug, Default)]
pub struct Wiring<'a> {
    imports: IndexMap<ExternName, Import>,
    instances: Vec<Wanted<'a>>,
    definitions: Vec<(ExternName, Definition)>,
    exports: Vec<(ExternName, Arg)>,
}

/// An import that a wiring names itself.
#[derive(Clone, Debug)]
pub struct Import {
    pub item: Item,
    /// Interfaces whose types the item uses, each behind those that it uses itself. The result imports their types.
    pub uses: IndexMap<ExternName, Item>,
    /// Where it is asked for.
    pub place: Option<Place>,
    /// What the result's name section calls it.
    pub debug_name: Option<String>,
}

/// An instance that is wanted.
#[derive(Clone, Debug)]
pub struct Wanted<'a> {
    pub part: Part<'a>,
    /// For some or all of the part's imports.
    pub args: IndexMap<ExternName, Arg>,
    /// What the result's name section calls it, if not as the part.
    pub name: Option<String>,
    /// Where it is asked for.
    pub place: Option<Place>,
}

/// What an import of an instance is given.
#[derive(Clone, Debug)]
pub struct Arg {
    pub source: Source,
    /// Where it is asked for: the first thing that a diagnostic about it shows.
    pub place: Option<Place>,
}

/// An instance of a wiring.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct WantedId(usize);

/// Where an argument or export comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// An import that the wiring names itself.
    Import(ExternName),
    /// A whole instance.
    Instance(WantedId),
    /// An export of an instance.
    Export(Box<Self>, ExternName),
}

impl Source {
    /// An export of a component's instance.
    pub fn export(of: WantedId, name: ExternName) -> Self {
        Self::Export(Box::new(Self::Instance(of)), name)
    }
}

impl From<Source> for Arg {
    fn from(source: Source) -> Self {
        Self { source, place: None }
    }
}

impl<'a> Wanted<'a> {
    /// An instance that is called after its part and is asked for nowhere in a text.
    pub fn new(part: Part<'a>, args: IndexMap<ExternName, Arg>) -> Self {
        Self { part, args, name: None, place: None }
    }
}

impl From<Item> for Import {
    fn from(item: Item) -> Self {
        Self { item, uses: IndexMap::new(), place: None, debug_name: None }
    }
}

/// A wiring whose types fit.
#[derive(Debug)]
pub struct Wired<'a> {
    pub graph: Graph<'a>,
    /// By instance: imports that another of its arguments gives.
    pub through: Vec<Vec<Through>>,
    pub notes: Vec<Diagnostic>,
}

impl<'a> Wiring<'a> {
    pub fn new() -> Self {
        Self::default()
    }

    /// Names an import of the result, beside those that stay open.
    ///
    /// # Errors
    /// `compose/duplicate-import`: the name is taken; `compose/import-name`: it is none that an import may have.
    pub fn import(&mut self, name: ExternName, import: impl Into<Import>) -> diag::Result<Source> {
        let import = import.into();
        let place = import.place.as_ref();
        if let Some(fault) = name.fault() {
            return Err(report::import_name(&name, place, &fault).into());
        }
        // Such a name means the resource of that name, so that has to be an import before it.
        if let Some(resource) = name.resource()
            && !matches!(import.uses.get(&ExternName::label(resource)), Some(Item { kind: ItemKind::Resource(_), .. }))
        {
            let fault = format!("resource `{resource}` is not imported with it");
            return Err(report::import_name(&name, place, &fault).into());
        }
        if self.imports.contains_key(&name) {
            return Err(report::duplicate("compose/duplicate-import", "imports", &name).into());
        }
        self.imports.insert(name.clone(), import);
        Ok(Source::Import(name))
    }

    /// Adds an instance.
    pub fn instance(&mut self, wanted: Wanted<'a>) -> WantedId {
        self.instances.push(wanted);
        WantedId(self.instances.len() - 1)
    }

    /// Exports a type that the result defines itself. Types come before those that mention them.
    pub fn define(&mut self, name: ExternName, definition: Definition) {
        self.definitions.push((name, definition));
    }

    pub fn export(&mut self, name: ExternName, source: Source) {
        self.exports.push((name, source.into()));
    }

    /// As `export`; `place` is where the export is asked for.
    pub fn export_at(&mut self, name: ExternName, source: Source, place: Place) {
        self.exports.push((name, Arg { source, place: Some(place) }));
    }

    /// The graph, with an argument for every import.
    ///
    /// # Errors
    /// `compose/type-mismatch`, `compose/resource-mismatch`, `compose/unknown-argument`, `compose/import-conflict`,
    /// `compose/half-filled-interface`, `compose/unknown-export`, `compose/duplicate-export`,
    /// `compose/hidden-resource`.
    pub fn build(self, types: &mut Types) -> diag::Result<Wired<'a>> {
        let mut graph = Graph::new();
        let exported = self.exports.iter().filter_map(|(_, export)| exported(&export.source)).collect();
        let open = open::imports(types, &mut graph, &self.imports, &self.instances, &exported)?;
        let mut at_hand = AtHand { imports: open.named, instances: Vec::new() };
        let mut through = Vec::new();
        let mut problems = Vec::new();
        for (name, definition) in self.definitions {
            graph.define(name, definition)?;
        }
        for (wanted, open) in self.instances.into_iter().zip(open.instances) {
            let mut given = open.args;
            for (name, arg) in &wanted.args {
                given.insert(name.clone(), at_hand.node(types, &mut graph, &arg.source)?);
            }
            let mut names = open.names;
            for Through { import, of, name } in &open.through {
                if let Some(node) = names.get(of).and_then(|&of| graph.alias(types, of, name)) {
                    names.insert(import.clone(), node);
                }
                // If this type is missing there, that is told when the interface itself is checked.
                if let Some(node) = graph.alias(types, given[of], name) {
                    given.insert(import.clone(), node);
                }
            }
            at_hand.instances.push(instantiate(types, &mut graph, wanted, &given, &names, &mut problems));
            through.push(open.through);
        }
        all_well(identity::tell(types, &graph, problems))?;
        let mut places = IndexMap::new();
        for (name, Arg { source, place }) in self.exports {
            let node = at_hand.node(types, &mut graph, &source)?;
            places.extend(place.map(|place| (name.clone(), place)));
            graph.export(name, node)?;
        }
        graph.order_exports(types);
        all_well(hidden(types, &graph, &places))?;
        Ok(Wired { graph, through, notes: open.notes })
    }
}

/// The node of an instance; what is wrong with an argument is told where the argument is asked for.
fn instantiate<'a>(
    types: &mut Types,
    graph: &mut Graph<'a>,
    wanted: Wanted<'a>,
    given: &IndexMap<ExternName, NodeId>,
    names: &IndexMap<ExternName, NodeId>,
    problems: &mut Vec<Problem>,
) -> NodeId {
    // What stays open is left so where the instance is asked for.
    let open = given.keys().filter(|name| !wanted.args.contains_key(*name));
    let open: Vec<_> = open.filter_map(|name| Some((name.clone(), wanted.place.clone()?))).collect();
    let args = wanted.args.into_iter().filter_map(|(name, arg)| Some((name, arg.place?)));
    let places = args.chain(open).collect();
    let part = graph.add_part(wanted.part);
    let (node, found) = graph.instantiate_naming(types, part, given, names, &places);
    problems.extend(found);
    graph.set_name(node, wanted.name);
    node
}

/// The instance that an export of the result comes from, and the instance's export that it is, or is inside of.
fn exported(source: &Source) -> Option<(usize, &ExternName)> {
    match source {
        Source::Export(of, name) => match &**of {
            Source::Instance(WantedId(at)) => Some((*at, name)),
            Source::Import(_) | Source::Export(..) => exported(of),
        },
        Source::Import(_) | Source::Instance(_) => None,
    }
}

/// The nodes that sources stand for.
struct AtHand {
    imports: IndexMap<ExternName, NodeId>,
    instances: Vec<NodeId>,
}

impl AtHand {
    fn node(&self, types: &Types, graph: &mut Graph<'_>, source: &Source) -> diag::Result<NodeId> {
        match source {
            Source::Import(name) => Ok(self.imports[name]),
            Source::Instance(WantedId(at)) => Ok(self.instances[*at]),
            Source::Export(of, name) => {
                let of = self.node(types, graph, of)?;
                let node = graph.alias(types, of, name);
                node.ok_or_else(|| Diagnostics::from(report::unknown_export(graph, of, name)))
            }
        }
    }
}

/// Fails with what was found, if anything was.
pub(crate) fn all_well(problems: Vec<Diagnostic>) -> diag::Result<()> {
    if problems.is_empty() { Ok(()) } else { Err(Diagnostics(problems)) }
}

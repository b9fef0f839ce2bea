//! A wiring: which components are instantiated and which of their imports are given what; the rest stays open.
//!
//! In: instances, each of earlier ones and of imports. Out: a checked graph.
//! Holds: an instance names only earlier ones, so there is no circle; what nothing is given for becomes an import of
//! the result, one for each name and semver track; nothing is encoded before every type fits.

mod open;

use diag::{Diagnostic, Diagnostics};
use indexmap::IndexMap;
use types::{ExternName, Item, Types};

use crate::graph::{Graph, NodeId};
use crate::part::Part;
use crate::report;

pub use open::Through;

/// What is to be wired.
#[derive(Clone, Debug, Default)]
pub struct Wiring<'a> {
    imports: IndexMap<ExternName, Item>,
    instances: Vec<Wanted<'a>>,
    exports: Vec<(ExternName, Source)>,
}

/// One instance that is wanted.
#[derive(Clone, Debug)]
struct Wanted<'a> {
    part: Part<'a>,
    args: IndexMap<ExternName, Source>,
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
    Export(WantedId, ExternName),
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
    /// `compose/duplicate-import`: the name is taken.
    pub fn import(&mut self, name: ExternName, item: Item) -> diag::Result<Source> {
        if self.imports.contains_key(&name) {
            return Err(report::duplicate("compose/duplicate-import", "imports", &name).into());
        }
        self.imports.insert(name.clone(), item);
        Ok(Source::Import(name))
    }

    /// Adds an instance of a part; `args` are for some or all of its imports.
    pub fn instance(&mut self, part: Part<'a>, args: IndexMap<ExternName, Source>) -> WantedId {
        self.instances.push(Wanted { part, args });
        WantedId(self.instances.len() - 1)
    }

    pub fn export(&mut self, name: ExternName, source: Source) {
        self.exports.push((name, source));
    }

    /// The graph, with an argument for every import.
    ///
    /// # Errors
    /// `compose/type-mismatch`, `compose/unknown-argument`, `compose/import-conflict`, `compose/half-filled-interface`,
    /// `compose/unknown-export`, `compose/duplicate-export`.
    pub fn build(self, types: &mut Types) -> diag::Result<Wired<'a>> {
        let mut graph = Graph::new();
        let exported = self.exports.iter().filter_map(|(_, source)| exported(source)).collect();
        let open = open::imports(types, &mut graph, &self.imports, &self.instances, &exported)?;
        let mut at_hand = AtHand { imports: open.named, instances: Vec::new() };
        let mut through = Vec::new();
        for (Wanted { part, args }, open) in self.instances.into_iter().zip(open.instances) {
            let mut given = open.args;
            for (name, source) in &args {
                given.insert(name.clone(), at_hand.node(types, &mut graph, source)?);
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
            let part = graph.add_part(part);
            at_hand.instances.push(graph.instantiate_naming(types, part, &given, &names)?);
            through.push(open.through);
        }
        for (name, source) in self.exports {
            let node = at_hand.node(types, &mut graph, &source)?;
            graph.export(name, node)?;
        }
        Ok(Wired { graph, through, notes: open.notes })
    }
}

fn exported(source: &Source) -> Option<(usize, &ExternName)> {
    match source {
        Source::Export(WantedId(at), name) => Some((*at, name)),
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
            Source::Export(WantedId(at), name) => {
                let of = self.instances[*at];
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

//! The world that a composition must fit.
//!
//! In: the graph that a script's wiring became. Out: what does not fit, shown in the script.
//! Holds: the result may import less than the world and export more; versions of one track fit each other.
//!
//! Specification: WAC, "Package Directive".

use compose::Graph;
use diag::{Diagnostic, Diagnostics, Place};
use indexmap::IndexMap;
use types::mismatch::Step;
use types::subtype::{Options, component_mismatches};
use types::{ComponentType, ExternName, Mismatch, MismatchKind, Types};

use super::scope::Value;
use super::{Resolver, report};
use crate::syntax::tree::Path;

/// A world, and where the script says what the result has.
#[derive(Clone, Debug)]
pub struct Target {
    /// As the script names it.
    pub name: String,
    pub world: ComponentType,
    pub place: Place,
    /// The imports that the script names.
    pub imports: IndexMap<ExternName, Place>,
    pub exports: IndexMap<ExternName, Place>,
    /// Imports that are left open, and where.
    pub left_open: IndexMap<ExternName, Place>,
}

impl Target {
    /// Compares what a graph imports and exports with the world.
    ///
    /// # Errors
    /// `wac/target`, for each way in which it does not fit.
    pub fn check(&self, types: &Types, graph: &Graph<'_>) -> diag::Result<()> {
        let items = |nodes: &IndexMap<ExternName, compose::NodeId>| {
            nodes.iter().map(|(name, node)| (name.clone(), graph.node(*node).item.clone())).collect()
        };
        let result = ComponentType { imports: items(graph.imports()), exports: items(graph.exports()) };
        let found = component_mismatches(types, &result, &self.world, Options { tracks: true });
        let problem = |mismatch: &Mismatch| match compose::whose(types, graph, mismatch) {
            Some(whose) => self.problem(mismatch).label(whose.place, whose.text).help(whose.help),
            None => self.problem(mismatch),
        };
        let problems: Vec<Diagnostic> = found.iter().map(problem).collect();
        if problems.is_empty() { Ok(()) } else { Err(Diagnostics(problems)) }
    }

    fn problem(&self, mismatch: &Mismatch) -> Diagnostic {
        match mismatch.path.0.as_slice() {
            [Step::Import(name), ..] => {
                let own = among(&self.imports, name).or_else(|| among(&self.left_open, name));
                report::target(self, mismatch, "import", name, own)
            }
            [Step::Export(name), rest @ ..] => {
                let is_missing = rest.is_empty() && mismatch.kind == MismatchKind::Missing;
                let own = among(&self.exports, name).filter(|_| !is_missing);
                report::target(self, mismatch, "export", name, own)
            }
            _ => report::target_as_whole(self, mismatch),
        }
    }
}

/// The place of a name, or of one of its track.
fn among<'p>(places: &'p IndexMap<ExternName, Place>, name: &ExternName) -> Option<&'p Place> {
    let of_track = || {
        let ExternName::Interface(wanted) = name else { return None };
        let is_same =
            |(name, _): &(&ExternName, &Place)| matches!(name, ExternName::Interface(name) if name.same_track(wanted));
        places.iter().find(is_same).map(|(_, place)| place)
    };
    places.get(name).or_else(of_track)
}

impl Resolver<'_, '_> {
    /// The world that the script targets. `None` if it is none, which is told.
    pub(super) fn target(&mut self, path: &Path) -> Option<Target> {
        let world = match self.path(path) {
            Value::Unknown => return None,
            Value::World(id) => self.world(id).component.clone(),
            other @ (Value::Item(_) | Value::Func(_) | Value::Interface(_) | Value::Type(_) | Value::Resource(_)) => {
                let words = other.words(self.types);
                let problem = report::not_a_world(&path.to_string(), self.place(path.span), &words);
                self.problem(problem);
                return None;
            }
        };
        let empty = IndexMap::<ExternName, Place>::new;
        Some(Target {
            name: path.to_string(),
            world,
            place: self.place(path.span),
            imports: empty(),
            exports: empty(),
            left_open: empty(),
        })
    }
}

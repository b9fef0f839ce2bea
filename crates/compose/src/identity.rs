//! Resource identity: whose resource it is that comes to an instance, and by which way.
//!
//! In: a graph as far as it is built, and the places at which one resource was given where another was expected.
//! Out: diagnostics, one for each pair of owners: both sides of the place, the way of either resource from its owner
//! to the place, and what would mend it.
//! Holds: nothing here runs while all is well; a way is followed backwards, from node to earlier node, so it ends;
//! a resource is told apart by identity alone, names are only shown.
//!
//! Specification: Component Model explainer, "Type Checking" (abstract and generative resource types).

pub(crate) mod hidden;
mod mend;
mod names;
mod way;

use diag::{Diagnostic, Place};
use indexmap::IndexMap;
use types::mismatch::{Differing, Path, Step};
use types::{ExternName, Mismatch, Types};

use crate::graph::{Graph, NodeId, NodeKind};
use way::{Origin, Origins, Way, way};

/// What is wrong with an argument.
#[derive(Clone, Debug)]
pub(crate) enum Problem {
    Told(Diagnostic),
    Foreign(Foreign),
}

/// An argument that has one resource where the instance expects another.
#[derive(Clone, Debug)]
pub(crate) struct Foreign {
    /// The instance that is given the argument.
    pub instance: NodeId,
    pub import: ExternName,
    pub given: NodeId,
    pub resources: Differing,
    /// Where in the argument; at least one.
    pub paths: Vec<Path>,
    /// Where the argument is asked for, in a text.
    pub asked: Option<Place>,
}

/// Two owners, and all places at which the resources of one are taken for those of the other.
struct Confusion<'f> {
    first: &'f Foreign,
    expected: Way,
    found: Way,
    more: Vec<&'f Foreign>,
}

/// All problems as diagnostics, in their order; places that confuse the same two owners are told together.
pub(crate) fn tell(types: &Types, graph: &Graph<'_>, problems: Vec<Problem>) -> Vec<Diagnostic> {
    let mut told = Vec::new();
    let mut foreign = Vec::new();
    for problem in problems {
        match problem {
            Problem::Told(diagnostic) => told.push(diagnostic),
            Problem::Foreign(place) => foreign.push(place),
        }
    }
    let mut origins = Origins::default();
    let mut confusions: IndexMap<(Origin, Origin), Confusion<'_>> = IndexMap::new();
    for place in &foreign {
        let Differing { expected, found } = place.resources;
        let pair = (origins.of(types, graph, expected, place.instance), origins.of(types, graph, found, place.given));
        match confusions.get_mut(&pair) {
            Some(known) => known.more.push(place),
            None => {
                let expected = way(types, graph, expected, place.instance);
                let found = way(types, graph, found, place.given);
                confusions.insert(pair, Confusion { first: place, expected, found, more: Vec::new() });
            }
        }
    }
    told.extend(confusions.values().map(|confusion| confusion.diagnostic(types, graph)));
    told
}

/// Whose resource an export of the result has, where a world wants another's.
#[derive(Clone, Debug, PartialEq)]
pub struct Whose {
    /// Where the resource begins.
    pub place: Place,
    /// Its way to the export.
    pub text: String,
    /// What would give the export the resource that the world wants.
    pub help: String,
}

/// What to tell of an export of `graph` that was compared with a world and has a resource of another owner.
///
/// `None` if the two differ in something else, or if the resource is not one of the graph.
pub fn whose(types: &Types, graph: &Graph<'_>, mismatch: &Mismatch) -> Option<Whose> {
    let found = mismatch.resources?.found;
    let Some(Step::Export(wanted)) = mismatch.path.0.first() else { return None };
    let is_meant = |name: &ExternName| match (name, wanted) {
        (ExternName::Interface(name), ExternName::Interface(wanted)) => name == wanted || name.same_track(wanted),
        (name, wanted) => name == wanted,
    };
    let (_, node) = graph.exports().iter().find(|(name, _)| is_meant(name))?;
    if !way::mentions(types, &graph.node(*node).item, found) {
        return None;
    }
    let way = way(types, graph, found, *node);
    let help = match way.hops.iter().rev().find_map(Way::giving) {
        Some((to, import)) => {
            format!("leave `{import}` of {} open, or give it what the world imports", graph.title(to))
        }
        None => format!("export `{wanted}` of an instance that takes the `{}` of another", way.name),
    };
    Some(Whose { place: way.place(graph), text: way.text(graph), help })
}

/// Who hands the handle to whom.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flow {
    /// Into the function: from the instance that calls it.
    Param,
    /// Out of it.
    Result,
    /// No function is known that has it.
    Nowhere,
}

fn flow(path: &Path) -> Flow {
    let step = path.0.iter().find_map(|step| match step {
        Step::Param(_) => Some(Flow::Param),
        Step::Result => Some(Flow::Result),
        Step::Import(_)
        | Step::Export(_)
        | Step::Item(_)
        | Step::Field(_)
        | Step::Case(_)
        | Step::Part(_)
        | Step::Element
        | Step::Key
        | Step::Value
        | Step::Ok
        | Step::Err => None,
    });
    step.unwrap_or(Flow::Nowhere)
}

impl Confusion<'_> {
    fn diagnostic(&self, types: &Types, graph: &Graph<'_>) -> Diagnostic {
        match &graph.node(self.first.given).kind {
            NodeKind::Import(name) => self.half_filled(graph, name),
            NodeKind::Instance { .. } | NodeKind::Alias { .. } | NodeKind::Bag { .. } => self.mismatch(types, graph),
        }
    }

    fn mismatch(&self, types: &Types, graph: &Graph<'_>) -> Diagnostic {
        let path = self.telling_path();
        let (expected, found) = (self.expected.owner(graph), self.found.owner(graph));
        let offered = format!("means the `{}` of {found}{}", self.found.name, self.others(path));
        self.asked(diag::error("compose/resource-mismatch", self.headline(graph, flow(path))))
            .label(self.offered_place(graph, path), offered)
            .label(self.wanted_place(graph, path), format!("means the `{}` of {expected}", self.expected.name))
            .label(self.found.place(graph), self.found.text(graph))
            .label(self.expected.place(graph), self.expected.text(graph))
            .help(mend::help(types, graph, self.first, &self.expected, &self.found))
    }

    /// What the result imports knows nothing of a resource that lives inside of the result.
    fn half_filled(&self, graph: &Graph<'_>, open: &ExternName) -> Diagnostic {
        let (path, part) = (self.telling_path(), graph.part_of(self.first.instance));
        let (name, owner) = (&self.expected.name, self.expected.owner(graph));
        let filled = self.expected.given_as(self.first.instance);
        let which = filled.map_or_else(String::new, |filled| format!(" of `{filled}`"));
        let headline = format!("`{open}` stays an import, but uses resource `{name}`{which}, which is filled");
        let user = format!("whoever provides this does not know the `{name}` of {owner}{}", self.others(path));
        let error = diag::error("compose/half-filled-interface", headline);
        let error = match &self.first.asked {
            Some(place) => error.label(place.clone(), "is given the result's import here"),
            None => error,
        };
        let error = error
            .label(self.wanted_place(graph, path), user)
            .label(self.expected.place(graph), self.expected.text(graph));
        match filled {
            Some(filled) => error
                .label(part.import_place(filled), format!("filled with the `{name}` of {owner}"))
                .help(format!("take `{filled}` and `{}` from one component that exports both", self.first.import)),
            None => error.help(format!("give {} an instance for `{open}`", graph.title(self.first.instance))),
        }
    }

    fn asked(&self, error: Diagnostic) -> Diagnostic {
        match &self.first.asked {
            Some(place) => error.label(place.clone(), "given here"),
            None => error,
        }
    }

    /// The way to a function says more than the way to the resource.
    fn telling_path(&self) -> &Path {
        let in_func = self.first.paths.iter().find(|path| flow(path) != Flow::Nowhere);
        in_func.unwrap_or(&self.first.paths[0])
    }

    fn headline(&self, graph: &Graph<'_>, flow: Flow) -> String {
        let asker = graph.title(self.first.instance);
        let giver = graph.title(graph.base(self.first.given));
        let (expected, found) = (self.expected.owner(graph), self.found.owner(graph));
        let own = |owner: &str, of: &str| if owner == of { "its own".to_owned() } else { owner.to_owned() };
        let one = |name: &str, owner: &str| match (name == self.expected.name && name == self.found.name, owner) {
            (true, "its own") => owner.to_owned(),
            (true, _) => format!("the one of {owner}"),
            (false, "its own") => format!("a `{name}` of its own"),
            (false, _) => format!("a `{name}` of {owner}"),
        };
        match flow {
            Flow::Param => {
                let wanted = one(&self.found.name, &own(&found, &giver));
                let handed = format!("{} of {}", a(&self.expected.name), own(&expected, &asker));
                format!("{asker} would hand {handed} to {giver}, which expects {wanted}")
            }
            Flow::Result => {
                let wanted = one(&self.expected.name, &own(&expected, &asker));
                let handed = format!("{} of {}", a(&self.found.name), own(&found, &giver));
                format!("{giver} would hand {handed} to {asker}, which expects {wanted}")
            }
            Flow::Nowhere => {
                let (import, name) = (&self.first.import, &self.expected.name);
                let got = one(&self.found.name, &found);
                format!("{asker} expects the `{name}` of {expected} in its import `{import}`, and is given {got}")
            }
        }
    }

    /// The argument, where it is made.
    fn offered_place(&self, graph: &Graph<'_>, path: &Path) -> Place {
        let inside = inside(path);
        match graph.origin(self.first.given) {
            Some((part, names)) => {
                let names = names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" / ");
                let whole = if names.is_empty() { "the whole component".to_owned() } else { format!("export {names}") };
                Place::binary(&graph.part(part).file, format!("{whole}{inside}"))
            }
            None => Place::binary("the result", format!("{}{inside}", graph.describe(self.first.given))),
        }
    }

    /// The import that asks for it.
    fn wanted_place(&self, graph: &Graph<'_>, path: &Path) -> Place {
        let import = format!("import `{}`{}", self.first.import, inside(path));
        Place::binary(&graph.part_of(self.first.instance).file, import)
    }

    /// ``; so does `put / i`, and 3 more places``: where else the two meet.
    fn others(&self, told: &Path) -> String {
        const SHOWN: usize = 3;
        let here = self.first.paths.iter().filter(|path| *path != told && flow(path) != Flow::Nowhere);
        let here = here.map(|path| (None, path));
        let elsewhere = self.more.iter().flat_map(|place| {
            let is_here = place.given == self.first.given && place.instance == self.first.instance;
            let funcs = place.paths.iter().filter(|path| flow(path) != Flow::Nowhere);
            let shown: Vec<&Path> =
                if funcs.clone().next().is_some() { funcs.collect() } else { vec![&place.paths[0]] };
            shown.into_iter().map(move |path| ((!is_here).then_some(&place.import), path))
        });
        let all: Vec<(Option<&ExternName>, &Path)> = here.chain(elsewhere).collect();
        if all.is_empty() {
            return String::new();
        }
        let words = |(import, path): &(Option<&ExternName>, &Path)| match import {
            Some(import) if path.0.is_empty() => format!("`{import}`"),
            Some(import) => format!("`{import} / {path}`"),
            None => format!("`{path}`"),
        };
        let shown = all.iter().take(SHOWN).map(words).collect::<Vec<_>>().join(", ");
        let rest = all.len().saturating_sub(SHOWN);
        if rest == 0 { format!("; the same at {shown}") } else { format!("; the same at {shown} and {rest} more") }
    }
}

fn inside(path: &Path) -> String {
    if path.0.is_empty() { String::new() } else { format!(" / {path}") }
}

/// The name with its article.
fn a(name: &str) -> String {
    let vowel = name.starts_with(['a', 'e', 'i', 'o', 'u', 'A', 'E', 'I', 'O', 'U']);
    format!("{} `{name}`", if vowel { "an" } else { "a" })
}

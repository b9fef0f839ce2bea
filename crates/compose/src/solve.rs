//! The solver: components satisfy one another, transitively.
//!
//! In: components, in the user's order, and choices that the user made. Out: a checked graph, which instance takes
//! what from which, and notes that say it.
//!
//! Holds:
//! - The result exports what the first component exports.
//! - An import is taken from another component that exports it: by its exact name first, then by the highest version of
//!   its semver track whose type fits. What nobody exports stays an import of the result.
//! - There is one instance of each component, which all share; giving one file several names makes several.
//! - An interface and the interfaces whose types it uses come from one component where that has them, or from where
//!   that one takes them.
//! - Components that import what they export form a chain in the user's order: each takes it from the next of the
//!   chain, the last from the exporter named after it, else from the only other one; others take the chain's first.
//! - The first component needs all others, so it gives them nothing that another one can give.
//! - Anything else that several components could give is an error that lists the choices; so is a circle, and a
//!   component of which nothing is used. What the user's choices leave without a use is left out, with a warning.
//! - Instances stand behind what they take from, else in the user's order. The time is linear in components, imports
//!   and exports, and nothing recurses over components.

mod choose;
mod names;
mod notes;
mod order;
mod refuse;

use diag::Diagnostic;
use indexmap::IndexMap;
use types::{ExternName, Types};

use crate::graph::Graph;
use crate::part::Part;
use crate::report;
use crate::wiring::{Arg, Source, Through, Wanted, WantedId, Wiring, all_well};

pub use names::is_name;

/// A component, and the name that its instance is to have, if the user says one.
#[derive(Clone, Debug)]
pub struct Given<'a> {
    pub part: Part<'a>,
    pub name: Option<String>,
}

/// A choice of the user: where an import is taken from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wire {
    /// The instance that imports; `None` for all that import it, but for the provider.
    pub consumer: Option<String>,
    /// The import's whole name.
    pub import: String,
    pub provider: Provider,
}

/// What the user chose for an import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Provider {
    /// It stays open.
    Import,
    /// The instance of this name.
    Instance(String),
}

impl Wire {
    /// `[CONSUMER#]IMPORT=PROVIDER`. `None` if a part of it is missing.
    pub fn parse(text: &str) -> Option<Self> {
        let (left, provider) = text.rsplit_once('=')?;
        let (consumer, import) = match left.split_once('#') {
            Some((consumer, import)) => (Some(consumer), import),
            None => (None, left),
        };
        if import.is_empty() || provider.is_empty() || consumer.is_some_and(str::is_empty) {
            return None;
        }
        let provider = match provider {
            IMPORT => Provider::Import,
            name => Provider::Instance(name.to_owned()),
        };
        Some(Self { consumer: consumer.map(str::to_owned), import: import.to_owned(), provider })
    }
}

/// The word that stands for `Provider::Import` in a choice; no instance is so named.
pub const IMPORT: &str = "import";

/// The wired graph, what it was made of, and what is to be told about it.
#[derive(Debug)]
pub struct Solved<'a> {
    pub graph: Graph<'a>,
    /// In the order of the result: each behind those that it takes from, the first component last.
    pub instances: Vec<Placed>,
    pub notes: Vec<Diagnostic>,
}

/// An instance of the result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    pub name: String,
    /// The component's file, as the user named it.
    pub file: String,
    /// Where each import comes from, in the component's order.
    pub imports: IndexMap<ExternName, Origin>,
}

/// Where an import comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// An export of an earlier instance, by its place among the instances.
    Instance { at: usize, export: ExternName, why: Reason },
    /// It is a type of another import, and comes with what is given for that one.
    With(ExternName),
    /// An import of the result.
    Open,
}

/// Why an export was taken for an import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It alone has the name.
    Name,
    /// It is the highest version of the track that fits.
    Version,
    /// It is the next of a chain.
    Chain,
    /// This import comes from there, or is given what comes from there, and uses its types.
    Types(ExternName),
    /// The user said so.
    Wire,
}

/// A component to be instantiated.
struct Member<'a> {
    part: Part<'a>,
    name: String,
}

/// Wires components with one another.
///
/// # Errors
/// All of: `compose/instance-name`; then `compose/wit-package`; then `compose/unknown-instance`,
/// `compose/unknown-argument`, `compose/unknown-export`, `compose/wired-twice`; then `compose/several-providers`,
/// `compose/cycle`, `compose/unused-component`; then those of `Wiring::build`.
pub fn solve<'a>(types: &mut Types, given: Vec<Given<'a>>, wires: &[Wire]) -> diag::Result<Solved<'a>> {
    let (members, mut notes) = names::members(given)?;
    all_well(members.iter().filter_map(|member| report::wit_package(&member.part)).collect())?;
    let choices = choose::choose(types, &members, wires)?;
    let refuse::Order { members: order, left_out } = refuse::order(types, &members, &choices)?;

    let wiring = wiring(&members, &choices, &order);
    let wired = wiring.build(types)?;
    let instances = placed(&members, &choices, &order, &wired.through);
    notes.extend(left_out);
    notes.extend(notes::notes(&members, &choices, &order, &instances));
    notes.extend(wired.notes);
    Ok(Solved { graph: wired.graph, instances, notes })
}

fn wiring<'a>(members: &[Member<'a>], choices: &choose::Choices, order: &[usize]) -> Wiring<'a> {
    let mut wiring = Wiring::new();
    let mut instances: Vec<Option<WantedId>> = vec![None; members.len()];
    for &at in order {
        let Member { part, name } = &members[at];
        let mut args = IndexMap::new();
        for (import, choice) in &choices.of[at] {
            if let choose::Choice::Take(taken) = choice {
                let of = instances[taken.by].expect("an instance stands behind those that it takes from");
                args.insert(import.clone(), Arg::from(Source::export(of, taken.export.clone())));
            }
        }
        let wanted = Wanted { name: Some(name.clone()), ..Wanted::new(part.clone(), args) };
        instances[at] = Some(wiring.instance(wanted));
    }
    let first = instances[0].expect("the first component is in every order");
    for name in members[0].part.ty.exports.keys() {
        wiring.export(name.clone(), Source::export(first, name.clone()));
    }
    wiring
}

fn placed(members: &[Member<'_>], choices: &choose::Choices, order: &[usize], through: &[Vec<Through>]) -> Vec<Placed> {
    let mut places = vec![0; members.len()];
    for (place, &at) in order.iter().enumerate() {
        places[at] = place;
    }
    let placed = |(&at, through): (&usize, &Vec<Through>)| {
        let with = |import: &ExternName| through.iter().find(|one| one.import == *import).map(|one| one.of.clone());
        let origin = |(import, choice): (&ExternName, &choose::Choice)| {
            let origin = match choice {
                choose::Choice::Take(taken) => {
                    let (export, why) = (taken.export.clone(), taken.why.clone());
                    Origin::Instance { at: places[taken.by], export, why }
                }
                choose::Choice::Open => with(import).map_or(Origin::Open, Origin::With),
            };
            (import.clone(), origin)
        };
        let Member { part, name } = &members[at];
        let imports = choices.of[at].iter().map(origin).collect();
        Placed { name: name.clone(), file: part.file.clone(), imports }
    };
    order.iter().zip(through).map(placed).collect()
}

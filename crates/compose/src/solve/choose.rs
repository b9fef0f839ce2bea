//! Which instance gives what to which import.
//!
//! In: the instances to be, and the user's choices. Out: one choice for each import, and what was passed over.
//! Holds: the choice depends on names, the user's order and shapes only; identities of resources are checked when the
//! graph is built, where they are known.

mod several;
mod wires;

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;
use types::uses::uses;
use types::{ExternName, InstanceId, Item, Owner, Types};

use super::{Member, Reason, Wire};
use crate::offers::{Almost, Family, Fit, Offers, Why, fit, mismatches};
use crate::wiring::all_well;
use several::Several;

/// What is decided before anything is wired.
pub(super) struct Choices {
    /// By member: a choice for each import, in the component's order.
    pub of: Vec<IndexMap<ExternName, Choice>>,
    /// By member: exports that nearly fit an import that stays open.
    pub almost: Vec<Vec<Almost>>,
    pub passed: Vec<Passed>,
    pub offers: Offers,
    /// The imports that the user chose for: members and names, in their order.
    pub wired: Vec<(usize, ExternName)>,
}

#[derive(Clone, Debug)]
pub(super) enum Choice {
    Take(Box<Taken>),
    Open,
}

/// The export that an import is given.
#[derive(Clone, Debug)]
pub(super) struct Taken {
    pub by: usize,
    pub export: ExternName,
    pub why: Reason,
}

/// Others that could have been taken, where no rule that the user can see in the command line decided.
pub(super) struct Passed {
    pub consumer: usize,
    pub import: ExternName,
    pub others: Vec<(usize, ExternName)>,
}

/// What is known of an import before all imports have been looked at.
enum Decision {
    Take(Taken),
    Open,
    /// It is given what the member `of` takes for it, which comes with the import `user`.
    Same {
        of: usize,
        user: ExternName,
    },
    Several(Several),
    /// Several could give it, and what the user chooses for another import decides.
    Waits,
}

/// What users of an interface's types have to say of where it comes from.
enum Pin {
    /// They come from this member.
    To { by: usize, user: ExternName },
    /// Where they come from is not decided.
    Waits,
}

pub(super) fn choose(types: &Types, members: &[Member<'_>], wires: &[Wire]) -> diag::Result<Choices> {
    let offers = Offers::of(members.iter().map(|member| &member.part));
    let wired = wires::resolve(types, members, wires)?;
    let mut chooser =
        Chooser { types, members, offers, wired, almost: vec![Vec::new(); members.len()], passed: Vec::new() };
    let decided: Vec<_> = (0..members.len()).map(|at| chooser.member(at)).collect();
    let decided = chooser.settle(decided);
    let Chooser { offers, almost, passed, wired, .. } = chooser;

    let mut several = Vec::new();
    let mut of = Vec::with_capacity(members.len());
    for (consumer, imports) in decided.into_iter().enumerate() {
        let mut choices = IndexMap::with_capacity(imports.len());
        for (import, decision) in imports {
            let choice = match decision {
                Decision::Take(taken) => Choice::Take(Box::new(taken)),
                Decision::Open | Decision::Same { .. } | Decision::Waits => Choice::Open,
                Decision::Several(found) => {
                    several.push((consumer, import.clone(), found));
                    Choice::Open
                }
            };
            choices.insert(import, choice);
        }
        of.push(choices);
    }
    all_well(several::report(members, several))?;
    let wired = wired.in_order(&of);
    Ok(Choices { of, almost, passed, offers, wired })
}

struct Chooser<'c, 'a> {
    types: &'c Types,
    members: &'c [Member<'a>],
    offers: Offers,
    wired: wires::Wired,
    almost: Vec<Vec<Almost>>,
    passed: Vec<Passed>,
}

type Decided = IndexMap<ExternName, Decision>;

impl<'c> Chooser<'c, '_> {
    /// The decisions for one member, in the order of its imports.
    fn member(&mut self, consumer: usize) -> Decided {
        let members = self.members;
        let imports = &members[consumer].part.ty.imports;
        let owners = owners(imports);
        let mut pins: HashMap<ExternName, Pin> = HashMap::new();
        let mut decided = Decided::with_capacity(imports.len());
        // Users of types come after the interfaces that define them, so that they can decide for those.
        for (name, item) in imports.iter().rev() {
            let decision = self.decide(consumer, name, item, pins.get(name));
            let pin = || match &decision {
                Decision::Take(taken) => Some(Pin::To { by: taken.by, user: name.clone() }),
                Decision::Several(_) | Decision::Waits => Some(Pin::Waits),
                Decision::Same { of, user } => Some(Pin::To { by: *of, user: user.clone() }),
                Decision::Open => None,
            };
            for used in interfaces_used(self.types, &owners, item).filter(|used| *used != name) {
                if let Some(pin) = pin() {
                    pins.entry(used.clone()).or_insert(pin);
                }
            }
            decided.insert(name.clone(), decision);
        }
        decided.reverse();
        self.almost[consumer].reverse();
        decided
    }

    fn decide(&mut self, consumer: usize, name: &ExternName, item: &Item, pin: Option<&Pin>) -> Decision {
        if let Some(choice) = self.wired.get(consumer, name) {
            return match choice {
                Choice::Take(taken) => Decision::Take((**taken).clone()),
                Choice::Open => Decision::Open,
            };
        }
        if let Some(Pin::To { by, user }) = pin {
            let part = &self.members[*by].part;
            if let Some(taken) = self.take(*by, name, item, &Reason::Types(user.clone())) {
                self.pass(consumer, name, taken.by);
                return Decision::Take(taken);
            }
            if self.import_of_track(*by, name).is_some() {
                return Decision::Same { of: *by, user: user.clone() };
            }
            debug_assert!(!part.ty.exports.contains_key(name), "an exact name is taken");
        }
        let decision = self.by_rules(consumer, name, item);
        let waits = matches!((&decision, pin), (Decision::Several(_), Some(Pin::Waits)));
        if waits { Decision::Waits } else { decision }
    }

    /// What a member has for an import, if it fits.
    fn take(&self, by: usize, name: &ExternName, item: &Item, why: &Reason) -> Option<Taken> {
        match fit(self.types, &self.members[by].part, name, item) {
            Fit::Exact => Some(Taken { by, export: name.clone(), why: why.clone() }),
            Fit::Version(export) => {
                let why = if *why == Reason::Name { Reason::Version } else { why.clone() };
                Some(Taken { by, export: export.clone(), why })
            }
            Fit::Differs(..) | Fit::Nothing => None,
        }
    }

    /// The member's own import of this name, or of another version of its track.
    fn import_of_track(&self, member: usize, name: &ExternName) -> Option<&'c ExternName> {
        let options = types::subtype::Options { tracks: true };
        types::subtype::find_item(&self.members[member].part.ty.imports, name, options).map(|(name, _)| name)
    }

    /// The choice by name and place in the command line.
    fn by_rules(&mut self, consumer: usize, name: &ExternName, item: &Item) -> Decision {
        let decision = match self.offers.family(name) {
            None => Decision::Open,
            Some(family) => match self.of_chain(consumer, family, name, item) {
                Some(taken) => Decision::Take(taken),
                None => self.of_ends(consumer, family, name, item),
            },
        };
        match &decision {
            Decision::Open => {
                let almost = self.almost(consumer, name, item);
                self.almost[consumer].extend(almost);
            }
            Decision::Take(taken) if !matches!(taken.why, Reason::Chain) => self.pass(consumer, name, taken.by),
            Decision::Take(_) | Decision::Same { .. } | Decision::Several(_) | Decision::Waits => {}
        }
        decision
    }

    /// The next of the chain behind a member of it; for others the chain's first.
    fn of_chain(&self, consumer: usize, family: &Family, name: &ExternName, item: &Item) -> Option<Taken> {
        let behind = |members: &[usize], member| members.partition_point(|other| *other <= member);
        let is_in_chain = family.middles.binary_search(&consumer).is_ok();
        let (middles, ends) = match family.middles.first() {
            _ if is_in_chain => {
                (&family.middles[behind(&family.middles, consumer)..], &family.ends[behind(&family.ends, consumer)..])
            }
            // The first component needs all others, so what it passes on they take from behind it.
            Some(0) => (&family.middles[1..], &*family.ends),
            Some(_) | None => (&*family.middles, &[][..]),
        };
        middles.iter().chain(ends).find_map(|by| self.take(*by, name, item, &Reason::Chain))
    }

    /// The choice among those that do not import what they export.
    fn of_ends(&self, consumer: usize, family: &Family, name: &ExternName, item: &Item) -> Decision {
        let is_end = |by: &&usize| **by != consumer && family.ends.binary_search(by).is_ok();
        let mut exact: Vec<usize> = self.offers.exact(name).iter().filter(is_end).copied().collect();
        // Others are needed by the first component, so that they can take nothing from it.
        if exact.len() > 1 && exact[0] == 0 {
            exact.remove(0);
        }
        let found = match exact.as_slice() {
            [] => self.highest(family, name, item),
            [_] => exact.into_iter().map(|by| (by, name.clone())).collect(),
            _ => self.of_fitting_type(exact, name, item),
        };
        match found.as_slice() {
            [] => Decision::Open,
            [(by, export)] => {
                let why = if export == name { Reason::Name } else { Reason::Version };
                Decision::Take(Taken { by: *by, export: export.clone(), why })
            }
            _ => Decision::Several(Several::of(found)),
        }
    }

    /// Those of several whose type fits, if any does. Of very many it is not asked.
    fn of_fitting_type(&self, exact: Vec<usize>, name: &ExternName, item: &Item) -> Vec<(usize, ExternName)> {
        let fits = |by: &usize| mismatches(self.types, &self.members[*by].part.ty.exports[name], item).is_empty();
        let fitting: Vec<usize> =
            if exact.len() <= several::MOST { exact.iter().copied().filter(fits).collect() } else { Vec::new() };
        let found = if fitting.is_empty() { exact } else { fitting };
        found.into_iter().map(|by| (by, name.clone())).collect()
    }

    /// Those that have the highest version that fits.
    fn highest(&self, family: &Family, name: &ExternName, item: &Item) -> Vec<(usize, ExternName)> {
        let fits = |by: &usize| Some((*by, self.take(*by, name, item, &Reason::Name)?.export));
        let fitting: Vec<(usize, ExternName)> = family.ends.iter().filter_map(fits).collect();
        // Names of one track differ in their versions only, by which they are ordered.
        let Some(highest) = fitting.iter().map(|(_, export)| export).max().cloned() else { return Vec::new() };
        fitting.into_iter().filter(|(_, export)| *export == highest).collect()
    }

    /// Exports of the track whose type does not fit, and those of other tracks.
    fn almost(&self, consumer: usize, name: &ExternName, item: &Item) -> Vec<Almost> {
        let almost = |by, export: &ExternName, why| Almost { import: name.clone(), by, export: export.clone(), why };
        let family = self.offers.family(name).map_or(&[][..], |family| &family.all);
        let of_track = family.iter().filter(|by| **by != consumer).filter_map(|by| {
            match fit(self.types, &self.members[*by].part, name, item) {
                Fit::Differs(export, why) => Some(almost(*by, export, Why::Type(why))),
                Fit::Exact | Fit::Version(_) | Fit::Nothing => None,
            }
        });
        let other = self.offers.other_tracks(name).filter(|(by, _)| *by != consumer);
        of_track.chain(other.map(|(by, export)| almost(*by, export, Why::Track))).take(several::MOST).collect()
    }

    /// Keeps in mind who else could give an import, and who nearly could.
    fn pass(&mut self, consumer: usize, name: &ExternName, by: usize) {
        let Some(family) = self.offers.family(name) else { return };
        let item = &self.members[consumer].part.ty.imports[name];
        let mut others = Vec::new();
        // Behind one of a chain stands the chain's next, which is no other choice.
        let is_chain = family.middles.binary_search(&by).is_ok();
        let is_other = |other: &&usize| ![by, consumer, 0].contains(*other);
        for &other in family.ends.iter().filter(is_other).take(several::MOST) {
            let part = &self.members[other].part;
            let (export, why) = match fit(self.types, part, name, item) {
                Fit::Exact => (name, mismatches(self.types, &part.ty.exports[name], item)),
                Fit::Version(export) => (export, Vec::new()),
                Fit::Differs(export, why) => (export, why),
                Fit::Nothing => continue,
            };
            if why.is_empty() {
                if is_chain {
                    continue;
                }
                others.push((other, export.clone()));
            } else {
                let almost = Almost { import: name.clone(), by: other, export: export.clone(), why: Why::Type(why) };
                self.almost[consumer].push(almost);
            }
        }
        if !others.is_empty() {
            self.passed.push(Passed { consumer, import: name.clone(), others });
        }
    }

    /// Replaces each `Same` by what it stands for.
    fn settle(&mut self, mut decided: Vec<Decided>) -> Vec<Decided> {
        for consumer in 0..decided.len() {
            for at in 0..decided[consumer].len() {
                self.settle_one(&mut decided, consumer, at);
            }
        }
        decided
    }

    /// Follows one import to who takes it from somewhere, then gives all on the way the same.
    fn settle_one(&mut self, decided: &mut [Decided], consumer: usize, at: usize) {
        let mut way: Vec<(usize, usize)> = Vec::new();
        let mut seen: HashSet<(usize, usize)> = HashSet::new();
        let mut here = (consumer, at);
        let mut source = loop {
            let (name, decision) = decided[here.0].get_index(here.1).expect("imports are numbered");
            let Decision::Same { of, .. } = decision else { break Source::of(decision) };
            if !seen.insert(here) {
                // Each comes from where the next takes it, in a circle. The circle itself is told later.
                break Source::Rules;
            }
            way.push(here);
            let import = self.import_of_track(*of, name).expect("it was found before");
            here = (*of, decided[*of].get_index_of(import).expect("each import is decided"));
        };
        while let Some((consumer, at)) = way.pop() {
            let decision = self.settled(&decided[consumer], consumer, at, &source);
            source = Source::of(&decision);
            decided[consumer][at] = decision;
        }
    }

    fn settled(&mut self, decided: &Decided, consumer: usize, at: usize, source: &Source) -> Decision {
        let members = self.members;
        let (name, decision) = decided.get_index(at).expect("imports are numbered");
        let Decision::Same { user, .. } = decision else { unreachable!("only such are on the way") };
        let item = &members[consumer].part.ty.imports[name];
        let by = match source {
            Source::Member(by) if *by != consumer => *by,
            Source::Open => return Decision::Open,
            Source::Waits => return Decision::Waits,
            Source::Member(_) | Source::Rules => return self.by_rules(consumer, name, item),
        };
        match self.take(by, name, item, &Reason::Types(user.clone())) {
            Some(taken) => {
                self.pass(consumer, name, by);
                Decision::Take(taken)
            }
            None => self.by_rules(consumer, name, item),
        }
    }
}

/// Where the last of some imports comes from that all come from one place.
enum Source {
    Member(usize),
    Open,
    Waits,
    /// From nowhere that is known: each import goes by its own name.
    Rules,
}

impl Source {
    fn of(decision: &Decision) -> Self {
        match decision {
            Decision::Take(taken) => Self::Member(taken.by),
            Decision::Open => Self::Open,
            Decision::Several(_) | Decision::Waits => Self::Waits,
            Decision::Same { .. } => Self::Rules,
        }
    }
}

/// The imports that own types.
fn owners(imports: &IndexMap<ExternName, Item>) -> HashMap<InstanceId, &ExternName> {
    imports.iter().filter_map(|(name, item)| Some((item.kind.instance()?, name))).collect()
}

/// The imports whose types an item mentions.
fn interfaces_used<'n>(
    types: &Types,
    owners: &HashMap<InstanceId, &'n ExternName>,
    item: &Item,
) -> impl Iterator<Item = &'n ExternName> {
    let mentioned = uses(types, [item]);
    let defs = mentioned.defs.iter().map(|id| types.def(*id).owner);
    let of_resources = mentioned.resources.iter().map(|id| types.resource(*id).owner);
    let taken_from = mentioned.taken_from.iter().map(|id| Owner::Instance(*id));
    let owner = |owner| match owner {
        Owner::Instance(id) => owners.get(&id).copied(),
        Owner::World | Owner::Nothing => None,
    };
    let found: indexmap::IndexSet<&ExternName> = defs.chain(of_resources).chain(taken_from).filter_map(owner).collect();
    found.into_iter()
}

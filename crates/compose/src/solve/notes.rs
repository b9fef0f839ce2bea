//! What users are told of components that were solved.

use std::collections::HashSet;

use diag::{Diagnostic, Place};
use types::ExternName;
use types::subtype::{Options, find_item};

use super::choose::{Choice, Choices, Passed};
use super::{Member, Origin, Placed, Reason};
use crate::part::Part;
use crate::told::{self, Filled};

/// Of more instances only what stays open is told one by one.
const MOST_INSTANCES: usize = 12;

/// What each instance takes from where, what stays open, and each choice that could surprise.
pub(super) fn notes(
    members: &[Member<'_>],
    choices: &Choices,
    order: &[usize],
    instances: &[Placed],
) -> Vec<Diagnostic> {
    let mut notes = Vec::new();
    if instances.len() > MOST_INSTANCES {
        notes.push(overview(instances));
    } else {
        let with_imports = order.iter().zip(instances).rev().filter(|(_, placed)| !placed.imports.is_empty());
        notes.extend(with_imports.map(|(at, placed)| instance(&members[*at], placed, instances)));
    }
    let mut told = HashSet::new();
    for passed in &choices.passed {
        // Users of one interface's types all say the same.
        let taken = match &choices.of[passed.consumer][&passed.import] {
            Choice::Take(taken) => (taken.by, matches!(taken.why, Reason::Types(_)).then_some(&passed.import)),
            Choice::Open => continue,
        };
        if taken.1.is_none() || told.insert(taken) {
            notes.extend(ambiguous(members, choices, passed));
        }
    }
    for ((member, of), almost) in members.iter().zip(&choices.of).zip(&choices.almost) {
        notes.extend(almost.iter().map(|almost| {
            let instead = match &of[&almost.import] {
                Choice::Take(taken) => format!("taken from `{}`", members[taken.by].name),
                Choice::Open => "stays open".to_owned(),
            };
            told::almost(&member.part, &members[almost.by].part, almost, &instead)
        }));
    }
    notes
}

fn instance(member: &Member<'_>, placed: &Placed, instances: &[Placed]) -> Diagnostic {
    let imports = placed.imports.iter().map(|(name, origin)| {
        let filled = match origin {
            Origin::Instance { at, export, why } => Filled::By {
                title: &instances[*at].name,
                export,
                why: match why {
                    Reason::Name | Reason::Version => None,
                    Reason::Chain if exports_too(&member.part, name) => Some("the next of the chain"),
                    Reason::Chain => Some("the first of a chain"),
                    Reason::Types(_) => None,
                    Reason::Wire => Some("as `--wire` says"),
                },
            },
            Origin::With(of) => Filled::With(of),
            Origin::Open => Filled::Open,
        };
        (name, filled)
    });
    told::summary(&member.part, &placed.name, imports.collect())
}

/// Whether a component that imports something is a part of its chain.
fn exports_too(part: &Part<'_>, name: &ExternName) -> bool {
    find_item(&part.ty.exports, name, Options { tracks: true }).is_some()
}

/// One note for very many instances.
fn overview(instances: &[Placed]) -> Diagnostic {
    let origins = || instances.iter().flat_map(|placed| placed.imports.values());
    let filled = origins().filter(|origin| !matches!(origin, Origin::Open)).count();
    let headline = format!("{filled} of {} imports of {} instances are filled", origins().count(), instances.len());
    let mut open: indexmap::IndexMap<&ExternName, (&Placed, usize)> = indexmap::IndexMap::new();
    for placed in instances.iter().rev() {
        for (name, _) in placed.imports.iter().filter(|(_, origin)| matches!(origin, Origin::Open)) {
            open.entry(name).or_insert((placed, 0)).1 += 1;
        }
    }
    let mut note = diag::note("compose/plugged", headline);
    for (name, (placed, wanted)) in open.iter().take(told::MOST_LABELS) {
        let others =
            if *wanted > 1 { format!(", for `{}` and {} more", placed.name, wanted - 1) } else { String::new() };
        let place = Place::binary(&placed.file, format!("import `{name}`"));
        note = note.label(place, format!("stays an import of the result{others}"));
    }
    let more = open.len().saturating_sub(told::MOST_LABELS);
    if more > 0 { note.help(format!("see the {more} more open imports with `withe wit` of the result")) } else { note }
}

/// Several could give an import; `None` if the order of a chain or the user decided.
fn ambiguous(members: &[Member<'_>], choices: &Choices, passed: &Passed) -> Option<Diagnostic> {
    let Choice::Take(taken) = &choices.of[passed.consumer][&passed.import] else { return None };
    let (why, help) = match &taken.why {
        Reason::Name => ("taken: it has the wanted name and type".to_owned(), true),
        Reason::Version => ("taken: it is the highest version that fits".to_owned(), true),
        Reason::Types(user) => (format!("taken: `{user}` uses its types, and has them from here"), false),
        Reason::Chain | Reason::Wire => return None,
    };
    let others = passed.others.iter().map(|(by, export)| (&members[*by].part, export));
    let chosen = &members[taken.by];
    let note = told::ambiguous(&passed.import, (&chosen.part, &taken.export), why, others);
    let consumer = &members[passed.consumer].name;
    let other = &members[passed.others.first()?.0].name;
    Some(if help {
        note.help(format!("choose another with `--wire {consumer}#{}={other}`", passed.import))
    } else {
        note
    })
}

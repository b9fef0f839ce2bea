//! Which plug fills which import.
//!
//! In: the socket and the plugs. Out: a choice for each import that is filled, and what was passed over.
//! Holds: the choice depends on names, the plugs' order and shapes only; identities of resources are checked when the
//! graph is built, where they are known.

use std::collections::HashMap;

use diag::{Diagnostic, Place};
use indexmap::IndexMap;
use types::subtype::{Options, find_item, interfaces_used};
use types::{ExternName, Types};

use crate::offers::{Almost, Fit, Offers, Why, are_near, fit, fitting, mismatches};
use crate::part::Part;
use crate::report;
use crate::wiring::all_well;

/// What is decided before anything is wired.
#[derive(Debug, Default)]
pub(super) struct Choices {
    /// By the socket's import, in its order.
    pub filled: IndexMap<ExternName, Choice>,
    /// The socket's imports that stay open.
    pub open: Vec<ExternName>,
    pub almost: Vec<Almost>,
}

/// The export that fills an import.
#[derive(Clone, Debug)]
pub(super) struct Choice {
    pub plug: usize,
    pub export: ExternName,
    /// Other plugs that could fill it too, and their exports.
    pub others: Vec<(usize, ExternName)>,
    /// The import whose types this one gives, if that decided for the plug.
    pub with: Option<ExternName>,
}

pub(super) fn choose(types: &Types, socket: &Part<'_>, plugs: &[Part<'_>]) -> Choices {
    let offers = Offers::of(plugs);
    let mut choices = Choices::default();
    let mut pinned: IndexMap<ExternName, (usize, ExternName)> = IndexMap::new();
    // Users of types come after the interfaces that define them, so that they can decide for those.
    for name in socket.ty.imports.keys().rev() {
        let candidates = candidates(types, socket, plugs, &offers, name, &mut choices.almost);
        let pin = pinned.get(name);
        let with_pin = pin.and_then(|(plug, user)| {
            let found = candidates.iter().find(|(candidate, _)| candidate == plug)?;
            Some((found, Some(user.clone())))
        });
        let Some(((plug, export), with)) = with_pin.or_else(|| Some((candidates.first()?, None))) else {
            choices.almost.extend(of_other_tracks(&offers, name));
            choices.open.push(name.clone());
            continue;
        };
        for used in interfaces_used(types, &socket.ty.imports, name) {
            pinned.entry(used).or_insert((*plug, name.clone()));
        }
        let with = with.filter(|_| candidates.first().is_some_and(|(first, _)| first != plug));
        let others = candidates.iter().filter(|(other, _)| other != plug).cloned().collect();
        choices.filled.insert(name.clone(), Choice { plug: *plug, export: export.clone(), others, with });
    }
    choices.filled.reverse();
    choices.open.reverse();
    choices.almost.reverse();
    choices
}

/// The plugs that can fill an import, best first: those with the exact name, then those with another version of the
/// track that fits. If none fits, those with the exact name, whose differences are told when the graph is built.
fn candidates(
    types: &Types,
    socket: &Part<'_>,
    plugs: &[Part<'_>],
    offers: &Offers,
    name: &ExternName,
    almost: &mut Vec<Almost>,
) -> Vec<(usize, ExternName)> {
    let Some(family) = offers.family(name) else { return Vec::new() };
    let wanted = &socket.ty.imports[name];
    let exact = || offers.exact(name).iter().map(|index| (*index, name.clone()));
    let (mut candidates, differing): (Vec<_>, Vec<_>) =
        exact().partition(|(index, _)| fitting(types, &plugs[*index], name, wanted).is_some());
    for &index in &family.all {
        match fit(types, &plugs[index], name, wanted) {
            Fit::Version(export) => candidates.push((index, export.clone())),
            Fit::Differs(export, why) => {
                let why = Why::Type(why);
                almost.push(Almost { import: name.clone(), by: index, export: export.clone(), why });
            }
            Fit::Exact | Fit::Nothing => {}
        }
    }
    if candidates.is_empty() {
        return differing;
    }
    almost.extend(differing.into_iter().map(|(by, export)| {
        let why = Why::Type(mismatches(types, &plugs[by].ty.exports[&export], wanted));
        Almost { import: name.clone(), by, export, why }
    }));
    candidates
}

/// Exports of an import's interface in versions that cannot fit, the last first as all that is found.
fn of_other_tracks(offers: &Offers, name: &ExternName) -> Vec<Almost> {
    let almost = |(by, export): &(usize, ExternName)| Almost {
        import: name.clone(),
        by: *by,
        export: export.clone(),
        why: Why::Track,
    };
    let mut found: Vec<Almost> = offers.other_tracks(name).take(report::MOST_NAMED).map(almost).collect();
    found.reverse();
    found
}

/// Refuses plugs that fill nothing.
pub(super) fn check(types: &Types, socket: &Part<'_>, plugs: &[Part<'_>], choices: &Choices) -> diag::Result<()> {
    let mut used = vec![false; plugs.len()];
    for choice in choices.filled.values() {
        used[choice.plug] = true;
    }
    let mut passed: HashMap<usize, (&ExternName, &Choice)> = HashMap::new();
    for choice in choices.filled.values() {
        for (other, export) in &choice.others {
            passed.entry(*other).or_insert((export, choice));
        }
    }
    let problems = (0..plugs.len()).filter(|index| !used[*index]).map(|index| {
        let problem = match passed.get(&index) {
            Some((export, choice)) => comes_first(plugs, index, export, choice),
            None => nothing_fits(socket, plugs, choices, index),
        };
        let fills_a_plug = plugs.len() <= MOST_COMPARED
            && (0..plugs.len()).any(|other| other != index && fills(types, &plugs[index], &plugs[other]));
        if fills_a_plug { problem.help(solved(socket, plugs)) } else { problem }
    });
    all_well(problems.collect())
}

/// Whether an export of a plug fits an import of another.
fn fills(types: &Types, plug: &Part<'_>, other: &Part<'_>) -> bool {
    other.ty.imports.iter().any(|(name, wanted)| fitting(types, plug, name, wanted).is_some())
}

/// What to write where plugs need one another.
fn solved(socket: &Part<'_>, plugs: &[Part<'_>]) -> String {
    let files: Vec<&str> = std::iter::once(socket).chain(plugs).map(|part| part.file.as_str()).collect();
    format!("`plug` fills imports of the first component alone: for all use `withe compose {} -o OUT`", files.join(" "))
}

fn comes_first(plugs: &[Part<'_>], index: usize, export: &ExternName, choice: &Choice) -> Diagnostic {
    let (plug, first) = (&plugs[index], &plugs[choice.plug]);
    let headline = format!("`{}` fills nothing: `{}` comes first", plug.file, first.file);
    diag::error("compose/nothing-to-plug", headline)
        .label(plug.export_place(export), "fits, but is taken from the other component")
        .label(first.export_place(&choice.export), "taken from here")
        .help(format!("leave `{}` out, or name it first", plug.file))
}

/// Nothing of a plug fits: what nearly does, each with its reason, and what there is on both sides.
fn nothing_fits(socket: &Part<'_>, plugs: &[Part<'_>], choices: &Choices, index: usize) -> Diagnostic {
    let plug = &plugs[index];
    let headline = format!("no export of `{}` fits an import of `{}`", plug.file, socket.file);
    let mut almost: Vec<Almost> = choices.almost.iter().filter(|almost| almost.by == index).cloned().collect();
    if almost.is_empty() {
        almost = of_like_names(socket, index, plug);
    }
    let error = diag::error("compose/nothing-to-plug", headline);
    almost
        .iter()
        .fold(error, |error, almost| almost.labels(error, plug))
        .label(Place::file(&plug.file), format!("exports {}", report::list(plug.ty.exports.keys())))
        .label(Place::file(&socket.file), format!("imports {}", report::list(socket.ty.imports.keys())))
        .help(help(socket, plug, almost.first()))
}

/// Names that are compared for likeness, of each side; and plugs that are tried on one another.
const MOST_COMPARED: usize = 100;

/// Exports whose names are like those of imports.
fn of_like_names(socket: &Part<'_>, index: usize, plug: &Part<'_>) -> Vec<Almost> {
    let imports = || socket.ty.imports.keys().take(MOST_COMPARED);
    let exports = plug.ty.exports.keys().take(MOST_COMPARED);
    let pairs = exports.flat_map(|export| imports().map(move |import| (export, import)));
    let near = pairs.filter(|(export, import)| are_near(export, import)).take(report::MOST_NAMED);
    let almost = |(export, import): (&ExternName, &ExternName)| Almost {
        import: import.clone(),
        by: index,
        export: export.clone(),
        why: Why::Name,
    };
    near.map(almost).collect()
}

/// The one action that is most likely to help.
fn help(socket: &Part<'_>, plug: &Part<'_>, almost: Option<&Almost>) -> String {
    if let Some(Almost { import, why: Why::Type(_), .. }) = almost {
        return format!("rebuild `{}` against `{import}`", plug.file);
    }
    if plug.bytes == socket.bytes {
        return format!("name a component that exports what `{}` imports", socket.file);
    }
    let tracks = Options { tracks: true };
    if plug.ty.imports.keys().any(|name| find_item(&socket.ty.exports, name, tracks).is_some()) {
        return format!("`{}` is what imports: write `withe plug {} {}`", plug.file, plug.file, socket.file);
    }
    match almost {
        Some(Almost { import, export, .. }) => {
            format!("`{export}` is not `{import}`: rebuild `{}` against the latter", plug.file)
        }
        None => format!("see what `{}` needs with `withe wit {}`", socket.file, socket.file),
    }
}

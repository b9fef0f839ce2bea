//! Which plug fills which import.
//!
//! In: the socket and the plugs. Out: a choice for each import that is filled, and what was passed over.
//! Holds: the choice depends on names, the plugs' order and shapes only; identities of resources are checked when the
//! graph is built, where they are known.

use diag::{Diagnostic, Place};
use indexmap::IndexMap;
use types::equal::Bindings;
use types::subtype::{Options, find_item, interfaces_used};
use types::{ExternName, Mismatch, Types};

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

/// An export of another version of the track, whose type does not fit.
#[derive(Debug)]
pub(super) struct Almost {
    pub import: ExternName,
    pub plug: usize,
    pub export: ExternName,
    pub why: Vec<Mismatch>,
}

pub(super) fn choose(types: &Types, socket: &Part<'_>, plugs: &[Part<'_>]) -> Choices {
    let mut choices = Choices::default();
    let mut pinned: IndexMap<ExternName, (usize, ExternName)> = IndexMap::new();
    // Users of types come after the interfaces that define them, so that they can decide for those.
    for name in socket.ty.imports.keys().rev() {
        let candidates = candidates(types, socket, plugs, name, &mut choices.almost);
        let pin = pinned.get(name);
        let with_pin = pin.and_then(|(plug, user)| {
            let found = candidates.iter().find(|(candidate, _)| candidate == plug)?;
            Some((found, Some(user.clone())))
        });
        let Some(((plug, export), with)) = with_pin.or_else(|| Some((candidates.first()?, None))) else {
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
/// track that fits.
fn candidates(
    types: &Types,
    socket: &Part<'_>,
    plugs: &[Part<'_>],
    name: &ExternName,
    almost: &mut Vec<Almost>,
) -> Vec<(usize, ExternName)> {
    let exact = plugs.iter().enumerate().filter(|(_, plug)| plug.ty.exports.contains_key(name));
    let mut candidates: Vec<(usize, ExternName)> = exact.map(|(index, _)| (index, name.clone())).collect();
    let wanted = &socket.ty.imports[name];
    for (index, plug) in plugs.iter().enumerate() {
        let Some((export, offered)) = find_item(&plug.ty.exports, name, Options { tracks: true }) else { continue };
        if export == name {
            continue;
        }
        let why = types::mismatches(types, offered, wanted, &mut Bindings::new(), Options::default());
        if why.is_empty() {
            candidates.push((index, export.clone()));
        } else {
            almost.push(Almost { import: name.clone(), plug: index, export: export.clone(), why });
        }
    }
    candidates
}

/// Refuses plugs that fill nothing.
pub(super) fn check(socket: &Part<'_>, plugs: &[Part<'_>], choices: &Choices) -> diag::Result<()> {
    let used = |index: usize| choices.filled.values().any(|choice| choice.plug == index);
    let problems = plugs.iter().enumerate().filter(|(index, _)| !used(*index));
    all_well(problems.map(|(index, plug)| nothing_to_plug(socket, plugs, choices, index, plug)).collect())
}

fn nothing_to_plug(
    socket: &Part<'_>,
    plugs: &[Part<'_>],
    choices: &Choices,
    index: usize,
    plug: &Part<'_>,
) -> Diagnostic {
    let taken = choices.filled.iter().find(|(_, choice)| choice.others.iter().any(|(other, _)| *other == index));
    if let Some((name, choice)) = taken {
        return diag::error(
            "compose/nothing-to-plug",
            format!("`{}` fills nothing: `{}` comes first", plug.file, plugs[choice.plug].file),
        )
        .label(plug.export_place(name), "fits, but is taken from the other component")
        .label(plugs[choice.plug].export_place(&choice.export), "taken from here")
        .help(format!("leave `{}` out, or name it first", plug.file));
    }
    let headline = format!("no export of `{}` fits an import of `{}`", plug.file, socket.file);
    let almost: Vec<&Almost> = choices.almost.iter().filter(|almost| almost.plug == index).collect();
    let mut error = diag::error("compose/nothing-to-plug", headline);
    for Almost { export, why, .. } in &almost {
        for mismatch in why {
            let place = Place::binary(&plug.file, format!("export `{export}` / {}", mismatch.path));
            error = error.label(place, mismatch.text());
        }
    }
    let error = error
        .label(Place::file(&plug.file), format!("exports {}", report::list(plug.ty.exports.keys())))
        .label(Place::file(&socket.file), format!("imports {}", report::list(socket.ty.imports.keys())));
    error.help(help(socket, plug, almost.first().copied()))
}

/// The one action that is most likely to help.
fn help(socket: &Part<'_>, plug: &Part<'_>, almost: Option<&Almost>) -> String {
    if let Some(Almost { import, .. }) = almost {
        return format!("rebuild `{}` against `{import}`", plug.file);
    }
    if component::kind_of(plug.bytes) == Some(component::BinaryKind::WitPackage) {
        return format!("`{}` holds WIT and no code: name a component that was built from it", plug.file);
    }
    if plug.bytes == socket.bytes {
        return format!("name a component that exports what `{}` imports", socket.file);
    }
    let tracks = Options { tracks: true };
    if plug.ty.imports.keys().any(|name| find_item(&socket.ty.exports, name, tracks).is_some()) {
        return format!("`{}` is what imports: write `withe plug {} {}`", plug.file, plug.file, socket.file);
    }
    match near_pair(socket, plug) {
        Some((export, import)) => format!("`{export}` is not `{import}`: rebuild `{}` against the latter", plug.file),
        None => format!("see what `{}` needs with `withe wit {}`", socket.file, socket.file),
    }
}

/// An export and an import with the same interface at other versions, or with similar names.
fn near_pair(socket: &Part<'_>, plug: &Part<'_>) -> Option<(String, String)> {
    let pairs = plug.ty.exports.keys().flat_map(|export| socket.ty.imports.keys().map(move |import| (export, import)));
    let mut near = pairs.filter(|(export, import)| are_near(export, import));
    near.next().map(|(export, import)| (export.to_string(), import.to_string()))
}

/// Whether one name may be meant by the other. Two interfaces of one package are alike for most of their length,
/// so each part of a name is compared by itself.
fn are_near(export: &ExternName, import: &ExternName) -> bool {
    let alike = |one: &str, other: &str| one == other || !diag::near_misses(one, [other]).is_empty();
    match (export, import) {
        (ExternName::Interface(export), ExternName::Interface(import)) => {
            alike(&export.interface, &import.interface)
                && alike(&export.package.name, &import.package.name)
                && alike(&export.package.namespace, &import.package.namespace)
        }
        (export, import) => alike(&export.to_string(), &import.to_string()),
    }
}

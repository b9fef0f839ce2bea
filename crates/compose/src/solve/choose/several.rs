//! Imports that several components could give, and no rule decides.
//!
//! In: the choices for each. Out: one error for each set of choices, with the flags to choose by.

use diag::Diagnostic;
use indexmap::IndexMap;
use types::ExternName;

use crate::solve::{IMPORT, Member};

/// Of more choices only these many are shown.
pub(super) const MOST: usize = 10;

/// Who could give an import, and with which export.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Several {
    shown: Vec<(usize, ExternName)>,
    more: usize,
}

impl Several {
    pub(super) fn of(mut found: Vec<(usize, ExternName)>) -> Self {
        let more = found.len().saturating_sub(MOST);
        found.truncate(MOST);
        Self { shown: found, more }
    }
}

/// One error for each import and its choices, whoever asks for it.
pub(super) fn report(members: &[Member<'_>], several: Vec<(usize, ExternName, Several)>) -> Vec<Diagnostic> {
    let mut groups: IndexMap<(ExternName, Several), Vec<usize>> = IndexMap::new();
    for (consumer, import, found) in several {
        groups.entry((import, found)).or_default().push(consumer);
    }
    let error =
        |((import, found), consumers): (&(ExternName, Several), &Vec<usize>)| one(members, import, found, consumers);
    groups.iter().map(error).collect()
}

fn one(members: &[Member<'_>], import: &ExternName, found: &Several, consumers: &[usize]) -> Diagnostic {
    let left = match consumers {
        [one] => format!("{}#{import}", members[*one].name),
        _ => import.to_string(),
    };
    let flag = |provider: &str| format!("--wire {left}={provider}");
    let mut error =
        diag::error("compose/several-providers", format!("several components export `{import}`, which is wanted once"));
    for consumer in consumers.iter().take(MOST) {
        let Member { part, name } = &members[*consumer];
        error = error.label(part.import_place(import), format!("`{name}` imports it"));
    }
    for (by, export) in &found.shown {
        let Member { part, name } = &members[*by];
        error = error.label(part.export_place(export), format!("take it from here with `{}`", flag(name)));
    }
    let flags: Vec<String> = found.shown.iter().map(|(by, _)| format!("`{}`", flag(&members[*by].name))).collect();
    let more = if found.more > 0 { format!(" ({} more export it)", found.more) } else { String::new() };
    error.help(format!("choose one of {}{more}; leave it open with `{}`", flags.join(", "), flag(IMPORT)))
}

//! Fields, cases and flags.
//!
//! In: the members of a type. Out: types without members, members of the same name, too many flags.
//! Holds: names that differ only in capitals or hyphens count as the same.

use std::collections::HashMap;

use diag::Diagnostic;

use super::attributes::Holder;
use super::{Report, attributes, names};
use crate::syntax::ast::{Case, Field, Name, TypeDecl};

const MOST_FLAGS: usize = 32;

pub(super) fn record(report: &mut Report<'_>, decl: &TypeDecl, fields: &[Field]) {
    if fields.is_empty() {
        empty(report, decl, "record", "field");
    }
    fields
        .iter()
        .for_each(|field| attributes::check(report, &field.attributes, Holder::Member("field", &field.name.span)));
    unique(report, "field", fields.iter().map(|field| &field.name));
}

pub(super) fn variant(report: &mut Report<'_>, decl: &TypeDecl, cases: &[Case]) {
    if cases.is_empty() {
        empty(report, decl, "variant", "case");
    }
    members(report, "case", cases);
}

pub(super) fn enum_(report: &mut Report<'_>, decl: &TypeDecl, cases: &[Case]) {
    if cases.is_empty() {
        empty(report, decl, "enum", "case");
    }
    members(report, "case", cases);
}

pub(super) fn flags(report: &mut Report<'_>, decl: &TypeDecl, flags: &[Case]) {
    if flags.is_empty() {
        empty(report, decl, "set of flags", "flag");
    }
    members(report, "flag", flags);
    if let Some(first) = flags.get(MOST_FLAGS) {
        let found = diag::error("wit/too-many-flags", format!("`{}` has more than 32 flags", decl.name.text));
        let found = found.label(report.place(&first.name.span), "the 33rd flag");
        let found = found.label(report.place(&decl.name.span), format!("has {} flags", flags.len()));
        report.add(found.help("split it into two types"));
    }
}

fn members(report: &mut Report<'_>, what: &'static str, cases: &[Case]) {
    cases.iter().for_each(|case| attributes::check(report, &case.attributes, Holder::Member(what, &case.name.span)));
    unique(report, what, cases.iter().map(|case| &case.name));
}

fn empty(report: &mut Report<'_>, decl: &TypeDecl, what: &str, member: &str) {
    if report.is_torn(&decl.span) {
        return;
    }
    let found = diag::error("wit/empty-type", format!("{what} `{}` has no {member}s", decl.name.text));
    report.add(found.label(report.place(&decl.name.span), format!("has no {member}s")).help(format!("add a {member}")));
}

/// Members or parameters of which no two may have the same name.
pub(super) fn unique<'a>(report: &mut Report<'_>, what: &str, members: impl Iterator<Item = &'a Name>) {
    let mut seen: HashMap<String, &Name> = HashMap::new();
    for name in members {
        names::check(report, name);
        if let Some(first) = seen.get(&names::folded(&name.text)) {
            report.add(twice(report, what, name, what, first));
        } else {
            seen.insert(names::folded(&name.text), name);
        }
    }
}

/// A name that was taken already.
pub(super) fn twice(report: &Report<'_>, what: &str, name: &Name, first_what: &str, first: &Name) -> Diagnostic {
    let (text, before) = (&name.text, &first.text);
    let (headline, label) = if text != before {
        let label = "differs from it only in hyphens or capitals";
        (format!("{what} `{text}` counts as the same name as {first_what} `{before}`"), label)
    } else if what == first_what {
        (format!("{what} `{text}` is declared twice"), "declared again")
    } else {
        (format!("{what} `{text}` has the name of {first_what} `{before}`"), "the same name")
    };
    diag::error("wit/duplicate", headline)
        .label(report.place(&name.span), label)
        .label(
            report.place(&first.span),
            if first.span.start < name.span.start { "the first one" } else { "the other one" },
        )
        .help("rename one of the two")
}

//! `@since`, `@unstable`, `@deprecated` and `@external-id`: what they take, how often, and on what.
//!
//! In: the attributes of one item. Out: those that are unknown, misplaced, repeated or wrongly written.
//! Holds: the versions of gates are compared in `gates`, not here.
//!
//! Specification: "WIT", "Feature Gates".

use diag::near_misses;

use super::{Report, names};
use crate::syntax::ast::{Argument, Attribute, Attributes, Span};

const KNOWN: [&str; 4] = ["since", "unstable", "deprecated", "external-id"];

/// What attributes stand in front of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Holder<'a> {
    Interface,
    World,
    Include,
    /// A type, a function, an import, an export, a `use` in an interface or a world.
    Item,
    TopUse(&'a Span),
    NestedPackage(&'a Span),
    /// A field, a case or a flag.
    Member(&'static str, &'a Span),
}

pub(super) fn check(report: &mut Report<'_>, attributes: &Attributes, holder: Holder<'_>) {
    let gates = &attributes.gates;
    let (what, item, help) = match holder {
        Holder::Item | Holder::Interface | Holder::World | Holder::Include => {
            for gate in gates {
                form(report, gate, holder);
            }
            together(report, gates);
            return;
        }
        Holder::TopUse(item) => ("a `use` at the top of a file".to_owned(), item, "remove it"),
        Holder::NestedPackage(item) => ("a package".to_owned(), item, "put it on what stands in the package"),
        Holder::Member(what, item) => (format!("a {what}"), item, "put it on the whole type"),
    };
    for gate in gates {
        let found = diag::error("wit/attribute", format!("`@{}` is not allowed on {what}", gate.name.text));
        let found = found.label(report.place(&gate.span), "not allowed here");
        report.add(found.label(report.place(item), "what it stands on").help(help));
    }
}

/// One attribute by itself.
fn form(report: &mut Report<'_>, gate: &Attribute, holder: Holder<'_>) {
    match gate.name.text.as_str() {
        "since" | "deprecated" => {
            if let Some(version) = only_argument(report, gate, "version", "1.0.0") {
                names::check_version(report, &version.value, &version.value_span);
            }
        }
        "unstable" => {
            if let Some(feature) = only_argument(report, gate, "feature", "name") {
                feature_name(report, feature);
            }
        }
        "external-id" => external_id(report, gate, holder),
        _ => unknown(report, gate),
    }
}

fn unknown(report: &mut Report<'_>, gate: &Attribute) {
    let name = &gate.name.text;
    let help = match near_misses(name, KNOWN).first() {
        Some(near) => format!("did you mean `@{near}`?"),
        None => "write `@since`, `@unstable`, `@deprecated` or `@external-id`".to_owned(),
    };
    let found = diag::error("wit/attribute", format!("there is no attribute `@{name}`"));
    report.add(found.label(report.place(&gate.span), "not known").help(help));
}

/// The one argument that an attribute takes, if it is there under that name.
fn only_argument<'a>(
    report: &mut Report<'_>,
    gate: &'a Attribute,
    wanted: &str,
    example: &str,
) -> Option<&'a Argument> {
    if report.is_torn(&gate.span) {
        return None;
    }
    let attribute = &gate.name.text;
    let Some(first) = gate.arguments.first() else {
        let found = diag::error("wit/attribute", format!("`@{attribute}` says no {wanted}"));
        let found = found.label(report.place(&gate.span), format!("no `{wanted} = ..`"));
        report.add(found.help(format!("write `@{attribute}({wanted} = {example})`")));
        return None;
    };
    let is_wanted = |argument: &Argument| argument.name.as_ref().is_some_and(|name| name.text == wanted);
    if let (false, Some(other)) = (is_wanted(first), gate.arguments.iter().find(|argument| is_wanted(argument))) {
        let found = diag::error("wit/attribute", format!("`@{attribute}` takes `{wanted}` alone"));
        let start = first.name.as_ref().map_or(first.value_span.start, |name| name.span.start);
        let found = found.label(report.place(&(start..first.value_span.end)), "one too many");
        let version = report.text(&other.value_span);
        report.add(found.help(format!("write `@{attribute}({wanted} = {version})`")));
        return Some(other);
    }
    if let Some(second) = gate.arguments.get(1).filter(|_| is_wanted(first)) {
        let found = diag::error("wit/attribute", format!("`@{attribute}` takes one argument"));
        let start = second.name.as_ref().map_or(second.value_span.start, |name| name.span.start);
        let place = report.place(&(start..second.value_span.end));
        report.add(found.label(place, "one too many").help("remove it"));
    }
    let written = report.text(&first.value_span);
    match &first.name {
        Some(name) if name.text == wanted => Some(first),
        Some(name) => {
            let found = diag::error("wit/attribute", format!("`@{attribute}` takes `{wanted}`, not `{}`", name.text));
            let found = found.label(report.place(&name.span), "not known");
            report.add(found.help(match name.text.as_str() {
                "feature" => format!("write `@unstable(feature = {written})`"),
                "version" => format!("write `@since(version = {written})`"),
                _ => format!("write `@{attribute}({wanted} = {written})`"),
            }));
            None
        }
        None => {
            let found = diag::error("wit/attribute", format!("`@{attribute}` does not say `{wanted} =`"));
            let found = found.label(report.place(&first.value_span), format!("no `{wanted} =` in front"));
            report.add(found.help(format!("write `@{attribute}({wanted} = {written})`")));
            None
        }
    }
}

fn feature_name(report: &mut Report<'_>, feature: &Argument) {
    let written = report.text(&feature.value_span);
    if written.starts_with('"') {
        let found = diag::error("wit/attribute", "a feature's name has no quotes");
        let found = found.label(report.place(&feature.value_span), "a string, not a name");
        report.add(found.help(format!("write `feature = {}`", feature.value)));
        return;
    }
    let name = crate::syntax::ast::Name {
        text: written.trim_start_matches('%').to_owned(),
        escaped: written.starts_with('%'),
        span: feature.value_span.clone(),
    };
    names::check(report, &name);
}

fn external_id(report: &mut Report<'_>, gate: &Attribute, holder: Holder<'_>) {
    let what = match holder {
        Holder::World => "a world",
        Holder::Interface => "an interface",
        Holder::Include => "an `include`",
        Holder::Item | Holder::TopUse(_) | Holder::NestedPackage(_) | Holder::Member(..) => {
            external_id_form(report, gate);
            return;
        }
    };
    let found = diag::error("wit/external-id", format!("`@external-id` is not allowed on {what}"));
    let found = found.label(report.place(&gate.span), "not allowed here");
    report.add(found.help("put it on an import, an export, a type or a function"));
}

fn external_id_form(report: &mut Report<'_>, gate: &Attribute) {
    if report.is_torn(&gate.span) {
        return;
    }
    let is_string = |argument: &Argument| argument.name.is_none() && report.text(&argument.value_span).starts_with('"');
    if gate.arguments.len() == 1 && gate.arguments.iter().all(is_string) {
        return;
    }
    let found = diag::error("wit/external-id", "`@external-id` takes one string");
    let found = found.label(report.place(&gate.span), "no string, or more than that");
    report.add(found.help("write `@external-id(\"name\")`"));
}

/// What may not stand side by side.
fn together(report: &mut Report<'_>, gates: &[Attribute]) {
    for known in KNOWN {
        let mut same = gates.iter().filter(|gate| gate.name.text == known);
        let Some(first) = same.next() else { continue };
        for again in same {
            let code = if known == "external-id" { "wit/external-id" } else { "wit/attribute" };
            let found = diag::error(code, format!("`@{known}` stands twice"));
            let found = found.label(report.place(&again.span), "the second one");
            report.add(found.label(report.place(&first.span), "the first one").help("remove one of the two"));
        }
    }
    let named = |name: &str| gates.iter().find(|gate| gate.name.text == name);
    let (since, unstable) = (named("since"), named("unstable"));
    if let (Some(since), Some(unstable)) = (since, unstable) {
        let (first, second) =
            if since.span.start < unstable.span.start { (since, unstable) } else { (unstable, since) };
        let found = diag::error("wit/attribute", "one item is both `@since` a version and `@unstable`");
        let found = found.label(report.place(&second.span), "cannot be both");
        report.add(found.label(report.place(&first.span), "the other one").help("remove one of the two"));
    }
    if let (Some(deprecated), None, None) = (named("deprecated"), since, unstable) {
        // A misspelt gate beside it may be the one that is missing.
        if gates.iter().all(|gate| KNOWN.contains(&gate.name.text.as_str())) {
            let found = diag::error("wit/attribute", "`@deprecated` stands without `@since` or `@unstable`");
            let found = found.label(report.place(&deprecated.name.span), "says not since when it was there");
            report.add(found.help("write `@since(version = ..)` before it"));
        }
    }
}

//! What was found, as text, as JSON, and as diagnostics.

use ::project::Manifest;
use diag::{Diagnostic, Place};
use serde_json::{Value, json};

use super::probe::{LIMIT, State};
use super::{Finding, Wanted, install, is_ready};
use crate::cli::GuestLanguage;

/// One paragraph a language, one line a tool, the command under what does not serve.
pub(super) fn text(wanted: &Wanted, findings: &[Finding]) -> String {
    let width = findings.iter().map(|finding| finding.name.len()).max().unwrap_or(0);
    let mut out = format!("withe {}: needs no other tool\n", env!("CARGO_PKG_VERSION"));
    if let Some(project) = &wanted.project {
        out.push_str(&of_project(project, findings));
    }
    for (heading, group) in groups(wanted, findings) {
        if !group.is_empty() {
            out.push_str(&format!("\n{heading}\n"));
            group.iter().for_each(|finding| out.push_str(&lines(finding, width)));
        }
    }
    out
}

/// Whether all is here that a project is built with.
fn of_project(project: &Manifest, findings: &[Finding]) -> String {
    let lacking: Vec<&str> =
        findings.iter().filter(|finding| finding.is_lacking()).map(|finding| finding.name.as_str()).collect();
    let said = match (findings.is_empty(), lacking.is_empty()) {
        (true, _) => "needs none either".to_owned(),
        (false, true) => "ready".to_owned(),
        (false, false) => format!("needs {}", lacking.join(", ")),
    };
    format!("{}, in `{}`: {said}\n", project.app.name.value, project.source.name)
}

/// What is said together, and what stands over it.
fn groups<'f>(wanted: &Wanted, findings: &'f [Finding]) -> Vec<(String, Vec<&'f Finding>)> {
    let of = |language: Option<GuestLanguage>| {
        let is_of = move |finding: &&Finding| finding.language == language && finding.components.is_empty();
        findings.iter().filter(is_of).collect::<Vec<_>>()
    };
    let mut groups: Vec<_> =
        wanted.languages.iter().map(|language| (heading(*language, findings), of(Some(*language)))).collect();
    groups.push(("other tools:".to_owned(), of(None)));
    let programs = findings.iter().filter(|finding| !finding.components.is_empty()).collect();
    groups.push(("programs that components are made by:".to_owned(), programs));
    groups
}

fn heading(language: GuestLanguage, findings: &[Finding]) -> String {
    let lacking: Vec<&str> = findings
        .iter()
        .filter(|finding| finding.language == Some(language) && finding.is_lacking())
        .map(|finding| finding.name.as_str())
        .collect();
    if is_ready(language, findings) {
        format!("{}: ready", language.title())
    } else {
        format!("{}: needs {}", language.title(), lacking.join(", "))
    }
}

fn lines(finding: &Finding, width: usize) -> String {
    let mut out = format!("  {:width$}  {}, for {}\n", finding.name, in_words(finding), finding.needed_for);
    if !matches!(finding.state, State::Here(_)) {
        out.push_str(&format!("  {:width$}  {}\n", "", finding.install));
    }
    out
}

fn in_words(finding: &Finding) -> String {
    match &finding.state {
        State::Here(found) => found.clone(),
        State::Old(found) => {
            let (major, minor) = finding.oldest.unwrap_or_default();
            format!("{found} is too old: {major}.{minor} or newer is needed")
        }
        State::Silent => format!("does not answer within {} s", LIMIT.as_secs()),
        State::Broken(said) => format!("fails: {said}"),
        State::Missing => "missing".to_owned(),
        State::Unfit(other) => format!("missing, and `{other}`, which is here, does not do instead"),
    }
}

pub(super) fn as_json(finding: &Finding) -> Value {
    let (state, found) = match &finding.state {
        State::Here(found) => ("here", Some(found)),
        State::Old(found) => ("old", Some(found)),
        State::Silent => ("silent", None),
        State::Broken(said) => ("broken", Some(said)),
        State::Missing | State::Unfit(_) => ("missing", None),
    };
    json!({
        "name": finding.name,
        "language": finding.language.map(GuestLanguage::name),
        "components": finding.components,
        "state": state,
        "found": found,
        "oldest": finding.oldest.map(|(major, minor)| format!("{major}.{minor}")),
        "needed": finding.is_needed,
        "needed_for": finding.needed_for,
        "install": finding.install,
    })
}

pub(super) fn project_as_json(project: &Manifest, findings: &[Finding]) -> Value {
    json!({
        "name": project.app.name.value.to_string(),
        "manifest": project.source.name,
        "ready": !findings.iter().any(Finding::is_lacking),
    })
}

/// What `--strict` says of a tool that a language, or a component, cannot do without.
pub(super) fn lacking(finding: &Finding) -> Diagnostic {
    let whose = match (finding.language, finding.components.as_slice()) {
        (Some(language), _) => language.title().to_owned(),
        (None, [one]) => format!("component `{one}`"),
        (None, _) => finding.needed_for.clone(),
    };
    let found = diag::error("doctor/missing-tool", format!("{whose} is not ready: `{}`", finding.name))
        .label(Place::file(finding.name.clone()), in_words(finding));
    found.help(install::as_help(&finding.install))
}

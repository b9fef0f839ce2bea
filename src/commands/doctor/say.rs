//! What was found, as text, as JSON, and as diagnostics.

use diag::{Diagnostic, Place};
use serde_json::{Value, json};

use super::probe::{LIMIT, State};
use super::{Finding, is_ready};
use crate::cli::GuestLanguage;

/// One paragraph a language, one line a tool, the command under what does not serve.
pub(super) fn text(languages: &[GuestLanguage], findings: &[Finding]) -> String {
    let width = findings.iter().map(|finding| finding.tool.name.len()).max().unwrap_or(0);
    let mut out = format!("withe {}: needs no other tool\n", env!("CARGO_PKG_VERSION"));
    let groups = languages.iter().copied().map(Some).chain([None]);
    for group in groups {
        let mut of_group = findings.iter().filter(|finding| finding.tool.language == group).peekable();
        if of_group.peek().is_none() {
            continue;
        }
        out.push_str(&format!("\n{}\n", heading(group, findings)));
        of_group.for_each(|finding| out.push_str(&lines(finding, width)));
    }
    out
}

fn heading(group: Option<GuestLanguage>, findings: &[Finding]) -> String {
    let Some(language) = group else { return "other tools:".to_owned() };
    let lacking: Vec<&str> = findings
        .iter()
        .filter(|finding| finding.tool.language == Some(language) && finding.is_lacking())
        .map(|finding| finding.tool.name)
        .collect();
    if is_ready(language, findings) {
        format!("{}: ready", language.title())
    } else {
        format!("{}: needs {}", language.title(), lacking.join(", "))
    }
}

fn lines(finding: &Finding, width: usize) -> String {
    let tool = finding.tool;
    let mut out = format!("  {:width$}  {}, for {}\n", tool.name, in_words(finding), tool.needed_for);
    if !matches!(finding.state, State::Here(_)) {
        out.push_str(&format!("  {:width$}  {}\n", "", finding.install));
    }
    out
}

fn in_words(finding: &Finding) -> String {
    match &finding.state {
        State::Here(found) => found.clone(),
        State::Old(found) => {
            let (major, minor) = finding.tool.oldest.unwrap_or_default();
            format!("{found} is too old: {major}.{minor} or newer is needed")
        }
        State::Silent => format!("does not answer within {} s", LIMIT.as_secs()),
        State::Broken(said) => format!("fails: {said}"),
        State::Missing => "missing".to_owned(),
        State::Unfit(other) => format!("missing, and `{other}`, which is here, does not do instead"),
    }
}

pub(super) fn as_json(finding: &Finding) -> Value {
    let tool = finding.tool;
    let (state, found) = match &finding.state {
        State::Here(found) => ("here", Some(found)),
        State::Old(found) => ("old", Some(found)),
        State::Silent => ("silent", None),
        State::Broken(said) => ("broken", Some(said)),
        State::Missing | State::Unfit(_) => ("missing", None),
    };
    json!({
        "name": tool.name,
        "language": tool.language.map(GuestLanguage::name),
        "state": state,
        "found": found,
        "oldest": tool.oldest.map(|(major, minor)| format!("{major}.{minor}")),
        "needed": tool.is_needed,
        "needed_for": tool.needed_for,
        "install": finding.install,
    })
}

/// What `--strict` says of a tool that a language cannot do without.
pub(super) fn lacking(finding: &Finding) -> Diagnostic {
    let language = finding.tool.language.map_or("", GuestLanguage::title);
    diag::error("doctor/missing-tool", format!("{language} is not ready: `{}`", finding.tool.name))
        .label(Place::file(finding.tool.name), in_words(finding))
        .help(format!("run `{}`", finding.install))
}

//! Findings as diagnostics, and the lines that sum them up.
//!
//! Holds: what fails the check is an error, what breaks somebody else is a warning, the rest is a note; the first label
//! is at the new side, or at the old one where the new has nothing.

use diag::{Diagnostic, Place, Severity};

use super::bump::Bump;
use super::finding::{Finding, Parties, Said};
use super::report::{FailOn, PackageReport, Report, Verdict};
use super::rules::Class;

/// Everything that changed, and versions that say too little.
pub fn diagnostics(report: &Report, counted: Parties, fail_on: FailOn) -> Vec<Diagnostic> {
    let mut all = Vec::new();
    for package in &report.packages {
        let fails = package.fails(counted, fail_on);
        for finding in &package.findings {
            all.push(diagnostic(finding, severity(finding, counted, fails, fail_on)));
        }
        all.extend(version_too_low(package, counted, fails));
    }
    all
}

fn severity(finding: &Finding, counted: Parties, fails: bool, fail_on: FailOn) -> Severity {
    let breaks = !finding.breaks_binaries().common(counted).is_empty();
    match (fails, breaks) {
        (true, true) => Severity::Error,
        (true, false) if fail_on == FailOn::Any => Severity::Error,
        (false, true) => Severity::Warning,
        (true | false, false) if !finding.breaks.is_empty() => Severity::Warning,
        (true | false, false) => Severity::Note,
    }
}

fn diagnostic(finding: &Finding, severity: Severity) -> Diagnostic {
    let code = finding.rule.code();
    let headline = finding.headline.as_str();
    let mut said = match severity {
        Severity::Error => diag::error(code, headline),
        Severity::Warning => diag::warning(code, headline),
        Severity::Note => diag::note(code, headline),
    };
    for (place, text) in labels(finding) {
        said = said.label(place, text);
    }
    match finding.rule.help().filter(|_| !finding.breaks.is_empty()) {
        Some(help) => said.help(help),
        None => said,
    }
}

/// The new side first, unless it has nothing; the first says whom it breaks, the other which worlds have it.
fn labels(finding: &Finding) -> Vec<(Place, String)> {
    let (old, new) = (&finding.old, &finding.new);
    let label = |said: &Said, there: &str, gone: &str| {
        let text = match &said.text {
            Some(text) => format!("{there} `{text}`"),
            None => gone.to_owned(),
        };
        said.place.clone().map(|place| (place, text))
    };
    let old_label = label(old, "was", "was not here");
    let new_label = label(new, "is", "is not here any more");
    let in_order = if new.text.is_some() { [new_label, old_label] } else { [old_label, new_label] };
    let mut labels: Vec<(Place, String)> = in_order.into_iter().flatten().collect();
    if let (Some((_, text)), Some(effect)) = (labels.first_mut(), effect(finding)) {
        text.push_str(&effect);
    }
    if let Some((_, text)) = labels.last_mut()
        && !finding.worlds.is_empty()
    {
        text.push_str(&format!(" ({})", finding.worlds.join(", ")));
    }
    labels
}

fn effect(finding: &Finding) -> Option<String> {
    let words = finding.breaks.words();
    match (finding.rule.class(), finding.breaks.is_empty()) {
        (Class::Binary, false) => Some(format!(": breaks {words}")),
        (Class::Source, false) => Some(format!(": code of {words} may have to change")),
        (Class::Binary | Class::Source | Class::Note, _) => None,
    }
}

fn version_too_low(package: &PackageReport, counted: Parties, fails: bool) -> Option<Diagnostic> {
    if package.is_enough(counted) != Some(false) {
        return None;
    }
    let ((old, new), needed) = (package.names.as_ref()?, package.needed(counted)?);
    let (_, found) = package.versions()?;
    let what = match package.bump(counted) {
        Bump::Major => "breaks what was made for",
        Bump::None | Bump::Patch | Bump::Minor => "changes",
    };
    let headline = match old == new {
        true => format!("`{new}` {what} the earlier `{old}`, and has its version"),
        false => format!("`{new}` {what} `{old}`, and the version does not say so"),
    };
    let said = match fails {
        true => diag::error("diff/version-too-low", headline),
        false => diag::warning("diff/version-too-low", headline),
    };
    let said = said.label(package.new_place.clone(), format!("is {found}, {needed} is called for"));
    Some(said.help(format!("raise the version to `{needed}`")))
}

/// The verdict for people: a line for each package, and one for each who has something of it.
pub fn verdict_lines(report: &Report, counted: Parties) -> String {
    let mut lines = String::new();
    for package in &report.packages {
        lines.push_str(&package_line(package, counted));
    }
    if report.packages.is_empty() {
        lines.push_str("equal\n");
    }
    for (party, verdict) in report.verdicts() {
        let broken = report.packages.iter().flat_map(|package| &package.findings);
        let count = broken.filter(|finding| finding.breaks_binaries().has(party)).count();
        let plural = if count == 1 { "" } else { "s" };
        let changes = if count == 0 { String::new() } else { format!(", {count} change{plural}") };
        lines.push_str(&format!("  {:<9} {}{changes}\n", party.name(), verdict.name()));
    }
    lines
}

fn package_line(package: &PackageReport, counted: Parties) -> String {
    let verdict = package.verdict(counted);
    let mut line = match &package.names {
        Some((old, new)) if old.version == new.version => format!("{old}: {}", verdict.name()),
        Some((old, new)) => format!("{old} to {new}: {}", verdict.name()),
        None => verdict.name().to_owned(),
    };
    if verdict == Verdict::Equal && !package.findings.is_empty() {
        line.push_str(" but for documentation, gates and versions");
    }
    if let Some(needed) = package.needed(counted) {
        let found = package.versions().map(|(_, found)| format!(", found {found}")).unwrap_or_default();
        line.push_str(&format!("; calls for {needed}{found}"));
    }
    line.push('\n');
    line
}

//! SARIF 2.1.0, the format in which code scanning services take findings.
//!
//! In: findings, the pages of their codes, how the command ended. Out: one log with one run.
//! Holds: the log is valid under the published schema; rules stand in it once, in the order of their first result;
//! the same findings give the same bytes.
//!
//! Specification: SARIF 2.1.0, sections 3.13 "sarifLog object" to 3.49 "reportingDescriptor object".

use std::collections::HashMap;

use serde::Serialize;
use serde_json::Value;

use crate::{Diagnostic, Label, Place, Severity};

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// What is known of a code: its page.
#[derive(Clone, Copy, Debug)]
pub struct Rule<'a> {
    /// One sentence.
    pub summary: &'a str,
    /// Markdown.
    pub page: &'a str,
}

/// The log of one command. `rule` gives the page of a code.
pub fn log<'a>(
    version: &str,
    status: i32,
    diagnostics: &'a [Diagnostic],
    rule: impl Fn(&str) -> Option<Rule<'a>>,
) -> Value {
    let mut rules = Rules::default();
    let results: Vec<Finding<'_>> = diagnostics.iter().map(|one| finding(one, rules.index(one, &rule))).collect();
    let driver = Driver { name: "withe", version, semantic_version: version, rules: rules.list };
    let invocation = Invocation { execution_successful: matches!(status, 0 | 1), exit_code: status };
    let run = Run {
        tool: Tool { driver },
        invocations: [invocation],
        column_kind: "unicodeCodePoints",
        default_encoding: "utf-8",
        results,
    };
    let log = Log { schema: SCHEMA, version: "2.1.0", runs: [run] };
    serde_json::to_value(log).expect("strings, numbers and lists are always JSON")
}

#[derive(Serialize)]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Tool<'a>,
    invocations: [Invocation; 1],
    column_kind: &'static str,
    default_encoding: &'static str,
    results: Vec<Finding<'a>>,
}

#[derive(Serialize)]
struct Tool<'a> {
    driver: Driver<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver<'a> {
    name: &'static str,
    version: &'a str,
    semantic_version: &'a str,
    rules: Vec<Descriptor<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    short_description: Option<Text<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<Text<'a>>,
}

#[derive(Clone, PartialEq, Serialize)]
struct Text<'a> {
    text: std::borrow::Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    markdown: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
    exit_code: i32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Finding<'a> {
    rule_id: &'a str,
    rule_index: usize,
    level: &'static str,
    message: Text<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    locations: Vec<Location<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location<'a>>,
}

#[derive(PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Location<'a> {
    physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    logical_locations: Vec<LogicalLocation<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Text<'a>>,
}

#[derive(PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region>,
}

#[derive(PartialEq, Serialize)]
struct ArtifactLocation {
    uri: String,
}

/// The end is after the last character.
#[derive(PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
    start_column: usize,
    end_line: usize,
    end_column: usize,
}

#[derive(PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct LogicalLocation<'a> {
    fully_qualified_name: &'a str,
}

/// The rules that results name.
#[derive(Default)]
struct Rules<'a> {
    list: Vec<Descriptor<'a>>,
    indices: HashMap<&'a str, usize>,
}

impl<'a> Rules<'a> {
    fn index(&mut self, diagnostic: &'a Diagnostic, rule: &impl Fn(&str) -> Option<Rule<'a>>) -> usize {
        let id = diagnostic.code.0;
        if let Some(index) = self.indices.get(id) {
            return *index;
        }
        let known = rule(id);
        self.list.push(Descriptor {
            id,
            short_description: known.map(|rule| text(rule.summary)),
            help: known.map(|rule| Text { markdown: Some(rule.page), ..text(rule.page) }),
        });
        self.indices.insert(id, self.list.len() - 1);
        self.list.len() - 1
    }
}

fn text(text: &str) -> Text<'_> {
    Text { text: text.into(), markdown: None }
}

fn finding(diagnostic: &Diagnostic, rule_index: usize) -> Finding<'_> {
    let (first, others) = match diagnostic.labels.split_first() {
        Some((first, others)) => (Some(first), others),
        None => (None, &[][..]),
    };
    // The list of related places must not have one twice.
    let mut related_locations: Vec<Location<'_>> = Vec::new();
    for location in others.iter().map(location) {
        if !related_locations.contains(&location) {
            related_locations.push(location);
        }
    }
    Finding {
        rule_id: diagnostic.code.0,
        rule_index,
        level: level(diagnostic.severity),
        message: message(diagnostic),
        locations: first.map(location).into_iter().collect(),
        related_locations,
    }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

/// The headline, and the action that mends it: viewers show little else.
fn message(diagnostic: &Diagnostic) -> Text<'_> {
    match &diagnostic.help {
        Some(help) => Text { text: format!("{}\nhelp: {help}", diagnostic.headline).into(), markdown: None },
        None => text(&diagnostic.headline),
    }
}

fn location(label: &Label) -> Location<'_> {
    let artifact_location = ArtifactLocation { uri: uri(label.place.file_name()) };
    let (region, path) = match &label.place {
        Place::Text { source, span } => {
            let span = source.clamped(span);
            let (start, end) = (source.position(span.start), source.position(span.end));
            let region = Region {
                start_line: start.line,
                start_column: start.column,
                end_line: end.line,
                end_column: end.column,
            };
            (Some(region), None)
        }
        Place::Binary { path, .. } => (None, Some(LogicalLocation { fully_qualified_name: path })),
        Place::File { .. } => (None, None),
    };
    Location {
        physical_location: PhysicalLocation { artifact_location, region },
        logical_locations: path.into_iter().collect(),
        message: (!label.text.is_empty()).then(|| text(&label.text)),
    }
}

/// The file as a URI: relative ones stay so, absolute ones begin with `file://`.
fn uri(file: &str) -> String {
    let file = file.strip_prefix("./").unwrap_or(file).replace('\\', "/");
    let drive = matches!(file.as_bytes(), [letter, b':', b'/', ..] if letter.is_ascii_alphabetic());
    let start = match (drive, file.starts_with('/')) {
        (true, _) => "file:///",
        (false, true) => "file://",
        (false, false) => "",
    };
    let mut uri = String::from(start);
    for (at, byte) in file.bytes().enumerate() {
        let plain = byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'/');
        if plain || (drive && at == 1) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}

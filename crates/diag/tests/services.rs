//! The formats for services: SARIF is read back and held against the rules of its schema, GitHub's commands against
//! the way in which runners read them.

#![allow(clippy::unwrap_used, reason = "tests may unwrap, in their own helper functions too")]

use std::sync::Arc;

use serde_json::{Map, Value};
use withe_diag::sarif::Rule;
use withe_diag::{self as diag, Diagnostic, Place, Source};

/// Findings of all kinds, with texts that a careless renderer would break.
fn findings() -> Vec<Diagnostic> {
    let wit = Arc::new(Source::new("./wit/größe 1.wit", "// 🦀 é\ninterface i {\r\n  a: fnc();\n}\n"));
    let other = Arc::new(Source::new("/abs/o,t:h%er.wit", "x"));
    let at = |part: &str| {
        let start = wit.text.find(part).unwrap();
        Place::text(&wit, start..start + part.len())
    };
    vec![
        diag::error("wit/syntax", "expected `func`, found `fnc`")
            .label(at("fnc"), "here: 100%, or\nnot")
            .label(Place::text(&other, 0..1), "first")
            .label(Place::text(&other, 0..1), "first")
            .label(Place::binary("a.wasm", "export `f`"), "second")
            .help("did you mean `func`?"),
        diag::warning("component/invalid", "two\r\nlines").label(Place::binary("a b.wasm", "export `x:y/z`"), "wrong"),
        diag::note("wit/syntax", "the whole text").label(at(&wit.text), ""),
        diag::error("input/missing-file", "there is no file").label(Place::file(r"C:\x\y#z.wit"), "not found"),
        diag::error("usage/command-line", "no place at all"),
        diag::error("encode/missing-export", "core export `f` is missing")
            .label(Place::binary("m.wasm", "export `f`"), "expected")
            .label(at("a: fnc"), "declared here"),
    ]
}

fn log(findings: &[Diagnostic]) -> Value {
    let rule = |code: &str| {
        (code != "usage/command-line").then_some(Rule { summary: "One sentence.", page: "# page\n\nOne sentence.\n" })
    };
    let text = diag::sarif::log("1.2.3", 1, findings, rule).to_string();
    serde_json::from_str(&text).unwrap()
}

/// The object, which has the properties that it must have and none that the schema does not know.
fn object<'v>(value: &'v Value, must: &[&str], may: &[&str]) -> &'v Map<String, Value> {
    let object = value.as_object().unwrap_or_else(|| panic!("no object: {value}"));
    for name in must {
        assert!(object.contains_key(*name), "`{name}` is missing: {value}");
    }
    for name in object.keys() {
        assert!(must.contains(&name.as_str()) || may.contains(&name.as_str()), "`{name}` is unknown: {value}");
    }
    object
}

fn message(value: &Value) {
    let object = object(value, &["text"], &["markdown"]);
    assert!(object.values().all(|text| text.as_str().is_some_and(|text| !text.is_empty())), "{value}");
}

fn region(value: &Value) {
    let region = object(value, &["startLine", "startColumn", "endLine", "endColumn"], &[]);
    let number = |name: &str| region[name].as_u64().filter(|number| *number >= 1).unwrap();
    let (start, end) = ((number("startLine"), number("startColumn")), (number("endLine"), number("endColumn")));
    assert!(start <= end, "{value}");
}

fn location(value: &Value) {
    let location = object(value, &["physicalLocation"], &["logicalLocations", "message"]);
    let physical = object(&location["physicalLocation"], &["artifactLocation"], &["region"]);
    let uri = object(&physical["artifactLocation"], &["uri"], &[])["uri"].as_str().unwrap();
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~/%:".contains(c);
    assert!(!uri.is_empty() && uri.chars().all(plain) && !uri.contains('\\'), "{uri}");
    assert!(uri.starts_with("file:///") || !uri.contains(':'), "no scheme but `file`: {uri}");
    assert!(uri.split('%').skip(1).all(|rest| u8::from_str_radix(&rest[..2], 16).is_ok()), "{uri}");
    physical.get("region").map(region).unwrap_or_default();
    for logical in location.get("logicalLocations").and_then(Value::as_array).into_iter().flatten() {
        object(logical, &["fullyQualifiedName"], &[]);
    }
    location.get("message").map(message).unwrap_or_default();
}

#[test]
fn sarif_has_the_structure_that_the_schema_asks_for() {
    let findings = findings();
    let log = log(&findings);
    let top = object(&log, &["$schema", "version", "runs"], &[]);
    assert_eq!(top["version"], "2.1.0");
    assert!(top["$schema"].as_str().unwrap().ends_with("/sarif-schema-2.1.0.json"));
    let [run] = &top["runs"].as_array().unwrap()[..] else { panic!("one run: {log}") };
    let run = object(run, &["tool", "results"], &["columnKind", "defaultEncoding", "invocations"]);
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    let driver = &object(&run["tool"], &["driver"], &[])["driver"];
    let driver = object(driver, &["name"], &["version", "semanticVersion", "rules"]);
    assert_eq!((&driver["name"], &driver["version"]), (&"withe".into(), &"1.2.3".into()));
    let rules = driver["rules"].as_array().unwrap();
    for rule in rules {
        let rule = object(rule, &["id"], &["shortDescription", "help"]);
        rule.iter().filter(|(name, _)| *name != "id").for_each(|(_, text)| message(text));
    }
    let invocation = &run["invocations"][0];
    assert_eq!(object(invocation, &["executionSuccessful"], &["exitCode"])["executionSuccessful"], true);
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), findings.len());
    for (result, finding) in results.iter().zip(&findings) {
        let known = ["ruleId", "ruleIndex", "level", "locations", "relatedLocations"];
        let result = object(result, &["message"], &known);
        assert_eq!(result["ruleId"], finding.code.0);
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], finding.code.0);
        assert!(["error", "warning", "note"].contains(&result["level"].as_str().unwrap()));
        message(&result["message"]);
        let list = |name: &str| result.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
        assert_eq!(list("locations").len(), finding.labels.len().min(1));
        let related = list("relatedLocations");
        assert!(related.iter().enumerate().all(|(at, one)| !related[..at].contains(one)), "unique items: {related:?}");
        list("locations").iter().chain(&related).for_each(location);
    }
    assert_eq!(rules.len(), 5, "each code once");
}

#[test]
fn sarif_says_what_the_findings_say() {
    let log = log(&findings());
    let results = &log["runs"][0]["results"];
    let first = &results[0];
    assert_eq!(first["message"]["text"], "expected `func`, found `fnc`\nhelp: did you mean `func`?");
    let place = &first["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "wit/gr%C3%B6%C3%9Fe%201.wit");
    let region = serde_json::json!({ "startLine": 3, "startColumn": 6, "endLine": 3, "endColumn": 9 });
    assert_eq!(place["region"], region);
    assert_eq!(first["relatedLocations"].as_array().unwrap().len(), 2, "the repeated one stands once");
    let absolute = &first["relatedLocations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    assert_eq!(*absolute, "file:///abs/o%2Ct%3Ah%25er.wit");
    assert_eq!(results[1]["locations"][0]["logicalLocations"][0]["fullyQualifiedName"], "export `x:y/z`");
    let drive = &results[3]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    assert_eq!(*drive, "file:///C:/x/y%23z.wit");
    let ended = diag::sarif::log("1", 101, &[], |_| None);
    assert_eq!(ended["runs"][0]["invocations"][0]["executionSuccessful"], false);
    assert_eq!(ended["runs"][0]["results"], serde_json::json!([]), "no result is an empty list, not none");
}

/// A command as a runner reads it: its name, its properties, its message.
fn read(line: &str) -> (String, Vec<(String, String)>, String) {
    let line = line.strip_suffix('\n').unwrap();
    assert!(!line.contains(['\n', '\r']), "{line:?}");
    let (head, message) = line.strip_prefix("::").unwrap().split_once("::").unwrap();
    let (name, properties) = head.split_once(' ').unwrap();
    let unescaped = |text: &str| text.replace("%0D", "\r").replace("%0A", "\n");
    let property = |text: &str| unescaped(text).replace("%3A", ":").replace("%2C", ",").replace("%25", "%");
    let pairs = properties.split(',').map(|pair| pair.split_once('=').unwrap());
    let pairs = pairs.map(|(name, value)| (name.to_owned(), property(value))).collect();
    (name.to_owned(), pairs, unescaped(message).replace("%25", "%"))
}

#[test]
fn github_reads_each_finding_as_one_annotation() {
    let lines: Vec<String> = findings().iter().map(diag::github::render).collect();
    let (name, properties, message) = read(&lines[0]);
    let pairs: Vec<(&str, &str)> = properties.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(name, "error");
    let place = [("file", "wit/größe 1.wit"), ("line", "3"), ("endLine", "3"), ("col", "6"), ("endColumn", "9")];
    assert_eq!(pairs, [&place[..], &[("title", "wit/syntax")]].concat());
    let said = "expected `func`, found `fnc`\nhere: 100%, or\nnot\n/abs/o,t:h%er.wit:1:1: first\n\
                /abs/o,t:h%er.wit:1:1: first\na.wasm (export `f`): second\nhelp: did you mean `func`?";
    assert_eq!(message, said);
    assert_eq!(lines[1], "::warning file=a b.wasm,title=component/invalid::two%0D%0Alines%0Aexport `x:y/z`: wrong\n");
    assert_eq!(read(&lines[2]).0, "notice");
    assert_eq!(lines[3], "::error file=C%3A\\x\\y#z.wit,title=input/missing-file::there is no file%0Anot found\n");
    assert_eq!(lines[4], "::error title=usage/command-line::no place at all\n");
    let (_, properties, message) = read(&lines[5]);
    assert_eq!(properties[1], ("line".to_owned(), "3".to_owned()), "a line is better than none: {properties:?}");
    assert_eq!(message, "core export `f` is missing\nm.wasm (export `f`): expected\ndeclared here");
}

#[test]
fn short_shows_a_line_where_any_label_has_one() {
    let lines: Vec<String> = findings().iter().map(diag::short::render).collect();
    let last = "./wit/größe 1.wit:3:3: error[encode/missing-export]: core export `f` is missing (m.wasm)\n";
    assert_eq!(lines[5], last);
    assert_eq!(lines[1], "a b.wasm:0:0: warning[component/invalid]: two lines (export `x:y/z`)\n");
}

/// Thousands of findings in a long text take time that grows with their number, not with its square.
#[test]
fn places_are_found_in_linear_time() {
    let text = "interface i { a: fnc(); }\n".repeat(100_000);
    let source = Arc::new(Source::new("long.wit", text));
    let start = std::time::Instant::now();
    let mut lines = 0;
    for offset in (0..source.text.len()).step_by(26) {
        lines += source.position(offset).line;
    }
    assert_eq!(lines, 100_000 * 100_001 / 2);
    let last = source.position(usize::MAX);
    assert_eq!((last.line, last.column), (100_001, 1));
    assert!(start.elapsed().as_secs() < 5, "{:?}", start.elapsed());
}

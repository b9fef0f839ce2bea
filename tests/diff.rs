//! `withe diff`, in process: every rule, whom it breaks, versions, exit statuses, all kinds of inputs.
#![expect(clippy::disallowed_methods, clippy::unwrap_used, reason = "tests write files, and unwrap")]

use std::collections::BTreeMap;
use std::path::Path;

use check::diff::RULES;
use serde_json::Value;
use tempfile::TempDir;
use withe::explain::{PAGES, Page};
use withe::io::Stdin;
use withe::{Exit, Io};

struct Ran {
    status: i32,
    out: String,
    err: String,
}

fn run_with(folder: &Path, words: &[&str], stdin: &[u8]) -> Ran {
    let mut io = Io::captured(folder);
    io.stdin = Stdin::Bytes(stdin.to_vec());
    let Exit(status) = withe::run(["withe", "diff"].iter().chain(words).copied(), &mut io);
    Ran { status, out: io.stdout.text(), err: io.stderr.text() }
}

fn run(folder: &Path, words: &[&str]) -> Ran {
    run_with(folder, words, b"")
}

fn json(folder: &Path, words: &[&str]) -> (i32, Value) {
    let ran = run(folder, &[words, &["--format", "json"]].concat());
    let document: Value =
        serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {}{}", ran.out, ran.err));
    assert_eq!(document["status"], ran.status);
    (ran.status, document)
}

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

fn findings(document: &Value) -> Vec<&Value> {
    let packages = document["result"]["packages"].as_array().unwrap();
    packages.iter().flat_map(|package| package["findings"].as_array().unwrap()).collect()
}

fn rules(document: &Value) -> Vec<&str> {
    findings(document).iter().map(|finding| finding["rule"].as_str().unwrap()).collect()
}

/// The words of a list as the rules' table has them.
fn listed(list: &Value) -> String {
    let names: Vec<&str> = list.as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    match names.as_slice() {
        [] => "nobody".to_owned(),
        [one] => (*one).to_owned(),
        [before @ .., last] => format!("{} and {last}", before.join(", ")),
    }
}

/// The files of a page's example, and the words of its command.
fn example(page: &Page) -> Option<(TempDir, Vec<&'static str>)> {
    let mut files: Vec<(&str, String)> = Vec::new();
    let mut open = None;
    let mut command = None;
    for line in page.text.lines() {
        match (line.strip_prefix("```"), open) {
            (Some(info), None) => {
                open = Some(info);
                files.extend(info.split_once("file=").map(|(_, name)| (name, String::new())));
            }
            (Some(_), Some(_)) => open = None,
            (None, Some("console")) => command = line.strip_prefix("$ withe diff "),
            (None, Some(_)) => {
                let (_, text) = files.last_mut().unwrap();
                text.push_str(line);
                text.push('\n');
            }
            (None, None) => {}
        }
    }
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    Some((folder(&files), command?.split(' ').collect()))
}

fn pages() -> impl Iterator<Item = &'static Page> {
    PAGES.iter().filter(|page| page.code.starts_with("diff/"))
}

/// The table of rules: the program has these rules and no others, with these classes, and the examples break whom it says.
#[test]
fn the_table_of_rules_holds() {
    let table = include_str!("../crates/check/rules.md");
    let rows = table.lines().filter_map(|line| line.strip_prefix("| `diff/"));
    let rows: Vec<Vec<&str>> = rows.map(|row| row.trim_end_matches(" |").split(" | ").collect()).collect();
    let listed_rules: Vec<String> = rows.iter().map(|row| format!("diff/{}", row[0].trim_end_matches('`'))).collect();
    let mut known: Vec<&str> = RULES.iter().map(|rule| rule.code()).collect();
    let mut in_table: Vec<&str> = listed_rules.iter().map(String::as_str).collect();
    known.sort_unstable();
    in_table.sort_unstable();
    assert_eq!(in_table, known);
    let mut wrong = Vec::new();
    for (rule, row) in listed_rules.iter().zip(&rows) {
        let page = pages().find(|page| page.code == rule).unwrap();
        assert_eq!(format!("{}.", row[3]), page.summary(), "{rule}");
        let class = RULES.iter().find(|known| known.code() == rule).unwrap().class().name();
        assert_eq!(row[1], class, "{rule}");
        let Some((folder, words)) = example(page) else {
            assert_eq!(rule, "diff/unfit");
            continue;
        };
        let (_, document) = json(folder.path(), &words);
        let found = findings(&document);
        let Some(finding) = found.iter().find(|finding| finding["rule"] == rule.as_str()) else {
            wrong.push(format!("{rule}: not told by its example, {:?}", rules(&document)));
            continue;
        };
        if (finding["class"].as_str(), listed(&finding["breaks"]).as_str()) != (Some(class), row[2]) {
            wrong.push(format!("{rule}: {} in the table, {} in its example", row[2], listed(&finding["breaks"])));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is added one way is removed the other way; a side is equal to itself; text is equal to its binary.
#[test]
fn examples_hold_both_ways_and_in_wasm() {
    let mut count = 0;
    for page in pages() {
        let Some((folder, words)) = example(page) else { continue };
        let [old, new, flags @ ..] = words.as_slice() else { panic!("{}", page.code) };
        let there = json(folder.path(), &words).1;
        let back = json(folder.path(), &[&[*new, *old], flags].concat()).1;
        for (end, opposite) in [("-added", "-removed"), ("-removed", "-added"), ("-renamed", "-renamed")] {
            let of = |document: &Value, end: &str| -> Vec<String> {
                let mut stems: Vec<String> =
                    rules(document).iter().filter_map(|rule| rule.strip_suffix(end).map(str::to_owned)).collect();
                stems.sort();
                stems
            };
            assert_eq!(of(&there, end), of(&back, opposite), "{}", page.code);
        }
        for side in [old, new] {
            let (status, same) = json(folder.path(), &[&[*side, *side], flags].concat());
            assert_eq!((status, rules(&same).len()), (0, 0), "{}", page.code);
            assert_eq!((&same["result"]["verdict"], &same["result"]["bump"]), (&"equal".into(), &"none".into()));
            if side.ends_with(".wit") {
                let binary = folder.path().join("side.wasm");
                let mut io = Io::captured(folder.path());
                let words = [&["withe", "wit", side, "--as", "wasm", "-o", "side.wasm"], flags].concat();
                let words = words.iter().filter(|word| **word != "-v");
                if withe::run(words, &mut io) != Exit::OK {
                    // Of several packages there is no one binary.
                    assert!(io.stderr.text().contains("wit/several-packages"), "{}: {}", page.code, io.stderr.text());
                    continue;
                }
                let (status, same) = json(folder.path(), &[&[*side, binary.to_str().unwrap()], flags].concat());
                assert_eq!((status, rules(&same)), (0, Vec::new()), "{}", page.code);
                count += 1;
            }
        }
    }
    assert!(count > 80, "{count}");
}

const OLD: &str = "package local:shop@1.2.3;\n\ninterface stock {\n  count: func() -> u32;\n}\n\nworld app {\n  import stock;\n  export run: func();\n}\n";

/// The old text with changes.
fn changed(changes: &[(&str, &str)]) -> String {
    changes.iter().fold(OLD.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    })
}

#[test]
fn versions_decide_whether_a_check_fails() {
    let added = ("count: func() -> u32;", "count: func() -> u32;\n  empty: func();");
    let broken = ("-> u32", "-> u64");
    let docs = ("  count", "  /// How many.\n  count");
    let to = |version| ("1.2.3", version);
    // Changes, flags, status, verdict, bump, version that is called for, whether the new one is enough.
    type Case<'a> = (&'a [(&'a str, &'a str)], &'a [&'a str], i32, &'a str, &'a str, Option<&'a str>, Option<bool>);
    let cases: &[Case<'_>] = &[
        (&[], &[], 0, "equal", "none", None, Some(true)),
        (&[to("1.2.4")], &["--fail-on", "any"], 0, "equal", "none", None, Some(true)),
        (&[docs], &[], 0, "equal", "patch", Some("1.2.4"), Some(false)),
        (&[docs], &["--fail-on", "version"], 1, "equal", "patch", Some("1.2.4"), Some(false)),
        (&[docs, to("1.2.4")], &["--fail-on", "version"], 0, "equal", "patch", Some("1.2.4"), Some(true)),
        (&[docs, to("1.2.4")], &["--fail-on", "any"], 1, "equal", "patch", Some("1.2.4"), Some(true)),
        (&[added], &[], 0, "compatible", "minor", Some("1.3.0"), Some(false)),
        (&[added, to("1.2.4")], &["--fail-on", "version"], 1, "compatible", "minor", Some("1.3.0"), Some(false)),
        (&[added, to("1.3.0")], &["--fail-on", "version"], 0, "compatible", "minor", Some("1.3.0"), Some(true)),
        (&[added, to("1.3.0")], &["--for", "providers"], 1, "breaking", "major", Some("2.0.0"), Some(false)),
        (&[added, to("1.3.0")], &["--for", "hosts"], 1, "breaking", "major", Some("2.0.0"), Some(false)),
        (&[added, to("1.3.0")], &["--for", "callers,guests"], 0, "compatible", "minor", Some("1.3.0"), Some(true)),
        (&[added, to("1.3.0")], &["--for", "everyone"], 1, "breaking", "major", Some("2.0.0"), Some(false)),
        (&[added, to("2.0.0")], &["--for", "everyone"], 0, "breaking", "major", Some("2.0.0"), Some(true)),
        (&[broken], &[], 1, "breaking", "major", Some("2.0.0"), Some(false)),
        (&[broken, to("1.3.0")], &[], 1, "breaking", "major", Some("2.0.0"), Some(false)),
        (&[broken, to("1.3.0")], &["--fail-on", "never"], 0, "breaking", "major", Some("2.0.0"), Some(false)),
        (&[broken, to("2.0.0-rc.1")], &[], 0, "breaking", "major", Some("2.0.0"), Some(true)),
        (&[broken, to("2.0.0")], &["--fail-on", "any"], 1, "breaking", "major", Some("2.0.0"), Some(true)),
        (&[broken, ("@1.2.3", "")], &[], 1, "breaking", "major", Some("2.0.0"), None),
    ];
    for (changes, flags, status, verdict, bump, needs, enough) in cases {
        let folder = folder(&[("old.wit", OLD), ("new.wit", &changed(changes))]);
        let (found, document) = json(folder.path(), &[&["old.wit", "new.wit"], *flags].concat());
        let package = &document["result"]["packages"][0];
        let told = (found, package["verdict"].as_str(), package["bump"].as_str());
        assert_eq!(told, (*status, Some(*verdict), Some(*bump)), "{changes:?} {flags:?}\n{document:#}");
        assert_eq!(
            (package["needs"].as_str(), package["enough"].as_bool()),
            (*needs, *enough),
            "{changes:?} {flags:?}"
        );
        // A check fails if and only if there is an error.
        let is_error = |one: &Value| one["severity"] == "error";
        let has_error = document["diagnostics"].as_array().unwrap().iter().any(is_error);
        assert_eq!(has_error, *status == 1, "{changes:?} {flags:?}\n{document:#}");
    }
}

#[test]
fn people_read_a_verdict_and_both_places() {
    let new = changed(&[("-> u32", "-> u64"), ("  export run: func();\n", "")]);
    let folder = folder(&[("old.wit", OLD), ("new.wit", &new)]);
    let mut settings = insta::Settings::clone_current();
    settings.set_omit_expression(true);
    let ran = run(folder.path(), &["old.wit", "new.wit"]);
    settings.bind(|| insta::assert_snapshot!(format!("{}\n{}[{}]\n", ran.err, ran.out, ran.status)));
    let ran = run(folder.path(), &["old.wit", "new.wit", "--format", "short"]);
    assert!(
        ran.err.starts_with("new.wit:4:3: error[diff/result-changed]: function `count` has another result\n"),
        "{}",
        ran.err
    );
    let ran = run(folder.path(), &["old.wit", "old.wit"]);
    assert_eq!((ran.status, ran.err.as_str()), (0, ""));
    assert!(ran.out.starts_with("local:shop@1.2.3: equal\n  callers   equal\n"), "{}", ran.out);
    // Notes and warnings are not said with `-q`; the verdict is.
    let ran = run(folder.path(), &["old.wit", "new.wit", "--fail-on", "never", "-q"]);
    assert_eq!((ran.status, ran.err.as_str()), (0, ""));
    assert!(ran.out.contains(": breaking; calls for 2.0.0, found 1.2.3"), "{}", ran.out);
}

/// A component that exports `add`, with a parameter of this type, and more.
fn component(ty: &str, more: &str) -> String {
    format!(
        "(component\n  {more}\n  (core module $m (func (export \"add\") (param i32) (result i32) (local.get 0)))\n  \
         (core instance $i (instantiate $m))\n  \
         (func (export \"add\") (param \"a\" {ty}) (result u32) (canon lift (core func $i \"add\"))))\n"
    )
}

#[test]
fn components_are_compared_for_those_who_run_them() {
    let folder = folder(&[
        ("old.wat", &component("u32", "")),
        ("same.wat", &component("u32", "(core module)")),
        ("other.wat", &component("s32", "")),
        ("more.wat", &component("u32", "(import \"log\" (func))")),
        (
            "add.wit",
            "package local:add@0.1.0;\nworld add {\n  import log: func();\n  export add: func(a: u32) -> u32;\n}\n",
        ),
    ]);
    let compare = |words: &[&str]| {
        let (status, document) = json(folder.path(), words);
        let rules = rules(&document).iter().map(|rule| (*rule).to_owned()).collect::<Vec<_>>();
        (status, document["result"]["verdict"].as_str().unwrap().to_owned(), rules)
    };
    let expect = |status: i32, verdict: &str, rules: &[&str]| {
        (status, verdict.to_owned(), rules.iter().map(|rule| (*rule).to_owned()).collect::<Vec<_>>())
    };
    assert_eq!(compare(&["old.wat", "same.wat"]), expect(0, "equal", &[]));
    assert_eq!(compare(&["old.wat", "other.wat"]), expect(1, "breaking", &["diff/param-type-changed"]));
    assert_eq!(compare(&["old.wat", "more.wat"]), expect(1, "breaking", &["diff/import-added"]));
    assert_eq!(compare(&["more.wat", "old.wat"]), expect(0, "compatible", &["diff/import-removed"]));
    assert_eq!(compare(&["more.wat", "old.wat", "--for", "guests"]), expect(1, "breaking", &["diff/import-removed"]));
    // Against WIT: the world, which is the only one, or the one that is named.
    assert_eq!(compare(&["add.wit", "more.wat"]), expect(0, "equal", &[]));
    assert_eq!(compare(&["add.wit", "old.wat"]), expect(0, "compatible", &["diff/import-removed"]));
    assert_eq!(compare(&["old.wat", "add.wit", "-w", "add"]), expect(1, "breaking", &["diff/import-added"]));
    // What a component does not use, it does not import: the other way round nothing is advised.
    let advised = |words: &[&str]| run(folder.path(), words).err.contains("`withe validate --target`");
    assert!(advised(&["old.wat", "add.wit", "-w", "add"]) && !advised(&["old.wat", "more.wat"]));
    // Places in binaries are paths in words.
    let (_, document) = json(folder.path(), &["old.wat", "other.wat"]);
    let label = &document["diagnostics"][0]["labels"][0];
    assert_eq!((&label["file"], label["path"].is_string()), (&"other.wat".into(), true), "{document:#}");
    // A component is no WIT with several worlds.
    let ran = run(folder.path(), &["old.wat", "wasi:cli@0.2.0"]);
    assert!(ran.status == 1 && ran.err.contains("error[wit/world-ambiguous]"), "{}", ran.err);
}

#[test]
fn all_kinds_of_inputs_can_be_compared() {
    let new = changed(&[("1.2.3", "1.3.0"), ("  export run", "  import log: func();\n  export run")]);
    let folder = folder(&[("old/shop.wit", OLD), ("new.wit", &new), ("core.wat", "(module)")]);
    let at = folder.path();
    let ran = run_with(at, &["-", "new.wit"], OLD.as_bytes());
    assert!(
        ran.status == 0 && ran.out.contains(": compatible; calls for 1.3.0, found 1.3.0\n"),
        "{}{}",
        ran.out,
        ran.err
    );
    let ran = run(at, &["-", "-"]);
    assert!(ran.status == 2 && ran.err.contains("standard input"), "{}", ran.err);
    let mut io = Io::captured(at);
    let words = ["withe", "embed", "core.wat", "--wit", "new.wit", "-o", "core.wasm"];
    assert_eq!(withe::run(words, &mut io), Exit::OK, "{}", io.stderr.text());
    for (old, new) in [("old", "new.wit"), ("old", "core.wasm")] {
        let (status, document) = json(at, &[old, new, "-w", "app"]);
        assert_eq!((status, rules(&document)), (0, vec!["diff/import-added"]), "{old} {new}");
        let verdicts: BTreeMap<String, String> =
            serde_json::from_value(document["result"]["verdicts"].clone()).unwrap();
        let expected = [("guests", "compatible"), ("hosts", "breaking")];
        assert_eq!(verdicts, expected.map(|(party, verdict)| (party.to_owned(), verdict.to_owned())).into());
    }
    let ran = run(at, &["old", "new.wit", "-w", "apps"]);
    assert!(ran.status == 1 && ran.err.contains("did you mean `-w app`?"), "{}", ran.err);
    let ran = run(at, &["old", "missing.wit"]);
    assert!(ran.status == 1 && ran.err.contains("error[input/missing-file]"), "{}", ran.err);
    // Worlds that are built in, by their names.
    let (status, document) = json(at, &["wasi:cli/imports@0.2.0", "wasi:cli/command@0.2.0"]);
    assert_eq!((status, rules(&document)), (1, vec!["diff/export-added"]));
}

/// Time grows with the size, also where everything is another thing: 2000 functions of one interface in two worlds.
#[test]
fn large_interfaces_are_compared_in_time() {
    let text = |name: &str| {
        let funcs: String = (0..2000).map(|at| format!("  {name}-n{at}: func(a: u32);\n")).collect();
        format!("package a:b@0.1.0;\ninterface i {{\n{funcs}}}\nworld w {{\n  import i;\n  export i;\n}}\n")
    };
    let folder = folder(&[("old.wit", &text("from")), ("new.wit", &text("to"))]);
    let start = std::time::Instant::now();
    let (status, document) = json(folder.path(), &["old.wit", "new.wit"]);
    assert_eq!((status, findings(&document).len()), (1, 4000));
    assert!(start.elapsed() < std::time::Duration::from_secs(20), "{:?}", start.elapsed());
}

/// The fixtures' components and WIT files, as far as they can be read alone, as bytes.
fn inputs() -> Vec<Vec<u8>> {
    let mut folders = vec![testing::root().join("fixtures")];
    let mut inputs = Vec::new();
    while let Some(folder) = folders.pop() {
        for path in testing::cases::entries(&folder) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "wit") {
                inputs.push(std::fs::read(&path).unwrap());
            } else if path.extension().is_some_and(|end| end == "wat") {
                let Ok(text) = std::fs::read_to_string(&path) else { continue };
                let Ok(buffer) = wast::parser::ParseBuffer::new(&text) else { continue };
                let Ok(mut wat) = wast::parser::parse::<wast::Wat<'_>>(&buffer) else { continue };
                let bytes = wat.encode().ok().filter(|bytes| component::kind_of(bytes).is_some());
                inputs.extend(bytes);
            }
        }
    }
    let is_read = |bytes: &Vec<u8>| {
        let options = wit::LoadOptions { all_features: true, ..wit::LoadOptions::default() };
        wit::load(&wit::SourceTree::of_file("a", bytes.clone()), &options).is_ok()
    };
    inputs.retain(is_read);
    inputs
}

/// Anything can be compared with anything: the end is a verdict or a diagnostic, and the same each time.
#[test]
fn fuzz_diff_of_any_inputs() {
    let inputs = inputs();
    assert!(inputs.len() > 50, "{}", inputs.len());
    let folder = tempfile::tempdir().unwrap();
    let verdicts = std::cell::Cell::new(0_u32);
    testing::seeds::check("fuzz_diff_of_any_inputs", 200, |random| {
        let old = random.pick(&inputs);
        let new = match random.below(4) {
            0 => random.pick(&inputs).clone(),
            1 => testing::damage::harmed(random, old, &inputs),
            _ => random.mutate(old),
        };
        std::fs::write(folder.path().join("old"), old).unwrap();
        std::fs::write(folder.path().join("new"), &new).unwrap();
        let words = ["old", "new", "--for", "everyone", "--all-features", "--format", "json"];
        let ran = run(folder.path(), &words);
        let again = run(folder.path(), &words);
        assert!((0..=2).contains(&ran.status), "{}{}", ran.out, ran.err);
        assert_eq!(ran.out, again.out);
        assert!(!ran.out.contains("diff/unfit"), "{}", ran.out);
        verdicts.set(verdicts.get() + u32::from(ran.out.contains("\"verdicts\"")));
    });
    // Of seeds that are given from outside nothing is known.
    let is_asked_for = ["WITHE_FUZZ_SEED", "WITHE_FUZZ_SECONDS"].iter().any(|name| std::env::var(name).is_ok());
    assert!(verdicts.get() > 20 || is_asked_for, "{}", verdicts.get());
}

/// Everything that changed in WASI 0.2 from version to version is compatible, and the versions say as much as changed.
#[test]
fn wasi_grows_and_breaks_nothing() {
    let at = tempfile::tempdir().unwrap();
    let mut told = String::new();
    for package in ["io", "clocks", "random", "filesystem", "sockets", "cli", "http"] {
        for patch in 0..12 {
            let [old, new] = [patch, patch + 1].map(|patch| format!("wasi:{package}@0.2.{patch}"));
            let (status, document) = json(at.path(), &[&old, &new, "--fail-on", "version"]);
            assert_eq!(status, 0, "{old} {new}: {document:#}");
            for finding in findings(&document) {
                if finding["class"] != "note" {
                    let path: Vec<&str> =
                        finding["path"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
                    told.push_str(&format!("{new}: {} {}\n", finding["rule"].as_str().unwrap(), path.join(" / ")));
                }
            }
        }
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(told));
    // 0.3 is another thing.
    let (status, document) = json(at.path(), &["wasi:http@0.2.12", "wasi:http@0.3.0"]);
    assert_eq!((status, &document["result"]["verdict"]), (0, &"breaking".into()));
    assert_eq!(document["result"]["packages"][0]["enough"], true);
}

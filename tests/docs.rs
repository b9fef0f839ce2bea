//! `withe docs`: what is documented, what is written and what stays, and the examples in documentation.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "tests read and write files, and unwrap")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use serde_json::Value;
use withe::{Exit, Io};

const CALC: &str = "package local:calc@1.0.0;\n/// Sums.\ninterface ops {\n  add: func(a: u32, b: u32) -> u32;\n}\nworld calc {\n  export ops;\n}\n";

/// Adds two numbers, under the name `add`.
const ADDS: &str = "(component
  (core module $m (func (export \"add\") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))
  (core instance $i (instantiate $m))
  (func (export \"add\") (param \"a\" u32) (param \"b\" u32) (result u32) (canon lift (core func $i \"add\"))))";

struct Ran {
    exit: i32,
    out: String,
    err: String,
}

fn run(folder: &Path, args: &str) -> Ran {
    let mut io = Io::captured(folder);
    let Exit(exit) = withe::run(["withe", "docs"].into_iter().chain(args.split_whitespace()), &mut io);
    Ran { exit, out: io.stdout.text(), err: io.stderr.text() }
}

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// All files of a folder.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(inner) = open.pop() {
        for entry in fs::read_dir(inner).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
                found.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    found
}

#[test]
fn a_site_is_written_and_says_where() {
    let folder = folder(&[("calc.wit", CALC)]);
    let ran = run(folder.path(), "calc.wit");
    assert_eq!((ran.exit, ran.err.as_str()), (0, ""));
    assert_eq!(ran.out, "target/docs/index.html: 5 pages about 1 package\n");
    let site = contents(&folder.path().join("target/docs"));
    let names: Vec<&str> = site.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "index.html",
            "local/calc/1.0.0/index.html",
            "local/calc/1.0.0/interface.ops.html",
            "local/calc/1.0.0/world.calc.html",
            "search-index.js",
            "site.js",
            "style.css",
            "wit-types.html",
            "withe-docs.txt"
        ]
    );
    let page = String::from_utf8_lossy(&site["local/calc/1.0.0/interface.ops.html"]).into_owned();
    assert!(page.contains("id=\"function.add\"") && page.contains("Sums."), "{page}");
    let json: Value = serde_json::from_str(&run(folder.path(), "calc.wit --title Mine --format json").out).unwrap();
    assert_eq!(json["result"]["packages"], serde_json::json!(["local:calc@1.0.0"]));
    let index = fs::read_to_string(folder.path().join("target/docs/index.html")).unwrap();
    assert!(index.contains("<title>Mine</title>"), "{index}");
}

#[test]
fn what_is_left_is_removed_and_what_is_foreign_stays() {
    let folder = folder(&[("calc.wit", CALC), ("site/notes.txt", "mine"), ("site/local/calc/1.0.0/mine.html", "mine")]);
    let site = folder.path().join("site");
    assert_eq!(run(folder.path(), "calc.wit -o site").exit, 0);
    assert_eq!(run(folder.path(), "calc.wit -o site --check").exit, 0);
    let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
    let types = site.join("wit-types.html");
    fs::File::options().write(true).open(&types).unwrap().set_modified(long_ago).unwrap();

    fs::write(
        folder.path().join("calc.wit"),
        CALC.replace("interface ops", "interface sums").replace("export ops", "export sums"),
    )
    .unwrap();
    let before = contents(&site);
    let ran = run(folder.path(), "calc.wit -o site --check");
    assert_eq!(ran.exit, 1);
    for said in [
        "interface.sums.html` is not there",
        "interface.ops.html` is left of an earlier run",
        "world.calc.html` differs",
    ] {
        assert!(ran.err.contains(said), "{said}: {}", ran.err);
    }
    assert_eq!(contents(&site), before, "`--check` writes nothing");

    assert_eq!(run(folder.path(), "calc.wit -o site").exit, 0);
    let after = contents(&site);
    assert!(!after.contains_key("local/calc/1.0.0/interface.ops.html"));
    assert!(after.contains_key("local/calc/1.0.0/interface.sums.html"));
    assert_eq!((&*after["notes.txt"], &*after["local/calc/1.0.0/mine.html"]), (&b"mine"[..], &b"mine"[..]));
    assert_eq!(fs::metadata(&types).unwrap().modified().unwrap(), long_ago, "what would not change is not touched");
}

#[test]
fn files_of_other_people_are_neither_replaced_nor_removed() {
    let folder = folder(&[
        ("calc.wit", CALC),
        ("site/index.html", "<p>mine</p>"),
        ("site/style.css", "p {}"),
        ("site/keep.html", "<p>mine</p>"),
        ("outside.html", "<!-- @generated by withe -->"),
        (
            "site/withe-docs.txt",
            "@generated by withe: the files of this site\nkeep.html\n../outside.html\n/etc/hostname\n",
        ),
    ]);
    let before = contents(folder.path());
    let ran = run(folder.path(), "calc.wit -o site");
    assert_eq!(ran.exit, 1);
    assert_eq!(ran.err.matches("output/foreign-file").count(), 2, "all at once: {}", ran.err);
    assert_eq!(contents(folder.path()), before, "nothing is written");
    fs::remove_file(folder.path().join("site/index.html")).unwrap();
    fs::remove_file(folder.path().join("site/style.css")).unwrap();
    assert_eq!(run(folder.path(), "calc.wit -o site").exit, 0);
    let after = contents(folder.path());
    assert_eq!(after["site/keep.html"], before["site/keep.html"], "a list does not make a file ours");
    assert_eq!(after["outside.html"], before["outside.html"], "a list leads nowhere outside");
    let ran = run(folder.path(), "calc.wit -o calc.wit");
    assert_eq!((ran.exit, ran.err.contains("a file, where a folder goes")), (1, true), "{}", ran.err);
}

#[test]
fn a_run_that_was_stopped_is_cleaned_up_by_the_next() {
    let folder = folder(&[("calc.wit", CALC)]);
    let site = folder.path().join("site");
    assert_eq!(run(folder.path(), "calc.wit -o site").exit, 0);
    // As a run is stopped behind its first page: the list names what was and what was to be.
    let page = "local/gone/1.0.0/interface.old.html";
    fs::create_dir_all(site.join("local/gone/1.0.0")).unwrap();
    fs::write(site.join(page), "<!DOCTYPE html>\n<!-- @generated by withe -->\n").unwrap();
    let list = fs::read_to_string(site.join("withe-docs.txt")).unwrap();
    fs::write(site.join("withe-docs.txt"), format!("{list}{page}\nlocal/gone/never-written.html\n")).unwrap();
    assert_eq!(run(folder.path(), "calc.wit -o site").exit, 0);
    assert!(!site.join("local/gone").exists());
    assert_eq!(fs::read_to_string(site.join("withe-docs.txt")).unwrap(), list);
}

#[test]
fn all_built_in_packages_are_documented_in_all_versions() {
    let folder = folder(&[]);
    let ran = run(folder.path(), "--wasi --all-features -o site -q");
    assert_eq!((ran.exit, ran.out.as_str(), ran.err.as_str()), (0, "", ""));
    for page in
        ["wasi/http/0.2.12/interface.types.html", "wasi/http/0.3.2/interface.types.html", "wasi/logging/index.html"]
    {
        assert!(folder.path().join("site").join(page).is_file(), "{page}");
    }
    let ran = run(folder.path(), "wasi:http@0.2.12 wasi:cli@0.3.2 -o two");
    assert_eq!(ran.exit, 0, "{}", ran.err);
    assert!(folder.path().join("two/wasi/io/0.2.12/interface.streams.html").is_file(), "what is needed is there too");
}

#[test]
fn features_open_gates() {
    let text = "package a:b@1.0.0;\ninterface i {\n  @unstable(feature = more)\n  f: func();\n  g: func();\n}\n";
    let folder = folder(&[("b.wit", text)]);
    let page = |args: &str| {
        assert_eq!(run(folder.path(), args).exit, 0);
        fs::read_to_string(folder.path().join("site/a/b/1.0.0/interface.i.html")).unwrap()
    };
    assert!(!page("b.wit -o site").contains("function.f"));
    let open = page("b.wit -o site --features more");
    assert!(open.contains("function.f") && open.contains("unstable: more"), "{open}");
}

#[test]
fn a_component_is_documented_as_the_wit_that_it_has() {
    let folder = folder(&[("adds.wat", ADDS)]);
    let ran = run(folder.path(), "adds.wat -o site");
    assert_eq!(ran.exit, 0, "{}", ran.err);
    let page = fs::read_to_string(folder.path().join("site/root").join("component/world.root.html")).unwrap();
    assert!(page.contains("id=\"export.function.add\""), "{page}");
}

#[test]
fn a_project_is_documented_without_a_word() {
    let manifest = "[app]\nname = \"local:app\"\nversion = \"0.1.0\"\n\n[components.calc]\nlanguage = \"wat\"\n\n\
                    [dependencies]\n\"other:shared\" = { path = \"shared\" }\n";
    let shared = "package other:shared@0.2.0;\n/// Shared by all.\ninterface things {\n  type thing = u32;\n}\n";
    let wit = "package local:app@0.1.0;\nworld app {\n  import other:shared/things@0.2.0;\n}\n";
    let folder = folder(&[
        ("withe.toml", manifest),
        ("wit/app.wit", wit),
        ("shared/things.wit", shared),
        ("calc/calc.wat", ADDS),
    ]);
    let below = folder.path().join("calc");
    let ran = run(&below, "");
    assert_eq!((ran.exit, ran.err.as_str()), (0, ""));
    assert_eq!(ran.out, "../target/docs/index.html: 6 pages about 2 packages\n");
    let index = fs::read_to_string(folder.path().join("target/docs/index.html")).unwrap();
    assert!(index.contains("<title>local:app</title>") && index.contains("Needed by these"), "{index}");

    // The same through the lock, of which nothing is asked again.
    let mut io = Io::captured(folder.path());
    assert_eq!(withe::run(["withe", "fetch"], &mut io), Exit(0), "{}", io.stderr.text());
    fs::rename(folder.path().join("shared"), folder.path().join("moved")).unwrap();
    let ran = run(folder.path(), "-o site");
    assert_eq!((ran.exit, ran.out.as_str()), (0, "site/index.html: 6 pages about 2 packages\n"), "{}", ran.err);
    let page = fs::read_to_string(folder.path().join("site/other/shared/0.2.0/interface.things.html")).unwrap();
    assert!(page.contains("Shared by all."), "{page}");
    fs::remove_file(folder.path().join("deps/other/shared/0.2.0.wasm")).unwrap();
    let ran = run(folder.path(), "-o site");
    assert_eq!((ran.exit, ran.err.contains("withe fetch")), (1, true), "{}", ran.err);

    let nowhere = tempfile::tempdir().unwrap();
    let ran = run(nowhere.path(), "");
    assert_eq!((ran.exit, ran.err.contains("what to document is not said")), (2, true), "{}", ran.err);
}

#[test]
fn mistakes_are_told_all_at_once_and_nothing_is_written() {
    let folder = folder(&[("a.wit", CALC), ("b.wit", CALC), ("bad.wit", "package a:b;\ninterface i { f: fnc(); }\n")]);
    let ran = run(folder.path(), "a.wit b.wit bad.wit -o site");
    assert_eq!(ran.exit, 1);
    assert!(ran.err.contains("docs/package-twice") && ran.err.contains("bad.wit:2"), "{}", ran.err);
    let ran = run(folder.path(), "a.wit -o -");
    assert_eq!((ran.exit, ran.err.contains("a site is a folder")), (2, true), "{}", ran.err);
    let ran = run(folder.path(), "missing.wit gone.wit -o site");
    assert_eq!(ran.err.matches("input/missing-file").count(), 2, "{}", ran.err);
    assert!(!folder.path().join("site").exists());
}

/// A package of one function whose documentation has these blocks.
fn documented(blocks: &[(&str, &str)]) -> String {
    let mut text = "package local:calc;\nworld calc {\n  /// The sum.\n".to_owned();
    for (info, lines) in blocks {
        text.push_str(&format!("  ///\n  /// ```{info}\n"));
        lines.lines().for_each(|line| text.push_str(&format!("  /// {line}\n")));
        text.push_str("  /// ```\n");
    }
    text.push_str("  export add: func(a: u32, b: u32) -> u32;\n}\n");
    text
}

fn tested(blocks: &[(&str, &str)]) -> Ran {
    let folder = folder(&[("wit/calc.wit", &documented(blocks)), ("adds.wat", ADDS)]);
    let ran = run(folder.path(), "wit --test adds.wat --format short");
    assert!(!folder.path().join("target").exists(), "`--test` writes nothing");
    ran
}

#[test]
fn examples_are_run() {
    let ran = tested(&[
        ("wave", "add(1, 2) == 3;\nadd(2, 2) == 4;"),
        ("wave,no-run", "sub(1) == 2;"),
        ("rust", "!"),
        ("wave", "add(0, 0) != 1;"),
    ]);
    assert_eq!((ran.exit, ran.err.as_str()), (0, ""));
    assert_eq!(ran.out, "wit/calc.wit: 2 passed\n2 tests in 1 file: all passed\n");
}

#[test]
fn an_example_that_fails_is_told_in_its_line() {
    let ran = tested(&[("wave", "add(1, 2) == 3;\nadd(2, 2) == 5;"), ("wave", "add(1, 1) == 2;")]);
    assert_eq!((ran.exit, ran.out.as_str()), (1, "wit/calc.wit: 1 passed, 1 failed\n2 tests in 1 file: 1 failed\n"));
    assert!(ran.err.starts_with("wit/calc.wit:7:20: error[test/not-equal]: `add (wit/calc.wit:5)`"), "{}", ran.err);
    assert!(!ran.err.contains("--update"), "{}", ran.err);
}

#[test]
fn mistakes_in_examples_are_told_together_before_any_is_run() {
    let ran = tested(&[
        ("wave", "add(1, 2) == 3"),
        ("wave", "add(1, 2);\n}\ntest \"more\" {\nadd(1, 1);"),
        ("wave", "grant env \"A=B\";\nadd(1, 2) == 3;"),
        ("wave,later", "add(1, 2) == 3;"),
        ("wave,no-run", "add(1, 2) == ;"),
    ]);
    let expected = "\
wit/calc.wit:6:20: error[test/syntax]: expected `;`
wit/calc.wit:9:7: error[docs/example]: an example is the body of one test
wit/calc.wit:17:13: error[docs/example]: an example grants nothing
wit/calc.wit:21:7: error[docs/example]: an example cannot be `later`
wit/calc.wit:26:20: error[test/syntax]: expected a value
";
    assert_eq!((ran.exit, ran.out.as_str(), ran.err.as_str()), (1, "", expected));
    let ran = tested(&[("wave", "sub(1, 2) == 3;")]);
    assert_eq!((ran.exit, ran.err.starts_with("wit/calc.wit:6:")), (1, true), "{}", ran.err);
    let ran = tested(&[("rust", "!")]);
    assert_eq!((ran.exit, ran.err.contains("docs/no-examples")), (1, true), "{}", ran.err);
}

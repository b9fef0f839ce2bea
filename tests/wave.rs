//! `withe test`, over `.wave` files.
//!
//! A case is a folder in `fixtures/wave-tests` with a `session.txt`: commands with all that they print, on standard
//! output, then on standard error, then `= STATUS` where it is not 0. `guest NAME` before the first command compiles a
//! guest in Rust, `quiet COMMAND` shows nothing of what is printed; `cat FILE` shows a file. All components of `fixtures/run` and `fixtures/wave-tests` are in the
//! folder too. The examples on the format's page are cases of the same form.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests write the files of their cases, and unwrap")]

use std::path::Path;
use std::process::ExitCode;

use serde_json::Value;
use testing::cases::Suite;
use testing::guest::{Guest, Shape, Target};
use testing::seeds::check;
use testing::{Outcome, Trouble, fixtures, golden, root, scratch, tool};
use withe::{Exit, Io};

fn main() -> ExitCode {
    let suite = Suite::new().folder("wave-tests", &fixtures("wave-tests"), session);
    let tests: [(&str, fn()); 6] = [
        ("json_has_every_test", json_has_every_test),
        ("findings_are_in_the_order_of_the_files", findings_are_in_the_order_of_the_files),
        ("an_update_is_written_whole_or_not_at_all", an_update_is_written_whole_or_not_at_all),
        ("standard_input_may_hold_tests", standard_input_may_hold_tests),
        ("fuzz_wave_files", fuzz_wave_files),
        ("fuzz_wave_texts", fuzz_wave_texts),
    ];
    let suite = tests.into_iter().fold(suite, |suite, (name, test)| {
        suite.test(name, move || {
            test();
            Ok(())
        })
    });
    suite.test("junit_is_read_by_a_consumer", junit_is_read_by_a_consumer).test("the_page_of_the_format", page).run()
}

/// Copies all components, and the files of a case with those in folders below it.
fn prepare(folder: &Path, case: &Path) -> Outcome {
    components(folder)?;
    copy(case, folder)
}

fn components(folder: &Path) -> Outcome {
    for components in [fixtures("run"), fixtures("wave-tests")] {
        for path in testing::cases::entries(&components) {
            if path.extension().is_some_and(|extension| extension == "wat") {
                std::fs::copy(&path, folder.join(path.file_name().unwrap()))?;
            }
        }
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Outcome {
    std::fs::create_dir_all(to)?;
    for path in testing::cases::entries(from) {
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target)?;
        } else if path.file_name().is_some_and(|name| name != "session.txt") {
            std::fs::copy(&path, &target)?;
        }
    }
    Ok(())
}

fn session(case: &Path) -> Outcome {
    let name = case.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let folder = scratch(&format!("wave-{name}"))?;
    prepare(&folder, case)?;
    let text = std::fs::read_to_string(case.join("session.txt"))?;
    golden::compare(&case.join("session.txt"), &replayed(&folder, &text)?)
}

/// The session again, with what the commands print now.
fn replayed(folder: &Path, text: &str) -> Result<String, Trouble> {
    let mut happened = String::new();
    for line in text.lines() {
        if let Some(command) = line.strip_prefix("$ ") {
            if !happened.is_empty() {
                happened += "\n";
            }
            happened += &format!("{line}\n{}", run(folder, command)?);
        } else if let Some(command) = line.strip_prefix("quiet ") {
            run(folder, command)?;
            happened += &format!("{line}\n");
        } else if let Some(guest) = line.strip_prefix("guest ") {
            let source = fixtures("guests").join(guest).join("src/lib.rs");
            let module =
                Guest::new(&source, Target::Unknown, Shape::Library).compile(&format!("guest-wave-{guest}"))?;
            std::fs::copy(module, folder.join(format!("{guest}.core.wasm")))?;
            happened += &format!("{line}\n");
        }
    }
    Ok(happened)
}

fn run(folder: &Path, command: &str) -> Result<String, Trouble> {
    if let Some(file) = command.strip_prefix("cat ") {
        return Ok(std::fs::read_to_string(folder.join(file))?);
    }
    let mut io = Io::captured(folder);
    let exit = withe::run(words(command), &mut io);
    let text: String = [io.stdout.text(), io.stderr.text()].concat();
    // The end of a drawing is an empty line, which would be lost at the end of a command.
    let mut text = text.trim_end().to_owned();
    if !text.is_empty() {
        text += "\n";
    }
    if exit != Exit::OK {
        text += &format!("= {}\n", exit.0);
    }
    Ok(text)
}

/// Words as a shell splits them, with `'` around what has blanks.
fn words(command: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (position, part) in command.split('\'').enumerate() {
        match position % 2 {
            0 => words.extend(part.split_whitespace().map(str::to_owned)),
            _ => words.push(part.to_owned()),
        }
    }
    words
}

/// The page's examples are files, its sessions are run, and its grammar is that of `withe explain test/syntax`.
fn page() -> Outcome {
    let path = root().join("crates/verify/wave-tests.md");
    let shown = std::fs::read_to_string(&path)?;
    let folder = scratch("wave-page")?;
    components(&folder)?;
    let mut found = String::new();
    let mut rest = shown.as_str();
    while let Some((before, after)) = rest.split_once("```") {
        let (block, after) = after.split_once("\n```").ok_or("a block that starts also ends")?;
        let (info, text) = block.split_once('\n').unwrap_or((block, ""));
        found += before;
        if let Some(name) = info.strip_prefix("wave file=") {
            std::fs::write(folder.join(name), format!("{text}\n"))?;
        }
        let text = match info {
            "console" => replayed(&folder, text)?.trim_end().to_owned(),
            _ => text.to_owned(),
        };
        found += &format!("```{info}\n{text}\n```");
        rest = after;
    }
    found += rest;
    let explained = std::fs::read_to_string(root().join("crates/diag/codes/test/syntax.md"))?;
    let grammar = |text: &str| text.split("```text\n").nth(1).map(|rest| rest.split("```").next().map(str::to_owned));
    if grammar(&explained) != grammar(&shown) {
        return Err("the grammar of the page and that of `withe explain test/syntax` differ".into());
    }
    golden::compare(&path, &found)
}

/// A folder with all components and these files.
fn folder_of(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    components(folder.path()).unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

/// Status, standard output, standard error.
fn withe(folder: &Path, args: &[&str]) -> (i32, String, String) {
    let mut io = Io::captured(folder);
    let exit = withe::run([&["withe"], args].concat(), &mut io);
    (exit.0, io.stdout.text(), io.stderr.text())
}

const MIXED: &str =
    "component \"calc.wat\";\ntest \"adds\" { add(1, 2) == 3; }\ntest \"<&\\\"'>\" { add(1, 2) == 4; }\n";
const PRINTS: &str = "component \"hello.wat\";\ntest \"prints\" { run() == err; }\n";

fn json_has_every_test() {
    let folder = folder_of(&[("a.wave", MIXED), ("b.wave", "component \"calc.wat\""), ("c.wave", PRINTS)]);
    let (status, out, err) = withe(folder.path(), &["test", "--format", "json"]);
    assert_eq!((status, err.as_str()), (1, ""));
    let document: Value = serde_json::from_str(&out).unwrap();
    let result = &document["result"];
    assert_eq!((&result["passed"], &result["failed"], &result["updated"]), (&1.into(), &2.into(), &0.into()));
    let files = result["files"].as_array().unwrap();
    let outcomes: Vec<&str> = files.iter().map(|file| file["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["failed", "mistakes", "failed"]);
    let tests = files[0]["tests"].as_array().unwrap();
    assert_eq!(
        (&tests[0]["name"], &tests[0]["outcome"], &tests[0]["line"]),
        (&"adds".into(), &"passed".into(), &2.into())
    );
    assert!(tests[0]["failure"].is_null() && tests[0]["milliseconds"].as_f64().unwrap() > 0.0);
    assert!(tests[1]["failure"].as_str().unwrap().contains("gave another value"));
    assert_eq!(files[2]["tests"][0]["stdout"], "hello, world\n");
    let codes: Vec<&str> =
        document["diagnostics"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["test/not-equal", "test/syntax", "test/not-equal"]);
    let (status, out, _) = withe(folder.path(), &["test", "a.wave", "--list", "--format", "json"]);
    let document: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((status, &document["result"]["files"][0]["tests"][1]["name"]), (0, &"<&\"'>".into()));
}

/// Prints what the Python package `junitparser` reads.
const CONSUMER: &str = r#"
import json, sys, junitparser
document = junitparser.JUnitXml.fromfile(sys.argv[1])
def case(case):
    results = [[type(result).__name__, result.type, result.message, result.text] for result in case.result]
    return [case.name, case.classname, case.time, results, case.system_out]
suites = [[suite.name, suite.tests, suite.failures, suite.errors, [case(one) for one in suite]] for suite in document]
print(json.dumps([document.tests, document.failures, document.errors, suites]))
"#;

fn junit_is_read_by_a_consumer() -> Outcome {
    let folder = folder_of(&[
        ("a.wave", MIXED),
        ("b.wave", "component \"calc.wat\""),
        ("c.wave", PRINTS),
        ("d.wave", "component \"calc.wat\";\ntest \"control\" { echo(\"\\u{1}\\u{1b}<\\u{0}]]>\") == \"\"; }\n"),
    ]);
    let (status, out, err) = withe(folder.path(), &["test", "--format", "junit"]);
    assert_eq!(status, 1);
    // What failed stands in the log as well.
    assert!(err.contains("error[test/not-equal]") && err.contains("error[test/syntax]"), "{err}");
    assert!(!out.contains('\u{1}') && !out.contains('\u{1b}') && !out.contains('\u{0}'));
    let (status, nothing, err) = withe(folder.path(), &["validate", "calc.wat", "--format", "junit"]);
    assert!(status == 2 && nothing.is_empty() && err.contains("`--format junit` is for `withe test`"), "{err}");

    let document = folder.path().join("junit.xml");
    std::fs::write(&document, &out)?;
    let mut python = tool::python("junitparser")?;
    let read: Value = serde_json::from_str(&tool::run(python.args(["-c", CONSUMER]).arg(&document))?).unwrap();
    assert_eq!((&read[0], &read[1], &read[2]), (&5.into(), &3.into(), &1.into()));
    let names: Vec<&str> = read[3].as_array().unwrap().iter().map(|suite| suite[0].as_str().unwrap()).collect();
    assert_eq!(names, ["a.wave", "b.wave", "c.wave", "d.wave"]);
    let case = |suite: usize, case: usize| &read[3][suite][4][case];
    assert!(case(0, 0)[3] == serde_json::json!([]) && case(0, 0)[2].as_f64().unwrap() >= 0.0, "{read:#}");
    assert_eq!((&case(0, 1)[0], &case(0, 1)[1]), (&"<&\"'>".into(), &"a.wave".into()));
    let failure = &case(0, 1)[3][0];
    assert_eq!((&failure[0], &failure[1]), (&"Failure".into(), &"test/not-equal".into()));
    assert!(failure[2].as_str().unwrap().contains("`<&\"'>`"), "{failure}");
    assert!(failure[3].as_str().unwrap().contains("expected `4`, found `3`"), "{failure}");
    assert_eq!((&case(1, 0)[3][0][0], &case(1, 0)[3][0][1]), (&"Error".into(), &"test/syntax".into()));
    assert_eq!(case(2, 0)[4], "hello, world\n");
    Ok(())
}

/// Files run in parallel, and what is said is the same each time.
fn findings_are_in_the_order_of_the_files() {
    let text = |number: u32| {
        let slow = if number.is_multiple_of(2) { "test \"slow\" { limit timeout \"100ms\"; spin(); }\n" } else { "" };
        format!("component \"calc.wat\";\n{slow}test \"adds\" {{ add({number}, 0) == 100; }}\n")
    };
    let texts: Vec<(String, String)> = (0..6).map(|number| (format!("{number}.wave"), text(number))).collect();
    let files: Vec<(&str, &str)> = texts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let folder = folder_of(&files);
    let first = withe(folder.path(), &["test"]);
    let order: Vec<&str> =
        first.1.lines().filter_map(|line| line.split_once(".wave").map(|(number, _)| number)).collect();
    assert_eq!(order, ["0", "1", "2", "3", "4", "5"], "{}", first.1);
    assert!(first.1.ends_with("9 tests in 6 files: 9 failed\n"), "{}", first.1);
    assert_eq!(withe(folder.path(), &["test"]), first);
}

fn an_update_is_written_whole_or_not_at_all() {
    let folder = folder_of(&[("a.wave", MIXED)]);
    let path = folder.path().join("a.wave");
    let (status, out, _) = withe(folder.path(), &["test", "--update", "-q"]);
    assert_eq!((status, out.as_str()), (0, ""));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), MIXED.replace("== 4", "== 3"));
    let modified = std::fs::metadata(&path).unwrap().modified().unwrap();
    assert_eq!(withe(folder.path(), &["test", "--update"]).0, 0);
    assert_eq!(
        std::fs::metadata(&path).unwrap().modified().unwrap(),
        modified,
        "nothing differs, so nothing is written"
    );
    let names: Vec<_> = testing::cases::entries(folder.path());
    assert!(names.iter().all(|path| !path.to_string_lossy().contains(".withe-")), "{names:?}");
}

fn standard_input_may_hold_tests() {
    let folder = folder_of(&[]);
    let mut io = Io::captured(folder.path());
    io.stdin = withe::io::Stdin::Bytes(MIXED.as_bytes().to_vec());
    let exit = withe::run(["withe", "test", "-"], &mut io);
    assert_eq!((exit, io.stdout.text().lines().next()), (Exit::INPUT, Some("<stdin>: 1 passed, 1 failed")));
}

/// Every word of the language, in any order, ends in a file or in mistakes whose places are in the text.
fn fuzz_wave_texts() {
    let words = [
        "component",
        "grant",
        "limit",
        "mock",
        "test",
        "let",
        "instance",
        "calls",
        "http",
        "GET",
        "header",
        "body",
        "404",
        "stdout",
        "contains",
        "traps",
        "exits",
        "then",
        "handle",
        "new",
        "a",
        "_",
        "%ok",
        "1.5",
        "\"x\"",
        "\"\"\"",
        "\"",
        "'",
        "'\\''",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ";",
        ",",
        "=",
        "==",
        "!=",
        "->",
        "::",
        ":",
        "//",
        "\n",
        "\u{e9}",
        "@",
        "#",
        "\\",
    ];
    check("fuzz_wave_texts", 3000, |random| {
        let start = *random.pick(&["", "component \"a\";\n", "test \"a\" {", "mock \"a\" { f("]);
        let soup: Vec<&str> = (0..random.below(40)).map(|_| *random.pick(&words)).collect();
        let text = format!("{start}{}", soup.join(*random.pick(&["", " "])));
        if let Err(mistakes) = verify::test::Suite::parse("a.wave", text.clone()) {
            for label in mistakes.0.iter().flat_map(|mistake| &mistake.labels) {
                if let diag::Place::Text { span, .. } = &label.place {
                    assert!(text.get(span.clone()).is_some(), "{text:?} {label:?}");
                }
            }
        }
    });
}

/// Damaged files end in a diagnostic or in results, and in nothing else.
fn fuzz_wave_files() {
    let mut texts = vec![MIXED.to_owned(), PRINTS.to_owned()];
    for case in testing::cases::directories(&fixtures("wave-tests")) {
        let files =
            testing::cases::entries(&case).into_iter().filter(|path| path.extension().is_some_and(|end| end == "wave"));
        texts.extend(files.map(|path| std::fs::read_to_string(path).unwrap()));
    }
    assert!(texts.len() > 10, "{} files", texts.len());
    let folder = folder_of(&[]);
    check("fuzz_wave_files", 150, |random| {
        let bytes = random.mutate(random.clone().pick(&texts).as_bytes());
        // Not every loop has to reach its limit here.
        let text = String::from_utf8_lossy(&bytes).replace("spin", "fail").replace("hello", "calc");
        std::fs::write(folder.path().join("a.wave"), text).unwrap();
        for args in [&["test", "a.wave", "--list"][..], &["test", "a.wave", "--filter", "a"]] {
            let (status, _, err) = withe(folder.path(), args);
            assert!(status <= 2, "{args:?} ends with {status}:\n{err}");
        }
    });
}

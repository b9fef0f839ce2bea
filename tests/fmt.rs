//! `withe fmt`: which files are written, and what is said.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "tests read and write files, and unwrap")]

use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};
use withe::io::Stdin;
use withe::{Exit, Io};

const UGLY: &str = "package a:b;\ninterface i {f:func();}\n";
const TIDY: &str = "package a:b;\ninterface i {\n  f: func();\n}\n";
const BROKEN: &str = "package a:b;\ninterface i {f:fucn()}\n";

struct Ran {
    exit: i32,
    out: String,
    err: String,
}

fn run(folder: &Path, args: &[&str]) -> Ran {
    run_on(folder, args, "")
}

fn run_on(folder: &Path, args: &[&str], stdin: &str) -> Ran {
    let mut io = Io::captured(folder);
    io.stdin = Stdin::Bytes(stdin.as_bytes().to_vec());
    let Exit(exit) = withe::run(["withe", "fmt"].iter().chain(args), &mut io);
    Ran { exit, out: io.stdout.text(), err: io.stderr.text() }
}

/// A folder with WIT at several depths, and with what is not to be touched.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let files = [
        ("wit/ugly.wit", UGLY),
        ("wit/tidy.wit", TIDY),
        ("wit/deps/c/d.wit", UGLY),
        ("wit/notes.md", UGLY),
        ("wit/node_modules/x.wit", UGLY),
        ("wit/.hidden/x.wit", UGLY),
    ];
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn read(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).unwrap()
}

#[test]
fn a_folder_is_formatted_and_nothing_else() {
    let folder = folder();
    let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
    let tidy = folder.path().join("wit/tidy.wit");
    fs::File::options().write(true).open(&tidy).unwrap().set_modified(long_ago).unwrap();
    let ran = run(folder.path(), &["wit"]);
    assert_eq!((ran.exit, ran.out.as_str(), ran.err.as_str()), (0, "", "3 files: 2 formatted\n"));
    for name in ["wit/ugly.wit", "wit/tidy.wit", "wit/deps/c/d.wit"] {
        assert_eq!(read(folder.path(), name), TIDY, "{name}");
    }
    for name in ["wit/notes.md", "wit/node_modules/x.wit", "wit/.hidden/x.wit"] {
        assert_eq!(read(folder.path(), name), UGLY, "{name}");
    }
    assert_eq!(fs::metadata(&tidy).unwrap().modified().unwrap(), long_ago, "it would not change, so it is not touched");
    let again = run(folder.path(), &["wit", "wit/ugly.wit"]);
    assert_eq!((again.exit, again.err.as_str()), (0, "3 files: all formatted already\n"));
}

#[test]
fn a_check_names_each_file_and_writes_none() {
    let folder = folder();
    let ran = run(folder.path(), &["wit", "--check", "--format", "short"]);
    assert_eq!(ran.exit, 1);
    let said: Vec<&str> = ran.err.lines().collect();
    assert_eq!(said.len(), 2, "{}", ran.err);
    assert!(
        said[0].starts_with("wit/ugly.wit:2:1: error[output/differs]: `wit/ugly.wit` is not formatted"),
        "{}",
        said[0]
    );
    assert!(said[1].starts_with("wit/deps/c/d.wit:2:1: error[output/differs]"), "{}", said[1]);
    assert_eq!(read(folder.path(), "wit/ugly.wit"), UGLY);
    assert_eq!(run(folder.path(), &["wit/tidy.wit", "--check"]).exit, 0);
}

#[test]
fn what_is_left_of_a_text_differs_too() {
    let folder = tempfile::tempdir().unwrap();
    for text in [format!("{TIDY}\n\n"), TIDY.trim_end().to_owned()] {
        fs::write(folder.path().join("a.wit"), text).unwrap();
        let ran = run(folder.path(), &["a.wit", "--check"]);
        assert_eq!(ran.exit, 1);
        assert!(ran.err.contains("help: run `withe fmt a.wit`"), "{}", ran.err);
        assert_eq!(run(folder.path(), &["a.wit"]).exit, 0);
        assert_eq!(read(folder.path(), "a.wit"), TIDY);
    }
}

#[test]
fn a_file_with_errors_stays_and_the_others_are_formatted() {
    let folder = folder();
    fs::write(folder.path().join("wit/broken.wit"), BROKEN).unwrap();
    fs::write(folder.path().join("wit/bytes.wit"), b"package a:b;\n// \xff\n").unwrap();
    let ran = run(folder.path(), &["wit", "missing.wit"]);
    assert_eq!(ran.exit, 1);
    assert!(ran.err.contains("error[wit/syntax]") && ran.err.contains("wit/broken.wit:2:"), "{}", ran.err);
    assert!(ran.err.contains("error[wit/not-text]: `wit/bytes.wit`"), "{}", ran.err);
    assert!(ran.err.contains("error[input/missing-file]"), "{}", ran.err);
    assert!(ran.err.ends_with("6 files: 2 formatted, 3 refused\n"), "{}", ran.err);
    assert_eq!(read(folder.path(), "wit/broken.wit"), BROKEN);
    assert_eq!(read(folder.path(), "wit/ugly.wit"), TIDY);
}

#[test]
fn other_files_are_no_matter_of_this_command() {
    let folder = folder();
    let ran = run(folder.path(), &["wit/ugly.wit", "wit/notes.md"]);
    assert_eq!(ran.exit, 2);
    assert!(ran.err.contains("`wit/notes.md` is no `.wit` file"), "{}", ran.err);
    assert_eq!(read(folder.path(), "wit/ugly.wit"), UGLY, "nothing is done for a wrong command line");
    assert_eq!(run(folder.path(), &[]).exit, 2);
}

#[test]
fn standard_input_goes_to_standard_output() {
    let folder = tempfile::tempdir().unwrap();
    let ran = run_on(folder.path(), &["-", "-q"], UGLY);
    assert_eq!((ran.exit, ran.out.as_str(), ran.err.as_str()), (0, TIDY, ""));
    assert_eq!(run_on(folder.path(), &["-", "-q"], TIDY).out, TIDY);
    let ran = run_on(folder.path(), &["-", "--check"], UGLY);
    assert_eq!((ran.exit, ran.out.as_str()), (1, ""));
    let ran = run_on(folder.path(), &["-"], BROKEN);
    assert_eq!((ran.exit, ran.out.as_str()), (1, ""));
    assert!(ran.err.contains("error[wit/syntax]"), "{}", ran.err);
}

#[test]
fn json_is_one_document() {
    let folder = folder();
    fs::write(folder.path().join("wit/broken.wit"), BROKEN).unwrap();
    let ran = run(folder.path(), &["wit", "--format", "json"]);
    assert_eq!(ran.err, "");
    let document: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((&document["command"], &document["status"]), (&"fmt".into(), &1.into()));
    let of = |file: &str, outcome: &str| json!({ "file": file, "outcome": outcome });
    let files = json!([
        of("wit/broken.wit", "refused"),
        of("wit/tidy.wit", "unchanged"),
        of("wit/ugly.wit", "formatted"),
        of("wit/deps/c/d.wit", "formatted"),
    ]);
    assert_eq!(document["result"], json!({ "files": files }));
    let ran = run_on(folder.path(), &["-", "--format", "json"], UGLY);
    let document: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(document["result"], json!({ "files": [of("-", "formatted")], "text": TIDY }));
}

#[test]
fn line_ends_stay() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.wit"), UGLY.replace('\n', "\r\n")).unwrap();
    assert_eq!(run(folder.path(), &["a.wit"]).exit, 0);
    assert_eq!(read(folder.path(), "a.wit"), TIDY.replace('\n', "\r\n"));
    assert_eq!(run(folder.path(), &["a.wit", "--check"]).exit, 0);
}

#[cfg(unix)]
#[test]
fn links_are_followed_and_stay_links() {
    use std::os::unix::fs::symlink;
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    symlink("wit/ugly.wit", at("link.wit")).unwrap();
    symlink("..", at("wit/deps/up")).unwrap();
    symlink(".", at("wit/self")).unwrap();
    symlink("nowhere.wit", at("wit/gone.wit")).unwrap();
    let ran = run(folder.path(), &["link.wit"]);
    assert_eq!((ran.exit, ran.err.as_str()), (0, "1 file: 1 formatted\n"));
    assert!(fs::symlink_metadata(at("link.wit")).unwrap().is_symlink());
    assert_eq!(read(folder.path(), "wit/ugly.wit"), TIDY);
    let ran = run(folder.path(), &["wit"]);
    assert_eq!(ran.exit, 1, "a link to nowhere cannot be read");
    assert!(ran.err.ends_with("4 files: 1 formatted, 1 refused\n"), "{}", ran.err);
}

#[test]
fn a_folder_without_wit_is_told() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("empty")).unwrap();
    let ran = run(folder.path(), &["empty"]);
    assert!(ran.exit == 1 && ran.err.contains("error[wit/no-wit]: `empty` holds no WIT"), "{}", ran.err);
}

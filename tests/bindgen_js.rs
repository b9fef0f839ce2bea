//! `withe bindgen js`: every flag, what is written and what is kept. What stands in the files is tested in
//! `crates/bindgen-js/tests/dts.rs`.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "tests read and write files, and unwrap")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use withe::{Exit, Io};

const CALC: &str = "package local:calc@1.0.0;
interface ops { add: func(a: u32, b: u32) -> u32; }
world calc { import log: func(text: string); export ops; }
world other { import ops; }
";

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("calc.wit"), CALC).unwrap();
    folder
}

/// The status, and what was said.
fn run(folder: &Path, line: &str) -> (i32, String) {
    let mut io = Io::captured(folder);
    let Exit(exit) = withe::run("withe bindgen js".split(' ').chain(line.split(' ')), &mut io);
    (exit, io.stderr.text())
}

/// The files below a folder, by path.
fn files(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            found.extend(files(&path).into_iter().map(|(inner, text)| (format!("{name}/{inner}"), text)));
        } else {
            found.insert(name, fs::read_to_string(path).unwrap());
        }
    }
    found
}

fn made(folder: &Path, line: &str) -> BTreeMap<String, String> {
    assert_eq!(run(folder, &format!("{line} -o out")), (0, String::new()), "{line}");
    let found = files(&folder.join("out"));
    fs::remove_dir_all(folder.join("out")).unwrap();
    found
}

#[test]
fn both_sides_are_written() {
    let folder = folder();
    let guest = made(folder.path(), "calc.wit -w calc");
    assert_eq!(guest, made(folder.path(), "calc.wit -w calc --side guest"));
    assert_eq!(guest.keys().collect::<Vec<_>>(), ["calc.d.ts", "interfaces/local-calc-ops.d.ts"]);
    assert!(guest["calc.d.ts"].contains("declare module 'log'"), "{guest:?}");

    let host = made(folder.path(), "calc.wit -w calc --side host");
    assert_eq!(host.keys().collect::<Vec<_>>(), ["calc.d.ts", "interfaces/local-calc-ops.d.ts"]);
    assert!(host["calc.d.ts"].contains("export * as 'local:calc/ops@1.0.0'"), "{host:?}");
    assert_eq!(host, made(folder.path(), "calc.wit -w calc --side host --instantiation esm"));
    let asynchronous = made(folder.path(), "calc.wit -w calc --side host -I async");
    assert!(asynchronous["calc.d.ts"].contains("): Promise<Calc>;"), "{asynchronous:?}");
    let sync = made(folder.path(), "calc.wit -w calc --side host --instantiation sync");
    assert!(sync["calc.d.ts"].contains("): Calc;"), "{sync:?}");
}

#[test]
fn the_file_has_the_name_of_the_world_or_of_the_component() {
    let folder = folder();
    let named = made(folder.path(), "calc.wit -w other --name sums");
    assert_eq!(named.keys().collect::<Vec<_>>(), ["interfaces/local-calc-ops.d.ts", "sums.d.ts"]);
    let component = "(component (core module $m (func (export \"f\"))) (core instance $i (instantiate $m))
        (func (export \"go\") (canon lift (core func $i \"f\"))))";
    fs::write(folder.path().join("adder.component.wat"), component).unwrap();
    let found = made(folder.path(), "adder.component.wat --side host");
    assert_eq!(found.keys().collect::<Vec<_>>(), ["adder.d.ts"]);
    assert!(found["adder.d.ts"].contains("// The component `adder`."), "{found:?}");
    assert!(found["adder.d.ts"].contains("export function go(): void;"), "{found:?}");
}

#[test]
fn several_worlds_ask_for_one() {
    let folder = folder();
    let (exit, said) = run(folder.path(), "calc.wit -o out");
    assert!(exit == 1 && said.contains("-w calc") && said.contains("-w other"), "{exit}: {said}");
    assert!(!folder.path().join("out").exists());
}

#[test]
fn check_names_what_differs_and_writes_nothing() {
    let folder = folder();
    let line = "calc.wit -w calc -o out";
    let check = format!("{line} --check");
    let (exit, said) = run(folder.path(), &check);
    assert!(exit == 1 && said.contains("`out/calc.d.ts` is not there"), "{exit}: {said}");
    assert!(!folder.path().join("out").exists());
    assert_eq!(run(folder.path(), line).0, 0);
    assert_eq!(run(folder.path(), &check), (0, String::new()));

    // Files of other people may stand beside; those of a world that is gone are named.
    fs::write(folder.path().join("out/mine.d.ts"), "export {};").unwrap();
    assert_eq!(run(folder.path(), &check).0, 0);
    let text = fs::read_to_string(folder.path().join("out/calc.d.ts")).unwrap();
    fs::write(folder.path().join("out/gone.d.ts"), text.replace("calc/calc", "calc/gone")).unwrap();
    fs::write(folder.path().join("out/calc.d.ts"), text.replace("text: string", "text: number")).unwrap();
    let (exit, said) = run(folder.path(), &check);
    assert_eq!(exit, 1);
    assert!(said.contains("`out/calc.d.ts` differs") && said.contains("`out/gone.d.ts` was generated"), "{said}");
    fs::write(folder.path().join("out/calc.d.ts"), text.replace('\n', "\r\n")).unwrap();
    assert!(run(folder.path(), &check).1.contains("*.d.ts text eol=lf"));
}

#[test]
fn files_of_others_are_kept() {
    let folder = folder();
    fs::create_dir(folder.path().join("out")).unwrap();
    fs::write(folder.path().join("out/calc.d.ts"), "// mine").unwrap();
    fs::write(folder.path().join("out/notes.txt"), "mine as well").unwrap();
    let (exit, said) = run(folder.path(), "calc.wit -w calc -o out");
    assert!(exit == 1 && said.contains("error[output/foreign-file]"), "{exit}: {said}");
    assert_eq!(files(&folder.path().join("out")).len(), 2);
    fs::remove_file(folder.path().join("out/calc.d.ts")).unwrap();
    assert_eq!(run(folder.path(), "calc.wit -w calc -o out").0, 0);
    assert_eq!(fs::read_to_string(folder.path().join("out/notes.txt")).unwrap(), "mine as well");
}

#[test]
fn words_that_are_none_are_refused() {
    let folder = folder();
    for line in ["calc.wit -o out --side nobody", "calc.wit -o out --instantiation later", "calc.wit"] {
        assert_eq!(run(folder.path(), line).0, 2, "{line}");
    }
    let refused = [
        ("calc.wit -w calc -o out --side host --name ../calc", "`../calc` is no name"),
        ("calc.wit -w calc -o out -I sync", "add `--side host`"),
    ];
    for (line, said) in refused {
        let (exit, found) = run(folder.path(), line);
        assert!(exit == 2 && found.contains(said), "{line}: {exit}: {found}");
        assert!(!folder.path().join("out").exists() && !folder.path().join("calc.d.ts").exists());
    }
}

#[test]
fn what_an_earlier_run_left_is_named_by_check_and_removed() {
    let folder = folder();
    let line = "calc.wit -w calc -o out";
    assert_eq!(run(folder.path(), line).0, 0);
    fs::write(folder.path().join("out/interfaces/mine.d.ts"), "export {};").unwrap();
    // The world has an interface less.
    fs::write(folder.path().join("calc.wit"), CALC.replace("export ops;", "")).unwrap();
    let (exit, said) = run(folder.path(), &format!("{line} --check"));
    assert_eq!(exit, 1);
    assert!(said.contains("`out/interfaces/local-calc-ops.d.ts` is left of an earlier run"), "{said}");
    assert!(folder.path().join("out/interfaces/local-calc-ops.d.ts").exists());
    assert_eq!(run(folder.path(), line).0, 0);
    let kept: Vec<String> = files(&folder.path().join("out")).into_keys().collect();
    assert_eq!(kept, ["calc.d.ts", "interfaces/mine.d.ts"]);
    assert_eq!(run(folder.path(), &format!("{line} --check")), (0, String::new()));
}

#[test]
fn worlds_of_one_folder_do_not_spoil_the_types_of_each_other() {
    let folder = folder();
    fs::write(folder.path().join("more.wit"), CALC.replace("b: u32", "b: u32, c: u32")).unwrap();
    assert_eq!(run(folder.path(), "calc.wit -w calc --side host -o out").0, 0);
    let (exit, said) = run(folder.path(), "more.wit -w other --side host -o out");
    assert_eq!(exit, 1);
    assert!(
        said.contains("error[output/shared-file]: `out/interfaces/local-calc-ops.d.ts` holds the types of"),
        "{said}"
    );
    assert_eq!(run(folder.path(), "more.wit -w other --side host -o out/other").0, 0);
}

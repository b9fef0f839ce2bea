//! `withe wit`, `print`, `parse` and `strip`: every kind of input, every form of output, what is kept and what is said.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "tests read and write files, and unwrap")]

use std::fs;
use std::path::Path;

use withe::io::Stdin;
use withe::{Exit, Io};

/// What one command did.
struct Ran {
    exit: i32,
    out: Vec<u8>,
    err: String,
}

impl Ran {
    fn text(&self) -> &str {
        assert_eq!(self.exit, 0, "{}", self.err);
        std::str::from_utf8(&self.out).unwrap()
    }
}

fn run_with(folder: &Path, args: &[&str], stdin: &[u8]) -> Ran {
    let mut io = Io::captured(folder);
    io.stdin = Stdin::Bytes(stdin.to_vec());
    let Exit(exit) = withe::run(["withe"].iter().chain(args), &mut io);
    Ran { exit, out: io.stdout.bytes(), err: io.stderr.text() }
}

fn run(folder: &Path, args: &[&str]) -> Ran {
    run_with(folder, args, b"")
}

const CALC: &str = "/// What calculates.
package local:calc@1.2.0;

/// Kinds of values.
@since(version = 1.0.0)
interface types {
  /// A pair.
  @since(version = 1.0.0)
  record pair {
    /// The first.
    a: u32,
    %list: list<u8, 4>,
  }

  resource store {
    constructor(name: string);
    @external-id(\"get-it\")
    get: async func() -> option<pair>;
    count: get() -> u64;
  }
}

interface ops {
  use types.{pair, store as store2};

  add: func(p: pair, shop: borrow<store2>) -> map<string, pair>;

  watch: func() -> stream<pair>;
}

world calc {
  import one: types;
  import types;

  /// The operations.
  export ops;
}
";

/// `CALC` as `withe wit` prints it.
fn printed() -> String {
    let folder = folder();
    run(folder.path(), &["wit", "calc.wit"]).text().to_owned()
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("calc.wit"), CALC).unwrap();
    fs::write(folder.path().join("core.wat"), "(module (func (export \"f\")))").unwrap();
    folder
}

#[test]
fn a_package_goes_through_wasm_and_back() {
    let folder = folder();
    let at = folder.path();
    assert_eq!(run(at, &["wit", "calc.wit", "--as", "wasm", "-o", "calc.wasm"]).exit, 0);
    assert_eq!(run(at, &["wit", "calc.wasm"]).text(), printed());
    // Again as text, from standard input, and as the text of the binary.
    let bytes = fs::read(at.join("calc.wasm")).unwrap();
    assert_eq!(run_with(at, &["wit", "-"], &bytes).text(), printed());
    assert_eq!(run(at, &["print", "calc.wasm", "-o", "calc.wat"]).exit, 0);
    assert_eq!(run(at, &["wit", "calc.wat"]).text(), printed());
    let wat = fs::read(at.join("calc.wat")).unwrap();
    assert_eq!(run_with(at, &["wit", "-"], &wat).text(), printed());
    assert_eq!(run_with(at, &["wit", "-"], CALC.as_bytes()).text(), printed());
    // What is read is written as it was.
    assert_eq!(run(at, &["wit", "calc.wasm", "--as", "wasm", "-o", "-"]).out, bytes);
    let world = run(at, &["wit", "calc.wit", "-w", "calc", "--as", "wasm", "-o", "-"]);
    assert_eq!(run_with(at, &["wit", "-"], &world.out).text(), printed());
}

#[test]
fn documentation_can_be_left_out_of_every_form() {
    let folder = folder();
    let at = folder.path();
    let text = run(at, &["wit", "calc.wit", "--no-docs"]).text().to_owned();
    assert!(!text.contains("///") && text.contains("@since(version = 1.0.0)"), "{text}");
    let wasm = run(at, &["wit", "calc.wit", "--no-docs", "--as", "wasm", "-o", "-"]).out;
    assert_eq!(run_with(at, &["wit", "-"], &wasm).text(), text);
    let json = run(at, &["wit", "calc.wit", "--no-docs", "--as", "json"]).text().to_owned();
    assert!(!json.contains("A pair.") && json.contains("1.0.0"), "{json}");
}

#[test]
fn wasm_never_goes_to_a_terminal() {
    let folder = folder();
    let mut io = Io::captured(folder.path());
    io.terminals.stdout = true;
    let Exit(exit) = withe::run(["withe", "wit", "calc.wit", "--as", "wasm"], &mut io);
    assert_eq!((exit, io.stdout.bytes()), (2, Vec::new()));
    assert!(io.stderr.text().contains("usage/no-output"), "{}", io.stderr.text());
}

#[test]
fn metadata_of_a_module_is_read_as_one_world() {
    let folder = folder();
    let at = folder.path();
    fs::write(at.join("log.wit"), "package local:log;\nworld app { import say: func(text: string); }\n").unwrap();
    assert_eq!(run(at, &["embed", "core.wat", "--wit", "wasi:random@0.2.12", "-w", "imports", "-o", "a.wasm"]).exit, 0);
    assert_eq!(run(at, &["embed", "a.wasm", "--wit", "log.wit", "-o", "both.wasm"]).exit, 0);
    let text = run(at, &["wit", "both.wasm"]).text().to_owned();
    assert!(text.contains("import wasi:random/random@0.2.12;") || text.contains("import random;"), "{text}");
    assert!(text.contains("say: func(text: string);"), "{text}");
    let bytes = fs::read(at.join("both.wasm")).unwrap();
    assert_eq!(run_with(at, &["wit", "-"], &bytes).text(), text);
    run(at, &["print", "both.wasm", "-o", "both.wat"]).text();
    assert_eq!(run(at, &["wit", "both.wat"]).text(), text);
    // A module that carries none says so.
    let none = run(at, &["wit", "core.wat"]);
    assert!(none.exit == 1 && none.err.contains("wit/no-metadata"), "{}", none.err);
}

const COMPONENT: &str = r#"(component
  (import "a:b/c@1.0.0" (instance $c (export "t" (type (sub resource))) (export "g" (func (param "x" string)))))
  (core module $m (func (export "f") (param i32) (result i32) local.get 0))
  (core instance $i (instantiate $m))
  (func $f (export "f") (param "a" u32) (result u32) (canon lift (core func $i "f"))))"#;

#[test]
fn a_component_is_shown_in_every_form() {
    let folder = folder();
    let at = folder.path();
    fs::write(at.join("c.wat"), COMPONENT).unwrap();
    run(at, &["parse", "c.wat", "-o", "c.wasm"]).text();
    let text = run(at, &["wit", "c.wasm"]).text().to_owned();
    assert!(text.starts_with("package root:component;\n") && text.contains("export f: func(a: u32) -> u32;"), "{text}");
    assert_eq!(run(at, &["wit", "c.wat"]).text(), text);
    assert_eq!(run_with(at, &["wit", "-"], COMPONENT.as_bytes()).text(), text);
    let package = run(at, &["wit", "c.wasm", "--as", "wasm", "-o", "-"]).out;
    let again = run_with(at, &["wit", "-"], &package);
    assert_eq!(again.text(), text);
    let json: serde_json::Value = serde_json::from_str(run(at, &["wit", "c.wasm", "--as", "json"]).text()).unwrap();
    assert_eq!(json["worlds"][0]["name"], "root");
}

/// A component with more code than is read: the code is left out, and what it says is the same.
#[test]
fn a_large_component_says_what_a_small_one_says() {
    let folder = folder();
    let at = folder.path();
    let code = format!("(func {})", "i32.const 7 drop ".repeat(60_000));
    fs::write(at.join("small.wat"), COMPONENT).unwrap();
    fs::write(at.join("large.wat"), COMPONENT.replace("(core module $m", &format!("(core module $m {code}"))).unwrap();
    run(at, &["parse", "large.wat", "-o", "large.wasm"]).text();
    assert!(fs::metadata(at.join("large.wasm")).unwrap().len() > 128 << 10);
    let text = run(at, &["wit", "small.wat"]).text().to_owned();
    assert_eq!(run(at, &["wit", "large.wasm"]).text(), text);
    // What is cut off is told, as it is for a small one.
    let bytes = fs::read(at.join("large.wasm")).unwrap();
    fs::write(at.join("cut.wasm"), &bytes[..bytes.len() - 40]).unwrap();
    let cut = run(at, &["wit", "cut.wasm"]);
    assert!(cut.exit == 1 && cut.err.contains("cut.wasm"), "{}", cut.err);
}

#[test]
fn a_world_is_seen_from_the_other_side() {
    let folder = folder();
    let at = folder.path();
    let text = run(at, &["wit", "calc.wit", "--importize"]).text().to_owned();
    assert!(text.contains("world calc-importized {\n") && text.contains("import ops;"), "{text}");
    assert_eq!(run(at, &["wit", "calc.wit", "--importize-world", "calc"]).text(), text);
    let named = run(at, &["wit", "calc.wit", "--importize", "--importize-out-world-name", "user"]).text().to_owned();
    assert_eq!(named, text.replace("calc-importized", "user"));
    let moved = run(at, &["wit", "calc.wit", "--exportize", "--exportize-import", "one"]).text().to_owned();
    assert!(moved.contains("import types;\n\n  export one: types;"), "{moved}");
    let wasm = run(at, &["wit", "calc.wit", "--importize", "--as", "wasm", "-o", "-"]).out;
    assert_eq!(run_with(at, &["wit", "-"], &wasm).text(), text);
    fs::write(at.join("c.wat"), COMPONENT).unwrap();
    let component = run(at, &["wit", "c.wat", "--importize"]).text().to_owned();
    assert!(component.contains("world root-importized {\n  import f: func(a: u32) -> u32;\n}"), "{component}");
    assert_eq!(run(at, &["wit", "calc.wit", "--importize", "--exportize"]).exit, 2);
}

#[test]
fn a_damaged_package_is_told() {
    let folder = folder();
    let at = folder.path();
    let bytes = run(at, &["wit", "calc.wit", "--as", "wasm", "-o", "-"]).out;
    for cut in (0..bytes.len()).step_by(7) {
        let ran = run_with(at, &["wit", "-"], &bytes[..cut]);
        assert!(ran.exit == 1 && ran.err.contains("<stdin>"), "cut at {cut}: {} {}", ran.exit, ran.err);
    }
}

#[test]
fn print_and_parse_are_each_others_way_back() {
    let folder = folder();
    let at = folder.path();
    fs::write(at.join("c.wat"), COMPONENT).unwrap();
    run(at, &["wit", "calc.wit", "--as", "wasm", "-o", "p.wasm"]).text();
    run(at, &["parse", "c.wat", "-o", "c.wasm"]).text();
    run(at, &["parse", "core.wat", "-o", "core.wasm"]).text();
    for file in ["p.wasm", "c.wasm", "core.wasm"] {
        let text = run(at, &["print", file]).text().to_owned();
        let again = run_with(at, &["parse", "-", "-o", "-"], text.as_bytes());
        assert_eq!(again.out, fs::read(at.join(file)).unwrap(), "{file}");
        assert_eq!(run_with(at, &["print", "-"], &again.out).text(), text);
    }
}

#[test]
fn mistakes_in_the_text_format_have_their_place() {
    let folder = folder();
    let at = folder.path();
    fs::write(at.join("bad.wat"), "(component\n  (import \"x\" (func (param \"a\" u33))))").unwrap();
    for verb in [
        &["print", "bad.wat"][..],
        &["parse", "bad.wat", "-o", "-"],
        &["strip", "bad.wat", "-o", "-"],
        &["wit", "bad.wat"],
    ] {
        let ran = run(at, verb);
        assert!(ran.exit == 1 && ran.err.contains("bad.wat:2:32"), "{verb:?}: {}", ran.err);
    }
}

#[test]
fn strip_keeps_what_a_later_step_needs() {
    let folder = folder();
    let at = folder.path();
    let module = r#"(module $named (func $f (export "f")) (@custom "component-type:x" "1") (@custom "component-type" "2")
      (@custom "other" "3") (@producers (language "Rust" "1")))"#;
    fs::write(at.join("m.wat"), module).unwrap();
    let text = |args: &[&str]| {
        let stripped = run(at, args).out;
        run_with(at, &["print", "-"], &stripped).text().to_owned()
    };
    let plain = text(&["strip", "m.wat", "-o", "-"]);
    assert!(plain.contains("\"component-type:x\"") && plain.contains("\"component-type\""), "{plain}");
    assert!(!plain.contains("other") && !plain.contains("Rust") && !plain.contains("$f"), "{plain}");
    let all = text(&["strip", "--all", "m.wat", "-o", "-"]);
    assert!(!all.contains("@custom") && !all.contains("$f"), "{all}");
    let one = text(&["strip", "-d", "other", "m.wat", "-o", "-"]);
    assert!(!one.contains("\"other\"") && one.contains("Rust") && one.contains("$f"), "{one}");
}

/// Stripped, a package is still a package, with its documentation; a component keeps its names only if asked.
#[test]
fn strip_of_a_package_keeps_its_documentation() {
    let folder = folder();
    let at = folder.path();
    run(at, &["wit", "calc.wit", "--as", "wasm", "-o", "p.wasm"]).text();
    let stripped = run(at, &["strip", "p.wasm", "-o", "-"]).out;
    assert!(stripped.len() < fs::read(at.join("p.wasm")).unwrap().len());
    assert_eq!(run_with(at, &["wit", "-"], &stripped).text(), printed());
    let bare = run(at, &["strip", "--all", "p.wasm", "-o", "-"]).out;
    assert_eq!(
        run_with(at, &["wit", "-", "--no-docs"], &bare).text().lines().next(),
        Some("package local:calc@1.2.0;")
    );
}

/// What is inside a component is stripped too, and the component stays what it was.
#[test]
fn strip_goes_into_components() {
    let folder = folder();
    let at = folder.path();
    let component = r#"(component $outer
      (core module $m (func $inner (export "f") (param i32) (result i32) local.get 0)
        (@producers (language "Rust" "1")) (@custom "debug" "long"))
      (component $nested (core module (func $deep)) (@custom "debug" "long"))
      (core instance $i (instantiate $m))
      (func $f (export "f") (param "a" u32) (result u32) (canon lift (core func $i "f")))
      (@custom "debug" "long"))"#;
    fs::write(at.join("c.wat"), component).unwrap();
    let text = |args: &[&str]| {
        let stripped = run(at, args).out;
        run_with(at, &["print", "-"], &stripped).text().to_owned()
    };
    let all = text(&["strip", "c.wat", "-o", "-"]);
    assert!(!["$inner", "$deep", "Rust", "debug"].iter().any(|gone| all.contains(gone)), "{all}");
    let one = text(&["strip", "-d", "debug", "c.wat", "-o", "-"]);
    assert!(!one.contains("debug") && ["$inner", "$deep", "Rust"].iter().all(|kept| one.contains(kept)), "{one}");
    run(at, &["strip", "c.wat", "-o", "s.wasm"]).text();
    assert_eq!(run(at, &["wit", "s.wasm"]).text(), run(at, &["wit", "c.wat"]).text());
    assert_eq!(run(at, &["validate", "s.wasm"]).exit, 0);
}

#[test]
fn damaged_wasm_is_told_and_nothing_is_written() {
    let folder = folder();
    let at = folder.path();
    fs::write(at.join("c.wat"), COMPONENT).unwrap();
    let bytes = run(at, &["parse", "c.wat", "-o", "-"]).out;
    for cut in (9..bytes.len()).step_by(5) {
        for verb in ["print", "strip"] {
            let ran = run_with(at, &[verb, "-", "-o", "out"], &bytes[..cut]);
            // What is cut off between two sections is whole again.
            assert_eq!(ran.exit == 0, at.join("out").exists(), "{verb} of {cut} bytes: {}", ran.err);
            assert!(ran.exit == 0 || ran.err.contains("<stdin>"), "{verb} of {cut} bytes: {}", ran.err);
            let _ = fs::remove_file(at.join("out"));
        }
    }
}

#[test]
fn flags_have_an_effect_or_are_refused() {
    let folder = folder();
    let at = folder.path();
    let two = "package a:b;\ninterface i { f: func(); }\nworld base { import i; }\nworld other { include base; }\n";
    fs::write(at.join("two.wit"), two).unwrap();
    let json: serde_json::Value =
        serde_json::from_str(run(at, &["wit", "two.wit", "-w", "base", "--as", "json"]).text()).unwrap();
    assert_eq!((json["worlds"].as_array().unwrap().len(), &json["worlds"][0]["name"]), (1, &"base".into()));
    assert!(!run(at, &["wit", "two.wit", "-w", "base"]).text().contains("other"));
    for form in ["wit", "json", "wasm"] {
        let ran = run(at, &["wit", "two.wit", "-w", "bse", "--as", form, "-o", "-"]);
        assert!(ran.exit == 1 && ran.err.contains("did you mean `-w base`?"), "{form}: {}", ran.err);
    }
    for alone in [["--exportize-import", "i"], ["--importize-out-world-name", "x"], ["--exportize-out-world-name", "x"]]
    {
        for more in [&[][..], &["--merge-world-imports"]] {
            let ran = run(at, &[&["wit", "calc.wit"][..], &alone, more].concat());
            assert_eq!(ran.exit, 2, "{alone:?} {more:?}: {}", ran.err);
        }
    }
}

#[test]
fn features_that_gate_nothing_are_told() {
    let folder = folder();
    let at = folder.path();
    let gated = "package a:b@1.0.0;\n@unstable(feature = fancy)\ninterface i {}\n";
    fs::write(at.join("gated.wit"), gated).unwrap();
    let said = |args: &[&str]| {
        let ran = run(at, args);
        assert_eq!(ran.exit, 0, "{}", ran.err);
        ran.err
    };
    let near = said(&["wit", "gated.wit", "--features", "fncy"]);
    assert!(near.contains("note[wit/unknown-feature]") && near.contains("did you mean `--features fancy`?"), "{near}");
    assert!(said(&["wit", "calc.wit", "--features", "nope"]).contains("there are no features here"));
    assert_eq!(said(&["wit", "gated.wit", "--features", "fancy"]), "");
    let empty = said(&["wit", "gated.wit"]);
    assert!(empty.contains("all of `a:b@1.0.0` is behind the feature `fancy`"), "{empty}");
    assert!(said(&["wit", "wasi:tls"]).contains("--features tls"));
    assert_eq!(said(&["wit", "wasi:tls", "--features", "tls"]), "");
    // What is read from wasm has its gates too.
    run(at, &["wit", "gated.wit", "--features", "fancy", "--as", "wasm", "-o", "gated.wasm"]).text();
    assert_eq!(said(&["wit", "gated.wasm", "--features", "fancy"]), "");
}

#[test]
fn versions_of_built_in_packages_are_told() {
    let folder = folder();
    let at = folder.path();
    let both = "package a:b;\nworld w {\n  import wasi:io/poll@0.2.0;\n  import wasi:random/random@0.2.6;\n}\n";
    fs::write(at.join("both.wit"), both).unwrap();
    let ran = run(at, &["wit", "both.wit"]);
    assert!(ran.exit == 0 && ran.err.contains("note[wit/version-raised]: WASI 0.2.0 is read as 0.2.6"), "{}", ran.err);
    fs::create_dir_all(at.join("p/deps")).unwrap();
    fs::write(at.join("p/w.wit"), both).unwrap();
    fs::write(at.join("p/deps/io.wit"), "package wasi:io@0.2.0;\ninterface poll {}\n").unwrap();
    let ran = run(at, &["wit", "p"]);
    assert!(ran.exit == 0 && ran.err.contains("note[wit/read-as]"), "{}", ran.err);
    assert!(ran.err.contains("`wasi:io@0.2.0` is read as version 0.2.6"), "{}", ran.err);
    let ran = run(at, &["wit", "wasi:http@0.2.3/proxy"]);
    assert!(ran.exit == 1 && ran.err.contains("write `wasi:http/proxy@0.2.3`"), "{}", ran.err);
}

#[test]
fn what_is_read_is_not_written_over() {
    let folder = folder();
    let at = folder.path();
    fs::create_dir(at.join("empty")).unwrap();
    for args in [
        &["wit", "calc.wit", "--as", "wasm", "-o", "calc.wit"][..],
        &["wit", "calc.wit", "-o", "./calc.wit"],
        &["wit", ".", "-o", "empty/../calc.wit"],
    ] {
        let ran = run(at, args);
        assert!(ran.exit == 2 && ran.err.contains("would replace what is read"), "{args:?}: {}", ran.err);
    }
    assert_eq!(fs::read_to_string(at.join("calc.wit")).unwrap(), CALC);
    let ran = run(at, &["wit", "calc.wit", "-o", "empty"]);
    assert!(ran.exit == 1 && ran.err.contains("name a file in it, for example `empty/out`"), "{}", ran.err);
}

//! Names of components, as the commands make and show them: metadata that is kept, versions, canonical names, new names.
#![expect(clippy::disallowed_methods, reason = "tests write their cases")]
#![allow(clippy::unwrap_used, reason = "a test says by panicking what is wrong")]

use tempfile::TempDir;
use withe::{Exit, Io};

const WIT: &str = "package local:app;

world app {
  import a:b/c@0.2.0;
  import a:b/c@0.2.3;
  import mine: a:b/c@0.2.0;
  export a:b/c@0.2.0;
}

package a:b@0.2.0 { interface c { say: func(text: string); } }
package a:b@0.2.3 { interface c { say: func(text: string); more: func(); } }
";

const CORE: &str = r#"(module
  (import "a:b/c@0.2.0" "say" (func (param i32 i32)))
  (import "a:b/c@0.2.3" "say" (func (param i32 i32)))
  (import "mine" "say" (func (param i32 i32)))
  (func (export "a:b/c@0.2.0#say") (param i32 i32))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) unreachable)
  (memory (export "memory") 1))"#;

/// A folder with `app.wit` and `app.wat`.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("app.wit"), WIT).unwrap();
    std::fs::write(folder.path().join("app.wat"), CORE).unwrap();
    folder
}

/// Runs a command line in the folder; what it says if it fails.
fn withe(folder: &TempDir, line: &str) -> Result<String, String> {
    let mut io = Io::captured(folder.path());
    let words = std::iter::once("withe").chain(line.split_whitespace()).map(str::to_owned);
    let exit = withe::run(words, &mut io);
    if exit == Exit::OK { Ok(io.stdout.text()) } else { Err(io.stderr.text()) }
}

/// The world of a component, as WIT.
fn world(folder: &TempDir, file: &str) -> String {
    let text = withe(folder, &format!("wit {file}")).unwrap();
    text.split("\n}\n").next().unwrap().to_owned()
}

#[test]
fn metadata_survives_strip_and_being_embedded_twice() {
    let folder = folder();
    for line in [
        "embed app.wat --wit app.wit -o once.wasm",
        "embed once.wasm --wit app.wit -o twice.wasm",
        "strip twice.wasm -o small.wasm",
        "wrap app.wat --wit app.wit -o direct.wasm",
        "wrap once.wasm -o once.component.wasm",
        "wrap small.wasm -o small.component.wasm",
    ] {
        withe(&folder, line).unwrap_or_else(|why| panic!("{line}: {why}"));
    }
    let printed = withe(&folder, "print small.wasm").unwrap();
    assert_eq!(printed.matches("(@custom \"component-type:withe:local:app/app:utf8\"").count(), 2, "{printed}");
    let direct = world(&folder, "direct.wasm");
    assert_eq!(world(&folder, "once.component.wasm"), direct);
    assert_eq!(world(&folder, "small.component.wasm"), direct);
    let told = withe(&folder, "embed once.wasm --wit app.wit --encoding utf16 -o bad.wasm").unwrap_err();
    assert!(told.contains("encode/encoding-conflict"), "{told}");
}

#[test]
fn imports_of_one_track_are_one_unless_they_shall_stay_apart() {
    let folder = folder();
    withe(&folder, "wrap app.wat --wit app.wit -o one.wasm").unwrap();
    assert_eq!(
        world(&folder, "one.wasm"),
        "package root:component;\n\nworld root {\n  import a:b/c@0.2.3;\n  import mine: a:b/c@0.2.0;\n\n  export a:b/c@0.2.0;"
    );
    withe(&folder, "wrap app.wat --wit app.wit --no-merge -o two.wasm").unwrap();
    let two = world(&folder, "two.wasm");
    assert!(two.contains("import a:b/c@0.2.0;") && two.contains("import a:b/c@0.2.3;"), "{two}");
}

#[test]
fn canonical_names_mean_the_same_world() {
    let folder = folder();
    withe(&folder, "wrap app.wat --wit app.wit -o full.wasm").unwrap();
    withe(&folder, "wrap app.wat --wit app.wit --emit-canonical-names -o canonical.wasm").unwrap();
    assert_eq!(world(&folder, "canonical.wasm"), world(&folder, "full.wasm"));
    let printed = withe(&folder, "print canonical.wasm").unwrap();
    for name in [
        "(import \"a:b/c@0.2\" (version-suffix \".3\")",
        "(import \"mine\" (implements \"a:b/c@0.2\") (version-suffix \".0\")",
        "\"a:b/c@0.2\" (version-suffix \".0\")",
    ] {
        assert!(printed.contains(name), "{name}: {printed}");
    }
    let told = withe(&folder, "wrap app.wat --wit app.wit --emit-canonical-names --no-merge -o x.wasm").unwrap_err();
    assert!(told.contains("encode/canonical-names"), "{told}");
    // The names are a proposal, which runtimes do not take yet.
    withe(&folder, "validate canonical.wasm --wasm-features all").unwrap();
    let told = withe(&folder, "validate canonical.wasm").unwrap_err();
    assert!(told.contains("validate/proposal") && told.contains("cm-canon-names"), "{told}");
}

#[test]
fn canonical_names_are_found_by_other_parts() {
    let folder = folder();
    let provider = "package local:app; world provider { export a:b/c@0.2.3; } \
        package a:b@0.2.3 { interface c { say: func(text: string); more: func(); } }";
    let core = r#"(module
      (func (export "a:b/c@0.2.3#say") (param i32 i32))
      (func (export "a:b/c@0.2.3#more"))
      (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) unreachable)
      (memory (export "memory") 1))"#;
    std::fs::write(folder.path().join("provider.wit"), provider).unwrap();
    std::fs::write(folder.path().join("provider.wat"), core).unwrap();
    withe(&folder, "wrap app.wat --wit app.wit --emit-canonical-names -o canonical.wasm").unwrap();
    for flag in ["", "--emit-canonical-names"] {
        withe(&folder, &format!("wrap provider.wat --wit provider.wit {flag} -o provider.wasm")).unwrap();
        withe(&folder, "plug canonical.wasm provider.wasm -o plugged.wasm").unwrap();
        let shown = world(&folder, "plugged.wasm");
        assert!(!shown.contains("import a:b/c@0.2.3;") && shown.contains("import mine: a:b/c@0.2.0;"), "{shown}");
    }
}

#[test]
fn imports_are_renamed() {
    let folder = folder();
    let wrap = |flags: &str| withe(&folder, &format!("wrap app.wat --wit app.wit {flags} -o out.wasm"));
    wrap("--import-name a:b/c@0.2.3=other:place/c@1.0.0 --import-name mine=yours").unwrap();
    let shown = world(&folder, "out.wasm");
    assert!(shown.contains("import other:place/c@1.0.0;") && shown.contains("import yours: a:b/c@0.2.0;"), "{shown}");
    let told = wrap("--import-name a:b/c@0.2.0=x").unwrap_err();
    assert!(told.contains("encode/import-name") && told.contains("did you mean `a:b/c@0.2.3`"), "{told}");
}

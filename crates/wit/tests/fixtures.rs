//! Case folders under `fixtures/wit`: WIT in, diagnostics, notes and worlds out.
//!
//! A case is a folder `wit`; `options.txt`, if there, says `select [WORLD]`. `expected.txt` holds what comes of it:
//! notes and errors as they are drawn, then the world's dump. `INSTA_UPDATE=always` writes it anew.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test reads and writes the files of its cases"
)]

mod support;

use std::fmt::Write as _;
use std::path::Path;

use libtest_mimic::{Arguments, Failed, Trial};
use support::read_tree_as;
use types::Types;
use withe_wit::{LoadOptions, Package, load};

fn main() {
    let arguments = Arguments::from_args();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/wit");
    let mut cases: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    let trials = cases.into_iter().map(|case| {
        let name = format!("wit/{}", case.file_name().unwrap().to_str().unwrap());
        Trial::test(name, move || check(&case))
    });
    libtest_mimic::run(&arguments, trials.collect()).exit();
}

fn check(case: &Path) -> Result<(), Failed> {
    let found = run(case);
    let file = case.join("expected.txt");
    if std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
        std::fs::write(&file, &found)?;
        return Ok(());
    }
    let expected = std::fs::read_to_string(&file).unwrap_or_default();
    if found == expected { Ok(()) } else { Err(format!("found:\n{found}\nexpected:\n{expected}").into()) }
}

fn run(case: &Path) -> String {
    let is_error = case.file_name().unwrap().to_str().unwrap().starts_with("error-");
    let mut out = String::new();
    let tree = read_tree_as(&case.join("wit"), "wit");
    let result = load(&tree, &LoadOptions::default()).and_then(|package| {
        package.notes().iter().for_each(|note| draw(&mut out, note));
        selected(case, &package)
    });
    match result {
        Ok(dump) => out.push_str(&dump),
        Err(found) => found.0.iter().for_each(|one| draw(&mut out, one)),
    }
    assert_eq!(is_error, out.contains("error["), "a case named `error-` is one that is refused:\n{out}");
    out
}

/// The dump of the world that the case selects, if it does.
fn selected(case: &Path, package: &Package) -> diag::Result<String> {
    let Ok(options) = std::fs::read_to_string(case.join("options.txt")) else { return Ok(String::new()) };
    let selector = options.trim().strip_prefix("select").expect("`select [WORLD]`").trim();
    let mut types = Types::new();
    let world = package.world(&mut types, (!selector.is_empty()).then_some(selector))?;
    Ok(types::dump::world(&types, &world))
}

fn draw(out: &mut String, one: &diag::Diagnostic) {
    let style = diag::human::Style { color: false, width: 120 };
    writeln!(out, "{}", diag::human::render(one, style).trim_end()).unwrap();
    out.push('\n');
}

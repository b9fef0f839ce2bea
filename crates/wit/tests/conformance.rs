//! wit-parser's own test files, where the public test vectors stand beside the checkout: what must be accepted is,
//! what must be refused is, with a place.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test reads files and says what it counted"
)]

mod support;

use std::path::Path;

use support::{conformance, read_tree};
use withe_wit::{LoadOptions, Package, SourceTree, load};

/// Inputs that the published set lacks, as the verdicts that it has for them say: what stands where.
const REBUILT: [(&str, &str); 3] = [
    ("async.wit", "interface i {\na: async\n"),
    ("async1.wit", "interface i {\na: async()\n}\n"),
    ("unterminated-string.wit", "// parse-fail\n\n\""),
];

#[test]
fn what_must_be_accepted_is() {
    let Some(folder) = conformance("wit-ui") else { return };
    let mut count = 0;
    let mut wrong = Vec::new();
    for path in cases(&folder) {
        count += 1;
        if let Err(found) = load_case(&path) {
            wrong.push(format!("{}: {}", path.display(), found.0[0].headline));
        }
    }
    println!("wit-ui: {} of {count} accepted", count - wrong.len());
    assert!(wrong.is_empty(), "refused although valid:\n{}", wrong.join("\n"));
    assert_eq!(count, 78, "cases of the published set");
}

#[test]
fn what_must_be_refused_is_and_with_a_place() {
    let Some(folder) = conformance("wit-ui/parse-fail") else { return };
    let mut count = 0;
    let mut wrong = Vec::new();
    let mut judge = |name: &str, found: diag::Result<Package>| {
        count += 1;
        match found {
            Ok(_) => wrong.push(format!("{name}: accepted")),
            Err(found) if found.0.iter().any(|one| one.labels.is_empty()) => wrong.push(format!("{name}: no place")),
            Err(found) if found.0.iter().any(|one| one.help.is_none()) => wrong.push(format!("{name}: no help")),
            Err(_) => {}
        }
    };
    for path in cases(&folder) {
        let name = path.file_name().unwrap().to_str().unwrap();
        judge(name, load_case(&path));
    }
    for (name, text) in REBUILT {
        let recorded = std::fs::read_to_string(folder.join(format!("{name}.result"))).unwrap();
        let verdict = verdict_of_the_parser(name, text);
        // The parser of today says it in other words if the text ends inside of a string, in the same line.
        let is_string = recorded.starts_with("unterminated string literal");
        assert_eq!(line_of(&verdict), line_of(&recorded), "{name} is not what was recorded");
        assert!(is_string || verdict == recorded, "{name}: {verdict}");
        judge(name, load(&SourceTree::of_text(name, text), &LoadOptions::default()));
    }
    println!("wit-ui/parse-fail: {} of {count} refused with a place", count - wrong.len());
    assert!(wrong.is_empty(), "wrong:\n{}", wrong.join("\n"));
    let recorded = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let recorded = recorded.filter(|path| path.extension().is_some_and(|end| end == "result")).count();
    assert_eq!((count, recorded), (190, 190), "78 accepted ones and these are all 268 verdicts");
}

/// The file, the number and the text of the line that a verdict shows.
fn line_of(verdict: &str) -> (String, String) {
    let place = verdict.lines().nth(1).unwrap();
    let (file_and_line, _column) = place.rsplit_once(':').unwrap();
    (file_and_line.to_owned(), verdict.lines().nth(3).unwrap().to_owned())
}

/// What wit-parser says, in the form in which its verdicts were recorded.
fn verdict_of_the_parser(name: &str, text: &str) -> String {
    let mut sources = wit_parser::SourceMap::new();
    sources.push_str(&format!("tests/ui/parse-fail/{name}"), text);
    let (sources, error) = sources.parse().expect_err("it is refused");
    error.render(&sources)
}

fn cases(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut cases: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.retain(|path| {
        let name = path.file_name().unwrap().to_str().unwrap();
        name != "parse-fail" && (path.is_dir() || name.ends_with(".wit") || name.ends_with(".wat"))
    });
    cases.sort();
    cases
}

fn load_case(path: &Path) -> diag::Result<Package> {
    let mut options = LoadOptions::default();
    let text = std::fs::read_to_string(path).unwrap_or_default();
    // As in wit-parser's own runner: every case is read with these features on.
    if !text.contains("features-off") {
        options.features = vec!["active".to_owned()];
    }
    load(&read_tree(path), &options)
}

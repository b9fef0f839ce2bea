//! Manifests and what is said of them.
//!
//! In: `fixtures/project/manifests/NAME.toml`. Out: `NAME.txt` beside it, all findings; there is none for a good one.

#![allow(clippy::disallowed_methods, reason = "a test reads its cases")]

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use diag::{Diagnostic, Place, Source};
use testing::seeds;
use withe_project::Manifest;

fn parse(text: &str) -> diag::Result<Manifest> {
    Manifest::parse(PathBuf::from("/project"), Arc::new(Source::new("withe.toml", text)))
}

fn cases() -> Vec<PathBuf> {
    let mut all = testing::cases::entries(&testing::fixtures("project/manifests"));
    all.retain(|path| path.extension().is_some_and(|end| end == "toml"));
    all
}

/// A finding with all its places.
fn drawn(one: &Diagnostic) -> String {
    let mut text = diag::short::render(one);
    for label in &one.labels {
        let place = match &label.place {
            Place::Text { source, span } => {
                let at = source.position(span.start);
                format!("{}:{} `{}`", at.line, at.column, &source.text[span.clone()])
            }
            Place::Binary { file, .. } | Place::File { file } => file.clone(),
        };
        text += &format!("  {place}: {}\n", label.text);
    }
    if let Some(help) = &one.help {
        text += &format!("  help: {help}\n");
    }
    text
}

#[test]
fn what_is_said_of_manifests() {
    let all = cases();
    assert!(all.len() > 10, "{all:?}");
    for case in all {
        let text = fs::read_to_string(&case).unwrap();
        let said = match parse(&text) {
            Ok(manifest) => format!("good: {} components\n", manifest.components.len()),
            Err(found) => found.0.iter().map(drawn).collect(),
        };
        testing::golden::compare(&case.with_extension("txt"), &said).unwrap_or_else(|trouble| panic!("{trouble}"));
    }
}

#[test]
fn a_manifest_may_not_be_endless() {
    let text = "#".repeat(withe_project::read::LONGEST + 1);
    assert_eq!(parse(&text).unwrap_err().0[0].code.0, "project/too-large");
    let deep = format!("a = {}", "[".repeat(100_000));
    assert_eq!(parse(&deep).unwrap_err().0[0].code.0, "project/syntax");
}

#[test]
fn the_nearest_manifest_is_found_and_what_it_names_is_looked_for() {
    let folder = testing::scratch("project-find").unwrap();
    let inner = folder.join("a/b");
    fs::create_dir_all(&inner).unwrap();
    assert_eq!(Manifest::here(&inner).map(|_| ()).unwrap_err().0[0].code.0, "project/no-manifest");
    fs::copy(testing::fixtures("project/manifests/good.toml"), folder.join("withe.toml")).unwrap();
    let manifest = Manifest::here(&inner).unwrap();
    assert_eq!(manifest.root, fs::canonicalize(&folder).unwrap());
    assert_eq!(manifest.source.name, "../../withe.toml");
    fs::create_dir_all(folder.join("store")).unwrap();
    fs::write(folder.join("interfaces"), "").unwrap();
    let found: Vec<_> = manifest.check().into_iter().map(|one| one.headline).collect();
    assert_eq!(
        found,
        [
            "the source of component `store` is not there: `store/Cargo.toml`",
            "the source of component `front` is not there: `services/front`",
            "the source of component `auth` is not there: `auth`",
            "component `clock` is not there: `parts/clock.wasm`",
            "dependency `example:shared` is not there: `../shared/wit`",
            "`tests` is not there: `tests`",
            "`tests` is not there: `more/a.wave`",
        ]
    );
    fs::write(folder.join("withe.toml"), b"[app]\nname = \"\xff\"\n").unwrap();
    assert_eq!(Manifest::here(&inner).map(|_| ()).unwrap_err().0[0].code.0, "project/not-text");
}

#[test]
fn fuzz_manifests() {
    let texts: Vec<Vec<u8>> = cases().iter().map(|path| fs::read(path).unwrap()).collect();
    seeds::check("fuzz_manifests", 300, |random| {
        let mut bytes = random.pick(&texts).clone();
        if random.below(2) == 0 {
            // Lines of one manifest in another.
            let other = random.pick(&texts);
            let lines: Vec<&[u8]> = other.split(|byte| *byte == b'\n').collect();
            for _ in 0..random.below(4) {
                bytes.extend_from_slice(random.pick::<&[u8]>(&lines));
                bytes.push(b'\n');
            }
        } else {
            bytes = random.mutate(&bytes);
        }
        let text = String::from_utf8_lossy(&bytes);
        if let Err(found) = parse(&text) {
            assert!(!found.0.is_empty());
            for one in &found.0 {
                // Each is drawn, so each span is in the text.
                assert!(!drawn(one).is_empty() && !diag::short::render(one).is_empty());
            }
        }
    });
}

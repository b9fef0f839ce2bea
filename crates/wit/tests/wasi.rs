//! What is built in, in every version that people ask for: each world resolves, is written as bytes that validate,
//! and says what that version of WASI said.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test unwraps and says what it counted"
)]

mod support;

use std::path::Path;

use diag::Severity;
use support::read_tree_as;
use types::{ExternName, ItemKind, Types, World};
use withe_wit::print::{Docs, print};
use withe_wit::{LoadOptions, Package, SourceTree, load};

/// Tracks with their newest version and their packages.
const TRACKS: [(&str, u64, &[&str]); 2] = [
    ("0.2", 12, &["cli", "clocks", "filesystem", "http", "io", "random", "sockets"]),
    ("0.3", 2, &["cli", "clocks", "filesystem", "http", "random", "sockets"]),
];

/// Names under which drafts are found, and the feature that they are behind.
const DRAFTS: [(&str, Option<&str>); 12] = [
    ("wasi:config/imports", None),
    ("wasi:config/imports@0.2.0-rc.1", None),
    ("wasi:config/store", None),
    ("wasi:keyvalue/imports", None),
    ("wasi:keyvalue/imports@0.2.0-draft", None),
    ("wasi:keyvalue/watch-service", None),
    ("wasi:logging/imports", None),
    ("wasi:logging/imports@0.1.0-draft", None),
    ("wasi:tls/imports", Some("tls")),
    ("wasi:tls/imports@0.2.0-draft", Some("tls")),
    ("wasi:tls/types", Some("tls")),
    ("wasi:tls@0.2.0-draft", Some("tls")),
];

fn built_in(name: &str, features: &[&str]) -> diag::Result<Package> {
    let features = features.iter().map(|feature| (*feature).to_owned()).collect();
    load(&SourceTree::built_in(name), &LoadOptions { features, ..LoadOptions::default() })
}

fn text(name: &str) -> String {
    let package = built_in(name, &[]).unwrap_or_else(|found| panic!("{name}: {}", found.0[0].headline));
    print(&package, None, Docs::LeaveOut).unwrap()
}

/// Its bytes validate, and say the same world.
fn through_bytes(types: &mut Types, world: &World) {
    let bytes = component::metadata::encode(types, world, component::StringEncoding::Utf8)
        .unwrap_or_else(|found| panic!("{}/{}: {}", world.package, world.name, found.0[0].labels[0].text));
    let back = component::metadata::decode(types, "metadata", &bytes).unwrap().world;
    assert!(
        types::equal::components(types, &world.component, &back.component),
        "{}/{}\n{}\n-----\n{}",
        world.package,
        world.name,
        types::dump::world(types, world),
        types::dump::world(types, &back)
    );
}

#[test]
fn every_world_of_every_version_goes_through_bytes() {
    let mut count = 0;
    for (track, newest, packages) in TRACKS {
        for patch in 0..=newest {
            let all_features = patch % 2 == 0;
            for package in packages {
                let name = format!("wasi:{package}@{track}.{patch}");
                let options = LoadOptions { all_features, ..LoadOptions::default() };
                let loaded = load(&SourceTree::built_in(&name), &options)
                    .unwrap_or_else(|found| panic!("{name}: {}", found.0[0].headline));
                assert!(loaded.notes().is_empty(), "{name}: {:?}", loaded.notes());
                let mut types = Types::new();
                for world in loaded.all_worlds(&mut types) {
                    count += 1;
                    assert_eq!(world.package.version.as_ref().unwrap().to_string(), format!("{track}.{patch}"));
                    through_bytes(&mut types, &world);
                }
            }
        }
    }
    println!("{count} worlds of WASI");
    assert!(count >= 140, "only {count} worlds");
}

/// What came when, as the published versions of WASI have it.
#[test]
fn versions_differ_as_they_did() {
    // `field-name` came with 0.2.1, where the functions that take it were changed over; the older name is deprecated
    // since 0.2.2.
    for patch in 0..=12 {
        let http = text(&format!("wasi:http@0.2.{patch}"));
        assert_eq!(http.contains("type field-name = field-key;"), patch >= 1, "0.2.{patch}");
        assert_eq!(http.contains("get: func(name: field-key)"), patch == 0, "0.2.{patch}");
        assert_eq!(http.contains("get: func(name: field-name)"), patch >= 1, "0.2.{patch}");
        assert_eq!(http.contains("@deprecated(version = 0.2.2)"), patch >= 2, "0.2.{patch}");
        assert!(http.contains("type field-key = string;"), "0.2.{patch}");
        let cli = text(&format!("wasi:cli@0.2.{patch}"));
        assert_eq!(cli.contains("exit-with-code"), patch >= 12, "0.2.{patch}");
        assert!(cli.contains("exit: func(status: result);"), "0.2.{patch}");
    }
    assert!(text("wasi:http@0.2.0").contains("entries: func() -> list<tuple<field-key, field-value>>"));
    // A world of 0.3 has none of `wasi:io`, and `run` is asynchronous.
    for patch in 0..=2 {
        let command = text(&format!("wasi:cli/command@0.3.{patch}"));
        assert!(!command.contains("wasi:io") && command.contains("run: async func() -> result;"), "0.3.{patch}");
    }
}

/// What is later than the version stays out, whatever features are on; what is behind a feature is there with it.
#[test]
fn features_open_their_own_gates_only() {
    let options = LoadOptions { all_features: true, ..LoadOptions::default() };
    let load_all = |name: &str| load(&SourceTree::built_in(name), &options).unwrap();
    let http = print(&load_all("wasi:http@0.2.0"), None, Docs::LeaveOut).unwrap();
    assert!(!http.contains("type field-name") && http.contains("send-informational"), "{http}");
    let clocks = print(&load_all("wasi:clocks@0.2.0"), None, Docs::LeaveOut).unwrap();
    assert!(clocks.contains("interface timezone"));
    assert!(!text("wasi:clocks@0.2.12").contains("interface timezone"));
    let found = built_in("wasi:clocks/timezone@0.2.3", &[]).unwrap_err();
    assert_eq!(found.0[0].code.0, "wit/feature-gate");
    assert_eq!(found.0[0].help.as_deref(), Some("turn the feature on with `--features clocks-timezone`"));
    assert!(built_in("wasi:clocks/timezone@0.2.3", &["clocks-timezone"]).is_ok());
}

#[test]
fn drafts_are_found_with_and_without_their_version() {
    for (name, feature) in DRAFTS {
        let package = built_in(name, feature.as_slice()).unwrap_or_else(|found| panic!("{name}: {:?}", found.0[0]));
        assert!(package.notes().is_empty(), "{name}: {:?}", package.notes());
        let first = print(&package, None, Docs::Keep).unwrap();
        let options = LoadOptions { all_features: true, ..LoadOptions::default() };
        let again = load(&SourceTree::of_text("again.wit", first.clone()), &options).unwrap();
        assert_eq!(print(&again, None, Docs::Keep).unwrap(), first, "{name}");
        let mut types = Types::new();
        let worlds = package.all_worlds(&mut types);
        worlds.iter().for_each(|world| through_bytes(&mut types, world));
        if let (Some(feature), Some((_, item))) = (feature, name.split('@').next().unwrap().split_once('/')) {
            let found = built_in(name, &[]).unwrap_err();
            assert!(found.0[0].headline.ends_with(&format!("has `{item}` only with the feature `{feature}`")));
        }
    }
    for name in ["wasi:keyvalue@0.2.0", "wasi:tls@0.3.0", "wasi:config@0.2.0-rc.2", "wasi:logging@0.2.0"] {
        assert_eq!(built_in(name, &[]).unwrap_err().0[0].code.0, "wit/unknown-version", "{name}");
    }
}

/// Names of what a world imports.
fn imports(wit: &str, features: &[&str]) -> (Vec<String>, Vec<String>) {
    let features = features.iter().map(|feature| (*feature).to_owned()).collect();
    let options = LoadOptions { features, ..LoadOptions::default() };
    let package = load(&SourceTree::of_text("app.wit", wit), &options).unwrap_or_else(|found| panic!("{found:?}"));
    let mut types = Types::new();
    let world = package.world(&mut types, None).unwrap();
    through_bytes(&mut types, &world);
    let notes = package.notes().iter().map(|note| {
        assert_eq!(note.severity, Severity::Note);
        note.headline.clone()
    });
    (world.component.imports.keys().map(ExternName::to_string).collect(), notes.collect())
}

/// A draft's references to WASI follow the version of the resolve, and raise none.
#[test]
fn drafts_follow_the_version_of_the_resolve() {
    let alone = "package local:app;\nworld app { import wasi:tls/types@0.2.0-draft; }\n";
    let found = load(&SourceTree::of_text("app.wit", alone), &LoadOptions::default()).unwrap_err();
    assert_eq!(found.0[0].labels[0].place.file_name(), "app.wit", "{:?}", found.0[0]);
    let (names, notes) = imports(alone, &["tls"]);
    assert!(names.contains(&"wasi:io/streams@0.2.12".to_owned()) && notes.is_empty(), "{names:?} {notes:?}");
    let older = "package local:app;\nworld app {\n  import wasi:tls/types@0.2.0-draft;\n  \
                 import wasi:random/random@0.2.3;\n}\n";
    let (names, notes) = imports(older, &["tls"]);
    assert!(notes.is_empty(), "{notes:?}");
    for name in ["wasi:io/error@0.2.3", "wasi:io/poll@0.2.3", "wasi:io/streams@0.2.3", "wasi:random/random@0.2.3"] {
        assert!(names.contains(&name.to_owned()), "{name} is not among {names:?}");
    }
    assert!(!names.iter().any(|name| name.contains("0.2.12")), "{names:?}");
}

/// One version for each track, in which every package is, and one import of what is imported in two versions.
#[test]
fn one_version_for_each_track() {
    let mixed = "package local:app;\nworld app {\n  import wasi:io/poll@0.2.0;\n  import wasi:io/poll@0.2.6;\n  \
                 import wasi:random/random@0.2.1;\n  import wasi:clocks/monotonic-clock@0.3.0;\n}\n";
    let (names, notes) = imports(mixed, &[]);
    let expected = [
        "wasi:io/poll@0.2.6",
        "wasi:random/random@0.2.6",
        "wasi:clocks/types@0.3.0",
        "wasi:clocks/monotonic-clock@0.3.0",
    ];
    let mut sorted = names.clone();
    sorted.sort();
    let mut wanted = expected.map(str::to_owned).to_vec();
    wanted.sort();
    assert_eq!(sorted, wanted);
    assert_eq!(notes, ["WASI 0.2.0 is read as 0.2.6, the highest version asked for"]);
}

/// A package in the user's files is the one that is used, is read as the version of its track, and raises others.
#[test]
fn a_package_of_the_user_wins() {
    let tree = |own: &str, asked: &str| {
        let files = [
            (
                "wit/app.wit",
                format!(
                    "package local:app;\nworld app {{ import wasi:io/poll@{asked}; import wasi:io/error@{asked}; }}\n"
                ),
            ),
            (
                "wit/deps/io.wit",
                format!(
                    "package wasi:io@{own};\ninterface poll {{ mine: func(); }}\ninterface error {{ theirs: func(); }}\n"
                ),
            ),
        ];
        SourceTree::of_folder(
            "wit",
            files.map(|(name, text)| (name.to_owned(), text.into_bytes())).into_iter().collect(),
        )
    };
    for (own, asked, is_noted) in [("0.2.0", "0.2.6", true), ("0.2.6", "0.2.0", false), ("0.2.6", "0.2.6", false)] {
        let package = load(&tree(own, asked), &LoadOptions::default()).unwrap();
        let mut types = Types::new();
        let world = package.world(&mut types, None).unwrap();
        let names: Vec<String> = world.component.imports.keys().map(ExternName::to_string).collect();
        assert_eq!(names, ["wasi:io/poll@0.2.6", "wasi:io/error@0.2.6"], "{own} {asked}");
        for item in world.component.imports.values() {
            let ItemKind::Instance(instance) = item.kind else { panic!("an interface is an instance") };
            assert_eq!(types.instance(instance).exports.len(), 1, "the text is the user's");
        }
        let codes: Vec<&str> = package.notes().iter().map(|note| note.code.0).collect();
        assert_eq!(codes.contains(&"wit/read-as"), is_noted, "{codes:?}");
    }
}

/// A name that another version has is answered with that version.
#[test]
fn near_misses_look_into_other_versions() {
    for (name, help) in [
        ("wasi:http/service@0.2.3", "write `wasi:http/service@0.3.2`, which has it"),
        ("wasi:http/proxy@0.3.0", "write `wasi:http/proxy@0.2.12`, which has it"),
        ("wasi:http/prox", "did you mean `wasi:http/proxy@0.2.12`?"),
        ("wasi:http/servic@0.3.0", "did you mean `service`?"),
        ("wasi:keyvalue/stor", "did you mean `store`?"),
        ("wasi:keyvalues/store", "did you mean `wasi:keyvalue`?"),
        ("wasi:tsl/imports", "did you mean `wasi:tls`?"),
    ] {
        assert_eq!(built_in(name, &["tls"]).unwrap_err().0[0].help.as_deref(), Some(help), "{name}");
    }
}

/// The worlds of this project's own `wit/` folder need no `deps`, and go through bytes.
#[test]
fn own_worlds_go_through_bytes_without_deps() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wit");
    for (name, world) in
        [("todo", "todo-app"), ("greeter", "greeter"), ("values", "values-both"), ("both-ways", "both-ways")]
    {
        let tree = read_tree_as(&folder.join(name), name);
        assert!(tree.files.keys().all(|file| !file.contains("deps")), "{name}");
        let package = load(&tree, &LoadOptions::default()).unwrap_or_else(|found| panic!("{name}: {:?}", found.0[0]));
        let mut types = Types::new();
        let world = package.world(&mut types, Some(world)).unwrap_or_else(|found| panic!("{name}: {:?}", found.0[0]));
        through_bytes(&mut types, &world);
    }
}

/// A world that was loaded with what it needs and nothing else is the very same, down to its places.
#[test]
fn what_is_not_needed_makes_no_difference() {
    let mut count = 0;
    let mut names: Vec<String> = DRAFTS.iter().map(|(name, _)| (*name).to_owned()).collect();
    for (track, newest, packages) in TRACKS {
        for patch in [0, 1, newest] {
            for package in packages {
                names.push(format!("wasi:{package}@{track}.{patch}"));
                for world in ["imports", "command", "proxy", "service", "middleware", "types"] {
                    names.push(format!("wasi:{package}/{world}@{track}.{patch}"));
                }
            }
        }
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wit");
    let own = ["todo", "greeter", "values", "both-ways"].map(|name| read_tree_as(&folder.join(name), name));
    let app = "package local:app;\nworld app {\n  include wasi:cli/command@0.2.1;\n  \
               import wasi:http/types@0.2.3;\n  import wasi:tls/types@0.2.0-draft;\n}\n";
    let trees = names.iter().map(SourceTree::built_in).chain(own).chain([SourceTree::of_text("app.wit", app)]);
    for tree in trees {
        let options = LoadOptions { features: vec!["tls".to_owned()], ..LoadOptions::default() };
        let whole = load(&tree, &options);
        let needed = load(&tree, &LoadOptions { needed_only: true, ..options });
        let (Ok(whole), Ok(needed)) = (&whole, &needed) else {
            assert_eq!(whole.as_ref().err(), needed.as_ref().err());
            continue;
        };
        count += 1;
        // The features that there are, in the help of a note, are those of what was read.
        let notes = |package: &Package| -> Vec<_> {
            package.notes().iter().map(|note| (note.headline.clone(), note.labels.clone())).collect()
        };
        assert_eq!(notes(whole), notes(needed));
        assert_eq!(print(whole, None, Docs::Keep), print(needed, None, Docs::Keep), "{:?}", tree.roots);
        let (mut first, mut second) = (Types::new(), Types::new());
        for (one, other) in whole.all_worlds(&mut first).iter().zip(needed.all_worlds(&mut second)) {
            assert_eq!(types::dump::world(&first, one), types::dump::world(&second, &other));
            assert_eq!(places(&first, one), places(&second, &other));
        }
    }
    println!("{count} packages and worlds");
    assert!(count > 60, "only {count}");
    let has_sockets = |needed_only| {
        let options = LoadOptions { needed_only, ..LoadOptions::default() };
        let package = load(&SourceTree::built_in("wasi:http/proxy@0.2.12"), &options).unwrap();
        print(&package, Some("wasi:http/proxy"), Docs::LeaveOut).unwrap();
        format!("{package:?}").contains("create-udp-socket")
    };
    assert!(has_sockets(false) && !has_sockets(true));
}

/// The places of a world's items and of what is in its interfaces.
fn places(types: &Types, world: &World) -> Vec<Option<diag::Place>> {
    let mut places = vec![world.decl.place.clone()];
    for item in world.component.imports.values().chain(world.component.exports.values()) {
        places.push(item.decl.place.clone());
        if let ItemKind::Instance(instance) = item.kind {
            places.extend(types.instance(instance).exports.values().map(|item| item.decl.place.clone()));
        }
    }
    places
}

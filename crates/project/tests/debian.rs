//! Dependencies from Debian's registry: WIT that names other WIT, by versions, with and without a password.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test writes projects, and unwraps")]

use std::path::Path;
use std::process::ExitCode;

use registry::{Client, Interface, Kind, Package, Reference};
use testing::Outcome;
use testing::cases::Suite;
use testing::registry::{Daemon, Setup};
use withe_project::Manifest;
use withe_project::deps::{self, Options};

fn main() -> ExitCode {
    Suite::new().test("debian/packages_are_fetched_by_version", packages_are_fetched_by_version).run()
}

/// A package of WIT as wasm, in a tree with another one that it may name.
fn package(text: &str, other: Option<&[u8]>) -> Vec<u8> {
    let mut tree = wit::SourceTree::of_text("package.wit", text);
    other.into_iter().for_each(|bytes| deps::contents::add_wasm(&mut tree, "other", bytes));
    let package = wit::load(&tree, &wit::LoadOptions::default()).unwrap_or_else(|found| panic!("{found:?}"));
    wit::wasm(&package, None, wit::print::Docs::Keep).unwrap()
}

fn options(home: &Path) -> Options {
    let home = home.display().to_string();
    Options::of(&|name| (name == "HOME").then(|| home.clone()))
}

fn packages_are_fetched_by_version() -> Outcome {
    let daemon = Daemon::start("project-registry", &Setup::default())?;
    let home = tempfile::tempdir()?;
    let client = Client::new(options(home.path()).registry).unwrap();
    let push = |name: &str, tag: &str, bytes: Vec<u8>| {
        let reference = Reference::parse(&format!("{}/pkgs/{name}:{tag}", daemon.host())).unwrap();
        let kind = Kind::Component(Interface::default());
        client
            .push(&reference, &Package { bytes, kind, annotations: Default::default(), author: None, created: 0 })
            .unwrap();
    };
    let base = |version: &str| package(&format!("package t:base@{version};\ninterface b {{ type id = u32; }}"), None);
    for version in ["1.0.0", "1.1.0+build.2", "2.0.0-rc.1"] {
        push("t/base", &version.replace('+', "_"), base(version));
    }
    push("t/base", "latest", base("1.0.0"));
    let log = package(
        "package t:log@0.3.0;\ninterface l { use t:base/b@1.0.0.{id}; w: func(of: id); }",
        Some(&base("1.0.0")),
    );
    push("t/log", "0.3.0", log);

    let app = home.path().join("app");
    std::fs::create_dir_all(&app)?;
    let manifest = |rest: &str| {
        let text = format!(
            "[app]\nname = \"t:app\"\nversion = \"0.1.0\"\n\n[registries]\nt = \"{}/pkgs/\"\n\n{rest}",
            daemon.host()
        );
        std::fs::write(app.join("withe.toml"), text).unwrap();
        Manifest::open(&app, &app).unwrap()
    };
    let fetched = deps::fetch(&manifest("[dependencies]\n\"t:log\" = \"0.3\"\n"), &options(home.path())).unwrap();
    let ids: Vec<String> = fetched.lock.packages.iter().map(deps::Locked::id).collect();
    assert_eq!(ids, ["t:base@1.1.0+build.2", "t:log@0.3.0"]);
    assert!(app.join("deps/t/base/1.1.0+build.2.wasm").exists());

    // Now there is nobody to ask.
    let host = daemon.host();
    let missing = manifest("[dependencies]\n\"t:log\" = \"0.3\"\n\"t:none\" = \"1\"\n");
    let found = deps::fetch(&missing, &options(home.path())).unwrap_err();
    assert_eq!((found.0.len(), found.0[0].code.0), (1, "deps/unknown-package"), "{found:?}");
    let whole = manifest("[dependencies]\n\"t:log\" = \"0.3\"\n");
    drop(daemon);
    assert!(deps::fetch(&whole, &options(home.path())).unwrap().written.is_empty());
    let mut offline = options(home.path());
    offline.registry.offline = true;
    std::fs::remove_dir_all(home.path().join(".cache"))?;
    std::fs::remove_dir_all(app.join("deps"))?;
    let found = deps::fetch(&whole, &offline).unwrap_err();
    assert!(found.0.iter().all(|one| one.code.0 == "registry/offline"), "{host}: {found:?}");
    Ok(())
}

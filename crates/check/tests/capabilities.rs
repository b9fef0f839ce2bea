//! Each function of the WASI that is built in has a meaning, so that none is told as unknown.

use types::{ItemKind, Types};
use wit::{LoadOptions, SourceTree};
use withe_check::capabilities::{Capability, meaning};

/// Worlds that import all interfaces of their packages.
const PACKAGES: [&str; 10] = [
    "wasi:cli@0.2.12",
    "wasi:http@0.2.12",
    "wasi:clocks@0.2.12",
    "wasi:cli@0.3.2",
    "wasi:http@0.3.2",
    "wasi:clocks@0.3.2",
    "wasi:keyvalue",
    "wasi:config",
    "wasi:logging",
    "wasi:tls",
];

#[test]
fn every_function_of_wasi_has_a_meaning() {
    let mut counted = 0;
    let mut unknown = Vec::new();
    for package in PACKAGES {
        let options = LoadOptions { all_features: true, ..LoadOptions::default() };
        let package =
            wit::load(&SourceTree::built_in(package), &options).unwrap_or_else(|why| panic!("{package}: {why:?}"));
        let mut types = Types::new();
        for world in package.all_worlds(&mut types) {
            for (interface, item) in &world.component.imports {
                let Some(instance) = item.kind.instance() else { continue };
                let interface = interface.to_string();
                let interface = interface.split('@').next().unwrap_or_default();
                for (name, item) in &types.instance(instance).exports {
                    if !matches!(item.kind, ItemKind::Func(_)) {
                        continue;
                    }
                    counted += 1;
                    let meaning = meaning(interface, &name.to_string());
                    let is_known = |cap| !matches!(cap, Capability::OtherWasi | Capability::Custom);
                    if !meaning.touches.iter().all(|touched| is_known(touched.capability)) {
                        unknown.push(format!("{interface}#{name}"));
                    }
                }
            }
        }
    }
    assert_eq!(unknown, Vec::<String>::new());
    assert!(counted > 400, "{counted} functions");
}

#[test]
fn what_wasi_never_had_is_unknown() {
    for (interface, func) in
        [("wasi:nn/graph", "load"), ("wasi:cli/exit", "explode"), ("wasi:sockets/tcp", "[method]tcp-socket.hijack")]
    {
        assert_eq!(meaning(interface, func).touches[0].capability, Capability::OtherWasi, "{interface} {func}");
    }
    assert_eq!(meaning("local:a/b", "c").touches[0].capability, Capability::Custom);
}

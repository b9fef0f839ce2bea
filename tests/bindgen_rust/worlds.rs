//! All worlds that are built in.
//!
//! In: built-in packages. Out: each world compiled, and wrapped from its stubs.

use std::path::Path;

use testing::Outcome;
use testing::cases::Suite;
use testing::guest::{Guest, Shape, Target};

use super::{compile, ensure, generate, path_text, withe_in};
use withe::Exit;

/// Worlds built in; the number may only grow.
const BUILT_IN: usize = 20;

pub fn add(suite: Suite) -> Suite {
    let suite =
        suite.test("wasi/all worlds are found", || ensure(built_in().len() >= BUILT_IN, &format!("{:?}", built_in())));
    built_in().into_iter().fold(suite, |suite, world| {
        suite.test(format!("wasi/{world}"), move || {
            let name = format!("wasi-{world}");
            let out = generate(&name, &[&world, "--all-features"])?;
            compile(&name, &out)?;
            wraps(&name, &out)
        })
    })
}

/// The names of the worlds of all packages that are built in.
fn built_in() -> Vec<String> {
    let mut found = Vec::new();
    for (package, text) in wit::built_in_texts() {
        let (package, version) = package.split_once('@').map_or((package.as_str(), None), |(name, v)| (name, Some(v)));
        for line in text.lines() {
            let Some(rest) = line.strip_prefix("world ") else { continue };
            let world = rest.split([' ', '{']).next().unwrap_or_default().trim_start_matches('%');
            let version = version.map(|version| format!("@{version}")).unwrap_or_default();
            found.push(format!("{package}/{world}{version}"));
        }
    }
    found
}

/// The stubs of a world become a component, where they export something.
pub fn wraps(name: &str, out: &Path) -> Outcome {
    let library = out.join("src/lib.rs");
    if !std::fs::read_to_string(&library)?.contains("::export!(") {
        return Ok(());
    }
    let name = name.replace([':', '/', '@', '.'], "-");
    let mut guest = Guest::new(&library, Target::Unknown, Shape::Library);
    guest.flags.push("-Copt-level=0");
    let module = guest.compile(&format!("bindgen-stubs-{name}"))?;
    let (exit, errors) = withe_in(out, &["withe", "wrap", path_text(&module), "-o", "stubs.wasm"]);
    ensure(exit == Exit::OK, &errors)
}

//! All worlds there are: WASI's, the public vectors, the cases of this suite.
//!
//! In: built-in packages and folders. Out: each world compiled and wrapped; all of them as modules of one crate,
//! in every form.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use testing::cases::{Suite, directories, entries};
use testing::guest::{Guest, Shape, Target};
use testing::{Outcome, Trouble, fixtures, scratch};

use super::forms::{Content, Crate};
use super::{compile, ensure, file_name, generate, path_text, withe_in};
use withe::Exit;

/// Worlds built in; the number may only grow.
const BUILT_IN: usize = 20;

pub fn add(suite: Suite) -> Suite {
    let suite = suite
        .test("wasi/all worlds are found", || ensure(built_in().len() >= BUILT_IN, &format!("{:?}", built_in())))
        .test("all/edition 2021", || everything()?.compiles(Content::Stubs, Target::Wasip1, "2021"))
        .test("all/no_std", || everything()?.compiles(Content::Alone, Target::Unknown, "2024"))
        .test("all/clippy of stubs", || everything()?.clippy(Content::Stubs, "2021"))
        .test("all/clippy of bindings", || everything()?.clippy(Content::Alone, "2024"))
        .test("all/documentation", || everything()?.documented());
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

/// Everything that has bindings, generated once.
fn everything() -> Result<Crate, Trouble> {
    static MADE: OnceLock<Result<Crate, Trouble>> = OnceLock::new();
    MADE.get_or_init(make_everything).clone()
}

fn make_everything() -> Result<Crate, Trouble> {
    let folder = scratch("bindgen-rust-everything")?;
    let mut inputs: Vec<String> = built_in();
    for case in directories(&fixtures("bindgen/rust")) {
        let wit = case.join("world.wit");
        // Options may ask for more than one file.
        if !std::fs::read_to_string(&wit)?.starts_with("// options: ") {
            inputs.push(path_text(&wit).to_owned());
        }
    }
    if let Ok(vectors) = testing::conformance::folder("bindgen") {
        inputs.extend(entries(&vectors).iter().map(|path| path_text(path).to_owned()));
    }
    let mut files = Vec::new();
    for (index, input) in inputs.iter().enumerate() {
        let out = generate(&format!("everything-{index}"), &[input, "--all-features"])?;
        files.push(bindings_of(&out)?);
    }
    Ok(Crate { name: "all".to_owned(), folder, files })
}

/// The file of bindings in a generated crate.
pub fn bindings_of(out: &Path) -> Result<PathBuf, Trouble> {
    let is_bindings = |path: &PathBuf| file_name(path) != "lib.rs";
    Ok(entries(&out.join("src")).into_iter().find(is_bindings).ok_or("there is no file of bindings")?)
}

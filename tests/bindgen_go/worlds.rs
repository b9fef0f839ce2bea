//! All worlds there are: WASI's and the public vectors.

use std::path::Path;

use testing::cases::{Suite, entries};
use testing::go::{Go, On};
use testing::{Outcome, conformance};

use super::{compiles, ensure, file_name, files_below, generate, module, path_text};

/// Worlds built in; the number may only grow.
const BUILT_IN: usize = 20;

/// Most lines of code of the world `wasi:http/proxy`, all packages together, without comments and empty lines.
const HTTP_LINES: usize = 3000;

pub fn add(suite: Suite) -> Suite {
    suite
        .test("wasi/all worlds compile", wasi)
        .test("wasi/lines of http's proxy", http_lines)
        .test("vectors/all worlds compile", vectors)
}

/// Generates each.
fn generate_all(out: &Path, inputs: &[Vec<String>]) -> Outcome {
    for words in inputs {
        let below: String = words[0].rsplit("bindgen/").next().unwrap_or_default().to_owned();
        let below: String = below.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        generate(out, &words, &below).map_err(|trouble| format!("{words:?}: {trouble}"))?;
    }
    Ok(())
}

fn wasi() -> Outcome {
    let worlds = built_in();
    ensure(worlds.len() >= BUILT_IN, &format!("{worlds:?}"))?;
    let out = module("wasi")?;
    let inputs: Vec<_> = worlds.iter().map(|world| vec![world.clone(), "--all-features".to_owned()]).collect();
    generate_all(&out, &inputs)?;
    compiles(&out)
}

fn vectors() -> Outcome {
    let folder = conformance::folder("bindgen")?;
    let out = module("vectors")?;
    let inputs: Vec<_> = entries(&folder).iter().map(|path| vec![path_text(path).to_owned()]).collect();
    generate_all(&out, &inputs)?;
    compiles(&out)
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

fn http_lines() -> Outcome {
    let out = module("http-lines")?;
    let world = built_in().into_iter().find(|world| world.starts_with("wasi:http/proxy@0.2"));
    let world = world.ok_or("no world wasi:http/proxy@0.2 is built in")?;
    generate(&out, &[&world], "")?;
    let files = files_below(&out)?;
    let sources = files.iter().filter(|(path, _)| path.ends_with(".go") && file_name(Path::new(path)) != "main.go");
    let is_code = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with("//");
    let lines: usize = sources.map(|(_, text)| text.lines().filter(is_code).count()).sum();
    ensure(lines <= HTTP_LINES, &format!("{world}: {lines} lines of code"))?;
    Go::Machine.vet(&out, On::Wasm)
}

//! Public components: each is read; its type is written as a world's metadata, validated by both parsers, and read again.
//! What a plan can say of a component is planned, written and compared (`emit` compares in tests), and validated.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use testing::cases::{Suite, directories, entries};
use testing::{Outcome, Trouble};
use types::Types;
use withe_component as component;

fn main() -> ExitCode {
    Suite::new()
        .conformance("encode", directories, |case| encoded(&case.join("component.wat")))
        .conformance("wast", scripts, script)
        .run()
}

fn scripts(folder: &Path) -> Vec<PathBuf> {
    let is_script = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "wast");
    directories(folder).iter().flat_map(|area| entries(area)).filter(is_script).collect()
}

/// What a tool made of a core module.
fn encoded(path: &Path) -> Outcome {
    if !path.exists() {
        return Err(Trouble::NotRun("no component is expected".to_owned()));
    }
    let bytes = wat::parse_bytes(&testing::read(path)?).map_err(|error| error.to_string())?.into_owned();
    round_trip(&bytes, "component.wasm")
}

/// The components that a script of the specification defines.
fn script(path: &Path) -> Outcome {
    let text = testing::read_text(path)?;
    let mut counted = 0;
    for form in top_level(&text) {
        let Some(body) = definition(form) else { continue };
        // A script may hold what today's text parser refuses, or what needs a text that has been taken back.
        let Ok(bytes) = wat::parse_str(&body) else { continue };
        if wasmparser::Validator::new_with_features(wasmparser::WasmFeatures::all()).validate_all(&bytes).is_err() {
            continue;
        }
        counted += 1;
        round_trip(&bytes, &format!("component {counted}"))?;
    }
    if counted == 0 { Err(Trouble::NotRun("it defines no component".to_owned())) } else { Ok(()) }
}

/// A form's text as one component. `None` for other forms, and for components given as bytes or quoted text.
fn definition(form: &str) -> Option<String> {
    let rest = form.strip_prefix("(component")?;
    let rest = rest.trim_start();
    let word = rest.split_whitespace().next()?;
    match word {
        "definition" => Some(format!("(component {}", &rest["definition".len()..])),
        "instance" | "binary" | "quote" => None,
        _ => Some(form.to_owned()),
    }
}

/// The parenthesised forms at the top of a script.
fn top_level(text: &str) -> Vec<&str> {
    let bytes = text.as_bytes();
    let (mut forms, mut depth, mut start, mut at) = (Vec::new(), 0_usize, 0, 0);
    while at < bytes.len() {
        match bytes[at] {
            b'"' => {
                at += 1;
                while bytes[at] != b'"' {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
            }
            b';' if bytes[at..].starts_with(b";;") => {
                while at < bytes.len() && bytes[at] != b'\n' {
                    at += 1;
                }
            }
            b'(' if bytes[at..].starts_with(b"(;") => {
                at += text[at..].find(";)").expect("a comment ends") + 1;
            }
            b'(' => {
                if depth == 0 {
                    start = at;
                }
                depth += 1;
            }
            b')' => {
                depth -= 1;
                if depth == 0 {
                    forms.push(&text[start..=at]);
                }
            }
            _ => {}
        }
        at += 1;
    }
    forms
}

/// Component to types to metadata to types.
fn round_trip(bytes: &[u8], name: &str) -> Outcome {
    if let Some(plan) = component::read::structure(bytes) {
        let written = component::emit(&plan, component::EmitOptions::default());
        wasmparser::Validator::new_with_features(wasmparser::WasmFeatures::all())
            .validate_all(&written)
            .map_err(|error| format!("{name}, planned again: {error}"))?;
    }
    let mut types = Types::new();
    let world = match component::read_world(&mut types, name, bytes) {
        Ok(world) => world,
        Err(error) => return accepted(&error),
    };
    let written = match component::metadata::encode(&types, &world, component::StringEncoding::Utf8) {
        Ok(written) => written,
        Err(error) => return accepted(&error),
    };
    let text = || wasmprinter::print_bytes(&written).unwrap_or_default();
    wasmparser::Validator::new_with_features(wasmparser::WasmFeatures::all())
        .validate_all(&written)
        .map_err(|error| format!("{name}: {error}\n{}", text()))?;
    wasmparser_embedded::Validator::new_with_features(wasmparser_embedded::WasmFeatures::all())
        .validate_all(&written)
        .map_err(|error| format!("{name}, older parser: {error}\n{}", text()))?;
    let read = component::metadata::decode(&mut types, name, &written)
        .map_err(|error| format!("{name}: {:?}\n{}", error.0[0], text()))?;
    let (before, after) =
        (types::dump::component(&types, &world.component), types::dump::component(&types, &read.world.component));
    if before == after { Ok(()) } else { Err(Trouble::Failed(format!("{name}\n{before}\n---\n{after}"))) }
}

/// Only what is said to be unsupported may stop the way.
fn accepted(error: &diag::Diagnostics) -> Outcome {
    match error.0.iter().find(|error| !error.code.0.starts_with("unsupported/")) {
        None => Ok(()),
        Some(error) => Err(Trouble::Failed(format!("{error:?}"))),
    }
}

//! `withe graph`: a picture of what is inside a component and how it is wired.

mod level;
mod scene;

use std::path::Path;

use component::BinaryKind;
use diag::{Diagnostic, Place};

use crate::cli::{GraphArgs, GraphForm};
use crate::io::Wasm;
use crate::{Exit, Io};

pub fn graph(args: &GraphArgs, io: &mut Io) -> diag::Result<Exit> {
    let form = form(args)?;
    let file = match super::in_project::file(&args.component, io)? {
        Ok(file) => file,
        Err(exit) => return Ok(exit),
    };
    io.check_keeps(args.out.out.as_deref(), [&*file])?;
    let wasm = io.read_wasm(&file)?;
    check_kind(&wasm)?;
    let scene = scene::scene(&wasm.name, &wasm.bytes)?;
    let text = match form {
        GraphForm::Json => picture::json(&scene),
        GraphForm::Svg => picture::svg(&scene),
        GraphForm::Html => picture::html(&scene),
        GraphForm::Mermaid => picture::mermaid(&scene),
        GraphForm::Dot => picture::dot(&scene),
    };
    io.write_text(&args.out.out, &text)
}

/// As the option says, or else the file's ending; a form that is not written here is told before anything is read.
fn form(args: &GraphArgs) -> diag::Result<GraphForm> {
    let out = args.out.out.as_deref();
    match (args.form, out.and_then(foreign_ending)) {
        (Some(form), _) => Ok(form),
        (None, Some(ending)) => Err(not_written(args, &ending).into()),
        (None, None) => Ok(form_of(out)),
    }
}

/// Endings of forms that are not written here, and that no SVG should have.
const FOREIGN: [&str; 9] = ["png", "pdf", "jpg", "jpeg", "gif", "webp", "bmp", "eps", "ps"];

fn foreign_ending(out: &Path) -> Option<String> {
    let ending = out.extension()?.to_string_lossy().to_ascii_lowercase();
    FOREIGN.contains(&ending.as_str()).then_some(ending)
}

fn not_written(args: &GraphArgs, ending: &str) -> Diagnostic {
    let out = args.out.out.as_deref().unwrap_or(Path::new("-"));
    let svg = out.with_extension("svg");
    let [component, out, svg] = [args.component.as_ref(), out, &svg].map(|path| path.display().to_string());
    let headline = format!("`{out}` asks for {}, which `graph` does not write", ending.to_uppercase());
    diag::error("usage/command-line", headline)
        .help(format!("write an SVG, which browsers and other tools convert: withe graph {component} -o {svg}"))
}

/// As the file's ending says; an SVG to any other file, and on standard output what can be read there.
fn form_of(out: Option<&Path>) -> GraphForm {
    let Some(out) = out.filter(|out| *out != Path::new("-")) else { return GraphForm::Mermaid };
    let ending = out.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
    match ending.as_deref() {
        Some("html" | "htm") => GraphForm::Html,
        Some("mmd" | "mermaid") => GraphForm::Mermaid,
        Some("dot" | "gv") => GraphForm::Dot,
        Some("json") => GraphForm::Json,
        Some(_) | None => GraphForm::Svg,
    }
}

/// Says what to do with what is no component.
fn check_kind(wasm: &Wasm) -> diag::Result<()> {
    match component::kind_of(&wasm.bytes) {
        Some(BinaryKind::WitPackage) => Err(wit_package(&wasm.name).into()),
        // What is no component is told by the reader, with the command that makes one of a core module.
        Some(BinaryKind::Component | BinaryKind::CoreModule) | None => Ok(()),
    }
}

fn wit_package(file: &str) -> Diagnostic {
    diag::error("component/not-a-component", format!("`{file}` is a WIT package, with nothing inside that is wired"))
        .label(Place::file(file), "a component is wanted here")
        .help(format!("see what it says: withe wit {file}"))
}

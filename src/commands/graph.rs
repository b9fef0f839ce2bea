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
    let form = args.form.unwrap_or_else(|| form_of(args.out.out.as_deref()));
    io.check_keeps(args.out.out.as_deref(), [&*args.component])?;
    let wasm = io.read_wasm(&args.component)?;
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

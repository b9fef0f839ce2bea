//! `withe new`: a project that builds, wraps and runs.
//!
//! In: a folder that is empty or absent, a language, a template. Out: the project, its bindings, and the commands that
//! lead from it to a running component.
//! Holds: the commands shown are those of the project's README, and work as they stand; the bindings are what the
//! command in the README writes.

mod name;
mod templates;

use std::path::Path;

use diag::Place;
use serde_json::json;

use crate::cli::{Format, NewArgs, NewLang};
use crate::commands::doctor;
use crate::{Exit, Io};
pub(super) use name::valid_name;
use templates::{File, TEMPLATES, Template};

pub fn new(args: &NewArgs, io: &mut Io) -> diag::Result<Exit> {
    let template = template(args)?;
    let name = name_of(args, io)?;
    refuse_used_folder(&args.dir, io)?;
    let files = files(template, &name, is_below_crate(&args.dir, io));
    let wanted = files.iter().map(|(path, text, _)| (path.as_str(), text.as_bytes()));
    io.write_folder(&args.dir, wanted)?;
    let exit = generate(template, &args.dir, io);
    if exit != Exit::OK {
        return Ok(exit);
    }

    let commands = commands(&files);
    introduce(template, &args.dir, &files, &commands, io);
    io.report_all(doctor::lacking(template.tools, io));
    io.set_result(json!({
        "dir": args.dir.display().to_string(),
        "name": name,
        "template": template.name.name(),
        "files": listed(template, &files).iter().map(|(path, _)| *path).collect::<Vec<_>>(),
        "commands": commands,
    }));
    Ok(Exit::OK)
}

/// The template, if the language has it.
fn template(args: &NewArgs) -> diag::Result<&'static Template> {
    let language = match args.lang {
        NewLang::Rust => "Rust",
        NewLang::Wat => "WebAssembly text",
        NewLang::Go => "Go",
        NewLang::Js => "JavaScript",
    };
    let found = TEMPLATES.iter().find(|one| one.lang == args.lang && one.name == args.template);
    Ok(found.ok_or_else(|| {
        let all = TEMPLATES.iter().filter(|one| one.lang == args.lang);
        let all: Vec<String> = all.map(|one| format!("`--template {}`", one.name.name())).collect();
        diag::error("unsupported/template", format!("there is no template `{}` in {language}", args.template.name()))
            .help(format!("choose {}", all.join(" or ")))
    })?)
}

/// What the project is called: as the user says, if that is a valid name, else after its folder.
fn name_of(args: &NewArgs, io: &Io) -> diag::Result<String> {
    let Some(given) = &args.name else {
        let folder = io.resolve(&args.dir);
        let whole = std::path::absolute(&folder).unwrap_or(folder);
        // `.` and `..` mean a folder that is there.
        let whole = std::fs::canonicalize(&whole).unwrap_or(whole);
        return Ok(valid_name(&whole.file_name().unwrap_or_default().to_string_lossy()));
    };
    let valid = valid_name(given);
    if *given == valid {
        return Ok(valid);
    }
    Err(diag::error(
        "usage/command-line",
        format!("`--name {given}` is no name that a package of cargo and of WIT may have"),
    )
    .help(format!("write `--name {valid}`"))
    .into())
}

/// A project never mixes with somebody's files; an empty repository has none yet.
fn refuse_used_folder(dir: &Path, io: &Io) -> diag::Result<()> {
    let found = match std::fs::read_dir(io.resolve(dir)) {
        Ok(entries) => {
            let mut names: Vec<_> = entries.flatten().map(|entry| entry.file_name()).collect();
            names.sort();
            let file = names.into_iter().find(|name| name != ".git");
            file.map(|name| format!("`{}` is here already", name.to_string_lossy()))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => Some(error.to_string()),
    };
    let Some(found) = found else { return Ok(()) };
    Err(diag::error("new/folder-not-empty", format!("`{}` is not an empty folder", dir.display()))
        .label(Place::file(dir.display().to_string()), found)
        .help("name another folder: `withe new DIR --lang LANGUAGE`")
        .into())
}

/// Whether a crate or workspace stands above, which cargo would take the new one for a part of.
fn is_below_crate(dir: &Path, io: &Io) -> bool {
    let folder = io.resolve(dir);
    let whole = std::path::absolute(&folder).unwrap_or(folder);
    whole.ancestors().skip(1).any(|above| above.join("Cargo.toml").is_file())
}

/// Paths, texts, and what each is.
fn files(template: &Template, name: &str, is_below_crate: bool) -> Vec<(String, String, &'static str)> {
    let package = bindgen_go::package_name(name);
    let filled = |text: &str| {
        let text = text.replace("{{name}}", name).replace("{{module}}", &name::module(name));
        text.replace("{{package}}", &package)
    };
    let mut files: Vec<_> =
        template.files.iter().map(|File(path, text, what)| (filled(path), filled(text), *what)).collect();
    if is_below_crate && let Some((_, manifest, _)) = files.iter_mut().find(|(path, ..)| path == "Cargo.toml") {
        manifest.push_str("\n# No part of a workspace in a folder above; take this out to make it one.\n[workspace]\n");
    }
    files
}

/// The bindings, by the command that the README shows.
fn generate(template: &Template, dir: &Path, io: &Io) -> Exit {
    let Some(bindings) = &template.bindings else { return Exit::OK };
    let mut nested = io.nested(io.resolve(dir));
    nested.format = io.format;
    crate::run(bindings.command.split(' ').chain(["--quiet"]), &mut nested)
}

/// What is to be typed: the first block of shell in the README.
fn commands(files: &[(String, String, &'static str)]) -> Vec<String> {
    let readme = files.iter().find(|(path, ..)| path == "README.md").map_or("", |(_, text, _)| text);
    let block = readme.split("```sh\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap_or_default();
    block.lines().map(str::to_owned).collect()
}

/// All that was written, in order, and what each is.
fn listed<'f>(template: &Template, files: &'f [(String, String, &'static str)]) -> Vec<(&'f str, &'static str)> {
    let bindings = template.bindings.as_ref().map(|bindings| (bindings.path, bindings.what));
    let mut all: Vec<_> = files.iter().map(|(path, _, what)| (path.as_str(), *what)).chain(bindings).collect();
    all.sort_unstable();
    all
}

fn introduce(
    template: &Template,
    dir: &Path,
    files: &[(String, String, &'static str)],
    commands: &[String],
    io: &mut Io,
) {
    if io.format == Format::Json || io.quiet {
        return;
    }
    let dir = dir.display().to_string();
    let mut text = format!("{}, in {dir}:\n", template.what);
    let listed = listed(template, files);
    let width = listed.iter().map(|(path, _)| path.len()).max().unwrap_or_default().max(22);
    for (path, what) in listed {
        text.push_str(&format!("  {path:<width$} {what}\n"));
    }
    text.push_str(&format!("\nFrom here to a running component:\n  cd {}\n", quoted(&dir)));
    commands.iter().for_each(|command| text.push_str(&format!("  {command}\n")));
    io.print(&text);
}

/// A word as a shell takes it.
pub(super) fn quoted(word: &str) -> String {
    let plain = !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || "./-_:@+".contains(c));
    if plain { word.to_owned() } else { format!("'{}'", word.replace('\'', "'\\''")) }
}

//! `withe new`: a project that builds, is tested and runs.
//!
//! In: a folder that is empty or absent, a language or some, a template. Out: the project, its bindings, and the commands
//! that lead from it to a running component.
//! Holds: the commands shown are those of the project's README, and work as they stand; the bindings are what the
//! command in the README writes.

mod app;
mod name;
mod outer;
mod part;
mod templates;

use std::path::Path;

use diag::Place;
use serde_json::json;

use crate::cli::{AppFront, Format, NewArgs, NewLang, TemplateName};
use crate::commands::doctor;
use crate::{Exit, Io};
pub(super) use name::valid_name;
use part::Part;
use templates::{TEMPLATES, Template};

/// All that is written for a project.
struct Project {
    what: &'static str,
    files: Vec<Written>,
    bindings: Vec<Generated>,
    /// What of the tools that `withe doctor` knows is needed.
    tools: Vec<&'static str>,
}

/// One file: where it stands, its text, what it is.
struct Written {
    path: String,
    text: String,
    what: &'static str,
}

/// What a command generates.
struct Generated {
    command: String,
    /// The file; the folder's first one of several.
    path: String,
    what: &'static str,
}

/// What the project is called, wherever it has a name.
struct Names {
    /// As a package of cargo and of WIT.
    name: String,
    /// As a Rust identifier.
    module: String,
    /// As a folder of Go's.
    package: String,
}

impl Names {
    fn new(name: String) -> Self {
        Self { module: name::module(&name), package: bindgen_go::package_name(&name), name }
    }

    /// A template's text with the names filled in.
    fn fill(&self, text: &str) -> String {
        let text = text.replace("{{name}}", &self.name).replace("{{module}}", &self.module);
        text.replace("{{package}}", &self.package)
    }
}

pub fn new(args: &NewArgs, io: &mut Io) -> diag::Result<Exit> {
    let kind = kind(args)?;
    let names = Names::new(name_of(args, io)?);
    refuse_used_folder(&args.dir, io)?;
    let part = match kind {
        Kind::One(_) => Part::find(&args.dir, io),
        Kind::App(_) => None,
    };
    let for_world = match (kind, &part) {
        (Kind::One(template), Some(part)) if template.name == TemplateName::Library => part.project(template.lang),
        (Kind::One(_) | Kind::App(_), _) => None,
    };
    let is_for_world = for_world.is_some();
    let mut project = match kind {
        Kind::One(template) => for_world.unwrap_or_else(|| template.project(&names)),
        Kind::App(front) => app::project(front, &args.lang, &names),
    };
    if is_below_crate(&args.dir, io) {
        stand_alone(&mut project);
    }
    let wanted = project.files.iter().map(|file| (file.path.as_str(), file.text.as_bytes()));
    io.write_folder(&args.dir, wanted)?;
    for bindings in &project.bindings {
        let exit = generate(bindings, &args.dir, io);
        if exit != Exit::OK {
            return Ok(exit);
        }
    }
    if is_for_world {
        part::settle(&args.dir, io)?;
    }

    let commands = commands(&project);
    introduce(&project, &args.dir, &commands, io);
    io.report_all(doctor::lacking(&project.tools, io));
    let outer = match (kind, &part) {
        (Kind::One(template), Some(part)) => {
            io.report_all(part.note(template.lang, is_for_world));
            None
        }
        (Kind::One(_), None) => outer::lines_for(&args.dir, &names.name, &project, io),
        (Kind::App(_), _) => None,
    };
    io.report_all(outer.iter().map(outer::Lines::note));
    io.set_result(json!({
        "dir": args.dir.display().to_string(),
        "name": names.name,
        "template": args.template.name(),
        "files": listed(&project).iter().map(|(path, _)| *path).collect::<Vec<_>>(),
        "commands": commands,
        "manifest": outer.as_ref().map(outer::Lines::as_json),
    }));
    Ok(Exit::OK)
}

/// One component, or an app.
#[derive(Clone, Copy)]
enum Kind {
    One(&'static Template),
    App(AppFront),
}

/// What is asked for, if there is such a thing in the languages.
fn kind(args: &NewArgs) -> diag::Result<Kind> {
    if let Some(front) = args.template.front() {
        return app_languages(args).map(|()| Kind::App(front));
    }
    let lang = match args.lang[..] {
        [lang] => lang,
        [] => {
            return Err(diag::error("usage/command-line", "`withe new` is not told which language")
                .help("add `--lang rust`, `--lang go`, `--lang wat` or `--lang js`; `--template app` is in Rust without one")
                .into());
        }
        [..] => {
            let headline = format!("the template `{}` is one component, so it has one language", args.template.name());
            let help = format!("name one `--lang`, or take `--template app`: {} components", app::PARTS.len());
            return Err(diag::error("usage/command-line", headline).help(help).into());
        }
    };
    let found = TEMPLATES.iter().find(|one| one.lang == lang && one.name == args.template);
    Ok(Kind::One(found.ok_or_else(|| {
        let all = TEMPLATES.iter().filter(|one| one.lang == lang);
        let all: Vec<String> = all.map(|one| format!("`--template {}`", one.name.name())).collect();
        let headline = format!("there is no template `{}` in {}", args.template.name(), title(lang));
        diag::error("unsupported/template", headline).help(format!("choose {}", all.join(" or ")))
    })?))
}

/// An app has as many languages as components at most, and those that components are written in.
fn app_languages(args: &NewArgs) -> diag::Result<()> {
    let mut found = Vec::new();
    if args.lang.len() > app::PARTS.len() {
        let headline =
            format!("an app has {} components, and {} languages are named", app::PARTS.len(), args.lang.len());
        found.push(
            diag::error("usage/command-line", headline)
                .help(format!("name one language for each at most: {}", app::PARTS.join(", "))),
        );
    }
    if args.lang.contains(&NewLang::Js) {
        let headline = format!("there is no template `{}` in JavaScript", args.template.name());
        found.push(diag::error("unsupported/template", headline).help("choose `--lang rust`, `go` or `wat`"));
    }
    if found.is_empty() { Ok(()) } else { Err(diag::Diagnostics(found)) }
}

fn title(lang: NewLang) -> &'static str {
    match lang {
        NewLang::Rust => "Rust",
        NewLang::Wat => "WebAssembly text",
        NewLang::Go => "Go",
        NewLang::Js => "JavaScript",
    }
}

/// What the project is called: as the user says, if that is a valid name, else after its folder.
fn name_of(args: &NewArgs, io: &Io) -> diag::Result<String> {
    let fitting = |text: &str| match valid_name(text) {
        // The app's file would be that of its component.
        name if args.template.front().is_some() && app::PARTS.contains(&name.as_str()) => format!("{name}-app"),
        name => name,
    };
    let Some(given) = &args.name else {
        let folder = io.resolve(&args.dir);
        let whole = std::path::absolute(&folder).unwrap_or(folder);
        // `.` and `..` mean a folder that is there.
        let whole = std::fs::canonicalize(&whole).unwrap_or(whole);
        return Ok(fitting(&whole.file_name().unwrap_or_default().to_string_lossy()));
    };
    let valid = fitting(given);
    if *given == valid {
        return Ok(valid);
    }
    let headline = if app::PARTS.contains(&given.as_str()) {
        format!("`--name {given}` is the name of a component of the app")
    } else {
        format!("`--name {given}` is no name that a package of cargo and of WIT may have")
    };
    Err(diag::error("usage/command-line", headline).help(format!("write `--name {valid}`")).into())
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

/// Keeps the crates out of the workspace above.
fn stand_alone(project: &mut Project) {
    let crates = project.files.iter_mut().filter(|file| file.path.ends_with("Cargo.toml"));
    for manifest in crates {
        manifest
            .text
            .push_str("\n# No part of a workspace in a folder above; take this out to make it one.\n[workspace]\n");
    }
}

/// The bindings, by the command that the README shows.
fn generate(bindings: &Generated, dir: &Path, io: &Io) -> Exit {
    let mut nested = io.nested(io.resolve(dir));
    nested.format = io.format;
    crate::run(bindings.command.split(' ').chain(["--quiet"]), &mut nested)
}

/// What is to be typed: the first block of shell in the README; a part of a project has none.
fn commands(project: &Project) -> Vec<String> {
    let readme = project.files.iter().find(|file| file.path == "README.md");
    let readme = readme.map_or("```sh\nwithe build\n```", |file| &file.text);
    let block = readme.split("```sh\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap_or_default();
    block.lines().map(str::to_owned).collect()
}

/// All that was written, in order, and what each is.
fn listed(project: &Project) -> Vec<(&str, &'static str)> {
    let bindings = project.bindings.iter().map(|bindings| (bindings.path.as_str(), bindings.what));
    let mut all: Vec<_> = project.files.iter().map(|file| (file.path.as_str(), file.what)).chain(bindings).collect();
    all.sort_unstable();
    all
}

fn introduce(project: &Project, dir: &Path, commands: &[String], io: &mut Io) {
    if io.format == Format::Json || io.quiet {
        return;
    }
    let dir = dir.display().to_string();
    let mut text = format!("{}, in {dir}:\n", project.what);
    let listed = listed(project);
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

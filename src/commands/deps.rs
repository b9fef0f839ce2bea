//! What the commands about dependencies share: the project, how sources are asked, and what is said of the result.
//!
//! In: arguments. Out: `project::deps::fetch` with them, and lines or JSON about what changed.

use std::path::Path;

use diag::Diagnostics;
use project::deps::{Fetched, Locked, Options};
use project::{Manifest, PackageName};
use semver::VersionReq;
use serde_json::{Value, json};

use crate::cli::{DepsArgs, Format};
use crate::{Exit, Io};

/// The project that a command is for.
pub fn manifest(path: Option<&Path>, io: &Io) -> diag::Result<Manifest> {
    let cwd = io.current_folder();
    match path {
        Some(path) => Manifest::open(path, &cwd),
        None => Manifest::here(&cwd),
    }
}

/// How sources are asked.
pub fn options(args: &DepsArgs, io: &Io) -> Options {
    let mut options = Options::of(&|name| io.env.var(name));
    options.registry.offline = args.offline;
    options.registry.plain_http = args.plain_http;
    options.registry.ca = args.ca.as_ref().map(|file| io.resolve(file));
    options
}

/// Fetches, and says what changed.
pub fn fetch(manifest: &Manifest, options: &Options, io: &mut Io) -> diag::Result<Exit> {
    let fetched = project::deps::fetch(manifest, options)?;
    io.report_all(fetched.notes.clone());
    say(&fetched, io);
    Ok(Exit::OK)
}

/// Says what changed: a line for each package, and the sum.
pub fn say(fetched: &Fetched, io: &mut Io) {
    let changes = Changes::of(fetched);
    io.set_result(json!({
        "packages": fetched.lock.packages.iter().map(package).collect::<Vec<_>>(),
        "vendored": fetched.lock.vendored,
        "added": changes.added.iter().map(|one| one.id()).collect::<Vec<_>>(),
        "removed": changes.removed.iter().map(|one| one.id()).collect::<Vec<_>>(),
        "changed": changes.changed.iter().map(|(old, new)| json!({ "from": old.id(), "to": new.id() })).collect::<Vec<_>>(),
        "written": fetched.written.iter().map(|file| format!("deps/{file}")).collect::<Vec<_>>(),
        "deleted": fetched.removed.iter().map(|file| format!("deps/{file}")).collect::<Vec<_>>(),
    }));
    if io.format == Format::Json || io.quiet {
        return;
    }
    let mut text = String::new();
    changes.added.iter().for_each(|one| text.push_str(&format!("added    {} from {}\n", one.id(), source(one))));
    for (old, new) in &changes.changed {
        let to =
            if old.version == new.version { "with other contents".to_owned() } else { format!("to {}", version(new)) };
        text.push_str(&format!("changed  {} {to}\n", old.id()));
    }
    changes.removed.iter().for_each(|one| text.push_str(&format!("removed  {}\n", one.id())));
    let count = fetched.lock.packages.len();
    let packages = if count == 1 { "1 package".to_owned() } else { format!("{count} packages") };
    let written = match fetched.written.len() {
        0 => "nothing to fetch".to_owned(),
        count => format!("{count} fetched"),
    };
    let vendored = if fetched.lock.vendored { ", vendored" } else { "" };
    text.push_str(&format!("{packages} in deps/{vendored}: {written}\n"));
    io.print(&text);
}

/// What is in one lock and not in the other.
struct Changes<'f> {
    added: Vec<&'f Locked>,
    removed: Vec<&'f Locked>,
    changed: Vec<(&'f Locked, &'f Locked)>,
}

impl<'f> Changes<'f> {
    fn of(fetched: &'f Fetched) -> Self {
        let (before, after) = (&fetched.before, &fetched.lock);
        let gone = |one: &&Locked| after.get(&one.name, one.version.as_ref()).is_none();
        let new = |one: &&Locked| before.get(&one.name, one.version.as_ref()).is_none();
        let mut removed: Vec<&Locked> = before.packages.iter().filter(gone).collect();
        let (mut added, mut changed) = (Vec::new(), Vec::new());
        for one in after.packages.iter().filter(new) {
            // Of one name, what comes takes the place of what goes.
            match removed.iter().position(|old| old.name == one.name) {
                Some(at) => changed.push((removed.remove(at), one)),
                None => added.push(one),
            }
        }
        for one in &after.packages {
            if let Some(old) = before.get(&one.name, one.version.as_ref()).filter(|old| old.digest != one.digest) {
                changed.push((old, one));
            }
        }
        Self { added, removed, changed }
    }
}

/// A package as JSON.
pub fn package(locked: &Locked) -> Value {
    json!({
        "name": locked.name.to_string(),
        "version": locked.version.as_ref().map(ToString::to_string),
        "kind": locked.kind.name(),
        "source": locked.source,
        "digest": locked.digest.to_string(),
        "file": format!("deps/{}", locked.file()),
        "required-by": locked
            .required_by
            .iter()
            .map(|one| json!({ "by": one.by, "requirement": one.requirement }))
            .collect::<Vec<_>>(),
    })
}

/// Where a package is from, without the word before it.
fn source(locked: &Locked) -> &str {
    locked.source.split_once('+').map_or(locked.source.as_str(), |(_, place)| place)
}

fn version(locked: &Locked) -> String {
    locked.version.as_ref().map_or_else(|| "no version".to_owned(), ToString::to_string)
}

/// Reads `ns:name`, with what stands behind an `@`.
///
/// # Errors
///
/// `usage/command-line`.
pub fn named(text: &str) -> diag::Result<(PackageName, Option<&str>)> {
    let (name, rest) = match text.split_once('@') {
        Some((name, rest)) => (name, Some(rest)),
        None => (text, None),
    };
    let name = name.parse().map_err(|why| {
        let headline = format!("`{text}` names no package: {why}");
        Diagnostics::from(diag::error("usage/command-line", headline).help("name it as in `example:log`"))
    })?;
    Ok((name, rest))
}

/// Reads `ns:name`, with the requirement of a version that stands behind an `@`.
///
/// # Errors
///
/// `usage/command-line`.
pub fn named_with_requirement(text: &str) -> diag::Result<(PackageName, Option<&str>)> {
    let (name, requirement) = named(text)?;
    if let Some(requirement) = requirement
        && let Err(why) = VersionReq::parse(requirement)
    {
        let headline = format!("`{requirement}` of `{text}` is no requirement of a version: {why}");
        let help = format!("write it as in `{name}@1.2`, `{name}@=1.2.3` or `{name}@*`");
        return Err(diag::error("usage/command-line", headline).help(help).into());
    }
    Ok((name, requirement))
}

/// An entry of the lock that a user names.
///
/// # Errors
///
/// `deps/not-locked`.
pub fn not_locked(name: &str, manifest: &Manifest, packages: &[Locked]) -> Diagnostics {
    let lock = project::deps::shown(manifest, project::deps::lock::FILE);
    let all: Vec<String> = packages.iter().flat_map(|one| [one.name.to_string(), one.id()]).collect();
    let near = diag::near_misses(name, all.iter().map(String::as_str));
    let found = diag::error("deps/not-locked", format!("the project has no package `{name}`"))
        .label(diag::Place::file(&lock), format!("does not name `{name}`"));
    match near.first() {
        Some(near) => found.help(format!("did you mean `{near}`?")),
        None => found.help("see all packages with `withe tree`"),
    }
    .into()
}

//! What users are told of dependencies.

use diag::{Diagnostic, Diagnostics, Place};
use semver::Version;

use super::facts::Facts;
use super::lock::{self, Digest, Lock, Locked};
use super::owned::FOLDER;
use super::resolve::{Ask, Asker, MOST};
use super::shown;
use super::track::fits;
use crate::Manifest;

/// Versions that are listed.
const LISTED: usize = 8;

/// No version of a package fits all who ask for it; or none fits one of them.
pub fn conflict(conflict: &[Ask], roots: &[Ask], facts: &Facts<'_>) -> Diagnostics {
    let Some(first) = conflict.first() else { return Diagnostics(Vec::new()) };
    let unfit = |ask: &&Ask| !facts.known_versions(&ask.name).iter().any(|one| fits(&ask.requirement, one.as_ref()));
    // What the project asks for itself is told at once, of whatever package.
    let mut alone: Vec<&Ask> = conflict.iter().filter(unfit).collect();
    let known =
        |ask: &&Ask| !facts.known_versions(&ask.name).is_empty() && !alone.iter().any(|one| one.place == ask.place);
    let others: Vec<&Ask> = roots.iter().filter(known).filter(unfit).collect();
    alone.extend(others);
    if !alone.is_empty() {
        return Diagnostics(alone.into_iter().map(|ask| unknown_version(ask, facts)).collect());
    }
    let name = &first.name;
    let headline = format!("no version of `{name}` fits all who ask for it");
    let mut found = diag::error("deps/conflict", headline);
    for ask in conflict {
        found = found.label(ask.place.clone(), format!("{} for {}", asks(&ask.by), ask.requirement));
    }
    found.help(format!("let one of them ask for something else; there {}", versions(facts, first))).into()
}

fn asks(by: &Asker) -> String {
    match by {
        Asker::Manifest => "the manifest asks".to_owned(),
        Asker::Component(name) => format!("component `{name}` asks"),
        Asker::Wit => "the project's WIT asks".to_owned(),
        Asker::User => "you ask".to_owned(),
        Asker::Package(..) => format!("`{by}` asks"),
    }
}

fn unknown_version(ask: &Ask, facts: &Facts<'_>) -> Diagnostic {
    let headline = format!("no version of `{}` fits {}", ask.name, ask.requirement);
    let mut found = diag::error("deps/unknown-version", headline);
    found = found.label(ask.place.clone(), format!("{} for {}", asks(&ask.by), ask.requirement));
    if let Some(looked) = facts.looked(&ask.name) {
        found = found.label(Place::file(looked), "looked for here");
    }
    found.help(format!("ask for another one; there {}", versions(facts, ask)))
}

fn versions(facts: &Facts<'_>, ask: &Ask) -> String {
    let all: Vec<Version> = facts.known_versions(&ask.name).into_iter().flatten().collect();
    let listed: Vec<String> = all.iter().take(LISTED).map(ToString::to_string).collect();
    match all.len() {
        0 => "is none that says its version".to_owned(),
        1 => format!("is {}", listed[0]),
        count if count > LISTED => format!("are {} and {} older ones", listed.join(", "), count - LISTED),
        _ => format!("are {}", listed.join(", ")),
    }
}

pub fn too_many(manifest: &Manifest) -> Diagnostic {
    diag::error(
        "deps/too-many",
        format!("the project needs more than {MOST} packages, or too many versions of them fit"),
    )
    .label(manifest.place(&(0..0)), "of this project")
    .help("ask for narrower ranges of versions")
}

/// The bytes that a source has now are those that the lock says.
pub fn check_digest(locked: &Locked, bytes: &[u8], asked: &Place) -> diag::Result<()> {
    let found = Digest::of(bytes);
    if found == locked.digest {
        return Ok(());
    }
    let id = locked.id();
    Err(diag::error("deps/digest", format!("`{id}` is not what the lock says it is"))
        .label(Place::file(locked.source.split_once('+').map_or("", |(_, place)| place)), format!("has {found}"))
        .label(asked.clone(), format!("the lock has {}", locked.digest))
        .help(format!("find out who changed it; if the new one is right, run `withe update {}`", locked.name))
        .into())
}

/// With `--locked`, what would change.
pub fn would_change(manifest: &Manifest, before: &Lock, after: &Lock) -> Diagnostic {
    let lock = shown(manifest, lock::FILE);
    let mut found = diag::error("deps/locked", format!("`{lock}` does not fit the manifest, and must not change"));
    let mut said = false;
    for change in changes(before, after) {
        found = found.label(Place::file(&lock), change);
        said = true;
    }
    if !said {
        found = found.label(Place::file(&lock), "who asks for what has changed");
    }
    found.help("run `withe fetch` without `--locked`, and commit the lock")
}

/// What is in one lock and not in the other, in words.
pub fn changes(before: &Lock, after: &Lock) -> Vec<String> {
    let is_in = |lock: &Lock, one: &Locked| lock.get(&one.name, one.version.as_ref()).map(|other| other.digest.clone());
    let mut all = Vec::new();
    for one in &before.packages {
        match is_in(after, one) {
            None => all.push(format!("removes `{}`", one.id())),
            Some(digest) if digest != one.digest => all.push(format!("changes `{}`", one.id())),
            Some(_) => {}
        }
    }
    all.extend(
        after.packages.iter().filter(|one| is_in(before, one).is_none()).map(|one| format!("adds `{}`", one.id())),
    );
    all
}

/// A file that is needed no more, and not withe's to remove.
pub fn kept(manifest: &Manifest, file: &str) -> Diagnostic {
    let path = shown(manifest, &format!("{FOLDER}/{file}"));
    diag::warning("deps/edited-file", format!("`{path}` is needed no more, and stays since it was changed"))
        .label(Place::file(&path), "changed by somebody else")
        .help(format!("remove `{path}` if nobody needs it"))
}

/// A vendored package is not there.
pub fn not_vendored(manifest: &Manifest, locked: &Locked) -> Diagnostic {
    let path = shown(manifest, &format!("{FOLDER}/{}", locked.file()));
    diag::error("deps/not-vendored", format!("`{}` is vendored, and `{path}` is not what the lock says", locked.id()))
        .label(Place::file(&path), "missing, or of an earlier version")
        .help("take it from version control, or copy it again with `withe vendor`")
}

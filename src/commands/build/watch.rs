//! `withe build --watch`: again after each change.
//!
//! In: a project. Out: a build, and another one when something that it reads has changed.
//! Holds: several changes at once are one; what a build writes itself starts no other that would say anything; Ctrl-C
//! ends it with 0.

use std::path::PathBuf;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::Duration;

use ::project::Manifest;
use diag::{Diagnostics, Place};
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

use super::{Told, say};
use crate::cli::{BuildArgs, Format};
use crate::{Exit, Io};

/// No change for so long, and it is over: editors write a file in several steps.
const QUIET: Duration = Duration::from_millis(80);

enum Event {
    Changed,
    Ended,
}

pub fn watch(args: &BuildArgs, io: &mut Io) -> diag::Result<Exit> {
    if io.format == Format::Json {
        let headline = "`--watch` builds again and again, and `--format json` is one document";
        return Err(diag::error("usage/command-line", headline).help("leave one of the two away").into());
    }
    // A first mistake in the manifest ends it: there is nothing to be watched yet.
    let mut manifest = super::opened(&args.project, io)?;
    let (tell, hear) = mpsc::channel();
    let ended = tell.clone();
    // Where signals cannot be listened to, they end the process as the system has it.
    let _ = verify::when_interrupted(move || {
        let _ = ended.send(Event::Ended);
    });
    let mut is_first = true;
    let mut _watching = watcher(&manifest, &tell)?;
    loop {
        let has_said = again(args, &manifest, is_first, io).unwrap_or_else(|Diagnostics(found)| {
            io.report_all(found);
            true
        });
        is_first = false;
        if has_said && !io.quiet {
            // There is nobody to tell that standard error is closed.
            let _ = io.stderr.write(b"watching for changes; Ctrl-C ends it\n");
        }
        if !changed(&hear) {
            return Ok(Exit::OK);
        }
        match super::opened(&args.project, io) {
            Ok(other) => manifest = other,
            // It is watched as it was, until it is mended.
            Err(Diagnostics(found)) => io.report_all(found),
        }
        // The one before is there until this one is, so that no change is missed between them.
        _watching = watcher(&manifest, &tell)?;
    }
}

/// Gives whether there was anything to say.
fn again(args: &BuildArgs, manifest: &Manifest, is_first: bool, io: &mut Io) -> diag::Result<bool> {
    let done = super::made(manifest, &args.names, &args.flags, Told::All, io)?;
    let is_fresh = done.outcomes.iter().all(|outcome| outcome.came == super::site::Came::Fresh);
    if is_first || !is_fresh {
        say::report(manifest, &done, io);
    }
    Ok(is_first || !is_fresh)
}

/// Waits for a change, and until there are no more. Gives whether to go on.
fn changed(hear: &Receiver<Event>) -> bool {
    match hear.recv() {
        Ok(Event::Changed) => {}
        Ok(Event::Ended) | Err(_) => return false,
    }
    loop {
        match hear.recv_timeout(QUIET) {
            Ok(Event::Changed) => {}
            Ok(Event::Ended) | Err(RecvTimeoutError::Disconnected) => return false,
            Err(RecvTimeoutError::Timeout) => return true,
        }
    }
}

/// Tells changes of what the project reads.
fn watcher(manifest: &Manifest, tell: &Sender<Event>) -> diag::Result<RecommendedWatcher> {
    let unwatched = |error: &notify::Error| -> Diagnostics {
        let error = diag::error("build/unreadable", format!("the sources cannot be watched: {error}"));
        let error = error.label(Place::file(manifest.source.name.clone()), "the project");
        error.help("build without `--watch`, or raise the system's limit of watches").into()
    };
    let (root, tell) = (manifest.root.clone(), tell.clone());
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        // What cannot be told may be a change.
        let counts = event.as_ref().map_or(true, |event| {
            matches!(event.kind, EventKind::Create(_) | EventKind::Modify(_) | EventKind::Remove(_) | EventKind::Any)
                && event.paths.iter().any(|path| !is_made(path.strip_prefix(&root).unwrap_or(path)))
        });
        if counts {
            // Nobody hears it any more when the command ends.
            let _ = tell.send(Event::Changed);
        }
    })
    .map_err(|error| unwatched(&error))?;
    watcher.watch(&manifest.root, RecursiveMode::NonRecursive).map_err(|error| unwatched(&error))?;
    for folder in folders(manifest) {
        // One that is missing is told by the build.
        let _ = watcher.watch(&folder, RecursiveMode::Recursive);
    }
    Ok(watcher)
}

/// What tools make is no source.
fn is_made(path: &std::path::Path) -> bool {
    path.components().any(|part| {
        let name = part.as_os_str().to_string_lossy();
        name == "target" || name == "node_modules" || name == "__pycache__" || name.starts_with(".git")
    })
}

/// The folders that are read, whole.
fn folders(manifest: &Manifest) -> Vec<PathBuf> {
    let root = &manifest.root;
    let sources = manifest.components.values().filter_map(|component| match &component.origin {
        ::project::manifest::Origin::Built(built) => {
            Some(vec![Some(built.source.value.clone()), built.wit.as_ref().map(|wit| wit.value.clone())])
        }
        ::project::manifest::Origin::File(path) => Some(vec![path.value.parent().map(PathBuf::from)]),
        ::project::manifest::Origin::Package { .. } => None,
    });
    let own = sources.flatten().flatten().chain([manifest.app.wit.value.clone()]);
    let mut all: Vec<PathBuf> = own.map(|path| ::project::find::normal(&root.join(path))).collect();
    all.retain(|path| path.exists());
    all.sort();
    all.dedup();
    all
}

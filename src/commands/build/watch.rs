//! `withe build --watch`: again after each change.
//!
//! In: a project. Out: a build, and another one when something that it reads has changed.
//! Holds: several changes at once are one; a change is one of what the steps read, so that what a build says or writes
//! starts no other that would say anything; Ctrl-C ends it with 0.

use std::path::PathBuf;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::Duration;

use ::project::Manifest;
use ::project::snapshot::{self, Entry, Input, Snapshot};
use diag::{Diagnostic, Diagnostics, Place};
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

use super::site::{Came, Site};
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
    let manifest = super::opened(&args.project, io)?;
    let (tell, hear) = mpsc::channel();
    let ended = tell.clone();
    // Where signals cannot be listened to, they end the process as the system has it.
    let _ = verify::when_interrupted(move || {
        let _ = ended.send(Event::Ended);
    });
    let mut _watching = watcher(&manifest, &tell)?;
    let mut last = Last::default();
    let mut opened = Ok(manifest);
    loop {
        if last.again(args, opened, io) && !io.quiet {
            // There is nobody to tell that standard error is closed.
            let _ = io.stderr.write(b"watching for changes; Ctrl-C ends it\n");
        }
        if !changed(&hear) {
            return Ok(Exit::OK);
        }
        opened = super::opened(&args.project, io);
        // With a mistake in the manifest, what is watched is as before.
        if let Ok(manifest) = &opened {
            // The one before is there until this one is, so that no change is missed between them.
            _watching = watcher(manifest, &tell)?;
        }
    }
}

/// What was there the last time.
#[derive(Default)]
struct Last {
    /// The manifest's text, and what the steps read: nothing but a change of these counts, whatever else is written in
    /// the project's folders.
    inputs: Option<(String, Snapshot)>,
    /// What was wrong with the manifest.
    mistakes: Vec<Diagnostic>,
    /// Whether something was wrong.
    was_wrong: bool,
}

impl Last {
    /// Builds if anything changed. Gives whether there was anything to say.
    fn again(&mut self, args: &BuildArgs, opened: diag::Result<Manifest>, io: &mut Io) -> bool {
        let manifest = match opened {
            Ok(manifest) => manifest,
            Err(Diagnostics(found)) => {
                let is_new = found != self.mistakes;
                if is_new {
                    io.report_all(found.iter().cloned());
                }
                (self.mistakes, self.was_wrong) = (found, true);
                return is_new;
            }
        };
        let was_mistaken = !std::mem::take(&mut self.mistakes).is_empty();
        let is_first = self.inputs.is_none();
        let now = inputs(args, &manifest, self.inputs.as_ref().map(|(_, snapshot)| snapshot), io);
        let is_same = self.inputs.as_ref().is_some_and(|(text, snapshot)| {
            *text == now.0 && snapshot.files.iter().map(content).eq(now.1.files.iter().map(content))
        });
        // What stood before a mistake in the manifest may have been wrong as well.
        if is_same && !was_mistaken {
            return false;
        }
        self.inputs = Some(now);
        io.report_all(super::left_out(&manifest, &args.names));
        let made = super::made(&manifest, &args.names, &args.flags, Told::All, io);
        let was_wrong = std::mem::take(&mut self.was_wrong);
        match made {
            Ok(done) => {
                let is_fresh = done.outcomes.iter().all(|outcome| outcome.came == Came::Fresh);
                let speaks = is_first || was_wrong || !is_fresh;
                if speaks {
                    let as_it_was = if was_wrong { "all is as it was built" } else { "nothing changed" };
                    say::report(&manifest, &done, as_it_was, io);
                }
                self.was_wrong = done.exit() != Exit::OK;
                speaks
            }
            Err(Diagnostics(found)) => {
                io.report_all(found);
                self.was_wrong = true;
                true
            }
        }
    }
}

fn content<'f>((path, entry): (&'f String, &'f Entry)) -> (&'f str, &'f str) {
    (path, &entry.sha256)
}

/// The manifest's text, and all files that the steps read. What cannot be read is told by the build.
fn inputs(args: &BuildArgs, manifest: &Manifest, before: Option<&Snapshot>, io: &Io) -> (String, Snapshot) {
    let read = || {
        let (site, plan) = (Site::new(manifest, &args.flags, io).ok()?, manifest.plan(&args.names).ok()?);
        let all: Vec<Input> = plan.steps.iter().flat_map(|step| site.all_inputs(step)).collect();
        snapshot::take(&manifest.root, &all, before.map(|before| (&before.files, before.taken))).ok()
    };
    let mut snapshot = read().unwrap_or_default();
    let own = own_files();
    snapshot.files.retain(|_, entry| !own.contains(&entry.inode));
    (manifest.source.text.clone(), snapshot)
}

/// The files that standard output and error go to: what is said is no change.
#[cfg(unix)]
fn own_files() -> Vec<u64> {
    use std::os::unix::fs::MetadataExt as _;
    let about = ["/dev/stdout", "/dev/stderr"].map(std::fs::metadata);
    about.into_iter().flatten().filter(std::fs::Metadata::is_file).map(|about| about.ino()).collect()
}

#[cfg(not(unix))]
fn own_files() -> Vec<u64> {
    Vec::new()
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

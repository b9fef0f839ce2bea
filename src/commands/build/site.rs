//! Where steps are done, and what each does first and last: it looks whether there is anything to do, and keeps what it
//! was made of.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ::project::Manifest;
use ::project::find::{normal, seen_from};
use ::project::plan::{OUTPUTS, STATE, Step, Work};
use ::project::record::{self, Record, Why};
use ::project::snapshot::{self, Files, Input};
use diag::{Diagnostic, Diagnostics, Place};

use super::keys;
use super::reuse::Reuse;
use crate::Io;
use crate::cli::building::BuildFlags;
use crate::io::Stream;

/// A project that is being built.
pub struct Site<'m> {
    pub manifest: &'m Manifest,
    /// The project's folder as the user sees it, so that files are named as they can be opened.
    pub shown: PathBuf,
    pub locked: bool,
    pub offline: bool,
    pub jobs: usize,
    /// Streams in memory: what is said is told by step.
    io: Io,
    /// Whether what compilers say is shown in colors.
    pub colored: bool,
}

/// What became of a step.
#[derive(Clone, Debug)]
pub struct Outcome {
    pub came: Came,
    pub findings: Vec<Diagnostic>,
    /// What compilers said.
    pub said: Vec<u8>,
    /// What is there now.
    pub outputs: Files,
}

/// How it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Came {
    Made(Why),
    Fresh,
    Failed,
    /// The step of this name, which it needs, failed.
    Skipped(String),
}

/// What a step made.
#[derive(Default)]
pub struct Product {
    /// Files, relative to the project's folder, that the compiler read outside of the sources.
    pub further: Vec<PathBuf>,
    pub outputs: Vec<PathBuf>,
}

/// What is said while a step is done.
#[derive(Default)]
pub struct Log {
    pub findings: Vec<Diagnostic>,
    pub said: Vec<u8>,
}

impl<'m> Site<'m> {
    pub fn new(manifest: &'m Manifest, flags: &BuildFlags, io: &Io) -> diag::Result<Self> {
        let cwd = io.current_folder();
        let shown = PathBuf::from(seen_from(&manifest.root, &cwd));
        let mut inner = io.nested(cwd);
        inner.stdin = crate::io::Stdin::Bytes(Vec::new());
        inner.stdout = Stream::captured();
        inner.stderr = Stream::captured();
        let processors = || std::thread::available_parallelism().map_or(1, usize::from);
        let jobs = flags.jobs.map_or_else(processors, usize::from);
        let colored = io.colored(&io.stderr);
        Ok(Self { manifest, shown, locked: flags.locked, offline: flags.offline, jobs, io: inner, colored })
    }

    /// A path of the project as the user sees it.
    pub fn seen(&self, path: &Path) -> PathBuf {
        normal(&self.shown.join(path))
    }

    pub fn whole(&self, path: &Path) -> PathBuf {
        self.manifest.root.join(path)
    }

    /// Streams and folder for a command that runs inside.
    pub fn io(&self) -> Io {
        let mut io = self.io.nested(&self.io.cwd);
        (io.stdout, io.stderr) = (Stream::captured(), Stream::captured());
        io
    }

    pub fn env(&self) -> &crate::io::Env {
        &self.io.env
    }

    /// A folder for what is not finished.
    pub fn scratch(&self) -> PathBuf {
        Path::new(STATE).join("tmp")
    }

    /// Keeps other builds of the project out until it is dropped; waits for one that is at work, and says so.
    pub fn locked(&self, io: &mut Io) -> diag::Result<Lock> {
        let folder = self.whole(Path::new(STATE));
        let unwritable = |error: std::io::Error| -> Diagnostics {
            let name = self.seen(Path::new(STATE)).display().to_string();
            let error = diag::error("output/unwritable-file", format!("`{name}` cannot be written"))
                .label(Place::file(name), ::project::find::plain(&error));
            error.help("check that the place may be written to").into()
        };
        std::fs::create_dir_all(&folder).map_err(unwritable)?;
        let file = Lock::file(&folder).map_err(unwritable)?;
        if file.try_lock().is_err() {
            if !io.quiet {
                // There is nobody to tell that standard error is closed.
                let _ = io.stderr.write(b"waiting for another build of this project\n");
            }
            file.lock().map_err(unwritable)?;
        }
        // What a build that was killed left unfinished.
        let scratch = self.whole(&self.scratch());
        if scratch.exists() {
            std::fs::remove_dir_all(&scratch).map_err(unwritable)?;
        }
        Ok(Lock { _file: file, scratch })
    }

    /// Does one step; `before` is what became of the steps it needs.
    pub fn step(&self, step: &Step, before: &[&Outcome]) -> Outcome {
        let failed =
            before.iter().zip(&step.after).find(|(outcome, _)| matches!(outcome.came, Came::Failed | Came::Skipped(_)));
        if failed.is_some() {
            let parts: Vec<&str> = self.needs(step);
            let at = before.iter().position(|outcome| matches!(outcome.came, Came::Failed | Came::Skipped(_)));
            let name = at.and_then(|at| parts.get(at)).map_or_else(String::new, |name| (*name).to_owned());
            return Outcome {
                came: Came::Skipped(name),
                findings: Vec::new(),
                said: Vec::new(),
                outputs: Files::new(),
            };
        }
        let mut log = Log::default();
        let (came, outputs) = match self.make(step, before, &mut log) {
            Ok(done) => done,
            Err(Diagnostics(found)) => {
                log.findings.extend(found);
                (Came::Failed, Files::new())
            }
        };
        Outcome { came, findings: log.findings, said: log.said, outputs }
    }

    /// The names of what a step needs, in the order of its `after`.
    fn needs(&self, step: &Step) -> Vec<&str> {
        match step.work {
            Work::Component => Vec::new(),
            Work::Compose => self.manifest.parts(),
            Work::Copy => self.manifest.sole().map(|(name, _)| name.as_str()).into_iter().collect(),
            Work::Js => vec![self.of(&step.name)],
        }
    }

    /// Makes the output of a step, if it is not what it would be.
    fn make(&self, step: &Step, before: &[&Outcome], log: &mut Log) -> diag::Result<(Came, Files)> {
        let path = self.record_of(step);
        let keys = keys::of(self, step, before)?;
        let inputs = self.inputs(step)?;
        let (why, record) = match self.remembered(&path, &keys, &inputs)? {
            Remembered::Same(record) => {
                log.findings.extend(record.notes.iter().map(|note| self.note(step, note)));
                return Ok((Came::Fresh, record.outputs));
            }
            Remembered::Other(why, record) => (why, record),
        };
        if step.work == Work::Component {
            if let Some(built) = self.built(&step.name) {
                self.has_world(&step.name, built)?;
            }
            self.bindings(&step.name, log)?;
        }
        let begun = self.look(&inputs, record.as_ref())?;
        let product = match step.work {
            Work::Component => {
                let reuse = Reuse::of(self.built(&step.name), &keys, &begun, self.env());
                self.component(&step.name, reuse.as_ref(), log)?
            }
            Work::Compose => self.compose(step, log)?,
            Work::Copy => self.copy(step)?,
            Work::Js => self.js(step, log)?,
        };
        let outputs =
            record::outputs(&self.manifest.root, product.outputs).map_err(|why| self.unreadable(step, &why))?;
        let now = self.look(&keys::with(&inputs, &product.further), record.as_ref())?;
        let (sources, notes) = self.settled(step, begun, now, &product.further);
        let mut record = Record::new(keys, sources, product.further, outputs.clone());
        log.findings.extend(notes.iter().map(|note| self.note(step, note)));
        record.notes = notes;
        self.ignore_outputs();
        record.write(&path).map_err(|error| self.unwritable(&path, &error))?;
        Ok((Came::Made(why), outputs))
    }

    fn record_of(&self, step: &Step) -> PathBuf {
        self.whole(Path::new(STATE)).join(format!("{}.{}.json", step.name, word(step.work)))
    }

    /// Whether the output of a component is what a build would make.
    pub fn is_fresh(&self, step: &Step) -> bool {
        let fresh = || {
            let (keys, inputs) = (keys::of(self, step, &[])?, self.inputs(step)?);
            let remembered = self.remembered(&self.record_of(step), &keys, &inputs)?;
            diag::Result::Ok(matches!(remembered, Remembered::Same(_)))
        };
        // What cannot be found out is told by a build.
        fresh().unwrap_or(false)
    }

    /// All files that a step reads, with those that its compiler named the last time.
    pub fn all_inputs(&self, step: &Step) -> Vec<Input> {
        let inputs = self.inputs(step).unwrap_or_default();
        match Record::read(&self.record_of(step)) {
            Some(record) => record.inputs_with_further(&inputs),
            None => inputs,
        }
    }

    fn remembered(&self, path: &Path, keys: &BTreeMap<String, String>, inputs: &[Input]) -> diag::Result<Remembered> {
        let Some(mut record) = Record::read(path) else { return Ok(Remembered::Other(Why::First, None)) };
        let now = self.look(&record.inputs_with_further(inputs), Some(&record))?;
        match record.fresh(&self.manifest.root, keys, now) {
            Ok(has_read) => {
                if has_read {
                    // It is a help for the next build, which does without.
                    let _ = record.write(path);
                }
                Ok(Remembered::Same(record))
            }
            Err(why) => Ok(Remembered::Other(why, Some(record))),
        }
    }

    fn look(&self, inputs: &[Input], before: Option<&Record>) -> diag::Result<snapshot::Snapshot> {
        let taken = snapshot::take(&self.manifest.root, inputs, before.map(Record::known));
        taken.map_err(|why| {
            let error = diag::error("build/unreadable", format!("the sources cannot be read: {why}"));
            let place = self.manifest.place(&self.manifest.app.name.span);
            error.label(place, "the app").help("check that the file may be read").into()
        })
    }

    /// The sources that the output was made of. What was there before is as it was when the step began, so that a
    /// change meanwhile is seen the next time; what compilers write beside the sources counts as it is now.
    fn settled(
        &self,
        step: &Step,
        begun: snapshot::Snapshot,
        now: snapshot::Snapshot,
        outside: &[PathBuf],
    ) -> (snapshot::Snapshot, Vec<String>) {
        let is_command = self.is_command(&step.name);
        let may_write = |path: &str| {
            let name = path.rsplit('/').next().unwrap_or(path);
            is_command || ["Cargo.lock", "go.sum", "go.mod"].contains(&name)
        };
        let mut settled = snapshot::Snapshot { files: begun.files.clone(), taken: begun.taken, has_read: true };
        for (path, entry) in &now.files {
            let is_new = !begun.files.contains_key(path);
            if is_new && may_write(path) || outside.iter().any(|outside| outside == Path::new(path)) {
                settled.files.insert(path.clone(), entry.clone());
            }
        }
        let changed = begun
            .files
            .iter()
            .find(|(path, before)| is_command && now.files.get(*path).is_some_and(|now| now.sha256 != before.sha256));
        let notes = changed.map(|(path, _)| path.clone()).into_iter().collect();
        (settled, notes)
    }

    fn note(&self, step: &Step, path: &str) -> Diagnostic {
        let headline =
            format!("component `{}` is built each time: its command changes `{path}`, which it reads", step.name);
        let note = diag::note("build/changes-inputs", headline);
        let note = note.label(self.place_of(&step.name), "what it reads is all of its source");
        note.help("say what it reads with `inputs`")
    }

    /// So that nobody commits what is built, whatever the project's own `.gitignore` says.
    fn ignore_outputs(&self) {
        let path = self.whole(Path::new(OUTPUTS)).join(".gitignore");
        if !path.exists() {
            // It is a courtesy; that outputs can be written is found out by writing them.
            let _ = record::write_whole(&path, b"*\n");
        }
    }

    pub(super) fn unwritable(&self, path: &Path, error: &std::io::Error) -> Diagnostics {
        let name = seen_from(path, &self.io.cwd);
        let said = diag::error("output/unwritable-file", format!("`{name}` cannot be written"));
        let said = said.label(Place::file(name), ::project::find::plain(error));
        said.help("check that the place may be written to").into()
    }

    fn unreadable(&self, step: &Step, why: &str) -> Diagnostics {
        let error = diag::error("build/unreadable", format!("what was built cannot be read: {why}"));
        error.label(self.place_of(&step.name), "made for this").help("check that the file may be read").into()
    }

    /// Puts a finished file of the scratch folder in its place, unless the same is there.
    pub fn place(&self, from: &Path, to: &Path) -> diag::Result<()> {
        let (from, to) = (self.whole(from), self.whole(to));
        let same = || {
            let sizes = (std::fs::metadata(&from).ok()?.len(), std::fs::metadata(&to).ok()?.len());
            Some(sizes.0 == sizes.1 && snapshot::digest_of_file(&from).ok()? == snapshot::digest_of_file(&to).ok()?)
        };
        if same() == Some(true) {
            return Ok(());
        }
        if let Some(folder) = to.parent() {
            std::fs::create_dir_all(folder).map_err(|error| self.unwritable(folder, &error))?;
        }
        std::fs::rename(&from, &to).map_err(|error| self.unwritable(&to, &error))
    }

    /// Where a component, or the app, stands in the manifest.
    pub fn place_of(&self, name: &str) -> Place {
        let manifest = self.manifest;
        let span = manifest.components.get(name).map_or(&manifest.app.name.span, |component| &component.span);
        manifest.place(span)
    }

    /// What a host in JavaScript is made of.
    pub fn of(&self, name: &str) -> &str {
        let of = self.built(name).and_then(|built| built.of.as_ref());
        of.map_or(self.manifest.app_name(), |of| &of.value)
    }
}

enum Remembered {
    Same(Record),
    Other(Why, Option<Record>),
}

fn word(work: Work) -> &'static str {
    match work {
        Work::Component => "component",
        Work::Compose | Work::Copy => "app",
        Work::Js => "js",
    }
}

/// Keeps other builds out while it is there; the system ends it with the process, whatever ends that.
pub struct Lock {
    _file: std::fs::File,
    /// What is not finished is of no use to the next build.
    scratch: PathBuf,
}

impl Drop for Lock {
    fn drop(&mut self) {
        // The next build removes what is left.
        let _ = std::fs::remove_dir_all(&self.scratch);
    }
}

impl Lock {
    /// The folder itself, so that no file of it is left.
    #[cfg(unix)]
    fn file(folder: &Path) -> std::io::Result<std::fs::File> {
        std::fs::File::open(folder)
    }

    #[cfg(not(unix))]
    fn file(folder: &Path) -> std::io::Result<std::fs::File> {
        std::fs::File::options().create(true).truncate(false).write(true).open(folder.join("lock"))
    }
}

//! `reuse = true`: what a command made of the same inputs is taken again, in whatever folder they lie.
//!
//! In: the manifest's word that `inputs` has all that the command reads. Out: the bytes that it made the first time.
//! Holds: nothing that names a folder is part of what is compared, so that a copy of a project elsewhere has the same
//! bytes, also of a command that never makes the same twice.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ::project::manifest::Built;
use ::project::record::write_whole;
use ::project::results::{Key, Results};
use ::project::snapshot::Snapshot;

use super::site::{Log, Site};
use crate::io::Env;

/// Where results are kept, and under which key that of one command.
pub struct Reuse {
    results: Results,
    key: Key,
}

impl Reuse {
    /// Of a component whose manifest allows it; `keys` and `files` are what counts for its step.
    pub fn of(built: Option<&Built>, keys: &BTreeMap<String, String>, files: &Snapshot, env: &Env) -> Option<Self> {
        if !built?.reuse {
            return None;
        }
        let folder = |name: &str| env.var(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let cache = folder("XDG_CACHE_HOME").or_else(|| Some(folder("HOME")?.join(".cache")))?;
        // The command knows nothing of the program that starts it.
        let texts = keys.iter().filter(|(name, _)| *name != "withe").flat_map(|(name, said)| [name, said]);
        let files = files.files.iter().flat_map(|(path, entry)| [path, &entry.sha256]);
        let key = Key::of(texts.chain(files).map(String::as_bytes));
        Some(Self { results: Results::new(cache.join("withe").join("results")), key })
    }
}

impl Site<'_> {
    /// Runs a command, unless its result is known; gives the file, relative to the project's folder.
    pub fn command_or_known(
        &self,
        name: &str,
        built: &Built,
        reuse: Option<&Reuse>,
        log: &mut Log,
    ) -> diag::Result<PathBuf> {
        let (Some(reuse), Some(output)) = (reuse, &built.output) else { return self.command(name, built, log) };
        let path = ::project::find::normal(&built.source.value.join(&output.value));
        if let Some(known) = reuse.results.find(&reuse.key) {
            self.written(&path, &known)?;
            return Ok(path);
        }
        let path = self.command(name, built, log)?;
        let whole = self.whole(&path);
        let made = std::fs::read(&whole).map_err(|error| self.unwritable(&whole, &error))?;
        let digest = ::project::snapshot::digest(&made);
        let first = reuse.results.keep(&reuse.key, made);
        if ::project::snapshot::digest(&first) != digest {
            self.written(&path, &first)?;
        }
        Ok(path)
    }

    fn written(&self, path: &Path, bytes: &[u8]) -> diag::Result<()> {
        let whole = self.whole(path);
        write_whole(&whole, bytes).map_err(|error| self.unwritable(&whole, &error))
    }
}

//! JavaScript and types in a folder: what an earlier run left, and what other modules of the folder have in common.
//!
//! In: a folder, the name of a module or world, the files that are to be written. Out: files that are in nobody's use
//! any more; files that others of the folder need as they are.
//! Holds: only what `withe` wrote is ever named; a file belongs to each module that mentions it, itself or through others.

use std::collections::{BTreeSet, VecDeque};
use std::io::Read as _;
use std::path::Path;

use bindgen::HEADER;
use diag::{Diagnostic, Place};

use crate::Io;
use crate::io::shown;

/// The most bytes of a file that mentions are looked for in.
const MOST: u64 = 64 << 20;

/// A folder, and the name of what is written there.
#[derive(Clone, Copy)]
pub(super) struct Spot<'a> {
    pub folder: &'a Path,
    pub name: &'a str,
    /// Which of `N.js` and `N.d.ts` are written: what others wrote under the name is theirs.
    pub own: &'a [&'a str],
}

pub(super) const MODULE: &str = ".js";
pub(super) const TYPES: &str = ".d.ts";

impl Spot<'_> {
    /// An error for each file that another module or world of the folder needs, and that would be changed.
    pub(super) fn shared<'f>(&self, wanted: impl Iterator<Item = (&'f str, &'f [u8])>, io: &Io) -> Vec<Diagnostic> {
        let changed: Vec<&str> = wanted
            .filter(|(path, text)| {
                let there = io.read_if_there(&self.folder.join(path));
                path.starts_with("interfaces/") && there.is_some_and(|there| there != *text)
            })
            .map(|(path, _)| path)
            .collect();
        let others = if changed.is_empty() { Vec::new() } else { self.others(io) };
        let owners = others.into_iter().map(|(root, files)| (root, files.into_iter().collect::<BTreeSet<String>>()));
        let owners: Vec<(String, BTreeSet<String>)> = owners.collect();
        let found = changed.iter().filter_map(|path| {
            let (owner, _) = owners.iter().find(|(_, files)| files.contains(*path))?;
            Some(self.error(path, owner))
        });
        found.collect()
    }

    fn error(&self, path: &str, owner: &str) -> Diagnostic {
        let file = shown(&self.folder.join(path));
        let headline = format!("`{file}` holds the types of `{owner}`, which are not those of `{}`", self.name);
        let folder = shown(&self.folder.join(self.name));
        diag::error("output/shared-file", headline)
            .label(Place::file(file), format!("`{owner}` needs it as it is"))
            .help(format!("write to a folder of its own: -o {folder}"))
    }

    /// What an earlier run of the same name wrote, and that neither is wanted now nor needed by others, by path.
    pub(super) fn left_over(&self, wanted: &BTreeSet<&str>, io: &Io) -> Vec<String> {
        let own = self.own();
        let has_module = own.iter().any(|file| file.ends_with(MODULE) && self.text(file, io).is_some());
        let mut found: BTreeSet<String> = self.reached(own, io).into_iter().collect();
        if has_module {
            found.extend(self.entries(io).into_iter().filter(|file| self.is_core(file)));
        }
        found.retain(|path| !wanted.contains(path.as_str()));
        if !found.is_empty() {
            let needed: BTreeSet<String> = self.others(io).into_iter().flat_map(|(_, files)| files).collect();
            found.retain(|path| !needed.contains(path));
        }
        found.into_iter().collect()
    }

    fn own(&self) -> Vec<String> {
        self.own.iter().map(|end| format!("{}{end}", self.name)).collect()
    }

    /// `N.core.wasm`, `N.core2.wasm`
    fn is_core(&self, file: &str) -> bool {
        let middle = file.strip_prefix(self.name).and_then(|rest| rest.strip_prefix(".core")?.strip_suffix(".wasm"));
        middle.is_some_and(|digits| digits.chars().all(|c| c.is_ascii_digit()))
    }

    /// The other modules and worlds of the folder, each with the files that it needs.
    fn others(&self, io: &Io) -> Vec<(String, Vec<String>)> {
        let own = self.own();
        let is_root = |file: &String| (file.ends_with(MODULE) || file.ends_with(TYPES)) && !own.contains(file);
        let roots = self.entries(io).into_iter().filter(is_root).filter(|file| self.text(file, io).is_some());
        roots.map(|root| (root.clone(), self.reached([root], io))).collect()
    }

    /// The names of the files in the folder, in order.
    fn entries(&self, io: &Io) -> Vec<String> {
        let entries = std::fs::read_dir(io.resolve(self.folder)).into_iter().flatten().flatten();
        let mut names: Vec<String> = entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
        names.sort();
        names
    }

    /// The generated files that are mentioned by these, those among them.
    fn reached(&self, roots: impl IntoIterator<Item = String>, io: &Io) -> Vec<String> {
        let mut found = Vec::new();
        let mut seen: BTreeSet<String> = BTreeSet::new();
        let mut rest: VecDeque<String> = roots.into_iter().collect();
        while let Some(path) = rest.pop_front() {
            if !seen.insert(path.clone()) {
                continue;
            }
            let Some(text) = self.text(&path, io) else { continue };
            let inner = mentions(&text).filter_map(|mention| beside(&path, mention)).flat_map(files_of);
            rest.extend(inner.filter(|path| path.starts_with("interfaces/") || path.starts_with("wasi/")));
            found.push(path);
        }
        found
    }

    /// The text of a generated file; none of others, of which only the first bytes are read.
    fn text(&self, path: &str, io: &Io) -> Option<String> {
        let path = io.resolve(&self.folder.join(path));
        if !std::fs::metadata(&path).is_ok_and(|about| about.is_file()) {
            return None;
        }
        let mut file = std::fs::File::open(path).ok()?;
        let mut start = vec![0; HEADER.len()];
        file.read_exact(&mut start).ok()?;
        if start != HEADER.as_bytes() {
            return None;
        }
        let mut rest = Vec::new();
        file.take(MOST).read_to_end(&mut rest).ok()?;
        Some(String::from_utf8_lossy(&rest).into_owned())
    }
}

/// The relative paths that stand in quotes.
fn mentions(text: &str) -> impl Iterator<Item = &str> {
    text.split(['\'', '"']).filter(|part| part.starts_with("./") || part.starts_with("../"))
}

/// A path as it is seen from the folder, if it is in it: `interfaces/b.js` for `./b.js` in `interfaces/a.d.ts`.
fn beside(path: &str, mention: &str) -> Option<String> {
    let mut parts: Vec<&str> = path.split('/').collect();
    parts.pop();
    for part in mention.split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// A module and its types.
fn files_of(path: String) -> Vec<String> {
    match path.strip_suffix(MODULE) {
        Some(stem) => vec![format!("{stem}{TYPES}"), path],
        None => vec![path],
    }
}

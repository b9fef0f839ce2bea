//! Worlds whose Go packages stand in a folder: what an earlier run left, and what others of them need.
//!
//! In: the folder, the world that is generated, its WIT. Out: generated files that nobody needs any more.
//! Holds: a folder is read by the worlds that its packages carry, so only what `withe` would write for one of them is
//! named; if one cannot be read, nothing is.

use std::collections::BTreeSet;
use std::path::Path;

use bindgen::{Files, GO_HEADER, Kept};
use types::{Types, World};

use crate::Io;

/// What says that goroutines wait for the host.
const TASKS: &str = "internal/task/task.go";

/// What says that the other side asks for memory.
const GROW: &str = "internal/rt/grow.go";

/// The most bytes of a package that are looked at.
const MOST: u64 = 64 << 20;

/// The worlds in a folder, the files of each below it.
pub(super) struct GoWorlds<'a> {
    folder: &'a Path,
    /// Of this world, as it was, and of those that its WIT has no more.
    old: BTreeSet<String>,
    /// Of the others; `None` if there is one that cannot be read.
    needed: Option<BTreeSet<String>>,
}

impl<'a> GoWorlds<'a> {
    pub fn find(folder: &'a Path, world: &World, package: &wit::Package, io: &Io) -> Self {
        let mut found = Self { folder, old: BTreeSet::new(), needed: Some(BTreeSet::new()) };
        for section in sections(folder, io) {
            let mut types = Types::new();
            let Ok(there) = component::metadata::decode(&mut types, "", &section).map(|read| read.world) else {
                found.needed = None;
                continue;
            };
            let of = |world: &World| format!("{}:{}", world.package.namespace, world.package.name);
            let is_this = (of(&there), &there.name) == (of(world), &world.name);
            let is_old = is_this || package.declares_world(&of(&there), &there.name) == Some(false);
            match files(&types, &there, section) {
                Some(files) if is_old => found.old.extend(files),
                Some(files) => found.needed.iter_mut().for_each(|needed| needed.extend(files.iter().cloned())),
                // Whatever it is, it keeps what it has.
                None => found.needed = None,
            }
        }
        found
    }

    /// Whether another world of the folder waits for something.
    pub fn others_wait(&self, io: &Io) -> bool {
        self.others_need(TASKS, io)
    }

    /// Whether another world of the folder has values that come in memory of their own.
    pub fn others_grow(&self, io: &Io) -> bool {
        self.others_need(GROW, io)
    }

    fn others_need(&self, path: &str, io: &Io) -> bool {
        match &self.needed {
            Some(needed) => needed.contains(path),
            None => io.resolve(&self.folder.join(path)).is_file(),
        }
    }

    /// Files that are there, say that they are generated, and are needed neither now nor by others; by path.
    pub fn left_over(&self, wanted: &Files, io: &Io) -> Vec<String> {
        let Some(needed) = &self.needed else { return Vec::new() };
        let wanted: BTreeSet<&str> = wanted.iter().map(|(path, _)| path).collect();
        let left = self.old.iter().filter(|path| !wanted.contains(path.as_str()) && !needed.contains(*path));
        left.filter(|path| is_ours(&self.folder.join(path), io)).cloned().collect()
    }
}

fn is_ours(path: &Path, io: &Io) -> bool {
    io.beginning(path, GO_HEADER.len()).is_some_and(|first| first == GO_HEADER.as_bytes())
}

/// The worlds that packages of the folder carry, in the order of their names.
fn sections(folder: &Path, io: &Io) -> Vec<Vec<u8>> {
    let entries = std::fs::read_dir(io.resolve(folder)).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort();
    let packages = names.iter().map(|name| folder.join(name).join(format!("{name}.go")));
    let ours = packages.filter(|path| is_ours(path, io) && is_small(path, io));
    let texts = ours.filter_map(|path| io.read_if_there(&path));
    texts.filter_map(|text| bindgen_go::world_of(&String::from_utf8_lossy(&text))).collect()
}

fn is_small(path: &Path, io: &Io) -> bool {
    std::fs::metadata(io.resolve(path)).is_ok_and(|about| about.is_file() && about.len() <= MOST)
}

/// What is written for a world, but for what people edit; `None` if that cannot be said.
fn files(types: &Types, world: &World, metadata: Vec<u8>) -> Option<BTreeSet<String>> {
    let bindings = bindgen::bindings(types, world, metadata);
    let files = bindgen_go::generate(&bindings, &bindgen_go::Options::default()).ok()?;
    let generated = files.iter().filter(|(_, file)| file.kept == Kept::No);
    Some(generated.map(|(path, _)| path.to_owned()).collect())
}

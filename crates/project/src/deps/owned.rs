//! The folder `deps/`, and which files in it are withe's.
//!
//! In: what is to be there. Out: the folder with exactly that, and with everything that others put there.
//! Holds: a file that withe did not write, or that was changed since, is neither replaced nor removed; files are made
//! in a folder beside and renamed, the list of what is withe's before them and the lock after, so that a run that was
//! killed at any moment leaves what the next run takes up.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use diag::{Diagnostic, Diagnostics, Place};

use super::contents::unreadable;
use super::lock::Digest;

/// The folder below the project's.
pub const FOLDER: &str = "deps";
/// The list: lines of `sha256sum`.
const LIST: &str = ".withe-files";
/// What folders are called in which files are made.
const STAGE: &str = ".withe-new-";

/// The folder `deps/` of a project.
#[derive(Clone, Debug)]
pub struct Owned {
    folder: PathBuf,
    shown: String,
    /// Digests and files; a file may have two, while one is replaced by the other.
    list: BTreeSet<(String, String)>,
}

/// A file that is to be there.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Below `deps/`, with `/`.
    pub file: String,
    pub digest: Digest,
    /// `None` for one that is there already.
    pub bytes: Option<Vec<u8>>,
}

/// What stands where a file is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// As wanted.
    Same,
    /// Nothing, or what withe once wrote.
    Open,
    /// Somebody else's, or changed by somebody.
    Foreign,
}

impl Owned {
    /// The folder of a project; `shown` is its name in messages. What is in the list and no line of it is passed over.
    pub fn read(root: &Path, shown: &str) -> Self {
        let folder = root.join(FOLDER);
        let text = std::fs::read_to_string(folder.join(LIST)).unwrap_or_default();
        let line = |line: &str| {
            let (hex, file) = line.split_once("  ")?;
            is_below(file).then(|| (hex.to_owned(), file.to_owned()))
        };
        Self { folder, shown: shown.to_owned(), list: text.lines().filter_map(line).collect() }
    }

    /// The path of a file below `deps/`.
    pub fn path(&self, file: &str) -> PathBuf {
        self.folder.join(file)
    }

    /// What stands where a file is wanted.
    pub fn state(&self, file: &str, digest: &Digest) -> State {
        match std::fs::read(self.path(file)) {
            Ok(bytes) if Digest::of(&bytes) == *digest => State::Same,
            Ok(bytes) if self.has(file, &bytes) => State::Open,
            Ok(_) => State::Foreign,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => State::Open,
            Err(_) => State::Foreign,
        }
    }

    fn has(&self, file: &str, bytes: &[u8]) -> bool {
        self.list.contains(&(Digest::of(bytes).hex().to_owned(), file.to_owned()))
    }

    /// What is said of a file that is not withe's to replace.
    pub fn edited(&self, file: &str) -> Diagnostic {
        let path = format!("{}/{file}", self.shown);
        diag::error("deps/edited-file", format!("`{path}` is not as withe wrote it, and stays as it is"))
            .label(Place::file(&path), "put here, or changed, by somebody else")
            .help(format!("keep what you need of it elsewhere, remove `{path}`, and run the command again"))
    }

    /// The files of the list that are not wanted, are there, and are as withe wrote them; and those that were changed.
    pub fn left_over(&self, wanted: &[Wanted]) -> (Vec<String>, Vec<String>) {
        let is_wanted = |file: &str| wanted.iter().any(|one| one.file == file);
        let files: BTreeSet<&String> = self.list.iter().map(|(_, file)| file).collect();
        let there = files.into_iter().filter(|file| !is_wanted(file) && self.path(file).is_file());
        there.cloned().partition(|file| std::fs::read(self.path(file)).is_ok_and(|bytes| self.has(file, &bytes)))
    }

    /// Whether the list is that of the wanted files.
    pub fn lists(&self, wanted: &[Wanted]) -> bool {
        self.list == list_of(wanted)
    }

    /// Puts the wanted files there and removes what is left over; then `finish` writes what says that they are there.
    ///
    /// # Errors
    ///
    /// `deps/unwritable`; the files that were there are as they were, or as wanted.
    pub fn publish(mut self, wanted: &[Wanted], finish: impl FnOnce() -> std::io::Result<()>) -> diag::Result<()> {
        let shown = self.shown.clone();
        self.put(wanted, finish).map_err(|error| {
            let found = diag::error("deps/unwritable", format!("`{shown}` cannot be written"));
            found
                .label(Place::file(&shown), error.to_string())
                .help("check that there is room and that it may be written")
                .into()
        })
    }

    fn put(&mut self, wanted: &[Wanted], finish: impl FnOnce() -> std::io::Result<()>) -> std::io::Result<()> {
        let (left_over, _) = self.left_over(wanted);
        let new: Vec<(&Wanted, &Vec<u8>)> = wanted.iter().filter_map(|one| Some((one, one.bytes.as_ref()?))).collect();
        if !wanted.is_empty() || self.folder.is_dir() {
            std::fs::create_dir_all(&self.folder)?;
            self.remove_stages()?;
            let stage = tempfile::Builder::new().prefix(STAGE).tempdir_in(&self.folder)?;
            for (number, (_, bytes)) in new.iter().enumerate() {
                write_synced(&stage.path().join(number.to_string()), bytes)?;
            }
            // What is to come is withe's before it is there: a run that is killed leaves no file that is nobody's.
            let goal = list_of(wanted);
            self.list.extend(goal.iter().cloned());
            self.write_list(stage.path())?;
            for (number, (one, _)) in new.iter().enumerate() {
                let path = self.path(&one.file);
                if let Some(above) = path.parent() {
                    std::fs::create_dir_all(above)?;
                    self.check_inside(above)?;
                }
                std::fs::rename(stage.path().join(number.to_string()), path)?;
            }
            finish()?;
            left_over.iter().try_for_each(|file| self.remove(file))?;
            self.list = goal;
            self.write_list(stage.path())?;
            if self.list.is_empty() {
                std::fs::remove_file(self.folder.join(LIST))?;
            }
            stage.close()?;
            // Empty, it is of no use to anybody.
            let _ = std::fs::remove_dir(&self.folder);
            return Ok(());
        }
        finish()
    }

    /// A link that somebody put into `deps/` leads nowhere else.
    fn check_inside(&self, folder: &Path) -> std::io::Result<()> {
        if std::fs::canonicalize(folder)?.starts_with(std::fs::canonicalize(&self.folder)?) {
            return Ok(());
        }
        Err(std::io::Error::other(format!("`{}` is a link that leads out of it", folder.display())))
    }

    fn write_list(&self, stage: &Path) -> std::io::Result<()> {
        let lines: String = self.list.iter().map(|(hex, file)| format!("{hex}  {file}\n")).collect();
        let new = stage.join("list");
        write_synced(&new, lines.as_bytes())?;
        std::fs::rename(new, self.folder.join(LIST))
    }

    fn remove(&self, file: &str) -> std::io::Result<()> {
        let path = self.path(file);
        std::fs::remove_file(&path)?;
        // Folders that are empty now; one that is not stops it.
        let above = path.ancestors().skip(1).take_while(|above| *above != self.folder);
        let _ = above.map(std::fs::remove_dir).find(Result::is_err);
        Ok(())
    }

    /// What a run left that was killed.
    fn remove_stages(&self) -> std::io::Result<()> {
        for entry in std::fs::read_dir(&self.folder)? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().starts_with(STAGE) {
                std::fs::remove_dir_all(entry.path())?;
            }
        }
        Ok(())
    }
}

/// Whether a file of the list is below `deps/`, whoever wrote the list.
fn is_below(file: &str) -> bool {
    let is_name = |part: &str| !part.is_empty() && part != "." && part != ".." && !part.contains(['\\', ':']);
    file.ends_with(".wasm") && file.split('/').all(is_name)
}

fn list_of(wanted: &[Wanted]) -> BTreeSet<(String, String)> {
    wanted.iter().map(|one| (one.digest.hex().to_owned(), one.file.clone())).collect()
}

/// Writes a file so that it is whole once it has been renamed, even if the machine stops then.
pub fn write_synced(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write as _;
    let mut file = std::fs::File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Writes a file by a rename, if it differs.
///
/// # Errors
///
/// The system's.
pub fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if std::fs::read(path).is_ok_and(|old| old == bytes) {
        return Ok(());
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    let file = tempfile::Builder::new().prefix(".withe-").tempfile_in(folder)?;
    write_synced(file.path(), bytes)?;
    let permissions = std::fs::metadata(path).map(|old| old.permissions()).ok();
    let file = file.persist(path).map_err(|error| error.error)?;
    readable(&file, permissions)
}

/// A temporary file is its maker's alone; a file of the project is everybody's, or as it was.
fn readable(file: &std::fs::File, old: Option<std::fs::Permissions>) -> std::io::Result<()> {
    if let Some(old) = old {
        return file.set_permissions(old);
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        file.set_permissions(std::fs::Permissions::from_mode(0o644))?;
    }
    Ok(())
}

/// `Err` as a diagnostic about a file.
pub fn unwritable(shown: &str, error: &std::io::Error) -> Diagnostics {
    let Diagnostics(mut found) = unreadable(shown, error);
    found.iter_mut().for_each(|one| {
        one.code = diag::Code("deps/unwritable");
        one.headline = format!("`{shown}` cannot be written");
    });
    Diagnostics(found)
}

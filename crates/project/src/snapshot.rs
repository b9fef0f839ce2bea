//! What the files that a step reads hold.
//!
//! In: folders and files, and what they held at an earlier time. Out: each file with its digest.
//! Holds: a file whose size, times and inode are as they were is not read again, unless it changed so shortly before
//! it was looked at that another change could not be told; what `.gitignore` leaves out is left out.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use ignore::WalkBuilder;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// Times of files may be this coarse, nanoseconds: a change within it after another one may leave no trace in them.
const COARSE: u64 = 1_000_000_000;

/// What a step reads.
#[derive(Clone, Debug)]
pub enum Input {
    /// One file; that it is missing is a state as well.
    File(PathBuf),
    /// All files below a folder that are not ignored.
    Folder {
        folder: PathBuf,
        /// Patterns as in `.gitignore`: only these files, if there are any.
        only: Vec<String>,
        /// Files and folders that are left out.
        except: Vec<PathBuf>,
    },
}

/// A file, and what the system says of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub size: u64,
    /// Nanoseconds since 1970; the later of what the content's and the file's own time say.
    pub changed: u64,
    pub inode: u64,
    /// Lower-case hexadecimal.
    pub sha256: String,
}

/// Files by their paths, in order.
pub type Files = BTreeMap<String, Entry>;

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    pub files: Files,
    /// When it was begun, nanoseconds since 1970.
    pub taken: u64,
    /// Whether files were read, so that it is worth to be remembered.
    pub has_read: bool,
}

/// Nanoseconds since 1970.
pub fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| u64::try_from(since.as_nanos()).unwrap_or(u64::MAX))
}

/// Looks at all files of the inputs, which are named relative to `root`.
///
/// # Errors
///
/// A pattern that is none; a file that cannot be read, with its path.
pub fn take(root: &Path, inputs: &[Input], before: Option<(&Files, u64)>) -> Result<Snapshot, String> {
    let mut snapshot = Snapshot { taken: now(), ..Snapshot::default() };
    let mut paths = Vec::new();
    for input in inputs {
        match input {
            Input::File(path) => paths.push(crate::find::normal(path)),
            Input::Folder { folder, only, except } => walk(root, folder, only, except, &mut paths)?,
        }
    }
    paths.sort();
    paths.dedup();
    for path in paths {
        let name = path.to_string_lossy().replace('\\', "/");
        let known = before.and_then(|(files, taken)| Some((files.get(&name)?, taken)));
        let entry =
            look(&root.join(&path), known).map_err(|error| format!("`{name}`: {}", crate::find::plain(&error)))?;
        if let Some((entry, has_read)) = entry {
            snapshot.has_read |= has_read;
            snapshot.files.insert(name, entry);
        }
    }
    Ok(snapshot)
}

/// The state of a file, and whether it had to be read; nothing if it is not there or is no plain file.
pub fn look(path: &Path, known: Option<(&Entry, u64)>) -> io::Result<Option<(Entry, bool)>> {
    let about = match fs::metadata(path) {
        Ok(about) if about.is_file() => about,
        Ok(_) => return Ok(None),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(error) => return Err(error),
    };
    let (size, changed, inode) = (about.len(), changed(&about), inode(&about));
    if let Some((known, taken)) = known
        && (known.size, known.changed, known.inode) == (size, changed, inode)
        && changed + COARSE < taken
    {
        return Ok(Some((known.clone(), false)));
    }
    Ok(Some((Entry { size, changed, inode, sha256: digest_of_file(path)? }, true)))
}

#[cfg(unix)]
fn changed(about: &fs::Metadata) -> u64 {
    use std::os::unix::fs::MetadataExt as _;
    let nanos = |seconds: i64, nanos: i64| {
        u64::try_from(seconds).unwrap_or(0) * 1_000_000_000 + u64::try_from(nanos).unwrap_or(0)
    };
    nanos(about.mtime(), about.mtime_nsec()).max(nanos(about.ctime(), about.ctime_nsec()))
}

#[cfg(unix)]
fn inode(about: &fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(about)
}

#[cfg(not(unix))]
fn changed(about: &fs::Metadata) -> u64 {
    let since = about.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    since.map_or(0, |since| u64::try_from(since.as_nanos()).unwrap_or(u64::MAX))
}

#[cfg(not(unix))]
fn inode(_: &fs::Metadata) -> u64 {
    0
}

/// The SHA-256 of a file, which is read in pieces.
pub fn digest_of_file(path: &Path) -> io::Result<String> {
    let mut file = fs::File::open(path)?;
    let mut hash = Sha256::new();
    let mut piece = vec![0; 64 << 10];
    loop {
        match file.read(&mut piece)? {
            0 => return Ok(hex(&hash.finalize())),
            read => hash.update(&piece[..read]),
        }
    }
}

/// The SHA-256 of bytes, in lower-case hexadecimal.
pub fn digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Folders that hold what tools made, whatever `.gitignore` says.
const MADE: &[&str] = &["target", "node_modules", "__pycache__"];

fn walk(
    root: &Path,
    folder: &Path,
    only: &[String],
    except: &[PathBuf],
    paths: &mut Vec<PathBuf>,
) -> Result<(), String> {
    let whole = root.join(folder);
    if !whole.exists() {
        return Ok(());
    }
    let wanted = patterns(&whole, only)?;
    let except: Vec<PathBuf> = except.iter().map(|path| crate::find::normal(&root.join(path))).collect();
    let is_except = move |path: &Path| {
        !except.is_empty() && {
            let path = crate::find::normal(path);
            except.contains(&path)
        }
    };
    let mut builder = WalkBuilder::new(&whole);
    builder.git_global(false).git_exclude(false).require_git(false).follow_links(true);
    builder.filter_entry(move |entry| {
        let is_made = entry.depth() > 0
            && entry.file_type().is_some_and(|kind| kind.is_dir())
            && entry.file_name().to_str().is_some_and(|name| MADE.contains(&name));
        !is_made && !is_except(entry.path())
    });
    for entry in builder.build() {
        // A link that leads nowhere or in a circle, or a folder that may not be read, holds nothing that a compiler reads.
        let Ok(entry) = entry else { continue };
        if entry.file_type().is_some_and(|kind| kind.is_dir()) {
            continue;
        }
        let Ok(below) = entry.path().strip_prefix(&whole) else { continue };
        if wanted.as_ref().is_none_or(|wanted| wanted.matched_path_or_any_parents(below, false).is_ignore()) {
            // A `wit` that is a file has nothing below it.
            let path = if below.as_os_str().is_empty() { folder.to_owned() } else { folder.join(below) };
            paths.push(crate::find::normal(&path));
        }
    }
    Ok(())
}

fn patterns(folder: &Path, only: &[String]) -> Result<Option<Gitignore>, String> {
    if only.is_empty() {
        return Ok(None);
    }
    let mut builder = GitignoreBuilder::new(folder);
    for line in only {
        builder.add_line(None, line).map_err(|error| format!("`{line}` is no pattern: {error}"))?;
    }
    builder.build().map(Some).map_err(|error| format!("the patterns cannot be used: {error}"))
}

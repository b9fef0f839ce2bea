//! What was fetched, kept by its digest.
//!
//! ```text
//! sha256/DIGEST           a manifest or a wasm, whole
//! sha256/DIGEST.part      one that is being fetched, or whose fetching broke off
//! refs/HOST/REPOSITORY/@TAG   the digest that a tag had when it was last asked for
//! ```
//!
//! In: contents as they arrive. Out: contents that have the digest they are asked by.
//! Holds: a file with a digest for a name was whole and right when it was written, and is checked again when it is
//! read; two processes that want the same content fetch it once.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::Digest;
use crate::fault::{Fault, Kind};
use crate::reference::{Reference, is_tag};

#[derive(Clone, Debug)]
pub(crate) struct Cache {
    root: PathBuf,
}

/// What has arrived of a content.
#[derive(Debug)]
pub(crate) struct Part {
    file: File,
    path: PathBuf,
    hash: Sha256,
    /// Bytes that have arrived.
    pub len: u64,
}

/// Whether a content is to be fetched.
#[derive(Debug)]
pub(crate) enum Begun {
    /// By the caller, from where it broke off.
    Part(Part),
    /// Somebody else is at it.
    Elsewhere,
    /// It is there.
    Done,
}

impl Cache {
    pub fn new(root: PathBuf) -> Self {
        Self { root }
    }

    /// Whether there is a folder for it at all.
    pub fn check(&self) -> Result<(), Fault> {
        if !self.root.as_os_str().is_empty() {
            return Ok(());
        }
        let why = "neither `XDG_CACHE_HOME` nor `HOME` says where it is".to_owned();
        Err(Fault::once(Kind::Cache { path: "~/.cache/withe".to_owned(), why }))
    }

    /// Where a content is, or will be.
    pub fn path(&self, digest: &Digest) -> PathBuf {
        self.root.join("sha256").join(digest.hex())
    }

    /// A content, if it is there whole and right. What is there and wrong is removed.
    pub fn read(&self, digest: &Digest, limit: u64) -> Result<Option<Vec<u8>>, Fault> {
        let path = self.path(digest);
        let unread = |error: std::io::Error| Fault::cache(&path, &error);
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(unread(error)),
        };
        let len = file.metadata().map_err(unread)?.len();
        if len > limit {
            return Err(Fault::once(Kind::TooLarge { what: "the content", size: Some(len), limit }));
        }
        let mut bytes = Vec::new();
        file.take(limit).read_to_end(&mut bytes).map_err(unread)?;
        if Digest::of(&bytes) == *digest {
            return Ok(Some(bytes));
        }
        std::fs::remove_file(&path).map_err(unread)?;
        Ok(None)
    }

    /// Keeps a content that is at hand whole.
    pub fn keep(&self, digest: &Digest, bytes: &[u8]) -> Result<(), Fault> {
        write_whole(&self.path(digest), bytes)
    }

    /// Begins to fetch a content, or goes on.
    pub fn begin(&self, digest: &Digest) -> Result<Begun, Fault> {
        let whole = self.path(digest);
        if whole.exists() {
            return Ok(Begun::Done);
        }
        let path = whole.with_extension("part");
        let failed = |error: std::io::Error| Fault::cache(&path, &error);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(failed)?;
        }
        let mut file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(std::fs::TryLockError::WouldBlock) => return Ok(Begun::Elsewhere),
            // Where files cannot be locked, two that fetch the same write the same.
            Err(std::fs::TryLockError::Error(_)) => {}
        }
        // Who had the lock may just have finished.
        if whole.exists() {
            return Ok(Begun::Done);
        }
        let mut hash = Sha256::new();
        let mut buffer = vec![0; 1 << 16];
        let mut len = 0;
        loop {
            let count = file.read(&mut buffer).map_err(failed)?;
            if count == 0 {
                break;
            }
            hash.update(&buffer[..count]);
            len += count as u64;
        }
        Ok(Begun::Part(Part { file, path, hash, len }))
    }

    /// How much has arrived of a content that somebody else fetches.
    pub fn arrived(&self, digest: &Digest) -> Option<u64> {
        std::fs::metadata(self.path(digest).with_extension("part")).ok().map(|metadata| metadata.len())
    }

    /// The digest that a tag had.
    pub fn tagged(&self, reference: &Reference) -> Option<Digest> {
        let text = std::fs::read_to_string(self.tag_path(reference)?).ok()?;
        text.trim().parse().ok()
    }

    /// Remembers what a tag means now.
    pub fn tag(&self, reference: &Reference, digest: &Digest) -> Result<(), Fault> {
        match self.tag_path(reference) {
            Some(path) => write_whole(&path, format!("{digest}\n").as_bytes()),
            None => Ok(()),
        }
    }

    /// The tags of a repository that have been asked for, sorted.
    pub fn tags(&self, reference: &Reference) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(self.tags_folder(reference)) else { return Vec::new() };
        let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
        let mut tags: Vec<String> =
            names.filter_map(|name| name.strip_prefix('@').map(str::to_owned)).filter(|tag| is_tag(tag)).collect();
        tags.sort();
        tags
    }

    /// The host's colons are no part of names of files everywhere; `@` is in no repository.
    fn tags_folder(&self, reference: &Reference) -> PathBuf {
        let host = reference.host.replace(':', "+").replace(['[', ']'], "");
        self.root.join("refs").join(host).join(&reference.repository)
    }

    fn tag_path(&self, reference: &Reference) -> Option<PathBuf> {
        let tag = reference.tag.as_ref()?;
        Some(self.tags_folder(reference).join(format!("@{tag}")))
    }
}

impl Part {
    /// Adds what arrived.
    pub fn add(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        self.file.write_all(bytes).map_err(|error| Fault::cache(&self.path, &error))?;
        self.hash.update(bytes);
        self.len += bytes.len() as u64;
        Ok(())
    }

    /// Begins from nothing.
    pub fn restart(&mut self) -> Result<(), Fault> {
        let emptied = self.file.set_len(0).and_then(|()| self.file.seek(SeekFrom::Start(0)));
        emptied.map_err(|error| Fault::cache(&self.path, &error))?;
        self.hash = Sha256::new();
        self.len = 0;
        Ok(())
    }

    /// Puts the content where it is to be. What has another digest is removed.
    pub fn finish(self, cache: &Cache, expected: &Digest) -> Result<(), Fault> {
        let found = Digest::finished(self.hash);
        if found != *expected {
            std::fs::remove_file(&self.path).map_err(|error| Fault::cache(&self.path, &error))?;
            return Err(Fault::once(Kind::Digest { expected: *expected, found }));
        }
        std::fs::rename(&self.path, cache.path(expected)).map_err(|error| match error.kind() == ErrorKind::NotFound {
            // Who had the lock before found the content wrong, and removed the file that both had open.
            true => Fault::passing(Kind::BrokenOff("another process removed what had arrived".to_owned())),
            false => Fault::cache(&self.path, &error),
        })
    }
}

/// Writes a file whole or not at all.
fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Fault> {
    let failed = |error: &std::io::Error| Fault::cache(path, error);
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(|error| failed(&error))?;
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(|error| failed(&error))?;
    file.write_all(bytes).map_err(|error| failed(&error))?;
    file.persist(path).map(drop).map_err(|error| failed(&error.error))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cache() -> (tempfile::TempDir, Cache) {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(folder.path().join("withe"));
        (folder, cache)
    }

    fn part(cache: &Cache, digest: &Digest) -> Part {
        match cache.begin(digest).unwrap() {
            Begun::Part(part) => part,
            other @ (Begun::Elsewhere | Begun::Done) => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_broke_off_goes_on_and_what_is_wrong_is_removed() {
        let (_folder, cache) = cache();
        let digest = Digest::of(b"whole");
        part(&cache, &digest).add(b"who").unwrap();
        let mut rest = part(&cache, &digest);
        assert_eq!((rest.len, cache.arrived(&digest)), (3, Some(3)));
        assert!(matches!(cache.begin(&digest).unwrap(), Begun::Elsewhere));
        rest.add(b"le").unwrap();
        rest.finish(&cache, &digest).unwrap();
        assert_eq!(cache.read(&digest, 100).unwrap().as_deref(), Some(&b"whole"[..]));
        assert!(matches!(cache.begin(&digest).unwrap(), Begun::Done));

        let other = Digest::of(b"other");
        let mut wrong = part(&cache, &other);
        wrong.add(b"wrong").unwrap();
        assert!(matches!(wrong.finish(&cache, &other).unwrap_err().kind, Kind::Digest { .. }));
        assert_eq!(cache.arrived(&other), None);
    }

    #[test]
    fn what_changed_on_the_disk_is_not_given_back() {
        let (_folder, cache) = cache();
        let digest = Digest::of(b"whole");
        cache.keep(&digest, b"whole").unwrap();
        std::fs::write(cache.path(&digest), "whale").unwrap();
        assert_eq!(cache.read(&digest, 100).unwrap(), None);
        assert!(!cache.path(&digest).exists());
    }

    #[test]
    fn tags_are_remembered() {
        let (_folder, cache) = cache();
        let reference = Reference::parse("[::1]:5000/me/app:1.0").unwrap();
        assert_eq!(cache.tagged(&reference), None);
        cache.tag(&reference, &Digest::of(b"x")).unwrap();
        assert_eq!(cache.tagged(&reference), Some(Digest::of(b"x")));
        // A repository below the repository is no tag of it.
        cache.tag(&Reference::parse("[::1]:5000/me/app/part:2").unwrap(), &Digest::of(b"y")).unwrap();
        assert_eq!(cache.tags(&reference), ["1.0"]);
    }
}

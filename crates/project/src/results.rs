//! What commands made before, kept for all projects of a user.
//!
//! In: a key, made of everything that a command sees, and what it made. Out: what it made when it first ran with that key.
//! Holds: the first result stays, so that a build of the same sources in another folder has the same bytes even where the
//! program is one whose output is never the same twice (a snapshot of an interpreter has its random seeds in it).
//! A file is written whole or not at all, and one that is damaged counts as none.
//! A cache that cannot be read or written changes nothing but the time that a build takes.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use sha2::{Digest as _, Sha256};

/// Bytes that all results may take together; those that were not used for the longest time go first.
const MOST: u64 = 1 << 30;

/// Bytes of the digest before a result.
const HEAD: usize = 32;

/// A folder of results.
#[derive(Clone, Debug)]
pub struct Results {
    folder: PathBuf,
    most: u64,
}

/// What a command sees, as a digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key(String);

impl Key {
    /// The key of these texts and contents, each of which counts by itself, in their order.
    pub fn of<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut hasher = Sha256::new();
        for part in parts {
            hasher.update((part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        Self(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

impl Results {
    /// Results below a folder that need not be there.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder, most: MOST }
    }

    /// What was made with this key, if it is still there.
    pub fn find(&self, key: &Key) -> Option<Vec<u8>> {
        let path = self.path(key);
        let mut bytes = fs::read(&path).ok()?;
        let content = bytes.split_off(HEAD.min(bytes.len()));
        if Sha256::digest(&content)[..] != bytes[..] {
            return None;
        }
        // What is used stays longest. A folder that only others may write keeps its times.
        let _ = File::options().append(true).open(path).and_then(|file| file.set_modified(SystemTime::now()));
        Some(content)
    }

    /// Keeps a result, and gives what is kept under the key: this one, or that of another build which was faster.
    pub fn keep(&self, key: &Key, made: Vec<u8>) -> Vec<u8> {
        match self.try_keep(key, &made) {
            Ok(None) | Err(_) => made,
            Ok(Some(first)) => first,
        }
    }

    fn try_keep(&self, key: &Key, made: &[u8]) -> io::Result<Option<Vec<u8>>> {
        fs::create_dir_all(&self.folder)?;
        let mut file = tempfile::Builder::new().prefix(".result-").tempfile_in(&self.folder)?;
        file.write_all(&Sha256::digest(made))?;
        file.write_all(made)?;
        let path = self.path(key);
        if let Err(refused) = file.persist_noclobber(&path) {
            if let Some(first) = self.find(key) {
                return Ok(Some(first));
            }
            // What is there is damaged.
            refused.file.persist(&path)?;
        }
        self.shrink(&path)?;
        Ok(None)
    }

    /// Removes the oldest results but this one, as long as there is too much.
    fn shrink(&self, but: &Path) -> io::Result<()> {
        let mut kept = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            // Another build may have removed it meanwhile.
            let Ok(about) = entry.metadata() else { continue };
            kept.push((about.modified()?, about.len(), entry.path()));
        }
        kept.sort();
        let mut total: u64 = kept.iter().map(|(_, size, _)| size).sum();
        for (_, size, path) in kept.into_iter().filter(|(_, _, path)| path != but) {
            if total <= self.most {
                break;
            }
            // As above.
            let _ = fs::remove_file(path);
            total -= size;
        }
        Ok(())
    }

    fn path(&self, key: &Key) -> PathBuf {
        self.folder.join(&key.0)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn results(most: u64) -> (tempfile::TempDir, Results) {
        let folder = tempfile::tempdir().unwrap();
        let results = Results { folder: folder.path().join("results"), most };
        (folder, results)
    }

    fn key(text: &str) -> Key {
        Key::of([text.as_bytes()])
    }

    #[test]
    fn the_first_result_stays() {
        let (_folder, results) = results(MOST);
        assert_eq!(results.find(&key("a")), None);
        assert_eq!(results.keep(&key("a"), b"first".to_vec()), b"first");
        assert_eq!(results.keep(&key("a"), b"second".to_vec()), b"first");
        assert_eq!(results.find(&key("a")), Some(b"first".to_vec()));
        assert_eq!(results.keep(&key("b"), Vec::new()), b"");
        assert_eq!(results.find(&key("b")), Some(Vec::new()));
    }

    #[test]
    fn parts_of_a_key_count_by_themselves() {
        assert_ne!(Key::of([&b"ab"[..], b"c"]), Key::of([&b"a"[..], b"bc"]));
        assert_ne!(Key::of([&b"ab"[..]]), Key::of([&b"ab"[..], b""]));
    }

    #[test]
    fn a_damaged_result_is_none_and_is_replaced() {
        let (_folder, results) = results(MOST);
        results.keep(&key("a"), b"whole".to_vec());
        let path = results.path(&key("a"));
        let whole = fs::read(&path).unwrap();
        for cut in [0, 5, HEAD, whole.len() - 1] {
            fs::write(&path, &whole[..cut]).unwrap();
            assert_eq!(results.find(&key("a")), None, "{cut}");
        }
        assert_eq!(results.keep(&key("a"), b"again".to_vec()), b"again");
        assert_eq!(results.find(&key("a")), Some(b"again".to_vec()));
    }

    #[test]
    fn what_was_not_used_for_the_longest_time_goes_first() {
        let (_folder, results) = results(3 * (HEAD as u64 + 10));
        let old = |name: &str, seconds| {
            results.keep(&key(name), vec![1; 10]);
            let file = File::options().append(true).open(results.path(&key(name))).unwrap();
            file.set_modified(SystemTime::now() - Duration::from_secs(seconds)).unwrap();
        };
        old("a", 300);
        old("b", 200);
        old("c", 100);
        assert!(results.find(&key("a")).is_some(), "which is its use");
        results.keep(&key("d"), vec![2; 10]);
        let there = ["a", "b", "c", "d"].map(|name| results.find(&key(name)).is_some());
        assert_eq!(there, [true, false, true, true]);
    }

    #[test]
    fn without_a_folder_results_are_what_was_made() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let results = Results::new(file.path().join("below a file"));
        assert_eq!(results.keep(&key("a"), b"made".to_vec()), b"made");
        assert_eq!(results.find(&key("a")), None);
    }
}

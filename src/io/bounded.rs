//! A file's bytes, where anything may lie at its path.
//!
//! In: a path. Out: the bytes, or why not: not there, not readable, no file at all, too large.
//! Holds: never more memory than the limits; of a folder's entries nothing is opened that could block or never end.

use std::fs::{File, FileType};
use std::io::Read as _;
use std::path::Path;

use diag::{Diagnostic, Place};

use super::read::{unread, unreadable};

/// Bytes of a wasm binary: what validators take of one module.
const LARGEST_WASM: u64 = 1 << 30;
/// Bytes of a text: WIT, the text format of wasm, a script.
const LARGEST_TEXT: u64 = 64 << 20;

/// What a wasm binary begins with.
const MAGIC: &[u8; 4] = b"\0asm";

/// The bytes of what the user named: a file, or a pipe that a shell made.
///
/// # Errors
///
/// `input/missing-file`, `input/unreadable-file`.
pub(super) fn read_named(whole: &Path, name: &str) -> Result<Vec<u8>, Diagnostic> {
    let metadata = std::fs::metadata(whole).map_err(|error| unread(name, whole, &error))?;
    if metadata.is_dir() {
        return Err(no_file(name, "a folder"));
    }
    let mut file = File::open(whole).map_err(|error| unread(name, whole, &error))?;
    read_open(&mut file, name, metadata.is_file().then_some(metadata.len()))
}

/// The bytes of what was found in a folder: of a file only.
///
/// # Errors
///
/// Those of `read_named`.
pub(super) fn read_found(whole: &Path, name: &str) -> Result<Vec<u8>, Diagnostic> {
    match std::fs::metadata(whole) {
        Ok(metadata) => match special(metadata.file_type()) {
            Some(what) => Err(no_file(name, what)),
            None => read_named(whole, name),
        },
        Err(error) => Err(unread(name, whole, &error)),
    }
}

/// Reads up to the limit that the first bytes call for. `len` is what the file says of itself, in bytes.
fn read_open(file: &mut File, name: &str, len: Option<u64>) -> Result<Vec<u8>, Diagnostic> {
    let failed = |error: std::io::Error| unreadable(name, &error);
    let mut bytes = Vec::new();
    file.take(MAGIC.len() as u64).read_to_end(&mut bytes).map_err(failed)?;
    let limit = if bytes == MAGIC { LARGEST_WASM } else { LARGEST_TEXT };
    if len.is_some_and(|len| len > limit) {
        return Err(too_large(name, limit));
    }
    let wanted = usize::try_from(len.unwrap_or(0)).unwrap_or(usize::MAX);
    if bytes.try_reserve_exact(wanted.saturating_sub(bytes.len())).is_err() {
        return Err(too_large(name, limit));
    }
    file.take(limit).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > limit { Err(too_large(name, limit)) } else { Ok(bytes) }
}

fn too_large(name: &str, limit: u64) -> Diagnostic {
    let mib = limit >> 20;
    diag::error("input/unreadable-file", format!("`{name}` is too large"))
        .label(Place::file(name), format!("more than the {mib} MiB that are read of such a file"))
        .help("leave it out with a line in `.witheignore`, or check what it is")
}

/// What lies there is nothing that could be read as a file.
fn no_file(name: &str, what: &str) -> Diagnostic {
    diag::error("input/unreadable-file", format!("`{name}` is {what}, where a file is needed"))
        .label(Place::file(name), what)
        .help("take it away, or leave it out with a line in `.witheignore`")
}

/// What is no file and no folder, in words.
#[cfg(unix)]
fn special(kind: FileType) -> Option<&'static str> {
    use std::os::unix::fs::FileTypeExt as _;
    match kind {
        _ if kind.is_fifo() => Some("a named pipe"),
        _ if kind.is_socket() => Some("a socket"),
        _ if kind.is_block_device() || kind.is_char_device() => Some("a device"),
        _ => None,
    }
}

#[cfg(not(unix))]
fn special(_kind: FileType) -> Option<&'static str> {
    None
}

//! Golden files: an expected text or folder that stands in a case directory.
//!
//! In: the expected file and what was made. Out: agreement, or the first line that differs.
//! Holds: with the update switch (`INSTA_UPDATE=always` or `UPDATE=1`) the expected file becomes what was made.

use std::path::Path;

use crate::{Outcome, Trouble};

/// Compares `actual` with the file `expected`, or writes that file under the update switch.
pub fn compare(expected: &Path, actual: &str) -> Outcome {
    if updating() {
        return Ok(write_if_changed(expected, actual.as_bytes())?);
    }
    let Ok(golden) = std::fs::read_to_string(expected) else {
        return Err(Trouble::Failed(format!("{} is missing; run with UPDATE=1 and read it", expected.display())));
    };
    match first_difference(&golden, actual) {
        None => Ok(()),
        Some(text) => Err(Trouble::Failed(format!("{}:{text}", expected.display()))),
    }
}

/// Compares a whole set of generated files with a folder: no file may be missing, be different or be too many.
pub fn compare_files<'a>(folder: &Path, files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Outcome {
    let mut wanted: Vec<&str> = Vec::new();
    let mut wrong = Vec::new();
    for (path, text) in files {
        wanted.push(path);
        if let Err(trouble) = compare(&folder.join(path), text) {
            wrong.push(trouble.to_string());
        }
    }
    for path in files_below(folder, "") {
        if !wanted.contains(&path.as_str()) {
            if updating() {
                std::fs::remove_file(folder.join(&path))?;
            } else {
                wrong.push(format!("{} is expected and was not made", folder.join(&path).display()));
            }
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(Trouble::Failed(wrong.join("\n"))) }
}

/// Whether this run rewrites the expected files.
pub fn updating() -> bool {
    let is = |name: &str, value: &str| std::env::var(name).is_ok_and(|found| found == value);
    is("UPDATE", "1") || is("INSTA_UPDATE", "always") || is("INSTA_UPDATE", "force")
}

fn files_below(folder: &Path, prefix: &str) -> Vec<String> {
    let mut found = Vec::new();
    for path in crate::cases::entries(folder) {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let name = if prefix.is_empty() { name } else { format!("{prefix}/{name}") };
        if path.is_dir() {
            found.extend(files_below(&path, &name));
        } else {
            found.push(name);
        }
    }
    found
}

fn write_if_changed(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if std::fs::read(path).is_ok_and(|found| found == bytes) {
        return Ok(());
    }
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent)?;
    }
    std::fs::write(path, bytes)
}

/// The first line that differs, counted from 1, with both sides; `None` when the texts are equal.
pub fn first_difference(expected: &str, actual: &str) -> Option<String> {
    if expected == actual {
        return None;
    }
    let (mut left, mut right) = (expected.split('\n'), actual.split('\n'));
    let mut line = 0;
    loop {
        line += 1;
        let (a, b) = (left.next(), right.next());
        if a != b {
            let show = |side: Option<&str>| side.map_or("<end of text>".to_owned(), |text| format!("{text:?}"));
            return Some(format!(
                "{line}: differs (UPDATE=1 rewrites)\n  expected {}\n     found {}",
                show(a),
                show(b)
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_different_line_is_shown() {
        assert_eq!(first_difference("a\nb", "a\nb"), None);
        let text = first_difference("a\nb", "a\nc").unwrap();
        assert!(text.starts_with("2:") && text.contains("\"b\"") && text.contains("\"c\""), "{text}");
        assert!(first_difference("a", "a\n").unwrap().contains("<end of text>"));
    }
}

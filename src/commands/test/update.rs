//! `--update`: what was found, written in the place of what was expected.
//!
//! In: edits of each file. Out: files written, and what was changed.
//! Holds: nothing but the values that differ changes, byte for byte; a file is written whole or not at all.

use verify::test::Edit;

use super::files::TestFile;
use super::report::line;
use super::{Outcome, is_for_people};
use crate::Io;

/// A value that was written.
pub(super) struct Written {
    file: String,
    line: usize,
    before: String,
    after: String,
}

/// Writes the files that have edits.
pub(super) fn write(files: &[TestFile], outcomes: &[Outcome], io: &mut Io) -> diag::Result<Vec<Written>> {
    let mut written = Vec::new();
    for (file, outcome) in files.iter().zip(outcomes) {
        let (Ok((suite, _)), Ok(results)) = (&file.read, &outcome.results) else { continue };
        let mut edits: Vec<&Edit> = results.iter().flat_map(|result| &result.edits).collect();
        if edits.is_empty() {
            continue;
        }
        edits.sort_by_key(|edit| edit.span.start);
        let before = suite.text();
        io.write_file(&file.path, edited(before, &edits).as_bytes())?;
        written.extend(edits.into_iter().map(|edit| Written {
            file: file.name.clone(),
            line: line(&suite.place(&edit.span)),
            before: before[edit.span.clone()].to_owned(),
            after: edit.text.clone(),
        }));
    }
    Ok(written)
}

/// The text with all edits, which stand in its order.
fn edited(text: &str, edits: &[&Edit]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for edit in edits {
        out.push_str(&text[at..edit.span.start]);
        out.push_str(&edit.text);
        at = edit.span.end;
    }
    out.push_str(&text[at..]);
    out
}

/// Says what was changed.
pub(super) fn say(written: &[Written], io: &mut Io) {
    if !is_for_people(io) {
        return;
    }
    for Written { file, line, before, after } in written {
        io.print(&format!("{file}:{line}: `{before}` is now `{after}`\n"));
    }
}

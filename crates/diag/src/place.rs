//! Places: where in the user's files a finding stands.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// A text that a user wrote, with the name it is shown under.
#[derive(Clone)]
pub struct Source {
    /// As the user named it: a path, `<stdin>`, `<expression>`.
    pub name: String,
    pub text: String,
    /// The offset after each line break; found when it is first asked for, since most texts have no findings.
    breaks: OnceLock<Vec<usize>>,
}

/// A line and a column, both from 1; a column is one character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    pub line: usize,
    pub column: usize,
}

impl Source {
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self { name: name.into(), text: text.into(), breaks: OnceLock::new() }
    }

    /// The span, with ends that are inside the text and between characters.
    pub fn clamped(&self, span: &Range<usize>) -> Range<usize> {
        let start = self.text.floor_char_boundary(span.start);
        let end = self.text.floor_char_boundary(span.end);
        start..end.max(start)
    }

    /// Where a byte offset stands; beyond the end, where the text ends.
    ///
    /// Costs as much as the line is long, and once as much as the text.
    pub fn position(&self, offset: usize) -> Position {
        let offset = self.text.floor_char_boundary(offset);
        let breaks = self.breaks();
        let line = breaks.partition_point(|start| *start <= offset);
        let start = line.checked_sub(1).map_or(0, |before| breaks[before]);
        Position { line: line + 1, column: self.text[start..offset].chars().count() + 1 }
    }

    fn breaks(&self) -> &[usize] {
        self.breaks.get_or_init(|| self.text.match_indices('\n').map(|(at, _)| at + 1).collect())
    }
}

// What was worked out from a text is no part of it.

impl PartialEq for Source {
    fn eq(&self, other: &Self) -> bool {
        (&self.name, &self.text) == (&other.name, &other.text)
    }
}

impl Eq for Source {}

impl Hash for Source {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (&self.name, &self.text).hash(state);
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source").field("name", &self.name).field("text", &self.text).finish()
    }
}

/// Where something stands.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// A range of bytes in a text.
    Text { source: Arc<Source>, span: Range<usize> },
    /// A path inside a binary, in words: file `calc.wasm`, path ``export `local:calc/ops#add` ``.
    Binary { file: String, path: String },
    /// A whole file or folder.
    File { file: String },
}

impl Place {
    pub fn text(source: &Arc<Source>, span: Range<usize>) -> Self {
        Self::Text { source: Arc::clone(source), span }
    }

    pub fn binary(file: impl Into<String>, path: impl Into<String>) -> Self {
        Self::Binary { file: file.into(), path: path.into() }
    }

    pub fn file(file: impl Into<String>) -> Self {
        Self::File { file: file.into() }
    }

    /// The name of the file, as the user knows it.
    pub fn file_name(&self) -> &str {
        match self {
            Self::Text { source, .. } => &source.name,
            Self::Binary { file, .. } | Self::File { file } => file,
        }
    }
}

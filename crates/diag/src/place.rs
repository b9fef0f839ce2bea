//! Places: where in the user's files a finding stands.

use std::ops::Range;
use std::sync::Arc;

/// A text that a user wrote, with the name it is shown under.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Source {
    /// As the user named it: a path, `<stdin>`, `<expression>`.
    pub name: String,
    pub text: String,
}

/// A line and a column, both from 1; a column is one character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    pub line: usize,
    pub column: usize,
}

impl Source {
    /// The span, with ends that are inside the text and between characters.
    pub fn clamped(&self, span: &Range<usize>) -> Range<usize> {
        let start = self.text.floor_char_boundary(span.start);
        let end = self.text.floor_char_boundary(span.end);
        start..end.max(start)
    }

    /// Where a byte offset stands; beyond the end, where the text ends.
    pub fn position(&self, offset: usize) -> Position {
        let before = &self.text[..self.text.floor_char_boundary(offset)];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Position {
            line: before.bytes().filter(|byte| *byte == b'\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
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

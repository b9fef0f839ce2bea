//! wit-parser's spans as places in the texts that users wrote.
//!
//! In: the texts, by the name they were given to wit-parser. Out: `Place`s.
//! Holds: texts are shared, one `Source` for each file.

use std::collections::HashMap;
use std::sync::Arc;

use diag::{Place, Source};
use wit_parser::{SourceMap, Span};

/// The texts that places point into.
#[derive(Clone, Debug, Default)]
pub(crate) struct Texts {
    sources: HashMap<String, Arc<Source>>,
    /// Of texts that were not parsed whole, the pieces that were: where each begins in what was parsed, and in the text.
    pieces: HashMap<String, Vec<(usize, usize)>>,
}

impl Texts {
    pub(crate) fn add(&mut self, name: &str, text: &str) {
        self.sources.insert(name.to_owned(), Arc::new(Source::new(name, text)));
    }

    /// Says which pieces of a text are parsed. Each begins further on than the one before.
    pub(crate) fn add_pieces(&mut self, name: &str, pieces: Vec<(usize, usize)>) {
        self.pieces.insert(name.to_owned(), pieces);
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Arc<Source>> {
        self.sources.get(name)
    }

    /// The place of a span; `None` if it is unknown, as everything read from a binary is.
    pub(crate) fn place(&self, map: &SourceMap, span: Span) -> Option<Place> {
        let location = map.resolve_span(span)?;
        let source = self.sources.get(location.path)?;
        let pieces = self.pieces.get(location.path).map_or(&[][..], Vec::as_slice);
        let piece = pieces.iter().rev().find(|(parsed, _)| *parsed <= location.range.start);
        let later = piece.map_or(0, |(parsed, whole)| whole - parsed);
        Some(Place::text(source, location.range.start + later..location.range.end + later))
    }
}

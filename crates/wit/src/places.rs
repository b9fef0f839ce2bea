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
pub(crate) struct Texts(HashMap<String, Arc<Source>>);

impl Texts {
    pub(crate) fn add(&mut self, name: &str, text: &str) {
        self.0.insert(name.to_owned(), Arc::new(Source::new(name, text)));
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Arc<Source>> {
        self.0.get(name)
    }

    /// The place of a span; `None` if it is unknown, as everything read from a binary is.
    pub(crate) fn place(&self, map: &SourceMap, span: Span) -> Option<Place> {
        let location = map.resolve_span(span)?;
        let source = self.0.get(location.path)?;
        Some(Place::text(source, location.range))
    }
}

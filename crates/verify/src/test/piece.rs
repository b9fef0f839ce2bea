//! Calls and values of a file, handed to readers that know one expression only.
//!
//! In: spans of a file. Out: sources of their own; diagnostics about them, moved back into the file.
//! Holds: an offset in a piece is one in the file, less where the piece starts.

use std::sync::Arc;

use diag::{Diagnostic, Place, Source};

use super::syntax::{CallStep, File, Span};

/// The pieces of a file.
#[derive(Default)]
pub(crate) struct Pieces(Vec<(Arc<Source>, usize)>);

impl Pieces {
    /// A value.
    pub(crate) fn value(&mut self, file: &File, span: &Span) -> Arc<Source> {
        self.piece(file, span.start, file.text(span).to_owned())
    }

    /// A call with its `let`, without the name of its instance and what else stands between the two.
    pub(crate) fn call(&mut self, file: &File, step: &CallStep) -> Arc<Source> {
        let call = file.text(&step.call);
        let Some(name) = &step.binds else { return self.piece(file, step.call.start, call.to_owned()) };
        let between = step.call.start - name.span.end;
        // The file has `let` and at least a space before the name, and `=` behind it.
        let start = name.span.start - "let ".len();
        let text = format!("let {}={}{call}", file.text(&name.span), " ".repeat(between - 1));
        self.piece(file, start, text)
    }

    fn piece(&mut self, file: &File, start: usize, text: String) -> Arc<Source> {
        let source = Arc::new(Source::new(file.source.name.clone(), text));
        self.0.push((Arc::clone(&source), start));
        source
    }

    /// A diagnostic about pieces, as one about the file.
    pub(crate) fn in_file(&self, file: &File, mut diagnostic: Diagnostic) -> Diagnostic {
        for label in &mut diagnostic.labels {
            if let Place::Text { source, span } = &label.place
                && let Some((_, start)) = self.0.iter().find(|(piece, _)| Arc::ptr_eq(piece, source))
            {
                label.place = file.place(&(span.start + start..span.end + start));
            }
        }
        diagnostic
    }

    /// As `in_file`, of several.
    pub(crate) fn all_in_file(&self, file: &File, diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
        diagnostics.into_iter().map(|one| self.in_file(file, one)).collect()
    }
}

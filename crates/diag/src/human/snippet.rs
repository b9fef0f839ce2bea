//! A text with labels under its lines: the drawing is miette's.
//!
//! In: a source and the labels in it. Out: lines of the drawing.
//! Holds: any span can be drawn: outside of the text, between the bytes of a character, in an empty text,
//! on a line of a million characters.

use std::fmt;
use std::ops::Range;

use miette::{
    GraphicalReportHandler, LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents,
};

use crate::clean::{self, harmless};
use crate::{Label, Place, Severity, Source};

/// A label that covers more lines is drawn on its first line only.
const MAX_LINES: usize = 6;
/// Lines that are longer, in bytes, are cut around what is shown.
const MAX_LINE: usize = 300;
/// Bytes shown before and after a label on a line that is cut.
const MARGIN: usize = 60;

/// Draws the labels, which are all in `source`.
pub(super) fn draw(
    out: &mut String,
    severity: Severity,
    source: &Source,
    labels: &[&Label],
    handler: &GraphicalReportHandler,
) {
    let shown = Shown::of(source);
    let spans = labels.iter().enumerate().filter_map(|(at, label)| match &label.place {
        Place::Text { source, span } => {
            let span = shown.visible(source.clamped(span));
            let text = (!label.text.is_empty()).then(|| clean::shown(&label.text));
            let span = (span.start, span.len());
            Some(if at == 0 {
                LabeledSpan::new_primary_with_span(text, span)
            } else {
                LabeledSpan::new_with_span(text, span)
            })
        }
        Place::Binary { .. } | Place::File { .. } => None,
    });
    let drawing = Drawing { severity, labels: spans.collect(), shown };
    let mut drawn = String::new();
    handler.render_report(&mut drawn, &drawing).expect("every span was made to lie in the text");
    // The first line would be the headline, which stands above all drawings of a diagnostic.
    out.extend(drawn.split_inclusive('\n').skip(1));
}

/// What miette draws: no headline of its own, only the text and its labels.
#[derive(Debug)]
struct Drawing {
    severity: Severity,
    labels: Vec<LabeledSpan>,
    shown: Shown,
}

impl fmt::Display for Drawing {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl std::error::Error for Drawing {}

impl miette::Diagnostic for Drawing {
    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Note => miette::Severity::Advice,
        })
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.shown)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}

/// A text made harmless, byte for byte in the same places.
#[derive(Debug)]
struct Shown {
    name: String,
    text: String,
}

impl Shown {
    fn of(source: &Source) -> Self {
        let mut text = harmless(&source.text);
        // A label at the end stands under the line break; without one there would be nothing to stand under.
        if !text.ends_with('\n') {
            text.push('\n');
        }
        Self { name: harmless(&source.name), text }
    }

    /// The span as it can be drawn: on a line that is shown, and not over too many.
    fn visible(&self, span: Range<usize>) -> Range<usize> {
        let end_of_text = self.text.trim_end_matches(['\n', ' ']).len();
        // What is missing at the end is shown after the last thing that is there.
        if span.start >= end_of_text && span.start >= self.text.trim_end_matches('\n').len() {
            return end_of_text..end_of_text;
        }
        let lines = self.text[span.clone()].split('\n').count();
        if lines <= MAX_LINES {
            return span;
        }
        let first_line = self.text[span.start..].find('\n').unwrap_or(0);
        span.start..span.start + first_line
    }

    fn line_start(&self, at: usize) -> usize {
        self.text[..at].rfind('\n').map_or(0, |newline| newline + 1)
    }

    /// After the line break.
    fn line_end(&self, at: usize) -> usize {
        self.text[at..].find('\n').map_or(self.text.len(), |newline| at + newline + 1)
    }

    /// What is shown of the text for a span, with whole lines where they are not too long.
    fn window(&self, span: &Range<usize>, before: usize, after: usize) -> Range<usize> {
        let mut start = self.line_start(span.start);
        let mut end = self.line_end(span.end);
        if span.start - start > MAX_LINE {
            return self.text.floor_char_boundary(span.start - MARGIN)..self.cut_end(span, end);
        }
        for _ in 0..before {
            let previous = self.line_start(start.saturating_sub(1));
            if start - previous > MAX_LINE {
                break;
            }
            start = previous;
        }
        if end - span.end > MAX_LINE {
            return start..self.cut_end(span, end);
        }
        for _ in 0..after {
            let next = self.line_end(end);
            if next - end > MAX_LINE {
                break;
            }
            end = next;
        }
        start..end
    }

    fn cut_end(&self, span: &Range<usize>, line_end: usize) -> usize {
        self.text.ceil_char_boundary((span.end + MARGIN).min(line_end))
    }
}

impl SourceCode for Shown {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        lines_before: usize,
        lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let start = self.text.floor_char_boundary(span.offset());
        let end = self.text.floor_char_boundary(span.offset().saturating_add(span.len())).max(start);
        // Without lines around it, miette asks for the place to put into the heading.
        let window = if lines_before + lines_after == 0 {
            start..end
        } else {
            self.window(&(start..end), lines_before, lines_after)
        };
        let before = &self.text[..window.start];
        let line = before.bytes().filter(|byte| *byte == b'\n').count();
        let column = self.text[self.line_start(window.start)..window.start].chars().count();
        let lines = self.text[window.clone()].split('\n').count();
        let data = &self.text.as_bytes()[window.clone()];
        let span = (window.start, window.len()).into();
        Ok(Box::new(MietteSpanContents::new_named(self.name.clone(), data, span, line, column, lines)))
    }
}

//! What is wrong with a script, as far as it is worth telling.
//!
//! Holds: a text of garbage gives a bounded number of errors, and it is said that there are more.

use diag::{Diagnostic, Place};

/// After these many errors nothing more is told.
pub(super) const MOST: usize = 100;

/// Adds an error if there are not too many already.
pub(super) fn push(problems: &mut Vec<Diagnostic>, problem: Diagnostic) {
    if problems.len() <= MOST {
        problems.push(problem);
    }
}

/// All errors in the order of the text, and a note if some are left out.
pub(super) fn in_order(mut problems: Vec<Diagnostic>) -> Vec<Diagnostic> {
    problems.sort_by_key(start);
    if problems.len() > MOST {
        let next = problems[MOST].labels.first().map(|label| label.place.clone());
        problems.truncate(MOST);
        let note = diag::note("wac/more-errors", format!("only the first {MOST} errors are shown"));
        problems.extend(next.map(|place| note.label(place, "more from here on").help("mend these and try again")));
    }
    problems
}

fn start(problem: &Diagnostic) -> usize {
    match problem.labels.first().map(|label| &label.place) {
        Some(Place::Text { span, .. }) => span.start,
        Some(Place::Binary { .. } | Place::File { .. }) | None => 0,
    }
}

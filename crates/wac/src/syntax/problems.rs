//! What is wrong with a script, as far as it is worth telling.
//!
//! Holds: a text of garbage gives a bounded number of errors, and it is said that there are more.

use diag::{Diagnostic, Place};

/// After these many errors nothing more is told.
pub(crate) const MOST: usize = 100;

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
        problems.extend(next.map(more_errors));
    }
    problems
}

/// The note that errors are left out from a place on.
pub(crate) fn more_errors(place: Place) -> Diagnostic {
    diag::note("wac/more-errors", format!("only the first {MOST} errors are shown"))
        .label(place, "more from here on")
        .help("mend these and try again")
}

fn start(problem: &Diagnostic) -> usize {
    match problem.labels.first().map(|label| &label.place) {
        Some(Place::Text { span, .. }) => span.start,
        Some(Place::Binary { .. } | Place::File { .. }) | None => 0,
    }
}

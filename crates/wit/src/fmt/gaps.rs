//! What stands between two tokens: white space, and comments in their places.
//!
//! In: the gap that the layout wants, the comments that stand there, the token before and the one after.
//! Out: pieces of lines.
//! Holds: a comment on a line of its own stays on a line of its own, one at the end of a line stays at its end, and
//! one between tokens stays between them; empty lines are kept where the gap has room for them, at most one.

use super::lines::{Lines, Piece};
use super::stream::Comment;

/// What the layout wants between two tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gap {
    None,
    Space,
    /// A line break if the list is broken, else a space or nothing.
    Soft {
        space: bool,
    },
    /// The same before the mark that closes the list.
    SoftEnd {
        space: bool,
    },
    /// A line break.
    Line(Blanks),
    /// The same before the brace that closes a block.
    LineEnd(Blanks),
}

/// Whether empty lines may be kept, before the first comment of the gap and after the last.
/// None is kept behind a mark that opens a block or a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Blanks {
    pub first: bool,
    pub last: bool,
}

/// The tokens on both sides of a gap.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sides<'a> {
    /// Nothing at the beginning of the text.
    pub before: Option<&'a str>,
    /// Nothing at the end.
    pub after: Option<&'a str>,
    /// Line breaks before the token after the gap.
    pub breaks: usize,
}

/// Where the last comment has left the line.
#[derive(Clone, Copy, Debug)]
enum Place {
    /// There was none.
    Start,
    /// It is a line comment at the end of a line, in the column given, or below such a one.
    EndOfLine(usize),
    /// The comment ends its line, which is its own.
    OwnLine,
    /// The line goes on behind the comment.
    InLine,
}

/// Fills a gap.
pub(super) fn fill<'a>(lines: &mut Lines<'a>, gap: Gap, comments: &[Comment<'a>], sides: Sides<'a>) {
    let Some(last) = comments.last() else {
        let blanks = gap.blanks();
        let blank = blanks.first && blanks.last && sides.breaks > 1 && !sides.before.is_some_and(opens);
        return plain(lines, gap, blank, true);
    };
    let mut place = Place::Start;
    let behind = behind(gap, comments, sides);
    for (at, comment) in comments.iter().enumerate() {
        let ends_line = comment.is_line || breaks_after(comments, at, sides) > 0;
        place = if at < behind {
            end_comment(lines, *comment, at + 1 == behind)
        } else {
            next_comment(lines, gap, *comment, place, Around { ends_line, before: sides.before })
        };
    }
    match place {
        Place::Start => {}
        Place::InLine if !gap.ends_block() => match gap {
            Gap::SoftEnd { .. } => plain(lines, gap, false, true),
            Gap::None | Gap::Space | Gap::Soft { .. } | Gap::Line(_) | Gap::LineEnd(_) => {
                if !sides.after.is_some_and(closes) {
                    lines.push(Piece::Space);
                }
            }
        },
        Place::InLine | Place::OwnLine | Place::EndOfLine(_) => {
            let blank = gap.blanks().last && sides.breaks > 1 && !last.is_doc;
            forced(lines, gap, blank, true);
        }
    }
}

/// How many of the comments stand behind the token before the gap, at the end of its line.
fn behind(gap: Gap, comments: &[Comment<'_>], sides: Sides<'_>) -> usize {
    if sides.before.is_none() {
        return 0;
    }
    let after_line_comment = |at: usize| at > 0 && comments[at - 1].is_line;
    let on_line = (0..comments.len()).take_while(|at| comments[*at].breaks == 0 && !after_line_comment(*at)).count();
    let Some(last) = on_line.checked_sub(1) else { return 0 };
    let is_end = match gap {
        // A statement goes on behind a comment that does not need the rest of its line.
        Gap::None | Gap::Space => comments[last].is_line,
        Gap::Soft { .. } | Gap::Line(_) => comments[last].is_line || breaks_after(comments, last, sides) > 0,
        Gap::SoftEnd { .. } => comments[last].is_line || last + 1 < comments.len(),
        // Between braces alone, the line of the brace is not the comment's.
        Gap::LineEnd(_) => {
            comments[last].is_line || breaks_after(comments, last, sides) > 0 || !sides.before.is_some_and(opens)
        }
    };
    if is_end { on_line } else { 0 }
}

/// Line breaks behind a comment; at the end of the text there is always one.
fn breaks_after(comments: &[Comment<'_>], at: usize, sides: Sides<'_>) -> usize {
    match comments.get(at + 1) {
        Some(next) => next.breaks,
        None if sides.after.is_none() => sides.breaks.max(1),
        None => sides.breaks,
    }
}

fn end_comment<'a>(lines: &mut Lines<'a>, comment: Comment<'a>, is_last: bool) -> Place {
    if is_last {
        lines.push(Piece::EndComment(comment));
        return if comment.is_line { Place::EndOfLine(comment.column) } else { Place::OwnLine };
    }
    lines.push(Piece::Space);
    lines.push(Piece::Comment(comment));
    Place::InLine
}

/// What stands around a comment.
struct Around<'a> {
    ends_line: bool,
    /// The token before the gap.
    before: Option<&'a str>,
}

fn next_comment<'a>(lines: &mut Lines<'a>, gap: Gap, comment: Comment<'a>, place: Place, around: Around<'_>) -> Place {
    let in_statement = matches!(gap, Gap::None | Gap::Space);
    match place {
        Place::EndOfLine(column) if comment.breaks == 1 && comment.is_line && comment.column == column => {
            lines.push(Piece::BelowComment(comment));
            return place;
        }
        Place::EndOfLine(_) | Place::OwnLine => forced(lines, gap, comment.breaks > 1, false),
        Place::Start if comment.breaks > 0 && around.before.is_some() => {
            let blank = gap.blanks().first && comment.breaks > 1 && !around.before.is_some_and(opens);
            forced(lines, gap, blank, false);
        }
        Place::InLine if comment.breaks > 0 => forced(lines, gap, comment.breaks > 1, false),
        Place::InLine => lines.push(Piece::Space),
        Place::Start => match gap {
            Gap::None | Gap::Space if around.before.is_some_and(opens) => {}
            Gap::SoftEnd { .. } if around.before.is_some_and(opens) => {}
            Gap::None | Gap::Space | Gap::SoftEnd { .. } => lines.push(Piece::Space),
            Gap::Soft { .. } | Gap::Line(_) | Gap::LineEnd(_) => {
                if around.before.is_some() {
                    plain(lines, gap, false, false);
                }
            }
        },
    }
    lines.push(Piece::Comment(comment));
    let own_line = comment.breaks > 0 || !in_statement;
    if comment.is_line || around.ends_line && own_line { Place::OwnLine } else { Place::InLine }
}

/// The gap as it is wanted; the last of it, or one within it.
fn plain<'a>(lines: &mut Lines<'a>, gap: Gap, blank: bool, is_last: bool) {
    match gap {
        Gap::None => {}
        Gap::Space => lines.push(Piece::Space),
        Gap::Soft { space } => lines.push(Piece::Soft { space, blank }),
        Gap::SoftEnd { space } if is_last => lines.push(Piece::SoftEnd { space }),
        Gap::SoftEnd { space } => lines.push(Piece::Soft { space, blank }),
        Gap::Line(_) => lines.end(blank),
        Gap::LineEnd(_) => {
            lines.end(blank);
            if is_last {
                lines.step_out();
            }
        }
    }
}

/// The gap with a line break, which a comment needs.
fn forced<'a>(lines: &mut Lines<'a>, gap: Gap, blank: bool, is_last: bool) {
    match gap {
        Gap::None | Gap::Space => lines.push(Piece::Break),
        Gap::Soft { .. } | Gap::SoftEnd { .. } | Gap::Line(_) | Gap::LineEnd(_) => plain(lines, gap, blank, is_last),
    }
}

impl Gap {
    fn blanks(self) -> Blanks {
        match self {
            Self::None | Self::Space => Blanks { first: false, last: false },
            Self::Soft { .. } => Blanks { first: true, last: true },
            Self::SoftEnd { .. } => Blanks { first: true, last: false },
            Self::Line(blanks) | Self::LineEnd(blanks) => blanks,
        }
    }

    fn ends_block(self) -> bool {
        matches!(self, Self::LineEnd(_))
    }
}

/// Whether no space stands behind a token.
fn opens(token: &str) -> bool {
    matches!(token, "(" | "<" | "{" | "@")
}

/// Whether no space stands before a token.
fn closes(token: &str) -> bool {
    matches!(token, ")" | ">" | "}" | "," | ";")
}

//! The layout tree and the functions that make it.
//!
//! In: text and smaller trees. Out: `Doc`.
//! Holds: a `Doc` says what belongs together; where lines break is decided by `render` alone.

use std::borrow::Cow;

/// A piece of layout.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Doc {
    #[default]
    Nothing,
    /// Text; a line feed in it starts a line at the current indentation.
    Text(Cow<'static, str>),
    /// A line break, always.
    Line,
    /// A line break where the group around it does not fit, else the text given.
    Break(&'static str),
    /// A line break only where the group around it does not fit, with text before it (a trailing comma).
    BreakOnly(&'static str),
    /// Parts side by side.
    Concat(Vec<Doc>),
    /// One step further in.
    Nest(Box<Doc>),
    /// On one line if it fits, else with every `Break` of its own broken.
    Group(Box<Doc>),
    /// Lines whose cells stand in columns, see `rows`.
    Rows(Vec<Vec<Doc>>),
}

/// No text at all.
pub fn nothing() -> Doc {
    Doc::Nothing
}

/// Text as it is.
pub fn text(text: impl Into<Cow<'static, str>>) -> Doc {
    Doc::Text(text.into())
}

/// A line break.
pub fn line() -> Doc {
    Doc::Line
}

/// A line break if the group around it does not fit on a line, else nothing.
pub fn softline() -> Doc {
    Doc::Break("")
}

/// Parts side by side.
pub fn concat(parts: impl IntoIterator<Item = impl Into<Doc>>) -> Doc {
    Doc::Concat(parts.into_iter().map(Into::into).collect())
}

/// Parts with `separator` between every two.
pub fn join(parts: impl IntoIterator<Item = impl Into<Doc>>, separator: impl Into<Doc>) -> Doc {
    let separator = separator.into();
    let mut out = Vec::new();
    for part in parts {
        if !out.is_empty() {
            out.push(separator.clone());
        }
        out.push(part.into());
    }
    Doc::Concat(out)
}

/// `a, b, c` on one line.
pub fn comma(parts: impl IntoIterator<Item = impl Into<Doc>>) -> Doc {
    join(parts, text(", "))
}

/// Parts below one another; parts that are `Nothing` leave no line.
pub fn lines(parts: impl IntoIterator<Item = impl Into<Doc>>) -> Doc {
    join(parts.into_iter().map(Into::into).filter(|part| !part.is_nothing()), Doc::Line)
}

/// Parts below one another with an empty line between every two; parts that are `Nothing` leave no line.
pub fn blocks(parts: impl IntoIterator<Item = impl Into<Doc>>) -> Doc {
    join(parts.into_iter().map(Into::into).filter(|part| !part.is_nothing()), Doc::Concat(vec![Doc::Line, Doc::Line]))
}

/// The body one step further in.
pub fn nest(body: impl Into<Doc>) -> Doc {
    Doc::Nest(Box::new(body.into()))
}

/// On one line if it fits there, else broken at all of its own `softline`s.
pub fn group(body: impl Into<Doc>) -> Doc {
    Doc::Group(Box::new(body.into()))
}

/// `{`, the body one step further in on lines of its own, `}`. An empty body gives `{}`.
pub fn block(body: impl Into<Doc>) -> Doc {
    let body = body.into();
    if body.is_nothing() {
        return text("{}");
    }
    Doc::Concat(vec![text("{"), nest(Doc::Concat(vec![Doc::Line, body])), Doc::Line, text("}")])
}

impl Doc {
    /// Whether it draws nothing.
    pub fn is_nothing(&self) -> bool {
        match self {
            Self::Nothing => true,
            Self::Text(text) => text.is_empty(),
            Self::Concat(parts) => parts.iter().all(Self::is_nothing),
            Self::Nest(body) | Self::Group(body) => body.is_nothing(),
            Self::Rows(rows) => rows.is_empty(),
            Self::Line | Self::Break(_) | Self::BreakOnly(_) => false,
        }
    }

    /// Whether some piece of its text has the word in it, by itself: `temps` is not mentioned by `lower_temps(item)`.
    pub fn mentions(&self, word: &str) -> bool {
        match self {
            Self::Text(text) => has_word(text, word),
            Self::Concat(parts) => parts.iter().any(|part| part.mentions(word)),
            Self::Nest(body) | Self::Group(body) => body.mentions(word),
            Self::Rows(rows) => rows.iter().flatten().any(|cell| cell.mentions(word)),
            Self::Nothing | Self::Line | Self::Break(_) | Self::BreakOnly(_) => false,
        }
    }

    /// `open`, the parts with commas between, `close`: on one line if that fits,
    /// else one part to a line, further in, with a comma after the last.
    pub fn list(open: &'static str, parts: impl IntoIterator<Item = impl Into<Self>>, close: &'static str) -> Self {
        let parts: Vec<Self> = parts.into_iter().map(Into::into).collect();
        if parts.is_empty() {
            return Self::Concat(vec![text(open), text(close)]);
        }
        let separator = Self::Concat(vec![text(","), Self::Break(" ")]);
        let body = Self::Concat(vec![Self::Break(""), join(parts, separator)]);
        group(Self::Concat(vec![text(open), nest(body), Self::BreakOnly(","), text(close)]))
    }
}

impl From<&'static str> for Doc {
    fn from(text: &'static str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Doc {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl From<&String> for Doc {
    fn from(text: &String) -> Self {
        Self::Text(Cow::Owned(text.clone()))
    }
}

impl From<&Self> for Doc {
    fn from(doc: &Self) -> Self {
        doc.clone()
    }
}

impl<T: Into<Self>> From<Option<T>> for Doc {
    fn from(part: Option<T>) -> Self {
        part.map_or(Self::Nothing, Into::into)
    }
}

macro_rules! from_number {
    ($($number:ty)*) => {$(
        impl From<$number> for Doc {
            fn from(number: $number) -> Self {
                Self::from(number.to_string())
            }
        }
    )*};
}

from_number!(u8 u16 u32 u64 usize i32 i64);

/// Whether the word stands in the text, and is no part of a longer name there.
fn has_word(text: &str, word: &str) -> bool {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    let starts = word.starts_with(is_name);
    let ends = word.ends_with(is_name);
    text.match_indices(word).any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + word.len()..]);
        !(starts && before.ends_with(is_name) || ends && after.starts_with(is_name))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_mentioned_by_itself() {
        let said = |text: &'static str, word| Doc::from(text).mentions(word);
        assert!(said("store(item, at, temps);", "temps") && said("temps", "temps") && said("f(_abi::g)", "_abi::"));
        assert!(!said("store_temps_ref(item)", "temps") && !said("temps2", "temps") && !said("my_abi::g", "_abi::"));
        assert!(said("temps2(temps)", "temps"));
    }
}

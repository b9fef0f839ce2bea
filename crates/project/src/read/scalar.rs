//! Single values: texts, paths, numbers, lists of them, each with its place.

use std::ops::Range;
use std::path::PathBuf;
use std::str::FromStr;

use toml_edit::Value;

use super::Reading;
use super::fields::{Entry, Fields, shown};
use crate::manifest::At;

impl Reading {
    /// The text under a key, if there is one; it has no control characters but tabs and line ends.
    pub fn text(&mut self, fields: &Fields<'_>, key: &str) -> Option<At<String>> {
        let entry = fields.get(key)?;
        self.text_of(&entry)
    }

    pub fn text_of(&mut self, entry: &Entry<'_>) -> Option<At<String>> {
        let Some(value) = entry.item.as_value() else {
            self.wrong_kind(entry, "a text in quotes");
            return None;
        };
        self.text_in(entry.key, value)
    }

    fn text_in(&mut self, key: &str, value: &Value) -> Option<At<String>> {
        let span = value.span().unwrap_or(0..0);
        let Some(text) = value.as_str() else {
            self.wrong(key, &span, "a text in quotes", value.type_name());
            return None;
        };
        if text.chars().any(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r')) {
            self.bad_value(
                &span,
                format!("`{key}` has a control character"),
                "not for a text",
                "take the character away",
            );
            return None;
        }
        Some(At { value: text.to_owned(), span })
    }

    /// A text that is not empty.
    pub fn word(&mut self, fields: &Fields<'_>, key: &str) -> Option<At<String>> {
        let text = self.text(fields, key)?;
        self.not_empty(key, text)
    }

    fn not_empty(&mut self, key: &str, text: At<String>) -> Option<At<String>> {
        if text.value.trim().is_empty() {
            self.bad_value(
                &text.span,
                format!("`{key}` is empty"),
                "nothing stands here",
                "say what it is, or take the key away",
            );
            return None;
        }
        Some(text)
    }

    pub fn path(&mut self, fields: &Fields<'_>, key: &str) -> Option<At<PathBuf>> {
        let text = self.word(fields, key)?;
        Some(At { value: PathBuf::from(text.value), span: text.span })
    }

    /// A list of texts; a list that is not there is empty.
    pub fn texts(&mut self, fields: &Fields<'_>, key: &str) -> Vec<At<String>> {
        let Some(entry) = fields.get(key) else { return Vec::new() };
        let Some(list) = entry.item.as_array() else {
            match entry.item.as_str() {
                Some(text) if !text.is_empty() => {
                    self.wrong_kind_as(&entry, "a list of texts", &format!("`[\"{}\"]`", shown(text)));
                }
                Some(_) | None => self.wrong_kind(&entry, "a list of texts"),
            }
            return Vec::new();
        };
        list.iter().filter_map(|value| self.text_in(key, value)).collect()
    }

    pub fn paths(&mut self, fields: &Fields<'_>, key: &str) -> Vec<At<PathBuf>> {
        let texts = self.texts(fields, key);
        let texts = texts.into_iter().filter_map(|text| self.not_empty(key, text));
        texts.map(|text| At { value: PathBuf::from(text.value), span: text.span }).collect()
    }

    /// A number from `least` on, that fits into `T`.
    pub fn number<T: TryFrom<i64>>(&mut self, fields: &Fields<'_>, key: &str, least: i64) -> Option<At<T>> {
        let entry = fields.get(key)?;
        let Some(number) = entry.item.as_integer() else {
            self.wrong_kind(&entry, "a whole number");
            return None;
        };
        match T::try_from(number) {
            Ok(value) if number >= least => Some(At { value, span: entry.span }),
            Ok(_) | Err(_) => {
                let headline = format!("`{key}` cannot be {number}");
                self.bad_value(&entry.span, headline, "out of range", &format!("write a number from {least} on"));
                None
            }
        }
    }

    /// A text of a form of its own, such as a version.
    pub fn parsed<T: FromStr>(&mut self, text: &At<String>, code: &'static str, what: &str, help: &str) -> Option<T>
    where
        T::Err: std::fmt::Display,
    {
        match text.value.parse() {
            Ok(value) => Some(value),
            Err(error) => {
                let headline = format!("`{}` is no {what}", shown(&text.value));
                let place = self.at(&text.span);
                self.say(diag::error(code, headline).label(place, shown(&error.to_string())).help(help));
                None
            }
        }
    }

    /// Says that a value of the right kind cannot be.
    pub fn bad_value(&mut self, span: &Range<usize>, headline: impl Into<String>, label: &str, help: &str) {
        let place = self.at(span);
        self.say(diag::error("project/bad-value", headline).label(place, label).help(help));
    }
}

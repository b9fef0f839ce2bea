//! What to say of the messages that wit-parser gives no kind.
//!
//! In: its message. Out: our code, headline, label and action.
//! Holds: names in the message are kept, in backticks; the headline is one line.

/// How a message is presented.
pub(super) struct Advice {
    pub code: &'static str,
    pub headline: String,
    pub label: &'static str,
    pub help: &'static str,
    /// A name whose earlier declaration is worth showing.
    pub earlier: Option<String>,
    /// A type that was not found.
    pub unknown_type: Option<String>,
}

/// What to say of the messages that contain `part`.
struct Known {
    part: &'static str,
    code: &'static str,
    /// Instead of wit-parser's words.
    headline: Option<&'static str>,
    label: &'static str,
    help: &'static str,
}

const fn known(part: &'static str, code: &'static str, label: &'static str, help: &'static str) -> Known {
    Known { part, code, headline: None, label, help }
}

/// In other words than wit-parser's.
const fn reworded(known: Known, headline: &'static str) -> Known {
    Known { headline: Some(headline), ..known }
}

/// The first that fits is taken.
#[rustfmt::skip]
const KNOWN: &[Known] = &[
    reworded(known("no `package` header was found", "wit/missing-package", "declares no package", "begin the file with `package namespace:name;`"), "no file says which package it belongs to"),
    known("found doc comments on multiple", "wit/duplicate", "documented a second time", "keep the documentation in one file"),
    reworded(known("reference to a type which is excluded", "wit/feature-gate", "uses what is gated", "gate this as well, or turn the feature on with `--features`"), "a type is used whose feature is not on"),
    reworded(known("reference to a interface which is excluded", "wit/feature-gate", "uses what is gated", "gate this as well, or turn the feature on with `--features`"), "an interface is used whose feature is not on"),
    reworded(known("reference to a world which is excluded", "wit/feature-gate", "uses what is gated", "gate this as well, or turn the feature on with `--features`"), "a world is used whose feature is not on"),
    known("excluded due to its feature not being activated", "wit/feature-gate", "uses what is gated", "gate this as well, or turn the feature on with `--features`"),
    known("feature gate", "wit/feature-gate", "gated by a version that the package has not reached", "raise the package's version, or lower the gate's"),
    known("used in a handle must be a resource", "wit/not-a-resource", "not a resource", "name a resource, or leave out `own` or `borrow`"),
    known("contains a `borrow<T>`", "wit/returned-borrow", "returns a borrow", "return the resource itself"),
    known("`float32` type has been renamed", "wit/unknown-type", "an old name", "write `f32`"),
    known("`float64` type has been renamed", "wit/unknown-type", "an old name", "write `f64`"),
    known("empty variant", "wit/empty-type", "has no cases", "add a case"),
    known("empty enum", "wit/empty-type", "has no cases", "add a case"),
    known("empty tuple", "wit/empty-type", "has no parts", "add a part, or leave the type out"),
    known("empty record", "wit/empty-type", "has no fields", "add a field"),
    known("empty flags", "wit/empty-type", "has no flags", "add a flag"),
    known("more than 32 flags", "wit/too-many-flags", "has more", "split it into two types"),
    known("invalid map key", "wit/map-key", "cannot be a key", "take an integer, a `bool`, a `char` or a `string` as the key"),
    known("constructor return type", "wit/constructor", "cannot be what a constructor returns", "leave the result out, or return a `result` with the resource"),
    known("must be the resource being constructed", "wit/constructor", "not the resource", "name the resource as the `ok` type"),
    known("no import or export kebab-name", "wit/unknown-item", "not in that world", "name an import or export that the world has under a plain name"),
    known("as a type", "wit/wrong-kind", "not a type", "name a type"),
    known("not an interface", "wit/wrong-kind", "not an interface", "name an interface"),
    known("not a world", "wit/wrong-kind", "not a world", "name a world"),
    known("cannot import function", "wit/wrong-kind", "a function", "leave it out: only types can be used"),
    known("external-id", "wit/external-id", "not allowed here", "write it once, on an import, an export, a type or a function"),
    known("nesting too deep", "wit/too-deep", "nested too deeply", "give a part of it a name of its own"),
    known("unterminated", "wit/syntax", "never ends", "end it"),
    known("defined more than once", "wit/duplicate", "declared again", "rename one of the two"),
    known("duplicate", "wit/duplicate", "declared again", "rename one of the two"),
    known("conflicts with", "wit/duplicate", "the second one", "rename one of the two"),
    known("imported more than once", "wit/duplicate", "imported again", "remove one of the two"),
    known("exported more than once", "wit/duplicate", "exported again", "remove one of the two"),
    known("shadows", "wit/duplicate", "the second one", "rename one of the two"),
    known("not defined in interface", "wit/unknown-type", "not declared there", "declare it there, or remove it from the `use`"),
    known("depends on itself", "wit/cycle", "is part of what it is made of", "leave out one of the references"),
    known("getter", "wit/accessor", "does not fit", "a getter takes nothing and returns a value; a setter needs a getter of that name"),
    known("setter", "wit/accessor", "does not fit", "a setter takes one value and returns nothing, or a `result` without an `ok` type"),
    known("expected ", "wit/syntax", "not expected here", "write what is expected"),
    known("unexpected", "wit/syntax", "not expected here", "remove it"),
    known("invalid", "wit/syntax", "cannot be read", "write it in WIT's form"),
];

/// One line, no full stop, lower case, quotes as backticks.
pub(super) fn tidy(message: &str) -> String {
    let line = message.lines().next().unwrap_or_default().trim_end_matches(['.', ':']);
    // wit-parser's hint for its own users follows.
    let line = line.split_once(" but the `WIT_").map_or(line, |(before, _)| before.trim_end_matches([',', ' ']));
    let mut out = String::with_capacity(line.len());
    let mut chars = line.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            // A quoted mark: `'('`; an apostrophe stands between letters.
            '\'' => {
                let inside_word = at > 0
                    && line[..at].ends_with(char::is_alphanumeric)
                    && chars.peek().is_some_and(|(_, next)| next.is_alphanumeric());
                out.push(if inside_word { '\'' } else { '`' });
            }
            // A package's name: `package [a:b@1.0.0]`.
            '[' if line[..at].ends_with("package ") => out.push('`'),
            ']' if line[..at].rsplit_once('[').is_some_and(|(before, _)| before.ends_with("package ")) => out.push('`'),
            other => out.push(other),
        }
    }
    out
}

pub(super) fn advice(message: &str) -> Advice {
    let known = KNOWN.iter().find(|known| message.contains(known.part));
    let (code, label, help) = match known {
        Some(known) => (known.code, known.label, known.help),
        None => ("wit/invalid", "not valid", "change it as the message says"),
    };
    let headline = known.and_then(|known| known.headline).map_or_else(|| tidy(message), str::to_owned);
    let quoted = quoted(message);
    let earlier = (code == "wit/duplicate").then(|| plain_name(quoted.last().copied()?)).flatten();
    let unknown_type = (code == "wit/unknown-type").then(|| quoted.first().map(|name| (*name).to_owned())).flatten();
    Advice { code, headline, label, help, earlier, unknown_type }
}

/// What stands between backticks.
fn quoted(message: &str) -> Vec<&str> {
    message.split('`').skip(1).step_by(2).collect()
}

/// `[method][get]blob.max-size` is declared as `max-size`.
fn plain_name(name: &str) -> Option<String> {
    let name = name.rsplit(']').next()?;
    Some(name.rsplit('.').next()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_tidied() {
        assert_eq!(tidy("expected '(', found keyword `interface`"), "expected `(`, found keyword `interface`");
        assert_eq!(tidy("it can't be\nmore"), "it can't be");
        assert_eq!(tidy("of package [a:b] (`[get]x`)"), "of package `a:b` (`[get]x`)");
        assert_eq!(tidy("`float32` has a new name, but the `WIT_X=0` helps"), "`float32` has a new name");
    }

    #[test]
    fn duplicates_name_the_first_one() {
        let advice = advice("name `[method][get]blob.maxsize` conflicts with previous name `[method]blob.max-size`");
        assert_eq!((advice.code, advice.earlier.as_deref()), ("wit/duplicate", Some("max-size")));
    }
}

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

/// Parts of messages, with code, label and action; the first that is contained wins.
const KNOWN: &[(&str, &str, &str, &str)] = &[
    (
        "no `package` header was found",
        "wit/missing-package",
        "declares no package",
        "begin the file with `package namespace:name;`",
    ),
    (
        "package identifier `",
        "wit/package-names",
        "another package name",
        "give all files of the package the same header",
    ),
    (
        "does not match previous package name",
        "wit/package-names",
        "another package name",
        "give all files of the package the same header",
    ),
    (
        "found doc comments on multiple",
        "wit/duplicate",
        "documented a second time",
        "keep the documentation in one file",
    ),
    (
        "excluded due to its feature not being activated",
        "wit/feature-gate",
        "uses what is gated",
        "gate this as well, or turn the feature on with `--features`",
    ),
    (
        "feature gate",
        "wit/feature-gate",
        "gated by a version that the package has not reached",
        "raise the package's version, or lower the gate's",
    ),
    (
        "used in a handle must be a resource",
        "wit/not-a-resource",
        "not a resource",
        "name a resource, or leave out `own` or `borrow`",
    ),
    ("defined more than once", "wit/duplicate", "declared again", "rename one of the two"),
    ("duplicate", "wit/duplicate", "declared again", "rename one of the two"),
    ("conflicts with", "wit/duplicate", "the second one", "rename one of the two"),
    ("imported more than once", "wit/duplicate", "imported again", "remove one of the two"),
    ("exported more than once", "wit/duplicate", "exported again", "remove one of the two"),
    ("shadows", "wit/duplicate", "the second one", "rename one of the two"),
    (
        "not defined in interface",
        "wit/unknown-type",
        "not declared there",
        "declare it there, or remove it from the `use`",
    ),
    (
        "depends on itself",
        "wit/cycle",
        "is part of what it is made of",
        "break the circle: leave out one of the references",
    ),
    (
        "getter",
        "wit/accessor",
        "does not fit",
        "a getter takes nothing and returns a value; a setter needs a getter of that name",
    ),
    (
        "setter",
        "wit/accessor",
        "does not fit",
        "a setter takes one value and returns nothing, or a `result` without an `ok` type",
    ),
    ("expected ", "wit/syntax", "not expected here", "write what is expected"),
    ("unexpected", "wit/syntax", "not expected here", "remove it"),
    ("invalid", "wit/syntax", "cannot be read", "write it in WIT's form"),
];

/// One line, no full stop, lower case, quotes as backticks.
pub(super) fn tidy(message: &str) -> String {
    let line = message.lines().next().unwrap_or_default().trim_end_matches(['.', ':']);
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
            other => out.push(other),
        }
    }
    out
}

pub(super) fn advice(message: &str) -> Advice {
    let known = KNOWN.iter().find(|(part, ..)| message.contains(part));
    let (code, label, help) = match known {
        Some((_, code, label, help)) => (*code, *label, *help),
        None => ("wit/invalid", "not valid", "change it as the message says"),
    };
    let quoted = quoted(message);
    let earlier = (code == "wit/duplicate").then(|| plain_name(quoted.last().copied()?)).flatten();
    let unknown_type = (code == "wit/unknown-type").then(|| quoted.first().map(|name| (*name).to_owned())).flatten();
    Advice { code, headline: tidy(message), label, help, earlier, unknown_type }
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
    }

    #[test]
    fn duplicates_name_the_first_one() {
        let advice = advice("name `[method][get]blob.maxsize` conflicts with previous name `[method]blob.max-size`");
        assert_eq!((advice.code, advice.earlier.as_deref()), ("wit/duplicate", Some("max-size")));
    }
}

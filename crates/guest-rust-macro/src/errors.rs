//! Diagnostics as the compiler shows them.
//!
//! In: diagnostics and the arguments. Out: one error each, at the key that it is about.
//! Holds: the text is the command's, with the macro's keys in place of the command's flags.

use diag::{Diagnostic, Diagnostics, Severity, human};
use proc_macro2::Span;
use syn::Error;

use crate::arguments::Arguments;
use crate::keys::KEYS;

/// All errors; those about no key stand at `elsewhere`.
pub fn errors(Diagnostics(found): &Diagnostics, arguments: &Arguments, elsewhere: Span) -> Vec<Error> {
    let found = found.iter().filter(|one| one.severity == Severity::Error);
    found.map(|one| error(one, arguments, elsewhere)).collect()
}

fn error(found: &Diagnostic, arguments: &Arguments, elsewhere: Span) -> Error {
    let about = KEYS.iter().find(|key| arguments.is_given(key.name) && mentions(&found.headline, key.flag));
    let span = about.map_or(elsewhere, |key| arguments.span_of(key.name));
    Error::new(span, text(found))
}

fn mentions(text: &str, flag: &str) -> bool {
    !flag.is_empty() && text.split('`').skip(1).step_by(2).any(|quoted| quoted.split([' ', '=']).next() == Some(flag))
}

/// The headline, then everything else that the command would draw.
fn text(found: &Diagnostic) -> String {
    let mut shown = found.clone();
    shown.headline = with_keys(&found.headline);
    shown.help = found.help.as_deref().map(with_keys);
    let drawn = human::render(&shown, human::Style::default());
    let below: Vec<&str> = drawn.lines().skip_while(|line| !line.starts_with(' ')).collect();
    format!("{} [{}]\n{}", shown.headline, shown.code, below.join("\n")).trim_end().to_owned()
}

/// Flags in backticks as keys: `` `-w app` `` is `` `world: "app"` ``.
fn with_keys(text: &str) -> String {
    let parts = text.split('`').enumerate().map(|(index, part)| {
        let (flag, value) = part.split_once([' ', '=']).map_or((part, None), |(flag, value)| (flag, Some(value)));
        let key = KEYS.iter().find(|key| index % 2 == 1 && !key.flag.is_empty() && key.flag == flag);
        match (key, value) {
            (Some(key), Some(value)) => format!("{}: \"{value}\"", key.name),
            (Some(key), None) => key.name.to_owned(),
            (None, _) => part.to_owned(),
        }
    });
    parts.collect::<Vec<_>>().join("`")
}

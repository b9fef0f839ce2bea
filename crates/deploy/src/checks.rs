//! What no target can take, whatever it is.
//!
//! In: an app. Out: diagnostics for its names, values, and the grants that no host has.

use std::borrow::Cow;

use diag::{Diagnostic, Place};

use crate::app::{App, Said};
use crate::host::Host;

/// The longest name that all targets take: a label of DNS.
const LONGEST_NAME: usize = 63;

/// Errors for names and values that cannot be written.
pub fn names_and_values(app: &App, found: &mut Vec<Diagnostic>) {
    let name = &app.name.value;
    if !is_name(name) {
        let headline = format!("`{}` is no name for an app: {}", shown(name), name_fault(name));
        let help = format!("name it like `--name {}`", valid_name(name));
        found.push(labelled(diag::error("deploy/name", headline), &app.name.place, "named here").help(help));
    }
    for (key, value) in &app.grants.env {
        let fault = match key.as_str() {
            "" => "has no name",
            key if key.contains(['=', '\0']) => "has `=` or a zero in its name",
            _ if value.value.as_ref().is_some_and(|value| value.contains('\0')) => "has a zero in its value",
            _ => continue,
        };
        let headline = format!("the environment variable `{}` {fault}", shown(key));
        let wrong = labelled(diag::error("deploy/value", headline), &value.place, "granted here");
        found.push(wrong.help("give it a name of letters, digits and `_`, and a value without zeros"));
    }
    for Said { value, place } in &app.grants.http {
        let is_odd = |c: char| c.is_control() || c.is_whitespace() || "{}\"'\\,".contains(c);
        if value.host.contains(is_odd) {
            let headline = format!("`{}` is no host", shown(&value.host));
            let wrong = labelled(diag::error("deploy/value", headline), place, "granted here");
            found.push(wrong.help("write it like `example.com` or `example.com:8080`"));
        }
    }
    if let Some(Said { value, place }) = &app.deploy.route
        && (!value.starts_with('/') || value.contains(|c: char| c.is_control() || c.is_whitespace()))
    {
        let headline = format!("`{}` is no route", shown(value));
        let wrong = labelled(diag::error("deploy/value", headline), place, "begins with `/`, and has no spaces");
        found.push(wrong.help("write it like `/...` or `/api/...`"));
    }
    if app.deploy.port == 0 {
        let headline = "port 0 is no port that can be published";
        found.push(diag::error("deploy/value", headline).help("name another: `port = 8080` in `[deploy]`"));
    }
}

/// The app with texts that may stand in headlines: a name that is one, folders without control characters.
pub fn speakable(app: &App) -> Cow<'_, App> {
    let is_shown = |text: &str| shown(text) == *text;
    if is_name(&app.name.value) && app.grants.dirs.iter().all(|dir| is_shown(&dir.value.shown)) {
        return Cow::Borrowed(app);
    }
    let mut app = app.clone();
    if !is_name(&app.name.value) {
        app.name.value = valid_name(&app.name.value);
    }
    app.grants.dirs.iter_mut().for_each(|dir| dir.value.shown = shown(&dir.value.shown));
    Cow::Owned(app)
}

/// Errors for grants that no host of these targets has, and warnings for limits.
pub fn grants_of_nobody(app: &App, host: &Host, found: &mut Vec<Diagnostic>) {
    let clock = app.grants.frozen_clock.as_ref().map(|said| (said, "a clock that stands still", "clock"));
    let random = app.grants.seeded_random.as_ref().map(|said| (said, "random numbers that repeat", "random"));
    for (said, what, grant) in clock.into_iter().chain(random) {
        let headline = format!("{} has no {}", host.name, what.trim_start_matches("a "));
        let wrong = labelled(diag::error("deploy/grant", headline), &said.place, "granted here");
        found.push(wrong.help(format!("package it with `--without {grant}`: only tests need it")));
    }
    let fuel = app.limits.fuel.as_ref().map(|said| (&said.place, "fuel"));
    let timeout = app.limits.timeout.as_ref().map(|said| (&said.place, "timeout"));
    for (place, limit) in fuel.into_iter().chain(timeout) {
        let headline = format!("{} has no limit of `{limit}` that a manifest could set", host.name);
        found.push(labelled(diag::warning("deploy/ignored", headline), place, "this limit"));
    }
}

/// Something that was said and that the target has no use for.
pub fn ignored<T>(said: &Said<T>, headline: impl Into<String>, label: &str) -> Diagnostic {
    labelled(diag::warning("deploy/ignored", headline), &said.place, label)
}

/// A grant that opens more than it says.
pub fn wider<T>(said: &Said<T>, headline: impl Into<String>, help: &str) -> Diagnostic {
    labelled(diag::warning("deploy/wider-grant", headline), &said.place, "granted here").help(help)
}

/// A grant of a kind that the target has none of: there may be another way, or the app does without.
pub fn refused_kind<T>(said: &Said<T>, grant: &str, headline: impl Into<String>, instead: &str) -> Diagnostic {
    let without = match &said.place {
        Some(_) => format!("package it with `--without {grant}`"),
        None => format!("leave `--{grant}` out"),
    };
    refused(said, headline, format!("{instead}, or {without}"))
}

/// A grant that the target cannot give.
pub fn refused<T>(said: &Said<T>, headline: impl Into<String>, help: impl Into<String>) -> Diagnostic {
    labelled(diag::error("deploy/grant", headline), &said.place, "granted here").help(help)
}

fn labelled(diagnostic: Diagnostic, place: &Option<Place>, text: &str) -> Diagnostic {
    match place {
        Some(place) => diagnostic.label(place.clone(), text),
        None => diagnostic,
    }
}

/// Whether a text is a name that every target takes: words of lower-case letters and digits with `-` between, each
/// beginning with a letter, at most 63 bytes.
pub fn is_name(text: &str) -> bool {
    let is_word = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_lowercase())
            && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
    };
    text.len() <= LONGEST_NAME && text.split('-').all(is_word)
}

fn name_fault(text: &str) -> &'static str {
    if text.len() > LONGEST_NAME {
        "it is longer than 63 characters"
    } else {
        "it is not words of lower-case letters and digits with `-` between"
    }
}

/// A valid name that is like the text.
pub fn valid_name(text: &str) -> String {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    let words = words.map(|word| word.trim_start_matches(|c: char| c.is_ascii_digit()).to_ascii_lowercase());
    let name = words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-");
    let name: String = name.chars().take(LONGEST_NAME).collect();
    let name = name.trim_end_matches('-');
    if name.is_empty() { "app".to_owned() } else { name.to_owned() }
}

/// A text as it may stand in a headline.
pub fn shown(text: &str) -> String {
    text.chars().take(100).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_valid_name_is_found_for_every_text() {
        for text in ["Todo App", "9lives", "--", "", "a_b", &"x-".repeat(60), "été", "todo"] {
            assert!(is_name(&valid_name(text)), "{text}: {}", valid_name(text));
        }
        assert_eq!(valid_name("Todo App"), "todo-app");
    }
}

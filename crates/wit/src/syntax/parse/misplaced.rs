//! Misspelt keywords, and items that stand where they may not.
//!
//! Holds: what stands in the wrong place is read nevertheless, so that mistakes inside it are found.

use super::cursor::Parser;
use super::pieces::Kind;
use super::starts::Start;
use super::words::{is_keyword, meant};
use super::{Broken, Parsed, file, interface, world};

/// The keyword that the word here was meant to be, told; the word is passed over only by the caller.
pub(super) fn misspelt(parser: &mut Parser<'_>, choices: &[&'static str]) -> Option<&'static str> {
    let (here, next) = (parser.here(), parser.ahead(1));
    let named = next.kind == Kind::Word || (next.kind == Kind::Mark && matches!(next.text, "{") && !here.first);
    if here.kind != Kind::Word || is_keyword(here.text) || !named || next.first {
        return None;
    }
    let word = here.text;
    let near = meant(word, choices)?;
    let help = match word {
        "union" => "write `variant`, and give each case a name".to_owned(),
        _ => format!("did you mean `{near}`?"),
    };
    parser.tell_here(format!("expected `{near}`, found `{word}`"), "not a keyword", help);
    Some(near)
}

/// Passes over a word in front of an item that does not belong to it.
pub(super) fn in_front(parser: &mut Parser<'_>) {
    let (here, next) = (parser.here().text, parser.ahead(1));
    let goes_on = parser.ahead(2).kind == Kind::Word || parser.ahead(2).text == ":";
    let Some(start) = parser.start_ahead(1) else { return };
    // The second word is the one too many: `type record a = u8`, `world record a {`.
    let second = (here == "type" && parser.ahead(3).text == "=") || matches!(here, "interface" | "world");
    if second && start == Start::Type {
        return;
    }
    if !parser.at_word() || next.first || !goes_on {
        return;
    }
    let has_name = matches!(here, "import" | "export" | "use" | "include" | "package" | "static" | "async" | "func");
    if has_name && !matches!(start, Start::Extern | Start::Use) {
        return;
    }
    let meant_so = !is_keyword(here) && meant(here, &["import", "export"]).is_some();
    if !meant_so {
        parser.remove();
    }
}

/// Reads an item that cannot stand at a place, which `container` names, if one begins here.
pub(super) fn item<T>(parser: &mut Parser<'_>, container: &str) -> Parsed<T> {
    let Some(start) = parser.start_ahead(0) else { return Err(Broken::Lost) };
    let word = parser.here().text;
    let (what, help) = match start {
        Start::Interface => ("an interface".to_owned(), "move it out of the braces".to_owned()),
        Start::World => ("a world".to_owned(), "move it out of the braces".to_owned()),
        Start::Package => ("a package".to_owned(), "move it to the top of the file".to_owned()),
        Start::Type => (format!("`{word}`"), "move it into an interface".to_owned()),
        Start::Use => ("`use`".to_owned(), "move it into an interface or a world".to_owned()),
        Start::Extern => (format!("`{word}`"), "move it into a world".to_owned()),
        Start::Func if container == "in a world" => {
            let help = format!("write `import {word}: ..` or `export {word}: ..`");
            (format!("function `{word}`"), help)
        }
        Start::Func => (format!("function `{word}`"), "move it into an interface".to_owned()),
    };
    let headline = match (start, container) {
        (Start::Func, "in a world") => format!("{what} is neither imported nor exported"),
        _ => format!("{what} cannot stand {container}"),
    };
    parser.tell_here(headline, "not here", help);
    read(parser, start);
    Err(Broken::Passed)
}

fn read(parser: &mut Parser<'_>, start: Start) {
    let before = parser.position();
    let read = match start {
        Start::Interface | Start::World | Start::Package => file::item(parser).map(|_| ()),
        Start::Extern => world::item(parser).map(|_| ()),
        Start::Type | Start::Use | Start::Func => interface::item(parser).map(|_| ()),
    };
    if read == Err(Broken::Lost) {
        parser.skip_item(before);
    }
}

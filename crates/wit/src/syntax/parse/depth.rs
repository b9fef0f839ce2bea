//! How deep a text may be nested.
//!
//! Holds: as in wit-parser, so that whoever walks the tree may do so recursively.

use super::cursor::Parser;
use super::{Broken, Parsed};

/// Types in types.
pub(super) const TYPES: usize = 100;
/// Packages in packages.
pub(super) const PACKAGES: usize = 100;

/// Tells that the types are nested too deeply, and passes over what is inside.
pub(super) fn too_deep_type<T>(parser: &mut Parser<'_>) -> Parsed<T> {
    too_deep(parser, "types are nested too deeply", "take levels out, or give a part of it a name of its own");
    let mut depth = 0_usize;
    while !parser.at_end() && !matches!(parser.here().text, ";" | "{" | "}") {
        match parser.here().text {
            "<" => depth += 1,
            ">" if depth == 0 => break,
            ">" => depth -= 1,
            _ => {}
        }
        parser.bump();
    }
    Err(Broken::Passed)
}

/// Tells that blocks are nested too deeply, and passes over what is inside.
pub(super) fn too_deep_block<T>(parser: &mut Parser<'_>) -> Parsed<T> {
    too_deep(parser, "blocks are nested too deeply", "put them beside each other");
    parser.skip_one();
    Err(Broken::Passed)
}

/// Tells that packages are nested too deeply, and passes over what is inside.
pub(super) fn too_deep_package<T>(parser: &mut Parser<'_>) -> Parsed<T> {
    too_deep(parser, "packages are nested too deeply", "put the package beside the others");
    while !parser.at_end() && !matches!(parser.here().text, ";" | "{" | "}") {
        parser.bump();
    }
    parser.skip_one();
    Err(Broken::Passed)
}

fn too_deep(parser: &mut Parser<'_>, headline: &str, help: &str) {
    let place = parser.place(parser.here().span.clone());
    let error = diag::error("wit/too-deep", headline).label(place, "the 101st level; allowed are 100").help(help);
    parser.tell(error);
}

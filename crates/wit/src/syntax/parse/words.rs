//! The words of the language, and which of them was meant.

use diag::near_misses;

use crate::syntax::KEYWORDS;

/// Words that a type may have types in `<..>` after.
pub(super) const GENERIC: [&str; 9] = ["list", "map", "tuple", "option", "result", "future", "stream", "own", "borrow"];

pub(super) const TOP: [&str; 4] = ["interface", "world", "package", "use"];
pub(super) const TYPES: [&str; 6] = ["type", "record", "flags", "variant", "enum", "resource"];
pub(super) const IN_INTERFACE: [&str; 7] = ["type", "record", "flags", "variant", "enum", "resource", "use"];
pub(super) const IN_WORLD: [&str; 10] =
    ["import", "export", "include", "use", "type", "record", "flags", "variant", "enum", "resource"];

/// What other languages, and older WIT, call it.
const ELSEWHERE: [(&str, &str); 27] = [
    ("struct", "record"),
    ("class", "resource"),
    ("object", "resource"),
    ("trait", "interface"),
    ("protocol", "interface"),
    ("module", "interface"),
    ("namespace", "package"),
    ("component", "world"),
    ("union", "variant"),
    ("bitflags", "flags"),
    ("typedef", "type"),
    ("alias", "type"),
    ("fn", "func"),
    ("fun", "func"),
    ("def", "func"),
    ("function", "func"),
    ("method", "func"),
    ("extends", "include"),
    ("requires", "import"),
    ("provides", "export"),
    ("vec", "list"),
    ("array", "list"),
    ("expected", "result"),
    ("optional", "option"),
    ("maybe", "option"),
    ("dict", "map"),
    ("handle", "borrow"),
];

pub(super) fn is_keyword(word: &str) -> bool {
    KEYWORDS.contains(&word)
}

/// Which of `choices` a word was meant to be.
pub(super) fn meant(word: &str, choices: &[&'static str]) -> Option<&'static str> {
    let small = word.to_lowercase();
    let elsewhere = ELSEWHERE.iter().find(|(other, here)| *other == small && choices.contains(here));
    if let Some((_, here)) = elsewhere {
        return Some(here);
    }
    let near = *near_misses(&small, choices.iter().copied()).first()?;
    choices.iter().copied().find(|choice| *choice == near)
}

//! What instances are called.
//!
//! In: components with the names that the user gave. Out: one member for each instance, with a name of its own.
//! Holds: names are words that a script can write, so that a script makes the same names; a component that was named
//! before is one more instance only if it is given a name.

use std::collections::{HashMap, HashSet};

use diag::{Diagnostic, Place};

use super::{Given, IMPORT, Member};
use crate::part::{Part, stem};
use crate::report;
use crate::wiring::all_well;

/// Whether an instance can have this name: words of small letters and digits, joined by `-`, each beginning with a
/// letter; not `import`.
pub fn is_name(name: &str) -> bool {
    let is_word = |word: &str| {
        word.starts_with(|char: char| char.is_ascii_lowercase())
            && word.chars().all(|char| char.is_ascii_lowercase() || char.is_ascii_digit())
    };
    name != IMPORT && name.split('-').all(is_word)
}

/// The instances, and a note for each component that is named again without asking for another instance.
pub(super) fn members(given: Vec<Given<'_>>) -> diag::Result<(Vec<Member<'_>>, Vec<Diagnostic>)> {
    let mut names = Names::new();
    let mut problems = Vec::new();
    let mut named: HashMap<String, &Part<'_>> = HashMap::new();
    for one in &given {
        let Some(name) = &one.name else { continue };
        if !is_name(name) {
            problems.push(not_a_name(&one.part, name));
        }
        match named.get(name) {
            Some(other) => problems.push(same_name(other, &one.part, name)),
            None => {
                named.insert(name.clone(), &one.part);
            }
        }
        names.taken.insert(name.clone());
    }
    all_well(problems)?;
    drop(named);

    let mut notes = Vec::new();
    let mut by_content: HashMap<&[u8], usize> = HashMap::new();
    let mut members: Vec<Member<'_>> = Vec::with_capacity(given.len());
    for Given { part, name } in given {
        let known = by_content.get(part.bytes).map(|&at| &members[at]);
        let name = match (name, known) {
            (Some(name), _) => name,
            (None, Some(known)) => {
                notes.push(report::repeated(&known.part, &part));
                continue;
            }
            (None, None) => names.free(&word(stem(&part.file))),
        };
        by_content.entry(part.bytes).or_insert(members.len());
        members.push(Member { part, name });
    }
    Ok((members, notes))
}

/// The names that are taken.
struct Names {
    taken: HashSet<String>,
    /// By name: the number to try next.
    next: HashMap<String, usize>,
}

impl Names {
    fn new() -> Self {
        Self { taken: HashSet::from([IMPORT.to_owned()]), next: HashMap::new() }
    }

    /// A name like `wanted` that nobody has.
    fn free(&mut self, wanted: &str) -> String {
        if self.taken.insert(wanted.to_owned()) {
            return wanted.to_owned();
        }
        let next = self.next.entry(wanted.to_owned()).or_insert(2);
        loop {
            let name = format!("{wanted}-n{next}");
            *next += 1;
            if self.taken.insert(name.clone()) {
                return name;
            }
        }
    }
}

/// A name made of a file's: what is no letter or digit parts words, and a word that begins with a digit belongs to
/// the one before it.
fn word(stem: &str) -> String {
    let mut name = String::new();
    for word in stem.split(|char: char| !char.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
        if word.starts_with(|char: char| char.is_ascii_digit()) {
            name.push_str(if name.is_empty() { "c" } else { "" });
        } else if !name.is_empty() {
            name.push('-');
        }
        name.push_str(&word.to_ascii_lowercase());
    }
    if name.is_empty() { "component".to_owned() } else { name }
}

fn not_a_name(part: &Part<'_>, name: &str) -> Diagnostic {
    let like = word(name);
    let like = if is_name(&like) { like } else { format!("{like}-part") };
    diag::error("compose/instance-name", format!("`{name}` cannot be the name of an instance"))
        .label(Place::file(&part.file), "words of small letters and digits, joined by `-`, are names")
        .help(format!("write `{like}={}`", part.file))
}

fn same_name(first: &Part<'_>, second: &Part<'_>, name: &str) -> Diagnostic {
    diag::error("compose/instance-name", format!("two instances are called `{name}`"))
        .label(Place::file(&second.file), "this one")
        .label(Place::file(&first.file), "and this one")
        .help("give one of them another name")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_names_become_words() {
        let names = [
            ("my_comp", "my-comp"),
            ("Store", "store"),
            ("v-1", "v1"),
            ("1st", "c1st"),
            ("über", "ber"),
            ("..", "component"),
            ("import", "import"),
        ];
        for (file, name) in names {
            assert_eq!(word(file), name);
        }
    }

    #[test]
    fn names_are_free() {
        let mut names = Names::new();
        names.taken.insert("a-n2".to_owned());
        assert_eq!(names.free("import"), "import-n2");
        let found: Vec<String> = (0..3).map(|_| names.free("a")).collect();
        assert_eq!(found, ["a", "a-n3", "a-n4"]);
        assert!(["a", "a-n2", "left-one", "x1"].iter().all(|name| is_name(name)));
        assert!(!["", "A", "a-", "-a", "1", "a-1", "a_b", "import"].iter().any(|name| is_name(name)));
    }
}

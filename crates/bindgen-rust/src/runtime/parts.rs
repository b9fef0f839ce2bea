//! The parts of the synchronous runtime that a file uses.
//!
//! In: the texts of `templates/rust/runtime`, and what else is in the file. Out: the parts, in their order.
//! Holds: a part is taken if the file or another part that is taken mentions a name that it declares.

use std::collections::BTreeSet;

/// An item with what is implemented for it.
struct Part<'t> {
    declares: Names<'t>,
    texts: Vec<(usize, &'t str)>,
}

/// What makes a part necessary.
enum Names<'t> {
    /// It is there in any case.
    Always,
    One(&'t str),
    /// What a `use` brings, which is of use all together.
    Together(Vec<&'t str>),
}

impl Names<'_> {
    fn are_in(&self, mentioned: &BTreeSet<&str>) -> bool {
        match self {
            Self::Always => true,
            Self::One(name) => mentioned.contains(name),
            Self::Together(names) => names.iter().all(|name| mentioned.contains(name)),
        }
    }
}

/// The parts of `pool` that are used by `inside`, which stands in the same module, or by `outside`, which names them
/// behind `_rt::`.
pub fn used<'t>(pool: &[&'t str], inside: &[&'t str], outside: &[String]) -> Vec<&'t str> {
    let mut mentioned: BTreeSet<&str> = inside.iter().flat_map(|text| words(text)).collect();
    mentioned.extend(outside.iter().flat_map(|text| behind_rt(text)));
    let mut left = parts(pool);
    let mut taken = Vec::new();
    loop {
        let (found, rest): (Vec<_>, Vec<_>) = left.into_iter().partition(|part| part.declares.are_in(&mentioned));
        if found.is_empty() {
            break;
        }
        for part in found {
            mentioned.extend(part.texts.iter().flat_map(|(_, text)| words(text)));
            taken.extend(part.texts);
        }
        left = rest;
    }
    taken.sort_unstable_by_key(|(index, _)| *index);
    taken.into_iter().map(|(_, text)| text).collect()
}

fn parts<'t>(pool: &[&'t str]) -> Vec<Part<'t>> {
    let mut parts: Vec<Part<'t>> = Vec::new();
    let mut implementations = Vec::new();
    for item in pool.iter().flat_map(|text| items(text)).enumerate() {
        match declared(item.1) {
            Some(declares) => parts.push(Part { declares, texts: vec![item] }),
            None => implementations.push(item),
        }
    }
    for item in implementations {
        // The type that something is implemented for stands last; for types from elsewhere it is a trait of ours.
        let names: Vec<&str> = words(head(item.1)).collect();
        let own = |part: &Part<'_>| match &part.declares {
            Names::One(name) => names.iter().rposition(|word| word == name),
            Names::Always | Names::Together(_) => None,
        };
        let owner = parts.iter_mut().filter(|part| own(part).is_some()).max_by_key(|part| own(part));
        owner.expect("every implementation in the templates is of something that they declare").texts.push(item);
    }
    parts
}

/// The text between blank lines behind which an item starts.
fn items(text: &str) -> Vec<&str> {
    let mut items = Vec::new();
    let (mut start, mut end) = (0, 0);
    while let Some(gap) = text[end..].find("\n\n") {
        end += gap + 2;
        if !text[end..].starts_with([' ', '}']) {
            items.push(text[start..end].trim_end());
            start = end;
        }
    }
    items.push(text[start..].trim_end());
    items
}

/// The first line that is neither a comment nor an attribute.
fn head(item: &str) -> &str {
    item.lines().find(|line| !line.starts_with("//") && !line.starts_with('#')).unwrap_or_default()
}

/// What an item declares; nothing if it is an implementation.
fn declared(item: &str) -> Option<Names<'_>> {
    let head = head(item);
    if head.starts_with("use ") {
        // Types and the like; the path before them is written small.
        return Some(Names::Together(words(head).filter(|word| word.starts_with(char::is_uppercase)).collect()));
    }
    if head.starts_with("pub use ") || head.starts_with("extern crate ") {
        return Some(Names::Always);
    }
    let mut words = words(head).skip_while(|word| ["pub", "unsafe"].contains(word)).peekable();
    let kind = words.next()?;
    if kind == "impl" {
        return None;
    }
    // `const fn`
    let _ = words.next_if(|word| kind == "const" && *word == "fn");
    words.next().map(Names::One)
}

/// The identifiers of a text, without its comments.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.flat_map(|line| line.split(|c: char| !c.is_alphanumeric() && c != '_')).filter(|word| !word.is_empty())
}

/// The identifiers behind `_rt::`.
fn behind_rt(text: &str) -> impl Iterator<Item = &str> {
    text.split("_rt::").skip(1).filter_map(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next())
}

#[cfg(test)]
mod tests {
    use super::*;

    const POOL: &[&str] = &[
        "extern crate alloc;\n\npub use self::alloc::string::String;\n\n/// A `b`.\npub fn a() {\n    b();\n\n    c()\n}\n",
        "use core::any::{Any, TypeId};\n\npub unsafe trait T<X> {}\n\nunsafe impl<X> T<X> for Option<X> {}\n\n\
         #[cold]\nfn b() {}\n\nconst fn c() {}\n\nstruct S<X: T>(TypeId);\n\nimpl<X: T> S<X> {}\n",
    ];

    const FIRST: [&str; 2] = ["extern crate alloc;", "pub use self::alloc::string::String;"];

    #[track_caller]
    fn holds(outside: &str, expected: &[&str]) {
        let taken = used(POOL, &[], &[outside.to_owned()]).into_iter().map(head).collect::<Vec<_>>();
        assert_eq!(taken[..2], FIRST, "what is there in any case");
        assert_eq!(taken[2..], *expected, "{outside}");
    }

    #[test]
    fn parts_come_with_what_they_mention() {
        holds("fn a() {}", &[]);
        holds("_rt::a()", &["pub fn a() {", "fn b() {}", "const fn c() {}"]);
        holds("super::_rt::c()", &["const fn c() {}"]);
        holds("_rt::T", &["pub unsafe trait T<X> {}", "unsafe impl<X> T<X> for Option<X> {}"]);
        let both = ["pub unsafe trait T<X> {}", "unsafe impl<X> T<X> for Option<X> {}"];
        let own = ["struct S<X: T>(TypeId);", "impl<X: T> S<X> {}"];
        holds("_rt::S<u8>", &[&both[..], &own].concat());
    }

    #[test]
    fn what_is_imported_together_is_used_together() {
        let all = ["use core::any::{Any, TypeId};", "pub unsafe trait T<X> {}"];
        let taken = used(POOL, &["let it: S<Any>;"], &[]).into_iter().map(head).collect::<Vec<_>>();
        assert_eq!(taken[2..4], all, "both names are mentioned");
    }

    #[test]
    fn every_part_of_the_templates_is_taken_by_its_name() {
        for part in parts(crate::runtime::POOL) {
            let name = match part.declares {
                Names::Always | Names::Together(_) => continue,
                Names::One(name) => name,
            };
            let outside = [format!("_rt::{name}")];
            let taken = used(crate::runtime::POOL, &[], &outside);
            assert!(part.texts.iter().all(|(_, text)| taken.contains(text)), "{name} is not taken");
        }
    }

    #[test]
    fn a_greeter_takes_no_lists() {
        let outside = ["_rt::lift_string(); _rt::lower_str(); _rt::store_pair(); _rt::Handle".to_owned()];
        let taken = used(crate::runtime::POOL, &[], &outside).concat();
        for absent in ["fn lower_list", "struct Temps", "struct Borrows", "fn free_list", "struct Area", "fn layout"] {
            assert!(!taken.contains(absent), "{absent}");
        }
    }
}

//! Functions of Rust: names for people, and the crates that they belong to.
//!
//! In: names as the name section has them. Out: demangled names without hashes; functions grouped by crate.
//! Holds: a function that is not Rust's keeps its name and stands alone.

use indexmap::IndexMap;

use super::{Kind, Weight, heaviest_first};

/// The name without mangling and hash; `None` for one that is not mangled in one of Rust's ways.
pub fn demangled(name: &str) -> Option<String> {
    rustc_demangle::try_demangle(name).ok().map(|name| format!("{name:#}"))
}

/// Puts functions of Rust into their crates. A section without any stays as it is.
pub fn by_crate(weights: Vec<Weight>) -> Vec<Weight> {
    let mut crates: IndexMap<String, Vec<Weight>> = IndexMap::new();
    let mut rest = Vec::new();
    for weight in weights {
        match (weight.kind == Kind::Function).then(|| crate_of(&weight.name)).flatten() {
            Some(name) => crates.entry(name.to_owned()).or_default().push(weight),
            None => rest.push(weight),
        }
    }
    let grouped = crates.into_iter().map(|(name, mut inner)| {
        heaviest_first(&mut inner);
        Weight { kind: Kind::Crate, name, bytes: inner.iter().map(|weight| weight.bytes).sum(), inner }
    });
    grouped.chain(rest).collect()
}

/// The first part of a path; of an implementation, that of its type, or of its trait if the type has none.
fn crate_of(name: &str) -> Option<&str> {
    if let Some(rest) = name.strip_prefix('<') {
        let mut sides = rest.splitn(2, " as ");
        return sides.find_map(|side| crate_of(side.trim_start_matches(['&', '*', '[', '('])));
    }
    let name = ["mut ", "const ", "dyn "].iter().fold(name, |name, word| name.trim_start_matches(word));
    if name.starts_with('<') {
        return crate_of(name);
    }
    let (first, _) = name.split_once("::")?;
    let is_word = !first.is_empty() && first.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    is_word.then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_begins_with_its_crate() {
        assert_eq!(crate_of("core::fmt::write"), Some("core"));
        assert_eq!(crate_of("<alloc::string::String as core::fmt::Display>::fmt"), Some("alloc"));
        assert_eq!(crate_of("<u8 as core::fmt::Display>::fmt"), Some("core"));
        assert_eq!(crate_of("<&mut std::io::Stdout as std::io::Write>::write"), Some("std"));
        assert_eq!(crate_of("<[core::mem::MaybeUninit<u8>]>::fill"), Some("core"));
        assert_eq!(crate_of("memcpy"), None);
        assert_eq!(crate_of("wasi:cli/run@0.2.0#run"), None);
        assert_eq!(crate_of("<<a::B as c::D>::E as f::G>::h"), Some("a"));
    }
}

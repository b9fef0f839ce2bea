//! Lints that names and shapes of WIT break, allowed where they do and nowhere else.
//!
//! In: the signature or shape of an item. Out: its `Lints`.
//! Holds: nothing is allowed for more than one item; clippy's thresholds are its defaults.

use super::{Shape, Signature};

/// What is allowed for one item.
#[derive(Clone, Debug, Default)]
pub struct Lints {
    /// Names of clippy's lints, in a fixed order.
    pub clippy: Vec<&'static str>,
    pub reason: &'static str,
}

/// What lints ask of a result's error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorSize {
    /// There is no error, or a usual one.
    None,
    /// The error carries nothing.
    Nothing,
    Large,
}

impl Lints {
    fn as_in_wit(clippy: Vec<&'static str>) -> Self {
        Self { clippy, reason: "as in WIT" }
    }
}

/// Arguments that clippy takes without a word.
const MOST_ARGUMENTS: usize = 7;

/// Clippy's limit for the score of a type.
const MOST_COMPLEX: usize = 250;

/// Names that the standard library's traits give to functions.
const TRAITS: &[&str] = &[
    "add",
    "as_mut",
    "as_ref",
    "bitand",
    "bitor",
    "bitxor",
    "borrow",
    "borrow_mut",
    "clone",
    "cmp",
    "default",
    "deref",
    "deref_mut",
    "div",
    "drop",
    "eq",
    "from_iter",
    "from_str",
    "hash",
    "index",
    "index_mut",
    "into_iter",
    "mul",
    "neg",
    "next",
    "not",
    "rem",
    "shl",
    "shr",
    "sub",
];

/// What a function with a body breaks.
fn body(signature: &Signature, error: ErrorSize) -> Vec<&'static str> {
    let mut lints = shape(signature, error);
    if signature.params.iter().any(|(name, _)| matches!(name.as_str(), "foo" | "baz" | "quux")) {
        lints.push("disallowed_names");
    }
    lints
}

/// For a function with a body.
pub fn func(signature: &Signature, error: ErrorSize) -> Lints {
    Lints::as_in_wit(body(signature, error))
}

/// For a function of a trait.
pub fn trait_func(signature: &Signature, error: ErrorSize) -> Lints {
    let mut lints = shape(signature, error);
    lints.extend(conventions(signature));
    lints.extend((signature.name == "new" && !signature.sized).then_some("new_ret_no_self"));
    Lints::as_in_wit(lints)
}

/// For a function of a resource of this name.
pub fn member(signature: &Signature, error: ErrorSize, own: &str) -> Lints {
    let mut lints = body(signature, error);
    lints.extend(conventions(signature));
    let name = signature.name.as_str();
    let result = signature.result.as_deref().unwrap_or_default();
    if name == "new" && !mentions_type(result, own) {
        lints.push("new_ret_no_self");
    }
    if name == "new" && !signature.receiver && signature.params.is_empty() {
        lints.push("new_without_default");
    }
    if TRAITS.contains(&name) {
        lints.push("should_implement_trait");
    }
    if name == "len" && signature.receiver {
        lints.push("len_without_is_empty");
    }
    if name == "to_string" && signature.receiver {
        lints.push("inherent_to_string");
    }
    if name.replace('_', "").eq_ignore_ascii_case(own) && !signature.receiver {
        lints.push("self_named_constructors");
    }
    Lints::as_in_wit(lints)
}

/// For a function behind a core export with so many core parameters.
pub fn core_func(params: usize) -> Lints {
    let clippy = if params > MOST_ARGUMENTS { vec!["too_many_arguments"] } else { Vec::new() };
    Lints { clippy, reason: "as the Canonical ABI flattens the parameters" }
}

/// For a struct.
pub fn fields(shape: &Shape) -> Lints {
    let mut lints = Vec::new();
    if shape.members.iter().filter_map(|field| field.ty.as_deref()).any(|ty| complexity(ty) > MOST_COMPLEX) {
        lints.push("type_complexity");
    }
    lints.extend(is_acronym(&shape.name).then_some("upper_case_acronyms"));
    Lints::as_in_wit(lints)
}

/// For an enum.
pub fn cases(shape: &Shape) -> Lints {
    let mut lints = Vec::new();
    if shape.members.iter().filter_map(|case| case.ty.as_deref()).any(|ty| complexity(ty) > MOST_COMPLEX) {
        lints.push("type_complexity");
    }
    let names: Vec<&str> = shape.members.iter().map(|case| case.name.as_str()).collect();
    if repeats(&shape.name, &names) {
        lints.push("enum_variant_names");
    }
    if names.into_iter().any(is_acronym) || is_acronym(&shape.name) {
        lints.push("upper_case_acronyms");
    }
    if shape.large {
        lints.push("large_enum_variant");
    }
    Lints::as_in_wit(lints)
}

fn is_acronym(name: &str) -> bool {
    name.len() > 2 && !name.contains(|c: char| c.is_ascii_lowercase())
}

/// Whether cases repeat the type's name, or have a word at their start or end in common.
fn repeats(name: &str, cases: &[&str]) -> bool {
    let of_type = cases.iter().any(|case| case.starts_with(name) || case.ends_with(name));
    let words: Vec<Vec<&str>> = cases.iter().map(|case| words(case)).collect();
    let common = |word: fn(&[&str]) -> Option<String>| {
        let mut all = words.iter().map(|words| word(words));
        let first = all.next();
        first.is_some() && all.all(|word| Some(word) == first)
    };
    let first = |words: &[&str]| words.first().map(|word| (*word).to_owned());
    let last = |words: &[&str]| words.last().map(|word| (*word).to_owned());
    of_type || cases.len() > 2 && (common(first) || common(last))
}

/// The words of a name in camel case.
fn words(name: &str) -> Vec<&str> {
    let mut starts: Vec<usize> =
        name.char_indices().filter(|(_, c)| c.is_ascii_uppercase()).map(|(at, _)| at).collect();
    starts.push(name.len());
    starts.windows(2).map(|pair| &name[pair[0]..pair[1]]).collect()
}

/// What a signature breaks wherever it stands.
fn shape(signature: &Signature, error: ErrorSize) -> Vec<&'static str> {
    let mut lints = Vec::new();
    if signature.params.len() + usize::from(signature.receiver) > MOST_ARGUMENTS {
        lints.push("too_many_arguments");
    }
    let result = signature.result.as_deref();
    let mut types = signature.params.iter().map(|(_, ty)| ty.as_str()).chain(result);
    if types.any(|ty| complexity(ty) > MOST_COMPLEX) {
        lints.push("type_complexity");
    }
    match error {
        ErrorSize::None => {}
        ErrorSize::Nothing => lints.push("result_unit_err"),
        ErrorSize::Large => lints.push("result_large_err"),
    }
    lints
}

/// Names by which Rust's users expect another receiver.
fn conventions(signature: &Signature) -> Option<&'static str> {
    let name = signature.name.as_str();
    let by_value = name == "new" || ["from_", "into_"].iter().any(|start| name.starts_with(start));
    let mutable = name.starts_with("to_") && name.ends_with("_mut");
    (signature.receiver && (by_value || mutable)).then_some("wrong_self_convention")
}

fn mentions_type(text: &str, name: &str) -> bool {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != ':').any(|path| path == name || path == "Self")
}

/// Clippy's score of a type: each path, slice, array and tuple counts ten times its depth, a reference once.
fn complexity(ty: &str) -> usize {
    let (mut score, mut depth, mut in_path) = (0, 1, false);
    for c in ty.chars() {
        let path = c.is_ascii_alphanumeric() || c == '_' || c == ':';
        if path && !in_path {
            score += 10 * depth;
        }
        in_path = path;
        match c {
            '&' => score += depth,
            '<' => depth += 1,
            '(' | '[' => {
                score += 10 * depth;
                depth += 1;
            }
            '>' | ')' | ']' => depth -= 1,
            _ => {}
        }
    }
    score
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_score_of_a_type_is_clippys() {
        assert_eq!(complexity("u32"), 10);
        assert_eq!(complexity("&[u8]"), 1 + 10 + 20);
        assert_eq!(complexity("Option<(i32, a::B)>"), 10 + 20 + 30 + 30);
    }

    #[test]
    fn names_repeat_as_clippy_sees_it() {
        assert!(repeats("Error", &["TooLong", "TooShort", "TooDull"]));
        assert!(repeats("E", &["IsE", "B"]));
        assert!(!repeats("Error", &["TooLong", "Short", "Dull"]));
        assert!(!repeats("Kind", &["A", "B"]));
    }
}

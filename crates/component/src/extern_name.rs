//! Which texts are names of imports and exports, and which names clash.
//!
//! In: names as users write them. Out: what is wrong with them, in the validator's words.
//!
//! Specification: Component Model explainer, "Import and Export Definitions" (strong uniqueness).

use wasmparser::names::ComponentName;

/// Why a text is no name for an import or export; none if it is one.
pub fn fault(text: &str) -> Option<String> {
    ComponentName::new(text, 0).err().map(|error| error.message().to_owned())
}

/// Whether two names are too alike for one scope. What is no name clashes with nothing.
pub fn clash(a: &str, b: &str) -> bool {
    match (ComponentName::new(a, 0), ComponentName::new(b, 0)) {
        (Ok(a), Ok(b)) => a.kind() == b.kind(),
        (_, _) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_as_the_specification_has_them() {
        for good in ["a", "a-b", "a:b/c", "a:b/c@1.0.0", "[method]a.b", "A-b"] {
            assert_eq!(fault(good), None, "{good}");
        }
        for bad in ["", "a b", "a_b", "-a", "a:b", "a:b/", "[x]a"] {
            assert!(fault(bad).is_some(), "{bad}");
        }
        assert!(clash("a-b", "A-B") && clash("a-b", "ab") && !clash("a-b", "a-c") && !clash("a b", "a b"));
    }
}

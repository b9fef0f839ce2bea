//! Unique names in one scope of a generated text.
//!
//! In: wished names. Out: names that no other declaration of the scope has.
//! Holds: the same wishes in the same order give the same names. Names from WIT are declared first and keep their
//! form; generated locals come after them and give way, so neither can meet the other.

use std::collections::HashSet;

/// The names declared so far.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    taken: HashSet<String>,
    reserved: &'static [&'static str],
}

impl Scope {
    /// An empty scope in which the given words (keywords) are never a name.
    pub fn new(reserved: &'static [&'static str]) -> Self {
        Self { taken: HashSet::new(), reserved }
    }

    /// Keeps a name from being given out.
    pub fn reserve(&mut self, name: impl Into<String>) {
        self.taken.insert(name.into());
    }

    pub fn is_free(&self, name: &str) -> bool {
        !self.taken.contains(name) && !self.reserved.contains(&name)
    }

    /// Declares a name as near to the wish as can be: itself, with `_` behind it, or with `_2`, `_3` and so on.
    ///
    /// kebab-case names have no underscore at their end, so a mended name meets no other label's.
    pub fn declare(&mut self, wish: impl Into<String>) -> String {
        let wish = wish.into();
        let mended = || std::iter::once(format!("{wish}_")).chain((2..).map(|count: u32| format!("{wish}_{count}")));
        let name = if self.is_free(&wish) {
            wish
        } else {
            mended().find(|name| self.is_free(name)).expect("there are more numbers than names")
        };
        self.taken.insert(name.clone());
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_give_way_in_order() {
        let mut scope = Scope::new(&["type"]);
        assert_eq!(scope.declare("type"), "type_");
        assert_eq!(scope.declare("len"), "len");
        assert_eq!(scope.declare("len"), "len_");
        assert_eq!(scope.declare("len"), "len_2");
        assert_eq!(scope.declare("type"), "type_2");
    }
}

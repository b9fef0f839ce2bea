//! What the world in `wit` exports, implemented.

use std::cell::RefCell;

// Written by `withe bindgen rust wit -o src`: edit `wit` and run it again.
#[rustfmt::skip]
mod library;

use library::exports::local::{{module}}::greetings::{Guest, GuestGuestBook};

struct Component;

impl Guest for Component {
    type GuestBook = Book;

    fn greet(name: String) -> String {
        greeting(&name)
    }
}

/// What stands behind each handle of a `guest-book`.
struct Book {
    names: RefCell<Vec<String>>,
}

impl GuestGuestBook for Book {
    fn new() -> Self {
        Self {
            names: RefCell::default(),
        }
    }

    fn sign(&self, name: String) -> u32 {
        let mut names = self.names.borrow_mut();
        names.push(name);
        names.len() as u32
    }

    fn names(&self) -> Vec<String> {
        self.names.borrow().clone()
    }
}

library::export!(Component with_types_in library);

fn greeting(name: &str) -> String {
    format!("Hello, {name}!")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn greetings_name_who_is_greeted() {
        assert_eq!(greeting("Ada"), "Hello, Ada!");
    }
}

//! What the app does.

// Written by `withe build`: edit `wit/greeter.wit` and build again.
#[rustfmt::skip]
mod greeter;

use greeter::exports::local::{{module}}::greetings::Guest;
use greeter::local::{{module}}::phrases::hello;

struct Component;

impl Guest for Component {
    fn greet(language: String, name: String) -> Option<String> {
        hello(&language).map(|hello| greeting(&hello, &name))
    }
}

greeter::export!(Component with_types_in greeter);

fn greeting(hello: &str, name: &str) -> String {
    format!("{hello}, {name}!")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn greetings_name_who_is_greeted() {
        assert_eq!(greeting("Hello", "Ada"), "Hello, Ada!");
    }
}

//! The program: it greets whom its first argument names.

// Written by `withe bindgen rust wit -o src`: edit `wit` and run it again.
#[rustfmt::skip]
mod app;

use app::wasi::random::random::get_random_u64;

const GREETINGS: [&str; 4] = ["Hello", "Good day", "Welcome", "Greetings"];

fn main() {
    let name = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "World".to_owned());
    println!("{}", greeting(&name, get_random_u64()));
}

fn greeting(name: &str, choice: u64) -> String {
    let words = GREETINGS[choice as usize % GREETINGS.len()];
    format!("{words}, {name}!")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_choice_is_a_greeting() {
        assert_eq!(greeting("Ada", 0), "Hello, Ada!");
        assert_eq!(greeting("Ada", 7), "Greetings, Ada!");
        assert_eq!(greeting("Ada", u64::MAX), "Greetings, Ada!");
    }
}

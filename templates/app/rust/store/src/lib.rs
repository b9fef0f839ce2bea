//! What the app knows.

// Written by `withe build`: edit `wit/store.wit` and build again.
#[rustfmt::skip]
mod store;

use store::exports::local::{{module}}::phrases::Guest;

struct Component;

impl Guest for Component {
    fn hello(language: String) -> Option<String> {
        hello(&language).map(str::to_owned)
    }
}

store::export!(Component with_types_in store);

fn hello(language: &str) -> Option<&'static str> {
    Some(match language {
        "de" => "Hallo",
        "en" => "Hello",
        "es" => "Hola",
        "fr" => "Bonjour",
        "ja" => "こんにちは",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_known_by_two_letters() {
        assert_eq!(hello("de"), Some("Hallo"));
        assert_eq!(hello("German"), None);
    }
}

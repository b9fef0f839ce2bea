//! What a project is called: one name that a package of cargo, a package of WIT and a file may all have.
//!
//! In: the name of a folder, or what the user says. Out: lower-case words of letters and digits with `-` between, each
//! of which begins with a letter.
//! Holds: no name is a keyword of WIT or Rust, one of Rust's own crates, or a device of Windows.

/// Names that a package of cargo had better not have, keywords aside.
const TAKEN: &[&str] = &[
    "alloc",
    "aux",
    "build",
    "con",
    "core",
    "deps",
    "examples",
    "incremental",
    "nul",
    "prn",
    "proc-macro",
    "std",
    "test",
];

/// A valid name that is as near as may be to the text.
pub(in crate::commands) fn valid_name(text: &str) -> String {
    let name = words(text);
    let starts_well = name.starts_with(|first: char| first.is_ascii_lowercase());
    let name = match (name.is_empty(), starts_well) {
        (true, _) => "app".to_owned(),
        (false, true) => name,
        (false, false) => format!("app{name}"),
    };
    if is_taken(&name) { format!("{name}-app") } else { name }
}

/// The name as a Rust identifier.
pub(super) fn module(name: &str) -> String {
    name.replace('-', "_")
}

/// Lower-case words, with `-` between where something else stood, or where capitals began one.
fn words(text: &str) -> String {
    let mut name = String::new();
    let mut after = None;
    for char in text.chars() {
        let starts_word = char.is_ascii_uppercase() && after.is_some_and(|after: char| after.is_ascii_lowercase());
        let is_apart = after.is_some_and(|after| !after.is_ascii_alphanumeric()) && !char.is_ascii_digit();
        if char.is_ascii_alphanumeric() {
            // A word that began with a digit is a part of the one before.
            if (starts_word || is_apart) && !name.is_empty() {
                name.push('-');
            }
            name.push(char.to_ascii_lowercase());
        }
        after = Some(char);
    }
    name
}

fn is_taken(name: &str) -> bool {
    let is_rust = bindgen_rust::KEYWORDS.contains(&module(name).as_str());
    TAKEN.contains(&name) || is_rust || wit::syntax::KEYWORDS.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_as_near_as_may_be() {
        let names = [
            ("hello", "hello"),
            ("hello-world", "hello-world"),
            ("hello_world", "hello-world"),
            ("Hello World!", "hello-world"),
            ("helloWorld", "hello-world"),
            ("HTTPServer", "httpserver"),
            ("my-2nd-try", "my2nd-try"),
            ("2048", "app2048"),
            ("--x--", "x"),
            ("caf\u{e9} au lait", "caf-au-lait"),
            ("\u{65e5}\u{672c}", "app"),
            ("", "app"),
            ("type", "type-app"),
            ("Interface", "interface-app"),
            ("test", "test-app"),
            ("std", "std-app"),
        ];
        for (text, name) in names {
            assert_eq!(valid_name(text), name, "{text}");
            assert_eq!(valid_name(name), name, "a valid name stays");
        }
    }

    #[test]
    fn fuzz_names_are_valid_and_stay() {
        testing::seeds::check("names", 300, |random| {
            let pieces = ["a", "Z", "9", "-", "_", " ", "type", "list", "std", "\u{e9}", "\u{1f980}", "\0", "/", "app"];
            let text: String = (0..random.below(8)).map(|_| *random.pick(&pieces)).collect();
            let name = valid_name(&text);
            assert!(name.starts_with(|first: char| first.is_ascii_lowercase()), "{text:?}: {name}");
            let mut words = name.split('-');
            let is_word = |word: &str| word.starts_with(|first: char| first.is_ascii_lowercase());
            assert!(words.all(is_word), "{text:?}: {name}");
            assert!(name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'), "{text:?}: {name}");
            assert_eq!(valid_name(&name), name, "{text:?}");
        });
    }
}

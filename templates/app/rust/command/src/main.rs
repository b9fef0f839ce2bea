//! The front of the app: a program that greets `NAME`, or in a language `LANGUAGE NAME`.

// Written by `withe build`: edit `wit/front.wit` and build again.
#[rustfmt::skip]
mod front;

use std::process::ExitCode;

use front::local::{{module}}::greetings::greet;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (language, name) = asked(&args);
    match greet(language, name) {
        Some(greeting) => {
            println!("{greeting}");
            ExitCode::SUCCESS
        }
        None => {
            eprintln!("the language `{language}` is not known");
            ExitCode::FAILURE
        }
    }
}

/// In which language whom the arguments ask to greet.
fn asked(args: &[String]) -> (&str, &str) {
    match args {
        [] => ("en", "World"),
        [name] => ("en", name),
        [language, name, ..] => (language, name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn english_needs_not_be_said() {
        assert_eq!(asked(&[]), ("en", "World"));
        assert_eq!(asked(&["Ada".to_owned()]), ("en", "Ada"));
        assert_eq!(asked(&["de".to_owned(), "Ada".to_owned()]), ("de", "Ada"));
    }
}

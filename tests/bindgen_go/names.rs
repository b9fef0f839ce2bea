//! No name of WIT meets a generated one: words of Go and of the templates compile in every place.

use testing::cases::Suite;
use testing::{Outcome, Trouble};

use super::{compiles, corpus, ensure, generate, module, path_text};

/// Names that the generated text gives, and those of packages that it or people may import.
const GENERATED: &str = "guest set_guest guest_impl guest_for export exports component_type component_type_kept wit rt \
    task internal main init vendor testdata drop error string has value handle r f0 new_a a labels is_a load store \
    lift lower call p n ret result err ok fmt os io strings strconv errors context iter math unsafe runtime sync time \
    http json bytes sort slices maps cmp reflect syscall id url api a_id new_drop to_string get set go1 a1 a_1_b";

/// Words that must be in the corpus whatever the templates say.
const EXPECTED: &[&str] = &["type", "func", "string", "error", "nil", "guest", "drop", "rt", "begin", "case-name"];

pub fn add(suite: Suite) -> Suite {
    suite
        .test("names/the words are found", the_words_are_found)
        .test("names/worlds", worlds)
        .test("names/every place", every_place)
}

/// Words that mean something to Go, and those of generated text.
fn own_words() -> Vec<String> {
    let words = bindgen_go::KEYWORDS.iter().chain(bindgen_go::PREDECLARED);
    words.copied().chain(GENERATED.split_whitespace()).map(str::to_owned).collect()
}

fn words() -> Result<Vec<String>, Trouble> {
    corpus::words_of(&[&own_words().join(" ")], "templates/go", "go")
}

fn the_words_are_found() -> Outcome {
    let words = words()?;
    let missing: Vec<_> = EXPECTED.iter().filter(|word| !words.iter().any(|found| found == *word)).collect();
    ensure(missing.is_empty(), &format!("the corpus has no {missing:?}"))
}

/// What names of packages could meet: words of Go, and of ours that stand alone.
fn few_words() -> Result<Vec<String>, Trouble> {
    let own = own_words().join(" ");
    let words = corpus::words_of(&[&own], "templates/go/wit", "none")?;
    Ok(words.into_iter().filter(|word| !word.contains('-')).collect())
}

/// The words in each place of WIT, all in one module: each start of Go's tools takes some time, and so does each package
/// and method, so where a word is one of these, few words are taken.
fn every_place() -> Outcome {
    let out = module("names")?;
    let few = corpus::places(&few_words()?);
    let makes_much = ["interfaces", "inline-interfaces", "packages", "resource-names", "members"];
    for (place, few) in corpus::places(&words()?).into_iter().zip(few) {
        let place = if makes_much.contains(&place.name.as_str()) { few } else { place };
        let wit = out.join(format!("{}.wit", place.name));
        std::fs::write(&wit, place.wit)?;
        generate(&out, &[path_text(&wit)], &place.name)?;
    }
    compiles(&out)
}

/// Worlds that are called as the words.
fn worlds() -> Outcome {
    let out = module("names-worlds")?;
    for word in
        bindgen_go::KEYWORDS.iter().chain(bindgen_go::PREDECLARED).chain(&["wit", "exports", "internal", "main"])
    {
        let wit = out.join("world.wit");
        std::fs::write(&wit, corpus::world(word))?;
        generate(&out, &[path_text(&wit)], &format!("at_{word}"))?;
    }
    compiles(&out)
}

//! Seeded random texts: made of the language's tokens, and scripts with pieces moved.

use std::sync::Arc;

use diag::{Place, Source};
use testing::seeds::{self, Random};
use testing::{cases, fixtures, read_text};
use withe_wac::{parse, print};

#[rustfmt::skip]
const TOKENS: &[&str] = &[
    "package ", "targets ", "import ", "let ", "export ", "interface ", "world ", "record ", "variant ", "flags ",
    "enum ", "type ", "resource ", "use ", "include ", "with ", "as ", "new ", "func", "async ", "static ",
    "constructor", "list", "map", "tuple", "option", "result", "stream", "future", "own", "borrow", "error-context",
    "u32", "string", "a", "b-c", "%let", "X", "a:b", "a:b/c", "@1.0.0", "@since(version = 1.0.0)\n", "1", "4", "\"s\"",
    "\"f.wit\"", "{", "}", "(", ")", "[", "]", "<", ">", ";", ":", ",", ".", "...", "=", "/", "@", "->", "_", " ",
    "\n", "/// d\n", "/* c */", "// l\n", "é", "#", "a_b", "-", "\r\n",
];

#[test]
fn fuzz_scripts_of_random_tokens() {
    seeds::check("fuzz_scripts_of_random_tokens", 2000, |random| {
        let mut text = if random.below(4) == 0 { String::new() } else { "package a:b;\n".to_owned() };
        (0..random.below(60)).for_each(|_| text.push_str(random.pick::<&str>(TOKENS)));
        check(&text);
    });
}

#[test]
fn fuzz_scripts_with_moved_pieces() {
    let scripts: Vec<String> = cases::directories(&fixtures("wac-syntax"))
        .iter()
        .map(|case| read_text(&case.join("script.wac")).expect("a script can be read"))
        .collect();
    seeds::check("fuzz_scripts_with_moved_pieces", 500, |random| {
        let mut text = random.pick(&scripts).clone();
        for _ in 0..=random.below(4) {
            let other = random.pick(&scripts);
            let (from, into) = (range(random, other), range(random, &text));
            text.replace_range(into, &other[from]);
        }
        check(&text);
    });
}

/// A short range that cuts no character.
fn range(random: &mut Random, text: &str) -> std::ops::Range<usize> {
    let start = text.floor_char_boundary(random.below(text.len() + 1));
    start..text.floor_char_boundary((start + random.below(40)).min(text.len())).max(start)
}

/// Places stand in the text; what is accepted is printed so that it reads as the same.
fn check(text: &str) {
    let parsed = parse(Arc::new(Source::new("script.wac", text)));
    for label in parsed.problems.iter().flat_map(|problem| &problem.labels) {
        let Place::Text { span, .. } = &label.place else { panic!("{label:?}") };
        assert!(text.get(span.clone()).is_some(), "{label:?}\n{text}");
    }
    if parsed.problems.is_empty() {
        let printed = print(&parsed.script);
        let again = parse(Arc::new(Source::new("printed.wac", printed.clone())));
        assert_eq!(again.problems, [], "{text}\n{printed}");
        assert_eq!(again.script, parsed.script, "{text}\n{printed}");
        assert_eq!(print(&again.script), printed);
    }
}

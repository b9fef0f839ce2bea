//! Command lines put together at random: none is a bug.
//!
//! In: words that commands know, paths of small files, values of flags; the same ones in every run.
//! Out: every command line ends in a status that a mistake of the user can have.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "tests write files, and unwrap")]

use std::fs;

use withe::{Exit, Io};

/// The first word of most command lines.
const VERBS: &str =
    "wit|bindgen|embed|wrap|plug|run|call|validate|explain|print|parse|strip|component|compose|serve|docs";

/// What follows.
const WORDS: &str = "rust|js|new|embed|m.wat|bad.wat|c.wat|letter.txt|w.wit|missing|.|-|--|--wit|-w|w|-o|out|--format|\
    json|short|--adapt|--no-adapt|--all|-d|--dir|.::x:rw|--env|A=b|--fuel|1000|--timeout|1s|--memory|1MiB|--clock|\
    frozen|--random|seed=1|--stub|trap|--target|w.wit#w|f()|let x = f()|(|--as|wasm|--features|a,b|--no-docs|\
    wasi:http@0.2.3|wasi:nope||=|--plug|-S|http|--invoke|--color|always|--skeleton|--encoding|utf16|--check|-q|-v";

const LINES: usize = 500;

/// Xorshift: enough to mix words, and the same everywhere.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end as u64).unwrap()
    }

    fn pick<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len())]
    }
}

#[test]
fn no_command_line_is_a_bug() {
    let folder = tempfile::tempdir().unwrap();
    let files = [
        ("m.wat", "(module (func (export \"f\")))"),
        ("bad.wat", "(module\n  (func (param i33)))"),
        ("c.wat", "(component)"),
        ("letter.txt", "dear friend"),
        ("w.wit", "package a:b; world w { export f: func(); }"),
    ];
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let verbs: Vec<&str> = VERBS.split('|').collect();
    let words: Vec<&str> = WORDS.split('|').map(str::trim).collect();
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let mut worked = 0;
    for _ in 0..LINES {
        let mut line = vec!["withe", dice.pick(&verbs)];
        for _ in 0..dice.below(7) {
            line.push(dice.pick(&words));
        }
        let mut io = Io::captured(folder.path());
        let Exit(exit) = withe::run(&line, &mut io);
        worked += usize::from(exit == 0);
        // 134: what ran was ended by a trap or a limit.
        assert!((0..=2).contains(&exit) || exit == 134, "{line:?} ends with {exit}: {}", io.stderr.text());
    }
    assert!(worked > 0, "some lines must be right");
}

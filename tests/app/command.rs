//! Commands, run in process.

use std::path::Path;

use testing::Trouble;
use withe::{Exit, Io};

/// What a command said and how it ended.
pub struct Ran {
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
}

/// Runs `withe` with these words.
pub fn withe(words: &[String], folder: &Path) -> Ran {
    let mut io = Io::captured(folder);
    let Exit(status) = withe::run(std::iter::once("withe").chain(words.iter().map(String::as_str)), &mut io);
    Ran { status, stdout: io.stdout.text(), stderr: io.stderr.text() }
}

/// Runs a command that must work. Gives its standard output.
pub fn succeed(words: &[String], folder: &Path) -> Result<String, Trouble> {
    let ran = withe(words, folder);
    if ran.status == Exit::OK.0 {
        return Ok(ran.stdout);
    }
    Err(Trouble::Failed(format!("withe {} ends with {}\n{}{}", words.join(" "), ran.status, ran.stdout, ran.stderr)))
}

/// Words as a shell splits them; `'` keeps blanks together.
pub fn split(command: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quoted = false;
    for char in command.chars() {
        match char {
            '\'' => {
                quoted = !quoted;
                word.get_or_insert_default();
            }
            ' ' if !quoted => words.extend(word.take()),
            _ => word.get_or_insert_default().push(char),
        }
    }
    words.extend(word);
    words
}

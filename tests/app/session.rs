//! The session of an app: what is wired, run and refused.

use std::path::Path;

use testing::{Outcome, Trouble};

use super::command::{Ran, split, succeed, withe};
use super::http;
use super::parts::{self, Part};

/// A session as it is written, without what commands said.
pub struct Session {
    /// Everything above the first section.
    pub head: String,
    pub parts: Vec<Part>,
    pub sections: Vec<Section>,
}

pub struct Section {
    /// Comment lines above it.
    pub note: String,
    pub kind: Kind,
    pub commands: Vec<String>,
}

pub enum Kind {
    /// One way to wire the app, by this name.
    Way(String),
    Run,
    Refused,
}

impl Section {
    pub fn title(&self) -> String {
        let title = match &self.kind {
            Kind::Way(name) => format!("way {name}"),
            Kind::Run => "run".to_owned(),
            Kind::Refused => "refused".to_owned(),
        };
        format!("{}== {title}", self.note)
    }
}

impl Session {
    /// The names of all ways.
    pub fn ways(&self) -> impl Iterator<Item = &str> {
        self.sections.iter().filter_map(|section| match &section.kind {
            Kind::Way(name) => Some(name.as_str()),
            Kind::Run | Kind::Refused => None,
        })
    }
}

/// Reads a session; lines in sections that are no commands and no comments are what was said.
pub fn read(text: &str) -> Result<Session, Trouble> {
    let mut session = Session { head: String::new(), parts: Vec::new(), sections: Vec::new() };
    let mut note = String::new();
    for line in text.lines() {
        if line.starts_with("# ") {
            note += &format!("{line}\n");
        } else if let Some(title) = line.strip_prefix("== ") {
            session.sections.push(Section {
                note: std::mem::take(&mut note),
                kind: kind(title)?,
                commands: Vec::new(),
            });
        } else if let Some(section) = session.sections.last_mut() {
            section.commands.extend(line.strip_prefix("$ ").map(str::to_owned));
        } else if !line.is_empty() {
            session.head += &format!("{}{line}\n", std::mem::take(&mut note));
            session.parts.push(Part::parse(line)?);
        }
    }
    let runs = session.sections.iter().filter(|section| matches!(section.kind, Kind::Run)).count();
    if session.ways().next().is_none() || runs != 1 {
        return Err("an app has a way to wire it, and is run once".into());
    }
    Ok(session)
}

fn kind(title: &str) -> Result<Kind, Trouble> {
    match title.split_once(' ').unwrap_or((title, "")) {
        ("way", name) => Ok(Kind::Way(name.to_owned())),
        ("run", "") => Ok(Kind::Run),
        ("refused", "") => Ok(Kind::Refused),
        _ => Err(Trouble::Failed(format!("`{title}` is no section"))),
    }
}

/// Wires the app in a folder of its own, twice: the bytes must be the same.
pub fn wire(parts: &Path, folder: &Path, name: &str, commands: &[String]) -> Result<String, Trouble> {
    let mut made: Vec<Vec<Vec<u8>>> = Vec::new();
    for round in ["", " again"] {
        let here = folder.join(format!("{name}{round}"));
        fresh(parts, &here)?;
        made.push(commands.iter().map(|command| wire_one(&here, command)).collect::<Result<_, _>>()?);
    }
    if made[0] != made[1] {
        return Err(Trouble::Failed(format!("the way {name} gives other bytes the second time")));
    }
    Ok(commands.iter().map(|command| format!("$ {command}\n")).collect())
}

/// Runs one command of a way; gives the bytes that it wrote, which are valid, and whose types and graph can be read.
fn wire_one(folder: &Path, command: &str) -> Result<Vec<u8>, Trouble> {
    let words = withe_words(command)?;
    succeed(&words, folder)?;
    let out = output(&words)?;
    succeed(&["validate".to_owned(), out.to_owned()], folder)?;
    succeed(&["wit".to_owned(), out.to_owned()], folder)?;
    let picture = ["graph", out, "--as", "svg", "-o", "picture.svg"].map(str::to_owned);
    succeed(&picture, folder)?;
    Ok(std::fs::read(folder.join(out))?)
}

/// Runs the app however it was wired; all must say the same.
pub fn run_all<'w>(folder: &Path, ways: impl Iterator<Item = &'w str>, commands: &[String]) -> Result<String, Trouble> {
    let mut first: Option<(&str, String)> = None;
    for way in ways {
        let said = run(&folder.join(way), commands)?;
        match &first {
            None => first = Some((way, said)),
            Some((_, expected)) if *expected == said => {}
            Some((other, expected)) => {
                return Err(Trouble::Failed(format!("the way {other} gives\n{expected}\nthe way {way} gives\n{said}")));
            }
        }
    }
    Ok(first.map(|(_, said)| said).unwrap_or_default())
}

fn run(folder: &Path, commands: &[String]) -> Result<String, Trouble> {
    let mut shown = String::new();
    for command in commands {
        shown += &format!("$ {command}\n");
        shown += &match command.strip_prefix("http ") {
            Some(words) => http::ask(&split(words), folder)?,
            None => ended(&withe(&withe_words(command)?, folder)),
        };
    }
    Ok(shown)
}

/// Standard output, the headlines of errors, and the status if it is not 0.
fn ended(ran: &Ran) -> String {
    let headlines = ran.stderr.lines().filter(|line| line.starts_with("error"));
    let mut shown = ran.stdout.clone();
    shown.extend(headlines.map(|line| format!("{line}\n")));
    if ran.status != 0 {
        shown += &format!("= {}\n", ran.status);
    }
    shown
}

/// Runs what prepares a refusal and what is refused: the last command, which must leave its output as it was.
pub fn refuse(parts: &Path, folder: &Path, commands: &[String]) -> Result<String, Trouble> {
    let here = folder.join("refused");
    fresh(parts, &here)?;
    let mut shown = String::new();
    for (number, command) in commands.iter().enumerate() {
        shown += &format!("$ {command}\n");
        if number + 1 < commands.len() {
            wire_one(&here, command)?;
            continue;
        }
        let words = withe_words(command)?;
        let out = here.join(output(&words)?);
        std::fs::write(&out, "what was there")?;
        let ran = withe(&words, &here);
        if ran.status == 0 || std::fs::read(&out)? != b"what was there" {
            return Err(Trouble::Failed(format!("`{command}` is not refused, or wrote something")));
        }
        shown += &ended(&ran);
    }
    Ok(shown)
}

fn withe_words(command: &str) -> Result<Vec<String>, Trouble> {
    let command = command.strip_prefix("withe ").ok_or_else(|| format!("`{command}` is no command of withe"))?;
    Ok(split(command))
}

/// What stands after `-o`.
fn output(words: &[String]) -> Result<&str, Trouble> {
    let at = words.iter().position(|word| word == "-o").ok_or("a command that wires has -o")?;
    words.get(at + 1).map(String::as_str).ok_or_else(|| "-o names nothing".into())
}

/// An empty folder with copies of the parts.
fn fresh(parts: &Path, folder: &Path) -> Outcome {
    if folder.exists() {
        std::fs::remove_dir_all(folder)?;
    }
    std::fs::create_dir_all(folder)?;
    parts::copy(parts, folder, &["wasm", "wac"])
}

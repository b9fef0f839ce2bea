//! `withe demo`: the whole path, from WIT to a running application, over a project that it writes.
//!
//! In: a folder that is empty or absent. Out: the project, what every stage made of it, and what each step printed.
//! Holds: a step is a command line, run by the very function that `main` calls, so what is shown can be repeated by
//! hand; nothing is shown that was not done, and the first step that fails ends the demonstration.

use std::path::Path;

use diag::Place;
use serde_json::json;

use crate::Exit;
use crate::cli::{DemoArgs, Format};
use crate::io::{Io, Stream};

/// The project, as it stands in `templates/demo`.
const FILES: [(&str, &str); 4] = [
    ("app.wat", include_str!("../../templates/demo/app.wat")),
    ("greeter.wat", include_str!("../../templates/demo/greeter.wat")),
    ("wit/app.wit", include_str!("../../templates/demo/wit/app.wit")),
    ("wit/deps/greeter.wit", include_str!("../../templates/demo/wit/deps/greeter.wit")),
];

/// One command and what it is for.
struct Step {
    why: &'static str,
    words: &'static [&'static str],
    /// The file that it makes.
    makes: Option<&'static str>,
}

const STEPS: [Step; 8] = [
    Step {
        why: "Bindings: what a greeter written in Rust would start from.",
        words: &["bindgen", "rust", "wit/deps/greeter.wit", "-o", "bindings"],
        makes: Some("bindings/greeter.rs"),
    },
    Step {
        why: "Wrap: each core module becomes a component, checked against its world.",
        words: &["wrap", "greeter.wat", "--wit", "wit/deps/greeter.wit", "-o", "greeter.wasm"],
        makes: Some("greeter.wasm"),
    },
    Step { why: "", words: &["wrap", "app.wat", "--wit", "wit", "-o", "app.wasm"], makes: Some("app.wasm") },
    Step {
        why: "Plug: the greeter's exports fill the application's imports.",
        words: &["plug", "app.wasm", "greeter.wasm", "-o", "demo.wasm"],
        makes: Some("demo.wasm"),
    },
    Step { why: "Validate, as CI would.", words: &["validate", "demo.wasm"], makes: None },
    Step {
        why: "Call: several expressions share one instance; a resource gets a name.",
        words: &["call", "greeter.wasm", "greet(\"you\")", "let c = new counter(41)", "c.increment()", "c.get()"],
        makes: None,
    },
    Step { why: "", words: &["call", "demo.wasm", "welcome(\"Ada\")", "welcome(\"Grace\")"], makes: None },
    Step { why: "Run: the application prints through both components.", words: &["run", "demo.wasm"], makes: None },
];

pub fn demo(args: &DemoArgs, io: &mut Io) -> diag::Result<Exit> {
    refuse_used_folder(&args.dir, io)?;
    io.write_folder(&args.dir, FILES.map(|(path, text)| (path, text.as_bytes())))?;
    let mut stage = Stage { io, dir: &args.dir, done: Vec::new() };
    stage.introduce();
    let exit = STEPS.iter().map(|step| stage.show(step)).find(|exit| *exit != Exit::OK).unwrap_or(Exit::OK);
    stage.finish(exit);
    Ok(exit)
}

/// A demonstration never mixes with somebody's files.
fn refuse_used_folder(dir: &Path, io: &Io) -> diag::Result<()> {
    let used = match std::fs::read_dir(io.resolve(dir)) {
        Ok(mut entries) => entries.next().is_some(),
        Err(error) => error.kind() != std::io::ErrorKind::NotFound,
    };
    if !used {
        return Ok(());
    }
    Err(diag::error("demo/folder-not-empty", format!("`{}` is not an empty folder", dir.display()))
        .label(Place::file(dir.display().to_string()), "files are here already")
        .help("name another folder: `withe demo DIR`")
        .into())
}

/// Shows steps while it runs them.
struct Stage<'a> {
    io: &'a mut Io,
    dir: &'a Path,
    /// For `--format json`.
    done: Vec<serde_json::Value>,
}

impl Stage<'_> {
    fn speaks(&self) -> bool {
        self.io.format != Format::Json
    }

    fn say(&mut self, text: &str) {
        if self.speaks() {
            self.io.print(text);
        }
    }

    fn introduce(&mut self) {
        self.say(&format!("A project of two components, in {}:\n", self.dir.display()));
        for (path, text) in FILES {
            let first = text.lines().next().unwrap_or("").trim_start_matches(";; ");
            self.say(&format!("  {path:<22} {first}\n"));
        }
    }

    fn show(&mut self, step: &Step) -> Exit {
        if !step.why.is_empty() {
            self.say(&format!("\n{}\n", step.why));
        }
        let command = command_line(step.words);
        self.say(&format!("$ {command}\n"));
        let mut nested = self.io.nested(self.io.resolve(self.dir));
        if !self.speaks() {
            nested.stdout = Stream::captured();
        }
        let exit = crate::run(std::iter::once("withe").chain(step.words.iter().copied()), &mut nested);
        let size = step.makes.and_then(|file| self.size_of(file));
        if let (Some(file), Some(bytes)) = (step.makes, size) {
            self.say(&format!("  {file}: {bytes} bytes\n"));
        }
        self.done.push(json!({
            "command": command,
            "exit": exit.0,
            "stdout": nested.stdout.text(),
            "makes": step.makes.map(|file| json!({ "file": file, "bytes": size })),
        }));
        exit
    }

    fn size_of(&self, file: &str) -> Option<u64> {
        std::fs::metadata(self.io.resolve(self.dir).join(file)).ok().map(|metadata| metadata.len())
    }

    fn finish(mut self, exit: Exit) {
        if exit == Exit::OK {
            self.say(&format!("\nAll of it can be repeated by hand: cd {}\n", self.dir.display()));
        }
        self.io.set_result(json!({ "dir": self.dir.display().to_string(), "steps": self.done }));
    }
}

/// A command as a shell takes it.
fn command_line(words: &[&str]) -> String {
    let quoted = words.iter().map(|word| {
        let plain = word.chars().all(|c| c.is_ascii_alphanumeric() || "./-_:@".contains(c));
        if plain { (*word).to_owned() } else { format!("'{word}'") }
    });
    std::iter::once("withe".to_owned()).chain(quoted).collect::<Vec<_>>().join(" ")
}

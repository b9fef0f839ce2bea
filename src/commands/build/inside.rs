//! Other commands of withe as stages of a build.
//!
//! In: a command line. Out: what it found, with files named as the user knows them.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use ::project::manifest::{At, Compose, How};
use clap::Parser as _;
use diag::{Diagnostic, Diagnostics, Label, Place};

use super::site::{Log, Site};
use crate::cli::{Cli, Command};
use crate::{Exit, Io};

impl Site<'_> {
    /// Runs a command of withe in this process. Its notes and warnings are kept in the log; it says nothing itself.
    ///
    /// # Errors
    ///
    /// The command's; `build/option` if the words are no command line, with `place` for where they stand.
    pub fn inside(&self, words: Vec<OsString>, place: &Place, log: &mut Log) -> diag::Result<Io> {
        let line = std::iter::once(OsString::from("withe")).chain(words);
        let cli = Cli::try_parse_from(line).map_err(|error| refused(&error, place))?;
        let mut io = self.io();
        let result = command(&cli.command, &mut io);
        log.findings.extend(io.take_findings());
        match result {
            Ok(Exit::OK) => Ok(io),
            // What failed has said why.
            Ok(_) => Err(Diagnostics(Vec::new())),
            Err(found) => Err(found),
        }
    }
}

impl Site<'_> {
    /// What a command has to be told with an option, a component says with a key of the manifest.
    pub fn with_keys(&self, name: &str, Diagnostics(found): Diagnostics) -> Diagnostics {
        Diagnostics(found.into_iter().map(|one| self.with_key(name, one)).collect())
    }

    fn with_key(&self, name: &str, mut one: Diagnostic) -> Diagnostic {
        let Some(help) = one.help.as_deref() else { return one };
        let (help, what) = match one.code.0 {
            "wit/unknown-world" | "wit/world-ambiguous" => {
                // A world of the component's own name is the likely one.
                let own = format!("`world = \"{name}\"`");
                let likely = |help: String| if help.contains(&own) { format!("write {own}") } else { help };
                (with_world(help).map(likely), "says no `world`")
            }
            "encode/no-world" if help.contains("withe wrap --wit") => {
                (Some("say with `wit` where the WIT of the component is".to_owned()), "has no WIT")
            }
            _ => return one,
        };
        let Some(help) = help else { return one };
        let world = self.built(name).and_then(|built| built.world.as_ref());
        let label = match world {
            Some(world) => Label { place: self.manifest.place(&world.span), text: "asked for here".to_owned() },
            None => Label { place: self.place_of(name), text: what.to_owned() },
        };
        one.labels.insert(0, label);
        one.help(help)
    }

    /// What a command has to be told with files and options, `[compose]` says with names.
    pub fn with_parts(&self, compose: &Compose, file: &dyn Fn(&str) -> PathBuf, mut one: Diagnostic) -> Diagnostic {
        let (key, names): (&str, Vec<&At<String>>) = match &compose.how {
            How::Solve(parts) => ("solve", parts.iter().collect()),
            How::Plug { socket, plugs } => ("with", std::iter::once(socket).chain(plugs).collect()),
            How::Script(_) => return one,
        };
        let Some(help) = one.help.clone() else { return one };
        let leaves =
            |name: &&&At<String>| help.contains(&format!("leave `{}` out", self.seen(&file(&name.value)).display()));
        if let Some(name) = names.iter().find(leaves) {
            let label = Label { place: self.manifest.place(&name.span), text: "named here".to_owned() };
            one.labels.insert(0, label);
            return one.help(format!("take `\"{}\"` out of `{key}`", name.value));
        }
        if !help.contains("`--wire ") {
            return one;
        }
        one.labels.insert(0, Label { place: self.manifest.place(&compose.span), text: "composed here".to_owned() });
        one.help(format!("say who takes what from whom in a script: `script = \"app.wac\"` in place of `{key}`"))
    }
}

/// The help with `world` of the manifest in place of `-w` and `--target`; none if it has neither.
fn with_world(help: &str) -> Option<String> {
    let mut is_other = false;
    let parts = help.split('`').map(|part| {
        let world = part
            .strip_prefix("-w ")
            .or_else(|| part.strip_prefix("--target ")?.split_once('#').map(|(_, world)| world));
        is_other |= world.is_some();
        world.map_or_else(|| part.to_owned(), |world| format!("world = \"{world}\""))
    });
    let parts: Vec<String> = parts.collect();
    is_other.then(|| parts.join("`"))
}

fn command(command: &Command, io: &mut Io) -> diag::Result<Exit> {
    crate::dispatch(command, io)
}

/// What clap says of options that the manifest has.
fn refused(error: &clap::Error, place: &Place) -> Diagnostics {
    let text = error.render().to_string();
    let first = text.lines().next().unwrap_or_default().trim_start_matches("error: ").replace('\'', "`");
    let error = diag::error("build/option", format!("an option of the manifest is refused: {first}"));
    error.label(place.clone(), "said here").help("correct the option, or take it away").into()
}

/// Findings about a file that is not in its place yet are about where it will be.
pub fn renamed(found: &mut [Diagnostic], from: &Path, to: &Path) {
    let (from, to) = (from.display().to_string(), to.display().to_string());
    for one in found {
        one.headline = one.headline.replace(&from, &to);
        one.help = one.help.take().map(|help| help.replace(&from, &to));
        for label in &mut one.labels {
            label.text = label.text.replace(&from, &to);
            match &mut label.place {
                Place::Binary { file, .. } | Place::File { file } => *file = file.replace(&from, &to),
                Place::Text { .. } => {}
            }
        }
    }
}

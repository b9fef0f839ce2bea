//! Other commands of withe as stages of a build.
//!
//! In: a command line. Out: what it found, with files named as the user knows them.

use std::ffi::OsString;
use std::path::Path;

use clap::Parser as _;
use diag::{Diagnostic, Diagnostics, Place};

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

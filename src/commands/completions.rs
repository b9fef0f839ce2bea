//! `withe completions`: what a shell needs to complete command lines.

use clap::CommandFactory as _;

use crate::cli::{Cli, CompletionsArgs};
use crate::{Exit, Io};

pub fn completions(args: &CompletionsArgs, io: &mut Io) -> diag::Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "withe", &mut script);
    io.write_text(&None, &String::from_utf8_lossy(&script))
}

//! `withe run`.

use crate::cli::{RunArgs, later};
use crate::{Exit, Io};

pub fn run(_args: &RunArgs, _io: &mut Io) -> diag::Result<Exit> {
    Err(later::unsupported("`withe run` is not in this build", "see all commands with `withe --help`").into())
}

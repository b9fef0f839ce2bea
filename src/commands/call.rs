//! `withe call`.

use crate::cli::{CallArgs, later};
use crate::{Exit, Io};

pub fn call(_args: &CallArgs, _io: &mut Io) -> diag::Result<Exit> {
    Err(later::unsupported("`withe call` is not in this build", "see all commands with `withe --help`").into())
}

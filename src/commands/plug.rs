//! `withe plug`.

use crate::cli::{PlugArgs, later};
use crate::{Exit, Io};

pub fn plug(_args: &PlugArgs, _io: &mut Io) -> diag::Result<Exit> {
    Err(later::unsupported("`withe plug` is not in this build", "see all commands with `withe --help`").into())
}

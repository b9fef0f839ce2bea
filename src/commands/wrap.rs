//! `withe wrap`.

use crate::cli::{WrapArgs, later};
use crate::{Exit, Io};

pub fn wrap(_args: &WrapArgs, _io: &mut Io) -> diag::Result<Exit> {
    Err(later::unsupported("`withe wrap` is not in this build", "see all commands with `withe --help`").into())
}

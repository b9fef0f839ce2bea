//! `withe wit`.

use crate::cli::{WitArgs, later};
use crate::{Exit, Io};

pub fn wit(_args: &WitArgs, _io: &mut Io) -> diag::Result<Exit> {
    Err(later::unsupported("`withe wit` is not in this build", "see all commands with `withe --help`").into())
}

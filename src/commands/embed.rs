//! `withe embed`.

use crate::cli::{EmbedArgs, later};
use crate::{Exit, Io};

pub fn embed(_args: &EmbedArgs, _io: &mut Io) -> diag::Result<Exit> {
    Err(later::unsupported("`withe embed` is not in this build", "see all commands with `withe --help`").into())
}

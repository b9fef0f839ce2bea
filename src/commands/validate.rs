//! `withe validate`.

use crate::cli::{ValidateArgs, later};
use crate::{Exit, Io};

pub fn validate(_args: &ValidateArgs, _io: &mut Io) -> diag::Result<Exit> {
    Err(later::unsupported("`withe validate` is not in this build", "see all commands with `withe --help`").into())
}

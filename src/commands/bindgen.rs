//! `withe bindgen`.

use crate::cli::{BindgenArgs, later};
use crate::{Exit, Io};

pub fn bindgen(_args: &BindgenArgs, _io: &mut Io) -> diag::Result<Exit> {
    Err(later::unsupported("`withe bindgen` is not in this build", "see all commands with `withe --help`").into())
}

//! `withe inspect`.

use crate::cli::{InspectArgs, later};
use crate::{Exit, Io};

pub fn inspect(_args: &InspectArgs, _io: &mut Io) -> diag::Result<Exit> {
    Err(later::answer("inspect").into())
}

//! `withe diff`.

use crate::cli::{DiffArgs, later};
use crate::{Exit, Io};

pub fn diff(_args: &DiffArgs, _io: &mut Io) -> diag::Result<Exit> {
    Err(later::answer("diff").into())
}

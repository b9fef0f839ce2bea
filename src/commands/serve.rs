//! `withe serve`.

use crate::cli::{ServeArgs, later};
use crate::{Exit, Io};

pub fn serve(_args: &ServeArgs, _io: &mut Io) -> diag::Result<Exit> {
    Err(later::answer("serve").into())
}

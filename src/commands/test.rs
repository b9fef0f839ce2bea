//! `withe test`.

use crate::cli::{TestArgs, later};
use crate::{Exit, Io};

pub fn test(_args: &TestArgs, _io: &mut Io) -> diag::Result<Exit> {
    Err(later::answer("test").into())
}

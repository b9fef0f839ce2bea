//! `withe compose FILE.wac`: a script says what is wired.

use diag::Place;

use crate::cli::{ComposeArgs, later};
use crate::io::Input;
use crate::{Exit, Io};

pub fn compose(_args: &ComposeArgs, script: Input, _io: &mut Io) -> diag::Result<Exit> {
    Err(later::unsupported(
        "scripts are not composed in this release",
        "compose with `withe compose COMPONENT... -o OUT`",
    )
    .label(Place::file(&script.name), "a script")
    .into())
}

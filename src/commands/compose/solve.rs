//! `withe compose COMPONENT...`: components satisfy one another.

use diag::Place;

use super::Named;
use crate::cli::{ComposeArgs, later};
use crate::{Exit, Io};

pub fn solve(_args: &ComposeArgs, components: Vec<Named>, _io: &mut Io) -> diag::Result<Exit> {
    let mut error = later::unsupported(
        "components are not solved in this release",
        "fill imports with `withe plug SOCKET PLUG... -o OUT`",
    );
    for Named { name, wasm } in &components {
        error = error.label(Place::file(&wasm.name), name.as_deref().unwrap_or("a component"));
    }
    Err(error.into())
}

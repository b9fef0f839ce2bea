//! The package of the world: its type, which the encoder reads, and `Export`.

use super::code::{Code, escaped};
use crate::carried::VARIABLE;
use crate::codec::is_clock;
use crate::model::View;

pub fn world(view: &mut View<'_, '_>, out: &mut Code) {
    metadata(view, out);
    export(view, out);
    let packages = &view.model.packages;
    // The program needs the host's timers even if it does not ask for the time itself.
    for clock in (0..packages.len()).filter(|index| packages[*index].imports.is_some_and(is_clock)) {
        view.package_blank(clock);
    }
}

/// Characters of one line of the world's type.
const WIDTH: usize = 100;

/// The world, in the data of every program that imports the package: Go cannot write custom sections.
fn metadata(view: &mut View<'_, '_>, out: &mut Code) {
    let text = abi::go_arena::world_text(&view.model.bindings.metadata);
    out.gap();
    out.push("// What `withe wrap` reads in the linked program: a mark, a length, the world in binary form.");
    let mut lines = vec![String::new()];
    for byte in text {
        let escaped = escaped(byte);
        if lines.last().is_some_and(|line| line.len() + escaped.len() > WIDTH) {
            lines.push(String::new());
        }
        lines.last_mut().expect("there is a line").push_str(&escaped);
    }
    let lines: Vec<String> = lines.iter().map(|line| format!("\"{line}\"")).collect();
    out.push(format!("{VARIABLE}{}", lines.join(" +\n")));
    out.gap();
    // A program that calls nothing of the world has the arena nevertheless.
    let rt = view.rt();
    out.push(format!("func init() {{\n{rt}.Carry(&componentType)\n}}"));
}

/// `Export` takes a `Guest` of each interface that has functions, the world's own first.
fn export(view: &mut View<'_, '_>, out: &mut Code) {
    let model = view.model;
    let has_own = model.packages[view.here].has_guest();
    let others: Vec<usize> =
        (0..model.packages.len()).filter(|index| *index != view.here && model.packages[*index].has_guest()).collect();
    if !has_own && others.is_empty() {
        return;
    }
    let mut locals = view.locals();
    let mut params = Vec::new();
    let mut body = Vec::new();
    if has_own {
        let name = locals.declare("guest");
        params.push(format!("{name} Guest"));
        body.push(format!("guestImpl = {name}"));
    }
    for other in others {
        let package = view.package(other);
        let name = locals.declare(format!("{package}Guest"));
        params.push(format!("{name} {package}.Guest"));
        body.push(format!("{package}.SetGuest({name})"));
    }
    out.gap();
    out.push(
        "// Export takes what the component implements. Call it in an init function: the host calls nothing before.",
    );
    out.push(format!("func Export({}) {{\n{}\n}}", params.join(", "), body.join("\n")));
}

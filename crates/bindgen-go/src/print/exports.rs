//! What the guest implements: `Guest`, the value that does, and the functions that the host calls.

use bindgen::Interface;

use super::calls;
use super::code::{Code, literal};
use crate::codec::Coder;
use crate::model::{GoFunc, View};

/// `Guest` and its functions.
pub fn exports<'t>(view: &mut View<'_, 't>, coder: &mut Coder<'_, 't>, interface: &'t Interface<'t>, out: &mut Code) {
    calls::exported_resources(view, coder, interface);
    if interface.funcs.is_empty() {
        return;
    }
    let funcs = view.model.funcs(view, interface);
    let free: Vec<_> = funcs.iter().filter(|func| func.receiver.is_none()).collect();
    out.gap();
    let package = &view.model.packages[view.here];
    let of = if package.is_world { "the world".to_owned() } else { super::key(interface) };
    out.push(format!("// Guest is what the component implements of {of}."));
    if free.is_empty() {
        out.push("type Guest interface{}");
    } else {
        self::interface(view, "Guest", &free, out);
    }
    implementation(view, out);
    for func in &funcs {
        calls::export(view, coder, func);
    }
}

/// A Go interface with these methods.
pub fn interface(view: &mut View<'_, '_>, name: &str, funcs: &[&GoFunc<'_>], out: &mut Code) {
    out.push(format!("type {name} interface {{"));
    for (at, func) in funcs.iter().enumerate() {
        if at > 0 {
            out.gap();
        }
        out.comment(&func.documentation(view));
        out.push(func.signature(view));
    }
    out.push("}");
}

/// The value that implements `Guest`, as `Export` of the world sets it.
fn implementation(view: &mut View<'_, '_>, out: &mut Code) {
    let model = view.model;
    let world = model.packages.iter().find(|package| package.is_world).map_or("", |package| &package.name);
    out.gap();
    out.push("var guestImpl Guest");
    if !model.packages[view.here].is_world {
        out.gap();
        out.push(format!(
            "// SetGuest is for Export of package {world}, which takes all that the component implements."
        ));
        out.push("func SetGuest(guest Guest) {\nguestImpl = guest\n}");
    }
    let rt = view.rt();
    let hint = literal(&format!("{world}: call {world}.Export in an init function: "));
    out.gap();
    out.push("func guestFor(call string) Guest {");
    out.push("if guestImpl == nil {");
    out.push(format!("{rt}.NoGuest({hint}, call)"));
    out.push("}");
    out.push("return guestImpl");
    out.push("}");
}

//! Functions that cross the component's boundary.

use bindgen::{Interface, Role};
use types::ResourceId;

use super::code::Code;
use crate::codec::Coder;
use crate::model::{GoFunc, View};

/// The functions that an interface imports.
pub fn imports<'t>(view: &mut View<'_, 't>, coder: &mut Coder<'_, 't>, interface: &'t Interface<'t>, out: &mut Code) {
    for func in view.model.funcs(view, interface) {
        out.gap();
        out.comment(&func.documentation(view));
        let signature = func.signature(view);
        let body = if func.waits.is_some() { coder.blocking_import(view, &func) } else { coder.import(view, &func) };
        import(view, &func, &signature, body, out);
        if func.waits.is_some() {
            out.gap();
            out.push(format!("// {} is {} until the context is done.", func.twin(), func.name));
            let signature = func.twin_signature(view);
            let body = coder.async_import(view, &func);
            import(view, &func, &signature, body, out);
        }
    }
}

fn import(view: &mut View<'_, '_>, func: &GoFunc<'_>, signature: &str, body: Code, out: &mut Code) {
    let receiver = func.receiver.as_ref().map(|(resource, name)| format!("({name} {}) ", view.resource(*resource)));
    out.push(format!("func {}{signature} {{", receiver.unwrap_or_default()));
    out.append(body);
    out.push("}");
}

/// The function that the host calls for an export.
pub fn export<'t>(view: &mut View<'_, 't>, coder: &mut Coder<'_, 't>, func: &GoFunc<'t>) {
    let name = func.func.core_name.trim_start_matches(abi::names::lift_mark(func.func.mode));
    let guest = format!("guestFor({})", super::code::literal(name));
    if func.waits.is_some() {
        coder.async_export(view, func, &guest);
    } else {
        coder.export(view, func, &guest);
    }
}

/// The Go type of a resource that the world imports.
pub fn imported_resource(view: &mut View<'_, '_>, id: ResourceId, out: &mut Code) {
    let name = view.declared_resource(id);
    let rt = view.rt();
    out.push(format!("type {name} struct{{ handle {rt}.Handle }}"));
    let mut locals = view.locals();
    let receiver = locals.declare("r");
    out.gap();
    out.push("// Drop gives the resource back before the garbage collector does. A second time it does nothing.");
    out.push(format!("func ({receiver} *{name}) Drop() {{ {rt}.Drop({receiver}) }}"));
}

/// What the host calls for the resources that the guest implements, beside their functions.
pub fn exported_resources<'t>(view: &mut View<'_, 't>, coder: &mut Coder<'_, 't>, interface: &'t Interface<'t>) {
    for ty in &interface.types {
        if let bindgen::NamedTypeKind::Resource(id) = ty.kind
            && interface.role == Role::Export
        {
            coder.exported_resource(view, id);
        }
    }
}

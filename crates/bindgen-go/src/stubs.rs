//! A program with a start of an implementation.
//!
//! In: a model. Out: `main.go`, which people edit from then on.
//! Holds: the program compiles as it is; every function panics with what is to be done.

use bindgen::{Files, NamedTypeKind, Role, Scope};
use types::ResourceId;

use crate::model::{GoFunc, Model, View};
use crate::print::code::{Code, literal};

pub fn add(files: &mut Files, model: &Model<'_>) {
    files.insert_start("main.go", program(model));
}

/// `package main`: a type for each interface and resource that the world exports.
fn program(model: &Model<'_>) -> String {
    let mut view = View::outside(model);
    let mut body = Code::new();
    // What a file declares may hide nothing that it mentions.
    let mut scope = view.locals();
    ["main", "init"].into_iter().for_each(|name| scope.reserve(name));
    let mut impls = Vec::new();
    let world = model.packages.iter().position(|package| package.is_world);
    let guests = (0..model.packages.len()).filter(|index| model.packages[*index].has_guest());
    // As `Export` takes them: the world's own first.
    let (own, others): (Vec<usize>, Vec<usize>) = guests.partition(|index| Some(*index) == world);
    for index in own.into_iter().chain(others) {
        impls.push(implementation(model, index, &mut view, &mut scope, &mut body));
    }
    let mut head = Code::new();
    let name = model.bindings.world.name.as_str();
    head.push(format!("// A component for the world {}/{name}.", model.bindings.world.package));
    head.push("package main");
    head.gap();
    let export = world.map(|index| {
        if impls.is_empty() {
            view.package_blank(index);
            return String::new();
        }
        let world = view.package(index);
        let impls: Vec<String> = impls.iter().map(|name| format!("{name}{{}}")).collect();
        format!("func init() {{\n{world}.Export({})\n}}", impls.join(", "))
    });
    let (export, body) = (export.unwrap_or_default(), body.after());
    head.push(view.imports(&format!("{export}\n{body}")));
    head.gap();
    head.push(export);
    head.gap();
    head.push("func main() {}");
    head.finish() + &body
}

/// A type for the `Guest` of a package, and one for each resource; the name of the first.
fn implementation<'t>(
    model: &Model<'t>,
    index: usize,
    view: &mut View<'_, 't>,
    scope: &mut Scope,
    out: &mut Code,
) -> String {
    let package = &model.packages[index];
    let Some(exports) = package.exports else { return String::new() };
    let inside = model.view(index);
    let funcs = model.funcs(&inside, exports);
    let name = scope.declare(format!("{}Impl", package.name));
    out.gap();
    out.push(format!("// {name} implements {}.", crate::print::key(exports)));
    out.push(format!("type {name} struct{{}}"));
    for func in funcs.iter().filter(|func| func.receiver.is_none()) {
        method(view, &name, func, out);
    }
    for ty in &exports.types {
        if let NamedTypeKind::Resource(id) = ty.kind
            && exports.role == Role::Export
        {
            resource(view, scope, id, &funcs, out);
        }
    }
    name
}

fn resource(view: &mut View<'_, '_>, scope: &mut Scope, id: ResourceId, funcs: &[GoFunc<'_>], out: &mut Code) {
    let declared = view.declared_resource(id);
    let name = scope.declare(format!("my{}", view.model.resource(id).name));
    out.gap();
    out.push(format!("// {name} implements {declared}."));
    out.push(format!("type {name} struct{{}}"));
    out.gap();
    out.push(format!("var _ {declared} = {name}{{}}"));
    for func in funcs.iter().filter(|func| func.receiver.as_ref().is_some_and(|(of, _)| *of == id)) {
        method(view, &name, func, out);
    }
}

fn method(view: &mut View<'_, '_>, of: &str, func: &GoFunc<'_>, out: &mut Code) {
    out.gap();
    out.push(format!("func ({of}) {} {{", func.signature(view)));
    out.push(format!("panic({})", literal(&format!("to do: {}", func.name))));
    out.push("}");
}

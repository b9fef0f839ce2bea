//! The text of packages, laid out from their model.
//!
//! In: a `Model`. Out: Go, as gofmt prints it.
//! Holds: nothing is decided here.

mod calls;
pub mod code;
mod definitions;
mod exports;
mod world;

use abi::Abi;
use bindgen::{Files, GO_HEADER, Interface, InterfaceKey};

use crate::codec::Coder;
use crate::model::{Model, Package, View};
use code::Code;

/// Every package: its file, and the one in assembler that lets it declare functions without a body.
pub fn packages(files: &mut Files, model: &Model<'_>) {
    for (index, package) in model.packages.iter().enumerate() {
        let (text, imported) = file(model, index);
        files.insert(package.file(), text);
        files.insert(format!("{}/empty.s", package.folder), assembler(&imported));
    }
}

/// An assembler file that has no code for WebAssembly.
///
/// On other machines, where tests run, programs are linked that call none of the host's functions; a call ends in a
/// trap, whose trace names the function.
pub fn assembler(imported: &[String]) -> String {
    let mut text = format!("{GO_HEADER}\n\n// With this file the package may declare functions that the host has.\n");
    if !imported.is_empty() {
        text.push_str("// Other machines have none of them, so that a program which calls one there ends.\n");
        text.push_str("#ifndef GOARCH_wasm\n");
        // 7: without a frame, and however many parameters there are.
        imported.iter().for_each(|name| text.push_str(&format!("\nTEXT \u{b7}{name}(SB), 7, $0\n\tUNDEF\n")));
        text.push_str("\n#endif\n");
    }
    text
}

/// The text, and which of its functions the host has.
fn file(model: &Model<'_>, index: usize) -> (String, Vec<String>) {
    let package = &model.packages[index];
    let mut view = model.view(index);
    let abi = Abi::wasm32(model.bindings.types);
    let mut coder = Coder::new(&abi, &view);
    let mut body = Code::new();
    for interface in package.interfaces() {
        definitions::definitions(&mut view, interface, &mut body);
    }
    if let Some(imports) = package.imports {
        calls::imports(&mut view, &mut coder, imports, &mut body);
    }
    if let Some(exports) = package.exports {
        exports::exports(&mut view, &mut coder, exports, &mut body);
    }
    if package.is_world {
        world::world(&mut view, &mut body);
    }
    let (private, imported) = coder.finish();
    if !private.is_empty() {
        body.gap();
        body.append(private);
    }
    let mut head = Code::new();
    head.push(GO_HEADER);
    head.gap();
    head.comment(&docs(package, &view));
    head.push(format!("package {}", package.name));
    head.gap();
    let body = body.after();
    head.push(view.imports(&body));
    (head.finish() + &body, imported)
}

fn docs(package: &Package<'_>, view: &View<'_, '_>) -> Vec<String> {
    let name = &package.name;
    let bindings = view.model.bindings;
    let (docs, sentence) = if package.is_world {
        let world = &bindings.world;
        let sentence = format!("Package {name} is the world {}/{}.", world.package, world.name);
        (crate::model::docs::part(&world.decl), sentence)
    } else {
        let interface = package.interfaces().next();
        let docs = interface.map(|interface| crate::model::docs::part(interface.decl)).unwrap_or_default();
        let role = if package.exports.is_some() { "exports" } else { "imports" };
        (
            docs,
            format!(
                "Package {name} is the interface {}, which the world {role}.",
                interface.map(key).unwrap_or_default()
            ),
        )
    };
    docs.introduced(&sentence).lines
}

/// How the world names an interface.
pub fn key(interface: &Interface<'_>) -> String {
    match interface.key {
        InterfaceKey::Root => "$root".to_owned(),
        InterfaceKey::Label(label) => label.to_owned(),
        InterfaceKey::Name(name) => name.to_string(),
    }
}

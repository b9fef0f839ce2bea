//! Since which version WASI has what a component imports of it.
//!
//! In: the component's imports. Out: for an interface of WASI 0.2, the first version that has every function imported.
//! Holds: what is not known is not guessed: a version that is later than those built in, or a function that WASI does
//! not have.

use deploy::app::{Import, Since};
use semver::Version;
use types::{ExternName, InstanceType, InterfaceName, Item, ItemKind, Stability, Types};

/// Fills in what is found out.
pub fn find(types: &Types, items: &[(&ExternName, &Item)], imports: &mut [Import]) {
    let asked: Vec<&InterfaceName> = imports.iter().filter_map(|import| of_wasi(import.interface())).collect();
    // Of versions that are not built in there is no text, and all of a text is refused for one of them.
    let known = known(&asked).map(|one| vec![one]);
    let known =
        known.unwrap_or_else(|| asked.iter().filter_map(|one| self::known(std::slice::from_ref(one))).collect());
    for (import, (_, item)) in imports.iter_mut().zip(items) {
        let (Some(name), ItemKind::Instance(instance)) = (of_wasi(import.interface()), item.kind) else { continue };
        let found = known.iter().find_map(|known| since(known, name, types.instance(instance)));
        import.since = found;
    }
}

/// An interface of a released version of WASI 0.2.
fn of_wasi(name: &ExternName) -> Option<&InterfaceName> {
    let ExternName::Interface(name) = name else { return None };
    let version = name.package.version.as_ref()?;
    let is_released = (version.major, version.minor) == (0, 2) && version.pre.is_empty();
    (name.package.namespace.as_str() == "wasi" && is_released).then_some(name)
}

/// A world that imports interfaces, as the WIT that is built in has them.
struct Known {
    types: Types,
    world: types::World,
}

fn known(asked: &[&InterfaceName]) -> Option<Known> {
    let imports: Vec<String> = asked.iter().map(|name| format!("  import {name};\n")).collect();
    let text = format!("package withe:asked;\nworld asked {{\n{}}}\n", imports.concat());
    let options = wit::LoadOptions { needed_only: true, ..wit::LoadOptions::default() };
    let package = wit::load(&wit::SourceTree::of_text("asked.wit", text), &options).ok()?;
    let mut types = Types::new();
    let world = package.world(&mut types, None).ok()?;
    Some(Known { types, world })
}

/// The latest of the versions that the interface and its functions came with; nothing if one of them is not known.
fn since(known: &Known, name: &InterfaceName, asked: &InstanceType) -> Option<Since> {
    let there = known.world.component.imports.iter().find(|(there, _)| is_same(there, name))?;
    let instance = known.types.instance(there.1.kind.instance()?);
    let mut latest = came_with(&instance.decl.stability, name.interface.as_str());
    for (func, _) in asked.exports.iter().filter(|(_, item)| matches!(item.kind, ItemKind::Func(_))) {
        let there = came_with(&instance.exports.get(func)?.decl.stability, &func.to_string());
        if there.version > latest.version {
            latest = there;
        }
    }
    Some(latest)
}

/// Whether an import is the interface, in whatever version.
fn is_same(import: &ExternName, name: &InterfaceName) -> bool {
    let ExternName::Interface(import) = import else { return false };
    let package = |name: &InterfaceName| (name.package.namespace.clone(), name.package.name.clone());
    import.interface == name.interface && package(import) == package(name)
}

/// What has no gate is there from the beginning of WASI 0.2.
fn came_with(stability: &Stability, what: &str) -> Since {
    let version = match stability {
        Stability::Stable { since, .. } => since.clone(),
        Stability::Unknown | Stability::Unstable { .. } => Version::new(0, 2, 0),
    };
    Since { version, what: what.to_owned() }
}

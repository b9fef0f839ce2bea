//! Imports under other names, as the user wants them: `--import-name OLD=NEW`.
//!
//! In: the world and pairs of names. Out: the name of each import, or what is wrong with the pairs.
//! Holds: only names of the component change; core modules keep those that they use.

use component::extern_name::{clash, fault};
use component::plan::{Name, item_name};
use diag::{Diagnostic, Diagnostics, Place};
use types::{ExternName, Item, ItemKind, Types, World};

use crate::input::Options;

/// Whether every pair names an import and gives it a name that imports of its kind may have.
///
/// # Errors
///
/// `encode/import-name` for each pair that does not.
pub fn check(types: &Types, world: &World, options: &Options) -> diag::Result<()> {
    let mut wrong = Vec::new();
    for (index, (old, new)) in options.import_names.iter().enumerate() {
        let imports = &world.component.imports;
        let Some((_, item)) = imports.iter().find(|(name, item)| is_called(types, name, item, old)) else {
            wrong.push(unknown(world, old));
            continue;
        };
        if options.import_names[..index].iter().any(|(other, _)| other == old) {
            wrong.push(
                error(world, format!("`{old}` is renamed twice"), format!("the second name is `{new}`"))
                    .help("give each import one name"),
            );
        } else if let Some(why) = unfit(new, item) {
            wrong.push(
                error(world, format!("`{old}` cannot be imported as `{new}`"), why)
                    .help("give a name such as `store` or, for an interface, `local:app/store@1.0.0`"),
            );
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(Diagnostics(wrong)) }
}

/// The names of the imports that the component has.
///
/// # Errors
///
/// `encode/import-name` for each import that was renamed and clashes with another one.
pub fn import_names(
    types: &Types,
    world: &World,
    options: &Options,
    imports: &[(&ExternName, &Item)],
) -> diag::Result<Vec<Name>> {
    let names: Vec<Name> = imports.iter().map(|(name, item)| import_name(types, name, item, options)).collect();
    let mut wrong = Vec::new();
    for (at, (name, item)) in imports.iter().enumerate() {
        let made = &names[at].text;
        if !options.import_names.iter().any(|(old, _)| is_called(types, name, item, old)) {
            continue;
        }
        let other = (0..names.len()).find(|other| *other != at && clash(&names[*other].text, made));
        if let Some(other) = other {
            let label = format!("the import `{}` has this name", imports[other].0);
            wrong.push(
                error(world, format!("`{name}` cannot be imported as `{made}`"), label)
                    .help("give a name that no other import has"),
            );
        }
    }
    if wrong.is_empty() { Ok(names) } else { Err(Diagnostics(wrong)) }
}

/// The name that the component gives an import.
fn import_name(types: &Types, name: &ExternName, item: &Item, options: &Options) -> Name {
    let made = item_name(types, name, item);
    let Some((_, new)) = options.import_names.iter().find(|(old, _)| is_called(types, name, item, old)) else {
        return made;
    };
    if new.contains('/') {
        // The name of an interface has neither attribute: it says itself what it implements, in which version.
        return Name { text: new.clone(), implements: None, version_suffix: None, ..made };
    }
    let version_suffix = made.version_suffix.filter(|_| made.implements.is_some());
    Name { text: new.clone(), version_suffix, ..made }
}

/// Whether users call an import so: by its full name, or as the component names it.
fn is_called(types: &Types, name: &ExternName, item: &Item, text: &str) -> bool {
    name.to_string() == text || item_name(types, name, item).text == text
}

/// Why an import of this kind cannot have that name.
fn unfit(new: &str, item: &Item) -> Option<String> {
    if let Some(why) = fault(new) {
        return Some(why);
    }
    let is_interface = new.contains('/');
    (is_interface && !matches!(item.kind, ItemKind::Instance(_)))
        .then(|| "only an interface is imported under a name with a package".to_owned())
}

fn unknown(world: &World, old: &str) -> Diagnostic {
    let names: Vec<String> = world.component.imports.keys().map(ToString::to_string).collect();
    let near: Vec<String> =
        diag::near_misses(old, names.iter().map(String::as_str)).iter().map(|name| format!("`{name}`")).collect();
    let why = if near.is_empty() {
        format!("world `{}` imports no `{old}`", world.name)
    } else {
        format!("world `{}` imports no `{old}`; did you mean {}?", world.name, near.join(" or "))
    };
    error(world, format!("there is no import `{old}` to be renamed"), why)
        .help("write the name that the component imports")
}

fn error(world: &World, headline: String, label: String) -> Diagnostic {
    let place = world.decl.place.clone().unwrap_or_else(|| Place::file(world.name.clone()));
    diag::error("encode/import-name", headline).label(place, label)
}

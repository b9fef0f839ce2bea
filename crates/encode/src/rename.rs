//! Imports under other names, as the user wants them: `--import-name OLD=NEW`.
//!
//! In: the world and pairs of names. Out: the name of each import, or what is wrong with the pairs.
//! Holds: only names of the component change; core modules keep those that they use.

use component::extern_name::fault;
use component::plan::item_name;
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

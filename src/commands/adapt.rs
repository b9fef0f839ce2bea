//! Which import module an adapter file stands for.
//!
//! In: adapter files, and the modules that they are to adapt. Out: a name for each, as the imports have it.
//! Holds: what the user names stays as it is; a file's name that is an import's stays too; a file is only taken for
//! another name if its exports fit one open import module and no other.

use std::collections::{BTreeSet, HashMap, HashSet};

use diag::{Diagnostic, Diagnostics, Place};
use encode::{BUILTIN_NAME, Guest};
use indexmap::IndexMap;
use types::{ExternName, InterfaceName, Types};

use super::wrap::AdapterFile;
use crate::Io;

/// Import modules with the fields that are wanted of them.
type Wanted = IndexMap<String, BTreeSet<String>>;

/// Gives each adapter whose file is not named after what it adapts the name that its exports tell.
///
/// `builtin` says whether there is an adapter for preview1 if none of the files is one.
pub fn recognise(files: &mut [AdapterFile], guests: &[&Guest<'_>], builtin: bool, io: &mut Io) -> diag::Result<()> {
    let wanted = wanted(files, guests);
    let known = |file: &AdapterFile| file.is_named || wanted.contains_key(&file.name);
    let provided: BTreeSet<String> = files.iter().filter(|file| known(file)).map(|file| file.name.clone()).collect();
    let open: Wanted = wanted.iter().filter(|(module, _)| !provided.contains(*module)).map(pair).collect();
    // What the built-in adapter provides is not lacking.
    let lacking: Wanted =
        open.iter().filter(|(module, _)| !(builtin && module.as_str() == BUILTIN_NAME)).map(pair).collect();
    // What only adapters import is said of no module.
    let own = self::wanted(&[], guests);
    let own: Wanted = lacking.iter().filter(|(module, _)| own.contains_key(*module)).map(pair).collect();
    let mut wrong = Vec::new();
    for file in files.iter_mut().filter(|file| !file.is_named && !wanted.contains_key(&file.name)) {
        match meant(file, &open, &lacking, &own) {
            Ok(Some(name)) => {
                io.report(recognised(file, &name, &open[&name]));
                file.name = name;
            }
            Ok(None) => {}
            Err(diagnostic) if own.is_empty() => wrong.push(diagnostic),
            Err(diagnostic) => wrong.push(diagnostic.label(place_of(guests), all_of(&own))),
        }
    }
    wrong.extend(twice(files));
    if wrong.is_empty() { Ok(()) } else { Err(Diagnostics(wrong)) }
}

fn pair((module, fields): (&String, &BTreeSet<String>)) -> (String, BTreeSet<String>) {
    (module.clone(), fields.clone())
}

/// What the modules import, and the adapters of one another, as far as their worlds do not provide it.
fn wanted(files: &[AdapterFile], guests: &[&Guest<'_>]) -> Wanted {
    let mut wanted = Wanted::new();
    guests.iter().for_each(|guest| add_open_imports(&mut wanted, guest));
    for file in files {
        let module = wasm::read_module(&file.wasm.name, &file.wasm.bytes);
        // What cannot be read is told where it is read for good.
        if let Ok(guest) = module.and_then(|module| Guest::of(&mut Types::new(), module)) {
            add_open_imports(&mut wanted, &guest);
        }
    }
    wanted
}

fn add_open_imports(wanted: &mut Wanted, guest: &Guest<'_>) {
    let worlds = guest.metadata.iter().map(|metadata| &metadata.world.component.imports);
    let named: Vec<&ExternName> = worlds.flat_map(|imports| imports.keys()).collect();
    let texts: HashSet<String> = named.iter().map(ToString::to_string).collect();
    let mut in_world: HashMap<&str, bool> = HashMap::new();
    for import in guest.module.imports.iter().filter(|import| is_open(import.module)) {
        let known = in_world.entry(import.module).or_insert_with(|| {
            texts.contains(import.module)
                || InterfaceName::parse(import.module).is_some_and(|asked| {
                    let same =
                        |name: &ExternName| matches!(name, ExternName::Interface(name) if name.same_track(&asked));
                    named.iter().any(|name| same(name))
                })
        });
        if !*known {
            wanted.entry(import.module.to_owned()).or_default().insert(import.field.to_string());
        }
    }
}

/// Whether an adapter may stand behind this name, which nobody else provides.
fn is_open(module: &str) -> bool {
    !matches!(module, "env" | "$root" | "__main_module__" | "GOT.mem" | "GOT.func")
        && !module.starts_with('[')
        && !module.starts_with("cm32p2")
}

/// The one open import module that the adapter's exports cover. None if nothing is lacking, or if the adapter provides
/// exports of the component, which it can without being imported. `own` is what the modules lack, without the adapters.
fn meant(file: &AdapterFile, open: &Wanted, lacking: &Wanted, own: &Wanted) -> Result<Option<String>, Diagnostic> {
    // What cannot be read is told where it is read for good.
    let Ok(module) = wasm::read_module(&file.wasm.name, &file.wasm.bytes) else { return Ok(None) };
    let covers = |fields: &BTreeSet<String>| fields.iter().all(|field| module.exports.contains_key(field.as_str()));
    let fitting: Vec<&String> = open.iter().filter(|(_, fields)| covers(fields)).map(|(module, _)| module).collect();
    let name = &file.wasm.name;
    match fitting.as_slice() {
        [one] => return Ok(Some((*one).clone())),
        [] if lacking.is_empty() || provides_exports(&module) => return Ok(None),
        _ => {}
    }
    let exports: Vec<String> = module.exports.keys().map(|export| format!("`{export}`")).collect();
    let exports =
        if exports.is_empty() { "exports nothing".to_owned() } else { format!("exports {}", exports.join(", ")) };
    let what = if fitting.is_empty() { "nothing that is imported" } else { "several modules that are imported" };
    let example = fitting.first().copied().or_else(|| own.keys().next()).map_or("NAME", String::as_str);
    Err(diag::error("encode/adapter-unrecognised", format!("adapter `{name}` fits {what}"))
        .label(Place::file(name), exports)
        .help(format!("name the module that it adapts, as in `--adapt {example}={name}`")))
}

fn provides_exports(module: &wasm::CoreModule<'_>) -> bool {
    let guest = Guest::of(&mut Types::new(), module.clone());
    guest.is_ok_and(|guest| guest.metadata.iter().any(|metadata| !metadata.world.component.exports.is_empty()))
}

fn recognised(file: &AdapterFile, name: &str, fields: &BTreeSet<String>) -> Diagnostic {
    let fields: Vec<String> = fields.iter().map(|field| format!("`{field}`")).collect();
    let file = &file.wasm.name;
    diag::note("encode/adapter-recognised", format!("`{file}` is taken for the adapter of `{name}`"))
        .label(Place::file(file), format!("exports all that is imported from `{name}`: {}", fields.join(", ")))
        .help(format!("to say so, write `--adapt {name}={file}`"))
}

fn place_of(guests: &[&Guest<'_>]) -> Place {
    guests.first().map_or_else(|| Place::file("the module"), |guest| guest.module.place())
}

fn all_of(open: &Wanted) -> String {
    let modules = open.iter().map(|(module, fields)| {
        let fields: Vec<String> = fields.iter().map(|field| format!("`{field}`")).collect();
        format!("from `{module}`: {}", fields.join(", "))
    });
    format!("imported and not provided: {}", modules.collect::<Vec<_>>().join("; "))
}

/// Two adapters of one name: neither wins.
fn twice(files: &[AdapterFile]) -> Vec<Diagnostic> {
    let mut by_name: IndexMap<&str, Vec<&AdapterFile>> = IndexMap::new();
    for file in files {
        by_name.entry(&file.name).or_default().push(file);
    }
    let several = by_name.into_iter().filter(|(_, files)| files.len() > 1);
    several
        .map(|(name, files)| {
            let error = diag::error("encode/adapter-twice", format!("`{name}` has {} adapters", files.len()));
            let error =
                files.iter().fold(error, |error, file| error.label(Place::file(&file.wasm.name), "one of them"));
            error.help("give one of them, or another name with `--adapt NAME=FILE`")
        })
        .collect()
}

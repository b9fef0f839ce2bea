//! A component of stubs, compared with its world.
//!
//! In: a folder with generated packages and their `main.go`. Out: nothing, or how the component differs.
//! Holds: what a program mentions is linked, so one that mentions every function has all imports of the world, and one
//! of the stubs alone has at least its exports.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use indexmap::IndexMap;
use testing::go::{Go, On};
use testing::{Outcome, Trouble, tool};
use types::{ComponentType, ExternName, Item, ItemKind, Types};
use withe::{Exit, Io};

use super::{ensure, files_below, withe_in};

/// What the program of a world is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// The stubs as they are generated.
    Stubs,
    /// The stubs, and mentions of everything that can be called.
    Whole,
}

impl Form {
    pub fn word(self) -> &'static str {
        match self {
            Self::Stubs => "stubs",
            Self::Whole => "whole",
        }
    }
}

/// Builds and wraps the program of module `guest` in a folder, and compares it with the world of the WIT.
pub fn component(folder: &Path, wit: &str, world: Option<&str>, form: Form) -> Outcome {
    if form == Form::Whole {
        mention_everything(folder)?;
    }
    let mut build = Go::Machine.command(folder, On::Wasm)?;
    tool::run(build.args(["build", "-buildmode=c-shared", "-o", "core.wasm", "."]))?;
    let (exit, errors) = withe_in(folder, &["withe", "wrap", "core.wasm", "-o", "component.wasm"]);
    ensure(exit == Exit::OK, &errors)?;
    let bytes = testing::read(&folder.join("component.wasm"))?;
    let mut types = Types::new();
    let asked = asked(&mut types, folder, wit, world).map_err(|errors| format!("{wit}: {errors:?}"))?;
    let found = component::read(&mut types, "component.wasm", &bytes).map_err(|errors| format!("{errors:?}"))?.ty;
    compare(&types, &asked, found, form)
}

fn asked(types: &mut Types, folder: &Path, wit: &str, world: Option<&str>) -> diag::Result<ComponentType> {
    let mut io = Io::captured(folder);
    let options = wit::LoadOptions { all_features: true, ..wit::LoadOptions::default() };
    let package = wit::load(&io.source_tree(wit.as_ref())?, &options)?;
    Ok(package.world(types, world)?.component)
}

fn compare(types: &Types, asked: &ComponentType, mut found: ComponentType, form: Form) -> Outcome {
    // Those of the adapter, which speaks for Go's runtime.
    found.imports.retain(|name, _| asked.imports.contains_key(name) || !name.to_string().starts_with("wasi:"));
    let options = types::subtype::Options { tracks: true };
    let misfits = types::subtype::component_mismatches(types, &found, asked, options);
    let misfits: Vec<String> = misfits.iter().map(types::Mismatch::text).collect();
    ensure(misfits.is_empty(), &format!("the component does not fit the world: {misfits:?}"))?;
    let same = |what: &str, found: &IndexMap<ExternName, Item>, asked: &IndexMap<ExternName, Item>| {
        let (found, asked) = (funcs(types, found), funcs(types, asked));
        let differ: Vec<_> = found.symmetric_difference(&asked).collect();
        ensure(differ.is_empty(), &format!("{what} are in the component or in the world, not in both: {differ:?}"))
    };
    same("exports", &found.exports, &asked.exports)?;
    match form {
        Form::Stubs => Ok(()),
        Form::Whole => same("imports", &found.imports, &asked.imports),
    }
}

/// The functions among items and in the interfaces among them.
fn funcs(types: &Types, items: &IndexMap<ExternName, Item>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (name, item) in items {
        match item.kind {
            ItemKind::Func(_) => drop(found.insert(name.to_string())),
            ItemKind::Instance(id) => {
                let inner = funcs(types, &types.instance(id).exports);
                found.extend(inner.into_iter().map(|func| format!("{name}#{func}")));
            }
            ItemKind::Type(_) | ItemKind::Resource(_) | ItemKind::Component(_) | ItemKind::CoreModule(_) => {}
        }
    }
    found
}

/// Adds a file to every package, with a variable that holds all its functions and methods.
fn mention_everything(folder: &Path) -> Outcome {
    let files = files_below(folder)?;
    let is_package = |path: &str| path.ends_with(".go") && !path.starts_with("internal/") && !path.starts_with("wit/");
    let mut main = "package main\n\nimport (\n".to_owned();
    for (path, text) in files.iter().filter(|(path, _)| is_package(path)) {
        let Some((package, _)) = path.rsplit_once('/') else { continue };
        let name = text.lines().find_map(|line| line.strip_prefix("package ")).ok_or("no package clause")?;
        let all: Vec<String> = text.lines().filter_map(callable).collect();
        let mut file = format!("package {name}\n\nvar mentioned = []any{{\n");
        all.iter().try_for_each(|one| writeln!(file, "\t{one},")).map_err(|_| "no memory")?;
        let _ = write!(file, "}}\n\nfunc init() {{\n\tif len(mentioned) != {} {{\n\t\tpanic(0)\n\t}}\n}}\n", all.len());
        std::fs::write(folder.join(package).join("mentioned.go"), file)?;
        let _ = writeln!(main, "\t_ \"guest/{package}\"");
    }
    std::fs::write(folder.join("mentioned.go"), main + ")\n").map_err(Trouble::from)
}

/// The function that a line declares, as an expression, if it can be called from outside: `Greet`, `(*Counter).Name`.
fn callable(line: &str) -> Option<String> {
    let rest = line.strip_prefix("func ")?;
    let (receiver, rest) = match rest.strip_prefix('(') {
        Some(rest) => rest.split_once(") ").map(|(receiver, rest)| (receiver.rsplit(' ').next(), rest))?,
        None => (None, rest),
    };
    let name: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
    let is_generic = rest[name.len()..].starts_with('[');
    if is_generic || !name.starts_with(|c: char| c.is_ascii_uppercase()) {
        return None;
    }
    Some(receiver.map(|of| format!("({of}).")).unwrap_or_default() + &name)
}

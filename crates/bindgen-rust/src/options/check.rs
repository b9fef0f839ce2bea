//! Options, held against the world.
//!
//! In: bindings and options. Out: what the options choose, by the ids of the world; or all that is wrong with them.
//! Holds: an option that would have no effect since it names nothing is an error.

use std::collections::{HashMap, HashSet};

use bindgen::{Bindings, Role};
use diag::{Diagnostic, Diagnostics};
use types::{InstanceId, TypeId};

use super::paths::{is_attribute, is_name, is_path};
use super::selectors::{self, Candidate, Definition, Method, find, names_nothing};
use super::{DERIVES, Options, With};

/// What options choose.
#[derive(Debug, Default)]
pub struct Chosen {
    /// Imported interfaces that are not generated, and their modules.
    pub interfaces: Vec<(InstanceId, String)>,
    /// Imported types that are not generated, and where they are.
    pub types: Vec<(Definition, String)>,
    pub type_attributes: HashMap<TypeId, Vec<String>>,
    /// By the type and the WIT name of the field or case.
    pub member_attributes: HashMap<(TypeId, String), Vec<String>>,
    pub chained: HashMap<Method, Chain>,
    /// Standard derives that are left out of every type, and of one.
    no_derives: HashSet<(Option<TypeId>, &'static str)>,
}

impl Chosen {
    /// Whether a standard derive is left out of a type.
    pub fn left_out(&self, id: TypeId, derive: &str) -> bool {
        let has = |of| DERIVES.iter().any(|(name, _)| *name == derive && self.no_derives.contains(&(of, *name)));
        has(None) || has(Some(id))
    }
}

/// How a method returns what it was called on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chain {
    /// `self -> Self`
    Owned,
    /// `&self -> &Self`
    Borrowed,
}

/// Looks everything up that options name.
///
/// # Errors
/// `bindgen/names-nothing` for each name that stands for nothing, `bindgen/option-value` for each value that
/// cannot stand where it will be put.
pub fn check(bindings: &Bindings<'_>, options: &Options) -> diag::Result<Chosen> {
    let mut found = values(options);
    let mut chosen = Chosen::default();
    functions(bindings, options, &mut found);
    derive_ignore(bindings, options, &mut found);
    no_derive(bindings, options, &mut chosen, &mut found);
    with(bindings, options, &mut chosen, &mut found);
    attributes(bindings, options, &mut chosen, &mut found);
    chained(bindings, options, &mut chosen, &mut found);
    if found.is_empty() { Ok(chosen) } else { Err(Diagnostics(found)) }
}

fn bad_value(option: &str, value: &str, wanted: &str, help: &str) -> Diagnostic {
    let headline = format!("`{option}` has `{}`, which is not {wanted}", value.escape_debug());
    diag::error("bindgen/option-value", headline).help(help)
}

/// Values that only have to be of the right form.
fn values(options: &Options) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut path = |option: &str, value: &str| {
        if !is_path(value) {
            found.push(bad_value(option, value, "a Rust path", "write it like `crate::module::Item`"));
        }
    };
    options.map_type.iter().for_each(|value| path("--map-type", value));
    options.bitflags_path.iter().for_each(|value| path("--bitflags-path", value));
    options.runtime_path.iter().for_each(|value| path("--runtime", value));
    options.bindings_module.iter().for_each(|value| path("--default-bindings-module", value));
    options.derives.iter().for_each(|value| path("--additional-derive-attributes", value));
    for (key, value) in &options.with {
        match value {
            With::Path(value) => path(&format!("--with {key}=.."), value),
            With::Generate => {}
        }
    }
    if let Some(name) = options.export_macro.as_ref().filter(|name| !is_name(name)) {
        found.push(bad_value("--export-macro-name", name, "a Rust name", "write it like `export_world`"));
    }
    let in_names = [("--type-section-suffix", &options.section_suffix), ("--export-prefix", &options.export_prefix)];
    for (option, value) in in_names {
        if value.chars().any(|c| c.is_control() || c == '"' || c == '\\') {
            found.push(bad_value(option, value, "plain text", "leave quotes, backslashes and control characters out"));
        }
    }
    found
}

fn functions(bindings: &Bindings<'_>, options: &Options, found: &mut Vec<Diagnostic>) {
    let candidates = selectors::functions(bindings);
    for name in &options.skip {
        let is_known = candidates.iter().any(|candidate| candidate.name == *name || candidate.short == *name);
        if !is_known {
            found.push(names_nothing("--skip", name, "function", &candidates));
        }
    }
}

fn derive_ignore(bindings: &Bindings<'_>, options: &Options, found: &mut Vec<Diagnostic>) {
    let mut shapes = selectors::shapes(bindings);
    for shape in &mut shapes {
        // Here types are known by their bare names.
        shape.name = shape.name.rsplit('/').next().unwrap_or_default().to_owned();
        shape.short.clone_from(&shape.name);
    }
    for name in &options.derive_ignore {
        if !shapes.iter().any(|shape| is_form_of(name, &shape.name)) {
            found.push(names_nothing("--additional-derive-ignore", name, "record, variant or enum", &shapes));
        }
    }
}

fn no_derive(bindings: &Bindings<'_>, options: &Options, chosen: &mut Chosen, found: &mut Vec<Diagnostic>) {
    const OPTION: &str = "--no-derive";
    let shapes = selectors::shapes(bindings);
    for (ty, derive) in &options.no_derive {
        let given = || DERIVES.iter().filter(|(name, _)| name == derive || derive == "all");
        if given().next().is_none() {
            let names: Vec<_> = DERIVES.iter().map(|(name, _)| *name).collect();
            let help = format!("say `all` or one of {}", names.join(", "));
            found.push(bad_value(OPTION, derive, "a derive that types have by themselves", &help));
        }
        let targets = match ty {
            None => vec![None],
            Some(ty) => find(&shapes, ty).into_iter().map(|target| Some(target.what)).collect(),
        };
        if let (Some(ty), true) = (ty, targets.is_empty()) {
            found.push(names_nothing(OPTION, ty, "record, variant or enum", &shapes));
        }
        let names = || given().flat_map(|(name, others)| std::iter::once(name).chain(others.iter()));
        chosen.no_derives.extend(targets.into_iter().flat_map(|target| names().map(move |name| (target, *name))));
    }
}

/// Whether a name is that of a type, or of one of the two forms that it can have.
pub fn is_form_of(name: &str, ty: &str) -> bool {
    name.strip_prefix(ty).is_some_and(|rest| ["", "-param", "-result"].contains(&rest))
}

fn with(bindings: &Bindings<'_>, options: &Options, chosen: &mut Chosen, found: &mut Vec<Diagnostic>) {
    let (interfaces, types) = (selectors::interfaces(bindings), selectors::types(bindings));
    for (index, (key, value)) in options.with.iter().enumerate() {
        if options.with[..index].iter().any(|(earlier, other)| earlier == key && other != value) {
            let headline = format!("`--with` says two things of `{key}`");
            found.push(diag::error("bindgen/option-value", headline).help(format!("say once what `{key}` is")));
        }
        let (of_interface, of_type) = (find(&interfaces, key), find(&types, key));
        if of_interface.is_empty() && of_type.is_empty() {
            found.push(with_nothing(key, &interfaces, &types));
        }
        let With::Path(path) = value else { continue };
        // What the guest implements is always generated.
        let imported = of_interface.iter().filter(|candidate| candidate.what.0 == Role::Import);
        chosen.interfaces.extend(imported.map(|candidate| (candidate.what.1, path.clone())));
        let imported = of_type.iter().filter(|candidate| candidate.what.0 == Role::Import);
        chosen.types.extend(imported.map(|candidate| (candidate.what.1, path.clone())));
    }
}

fn with_nothing(
    key: &str,
    interfaces: &[Candidate<'_, (Role, InstanceId)>],
    types: &[Candidate<'_, (Role, Definition)>],
) -> Diagnostic {
    let bare =
        |name: &String, short: &String, place| Candidate { name: name.clone(), short: short.clone(), place, what: () };
    let interfaces = interfaces.iter().map(|found| bare(&found.name, &found.short, found.place));
    let types = types.iter().map(|found| bare(&found.name, &found.short, found.place));
    let all: Vec<_> = interfaces.chain(types).collect();
    names_nothing("--with", key, "interface or type", &all)
}

fn attributes(bindings: &Bindings<'_>, options: &Options, chosen: &mut Chosen, found: &mut Vec<Diagnostic>) {
    let (shapes, members) = (selectors::shapes(bindings), selectors::members(bindings));
    let (of_type, of_member) = ("--additional-type-attributes", "--additional-member-attributes");
    for (key, attribute) in &options.type_attributes {
        found.extend(bad_attribute(of_type, attribute));
        let targets = find(&shapes, key);
        if targets.is_empty() {
            found.push(names_nothing(of_type, key, "record, variant or enum", &shapes));
        }
        for target in targets {
            add(chosen.type_attributes.entry(target.what).or_default(), attribute);
        }
    }
    for (key, attribute) in &options.member_attributes {
        found.extend(bad_attribute(of_member, attribute));
        let targets = find(&members, key);
        if targets.is_empty() {
            found.push(names_nothing(of_member, key, "field or case", &members));
        }
        for target in targets {
            add(chosen.member_attributes.entry(target.what.clone()).or_default(), attribute);
        }
    }
}

fn bad_attribute(option: &str, attribute: &str) -> Option<Diagnostic> {
    let help = "write it like `#[serde(default)]`, with the brackets";
    (!is_attribute(attribute)).then(|| bad_value(option, attribute, "an attribute", help))
}

fn add(attributes: &mut Vec<String>, attribute: &str) {
    if !attributes.iter().any(|known| known == attribute) {
        attributes.push(attribute.trim().to_owned());
    }
}

fn chained(bindings: &Bindings<'_>, options: &Options, chosen: &mut Chosen, found: &mut Vec<Diagnostic>) {
    let methods = selectors::chainable(bindings);
    let mut decided: Vec<bool> = vec![false; methods.len()];
    for filter in &options.chainable_methods {
        let (chain, name) = chain_of(filter);
        let mut is_used = name == "all";
        for (method, decided) in methods.iter().zip(&mut decided) {
            if name != "all" && !is_of(method, name) {
                continue;
            }
            is_used = true;
            if !std::mem::replace(decided, true) {
                chosen.chained.extend(chain.map(|chain| (method.what.clone(), chain)));
            }
        }
        if !is_used {
            found.push(names_nothing(
                "--chainable-methods",
                name,
                "method without a result, or resource that has one",
                &methods,
            ));
        }
    }
}

fn chain_of(filter: &str) -> (Option<Chain>, &str) {
    match (filter.strip_prefix('-'), filter.strip_prefix('&')) {
        (Some(name), _) => (None, name),
        (None, Some(name)) => (Some(Chain::Borrowed), name),
        (None, None) => (Some(Chain::Owned), filter),
    }
}

/// Whether a name is that of the method, or of its resource.
fn is_of(method: &Candidate<'_, Method>, name: &str) -> bool {
    let resource = method.name.rsplit_once('.').map(|(resource, _)| resource);
    method.name == name || method.short == name || resource == Some(name)
}

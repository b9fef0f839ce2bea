//! A built-in package as it was in a version: what came later is left out.
//!
//! In: a built-in package and the version wanted. Out: the parsed package, with everything later behind a gate that is
//! never opened, so that wit-parser leaves it out.
//! Holds: what refers to a later alias refers to what it stands for.

use std::collections::{HashMap, HashSet};

use semver::Version;
use wit_parser::{
    Function, Handle, Stability, Type, TypeDefKind, TypeId, UnresolvedPackage, UnresolvedPackageGroup, WorldItem,
};

use super::Group;
use super::files::{self, PackageSource};
use crate::builtin;
use crate::places::Texts;

/// A feature that is never on. No feature of a user can have this name.
pub(super) const LATER: &str = "later:version";

/// A built-in package as it was in a version.
pub(super) fn cut(
    entry: &builtin::BuiltIn,
    name: &types::PackageName,
    main: bool,
    texts: &mut Texts,
) -> diag::Result<Group> {
    let source = source(entry, None, texts)?;
    let parsed = files::parse_sources(texts, vec![Ok(source)]).pop().expect("each source has an answer")?;
    Ok(as_of(entry, parsed, name, main))
}

/// The text of a built-in package: all of it, or its header and the parts of these names.
pub(super) fn source(
    entry: &builtin::BuiltIn,
    names: Option<&HashSet<&'static str>>,
    texts: &mut Texts,
) -> diag::Result<PackageSource> {
    let shown = format!("{} (built in)", entry.name);
    let Some(names) = names else { return files::source(texts, &[(&shown, entry.text.as_bytes())]) };
    let header = entry.parts.first().map_or(0, |part| part.start);
    let mut text = entry.text[..header].to_owned();
    let mut pieces = Vec::new();
    for part in entry.parts.iter().filter(|part| names.contains(part.name)) {
        pieces.push((text.len(), part.start));
        text.push_str(&entry.text[part.start..part.end]);
    }
    let source = files::source(texts, &[(&shown, text.as_bytes())])?;
    // Places are told in the whole text.
    texts.add(&shown, entry.text);
    texts.add_pieces(&shown, pieces);
    Ok(source)
}

/// A built-in package that was parsed, as it was in a version.
pub(super) fn as_of(
    entry: &builtin::BuiltIn,
    mut parsed: UnresolvedPackageGroup,
    name: &types::PackageName,
    main: bool,
) -> Group {
    if entry.name.version != name.version {
        parsed.main.name.version.clone_from(&name.version);
        if let (Some(_), Some(version)) = (&entry.name.version, &name.version) {
            see_through_later_aliases(&mut parsed.main, version);
            for_each_gate(&mut parsed.main, &mut |stability| leave_out_later(stability, version));
            inherit_gates(&mut parsed.main);
        }
    }
    Group { parsed, main, locked: false }
}

/// Gates what came after `version`, and forgets what was deprecated after it.
fn leave_out_later(stability: &mut Stability, version: &Version) {
    match stability {
        Stability::Stable { since, .. } if *since > *version => {
            *stability = Stability::Unstable { feature: LATER.to_owned(), deprecated: None };
        }
        Stability::Stable { deprecated, .. } | Stability::Unstable { deprecated, .. } => {
            if deprecated.as_ref().is_some_and(|deprecated| deprecated > version) {
                *deprecated = None;
            }
        }
        Stability::Unknown => {}
    }
}

/// Visits every gate of a package that is not resolved yet.
pub(super) fn for_each_gate(package: &mut UnresolvedPackage, visit: &mut dyn FnMut(&mut Stability)) {
    for (_, ty) in package.types.iter_mut() {
        visit(&mut ty.stability);
    }
    for (_, interface) in package.interfaces.iter_mut() {
        visit(&mut interface.stability);
        interface.functions.values_mut().for_each(|function| visit(&mut function.stability));
    }
    for (_, world) in package.worlds.iter_mut() {
        visit(&mut world.stability);
        world.includes.iter_mut().for_each(|include| visit(&mut include.stability));
        for item in world.imports.values_mut().chain(world.exports.values_mut()) {
            match item {
                WorldItem::Interface { stability, .. } => visit(stability),
                WorldItem::Function(function) => visit(&mut function.stability),
                WorldItem::Type { .. } => {}
            }
        }
    }
    for items in package.foreign_deps.values_mut() {
        items.values_mut().flat_map(|(_, stabilities)| stabilities).for_each(&mut *visit);
    }
}

/// Lets what refers to an alias that came later refer to what the alias stands for.
fn see_through_later_aliases(package: &mut UnresolvedPackage, version: &Version) {
    let mut targets: HashMap<TypeId, Type> = HashMap::new();
    for (id, ty) in &package.types {
        let later = matches!(&ty.stability, Stability::Stable { since, .. } if since > version);
        if let (true, TypeDefKind::Type(target)) = (later, &ty.kind) {
            // Types come after those they refer to, so a chain of aliases is followed already.
            let target = match target {
                Type::Id(next) => targets.get(next).copied().unwrap_or(*target),
                primitive => *primitive,
            };
            targets.insert(id, target);
        }
    }
    if targets.is_empty() {
        return;
    }
    for (_, ty) in package.types.iter_mut() {
        for_each_part(&mut ty.kind, &mut |part| retarget(part, &targets));
    }
    for (_, interface) in package.interfaces.iter_mut() {
        interface.functions.values_mut().for_each(|function| retarget_function(function, &targets));
    }
    for (_, world) in package.worlds.iter_mut() {
        for item in world.imports.values_mut().chain(world.exports.values_mut()) {
            if let WorldItem::Function(function) = item {
                retarget_function(function, &targets);
            }
        }
    }
}

fn retarget_function(function: &mut Function, targets: &HashMap<TypeId, Type>) {
    for param in &mut function.params {
        retarget(&mut param.ty, targets);
    }
    function.result.iter_mut().for_each(|result| retarget(result, targets));
}

fn retarget(ty: &mut Type, targets: &HashMap<TypeId, Type>) {
    if let Type::Id(id) = ty
        && let Some(target) = targets.get(id)
    {
        *ty = *target;
    }
}

/// Visits the types that a definition is made of; a handle's resource as a type.
fn for_each_part(kind: &mut TypeDefKind, each: &mut dyn FnMut(&mut Type)) {
    match kind {
        TypeDefKind::Record(record) => record.fields.iter_mut().for_each(|field| each(&mut field.ty)),
        TypeDefKind::Tuple(tuple) => tuple.types.iter_mut().for_each(each),
        TypeDefKind::Variant(variant) => variant.cases.iter_mut().filter_map(|case| case.ty.as_mut()).for_each(each),
        TypeDefKind::Option(ty)
        | TypeDefKind::List(ty)
        | TypeDefKind::FixedLengthList(ty, _)
        | TypeDefKind::Type(ty) => each(ty),
        TypeDefKind::Map(key, value) => [key, value].into_iter().for_each(each),
        TypeDefKind::Result(result) => [&mut result.ok, &mut result.err].into_iter().flatten().for_each(each),
        TypeDefKind::Future(ty) | TypeDefKind::Stream(ty) => ty.iter_mut().for_each(each),
        TypeDefKind::Handle(Handle::Own(id) | Handle::Borrow(id)) => {
            let mut ty = Type::Id(*id);
            each(&mut ty);
            if let Type::Id(target) = ty {
                *id = target;
            }
        }
        TypeDefKind::Resource | TypeDefKind::Flags(_) | TypeDefKind::Enum(_) | TypeDefKind::Unknown => {}
    }
}

/// Gates a type without a name exactly when one of its parts is gated: wit-parser let it inherit a gate
/// from a part that may stand for something else by now.
fn inherit_gates(package: &mut UnresolvedPackage) {
    let mut left_out: HashSet<TypeId> = HashSet::new();
    let is_later = |stability: &Stability| matches!(stability, Stability::Unstable { feature, .. } if feature == LATER);
    for (id, ty) in package.types.iter_mut() {
        if ty.name.is_none() && is_later(&ty.stability) {
            let mut gated = false;
            for_each_part(&mut ty.kind, &mut |part| {
                gated |= matches!(part, Type::Id(part) if left_out.contains(part));
            });
            if !gated {
                ty.stability = Stability::Unknown;
            }
        }
        if is_later(&ty.stability) {
            left_out.insert(id);
        }
    }
}

//! Worlds seen from the other side, and worlds with one version of each import.
//!
//! In: a loaded package, which world is meant, and what becomes of it. Out: the package with that world changed.
//! Holds: wit-parser does the change; what it would trip over is refused before, with its place.
//!
//! ```wit
//! world calc { import log; export ops; }
//! world calc-importized { import ops; }                 // what a component that uses `calc` imports
//! world calc-exportized { export log; }                 // what a component that `calc` uses exports
//! ```

use diag::{Diagnostic, near_misses};
use wit_parser::{Resolve, ResolveError, Span, WorldId, WorldItem, WorldKey, validate_id};

use crate::load::guarded;
use crate::{Package, print, select, world};

/// What becomes of a world.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Transform {
    /// Its exports become its imports, and nothing is exported.
    Importize {
        /// The name of the new world; without one, `-importized` is added to the old.
        name: Option<String>,
    },
    /// Its imports become its exports; what those need stays imported.
    Exportize {
        /// The name of the new world; without one, `-exportized` is added to the old.
        name: Option<String>,
        /// The imports that are moved: plain names, names of interfaces, or those with their packages. None: all.
        only: Vec<String>,
    },
    /// Of the imports of one semver track the newest is kept.
    MergeImports,
}

/// Changes one world of a package; also returns the world's name, in full. A component becomes the package that it is
/// shown as.
///
/// # Errors
///
/// As [`Package::world`]; `wit/world-name`, `wit/duplicate`, `wit/unknown-import`, `wit/not-compatible`.
pub fn transform(package: &Package, selector: Option<&str>, transform: &Transform) -> diag::Result<(Package, String)> {
    let world = select::world(package, selector)?;
    if package.component_of(world).is_some() {
        let mut shown = print::shown(package)?;
        shown.chosen = Some(select::world(&shown, Some("root:component/root"))?);
        shown.whole = package.whole.clone();
        return self::transform(&shown, None, transform);
    }
    let change = prepared(package, world, transform)?;
    let mut changed = package.clone();
    let name = &package.resolve.worlds[world].name;
    guarded(name, || change.apply(&mut changed.resolve, world))?.map_err(|refusal| refusal.told(package, world))?;
    let name = select::full_name(&changed, world);
    Ok((changed, name))
}

/// A change that has been looked at: nothing in its way is known.
enum Change {
    Importize(Option<String>),
    Exportize(Option<String>, Vec<WorldKey>),
    MergeImports,
}

fn prepared(package: &Package, world: WorldId, transform: &Transform) -> Result<Change, Diagnostic> {
    match transform {
        Transform::Importize { name } => {
            check_name(package, world, name.as_deref(), "-importized")?;
            check_exports(package, world)?;
            Ok(Change::Importize(name.clone()))
        }
        Transform::Exportize { name, only } => {
            check_name(package, world, name.as_deref(), "-exportized")?;
            Ok(Change::Exportize(name.clone(), moved_imports(package, world, only)?))
        }
        Transform::MergeImports => Ok(Change::MergeImports),
    }
}

impl Change {
    fn apply(self, resolve: &mut Resolve, world: WorldId) -> Result<(), Refusal> {
        let applied = match self {
            Self::Importize(name) => resolve.importize(world, name),
            Self::Exportize(name, moved) => resolve.exportize(world, name, Some(&|key, _| moved.contains(key))),
            Self::MergeImports => resolve.merge_world_imports_based_on_semver(world),
        };
        applied.map_err(|error| Refusal {
            said: error.chain().map(ToString::to_string).collect(),
            span: error.downcast_ref::<ResolveError>().map(|error| error.kind().span()),
        })
    }
}

/// The new name must be one, and free.
fn check_name(package: &Package, world: WorldId, name: Option<&str>, suffix: &str) -> Result<(), Diagnostic> {
    let world = &package.resolve.worlds[world];
    let name = name.map_or_else(|| format!("{}{suffix}", world.name), str::to_owned);
    if let Err(error) = validate_id(&name) {
        return Err(diag::error("wit/world-name", format!("`{name}` cannot be the name of a world"))
            .label(at(package, world.span), error.to_string())
            .help("write a name of words in lower case with `-` between them, such as `calc-client`"));
    }
    let owner = &package.resolve.packages[world.package.expect("a world that was resolved has a package")];
    let other = match (owner.worlds.get(&name), owner.interfaces.get(&name)) {
        (Some(other), _) if name != world.name => package.resolve.worlds[*other].span,
        (_, Some(other)) => package.resolve.interfaces[*other].span,
        (_, None) => return Ok(()),
    };
    Err(diag::error("wit/world-name", format!("the name `{name}` is taken in `{}`", world::package_name(&owner.name)))
        .label(at(package, other), "declared here")
        .help("choose another name for the new world"))
}

/// An export that becomes an import must not have the name of a type that stays one.
fn check_exports(package: &Package, world: WorldId) -> Result<(), Diagnostic> {
    let world = &package.resolve.worlds[world];
    for (key, export) in &world.exports {
        let WorldKey::Name(name) = key else { continue };
        if let Some(WorldItem::Type { span, .. }) = world.imports.get(key) {
            return Err(diag::error("wit/duplicate", format!("the export `{name}` cannot become an import"))
                .label(at(package, item_span(export)), "has the name of a type, which is an import")
                .label(at(package, *span), "the type")
                .help("rename one of the two"));
        }
    }
    Ok(())
}

/// The imports that are moved. Types and what belongs to resources stay where they are: WIT exports none.
fn moved_imports(package: &Package, world: WorldId, only: &[String]) -> Result<Vec<WorldKey>, Diagnostic> {
    let world = &package.resolve.worlds[world];
    let movable = world.imports.iter().filter(|(_, item)| match item {
        WorldItem::Type { .. } => false,
        WorldItem::Function(function) => function.kind.resource().is_none(),
        WorldItem::Interface { .. } => true,
    });
    let movable: Vec<&WorldKey> = movable.map(|(key, _)| key).collect();
    if only.is_empty() {
        return Ok(movable.into_iter().cloned().collect());
    }
    let mut moved = Vec::new();
    for wanted in only {
        let before = moved.len();
        moved.extend(
            movable.iter().filter(|key| names(&package.resolve, key).contains(wanted)).map(|key| (*key).clone()),
        );
        if moved.len() == before {
            return Err(unknown_import(package, world, &movable, wanted));
        }
    }
    Ok(moved)
}

/// The names that an import may be called by.
fn names(resolve: &Resolve, key: &WorldKey) -> Vec<String> {
    let full = resolve.name_world_key(key);
    let WorldKey::Interface(id) = key else { return vec![full] };
    let unversioned = full.split('@').next().unwrap_or_default().to_owned();
    resolve.interfaces[*id].name.iter().cloned().chain([unversioned, full]).collect()
}

fn unknown_import(package: &Package, world: &wit_parser::World, movable: &[&WorldKey], wanted: &str) -> Diagnostic {
    let found = diag::error("wit/unknown-import", format!("the world `{}` imports no `{wanted}`", world.name))
        .label(at(package, world.span), "this world");
    let all: Vec<String> = movable.iter().flat_map(|key| names(&package.resolve, key)).collect();
    match near_misses(wanted, all.iter().map(String::as_str)).first() {
        Some(near) => found.help(format!("did you mean `{near}`?")),
        None if movable.is_empty() => found.help("take the option away: there is no import that could be moved"),
        None => {
            let names: Vec<String> = movable.iter().map(|key| package.resolve.name_world_key(key)).collect();
            found.help(format!("choose one of: {}", names.join(", ")))
        }
    }
}

/// What wit-parser says against a change.
struct Refusal {
    /// From the outermost to the cause.
    said: Vec<String>,
    span: Option<Span>,
}

impl Refusal {
    /// `before` is the package as it was, whose places are known.
    fn told(&self, before: &Package, world: WorldId) -> Diagnostic {
        let cause = self.said.last().map(|cause| cause.lines().next().unwrap_or_default()).unwrap_or_default();
        match self.versions(&before.resolve) {
            Some([older, newer]) => not_compatible(before, older, newer, cause),
            None => {
                let span = self.span.unwrap_or(before.resolve.worlds[world].span);
                diag::error(
                    "wit/invalid",
                    format!("the world `{}` cannot be changed so", before.resolve.worlds[world].name),
                )
                .label(at(before, span), cause.to_owned())
                .help("change what is named here")
            }
        }
    }

    /// The two interfaces that are named as versions of one: their names stand in the outermost message.
    fn versions(&self, resolve: &Resolve) -> Option<[wit_parser::InterfaceId; 2]> {
        let said = self.said.first().filter(|_| self.said.len() > 1)?;
        let named: Vec<&str> = said.split('`').skip(1).step_by(2).collect();
        let find = |name: &str| {
            resolve.interfaces.iter().map(|(id, _)| id).find(|id| resolve.id_of(*id).as_deref() == Some(name))
        };
        Some([find(named.first()?)?, find(named.get(1)?)?])
    }
}

fn not_compatible(
    package: &Package,
    older: wit_parser::InterfaceId,
    newer: wit_parser::InterfaceId,
    cause: &str,
) -> Diagnostic {
    let resolve = &package.resolve;
    let name = |id| resolve.id_of(id).unwrap_or_default();
    diag::error("wit/not-compatible", format!("`{}` does not replace `{}`", name(newer), name(older)))
        .label(at(package, resolve.interfaces[newer].span), cause.to_owned())
        .label(at(package, resolve.interfaces[older].span), "the older version")
        .help("give both the same form, or give the newer one another major version")
}

fn item_span(item: &WorldItem) -> Span {
    match item {
        WorldItem::Interface { span, .. } | WorldItem::Type { span, .. } => *span,
        WorldItem::Function(function) => function.span,
    }
}

/// A place in the text; where there is none, what the user named.
fn at(package: &Package, span: Span) -> diag::Place {
    package.place(span).unwrap_or_else(|| package.whole.clone())
}

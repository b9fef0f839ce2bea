//! Dependencies: which packages a project needs, in which versions, and how they come into `deps/`.
//!
//! In: the manifest, the project's WIT, the lock. Out: `deps/NAMESPACE/NAME/VERSION.wasm`, and the lock.
//! Holds: while the lock is satisfied no source is asked, but paths, which are read again; `deps/` and the lock change
//! together or not at all; the same sources give the same bytes.
//!
//! `resolve` chooses, `facts` knows, `source` and `remote` have packages, `mapping` says which one, `owned` keeps the
//! folder, `lock` the lock, `graph` says why something is there, `edit` writes the manifest.

pub mod contents;
pub mod edit;
mod facts;
pub mod graph;
mod into_tree;
pub mod lock;
pub mod mapping;
mod one;
pub mod owned;
mod remote;
pub mod resolve;
mod source;
mod told;
pub mod track;
pub mod wkg;

use std::collections::BTreeSet;
use std::path::PathBuf;

use diag::{Diagnostic, Diagnostics, Place};
use indexmap::{IndexMap, IndexSet};
use semver::{Version, VersionReq};

use crate::PackageName;
use crate::manifest::{From, Manifest, Origin};
use contents::{Contents, Raw};
use facts::Facts;
pub use into_tree::{add_locked, advice};
pub use lock::{Digest, Kind, Lock, Locked};
use lock::{Required, id};
pub use one::{One, one};
use owned::{Owned, State, Wanted, write_whole};
use resolve::{Ask, Asker, Chosen, Resolved, resolve};

/// How dependencies are looked after.
#[derive(Clone, Debug)]
pub struct Options {
    /// The lock must not change.
    pub locked: bool,
    pub update: Update,
    /// Whether from now on `deps/` is where packages are from; as the lock has it unless said.
    pub vendor: Option<bool>,
    /// The user's configuration of `wkg`.
    pub config: Option<PathBuf>,
    /// How registries are asked; `offline` among it.
    pub registry: registry::Options,
}

impl Options {
    /// The usual ones, with the places that the environment's variables name.
    pub fn of(var: &dyn Fn(&str) -> Option<String>) -> Self {
        let folder = |name: &str| var(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let home = || folder("HOME").map(|home| home.join(".config"));
        let config = folder("XDG_CONFIG_HOME").or_else(|| folder("APPDATA")).or_else(home);
        let named = var("WKG_CONFIG_FILE").map(PathBuf::from);
        Self {
            locked: false,
            update: Update::Keep,
            vendor: None,
            config: named.or_else(|| config.map(|config| config.join(wkg::CONFIG))),
            registry: registry::Options::of(var),
        }
    }
}

/// Which packages may get newer versions than the lock has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Update {
    Keep,
    All,
    Some(Vec<PackageName>),
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct Fetched {
    pub lock: Lock,
    /// What the lock said before; empty if there was none.
    pub before: Lock,
    /// Files that were written below `deps/`, and those that were removed.
    pub written: Vec<String>,
    pub removed: Vec<String>,
    pub notes: Vec<Diagnostic>,
}

/// What is to be done so that the lock fits the manifest and `deps/` has what it says.
struct Plan {
    lock: Lock,
    before: Option<Lock>,
    wanted: Vec<Wanted>,
    owned: Owned,
}

/// Sees to it that the lock fits the manifest and that `deps/` has what it says.
///
/// # Errors
///
/// `deps/...`, `registry/...`; then neither `deps/` nor the lock has changed.
pub fn fetch(manifest: &Manifest, options: &Options) -> diag::Result<Fetched> {
    let Some(Plan { lock, before, mut wanted, owned }) = planned(manifest, options)? else {
        return Ok(Fetched::default());
    };
    let is_new = before.as_ref().is_none_or(|before| before.print() != lock.print());
    let before = before.unwrap_or_default();
    if is_new && options.locked {
        return Err(told::would_change(manifest, &before, &lock).into());
    }
    let (removed, changed) = owned.left_over(&wanted);
    let notes = changed.iter().map(|file| told::kept(manifest, file)).collect();
    let written: Vec<String> = wanted.iter().filter(|one| one.bytes.is_some()).map(|one| one.file.clone()).collect();
    let settled = owned.lists(&wanted) && written.is_empty() && removed.is_empty();
    if is_new || !settled {
        let _turn = turn(manifest)?;
        let text = lock.print();
        wanted.sort_by(|a, b| a.file.cmp(&b.file));
        owned.publish(&wanted, || match lock.packages.is_empty() && before.packages.is_empty() {
            true => Ok(()),
            false => write_whole(&manifest.root.join(lock::FILE), text.as_bytes()),
        })?;
    }
    Ok(Fetched { lock, before, written, removed, notes })
}

/// The lock that `fetch` would write; nothing is written.
///
/// # Errors
///
/// Those of `fetch`.
pub fn plan(manifest: &Manifest, options: &Options) -> diag::Result<Lock> {
    Ok(planned(manifest, options)?.map(|plan| plan.lock).unwrap_or_default())
}

/// `None` if there is neither a lock nor anything to ask for.
fn planned(manifest: &Manifest, options: &Options) -> diag::Result<Option<Plan>> {
    let root = &manifest.root;
    let before = Lock::read(root, &shown(manifest, lock::FILE))?;
    let wkg = wkg::Manifest::read(root, &shown(manifest, wkg::MANIFEST))?;
    let asks = roots(manifest, &wkg)?;
    if asks.is_empty() && before.is_none() {
        return Ok(None);
    }
    let config = options.config.as_deref().map(wkg::Config::read).transpose()?.unwrap_or_default();
    let preferred = match &before {
        Some(lock) if options.update != Update::All => {
            let kept = |locked: &&Locked| match &options.update {
                Update::Some(names) => !names.contains(&locked.name),
                Update::Keep | Update::All => true,
            };
            lock.packages.iter().filter(kept).map(|locked| (locked.name.clone(), locked.version.clone())).collect()
        }
        None if options.update == Update::Keep => {
            let pinned = wkg::pinned(root, &shown(manifest, wkg::LOCK))?;
            pinned.into_iter().map(|one| (one.name, Some(one.version))).collect()
        }
        Some(_) | None => Vec::new(),
    };
    let mapping = mapping::Mapping { manifest, wkg, config, near: IndexMap::new(), beside: IndexMap::new() };
    let mut facts = Facts::new(mapping, options, before.clone().unwrap_or_default(), preferred);
    let chosen = choose(&asks, &mut facts)?;
    let (lock, wanted, owned) = lock_and_files(&chosen, &facts)?;
    Ok(Some(Plan { lock, before, wanted, owned }))
}

/// The file of a package that a component or a dependency asks for; `None` if the lock has none that fits.
pub fn locate(manifest: &Manifest, lock: &Lock, name: &PackageName, requirement: &VersionReq) -> Option<PathBuf> {
    let locked = lock.fitting(name, requirement)?;
    Some(manifest.root.join(owned::FOLDER).join(locked.file()))
}

/// A path of the project, as it is shown: beside the manifest.
pub fn shown(manifest: &Manifest, path: &str) -> String {
    match manifest.source.name.rsplit_once('/') {
        Some((folder, _)) => format!("{folder}/{path}"),
        None => path.to_owned(),
    }
}

/// One at a time changes `deps/` and the lock.
fn turn(manifest: &Manifest) -> diag::Result<std::fs::File> {
    let folder = manifest.root.join("target/withe/.state");
    let path = folder.join("deps.lock");
    let opened = std::fs::create_dir_all(&folder).and_then(|()| std::fs::File::create(&path));
    let locked = opened.and_then(|file| file.lock().map(|()| file));
    locked.map_err(|error| owned::unwritable(&shown(manifest, "target/withe/.state/deps.lock"), &error))
}

/// What the project itself asks for.
fn roots(manifest: &Manifest, wkg: &wkg::Manifest) -> diag::Result<Vec<Ask>> {
    let mut asks = Vec::new();
    for (name, dependency) in &manifest.dependencies {
        let place = manifest.place(&dependency.span);
        let overridden = wkg.overrides.get(name).and_then(|one| one.version.clone());
        let is_open = dependency.version == VersionReq::STAR && matches!(dependency.from, From::Mapping);
        let requirement = overridden.filter(|_| is_open).unwrap_or_else(|| dependency.version.clone());
        asks.push(Ask { name: name.clone(), requirement, by: Asker::Manifest, place });
    }
    for (component, of) in &manifest.components {
        if let Origin::Package { name, version } = &of.origin {
            let place = manifest.place(&name.span);
            let by = Asker::Component(component.clone());
            asks.push(Ask { name: name.value.clone(), requirement: version.clone(), by, place });
        }
    }
    let mut known: IndexSet<(PackageName, Option<Version>)> = IndexSet::new();
    for path in wit_paths(manifest) {
        let text = mapping::slashed(&path);
        for need in contents::needs_of_path(&manifest.root.join(&path), &shown(manifest, &text))? {
            if known.insert((need.name.clone(), need.version.clone())) {
                let overridden = wkg.overrides.get(&need.name).and_then(|one| one.version.clone());
                let requirement = overridden.unwrap_or_else(|| track::of_reference(need.version.as_ref()));
                asks.push(Ask { name: need.name, requirement, by: Asker::Wit, place: need.place });
            }
        }
    }
    Ok(asks)
}

/// The WIT of the project, each path once.
fn wit_paths(manifest: &Manifest) -> IndexSet<PathBuf> {
    let mut paths = IndexSet::from([manifest.app.wit.value.clone()]);
    for component in manifest.components.values() {
        if let Origin::Built(built) = &component.origin {
            paths.extend(built.wit.iter().map(|wit| wit.value.clone()));
        }
    }
    paths
}

/// The versions that fit all; what is not known is found out as far as it is needed.
fn choose(asks: &[Ask], facts: &mut Facts<'_>) -> diag::Result<Vec<Chosen>> {
    loop {
        match resolve(asks, facts) {
            Resolved::All(chosen) => return Ok(chosen),
            Resolved::Open(queries) => {
                let all = all_asks(asks, facts);
                facts.find(&queries, &all)?;
            }
            Resolved::Conflict(conflict) => {
                let queries = facts.not_asked(&conflict);
                if queries.is_empty() {
                    return Err(told::conflict(&conflict, asks, facts));
                }
                facts.find(&queries, &conflict)?;
            }
            Resolved::TooMany => return Err(told::too_many(facts.mapping.manifest).into()),
        }
    }
}

/// The asks of the project, and of all that is known so far.
fn all_asks(asks: &[Ask], facts: &Facts<'_>) -> Vec<Ask> {
    use resolve::Known as _;
    let needs = facts.contents.keys().filter_map(|(name, version)| facts.needs(name, version.as_ref())).flatten();
    let locked = facts.lock.packages.iter().filter_map(|one| facts.needs(&one.name, one.version.as_ref())).flatten();
    asks.iter().cloned().chain(needs).chain(locked).collect()
}

/// The new lock, and the files that it calls for; those that are not there as wanted have their bytes.
fn lock_and_files(chosen: &[Chosen], facts: &Facts<'_>) -> diag::Result<(Lock, Vec<Wanted>, Owned)> {
    let manifest = facts.mapping.manifest;
    let owned = Owned::read(&manifest.root, &shown(manifest, owned::FOLDER));
    let contents = all_contents(chosen, facts, &owned)?;
    let places: Vec<usize> = (0..chosen.len()).collect();
    let made = facts.each(&places, |at| made(*at, chosen, &contents, facts, &owned));
    let (mut packages, mut wanted, mut found) = (Vec::new(), Vec::new(), Vec::new());
    for one in made {
        match one {
            Ok((locked, file)) => {
                packages.push(locked);
                wanted.push(file);
            }
            Err(Diagnostics(more)) => found.extend(more),
        }
    }
    if !found.is_empty() {
        return Err(Diagnostics(found));
    }
    let vendored = facts.options.vendor.unwrap_or(facts.lock.vendored);
    Ok((Lock { vendored, packages }.sorted(), wanted, owned))
}

/// What is to be had of a chosen version.
#[expect(clippy::large_enum_variant, reason = "there are few, and not for long")]
enum Had<'a> {
    /// A source gave it.
    Contents(Contents),
    /// The lock and `deps/` have it.
    Locked(&'a Locked),
}

/// What is in each of the chosen, as far as `deps/` does not have it as the lock says.
fn all_contents<'f>(chosen: &[Chosen], facts: &'f Facts<'_>, owned: &Owned) -> diag::Result<Vec<Had<'f>>> {
    let had = facts.each(chosen, |one| {
        let locked = facts.entry(&one.name, one.version.as_ref());
        if let Some(contents) = facts.contents.get(&(one.name.clone(), one.version.clone())) {
            return match (&contents.raw, locked) {
                (Raw::Wasm(bytes), Some(locked)) => told::check_digest(locked, bytes, &asked(one)),
                (Raw::Wasm(_) | Raw::Wit(_), _) => Ok(()),
            }
            .map(|()| Had::Contents(contents.clone()));
        }
        let Some(locked) = locked else {
            return facts.get(&one.name, one.version.as_ref(), None, &asked(one)).map(Had::Contents);
        };
        match owned.state(&locked.file(), &locked.digest) {
            State::Same => Ok(Had::Locked(locked)),
            State::Foreign => Err(owned.edited(&locked.file()).into()),
            State::Open if facts.lock.vendored && facts.options.vendor.is_none() => {
                Err(told::not_vendored(facts.mapping.manifest, locked).into())
            }
            State::Open => {
                let contents = facts.get(&one.name, one.version.as_ref(), Some(&locked.digest), &asked(one))?;
                if let Raw::Wasm(bytes) = &contents.raw {
                    told::check_digest(locked, bytes, &asked(one))?;
                }
                Ok(Had::Contents(contents))
            }
        }
    });
    let mut found = Vec::new();
    let mut all = Vec::new();
    for one in had {
        match one {
            Ok(had) => all.push(had),
            Err(Diagnostics(more)) => found.extend(more),
        }
    }
    if found.is_empty() { Ok(all) } else { Err(Diagnostics(found)) }
}

fn asked(chosen: &Chosen) -> Place {
    chosen.asks.first().map_or_else(|| Place::file(lock::FILE), |ask| ask.place.clone())
}

/// The entry of the lock for one of the chosen, and its file.
fn made(
    at: usize,
    chosen: &[Chosen],
    had: &[Had<'_>],
    facts: &Facts<'_>,
    owned: &Owned,
) -> diag::Result<(Locked, Wanted)> {
    let one = &chosen[at];
    let by = |ask: &Ask| Required { by: ask.by.to_string(), requirement: ask.requirement.to_string() };
    let required_by = one.asks.iter().map(by).collect();
    let contents = match &had[at] {
        Had::Locked(locked) => {
            let wanted = Wanted { file: locked.file(), digest: locked.digest.clone(), bytes: None };
            return Ok((Locked { required_by, ..(*locked).clone() }, wanted));
        }
        Had::Contents(contents) => contents,
    };
    let bytes = contents.to_wasm(|tree| {
        for other in needed_by(at, chosen) {
            match &had[other] {
                Had::Contents(contents) => {
                    contents.add_to(tree, &id(&chosen[other].name, chosen[other].version.as_ref()))
                }
                Had::Locked(locked) => {
                    let bytes = std::fs::read(owned.path(&locked.file())).unwrap_or_default();
                    contents::add_wasm(tree, &locked.id(), &bytes);
                }
            }
        }
    })?;
    let digest = Digest::of(&bytes);
    let file = lock::file(&one.name, one.version.as_ref());
    let bytes = match owned.state(&file, &digest) {
        State::Same => None,
        State::Open => Some(bytes),
        State::Foreign => return Err(owned.edited(&file).into()),
    };
    let source = facts.origin(&one.name, &asked(one))?.to_string();
    let (name, version, kind) = (one.name.clone(), one.version.clone(), contents.kind);
    let locked = Locked { name, version, kind, source, digest: digest.clone(), required_by };
    Ok((locked, Wanted { file, digest, bytes }))
}

/// Those of the chosen that one of them needs, itself or through others; sorted.
fn needed_by(at: usize, chosen: &[Chosen]) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    let mut open = vec![at];
    while let Some(at) = open.pop() {
        let by = Asker::Package(chosen[at].name.clone(), chosen[at].version.clone());
        let asked = (0..chosen.len()).filter(|other| chosen[*other].asks.iter().any(|ask| ask.by == by));
        let new: Vec<usize> = asked.filter(|other| !found.contains(other)).collect();
        found.extend(&new);
        open.extend(new);
    }
    found.remove(&at);
    found
}

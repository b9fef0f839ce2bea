//! Loading: from files to resolved packages.
//!
//! In: a `SourceTree`. Out: a `Package`, or every mistake that could be found.
//! Holds: a package in the user's files wins over a built-in one; only the built-in packages that are needed are parsed.

mod binary;
mod chosen;
mod cut;
mod features;
mod files;
mod needed;
mod order;
mod parallel;
mod refused;
mod versions;

pub(crate) use refused::guarded;

use diag::{Diagnostic, Diagnostics, Place};
pub use refused::mistakes;
use wit_parser::{PackageId, Resolve, UnresolvedPackageGroup};

use crate::component_world::ComponentWorld;
use crate::places::Texts;
use crate::{LoadOptions, Package, Root, SourceTree, builtin};

/// A parsed group of files, with the package it declares and those nested in it.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    pub parsed: UnresolvedPackageGroup,
    /// Whether the user named it, or it is only there for others to use.
    pub main: bool,
    /// Whether a lock chose it: then it stands for earlier versions of its track.
    pub locked: bool,
}

/// Loads what the user named and every package that it needs.
///
/// # Errors
///
/// Every file's mistakes, as far as each can be found without the others; codes `wit/..`.
pub fn load(tree: &SourceTree, options: &LoadOptions) -> diag::Result<Package> {
    let mut texts = Texts::default();
    let loaded = resolved(tree, options, &mut texts);
    loaded.map_err(|Diagnostics(refusals)| refused::explained(tree, options, &texts, refusals))
}

/// Everything as wit-parser resolves it, or what it refuses.
fn resolved(tree: &SourceTree, options: &LoadOptions, known_texts: &mut Texts) -> diag::Result<Package> {
    let (mut loading, texts) = read(tree, options, known_texts)?;
    let names = Names::of(&loading.groups);
    let groups = std::mem::take(&mut loading.groups);
    let resolve = match order::push_once(std::mem::take(&mut loading.resolve), groups, &texts) {
        Ok(resolve) => resolve,
        Err(order::Stopped) => {
            // The groups are used up; they are read again, to find what is wrong in each.
            let (again, texts) = read(tree, options, known_texts)?;
            order::push_all(again.resolve, &again.groups, &texts)?
        }
    };
    let mut package = package(tree, loading, &names, resolve, texts)?;
    let notes = features::notes(&package, options);
    package.notes.extend(notes);
    Ok(package)
}

/// What the user named and all that it needs, not resolved yet.
fn read(tree: &SourceTree, options: &LoadOptions, known_texts: &mut Texts) -> diag::Result<(Loading, Texts)> {
    let mut loading = Loading::read(tree, known_texts)?;
    let mut texts = known_texts.clone();
    let wanted = versions::wanted(&loading, &texts);
    loading.notes.extend(wanted.notes());
    versions::raise_user_packages(&mut loading.groups, &wanted, &texts, &mut loading.notes);
    needed::add_built_in(&mut loading, &wanted, options, &mut texts)?;
    versions::turn_features_on(&mut loading.resolve, &loading.groups, options);
    Ok((loading, texts))
}

fn package(
    tree: &SourceTree,
    loading: Loading,
    names: &Names,
    resolve: Resolve,
    texts: Texts,
) -> diag::Result<Package> {
    let with = |names: &[wit_parser::PackageName]| {
        let ids = names.iter().filter_map(|name| resolve.package_names.get(name).copied());
        loading.main.iter().copied().chain(ids).collect()
    };
    let (main, listed, roots) = (with(&names.main), with(&names.listed), with(&names.roots));
    let (chosen, component, notes) = (loading.chosen, loading.component, loading.notes);
    let mut package = Package { resolve, main, listed, roots, chosen, component, texts, notes, whole: whole(tree) };
    if let Some(asked) = &loading.asked {
        package.choose_built_in(asked)?;
    }
    Ok(package)
}

/// What has been read before anything is resolved.
#[derive(Debug, Default)]
pub(crate) struct Loading {
    pub groups: Vec<Group>,
    /// What came resolved, in wasm.
    pub resolve: Resolve,
    pub main: Vec<PackageId>,
    pub chosen: Option<wit_parser::WorldId>,
    /// The component that the chosen world is the name of.
    pub component: Option<ComponentWorld>,
    /// The built-in thing that the user named.
    pub asked: Option<AskedBuiltIn>,
    /// Whether the user named all that is built in.
    pub all_built_in: bool,
    pub notes: Vec<Diagnostic>,
}

/// Something built in that the user named.
#[derive(Clone, Debug)]
pub(crate) struct AskedBuiltIn {
    /// As the user wrote it.
    pub text: String,
    pub package: types::PackageName,
    pub item: Option<String>,
}

impl Loading {
    fn read(tree: &SourceTree, texts: &mut Texts) -> diag::Result<Self> {
        let mut loading = Self::default();
        let mut found = Vec::new();
        for root in &tree.roots {
            if let Err(Diagnostics(more)) = loading.root(tree, root, texts) {
                found.extend(more);
            }
        }
        if found.is_empty() { Ok(loading) } else { Err(Diagnostics(found)) }
    }

    fn root(&mut self, tree: &SourceTree, root: &Root, texts: &mut Texts) -> diag::Result<()> {
        match root {
            Root::Folder(folder) => self.folder(tree, folder, texts),
            Root::File(file) => self.file(tree, file, texts),
            Root::BuiltIn(name) => self.built_in(name),
            Root::AllBuiltIn => {
                self.all_built_in = true;
                Ok(())
            }
            Root::Needed(root) => {
                let (groups, main, chosen) = (self.groups.len(), self.main.len(), self.chosen);
                self.root(tree, root, texts)?;
                self.groups[groups..].iter_mut().for_each(|group| group.main = false);
                self.main.truncate(main);
                self.chosen = chosen;
                Ok(())
            }
            Root::Locked(root) => {
                let (before, main) = (self.groups.len(), self.main.len());
                self.root(tree, root, texts)?;
                self.main.truncate(main);
                let mut new = self.groups.split_off(before);
                new.retain(|group| !self.has_track_of(&group.parsed.main.name));
                self.groups.extend(new.into_iter().map(|group| Group { main: false, locked: true, ..group }));
                Ok(())
            }
        }
    }

    /// Whether a package of the same semver track is here already.
    fn has_track_of(&self, name: &wit_parser::PackageName) -> bool {
        let name = crate::world::package_name(name);
        let groups = self.groups.iter().flat_map(versions::packages).map(|package| &package.name);
        let mut here = groups.chain(self.resolve.package_names.keys());
        here.any(|other| crate::world::package_name(other).same_track(&name))
    }

    fn file(&mut self, tree: &SourceTree, file: &str, texts: &mut Texts) -> diag::Result<()> {
        let bytes = tree.files.get(file).map_or(&[][..], Vec::as_slice);
        if binary::is_wasm(bytes) {
            return binary::read_root(self, file, bytes);
        }
        let parsed = files::parse(texts, &[(file, bytes)])?;
        self.groups.push(Group { parsed, main: true, locked: false });
        Ok(())
    }

    fn folder(&mut self, tree: &SourceTree, folder: &str, texts: &mut Texts) -> diag::Result<()> {
        let mut found = Vec::new();
        let groups = files::groups(tree, folder)?;
        let files: Vec<&[(&str, &[u8])]> = groups.iter().map(|sources| sources.files.as_slice()).collect();
        for (sources, parsed) in groups.iter().zip(files::parse_all(texts, &files)) {
            match parsed {
                Ok(parsed) => self.groups.push(Group { parsed, main: sources.main, locked: false }),
                Err(Diagnostics(more)) => found.extend(more),
            }
        }
        found.extend(files::conflicts(tree, folder, texts));
        for (file, bytes) in files::binaries(tree, folder) {
            if let Err(Diagnostics(more)) = binary::read_dependency(self, file, bytes) {
                found.extend(more);
            }
        }
        if found.is_empty() { Ok(()) } else { Err(Diagnostics(found)) }
    }

    fn built_in(&mut self, name: &str) -> diag::Result<()> {
        let has_item = |entry: &builtin::BuiltIn, item: &str| crate::scan::declared(entry.text).contains(&item);
        let package = builtin::choose(name, has_item)?;
        let item = builtin::Asked::parse(name).and_then(|asked| asked.item).map(str::to_owned);
        self.asked = Some(AskedBuiltIn { text: name.to_owned(), package, item });
        Ok(())
    }
}

/// The packages of the files that the user named.
#[derive(Debug, Default)]
struct Names {
    /// The files' own packages.
    roots: Vec<wit_parser::PackageName>,
    /// A file whose own package has no worlds, but nested packages, stands for those too.
    main: Vec<wit_parser::PackageName>,
    /// With all that are nested in the files.
    listed: Vec<wit_parser::PackageName>,
}

impl Names {
    fn of(groups: &[Group]) -> Self {
        let mut names = Self::default();
        for group in groups.iter().filter(|group| group.main) {
            let own = &group.parsed.main;
            let nested = || group.parsed.nested.iter().map(|package| package.name.clone());
            names.roots.push(own.name.clone());
            names.main.push(own.name.clone());
            names.main.extend(nested().filter(|_| own.worlds.len() == 0));
            names.listed.push(own.name.clone());
            names.listed.extend(nested());
        }
        names
    }
}

fn whole(tree: &SourceTree) -> Place {
    Place::file(tree.roots.first().map_or("", Root::name))
}

//! What has been loaded: packages with all that they need.

use diag::{Diagnostic, Place};
use types::{Types, World};
use wit_parser::{PackageId, Resolve, Span, WorldId};

use crate::places::Texts;
use crate::{select, world};

/// Loaded WIT: the packages that the user named, and every package that they need.
#[derive(Clone, Debug)]
pub struct Package {
    pub(crate) resolve: Resolve,
    /// The packages that the user named, in the order of their paths.
    pub(crate) main: Vec<PackageId>,
    /// What of the user's files is printed: the named packages, with those nested in their files.
    pub(crate) listed: Vec<PackageId>,
    /// The world that the user named with a built-in name such as `wasi:http/proxy@0.2.3`.
    pub(crate) chosen: Option<WorldId>,
    pub(crate) texts: Texts,
    pub(crate) notes: Vec<Diagnostic>,
    /// What the user named, for diagnostics that are about all of it.
    pub(crate) whole: Place,
}

impl Package {
    /// What the user should know, severity note: which versions were raised, which text was read as another version.
    pub fn notes(&self) -> &[Diagnostic] {
        &self.notes
    }

    /// The names of the packages that the user named.
    pub fn names(&self) -> Vec<types::PackageName> {
        self.main.iter().map(|id| world::package_name(&self.resolve.packages[*id].name)).collect()
    }

    /// The worlds to choose from, as `-w` takes them: short where that says which one is meant.
    pub fn worlds(&self) -> Vec<String> {
        select::candidates(self).iter().map(|world| select::flag_name(self, *world)).collect()
    }

    /// One world as component types.
    ///
    /// `selector` is a world's name, `namespace:package/world`, or that with a version;
    /// it may be left out if there is one candidate.
    ///
    /// # Errors
    ///
    /// `wit/world-ambiguous`, `wit/unknown-world`, `wit/no-world`.
    pub fn world(&self, types: &mut Types, selector: Option<&str>) -> diag::Result<World> {
        let world = select::world(self, selector)?;
        Ok(world::world(self, types, world))
    }

    /// All worlds that could be chosen, with their names.
    pub fn all_worlds(&self, types: &mut Types) -> Vec<World> {
        select::candidates(self).into_iter().map(|world| world::world(self, types, world)).collect()
    }

    pub(crate) fn place(&self, span: Span) -> Option<Place> {
        self.texts.place(&self.resolve.source_map, span)
    }
}

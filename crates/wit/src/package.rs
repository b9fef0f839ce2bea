//! What has been loaded: packages with all that they need.

use diag::{Diagnostic, Place};
use types::{Types, World};
use wit_parser::{PackageId, Resolve, Span, WorldId};

use crate::check::rules;
use crate::component_world::ComponentWorld;
use crate::places::Texts;
use crate::{depth, select, world};

/// Loaded WIT: the packages that the user named, and every package that they need.
#[derive(Clone, Debug)]
pub struct Package {
    pub(crate) resolve: Resolve,
    /// The packages that the user named, in the order of their paths.
    pub(crate) main: Vec<PackageId>,
    /// What of the user's files is printed: the named packages, with those nested in their files.
    pub(crate) listed: Vec<PackageId>,
    /// The packages that the user's files begin with: the named packages, without those nested in their files.
    pub(crate) roots: Vec<PackageId>,
    /// The world that the user named with a built-in name such as `wasi:http/proxy@0.2.3`.
    pub(crate) chosen: Option<WorldId>,
    /// The component that the user named; the chosen world is its name and has nothing in it.
    pub(crate) component: Option<ComponentWorld>,
    pub(crate) texts: Texts,
    pub(crate) notes: Vec<Diagnostic>,
    /// What the user named, for diagnostics that are about all of it.
    pub(crate) whole: Place,
}

impl Package {
    /// What the user should know, severity note: which versions were raised, which text was read as another version,
    /// what of a component WIT cannot say.
    pub fn notes(&self) -> &[Diagnostic] {
        &self.notes
    }

    /// The names of the packages that the user named.
    pub fn names(&self) -> Vec<types::PackageName> {
        self.main.iter().map(|id| world::package_name(&self.resolve.packages[*id].name)).collect()
    }

    /// Whether a package that the user named, `namespace:name` in whatever version, has a world, chosen or not; `None`
    /// if the user named no such package.
    pub fn declares_world(&self, package: &str, world: &str) -> Option<bool> {
        let mut found = None;
        for id in &self.main {
            let here = &self.resolve.packages[*id];
            if format!("{}:{}", here.name.namespace, here.name.name) == package {
                found = Some(found == Some(true) || here.worlds.contains_key(world));
            }
        }
        found
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
    /// `wit/world-ambiguous`, `wit/unknown-world`, `wit/no-world`, `wit/too-deep`; for what WIT allows and components do
    /// not, `wit/list-length`, `wit/too-large`, `wit/package-name`, `wit/duplicate`.
    pub fn world(&self, types: &mut Types, selector: Option<&str>) -> diag::Result<World> {
        let world = select::world(self, selector)?;
        depth::check(self)?;
        // What was read from a component is one already.
        if self.component_of(world).is_none() {
            rules::check_accepted(self, world)?;
        }
        Ok(self.convert(types, world))
    }

    /// All worlds that could be chosen, with their names.
    pub fn all_worlds(&self, types: &mut Types) -> Vec<World> {
        select::candidates(self).into_iter().map(|world| self.convert(types, world)).collect()
    }

    fn convert(&self, types: &mut Types, world: WorldId) -> World {
        match self.component_of(world) {
            Some(component) => component.world(types),
            None => world::world(self, types, world),
        }
    }

    /// The component that a world is the name of.
    pub(crate) fn component_of(&self, world: WorldId) -> Option<&ComponentWorld> {
        self.component.as_ref().filter(|_| self.chosen == Some(world))
    }

    pub(crate) fn place(&self, span: Span) -> Option<Place> {
        self.texts.place(&self.resolve.source_map, span)
    }
}

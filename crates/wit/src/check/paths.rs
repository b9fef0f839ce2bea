//! Every path of a file: who names which interface or world, and where.
//!
//! In: the items of a tree. Out: each path, once, in the order of the text.

use crate::syntax::ast::{Attributes, Extern, ExternKind, Include, InterfaceItem, Item, Path, TopUse, Use, WorldItem};

/// What a path is written for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Purpose<'t> {
    /// `use path;` at the top of a file: an interface, or a world of the same package.
    Top(&'t TopUse),
    /// `use path.{..}`: an interface.
    Use(&'t Use),
    /// `import path;` or `export path;`: an interface.
    Extern(&'t Extern),
    /// `include path;`: a world.
    Include(&'t Include),
}

impl<'t> Purpose<'t> {
    pub(super) fn attributes(self) -> &'t Attributes {
        match self {
            Self::Top(top) => &top.attributes,
            Self::Use(use_) => &use_.attributes,
            Self::Extern(one) => &one.attributes,
            Self::Include(include) => &include.attributes,
        }
    }
}

/// Visits the paths of items, those in nested packages left out.
pub(super) fn for_each_path<'t>(items: &'t [Item], each: &mut dyn FnMut(&'t Path, Purpose<'t>)) {
    for item in items {
        match item {
            Item::Use(top) => each(&top.path, Purpose::Top(top)),
            Item::Interface(interface) => in_interface(&interface.items, each),
            Item::World(world) => world.items.iter().for_each(|item| in_world(item, each)),
            Item::Package(_) | Item::Error(_) => {}
        }
    }
}

fn in_interface<'t>(items: &'t [InterfaceItem], each: &mut dyn FnMut(&'t Path, Purpose<'t>)) {
    for item in items {
        if let InterfaceItem::Use(use_) = item {
            each(&use_.path, Purpose::Use(use_));
        }
    }
}

fn in_world<'t>(item: &'t WorldItem, each: &mut dyn FnMut(&'t Path, Purpose<'t>)) {
    match item {
        WorldItem::Import(one) | WorldItem::Export(one) => match &one.kind {
            ExternKind::Path(path) | ExternKind::Implements { path, .. } => each(path, Purpose::Extern(one)),
            ExternKind::Interface { items, .. } => in_interface(items, each),
            ExternKind::Func { .. } => {}
        },
        WorldItem::Use(use_) => each(&use_.path, Purpose::Use(use_)),
        WorldItem::Include(include) => each(&include.path, Purpose::Include(include)),
        WorldItem::Type(_) | WorldItem::Error(_) => {}
    }
}

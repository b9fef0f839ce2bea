//! The packages that a script names.
//!
//! In: a script. Out: each package once, and what it is needed for.

use indexmap::IndexMap;

use super::tree::{
    Arg, Expr, Include, InterfaceItem, ItemRef, ItemType, Package, PackageName, Path, Primary, Script, Span, Statement,
    Use, WorldExtern, WorldExternItem, WorldItem,
};

/// A package that a script names, and what it is needed for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageUse {
    /// With its version, if the script gives one.
    pub package: Package,
    /// Where it is named first.
    pub span: Span,
    /// It is instantiated.
    pub is_component: bool,
    /// An interface or a world of it is named.
    pub has_types: bool,
}

impl Script {
    /// Every package that the script names, but for its own, in the order of the text.
    ///
    /// The same name with another version, or without one, is another package; so is another spelling of a file.
    pub fn packages(&self) -> Vec<PackageUse> {
        let mut packages = Packages { script: self, found: IndexMap::new() };
        if let Some(target) = self.package.as_ref().and_then(|header| header.targets.as_ref()) {
            packages.path(target);
        }
        self.statements.iter().for_each(|statement| packages.statement(statement));
        packages.found.into_values().collect()
    }

    /// Whether a name is that of the package which the script defines: a version need not be given.
    pub fn is_own(&self, name: &PackageName) -> bool {
        self.package.as_ref().is_some_and(|header| {
            let same_version = name.version.is_none() || name.version == header.name.version;
            same_version && name.parts == header.name.parts
        })
    }
}

struct Packages<'s> {
    script: &'s Script,
    found: IndexMap<Package, PackageUse>,
}

impl<'s> Packages<'s> {
    fn add(&mut self, package: &'s Package) -> Option<&mut PackageUse> {
        let is_own = match package {
            Package::Name(name) => self.script.is_own(name),
            Package::File(_) => false,
        };
        if is_own {
            return None;
        }
        let span = package.span();
        let new = || PackageUse { package: package.clone(), span, is_component: false, has_types: false };
        Some(self.found.entry(package.clone()).or_insert_with(new))
    }

    fn path(&mut self, path: &'s Path) {
        if let Some(found) = self.add(&path.package) {
            found.has_types = true;
        }
    }

    fn statement(&mut self, statement: &'s Statement) {
        match statement {
            Statement::Import(import) => self.item_type(&import.ty),
            Statement::Let(let_) => self.expr(&let_.expr),
            Statement::Export(export) => self.expr(&export.expr),
            Statement::Interface(interface) => self.interface_items(&interface.items),
            Statement::World(world) => world.items.iter().for_each(|item| self.world_item(item)),
            Statement::Type(_) => {}
        }
    }

    fn item_type(&mut self, ty: &'s ItemType) {
        match ty {
            ItemType::Path(path) => self.path(path),
            ItemType::Interface(interface) => self.interface_items(&interface.items),
            ItemType::Func(_) | ItemType::Id(_) => {}
        }
    }

    fn item_ref(&mut self, item: &'s ItemRef) {
        match item {
            ItemRef::Path(path) => self.path(path),
            ItemRef::Id(_) => {}
        }
    }

    fn expr(&mut self, expr: &'s Expr) {
        match &expr.primary {
            Primary::New(new) => {
                if let Some(found) = self.add(&new.package) {
                    found.is_component = true;
                }
                new.args.iter().for_each(|arg| self.arg(arg));
            }
            Primary::Nested(inside) => self.expr(inside),
            Primary::Id(_) => {}
        }
    }

    fn arg(&mut self, arg: &'s Arg) {
        match arg {
            Arg::Named(named) => self.expr(&named.value),
            Arg::Spread(spread) => self.expr(&spread.value),
            Arg::Inferred(_) | Arg::Fill(_) => {}
        }
    }

    fn interface_items(&mut self, items: &'s [InterfaceItem]) {
        for item in items {
            match item {
                InterfaceItem::Use(use_) => self.use_(use_),
                InterfaceItem::Type(_) | InterfaceItem::Func(_) => {}
            }
        }
    }

    fn world_item(&mut self, item: &'s WorldItem) {
        match item {
            WorldItem::Use(use_) => self.use_(use_),
            WorldItem::Import(item) | WorldItem::Export(item) => self.world_extern(item),
            WorldItem::Include(include) => self.include(include),
            WorldItem::Type(_) => {}
        }
    }

    fn use_(&mut self, use_: &'s Use) {
        self.item_ref(&use_.from);
    }

    fn include(&mut self, include: &'s Include) {
        self.item_ref(&include.world);
    }

    fn world_extern(&mut self, item: &'s WorldExtern) {
        match &item.item {
            WorldExternItem::Named { ty, .. } => self.item_type(ty),
            WorldExternItem::Item(item) => self.item_ref(item),
        }
    }
}

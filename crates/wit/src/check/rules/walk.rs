//! Every rule, where it applies in a file.
//!
//! In: the tree. Out: calls of the rules, in the order of the text.
//! Holds: packages in packages are walked without recursion, however deep they are.

use super::attributes::Holder;
use super::functions::{Func, Owner};
use super::locals::Locals;
use super::{Report, attributes, functions, gates, members, names, packages, scope, types};
use crate::syntax::ast::{
    Attributes, Extern, ExternKind, Include, Interface, InterfaceItem, Item, Name, NestedPackage, ResourceItem, TopUse,
    TypeDecl, TypeDeclKind, Use, World, WorldItem,
};

/// What applies to all that stands in an interface or a world.
#[derive(Clone, Copy)]
struct Block<'a> {
    locals: &'a Locals<'a>,
    /// Whether all of it may be left out, for want of a feature.
    may_be_off: bool,
}

pub(super) fn file(report: &mut Report<'_>) {
    let tree = report.tree;
    if let Some(header) = &tree.ast.package {
        names::package(report, &header.name);
    }
    let mut pending: Vec<(&[Item], Option<&NestedPackage>)> = vec![(&tree.ast.items, None)];
    while let Some((items, outer)) = pending.pop() {
        packages::names_in_file(report, items);
        if let Some(outer) = outer {
            packages::no_packages_in(report, outer);
        }
        for item in items {
            match item {
                Item::Use(one) => top_use(report, one),
                Item::Interface(one) => interface(report, one),
                Item::World(one) => world(report, one),
                Item::Package(one) => {
                    nested(report, one);
                    pending.push((&one.items, Some(one)));
                }
                Item::Error(_) => {}
            }
        }
    }
}

fn nested(report: &mut Report<'_>, package: &NestedPackage) {
    attributes::check(report, &package.attributes, Holder::NestedPackage(&package.name.span));
    names::package(report, &package.name);
    let declared = packages::block(report.tree, package);
    report.found.extend(declared);
}

fn top_use(report: &mut Report<'_>, one: &TopUse) {
    attributes::check(report, &one.attributes, Holder::TopUse(&one.path.span));
    names::path(report, &one.path);
    if let Some(rename) = &one.rename {
        names::check(report, rename);
    }
}

fn interface(report: &mut Report<'_>, interface: &Interface) {
    attributes::check(report, &interface.attributes, Holder::Interface);
    names::check(report, &interface.name);
    interface_items(report, Some(&interface.name), &interface.items, gates::may_be_off(&interface.attributes));
}

fn interface_items(report: &mut Report<'_>, name: Option<&Name>, items: &[InterfaceItem], may_be_off: bool) {
    let locals = Locals::of_interface(items);
    let block = Block { locals: &locals, may_be_off };
    for item in items {
        match item {
            InterfaceItem::Use(one) => use_(report, one),
            InterfaceItem::Type(one) => type_decl(report, one, block),
            InterfaceItem::Func(one) => {
                attributes::check(report, &one.attributes, Holder::Item);
                let func = Func { name: &one.name, kind: one.kind, func: &one.func, span: &one.span };
                function(report, &one.attributes, &func, Owner::Block, block);
            }
            InterfaceItem::Error(_) => {}
        }
    }
    scope::interface(report, name, items);
}

fn world(report: &mut Report<'_>, world: &World) {
    attributes::check(report, &world.attributes, Holder::World);
    names::check(report, &world.name);
    let locals = Locals::of_world(&world.items);
    let block = Block { locals: &locals, may_be_off: gates::may_be_off(&world.attributes) };
    for item in &world.items {
        match item {
            WorldItem::Use(one) => use_(report, one),
            WorldItem::Type(one) => type_decl(report, one, block),
            WorldItem::Import(one) | WorldItem::Export(one) => extern_(report, one, block),
            WorldItem::Include(one) => include(report, one),
            WorldItem::Error(_) => {}
        }
    }
    scope::world(report, world);
}

fn use_(report: &mut Report<'_>, one: &Use) {
    attributes::check(report, &one.attributes, Holder::Item);
    names::path(report, &one.path);
    for name in &one.names {
        names::check(report, &name.name);
        if let Some(rename) = &name.rename {
            names::check(report, rename);
        }
    }
}

fn include(report: &mut Report<'_>, one: &Include) {
    attributes::check(report, &one.attributes, Holder::Include);
    names::path(report, &one.path);
    for name in &one.with {
        names::check(report, &name.name);
        if let Some(rename) = &name.rename {
            names::check(report, rename);
        }
    }
}

fn extern_(report: &mut Report<'_>, one: &Extern, block: Block<'_>) {
    attributes::check(report, &one.attributes, Holder::Item);
    match &one.kind {
        ExternKind::Func { name, kind, func } => {
            let func = Func { name, kind: *kind, func, span: &one.span };
            function(report, &one.attributes, &func, Owner::Block, block);
        }
        ExternKind::Interface { name, items } => {
            names::check(report, name);
            interface_items(report, None, items, block.may_be_off || gates::may_be_off(&one.attributes));
        }
        ExternKind::Path(path) => names::path(report, path),
        ExternKind::Implements { name, path } => {
            names::check(report, name);
            names::path(report, path);
        }
    }
}

fn type_decl(report: &mut Report<'_>, one: &TypeDecl, block: Block<'_>) {
    attributes::check(report, &one.attributes, Holder::Item);
    names::check(report, &one.name);
    match &one.kind {
        TypeDeclKind::Alias(ty) => types::check(report, ty, block.locals),
        TypeDeclKind::Record(fields) => {
            members::record(report, one, fields);
            fields.iter().for_each(|field| types::check(report, &field.ty, block.locals));
        }
        TypeDeclKind::Variant(cases) => {
            members::variant(report, one, cases);
            let payloads = cases.iter().filter_map(|case| case.payload.as_ref());
            payloads.for_each(|ty| types::check(report, ty, block.locals));
        }
        TypeDeclKind::Enum(cases) => members::enum_(report, one, cases),
        TypeDeclKind::Flags(flags) => members::flags(report, one, flags),
        TypeDeclKind::Resource(items) => {
            let may_be_off = block.may_be_off || gates::may_be_off(&one.attributes);
            for item in items {
                resource_item(report, item, one, Block { may_be_off, ..block });
            }
        }
    }
}

fn resource_item(report: &mut Report<'_>, item: &ResourceItem, resource: &TypeDecl, block: Block<'_>) {
    match item {
        ResourceItem::Func(one) => {
            attributes::check(report, &one.attributes, Holder::Item);
            let func = Func { name: &one.name, kind: one.kind, func: &one.func, span: &one.span };
            function(report, &one.attributes, &func, Owner::Resource(&resource.name), block);
        }
        ResourceItem::Error(_) => {}
    }
}

fn function(report: &mut Report<'_>, gate: &Attributes, func: &Func<'_>, owner: Owner<'_>, block: Block<'_>) {
    let may_be_off = block.may_be_off || gates::may_be_off(gate);
    functions::check(report, func, owner, block.locals);
    if !may_be_off {
        functions::no_borrow_in_result(report, func);
    }
}

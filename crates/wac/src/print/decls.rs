//! Interfaces, worlds and what they declare.

use super::types::{Func, Params, Type};
use super::{Id, Item, Printer};
use crate::syntax::tree::{
    Attributes, Case, Constructor, Docs, Field, FuncRef, GateKind, Include, Interface, InterfaceFunc, InterfaceItem,
    Method, ResourceItem, TypeDecl, TypeDeclKind, Use, VariantCase, World, WorldExtern, WorldExternItem, WorldItem,
};

impl Printer {
    fn attributes(&mut self, attributes: &Attributes) {
        self.docs(&attributes.docs);
        for gate in &attributes.gates {
            match &gate.kind {
                GateKind::Since(version) => self.line(format_args!("@since(version = {})", version.value)),
                GateKind::Unstable(feature) => self.line(format_args!("@unstable(feature = {})", Id(feature))),
                GateKind::Deprecated(version) => self.line(format_args!("@deprecated(version = {})", version.value)),
            }
        }
    }

    pub(super) fn interface(&mut self, interface: &Interface) {
        self.attributes(&interface.attributes);
        self.start();
        self.put(format_args!("interface {} ", Id(&interface.id)));
        self.block(&interface.items, Self::interface_item);
        self.put("\n");
    }

    pub(super) fn interface_item(&mut self, item: &InterfaceItem) {
        match item {
            InterfaceItem::Use(use_) => self.use_(use_),
            InterfaceItem::Type(decl) => self.type_decl(decl),
            InterfaceItem::Func(func) => self.interface_func(func),
        }
    }

    fn interface_func(&mut self, func: &InterfaceFunc) {
        self.attributes(&func.attributes);
        match &func.ty {
            FuncRef::Func(ty) => self.line(format_args!("{}: {};", Id(&func.name), Func(ty))),
            FuncRef::Id(ty) => self.line(format_args!("{}: {};", Id(&func.name), Id(ty))),
        }
    }

    fn use_(&mut self, use_: &Use) {
        self.attributes(&use_.attributes);
        let names = use_.names.iter().map(|name| match &name.rename {
            Some(rename) => format!("{} as {}", Id(&name.name), Id(rename)),
            None => Id(&name.name).to_string(),
        });
        let names: Vec<String> = names.collect();
        self.line(format_args!("use {}.{{{}}};", Item(&use_.from), names.join(", ")));
    }

    pub(super) fn world(&mut self, world: &World) {
        self.attributes(&world.attributes);
        self.start();
        self.put(format_args!("world {} ", Id(&world.id)));
        self.block(&world.items, Self::world_item);
        self.put("\n");
    }

    fn world_item(&mut self, item: &WorldItem) {
        match item {
            WorldItem::Use(use_) => self.use_(use_),
            WorldItem::Type(decl) => self.type_decl(decl),
            WorldItem::Import(item) => self.world_extern("import", item),
            WorldItem::Export(item) => self.world_extern("export", item),
            WorldItem::Include(include) => self.include(include),
        }
    }

    fn world_extern(&mut self, word: &str, item: &WorldExtern) {
        self.attributes(&item.attributes);
        self.start();
        self.put(format_args!("{word} "));
        match &item.item {
            WorldExternItem::Named { name, ty } => {
                self.put(format_args!("{}: ", Id(name)));
                self.item_type(ty);
            }
            WorldExternItem::Item(item) => self.put(Item(item)),
        }
        self.put(";\n");
    }

    fn include(&mut self, include: &Include) {
        self.attributes(&include.attributes);
        let with = include.with.iter().map(|rename| format!("{} as {}", Id(&rename.from), Id(&rename.to)));
        let with: Vec<String> = with.collect();
        if with.is_empty() {
            self.line(format_args!("include {};", Item(&include.world)));
        } else {
            self.line(format_args!("include {} with {{ {} }};", Item(&include.world), with.join(", ")));
        }
    }

    pub(super) fn type_decl(&mut self, decl: &TypeDecl) {
        self.attributes(&decl.attributes);
        let id = Id(&decl.id);
        match &decl.kind {
            TypeDeclKind::Alias(ty) => self.line(format_args!("type {id} = {};", Type(ty))),
            TypeDeclKind::FuncAlias(func) => self.line(format_args!("type {id} = {};", Func(func))),
            TypeDeclKind::Record(fields) => self.members(format_args!("record {id}"), fields, Self::field),
            TypeDeclKind::Variant(cases) => self.members(format_args!("variant {id}"), cases, Self::variant_case),
            TypeDeclKind::Flags(flags) => self.members(format_args!("flags {id}"), flags, Self::case),
            TypeDeclKind::Enum(cases) => self.members(format_args!("enum {id}"), cases, Self::case),
            TypeDeclKind::Resource(items) if items.is_empty() => self.line(format_args!("resource {id};")),
            TypeDeclKind::Resource(items) => self.members(format_args!("resource {id}"), items, Self::resource_item),
        }
    }

    fn members<T>(&mut self, head: std::fmt::Arguments<'_>, members: &[T], print: fn(&mut Self, &T)) {
        self.start();
        self.put(format_args!("{head} "));
        self.block(members, print);
        self.put("\n");
    }

    fn field(&mut self, field: &Field) {
        self.member(&field.docs, format_args!("{}: {}", Id(&field.name), Type(&field.ty)));
    }

    fn variant_case(&mut self, case: &VariantCase) {
        match &case.payload {
            Some(ty) => self.member(&case.docs, format_args!("{}({})", Id(&case.name), Type(ty))),
            None => self.member(&case.docs, format_args!("{}", Id(&case.name))),
        }
    }

    fn case(&mut self, case: &Case) {
        self.member(&case.docs, format_args!("{}", Id(&case.name)));
    }

    fn member(&mut self, docs: &Docs, member: std::fmt::Arguments<'_>) {
        self.docs(docs);
        self.line(format_args!("{member},"));
    }

    fn resource_item(&mut self, item: &ResourceItem) {
        match item {
            ResourceItem::Constructor(constructor) => self.constructor(constructor),
            ResourceItem::Method(method) => self.method(method),
        }
    }

    fn constructor(&mut self, constructor: &Constructor) {
        self.attributes(&constructor.attributes);
        match &constructor.result {
            Some(ty) => self.line(format_args!("constructor{} -> {};", Params(&constructor.params), Type(ty))),
            None => self.line(format_args!("constructor{};", Params(&constructor.params))),
        }
    }

    fn method(&mut self, method: &Method) {
        self.attributes(&method.attributes);
        let is_static = if method.is_static { "static " } else { "" };
        self.line(format_args!("{}: {is_static}{};", Id(&method.name), Func(&method.func)));
    }
}

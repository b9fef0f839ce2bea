//! Interfaces as instance types.
//!
//! In: one of wit-parser's interfaces, and the side it stands on. Out: an `InstanceType`.
//! Holds: an interface that stands under its own name is one instance type on each side.

use std::collections::HashMap;

use types::{ExternName, InstanceId, InstanceType};
use wit_parser::{InterfaceId, WorldKey};

use super::{Convert, Scope, Side};

impl Convert<'_> {
    /// The instance type of an interface under its own name, made when it is first needed.
    ///
    /// From the export side an interface that is not exported is the import.
    pub(super) fn shared_instance(&mut self, side: Side, id: InterfaceId) -> Option<InstanceId> {
        let side = self.home(side, id);
        if let Some(scope) = self.scopes(side).get(&id) {
            return scope.instance;
        }
        let scope = self.fresh_instance(side, id);
        let instance = scope.instance;
        self.scopes(side).insert(id, scope);
        instance
    }

    /// On which side an interface is found that something on `side` refers to.
    pub(super) fn home(&self, side: Side, id: InterfaceId) -> Side {
        let is_exported = || {
            let world = self.world.map(|world| &self.package.resolve.worlds[world]);
            world.is_some_and(|world| world.exports.contains_key(&WorldKey::Interface(id)))
        };
        if side == Side::Export && is_exported() { Side::Export } else { Side::Import }
    }

    pub(super) fn scopes(&mut self, side: Side) -> &mut HashMap<InterfaceId, Scope> {
        match side {
            Side::Import => &mut self.imports,
            Side::Export => &mut self.exports,
        }
    }

    /// A new instance type with types of its own.
    pub(super) fn fresh_instance(&mut self, side: Side, id: InterfaceId) -> Scope {
        let package = self.package;
        let interface = &package.resolve.interfaces[id];
        let decl = self.decl(&interface.docs, &interface.stability, None, interface.span);
        let name = self.interface_name(id);
        let instance = self.types.add_instance(InstanceType { id: name, decl, ..InstanceType::default() });
        let mut scope = Scope { interface: Some(id), instance: Some(instance), types: HashMap::new() };
        for (name, ty) in &interface.types {
            let item = self.named_type(side, &mut scope, *ty);
            // A type that another needed earlier is there already.
            self.types.instance_mut(instance).exports.entry(ExternName::label(name.clone())).or_insert(item);
        }
        for function in interface.functions.values() {
            let (name, item) = self.func(side, &mut scope, function);
            self.types.instance_mut(instance).exports.insert(name, item);
        }
        scope
    }
}

//! Handles: resources of others, and those that the guest implements.
//!
//! A resource of others is a pointer to a struct whose only field is an `rt.Handle`; packages other than its own reach
//! the handle by that. The guest's own values stand in a table, which is declared where the resource is.

use abi::CoreType;
use bindgen::{InterfaceKey, Role, core_name};
use types::{Owner, ResourceId};

use super::Coder;
use super::memory::Form;
use crate::model::View;

/// A core function of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Builtin {
    Drop,
    New,
    Rep,
    /// A Go function that makes a value Go's alone.
    Take,
    /// A Go function that makes a handle of a value.
    Give,
    /// A Go function that undoes that.
    TakeBack,
}

impl<'t> Coder<'_, 't> {
    pub(super) fn is_imported(view: &View<'_, 't>, id: ResourceId) -> bool {
        view.model.resource(id).role == Role::Import
    }

    /// The table of an exported resource.
    fn table(view: &mut View<'_, 't>, id: ResourceId) -> String {
        let declared = view.model.resource(id);
        view.qualified(declared.package, &declared.table)
    }

    pub(super) fn load_own(&mut self, view: &mut View<'_, 't>, id: ResourceId) -> Form {
        if Self::is_imported(view, id) {
            let drop = self.builtin(view, id, Builtin::Drop);
            return Form::typed("rt.LoadOwn", view.resource_name(id)).with([drop]);
        }
        let take = self.builtin(view, id, Builtin::Take);
        Form::typed("rt.LoadTaken", view.resource_name(id)).with([take])
    }

    pub(super) fn load_borrow(&mut self, view: &mut View<'_, 't>, id: ResourceId) -> Form {
        if Self::is_imported(view, id) {
            let drop = self.builtin(view, id, Builtin::Drop);
            return Form::typed("rt.LoadLent", view.resource_name(id)).with([drop]);
        }
        let table = Self::table(view, id);
        Form::typed("rt.LoadValue", view.resource_name(id)).with([format!("&{table}")])
    }

    pub(super) fn store_own(&mut self, view: &mut View<'_, 't>, id: ResourceId) -> Form {
        if Self::is_imported(view, id) {
            return Form::typed("rt.StoreOwn", view.resource_name(id));
        }
        let give = self.builtin(view, id, Builtin::Give);
        if !view.model.transfers.sends(view.here, view.model.bindings.types, id) {
            return Form::typed("rt.StoreGiven", view.resource_name(id)).with([give]);
        }
        let take_back = self.builtin(view, id, Builtin::TakeBack);
        Form::typed("rt.StoreSent", view.resource_name(id)).with([give, take_back])
    }

    pub(super) fn store_borrow(&mut self, view: &mut View<'_, 't>, id: ResourceId) -> Form {
        Form::typed("rt.StoreLent", view.resource_name(id))
    }

    pub(super) fn lift_own(&mut self, view: &mut View<'_, 't>, id: ResourceId, core: &str) -> String {
        if Self::is_imported(view, id) {
            let drop = self.builtin(view, id, Builtin::Drop);
            return format!("rt.Own[{}]({core}, {drop})", view.resource_name(id));
        }
        format!("{}({core})", self.builtin(view, id, Builtin::Take))
    }

    pub(super) fn lift_borrow(&mut self, view: &mut View<'_, 't>, id: ResourceId, core: &str) -> String {
        if Self::is_imported(view, id) {
            let drop = self.builtin(view, id, Builtin::Drop);
            return format!("rt.Lend[{}]({}, {core}, {drop})", view.resource_name(id), self.call());
        }
        format!("{}.Get({core})", Self::table(view, id))
    }

    pub(super) fn lower_own(&mut self, view: &mut View<'_, 't>, id: ResourceId, value: &str) -> String {
        if Self::is_imported(view, id) {
            return format!("rt.Give({}, {value})", self.call());
        }
        format!("{}({value})", self.builtin(view, id, Builtin::Give))
    }

    pub(super) fn lower_borrow(&mut self, _: &View<'_, 't>, _: ResourceId, value: &str) -> String {
        format!("rt.Borrow({}, {value})", self.call())
    }

    fn builtin(&mut self, view: &mut View<'_, 't>, id: ResourceId, builtin: Builtin) -> String {
        if let Some(known) = self.builtins.get(&(id, builtin)) {
            return known.clone();
        }
        let declared = view.model.resource(id);
        let (word, role) = match builtin {
            Builtin::Drop => ("drop", declared.role),
            Builtin::New => ("new", declared.role),
            Builtin::Rep => ("rep", declared.role),
            Builtin::Take => ("take", declared.role),
            Builtin::Give => ("give", declared.role),
            Builtin::TakeBack => ("takeBack", declared.role),
        };
        let name = self.private.declare(format!("{word}_{}", declared.name));
        self.builtins.insert((id, builtin), name.clone());
        let resource = &view.model.bindings.types.resource(id).name;
        let module = core_name::resource_module(role, resource_key(view, id));
        let one = [CoreType::I32];
        match builtin {
            Builtin::Drop => self.core_import(&module, &core_name::resource_drop(resource), &name, &one, &[]),
            Builtin::New => self.core_import(&module, &core_name::resource_new(resource), &name, &one, &one),
            Builtin::Rep => self.core_import(&module, &core_name::resource_rep(resource), &name, &one, &one),
            Builtin::Take => self.take(view, id, &name),
            Builtin::Give => self.give(view, id, &name),
            Builtin::TakeBack => {
                let (take, core) = (self.builtin(view, id, Builtin::Take), self.names.cores[0].clone());
                self.declaration().push(format!("func {name}({core} uint32) {{\n{take}({core})\n}}"));
            }
        }
        name
    }

    fn take(&mut self, view: &mut View<'_, 't>, id: ResourceId, name: &str) {
        let (rep, drop) = (self.builtin(view, id, Builtin::Rep), self.builtin(view, id, Builtin::Drop));
        let (table, ty) = (Self::table(view, id), view.resource_name(id));
        let (core, value) = (self.names.cores[0].clone(), self.names.value.clone());
        let text = self.declaration();
        text.push(format!("func {name}({core} uint32) {ty} {{"));
        text.push(format!("{value} := {table}.Take({rep}({core}))"));
        text.push(format!("{drop}({core})"));
        text.push(format!("return {value}"));
        text.push("}");
    }

    fn give(&mut self, view: &mut View<'_, 't>, id: ResourceId, name: &str) {
        let new = self.builtin(view, id, Builtin::New);
        let (table, ty) = (Self::table(view, id), view.resource_name(id));
        let value = self.names.value.clone();
        let text = self.declaration();
        text.push(format!("func {name}({value} {ty}) uint32 {{"));
        text.push(format!("if {value} == nil {{"));
        text.push(format!("panic(\"withe: a {ty} that is returned is nil\")"));
        text.push("}");
        text.push(format!("return {new}({table}.Put({value}))"));
        text.push("}");
    }

    /// The table and the destructor of an exported resource, where it is declared.
    pub fn exported_resource(&mut self, view: &mut View<'_, 't>, id: ResourceId) {
        view.rt();
        let (name, table) = (view.model.resource(id).name.clone(), view.model.resource(id).table.clone());
        let resource = &view.model.bindings.types.resource(id).name;
        let export = core_name::destructor(resource_key(view, id), resource);
        let destroy = self.private.declare(format!("destroy_{name}"));
        let core = self.names.cores[0].clone();
        let text = self.declaration();
        let whose = if table.starts_with("table_") { "" } else { " It belongs to the generated packages." };
        text.push(format!("// {table} has the values behind handles.{whose}"));
        text.push(format!("var {table} rt.Table[{name}]"));
        text.gap();
        text.push(format!("//go:wasmexport {export}"));
        text.push(format!("func {destroy}({core} uint32) {{\nrt.Destroy(&{table}, {core})\n}}"));
    }
}

/// The interface that declares a resource, as the world names it.
fn resource_key<'t>(view: &View<'_, 't>, id: ResourceId) -> InterfaceKey<'t> {
    let package = &view.model.packages[view.model.resource(id).package];
    let owner = view.model.bindings.types.resource(id).owner;
    let is_world = owner == Owner::World;
    let interface = package.interfaces().next().filter(|_| !is_world);
    interface.map_or(InterfaceKey::Root, |interface| interface.key)
}

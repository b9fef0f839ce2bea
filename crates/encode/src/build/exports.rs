//! The component's exports: functions are lifted, interfaces become instances.

use abi::Mode;
use abi::names::For;
use component::plan::{FuncRef, InstanceRef, ItemRef, ROOT, item_name};
use types::{ExternName, InstanceId, Item, ItemKind, Owner};

use super::canon::Stage;
use super::{Build, own_producers};
use crate::export::Lift;
use crate::fixup::Hooked;
use crate::nested::{self, LiftedFunc};

impl Build<'_, '_> {
    pub(super) fn export_world(&mut self) -> diag::Result<()> {
        let input = self.input;
        for (name, item) in &input.world.component.exports {
            match item.kind {
                ItemKind::Instance(id) => self.define_resources(id),
                ItemKind::Resource(id) => self.define_if_own(id),
                ItemKind::Func(_) | ItemKind::Type(_) | ItemKind::Component(_) | ItemKind::CoreModule(_) => {}
            }
            let exported: Option<ItemRef> = match item.kind {
                ItemKind::Func(_) => self.lifted(None, name)?.map(ItemRef::Func),
                ItemKind::Instance(id) => Some(self.interface(name, id)?.into()),
                ItemKind::Type(ty) => Some(self.declared.type_ref(&mut self.plan, ROOT, ty)?.into()),
                ItemKind::Resource(id) => Some(self.declared.resource(&mut self.plan, ROOT, id)?.into()),
                ItemKind::Component(_) | ItemKind::CoreModule(_) => None,
            };
            if let Some(exported) = exported {
                let view = self.plan.export(item_name(self.types, name, item), exported, None);
                self.see_export(item, view);
            }
        }
        Ok(())
    }

    fn define_resources(&mut self, id: InstanceId) {
        for item in self.types.instance(id).exports.values() {
            if let ItemKind::Resource(resource) = item.kind
                && self.types.resource(resource).owner == Owner::Instance(id)
            {
                self.own_resource(resource);
            }
        }
    }

    fn interface(&mut self, scope: &ExternName, id: InstanceId) -> diag::Result<InstanceRef> {
        let types = self.types;
        let bag_types = nested::bag_types(&mut self.plan, &mut self.declared, types, id)?;
        let mut funcs = Vec::new();
        for (name, item) in &types.instance(id).exports {
            if let ItemKind::Func(ty) = item.kind
                && let Some(func) = self.lifted(Some(scope), name)?
            {
                funcs.push(LiftedFunc { name, ty, func });
            }
        }
        match bag_types {
            Some(defined) => Ok(nested::bag(&mut self.plan, types, id, &defined, &funcs)),
            None => nested::instance(&mut self.plan, &mut self.declared, types, id, &funcs, &mut self.made),
        }
    }

    /// From now on an exported type, and the types of an exported interface, are said as the export names them.
    fn see_export(&mut self, item: &Item, view: ItemRef) {
        if let ItemKind::Resource(resource) = item.kind {
            self.declared.withdraw_resource(ROOT, resource);
        }
        let (ItemKind::Instance(id), ItemRef::Instance(instance)) = (item.kind, view) else {
            return self.declared.provide_item(&self.plan, ROOT, item, view);
        };
        self.declared.provide_instance(&self.plan, id, instance);
        for item in self.types.instance(id).exports.values() {
            if let ItemKind::Resource(resource) = item.kind
                && self.types.resource(resource).owner == Owner::Instance(id)
            {
                self.declared.withdraw_resource(ROOT, resource);
            }
        }
    }

    fn lifted(&mut self, scope: Option<&ExternName>, name: &ExternName) -> diag::Result<Option<FuncRef>> {
        match self.lifts.get(&(scope, name)) {
            Some(lift) => self.lift(lift).map(Some),
            None => Ok(None),
        }
    }

    fn lift(&mut self, lift: &Lift) -> diag::Result<FuncRef> {
        let ty = self.declared.func_type(&mut self.plan, ROOT, lift.ty)?;
        let core_func = self.called_by_host(lift.part, &lift.core_name, Hooked::of_lift(lift));
        let realloc = self.bound(lift.part).exports.specials.export_realloc.clone();
        let guest = self.input.guest(lift.part);
        let encoding = guest.encoding(For::Exported, lift.scope.as_ref(), &lift.name);
        let allocator = (lift.part, realloc.as_ref());
        let mut options = self.options(lift.call.needs(), Some(encoding), allocator, Stage::Export);
        let export = |this: &mut Self, name: &String, how| this.called_by_host(lift.part, name, how);
        options.post_return = lift.post_return.as_ref().map(|name| export(self, name, Hooked::PostReturn));
        options.callback = lift.callback.as_ref().map(|name| export(self, name, Hooked::Callback));
        options.async_ = lift.mode != Mode::Sync;
        Ok(self.plan.lift(core_func, ty, options))
    }

    pub(super) fn producers(&mut self) {
        if !self.input.options.strip {
            self.plan.custom("producers", own_producers().emit());
        }
    }
}

//! What is used of what the host gives, and what the component exports.
//!
//! Holds: an item of the host is an import once something uses it; a resource is listed once a type of a function that
//! crosses a border mentions it.

use std::collections::HashMap;

use ::types::{ExternName, FuncId, ResourceId, TypeKind, ValType};

use super::eval::{Eval, MOST_LEVELS, Result, Stop, extern_name};
use super::value::{Behind, Host, HostId, Items, Ty, Value};
use super::{Callee, Export, Import, ImportId, ImportKind, Offer, Origin, Resource};

impl<'a> Eval<'a, '_> {
    /// The import that an item of the host is.
    pub(super) fn use_host(&mut self, host: HostId, kind: ImportKind) -> Result<ImportId> {
        if let Some(&known) = self.imports.get(&host) {
            return Ok(known);
        }
        let mut path = Vec::new();
        let mut at = Some(host);
        while let Some(id) = at {
            let Host { around, name, .. } = *self.hosts.get(id);
            self.count(1, name.name.len())?;
            path.push(extern_name(&name));
            at = around;
        }
        path.reverse();
        let id = ImportId(self.out.imports.len());
        self.out.imports.push(Import { path, kind });
        self.imports.insert(host, id);
        Ok(id)
    }

    /// All that the host gives.
    pub(super) fn offers(&mut self) -> Result<Vec<Offer>> {
        let hosts: Vec<(HostId, Host<'a>)> = self.hosts.iter().map(|(id, host)| (id, *host)).collect();
        let places: HashMap<HostId, usize> = hosts.iter().enumerate().map(|(at, (id, _))| (*id, at)).collect();
        let offer = |(_, host): &(HostId, Host<'a>)| {
            self.count(1, host.name.name.len())?;
            let around = host.around.and_then(|around| places.get(&around).copied());
            Ok(Offer { around, name: extern_name(&host.name), sort: host.sort })
        };
        hosts.iter().map(offer).collect()
    }

    pub(super) fn callee(&mut self, from: Behind) -> Result<Callee> {
        match from {
            Behind::Lift(lift) => Ok(Callee::Lift(lift)),
            Behind::Host(host) => {
                let ty = self.hosts.get(host).ty.ok_or(Stop::Broken)?;
                self.use_func(ty)?;
                Ok(Callee::Host(self.use_host(host, ImportKind::Func(ty))?))
            }
        }
    }

    /// Lists the resources of a function's type.
    pub(super) fn use_func(&mut self, ty: FuncId) -> Result<()> {
        let func = self.types.func(ty);
        let all: Vec<ValType> = func.params.iter().map(|param| param.ty).chain(func.result).collect();
        all.into_iter().try_for_each(|ty| self.use_type(ty))
    }

    pub(super) fn use_optional(&mut self, ty: Option<ValType>) -> Result<()> {
        ty.map_or(Ok(()), |ty| self.use_type(ty))
    }

    /// Lists the resources that a type mentions.
    fn use_type(&mut self, ty: ValType) -> Result<()> {
        let mut open = vec![ty];
        while let Some(ty) = open.pop() {
            let ValType::Def(id) = ty else { continue };
            if !self.used_types.insert(id) {
                continue;
            }
            let from = open.len();
            match &self.types.def(id).kind {
                TypeKind::Alias(ty) | TypeKind::List(ty) | TypeKind::FixedList(ty, _) | TypeKind::Option(ty) => {
                    open.push(*ty);
                }
                TypeKind::Map(key, value) => open.extend([*key, *value]),
                TypeKind::Record(fields) => open.extend(fields.iter().map(|field| field.ty)),
                TypeKind::Variant(cases) => open.extend(cases.iter().filter_map(|case| case.ty)),
                TypeKind::Tuple(parts) => open.extend(parts),
                TypeKind::Result { ok, err } => open.extend(ok.iter().chain(err)),
                TypeKind::Stream(payload) | TypeKind::Future(payload) => open.extend(payload),
                TypeKind::Own(resource) | TypeKind::Borrow(resource) => self.use_resource(*resource)?,
                TypeKind::Flags(_) | TypeKind::Enum(_) => {}
            }
            // The first part is looked at first.
            open[from..].reverse();
        }
        Ok(())
    }

    /// Lists a resource. Those of parts are listed when they are defined.
    pub(super) fn use_resource(&mut self, id: ResourceId) -> Result<()> {
        if self.used_resources.insert(id) {
            let host = *self.host_resources.get(&id).ok_or(Stop::Broken)?;
            let name = Some(self.hosts.get(host).name.full_name().into_owned());
            let import = self.use_host(host, ImportKind::Resource(id))?;
            self.out.resources.push(Resource { id, name, origin: Origin::Host(import) });
        }
        Ok(())
    }

    /// What the root exports, or an instance that it exports.
    pub(super) fn exports(&mut self, items: &Items<'a>, depth: usize) -> Result<Vec<(ExternName, Export)>> {
        if depth > MOST_LEVELS {
            return Err(self.too_deep());
        }
        let mut exports = Vec::with_capacity(items.len());
        for (name, value) in items.values() {
            self.count(1, name.name.len())?;
            exports.push((extern_name(name), self.one_export(*value, depth)?));
        }
        Ok(exports)
    }

    fn one_export(&mut self, value: Value<'a>, depth: usize) -> Result<Export> {
        Ok(match value {
            Value::Func(func) => {
                self.use_func(func.ty)?;
                Export::Func { callee: self.callee(func.from)?, ty: func.ty }
            }
            Value::Instance(instance) => {
                let items = self.items_of(instance).clone();
                self.count(items.len(), 0)?;
                Export::Instance { items: self.exports(&items, depth + 1)? }
            }
            Value::Type(Ty::Val(ty)) => {
                self.use_type(ty)?;
                Export::Type(ty)
            }
            Value::Type(Ty::Resource(id)) => {
                self.use_resource(id)?;
                Export::Resource(id)
            }
            Value::Type(Ty::Func(_) | Ty::Instance(_) | Ty::Component(_)) => Export::OtherType,
            Value::Module(module) => Export::CoreModule(self.source(module)?),
            Value::Component(_) => Export::Component,
        })
    }

    /// Gives resources of parts the first names under which they are exported.
    pub(super) fn name_resources(&mut self) {
        let mut names = HashMap::new();
        collect_names(&self.out.exports, &mut names);
        for resource in &mut self.out.resources {
            if resource.name.is_none() {
                resource.name = names.get(&resource.id).cloned();
            }
        }
    }
}

fn collect_names(exports: &[(ExternName, Export)], names: &mut HashMap<ResourceId, String>) {
    for (name, export) in exports {
        match export {
            Export::Resource(id) => {
                names.entry(*id).or_insert_with(|| name.to_string());
            }
            Export::Instance { items } => collect_names(items, names),
            Export::Func { .. } | Export::Type(_) | Export::CoreModule(_) | Export::Component | Export::OtherType => {}
        }
    }
}

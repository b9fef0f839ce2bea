//! What holds of every instantiation.

use std::collections::HashSet;

use types::equal::{Bindings, Equality};
use types::{ComponentType, ExternName, FuncId, Item, ItemKind, ResourceId, TypeKind, Types, ValType};
use withe_component::instantiation::{
    Callee, CanonKind, CoreDef, Export, ImportKind, Instantiation, LiftId, ModuleId, ModuleSource, OptionsId, Origin,
    Step,
};

type Checked = Result<(), String>;

/// Checks an instantiation against the component's type and the rules of its own.
pub fn check(types: &Types, ty: &ComponentType, it: &Instantiation<'_>) -> Checked {
    let mut check = Check { types, it, instances: 0, resources: HashSet::new(), ready: HashSet::new() };
    check.tables()?;
    check.steps()?;
    check.functions()?;
    check.against(ty)
}

struct Check<'a> {
    types: &'a Types,
    it: &'a Instantiation<'a>,
    /// Made so far.
    instances: usize,
    resources: HashSet<ResourceId>,
    ready: HashSet<usize>,
}

fn that(is: bool, what: impl FnOnce() -> String) -> Checked {
    if is { Ok(()) } else { Err(what()) }
}

impl Check<'_> {
    fn tables(&self) -> Checked {
        let it = self.it;
        for (at, part) in it.parts.iter().enumerate() {
            that(part.parent.map_or(at == 0, |parent| parent.0 < at), || format!("part {at} has a wrong parent"))?;
        }
        let addresses: HashSet<_> = it.modules.iter().map(|module| module.bytes.as_ptr()).collect();
        that(addresses.len() == it.modules.len(), || "a module is listed twice".to_owned())?;
        let paths: HashSet<_> = it.imports.iter().map(|import| &import.path).collect();
        that(paths.len() == it.imports.len(), || "an import is listed twice".to_owned())?;
        let options: HashSet<_> = it.options.iter().collect();
        that(options.len() == it.options.len(), || "options are listed twice".to_owned())?;
        let ids: HashSet<_> = it.resources.iter().map(|resource| resource.id).collect();
        that(ids.len() == it.resources.len(), || "a resource is listed twice".to_owned())?;
        for import in &it.imports {
            if let ImportKind::Resource(id) = import.kind {
                that(ids.contains(&id), || format!("{import:?} is not listed as a resource"))?;
            }
        }
        Ok(())
    }

    /// What a step names was made before it.
    fn steps(&mut self) -> Checked {
        let it = self.it;
        for step in &it.steps {
            match step {
                Step::Instance(id) => {
                    that(id.0 == self.instances, || format!("{id:?} is out of order"))?;
                    self.instance(id.0)?;
                    self.instances += 1;
                }
                Step::Resource(id) => {
                    let resource = it.resources.iter().find(|resource| resource.id == *id).ok_or("no such resource")?;
                    let Origin::Part { dtor, .. } = &resource.origin else {
                        return Err("a resource of the host is made".to_owned());
                    };
                    dtor.as_ref().map_or(Ok(()), |dtor| self.made(dtor))?;
                    that(self.resources.insert(*id), || "a resource is made twice".to_owned())?;
                }
                Step::Ready(part) => {
                    let inside = it.parts.iter().enumerate().filter(|(_, inner)| inner.parent == Some(*part));
                    for (inner, _) in inside {
                        that(self.ready.contains(&inner), || format!("{part:?} is ready before {inner}"))?;
                    }
                    that(self.ready.insert(part.0), || format!("{part:?} is ready twice"))?;
                }
            }
        }
        that(self.instances == it.instances.len(), || "an instance is not made".to_owned())?;
        that(self.ready.len() == it.parts.len(), || "a part is never ready".to_owned())
    }

    fn instance(&self, at: usize) -> Checked {
        let instance = &self.it.instances[at];
        instance.args.iter().try_for_each(|arg| self.made(&arg.def))?;
        let ModuleSource::Embedded(ModuleId(module)) = instance.module else { return Ok(()) };
        let mut imports = Vec::new();
        for payload in wasmparser::Parser::new(0).parse_all(self.it.modules[module].bytes) {
            if let wasmparser::Payload::ImportSection(section) = payload.map_err(|error| error.to_string())? {
                let found = section.into_imports().map(|import| import.map(|import| (import.module, import.name)));
                imports.extend(found.collect::<Result<Vec<_>, _>>().map_err(|error| error.to_string())?);
            }
        }
        let given = instance.args.iter().map(|arg| (arg.module.as_str(), arg.field.as_str()));
        that(given.eq(imports.iter().copied()), || format!("core instance {at} is not given what its module imports"))
    }

    /// A core definition that may be used now.
    fn made(&self, def: &CoreDef) -> Checked {
        let canon = match def {
            CoreDef::Export { instance, .. } => {
                return that(instance.0 < self.instances, || format!("{def:?} is used before it is made"));
            }
            CoreDef::Canon(canon) => &self.it.canons[canon.0],
        };
        match &canon.kind {
            CanonKind::Lower { callee, options, .. } => {
                self.made_options(*options)?;
                if let Callee::Lift(LiftId(lift)) = callee {
                    self.made(&self.it.lifts[*lift].core)?;
                    self.made_options(self.it.lifts[*lift].options)?;
                }
                Ok(())
            }
            CanonKind::ResourceNew(id) | CanonKind::ResourceRep(id) => {
                that(self.resources.contains(id), || "a resource is used before it is made".to_owned())
            }
            CanonKind::ResourceDrop(id) => {
                let of_host = |resource: &withe_component::instantiation::Resource| {
                    resource.id == *id && matches!(resource.origin, Origin::Host(_))
                };
                let known = self.resources.contains(id) || self.it.resources.iter().any(of_host);
                that(known, || "a resource is dropped before it is made".to_owned())
            }
            CanonKind::TaskReturn { options, .. }
            | CanonKind::Transfer { options, .. }
            | CanonKind::ErrorContextNew(options)
            | CanonKind::ErrorContextDebugMessage(options) => self.made_options(*options),
            CanonKind::WaitableSetWait { memory: def, .. }
            | CanonKind::WaitableSetPoll { memory: def, .. }
            | CanonKind::ThreadNewIndirect { table: def } => self.made(def),
            CanonKind::SubtaskCancel { .. }
            | CanonKind::ContextGet { .. }
            | CanonKind::ContextSet { .. }
            | CanonKind::Plain { .. } => Ok(()),
        }
    }

    fn made_options(&self, OptionsId(at): OptionsId) -> Checked {
        let options = &self.it.options[at];
        let all = [&options.memory, &options.realloc, &options.callback, &options.post_return];
        all.into_iter().flatten().try_for_each(|def| self.made(def))
    }

    /// Callers and callees agree, and no resource is left out.
    fn functions(&self) -> Checked {
        let it = self.it;
        for lift in &it.lifts {
            self.listed_func(lift.ty)?;
            self.made(&lift.core)?;
            self.made_options(lift.options)?;
        }
        for canon in &it.canons {
            if let CanonKind::Lower { callee, ty, options } = &canon.kind {
                self.same_type(*callee, *ty)?;
                self.listed_func(*ty)?;
                that(it.options[options.0].part == canon.part, || "options of another part".to_owned())?;
            }
        }
        for import in &it.imports {
            if let ImportKind::Func(ty) = import.kind {
                self.listed_func(ty)?;
            }
        }
        self.exports(&it.exports)
    }

    fn exports(&self, exports: &[(ExternName, Export)]) -> Checked {
        for (_, export) in exports {
            match export {
                Export::Func { callee, ty } => {
                    self.same_type(*callee, *ty)?;
                    self.listed_func(*ty)?;
                }
                Export::Instance { items } => self.exports(items)?,
                Export::Type(ty) => self.listed(*ty)?,
                Export::Resource(id) => self.listed_resource(*id)?,
                Export::CoreModule(_) | Export::Component | Export::OtherType => {}
            }
        }
        Ok(())
    }

    fn same_type(&self, callee: Callee, ty: FuncId) -> Checked {
        let behind = match callee {
            Callee::Lift(lift) => self.it.lifts[lift.0].ty,
            Callee::Host(import) => match self.it.imports[import.0].kind {
                ImportKind::Func(ty) => ty,
                other @ (ImportKind::CoreModule | ImportKind::Resource(_)) => {
                    return Err(format!("{other:?} is called"));
                }
            },
        };
        let text = |ty| types::wit_func(self.types, self.types.func(ty));
        that(types::equal::funcs(self.types, behind, ty), || {
            format!("{callee:?} is `{}` and seen as `{}`", text(behind), text(ty))
        })
    }

    fn listed_func(&self, ty: FuncId) -> Checked {
        let func = self.types.func(ty);
        func.params.iter().map(|param| param.ty).chain(func.result).try_for_each(|ty| self.listed(ty))
    }

    fn listed(&self, ty: ValType) -> Checked {
        let ValType::Def(id) = ty else { return Ok(()) };
        match &self.types.def(id).kind {
            TypeKind::Own(id) | TypeKind::Borrow(id) => self.listed_resource(*id),
            TypeKind::Record(fields) => fields.iter().try_for_each(|field| self.listed(field.ty)),
            TypeKind::Variant(cases) => cases.iter().filter_map(|case| case.ty).try_for_each(|ty| self.listed(ty)),
            TypeKind::Tuple(parts) => parts.iter().try_for_each(|ty| self.listed(*ty)),
            TypeKind::Alias(ty) | TypeKind::List(ty) | TypeKind::FixedList(ty, _) | TypeKind::Option(ty) => {
                self.listed(*ty)
            }
            TypeKind::Map(key, value) => self.listed(*key).and_then(|()| self.listed(*value)),
            TypeKind::Result { ok, err } => ok.iter().chain(err).try_for_each(|ty| self.listed(*ty)),
            TypeKind::Stream(payload) | TypeKind::Future(payload) => payload.map_or(Ok(()), |ty| self.listed(ty)),
            TypeKind::Flags(_) | TypeKind::Enum(_) => Ok(()),
        }
    }

    fn listed_resource(&self, id: ResourceId) -> Checked {
        let listed = self.it.resources.iter().any(|resource| resource.id == id);
        that(listed, || format!("the resource `{}` is not listed", self.types.resource(id).name))
    }

    /// Imports are those of the component's type, exports are all of them, each of the same type.
    fn against(&self, ty: &ComponentType) -> Checked {
        let mut bindings = Bindings::new();
        let mut pairs = Vec::new();
        for import in &self.it.imports {
            let mut items = &ty.imports;
            let mut found = None;
            for name in &import.path {
                let item = items.get(name).ok_or_else(|| format!("there is no import {:?}", import.path))?;
                found = Some(item);
                if let ItemKind::Instance(id) = item.kind {
                    items = &self.types.instance(id).exports;
                }
            }
            match (found.map(|item| item.kind), import.kind) {
                (Some(ItemKind::Func(there)), ImportKind::Func(here)) => pairs.push((here, there)),
                (Some(ItemKind::Resource(there)), ImportKind::Resource(here)) => bindings.bind(here, there),
                (Some(ItemKind::CoreModule(_)), ImportKind::CoreModule) => {}
                (there, here) => return Err(format!("{:?} is {there:?}, not {here:?}", import.path)),
            }
        }
        let exports: Vec<_> = self.it.exports.iter().collect();
        let mut vals = Vec::new();
        self.same_items(&exports, &ty.exports, &mut bindings, &mut pairs, &mut vals)?;
        let mut equality = Equality::new();
        for (here, there) in pairs {
            let (here, there) = (self.types.func(here), self.types.func(there));
            that(equality.funcs(self.types, &bindings, here, there), || {
                format!("`{}` is `{}`", types::wit_func(self.types, there), types::wit_func(self.types, here))
            })?;
        }
        for (here, there) in vals {
            let text = |ty| types::text::wit_structure(self.types, ty);
            that(equality.val_types(self.types, &bindings, here, there), || {
                format!("`{}` is `{}`", text(there), text(here))
            })?;
        }
        Ok(())
    }

    fn same_items(
        &self,
        here: &[&(ExternName, Export)],
        there: &indexmap::IndexMap<ExternName, Item>,
        bindings: &mut Bindings,
        funcs: &mut Vec<(FuncId, FuncId)>,
        vals: &mut Vec<(ValType, ValType)>,
    ) -> Checked {
        let here = here.iter().filter(|(_, export)| *export != Export::OtherType);
        let names: Vec<&ExternName> = here.clone().map(|(name, _)| name).collect();
        that(names.iter().copied().eq(there.keys()), || {
            format!("exports are {names:?}, not {:?}", there.keys().collect::<Vec<_>>())
        })?;
        for ((name, export), (_, item)) in here.zip(there) {
            match (export, item.kind) {
                (Export::Func { ty, .. }, ItemKind::Func(there)) => funcs.push((*ty, there)),
                (Export::Instance { items }, ItemKind::Instance(id)) => {
                    let items: Vec<_> = items.iter().collect();
                    self.same_items(&items, &self.types.instance(id).exports, bindings, funcs, vals)?;
                }
                (Export::Type(ty), ItemKind::Type(there)) => vals.push((*ty, there)),
                (Export::Resource(id), ItemKind::Resource(there)) => bindings.bind(*id, there),
                (Export::CoreModule(_), ItemKind::CoreModule(_)) | (Export::Component, ItemKind::Component(_)) => {}
                (here, there) => return Err(format!("export {name} is {here:?}, not {there:?}")),
            }
        }
        Ok(())
    }
}

//! Each export of the world, bound to the core export that implements it.
//!
//! In: the world's exports, and the module that is to provide them. Out: `Lift`s and destructors,
//! or all that is missing or of the wrong type.

use std::collections::{BTreeSet, HashSet};

use abi::{Abi, Call, Mode, Side};
use diag::Diagnostic;
use types::{ExternName, FuncId, InstanceId, Item, ItemKind, Owner, ResourceId, Types};
use wasm::{CoreModule, CoreType, Extern, Signature};

use crate::canon::core_signature;
use crate::errors::{self, Declared, Missing};
use crate::input::{Input, Linked, Part};
use crate::names::{self, Scheme, special};

/// A core function that becomes a function of the component.
#[derive(Clone, Debug)]
pub struct Lift {
    pub part: Part,
    /// The exported interface; none for a function of the world itself.
    pub scope: Option<ExternName>,
    pub name: ExternName,
    pub ty: FuncId,
    /// Where the world says so.
    pub declared: Declared,
    pub core_name: String,
    pub post_return: Option<String>,
    /// The core function that is called with each event of the task.
    pub callback: Option<String>,
    pub mode: Mode,
    pub call: Call,
}

/// A core function that destroys a resource.
#[derive(Clone, Debug)]
pub struct Destructor {
    pub part: Part,
    pub resource: ResourceId,
    pub core_name: String,
}

/// What a module exports beside the world's items.
#[derive(Clone, Debug, Default)]
pub struct Specials {
    pub memory: Option<String>,
    /// The allocator for arguments that come in, and for results of lowered imports.
    pub export_realloc: Option<Linked>,
    pub import_realloc: Option<Linked>,
    /// The allocator that adapters of this module use.
    pub adapter_realloc: Option<String>,
    pub initialize: Option<String>,
    /// The function that is told when a task of this module begins and ends.
    pub task_hook: Option<String>,
}

/// The exports of one module.
#[derive(Clone, Debug, Default)]
pub struct Exports {
    pub lifts: Vec<Lift>,
    pub destructors: Vec<Destructor>,
    pub specials: Specials,
}

impl Exports {
    /// The names of all core functions that the component uses.
    pub fn core_names(&self) -> impl Iterator<Item = &str> {
        let lifts = self
            .lifts
            .iter()
            .flat_map(|lift| [Some(&lift.core_name), lift.post_return.as_ref(), lift.callback.as_ref()]);
        let specials = &self.specials;
        let reallocs = [&specials.export_realloc, &specials.import_realloc].into_iter().flatten();
        let others = [&specials.initialize, &specials.task_hook];
        lifts
            .flatten()
            .chain(self.destructors.iter().map(|destructor| &destructor.core_name))
            .chain(reallocs.map(|realloc| &realloc.export))
            .chain(others.into_iter().flatten())
            .map(String::as_str)
    }
}

/// Binds the exports that this part has to provide.
pub fn bind(abi: &Abi<'_>, input: &Input<'_>, part: Part, module: &CoreModule<'_>) -> diag::Result<Exports> {
    let (out, wrong, missing) = (Exports::default(), Vec::new(), Vec::new());
    let mut binder = Binder { abi, types: abi.types(), input, part, module, out, wrong, missing };
    binder.specials();
    for (name, item) in provided(input, part) {
        match item.kind {
            ItemKind::Func(ty) => binder.func(None, name, item, ty),
            ItemKind::Instance(id) => binder.instance(name, id),
            ItemKind::Resource(resource) if input.defines(binder.types, resource) => {
                binder.destructor(None, name, resource);
            }
            ItemKind::Type(_) | ItemKind::Resource(_) | ItemKind::Component(_) | ItemKind::CoreModule(_) => {}
        }
    }
    binder.tell_missing();
    if binder.wrong.is_empty() { Ok(binder.out) } else { Err(diag::Diagnostics(binder.wrong)) }
}

/// What the main module exports in vain: functions with names of a component's parts that nothing calls.
///
/// Answers nothing where the exports do not fit the world: `plan` tells that.
pub fn warnings(types: &Types, input: &Input<'_>) -> Vec<Diagnostic> {
    let module = &input.main.module;
    if !module.exports.keys().any(|name| errors::has_meaning(name)) {
        return Vec::new();
    }
    let Ok(exports) = bind(&Abi::wasm32(types), input, Part::Main, module) else { return Vec::new() };
    let wanted = |part: Part| input.guest(part).module.imports.iter().map(|import| import.field.as_ref());
    let adapters = input.parts().filter(|part| *part != Part::Main);
    let used: HashSet<&str> = exports.core_names().chain(adapters.flat_map(wanted)).collect();
    errors::unused(types, &input.world, module, &used).into_iter().collect()
}

/// Whether a module has no functions for others: only such as linkers and allocators bring along.
fn exports_nothing(module: &CoreModule<'_>) -> bool {
    let brought = |name: &str| name.starts_with('_') || name.contains("realloc");
    let mut functions = module.exports.iter().filter(|(_, export)| matches!(export.ty, Extern::Func(_)));
    functions.all(|(name, _)| brought(name))
}

/// The world's exports that a part provides: those that its own metadata declares.
pub fn provided<'w>(input: &'w Input<'_>, part: Part) -> impl Iterator<Item = (&'w ExternName, &'w Item)> {
    input.world.component.exports.iter().filter(move |(name, _)| match part {
        Part::Main => input.main.declares_export(name),
        Part::Library(_) | Part::Adapter(_) => {
            let earlier = input.parts().take_while(|other| *other != part);
            input.guest(part).declares_export(name)
                && !earlier.into_iter().any(|other| input.guest(other).declares_export(name))
        }
    })
}

/// The form in which a module exports a function.
struct Form {
    scheme: Scheme,
    mode: Mode,
    core_name: String,
}

impl Form {
    fn text(&self) -> &'static str {
        match (self.mode, self.scheme) {
            (Mode::Sync, Scheme::Legacy) => "the synchronous form",
            (Mode::Sync, Scheme::Standard) => "the form of the scheme `cm32p2`",
            (Mode::Async, Scheme::Legacy | Scheme::Standard) => "the asynchronous form, with a callback",
            (Mode::AsyncStackful, Scheme::Legacy | Scheme::Standard) => "the asynchronous form, without a callback",
        }
    }
}

struct Binder<'c, 'a> {
    abi: &'c Abi<'c>,
    types: &'c Types,
    input: &'c Input<'a>,
    part: Part,
    module: &'c CoreModule<'a>,
    out: Exports,
    wrong: Vec<Diagnostic>,
    missing: Vec<Missing>,
}

impl Binder<'_, '_> {
    fn schemes(&self) -> &'static [Scheme] {
        if self.input.options.reject_legacy_names { &[Scheme::Standard] } else { &[Scheme::Legacy, Scheme::Standard] }
    }

    fn instance(&mut self, scope: &ExternName, id: InstanceId) {
        let types = self.types;
        for (name, item) in &types.instance(id).exports {
            match item.kind {
                ItemKind::Func(ty) => self.func(Some(scope), name, item, ty),
                ItemKind::Resource(resource) if types.resource(resource).owner == Owner::Instance(id) => {
                    self.destructor(Some(scope), name, resource);
                }
                ItemKind::Resource(_)
                | ItemKind::Instance(_)
                | ItemKind::Type(_)
                | ItemKind::Component(_)
                | ItemKind::CoreModule(_) => {}
            }
        }
    }

    fn func(&mut self, scope: Option<&ExternName>, name: &ExternName, item: &Item, ty: FuncId) {
        let mut forms = self.forms(scope, name);
        let Some(Form { scheme, mode, core_name }) = forms.next() else {
            drop(forms);
            return self.missing(scope, name, item, ty);
        };
        let others: Vec<Form> = forms.collect();
        let declared = errors::declared(self.types, self.module, name, item, ty);
        if !others.is_empty() {
            let all = [Form { scheme, mode, core_name }].into_iter().chain(others);
            let all: Vec<_> = all.map(|form| (form.core_name.clone(), form.text())).collect();
            self.wrong.push(errors::ambiguous_export(self.module, &all, declared));
            return;
        }
        if mode != Mode::Sync && !self.types.func(ty).async_ {
            let place = self.module.place_of_export(&core_name);
            self.wrong.push(errors::not_async(place, &core_name, declared));
            return;
        }
        let call = self.abi.call(self.types.func(ty), Side::Lift, mode);
        let wanted = core_signature(&call.signature);
        let export = &self.module.exports[core_name.as_str()].ty;
        if *export != Extern::Func(wanted.clone()) {
            let why = errors::why_export(self.types, ty, &call, mode, export);
            self.wrong.push(errors::export_signature(self.module, &core_name, &wanted, export, declared, why));
            return;
        }
        let (post_return, callback) = match mode {
            Mode::Sync => (self.post_return(scheme, &core_name, &call), None),
            Mode::Async => (None, self.callback(&core_name)),
            Mode::AsyncStackful => (None, None),
        };
        let (part, scope, name) = (self.part, scope.cloned(), name.clone());
        self.out.lifts.push(Lift { part, scope, name, ty, declared, core_name, post_return, callback, mode, call });
    }

    /// The forms in which the module exports a function.
    fn forms(&self, scope: Option<&ExternName>, name: &ExternName) -> impl Iterator<Item = Form> + use<> {
        let has = |core_name: &String| self.module.exports.contains_key(core_name.as_str());
        let schemes = self.schemes();
        let plain = schemes.iter().map(|scheme| (*scheme, Mode::Sync, names::export_func(*scheme, scope, name)));
        let waiting = [Mode::Async, Mode::AsyncStackful]
            .into_iter()
            .map(|mode| (Scheme::Legacy, mode, names::export_func_as(mode, scope, name)));
        let forms: Vec<Form> = plain
            .chain(waiting.filter(|_| schemes.contains(&Scheme::Legacy)))
            .filter(|(.., core_name)| has(core_name))
            .map(|(scheme, mode, core_name)| Form { scheme, mode, core_name })
            .collect();
        forms.into_iter()
    }

    fn callback(&mut self, core_name: &str) -> Option<String> {
        let name = names::callback(core_name);
        let wanted = core_signature(&abi::builtin::callback());
        if !self.module.exports.contains_key(name.as_str()) {
            self.wrong.push(errors::missing_callback(self.module, core_name, &name, &wanted));
            return None;
        }
        self.check_type(&name, &wanted);
        Some(name)
    }

    fn missing(&mut self, scope: Option<&ExternName>, name: &ExternName, item: &Item, ty: FuncId) {
        let core_name = names::export_func(self.scheme_followed(), scope, name);
        let declared = errors::declared(self.types, self.module, name, item, ty);
        let wanted = core_signature(&self.abi.call(self.types.func(ty), Side::Lift, Mode::Sync).signature);
        let (scope, func) = (scope.cloned(), name.clone());
        self.missing.push(Missing { scope, func, core_name, wanted, declared });
    }

    /// The scheme in which the module would export more: the standard one if that is all it knows.
    fn scheme_followed(&self) -> Scheme {
        let standard = |name: &str| name.starts_with(names::STANDARD);
        let older = |name: &str| name.starts_with("cabi_") || name.contains('#') || name.starts_with('[');
        let mut exports = self.module.exports.keys();
        let only_standard = exports.any(|name| standard(name)) && !self.module.exports.keys().any(|name| older(name));
        if only_standard { Scheme::Standard } else { self.schemes()[0] }
    }

    /// Tells all missing functions at once: what the module has in their place is looked for only then.
    fn tell_missing(&mut self) {
        if self.missing.is_empty() {
            return;
        }
        let taken = self.expected_names();
        let reject_legacy = self.input.options.reject_legacy_names;
        let wants = errors::Wants { taken: &taken, reject_legacy };
        let told = errors::missing(self.module, &self.missing, &wants);
        if self.out.lifts.is_empty() && exports_nothing(self.module) {
            self.wrong.extend(told.into_iter().map(errors::nothing_exported));
        } else {
            self.wrong.extend(told);
        }
    }

    fn expected_names(&self) -> HashSet<String> {
        let mut names = HashSet::new();
        for (name, item) in provided(self.input, self.part) {
            let (scope, functions) = match item.kind.instance() {
                Some(id) => (Some(name), self.types.instance(id).exports.keys().collect()),
                None => (None, vec![name]),
            };
            names.extend(functions.into_iter().map(|func| names::export_func(Scheme::Legacy, scope, func)));
        }
        names
    }

    fn post_return(&mut self, scheme: Scheme, core_name: &str, call: &Call) -> Option<String> {
        let name = names::post_return(scheme, core_name);
        let export = self.module.exports.get(name.as_str())?;
        let wanted = core_signature(call.post_return.as_ref().expect("a synchronous export may have one"));
        if export.ty != Extern::Func(wanted.clone()) {
            self.wrong.push(errors::special_type(self.module, &name, &wanted.to_string(), &export.ty));
        }
        Some(name)
    }

    fn destructor(&mut self, scope: Option<&ExternName>, name: &ExternName, resource: ResourceId) {
        let name = name.to_string();
        let mut found = self.schemes().iter().flat_map(|scheme| names::destructors(*scheme, scope, &name));
        let Some(core_name) = found.find(|name| self.module.exports.contains_key(name.as_str())) else {
            return;
        };
        self.check_type(&core_name, &Signature::new([CoreType::I32], []));
        self.out.destructors.push(Destructor { part: self.part, resource, core_name });
    }

    fn specials(&mut self) {
        let realloc = Signature::new([CoreType::I32; 4], [CoreType::I32]);
        let general = self.one_of(&special::REALLOC);
        let named = |name: &str| self.module.exports.contains_key(name).then(|| name.to_owned());
        let here = |export| Linked { part: self.part, export };
        let or_general = |name: &str| named(name).or_else(|| general.clone());
        let is_memory =
            |name: &&str| self.module.exports.get(*name).is_some_and(|export| export.ty.as_memory().is_some());
        if special::MEMORY.iter().all(is_memory) {
            self.wrong.push(errors::two_memories(self.module, special::MEMORY));
        }
        let specials = Specials {
            memory: special::MEMORY.into_iter().find_map(|name| {
                self.module.exports.get(name).filter(|export| export.ty.as_memory().is_some()).map(|_| name.to_owned())
            }),
            export_realloc: or_general(special::EXPORT_REALLOC).map(here),
            import_realloc: or_general(special::IMPORT_REALLOC).map(here),
            adapter_realloc: or_general(special::ADAPTER_REALLOC),
            initialize: self.one_of(&special::INITIALIZE),
            task_hook: named(special::TASK_HOOK),
        };
        let linked = [&specials.export_realloc, &specials.import_realloc].into_iter().flatten();
        let reallocs: BTreeSet<&String> =
            linked.map(|realloc| &realloc.export).chain(&specials.adapter_realloc).collect();
        for name in reallocs {
            self.check_type(name, &realloc);
        }
        if let Some(name) = &specials.initialize {
            self.check_type(name, &Signature::default());
        }
        if let Some(name) = &specials.task_hook {
            self.check_type(name, &Signature::new([CoreType::I32], []));
        }
        self.out.specials = specials;
    }

    fn one_of(&self, names: &[&str]) -> Option<String> {
        let allowed = |name: &&&str| !self.input.options.reject_legacy_names || name.starts_with(names::STANDARD);
        names.iter().filter(allowed).find_map(|name| named_export(self.module, name)).map(str::to_owned)
    }

    fn check_type(&mut self, name: &str, wanted: &Signature) {
        let found = &self.module.exports[name].ty;
        if *found != Extern::Func(wanted.clone()) {
            self.wrong.push(errors::special_type(self.module, name, &wanted.to_string(), found));
        }
    }
}

fn named_export<'n>(module: &CoreModule<'_>, name: &'n str) -> Option<&'n str> {
    module.exports.contains_key(name).then_some(name)
}

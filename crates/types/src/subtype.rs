//! Subtyping with all mismatches, each with its path and both places.
//!
//! In: a type that is offered (`sub`) and one that is asked for (`sup`), of one arena. Out: every way in which the
//! first does not fit the second, or nothing.
//! Holds: instances may offer more; components may import less and export more; everything below is exact, parameter
//! names and `async` included; resources are compared by identity: each resource that `sup` leaves abstract is bound
//! to the one that `sub` has in its place, and then stands for it.
//!
//! Specification: Component Model explainer, "Subtyping" and "Type Checking".

mod explain;
mod find;

use std::collections::HashMap;

use diag::Place;
use indexmap::IndexMap;

use crate::equal::{Bindings, Equality};
use crate::mismatch::{Differing, Mismatch, MismatchKind, NOTHING, Path, Step};
use crate::substitute::resources_of;
use crate::text::wit_item;
use crate::{
    ComponentId, ComponentType, CoreModuleTypeId, ExternName, FuncId, InstanceId, Item, ItemKind, Owner, Param,
    ResourceId, TypeId, Types, ValType,
};

pub use find::{find_item, interface_of, interfaces_used};

/// How names are compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Whether an interface may stand for another version of its semver track.
    pub tracks: bool,
}

type Items = IndexMap<ExternName, Item>;

/// All ways in which the item `sub` does not fit `sup`. What is learnt of resources stays in `bindings`.
pub fn mismatches(types: &Types, sub: &Item, sup: &Item, bindings: &mut Bindings, options: Options) -> Vec<Mismatch> {
    let mut matcher = Matcher::new(types, bindings, options);
    matcher.item(sub, sup);
    matcher.found
}

/// As `mismatches`, for two instance types that stand alone.
pub fn instance_mismatches(types: &Types, sub: InstanceId, sup: InstanceId, options: Options) -> Vec<Mismatch> {
    let mut bindings = Bindings::new();
    let mut matcher = Matcher::new(types, &mut bindings, options);
    matcher.instance(sub, sup);
    matcher.found
}

/// As `mismatches`, for the exports of an instance and the exports asked of it.
pub fn exports_mismatches(
    types: &Types,
    sub: &Items,
    sup: &Items,
    bindings: &mut Bindings,
    options: Options,
) -> Vec<Mismatch> {
    let mut matcher = Matcher::new(types, bindings, options);
    matcher.exports(sub, sup, Step::Export);
    matcher.found
}

/// All ways in which what two items both have differs: exports that only one side has are no mismatch.
pub fn common_mismatches(types: &Types, sub: &Item, sup: &Item, bindings: &mut Bindings) -> Vec<Mismatch> {
    let mut matcher = Matcher::new(types, bindings, Options::default());
    matcher.common_only = true;
    matcher.item(sub, sup);
    matcher.found
}

/// All ways in which a component of type `sub` cannot stand where one of type `sup` is asked for:
/// whether a component fits a world.
pub fn component_mismatches(
    types: &Types,
    sub: &ComponentType,
    sup: &ComponentType,
    options: Options,
) -> Vec<Mismatch> {
    let mut bindings = Bindings::new();
    let mut matcher = Matcher::new(types, &mut bindings, options);
    matcher.component(sub, sup);
    matcher.found
}

struct Matcher<'a> {
    types: &'a Types,
    bindings: &'a mut Bindings,
    options: Options,
    /// Whether exports of an instance that only one side has are passed over.
    common_only: bool,
    equality: Equality,
    /// Pairs of definitions whose difference is told already, with the mismatch that tells it.
    explained: HashMap<(TypeId, TypeId), usize>,
    /// As `explained`, for resources.
    told_resources: HashMap<(ResourceId, ResourceId), usize>,
    /// The mismatch that the last explained pair was found to be told by.
    last_told: usize,
    path: Vec<Step>,
    sub_place: Option<Place>,
    sup_place: Option<Place>,
    /// Whether the roles are swapped: inside imports, the asking side is `sub`.
    flipped: bool,
    depth: usize,
    found: Vec<Mismatch>,
}

impl<'a> Matcher<'a> {
    fn new(types: &'a Types, bindings: &'a mut Bindings, options: Options) -> Self {
        Self {
            types,
            bindings,
            options,
            common_only: false,
            equality: Equality::new(),
            explained: HashMap::new(),
            told_resources: HashMap::new(),
            last_told: 0,
            path: Vec::new(),
            sub_place: None,
            sup_place: None,
            flipped: false,
            depth: 0,
            found: Vec::new(),
        }
    }

    /// Notes that `sub` and `sup`, in words, differ at the current path.
    fn differ(&mut self, sub: String, sup: String) {
        self.note(MismatchKind::Differs, sub, sup);
    }

    /// Notes that `sup` asks for something that `sub` lacks. `near` are names that resemble it.
    fn lacks(&mut self, sup: String, near: Vec<String>) {
        let kind = if self.flipped { MismatchKind::Extra } else { MismatchKind::Missing };
        self.note(kind, NOTHING.to_owned(), sup);
        if let Some(mismatch) = self.found.last_mut() {
            mismatch.near = near;
        }
    }

    /// Notes that `sub` has something where exactly what `sup` has is asked for.
    fn exceeds(&mut self, sub: String) {
        let kind = if self.flipped { MismatchKind::Missing } else { MismatchKind::Extra };
        self.note(kind, sub, NOTHING.to_owned());
    }

    fn note(&mut self, kind: MismatchKind, sub: String, sup: String) {
        self.last_told = self.found.len();
        let sides = [(sub, self.sub_place.clone()), (sup, self.sup_place.clone())];
        let [(found, found_place), (expected, expected_place)] = if self.flipped {
            let [a, b] = sides;
            [b, a]
        } else {
            sides
        };
        let path = Path(self.path.clone());
        let (near, also, resources) = (Vec::new(), Vec::new(), None);
        self.found.push(Mismatch { path, kind, expected, found, expected_place, found_place, near, also, resources });
    }

    /// Runs `body` one step further down, at these places where they are known.
    fn at(&mut self, step: Step, sub: Option<&Place>, sup: Option<&Place>, body: impl FnOnce(&mut Self)) {
        let outer = (self.sub_place.clone(), self.sup_place.clone());
        self.sub_place = sub.or(self.sub_place.as_ref()).cloned();
        self.sup_place = sup.or(self.sup_place.as_ref()).cloned();
        self.path.push(step);
        body(self);
        self.path.pop();
        (self.sub_place, self.sup_place) = outer;
    }

    fn item(&mut self, sub: &Item, sup: &Item) {
        match (sub.kind, sup.kind) {
            (ItemKind::Func(sub), ItemKind::Func(sup)) => self.func(sub, sup),
            (ItemKind::Instance(sub), ItemKind::Instance(sup)) => self.instance(sub, sup),
            (ItemKind::Type(sub), ItemKind::Type(sup)) => self.val_type(sub, sup),
            (ItemKind::Resource(sub), ItemKind::Resource(sup)) => self.resource(sub, sup),
            (ItemKind::Component(sub), ItemKind::Component(sup)) => self.nested_component(sub, sup),
            (ItemKind::CoreModule(sub), ItemKind::CoreModule(sup)) => self.core_module(sub, sup),
            // Two kinds; a new kind of item ends here too, and is then never equal to anything: a test says so.
            (_, _) => self.differ(wit_item(self.types, sub), wit_item(self.types, sup)),
        }
    }

    fn instance(&mut self, sub: InstanceId, sup: InstanceId) {
        if sub == sup {
            return;
        }
        let (sub, sup) = (&self.types.instance(sub).exports, &self.types.instance(sup).exports);
        self.exports(sub, sup, Step::Item);
    }

    /// What `sup` lists is in `sub`. Resources come first, since functions mention them; types come last, so that a
    /// difference inside a type is told where a function meets it.
    fn exports(&mut self, sub: &Items, sup: &Items, step: fn(ExternName) -> Step) {
        let (sub_types, sup_types) = (self.types, self.types);
        for phase in 0..PHASES {
            for (name, wanted) in sup.iter().filter(|(_, item)| phase_of(item.kind) == phase) {
                match find_item(sub, name, self.options) {
                    Some((_, offered)) => {
                        let places = (offered_place(sub_types, offered), offered_place(sup_types, wanted));
                        self.at(step(name.clone()), places.0.as_ref(), places.1.as_ref(), |this| {
                            this.item(offered, wanted);
                        });
                    }
                    None if self.common_only => {}
                    None => self.absent(sub, name, wanted, step),
                }
            }
        }
    }

    fn absent(&mut self, sub: &Items, name: &ExternName, wanted: &Item, step: fn(ExternName) -> Step) {
        let near = find::near(sub, name, wanted.kind);
        let place = offered_place(self.types, wanted);
        let words = wit_item(self.types, wanted);
        self.at(step(name.clone()), None, place.as_ref(), |this| this.lacks(words, near));
    }

    fn nested_component(&mut self, sub: ComponentId, sup: ComponentId) {
        if sub != sup {
            self.component(self.types.component(sub), self.types.component(sup));
        }
    }

    /// Imports are offered by `sup` to `sub`; exports the other way round, with the resources of the imports known.
    fn component(&mut self, sub: &ComponentType, sup: &ComponentType) {
        for resource in resources_of(self.types, &sup.imports) {
            self.bindings.fix(resource);
        }
        self.flip();
        self.exports(&sup.imports, &sub.imports, Step::Import);
        self.flip();
        self.exports(&sub.exports, &sup.exports, Step::Export);
    }

    fn flip(&mut self) {
        self.flipped = !self.flipped;
        std::mem::swap(&mut self.sub_place, &mut self.sup_place);
    }

    fn resource(&mut self, sub: ResourceId, sup: ResourceId) {
        if self.bindings.same(sub, sup) {
            return;
        }
        if self.bindings.is_open(sup) {
            return self.bindings.bind(sup, sub);
        }
        self.differing_resources(sub, sup);
    }

    /// Tells once of two resources that they are not the same.
    fn differing_resources(&mut self, sub: ResourceId, sup: ResourceId) {
        let (sub, sup) = (self.bindings.resolve(sub), self.bindings.resolve(sup));
        let key = if self.flipped { (sup, sub) } else { (sub, sup) };
        if let Some(&told) = self.told_resources.get(&key) {
            return self.again(told);
        }
        self.told_resources.insert(key, self.found.len());
        self.differ(self.resource_words(sub), self.resource_words(sup));
        if let Some(mismatch) = self.found.last_mut() {
            let (expected, found) = if self.flipped { (sub, sup) } else { (sup, sub) };
            mismatch.resources = Some(Differing { expected, found });
        }
    }

    /// The current path leads to a difference that is told already.
    fn again(&mut self, told: usize) {
        let path = Path(self.path.clone());
        self.last_told = told;
        if let Some(mismatch) = self.found.get_mut(told)
            && mismatch.also.len() < MAX_ALSO
        {
            mismatch.also.push(path);
        }
    }

    fn resource_words(&self, id: ResourceId) -> String {
        let resource = self.types.resource(id);
        let home = match resource.owner {
            Owner::Instance(owner) => self.types.instance(owner).id.as_ref(),
            Owner::World | Owner::Nothing => None,
        };
        match home {
            Some(home) => format!("resource {} of {home}", resource.name),
            None => format!("resource {}", resource.name),
        }
    }

    fn core_module(&mut self, sub: CoreModuleTypeId, sup: CoreModuleTypeId) {
        let (sub, sup) = (self.types.core_module(sub), self.types.core_module(sup));
        for (module, name, ty) in &sub.imports {
            let given = sup.imports.iter().find(|(other, field, _)| other == module && field == name);
            let words = format!("core import {module:?} {name:?} {ty}");
            match given {
                Some((_, _, given)) if given.fits(ty) => {}
                Some((_, _, given)) => self.differ(words, format!("core import {module:?} {name:?} {given}")),
                None => self.exceeds(words),
            }
        }
        for (name, ty) in &sup.exports {
            let words = format!("core export {name:?} {ty}");
            match sub.exports.iter().find(|(other, _)| other == name) {
                Some((_, given)) if given.fits(ty) => {}
                Some((_, given)) => self.differ(format!("core export {name:?} {given}"), words),
                None => self.lacks(words, Vec::new()),
            }
        }
    }

    fn func(&mut self, sub_id: FuncId, sup_id: FuncId) {
        let (sub, sup) = (self.types.func(sub_id), self.types.func(sup_id));
        if sub_id == sup_id || self.equality.funcs(self.types, self.bindings, sub, sup) {
            return;
        }
        if sub.async_ != sup.async_ {
            let words = |async_| if async_ { "async func" } else { "func" }.to_owned();
            self.differ(words(sub.async_), words(sup.async_));
        }
        for (sub, sup) in sub.params.iter().zip(&sup.params) {
            self.param(sub, sup);
        }
        let common = sub.params.len().min(sup.params.len());
        for sup in &sup.params[common..] {
            let words = self.param_words(sup);
            self.at(Step::Param(sup.name.clone()), None, sup.place.as_ref(), |this| this.lacks(words, Vec::new()));
        }
        for sub in &sub.params[common..] {
            let words = self.param_words(sub);
            self.at(Step::Param(sub.name.clone()), sub.place.as_ref(), None, |this| this.exceeds(words));
        }
        self.at(Step::Result, None, None, |this| this.optional(sub.result, sup.result));
    }

    fn param(&mut self, sub: &Param, sup: &Param) {
        self.at(Step::Param(sup.name.clone()), sub.place.as_ref(), sup.place.as_ref(), |this| {
            if sub.name == sup.name {
                this.val_type(sub.ty, sup.ty);
            } else {
                let (sub, sup) = (this.param_words(sub), this.param_words(sup));
                this.differ(sub, sup);
            }
        });
    }

    fn param_words(&self, param: &Param) -> String {
        format!("{}: {}", param.name, crate::wit_text(self.types, param.ty))
    }

    fn optional(&mut self, sub: Option<ValType>, sup: Option<ValType>) {
        match (sub, sup) {
            (None, None) => {}
            (Some(sub), Some(sup)) => self.val_type(sub, sup),
            (None, Some(sup)) => self.lacks(crate::wit_text(self.types, sup), Vec::new()),
            (Some(sub), None) => self.exceeds(crate::wit_text(self.types, sub)),
        }
    }
}

/// Other paths to one difference that are kept; more say nothing new.
const MAX_ALSO: usize = 20;

const PHASES: u8 = 4;

/// When an item is compared: after what its own comparison needs.
fn phase_of(kind: ItemKind) -> u8 {
    match kind {
        ItemKind::Resource(_) => 0,
        ItemKind::Instance(_) => 1,
        ItemKind::Func(_) | ItemKind::Component(_) | ItemKind::CoreModule(_) => 2,
        ItemKind::Type(_) => 3,
    }
}

/// Where an item is declared: as said by the item, or by what it is.
fn offered_place(types: &Types, item: &Item) -> Option<Place> {
    item.decl.place.clone().or_else(|| match item.kind {
        ItemKind::Instance(id) => types.instance(id).decl.place.clone(),
        ItemKind::Type(ValType::Def(id)) => types.def(id).decl.place.clone(),
        ItemKind::Resource(id) => types.resource(id).decl.place.clone(),
        ItemKind::Type(_) | ItemKind::Func(_) | ItemKind::Component(_) | ItemKind::CoreModule(_) => None,
    })
}

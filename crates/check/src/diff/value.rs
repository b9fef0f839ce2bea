//! What changed of value types, and which differences are told at another place.
//!
//! In: a type of each side. Out: one finding for each part that changed.
//! Holds: a named type that both sides have is compared where it stands; what mentions it differs only if something
//! else does. Value types have no subtypes, so that every change of one breaks both sides.

use types::{Case, Field, Kind, LabelDecl, Owner, TypeKind, ValType};

use super::names::is_near;
use super::rules::Rule;
use super::walk::{Step, Walk};

/// Which part of a list is which of another, by name.
#[derive(Debug, Default)]
pub(super) struct Aligned {
    pub common: Vec<(usize, usize)>,
    pub renamed: Vec<(usize, usize)>,
    pub removed: Vec<usize>,
    pub added: Vec<usize>,
    /// Whether the parts that both have come in another order.
    pub is_reordered: bool,
}

impl Aligned {
    /// `same` says whether two parts are equal but for their names: if they stand at one place and nothing else changed,
    /// or their names are near, one is the other.
    pub fn new(
        walk: &mut Walk<'_>,
        old: &[String],
        new: &[String],
        same: impl Fn(&mut Walk<'_>, usize, usize) -> bool,
    ) -> Self {
        let new_at: std::collections::HashMap<&str, usize> =
            new.iter().enumerate().map(|(at, name)| (name.as_str(), at)).collect();
        let mut aligned = Self::default();
        for (at, name) in old.iter().enumerate() {
            match new_at.get(name.as_str()) {
                Some(new) => aligned.common.push((at, *new)),
                None => aligned.removed.push(at),
            }
        }
        aligned.is_reordered = !aligned.common.is_sorted_by_key(|(_, new)| *new);
        let mut is_common = vec![false; new.len()];
        aligned.common.iter().for_each(|(_, at)| is_common[*at] = true);
        aligned.added = (0..new.len()).filter(|at| !is_common[*at]).collect();
        if let ([old_at], [new_at]) = (aligned.removed.as_slice(), aligned.added.as_slice()) {
            let pair = (*old_at, *new_at);
            let in_place = pair.0 == pair.1 && old.len() == new.len();
            if (in_place || is_near(&old[pair.0], &new[pair.1])) && same(walk, pair.0, pair.1) {
                aligned.renamed.push(pair);
                aligned.removed.clear();
                aligned.added.clear();
                let mut all = [aligned.common.as_slice(), &[pair]].concat();
                all.sort_unstable();
                aligned.is_reordered = !all.is_sorted_by_key(|(_, new)| *new);
            }
        }
        aligned
    }
}

/// The rules and words for one kind of parts.
struct Parts {
    what: &'static str,
    all: &'static str,
    added: Rule,
    removed: Rule,
    renamed: Rule,
    changed: Rule,
    reordered: Rule,
}

const FIELDS: Parts = Parts {
    what: "field",
    all: "fields",
    added: Rule::FieldAdded,
    removed: Rule::FieldRemoved,
    renamed: Rule::FieldRenamed,
    changed: Rule::FieldTypeChanged,
    reordered: Rule::FieldsReordered,
};

const CASES: Parts = Parts {
    what: "case",
    all: "cases",
    added: Rule::CaseAdded,
    removed: Rule::CaseRemoved,
    renamed: Rule::CaseRenamed,
    changed: Rule::CaseTypeChanged,
    reordered: Rule::CasesReordered,
};

const FLAGS: Parts = Parts {
    what: "flag",
    all: "flags",
    added: Rule::FlagAdded,
    removed: Rule::FlagRemoved,
    renamed: Rule::FlagRenamed,
    // Flags have no types.
    changed: Rule::TypeChanged,
    reordered: Rule::FlagsReordered,
};

/// A field, case or flag.
#[derive(Clone, Copy)]
struct Part<'a> {
    name: &'a str,
    ty: Option<ValType>,
    decl: &'a types::Decl,
}

fn of_fields(fields: &[Field]) -> Vec<Part<'_>> {
    fields.iter().map(|field| Part { name: &field.name, ty: Some(field.ty), decl: &field.decl }).collect()
}

fn of_cases(cases: &[Case]) -> Vec<Part<'_>> {
    cases.iter().map(|case| Part { name: &case.name, ty: case.ty, decl: &case.decl }).collect()
}

fn of_labels(labels: &[LabelDecl]) -> Vec<Part<'_>> {
    labels.iter().map(|label| Part { name: &label.name, ty: None, decl: &label.decl }).collect()
}

impl<'a> Walk<'a> {
    pub fn is_equal(&mut self, old: ValType, new: ValType) -> bool {
        self.equality.val_types(self.types, &self.bindings, old, new)
    }

    /// A named type that both sides have.
    pub fn definition(&mut self, old: ValType, new: ValType) {
        let types = self.types;
        let is_name_of_another = |ty: ValType| types.aliases(ty).nth(1).is_some();
        if self.is_equal(old, new) {
            self.home(old, new);
            if is_name_of_another(old) || is_name_of_another(new) {
                return;
            }
        } else if self.is_told_elsewhere(old, new) {
            return;
        }
        match (types.kind(old), types.kind(new)) {
            (Kind::Record(old), Kind::Record(new)) => self.parts(&FIELDS, &of_fields(old), &of_fields(new)),
            (Kind::Variant(old), Kind::Variant(new)) => self.parts(&CASES, &of_cases(old), &of_cases(new)),
            (Kind::Enum(old), Kind::Enum(new)) => self.parts(&CASES, &of_labels(old), &of_labels(new)),
            (Kind::Flags(old), Kind::Flags(new)) => self.parts(&FLAGS, &of_labels(old), &of_labels(new)),
            // Types that have no parts with names, or two kinds: told as a whole.
            (_, _) => self.whole(old, new),
        }
    }

    fn whole(&mut self, old: ValType, new: ValType) {
        if self.kinds_differ(old, new) {
            let words = [old, new].map(|ty| types::text::wit_structure(self.types, ty));
            let [old, new] = words;
            let headline = format!("{} is another type", self.here());
            self.say(Rule::TypeChanged, self.view.both(), headline, Some(old), Some(new));
        }
    }

    fn parts(&mut self, of: &Parts, old: &[Part<'_>], new: &[Part<'_>]) {
        let names = |parts: &[Part<'_>]| parts.iter().map(|part| part.name.to_owned()).collect::<Vec<_>>();
        let same = |walk: &mut Walk<'_>, a: usize, b: usize| match (old[a].ty, new[b].ty) {
            (None, None) => true,
            (Some(a), Some(b)) => walk.is_equal(a, b),
            (None, Some(_)) | (Some(_), None) => false,
        };
        let aligned = Aligned::new(self, &names(old), &names(new), same);
        let step = |part: &Part<'_>| Step::new(of.what, part.name);
        let breaks = self.view.both();
        for part in aligned.removed.iter().map(|at| old[*at]) {
            self.at(step(&part), part.decl.place.as_ref(), None, |walk| {
                let headline = format!("{} of {} was removed", walk.here(), walk.around());
                walk.say(of.removed, breaks, headline, Some(walk.part_words(part)), None);
            });
        }
        for (a, b) in aligned.renamed.iter().map(|(a, b)| (old[*a], new[*b])) {
            self.at(step(&a), a.decl.place.as_ref(), b.decl.place.as_ref(), |walk| {
                let headline = format!("{} of {} was renamed to `{}`", walk.here(), walk.around(), b.name);
                walk.say(of.renamed, breaks, headline, Some(walk.part_words(a)), Some(walk.part_words(b)));
            });
        }
        for (a, b) in aligned.common.iter().map(|(a, b)| (old[*a], new[*b])) {
            self.at(step(&a), a.decl.place.as_ref(), b.decl.place.as_ref(), |walk| walk.part(of, a, b));
        }
        for part in aligned.added.iter().map(|at| new[*at]) {
            self.at(step(&part), None, part.decl.place.as_ref(), |walk| {
                let headline = format!("{} was added to {}", walk.here(), walk.around());
                walk.say(of.added, breaks, headline, None, Some(walk.part_words(part)));
            });
        }
        if aligned.is_reordered {
            let headline = format!("the {} of {} have another order", of.all, self.here());
            let list = |parts| Some(names(parts).join(", "));
            self.say(of.reordered, breaks, headline, list(old), list(new));
        }
    }

    /// A part that both have.
    fn part(&mut self, of: &Parts, old: Part<'_>, new: Part<'_>) {
        super::decl::docs(self, old.decl, new.decl);
        let text = match (old.ty, new.ty) {
            (None, None) => return,
            (Some(a), Some(b)) if self.differs(a, b) => {
                let (old, new) = self.words(a, b);
                (Some(old), Some(new))
            }
            (Some(a), Some(b)) => return self.type_names(a, b),
            (a, b) => {
                let words = |ty: Option<ValType>| ty.map(|ty| types::wit_text(self.types, ty));
                (words(a), words(b))
            }
        };
        let headline = format!("{} of {} has another type", self.here(), self.around());
        self.say(of.changed, self.view.both(), headline, text.0, text.1);
    }

    fn part_words(&self, part: Part<'_>) -> String {
        match part.ty {
            Some(ty) => format!("{}: {}", part.name, types::wit_text(self.types, ty)),
            None => part.name.to_owned(),
        }
    }

    /// Whether two types differ in something that is told nowhere else.
    pub fn differs(&mut self, old: ValType, new: ValType) -> bool {
        if self.is_equal(old, new) {
            return false;
        }
        !self.is_paired(old, new) && self.kinds_differ(old, new)
    }

    /// Whether both are names of types that are compared by themselves.
    fn is_paired(&self, old: ValType, new: ValType) -> bool {
        let types = self.types;
        let ids = |ty: ValType| {
            types.aliases(ty).filter_map(|ty| match ty {
                ValType::Def(id) => Some(id),
                ValType::Bool | ValType::U8 | ValType::S8 | ValType::U16 | ValType::S16 | ValType::U32 => None,
                ValType::S32 | ValType::U64 | ValType::S64 | ValType::F32 | ValType::F64 => None,
                ValType::Char | ValType::String | ValType::ErrorContext => None,
            })
        };
        ids(old).any(|old| ids(new).any(|new| self.paired.contains(&(old, new))))
    }

    /// As `is_paired`, for what a named type is another name of: the names themselves are a pair.
    fn is_told_elsewhere(&self, old: ValType, new: ValType) -> bool {
        let target = |ty: ValType| self.types.aliases(ty).nth(1);
        match (target(old), target(new)) {
            (Some(old), Some(new)) => self.is_paired(old, new),
            (None, _) | (_, None) => false,
        }
    }

    /// Whether the structures differ in something that is told nowhere else, although the types may have names.
    fn kinds_differ(&mut self, old: ValType, new: ValType) -> bool {
        let types = self.types;
        let (old, new) = (types.unaliased(old), types.unaliased(new));
        let (ValType::Def(old_id), ValType::Def(new_id)) = (old, new) else { return old != new };
        if self.is_equal(old, new) {
            return false;
        }
        if let Some(known) = self.differing.get(&(old_id, new_id)) {
            return *known;
        }
        let differs = self.structures_differ(types.kind(old), types.kind(new));
        self.differing.insert((old_id, new_id), differs);
        differs
    }

    fn structures_differ(&mut self, old: Kind<'a>, new: Kind<'a>) -> bool {
        match (old, new) {
            (Kind::List(old), Kind::List(new)) | (Kind::Option(old), Kind::Option(new)) => self.differs(old, new),
            (Kind::FixedList(old, len), Kind::FixedList(new, new_len)) => len != new_len || self.differs(old, new),
            (Kind::Map(old_key, old), Kind::Map(new_key, new)) => {
                self.differs(old_key, new_key) || self.differs(old, new)
            }
            (Kind::Tuple(old), Kind::Tuple(new)) => {
                old.len() != new.len() || old.iter().zip(new).any(|(old, new)| self.differs(*old, *new))
            }
            (Kind::Result { ok: old_ok, err: old_err }, Kind::Result { ok, err }) => {
                self.optionals_differ(old_ok, ok) || self.optionals_differ(old_err, err)
            }
            (Kind::Stream(old), Kind::Stream(new)) | (Kind::Future(old), Kind::Future(new)) => {
                self.optionals_differ(old, new)
            }
            (Kind::Record(old), Kind::Record(new)) => self.any_part_differs(&of_fields(old), &of_fields(new)),
            (Kind::Variant(old), Kind::Variant(new)) => self.any_part_differs(&of_cases(old), &of_cases(new)),
            // They are not equal, and have no parts of which that could be told elsewhere.
            (_, _) => true,
        }
    }

    fn optionals_differ(&mut self, old: Option<ValType>, new: Option<ValType>) -> bool {
        match (old, new) {
            (None, None) => false,
            (Some(old), Some(new)) => self.differs(old, new),
            (None, Some(_)) | (Some(_), None) => true,
        }
    }

    fn any_part_differs(&mut self, old: &[Part<'_>], new: &[Part<'_>]) -> bool {
        let differ = |walk: &mut Self, old: &Part<'_>, new: &Part<'_>| {
            old.name != new.name || walk.optionals_differ(old.ty, new.ty)
        };
        old.len() != new.len() || old.iter().zip(new).any(|(old, new)| differ(self, old, new))
    }

    /// The type is the same, and is declared in another interface now: one of the two only takes it from there.
    fn home(&mut self, old: ValType, new: ValType) {
        let homes = [self.home_of(old), self.home_of(new)];
        let [old_home, new_home] = &homes;
        let is_same = match (old_home, new_home) {
            (None, None) => true,
            (Some(old), Some(new)) => self.names.are_one(old, new),
            (None, Some(_)) | (Some(_), None) => false,
        };
        if is_same {
            return;
        }
        let own = self.path.first().map(|step| step.name.clone()).unwrap_or_default();
        let name = self.path.last().map(|step| step.name.clone()).unwrap_or_default();
        let [old, new] = homes.map(|home| match home {
            Some(home) => format!("{name} of {}", self.names.shown(&types::ExternName::Interface(home))),
            None => format!("{name} of {own}"),
        });
        let headline = format!("{} is declared in another interface", self.here());
        self.say(Rule::TypeMoved, super::Parties::default(), headline, Some(old), Some(new));
    }

    /// The interface that a type is taken from; `None` for one that stands where its definition does.
    fn home_of(&self, ty: ValType) -> Option<types::InterfaceName> {
        let types = self.types;
        let owner = |ty: ValType| match ty {
            ValType::Def(id) => types.def(id).owner,
            ValType::Bool | ValType::U8 | ValType::S8 | ValType::U16 | ValType::S16 | ValType::U32 => Owner::Nothing,
            ValType::S32 | ValType::U64 | ValType::S64 | ValType::F32 | ValType::F64 => Owner::Nothing,
            ValType::Char | ValType::String | ValType::ErrorContext => Owner::Nothing,
        };
        let own = owner(ty);
        let foreign = types.aliases(ty).map(owner).find(|other| *other != own && *other != Owner::Nothing)?;
        match foreign {
            Owner::Instance(id) => types.instance(id).id.clone(),
            Owner::World | Owner::Nothing => None,
        }
    }

    /// The types are equal; where they are records and their like, code that is generated from them has their names.
    pub fn type_names(&mut self, old: ValType, new: ValType) {
        let types = self.types;
        let mut open = vec![(old, new)];
        // A type may be met on many ways; one of them is enough.
        let mut met = std::collections::HashSet::new();
        while let Some((old, new)) = open.pop() {
            if !met.insert((old, new)) || self.is_paired(old, new) {
                continue;
            }
            let (plain_old, plain_new) = (types.unaliased(old), types.unaliased(new));
            if let (Some(a), Some(b)) = (self.nominal(plain_old), self.nominal(plain_new)) {
                if a != b && !self.is_paired(plain_old, plain_new) {
                    let headline = format!("{} of {} has a type of another name", self.here(), self.around());
                    self.say(Rule::TypeNameChanged, self.view.both(), headline, Some(a), Some(b));
                }
                continue;
            }
            match (types.kind(plain_old), types.kind(plain_new)) {
                (Kind::List(a), Kind::List(b))
                | (Kind::Option(a), Kind::Option(b))
                | (Kind::FixedList(a, _), Kind::FixedList(b, _)) => open.push((a, b)),
                (Kind::Map(a_key, a), Kind::Map(b_key, b)) => open.extend([(a, b), (a_key, b_key)]),
                (Kind::Tuple(a), Kind::Tuple(b)) => open.extend(a.iter().copied().zip(b.iter().copied()).rev()),
                (Kind::Result { ok: a, err: a_err }, Kind::Result { ok: b, err: b_err }) => {
                    open.extend(a_err.zip(b_err));
                    open.extend(a.zip(b));
                }
                (Kind::Stream(a), Kind::Stream(b)) | (Kind::Future(a), Kind::Future(b)) => open.extend(a.zip(b)),
                // Types without parts, and those that have names of their own, which were looked at above.
                (_, _) => {}
            }
        }
    }

    /// The name of a record, variant, enum or flags.
    fn nominal(&self, ty: ValType) -> Option<String> {
        let ValType::Def(id) = ty else { return None };
        let def = self.types.def(id);
        let is_nominal = match def.kind {
            TypeKind::Record(_) | TypeKind::Variant(_) | TypeKind::Flags(_) | TypeKind::Enum(_) => true,
            TypeKind::Alias(_)
            | TypeKind::List(_)
            | TypeKind::FixedList(..)
            | TypeKind::Map(..)
            | TypeKind::Tuple(_)
            | TypeKind::Option(_)
            | TypeKind::Result { .. }
            | TypeKind::Own(_)
            | TypeKind::Borrow(_)
            | TypeKind::Stream(_)
            | TypeKind::Future(_) => false,
        };
        def.name.clone().filter(|_| is_nominal)
    }
}

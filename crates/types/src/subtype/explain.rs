//! Where exactly two value types differ.
//!
//! In: a pair of value types. Out: one mismatch for each smallest part that differs.
//! Holds: a pair of definitions is explained once; later paths to it are kept beside the first explanation, so the
//! work is bounded by the number of pairs, not of paths.

use super::Matcher;
use crate::equal::MAX_DEPTH;
use crate::mismatch::Step;
use crate::text::{wit_structure, wit_text};
use crate::value::LabelDecl;
use crate::{Case, Field, Kind, ValType};

impl Matcher<'_> {
    pub(super) fn val_type(&mut self, sub: ValType, sup: ValType) {
        if self.equality.val_types(self.types, self.bindings, sub, sup) {
            return;
        }
        let (plain_sub, plain_sup) = (self.types.unaliased(sub), self.types.unaliased(sup));
        let (ValType::Def(sub_id), ValType::Def(sup_id)) = (plain_sub, plain_sup) else {
            return self.whole(sub, sup);
        };
        let key = if self.flipped { (sup_id, sub_id) } else { (sub_id, sup_id) };
        if let Some(&told) = self.explained.get(&key) {
            return self.again(told);
        }
        let first = self.found.len();
        self.explained.insert(key, first);
        if self.depth == MAX_DEPTH {
            return self.differ("a type nested this deep".to_owned(), "a type nested this deep".to_owned());
        }
        self.depth += 1;
        self.structures(sub, sup);
        self.depth -= 1;
        if self.found.len() == first {
            // All of it was told before, at another pair.
            self.explained.insert(key, self.last_told);
        }
    }

    /// The parts of two different types of one kind, or the types themselves.
    fn structures(&mut self, sub: ValType, sup: ValType) {
        let types = self.types;
        match (types.kind(sub), types.kind(sup)) {
            (Kind::Record(sub), Kind::Record(sup)) => self.fields(sub, sup),
            (Kind::Variant(sub), Kind::Variant(sup)) => self.cases(sub, sup),
            (Kind::Flags(sub), Kind::Flags(sup)) | (Kind::Enum(sub), Kind::Enum(sup)) => self.labels(sub, sup),
            (Kind::List(sub), Kind::List(sup)) | (Kind::Option(sub), Kind::Option(sup)) => {
                self.part(Step::Element, sub, sup);
            }
            (Kind::FixedList(sub, sub_len), Kind::FixedList(sup, sup_len)) if sub_len == sup_len => {
                self.part(Step::Element, sub, sup);
            }
            (Kind::Map(sub_key, sub), Kind::Map(sup_key, sup)) => {
                self.part(Step::Key, sub_key, sup_key);
                self.part(Step::Value, sub, sup);
            }
            (Kind::Tuple(sub), Kind::Tuple(sup)) if sub.len() == sup.len() => {
                for (index, (sub, sup)) in sub.iter().zip(sup).enumerate() {
                    self.part(Step::Part(index), *sub, *sup);
                }
            }
            (Kind::Result { ok: sub_ok, err: sub_err }, Kind::Result { ok: sup_ok, err: sup_err }) => {
                self.at(Step::Ok, None, None, |this| this.optional(sub_ok, sup_ok));
                self.at(Step::Err, None, None, |this| this.optional(sub_err, sup_err));
            }
            (Kind::Own(sub), Kind::Own(sup)) | (Kind::Borrow(sub), Kind::Borrow(sup)) => {
                self.differing_resources(sub, sup);
            }
            (Kind::Stream(sub), Kind::Stream(sup)) | (Kind::Future(sub), Kind::Future(sup)) => {
                self.at(Step::Element, None, None, |this| this.optional(sub, sup));
            }
            (_, _) => self.whole(sub, sup),
        }
    }

    /// Two types of which no part can be named: both in words, spelled out where their names are the same.
    fn whole(&mut self, sub: ValType, sup: ValType) {
        let words = [wit_text(self.types, sub), wit_text(self.types, sup)];
        let [sub, sup] = if words[0] == words[1] { [sub, sup].map(|ty| wit_structure(self.types, ty)) } else { words };
        self.differ(sub, sup);
    }

    fn part(&mut self, step: Step, sub: ValType, sup: ValType) {
        self.at(step, None, None, |this| this.val_type(sub, sup));
    }

    fn fields(&mut self, sub: &[Field], sup: &[Field]) {
        let words = |this: &Self, field: &Field| format!("{}: {}", field.name, wit_text(this.types, field.ty));
        for wanted in sup {
            let step = Step::Field(wanted.name.clone());
            let wanted_place = wanted.decl.place.as_ref();
            match sub.iter().find(|field| field.name == wanted.name) {
                Some(field) => self.at(step, field.decl.place.as_ref(), wanted_place, |this| {
                    this.val_type(field.ty, wanted.ty);
                }),
                None => {
                    let near = near(&wanted.name, sub.iter().map(|field| &*field.name));
                    self.at(step, None, wanted_place, |this| this.lacks(words(this, wanted), near));
                }
            }
        }
        for extra in sub.iter().filter(|field| sup.iter().all(|wanted| wanted.name != field.name)) {
            let step = Step::Field(extra.name.clone());
            self.at(step, extra.decl.place.as_ref(), None, |this| this.exceeds(words(this, extra)));
        }
        self.order("fields", sub.iter().map(|field| &*field.name), sup.iter().map(|field| &*field.name));
    }

    fn cases(&mut self, sub: &[Case], sup: &[Case]) {
        let words = |this: &Self, case: &Case| match case.ty {
            Some(ty) => format!("{}({})", case.name, wit_text(this.types, ty)),
            None => case.name.clone(),
        };
        for wanted in sup {
            let step = Step::Case(wanted.name.clone());
            let wanted_place = wanted.decl.place.as_ref();
            match sub.iter().find(|case| case.name == wanted.name) {
                Some(case) => self.at(step, case.decl.place.as_ref(), wanted_place, |this| {
                    this.optional(case.ty, wanted.ty);
                }),
                None => {
                    let near = near(&wanted.name, sub.iter().map(|case| &*case.name));
                    self.at(step, None, wanted_place, |this| this.lacks(words(this, wanted), near));
                }
            }
        }
        for extra in sub.iter().filter(|case| sup.iter().all(|wanted| wanted.name != case.name)) {
            let step = Step::Case(extra.name.clone());
            self.at(step, extra.decl.place.as_ref(), None, |this| this.exceeds(words(this, extra)));
        }
        self.order("cases", sub.iter().map(|case| &*case.name), sup.iter().map(|case| &*case.name));
    }

    /// Flags, or the cases of an enum.
    fn labels(&mut self, sub: &[LabelDecl], sup: &[LabelDecl]) {
        for wanted in sup.iter().filter(|wanted| sub.iter().all(|label| label.name != wanted.name)) {
            let near = near(&wanted.name, sub.iter().map(|label| &*label.name));
            let words = wanted.name.clone();
            let step = Step::Case(wanted.name.clone());
            self.at(step, None, wanted.decl.place.as_ref(), |this| this.lacks(words, near));
        }
        for extra in sub.iter().filter(|label| sup.iter().all(|wanted| wanted.name != label.name)) {
            let words = extra.name.clone();
            let step = Step::Case(extra.name.clone());
            self.at(step, extra.decl.place.as_ref(), None, |this| this.exceeds(words));
        }
        self.order("labels", sub.iter().map(|label| &*label.name), sup.iter().map(|label| &*label.name));
    }

    /// The same names in another order: told only if nothing is missing, since then it is the whole difference.
    fn order<'n>(&mut self, what: &str, sub: impl Iterator<Item = &'n str>, sup: impl Iterator<Item = &'n str>) {
        let (sub, sup): (Vec<_>, Vec<_>) = (sub.collect(), sup.collect());
        let same_names = sub.len() == sup.len() && sub.iter().all(|name| sup.contains(name));
        if same_names && sub != sup {
            let words = |names: &[&str]| format!("{what} in the order {}", names.join(", "));
            self.differ(words(&sub), words(&sup));
        }
    }
}

fn near<'n>(name: &str, candidates: impl Iterator<Item = &'n str>) -> Vec<String> {
    diag::near_misses(name, candidates).into_iter().map(str::to_owned).collect()
}

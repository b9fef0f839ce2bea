//! Functions: parameters, results, promises and what is thrown.
//!
//! In: a function type and what the reader does with it. Out: the parts of a signature.
//! Holds: an `err` at the top of a result is thrown and stands in no type; options at the end may be left out;
//! a synchronous function returns a promise only where a core function may have to wait, which needs JSPI.

use bindgen::{Scope, wit};
use printer::{Doc, doc};
use types::{Decl, ExternName, FuncType, Kind, ValType};

use super::docs::Docs;
use super::model::{Party, Side};
use super::value::{Values, Way, nullable};
use crate::names;

/// A function as TypeScript has it.
pub struct Signature {
    /// `(a: number, b?: string)`
    pub params: Doc,
    pub result: String,
}

impl Signature {
    /// `(a: number): string`
    pub fn doc(&self) -> Doc {
        doc![&self.params, ": ", &self.result]
    }
}

/// The signature; a method's receiver is left out.
pub fn signature(values: Values<'_, '_>, party: Party, name: &ExternName, ty: &FuncType) -> Signature {
    let (taken, given) = match party {
        Party::Caller => (Way::Taken, Way::Given),
        Party::Implementer => (Way::Given, Way::Taken),
    };
    let mut result = result(values, party, given, ty);
    if !ty.async_ && !matches!(name, ExternName::Constructor(_)) {
        result = or_promise(values, party, result);
    }
    Signature { params: params(values, taken, name, ty), result }
}

/// What a synchronous function gives; of a component whose core functions wait, perhaps later.
pub fn or_promise(values: Values<'_, '_>, party: Party, plain: String) -> String {
    if party == Party::Caller && values.model.waits {
        format!("{plain} | {}<{plain}>", values.global("Promise"))
    } else {
        plain
    }
}

fn params(values: Values<'_, '_>, way: Way, name: &ExternName, ty: &FuncType) -> Doc {
    let skipped = usize::from(matches!(name, ExternName::Method(..)));
    let params: Vec<_> = ty.params.iter().skip(skipped).collect();
    let labels = params.iter().map(|param| param.name.as_str());
    let idents = names::parameters(labels, &mut Scope::new(names::RESERVED));
    let optional = params.iter().rev().take_while(|param| nullable(values.types(), param.ty).is_some()).count();
    let parts = params.iter().zip(idents).enumerate().map(|(at, (param, ident))| {
        let some = (at + optional >= params.len()).then(|| nullable(values.types(), param.ty)).flatten();
        match some {
            Some(_) => format!("{ident}?: {}", values.value_or_undefined(param.ty, way)),
            None => format!("{ident}: {}", values.value(param.ty, way)),
        }
    });
    Doc::list("(", parts, ")")
}

fn result(values: Values<'_, '_>, party: Party, way: Way, ty: &FuncType) -> String {
    let returned = match error(values, ty) {
        Some((ok, _)) => ok,
        None => ty.result,
    };
    let mut plain = returned.map_or_else(|| "void".to_owned(), |ty| values.value(ty, way));
    let is_future = returned.is_some_and(|ty| matches!(values.types().kind(ty), Kind::Future(_)));
    if let (true, true, Way::Taken, Some(returned)) = (ty.async_, is_future, way, returned) {
        // A promise of a promise is one that is settled by the inner one.
        plain = format!("{plain} | {}", values.payload_of(returned));
    }
    if !ty.async_ {
        return plain;
    }
    let promise = format!("{}<{plain}>", values.global("Promise"));
    // The runtime takes what is there at once, too.
    if party == Party::Implementer && values.model.side == Side::Host {
        format!("{promise} | {plain}")
    } else {
        promise
    }
}

/// Of a function that may fail: what it returns, and what it throws.
fn error(values: Values<'_, '_>, ty: &FuncType) -> Option<(Option<ValType>, Option<ValType>)> {
    let Kind::Result { ok, err } = values.types().kind(ty.result?) else { return None };
    Some((ok, err))
}

/// Documentation, with what the function throws.
pub fn docs(values: Values<'_, '_>, party: Party, name: &ExternName, ty: &FuncType, decl: &Decl) -> Docs {
    let throws = error(values, ty).map(|(_, err)| {
        let payload = err.map(|err| values.value(err, Way::Both));
        match (party, payload) {
            (Party::Caller, Some(payload)) => format!("@throws {{ComponentError<{payload}>}}"),
            (Party::Caller, None) => "@throws {ComponentError<undefined>}".to_owned(),
            (Party::Implementer, Some(payload)) => format!("@throws {{{payload}}}"),
            (Party::Implementer, None) => "@throws {undefined}".to_owned(),
        }
    });
    Docs::of(decl).or_signature(&wit::func(values.types(), name, ty)).and(throws)
}

/// Whether some call of it may throw an error of its own.
pub fn may_fail(values: Values<'_, '_>, ty: &FuncType) -> bool {
    error(values, ty).is_some()
}

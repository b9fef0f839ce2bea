//! Core functions that are exported: they call what the guest implements.

use abi::{Params, Results, Shape};
use bindgen::{Func, Scope, core_name};
use types::ValType;

use super::{Coder, at, core_type};
use crate::model::{GoFunc, Outcome, View};
use crate::print::code::Code;

impl<'t> Coder<'_, 't> {
    /// Writes an export. `guest` is an expression that is the guest's implementation, or says what is missing.
    pub fn export(&mut self, view: &mut View<'_, 't>, func: &GoFunc<'t>, guest: &str) {
        let mut scope = view.locals();
        self.call = scope.declare("t");
        self.call_used = false;
        let signature = &func.func.call.signature;
        let cores: Vec<String> = (0..signature.params.len()).map(|index| scope.declare(format!("c{index}"))).collect();
        let mut body = Code::new();
        let mut values = self.lifted(view, func.func, &cores, &mut body, &mut scope);
        let target = match func.receiver {
            Some(_) => format!("{}.{}", values.remove(0), func.name),
            None => format!("{guest}.{}", func.name),
        };
        let call = format!("{target}({})", values.join(", "));
        let has_post = self.exported_result(view, func, &call, &mut body, &mut scope);
        let export = self.private.declare(format!("export_{}", func.whole));
        let params: Vec<String> =
            cores.iter().zip(&signature.params).map(|(name, ty)| format!("{name} {}", core_type(*ty))).collect();
        let result = signature.results.first().map_or_else(String::new, |ty| format!(" {}", core_type(*ty)));
        let begin = self.call_used.then(|| format!("{} := rt.Begin()", self.call));
        let post = has_post.then(|| self.private.declare(format!("post_{}", func.whole)));
        let core_name = &func.func.core_name;
        let is_asynchronous = view.model.is_asynchronous;
        if is_asynchronous {
            view.task();
        }
        let text = self.declaration();
        text.push(format!("//go:wasmexport {core_name}"));
        text.push(format!("func {export}({}){result} {{", params.join(", ")));
        if is_asynchronous {
            text.push("defer task.Settle()");
        }
        begin.into_iter().for_each(|begin| text.push(begin));
        text.append(body);
        text.push("}");
        if let Some(post) = post {
            let result = signature.results.first().map_or("", |ty| core_type(*ty));
            text.gap();
            text.push(format!("//go:wasmexport {}", core_name::post_return(core_name)));
            text.push(format!("func {post}({result}) {{\nrt.Returned()\n}}"));
        }
    }

    /// The values of the parameters, each in a local of its own: they are lifted in their order.
    pub fn lifted(
        &mut self,
        view: &mut View<'_, 't>,
        func: &Func<'t>,
        cores: &[String],
        body: &mut Code,
        scope: &mut Scope,
    ) -> Vec<String> {
        let types: Vec<ValType> = func.ty.params.iter().map(|param| param.ty).collect();
        let mut values = Vec::new();
        let mut rest = cores;
        for (index, ty) in types.into_iter().enumerate() {
            let id = self.lift_id(ty);
            let value = match &func.call.params {
                Params::Flat(flat) => {
                    let (mine, others) = rest.split_at(flat[index].len());
                    rest = others;
                    self.lift(view, id, mine)
                }
                Params::Spilled(spill) => self.load(view, id, &at(&cores[0], spill.offsets[index])),
            };
            let local = scope.declare(format!("v{index}"));
            body.push(format!("{local} := {value}"));
            values.push(local);
        }
        if let Params::Spilled(spill) = &func.call.params {
            view.rt();
            body.push(format!("rt.Free({}, {})", cores[0], spill.layout.size));
        }
        values
    }

    /// Whether there is a post-return function.
    fn exported_result(
        &mut self,
        view: &mut View<'_, 't>,
        func: &GoFunc<'t>,
        call: &str,
        body: &mut Code,
        scope: &mut Scope,
    ) -> bool {
        let Some(ty) = func.func.ty.result else {
            body.push(call);
            self.end(body, false);
            return false;
        };
        // An error context stays the guest's: nobody may drop it before the caller has read its handle.
        let contents = self.codecs.abi().contents(ty);
        let has_post = contents.memory || contents.error_context;
        let value = scope.declare("v");
        match &func.func.call.results {
            Results::Flat(_) | Results::TaskReturn(_) => match func.outcome {
                Outcome::Result { .. } => {
                    body.push(format!("{value} := {call}"));
                    self.end(body, false);
                    body.push(format!("if {value} != nil {{"));
                    body.push("return 1");
                    body.push("}");
                    body.push("return 0");
                }
                Outcome::Nothing | Outcome::Value(_) | Outcome::Option(_) => {
                    body.push(format!("{value} := {call}"));
                    let id = self.lower_id(ty);
                    let cores = self.lower(view, id, &value, body, scope);
                    if self.call_used {
                        let result = scope.declare("r");
                        body.push(format!("{result} := {}", cores[0]));
                        self.end(body, has_post);
                        body.push(format!("return {result}"));
                    } else {
                        body.push(format!("return {}", cores[0]));
                    }
                }
            },
            Results::Spilled(spill) => {
                let area = scope.declare("r");
                let locals = match func.outcome {
                    Outcome::Nothing | Outcome::Value(_) => vec![value],
                    Outcome::Option(_) => vec![value, scope.declare("ok")],
                    Outcome::Result { ok: None, .. } => vec![scope.declare("err")],
                    Outcome::Result { ok: Some(_), .. } => vec![value, scope.declare("err")],
                };
                body.push(format!("{} := {call}", locals.join(", ")));
                view.rt();
                body.push(format!("{area} := rt.Results({})", spill.layout.size));
                self.stored_result(view, func, ty, &locals, &area, body);
                self.end(body, has_post);
                body.push(format!("return {area}"));
            }
        }
        has_post
    }

    fn end(&mut self, body: &mut Code, has_post: bool) {
        if self.call_used {
            body.push(format!("{}.{}()", self.call, if has_post { "Return" } else { "End" }));
        }
    }

    /// Stores what the guest gave back, in the form that functions have.
    pub fn stored_result(
        &mut self,
        view: &mut View<'_, 't>,
        func: &GoFunc<'t>,
        ty: ValType,
        locals: &[String],
        area: &str,
        body: &mut Code,
    ) {
        let id = self.lower_id(ty);
        match func.outcome {
            Outcome::Nothing | Outcome::Value(_) => {
                let line = self.store(view, id, area, &locals[0]);
                body.push(line);
            }
            Outcome::Option(_) => {
                let (offset, some) = self.option_payload(id).expect("the result is an option");
                let (call, store) = (self.call(), self.store_func(view, some));
                body.push(format!("rt.StoreMaybe({call}, {area}, {}, {}, {offset}, {store})", locals[0], locals[1]));
            }
            Outcome::Result { err, .. } => {
                let Shape::Result(cases) = self.codecs.get(id).shape.clone() else {
                    unreachable!("the outcome follows the type")
                };
                let error = locals.last().expect("a result has an error").clone();
                let payload = at(area, cases.payload_offset);
                let call = self.call();
                body.push(format!("if {error} == nil {{"));
                body.push(format!("rt.Store({call}, {area}, uint8(0))"));
                if let Some(value) = &cases.payloads[0] {
                    let line = self.store(view, value.codec, &payload, &locals[0]);
                    body.push(line);
                }
                body.push("} else {");
                body.push(format!("rt.Store({call}, {area}, uint8(1))"));
                if let (Some(codec), Some(err)) = (&cases.payloads[1], err) {
                    let value = error_payload(view, func.func, err, &error);
                    let line = self.store(view, codec.codec, &payload, &value);
                    body.push(line);
                }
                body.push("}");
            }
        }
    }
}

/// The payload that a returned error carries.
pub(super) fn error_payload(view: &mut View<'_, '_>, func: &Func<'_>, err: ValType, error: &str) -> String {
    let ty = view.error(Some(err));
    let name = &func.core_name;
    if view.is_error_context(err) {
        return format!("rt.ErrorContextOf({error})");
    }
    if view.is_own_error(err) {
        return format!("rt.Payload[{ty}]({error}, \"{name}\")");
    }
    if view.model.bindings.types.unaliased(err) == ValType::String {
        // What wraps an error of the other side says more than that one's payload.
        return format!("{error}.Error()");
    }
    format!("rt.Payload[{ty}]({error}, \"{name}\").Payload")
}

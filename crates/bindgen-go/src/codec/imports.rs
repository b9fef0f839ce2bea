//! Bodies of imported functions.

use abi::{CodecId, Params, Results, Shape};
use bindgen::{Func, Scope};
use types::ValType;

use super::{Coder, at};
use crate::model::{GoFunc, Outcome, View};
use crate::print::code::Code;

impl<'t> Coder<'_, 't> {
    /// The body of an imported function that waits for its result, without braces.
    pub fn import(&mut self, view: &mut View<'_, 't>, func: &GoFunc<'t>) -> Code {
        let mut scope = func.locals.clone();
        self.call = scope.declare("t");
        self.call_used = false;
        let mut body = Code::new();
        let core = self.core_func(func);
        let values = func.receiver.iter().map(|(_, name)| name).chain(func.params.iter().map(|param| &param.name));
        let values: Vec<String> = values.cloned().collect();
        let mut args = self.lowered(view, func.func, &values, &mut body, &mut scope);
        self.imported_result(view, func, &core, &mut args, &mut body, &mut scope);
        let mut whole = Code::new();
        if self.call_used {
            whole.push(format!("{} := rt.Begin()", self.call));
            whole.push(format!("defer {}.End()", self.call));
        }
        whole.append(body);
        whole
    }

    pub(super) fn core_func(&mut self, func: &GoFunc<'t>) -> String {
        let name = self.private.declare(format!("wasm_{}", func.whole));
        let signature = &func.func.call.signature;
        let module = func.func.core_module.as_deref().unwrap_or_default();
        self.core_import(module, &func.func.core_name, &name, &signature.params, &signature.results);
        name
    }

    /// The core arguments of a call.
    pub fn lowered(
        &mut self,
        view: &mut View<'_, 't>,
        func: &Func<'t>,
        values: &[String],
        body: &mut Code,
        scope: &mut Scope,
    ) -> Vec<String> {
        let types: Vec<ValType> = func.ty.params.iter().map(|param| param.ty).collect();
        match &func.call.params {
            Params::Flat(_) => {
                let mut args = Vec::new();
                for (ty, value) in types.into_iter().zip(values) {
                    let id = self.lower_id(ty);
                    args.extend(self.lower(view, id, value, body, scope));
                }
                args
            }
            Params::Spilled(spill) => {
                view.rt();
                let area = scope.declare("a");
                body.push(format!("{area} := {}.Alloc({})", self.call(), spill.layout.size));
                for ((ty, value), offset) in types.into_iter().zip(values).zip(&spill.offsets) {
                    let id = self.lower_id(ty);
                    let line = self.store(view, id, &at(&area, *offset), value);
                    body.push(line);
                }
                vec![area]
            }
        }
    }

    fn imported_result(
        &mut self,
        view: &mut View<'_, 't>,
        func: &GoFunc<'t>,
        core: &str,
        args: &mut Vec<String>,
        body: &mut Code,
        scope: &mut Scope,
    ) {
        let Some(ty) = func.func.ty.result else {
            body.push(format!("{core}({})", args.join(", ")));
            return;
        };
        let id = self.lift_id(ty);
        match &func.func.call.results {
            Results::Flat(_) | Results::TaskReturn(_) => {
                let call = format!("{core}({})", args.join(", "));
                match func.outcome {
                    Outcome::Result { err, .. } => {
                        view.rt();
                        body.push(format!("if rt.Case({call}, 2) == 0 {{"));
                        body.push("return nil");
                        body.push("}");
                        body.push(format!("return {}{{}}", view.error(err)));
                    }
                    Outcome::Nothing | Outcome::Value(_) | Outcome::Option(_) => {
                        let value = self.lift(view, id, &[call]);
                        body.push(format!("return {value}"));
                    }
                }
            }
            Results::Spilled(spill) => {
                let area = scope.declare("r");
                body.push(format!("{area} := {}.Area({})", self.call(), spill.layout.size));
                args.push(area.clone());
                body.push(format!("{core}({})", args.join(", ")));
                self.loaded_result(view, func, id, &area, body, scope);
            }
        }
    }

    /// Gives back what stands in memory, in the form that functions have.
    pub fn loaded_result(
        &mut self,
        view: &mut View<'_, 't>,
        func: &GoFunc<'t>,
        id: CodecId,
        area: &str,
        body: &mut Code,
        scope: &mut Scope,
    ) {
        view.rt();
        match func.outcome {
            Outcome::Nothing | Outcome::Value(_) => {
                let value = self.load(view, id, area);
                body.push(format!("return {value}"));
            }
            Outcome::Option(_) => {
                let (offset, some) = self.option_payload(id).expect("the result is an option");
                let load = self.load_func(view, some);
                body.push(format!("return rt.LoadMaybe({}, {area}, {offset}, {load})", self.call()));
            }
            Outcome::Result { ok, err } => {
                let Shape::Result(cases) = self.codecs.get(id).shape.clone() else {
                    unreachable!("the outcome follows the type")
                };
                let payload = at(area, cases.payload_offset);
                body.push(format!("if rt.Case(rt.Load[uint8]({}, {area}), 2) == 0 {{", self.call()));
                match &cases.payloads[0] {
                    Some(value) => {
                        let value = self.load(view, value.codec, &payload);
                        body.push(format!("return {value}, nil"));
                    }
                    None => body.push("return nil"),
                }
                body.push("}");
                let error = match (&cases.payloads[1], err) {
                    (Some(payload_codec), Some(err)) => {
                        let value = self.load(view, payload_codec.codec, &payload);
                        if view.is_own_error(err) {
                            value
                        } else {
                            format!("{}{{Payload: {value}}}", view.error(Some(err)))
                        }
                    }
                    _ => format!("{}{{}}", view.error(None)),
                };
                match ok {
                    Some(ok) => {
                        let none = scope.declare("none");
                        body.push(format!("var {none} {}", view.ty(ok)));
                        body.push(format!("return {none}, {error}"));
                    }
                    None => body.push(format!("return {error}")),
                }
            }
        }
    }
}

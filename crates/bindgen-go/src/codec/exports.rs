//! Core functions that are exported: they call what the guest implements.

use abi::go_arena::Wide;
use abi::{Params, Results, Shape};
use bindgen::{Func, Scope, core_name};
use types::ValType;

use super::{Coder, at, core_type};
use crate::model::{GoFunc, Outcome, View};
use crate::print::code::{Code, Row, literal};

impl<'t> Coder<'_, 't> {
    /// Writes an export. `guest` is an expression that is the guest's implementation, or says what is missing.
    pub fn export(&mut self, view: &mut View<'_, 't>, func: &GoFunc<'t>, guest: &str) {
        let mut scope = view.locals();
        self.call = scope.declare("t");
        self.call_used = false;
        let signature = &func.func.call.signature;
        let entry = self.entry(view, func, &mut scope);
        let mut body = Code::new();
        let mut values = self.lifted(view, func.func, &entry.cores, &mut body, &mut scope);
        let target = match func.receiver {
            Some(_) => format!("{}.{}", values.remove(0), func.name),
            None => format!("{guest}.{}", func.name),
        };
        let call = format!("{target}({})", values.join(", "));
        let has_post = self.exported_result(view, func, &call, &mut body, &mut scope);
        let result = signature.results.first().map_or_else(String::new, |ty| format!(" {}", core_type(*ty)));
        let begin = self.call_used.then(|| format!("{} := rt.Begin()", self.call));
        let post = has_post.then(|| self.private.declare(format!("post_{}", func.whole)));
        let core_name = &func.func.core_name;
        let is_asynchronous = view.model.is_asynchronous;
        if is_asynchronous {
            view.task();
        }
        let text = self.declaration();
        text.append(entry.head(&result));
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

/// The beginning of a function that the host calls.
pub(super) struct Entry {
    /// What is declared in front, the export's name and the function's own, its parameters.
    before: Code,
    export: String,
    name: String,
    params: String,
    /// Its first statement, if it has one of its own.
    first: Option<String>,
    /// Expressions that are the core parameters.
    pub cores: Vec<String>,
}

impl Entry {
    /// Up to the first statement, which stands behind the brace.
    pub fn head(self, result: &str) -> Code {
        let mut text = self.before;
        text.push(format!("//go:wasmexport {}", self.export));
        text.push(format!("func {}({}){result} {{", self.name, self.params));
        self.first.into_iter().for_each(|first| text.push(first));
        text
    }
}

impl<'t> Coder<'_, 't> {
    /// Core parameters by their names, or what `go_arena::Wide` says where Go's compiler takes no more.
    pub(super) fn entry(&mut self, view: &mut View<'_, 't>, func: &GoFunc<'t>, scope: &mut Scope) -> Entry {
        let signature = &func.func.call.signature;
        let name = self.private.declare(format!("export_{}", func.whole));
        let core_name = &func.func.core_name;
        let Some(wide) = Wide::of(signature) else {
            let names = (0..signature.params.len()).map(|index| scope.declare(format!("c{index}")));
            let cores: Vec<String> = names.collect();
            let params = cores.iter().zip(&signature.params).map(|(name, ty)| format!("{name} {}", core_type(*ty)));
            let params = params.collect::<Vec<_>>().join(", ");
            return Entry { before: Code::new(), export: core_name.clone(), name, params, first: None, cores };
        };
        let fields = (0..).zip(&signature.params).map(|(index, ty)| (format!("c{index}"), core_type(*ty)));
        let fields: Vec<(String, &str)> = fields.collect();
        let rows = fields.iter().map(|(name, ty)| Row::plain([name.clone(), (*ty).to_owned()]));
        let (ty, block, local) =
            (self.private.declare(format!("params_{}", func.whole)), scope.declare("p"), scope.declare("c"));
        let mut before = Code::new();
        before.push(format!("// {ty} are more parameters than Go's compiler takes: they come in memory."));
        before.push(format!("type {ty} struct {{"));
        before.rows(&rows.collect::<Vec<_>>());
        before.push("}");
        before.gap();
        view.rt();
        Entry {
            before,
            export: wide.export_name(core_name),
            name,
            params: format!("{block} uint32"),
            first: Some(format!("{local} := rt.Params[{ty}]({block})")),
            cores: fields.iter().map(|(name, _)| format!("{local}.{name}")).collect(),
        }
    }
}

/// The payload that a returned error carries.
pub(super) fn error_payload(view: &mut View<'_, '_>, func: &Func<'_>, err: ValType, error: &str) -> String {
    let ty = view.error(Some(err));
    if view.is_error_context(err) {
        return format!("rt.ErrorContextOf({error})");
    }
    let wanted = format!("{} returned an error that is no {ty}", func.core_name);
    let wanted = literal(&wanted);
    if view.is_own_error(err) {
        return format!("rt.Payload[{ty}]({error}, {wanted})");
    }
    if view.model.bindings.types.unaliased(err) == ValType::String {
        // What wraps an error of the other side says more than that one's payload.
        return format!("{error}.Error()");
    }
    format!("rt.Payload[{ty}]({error}, {wanted}).Payload")
}

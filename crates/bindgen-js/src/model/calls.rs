//! Exported functions: what the host calls.
//!
//! In: a lift with its type. Out: parameters and statements of a function.
//! Holds: flags are taken back on the normal way out only; a wrong argument leaves the instance, its tables and the objects
//! that are given away as they were.
//!
//! Specification: Canonical ABI, `canon_lift`.

use abi::{Call, CodecId, Mode, Params, Results, Shape, Side, Way};
use bindgen::Scope;
use component::instantiation::Lift;
use types::name::AccessorOf;
use types::{ExternName, FuncId, FuncType, Kind, ValType};

use super::Builder;
use super::code::{Expr, Stmt};
use super::codecs::{Env, Form};
use super::lift::load_discriminant;
use super::lower::Body;
use crate::names;
use crate::runtime::Helper;

/// The cases of a result that is not a value but an answer: payloads of `ok` and `err`.
pub(super) type Answer = (Option<ValType>, Option<ValType>);

/// How a value gets into the parameters of a call.
pub(crate) struct Given {
    pub exprs: Vec<String>,
    /// What messages say of each.
    pub places: Vec<String>,
    /// Whether the first place is already set.
    pub is_first_told: bool,
}

/// What a core function returned, for the host.
#[derive(Debug, Default)]
pub(crate) struct Lifted {
    pub value: Option<Expr>,
    /// The discriminant of an answer.
    pub tag: Option<String>,
    /// The constant with the core value, where something else needs it.
    pub ret: Option<String>,
}

/// What is longer, in bytes, stands in a statement of its own.
pub(super) const LONG: usize = 80;

/// A scope for parameters and locals.
pub(super) fn function_scope() -> Scope {
    let mut scope = Scope::new(names::RESERVED);
    Helper::NAMES.iter().for_each(|name| scope.reserve(*name));
    scope
}

impl Builder<'_> {
    /// A lift as a function for the host. A method's receiver is `this`.
    pub fn export_function(&mut self, lift: &Lift, ty: FuncId, name: &ExternName) -> (Vec<String>, Vec<Stmt>) {
        if self.is_async() {
            return self.async_export(lift, ty, name);
        }
        let func = self.func(ty);
        let is_method = matches!(name, ExternName::Method(..)) || is_method_accessor(name);
        let skip = usize::from(is_method);
        let mut scope = function_scope();
        let params = names::parameters(func.params.iter().skip(skip).map(|param| param.name.as_str()), &mut scope);
        let shown = shown(name);
        let given = Given {
            exprs: is_method.then(|| "this".to_owned()).into_iter().chain(params.iter().cloned()).collect(),
            places: func.params.iter().map(|param| format!("{shown}({})", param.name)).collect(),
            is_first_told: false,
        };
        let is_constructor = matches!(name, ExternName::Constructor(_));
        let stmts = self.called_by_host(lift, func, given, is_constructor, &mut scope);
        (params, stmts)
    }

    /// Lowers the arguments, enters the instance, calls, gives the result, and keeps why this failed.
    fn called_by_host(
        &mut self,
        lift: &Lift,
        func: &FuncType,
        mut given: Given,
        is_constructor: bool,
        scope: &mut Scope,
    ) -> Vec<Stmt> {
        let env = self.env(self.canonical(lift), false);
        let call = self.abi.call(func, Side::Lift, Mode::Sync);
        let mut body = Body { stmts: Vec::new(), scope };
        if !self.is_untouched(func) {
            let place = self.first_place(func, &call, &given);
            given.is_first_told = place.is_some();
            let may_enter = self.may_enter();
            let args = place.map(|place| self.entry_place(&place));
            body.stmts.push(Stmt::expr(Expr::call(may_enter, args)));
        }
        let args = self.lower_all_or_none(func, &call, env, &given, &mut body);
        let called = Expr::call(self.core_def(&lift.core), args);
        let mut inner = Body { stmts: Vec::new(), scope: &mut *body.scope };
        self.is_constructor = is_constructor;
        self.give_result(lift, func, called, &mut inner);
        self.is_constructor = false;
        let inner = inner.stmts;
        let run = Expr::call(self.run(), [Expr::Arrow(inner)]);
        body.stmts.push(if func.result.is_some() { Stmt::returns(run) } else { Stmt::expr(run) });
        body.stmts
    }

    /// What messages say of the first argument, if it is what is set when the instance is looked at.
    fn first_place(&self, func: &FuncType, call: &Call, given: &Given) -> Option<String> {
        let is_spilled = matches!(call.params, Params::Spilled(_));
        let is_set = is_spilled || !is_scalar(self.types.kind(func.params.first()?.ty));
        given.places.first().filter(|_| is_set).cloned()
    }

    /// Whether lowering the arguments touches nothing of the instance, so that it may come before the instance is entered.
    fn is_untouched(&self, func: &FuncType) -> bool {
        let contents = self.abi.contents_of_all(func.params.iter().map(|param| param.ty));
        let call = self.abi.call(func, Side::Lift, Mode::Sync);
        matches!(call.params, Params::Flat(_)) && !(contents.memory || contents.own || contents.borrow)
    }

    /// Lowers all arguments, or leaves the tables and the objects that are given away as they were.
    pub(super) fn lower_all_or_none(
        &mut self,
        func: &FuncType,
        call: &Call,
        env: Env,
        given: &Given,
        body: &mut Body,
    ) -> Vec<Expr> {
        if !self.may_fail_after_handles(func, env) {
            return self.lower_all(func, call, env, given, body);
        }
        let attempt = self.helper(Helper::Attempt);
        let mut inner = Body { stmts: Vec::new(), scope: &mut *body.scope };
        let args = self.lower_all(func, call, env, given, &mut inner);
        let names: Vec<String> = args.iter().map(|_| inner.scope.declare("flat")).collect();
        let mut stmts = inner.stmts;
        stmts.push(Stmt::returns(Expr::Array(args)));
        body.stmts.push(Stmt::constant(&format!("[{}]", names.join(", ")), Expr::call(attempt, [Expr::Arrow(stmts)])));
        names.into_iter().map(Expr::Text).collect()
    }

    /// Whether an argument may be wrong after another one, or a part of it, got a handle.
    fn may_fail_after_handles(&self, func: &FuncType, env: Env) -> bool {
        let last = func.params.len().saturating_sub(1);
        func.params.iter().enumerate().any(|(at, param)| match self.types.kind(param.ty) {
            Kind::Own(_) => at != last,
            Kind::Borrow(id) => at != last && self.lends_to(id, env.part),
            Kind::Bool | Kind::U8 | Kind::S8 | Kind::U16 | Kind::S16 | Kind::U32 | Kind::S32 | Kind::U64 => false,
            Kind::S64 | Kind::F32 | Kind::F64 | Kind::Char | Kind::Enum(_) | Kind::Flags(_) => false,
            Kind::String | Kind::ErrorContext | Kind::Stream(_) | Kind::Future(_) => false,
            Kind::Record(_) | Kind::Variant(_) | Kind::List(_) | Kind::FixedList(..) | Kind::Map(..) => {
                self.has_handles(param.ty)
            }
            Kind::Tuple(_) | Kind::Option(_) | Kind::Result { .. } => self.has_handles(param.ty),
        })
    }

    fn has_handles(&self, ty: ValType) -> bool {
        let contents = self.abi.contents(ty);
        contents.own || contents.borrow
    }

    pub(super) fn lower_all(
        &mut self,
        func: &FuncType,
        call: &Call,
        env: Env,
        given: &Given,
        body: &mut Body,
    ) -> Vec<Expr> {
        let values = func.params.iter().zip(&given.exprs).zip(&given.places);
        let mut is_told = given.is_first_told;
        match &call.params {
            Params::Flat(_) => {
                let all = values.map(|((param, value), place)| {
                    let codec = self.codec(param.ty, Way::Lower);
                    let at = if std::mem::take(&mut is_told) { None } else { self.place(param.ty, place, body) };
                    let lowered = self.lower(codec, env, value, at.as_deref(), body);
                    self.settled(lowered, at.is_some(), &param.name, body)
                });
                let mut all = all.collect::<Vec<_>>().concat();
                // The last length need not be kept.
                if let (Some(Stmt::Value { head, value }), Some(Expr::Text(last))) = (body.stmts.last(), all.last_mut())
                    && *value == Expr::text("length")
                    && *head == format!("const {last} =")
                {
                    *last = "length".to_owned();
                    body.stmts.pop();
                }
                all
            }
            Params::Spilled(spill) => {
                let allocate = format!("{}(0, 0, {}, {})", self.realloc_of(env), spill.layout.align, spill.layout.size);
                let params = body.constant("params", allocate);
                for (((param, value), place), offset) in values.zip(&spill.offsets) {
                    if !std::mem::take(&mut is_told) {
                        self.set_place(place, body);
                    }
                    let codec = self.codec(param.ty, Way::Lower);
                    let store = self.store(codec, env, value, &params, *offset);
                    body.stmts.push(Stmt::expr(store));
                }
                vec![params.into()]
            }
        }
    }

    /// What is checked is checked before the flags are set.
    fn settled(&mut self, lowered: Vec<Expr>, is_scalar: bool, label: &str, body: &mut Body) -> Vec<Expr> {
        let is_checked = |value: &Expr| matches!(value, Expr::Call { .. }) || value.mentions("(");
        let named = lowered.into_iter().map(|value| {
            // A number that passes as it is need only be checked.
            if let Expr::Call { callee, args } = &value
                && [Helper::Number.name(), Helper::Bigint.name()].contains(&callee.as_str())
                && let [Expr::Text(param), _] = args.as_slice()
            {
                let param = param.clone();
                body.stmts.push(Stmt::expr(value));
                return Expr::Text(param);
            }
            if is_checked(&value) {
                let wish = if is_scalar { format!("core-{label}") } else { "flat".to_owned() };
                Expr::Text(body.constant(&names::member(&wish), value))
            } else {
                value
            }
        });
        named.collect()
    }

    /// What a message says: scalars are told it, for others it is set.
    pub(super) fn place(&mut self, ty: ValType, place: &str, body: &mut Body) -> Option<String> {
        if is_scalar(self.types.kind(ty)) {
            return Some(place.to_owned());
        }
        self.set_place(place, body);
        None
    }

    fn set_place(&mut self, place: &str, body: &mut Body) {
        self.helper(Helper::Expected);
        body.stmts.push(Stmt::plain(format!("at = {};", names::literal(place))));
    }

    /// What the host gets of a call, after what has to be done at its end.
    fn give_result(&mut self, lift: &Lift, func: &FuncType, called: Expr, body: &mut Body) {
        let answer = answer(self, func);
        let Lifted { mut value, tag, ret } = self.lift_result(lift, func, called, false, answer, body);
        let end = self.end_call(lift, func, ret.as_deref());
        let is_name = |value: &Expr| matches!(value, Expr::Text(text) if names::is_identifier(text));
        if !end.is_empty() && !value.as_ref().is_some_and(is_name) {
            value = value.map(|value| body.constant("result", value).into());
        }
        body.stmts.extend(end);
        if let Some(tag) = tag {
            // An error is a normal end.
            body.stmts.push(Stmt::plain(format!("{} = false;", self.parts[0].entered)));
            let error = self.helper(Helper::ComponentError);
            let payload = value.as_ref().map_or_else(|| "undefined".to_owned(), Expr::to_string);
            body.stmts.push(Stmt::plain(format!("if ({tag} === 1) throw new {error}({payload});")));
        }
        let has_value = answer.is_none_or(|(ok, _)| ok.is_some());
        body.stmts.extend(value.filter(|_| has_value).map(Stmt::returns));
    }

    /// The value that a core function returned.
    pub fn lift_result(
        &mut self,
        lift: &Lift,
        func: &FuncType,
        called: Expr,
        inner: bool,
        answer: Option<Answer>,
        body: &mut Body,
    ) -> Lifted {
        let options = self.canonical(lift);
        let env = self.env(options, inner);
        let call = self.abi.call(func, Side::Lift, Mode::Sync);
        let Some(result) = func.result else {
            body.stmts.push(Stmt::expr(called));
            return Lifted::default();
        };
        let keeps = options.post_return.is_some();
        match &call.results {
            Results::Flat(_) => {
                let trap = self.helper(Helper::Trap);
                if answer.is_some() {
                    let tag = body.constant("ret", called);
                    let check = format!("if ({tag} >>> 0 > 1) {trap}('invalid variant discriminant');");
                    body.stmts.push(Stmt::plain(check));
                    return Lifted { value: None, tag: Some(tag.clone()), ret: Some(tag) };
                }
                let codec = self.codec(result, Way::Lift);
                let ret = keeps.then(|| body.constant("ret", called.clone()));
                let arg = ret.clone().map_or(called, Expr::Text);
                Lifted { value: Some(self.lift(codec, env, &[arg])), tag: None, ret }
            }
            Results::Spilled(spill) => {
                let ret = keeps.then(|| body.constant("ret", called.clone()));
                let ptr = ret.clone().map_or(called, Expr::Text);
                let (value, tag) = match answer {
                    None => {
                        let codec = self.codec(result, Way::Lift);
                        (Some(self.load_returned(codec, env, spill.layout, ptr)), None)
                    }
                    Some(answer) => {
                        let ptr = self.area(env, ptr, spill.layout);
                        let ptr = body.constant("ptr", ptr);
                        self.load_answer(result, answer, env, &ptr, body)
                    }
                };
                Lifted { value, tag, ret }
            }
            Results::TaskReturn(_) => Lifted::default(),
        }
    }

    /// A string or list is loaded where it is returned, others by a function.
    fn load_returned(&mut self, codec: CodecId, env: Env, layout: abi::Layout, ptr: Expr) -> Expr {
        if matches!(self.codecs.get(codec).shape, Shape::String | Shape::List { .. } | Shape::Map { .. }) {
            let returned = self.returned_pair(env);
            return self.lift(codec, env, &[Expr::call(returned, [ptr]), "length".into()]);
        }
        let area = self.area(env, ptr, layout);
        Expr::call(self.codec_function(codec, Form::Memory, env), [area])
    }

    /// A pointer that is checked.
    pub(super) fn area(&mut self, env: Env, ptr: Expr, layout: abi::Layout) -> Expr {
        let (area, bytes) = (self.helper(Helper::Area), self.bytes(env));
        let [align, size] = [layout.align, layout.size].map(|count| Expr::Text(count.to_string()));
        Expr::call(area, [ptr, align, size, bytes.into()])
    }

    fn load_answer(
        &mut self,
        result: ValType,
        (ok, err): Answer,
        env: Env,
        ptr: &str,
        body: &mut Body,
    ) -> (Option<Expr>, Option<String>) {
        let view = self.view(env);
        let layout = self.abi.variant_layout([ok, err]);
        let trap = self.helper(Helper::Trap);
        let tag = body.constant("tag", load_discriminant(layout.discriminant, &view, ptr));
        body.stmts.push(Stmt::plain(format!("if ({tag} > 1) {trap}('invalid variant discriminant');")));
        debug_assert!(matches!(self.types.kind(result), Kind::Result { .. }), "only results are taken apart");
        let [ok, err] = [ok, err].map(|ty| match ty {
            Some(ty) => {
                let codec = self.codec(ty, Way::Lift);
                self.load(codec, env, &view, ptr, layout.payload_offset)
            }
            None => Expr::text("undefined"),
        });
        let text = format!("{tag} === 0 ? {ok} : {err}");
        if text.len() < LONG {
            return (Some(body.constant("result", text).into()), Some(tag));
        }
        let value = body.scope.declare("result");
        body.stmts.push(Stmt::plain(format!("let {value};")));
        let set = |to: Expr| vec![Stmt::Value { head: format!("{value} ="), value: to }];
        body.stmts.push(Stmt::Blocks(vec![(format!("if ({tag} === 0)"), set(ok)), ("else".to_owned(), set(err))]));
        (Some(value.into()), Some(tag))
    }

    /// Post-return, and what borrows were not given back.
    fn end_call(&mut self, lift: &Lift, func: &FuncType, ret: Option<&str>) -> Vec<Stmt> {
        let options = self.canonical(lift);
        let lent = func.params.iter().any(|param| {
            if let Kind::Borrow(resource) = self.types.kind(param.ty) {
                return self.lends_to(resource, options.part);
            }
            self.abi.contents(param.ty).borrow
        });
        let mut out = self.post_return(lift, ret);
        if lent {
            let handles = self.handles(options.part);
            let settle = self.helper(Helper::Settle);
            out.push(Stmt::plain(format!("{settle}({handles});")));
        }
        out
    }

    /// Tells the part that the memory of a result is free.
    pub(super) fn post_return(&mut self, lift: &Lift, ret: Option<&str>) -> Vec<Stmt> {
        let options = self.canonical(lift);
        let Some(post_return) = &options.post_return else { return Vec::new() };
        let flag = self.parts[options.part.0].may_leave.clone();
        let set = |value: bool| flag.iter().map(move |flag| Stmt::plain(format!("{flag} = {value};")));
        let call = Stmt::expr(Expr::call(self.core_def(post_return), ret.map(Expr::text)));
        set(false).chain([call]).chain(set(true)).collect()
    }
}

/// Whether the function's result is an answer, which is returned or thrown.
pub(super) fn answer(builder: &Builder<'_>, func: &FuncType) -> Option<Answer> {
    let Kind::Result { ok, err } = builder.types.kind(func.result?) else { return None };
    Some((ok, err))
}

pub(super) fn is_scalar(kind: Kind<'_>) -> bool {
    match kind {
        Kind::Bool | Kind::U8 | Kind::S8 | Kind::U16 | Kind::S16 | Kind::U32 | Kind::S32 | Kind::U64 => true,
        Kind::S64 | Kind::F32 | Kind::F64 | Kind::Char | Kind::Enum(_) => true,
        Kind::String | Kind::ErrorContext | Kind::Record(_) | Kind::Variant(_) | Kind::List(_) => false,
        Kind::FixedList(..) | Kind::Map(..) | Kind::Tuple(_) | Kind::Flags(_) | Kind::Option(_) => false,
        Kind::Result { .. } | Kind::Own(_) | Kind::Borrow(_) | Kind::Stream(_) | Kind::Future(_) => false,
    }
}

pub(super) fn is_method_accessor(name: &ExternName) -> bool {
    match name {
        ExternName::Accessor(accessor) => matches!(accessor.of, AccessorOf::Method(_)),
        ExternName::Label(_) | ExternName::Constructor(_) | ExternName::Interface(_) => false,
        ExternName::Method(..) | ExternName::Static(..) => false,
    }
}

/// `counter.increment`, `new counter`, `greet`: a function in messages.
pub(super) fn shown(name: &ExternName) -> String {
    match name {
        ExternName::Label(label) => label.clone(),
        ExternName::Constructor(resource) => format!("new {resource}"),
        ExternName::Method(resource, name) | ExternName::Static(resource, name) => format!("{resource}.{name}"),
        ExternName::Accessor(accessor) => accessor.name.clone(),
        ExternName::Interface(name) => name.to_string(),
    }
}

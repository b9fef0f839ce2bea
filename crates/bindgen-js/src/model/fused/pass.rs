//! Core values that become core values: each as lifting it and lowering it again would leave it.
//!
//! Specification: Canonical ABI, "Flat Lifting", "Flat Lowering".

use abi::{Cases, CodecId, Scalar, Shape};
use types::ResourceId;

use super::super::Builder;
use super::super::code::{Expr, Function, Stmt};
use super::super::codecs::{Env, Form};
use super::super::lower::{Body, zero};
use super::{Course, Key, Pair, Side};
use crate::runtime::Helper;

impl Builder<'_> {
    /// The core values of the other side.
    pub(super) fn pass(&mut self, pair: Pair, way: Course, args: &[Expr], body: &mut Body) -> Vec<Expr> {
        let from = self.codecs.get(pair.from).clone();
        match &from.shape {
            Shape::Scalar(scalar) => vec![self.pass_scalar(*scalar, &args[0])],
            Shape::Enum { cases, .. } => vec![self.pass_tag(&args[0].to_string(), *cases).into()],
            Shape::Flags { .. } => vec![masked(&args[0].to_string(), self.labels(from.ty).len()).into()],
            Shape::String | Shape::List { .. } | Shape::Map { .. } => {
                let [ptr, len] = [("ptr", &args[0]), ("len", &args[1])].map(|(wish, arg)| settled(wish, arg, body));
                let (moved, len) = self.move_pointer(pair, way, &ptr, &len, body);
                vec![moved.into(), len.into()]
            }
            Shape::Record(parts) | Shape::Tuple(parts) => {
                let all = parts.iter().zip(self.parts_of(pair));
                let all = all.map(|(part, pair)| self.pass(pair, way, &args[part.flat.clone()], body));
                all.collect::<Vec<_>>().concat()
            }
            Shape::FixedList { element, .. } => {
                let width = self.codecs.get(*element).flat.as_ref().map_or(1, Vec::len).max(1);
                let pairs = self.parts_of(pair);
                let all = args.chunks(width).flat_map(|args| pairs.iter().map(move |pair| (*pair, args)));
                let all = all.map(|(pair, args)| self.pass(pair, way, args, body));
                all.collect::<Vec<_>>().concat()
            }
            Shape::Variant(_) | Shape::Option(_) | Shape::Result(_) => self.pass_variant(pair, way, args, body),
            Shape::Own(_) | Shape::Borrow(_) => vec![self.pass_handle(pair, way, &args[0].to_string())],
            // Only in asynchronous components, whose calls are made otherwise.
            Shape::Stream(_) | Shape::Future(_) | Shape::ErrorContext | Shape::Nothing => vec![args[0].clone()],
        }
    }

    fn pass_scalar(&mut self, scalar: Scalar, arg: &Expr) -> Expr {
        match scalar {
            Scalar::Bool => format!("{arg} ? 1 : 0").into(),
            Scalar::U8 | Scalar::S8 | Scalar::U16 | Scalar::S16 => self.lift_scalar(scalar, arg),
            Scalar::U32 | Scalar::S32 | Scalar::U64 | Scalar::S64 | Scalar::F32 | Scalar::F64 => arg.clone(),
            Scalar::Char => Expr::call(self.helper(Helper::CharCode), [arg.clone()]),
        }
    }

    /// A discriminant that is checked.
    pub(super) fn pass_tag(&mut self, tag: &str, cases: usize) -> String {
        format!("{}({tag}, {cases})", self.helper(Helper::Discriminant))
    }

    /// The index of a handle in the table of the other side.
    pub(super) fn pass_handle(&mut self, pair: Pair, way: Course, index: &str) -> Expr {
        let [from, to] = [pair.from, pair.to].map(|codec| self.resource(codec));
        let (Some((from, owns)), Some((to, _))) = (from, to) else { return index.into() };
        let (handles, token) = (self.handles(way.from.env.part), self.token(from));
        if owns {
            let take = self.helper(Helper::TakeOwn);
            return self.lower_own(to, way.to.env, &format!("{take}({handles}, {index}, {token})"), None);
        }
        let lend = self.helper(Helper::LendOut);
        self.lower_borrow(to, way.to.env, &format!("{lend}({handles}, {index}, {token})"), None)
    }

    /// The resource of a handle, and whether it is owned.
    fn resource(&self, codec: CodecId) -> Option<(ResourceId, bool)> {
        match &self.codecs.get(codec).shape {
            Shape::Own(resource) => Some((*resource, true)),
            Shape::Borrow(resource) => Some((*resource, false)),
            Shape::Nothing | Shape::Scalar(_) | Shape::String | Shape::List { .. } | Shape::Map { .. } => None,
            Shape::FixedList { .. } | Shape::Record(_) | Shape::Tuple(_) | Shape::Flags { .. } => None,
            Shape::Enum { .. } | Shape::Variant(_) | Shape::Option(_) | Shape::Result(_) => None,
            Shape::Stream(_) | Shape::Future(_) | Shape::ErrorContext => None,
        }
    }

    fn pass_variant(&mut self, pair: Pair, way: Course, args: &[Expr], body: &mut Body) -> Vec<Expr> {
        let call = Expr::call(self.move_function(pair, Form::Flat, way), args.iter().cloned());
        if args.len() == 1 {
            return vec![call];
        }
        let names: Vec<String> = args.iter().map(|_| body.scope.declare("flat")).collect();
        body.stmts.push(Stmt::constant(&format!("[{}]", names.join(", ")), call));
        names.into_iter().map(Expr::Text).collect()
    }

    /// The name of the function for a pair, which is made if it is not there.
    pub(super) fn move_function(&mut self, pair: Pair, form: Form, way: Course) -> String {
        let ty = self.codecs.get(pair.from).ty;
        let contents = self.abi.contents(ty);
        let needed = |side: Side| Side {
            env: Env {
                memory: side.env.memory.filter(|_| contents.memory || form != Form::Flat),
                encoding: if contents.string { side.env.encoding } else { component::StringEncoding::Utf8 },
                part: if contents.own || contents.borrow { side.env.part } else { component::instantiation::PartId(0) },
                ..side.env
            },
            allocate: side.allocate.filter(|_| contents.memory),
        };
        let way = Course { from: Side { allocate: None, ..needed(way.from) }, to: needed(way.to) };
        let key = Key { pair, form, way };
        if let Some(known) = self.moves.get(&key) {
            return known.clone();
        }
        let word = if form == Form::Flat { "pass" } else { "move" };
        let name = self.scope.declare(format!("{word}{}", self.type_name(ty)));
        self.moves.insert(key, name.clone());
        let mut scope = super::function_scope();
        let mut inner = |names: &[&str]| names.iter().map(|name| scope.declare(*name)).collect::<Vec<_>>();
        let params = match form {
            Form::Flat => Vec::new(),
            Form::Memory => inner(&["from", "to"]),
            Form::Elements => inner(&["ptr", "len"]),
        };
        let mut body = Body { stmts: Vec::new(), scope: &mut scope };
        let params = match form {
            Form::Flat => self.variant_function(pair, way, &mut body),
            Form::Memory => {
                self.shift_function(pair, way, &mut body);
                params
            }
            Form::Elements => {
                self.elements_function(pair, way, &mut body);
                params
            }
        };
        let stmts = body.stmts;
        let docs = Vec::new();
        self.functions.push(Stmt::Function(Function { docs, head: format!("function {name}"), params, body: stmts }));
        name
    }

    /// A variant of core values, as parameters `a0`, `a1` and so on.
    fn variant_function(&mut self, pair: Pair, way: Course, body: &mut Body) -> Vec<String> {
        let from = self.codecs.get(pair.from).clone();
        let flat = from.flat.clone().unwrap_or_default();
        let params: Vec<String> = flat.iter().enumerate().map(|(at, _)| body.scope.declare(format!("a{at}"))).collect();
        let Some(cases) = cases(&from.shape) else { return params };
        let tag = self.pass_tag(&params[0], cases.payloads.len());
        if flat.len() == 1 {
            body.stmts.push(Stmt::returns(tag));
            return params;
        }
        let mut pairs = self.parts_of(pair).into_iter();
        let mut arms = Vec::new();
        for (at, payload) in cases.payloads.iter().enumerate() {
            let mut arm = Body { stmts: Vec::new(), scope: &mut *body.scope };
            let mut values = vec![Expr::text(at.to_string())];
            if let Some((payload, pair)) = payload.as_ref().and_then(|payload| Some((payload, pairs.next()?))) {
                let slots = params[1..].iter().map(Expr::text);
                let args: Vec<Expr> = slots.zip(&payload.casts).map(|(slot, cast)| self.uncast(*cast, &slot)).collect();
                let passed = self.pass(pair, way, &args, &mut arm);
                values.extend(passed.into_iter().zip(&payload.casts).map(|(value, cast)| self.cast(*cast, value)));
            }
            let rest = flat[values.len().min(flat.len())..].iter().map(|ty| zero(*ty).into());
            values.extend(rest);
            arm.stmts.push(Stmt::returns(Expr::Array(values)));
            arms.push((format!("case {at}"), arm.stmts));
        }
        body.stmts.push(Stmt::Switch { on: tag, cases: arms });
        params
    }
}

/// The cases of a variant, option or result.
pub(super) fn cases(shape: &Shape) -> Option<&Cases> {
    match shape {
        Shape::Variant(cases) | Shape::Option(cases) | Shape::Result(cases) => Some(cases),
        Shape::Nothing | Shape::Scalar(_) | Shape::String | Shape::List { .. } | Shape::Map { .. } => None,
        Shape::FixedList { .. } | Shape::Record(_) | Shape::Tuple(_) | Shape::Flags { .. } | Shape::Enum { .. } => None,
        Shape::Own(_) | Shape::Borrow(_) | Shape::Stream(_) | Shape::Future(_) | Shape::ErrorContext => None,
    }
}

/// The bits that have a name, of which there are 32 at most.
pub(super) fn masked(bits: &str, count: usize) -> String {
    if count >= 32 { bits.to_owned() } else { format!("{bits} & 0x{:x}", (1_u64 << count) - 1) }
}

/// A name for what is used more than once.
fn settled(wish: &str, arg: &Expr, body: &mut Body) -> String {
    if arg.mentions("(") { body.constant(wish, arg.clone()) } else { arg.to_string() }
}

//! Lowering: values of JavaScript become core values and memory.
//!
//! Holds: a value of a wrong type is a `TypeError` that says where; numbers wrap; views are taken anew after anything
//! that may allocate.
//!
//! Specification: Canonical ABI, "Flat Lowering", "Storing".

use abi::{Cases, Cast, Codec, CodecId, CoreType, Part, Scalar, Shape};
use bindgen::Scope;
use types::transfer::Carrier;

use super::Builder;
use super::code::{Expr, Stmt};
use super::codecs::{Env, Form};
use super::lift::place;
use crate::names;
use crate::runtime::Helper;

/// Where statements of a function go, and its names.
pub(crate) struct Body<'s> {
    pub stmts: Vec<Stmt>,
    pub scope: &'s mut Scope,
}

impl Body<'_> {
    /// A constant with a name near to the wish.
    pub fn constant(&mut self, wish: &str, value: impl Into<Expr>) -> String {
        let name = self.scope.declare(wish);
        self.stmts.push(Stmt::constant(&name, value));
        name
    }
}

impl Builder<'_> {
    /// The core values of a value; `at` is where it comes from, for a message, as far as the module's `at` does not say
    /// it: for a scalar all of it, or a member such as `.name`.
    pub fn lower(&mut self, codec: CodecId, env: Env, value: &str, at: Option<&str>, body: &mut Body) -> Vec<Expr> {
        let found = self.codecs.get(codec).clone();
        match &found.shape {
            Shape::Scalar(scalar) => vec![self.lower_scalar(*scalar, value, at)],
            Shape::Enum { .. } => vec![self.lower_enum(&found, value, at)],
            Shape::Flags { .. } => vec![self.flat_call(codec, env, value, at)],
            Shape::String | Shape::List { .. } | Shape::Map { .. } => {
                let call = self.lower_pointer(codec, &found, env, value, member_arg(at));
                let ptr = body.constant("ptr", call);
                self.helper(Helper::Done);
                let len = body.constant("len", "length");
                vec![ptr.into(), len.into()]
            }
            Shape::Record(parts) => self.lower_record(&found, parts, env, value, at, body),
            Shape::Tuple(parts) => self.lower_tuple(parts, env, value, at, body),
            Shape::FixedList { element, len } => self.lower_fixed_list((*element, *len), env, value, at, body),
            Shape::Variant(_) | Shape::Option(_) | Shape::Result(_) => {
                let call = self.flat_call(codec, env, value, at);
                let count = found.flat.as_ref().map_or(0, Vec::len);
                if count == 1 {
                    return vec![call];
                }
                let names: Vec<String> = (0..count).map(|_| body.scope.declare("flat")).collect();
                body.stmts.push(Stmt::constant(&format!("[{}]", names.join(", ")), call));
                names.into_iter().map(Expr::Text).collect()
            }
            Shape::Own(resource) => vec![self.lower_own(*resource, env, value, at)],
            Shape::Borrow(resource) => vec![self.lower_borrow(*resource, env, value, at)],
            Shape::Stream(payload) => vec![self.lower_end(Carrier::Stream, *payload, env, value)],
            Shape::Future(payload) => vec![self.lower_end(Carrier::Future, *payload, env, value)],
            Shape::ErrorContext => vec![self.lower_error(env, value)],
            Shape::Nothing => vec![Expr::text("0")],
        }
    }

    /// Flags and variants, by the function for them.
    fn flat_call(&mut self, codec: CodecId, env: Env, value: &str, at: Option<&str>) -> Expr {
        let name = self.codec_function(codec, Form::Flat, env);
        match at {
            Some(member) => {
                let inside = self.helper(Helper::Inside);
                Expr::call(inside, [names::literal(member).into(), name.into(), value.into()])
            }
            None => Expr::call(name, [value.into()]),
        }
    }

    fn lower_record(
        &mut self,
        codec: &Codec,
        parts: &[Part],
        env: Env,
        value: &str,
        at: Option<&str>,
        body: &mut Body,
    ) -> Vec<Expr> {
        let args = std::iter::once(value.into()).chain(member_arg(at));
        let object = Expr::call(self.helper(Helper::Object), args);
        let object = body.constant("value", object);
        self.has_members = true;
        let fields = names::members(self.labels(codec.ty));
        let all = parts.iter().zip(fields);
        let all = all.map(|(part, field)| {
            let access = names::access(&field);
            let member = format!("{}{access}", at.unwrap_or_default());
            self.lower(part.codec, env, &format!("{object}{access}"), Some(&member), body)
        });
        all.collect::<Vec<_>>().concat()
    }

    fn lower_tuple(&mut self, parts: &[Part], env: Env, value: &str, at: Option<&str>, body: &mut Body) -> Vec<Expr> {
        let codecs = parts.iter().map(|part| part.codec).collect();
        self.lower_array(codecs, env, value, at, body)
    }

    fn lower_fixed_list(
        &mut self,
        (element, len): (CodecId, u32),
        env: Env,
        value: &str,
        at: Option<&str>,
        body: &mut Body,
    ) -> Vec<Expr> {
        self.lower_array(vec![element; len as usize], env, value, at, body)
    }

    fn lower_array(
        &mut self,
        codecs: Vec<CodecId>,
        env: Env,
        value: &str,
        at: Option<&str>,
        body: &mut Body,
    ) -> Vec<Expr> {
        let count = Expr::text(codecs.len().to_string());
        let args = [value.into(), count].into_iter().chain(member_arg(at));
        let of = Expr::call(self.helper(Helper::ArrayOf), args);
        let of = body.constant("value", of);
        self.has_members = true;
        let all = codecs.into_iter().enumerate().map(|(index, codec)| {
            let member = format!("{}[{index}]", at.unwrap_or_default());
            self.lower(codec, env, &format!("{of}[{index}]"), Some(&member), body)
        });
        all.collect::<Vec<_>>().concat()
    }

    fn lower_scalar(&mut self, scalar: Scalar, value: &str, at: Option<&str>) -> Expr {
        let args = || std::iter::once(Expr::text(value)).chain(at.map(|at| names::literal(at).into()));
        match scalar {
            Scalar::Bool => format!("{value} ? 1 : 0").into(),
            Scalar::U8 => self.narrow(Helper::Number, args(), "& 0xff"),
            Scalar::U16 => self.narrow(Helper::Number, args(), "& 0xffff"),
            Scalar::S8 => self.narrow(Helper::Number, args(), "<< 24 >> 24"),
            Scalar::S16 => self.narrow(Helper::Number, args(), "<< 16 >> 16"),
            Scalar::U32 | Scalar::S32 | Scalar::F32 | Scalar::F64 => Expr::call(self.helper(Helper::Number), args()),
            Scalar::U64 | Scalar::S64 => Expr::call(self.helper(Helper::Bigint), args()),
            Scalar::Char => Expr::call(self.helper(Helper::Character), args()),
        }
    }

    fn narrow(&mut self, helper: Helper, args: impl Iterator<Item = Expr>, operation: &str) -> Expr {
        let call = Expr::call(self.helper(helper), args);
        match operation.split_once(" >>") {
            Some((left, right)) => format!("({call} {left}) >>{right}").into(),
            None => format!("{call} {operation}").into(),
        }
    }

    fn lower_enum(&mut self, codec: &Codec, value: &str, at: Option<&str>) -> Expr {
        let cases = self.enum_cases(codec.ty);
        let args = [cases.into(), Expr::text(value)].into_iter().chain(at.map(|at| names::literal(at).into()));
        Expr::call(self.helper(Helper::CaseOf), args)
    }

    /// What allocates, and gives a pointer; the length is in `length` then.
    fn lower_pointer(&mut self, codec: CodecId, found: &Codec, env: Env, value: &str, member: Option<Expr>) -> Expr {
        let tail = |builder: &Self| [Expr::text(builder.bytes_of(env)), Expr::text(builder.realloc_of(env))];
        match &found.shape {
            Shape::String => {
                let write = self.helper(Self::string_helpers(env.encoding).1);
                Expr::call(write, std::iter::once(Expr::text(value)).chain(tail(self)).chain(member))
            }
            Shape::List { element } if self.typed_array(*element).is_some() => {
                let array = self.typed_array(*element).unwrap_or_default();
                let write = self.helper(Helper::WriteNumbers);
                self.has_members = true;
                Expr::call(write, [array.into(), Expr::text(value)].into_iter().chain(tail(self)).chain(member))
            }
            Shape::List { element } => {
                let store = self.codec_function(*element, Form::Memory, env);
                let (write, layout) = (self.helper(Helper::WriteList), self.codecs.get(*element).layout);
                let [align, size] = [layout.align, layout.size].map(|count| Expr::Text(count.to_string()));
                let args = [Expr::text(value), align, size, self.realloc_of(env).into(), store.into()];
                Expr::call(write, args.into_iter().chain(member))
            }
            Shape::Map { .. } | Shape::Nothing | Shape::Scalar(_) | Shape::FixedList { .. } => {
                let name = self.codec_function(codec, Form::Elements, env);
                Expr::call(name, std::iter::once(Expr::text(value)).chain(member))
            }
            Shape::Record(_) | Shape::Tuple(_) | Shape::Flags { .. } | Shape::Enum { .. } | Shape::Variant(_) => {
                Expr::text("0")
            }
            Shape::Option(_) | Shape::Result(_) | Shape::Own(_) | Shape::Borrow(_) => Expr::text("0"),
            Shape::Stream(_) | Shape::Future(_) | Shape::ErrorContext => Expr::text("0"),
        }
    }

    /// Flags and variants to core values: one, or an array of several.
    pub fn lower_function(&mut self, codec: &Codec, env: Env) -> (Vec<String>, Vec<Stmt>) {
        let body = match &codec.shape {
            Shape::Flags { .. } => self.flag_bits(codec),
            Shape::Variant(cases) | Shape::Option(cases) | Shape::Result(cases) => {
                let flat = codec.flat.clone().unwrap_or_default();
                self.each_case(codec, cases, |builder, at, payload| {
                    let mut scope = Scope::new(names::RESERVED);
                    Helper::NAMES.iter().chain(&["value"]).for_each(|name| scope.reserve(*name));
                    let mut body = Body { stmts: Vec::new(), scope: &mut scope };
                    let values = payload.map_or_else(Vec::new, |value| {
                        let payload = cases.payloads[at].clone().expect("a case with a value has a payload");
                        let member = (value == "value.val").then_some(".val");
                        let values = builder.lower(payload.codec, env, &value, member, &mut body);
                        values.into_iter().zip(&payload.casts).map(|(value, cast)| builder.cast(*cast, value)).collect()
                    });
                    let rest = flat[1 + values.len().min(flat.len() - 1)..].iter().map(|ty| zero(*ty).into());
                    let all: Vec<Expr> =
                        std::iter::once(Expr::text(at.to_string())).chain(values).chain(rest).collect();
                    let value = if let [only] = all.as_slice() { only.clone() } else { Expr::Array(all) };
                    body.stmts.push(Stmt::returns(value));
                    body.stmts
                })
            }
            Shape::Nothing | Shape::Scalar(_) | Shape::String | Shape::List { .. } | Shape::Map { .. } => Vec::new(),
            Shape::FixedList { .. } | Shape::Record(_) | Shape::Tuple(_) | Shape::Enum { .. } => Vec::new(),
            Shape::Own(_) | Shape::Borrow(_) | Shape::Stream(_) | Shape::Future(_) => Vec::new(),
            Shape::ErrorContext => Vec::new(),
        };
        (vec!["value".to_owned()], body)
    }

    /// `null` and `undefined` are no flags at all.
    fn flag_bits(&mut self, codec: &Codec) -> Vec<Stmt> {
        let object = self.helper(Helper::Object);
        let mut out = vec![Stmt::plain(format!("value = {object}(value ?? {{}});")), Stmt::plain("let bits = 0;")];
        for (at, flag) in names::members(self.labels(codec.ty)).into_iter().enumerate() {
            out.push(Stmt::plain(format!("if (value{}) bits |= 0x{:x};", names::access(&flag), 1_u64 << at)));
        }
        out.push(Stmt::plain("return bits;"));
        out
    }

    /// One branch for each case; `arm` is given the payload's expression, where a case has one.
    fn each_case(
        &mut self,
        codec: &Codec,
        cases: &Cases,
        mut arm: impl FnMut(&mut Self, usize, Option<String>) -> Vec<Stmt>,
    ) -> Vec<Stmt> {
        if let (Shape::Option(_), types::Kind::Option(some)) = (&codec.shape, self.types.kind(codec.ty))
            && !self.is_nullable(some)
        {
            let none = arm(self, 0, None);
            let mut out = vec![Stmt::block("if (value === undefined || value === null)", none)];
            out.extend(arm(self, 1, Some("value".to_owned())));
            return out;
        }
        self.has_members = true;
        let (object, expected) = (self.helper(Helper::Object), self.helper(Helper::Expected));
        let labels: Vec<String> = self.labels(codec.ty).into_iter().map(names::literal).collect();
        let mut arms = Vec::new();
        for (at, label) in labels.iter().enumerate() {
            let payload = cases.payloads[at].as_ref().map(|_| "value.val".to_owned());
            arms.push((format!("case {label}"), arm(self, at, payload)));
        }
        let all = labels.iter().map(|label| label.replace('\'', "`")).collect::<Vec<_>>().join(", ");
        let message = names::literal(&format!("a tag of {all}"));
        arms.push(("default".to_owned(), vec![Stmt::plain(format!("{expected}({message}, value.tag);"))]));
        vec![Stmt::Switch { on: format!("{object}(value).tag"), cases: arms }]
    }

    pub fn cast(&mut self, cast: Cast, value: Expr) -> Expr {
        match cast {
            Cast::Same => value,
            Cast::I32InI64 => format!("BigInt(({value}) >>> 0)").into(),
            Cast::F32InI32 => Expr::call(self.helper(Helper::BitsOfF32), [value]),
            Cast::F32InI64 => {
                let bits = Expr::call(self.helper(Helper::BitsOfF32), [value]);
                format!("BigInt({bits} >>> 0)").into()
            }
            Cast::F64InI64 => Expr::call(self.helper(Helper::BitsOfF64), [value]),
        }
    }

    /// Stores a value at `ptr` and `offset`.
    pub fn store(&mut self, codec: CodecId, env: Env, value: &str, ptr: &str, offset: u64) -> Expr {
        let view = self.view(env);
        self.store_into(codec, env, &view, value, None, &place(ptr, offset))
    }

    /// Stores a member such as `.name` of something that stands at `ptr`.
    fn store_member(&mut self, part: &Part, env: Env, of: &str, member: &str) -> Expr {
        let view = self.view(env);
        self.has_members = true;
        self.store_into(part.codec, env, &view, &format!("{of}{member}"), Some(member), &place("ptr", part.offset))
    }

    /// The same, in a view.
    fn store_into(
        &mut self,
        codec: CodecId,
        env: Env,
        view: &str,
        value: &str,
        member: Option<&str>,
        at: &str,
    ) -> Expr {
        let found = self.codecs.get(codec).clone();
        match &found.shape {
            Shape::Scalar(scalar) => self.store_scalar(*scalar, env, value, member, at),
            Shape::Enum { discriminant, .. } => {
                let value = self.lower_enum(&found, value, member);
                store_unsigned(discriminant.size(), view, at, value)
            }
            Shape::Flags { size } => {
                let bits = self.flat_call(codec, env, value, member);
                store_unsigned(*size, view, at, bits)
            }
            Shape::Own(resource) => {
                let index = self.lower_own(*resource, env, value, member);
                store_unsigned(4, view, at, index)
            }
            Shape::Borrow(resource) => {
                let index = self.lower_borrow(*resource, env, value, member);
                store_unsigned(4, view, at, index)
            }
            Shape::String | Shape::List { .. } | Shape::Map { .. } => {
                let args = [value.into(), at.into()].into_iter().chain(member_arg(member));
                Expr::call(self.codec_function(codec, Form::Memory, env), args)
            }
            Shape::Record(_) | Shape::Tuple(_) | Shape::FixedList { .. } | Shape::Variant(_) => {
                self.store_composite(codec, env, value, member, at)
            }
            Shape::Option(_) | Shape::Result(_) => self.store_composite(codec, env, value, member, at),
            Shape::Stream(payload) => {
                let index = self.lower_end(Carrier::Stream, *payload, env, value);
                store_unsigned(4, view, at, index)
            }
            Shape::Future(payload) => {
                let index = self.lower_end(Carrier::Future, *payload, env, value);
                store_unsigned(4, view, at, index)
            }
            Shape::ErrorContext => {
                let index = self.lower_error(env, value);
                store_unsigned(4, view, at, index)
            }
            Shape::Nothing => Expr::text("undefined"),
        }
    }

    fn store_composite(&mut self, codec: CodecId, env: Env, value: &str, member: Option<&str>, at: &str) -> Expr {
        let name = self.codec_function(codec, Form::Memory, env);
        match member {
            Some(member) => {
                let inside = self.helper(Helper::Inside);
                Expr::call(inside, [names::literal(member).into(), name.into(), value.into(), at.into()])
            }
            None => Expr::call(name, [value.into(), at.into()]),
        }
    }

    fn store_scalar(&mut self, scalar: Scalar, env: Env, value: &str, member: Option<&str>, at: &str) -> Expr {
        let checked = self.lower_scalar_unnarrowed(scalar, value, member);
        let set = match scalar {
            Scalar::Bool | Scalar::U8 | Scalar::S8 => return format!("{}[{at}] = {checked}", self.bytes(env)).into(),
            Scalar::U16 | Scalar::S16 => "setUint16",
            Scalar::U32 | Scalar::S32 | Scalar::Char => "setUint32",
            Scalar::U64 | Scalar::S64 => "setBigUint64",
            Scalar::F32 => "setFloat32",
            Scalar::F64 => "setFloat64",
        };
        let args = [Expr::text(at), checked, "true".into()];
        Expr::call(format!("{}.{set}", self.view(env)), args)
    }

    /// Storing wraps by itself.
    fn lower_scalar_unnarrowed(&mut self, scalar: Scalar, value: &str, at: Option<&str>) -> Expr {
        match scalar {
            Scalar::U8 | Scalar::S8 | Scalar::U16 | Scalar::S16 => self.lower_scalar(Scalar::U32, value, at),
            Scalar::Bool | Scalar::U32 | Scalar::S32 | Scalar::U64 | Scalar::S64 | Scalar::F32 | Scalar::F64 => {
                self.lower_scalar(scalar, value, at)
            }
            Scalar::Char => self.lower_scalar(scalar, value, at),
        }
    }

    /// What else is stored in place.
    fn store_element(&mut self, codec: &Codec, env: Env) -> Stmt {
        let id = self.codec(codec.ty, codec.way);
        Stmt::expr(self.store(id, env, "value", "ptr", 0))
    }

    /// A function of a value and a pointer.
    pub fn store_function(&mut self, codec: &Codec, env: Env) -> (Vec<String>, Vec<Stmt>) {
        let mut params = vec!["value".to_owned(), "ptr".to_owned()];
        let mut body = Vec::new();
        match &codec.shape {
            Shape::String | Shape::List { .. } | Shape::Map { .. } => {
                let id = self.codec(codec.ty, codec.way);
                params.push("where".to_owned());
                let call = self.lower_pointer(id, codec, env, "value", Some("where".into()));
                let view = self.view(env);
                body.push(Stmt::constant("start", call));
                body.push(Stmt::constant("data", view));
                body.push(Stmt::plain("data.setUint32(ptr, start, true);"));
                body.push(Stmt::plain("data.setUint32(ptr + 4, length, true);"));
            }
            Shape::Record(parts) => {
                body.push(Stmt::expr(Expr::call(self.helper(Helper::Object), ["value".into()])));
                let fields = names::members(self.labels(codec.ty));
                for (part, field) in parts.iter().zip(fields) {
                    body.push(Stmt::expr(self.store_member(part, env, "value", &names::access(&field))));
                }
            }
            Shape::Tuple(parts) => {
                let count = Expr::text(parts.len().to_string());
                body.push(Stmt::expr(Expr::call(self.helper(Helper::ArrayOf), ["value".into(), count])));
                for (at, part) in parts.iter().enumerate() {
                    body.push(Stmt::expr(self.store_member(part, env, "value", &format!("[{at}]"))));
                }
            }
            Shape::FixedList { element, len } => {
                let count = Expr::text(len.to_string());
                body.push(Stmt::expr(Expr::call(self.helper(Helper::ArrayOf), ["value".into(), count])));
                let size = self.codecs.get(*element).layout.size;
                let store = Stmt::expr(self.store(*element, env, "value[i]", "ptr", 0));
                body.push(Stmt::block(format!("for (let i = 0; i < {len}; i++, ptr += {size})"), vec![store]));
            }
            Shape::Variant(cases) | Shape::Option(cases) | Shape::Result(cases) => {
                let view = self.view(env);
                body = self.each_case(codec, cases, |builder, at, payload| {
                    let tag = store_unsigned(cases.discriminant.size(), &view, "ptr", Expr::text(at.to_string()));
                    let payload = payload.map(|value| {
                        let payload = cases.payloads[at].as_ref().expect("a case with a value has a payload");
                        let member = (value == "value.val").then_some(".val");
                        let at = place("ptr", cases.payload_offset);
                        Stmt::expr(builder.store_into(payload.codec, env, &view, &value, member, &at))
                    });
                    let end = Stmt::plain("return;");
                    std::iter::once(Stmt::expr(tag)).chain(payload).chain([end]).collect()
                });
            }
            Shape::Nothing | Shape::Scalar(_) | Shape::Flags { .. } | Shape::Enum { .. } | Shape::Own(_) => {
                body.push(self.store_element(codec, env));
            }
            Shape::Borrow(_) | Shape::Stream(_) | Shape::Future(_) | Shape::ErrorContext => {
                body.push(self.store_element(codec, env));
            }
        }
        (params, body)
    }

    /// A function of a value that allocates for its elements and gives a pointer.
    pub fn lower_elements(&mut self, codec: &Codec, env: Env) -> (Vec<String>, Vec<Stmt>) {
        let layout = self.stride(codec);
        let done = self.helper(Helper::Done);
        let realloc = self.realloc_of(env);
        let allocate = |count: &str| format!("{realloc}(0, 0, {}, {count} * {})", layout.align, layout.size);
        let mut body = Vec::new();
        if let Shape::Map { key, value, .. } = &codec.shape {
            let entries = self.helper(Helper::Entries);
            body.push(Stmt::constant("size", format!("{entries}(value, where).size")));
            body.push(Stmt::constant("start", allocate("size")));
            body.push(Stmt::plain("let ptr = start;"));
            let stores = vec![
                Stmt::expr(self.store(key.codec, env, "key", "ptr", key.offset)),
                Stmt::expr(self.store(value.codec, env, "element", "ptr", value.offset)),
                Stmt::plain(format!("ptr += {};", layout.size)),
            ];
            body.push(Stmt::block("for (const [key, element] of value)", stores));
        }
        body.push(Stmt::returns(Expr::call(done, ["start".into(), "size".into()])));
        (vec!["value".to_owned(), "where".to_owned()], body)
    }
}

/// What a function is told of a member.
fn member_arg(member: Option<&str>) -> Option<Expr> {
    member.map(|member| names::literal(member).into())
}

pub(super) fn zero(ty: CoreType) -> &'static str {
    match ty {
        CoreType::I32 | CoreType::F32 | CoreType::F64 => "0",
        CoreType::I64 => "0n",
    }
}

pub(super) fn store_unsigned(size: u64, view: &str, at: &str, value: Expr) -> Expr {
    let at = Expr::text(at);
    match size {
        1 => Expr::call(format!("{view}.setUint8"), [at, value]),
        2 => Expr::call(format!("{view}.setUint16"), [at, value, "true".into()]),
        _ => Expr::call(format!("{view}.setUint32"), [at, value, "true".into()]),
    }
}

//! Expressions that apply a codec.
//!
//! In: a `Use` and the operands. Out: Rust expressions and statements, on one line each.

use abi::{Cast, Discriminant, Scalar};

use crate::model::{Element, Use};

/// Where the expression stands.
#[derive(Clone, Copy)]
pub struct Here<'a> {
    /// The path to the root of the file, with `::` at its end.
    pub root: &'a str,
    /// The path of this module from the root, with `::` at its end.
    pub module: &'a str,
    /// The path to the module of helpers, with `::` at its end.
    pub abi: &'a str,
    /// How the temporaries are handed on.
    pub temps: &'a str,
    /// How the owner of lent handles is handed on.
    pub borrows: &'a str,
}

/// Inside the module of helpers.
pub const HELPER: Here<'static> =
    Here { root: "super::", module: "_abi::", abi: "", temps: "temps", borrows: "borrows" };

impl Here<'_> {
    /// A path from the root, as it is written here.
    fn path(&self, from_root: &str) -> String {
        match from_root.strip_prefix(self.module) {
            Some(name) if !self.module.is_empty() && !name.contains("::") => name.to_owned(),
            _ => format!("{}{from_root}", self.root),
        }
    }
}

/// A Rust value that is lowered.
#[derive(Clone, Debug)]
pub enum Operand {
    /// A value that may be moved.
    Value(String),
    /// A place behind a reference.
    Place(String),
    /// A reference.
    Ref(String),
}

impl Operand {
    /// The value of a type that is copied.
    fn copied(&self) -> String {
        match self {
            Self::Value(text) | Self::Place(text) => text.clone(),
            Self::Ref(text) => format!("*{text}"),
        }
    }

    /// For a method call.
    fn receiver(&self) -> &str {
        match self {
            Self::Value(text) | Self::Place(text) | Self::Ref(text) => text,
        }
    }

    /// As an argument: moved if it is a value and the callee owns it, else by reference.
    fn argument(&self, owned: bool) -> String {
        match self {
            Self::Value(text) if owned => text.clone(),
            Self::Value(text) | Self::Place(text) => format!("&{text}"),
            Self::Ref(text) => text.clone(),
        }
    }
}

/// `at`, or `at.add(8)`.
pub fn at(base: &str, offset: u64) -> String {
    if offset == 0 { base.to_owned() } else { format!("{base}.add({offset})") }
}

fn read(at: &str, ty: &str) -> String {
    if ty == "u8" { format!("{at}.read()") } else { format!("{at}.cast::<{ty}>().read()") }
}

fn write(at: &str, ty: &str, value: &str) -> String {
    if ty == "u8" { format!("{at}.write({value})") } else { format!("{at}.cast::<{ty}>().write({value})") }
}

pub fn discriminant(discriminant: Discriminant) -> &'static str {
    match discriminant {
        Discriminant::U8 => "u8",
        Discriminant::U16 => "u16",
        Discriminant::U32 => "u32",
    }
}

pub fn read_discriminant(at: &str, ty: Discriminant) -> String {
    read(at, discriminant(ty))
}

pub fn write_discriminant(at: &str, ty: Discriminant, value: usize) -> String {
    write(at, discriminant(ty), &value.to_string())
}

/// The Rust type that a scalar has in memory.
fn memory_type(scalar: Scalar) -> &'static str {
    match scalar {
        Scalar::Bool | Scalar::U8 => "u8",
        Scalar::S8 => "i8",
        Scalar::U16 => "u16",
        Scalar::S16 => "i16",
        Scalar::U32 | Scalar::Char => "u32",
        Scalar::S32 => "i32",
        Scalar::U64 => "u64",
        Scalar::S64 => "i64",
        Scalar::F32 => "f32",
        Scalar::F64 => "f64",
    }
}

/// The value at an address.
pub fn load(codec: &Use, base: &str, offset: u64, here: &Here<'_>) -> String {
    let place = at(base, offset);
    match codec {
        Use::Nothing | Use::Buffer { .. } => unreachable!("only freeing can be nothing"),
        Use::Scalar(Scalar::Bool) => format!("{place}.read() != 0"),
        Use::Scalar(Scalar::Char) => format!("_rt::lift_char({})", read(&place, "u32")),
        Use::Scalar(scalar) => read(&place, memory_type(*scalar)),
        Use::Flags { path, bits } => format!("{}::from_bits_truncate({})", here.path(path), read(&place, bits)),
        Use::Enum { bits, .. } => lift(codec, &[format!("{} as i32", read(&place, bits))], here),
        Use::Own { .. } | Use::Borrow { .. } | Use::Representation { .. } => lift(codec, &[read(&place, "i32")], here),
        Use::Transfer { .. } | Use::ErrorContext { .. } => lift(codec, &[read(&place, "i32")], here),
        Use::String | Use::Slice { .. } | Use::List(_) => {
            lift(codec, &[read(&place, "i32"), read(&at(base, offset + 4), "i32")], here)
        }
        Use::Helper(call) => {
            let borrows = if call.borrows { format!(", {}", here.borrows) } else { String::new() };
            format!("{}{}({place}{borrows})", here.abi, call.name)
        }
    }
}

/// The value that core values make.
pub fn lift(codec: &Use, cores: &[String], here: &Here<'_>) -> String {
    let first = cores.first().map_or("", String::as_str);
    match codec {
        Use::Nothing | Use::Buffer { .. } => unreachable!("only freeing can be nothing"),
        Use::Scalar(scalar) => lift_scalar(*scalar, first),
        Use::Flags { path, bits } => format!("{}::from_bits_truncate({first} as {bits})", here.path(path)),
        Use::Enum { lift, .. } => {
            let name = lift.as_deref().expect("lifting an enum makes its helper");
            format!("{}{name}({first})", here.abi)
        }
        Use::Own { path, from, .. } => format!("{}::{from}({first} as u32)", here.path(path)),
        Use::Borrow { path, from, .. } => {
            let handle = format!("{}::{from}({first} as u32)", here.path(path));
            // Without an owner, it becomes a local.
            match here.borrows.trim_start_matches('&') {
                "" => handle,
                owner => format!("{owner}.lend({handle})"),
            }
        }
        Use::Representation { path } => format!("{}::from_rep({first})", here.path(path)),
        Use::Transfer { module, .. } => format!("{}{module}::lift({first})", here.root),
        Use::ErrorContext { .. } => format!("_rt::ErrorContext::from_handle({first} as u32)"),
        Use::String => format!("_rt::lift_string({})", cores.join(", ")),
        Use::Slice { element } => {
            let element = match element {
                Element::Number(number) => format!("::<{number}>"),
                Element::Record(path) => format!("::<{}>", here.path(path)),
                Element::Inferred => String::new(),
            };
            format!("_rt::lift_vec{element}({})", cores.join(", "))
        }
        Use::List(call) | Use::Helper(call) => {
            let mut args = cores.to_vec();
            args.extend(call.borrows.then(|| here.borrows.to_owned()));
            format!("{}{}({})", here.abi, call.name, args.join(", "))
        }
    }
}

fn lift_scalar(scalar: Scalar, core: &str) -> String {
    match scalar {
        Scalar::Bool => format!("{core} != 0"),
        Scalar::U8 | Scalar::S8 | Scalar::U16 | Scalar::S16 | Scalar::U32 | Scalar::U64 => {
            format!("{core} as {}", memory_type(scalar))
        }
        Scalar::S32 | Scalar::S64 | Scalar::F32 | Scalar::F64 => core.to_owned(),
        Scalar::Char => format!("_rt::lift_char({core} as u32)"),
    }
}

/// A statement, without its semicolon, that puts a value into memory.
pub fn store(codec: &Use, value: &Operand, base: &str, offset: u64, owned: bool, here: &Here<'_>) -> String {
    let place = at(base, offset);
    match codec {
        Use::Nothing | Use::Buffer { .. } => unreachable!("only freeing can be nothing"),
        Use::Scalar(scalar @ (Scalar::Bool | Scalar::Char)) => {
            let ty = memory_type(*scalar);
            write(&place, ty, &format!("{} as {ty}", value.copied()))
        }
        Use::Scalar(scalar) => write(&place, memory_type(*scalar), &value.copied()),
        Use::Flags { bits, .. } => write(&place, bits, &format!("{}.bits()", value.receiver())),
        Use::Enum { bits, .. } => write(&place, bits, &format!("{} as {bits}", value.copied())),
        Use::Own { .. } | Use::Borrow { .. } | Use::Representation { .. } => {
            write(&place, "i32", &lower(codec, value, owned, here))
        }
        Use::Transfer { .. } | Use::ErrorContext { .. } => write(&place, "i32", &lower(codec, value, owned, here)),
        Use::String | Use::Slice { .. } | Use::List(_) => {
            format!("_rt::store_pair({}, {place})", lower(codec, value, owned, here))
        }
        Use::Helper(call) => {
            let temps = if call.temps { format!(", {}", here.temps) } else { String::new() };
            format!("{}{}({}, {place}{temps})", here.abi, call.name, value.argument(owned))
        }
    }
}

/// The core value of a value, or the tuple of its core values.
pub fn lower(codec: &Use, value: &Operand, owned: bool, here: &Here<'_>) -> String {
    match codec {
        Use::Nothing | Use::Buffer { .. } => unreachable!("only freeing can be nothing"),
        Use::Scalar(scalar) => lower_scalar(*scalar, value),
        Use::Flags { .. } => format!("{}.bits() as i32", value.receiver()),
        Use::Enum { .. } => format!("{} as i32", value.copied()),
        Use::Own { take, .. } => format!("{}.{take}() as i32", value.receiver()),
        Use::Borrow { handle, .. } => format!("{}.{handle}() as i32", value.receiver()),
        Use::Representation { .. } => format!("{}.rep()", value.receiver()),
        Use::Transfer { take, .. } | Use::ErrorContext { take } => format!("{}.{take}() as i32", value.receiver()),
        Use::String if owned => format!("_rt::lower_string({})", value.argument(true)),
        Use::String => format!("_rt::lower_str({})", value.argument(false)),
        Use::Slice { .. } if owned => format!("_rt::lower_vec({})", value.argument(true)),
        Use::Slice { .. } => format!("_rt::lower_slice({})", value.argument(false)),
        Use::List(call) | Use::Helper(call) => {
            let temps = if call.temps { format!(", {}", here.temps) } else { String::new() };
            format!("{}{}({}{temps})", here.abi, call.name, value.argument(owned))
        }
    }
}

fn lower_scalar(scalar: Scalar, value: &Operand) -> String {
    let value = value.copied();
    match scalar {
        Scalar::Bool | Scalar::U8 | Scalar::S8 | Scalar::U16 | Scalar::S16 | Scalar::U32 | Scalar::Char => {
            format!("{value} as i32")
        }
        Scalar::U64 => format!("{value} as i64"),
        Scalar::S32 | Scalar::S64 | Scalar::F32 | Scalar::F64 => value,
    }
}

/// A statement, without its semicolon, that frees what stands at an address; `None` if there is nothing.
pub fn free(codec: &Use, base: &str, offset: u64, here: &Here<'_>) -> Option<String> {
    let place = at(base, offset);
    match codec {
        Use::Nothing | Use::Scalar(_) | Use::Flags { .. } | Use::Enum { .. } => None,
        Use::Own { .. } | Use::Borrow { .. } | Use::Representation { .. } | Use::Transfer { .. } => None,
        Use::ErrorContext { .. } => {
            Some(format!("::core::mem::drop(_rt::ErrorContext::from_handle({}))", read(&place, "u32")))
        }
        Use::Buffer { stride, align } => Some(format!("_rt::free_list({place}, {stride}, {align})")),
        Use::String | Use::Slice { .. } => unreachable!("what has no helper is freed as a buffer"),
        Use::List(call) | Use::Helper(call) => Some(format!("{}{}({place})", here.abi, call.name)),
    }
}

/// A statement, without its semicolon, that makes the handles of a value somebody else's; `None` if it has none.
pub fn give(codec: &Use, value: &Operand, here: &Here<'_>) -> Option<String> {
    match codec {
        Use::Nothing | Use::Scalar(_) | Use::Flags { .. } | Use::Enum { .. } | Use::Borrow { .. } => None,
        Use::Representation { .. } | Use::ErrorContext { .. } | Use::String => None,
        Use::Slice { .. } | Use::Buffer { .. } => None,
        Use::Own { take, .. } => Some(format!("{}.{take}()", value.receiver())),
        Use::Transfer { take, .. } => Some(format!("{}.{take}()", value.receiver())),
        Use::List(call) | Use::Helper(call) => Some(format!("{}{}({})", here.abi, call.name, value.argument(false))),
    }
}

/// A statement, without its semicolon, that makes what stands at an address a value of the Rust type with the same
/// layout; `None` if it is one whatever its bits.
pub fn check(codec: &Use, base: &str, offset: u64, here: &Here<'_>) -> Option<String> {
    let place = at(base, offset);
    match codec {
        Use::Scalar(Scalar::Bool) => Some(format!("_rt::check_bool({place})")),
        Use::Scalar(Scalar::Char) => Some(format!("_rt::check_char({place})")),
        Use::Nothing | Use::Scalar(_) => None,
        Use::Flags { .. } => {
            let value = Operand::Value(load(codec, base, offset, here));
            Some(store(codec, &value, base, offset, true, here))
        }
        Use::Enum { .. } => Some(format!("let _ = {}", load(codec, base, offset, here))),
        Use::Helper(call) => Some(format!("{}{}({place})", here.abi, call.name)),
        Use::Own { .. } | Use::Borrow { .. } | Use::Representation { .. } | Use::Buffer { .. } => {
            unreachable!("Rust keeps no handle as memory does")
        }
        Use::Transfer { .. } | Use::ErrorContext { .. } => unreachable!("Rust keeps no handle as memory does"),
        Use::String | Use::Slice { .. } | Use::List(_) => unreachable!("Rust keeps no list as memory does"),
    }
}

/// A payload's core value in its slot.
pub fn into_slot(cast: Cast, value: &str) -> String {
    match cast {
        Cast::Same => value.to_owned(),
        Cast::I32InI64 => format!("{value} as u32 as i64"),
        Cast::F32InI32 => format!("{value}.to_bits() as i32"),
        Cast::F32InI64 => format!("{value}.to_bits() as i64"),
        Cast::F64InI64 => format!("{value}.to_bits() as i64"),
    }
}

/// A payload's core value out of its slot.
pub fn from_slot(cast: Cast, slot: &str) -> String {
    match cast {
        Cast::Same => slot.to_owned(),
        Cast::I32InI64 => format!("{slot} as i32"),
        Cast::F32InI32 | Cast::F32InI64 => format!("f32::from_bits({slot} as u32)"),
        Cast::F64InI64 => format!("f64::from_bits({slot} as u64)"),
    }
}

//! What steps say: types, names, canonical options.
//!
//! Specification: Component Model explainer, "Type Definitions", "Canonical Definitions".

use types::ExternName;
use types::transfer::{Carrier, TransferOp};
use wasm::CoreType;

use super::ids::{CoreFuncId, CoreMemoryId, CoreTableId, CoreTypeId, ScopeId, TypeRef};

/// The name of an import or export, with its attributes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Name {
    pub text: String,
    /// The interface that an instance under a plain name implements.
    pub implements: Option<String>,
    pub version_suffix: Option<String>,
    pub external_id: Option<String>,
}

impl From<&str> for Name {
    fn from(text: &str) -> Self {
        Self { text: text.to_owned(), ..Self::default() }
    }
}

impl From<String> for Name {
    fn from(text: String) -> Self {
        Self { text, ..Self::default() }
    }
}

impl From<&ExternName> for Name {
    fn from(name: &ExternName) -> Self {
        name.to_string().into()
    }
}

/// A primitive value type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Primitive {
    Bool,
    U8,
    S8,
    U16,
    S16,
    U32,
    S32,
    U64,
    S64,
    F32,
    F64,
    Char,
    String,
    ErrorContext,
}

/// A use of a value type: a primitive in place, or a definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ValRef {
    Primitive(Primitive),
    Type(TypeRef),
}

impl From<TypeRef> for ValRef {
    fn from(ty: TypeRef) -> Self {
        Self::Type(ty)
    }
}

impl From<Primitive> for ValRef {
    fn from(primitive: Primitive) -> Self {
        Self::Primitive(primitive)
    }
}

/// The definition of a type.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum TypeExpr {
    Primitive(Primitive),
    Record(Vec<(String, ValRef)>),
    Variant(Vec<(String, Option<ValRef>)>),
    List(ValRef),
    /// Element and length.
    FixedList(ValRef, u32),
    /// Key and value.
    Map(ValRef, ValRef),
    Tuple(Vec<ValRef>),
    Flags(Vec<String>),
    Enum(Vec<String>),
    Option(ValRef),
    Result {
        ok: Option<ValRef>,
        err: Option<ValRef>,
    },
    Own(TypeRef),
    Borrow(TypeRef),
    Stream(Option<ValRef>),
    Future(Option<ValRef>),
    Func {
        async_: bool,
        params: Vec<(String, ValRef)>,
        result: Option<ValRef>,
    },
    /// What the scope declares is the instance type.
    Instance(ScopeId),
    /// What the scope declares is the component type.
    Component(ScopeId),
}

/// The type of an import or export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ItemType {
    CoreModule(CoreTypeId),
    Func(TypeRef),
    /// A type equal to that one.
    TypeEq(TypeRef),
    /// A resource of its own.
    SubResource,
    Instance(TypeRef),
    Component(TypeRef),
}

/// How strings stand in linear memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum StringEncoding {
    #[default]
    Utf8,
    Utf16,
    /// Latin-1 or UTF-16, told by a tag bit in the length.
    CompactUtf16,
}

/// The options of a canonical definition.
///
/// Specification: Component Model explainer, `canonopt`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct CanonOptions {
    pub memory: Option<CoreMemoryId>,
    pub realloc: Option<CoreFuncId>,
    pub string_encoding: Option<StringEncoding>,
    pub async_: bool,
    pub post_return: Option<CoreFuncId>,
    pub callback: Option<CoreFuncId>,
}

/// A built-in function of the Canonical ABI.
///
/// Specification: Component Model explainer, "Canonical Built-ins".
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Builtin {
    ResourceNew(TypeRef),
    ResourceDrop(TypeRef),
    ResourceRep(TypeRef),
    /// Ends the task of an asynchronous export. The options are those of its lift.
    TaskReturn {
        result: Option<ValRef>,
        options: CanonOptions,
    },
    /// `ty` is a stream or future type, as `carrier` says.
    Transfer {
        carrier: Carrier,
        op: TransferOp,
        ty: TypeRef,
        options: CanonOptions,
    },
    WaitableSetWait(CoreMemoryId),
    WaitableSetPoll(CoreMemoryId),
    SubtaskCancel {
        async_: bool,
    },
    ErrorContextNew(CanonOptions),
    ErrorContextDebugMessage(CanonOptions),
    ContextGet {
        ty: CoreType,
        slot: u32,
    },
    ContextSet {
        ty: CoreType,
        slot: u32,
    },
    /// Starts a thread at a function of that type in a table.
    ThreadNewIndirect {
        ty: CoreTypeId,
        table: CoreTableId,
    },
    Plain(PlainBuiltin),
}

/// A built-in function without types and options.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PlainBuiltin {
    TaskCancel,
    BackpressureInc,
    BackpressureDec,
    WaitableSetNew,
    WaitableSetDrop,
    WaitableJoin,
    SubtaskDrop,
    ErrorContextDrop,
    ThreadIndex,
    ThreadResumeLater,
    ThreadSuspend,
    ThreadYield,
    ThreadSuspendThenResume,
    ThreadYieldThenResume,
    ThreadSuspendThenPromote,
    ThreadYieldThenPromote,
}

impl PlainBuiltin {
    /// As the text format writes it.
    pub fn word(self) -> &'static str {
        match self {
            Self::TaskCancel => "task.cancel",
            Self::BackpressureInc => "backpressure.inc",
            Self::BackpressureDec => "backpressure.dec",
            Self::WaitableSetNew => "waitable-set.new",
            Self::WaitableSetDrop => "waitable-set.drop",
            Self::WaitableJoin => "waitable.join",
            Self::SubtaskDrop => "subtask.drop",
            Self::ErrorContextDrop => "error-context.drop",
            Self::ThreadIndex => "thread.index",
            Self::ThreadResumeLater => "thread.resume-later",
            Self::ThreadSuspend => "thread.suspend",
            Self::ThreadYield => "thread.yield",
            Self::ThreadSuspendThenResume => "thread.suspend-then-resume",
            Self::ThreadYieldThenResume => "thread.yield-then-resume",
            Self::ThreadSuspendThenPromote => "thread.suspend-then-promote",
            Self::ThreadYieldThenPromote => "thread.yield-then-promote",
        }
    }
}

/// The type of a core module or core function, for an import that has it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum CoreTypeExpr {
    Func(wasm::Signature),
    Module { imports: Vec<(String, String, wasm::Extern)>, exports: Vec<(String, wasm::Extern)> },
}

impl StringEncoding {
    /// The word that the text format and command lines use.
    pub fn text(self) -> &'static str {
        match self {
            Self::Utf8 => "utf8",
            Self::Utf16 => "utf16",
            Self::CompactUtf16 => "compact-utf16",
        }
    }
}

//! The tree of one WIT file: what stands where, with nothing resolved.
//!
//! In: nothing; these are plain data, made by `parse`. Out: nodes, each with the range of bytes it covers.
//! Holds: a node's range begins at its first attribute or documentation comment and ends after its last token;
//! a name is there only if it stands in the text; what could not be read is an `Error` node, so that no byte is lost.
//!
//! Specification: WIT, "Lexical structure" and the sections of each item.

use std::ops::Range;

/// Bytes of the file's text.
pub type Span = Range<usize>;

/// A whole file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ast {
    pub package: Option<PackageHeader>,
    pub items: Vec<Item>,
}

/// `package ns:name@1.0.0;` at the beginning of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageHeader {
    pub docs: Vec<Span>,
    pub name: PackageName,
    pub span: Span,
}

/// What stands at the top of a file, or in a nested package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    Use(TopUse),
    Interface(Interface),
    World(World),
    Package(NestedPackage),
    Error(Span),
}

/// `package ns:name@1.0.0 { .. }`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NestedPackage {
    pub attributes: Attributes,
    pub name: PackageName,
    pub items: Vec<Item>,
    pub span: Span,
}

/// `ns:name@1.0.0`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageName {
    pub namespace: Name,
    pub name: Name,
    pub version: Option<VersionText>,
    pub span: Span,
}

/// A version as it is written, without `@`; it need not be a valid one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionText {
    pub text: String,
    pub span: Span,
}

/// A word that names something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// Without the `%` that escapes it.
    pub text: String,
    /// Whether it is written with `%`.
    pub escaped: bool,
    /// With the `%`.
    pub span: Span,
}

/// Documentation comments and gates in front of an item.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attributes {
    pub docs: Vec<Span>,
    pub gates: Vec<Attribute>,
}

/// `@since(version = 0.2.1)`, `@external-id("name")`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// Without the `@`.
    pub name: Name,
    pub arguments: Vec<Argument>,
    pub span: Span,
}

/// `version = 0.2.1`; for a string alone there is no name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Argument {
    pub name: Option<Name>,
    /// As written; a string without its quotes and with its escapes read.
    pub value: String,
    pub value_span: Span,
}

/// `use wasi:http/types@0.2.0 as types;` at the top of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopUse {
    pub attributes: Attributes,
    pub path: Path,
    pub rename: Option<Name>,
    pub span: Span,
}

/// The path of an interface or a world: `types`, or `wasi:http/types@0.2.0`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// The package, if it is named. Its `version` is the one that stands after the item.
    pub package: Option<PackageName>,
    pub item: Name,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interface {
    pub attributes: Attributes,
    pub name: Name,
    pub items: Vec<InterfaceItem>,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InterfaceItem {
    Use(Use),
    Type(TypeDecl),
    Func(FuncItem),
    Error(Span),
}

/// `use types.{a, b as c};`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    pub attributes: Attributes,
    pub path: Path,
    pub names: Vec<Renamed>,
    pub span: Span,
}

/// `b as c`, in a `use` and in the `with` of an `include`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renamed {
    pub name: Name,
    pub rename: Option<Name>,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeDecl {
    pub attributes: Attributes,
    pub name: Name,
    pub kind: TypeDeclKind,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TypeDeclKind {
    /// `type a = list<u8>;`
    Alias(Type),
    Record(Vec<Field>),
    Flags(Vec<Case>),
    /// Every case may have a payload.
    Variant(Vec<Case>),
    Enum(Vec<Case>),
    Resource(Vec<ResourceItem>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    pub attributes: Attributes,
    pub name: Name,
    pub ty: Type,
    pub span: Span,
}

/// A case of a variant or an enum, or one flag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    pub attributes: Attributes,
    pub name: Name,
    pub payload: Option<Type>,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "what cannot be read is rare")]
pub enum ResourceItem {
    Func(FuncItem),
    Error(Span),
}

/// A function of an interface, a world or a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FuncItem {
    pub attributes: Attributes,
    /// For a constructor: the word `constructor`.
    pub name: Name,
    pub kind: FuncKind,
    pub func: FuncType,
    pub span: Span,
}

/// How a function is declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FuncKind {
    /// Of an interface or a world; in a resource, a method.
    Plain,
    /// `name: static func()`
    Static,
    /// `constructor(..)`
    Constructor,
    /// `name: get ..`, with the syntax of accessors.
    Getter,
    /// `name: set ..`
    Setter,
    StaticGetter,
    StaticSetter,
}

/// `async func(a: u32) -> u32`, from `async` to the result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FuncType {
    /// The word `async`.
    pub async_: Option<Span>,
    pub params: Vec<Param>,
    pub result: Option<Type>,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Param {
    pub name: Name,
    pub ty: Type,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct World {
    pub attributes: Attributes,
    pub name: Name,
    pub items: Vec<WorldItem>,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WorldItem {
    Import(Extern),
    Export(Extern),
    Use(Use),
    Type(TypeDecl),
    Include(Include),
    Error(Span),
}

/// What follows `import` or `export`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extern {
    pub attributes: Attributes,
    pub kind: ExternKind,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExternKind {
    /// `import a: func();`
    Func { name: Name, kind: FuncKind, func: FuncType },
    /// `import a: interface { .. }`
    Interface { name: Name, items: Vec<InterfaceItem> },
    /// `import wasi:http/types@0.2.0;`
    Path(Path),
    /// `import primary: wasi:keyvalue/store;`
    Implements { name: Name, path: Path },
}

/// `include other with { a as b }`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Include {
    pub attributes: Attributes,
    pub path: Path,
    pub with: Vec<Renamed>,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Type {
    pub kind: TypeKind,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TypeKind {
    Primitive(Primitive),
    /// A type or resource by its name; a resource so named is owned.
    Named(Name),
    List(Box<Type>),
    /// `list<u8, 16>`; the length as written.
    FixedList(Box<Type>, VersionText),
    Map(Box<Type>, Box<Type>),
    Tuple(Vec<Type>),
    Option(Box<Type>),
    Result {
        ok: Option<Box<Type>>,
        err: Option<Box<Type>>,
    },
    Future(Option<Box<Type>>),
    Stream(Option<Box<Type>>),
    Own(Name),
    Borrow(Name),
    /// `_` where it means nothing, or what could not be read.
    Error,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Primitive {
    Bool,
    U8,
    U16,
    U32,
    U64,
    S8,
    S16,
    S32,
    S64,
    F32,
    F64,
    Char,
    String,
    ErrorContext,
}

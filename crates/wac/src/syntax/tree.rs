//! The tree of one script: what it says, with nothing resolved.
//!
//! In: nothing; these are plain data, made by the parser or by code. Out: nodes, each with where it stands.
//! Holds: two nodes are equal if they say the same, wherever they stand; names, versions and paths have been
//! checked for their form, but whether anything is so named is not known here.
//!
//! Specification: WAC, "WAC Grammar"; WIT, the sections of each item.

use std::hash::{Hash, Hasher};
use std::ops::Range;
use std::sync::Arc;

use diag::{Place, Source};

/// Bytes of the script's text; what code makes has the empty span at 0.
///
/// All spans are equal to one another: a place is no part of what a node says.
#[derive(Clone, Copy, Debug, Default)]
pub struct Span {
    pub start: usize,
    pub end: usize,
}

impl Span {
    pub fn range(self) -> Range<usize> {
        self.start..self.end
    }

    /// From the beginning of this one to the end of the other.
    pub fn to(self, end: Self) -> Self {
        Self { start: self.start, end: end.end.max(self.start) }
    }

    pub fn place(self, source: &Arc<Source>) -> Place {
        Place::text(source, self.range())
    }
}

impl From<Range<usize>> for Span {
    fn from(range: Range<usize>) -> Self {
        Self { start: range.start, end: range.end }
    }
}

impl PartialEq for Span {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Span {}

impl Hash for Span {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

/// A whole script.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Script {
    /// It is missing only if the text has errors.
    pub package: Option<PackageHeader>,
    /// In the order of the text, which is the order in which they take effect.
    pub statements: Vec<Statement>,
}

/// `package ns:name@1.0.0 targets ns:other/world;` at the beginning of a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageHeader {
    pub docs: Docs,
    pub name: PackageName,
    /// The world that the composition must fit.
    pub targets: Option<Path>,
    pub span: Span,
}

/// The lines of documentation comments, without the marks and the one space behind them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Docs(pub Vec<String>);

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Statement {
    Import(Import),
    Let(Let),
    Export(Export),
    Interface(Interface),
    World(World),
    /// Never a resource, which only interfaces and worlds can declare.
    Type(TypeDecl),
}

// Names and paths.

/// A word that names something.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Name {
    /// Without the `%` that escapes it; words of letters and digits, joined by `-`.
    pub text: String,
    /// With the `%`.
    pub span: Span,
}

/// A string literal.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Text {
    /// Without the quotes, its escapes read.
    pub text: String,
    /// With the quotes.
    pub span: Span,
}

/// A name that another component sees: of an import, an argument, an export.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ExternName {
    /// `name`; where the language infers, this one is inferred from.
    Id(Name),
    /// `"ns:pkg/name@1.0.0"`, taken as it is. Its form has not been checked.
    Text(Text),
}

/// `1.0.0`, without the `@` in front.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Version {
    pub value: semver::Version,
    pub span: Span,
}

/// `ns:name@1.0.0`; there may be more than one namespace.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PackageName {
    /// The namespaces and then the name: two or more.
    pub parts: Vec<Name>,
    pub version: Option<Version>,
    /// As far as it stands in one piece: in a path without the version, which comes behind the item.
    pub span: Span,
}

/// What names a package.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Package {
    Name(PackageName),
    /// `"parts/greeter.wasm"`: a file or a folder, `/` between its parts, seen from the folder of the script.
    File(Text),
}

/// `ns:name/item@1.0.0`, `"types.wit"/item`: an interface or a world of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    pub package: Package,
    /// What to go through, one or more; the last is the item.
    pub items: Vec<Name>,
    pub span: Span,
}

/// What names an interface or a world: of a package, or one that the script declared before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ItemRef {
    Path(Path),
    Id(Name),
}

/// `name`, or `name as rename`, in a `use`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UseName {
    pub name: Name,
    pub rename: Option<Name>,
    pub span: Span,
}

/// `name as rename`, in the `with` of an `include`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rename {
    pub from: Name,
    pub to: Name,
    pub span: Span,
}

// Statements of a composition.

/// `import id as name: type;`
///
/// Specification: WAC, "Import Statements".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    pub docs: Docs,
    pub id: Name,
    pub name: Option<ExternName>,
    pub ty: ItemType,
    pub span: Span,
}

/// The type of an import or an export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ItemType {
    Func(FuncType),
    /// `interface { .. }`
    Interface(InlineInterface),
    Path(Path),
    /// A function type, an interface or a world that the script declared before.
    Id(Name),
}

/// `interface { .. }` in the place of a type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InlineInterface {
    pub items: Vec<InterfaceItem>,
    pub span: Span,
}

/// `let id = expr;`
///
/// Specification: WAC, "Let Statements".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Let {
    pub docs: Docs,
    pub id: Name,
    pub expr: Expr,
    pub span: Span,
}

/// `export expr as name;`
///
/// Specification: WAC, "Export Statements".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    pub docs: Docs,
    pub expr: Expr,
    pub name: ExportName,
    pub span: Span,
}

/// Under which name something is exported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExportName {
    /// Nothing stands behind the expression: the name is inferred from it.
    Inferred,
    /// `as name`
    As(ExternName),
    /// `...`: each export of the instance under its own name; the span of the dots.
    Spread(Span),
}

// Expressions.

/// `primary.id["name"]`: something, and the exports that are taken out of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expr {
    pub primary: Primary,
    /// From the left to the right.
    pub accesses: Vec<Access>,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Primary {
    New(New),
    /// `(expr)`
    Nested(Box<Expr>),
    Id(Name),
}

/// `.id` or `["name"]`.
///
/// Specification: WAC, "Access Expressions" and "Named Access Expressions".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    pub name: ExternName,
    /// With the dot, or the brackets.
    pub span: Span,
}

/// `new ns:name { args }`
///
/// Specification: WAC, "New Expressions".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct New {
    pub package: Package,
    pub args: Vec<Arg>,
    pub span: Span,
}

/// One argument of an instantiation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arg {
    /// `id`
    Inferred(Name),
    /// `name: expr`
    Named(NamedArg),
    /// `...expr`
    Spread(SpreadArg),
    /// `...` alone; it may stand anywhere in the text, though only the last place makes sense.
    Fill(Span),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedArg {
    pub name: ExternName,
    pub value: Expr,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpreadArg {
    pub value: Expr,
    /// With the dots.
    pub span: Span,
}

// Interfaces and worlds.

/// Documentation comments and gates in front of an item.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attributes {
    pub docs: Docs,
    pub gates: Vec<Gate>,
}

/// `@since(version = 1.0.0)`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gate {
    pub kind: GateKind,
    pub span: Span,
}

/// Specification: WIT, "Feature Gates".
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GateKind {
    /// `@since(version = 1.0.0)`
    Since(Version),
    /// `@unstable(feature = name)`
    Unstable(Name),
    /// `@deprecated(version = 1.0.0)`
    Deprecated(Version),
}

/// `interface id { .. }`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interface {
    pub attributes: Attributes,
    pub id: Name,
    pub items: Vec<InterfaceItem>,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InterfaceItem {
    Use(Use),
    Type(TypeDecl),
    Func(InterfaceFunc),
}

/// `use types.{a, b as c};`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    pub attributes: Attributes,
    pub from: ItemRef,
    pub names: Vec<UseName>,
    pub span: Span,
}

/// `name: func();`, `name: declared-type;`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InterfaceFunc {
    pub attributes: Attributes,
    pub name: Name,
    pub ty: FuncRef,
    pub span: Span,
}

/// A function type, written out or by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FuncRef {
    Func(FuncType),
    Id(Name),
}

/// `world id { .. }`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct World {
    pub attributes: Attributes,
    pub id: Name,
    pub items: Vec<WorldItem>,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WorldItem {
    Use(Use),
    Type(TypeDecl),
    Import(WorldExtern),
    Export(WorldExtern),
    Include(Include),
}

/// What follows `import` or `export` in a world.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorldExtern {
    pub attributes: Attributes,
    pub item: WorldExternItem,
    /// With the word `import` or `export`.
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WorldExternItem {
    /// `name: func();`, `name: interface { .. }`, `name: ns:pkg/item;`, `name: id;`
    Named { name: Name, ty: ItemType },
    /// `ns:pkg/item;`, `id;`
    Item(ItemRef),
}

/// `include other with { a as b };`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Include {
    pub attributes: Attributes,
    pub world: ItemRef,
    pub with: Vec<Rename>,
    pub span: Span,
}

// Types.

/// A declaration of a type, in a script, an interface or a world.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeDecl {
    pub attributes: Attributes,
    pub id: Name,
    pub kind: TypeDeclKind,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TypeDeclKind {
    /// `type id = type;`
    Alias(Type),
    /// `type id = func(..);`
    FuncAlias(FuncType),
    /// One or more fields.
    Record(Vec<Field>),
    /// One or more cases.
    Variant(Vec<VariantCase>),
    /// One or more flags.
    Flags(Vec<Case>),
    /// One or more cases.
    Enum(Vec<Case>),
    Resource(Vec<ResourceItem>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    pub docs: Docs,
    pub name: Name,
    pub ty: Type,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VariantCase {
    pub docs: Docs,
    pub name: Name,
    pub payload: Option<Type>,
    pub span: Span,
}

/// A case of an enum, or one flag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    pub docs: Docs,
    pub name: Name,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResourceItem {
    Constructor(Constructor),
    Method(Method),
}

/// `constructor(a: u32);`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Constructor {
    pub attributes: Attributes,
    /// The word `constructor`.
    pub word: Span,
    pub params: Vec<Param>,
    /// `-> result<own-type, error>`, if it may fail.
    pub result: Option<Type>,
    pub span: Span,
}

/// `name: func();`, `name: static func();`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Method {
    pub attributes: Attributes,
    pub name: Name,
    pub is_static: bool,
    pub func: FuncType,
    pub span: Span,
}

/// `async func(a: u32) -> u32`, from `async` to the result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FuncType {
    pub is_async: bool,
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
pub struct Type {
    pub kind: TypeKind,
    pub span: Span,
}

/// Specification: WIT, "Types".
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TypeKind {
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
    /// A type or a resource by its name; a resource so named is owned.
    Named(Name),
    List(Box<Type>),
    /// `list<u8, 16>`
    FixedList(Box<Type>, Length),
    /// `map<key, value>`
    Map(Box<Type>, Box<Type>),
    /// One or more.
    Tuple(Vec<Type>),
    Option(Box<Type>),
    Result {
        ok: Option<Box<Type>>,
        err: Option<Box<Type>>,
    },
    Future(Option<Box<Type>>),
    Stream(Option<Box<Type>>),
    /// `own<r>`
    Own(Name),
    /// `borrow<r>`
    Borrow(Name),
}

/// The number of elements of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Length {
    pub value: u32,
    pub span: Span,
}

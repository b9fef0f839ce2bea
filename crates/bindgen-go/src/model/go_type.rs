//! Types as Go writes them, seen from a package.
//!
//! Holds: what a text mentions is noted as imported, and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use bindgen::{Role, Scope};
use types::{Kind, ResourceId, TypeId, ValType};

use super::{Model, Outcome, definition, names, reach};

/// A package's view of everything: how it names types of its own and of others.
pub struct View<'m, 't> {
    pub model: &'m Model<'t>,
    /// The package, by its index.
    pub here: usize,
    /// What other packages are called here.
    names: BTreeMap<usize, String>,
    std: BTreeSet<&'static str>,
    /// Path, and the name if it is not the path's last part.
    ours: BTreeMap<String, Option<String>>,
}

impl<'m, 't> View<'m, 't> {
    pub fn new(model: &'m Model<'t>, here: usize) -> Self {
        let names = reach::import_names(model, here);
        Self { model, here, names, std: BTreeSet::new(), ours: BTreeMap::new() }
    }

    /// The view of a program beside the packages.
    pub fn outside(model: &'m Model<'t>) -> Self {
        let names = reach::all_names(model);
        Self { model, here: usize::MAX, names, std: BTreeSet::new(), ours: BTreeMap::new() }
    }

    /// A scope for parameters and locals of a function: none hides what the function's text may mention.
    pub fn locals(&self) -> Scope {
        let mut scope = Scope::new(names::KEYWORDS);
        names::PREDECLARED.iter().chain(names::IMPORTED).for_each(|name| scope.reserve(*name));
        self.names.values().for_each(|name| scope.reserve(name));
        scope
    }

    /// A type of a value.
    pub fn ty(&mut self, ty: ValType) -> String {
        if let ValType::Def(id) = ty
            && let Some((package, name)) = self.model.types.get(&id)
        {
            return self.qualified(*package, name);
        }
        self.structure(ty)
    }

    /// A type written out, whatever the name it has itself.
    pub fn structure(&mut self, ty: ValType) -> String {
        let kind = self.model.bindings.types.kind(ty);
        let word = match kind {
            Kind::Bool => "bool",
            Kind::U8 => "uint8",
            Kind::S8 => "int8",
            Kind::U16 => "uint16",
            Kind::S16 => "int16",
            Kind::U32 => "uint32",
            Kind::S32 => "int32",
            Kind::U64 => "uint64",
            Kind::S64 => "int64",
            Kind::F32 => "float32",
            Kind::F64 => "float64",
            Kind::Char => "rune",
            Kind::String => "string",
            Kind::ErrorContext => return format!("*{}", self.wit("ErrorContext", &[])),
            Kind::Record(_) | Kind::Variant(_) | Kind::Flags(_) | Kind::Enum(_) => return self.definition(ty),
            Kind::List(element) => return format!("[]{}", self.ty(element)),
            Kind::FixedList(element, len) => return format!("[{len}]{}", self.ty(element)),
            Kind::Map(key, value) => return format!("map[{}]{}", self.ty(key), self.ty(value)),
            Kind::Tuple(parts) => {
                let parts: Vec<_> = parts.iter().copied().map(Some).collect();
                return self.wit(&format!("Tuple{}", parts.len()), &parts);
            }
            Kind::Option(some) => return self.option(some),
            Kind::Result { ok, err } => return self.wit("Result", &[ok, err]),
            Kind::Own(resource) | Kind::Borrow(resource) => return self.resource(resource),
            Kind::Stream(of) => return format!("*{}", self.wit("StreamReader", &[of])),
            Kind::Future(of) => return format!("*{}", self.wit("FutureReader", &[of])),
        };
        word.to_owned()
    }

    /// A definition without a name of this very type: behind a name that the world does not have.
    fn definition(&mut self, ty: ValType) -> String {
        let id = definition(self.model.bindings, ty).expect("the type is a definition");
        self.named(id)
    }

    /// The name of a definition.
    pub fn named(&mut self, id: TypeId) -> String {
        let (package, name) = self.model.types.get(&id).expect("`unsupported` refuses types without a name");
        self.qualified(*package, name)
    }

    /// `ColorRed`, `ShapeCircle`: what is declared beside a definition, or a field of it.
    pub fn member(&mut self, id: TypeId, index: usize) -> String {
        let (package, _) = self.model.types[&id];
        self.qualified(package, &self.model.members(id)[index])
    }

    /// An option, where it is no function's result: what can be nil needs no pointer.
    fn option(&mut self, some: ValType) -> String {
        let text = self.ty(some);
        if self.is_nillable(some) { text } else { format!("*{text}") }
    }

    /// Whether a type's Go form has a `nil` that is no value of it.
    pub fn is_nillable(&self, ty: ValType) -> bool {
        match self.model.bindings.types.kind(ty) {
            Kind::Own(_) | Kind::Borrow(_) | Kind::Variant(_) => true,
            Kind::Stream(_) | Kind::Future(_) | Kind::ErrorContext => true,
            Kind::Bool | Kind::U8 | Kind::S8 | Kind::U16 | Kind::S16 | Kind::U32 | Kind::S32 | Kind::U64 => false,
            Kind::S64 | Kind::F32 | Kind::F64 | Kind::Char | Kind::String => false,
            Kind::Record(_) | Kind::Flags(_) | Kind::Enum(_) | Kind::List(_) | Kind::FixedList(..) => false,
            Kind::Map(..) | Kind::Tuple(_) | Kind::Option(_) | Kind::Result { .. } => false,
        }
    }

    /// A handle: a pointer for what is imported, the user's own value for what is exported.
    pub fn resource(&mut self, id: ResourceId) -> String {
        let declared = self.model.resource(id);
        let star = match declared.role {
            Role::Import => "*",
            Role::Export => "",
        };
        format!("{star}{}", self.resource_name(id))
    }

    /// The name of a resource's Go type.
    pub fn resource_name(&mut self, id: ResourceId) -> String {
        if let Some(alias) = self.model.resource_aliases.get(&(self.here, id)) {
            return alias.clone();
        }
        self.declared_resource(id)
    }

    /// The name of a resource's Go type where it is declared.
    pub fn declared_resource(&mut self, id: ResourceId) -> String {
        let declared = self.model.resource(id);
        self.qualified(declared.package, &declared.name)
    }

    /// What a function gives back, after its parameters: empty, a type, or two in parentheses.
    pub fn outcome(&mut self, outcome: &Outcome) -> String {
        match outcome {
            Outcome::Nothing => String::new(),
            Outcome::Value(ty) => self.ty(*ty),
            Outcome::Option(some) => format!("({}, bool)", self.ty(*some)),
            Outcome::Result { ok: None, .. } => "error".to_owned(),
            Outcome::Result { ok: Some(ok), .. } => format!("({}, error)", self.ty(*ok)),
        }
    }

    /// The type that the error of a function's result has: a definition or an error context itself, or `wit.Error[E]`
    /// around others.
    pub fn error(&mut self, err: Option<ValType>) -> String {
        match err {
            Some(ty) if self.is_own_error(ty) => self.ty(ty),
            Some(_) | None => self.wit("Error", &[err]),
        }
    }

    /// Whether an error is a Go `error` itself, without a `wit.Error` around it.
    pub fn is_own_error(&self, err: ValType) -> bool {
        let is_declared = definition(self.model.bindings, err).is_some_and(|id| self.model.is_error(id));
        is_declared || self.is_error_context(err)
    }

    /// Whether a type is that of error contexts.
    pub fn is_error_context(&self, ty: ValType) -> bool {
        self.model.bindings.types.unaliased(ty) == ValType::ErrorContext
    }

    /// `wit.Name[A, B]`; nothing stands as `struct{}`.
    pub fn wit(&mut self, name: &str, args: &[Option<ValType>]) -> String {
        let args: Vec<String> =
            args.iter().map(|arg| arg.map_or_else(|| "struct{}".to_owned(), |ty| self.ty(ty))).collect();
        self.ours("wit");
        if args.is_empty() { format!("wit.{name}") } else { format!("wit.{name}[{}]", args.join(", ")) }
    }

    /// The name of something that a package declares.
    pub fn qualified(&mut self, package: usize, name: &str) -> String {
        if package == self.here {
            return name.to_owned();
        }
        format!("{}.{name}", self.package(package))
    }

    /// The name by which another package of the world is called here.
    pub fn package(&mut self, package: usize) -> String {
        let name = self.names.get(&package).expect("what a package's types reach is named").clone();
        let declared = &self.model.packages[package];
        let path = format!("{}/{}", self.model.module, declared.folder);
        self.ours.insert(path, (declared.name != name).then(|| name.clone()));
        name
    }

    /// Imports a package that nothing here mentions, for what it brings along.
    pub fn package_blank(&mut self, package: usize) {
        let path = format!("{}/{}", self.model.module, self.model.packages[package].folder);
        self.ours.insert(path, Some("_".to_owned()));
    }

    /// Notes a package of the standard library, and gives its name.
    pub fn std(&mut self, path: &'static str) -> &'static str {
        self.std.insert(path);
        path
    }

    /// Notes the package `rt`.
    pub fn rt(&mut self) -> &'static str {
        self.ours("internal/rt");
        "rt"
    }

    /// Notes the package `task`.
    pub fn task(&mut self) {
        self.ours("internal/task");
    }

    /// `wit.Name`, without type arguments.
    pub fn wit_named(&mut self, name: &str) -> String {
        self.ours("wit");
        format!("wit.{name}")
    }

    fn ours(&mut self, folder: &str) {
        self.ours.insert(format!("{}/{folder}", self.model.module), None);
    }

    /// The declaration of everything noted that a text mentions; empty if that is nothing.
    ///
    /// What is noted while a part is written may stand in another part that is not needed after all.
    pub fn imports(&self, text: &str) -> String {
        let std = self.std.iter().filter(|path| mentions(text, path));
        let std: Vec<String> = std.map(|path| format!("\"{path}\"\n")).collect();
        let ours = self.ours.iter().filter(|(path, name)| {
            let last = path.rsplit('/').next().unwrap_or_default();
            let name = name.as_deref().unwrap_or(last);
            name == "_" || mentions(text, name)
        });
        let ours = ours.map(|(path, name)| match name {
            Some(name) => format!("{name} \"{path}\"\n"),
            None => format!("\"{path}\"\n"),
        });
        let ours: Vec<String> = ours.collect();
        match (std.as_slice(), ours.as_slice()) {
            ([], []) => String::new(),
            ([one], []) | ([], [one]) => format!("import {one}"),
            _ => {
                let between = if std.is_empty() || ours.is_empty() { "" } else { "\n" };
                format!("import (\n{}{between}{})\n", std.concat(), ours.concat())
            }
        }
    }
}

/// Whether code mentions something of a package: its name stands before a dot, outside of comments.
fn mentions(text: &str, name: &str) -> bool {
    let is_inside = |before: &str| before.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.');
    let wanted = format!("{name}.");
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    let mut found = lines.flat_map(|line| line.match_indices(&wanted).map(move |(at, _)| &line[..at]));
    found.any(|before| !is_inside(before) || before.ends_with("..."))
}

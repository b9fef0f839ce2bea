//! Component types from a small text, for the tests of this crate.
//!
//! ```text
//! import a:b/types { resource r; type p = record { x: u32, y: own<r> }; f: func(p: p) -> list<u8>; }
//! import a:b/api { use a:b/types.r; g: func(r: borrow<r>); }
//! export h: func() -> string;
//! ```
#![allow(dead_code, reason = "each test file uses its own part of this")]

use std::collections::HashMap;

use withe_types::{
    Case, ComponentType, Decl, ExternName, Field, FuncType, InstanceType, Item, ItemKind, LabelDecl, Owner, Param,
    Resource, TypeDef, TypeKind, Types, ValType,
};

/// The component type that `text` describes.
pub fn component(types: &mut Types, text: &str) -> ComponentType {
    let mut parser = Parser { types, tokens: tokens(text), at: 0, scopes: HashMap::new() };
    let mut component = ComponentType::default();
    let mut root = Scope::default();
    while parser.at < parser.tokens.len() {
        let word = parser.next();
        let (name, item) = parser.item(&mut root, Owner::World);
        match word.as_str() {
            "import" => component.imports.insert(name, item),
            "export" => component.exports.insert(name, item),
            other => panic!("`import` or `export`, not `{other}`"),
        };
    }
    component
}

/// The first import of the component type that `text` describes.
pub fn item(types: &mut Types, text: &str) -> Item {
    component(types, &format!("import {text}")).imports[0].clone()
}

/// The type in `type t = ...`.
pub fn val_type(types: &mut Types, text: &str) -> ValType {
    let ItemKind::Type(ty) = item(types, &format!("type t = {text};")).kind else { panic!("a type") };
    ty
}

type Scope = HashMap<String, ItemKind>;

struct Parser<'t> {
    types: &'t mut Types,
    tokens: Vec<String>,
    at: usize,
    scopes: HashMap<String, Scope>,
}

fn tokens(text: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut word = String::new();
    for c in text.chars() {
        let part_of_name = c.is_alphanumeric() || "-_%@/[]".contains(c);
        let inner = part_of_name || (c == '.' || c == ':') && !word.is_empty();
        if inner {
            word.push(c);
            continue;
        }
        flush(&mut word, &mut tokens);
        if !c.is_whitespace() {
            tokens.push(c.to_string());
        }
    }
    flush(&mut word, &mut tokens);
    tokens
}

/// A colon at the end of a word is a token of its own; one inside belongs to the name.
fn flush(word: &mut String, tokens: &mut Vec<String>) {
    let colon = word.ends_with(':');
    let name = word.trim_end_matches(':');
    if !name.is_empty() {
        tokens.push(name.to_owned());
    }
    if colon {
        tokens.push(":".to_owned());
    }
    word.clear();
}

impl Parser<'_> {
    fn next(&mut self) -> String {
        self.at += 1;
        self.tokens[self.at - 1].clone()
    }

    fn peek(&self) -> &str {
        &self.tokens[self.at]
    }

    fn eat(&mut self, token: &str) -> bool {
        let found = self.tokens.get(self.at).is_some_and(|next| next == token);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, token: &str) {
        assert!(self.eat(token), "`{token}`, not `{}` at {:?}", self.peek(), &self.tokens[..self.at]);
    }

    fn item(&mut self, scope: &mut Scope, owner: Owner) -> (ExternName, Item) {
        let (name, kind) = match self.peek() {
            "resource" => self.resource(owner),
            "type" => self.type_def(scope, owner),
            "use" => self.use_(owner),
            _ => self.func_or_interface(scope),
        };
        scope.insert(name.clone(), kind);
        let name = ExternName::parse(&name).expect("the test's names have known forms");
        (name, Item { kind, decl: Decl::default() })
    }

    fn resource(&mut self, owner: Owner) -> (String, ItemKind) {
        self.expect("resource");
        let name = self.next();
        self.expect(";");
        let resource = Resource { name: name.clone(), owner, decl: Decl::default() };
        (name, ItemKind::Resource(self.types.add_resource(resource)))
    }

    fn type_def(&mut self, scope: &Scope, owner: Owner) -> (String, ItemKind) {
        self.expect("type");
        let name = self.next();
        self.expect("=");
        let kind = self.type_kind(scope);
        self.expect(";");
        (name.clone(), ItemKind::Type(self.def(Some(name), owner, kind)))
    }

    fn use_(&mut self, owner: Owner) -> (String, ItemKind) {
        self.expect("use");
        let path = self.next();
        self.expect(";");
        let (of, name) = path.rsplit_once('.').expect("`use interface.name`");
        let mut kind = self.scopes[of][name];
        if let ItemKind::Type(ty) = &mut kind {
            *ty = self.def(Some(name.to_owned()), owner, TypeKind::Alias(*ty));
        }
        (name.to_owned(), kind)
    }

    fn func_or_interface(&mut self, scope: &Scope) -> (String, ItemKind) {
        let name = self.next();
        if self.eat(":") {
            let func = self.func(scope);
            self.expect(";");
            return (name, ItemKind::Func(self.types.add_func(func)));
        }
        self.expect("{");
        let id = match ExternName::parse(&name) {
            Some(ExternName::Interface(id)) => Some(id),
            _ => None,
        };
        let instance = self.types.add_instance(InstanceType { id, ..InstanceType::default() });
        let mut inner = Scope::new();
        while !self.eat("}") {
            let (name, item) = self.item(&mut inner, Owner::Instance(instance));
            self.types.instance_mut(instance).exports.insert(name, item);
        }
        self.scopes.insert(name.clone(), inner);
        (name, ItemKind::Instance(instance))
    }

    fn func(&mut self, scope: &Scope) -> FuncType {
        let async_ = self.eat("async");
        self.expect("func");
        self.expect("(");
        let mut params = Vec::new();
        while !self.eat(")") {
            let name = self.next();
            self.expect(":");
            params.push(Param { name, ty: self.ty(scope), place: None });
            self.eat(",");
        }
        let arrow = self.eat("-");
        let result = arrow.then(|| {
            self.expect(">");
            self.ty(scope)
        });
        FuncType { async_, params, result }
    }

    fn def(&mut self, name: Option<String>, owner: Owner, kind: TypeKind) -> ValType {
        ValType::Def(self.types.add_type(TypeDef { name, owner, kind, decl: Decl::default() }))
    }

    /// A type in use: a name, or an anonymous definition.
    fn ty(&mut self, scope: &Scope) -> ValType {
        let kind = self.type_kind(scope);
        if let TypeKind::Alias(ty) = kind { ty } else { self.def(None, Owner::Nothing, kind) }
    }

    fn type_kind(&mut self, scope: &Scope) -> TypeKind {
        let word = self.next();
        if let Some(ty) = primitive(&word) {
            return TypeKind::Alias(ty);
        }
        match word.as_str() {
            "record" => TypeKind::Record(self.fields(scope)),
            "variant" => TypeKind::Variant(self.cases(scope)),
            "flags" => TypeKind::Flags(self.labels()),
            "enum" => TypeKind::Enum(self.labels()),
            "result" if self.peek() != "<" => TypeKind::Result { ok: None, err: None },
            "stream" if self.peek() != "<" => TypeKind::Stream(None),
            "future" if self.peek() != "<" => TypeKind::Future(None),
            "list" | "tuple" | "option" | "result" | "map" | "stream" | "future" => {
                let args = self.args(scope);
                generic(&word, &args)
            }
            "own" | "borrow" => {
                self.expect("<");
                let name = self.next();
                self.expect(">");
                let ItemKind::Resource(id) = scope[&name] else { panic!("`{name}` is no resource") };
                if word == "own" { TypeKind::Own(id) } else { TypeKind::Borrow(id) }
            }
            name => match scope.get(name) {
                Some(ItemKind::Type(ty)) => TypeKind::Alias(*ty),
                Some(ItemKind::Resource(id)) => TypeKind::Own(*id),
                other => panic!("`{name}` is no type but {other:?}"),
            },
        }
    }

    fn args(&mut self, scope: &Scope) -> Vec<Option<ValType>> {
        self.expect("<");
        let mut args = Vec::new();
        while !self.eat(">") {
            args.push(if self.eat("_") { None } else { Some(self.ty(scope)) });
            self.eat(",");
        }
        args
    }

    fn fields(&mut self, scope: &Scope) -> Vec<Field> {
        self.expect("{");
        let mut fields = Vec::new();
        while !self.eat("}") {
            let name = self.next();
            self.expect(":");
            fields.push(Field { name, ty: self.ty(scope), decl: Decl::default() });
            self.eat(",");
        }
        fields
    }

    fn cases(&mut self, scope: &Scope) -> Vec<Case> {
        self.expect("{");
        let mut cases = Vec::new();
        while !self.eat("}") {
            let name = self.next();
            let ty = self.eat("(").then(|| {
                let ty = self.ty(scope);
                self.expect(")");
                ty
            });
            cases.push(Case { name, ty, decl: Decl::default() });
            self.eat(",");
        }
        cases
    }

    fn labels(&mut self) -> Vec<LabelDecl> {
        self.expect("{");
        let mut labels = Vec::new();
        while !self.eat("}") {
            labels.push(LabelDecl { name: self.next(), decl: Decl::default() });
            self.eat(",");
        }
        labels
    }
}

fn generic(word: &str, args: &[Option<ValType>]) -> TypeKind {
    let arg = |index: usize| args[index].expect("only `result` leaves out an argument");
    match word {
        "list" => TypeKind::List(arg(0)),
        "option" => TypeKind::Option(arg(0)),
        "map" => TypeKind::Map(arg(0), arg(1)),
        "tuple" => TypeKind::Tuple(args.iter().flatten().copied().collect()),
        "result" => TypeKind::Result { ok: args[0], err: args.get(1).copied().flatten() },
        "stream" => TypeKind::Stream(args.first().copied().flatten()),
        _ => TypeKind::Future(args.first().copied().flatten()),
    }
}

fn primitive(word: &str) -> Option<ValType> {
    Some(match word {
        "bool" => ValType::Bool,
        "u8" => ValType::U8,
        "s8" => ValType::S8,
        "u16" => ValType::U16,
        "s16" => ValType::S16,
        "u32" => ValType::U32,
        "s32" => ValType::S32,
        "u64" => ValType::U64,
        "s64" => ValType::S64,
        "f32" => ValType::F32,
        "f64" => ValType::F64,
        "char" => ValType::Char,
        "string" => ValType::String,
        "error-context" => ValType::ErrorContext,
        _ => return None,
    })
}

//! Whether two modules are the same, seen from some exports: their graphs of items are walked side by side.
//!
//! Holds: no index of one module is assumed to be an index of the other; a pair of items is equal if what they
//! consist of is equal but for indices, and the indices in it pair up.

use std::collections::{BTreeMap, VecDeque};
use std::convert::Infallible;

use wasm_encoder::Encode;
use wasm_encoder::reencode::{Error, Reencode};
use wasmparser::{
    DataKind, ElementItems, ElementKind, ExternalKind, FunctionBody, Operator, Parser, Payload, SubType, TypeRef,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Type,
    Function,
    Table,
    Memory,
    Tag,
    Global,
    Element,
    Data,
}

/// Everything of a module, by index; what is imported is there with its names.
#[derive(Default)]
struct Items {
    all: BTreeMap<(Kind, usize), Shape>,
    counts: BTreeMap<Kind, usize>,
    function_types: Vec<u32>,
    exports: Vec<(String, Kind, u32)>,
    start: Option<u32>,
    /// What instantiation does, in order: segments of tables and memories.
    active: Vec<(Kind, u32)>,
}

/// What an item consists of, with zeros for indices, and the indices.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Shape {
    text: String,
    bytes: Vec<u8>,
    names: Vec<(Kind, u32)>,
}

impl Reencode for Shape {
    type Error = Infallible;

    fn type_index(&mut self, index: u32) -> Result<u32, Error> {
        self.name(Kind::Type, index)
    }
    fn function_index(&mut self, index: u32) -> Result<u32, Error> {
        self.name(Kind::Function, index)
    }
    fn table_index(&mut self, index: u32) -> Result<u32, Error> {
        self.name(Kind::Table, index)
    }
    fn memory_index(&mut self, index: u32) -> Result<u32, Error> {
        self.name(Kind::Memory, index)
    }
    fn tag_index(&mut self, index: u32) -> Result<u32, Error> {
        self.name(Kind::Tag, index)
    }
    fn global_index(&mut self, index: u32) -> Result<u32, Error> {
        self.name(Kind::Global, index)
    }
    fn element_index(&mut self, index: u32) -> Result<u32, Error> {
        self.name(Kind::Element, index)
    }
    fn data_index(&mut self, index: u32) -> Result<u32, Error> {
        self.name(Kind::Data, index)
    }
}

impl Shape {
    #[expect(clippy::unnecessary_wraps, reason = "the re-encoder wants a result")]
    fn name(&mut self, kind: Kind, index: u32) -> Result<u32, Error> {
        self.names.push((kind, index));
        Ok(0)
    }

    fn expr(&mut self, expr: &wasmparser::ConstExpr<'_>) {
        let expr = self.const_expr(expr.clone()).unwrap();
        expr.encode(&mut self.bytes);
    }

    fn ty(&mut self, ty: &SubType) {
        let ty = self.sub_type(ty.clone()).unwrap();
        self.text += &format!("{ty:?}");
    }

    fn body(&mut self, body: &FunctionBody<'_>) {
        for local in body.get_locals_reader().unwrap() {
            let (count, ty) = local.unwrap();
            let ty = self.val_type(ty).unwrap();
            self.text += &format!("{count} {ty:?};");
        }
        let mut operators = body.get_operators_reader().unwrap();
        while !operators.eof() {
            let operator: Operator<'_> = operators.read().unwrap();
            let instruction = self.instruction(operator).unwrap();
            instruction.encode(&mut self.bytes);
        }
    }
}

impl Items {
    fn of(bytes: &[u8]) -> Self {
        let mut items = Self::default();
        for payload in Parser::new(0).parse_all(bytes) {
            items.payload(payload.unwrap());
        }
        items
    }

    fn add(&mut self, kind: Kind, shape: Shape) -> u32 {
        let next = self.counts.entry(kind).or_default();
        self.all.insert((kind, *next), shape);
        *next += 1;
        u32::try_from(*next - 1).unwrap()
    }

    fn payload(&mut self, payload: Payload<'_>) {
        match payload {
            Payload::TypeSection(section) => section.into_iter().for_each(|group| self.types(&group.unwrap())),
            Payload::ImportSection(section) => {
                section.into_imports().for_each(|import| self.import(&import.unwrap()));
            }
            Payload::FunctionSection(section) => {
                self.function_types.extend(section.into_iter().map(Result::unwrap));
            }
            Payload::TableSection(section) => section.into_iter().for_each(|table| self.table(table.unwrap())),
            Payload::MemorySection(section) => {
                for memory in section {
                    let text = format!("{:?}", memory.unwrap());
                    self.add(Kind::Memory, Shape { text, ..Shape::default() });
                }
            }
            Payload::TagSection(section) => {
                for tag in section {
                    let mut shape = Shape::default();
                    shape.tag_type(tag.unwrap()).unwrap();
                    self.add(Kind::Tag, shape);
                }
            }
            Payload::GlobalSection(section) => {
                for global in section {
                    let global = global.unwrap();
                    let mut shape = Shape::default();
                    shape.text = format!("{:?}", shape.global_type(global.ty).unwrap());
                    shape.expr(&global.init_expr);
                    self.add(Kind::Global, shape);
                }
            }
            Payload::ExportSection(section) => section.into_iter().for_each(|export| self.export(&export.unwrap())),
            Payload::StartSection { func, .. } => self.start = Some(func),
            Payload::ElementSection(section) => section.into_iter().for_each(|element| self.element(element.unwrap())),
            Payload::DataSection(section) => section.into_iter().for_each(|data| self.data(&data.unwrap())),
            Payload::CodeSectionEntry(body) => self.code(&body),
            _ => {}
        }
    }

    /// A type is its whole group, and its place in it.
    fn types(&mut self, group: &wasmparser::RecGroup) {
        let first = u32::try_from(self.counts.get(&Kind::Type).copied().unwrap_or(0)).unwrap();
        let mut whole = Shape::default();
        group.types().for_each(|ty| whole.ty(ty));
        whole.text += &format!(" explicit {}", group.is_explicit_rec_group());
        for (place, _) in (0..).zip(group.types()) {
            let mut shape = whole.clone();
            shape.text += &format!(" at {place}");
            // Members are told by their places, so that the walk ends.
            let members = first..first + u32::try_from(group.types().len()).unwrap();
            for (kind, index) in &mut shape.names {
                if *kind == Kind::Type && members.contains(index) {
                    shape.text += &format!(" member {}", *index - first);
                    *index = first + place;
                }
            }
            self.add(Kind::Type, shape);
        }
    }

    fn import(&mut self, import: &wasmparser::Import<'_>) {
        let mut shape = Shape::default();
        let ty = shape.entity_type(import.ty).unwrap();
        shape.text = format!("import {:?} {:?} {ty:?}", import.module, import.name);
        let kind = match import.ty {
            TypeRef::Func(ty) | TypeRef::FuncExact(ty) => {
                self.function_types.push(ty);
                Kind::Function
            }
            TypeRef::Table(_) => Kind::Table,
            TypeRef::Memory(_) => Kind::Memory,
            TypeRef::Global(_) => Kind::Global,
            TypeRef::Tag(_) => Kind::Tag,
        };
        self.add(kind, shape);
    }

    fn table(&mut self, table: wasmparser::Table<'_>) {
        let mut shape = Shape::default();
        shape.text = format!("{:?}", shape.table_type(table.ty).unwrap());
        if let wasmparser::TableInit::Expr(init) = &table.init {
            shape.expr(init);
        }
        self.add(Kind::Table, shape);
    }

    fn export(&mut self, export: &wasmparser::Export<'_>) {
        let kind = match export.kind {
            ExternalKind::Func | ExternalKind::FuncExact => Kind::Function,
            ExternalKind::Table => Kind::Table,
            ExternalKind::Memory => Kind::Memory,
            ExternalKind::Global => Kind::Global,
            ExternalKind::Tag => Kind::Tag,
        };
        self.exports.push((export.name.to_owned(), kind, export.index));
    }

    fn element(&mut self, element: wasmparser::Element<'_>) {
        let mut shape = Shape::default();
        let mut active = None;
        match &element.kind {
            ElementKind::Active { table_index, offset_expr } => {
                let table = table_index.unwrap_or(0);
                active = Some(table);
                shape.name(Kind::Table, table).unwrap();
                shape.expr(offset_expr);
            }
            ElementKind::Passive => shape.text += "passive",
            ElementKind::Declared => shape.text += "declared",
        }
        match element.items {
            ElementItems::Functions(functions) => {
                functions.into_iter().for_each(|function| drop(shape.name(Kind::Function, function.unwrap())));
                shape.text += &format!(" {}", shape.names.len());
            }
            ElementItems::Expressions(ty, expressions) => {
                let ty = shape.ref_type(ty).unwrap();
                shape.text += &format!(" {ty:?}");
                expressions.into_iter().for_each(|expr| shape.expr(&expr.unwrap()));
            }
        }
        let index = self.add(Kind::Element, shape);
        if active.is_some() {
            self.active.push((Kind::Element, index));
        }
    }

    fn data(&mut self, data: &wasmparser::Data<'_>) {
        let mut shape = Shape::default();
        let mut is_active = false;
        if let DataKind::Active { memory_index, offset_expr } = &data.kind {
            is_active = true;
            shape.name(Kind::Memory, *memory_index).unwrap();
            shape.expr(offset_expr);
        }
        shape.bytes.extend_from_slice(data.data);
        let index = self.add(Kind::Data, shape);
        if is_active {
            self.active.push((Kind::Data, index));
        }
    }

    fn code(&mut self, body: &FunctionBody<'_>) {
        let index = self.counts.get(&Kind::Function).copied().unwrap_or(0);
        let mut shape = Shape::default();
        shape.name(Kind::Type, self.function_types[index]).unwrap();
        shape.body(body);
        self.add(Kind::Function, shape);
    }

    fn shape(&self, kind: Kind, index: u32) -> Result<&Shape, String> {
        self.all.get(&(kind, index as usize)).ok_or_else(|| format!("no {kind:?} {index}"))
    }
}

/// Items of the old module with those of the new one that stand for them.
struct Walk<'i> {
    old: &'i Items,
    new: &'i Items,
    pairs: BTreeMap<(Kind, u32), u32>,
    todo: VecDeque<(Kind, u32, u32)>,
}

impl Walk<'_> {
    fn pair(&mut self, kind: Kind, old: u32, new: u32) -> Result<(), String> {
        match self.pairs.insert((kind, old), new) {
            None => self.todo.push_back((kind, old, new)),
            Some(other) if other == new => {}
            Some(other) => return Err(format!("{kind:?} {old} became {other} and {new}")),
        }
        Ok(())
    }

    fn go(&mut self) -> Result<(), String> {
        while let Some((kind, old, new)) = self.todo.pop_front() {
            let (a, b) = (self.old.shape(kind, old)?, self.new.shape(kind, new)?);
            if a.text != b.text || a.bytes != b.bytes || a.names.len() != b.names.len() {
                return Err(format!("{kind:?} {old} became {new}, another one: {a:?} {b:?}"));
            }
            for ((kind, old), (other, new)) in a.names.iter().zip(&b.names) {
                if kind != other {
                    return Err(format!("{kind:?} {old} became {other:?} {new}"));
                }
                self.pair(*kind, *old, *new)?;
            }
        }
        Ok(())
    }
}

/// Whether the new module is the part of the old one that the exports and instantiation reach.
pub fn same(old: &[u8], new: &[u8], roots: &[&str]) -> Result<(), String> {
    let (old, new) = (Items::of(old), Items::of(new));
    let mut walk = Walk { old: &old, new: &new, pairs: BTreeMap::new(), todo: VecDeque::new() };
    for root in roots {
        let find = |items: &Items| items.exports.iter().find(|(name, ..)| name == root).cloned();
        let ((_, kind, a), (_, other, b)) = find(&old).zip(find(&new)).ok_or("an export is missing")?;
        if kind != other {
            return Err(format!("export {root} is of another kind"));
        }
        walk.pair(kind, a, b)?;
    }
    match (old.start, new.start) {
        (Some(a), Some(b)) => walk.pair(Kind::Function, a, b)?,
        (None, None) => {}
        _ => return Err("the start function".to_owned()),
    }
    walk.go()?;
    active(&mut walk)?;
    one_to_one(&walk)
}

/// Active segments pair up in order; one without a partner must be one that nobody can see.
fn active(walk: &mut Walk<'_>) -> Result<(), String> {
    let mut news = walk.new.active.iter().peekable();
    let mut olds = walk.old.active.clone();
    olds.reverse();
    while let Some((kind, old)) = olds.pop() {
        // The order among segments of tables and of memories is that of the sections.
        let partner = news.peek().filter(|(other, _)| *other == kind).map(|(_, new)| *new);
        let fits = partner.is_some_and(|new| {
            let (a, b) = (walk.old.shape(kind, old), walk.new.shape(kind, new));
            let place = |shape: Result<&Shape, String>| shape.ok().and_then(|shape| shape.names.first().copied());
            let (target_old, target_new) = (place(a), place(b));
            target_old.zip(target_new).is_some_and(|((kind, old), (_, new))| {
                let same_target = walk.old.shape(kind, old).map(|shape| (&shape.text, &shape.bytes))
                    == walk.new.shape(kind, new).map(|shape| (&shape.text, &shape.bytes));
                same_target
                    && walk.pairs.get(&(kind, old)).is_none_or(|paired| *paired == new)
                    && !walk.pairs.iter().any(|((other, from), to)| *other == kind && *to == new && *from != old)
            }) && walk.old.shape(kind, old).map(|shape| (&shape.text, &shape.bytes))
                == walk.new.shape(kind, new).map(|shape| (&shape.text, &shape.bytes))
        });
        if fits {
            let new = partner.ok_or("checked above")?;
            news.next();
            walk.pair(kind, old, new)?;
            walk.go()?;
        } else {
            let target = walk.old.shape(kind, old)?.names[0];
            if walk.pairs.contains_key(&target) {
                return Err(format!("{kind:?} {old} is gone, though its target is there"));
            }
        }
    }
    if news.next().is_some() { Err("a segment came from nowhere".to_owned()) } else { Ok(()) }
}

/// Nothing is in the new module that has no counterpart, and no two items became one.
fn one_to_one(walk: &Walk<'_>) -> Result<(), String> {
    let mut seen = BTreeMap::new();
    for ((kind, old), new) in &walk.pairs {
        if seen.insert((*kind, *new), *old).is_some() {
            return Err(format!("two of {kind:?} became {new}"));
        }
    }
    for (kind, count) in &walk.new.counts {
        let paired = seen.keys().filter(|(other, _)| other == kind).count();
        let declared = walk.new.all.iter().filter(|((other, _), shape)| {
            kind == other && *kind == Kind::Element && shape.text.starts_with("declared")
        });
        // Members of a type's group come with it, and what bodies take references of is declared anew.
        let extra = match kind {
            Kind::Type => continue,
            Kind::Element => declared.count(),
            Kind::Function | Kind::Table | Kind::Memory | Kind::Tag | Kind::Global | Kind::Data => 0,
        };
        if paired + extra < *count {
            return Err(format!("{paired} of {count} of {kind:?} are reached"));
        }
    }
    Ok(())
}

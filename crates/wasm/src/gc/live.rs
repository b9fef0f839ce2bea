//! Which items of a module are reached from what must stay.
//!
//! Every reference is found by wasm-encoder's re-encoder, so no instruction can be missed: one that it does not know
//! does not compile there.
//!
//! Holds: marks only grow. What is reached is exact but for three things that are kept whole: the segments of a table
//! or memory that something uses, the group that a type belongs to, and segments that instantiation can see, since
//! they lie in an import or might not fit.

use wasm_encoder::reencode::{self, Reencode};
use wasmparser::{
    DataKind, ElementItems, ElementKind, ExternalKind, FuncValidatorAllocations, FunctionBody, Operator, TableInit,
};

use super::Check;
use super::kind::{Dangling, Error, Kind, PerKind};
use super::sections::Sections;

/// What is reached, by index of the module that was read.
pub(super) struct Live<'a> {
    marks: PerKind<Vec<bool>>,
    todo: Vec<(Kind, u32)>,
    /// Functions that a reached body takes a reference of.
    referenced: Vec<bool>,
    /// Functions that something reached, other than a body, takes a reference of. Bodies may do so only if these do.
    declared: Vec<bool>,
    in_body: bool,
    /// Whether a reached body names a data segment, so that the module has to count them before its code.
    pub bodies_name_data: bool,
    /// Segments by the table or memory that they are active in.
    elements_of: Vec<Vec<u32>>,
    data_of: Vec<Vec<u32>>,
    /// By place of the body: how to validate it, before anything relies on it. Empty: bodies are taken as they are.
    checks: Vec<Option<Check<'a>>>,
}

impl<'a> Live<'a> {
    /// What stays in any case: the start function, and segments whose effect can be seen.
    pub(super) fn new(sections: &Sections<'a>, checks: Vec<Option<Check<'a>>>) -> Result<Self, Error> {
        let functions = sections.count(Kind::Function);
        let mut live = Self {
            marks: PerKind::each(|kind| vec![false; sections.count(kind)]),
            todo: Vec::new(),
            referenced: vec![false; functions],
            declared: vec![false; functions],
            in_body: false,
            bodies_name_data: false,
            elements_of: vec![Vec::new(); sections.count(Kind::Table)],
            data_of: vec![Vec::new(); sections.count(Kind::Memory)],
            checks,
        };
        live.segments(sections)?;
        if let Some(start) = sections.start {
            live.mark(Kind::Function, start)?;
        }
        live.drain(sections)?;
        Ok(live)
    }

    fn segments(&mut self, sections: &Sections<'a>) -> Result<(), Error> {
        for (index, element) in (0..).zip(&sections.elements) {
            if let ElementKind::Active { table_index, .. } = element.kind {
                let table = table_index.unwrap_or(0);
                self.elements_of.get_mut(table as usize).ok_or(dangling(Kind::Table))?.push(index);
                if !sections.element_is_private(element) {
                    self.mark(Kind::Element, index)?;
                }
            }
        }
        for (index, data) in (0..).zip(&sections.data) {
            if let DataKind::Active { memory_index, .. } = data.kind {
                self.data_of.get_mut(memory_index as usize).ok_or(dangling(Kind::Memory))?.push(index);
                if !sections.data_is_private(data) {
                    self.mark(Kind::Data, index)?;
                }
            }
        }
        Ok(())
    }

    /// Keeps an export and all that it reaches.
    pub(super) fn keep_export(
        &mut self,
        sections: &Sections<'a>,
        export: &wasmparser::Export<'_>,
    ) -> Result<(), Error> {
        let kind = match export.kind {
            ExternalKind::Func | ExternalKind::FuncExact => Kind::Function,
            ExternalKind::Table => Kind::Table,
            ExternalKind::Memory => Kind::Memory,
            ExternalKind::Global => Kind::Global,
            ExternalKind::Tag => Kind::Tag,
        };
        self.mark(kind, export.index)?;
        if kind == Kind::Function {
            self.declared[export.index as usize] = true;
        }
        self.drain(sections)
    }

    /// Keeps an item and all that it reaches.
    pub(super) fn keep(&mut self, sections: &Sections<'a>, kind: Kind, index: u32) -> Result<(), Error> {
        self.mark(kind, index)?;
        self.drain(sections)
    }

    pub(super) fn has(&self, kind: Kind, index: u32) -> bool {
        self.marks[kind].get(index as usize).is_some_and(|live| *live)
    }

    /// All that is reached, in order.
    pub(super) fn of(&self, kind: Kind) -> impl Iterator<Item = u32> + '_ {
        (0..).zip(&self.marks[kind]).filter(|(_, live)| **live).map(|(index, _)| index)
    }

    /// Functions whose references are taken in bodies, and that nothing else which stays declares.
    pub(super) fn undeclared(&self) -> impl Iterator<Item = u32> + '_ {
        let both = self.referenced.iter().zip(&self.declared);
        (0..).zip(both).filter(|(_, (referenced, declared))| **referenced && !**declared).map(|(index, _)| index)
    }

    fn mark(&mut self, kind: Kind, index: u32) -> Result<u32, Error> {
        let live = self.marks[kind].get_mut(index as usize).ok_or(dangling(kind))?;
        if !*live {
            *live = true;
            self.todo.push((kind, index));
        }
        Ok(index)
    }

    fn drain(&mut self, sections: &Sections<'a>) -> Result<(), Error> {
        while let Some((kind, index)) = self.todo.pop() {
            match kind {
                Kind::Type => self.type_group(sections, index)?,
                Kind::Function => self.function(sections, index)?,
                Kind::Table => self.table(sections, index)?,
                Kind::Memory => self.memory(index)?,
                Kind::Tag => self.tag(sections, index)?,
                Kind::Global => self.global(sections, index)?,
                Kind::Element => self.element(sections, index)?,
                Kind::Data => self.data(sections, index)?,
            }
        }
        Ok(())
    }

    /// What a type is depends on its whole group.
    fn type_group(&mut self, sections: &Sections<'a>, index: u32) -> Result<(), Error> {
        let group = sections.group_of[index as usize] as usize;
        for (member, ty) in (sections.group_start[group]..).zip(sections.groups[group].types()) {
            self.marks[Kind::Type][member as usize] = true;
            self.sub_type(ty.clone())?;
        }
        Ok(())
    }

    fn function(&mut self, sections: &Sections<'a>, index: u32) -> Result<(), Error> {
        self.mark(Kind::Type, sections.function_types[index as usize])?;
        let Some(body) = sections.body(index) else { return Ok(()) };
        let place = sections.defined(Kind::Function, index);
        if let Some((check, body)) = place.and_then(|place| self.checks.get_mut(place)?.take()) {
            check.into_validator(FuncValidatorAllocations::default()).validate(&body)?;
        }
        self.in_body = true;
        let found = self.body(body);
        self.in_body = false;
        found
    }

    fn body(&mut self, body: &FunctionBody<'a>) -> Result<(), Error> {
        for local in body.get_locals_reader()? {
            self.val_type(local?.1)?;
        }
        let mut operators = body.get_operators_reader()?;
        while !operators.eof() {
            self.instruction(operators.read()?)?;
        }
        Ok(())
    }

    fn table(&mut self, sections: &Sections<'a>, index: u32) -> Result<(), Error> {
        for element in std::mem::take(&mut self.elements_of[index as usize]) {
            self.mark(Kind::Element, element)?;
        }
        if let Some(import) = sections.import_of(Kind::Table, index) {
            self.entity_type(import.ty)?;
        } else if let Some(table) = sections.defined(Kind::Table, index).map(|place| &sections.tables[place]) {
            self.table_type(table.ty)?;
            if let TableInit::Expr(init) = &table.init {
                self.const_expr(init.clone())?;
            }
        }
        Ok(())
    }

    fn memory(&mut self, index: u32) -> Result<(), Error> {
        for data in std::mem::take(&mut self.data_of[index as usize]) {
            self.mark(Kind::Data, data)?;
        }
        Ok(())
    }

    fn tag(&mut self, sections: &Sections<'a>, index: u32) -> Result<(), Error> {
        if let Some(import) = sections.import_of(Kind::Tag, index) {
            self.entity_type(import.ty)?;
        } else if let Some(place) = sections.defined(Kind::Tag, index) {
            self.tag_type(sections.tags[place])?;
        }
        Ok(())
    }

    fn global(&mut self, sections: &Sections<'a>, index: u32) -> Result<(), Error> {
        if let Some(import) = sections.import_of(Kind::Global, index) {
            self.entity_type(import.ty)?;
        } else if let Some(global) = sections.defined(Kind::Global, index).map(|place| &sections.globals[place]) {
            self.global_type(global.ty)?;
            self.const_expr(global.init_expr.clone())?;
        }
        Ok(())
    }

    fn element(&mut self, sections: &Sections<'a>, index: u32) -> Result<(), Error> {
        let element = &sections.elements[index as usize];
        if let ElementKind::Active { table_index, offset_expr } = &element.kind {
            self.mark(Kind::Table, table_index.unwrap_or(0))?;
            self.const_expr(offset_expr.clone())?;
        }
        match &element.items {
            ElementItems::Functions(functions) => {
                for function in functions.clone() {
                    let function = self.mark(Kind::Function, function?)?;
                    self.declared[function as usize] = true;
                }
            }
            ElementItems::Expressions(ty, expressions) => {
                self.ref_type(*ty)?;
                for expression in expressions.clone() {
                    self.const_expr(expression?)?;
                }
            }
        }
        Ok(())
    }

    fn data(&mut self, sections: &Sections<'a>, index: u32) -> Result<(), Error> {
        if let DataKind::Active { memory_index, offset_expr } = &sections.data[index as usize].kind {
            self.mark(Kind::Memory, *memory_index)?;
            self.const_expr(offset_expr.clone())?;
        }
        Ok(())
    }
}

fn dangling(kind: Kind) -> Error {
    Error::UserError(Dangling(kind))
}

impl Reencode for Live<'_> {
    type Error = Dangling;

    fn instruction<'o>(&mut self, operator: Operator<'o>) -> Result<wasm_encoder::Instruction<'o>, Error> {
        if let Operator::RefFunc { function_index } = operator {
            let takes = if self.in_body { &mut self.referenced } else { &mut self.declared };
            *takes.get_mut(function_index as usize).ok_or(dangling(Kind::Function))? = true;
        }
        reencode::utils::instruction(self, operator)
    }

    fn type_index(&mut self, ty: u32) -> Result<u32, Error> {
        self.mark(Kind::Type, ty)
    }

    fn function_index(&mut self, function: u32) -> Result<u32, Error> {
        self.mark(Kind::Function, function)
    }

    fn table_index(&mut self, table: u32) -> Result<u32, Error> {
        self.mark(Kind::Table, table)
    }

    fn memory_index(&mut self, memory: u32) -> Result<u32, Error> {
        self.mark(Kind::Memory, memory)
    }

    fn tag_index(&mut self, tag: u32) -> Result<u32, Error> {
        self.mark(Kind::Tag, tag)
    }

    fn global_index(&mut self, global: u32) -> Result<u32, Error> {
        self.mark(Kind::Global, global)
    }

    fn element_index(&mut self, element: u32) -> Result<u32, Error> {
        self.mark(Kind::Element, element)
    }

    fn data_index(&mut self, data: u32) -> Result<u32, Error> {
        self.bodies_name_data = true;
        self.mark(Kind::Data, data)
    }
}

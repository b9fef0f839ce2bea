//! A plan as text, for tests and for comparing plans: one line a step, embedded bytes as their length.
//!
//! Holds: two plans that define the same things in the same order have the same text.

use std::fmt::{self, Write};

use super::{
    Body, Builtin, CanonOptions, CoreItem, CoreTypeExpr, ItemRef, ItemType, Name, Plan, ROOT, ScopeId, Step, TypeExpr,
    TypeRef, ValRef,
};

impl Plan<'_> {
    /// The plan as text.
    pub fn dump(&self) -> String {
        let mut out = String::new();
        self.write(&mut out, 0).expect("writing to a string cannot fail");
        out
    }

    /// The definitions of the plan alone: no names, no custom sections, no contents of nested components.
    pub(crate) fn outline(&self) -> String {
        let mut out = String::new();
        for step in self.steps(ROOT) {
            match step {
                Step::Component { id, .. } => writeln!(out, "component{}", id.0),
                step => self.write_step(&mut out, step, 0),
            }
            .expect("writing to a string cannot fail");
        }
        out
    }

    fn write(&self, out: &mut String, depth: usize) -> fmt::Result {
        if let Some(name) = &self.name {
            writeln!(out, "{}name {name}", Indent(depth))?;
        }
        self.write_scope(out, ROOT, depth)?;
        for (item, name) in &self.debug_names {
            writeln!(out, "{}named {item:?} {name}", Indent(depth))?;
        }
        for (name, data) in &self.customs {
            writeln!(out, "{}custom {name}: {} bytes", Indent(depth), data.len())?;
        }
        Ok(())
    }

    fn write_scope(&self, out: &mut String, scope: ScopeId, depth: usize) -> fmt::Result {
        self.steps(scope).iter().try_for_each(|step| self.write_step(out, step, depth))
    }

    fn write_step(&self, out: &mut String, step: &Step<'_>, depth: usize) -> fmt::Result {
        write!(out, "{}", Indent(depth))?;
        match step {
            Step::CoreModule { id, bytes } => writeln!(out, "core-module{} = {} bytes", id.0, bytes.len()),
            Step::CoreInstantiate { id, module, args } => {
                let args = list(args.iter().map(|(name, id)| format!("{name:?}: core-instance{}", id.0)));
                writeln!(out, "core-instance{} = instantiate core-module{} ({args})", id.0, module.0)
            }
            Step::CoreBag { id, exports } => {
                let exports = list(exports.iter().map(|(name, item)| format!("{name:?}: {item}")));
                writeln!(out, "core-instance{} = bag ({exports})", id.0)
            }
            Step::CoreAlias { item, instance, name } => {
                writeln!(out, "{item} = alias core-instance{} {name:?}", instance.0)
            }
            Step::CoreType { id, expr } => writeln!(out, "core-type{} = {expr}", id.0),
            Step::Component { id, body: Body::Bytes(bytes) } => {
                writeln!(out, "component{} = {} bytes", id.0, bytes.len())
            }
            Step::Component { id, body: Body::Plan(plan) } => {
                writeln!(out, "component{} =", id.0)?;
                plan.write(out, depth + 1)
            }
            Step::Instantiate { id, component, args } => {
                let args = list(args.iter().map(|(name, item)| format!("{name:?}: {item}")));
                writeln!(out, "instance{} = instantiate component{} ({args})", id.0, component.0)
            }
            Step::Bag { id, exports } => {
                let exports = list(exports.iter().map(|(name, item)| format!("{name}: {item}")));
                writeln!(out, "instance{} = bag ({exports})", id.0)
            }
            Step::Alias { item, instance, name } => writeln!(out, "{item} = alias instance{} {name:?}", instance.0),
            Step::Define { id, expr } => self.write_define(out, *id, expr, depth),
            Step::OuterType { id, of } => writeln!(out, "type{} = outer type{}", id.0, of.0),
            Step::Resource { id, dtor } => {
                let dtor = dtor.map(|dtor| format!(" dtor core-func{}", dtor.0)).unwrap_or_default();
                writeln!(out, "type{} = resource{dtor}", id.0)
            }
            Step::Lift { id, core_func, ty, options } => {
                writeln!(out, "func{} = lift core-func{} as type{}{options}", id.0, core_func.0, ty.0)
            }
            Step::Lower { id, func, options } => writeln!(out, "core-func{} = lower func{}{options}", id.0, func.0),
            Step::Builtin { id, builtin } => {
                writeln!(out, "core-func{} = {builtin}", id.0)
            }
            Step::Import { item, name, ty } => writeln!(out, "{item} = import {name} {ty}"),
            Step::Export { item, name, of, ascribed } => {
                let ascribed = ascribed.map(|ty| format!(" as {ty}")).unwrap_or_default();
                writeln!(out, "{item} = export {name} {of}{ascribed}")
            }
            Step::DeclaredExport { item, name, ty } => writeln!(out, "{item} = export {name} {ty}"),
        }
    }

    fn write_define(&self, out: &mut String, id: TypeRef, expr: &TypeExpr, depth: usize) -> fmt::Result {
        match expr {
            TypeExpr::Instance(scope) => {
                writeln!(out, "type{} = instance", id.0)?;
                self.write_scope(out, *scope, depth + 1)
            }
            TypeExpr::Component(scope) => {
                writeln!(out, "type{} = component", id.0)?;
                self.write_scope(out, *scope, depth + 1)
            }
            _ => writeln!(out, "type{} = {expr}", id.0),
        }
    }
}

struct Indent(usize);

impl fmt::Display for Indent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (0..self.0).try_for_each(|_| f.write_str("  "))
    }
}

fn list(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(", ")
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.text)?;
        let attributes = [
            ("implements", &self.implements),
            ("version-suffix", &self.version_suffix),
            ("external-id", &self.external_id),
        ];
        for (word, value) in attributes {
            if let Some(value) = value {
                write!(f, " ({word} {value:?})")?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for CoreItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Func(id) => write!(f, "core-func{}", id.0),
            Self::Table(id) => write!(f, "core-table{}", id.0),
            Self::Memory(id) => write!(f, "core-memory{}", id.0),
            Self::Global(id) => write!(f, "core-global{}", id.0),
            Self::Tag(id) => write!(f, "core-tag{}", id.0),
        }
    }
}

impl fmt::Display for ItemRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CoreModule(id) => write!(f, "core-module{}", id.0),
            Self::Func(id) => write!(f, "func{}", id.0),
            Self::Type(id) => write!(f, "type{}", id.0),
            Self::Instance(id) => write!(f, "instance{}", id.0),
            Self::Component(id) => write!(f, "component{}", id.0),
        }
    }
}

impl fmt::Display for ItemType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CoreModule(ty) => write!(f, "(core module core-type{})", ty.0),
            Self::Func(ty) => write!(f, "(func type{})", ty.0),
            Self::TypeEq(ty) => write!(f, "(type (eq type{}))", ty.0),
            Self::SubResource => f.write_str("(type (sub resource))"),
            Self::Instance(ty) => write!(f, "(instance type{})", ty.0),
            Self::Component(ty) => write!(f, "(component type{})", ty.0),
        }
    }
}

impl fmt::Display for ValRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Primitive(primitive) => f.write_str(&format!("{primitive:?}").to_lowercase()),
            Self::Type(ty) => write!(f, "type{}", ty.0),
        }
    }
}

fn optional(ty: &Option<ValRef>) -> String {
    ty.map_or_else(|| "_".to_owned(), |ty| ty.to_string())
}

fn fields(fields: &[(String, ValRef)]) -> String {
    list(fields.iter().map(|(name, ty)| format!("{name}: {ty}")))
}

impl fmt::Display for TypeExpr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Primitive(primitive) => ValRef::Primitive(*primitive).fmt(f),
            Self::Record(parts) => write!(f, "record {{ {} }}", fields(parts)),
            Self::Variant(cases) => {
                let cases = list(cases.iter().map(|(name, ty)| match ty {
                    Some(ty) => format!("{name}({ty})"),
                    None => name.clone(),
                }));
                write!(f, "variant {{ {cases} }}")
            }
            Self::List(element) => write!(f, "list<{element}>"),
            Self::FixedList(element, len) => write!(f, "list<{element}, {len}>"),
            Self::Map(key, value) => write!(f, "map<{key}, {value}>"),
            Self::Tuple(types) => write!(f, "tuple<{}>", list(types.iter().map(ToString::to_string))),
            Self::Flags(labels) => write!(f, "flags {{ {} }}", labels.join(", ")),
            Self::Enum(labels) => write!(f, "enum {{ {} }}", labels.join(", ")),
            Self::Option(some) => write!(f, "option<{some}>"),
            Self::Result { ok, err } => write!(f, "result<{}, {}>", optional(ok), optional(err)),
            Self::Own(resource) => write!(f, "own<type{}>", resource.0),
            Self::Borrow(resource) => write!(f, "borrow<type{}>", resource.0),
            Self::Stream(payload) => write!(f, "stream<{}>", optional(payload)),
            Self::Future(payload) => write!(f, "future<{}>", optional(payload)),
            Self::Func { async_, params, result } => {
                let async_ = if *async_ { "async " } else { "" };
                write!(f, "{async_}func({})", fields(params))?;
                result.map_or(Ok(()), |ty| write!(f, " -> {ty}"))
            }
            Self::Instance(_) => f.write_str("instance"),
            Self::Component(_) => f.write_str("component"),
        }
    }
}

impl fmt::Display for CoreTypeExpr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Func(signature) => write!(f, "{signature}"),
            Self::Module { imports, exports } => {
                let imports = list(imports.iter().map(|(module, name, ty)| format!("{module:?} {name:?} {ty}")));
                let exports = list(exports.iter().map(|(name, ty)| format!("{name:?} {ty}")));
                write!(f, "module (imports {imports}) (exports {exports})")
            }
        }
    }
}

impl fmt::Display for Builtin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ResourceNew(resource) => write!(f, "resource.new type{}", resource.0),
            Self::ResourceDrop(resource) => write!(f, "resource.drop type{}", resource.0),
            Self::ResourceRep(resource) => write!(f, "resource.rep type{}", resource.0),
            Self::TaskReturn { result, options } => write!(f, "task.return {}{options}", optional(result)),
            Self::Transfer { carrier, op, ty, options } => {
                write!(f, "{}.{} type{}{options}", carrier.word(), op.word(), ty.0)
            }
            Self::WaitableSetWait(memory) => write!(f, "waitable-set.wait core-memory{}", memory.0),
            Self::WaitableSetPoll(memory) => write!(f, "waitable-set.poll core-memory{}", memory.0),
            Self::SubtaskCancel { async_: false } => f.write_str("subtask.cancel"),
            Self::SubtaskCancel { async_: true } => f.write_str("subtask.cancel async"),
            Self::ErrorContextNew(options) => write!(f, "error-context.new{options}"),
            Self::ErrorContextDebugMessage(options) => write!(f, "error-context.debug-message{options}"),
            Self::ContextGet { ty, slot } => write!(f, "context.get {ty} {slot}"),
            Self::ContextSet { ty, slot } => write!(f, "context.set {ty} {slot}"),
            Self::ThreadNewIndirect { ty, table } => {
                write!(f, "thread.new-indirect core-type{} core-table{}", ty.0, table.0)
            }
            Self::Plain(plain) => f.write_str(plain.word()),
        }
    }
}

impl fmt::Display for CanonOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(id) = self.memory {
            write!(f, " memory core-memory{}", id.0)?;
        }
        if let Some(id) = self.realloc {
            write!(f, " realloc core-func{}", id.0)?;
        }
        if let Some(encoding) = self.string_encoding {
            write!(f, " {}", encoding.text())?;
        }
        if self.async_ {
            f.write_str(" async")?;
        }
        if let Some(id) = self.post_return {
            write!(f, " post-return core-func{}", id.0)?;
        }
        if let Some(id) = self.callback {
            write!(f, " callback core-func{}", id.0)?;
        }
        Ok(())
    }
}

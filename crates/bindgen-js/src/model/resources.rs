//! Handles: what stands in the tables of parts, and the classes of resources.
//!
//! Holds: between parts a handle's value is what its table holds, a number or an object of the host; for the host it is
//! an object of the resource's class.
//!
//! Specification: Canonical ABI, "Resource State"; `lift_own`, `lift_borrow`, `lower_own`, `lower_borrow`.

use component::instantiation::{CoreDef, ImportKind, Origin, PartId};
use types::ResourceId;

use super::Builder;
use super::code::{Expr, Function, Stmt};
use super::codecs::Env;
use super::memory::function;
use crate::names;
use crate::pieces::Piece;
use crate::runtime::Helper;

/// What a resource is called in the module, as far as it is called at all.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// Its identity in tables.
    pub token: Option<String>,
    /// Its class: exported or imported.
    pub class: Option<String>,
    /// The function that runs the destructor for the host.
    pub drop: Option<String>,
    /// What drops those that nobody refers to any more.
    pub registry: Option<String>,
    /// Whether its class stands in the module.
    pub is_made: Option<bool>,
}

impl Builder<'_> {
    fn origin(&self, id: ResourceId) -> Option<Origin> {
        self.origins.get(&id).cloned()
    }

    pub fn is_host(&self, id: ResourceId) -> bool {
        matches!(self.origin(id), Some(Origin::Host(_)))
    }

    fn part_of(&self, id: ResourceId) -> Option<PartId> {
        match self.origin(id) {
            Some(Origin::Part { part, .. }) => Some(part),
            Some(Origin::Host(_)) | None => None,
        }
    }

    fn dtor(&self, id: ResourceId) -> Option<CoreDef> {
        match self.origin(id) {
            Some(Origin::Part { dtor, .. }) => dtor,
            Some(Origin::Host(_)) | None => None,
        }
    }

    /// The identity of a resource in tables.
    pub fn token(&mut self, id: ResourceId) -> String {
        if let Some(known) = self.resources.entry(id).or_default().token.clone() {
            return known;
        }
        let label = self.types.resource(id).name.clone();
        let name = self.scope.declare(format!("{}Type", names::member(&label)));
        self.tokens.push((id, name.clone()));
        self.resources.entry(id).or_default().token = Some(name.clone());
        name
    }

    /// Whether a table may have handles of several types.
    pub fn has_several_tokens(&self) -> bool {
        self.is_async() || self.tokens.len() > 1
    }

    /// The constants that stand for resources in tables, which say what messages say of them, if any does.
    pub fn token_constants(&self) -> Vec<Stmt> {
        let all = self.tokens.iter().map(|(id, name)| {
            let origin = if self.is_host(*id) { "host" } else { "guest" };
            let kind =
                (self.has_several_tokens()).then(|| ("kind".to_owned(), format!("'{origin}-defined resource'").into()));
            match kind {
                Some(kind) => Stmt::constant(name, Expr::Object(vec![kind])),
                None => Stmt::constant(name, "{}"),
            }
        });
        all.collect()
    }

    /// The class that the host gives, or that is exported.
    fn class(&mut self, id: ResourceId) -> String {
        if let Some(known) = self.resources.entry(id).or_default().class.clone() {
            return known;
        }
        let import = self.inst.imports.iter().find(|import| import.kind == ImportKind::Resource(id));
        let class = match import {
            Some(import) => self.bind_class(&import.path),
            None => "Object".to_owned(),
        };
        self.resources.entry(id).or_default().class = Some(class.clone());
        class
    }

    pub fn lift_own(&mut self, id: ResourceId, env: Env, index: &Expr) -> Expr {
        let (handles, token) = (self.handles(env.part), self.token(id));
        let taken = Expr::call(self.helper(Helper::TakeOwn), [handles.into(), index.clone(), token.into()]);
        if env.inner || self.is_host(id) {
            return taken;
        }
        let class = if self.is_constructor { "new.target".to_owned() } else { self.class(id) };
        let registry = self.registry(id);
        Expr::call(self.helper(Helper::Adopt), [class.into(), taken].into_iter().chain(registry.map(Expr::Text)))
    }

    pub fn lift_borrow(&mut self, id: ResourceId, env: Env, index: &Expr) -> Expr {
        let (handles, token) = (self.handles(env.part), self.token(id));
        if self.is_async() {
            self.piece(Piece::Borrows);
            return Expr::call("lend", [handles.into(), index.clone(), token.into()]);
        }
        if self.lends_to_host {
            return Expr::call(self.helper(Helper::LendOut), [handles.into(), index.clone(), token.into()]);
        }
        format!("{handles}.get({index}, {token}).value").into()
    }

    pub fn lower_own(&mut self, id: ResourceId, env: Env, value: &str, at: Option<&str>) -> Expr {
        let (handles, token) = (self.handles(env.part), self.token(id));
        let found = if env.inner { value.into() } else { self.given(id, value, at) };
        Expr::call(format!("{handles}.add"), [token.into(), found, "true".into()])
    }

    /// What a table holds for an object that the host gives away.
    fn given(&mut self, id: ResourceId, value: &str, at: Option<&str>) -> Expr {
        if self.is_host(id) {
            return self.object_of(Helper::InstanceOf, id, value, at);
        }
        let class = self.class(id);
        let registry = self.registry(id).map(Expr::Text);
        let registry = registry.or_else(|| at.map(|_| "null".into()));
        let at = at.map(|at| names::literal(at).into());
        let args = [value.into(), class.into()].into_iter().chain(registry).chain(at);
        Expr::call(self.helper(Helper::Give), args)
    }

    fn object_of(&mut self, helper: Helper, id: ResourceId, value: &str, at: Option<&str>) -> Expr {
        let args = [value.into(), self.class(id).into()].into_iter().chain(at.map(|at| names::literal(at).into()));
        Expr::call(self.helper(helper), args)
    }

    pub fn lower_borrow(&mut self, id: ResourceId, env: Env, value: &str, at: Option<&str>) -> Expr {
        let found = if env.inner {
            value.into()
        } else {
            let helper = if self.is_host(id) { Helper::InstanceOf } else { Helper::RepOf };
            self.object_of(helper, id, value, at)
        };
        // To the part that defines it, a borrow is what it knows the resource by.
        if self.part_of(id) == Some(env.part) {
            return found;
        }
        let (handles, token) = (self.handles(env.part), self.token(id));
        if self.is_async() {
            self.piece(Piece::Borrows);
            return Expr::call("borrow", [handles.into(), token.into(), found]);
        }
        Expr::call(self.helper(Helper::LendTo), [handles.into(), token.into(), found])
    }

    /// Whether a borrow of a resource is a handle in a part's table.
    pub fn lends_to(&self, id: ResourceId, part: PartId) -> bool {
        self.part_of(id) != Some(part)
    }

    /// `resource.new`
    pub fn resource_new(&mut self, id: ResourceId, part: PartId) -> (Vec<String>, Vec<Stmt>) {
        let (handles, token) = (self.handles(part), self.token(id));
        let check = self.check_may_leave(part);
        let add = Stmt::returns(format!("{handles}.add({token}, value, true)"));
        (vec!["value".to_owned()], check.into_iter().chain([add]).collect())
    }

    /// `resource.rep`
    pub fn resource_rep(&mut self, id: ResourceId, part: PartId) -> (Vec<String>, Vec<Stmt>) {
        let (handles, token) = (self.handles(part), self.token(id));
        (vec!["index".to_owned()], vec![Stmt::returns(format!("{handles}.get(index, {token}).value"))])
    }

    /// `resource.drop`
    pub fn resource_drop(&mut self, id: ResourceId, part: PartId) -> (Vec<String>, Vec<Stmt>) {
        let (handles, token) = (self.handles(part), self.token(id));
        let mut body: Vec<Stmt> = self.check_may_leave(part).into_iter().collect();
        let removed = format!("{handles}.remove(index, {token})");
        let dropping = |builder: &mut Self, value: &str| builder.destroy(id, value).map(Stmt::Plain);
        if self.is_async() {
            body.push(Stmt::constant("{ own, value, task }", removed));
            let dropping = dropping(self, "value").into_iter().collect();
            let given_back = vec![Stmt::plain("task.borrows -= 1;")];
            body.push(Stmt::Blocks(vec![("if (own)".to_owned(), dropping), ("else".to_owned(), given_back)]));
        } else if !self.lends_to_parts {
            let dropped = dropping(self, &format!("{removed}.value"));
            body.push(dropped.unwrap_or_else(|| Stmt::plain(format!("{removed};"))));
        } else if let Some(dropping) = dropping(self, "value") {
            body.push(Stmt::constant("{ own, value }", removed));
            body.push(Stmt::block("if (own)", vec![dropping]));
        } else {
            body.push(Stmt::plain(format!("{removed};")));
        }
        (vec!["index".to_owned()], body)
    }

    /// What runs when a part drops what it owns: the host's function, or the destructor of the part that defines it.
    fn destroy(&mut self, id: ResourceId, value: &str) -> Option<String> {
        if self.is_host(id) {
            return Some(format!("{value}[{}]?.();", self.helper(Helper::Dispose)));
        }
        Some(format!("{}({value});", self.core_def(&self.dtor(id)?)))
    }

    /// What drops objects that nobody refers to any more; none for a resource without a destructor.
    fn registry(&mut self, id: ResourceId) -> Option<String> {
        self.dtor(id)?;
        if let Some(known) = self.resources.entry(id).or_default().registry.clone() {
            return Some(known);
        }
        let label = self.types.resource(id).name.clone();
        let name = self.scope.declare(format!("{}Registry", names::member(&label)));
        self.resources.entry(id).or_default().registry = Some(name.clone());
        let drop = self.host_drop(id);
        let closed = self.is_closed();
        let text = format!("new FinalizationRegistry((value) => {closed} || {drop}(value))");
        self.functions.push(Stmt::constant(&name, text));
        Some(name)
    }

    /// The function by which the host drops a resource of the component.
    fn host_drop(&mut self, id: ResourceId) -> String {
        if let Some(known) = self.resources.entry(id).or_default().drop.clone() {
            return known;
        }
        let label = self.types.resource(id).name.clone();
        let name = self.scope.declare(format!("drop{}", names::class(&label)));
        self.resources.entry(id).or_default().drop = Some(name.clone());
        if let Some(dtor) = self.dtor(id) {
            let run =
                Expr::call(self.run(), [Expr::Arrow(vec![Stmt::expr(format!("{}(value)", self.core_def(&dtor)))])]);
            self.functions.push(function(&name, &["value"], vec![Stmt::expr(run)]));
        }
        name
    }

    /// The class of a resource that is exported, with its functions.
    pub fn class_statement(
        &mut self,
        id: ResourceId,
        class: &str,
        mut members: Vec<Function>,
        head: String,
        docs: impl FnOnce(String) -> Vec<String>,
    ) -> Stmt {
        let docs = docs(format!("The resource `{}`.", self.types.resource(id).name));
        if !members.iter().any(|member| member.head == "constructor") {
            let message = names::literal(&format!("`{class}` has no constructor"));
            let body = vec![Stmt::plain(format!("throw new TypeError({message});"))];
            members.insert(0, Function { docs: Vec::new(), head: "constructor".to_owned(), params: Vec::new(), body });
        }
        members.push(self.dispose_member(id, class));
        Stmt::Class { head, docs, members }
    }

    fn dispose_member(&mut self, id: ResourceId, class: &str) -> Function {
        let (dispose, rep) = (self.helper(Helper::Dispose), self.helper(Helper::Rep));
        let body = match self.registry(id) {
            Some(registry) => {
                let (give, drop) = (self.helper(Helper::Give), self.host_drop(id));
                format!("if (this[{rep}] !== undefined) {drop}({give}(this, {class}, {registry}));")
            }
            None => format!("this[{rep}] = undefined;"),
        };
        let docs = vec!["Runs the destructor.".to_owned()];
        Function { docs, head: format!("[{dispose}]"), params: Vec::new(), body: vec![Stmt::plain(body)] }
    }
}

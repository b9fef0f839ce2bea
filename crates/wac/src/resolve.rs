//! Resolving: what a script means.
//!
//! In: a script, and the packages that it names. Out: a `compose::Wiring`, and the world that its result must fit.
//! Holds: statements take effect in the order of the text, so a name is declared before it is used and means one thing;
//! a name at fault means nothing from then on, so that no consequence of it is told; what types do not fit by their
//! structure is told here, what is wrong with identities of resources when the wiring is built.
//!
//! ```wac
//! package app:main;
//! let server = new app:server { ... };           // an instance of the wiring, its imports left open
//! export new app:client { server: server }...;   // another, that is given the first
//! ```
//!
//! Specification: WAC, "Statements".

mod args;
mod exports;
mod expr;
mod func;
mod imports;
mod include;
mod infer;
mod interface;
mod limits;
mod names;
mod packages;
mod paths;
mod report;
mod scope;
mod target;
mod types_of;
mod uses;
mod world;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use compose::{Definition, Wired, Wiring};
use diag::{Diagnostic, Diagnostics, Place, Source};
use indexmap::IndexMap;
use types::{ExternName, Owner, PackageName, TypeId, Types};

use crate::syntax::tree::{Span, Statement};
use crate::syntax::{MOST_TOLD, more_errors};
use crate::{Hidden, Script};

pub use packages::{Contents, Package, Packages, WitItem};
pub use target::Target;

use interface::Interfaces;
use scope::{Scope, Value};

/// What a script wants.
#[derive(Debug)]
pub struct Resolved<'a> {
    pub wiring: Wiring<'a>,
    /// The world that the result must fit.
    pub target: Option<Target>,
}

impl<'a> Resolved<'a> {
    /// The graph, checked against the target world.
    ///
    /// # Errors
    /// Those of `Wiring::build` and `Target::check`.
    pub fn build(self, types: &mut Types) -> diag::Result<Wired<'a>> {
        let wired = self.wiring.build(types)?;
        if let Some(target) = &self.target {
            target.check(types, &wired.graph)?;
        }
        Ok(wired)
    }
}

/// The meaning of a script that has no mistakes of syntax. `packages` has each package that the script names.
///
/// # Errors
/// All that is wrong with it; codes `wac/..`, and for a package that could not be read what its reader said.
pub fn resolve<'a>(
    types: &mut Types,
    source: &Arc<Source>,
    script: &Script,
    packages: Packages<'a>,
) -> diag::Result<Resolved<'a>> {
    resolve_showing(types, source, script, packages, &[])
}

/// As `resolve`; where the script names something of `hidden`, it is told which feature would show it.
///
/// # Errors
/// As `resolve`.
pub fn resolve_showing<'a>(
    types: &mut Types,
    source: &Arc<Source>,
    script: &Script,
    packages: Packages<'a>,
    hidden: &[Hidden],
) -> diag::Result<Resolved<'a>> {
    let mut resolver = Resolver {
        types,
        source,
        script,
        hidden,
        own: script.package.as_ref().map(|header| packages::name_of(&header.name)),
        packages,
        interfaces: Interfaces::default(),
        worlds: Vec::new(),
        scopes: vec![Scope::new(Owner::World)],
        depths: HashMap::new(),
        own_types: HashSet::new(),
        wiring: Wiring::new(),
        imports: IndexMap::new(),
        definitions: Vec::new(),
        exports: IndexMap::new(),
        left_open: IndexMap::new(),
        problems: Vec::new(),
    };
    for statement in &script.statements {
        resolver.statement(statement);
    }
    let target = script.package.as_ref().and_then(|header| header.targets.as_ref());
    let target = target.and_then(|path| resolver.target(path));
    resolver.finish(target)
}

/// The state of one resolution.
struct Resolver<'r, 'a> {
    types: &'r mut Types,
    source: &'r Arc<Source>,
    script: &'r Script,
    /// Declarations that are behind features which are off.
    hidden: &'r [Hidden],
    /// The package that the script defines.
    own: Option<PackageName>,
    packages: Packages<'a>,
    interfaces: Interfaces,
    worlds: Vec<world::World>,
    /// The script's names, and then those of the interface or world that is being resolved.
    scopes: Vec<Scope>,
    /// How deep definitions are nested, names on the way counted.
    depths: HashMap<TypeId, limits::Depth>,
    /// Types that the script declares for itself, which only its result names.
    own_types: HashSet<TypeId>,
    wiring: Wiring<'a>,
    /// The names of imports, and where each is said.
    imports: IndexMap<ExternName, Span>,
    /// Types that the script declares, which the result exports.
    definitions: Vec<Declared>,
    /// The names of exports other than declared types, and where each is said.
    exports: IndexMap<ExternName, Span>,
    /// Imports that some instance leaves open, and where it says so.
    left_open: IndexMap<ExternName, Span>,
    problems: Vec<Diagnostic>,
}

/// A type that the result exports.
#[derive(Debug)]
struct Declared {
    /// The name that the script declares it by.
    id: String,
    /// The name that it is exported under.
    name: ExternName,
    definition: Definition,
    span: Span,
    /// Whether an export statement has chosen the name.
    is_renamed: bool,
}

impl<'a> Resolver<'_, 'a> {
    fn statement(&mut self, statement: &Statement) {
        match statement {
            Statement::Import(import) => self.import(import),
            Statement::Let(binding) => {
                let value = self.expr(&binding.expr, Some(&binding.id));
                self.declare(&binding.id, value);
            }
            Statement::Export(export) => self.export(export),
            Statement::Interface(interface) => {
                let value = self.interface_statement(interface);
                self.define(&interface.id, value);
            }
            Statement::World(world) => {
                let value = self.world_statement(world);
                self.define(&world.id, value);
            }
            Statement::Type(decl) => {
                let value = self.type_value(decl);
                self.define(&decl.id, value);
            }
        }
    }

    fn finish(mut self, target: Option<Target>) -> diag::Result<Resolved<'a>> {
        if !self.problems.is_empty() {
            return Err(Diagnostics(first_of(self.problems)));
        }
        for Declared { name, definition, .. } in self.definitions {
            self.wiring.define(name, definition);
        }
        let (source, places) = (self.source, |names: IndexMap<ExternName, Span>, source: &Arc<Source>| {
            names.into_iter().map(|(name, span)| (name, span.place(source))).collect()
        });
        let target = target.map(|target| Target {
            imports: places(self.imports, source),
            exports: places(self.exports, source),
            left_open: places(self.left_open, source),
            ..target
        });
        Ok(Resolved { wiring: self.wiring, target })
    }

    fn place(&self, span: Span) -> Place {
        span.place(self.source)
    }

    fn problem(&mut self, problem: Diagnostic) {
        self.problems.push(problem);
    }

    /// The feature that a declaration of this name is behind, if it is off, and its gate.
    fn gate_of(&self, name: &str) -> Option<(&str, Place)> {
        let hidden = self.hidden.iter().find(|hidden| hidden.name == name)?;
        Some((&hidden.feature, self.place(hidden.span)))
    }

    /// Runs `body`; its value counts for nothing if a mistake was found on the way.
    fn sound(&mut self, body: impl FnOnce(&mut Self) -> Value) -> Value {
        let before = self.problems.len();
        let value = body(self);
        if self.problems.len() == before { value } else { Value::Unknown }
    }
}

/// The errors that are worth telling, and a note if there are more.
fn first_of(mut problems: Vec<Diagnostic>) -> Vec<Diagnostic> {
    if problems.len() > MOST_TOLD {
        let next = problems[MOST_TOLD].labels.first().map(|label| label.place.clone());
        problems.truncate(MOST_TOLD);
        problems.extend(next.map(more_errors));
    }
    problems
}

//! The state of each part: whether it is entered, whether it may leave, its handles.
//!
//! Holds: the root's flag is set during every call of the host, and stays set once one has not come to its end; calls
//! between parts may come back to where they came from.
//!
//! Specification: Canonical ABI, "Component Instance State".

use std::collections::BTreeSet;

use component::instantiation::{CanonKind, Instantiation, PartId};
use types::Types;

use super::Builder;
use super::code::{Expr, Stmt};
use super::memory::function;
use crate::names;
use crate::runtime::Helper;

/// What a part needs, and under which names.
#[derive(Clone, Debug, Default)]
pub struct PartState {
    /// The flag of a call that has not come to its end. Empty for a part that has none.
    pub entered: String,
    pub has_entered: bool,
    /// Whether something runs in it that may not leave, and something could.
    pub has_may_leave: bool,
    pub may_leave: Option<String>,
    /// The function that refuses what runs while the part may not leave.
    pub leaving: Option<String>,
    pub handles: Option<String>,
}

/// The parts of an instantiation.
pub fn parts(inst: &Instantiation<'_>, _types: &Types) -> Vec<PartState> {
    let mut parts = vec![PartState::default(); inst.parts.len()];
    let confined = inst.options.iter().filter(|one| one.realloc.is_some() || one.post_return.is_some());
    let confined: BTreeSet<PartId> = confined.map(|one| one.part).collect();
    for canon in &inst.canons {
        if leaves(&canon.kind) && confined.contains(&canon.part) {
            parts[canon.part.0].has_may_leave = true;
        }
    }
    parts[0].has_entered = true;
    parts
}

/// Whether a core function traps while its part may not leave.
fn leaves(kind: &CanonKind) -> bool {
    !matches!(kind, CanonKind::ResourceRep(_) | CanonKind::ContextGet { .. } | CanonKind::ContextSet { .. })
}

impl Builder<'_> {
    /// The names of flags.
    pub fn declare_flags(&mut self) {
        self.declare_parts();
        for at in 0..self.parts.len() {
            if self.parts[at].has_entered {
                self.parts[at].entered = self.numbered("entered");
            }
            if self.parts[at].has_may_leave {
                self.parts[at].may_leave = Some(self.numbered("mayLeave"));
            }
        }
    }

    /// The table of a part's handles.
    pub fn handles(&mut self, part: PartId) -> String {
        if let Some(known) = &self.parts[part.0].handles {
            return known.clone();
        }
        self.helper(Helper::Handles);
        let name = self.numbered("handles");
        self.parts[part.0].handles = Some(name.clone());
        name
    }

    /// The function that refuses a call from the host while another one has not come to its end.
    pub fn may_enter(&mut self) -> String {
        if let Some(known) = &self.may_enter {
            return known.clone();
        }
        let name = self.scope.declare("begin");
        self.may_enter = Some(name.clone());
        name
    }

    /// The function that makes a call from the host, unless another one has not come to its end. What fails leaves the
    /// instance entered for good, with its reason.
    pub fn run(&mut self) -> String {
        let name = self.run.take().unwrap_or_else(|| self.scope.declare("run"));
        self.run = Some(name.clone());
        name
    }

    /// What the function of `may_enter` is told of the first argument.
    pub fn entry_place(&mut self, place: &str) -> Expr {
        self.helper(Helper::Expected);
        self.enters_with_place = true;
        Expr::text(names::literal(place))
    }

    /// Whether the host may not call: something runs, or has not come to its end.
    pub fn is_closed(&self) -> String {
        let entered = &self.parts[0].entered;
        if self.is_async() { format!("{entered} || failure") } else { entered.clone() }
    }

    /// What a core function begins with.
    pub fn check_may_leave(&mut self, part: PartId) -> Option<Stmt> {
        self.parts[part.0].may_leave.as_ref()?;
        if self.parts[part.0].leaving.is_none() {
            self.parts[part.0].leaving = Some(self.numbered("leave"));
        }
        let name = self.parts[part.0].leaving.as_ref()?;
        Some(Stmt::plain(format!("{name}();")))
    }

    /// Flags, tables, memories, and the functions over them.
    pub fn state(&mut self) -> Vec<Stmt> {
        let reallocs = self.realloc_state();
        let mut out = Vec::new();
        for part in &self.parts {
            if part.has_entered {
                // Nothing is entered before all of it is made.
                let first = out.is_empty();
                out.push(Stmt::plain(format!("let {} = {first};", part.entered)));
            }
            out.extend(part.may_leave.iter().map(|flag| Stmt::plain(format!("let {flag} = true;"))));
            out.extend(part.handles.iter().map(|name| Stmt::constant(name, Expr::text("new Handles()"))));
        }
        out.extend(self.async_state());
        out.extend(self.entry_state());
        for part in self.parts.clone() {
            if let (Some(name), Some(flag)) = (part.leaving, part.may_leave) {
                let trap = self.helper(Helper::Trap);
                let body = vec![Stmt::plain(format!("if (!{flag}) {trap}('cannot leave component instance');"))];
                out.push(function(&name, &[], body));
            }
        }
        out.extend(self.memory_state());
        out.extend(reallocs);
        out.extend(self.allocator_state());
        out
    }

    /// The functions around calls of the host.
    fn entry_state(&mut self) -> Vec<Stmt> {
        let mut out = Vec::new();
        let entered = self.parts[0].entered.clone();
        let check = {
            let (closed, trap) = (self.is_closed(), self.helper(Helper::Trap));
            let why = if self.is_async() { "failure && { cause: failure }" } else { entered.as_str() };
            Stmt::plain(format!("if ({closed}) {trap}('cannot enter component instance', {why});"))
        };
        let set = |value: bool| Stmt::plain(format!("{entered} = {value};"));
        if let Some(name) = self.may_enter.clone() {
            let place = self.enters_with_place.then(|| Stmt::plain("at = where;"));
            let params: &[&str] = if place.is_some() { &["where"] } else { &[] };
            out.push(function(&name, params, std::iter::once(check.clone()).chain(place).collect()));
        }
        if let Some(name) = self.run.clone() {
            let check = match &self.may_enter {
                Some(may_enter) => {
                    let place = if self.enters_with_place { "at" } else { "" };
                    Stmt::plain(format!("{may_enter}({place});"))
                }
                None => check,
            };
            let tried = vec![Stmt::constant("result", "call()"), set(false), Stmt::returns("result")];
            let keep = Stmt::plain(format!("{entered} &&= {{ cause: error }};"));
            let failed = vec![keep, Stmt::plain("throw error;")];
            let mut blocks = vec![("try".to_owned(), tried), ("catch (error)".to_owned(), failed)];
            let mut body = vec![check, set(true)];
            // What a getter of an argument calls is no part of lowering it.
            if self.helpers.contains(&Helper::Attempt) {
                body.extend(["const before = journal;", "journal = undefined;"].map(Stmt::plain));
                blocks.push(("finally".to_owned(), vec![Stmt::plain("journal = before;")]));
            }
            body.push(Stmt::Blocks(blocks));
            out.push(function(&name, &["call"], body));
        }
        out
    }
}

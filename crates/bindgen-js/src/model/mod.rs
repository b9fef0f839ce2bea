//! Every decision about a module: its names, helpers, functions, and the order in which they stand.
//!
//! In: an `Instantiation`, its types, options. Out: a `Model`.
//! Holds: names of the module that function bodies use differ from every parameter and every local; a helper is there
//! if something uses it.

mod asyncs;
mod calls;
pub mod code;
mod codecs;
mod exports;
mod fused;
mod host_calls;
mod imports;
mod instances;
mod lift;
mod lower;
mod map;
mod memory;
mod resources;
mod signature;
mod state;

use std::collections::{BTreeSet, HashMap};

use abi::{Abi, Codecs};
use bindgen::Scope;
use component::instantiation::{Callee, CanonKind, CoreDef, Instantiation, Lift, Options as Canonical, Origin, PartId};
use indexmap::{IndexMap, IndexSet};
use types::{ComponentType, ExternName, FuncId, FuncType, Types};

use crate::names;
use crate::options::{Instantiate, Options};
use crate::pieces::Piece;
use crate::runtime::{self, Helper};
use code::{Expr, Stmt};
pub use exports::export_names;
pub use instances::core_file;
pub use map::{Target, maps};

/// A module, ready to be laid out.
#[derive(Debug)]
pub struct Model {
    pub title: String,
    pub imports: Vec<ImportLine>,
    /// Their texts.
    pub helpers: Vec<String>,
    /// What stands before the steps: state, and functions over it.
    pub state: Vec<Stmt>,
    /// Instantiating core modules.
    pub steps: Vec<Stmt>,
    /// Functions, classes and namespaces that are exported.
    pub exported: Vec<Stmt>,
    pub shell: Shell,
    /// Whether core functions may wait, so that synchronous exports may return promises.
    pub waits: bool,
    /// What the host gives.
    pub wanted: Vec<Wanted>,
}

/// An import of the component that is used, and where it is taken from if the module itself does it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    pub import: ExternName,
    pub from: Option<Target>,
}

/// `import { name as local } from 'from';`
#[derive(Debug)]
pub struct ImportLine {
    pub from: String,
    pub names: Vec<(String, String)>,
}

/// What is around the statements.
#[derive(Debug)]
pub enum Shell {
    /// They are the module's own; local names and those they are exported under.
    Esm { exports: Vec<(String, String)> },
    /// They are inside of a function that returns the exports.
    Function { head: String, preamble: Vec<Stmt>, result: Vec<(String, Expr)> },
}

/// Names that generated functions give to what is theirs: no name of the module is one of them.
const LOCALS: &[&str] = &[
    "align", "before", "call", "bits", "data", "end", "flat", "newSize", "size", "start", "tag", "where", "element",
    "error", "failed", "from", "i", "index", "key", "len", "lent", "own", "params", "ptr", "result", "ret", "source",
    "target", "to", "units", "value",
];

/// The model while it is made.
pub(crate) struct Builder<'a> {
    pub types: &'a Types,
    pub inst: &'a Instantiation<'a>,
    pub options: &'a Options,
    pub abi: &'a Abi<'a>,
    pub codecs: Codecs<'a, 'a>,
    /// Names of the module.
    pub scope: Scope,
    pub helpers: IndexSet<Helper>,
    /// Constants and functions over state, in order of need.
    pub functions: Vec<Stmt>,
    pub known: HashMap<codecs::Key, String>,
    pub memories: IndexMap<CoreDef, memory::Memory>,
    /// Functions that pass values from part to part.
    pub moves: HashMap<fused::Key, String>,
    /// What allocates for another part, and the function for it if it is not the realloc itself.
    pub allocators: IndexMap<(PartId, CoreDef), Option<String>>,
    pub reallocs: IndexMap<(PartId, CoreDef, CoreDef), String>,
    pub parts: Vec<state::PartState>,
    pub cores: Vec<String>,
    pub canons: Vec<String>,
    pub bindings: IndexMap<imports::Source, String>,
    pub host_names: imports::HostNames,
    pub resources: HashMap<types::ResourceId, resources::Names>,
    pub origins: HashMap<types::ResourceId, Origin>,
    /// The identities of resources in tables.
    pub tokens: Vec<(types::ResourceId, String)>,
    pub may_enter: Option<String>,
    pub run: Option<String>,
    /// Whether something tells the function of `may_enter` what messages say of the first argument.
    pub enters_with_place: bool,
    /// Whether messages are told members such as `.name`.
    pub has_members: bool,
    /// Whether a handle in a table may be borrowed.
    pub lends_to_parts: bool,
    /// Whether a function of the host borrows and takes handles in one call.
    pub lends_to_host: bool,
    /// Of an asynchronous component.
    pub asyncs: Option<asyncs::Asyncs>,
    /// Lifts that are exported, by the names of their functions.
    pub shown_lifts: Vec<(component::instantiation::LiftId, ExternName)>,
    /// Whether a constructor is made, whose object is of the class that `new` names.
    pub is_constructor: bool,
    /// How many there are of each kind of thing that is counted.
    pub counts: HashMap<String, usize>,
}

/// The model of a module.
pub fn model(types: &Types, inst: &Instantiation<'_>, options: &Options, documented: Option<&ComponentType>) -> Model {
    let abi = Abi::wasm32(types);
    let mut builder = Builder::new(types, inst, options, &abi);
    let exports = builder.exports(documented.map(|documented| &documented.exports));
    builder.finish(exports)
}

impl<'a> Builder<'a> {
    fn new(types: &'a Types, inst: &'a Instantiation<'a>, options: &'a Options, abi: &'a Abi<'a>) -> Self {
        let mut builder = Self {
            types,
            inst,
            options,
            abi,
            codecs: Codecs::new(abi),
            scope: Scope::new(names::RESERVED),
            helpers: IndexSet::new(),
            functions: Vec::new(),
            known: HashMap::new(),
            memories: IndexMap::new(),
            moves: HashMap::new(),
            allocators: IndexMap::new(),
            reallocs: IndexMap::new(),
            parts: Vec::new(),
            cores: Vec::new(),
            canons: Vec::new(),
            bindings: IndexMap::new(),
            host_names: imports::HostNames::new(inst),
            resources: HashMap::new(),
            origins: inst.resources.iter().map(|resource| (resource.id, resource.origin.clone())).collect(),
            tokens: Vec::new(),
            may_enter: None,
            run: None,
            enters_with_place: false,
            has_members: false,
            lends_to_parts: false,
            lends_to_host: false,
            asyncs: None,
            shown_lifts: Vec::new(),
            is_constructor: false,
            counts: HashMap::new(),
        };
        builder.declare_names();
        builder
    }

    /// Exported functions and classes first, which keep their names; then what bodies use, which gives way.
    fn declare_names(&mut self) {
        let reserved = names::GLOBALS.iter().chain(Helper::NAMES);
        reserved.for_each(|name| self.scope.reserve(*name));
        if self.options.instantiate != Instantiate::Esm {
            ["getCoreModule", "imports", "instantiateCore"].iter().for_each(|name| self.scope.reserve(*name));
        }
        self.plan_asyncs();
        self.parts = state::parts(self.inst, self.types);
        let params = |lift: &Lift| self.types.func(lift.ty).params.iter();
        self.lends_to_parts = self.inst.lifts.iter().flat_map(params).any(|param| self.abi.contents(param.ty).borrow);
        self.lends_to_host = self.inst.canons.iter().any(|canon| {
            let CanonKind::Lower { callee: Callee::Host(_), ty, .. } = &canon.kind else { return false };
            let contents = self.abi.contents_of_all(self.func(*ty).params.iter().map(|param| param.ty));
            contents.own && contents.borrow
        });
    }

    /// From here on names of the module give way to parameters and locals.
    pub fn reserve_locals(&mut self) {
        LOCALS.iter().for_each(|name| self.scope.reserve(*name));
        // Core parameters, with the pointer to a result behind them.
        (0..=abi::MAX_FLAT_PARAMS).for_each(|at| self.scope.reserve(format!("a{at}")));
        let inst = self.inst;
        let lifts = inst.lifts.iter().map(|lift| lift.ty);
        let lowers = inst.canons.iter().filter_map(|canon| {
            let CanonKind::Lower { ty, .. } = &canon.kind else { return None };
            Some(*ty)
        });
        for ty in lifts.chain(lowers).collect::<Vec<FuncId>>() {
            for param in &self.types.func(ty).params {
                self.scope.reserve(names::member(&param.name));
            }
        }
        self.cores = inst.instances.iter().map(|_| self.numbered("core")).collect();
    }

    /// `export function instantiate(...)`
    fn instantiate_head(&self) -> String {
        let (word, core) = match self.options.instantiate {
            Instantiate::Async => ("async ", "WebAssembly.instantiate"),
            Instantiate::Esm | Instantiate::Sync => {
                ("", "(module, imports) => new WebAssembly.Instance(module, imports)")
            }
        };
        format!("export {word}function instantiate(getCoreModule, imports, instantiateCore = {core})")
    }

    /// A name for one more thing of a kind: `core`, `core2`, `core3`.
    pub fn numbered(&mut self, wish: &str) -> String {
        let first = self.counts.entry(wish.to_owned()).or_insert(0);
        *first += 1;
        let wish = if *first == 1 { wish.to_owned() } else { format!("{wish}{first}") };
        self.scope.declare(wish)
    }

    pub fn func(&self, id: FuncId) -> &'a FuncType {
        self.types.func(id)
    }

    pub fn canonical(&self, lift: &Lift) -> &'a Canonical {
        &self.inst.options[lift.options.0]
    }

    /// The name of a helper, which is needed from now on.
    pub fn helper(&mut self, helper: Helper) -> &'static str {
        self.helpers.insert(helper);
        helper.name()
    }

    fn helper_texts(&self) -> Vec<String> {
        let helpers = runtime::closure(self.helpers.iter().copied());
        let pieces = self.asyncs.iter().flat_map(|asyncs| asyncs.pieces.iter().map(|piece| format!("{piece:?}")));
        let mut present: BTreeSet<String> = helpers.iter().map(|helper| format!("{helper:?}")).chain(pieces).collect();
        present.extend(self.has_members.then(|| "Members".to_owned()));
        present.extend(self.has_several_tokens().then(|| "Types".to_owned()));
        helpers.iter().map(|helper| helper.text(&present)).collect()
    }

    fn finish(mut self, exports: exports::Exports) -> Model {
        let steps = self.steps();
        let imports = self.import_lines();
        let wanted = self.wanted();
        let preamble = self.preamble();
        let mut state = self.state();
        state.extend(self.token_constants());
        state.extend(std::mem::take(&mut self.functions));
        if self.options.instantiate == Instantiate::Esm {
            state.splice(0..0, preamble.iter().cloned());
        }
        let shell = match self.options.instantiate {
            Instantiate::Esm => Shell::Esm { exports: exports.names },
            Instantiate::Async | Instantiate::Sync => {
                let result = exports.names.iter();
                let result = result.map(|(local, name)| (names::key(name), Expr::text(local))).collect();
                Shell::Function { head: self.instantiate_head(), preamble, result }
            }
        };
        Model {
            title: format!("The component `{}`.", self.options.name),
            imports,
            helpers: self.helper_texts(),
            state,
            steps,
            exported: exports.items,
            shell,
            waits: self.asyncs.is_some_and(|asyncs| asyncs.pieces.contains(&Piece::Blocking)),
            wanted,
        }
    }
}

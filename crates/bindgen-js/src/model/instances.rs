//! Instantiating core modules, and the core functions that are made for them.
//!
//! In: the steps of an instantiation. Out: statements.
//! Holds: every core function of the component has one function here; files of core modules are loaded at once.

use component::instantiation::{Callee, CanonKind, CoreArg, CoreDef, CoreInstance, ModuleSource, Step};
use indexmap::IndexMap;
use types::ExternName;

use super::Builder;
use super::code::{Expr, Function, Stmt};
use super::fused::Between;
use crate::names;
use crate::options::Instantiate;
use crate::runtime::Helper;

/// The file of an embedded module: `N.core.wasm`, `N.core2.wasm` and so on.
pub fn core_file(name: &str, at: usize) -> String {
    match at {
        0 => format!("{name}.core.wasm"),
        more => format!("{name}.core{}.wasm", more + 1),
    }
}

/// A file beside the module as a URL: what would end the path, or begin an escape, is escaped.
fn relative_url(file: &str) -> String {
    format!("./{}", file.replace('%', "%25").replace('#', "%23").replace('?', "%3F"))
}

impl Builder<'_> {
    /// Names of all core functions that are made here.
    pub fn declare_canons(&mut self) {
        let inst = self.inst;
        for canon in &inst.canons {
            let wish = match &canon.kind {
                CanonKind::Lower { callee: Callee::Host(import), .. } => {
                    format!("call-{}", wish(inst.imports[import.0].path.last()))
                }
                CanonKind::Lower { callee: Callee::Lift(_), .. } => "call-part".to_owned(),
                CanonKind::ResourceNew(id) => format!("new-{}", self.types.resource(*id).name),
                CanonKind::ResourceDrop(id) => format!("drop-{}", self.types.resource(*id).name),
                CanonKind::ResourceRep(id) => format!("{}-rep", self.types.resource(*id).name),
                kind @ (CanonKind::TaskReturn { .. }
                | CanonKind::Transfer { .. }
                | CanonKind::WaitableSetWait { .. }
                | CanonKind::WaitableSetPoll { .. }
                | CanonKind::SubtaskCancel { .. }
                | CanonKind::ErrorContextNew(_)
                | CanonKind::ErrorContextDebugMessage(_)
                | CanonKind::ContextGet { .. }
                | CanonKind::ContextSet { .. }
                | CanonKind::ThreadNewIndirect { .. }
                | CanonKind::Plain { .. }) => Self::builtin_wish(kind),
            };
            let name = self.numbered(&names::member(&wish));
            self.canons.push(name);
        }
    }

    /// The core functions that are made here.
    pub fn canon_functions(&mut self) -> Vec<Stmt> {
        let inst = self.inst;
        let mut out = Vec::new();
        for (at, canon) in inst.canons.iter().enumerate() {
            if self.is_async() {
                let name = self.canons[at].clone();
                if let Some(stmts) = self.async_canon(&name, canon) {
                    out.extend(stmts);
                    continue;
                }
            }
            let (params, body) = match &canon.kind {
                CanonKind::Lower { callee: Callee::Host(import), ty, options } => {
                    self.lowered_import(&inst.imports[import.0], *ty, *options, canon.part)
                }
                CanonKind::Lower { callee: Callee::Lift(lift), ty, options } => {
                    let between = Between { lift: &inst.lifts[lift.0], ty: *ty, options: *options, part: canon.part };
                    self.call_between(between)
                }
                CanonKind::ResourceNew(id) => self.resource_new(*id, canon.part),
                CanonKind::ResourceDrop(id) => self.resource_drop(*id, canon.part),
                CanonKind::ResourceRep(id) => self.resource_rep(*id, canon.part),
                CanonKind::TaskReturn { .. }
                | CanonKind::Transfer { .. }
                | CanonKind::WaitableSetWait { .. }
                | CanonKind::WaitableSetPoll { .. }
                | CanonKind::SubtaskCancel { .. }
                | CanonKind::ErrorContextNew(_)
                | CanonKind::ErrorContextDebugMessage(_)
                | CanonKind::ContextGet { .. }
                | CanonKind::ContextSet { .. }
                | CanonKind::ThreadNewIndirect { .. }
                | CanonKind::Plain { .. } => {
                    unreachable!("a component with these is asynchronous, and they are made above")
                }
            };
            let head = format!("function {}", self.canons[at]);
            out.push(Stmt::Function(Function { docs: Vec::new(), head, params, body }));
        }
        out
    }

    /// Loading and instantiating.
    pub fn steps(&mut self) -> Vec<Stmt> {
        let inst = self.inst;
        let modules: Vec<String> = inst.modules.iter().map(|_| self.numbered("module")).collect();
        let used: Vec<usize> =
            (0..modules.len()).filter(|at| inst.instances.iter().any(|one| is_embedded(one, *at))).collect();
        let mut out = self.load_modules(&modules, &used);
        out.extend(self.lifts_after(0));
        for step in &inst.steps {
            match step {
                Step::Instance(id) => {
                    out.push(self.instantiate(&inst.instances[id.0], id.0, &modules));
                    out.extend(self.lifts_after(id.0 + 1));
                }
                Step::Resource(_) | Step::Ready(_) => {}
            }
        }
        out.push(Stmt::plain(format!("{} = false;", self.parts[0].entered)));
        out
    }

    fn load_modules(&mut self, modules: &[String], used: &[usize]) -> Vec<Stmt> {
        let file = |at: &usize| core_file(&self.options.name, *at);
        let files: Vec<String> = used.iter().map(file).collect();
        let locals: Vec<&String> = used.iter().map(|at| &modules[*at]).collect();
        match (self.options.instantiate, files.as_slice()) {
            (_, []) => Vec::new(),
            (Instantiate::Sync, files) => {
                let compiled = self.helper(Helper::Compiled);
                let given = |file| format!("{compiled}(getCoreModule({}))", names::literal(file));
                files.iter().zip(locals).map(|(file, local)| Stmt::constant(local, given(file))).collect()
            }
            (mode, files) => {
                let loads = files.iter().map(|file| match mode {
                    Instantiate::Esm => {
                        format!("{}({})", self.helper(Helper::Load), names::literal(&relative_url(file)))
                    }
                    Instantiate::Async | Instantiate::Sync => {
                        format!("{}(getCoreModule, {})", self.helper(Helper::CoreModule), names::literal(file))
                    }
                });
                let loads: Vec<String> = loads.collect();
                if let ([load], [local]) = (loads.as_slice(), locals.as_slice()) {
                    return vec![Stmt::constant(local, format!("await {load}"))];
                }
                let locals: Vec<&str> = locals.iter().map(|local| local.as_str()).collect();
                let all = loads.iter().map(Expr::text).collect();
                let head = format!("[{}]", locals.join(", "));
                vec![Stmt::constant(&head, Expr::call("await Promise.all", [Expr::Array(all)]))]
            }
        }
    }

    fn instantiate(&mut self, instance: &CoreInstance, at: usize, modules: &[String]) -> Stmt {
        let module = match instance.module {
            ModuleSource::Embedded(id) => modules[id.0].clone(),
            ModuleSource::Imported(import) => self.bind(&self.inst.imports[import.0].clone()),
        };
        let args = self.core_imports(&instance.args);
        let args = std::iter::once(Expr::text(module)).chain((!instance.args.is_empty()).then_some(args));
        let (callee, end) = match self.options.instantiate {
            Instantiate::Esm => ("(await WebAssembly.instantiate", ").exports"),
            Instantiate::Async => ("(await instantiateCore", ").exports"),
            Instantiate::Sync => ("instantiateCore", ".exports"),
        };
        Stmt::Around {
            head: format!("const {} =", self.cores[at]),
            value: Expr::call(callee, args),
            end: end.to_owned(),
        }
    }

    /// The object of a core module's imports. Where all of a module's come from one instance under their own names, that
    /// instance's exports are the object.
    fn core_imports(&mut self, args: &[CoreArg]) -> Expr {
        let mut by_module: IndexMap<&str, IndexMap<&str, &CoreDef>> = IndexMap::new();
        for arg in args {
            by_module.entry(&arg.module).or_default().insert(&arg.field, &arg.def);
        }
        let entries = by_module.into_iter().map(|(module, fields)| {
            let value = match self.whole_instance(&fields) {
                Some(core) => Expr::Text(core),
                None => {
                    let fields = fields.iter().map(|(field, def)| (names::key(field), self.core_def(def).into()));
                    Expr::Object(fields.collect())
                }
            };
            (names::key(module), value)
        });
        Expr::Object(entries.collect())
    }

    fn whole_instance(&self, fields: &IndexMap<&str, &CoreDef>) -> Option<String> {
        let mut all = fields.iter().map(|(field, def)| match def {
            CoreDef::Export { instance, name } if name == field => Some(*instance),
            CoreDef::Export { .. } | CoreDef::Canon(_) => None,
        });
        let first = all.next()??;
        all.all(|one| one == Some(first)).then(|| self.cores[first.0].clone())
    }
}

fn is_embedded(instance: &CoreInstance, at: usize) -> bool {
    matches!(instance.module, ModuleSource::Embedded(id) if id.0 == at)
}

/// A function in the name of what is made of it.
fn wish(name: Option<&ExternName>) -> String {
    match name {
        Some(ExternName::Label(label)) => label.clone(),
        Some(ExternName::Constructor(resource)) => format!("new-{resource}"),
        Some(ExternName::Method(resource, name) | ExternName::Static(resource, name)) => format!("{resource}-{name}"),
        Some(ExternName::Accessor(accessor)) => accessor.name.clone(),
        Some(ExternName::Interface(name)) => name.interface.clone(),
        None => "import".to_owned(),
    }
}

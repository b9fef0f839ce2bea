//! Functions: their Rust signatures, and how a call crosses the boundary.
//!
//! In: a function of the bindings. Out: an `ImportFunc` or `ExportFunc`.
//! Holds: generated locals are declared after the parameters, in the same scope.

use abi::{Abi, CoreType, Params, Results};
use bindgen::{Bindings, Func, FuncKind, Interface, Scope};
use types::{Kind, ValType};

use super::async_calls::{AsyncImport, TaskReturn};
use super::facts::Look;
use super::helpers::{Helpers, Op, Passing};
use super::lints::{self, ErrorSize, Lints};
use super::names::Names;
use super::rust_type::{At, View};
use super::uses::Use;
use super::{ExportFunc, ImportFunc, Signature, docs, ident, is_fallible};
use crate::options::check::Chosen;
use crate::options::selectors::Method;

/// Bytes from which clippy calls an error large.
const LARGE_ERROR: u64 = 128;

/// What an imported function does.
#[derive(Debug)]
pub enum ImportBody {
    Sync(SyncImport),
    Async(AsyncImport),
}

/// What a function does that returns when its callee has.
#[derive(Debug)]
pub struct SyncImport {
    pub args: Args,
    /// The local that owns temporaries.
    pub temps: Option<String>,
    pub result: ResultUse,
}

/// How arguments are passed.
#[derive(Debug)]
pub enum Args {
    Flat(Vec<Arg>),
    /// In memory: the local that holds it, the local of its address, eight-byte words and alignment in bytes.
    Spilled {
        area: String,
        at: String,
        size: u64,
        align: u64,
        args: Vec<Arg>,
    },
}

/// One argument.
#[derive(Debug)]
pub struct Arg {
    /// The parameter in Rust; a generated local where an export lifts it first.
    pub name: String,
    /// The parameter is a reference already.
    pub reference: bool,
    pub codec: Use,
    /// Its core values: locals that are declared for them, or the core parameters.
    pub cores: Vec<String>,
    /// Where it stands when arguments are spilled.
    pub offset: u64,
}

/// How the result comes back.
#[derive(Debug)]
pub enum ResultUse {
    None,
    /// One core value, held by the local.
    Flat {
        local: String,
        codec: Use,
    },
    /// In memory: the local that holds it, the local of its address, its eight-byte words.
    Area {
        area: String,
        at: String,
        words: u64,
        codec: Use,
    },
}

impl ResultUse {
    pub fn codec(&self) -> Option<&Use> {
        match self {
            Self::None => None,
            Self::Flat { codec, .. } | Self::Area { codec, .. } => Some(codec),
        }
    }
}

/// What an exported function does.
#[derive(Debug)]
pub struct ExportBody {
    /// Names of the core parameters.
    pub cores: Vec<String>,
    /// The receiver's representation: the core parameter, and the associated type behind it.
    pub receiver: Option<(String, String)>,
    pub args: Args,
    /// The handles lent to the call need an owner.
    pub borrows: bool,
    /// The path of the trait's function.
    pub target: String,
    /// The resource that a constructor's result is wrapped in.
    pub wrap: Wrap,
    pub result: ResultUse,
    /// It runs as a task.
    pub task: Option<TaskReturn>,
    /// Where the result stays until the post-return, if there is memory to free.
    pub kept: Option<Kept>,
}

/// A result that stays as it is until its caller has read it, so that nothing of it is copied or made to fit.
#[derive(Debug)]
pub struct Kept {
    /// With the memory that lowering it by reference needs.
    pub ty: String,
    pub temps: bool,
}

/// Names that an exported function needs in its module.
#[derive(Debug)]
pub struct ExportIdents {
    pub func: String,
    pub post_return: String,
}

/// What happens to a constructor's result.
#[derive(Debug)]
pub enum Wrap {
    Nothing,
    Own(String),
    Fallible(String),
}

/// What calls are made from.
pub struct Calls<'a, 't> {
    pub bindings: &'a Bindings<'t>,
    pub names: &'a Names,
    pub look: &'a Look<'t>,
    pub chosen: &'a Chosen,
    pub helpers: Helpers<'a, 't>,
    /// Eight-byte words of the memory in which exports return.
    pub return_words: u64,
    /// The types of results that are kept, as the module of helpers writes them.
    pub kept: Vec<String>,
    /// Values of some stream or future are read that have memory of their own.
    pub reads_memory: bool,
}

impl<'a, 't> Calls<'a, 't> {
    pub fn new(
        bindings: &'a Bindings<'t>,
        names: &'a Names,
        look: &'a Look<'t>,
        abi: &'a Abi<'t>,
        chosen: &'a Chosen,
    ) -> Self {
        Self {
            bindings,
            names,
            look,
            chosen,
            helpers: Helpers::new(names, look, abi),
            return_words: 0,
            kept: Vec::new(),
            reads_memory: false,
        }
    }

    pub(super) fn view(&self, interface: &Interface<'_>) -> View<'a, 't> {
        self.view_at(At::Module(self.names.module_of(interface)))
    }

    pub(super) fn view_at<'v>(&self, at: At<'v>) -> View<'v, 't>
    where
        'a: 'v,
    {
        View { names: self.names, look: self.look, types: self.bindings.types, at, lifetime: "'_", expand: false }
    }

    /// The signature of an imported function, and the scope of its body.
    fn import_signature(&self, interface: &Interface<'_>, func: &Func<'_>) -> (Signature, Scope) {
        let view = self.view(interface);
        let mut scope = ident::scope();
        let receiver = matches!(func.kind, FuncKind::Method(_));
        let params = func.ty.params.iter().skip(usize::from(receiver));
        // What an asynchronous call passes outlives the function's caller, if that is dropped.
        let param_type = |ty| if func.is_async() { view.owned(ty) } else { view.passed(ty).0 };
        let params =
            params.map(|param| (scope.declare(bindgen::case::snake(&param.name)), param_type(param.ty))).collect();
        let mut signature = Signature {
            docs: docs::func(self.bindings.types, func),
            name: self.names.func(interface, func.name).to_owned(),
            asynchronous: func.is_async(),
            receiver,
            params,
            result: func.ty.result.map(|result| view.owned(result)),
            sized: false,
            chain: None,
            lints: Lints::default(),
        };
        let method = Method { instance: interface.instance, name: func.name.clone() };
        signature.chain = self.chosen.chained.get(&method).copied();
        signature.lints = match func.kind.resource() {
            Some(id) => lints::member(&signature, self.error_size(func), &self.names.resource(id).own),
            None => lints::func(&signature, self.error_size(func)),
        };
        (signature, scope)
    }

    pub fn import(&mut self, interface: &Interface<'_>, func: &Func<'_>, core: String) -> ImportFunc {
        let (signature, mut scope) = self.import_signature(interface, func);
        if func.is_async() {
            let body = ImportBody::Async(self.async_import(interface, func, &signature));
            return ImportFunc { signature, core, body };
        }
        let receiver = signature.receiver.then(|| ("self".to_owned(), true));
        let params = signature.params.iter().map(|(name, ty)| (name.clone(), ty.starts_with('&')));
        let params: Vec<(String, bool)> = receiver.into_iter().chain(params).collect();
        let args = self.lowered(func, params, &mut scope);
        let list = match &args {
            Args::Flat(args) | Args::Spilled { args, .. } => args,
        };
        let temps = list.iter().any(|arg| arg.codec.temps()).then(|| scope.declare("temps"));
        let result = match (&func.call.results, func.ty.result) {
            (_, None) => ResultUse::None,
            (Results::Flat(_) | Results::TaskReturn(_), Some(ty)) => {
                ResultUse::Flat { local: scope.declare("ret"), codec: self.helpers.for_type(ty, Op::Lift) }
            }
            (Results::Spilled(spill), Some(ty)) => ResultUse::Area {
                area: scope.declare("area"),
                at: scope.declare("ret"),
                words: words(spill.layout.size),
                codec: self.helpers.for_type(ty, Op::Load),
            },
        };
        ImportFunc { signature, core, body: ImportBody::Sync(SyncImport { args, temps, result }) }
    }

    fn lowered(&mut self, func: &Func<'_>, params: Vec<(String, bool)>, scope: &mut Scope) -> Args {
        let view = self.view_at(At::Helpers);
        let params = params.into_iter().zip(func.ty.params.iter().map(|param| param.ty));
        match &func.call.params {
            Params::Flat(_) => Args::Flat(
                params
                    .map(|((name, reference), ty)| {
                        let codec = self.helpers.for_type(ty, Op::Lower(view.passed(ty).1));
                        let cores = core_locals(&codec, &name, scope);
                        Arg { name, reference, codec, cores, offset: 0 }
                    })
                    .collect(),
            ),
            Params::Spilled(spill) => {
                let args = params.zip(&spill.offsets).map(|(((name, reference), ty), offset)| {
                    let codec = self.helpers.for_type(ty, Op::Store(view.passed(ty).1));
                    Arg { name, reference, codec, cores: Vec::new(), offset: *offset }
                });
                let args = args.collect();
                let (size, align) = (spill.layout.size, spill.layout.align);
                Args::Spilled { area: scope.declare("params"), at: scope.declare("args"), size, align, args }
            }
        }
    }

    /// The signature of the trait's function.
    pub fn trait_signature(&self, interface: &Interface<'_>, func: &Func<'_>) -> Signature {
        self.signature_in(&self.view(interface), interface, func)
    }

    /// The signature of the trait's function, as a file around the bindings writes it.
    pub fn outside_signature(&self, bindings: &str, interface: &Interface<'_>, func: &Func<'_>) -> Signature {
        self.signature_in(&self.view_at(At::Outside(bindings)), interface, func)
    }

    fn signature_in(&self, view: &View<'_, '_>, interface: &Interface<'_>, func: &Func<'_>) -> Signature {
        let mut scope = ident::scope();
        let receiver = matches!(func.kind, FuncKind::Method(_));
        let params = func.ty.params.iter().skip(usize::from(receiver));
        let params =
            params.map(|param| (scope.declare(bindgen::case::snake(&param.name)), view.owned(param.ty))).collect();
        let result = match func.kind {
            FuncKind::Constructor(_) => Some(self.constructor_result(view, func)),
            FuncKind::Free | FuncKind::Method(_) | FuncKind::Static(_) => {
                func.ty.result.map(|result| view.owned(result))
            }
        };
        let mut signature = Signature {
            docs: docs::func(self.bindings.types, func),
            name: self.names.func(interface, func.name).to_owned(),
            asynchronous: func.is_async(),
            receiver,
            params,
            result,
            sized: matches!(func.kind, FuncKind::Constructor(_)),
            chain: None,
            lints: Lints::default(),
        };
        signature.lints = lints::trait_func(&signature, self.error_size(func));
        signature
    }

    fn error_size(&self, func: &Func<'_>) -> ErrorSize {
        let Some(Kind::Result { err, .. }) = func.ty.result.map(|ty| self.bindings.types.kind(ty)) else {
            return ErrorSize::None;
        };
        match err {
            None => ErrorSize::Nothing,
            Some(err) if self.look.size(err) >= LARGE_ERROR => ErrorSize::Large,
            Some(_) => ErrorSize::None,
        }
    }

    fn constructor_result(&self, view: &View<'_, '_>, func: &Func<'_>) -> String {
        let Some(Kind::Result { err, .. }) = func.ty.result.map(|result| self.bindings.types.kind(result)) else {
            return "Self".to_owned();
        };
        let err = err.map_or_else(|| "()".to_owned(), |err| view.owned(err));
        format!("{}<Self, {err}>", view.result_name())
    }

    /// `task_return` is the core function that takes the result of an asynchronous export.
    pub fn export(
        &mut self,
        interface: &Interface<'_>,
        func: &Func<'_>,
        idents: ExportIdents,
        task_return: Option<String>,
        signature: &Signature,
    ) -> ExportFunc {
        let count = func.call.signature.params.len();
        let cores: Vec<String> = (0..count).map(|index| format!("c{index}")).collect();
        let resource = func.kind.resource().map(|id| self.names.resource(id));
        let receiver = resource.filter(|_| signature.receiver).map(|names| ("c0".to_owned(), names.own.clone()));
        let target = match resource {
            Some(names) => format!("<_T::{} as {}>::{}", names.own, names.guest, signature.name),
            None => format!("_T::{}", signature.name),
        };
        let wrap = match (func.kind, resource) {
            (FuncKind::Constructor(_), Some(names)) if is_fallible(self.bindings, func) => {
                Wrap::Fallible(names.own.clone())
            }
            (FuncKind::Constructor(_), Some(names)) => Wrap::Own(names.own.clone()),
            (FuncKind::Constructor(_) | FuncKind::Free | FuncKind::Method(_) | FuncKind::Static(_), _) => Wrap::Nothing,
        };
        let args = self.lifted(func, &cores, signature.receiver);
        let list = match &args {
            Args::Flat(args) | Args::Spilled { args, .. } => args,
        };
        let borrows = list.iter().any(|arg| arg.codec.borrows() && !arg.codec.is_lent());
        let task = task_return.map(|core| self.task_return(func, core));
        let result = if task.is_some() { ResultUse::None } else { self.returned(func) };
        let frees = func.ty.result.filter(|ty| task.is_none() && self.frees(*ty));
        let kept = frees.map(|ty| self.keep(interface, ty, result.codec().is_some_and(Use::temps)));
        ExportFunc {
            ident: idents.func,
            post_return: kept.is_some().then_some(idents.post_return),
            body: ExportBody { cores, receiver, args, borrows, target, wrap, result, task, kept },
            params: func.call.signature.params.clone(),
            result: func.call.signature.results.first().copied(),
            lints: lints::core_func(count),
        }
    }

    fn lifted(&mut self, func: &Func<'_>, cores: &[String], receiver: bool) -> Args {
        let skip = usize::from(receiver);
        let params: Vec<ValType> = func.ty.params.iter().map(|param| param.ty).collect();
        match &func.call.params {
            Params::Flat(flat) => {
                let mut rest = cores;
                let mut args = Vec::new();
                for (index, (ty, flat)) in params.into_iter().zip(flat).enumerate() {
                    let (mine, others) = rest.split_at(flat.len());
                    rest = others;
                    if index >= skip {
                        args.push(self.lifted_arg(index, ty, Op::Lift, mine.to_vec(), 0));
                    }
                }
                Args::Flat(args)
            }
            Params::Spilled(spill) => {
                let all = params.into_iter().zip(&spill.offsets).enumerate();
                let args = all.map(|(index, (ty, offset))| self.lifted_arg(index, ty, Op::Load, Vec::new(), *offset));
                let args = args.collect();
                let (size, align) = (spill.layout.size, spill.layout.align);
                Args::Spilled { area: String::new(), at: "args".to_owned(), size, align, args }
            }
        }
    }

    fn lifted_arg(&mut self, index: usize, ty: ValType, op: Op, cores: Vec<String>, offset: u64) -> Arg {
        Arg { name: format!("p{index}"), reference: false, codec: self.helpers.for_type(ty, op), cores, offset }
    }

    fn keep(&mut self, interface: &Interface<'_>, ty: ValType, temps: bool) -> Kept {
        let with_temps = |ty: String| if temps { format!("({ty}, _rt::Temps)") } else { ty };
        let ours = with_temps(self.view_at(At::Helpers).owned(ty));
        if !self.kept.contains(&ours) {
            self.kept.push(ours);
        }
        Kept { ty: with_temps(self.view(interface).owned(ty)), temps }
    }

    /// Whether something of a returned value stays with this side.
    fn frees(&self, ty: ValType) -> bool {
        let facts = self.look.facts(ty);
        facts.memory || facts.error_context
    }

    fn returned(&mut self, func: &Func<'_>) -> ResultUse {
        let passing = match func.ty.result {
            Some(ty) if self.frees(ty) => Passing::Ref,
            Some(_) | None => Passing::Owned,
        };
        match (&func.call.results, func.ty.result) {
            (_, None) => ResultUse::None,
            (Results::Flat(_) | Results::TaskReturn(_), Some(ty)) => {
                ResultUse::Flat { local: "value".to_owned(), codec: self.helpers.for_type(ty, Op::Lower(passing)) }
            }
            (Results::Spilled(spill), Some(ty)) => {
                let words = words(spill.layout.size);
                self.return_words = self.return_words.max(words);
                let codec = self.helpers.for_type(ty, Op::Store(passing));
                ResultUse::Area { area: String::new(), at: "ret".to_owned(), words, codec }
            }
        }
    }
}

/// Locals for the core values of an argument that has several.
pub fn core_locals(codec: &Use, name: &str, scope: &mut Scope) -> Vec<String> {
    let name = name.trim_end_matches('_');
    let wishes: Vec<String> = match codec {
        Use::String | Use::Slice { .. } | Use::List(_) => vec![format!("{name}_ptr"), format!("{name}_len")],
        Use::Helper(call) => (0..call.cores).map(|index| format!("{name}_{index}")).collect(),
        Use::Nothing | Use::Scalar(_) | Use::Flags { .. } | Use::Enum { .. } | Use::Buffer { .. } => Vec::new(),
        Use::Own { .. } | Use::Borrow { .. } | Use::Representation { .. } => Vec::new(),
        Use::Transfer { .. } | Use::ErrorContext { .. } => Vec::new(),
    };
    wishes.into_iter().map(|wish| scope.declare(wish)).collect()
}

pub fn words(size: u64) -> u64 {
    size.div_ceil(8)
}

/// The core types of an argument list, for signatures.
pub fn core_type(ty: CoreType) -> &'static str {
    match ty {
        CoreType::I32 => "i32",
        CoreType::I64 => "i64",
        CoreType::F32 => "f32",
        CoreType::F64 => "f64",
    }
}

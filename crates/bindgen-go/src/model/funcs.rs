//! Functions as Go declares them.
//!
//! In: a function of the world, the view of its package. Out: names, parameters, the form of the result.

use bindgen::{Func, FuncKind, Interface, Role, Scope};
use types::{Kind, ResourceId, ValType};

use super::{Docs, Model, View, docs, names};

/// A function that users call or write.
pub struct GoFunc<'t> {
    pub role: Role,
    /// The core form and the WIT.
    pub func: &'t Func<'t>,
    /// `Greet`, `NewCounter`, `CounterMerge`; of a method, `Increment`.
    pub name: String,
    /// Unique among the package's functions of this role, for private names: `CounterIncrement`.
    pub whole: String,
    /// The resource and the receiver's name, of a method.
    pub receiver: Option<(ResourceId, String)>,
    /// Without a method's receiver.
    pub params: Vec<GoParam>,
    pub outcome: Outcome,
    /// Of an asynchronous function.
    pub waits: Option<Waits>,
    pub docs: Docs,
    /// Its parameters and all that no local may hide.
    pub locals: Scope,
}

/// What an asynchronous function has beside its parameters.
#[derive(Clone, Debug)]
pub struct Waits {
    /// The parameter that is its context.
    pub context: String,
    /// The imported function with a context: `FetchContext`.
    pub twin: String,
}

/// A parameter.
#[derive(Clone, Debug)]
pub struct GoParam {
    pub name: String,
    pub ty: ValType,
}

/// What a function gives back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Nothing,
    Value(ValType),
    /// `(T, bool)`
    Option(ValType),
    /// `(T, error)`, or `error` alone.
    Result {
        ok: Option<ValType>,
        err: Option<ValType>,
    },
}

impl<'t> Model<'t> {
    /// The functions of an interface, as its package declares them.
    pub fn funcs(&self, view: &View<'_, 't>, interface: &'t Interface<'t>) -> Vec<GoFunc<'t>> {
        let mut scopes = FuncNames::new(self, view.here, interface.role);
        let free = interface.funcs.iter().map(|func| scopes.of(func));
        let names: Vec<(String, String)> = free.collect();
        let twins = interface.funcs.iter().zip(&names).map(|(func, (name, _))| scopes.twin(func, name));
        let twins: Vec<String> = twins.collect();
        let funcs = interface.funcs.iter().zip(names).zip(twins);
        funcs.map(|((func, names), twin)| self.func(view, interface.role, func, names, twin)).collect()
    }

    fn func(
        &self,
        view: &View<'_, 't>,
        role: Role,
        func: &'t Func<'t>,
        names: (String, String),
        twin: String,
    ) -> GoFunc<'t> {
        let (name, whole) = names;
        let mut locals = view.locals();
        let resource = match func.kind {
            FuncKind::Method(resource) => Some(resource),
            FuncKind::Free | FuncKind::Constructor(_) | FuncKind::Static(_) => None,
        };
        let params = func.ty.params.iter().skip(usize::from(resource.is_some()));
        let params =
            params.map(|param| GoParam { name: locals.declare(names::lower(&param.name)), ty: param.ty }).collect();
        let receiver = resource.map(|resource| (resource, locals.declare("r")));
        let waits = func.is_async().then(|| Waits { context: locals.declare("ctx"), twin });
        let outcome = self.outcome(func.ty.result);
        GoFunc {
            role,
            func,
            name,
            whole,
            receiver,
            params,
            outcome,
            waits,
            docs: docs::func(self.bindings.types, func),
            locals,
        }
    }

    fn outcome(&self, result: Option<ValType>) -> Outcome {
        let Some(ty) = result else { return Outcome::Nothing };
        match self.bindings.types.kind(ty) {
            Kind::Option(some) => Outcome::Option(some),
            Kind::Result { ok, err } => Outcome::Result { ok, err },
            Kind::Bool | Kind::U8 | Kind::S8 | Kind::U16 | Kind::S16 | Kind::U32 | Kind::S32 | Kind::U64 => {
                Outcome::Value(ty)
            }
            Kind::S64 | Kind::F32 | Kind::F64 | Kind::Char | Kind::String | Kind::ErrorContext => Outcome::Value(ty),
            Kind::Record(_) | Kind::Variant(_) | Kind::Flags(_) | Kind::Enum(_) => Outcome::Value(ty),
            Kind::List(_) | Kind::FixedList(..) | Kind::Map(..) | Kind::Tuple(_) => Outcome::Value(ty),
            Kind::Own(_) | Kind::Borrow(_) | Kind::Stream(_) | Kind::Future(_) => Outcome::Value(ty),
        }
    }
}

/// Names of functions: free ones in the scope of the package or of `Guest`, methods in that of their resource.
struct FuncNames {
    role: Role,
    outside: Scope,
    wholes: Scope,
    methods: Vec<(ResourceId, Scope)>,
}

impl FuncNames {
    fn new(model: &Model<'_>, package: usize, role: Role) -> Self {
        let outside = match role {
            Role::Import => model.scopes[package].clone(),
            Role::Export => Scope::new(&[]),
        };
        Self { role, outside, wholes: Scope::new(&[]), methods: Vec::new() }
    }

    fn of(&mut self, func: &Func<'_>) -> (String, String) {
        let wish = names::func(func.name);
        let whole = self.wholes.declare(names::whole(func.name));
        let FuncKind::Method(resource) = func.kind else { return (self.outside.declare(wish), whole) };
        let at = self.methods.iter().position(|(of, _)| *of == resource).unwrap_or_else(|| {
            let mut scope = Scope::new(&[]);
            scope.reserve("Drop");
            self.methods.push((resource, scope));
            self.methods.len() - 1
        });
        (self.methods[at].1.declare(wish), whole)
    }

    /// The name of an asynchronous import's form with a context, after all other names; empty for other functions.
    fn twin(&mut self, func: &Func<'_>, name: &str) -> String {
        if !func.is_async() || self.role == Role::Export {
            return String::new();
        }
        let wish = format!("{name}Context");
        let FuncKind::Method(resource) = func.kind else { return self.outside.declare(wish) };
        let methods = self.methods.iter_mut().find(|(of, _)| *of == resource);
        methods.expect("the method has its name").1.declare(wish)
    }
}

impl GoFunc<'_> {
    /// `Greet(name string) (string, error)`; what the guest implements has a context first if it waits.
    pub fn signature(&self, view: &mut View<'_, '_>) -> String {
        let waits = self.waits.as_ref().filter(|_| self.role == Role::Export);
        let outcome = view.outcome(&self.outcome);
        self.signature_as(view, &self.name, waits, &outcome)
    }

    /// The documentation, with the type of the errors, which the signature does not say.
    pub fn documentation(&self, view: &mut View<'_, '_>) -> Vec<String> {
        let Some(sentence) = self.about_errors(view) else { return self.docs.lines.clone() };
        let wit = self.docs.lines.iter().rposition(|line| line.starts_with("WIT: ")).unwrap_or_default();
        let (before, after) = self.docs.lines.split_at(wit);
        [before, &[sentence, String::new()], after].concat()
    }

    fn about_errors(&self, view: &mut View<'_, '_>) -> Option<String> {
        let Outcome::Result { err: Some(err), .. } = self.outcome else { return None };
        let is_text = view.model.bindings.types.unaliased(err) == ValType::String;
        match self.role {
            Role::Import => Some(format!("If it fails, errors.As finds a {} in the error.", view.error(Some(err)))),
            // Any error will do.
            Role::Export if is_text || view.is_error_context(err) => None,
            Role::Export => Some(format!("An error that it returns is a {}, or wraps one.", view.error(Some(err)))),
        }
    }

    /// `GreetContext(ctx context.Context, name string) (string, error)`: the imported function with a context.
    pub fn twin_signature(&self, view: &mut View<'_, '_>) -> String {
        let outcome = match self.outcome {
            Outcome::Nothing => "error".to_owned(),
            Outcome::Value(ty) => format!("({}, error)", view.ty(ty)),
            Outcome::Option(some) => format!("({}, bool, error)", view.ty(some)),
            Outcome::Result { .. } => view.outcome(&self.outcome),
        };
        self.signature_as(view, self.twin(), self.waits.as_ref(), &outcome)
    }

    fn signature_as(&self, view: &mut View<'_, '_>, name: &str, waits: Option<&Waits>, outcome: &str) -> String {
        let context = waits.map(|waits| format!("{} {}.Context", waits.context, view.std("context")));
        let params = self.params.iter().map(|param| format!("{} {}", param.name, view.ty(param.ty)));
        let params: Vec<String> = context.into_iter().chain(params).collect();
        let space = if outcome.is_empty() { "" } else { " " };
        format!("{name}({}){space}{outcome}", params.join(", "))
    }

    /// The name of an asynchronous import's form with a context.
    pub fn twin(&self) -> &str {
        &self.waits.as_ref().expect("the function waits").twin
    }

    /// The parameter that is the context.
    pub fn context(&self) -> &str {
        &self.waits.as_ref().expect("the function waits").context
    }
}

//! A host whose functions record their calls.
//!
//! In: a component. Out: for each exported function, on an instance of its own, what was called and what came of it.

use std::time::Duration;

use wasmparser_embedded::WasmFeatures;
use wasmtime::component::types::{Case, ComponentFunc, ComponentInstance, ComponentItem, Field, Type};
use wasmtime::component::{Component, Func, Instance, Linker, LinkerInstance, ResourceDynamic, ResourceType, Val};
use wasmtime::{AsContextMut, Config, Engine, OptLevel, Store};

/// Whether a run says more than that the component has a trap, or no exports.
pub fn is_live(line: &str) -> bool {
    !line.ends_with(": -> trap: wasm trap: wasm `unreachable` instruction executed") && !line.ends_with(INSTANTIATED)
}

const INSTANTIATED: &str = "instantiated";

/// The most resource types that a component imports.
const MOST_RESOURCES: u32 = 64;

pub struct Runtime {
    engine: Engine,
    tokio: tokio::runtime::Runtime,
}

/// What the host functions said.
#[derive(Default)]
struct Trace(Vec<String>);

impl Runtime {
    pub fn new() -> Self {
        let features = WasmFeatures::CM_ASYNC
            | WasmFeatures::CM_MORE_ASYNC_BUILTINS
            | WasmFeatures::CM_ASYNC_STACKFUL
            | WasmFeatures::CM_THREADING
            | WasmFeatures::CM_ERROR_CONTEXT
            | WasmFeatures::CM_MAP
            | WasmFeatures::CM_FIXED_LENGTH_LISTS
            | WasmFeatures::CM_IMPLEMENTS;
        let mut config = Config::new();
        config.wasm_features(features, true).wasm_custom_page_sizes(true).cranelift_opt_level(OptLevel::None);
        let engine = Engine::new(&config).expect("a fixed configuration");
        let tokio = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
        Self { engine, tokio }
    }

    /// What the runtime says of a component that it cannot take.
    pub fn compile(&self, bytes: &[u8]) -> Result<Component, String> {
        Component::new(&self.engine, bytes).map_err(|error| error.root_cause().to_string())
    }

    /// Calls each export, each on an instance of its own.
    pub fn run_all(&self, component: &Component) -> Vec<String> {
        let mut lines = Vec::new();
        let exports = functions(&self.engine, component);
        if exports.is_empty() {
            lines.push(self.run(component, None));
        }
        lines.extend(exports.iter().map(|path| self.run(component, Some(path))));
        lines.sort();
        lines
    }

    fn run(&self, component: &Component, path: Option<&[String]>) -> String {
        let mut store = Store::new(&self.engine, Trace::default());
        let work = async {
            let linker = match linker(&self.engine, component) {
                Ok(linker) => linker,
                Err(error) => return format!("cannot be linked: {error}"),
            };
            let instance = match linker.instantiate_async(&mut store, component).await {
                Ok(instance) => instance,
                Err(error) => return format!("instantiation -> trap: {}", error.root_cause()),
            };
            match path {
                None => INSTANTIATED.to_owned(),
                Some(path) => call(&mut store, instance, path).await,
            }
        };
        let end = self.tokio.block_on(async { tokio::time::timeout(Duration::from_secs(5), work).await });
        let end = end.unwrap_or_else(|_| "waits for ever".to_owned());
        let calls: String = store.data().0.iter().map(|call| format!("{call}; ")).collect();
        format!("{}: {calls}{end}", path.unwrap_or_default().join("#"))
    }
}

/// The paths of all exported functions.
fn functions(engine: &Engine, component: &Component) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let ty = component.component_type();
    for (name, export) in ty.exports(engine) {
        match export.ty {
            ComponentItem::ComponentFunc(_) => found.push(vec![name.to_owned()]),
            ComponentItem::ComponentInstance(instance) => {
                let inner =
                    instance.exports(engine).filter(|(_, item)| matches!(item.ty, ComponentItem::ComponentFunc(_)));
                found.extend(inner.map(|(func, _)| vec![name.to_owned(), func.to_owned()]));
            }
            _ => {}
        }
    }
    found
}

async fn call(store: &mut Store<Trace>, instance: Instance, path: &[String]) -> String {
    let mut index = None;
    for name in path {
        index = instance.get_export_index(&mut *store, index.as_ref(), name);
        if index.is_none() {
            return "there is no such export".to_owned();
        }
    }
    let Some(func): Option<Func> = index.and_then(|index| instance.get_func(&mut *store, index)) else {
        return "no function".to_owned();
    };
    let ty = func.ty(&*store);
    let params: Option<Vec<Val>> = ty.params().map(|(_, ty)| value(&mut *store, &ty)).collect();
    let Some(params) = params else { return "has arguments that a host cannot make".to_owned() };
    let mut results = vec![Val::Bool(false); ty.results().len()];
    match func.call_async(&mut *store, &params, &mut results).await {
        Ok(()) => format!("-> {}", show_all(&results)),
        Err(error) => format!("-> trap: {}", error.root_cause()),
    }
}

fn linker(engine: &Engine, component: &Component) -> wasmtime::Result<Linker<Trace>> {
    let mut linker = Linker::new(engine);
    let mut resources = Vec::new();
    let ty = component.component_type();
    for (name, item) in ty.imports(engine) {
        match &item.ty {
            ComponentItem::ComponentInstance(instance) => {
                define_instance(&mut linker.instance(name)?, engine, name, instance, &mut resources)?;
            }
            item => define(&mut linker.root(), name, name.to_owned(), item, &mut resources)?,
        }
    }
    Ok(linker)
}

fn define_instance(
    scope: &mut LinkerInstance<'_, Trace>,
    engine: &Engine,
    path: &str,
    instance: &ComponentInstance,
    resources: &mut Vec<ResourceType>,
) -> wasmtime::Result<()> {
    for (name, item) in instance.exports(engine) {
        define(scope, name, format!("{path}#{name}"), &item.ty, resources)?;
    }
    Ok(())
}

/// Each imported resource type is of its own kind; one that is imported under two names is the first.
fn define(
    scope: &mut LinkerInstance<'_, Trace>,
    name: &str,
    path: String,
    item: &ComponentItem,
    resources: &mut Vec<ResourceType>,
) -> wasmtime::Result<()> {
    match item {
        ComponentItem::ComponentFunc(func) => define_func(scope, name, path, func),
        ComponentItem::Resource(resource) => {
            let known = resources.iter().position(|known| known == resource);
            let kind = known.unwrap_or(resources.len());
            if known.is_none() {
                resources.push(*resource);
            }
            let kind = u32::try_from(kind).expect("a case has few types");
            scope.resource(name, ResourceType::host_dynamic(kind), |_, _| Ok(()))
        }
        _ => Ok(()),
    }
}

fn define_func(
    scope: &mut LinkerInstance<'_, Trace>,
    name: &str,
    path: String,
    func: &ComponentFunc,
) -> wasmtime::Result<()> {
    if func.async_() {
        return scope.func_new_concurrent(name, move |accessor, ty, params, results| {
            let answer = accessor.with(|mut access| answer(access.as_context_mut(), &path, &ty, params, results));
            Box::pin(async move { answer })
        });
    }
    scope.func_new(name, move |store, ty, params, results| answer(store, &path, &ty, params, results))
}

fn answer(
    mut store: wasmtime::StoreContextMut<'_, Trace>,
    path: &str,
    ty: &ComponentFunc,
    params: &[Val],
    results: &mut [Val],
) -> wasmtime::Result<()> {
    store.data_mut().0.push(format!("{path}({})", show_all(params)));
    for (ty, result) in ty.results().zip(results) {
        *result = value(store.as_context_mut(), &ty).ok_or_else(|| wasmtime::Error::msg("no value of this type"))?;
    }
    Ok(())
}

/// A value of a type, always the same; none for what only a component can make.
fn value(mut store: impl AsContextMut<Data = Trace>, ty: &Type) -> Option<Val> {
    let mut of = |ty: &Type| value(store.as_context_mut(), ty);
    Some(match ty {
        Type::Bool => Val::Bool(true),
        Type::S8 => Val::S8(-8),
        Type::U8 => Val::U8(8),
        Type::S16 => Val::S16(-16),
        Type::U16 => Val::U16(16),
        Type::S32 => Val::S32(-32),
        Type::U32 => Val::U32(32),
        Type::S64 => Val::S64(-64),
        Type::U64 => Val::U64(64),
        Type::Float32 => Val::Float32(3.25),
        Type::Float64 => Val::Float64(6.5),
        Type::Char => Val::Char('ß'),
        Type::String => Val::String("grüße".to_owned()),
        Type::List(list) => Val::List(vec![of(&list.ty())?]),
        Type::FixedLengthList(list) => Val::FixedLengthList(vec![of(&list.ty())?; list.len() as usize]),
        Type::Map(map) => Val::Map(vec![(of(&map.key())?, of(&map.value())?)]),
        Type::Record(record) => Val::Record(
            record.fields().map(|Field { name, ty }| Some((name.to_owned(), of(&ty)?))).collect::<Option<_>>()?,
        ),
        Type::Tuple(tuple) => Val::Tuple(tuple.types().map(|ty| of(&ty)).collect::<Option<_>>()?),
        Type::Variant(variant) => {
            let Case { name, ty } = variant.cases().last()?;
            let payload = match ty {
                Some(ty) => Some(Box::new(of(&ty)?)),
                None => None,
            };
            Val::Variant(name.to_owned(), payload)
        }
        Type::Enum(names) => Val::Enum(names.names().last()?.to_owned()),
        Type::Option(option) => Val::Option(Some(Box::new(of(&option.ty())?))),
        Type::Result(result) => match result.ok() {
            Some(ok) => Val::Result(Ok(Some(Box::new(of(&ok)?)))),
            None => Val::Result(Ok(None)),
        },
        Type::Flags(flags) => Val::Flags(flags.names().take(1).map(str::to_owned).collect()),
        Type::Own(resource) | Type::Borrow(resource) => {
            let kind = (0..MOST_RESOURCES).find(|kind| ResourceType::host_dynamic(*kind) == *resource)?;
            Val::Resource(ResourceDynamic::new_own(7, kind).try_into_resource_any(store).ok()?)
        }
        Type::Future(_) | Type::Stream(_) | Type::ErrorContext => return None,
    })
}

fn show_all(values: &[Val]) -> String {
    values.iter().map(show).collect::<Vec<_>>().join(", ")
}

/// Handles are shown without their numbers, which depend on what was made before.
fn show(value: &Val) -> String {
    match value {
        Val::Resource(_) => "a handle".to_owned(),
        Val::Future(_) => "a future".to_owned(),
        Val::Stream(_) => "a stream".to_owned(),
        Val::ErrorContext(_) => "an error context".to_owned(),
        Val::List(values) | Val::Tuple(values) | Val::FixedLengthList(values) => format!("[{}]", show_all(values)),
        Val::Record(fields) => {
            let fields: Vec<String> = fields.iter().map(|(name, value)| format!("{name}: {}", show(value))).collect();
            format!("{{{}}}", fields.join(", "))
        }
        Val::Variant(name, Some(value)) => format!("{name}({})", show(value)),
        Val::Option(Some(value)) => format!("some({})", show(value)),
        Val::Result(Ok(Some(value))) => format!("ok({})", show(value)),
        Val::Result(Err(Some(value))) => format!("err({})", show(value)),
        other => format!("{other:?}"),
    }
}

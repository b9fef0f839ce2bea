//! Functions given for imports.
//!
//! In: an interface, a function, what it answers. Out: definitions in the linker.
//! Holds: an interface of which one function is mocked is met as a whole: its other functions trap when called, unless
//! this host provides them; its resources are the mock's, told apart by the numbers that it gives them.

use std::fmt;
use std::sync::Arc;

use wasmtime::component::types::{ComponentFunc, Type};
use wasmtime::component::{LinkerInstance, ResourceDynamic, ResourceType, Val};
use wasmtime::{AsContextMut, Error, Result};

use crate::host::Host;
use crate::value::{Data, Handle, Held, lift, lower};

/// What a mocked function answers: its result, if it has one. An error traps, with that message.
pub type Mock = Arc<dyn Fn(&[Data]) -> std::result::Result<Option<Data>, String> + Send + Sync>;

/// Functions given for imports.
#[derive(Clone, Default)]
pub struct Mocks(Vec<(Option<String>, String, Mock)>);

impl fmt::Debug for Mocks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(interface, name, _)| (interface, name))).finish()
    }
}

impl Mocks {
    /// Gives a function for an import. The names are those of the import: `local:store/kv@0.1.0` and `get`,
    /// `[method]bucket.get`; without an interface, a function that is imported by itself.
    /// `[resource-drop]bucket` is called when the guest has dropped a handle, which is its argument.
    pub fn give(&mut self, interface: Option<&str>, name: &str, mock: Mock) {
        self.0.push((interface.map(str::to_owned), name.to_owned(), mock));
    }

    /// Whether the import has a mock, for at least one of its functions.
    pub(crate) fn meet(&self, import: &str) -> bool {
        self.0.iter().any(|(interface, name, _)| match interface {
            Some(interface) => interface == import,
            None => name == import,
        })
    }

    pub(crate) fn get(&self, interface: Option<&str>, name: &str) -> Option<&Mock> {
        self.0.iter().find(|(known, func, _)| known.as_deref() == interface && func == name).map(|(_, _, mock)| mock)
    }
}

/// Defines a mocked function.
pub(crate) fn define(
    scope: &mut LinkerInstance<'_, Host>,
    name: &str,
    path: &str,
    func: &ComponentFunc,
    mock: &Mock,
) -> Result<()> {
    let path = path.to_owned();
    let mock = Arc::clone(mock);
    if func.async_() {
        return scope.func_new_concurrent(name, move |accessor, ty, args, results| {
            let answer = accessor.with(|mut access| answer(access.as_context_mut(), &path, &ty, args, results, &mock));
            Box::pin(async move { answer })
        });
    }
    scope.func_new(name, move |store, ty, args, results| answer(store, &path, &ty, args, results, &mock))
}

fn answer(
    mut store: wasmtime::StoreContextMut<'_, Host>,
    path: &str,
    ty: &ComponentFunc,
    args: &[Val],
    results: &mut [Val],
    mock: &Mock,
) -> Result<()> {
    let told = |reason: String| Error::msg(format!("the mock of `{path}`: {reason}"));
    let mut given = Vec::with_capacity(args.len());
    for (arg, (_, ty)) in args.iter().zip(ty.params()) {
        given.push(lift(arg.clone(), &ty, &mut |val, ty| number(store.as_context_mut(), val, ty))?);
    }
    let answered = mock(&given).map_err(told)?;
    match (answered, ty.results().next(), results.first_mut()) {
        (Some(data), Some(ty), Some(result)) => {
            *result = lower(&data, &ty, &mut |data, ty| handle(store.as_context_mut(), data, ty))?;
            Ok(())
        }
        (None, None, _) => Ok(()),
        (_, Some(_), _) => Err(told("it gave no result".to_owned())),
        (Some(_), None, _) => Err(told("the function has no result".to_owned())),
    }
}

/// A guest's argument that lives in the store, as data.
fn number(store: wasmtime::StoreContextMut<'_, Host>, val: Val, ty: &Type) -> Result<Data> {
    match (val, ty) {
        (Val::Resource(any), _) => {
            let resource = "handle".to_owned();
            let held = match any.try_into_resource_dynamic(store) {
                Ok(dynamic) => Held::Mock(dynamic.rep()),
                Err(_) => Held::Guest(any),
            };
            Ok(Data::Handle(Handle { resource, held }))
        }
        _ => Err(Error::msg("mocks take no streams, futures or error contexts")),
    }
}

/// A mock's handle, in the store.
fn handle(store: wasmtime::StoreContextMut<'_, Host>, data: &Data, ty: &Type) -> Result<Val> {
    match (data, ty) {
        (Data::Handle(Handle { held: Held::Mock(number), .. }), Type::Own(resource) | Type::Borrow(resource)) => {
            let kind = (1..=store.data().mocked).find(|kind| ResourceType::host_dynamic(*kind) == *resource);
            let kind = kind.ok_or_else(|| Error::msg("this resource is no mock's"))?;
            Ok(Val::Resource(ResourceDynamic::new_own(*number, kind).try_into_resource_any(store)?))
        }
        (Data::Handle(Handle { held: Held::Guest(any), .. }), _) => Ok(Val::Resource(*any)),
        _ => Err(Error::msg("mocks give no streams, futures or error contexts")),
    }
}

/// Calls the mock of a resource's destructor, if there is one.
pub(crate) fn dropped(mock: Option<&Mock>, path: &str, number: u32) -> Result<()> {
    let Some(mock) = mock else { return Ok(()) };
    let answered = mock(&[Data::Handle(Handle::mock("handle", number))]);
    answered.map(|_| ()).map_err(|reason| Error::msg(format!("the mock of `{path}`: {reason}")))
}

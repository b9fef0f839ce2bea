//! Names of core imports and exports, as tools that make components read them.
//!
//! In: an interface's key, a function's or resource's name. Out: the text of the core name.
//!
//! Specification: "Build targets" (legacy names): `module` is the interface, `$root` for the world itself.

use abi::Mode;

use crate::{InterfaceKey, Role};

/// The interface as core names write it; `None` for the world itself.
fn interface(key: InterfaceKey<'_>) -> Option<String> {
    match key {
        InterfaceKey::Root => None,
        InterfaceKey::Label(label) => Some(label.to_owned()),
        InterfaceKey::Name(name) => Some(name.to_string()),
    }
}

/// The module of an imported function.
pub fn import_module(key: InterfaceKey<'_>) -> String {
    interface(key).unwrap_or_else(|| "$root".to_owned())
}

/// The name of an imported function, as it is called in this mode.
pub fn import(func: &str, mode: Mode) -> String {
    match mode {
        Mode::Sync => func.to_owned(),
        Mode::Async | Mode::AsyncStackful => format!("{}{func}", abi::names::ASYNC_LOWER),
    }
}

/// The name of an exported function that is implemented in this mode.
pub fn export_as(key: InterfaceKey<'_>, func: &str, mode: Mode) -> String {
    abi::names::lift_mark(mode).to_owned() + &export(key, func)
}

/// The name of the function that ends an asynchronous export with its result, in the module `resource_module`.
pub fn task_return(func: &str) -> String {
    format!("[task-return]{func}")
}

/// The name of an exported function: `ns:pkg/iface@version#[method]resource.name`.
pub fn export(key: InterfaceKey<'_>, func: &str) -> String {
    interface(key).map_or_else(|| func.to_owned(), |interface| format!("{interface}#{func}"))
}

/// The function that the runtime calls when it has read an export's result.
pub fn post_return(export: &str) -> String {
    format!("cabi_post_{export}")
}

/// The destructor of an exported resource.
pub fn destructor(key: InterfaceKey<'_>, resource: &str) -> String {
    export(key, &format!("[dtor]{resource}"))
}

/// The module of a resource's built-in functions `resource_drop`, `resource_new` and `resource_rep`.
pub fn resource_module(role: Role, key: InterfaceKey<'_>) -> String {
    match role {
        Role::Import => import_module(key),
        Role::Export => format!("[export]{}", import_module(key)),
    }
}

/// Drops a handle.
pub fn resource_drop(resource: &str) -> String {
    format!("[resource-drop]{resource}")
}

/// Makes an owned handle from a representation.
pub fn resource_new(resource: &str) -> String {
    format!("[resource-new]{resource}")
}

/// The representation behind a handle.
pub fn resource_rep(resource: &str) -> String {
    format!("[resource-rep]{resource}")
}

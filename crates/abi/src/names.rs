//! Names of core imports and exports: what a module has to call the items of its world, and the built-ins.
//!
//! In: a scheme, the scope of an item, the item. Out: text.
//! Holds: two schemes are in use. The older one is what every toolchain writes today; the standard one begins each
//! name with `cm32p2` and has no asynchronous part. A module may mix them.
//!
//! Specification: Component Model, "Build Targets" (`cm32p2`); the older scheme is a convention of the ecosystem.

use types::version::Track;
use types::{ExternName, InterfaceName};

use crate::Mode;

/// A naming scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scheme {
    Legacy,
    Standard,
}

/// A built-in function of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ResourceOp {
    New,
    Rep,
    Drop,
}

/// On which side of the world the item stands that a core import is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum For {
    Imported,
    /// An interface that the module itself implements.
    Exported,
}

/// The two names of a core import.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CoreName {
    pub module: String,
    pub field: String,
}

/// The prefix of every name of the standard scheme.
pub const STANDARD: &str = "cm32p2";
/// The module name of world-level imports in the older scheme.
pub const ROOT: &str = "$root";
/// The prefix of the module names under which a module imports what it needs for its own exports.
pub const EXPORT_PREFIX: &str = "[export]";
/// What stands before the field of an asynchronously lowered function, and of a built-in that does not wait.
pub const ASYNC_LOWER: &str = "[async-lower]";

/// The core export that implements a function; `scope` is the exported interface, or none for the world itself.
pub fn export_func(scheme: Scheme, scope: Option<&ExternName>, func: &ExternName) -> String {
    match (scheme, scope) {
        (Scheme::Legacy, None) => func.to_string(),
        (Scheme::Legacy, Some(scope)) => format!("{scope}#{func}"),
        (Scheme::Standard, None) => format!("{STANDARD}||{func}"),
        (Scheme::Standard, Some(scope)) => format!("{STANDARD}|{}|{func}", canonical(scope)),
    }
}

/// The same in the form that says how it waits; only the older scheme knows it.
pub fn export_func_as(mode: Mode, scope: Option<&ExternName>, func: &ExternName) -> String {
    format!("{}{}", lift_mark(mode), export_func(Scheme::Legacy, scope, func))
}

/// What stands before the name of an export that waits in this way.
pub fn lift_mark(mode: Mode) -> &'static str {
    match mode {
        Mode::Sync => "",
        Mode::Async => "[async-lift]",
        Mode::AsyncStackful => "[async-lift-stackful]",
    }
}

/// The core export that is called with each event of a task; `name` is that of the asynchronous export.
pub fn callback(name: &str) -> String {
    format!("[callback]{name}")
}

/// The core export that frees what a call of the function `name` left behind.
pub fn post_return(scheme: Scheme, name: &str) -> String {
    match scheme {
        Scheme::Legacy => format!("cabi_post_{name}"),
        Scheme::Standard => format!("{name}_post"),
    }
}

/// The core export that destroys a resource; `scope` is the exported interface, or none for the world itself.
pub fn destructor(scheme: Scheme, scope: Option<&ExternName>, resource: &str) -> String {
    match (scheme, scope) {
        (Scheme::Legacy, None) => format!("[dtor]{resource}"),
        (Scheme::Legacy, Some(scope)) => format!("{scope}#[dtor]{resource}"),
        (Scheme::Standard, None) => format!("{STANDARD}||{resource}_dtor"),
        (Scheme::Standard, Some(scope)) => format!("{STANDARD}|{}|{resource}_dtor", canonical(scope)),
    }
}

/// All names under which that export may stand, the usual one first.
///
/// Some tools write the mark of the way that functions are lifted before it; it is called synchronously nevertheless.
pub fn destructors(scheme: Scheme, scope: Option<&ExternName>, resource: &str) -> Vec<String> {
    let name = destructor(scheme, scope, resource);
    match scheme {
        Scheme::Legacy => {
            [Mode::Sync, Mode::Async, Mode::AsyncStackful].map(|mode| format!("{}{name}", lift_mark(mode))).into()
        }
        Scheme::Standard => vec![name],
    }
}

/// The core import of a function of the world.
pub fn import_func(scheme: Scheme, scope: Option<&ExternName>, func: &ExternName) -> CoreName {
    CoreName { module: module(scheme, For::Imported, scope), field: func.to_string() }
}

/// The core import of a function of the world that returns before it is done.
pub fn import_func_async(scope: Option<&ExternName>, func: &ExternName) -> CoreName {
    let module = module(Scheme::Legacy, For::Imported, scope);
    CoreName { module, field: format!("{ASYNC_LOWER}{func}") }
}

/// The core import of a built-in function of a resource.
pub fn resource(scheme: Scheme, side: For, scope: Option<&ExternName>, op: ResourceOp, name: &str) -> CoreName {
    let verb = match op {
        ResourceOp::New => "new",
        ResourceOp::Rep => "rep",
        ResourceOp::Drop => "drop",
    };
    let field = match scheme {
        Scheme::Legacy => format!("[resource-{verb}]{name}"),
        Scheme::Standard => format!("{name}_{verb}"),
    };
    CoreName { module: module(scheme, side, scope), field }
}

/// The core import that ends the task of an asynchronous export with its result.
pub fn task_return(scope: Option<&ExternName>, func: &ExternName) -> CoreName {
    CoreName { module: module(Scheme::Legacy, For::Exported, scope), field: format!("[task-return]{func}") }
}

/// The module name under which the things of one scope are imported.
pub fn module(scheme: Scheme, side: For, scope: Option<&ExternName>) -> String {
    match (scheme, side, scope) {
        (Scheme::Legacy, For::Imported, None) => ROOT.to_owned(),
        (Scheme::Legacy, For::Exported, None) => format!("{EXPORT_PREFIX}{ROOT}"),
        (Scheme::Legacy, For::Imported, Some(scope)) => scope.to_string(),
        (Scheme::Legacy, For::Exported, Some(scope)) => format!("{EXPORT_PREFIX}{scope}"),
        (Scheme::Standard, For::Imported | For::Exported, None) => STANDARD.to_owned(),
        (Scheme::Standard, For::Imported, Some(scope)) => format!("{STANDARD}|{}", canonical(scope)),
        (Scheme::Standard, For::Exported, Some(scope)) => format!("{STANDARD}|_ex_{}", canonical(scope)),
    }
}

/// An interface's name with its version cut to the semver track; other names as they are.
pub fn canonical(name: &ExternName) -> String {
    let ExternName::Interface(InterfaceName { package, interface }) = name else { return name.to_string() };
    let path = format!("{}:{}/{interface}", package.namespace, package.name);
    match &package.version {
        None => path,
        Some(version) => format!("{path}@{}", Track::of(Some(version)).text()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standard_scheme_writes_versions_as_tracks() {
        let name = |text| ExternName::parse(text).expect("a name");
        let run = ExternName::label("run");
        assert_eq!(export_func(Scheme::Standard, Some(&name("a:b/c@1.2.3")), &run), "cm32p2|a:b/c@1|run");
        assert_eq!(export_func(Scheme::Standard, Some(&name("a:b/c@0.2.3")), &run), "cm32p2|a:b/c@0.2|run");
        assert_eq!(export_func(Scheme::Standard, None, &run), "cm32p2||run");
        assert_eq!(export_func(Scheme::Legacy, Some(&name("a:b/c@1.2.3")), &run), "a:b/c@1.2.3#run");
    }

    #[test]
    fn asynchronous_forms_have_prefixes() {
        let (scope, run) = (ExternName::parse("a:b/c@1.2.3").expect("a name"), ExternName::label("run"));
        let export = export_func_as(Mode::Async, Some(&scope), &run);
        assert_eq!(export, "[async-lift]a:b/c@1.2.3#run");
        assert_eq!(callback(&export), "[callback][async-lift]a:b/c@1.2.3#run");
        assert_eq!(export_func_as(Mode::AsyncStackful, None, &run), "[async-lift-stackful]run");
        let CoreName { module, field } = task_return(None, &run);
        assert_eq!((&*module, &*field), ("[export]$root", "[task-return]run"));
        assert_eq!(import_func_async(None, &run).field, "[async-lower]run");
        let names = destructors(Scheme::Legacy, Some(&scope), "r");
        assert_eq!(
            names,
            ["a:b/c@1.2.3#[dtor]r", "[async-lift]a:b/c@1.2.3#[dtor]r", "[async-lift-stackful]a:b/c@1.2.3#[dtor]r"]
        );
    }
}

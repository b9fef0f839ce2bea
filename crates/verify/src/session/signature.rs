//! Signatures, and calls that show how a function is called.
//!
//! In: the exports, what the user named. Out: a signature as WIT, and expressions that are well typed.
//! Holds: handles that an example needs are made by the expressions before it, where an export makes them.

use wasmtime::component::ResourceType;
use wasmtime::component::types::Type;

use super::exports::{Callable, Exports};
use super::scope::Bound;
use crate::value::types::{sample_with, type_text};

/// Functions that make handles for functions that make handles: more than anyone writes.
const DEEPEST: usize = 4;

/// How a function is declared and called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// `local:calc/ops@1.2.0#add: func(a: u32, b: u32) -> u32`.
    pub signature: String,
    /// Expressions, the last of which is the call; empty if it needs a handle that no export makes.
    pub example: Vec<String>,
}

/// Shows a function.
pub(crate) fn shown(func: &Callable, exports: &Exports) -> Shown {
    Shown { signature: signature(func, exports), example: example(func, exports, None).unwrap_or_default() }
}

fn signature(func: &Callable, exports: &Exports) -> String {
    let params: Vec<String> =
        func.ty.params().map(|(name, ty)| format!("{name}: {}", type_text(&ty, exports))).collect();
    let result = func.ty.results().next().map(|ty| format!(" -> {}", type_text(&ty, exports))).unwrap_or_default();
    let is_async = if func.ty.async_() { "async " } else { "" };
    format!("{}: {is_async}func({}){result}", func.full_spelling(), params.join(", "))
}

/// A call, after the expressions that make its handles; `binds` is the name for its result.
fn example(func: &Callable, exports: &Exports, binds: Option<&str>) -> Option<Vec<String>> {
    let mut made = Making { exports, names: Vec::new(), lines: Vec::new(), depth: 0 };
    made.call(func, binds)?;
    Some(made.lines)
}

/// The expressions so far.
struct Making<'a> {
    exports: &'a Exports,
    names: Vec<String>,
    lines: Vec<String>,
    depth: usize,
}

impl Making<'_> {
    /// Adds a call, and before it what makes its handles.
    fn call(&mut self, func: &Callable, binds: Option<&str>) -> Option<()> {
        let params: Vec<Type> = func.ty.params().map(|(_, ty)| ty).collect();
        let method = func.name.starts_with("[method]");
        let mut args = Vec::with_capacity(params.len());
        for ty in &params {
            let mut possible = true;
            let text = sample_with(ty, &mut |resource| {
                let name = self.handle(resource);
                possible &= name.is_some();
                name.unwrap_or_default()
            });
            possible.then_some(())?;
            args.push(text);
        }
        let several = self.exports.named(None, &func.name).len() > 1;
        let spelling = match (method && !args.is_empty(), several) {
            (true, _) => {
                let receiver = args.remove(0);
                let spelling = func.spelling();
                format!("{receiver}.{}", spelling.split_once('.').map_or(&*spelling, |(_, name)| name))
            }
            (false, true) => func.full_spelling(),
            (false, false) => func.spelling(),
        };
        let binds = binds.map(|name| format!("let {name} = ")).unwrap_or_default();
        self.lines.push(format!("{binds}{spelling}({})", args.join(", ")));
        Some(())
    }

    /// A name for a new handle of the resource. `None` if no export makes one.
    fn handle(&mut self, resource: ResourceType) -> Option<String> {
        if self.depth == DEEPEST {
            return None;
        }
        let gives = |func: &&Callable| {
            func.ty
                .results()
                .next()
                .is_some_and(|ty| matches!(Bound::of(&ty), Bound::Handle(given) if given == resource))
        };
        let is_constructor = |func: &&Callable| func.name.starts_with("[constructor]");
        let exports = self.exports;
        let constructors = exports.funcs.iter().filter(is_constructor).filter(gives);
        let others = exports.funcs.iter().filter(|func| !is_constructor(func)).filter(gives);
        let makers: Vec<&Callable> = constructors.chain(others).collect();
        self.depth += 1;
        let name = makers.into_iter().find_map(|maker| {
            let before = (self.lines.len(), self.names.len());
            let name = format!("{}{}", exports.resource_name(resource), self.names.len() + 1);
            self.names.push(name.clone());
            let made = self.call(maker, Some(&name));
            if made.is_none() {
                self.lines.truncate(before.0);
                self.names.truncate(before.1);
            }
            made.map(|()| name)
        });
        self.depth -= 1;
        name
    }
}

//! `--gc`: the main module and the libraries, without what the component does not use of them.
//!
//! In: `Input`. Out: each module's bytes, cut down, which are then encoded in the place of the module.
//! Holds: what is wanted of a module only grows: it begins with what the component calls, and each round adds what
//! the imports reached so far need; imports that are not reached need not be in the world.

use abi::{Abi, Builtin, Needs};
use diag::{Diagnostic, Diagnostics};
use indexmap::IndexSet;
use types::Types;
use wasm::{Pieces, Shaker};

use crate::canon::Canon;
use crate::export::{self, Exports};
use crate::import::{self, Binding};
use crate::input::{Input, Linked, Part};
use crate::names::special;
use crate::parts::{self, Bound, collect};

/// The main module and the libraries, in the order of `Input::parts`, cut down to what is used of them.
pub fn shake(types: &Types, input: &Input<'_>) -> diag::Result<Vec<Vec<u8>>> {
    let abi = Abi::wasm32(types);
    let (mut exports, adapters) = bind_exports(&abi, input)?;
    let own: Vec<Part> = input.parts().filter(is_own).collect();
    let mut shakers = Vec::new();
    for part in &own {
        shakers.push(Shaker::new(&input.guest(*part).module)?);
    }
    if let (Some(main), Some(None)) = (shakers.first_mut(), exports.first().map(|main| &main.specials.memory)) {
        // The memory that others use is one that the main module imports.
        main.keep_imported_memories()?;
    }
    let mut wanted = IndexSet::new();
    loop {
        let before = wanted.len();
        let mut bound = Vec::new();
        let mut wrong = Vec::new();
        for ((part, shaker), exports) in own.iter().zip(&shakers).zip(&mut exports) {
            bound.extend(collect(&mut wrong, bind_live(&abi, input, *part, &shaker.live_imports(), exports)));
        }
        if !wrong.is_empty() {
            return Err(Diagnostics(wrong));
        }
        parts::share_reallocs(&mut bound);
        bound.extend(parts::bind_adapters(&abi, input, &bound, adapters.clone())?);
        wanted.extend(used(&abi, input, &bound));
        for Linked { part, export } in &wanted {
            if let Some(place) = own.iter().position(|own| own == part) {
                shakers[place].keep(export)?;
            }
        }
        if wanted.len() == before {
            return shakers.iter().map(Shaker::finish).collect();
        }
    }
}

fn is_own(part: &Part) -> bool {
    match part {
        Part::Main | Part::Library(_) => true,
        Part::Adapter(_) => false,
    }
}

/// The exports of all parts, those of adapters apart. If one is wrong, all that is wrong with imports is said as well.
fn bind_exports(abi: &Abi<'_>, input: &Input<'_>) -> diag::Result<(Vec<Exports>, Vec<Exports>)> {
    let mut wrong = Vec::new();
    let (mut own, mut adapters) = (Vec::new(), Vec::new());
    for part in input.parts() {
        let list = if is_own(&part) { &mut own } else { &mut adapters };
        list.extend(collect(&mut wrong, export::bind(abi, input, part, &input.guest(part).module)));
    }
    if wrong.is_empty() {
        return Ok((own, adapters));
    }
    let imports: Vec<Diagnostic> = input
        .parts()
        .filter(is_own)
        .filter_map(|part| import::bind(abi, input, part, &input.guest(part).module).err())
        .flat_map(|Diagnostics(more)| more)
        .collect();
    Err(Diagnostics(imports.into_iter().chain(wrong).collect()))
}

/// A module as far as it is reached. It has no bytes yet.
fn bind_live<'a>(
    abi: &Abi<'_>,
    input: &Input<'a>,
    part: Part,
    live: &[bool],
    exports: &Exports,
) -> diag::Result<Bound<'a>> {
    let mut module = input.guest(part).module.clone();
    let mut live = live.iter();
    module.imports.retain(|_| live.next().is_some_and(|live| *live));
    let bindings = import::bind(abi, input, part, &module)?;
    let imports = parts::bound_imports(&module, bindings);
    let mut exports = exports.clone();
    if part != Part::Main {
        // The linker decides when each library is initialised.
        exports.specials.initialize = None;
    }
    Ok(Bound { part, bytes: Pieces::default(), imports, exports })
}

/// Every core export that the component uses, of any part.
fn used(abi: &Abi<'_>, input: &Input<'_>, bound: &[Bound<'_>]) -> Vec<Linked> {
    let mut used = Used { main_memory: bound[0].exports.specials.memory.clone(), list: Vec::new() };
    for part in bound {
        for import in &part.imports {
            match &import.binding {
                Binding::Linked(linked) => used.list.push(linked.clone()),
                Binding::Memory => used.memory(),
                Binding::Canon(canon) => used.canon(abi, part, canon),
                Binding::TlsBase { .. } => {}
            }
        }
        used.exports(part);
    }
    let startup = &input.startup;
    let fills = startup.fills.iter().flat_map(|fill| fill.funcs.iter().map(|(func, _)| func).chain([&fill.table]));
    let sets = startup.sets.iter().flat_map(|set| set.plus.iter().chain([&set.global]));
    used.list.extend(fills.chain(sets).chain(&startup.relocations).chain(&startup.calls).cloned());
    used.list
}

struct Used {
    main_memory: Option<String>,
    list: Vec<Linked>,
}

impl Used {
    fn memory(&mut self) {
        self.list.extend(self.main_memory.clone().map(|export| Linked { part: Part::Main, export }));
    }

    fn needs(&mut self, needs: Needs, realloc: &Option<Linked>) {
        if needs.memory {
            self.memory();
        }
        if needs.realloc {
            self.list.extend(realloc.clone());
        }
    }

    fn canon(&mut self, abi: &Abi<'_>, part: &Bound<'_>, canon: &Canon) {
        let specials = &part.exports.specials;
        let realloc = if canon.is_for_exports() { &specials.export_realloc } else { &specials.import_realloc };
        self.needs(canon.needs(abi), realloc);
        if *canon == Canon::Builtin(Builtin::ThreadNewIndirect) {
            self.list.push(Linked { part: Part::Main, export: special::FUNCTION_TABLE.to_owned() });
        }
    }

    fn exports(&mut self, part: &Bound<'_>) {
        let Exports { lifts, destructors, specials } = &part.exports;
        let own = |export: &String| Linked { part: part.part, export: export.clone() };
        for lift in lifts {
            let functions = [Some(&lift.core_name), lift.post_return.as_ref(), lift.callback.as_ref()];
            self.list.extend(functions.into_iter().flatten().map(own));
            self.needs(lift.call.needs(), &specials.export_realloc);
        }
        self.list.extend(destructors.iter().map(|destructor| own(&destructor.core_name)));
        self.list.extend([&specials.initialize, &specials.task_hook].into_iter().flatten().map(own));
    }
}

/// The input with other bytes for its modules: what `shake` answered, or nothing to change.
pub fn with_modules<'a>(mut input: Input<'a>, modules: &'a [Vec<u8>]) -> diag::Result<Input<'a>> {
    let own: Vec<Part> = input.parts().filter(is_own).collect();
    for (part, bytes) in own.into_iter().zip(modules) {
        let guest = match part {
            Part::Main => &mut input.main,
            Part::Library(index) => &mut input.libraries[index].guest,
            Part::Adapter(index) => &mut input.adapters[index].guest,
        };
        guest.module = wasm::read_module(&guest.module.file, bytes)?;
    }
    Ok(input)
}

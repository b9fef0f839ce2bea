//! A random wiring of parts, as data and as a `Wiring`.

use indexmap::IndexMap;
use types::{ExternName, Types};
use withe_compose::{Arg, Part as Component, Source, Wanted, WantedId, Wiring};

use crate::parts::Part;
use crate::random::Random;

/// An export of an instance, by the instance's and the export's position.
#[derive(Clone, Copy, Debug)]
pub struct Given {
    pub instance: usize,
    pub export: usize,
}

#[derive(Clone, Debug)]
pub struct Instance {
    pub part: usize,
    /// For each import; `None` stays open.
    pub args: Vec<Option<Given>>,
    /// For the function at the root: an export and its function; `None` stays open.
    pub root: Option<(Given, usize)>,
}

#[derive(Clone, Debug, Default)]
pub struct Wires {
    pub instances: Vec<Instance>,
    pub exports: Vec<(String, Given)>,
    /// The names of exports, and of imports of the parts, by position.
    pub export_names: Vec<Vec<String>>,
    pub import_names: Vec<Vec<String>>,
}

pub fn wires(random: &mut Random, kinds: &[Part], interfaces: &[crate::parts::Interface]) -> Wires {
    let mut wires = Wires {
        export_names: kinds
            .iter()
            .map(|part| part.exports.iter().map(|export| export.name.clone()).collect())
            .collect(),
        import_names: kinds
            .iter()
            .map(|part| part.imports.iter().map(|import| import.name.clone()).collect())
            .collect(),
        ..Wires::default()
    };
    // One that nothing could be given to is left out, so there are fewer instances than tries.
    for _ in 0..random.between(4, 12) {
        let part = random.below(kinds.len());
        if let Some(instance) = wires.instance(random, kinds, interfaces, part) {
            wires.instances.push(instance);
        }
    }
    let number = random.below(3);
    for (index, instance) in wires.instances.iter().enumerate() {
        for export in 0..kinds[instance.part].exports.len() {
            if number > 0 && random.once_in(3) {
                let name = format!("t:out/x{}", wires.exports.len());
                wires.exports.push((name, Given { instance: index, export }));
            }
        }
    }
    wires
}

/// A function of the wanted shape that an instance exports.
fn root_func(
    random: &mut Random,
    wires: &Wires,
    kinds: &[Part],
    interfaces: &[crate::parts::Interface],
    shape: usize,
) -> Option<(Given, usize)> {
    let mut offers = Vec::new();
    for (number, interface) in interfaces.iter().enumerate() {
        for given in wires.offers(kinds, number) {
            let part = &kinds[wires.instances[given.instance].part];
            let passed = part.exports[given.export].passed;
            for (index, (other, _)) in interface.funcs.iter().enumerate() {
                // What is passed on has the functions that were imported.
                let is_there = passed.is_none_or(|import| part.imports[import].funcs.contains(&index));
                if *other == shape && is_there {
                    offers.push((given, index));
                }
            }
        }
    }
    if offers.is_empty() { None } else { Some(*random.pick(&offers)) }
}

impl Wires {
    /// An instance with arguments from earlier ones. `None` if there is nothing to give for an import that may not stay
    /// open.
    fn instance(
        &self,
        random: &mut Random,
        kinds: &[Part],
        interfaces: &[crate::parts::Interface],
        part: usize,
    ) -> Option<Instance> {
        let mut args = Vec::new();
        for import in &kinds[part].imports {
            let offers = self.offers(kinds, import.interface);
            let may_stay = kinds[part].may_stay_open(interfaces, import);
            let stays = may_stay && (offers.is_empty() || random.once_in(4));
            if !stays && offers.is_empty() {
                return None;
            }
            args.push((!stays).then(|| *random.pick(&offers)));
        }
        let root = match kinds[part].root {
            Some(func) => Some(root_func(random, self, kinds, interfaces, func.shape)?),
            None => None,
        };
        Some(Instance { part, args, root })
    }

    fn offers(&self, kinds: &[Part], interface: usize) -> Vec<Given> {
        let mut offers = Vec::new();
        for (index, instance) in self.instances.iter().enumerate() {
            for (export, offered) in kinds[instance.part].exports.iter().enumerate() {
                if offered.interface == interface {
                    offers.push(Given { instance: index, export });
                }
            }
        }
        offers
    }

    pub fn export_name(&self, given: Given) -> &str {
        &self.export_names[self.instances[given.instance].part][given.export]
    }
}

pub fn wiring<'f>(types: &mut Types, files: &'f [Vec<u8>], wires: &Wires) -> Wiring<'f> {
    let name = |text: &str| ExternName::parse(text).expect("names are made of letters");
    let mut wiring = Wiring::new();
    let mut ids: Vec<WantedId> = Vec::new();
    for instance in &wires.instances {
        let file = format!("part{}.wasm", instance.part);
        let bytes = &files[instance.part];
        let ty = component::read(types, &file, bytes).expect("the part is valid").ty;
        let mut args: IndexMap<ExternName, Arg> = IndexMap::new();
        let source = |given: Given| Source::export(ids[given.instance], name(wires.export_name(given)));
        for (import, given) in wires.import_names[instance.part].iter().zip(&instance.args) {
            if let Some(given) = given {
                args.insert(name(import), source(*given).into());
            }
        }
        if let Some((given, func)) = instance.root {
            args.insert(name("root"), Source::Export(Box::new(source(given)), name(&format!("f{func}"))).into());
        }
        let id = wiring.instance(Wanted::new(Component::new(file, bytes, ty), args));
        ids.push(id);
    }
    for (export, given) in &wires.exports {
        wiring.export(name(export), Source::export(ids[given.instance], name(wires.export_name(*given))));
    }
    wiring
}

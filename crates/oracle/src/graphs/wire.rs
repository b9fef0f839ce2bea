//! Random wirings of components: mostly right, nearly right, or any.
//!
//! In: random numbers and parts. Out: a wiring, and the same as lines of text for a report.
//! Holds: what is drawn depends on the random numbers and on names alone, so a seed gives one wiring.

use std::fmt::Write as _;

use compose::{Arg, Definition, Import, Part, Source, Wanted, WantedId, Wiring};
use indexmap::IndexMap;
use testing::seeds::Random;
use types::subtype::{Options, find_item, interfaces_used};
use types::uses::uses;
use types::{
    Decl, ExternName, Field, FuncType, Item, ItemKind, LabelDecl, Owner, Param, TypeDef, TypeKind, Types, ValType,
};

/// A wiring with its description.
pub struct Wired<'a> {
    pub wiring: Wiring<'a>,
    pub text: String,
}

/// How arguments are chosen, in percent.
struct Manner {
    /// Imports that are given what fits them by name.
    filled: usize,
    /// Imports that are given anything.
    any: usize,
}

const MANNERS: [Manner; 4] = [
    Manner { filled: 90, any: 0 },
    Manner { filled: 60, any: 0 },
    Manner { filled: 70, any: 3 },
    Manner { filled: 50, any: 20 },
];

/// An instance that is wired already.
struct Made {
    id: WantedId,
    part: usize,
    args: IndexMap<ExternName, Source>,
}

struct Wirer<'r, 'p, 'a> {
    random: &'r mut Random,
    parts: &'p [Part<'a>],
    wiring: Wiring<'a>,
    imports: IndexMap<ExternName, Item>,
    made: Vec<Made>,
    text: String,
}

/// Wires instances of some of the parts, some of them several times.
pub fn wire<'a>(types: &mut Types, random: &mut Random, parts: &[Part<'a>]) -> Wired<'a> {
    let mut wirer =
        Wirer { random, parts, wiring: Wiring::new(), imports: IndexMap::new(), made: Vec::new(), text: String::new() };
    if wirer.random.below(4) == 0 {
        wirer.named_imports(types);
    }
    if wirer.random.below(4) == 0 {
        wirer.definitions(types);
    }
    let manner = &MANNERS[wirer.random.below(MANNERS.len())];
    for _ in 0..1 + wirer.random.below(6) {
        wirer.instance(types, manner);
    }
    wirer.exports(types);
    Wired { wiring: wirer.wiring, text: wirer.text }
}

impl<'a> Wirer<'_, '_, 'a> {
    /// Imports that the wiring names itself: those of a part, some under other names.
    fn named_imports(&mut self, types: &Types) {
        for at in 0..1 + self.random.below(2) {
            let part = &self.parts[self.random.below(self.parts.len())];
            let imports = &part.ty.imports;
            let Some((name, item)) = imports.get_index(self.random.below(imports.len().max(1))) else { continue };
            // A function of a resource is nothing without that.
            if !matches!(item.kind, ItemKind::Instance(_) | ItemKind::Func(_)) || name.resource().is_some() {
                continue;
            }
            let uses = used_by(types, imports, name, item);
            let as_name = if self.random.below(3) == 0 { ExternName::label(format!("n{at}")) } else { name.clone() };
            let import = Import { uses, ..Import::from(item.clone()) };
            if self.wiring.import(as_name.clone(), import).is_ok() {
                let _ = writeln!(self.text, "import {as_name} as `{name}` of {}", part.file);
                self.imports.insert(as_name, item.clone());
            }
        }
    }

    /// Types that the result defines itself.
    fn definitions(&mut self, types: &mut Types) {
        let decl = Decl::default;
        let field = |name: &str, ty| Field { name: name.to_owned(), ty, decl: decl() };
        let labels = ["a", "b"].map(|name| LabelDecl { name: name.to_owned(), decl: decl() }).to_vec();
        let mut last = ValType::U8;
        for at in 0..1 + self.random.below(3) {
            let name = format!("d{at}");
            let kind = match self.random.below(4) {
                0 => TypeKind::Record(vec![field("a", last), field("b", ValType::String)]),
                1 => TypeKind::Enum(labels.clone()),
                2 => TypeKind::Flags(labels.clone()),
                _ => TypeKind::Alias(last),
            };
            let def = TypeDef { name: Some(name.clone()), owner: Owner::World, kind, decl: decl() };
            last = ValType::Def(types.add_type(def));
            let _ = writeln!(self.text, "type {name}");
            self.wiring.define(ExternName::label(name), Definition::Value(last));
        }
        if self.random.below(2) == 0 {
            let params = vec![Param { name: "a".to_owned(), ty: last, place: None }];
            let func = types.add_func(FuncType { async_: self.random.below(2) == 0, params, result: Some(last) });
            self.text.push_str("type d-func\n");
            self.wiring.define(ExternName::label("d-func"), Definition::Func(func));
        }
    }

    fn instance(&mut self, types: &Types, manner: &Manner) {
        let part = self.random.below(self.parts.len());
        let imports = &self.parts[part].ty.imports;
        let mut args: IndexMap<ExternName, Source> = IndexMap::new();
        // What an interface that is given already says of those whose types it uses; `None` stays open.
        let mut pinned: IndexMap<ExternName, Option<Source>> = IndexMap::new();
        for (name, item) in imports.iter().rev() {
            let roll = self.random.below(100);
            let chosen = if roll < manner.any {
                self.any_source(types, item)
            } else if let Some(pin) = pinned.get(name) {
                pin.clone()
            } else if roll < manner.filled {
                self.source_by_name(name)
            } else {
                None
            };
            let Some(source) = chosen else { continue };
            self.pin(types, imports, name, &source, &mut pinned);
            args.insert(name.clone(), source);
        }
        args.reverse();
        let title = format!("i{} = {}", self.made.len(), self.parts[part].file);
        let _ = writeln!(self.text, "{title}");
        for (name, source) in &args {
            let _ = writeln!(self.text, "  {name} = {}", described(source));
        }
        let given = args.iter().map(|(name, source)| (name.clone(), Arg::from(source.clone()))).collect();
        let mut wanted = Wanted::new(self.parts[part].clone(), given);
        if self.random.below(4) == 0 {
            wanted.name = Some(format!("name-{}", self.made.len()));
        }
        let id = self.wiring.instance(wanted);
        self.made.push(Made { id, part, args });
    }

    /// An earlier instance's export, or a named import, of that name or track.
    fn source_by_name(&mut self, name: &ExternName) -> Option<Source> {
        let tracks = Options { tracks: true };
        let of_instances = self.made.iter().filter_map(|made| {
            let (export, _) = find_item(&self.parts[made.part].ty.exports, name, tracks)?;
            Some(Source::export(made.id, export.clone()))
        });
        let of_imports = find_item(&self.imports, name, tracks).map(|(name, _)| Source::Import(name.clone()));
        let all: Vec<Source> = of_instances.chain(of_imports).collect();
        if all.is_empty() { None } else { Some(self.random.pick(&all).clone()) }
    }

    /// Types of a given interface come from where that takes them: its own instance, or what that was given.
    fn pin(
        &self,
        types: &Types,
        imports: &IndexMap<ExternName, Item>,
        name: &ExternName,
        source: &Source,
        pinned: &mut IndexMap<ExternName, Option<Source>>,
    ) {
        let Source::Export(of, _) = source else { return };
        let Source::Instance(of) = **of else { return };
        let Some(made) = self.made.iter().find(|made| made.id == of) else { return };
        let tracks = Options { tracks: true };
        for used in interfaces_used(types, imports, name) {
            let pin = match find_item(&self.parts[made.part].ty.exports, &used, tracks) {
                Some((export, _)) => Some(Source::export(of, export.clone())),
                None => made.args.get(&used).cloned(),
            };
            pinned.entry(used).or_insert(pin);
        }
    }

    /// Anything at hand, most often of the right kind.
    fn any_source(&mut self, types: &Types, item: &Item) -> Option<Source> {
        let all = self.at_hand(types);
        let alike = |kind: ItemKind| std::mem::discriminant(&kind) == std::mem::discriminant(&item.kind);
        let fitting: Vec<&Source> = all.iter().filter(|(_, kind)| alike(*kind)).map(|(source, _)| source).collect();
        if !fitting.is_empty() && self.random.below(8) > 0 {
            return Some((*self.random.pick(&fitting)).clone());
        }
        if all.is_empty() { None } else { Some(self.random.pick(&all).0.clone()) }
    }

    /// All that could be given or exported: exports of instances and what is inside of them, imports.
    fn at_hand(&self, types: &Types) -> Vec<(Source, ItemKind)> {
        let mut all = Vec::new();
        for (name, item) in &self.imports {
            with_inside(types, Source::Import(name.clone()), item, &mut all);
        }
        for made in &self.made {
            for (name, item) in &self.parts[made.part].ty.exports {
                with_inside(types, Source::export(made.id, name.clone()), item, &mut all);
            }
        }
        all
    }

    fn exports(&mut self, types: &Types) {
        let mut taken: Vec<String> = Vec::new();
        for at in 0..self.made.len() {
            let Made { id, part, .. } = self.made[at];
            for name in self.parts[part].ty.exports.keys() {
                if self.random.below(3) == 0 {
                    continue;
                }
                let source = Source::export(id, name.clone());
                let label = ExternName::label(format!("e{}", taken.len()));
                let as_name = if self.random.below(6) == 0 { label } else { name.clone() };
                self.export(&mut taken, as_name, source);
            }
        }
        for _ in 0..self.random.below(6).saturating_sub(2) {
            let all = self.at_hand(types);
            let whole = self.random.below(6) == 0;
            let source = match self.made.len() {
                0 => continue,
                len if whole || all.is_empty() => Source::Instance(self.made[self.random.below(len)].id),
                _ => self.random.pick(&all).0.clone(),
            };
            let name = ExternName::label(format!("e{}", taken.len()));
            self.export(&mut taken, name, source);
        }
    }

    /// A name is rarely taken twice.
    fn export(&mut self, taken: &mut Vec<String>, name: ExternName, source: Source) {
        if taken.contains(&name.to_string()) && self.random.below(40) > 0 {
            return;
        }
        let _ = writeln!(self.text, "export {name} = {}", described(&source));
        taken.push(name.to_string());
        self.wiring.export(name, source);
    }
}

/// What an import uses of the imports before it: interfaces, and types and resources of the world itself.
fn used_by(
    types: &Types,
    imports: &IndexMap<ExternName, Item>,
    name: &ExternName,
    item: &Item,
) -> IndexMap<ExternName, Item> {
    let interfaces = interfaces_used(types, imports, name);
    let mentioned = uses(types, [item]);
    let is_used = |other: &ExternName, item: &Item| match item.kind {
        ItemKind::Type(ValType::Def(id)) => other != name && mentioned.defs.contains(&id),
        ItemKind::Resource(id) => other != name && mentioned.resources.contains(&id),
        ItemKind::Type(_)
        | ItemKind::Instance(_)
        | ItemKind::Func(_)
        | ItemKind::Component(_)
        | ItemKind::CoreModule(_) => interfaces.contains(other),
    };
    let used = imports.iter().filter(|(other, item)| is_used(other, item));
    used.map(|(name, item)| (name.clone(), item.clone())).collect()
}

fn with_inside(types: &Types, source: Source, item: &Item, all: &mut Vec<(Source, ItemKind)>) {
    if let ItemKind::Instance(id) = item.kind {
        for (name, item) in &types.instance(id).exports {
            all.push((Source::Export(Box::new(source.clone()), name.clone()), item.kind));
        }
    }
    all.push((source, item.kind));
}

fn described(source: &Source) -> String {
    match source {
        Source::Import(name) => format!("import {name}"),
        Source::Instance(id) => format!("{id:?}"),
        Source::Export(of, name) => format!("{} / {name}", described(of)),
    }
}

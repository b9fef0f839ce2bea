//! Random packages that can be changed and printed.
//!
//! Holds: what `random` makes is WIT; a change of it mostly is.

use testing::seeds::Random;

/// A package: interfaces, of which later ones may use earlier ones, and worlds.
#[derive(Clone, Debug)]
pub struct Model {
    interfaces: Vec<Interface>,
    worlds: Vec<World>,
}

#[derive(Clone, Debug)]
struct Interface {
    name: String,
    /// Interface and type.
    uses: Vec<(String, String)>,
    types: Vec<Type>,
    funcs: Vec<Func>,
}

#[derive(Clone, Debug)]
struct Type {
    name: String,
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    Record(Vec<(String, String)>),
    Variant(Vec<(String, Option<String>)>),
    Enum(Vec<String>),
    Flags(Vec<String>),
    Alias(String),
    Resource(Vec<Func>),
}

#[derive(Clone, Debug)]
struct Func {
    name: String,
    is_async: bool,
    params: Vec<(String, String)>,
    result: Option<String>,
}

#[derive(Clone, Debug)]
struct World {
    name: String,
    imports: Vec<String>,
    exports: Vec<String>,
    import_funcs: Vec<Func>,
    export_funcs: Vec<Func>,
}

const WORDS: [&str; 14] = [
    "stock", "price", "item", "order", "cart", "parcel", "letter", "weight", "shelf", "label", "box-size", "owner",
    "street", "town",
];
const PLAIN: [&str; 8] = ["bool", "u8", "u32", "s64", "f32", "char", "string", "u64"];

/// A new name of this kind, different from the others by its number.
fn fresh(random: &mut Random, prefix: &str) -> String {
    format!("{prefix}-{}{}", random.pick(&WORDS), random.below(1000))
}

/// Names that can be mentioned: of values and of resources.
#[derive(Clone, Default)]
struct Known {
    values: Vec<String>,
    resources: Vec<String>,
}

fn type_text(random: &mut Random, known: &Known, depth: usize) -> String {
    let deeper = |random: &mut Random| type_text(random, known, depth + 1);
    match random.below(if depth > 2 { 6 } else { 12 }) {
        0..3 => (*random.pick(&PLAIN)).to_owned(),
        3 | 4 if !known.values.is_empty() => random.pick(&known.values).clone(),
        5 if !known.resources.is_empty() => random.pick(&known.resources).clone(),
        6 => format!("list<{}>", deeper(random)),
        7 => format!("option<{}>", deeper(random)),
        8 => format!("tuple<{}, {}>", deeper(random), deeper(random)),
        9 => format!("result<{}, {}>", deeper(random), deeper(random)),
        10 => format!("result<_, {}>", deeper(random)),
        11 => format!("list<{}, {}>", deeper(random), 1 + random.below(4)),
        _ => "u16".to_owned(),
    }
}

fn func(random: &mut Random, known: &Known) -> Func {
    let mut params = Vec::new();
    for _ in 0..random.below(4) {
        let ty = match random.below(6) {
            0 if !known.resources.is_empty() => format!("borrow<{}>", random.pick(&known.resources)),
            _ => type_text(random, known, 0),
        };
        params.push((fresh(random, "p"), ty));
    }
    let result = (random.below(3) > 0).then(|| type_text(random, known, 0));
    Func { name: fresh(random, "f"), is_async: random.below(8) == 0, params, result }
}

fn kind(random: &mut Random, known: &Known) -> Kind {
    let names = |random: &mut Random, prefix: &str| -> Vec<String> {
        (0..1 + random.below(4)).map(|_| fresh(random, prefix)).collect()
    };
    match random.below(6) {
        0 => Kind::Record(names(random, "d").into_iter().map(|name| (name, type_text(random, known, 1))).collect()),
        1 => {
            let cases = names(random, "c").into_iter();
            Kind::Variant(
                cases.map(|name| (name, (random.below(2) == 0).then(|| type_text(random, known, 1)))).collect(),
            )
        }
        2 => Kind::Enum(names(random, "c")),
        3 => Kind::Flags(names(random, "b")),
        4 => Kind::Alias(type_text(random, known, 0)),
        _ => Kind::Resource((0..random.below(3)).map(|_| func(random, known)).collect()),
    }
}

impl Interface {
    fn random(random: &mut Random, before: &[Interface]) -> Self {
        let mut own = Self { name: fresh(random, "i"), uses: Vec::new(), types: Vec::new(), funcs: Vec::new() };
        for other in before {
            for ty in &other.types {
                let is_new = own.uses.iter().all(|(_, name)| *name != ty.name);
                if is_new && random.below(4) == 0 {
                    own.uses.push((other.name.clone(), ty.name.clone()));
                }
            }
        }
        for _ in 0..random.below(5) {
            let known = own.known(before);
            own.types.push(Type { name: fresh(random, "t"), kind: kind(random, &known) });
        }
        let known = own.known(before);
        own.funcs = (0..random.below(4)).map(|_| func(random, &known)).collect();
        own
    }

    fn known(&self, before: &[Interface]) -> Known {
        let mut known = Known::default();
        let used = self.uses.iter().filter_map(|(interface, name)| {
            let interface = before.iter().find(|other| other.name == *interface)?;
            interface.types.iter().find(|ty| ty.name == *name)
        });
        for ty in used.chain(&self.types) {
            match ty.kind {
                Kind::Resource(_) => known.resources.push(ty.name.clone()),
                Kind::Record(_) | Kind::Variant(_) | Kind::Enum(_) | Kind::Flags(_) | Kind::Alias(_) => {
                    known.values.push(ty.name.clone());
                }
            }
        }
        known
    }
}

impl Model {
    pub fn random(random: &mut Random) -> Self {
        let mut interfaces = Vec::new();
        for _ in 0..1 + random.below(3) {
            let interface = Interface::random(random, &interfaces);
            interfaces.push(interface);
        }
        let mut model = Self { interfaces, worlds: Vec::new() };
        for _ in 0..1 + random.below(2) {
            let mut some = |of: usize| -> Vec<String> {
                let named = model.interfaces.iter().map(|interface| interface.name.clone());
                named.filter(|_| random.below(of) == 0).collect()
            };
            let (imports, exports) = (some(2), some(2));
            let funcs = |random: &mut Random| (0..random.below(2)).map(|_| func(random, &Known::default())).collect();
            let name = fresh(random, "w");
            let (import_funcs, export_funcs) = (funcs(random), funcs(random));
            model.worlds.push(World { name, imports, exports, import_funcs, export_funcs });
        }
        model
    }

    /// Makes one small change.
    pub fn change(&mut self, random: &mut Random) {
        match random.below(8) {
            0 | 1 => self.change_world(random),
            2 => {
                let interface = Interface::random(random, &self.interfaces);
                self.interfaces.push(interface);
            }
            _ => self.change_interface(random),
        }
    }

    fn change_world(&mut self, random: &mut Random) {
        let names: Vec<String> = self.interfaces.iter().map(|interface| interface.name.clone()).collect();
        let at = random.below(self.worlds.len());
        let world = &mut self.worlds[at];
        let (list, funcs) = match random.below(2) {
            0 => (&mut world.imports, &mut world.import_funcs),
            _ => (&mut world.exports, &mut world.export_funcs),
        };
        match random.below(4) {
            0 => list.retain(|_| random.below(2) == 0),
            1 => {
                let name = random.pick(&names);
                if !list.contains(name) {
                    list.push(name.clone());
                }
            }
            _ => change_funcs(random, funcs, &Known::default()),
        }
    }

    fn change_interface(&mut self, random: &mut Random) {
        let at = random.below(self.interfaces.len());
        let known = self.interfaces[at].known(&self.interfaces[..at]);
        let foreign: Vec<Type> = self.interfaces[..at].iter().flat_map(|other| other.types.clone()).collect();
        let interface = &mut self.interfaces[at];
        match random.below(8) {
            0..3 => change_funcs(random, &mut interface.funcs, &known),
            3 => interface.types.push(Type { name: fresh(random, "t"), kind: kind(random, &known) }),
            4 if !interface.types.is_empty() => drop(interface.types.remove(random.below(interface.types.len()))),
            5 if !interface.uses.is_empty() => {
                // A type of its own instead of the one that was used.
                let (_, name) = interface.uses.remove(random.below(interface.uses.len()));
                if let Some(ty) = foreign.iter().find(|ty| ty.name == name) {
                    interface.types.insert(0, ty.clone());
                }
            }
            _ if !interface.types.is_empty() => {
                let at = random.below(interface.types.len());
                // Only what comes before it may be mentioned.
                let earlier: Vec<String> = interface.types[..at].iter().map(|ty| ty.name.clone()).collect();
                let is_known = |name: &String| earlier.contains(name) || foreign.iter().any(|ty| ty.name == *name);
                let known = Known {
                    values: known.values.into_iter().filter(is_known).collect(),
                    resources: known.resources.into_iter().filter(is_known).collect(),
                };
                change_type(random, &mut interface.types[at], &known);
            }
            _ => change_funcs(random, &mut interface.funcs, &known),
        }
    }

    pub fn print(&self) -> String {
        let mut out = "package test:random@0.1.0;\n".to_owned();
        for interface in &self.interfaces {
            out.push_str(&format!("\ninterface {} {{\n", interface.name));
            for (from, name) in &interface.uses {
                out.push_str(&format!("  use {from}.{{{name}}};\n"));
            }
            interface.types.iter().for_each(|ty| out.push_str(&print_type(ty)));
            interface.funcs.iter().for_each(|func| out.push_str(&format!("  {};\n", print_func(func))));
            out.push_str("}\n");
        }
        for world in &self.worlds {
            out.push_str(&format!("\nworld {} {{\n", world.name));
            let names = |verb: &str, names: &[String]| names.iter().map(|name| format!("  {verb} {name};\n")).collect();
            let funcs = |verb: &str, funcs: &[Func]| -> String {
                funcs.iter().map(|func| format!("  {verb} {};\n", print_func(func))).collect()
            };
            let lines: [String; 4] = [
                names("import", &world.imports),
                funcs("import", &world.import_funcs),
                names("export", &world.exports),
                funcs("export", &world.export_funcs),
            ];
            out.push_str(&lines.concat());
            out.push_str("}\n");
        }
        out
    }
}

fn change_funcs(random: &mut Random, funcs: &mut Vec<Func>, known: &Known) {
    if funcs.is_empty() || random.below(5) == 0 {
        return funcs.push(func(random, known));
    }
    let at = random.below(funcs.len());
    let one = &mut funcs[at];
    match random.below(9) {
        0 => drop(funcs.remove(at)),
        // A near name, and one that is not.
        1 => one.name.push('s'),
        2 => one.name = fresh(random, "g"),
        3 => one.is_async = !one.is_async,
        4 => one.params.push((fresh(random, "p"), type_text(random, known, 0))),
        5 if !one.params.is_empty() => drop(one.params.remove(random.below(one.params.len()))),
        6 => one.params.reverse(),
        7 if !one.params.is_empty() => {
            let at = random.below(one.params.len());
            match random.below(2) {
                0 => one.params[at].0 = fresh(random, "q"),
                _ => one.params[at].1 = type_text(random, known, 0),
            }
        }
        _ => one.result = (random.below(3) > 0).then(|| type_text(random, known, 0)),
    }
}

fn change_type(random: &mut Random, ty: &mut Type, known: &Known) {
    if random.below(10) == 0 {
        ty.kind = kind(random, known);
        return;
    }
    match &mut ty.kind {
        Kind::Record(fields) => match random.below(3) {
            0 => fields.push((fresh(random, "d"), type_text(random, known, 1))),
            1 => fields.reverse(),
            _ => fields[0].1 = type_text(random, known, 1),
        },
        Kind::Variant(cases) => match random.below(3) {
            0 => cases.push((fresh(random, "c"), None)),
            1 => cases.reverse(),
            _ => cases[0].1 = Some(type_text(random, known, 1)),
        },
        Kind::Enum(names) | Kind::Flags(names) => match random.below(3) {
            0 => names.push(fresh(random, "c")),
            1 => names.reverse(),
            _ => names[0].push('s'),
        },
        Kind::Alias(target) => *target = type_text(random, known, 0),
        Kind::Resource(funcs) => change_funcs(random, funcs, known),
    }
}

fn print_type(Type { name, kind }: &Type) -> String {
    match kind {
        Kind::Record(fields) => {
            let fields: Vec<String> = fields.iter().map(|(name, ty)| format!("{name}: {ty}")).collect();
            format!("  record {name} {{ {} }}\n", fields.join(", "))
        }
        Kind::Variant(cases) => {
            let case = |(name, ty): &(String, Option<String>)| match ty {
                Some(ty) => format!("{name}({ty})"),
                None => name.clone(),
            };
            format!("  variant {name} {{ {} }}\n", cases.iter().map(case).collect::<Vec<_>>().join(", "))
        }
        Kind::Enum(names) => format!("  enum {name} {{ {} }}\n", names.join(", ")),
        Kind::Flags(names) => format!("  flags {name} {{ {} }}\n", names.join(", ")),
        Kind::Alias(target) => format!("  type {name} = {target};\n"),
        Kind::Resource(funcs) => {
            let funcs: Vec<String> = funcs.iter().map(|func| format!("    {};\n", print_func(func))).collect();
            format!("  resource {name} {{\n{}  }}\n", funcs.concat())
        }
    }
}

fn print_func(func: &Func) -> String {
    let params: Vec<String> = func.params.iter().map(|(name, ty)| format!("{name}: {ty}")).collect();
    let word = if func.is_async { "async func" } else { "func" };
    let result = func.result.as_ref().map(|ty| format!(" -> {ty}")).unwrap_or_default();
    format!("{}: {word}({}){result}", func.name, params.join(", "))
}

//! Random interfaces around resources, and components that import and export them, as text.

use std::fmt::Write as _;

use crate::random::Random;

/// Where a resource of an interface comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum From {
    /// The interface defines it.
    Own,
    /// It is another name for the interface's first one.
    First,
    /// It is that of an earlier interface, by number and position.
    Use(usize, usize),
}

#[derive(Clone, Debug)]
pub struct Interface {
    /// `r`, and perhaps `s`.
    pub resources: Vec<From>,
    /// The shape and the resource of each function, `f0` and so on.
    pub funcs: Vec<(usize, usize)>,
}

pub const RESOURCES: [&str; 2] = ["r", "s"];

/// The parameters and result of a function around a handle `{}`, and what it is lowered to.
const SHAPES: [(&str, &str); 9] = [
    ("(result (own {}))", "(result i32)"),
    ("(param \"x\" (borrow {}))", "(param i32)"),
    ("(param \"x\" (own {})) (result u32)", "(param i32) (result i32)"),
    ("(param \"x\" (list (own {})))", "(param i32 i32)"),
    ("(param \"x\" (option (borrow {})))", "(param i32 i32)"),
    ("(result (list (own {})))", "(result i32)"),
    ("(param \"x\" (stream (own {})))", "(param i32)"),
    ("(result (tuple (own {}) u8))", "(result i32)"),
    ("(param \"x\" {rec})", "(param i32)"),
];

/// The shape that has a record with a handle, which needs a name of its own.
const RECORD: usize = 8;

pub fn interfaces(random: &mut Random) -> Vec<Interface> {
    let mut made: Vec<Interface> = Vec::new();
    for number in 0..random.between(2, 4) {
        let mut resources: Vec<From> = Vec::new();
        for position in 0..random.between(1, 2) {
            let from = match random.below(5) {
                0 | 1 if number > 0 => {
                    let other = random.below(number);
                    From::Use(other, random.below(made[other].resources.len()))
                }
                2 if position > 0 => From::First,
                _ => From::Own,
            };
            resources.push(from);
        }
        let funcs = (0..random.between(1, 3)).map(|_| (random.below(SHAPES.len()), random.below(resources.len())));
        let funcs = funcs.collect();
        made.push(Interface { resources, funcs });
    }
    made
}

pub fn interface_name(number: usize) -> String {
    format!("t:t/i{number}")
}

/// An interface as a part imports it.
#[derive(Clone, Debug)]
pub struct Import {
    pub interface: usize,
    pub name: String,
    /// As the interface says it, or looser or stricter about identities.
    pub resources: Vec<From>,
    pub funcs: Vec<usize>,
}

impl Import {
    fn is_plain(&self, interfaces: &[Interface]) -> bool {
        self.resources == interfaces[self.interface].resources && self.name == interface_name(self.interface)
    }
}

#[derive(Clone, Debug)]
pub struct Export {
    pub interface: usize,
    pub name: String,
    /// The position of the import that is passed on; `None` if the part has an interface of its own.
    pub passed: Option<usize>,
}

/// A function at the root of the world: the shape, and the import and position of its resource.
#[derive(Clone, Copy, Debug)]
pub struct RootFunc {
    pub shape: usize,
    pub import: usize,
    pub position: usize,
}

#[derive(Clone, Debug)]
pub struct Part {
    pub imports: Vec<Import>,
    pub exports: Vec<Export>,
    pub root: Option<RootFunc>,
}

pub fn part(random: &mut Random, interfaces: &[Interface]) -> Part {
    let mut part = Part { imports: Vec::new(), exports: Vec::new(), root: None };
    for number in 0..interfaces.len() {
        if random.once_in(2) {
            part.import(random, interfaces, number);
        }
    }
    if random.once_in(4) && !part.imports.is_empty() {
        // The same interface once more, under another name.
        let number = part.imports[random.below(part.imports.len())].interface;
        let second = part.new_import(random, interfaces, number, format!("t:t/again{number}"));
        part.imports.push(second);
    }
    for number in 0..interfaces.len() {
        let passed = part.imports.iter().position(|import| import.interface == number);
        let name = if random.once_in(4) { format!("t:t/as{number}") } else { interface_name(number) };
        match (passed, random.below(5)) {
            (Some(_), 0 | 1) => part.exports.push(Export { interface: number, name, passed }),
            (_, 2 | 3) if part.can_define(interfaces, number) => {
                part.exports.push(Export { interface: number, name, passed: None });
            }
            _ => {}
        }
    }
    if random.once_in(4) && !part.imports.is_empty() {
        let import = random.below(part.imports.len());
        let position = random.below(part.imports[import].resources.len());
        part.root = Some(RootFunc { shape: random.below(RECORD), import, position });
    }
    part
}

impl Part {
    fn import(&mut self, random: &mut Random, interfaces: &[Interface], number: usize) {
        if self.imports.iter().any(|import| import.interface == number) {
            return;
        }
        for from in &interfaces[number].resources {
            if let From::Use(other, _) = *from {
                self.import(random, interfaces, other);
            }
        }
        let import = self.new_import(random, interfaces, number, interface_name(number));
        self.imports.push(import);
    }

    fn new_import(&self, random: &mut Random, interfaces: &[Interface], interface: usize, name: String) -> Import {
        let mut resources = interfaces[interface].resources.clone();
        if random.once_in(6) {
            // Looser: nothing is said of whose it is; or stricter: the two are one.
            let position = random.below(resources.len());
            resources[position] = match resources[position] {
                From::Own if position > 0 => From::First,
                From::Own | From::First | From::Use(..) => From::Own,
            };
        }
        let funcs = (0..interfaces[interface].funcs.len()).filter(|_| random.below(4) > 0).collect();
        Import { interface, name, resources, funcs }
    }

    /// Whether an import says all that the interface says of identities, and so do the imports that it uses.
    pub fn may_stay_open(&self, interfaces: &[Interface], import: &Import) -> bool {
        let used = |other: usize| self.imports.iter().find(|import| import.interface == other);
        import.is_plain(interfaces)
            && import.resources.iter().all(|from| match *from {
                From::Use(other, _) => used(other).is_some_and(|import| self.may_stay_open(interfaces, import)),
                From::Own | From::First => true,
            })
    }

    /// Whether what the interface uses is imported or exported.
    fn can_define(&self, interfaces: &[Interface], number: usize) -> bool {
        interfaces[number].resources.iter().all(|from| match *from {
            From::Use(other, _) => {
                self.exports.iter().any(|export| export.interface == other)
                    || self.imports.iter().any(|import| import.interface == other)
            }
            From::Own | From::First => true,
        })
    }

    /// The component's text, without the parentheses around it.
    pub fn text(&self, interfaces: &[Interface]) -> String {
        let mut out = String::new();
        for (at, import) in self.imports.iter().enumerate() {
            let used = |other: usize, position: usize| {
                let home = self.imports.iter().position(|import| import.interface == other);
                format!("$i{}_{}", home.expect("what is used is imported"), RESOURCES[position])
            };
            let funcs: Vec<(usize, usize, usize)> = import
                .funcs
                .iter()
                .map(|index| (*index, interfaces[import.interface].funcs[*index]))
                .map(flat)
                .collect();
            let body = instance_type(&import.resources, &funcs, &used);
            let _ = writeln!(out, "  (import \"{}\" (instance $i{at}\n{body}))", import.name);
            for name in &RESOURCES[..import.resources.len()] {
                let _ = writeln!(out, "  (alias export $i{at} \"{name}\" (type $i{at}_{name}))");
            }
        }
        if let Some(root) = &self.root {
            let resource = format!("$i{}_{}", root.import, RESOURCES[root.position]);
            let _ = writeln!(out, "  (import \"root\" (func {}))", SHAPES[root.shape].0.replace("{}", &resource));
        }
        out.push_str(&core_module());
        for (at, export) in self.exports.iter().enumerate() {
            match export.passed {
                Some(import) => {
                    let _ = writeln!(out, "  (export \"{}\" (instance $i{import}))", export.name);
                }
                None => self.define(&mut out, interfaces, at, export),
            }
        }
        out
    }

    /// The type that an own export takes for a resource of another interface.
    fn used_by_export(&self, at: usize, other: usize, position: usize) -> String {
        let name = RESOURCES[position];
        match self.exports[..at].iter().rposition(|export| export.interface == other) {
            Some(export) => match self.exports[export].passed {
                Some(import) => format!("$i{import}_{name}"),
                None => format!("$e{export}_{name}"),
            },
            None => {
                let import = self.imports.iter().position(|import| import.interface == other);
                format!("$i{}_{name}", import.expect("what is used is imported"))
            }
        }
    }

    fn define(&self, out: &mut String, interfaces: &[Interface], at: usize, export: &Export) {
        let interface = &interfaces[export.interface];
        let outer: Vec<String> = interface
            .resources
            .iter()
            .enumerate()
            .map(|(position, from)| match *from {
                From::Own => format!("$e{at}_{}", RESOURCES[position]),
                From::First => format!("$e{at}_r"),
                From::Use(other, position) => self.used_by_export(at, other, position),
            })
            .collect();
        for (position, from) in interface.resources.iter().enumerate() {
            let name = RESOURCES[position];
            let _ = match from {
                From::Own => writeln!(out, "  (type $e{at}_{name} (resource (rep i32)))"),
                From::First | From::Use(..) if outer[position] != format!("$e{at}_{name}") => {
                    writeln!(out, "  (alias outer 0 {} (type $e{at}_{name}))", outer[position])
                }
                From::First | From::Use(..) => Ok(()),
            };
        }
        let funcs: Vec<(usize, usize, usize)> = interface.funcs.iter().copied().enumerate().map(flat).collect();
        let mut given = String::new();
        let (mut imports, mut exports) = (String::new(), String::new());
        for (position, name) in RESOURCES[..outer.len()].iter().enumerate() {
            let bound = if interface.resources[position] == From::First { "(eq $r)" } else { "(sub resource)" };
            let _ = writeln!(imports, "    (import \"{name}\" (type ${name} {bound}))");
            let inner = if interface.resources[position] == From::First { "$r_" } else { *name };
            let inner = if inner.starts_with('$') { inner.to_owned() } else { format!("${inner}") };
            let _ = writeln!(exports, "    (export ${name}_ \"{name}\" (type {inner}))");
            let _ = write!(given, " (with \"{name}\" (type {}))", outer[position]);
        }
        for (index, shape, position) in funcs {
            let name = RESOURCES[position];
            let record = |out: &mut String, id: &str, resource: &str| {
                let _ = writeln!(out, "  (type {id} (record (field \"h\" (own {resource}))))");
            };
            let typed = |resource: &str, rec: &str| SHAPES[shape].0.replace("{rec}", rec).replace("{}", resource);
            if shape == RECORD {
                record(out, &format!("$e{at}_rec{index}"), &outer[position]);
                record(&mut imports, &format!("$rec0{index}"), &format!("${name}"));
                let _ = writeln!(imports, "    (import \"rec{index}\" (type $rec{index} (eq $rec0{index})))");
                record(&mut exports, &format!("$rec1{index}"), &format!("${name}_"));
                let _ = writeln!(exports, "    (export $rec{index}_ \"rec{index}\" (type $rec1{index}))");
                let _ = write!(given, " (with \"rec{index}\" (type $e{at}_rec{index}))");
            }
            let lifted = typed(&outer[position], &format!("$e{at}_rec{index}"));
            let _ = writeln!(
                out,
                "  (func $e{at}_f{index} {lifted} (canon lift (core func $c \"s{shape}\") (memory (core memory $c \"mem\")) (realloc (core func $c \"realloc\"))))"
            );
            let inner = typed(&format!("${name}"), &format!("$rec{index}"));
            let _ = writeln!(imports, "    (import \"f{index}\" (func $f{index} {inner}))");
            let named = typed(&format!("${name}_"), &format!("$rec{index}_"));
            let _ = writeln!(exports, "    (export \"f{index}\" (func $f{index}) (func {named}))");
            let _ = write!(given, " (with \"f{index}\" (func $e{at}_f{index}))");
        }
        let _ = writeln!(out, "  (component $e{at}c\n{imports}{exports}  )");
        let _ = writeln!(out, "  (instance $e{at} (instantiate $e{at}c{given}))");
        let _ = writeln!(out, "  (export \"{}\" (instance $e{at}))", export.name);
    }
}

fn flat((index, (shape, position)): (usize, (usize, usize))) -> (usize, usize, usize) {
    (index, shape, position)
}

/// The declarations of an instance type; `used` says what names a resource of another interface outside.
pub fn instance_type(
    resources: &[From],
    funcs: &[(usize, usize, usize)],
    used: &dyn Fn(usize, usize) -> String,
) -> String {
    let mut out = String::new();
    for (position, from) in resources.iter().enumerate() {
        let name = RESOURCES[position];
        let _ = match *from {
            From::Own => writeln!(out, "    (export \"{name}\" (type ${name} (sub resource)))"),
            From::First => writeln!(out, "    (export \"{name}\" (type ${name} (eq $r)))"),
            From::Use(other, there) => writeln!(
                out,
                "    (alias outer 1 {} (type $o{name}))\n    (export \"{name}\" (type ${name} (eq $o{name})))",
                used(other, there)
            ),
        };
    }
    for (index, shape, position) in funcs {
        let resource = format!("${}", RESOURCES[*position]);
        if *shape == RECORD {
            let _ = writeln!(out, "    (type $rec0{index} (record (field \"h\" (own {resource}))))");
            let _ = writeln!(out, "    (export \"rec{index}\" (type $rec{index} (eq $rec0{index})))");
        }
        let ty = SHAPES[*shape].0.replace("{rec}", &format!("$rec{index}")).replace("{}", &resource);
        let _ = writeln!(out, "    (export \"f{index}\" (func {ty}))");
    }
    out
}

fn core_module() -> String {
    let mut out = String::from(
        "  (core module $m\n    (memory (export \"mem\") 1)\n    (func (export \"realloc\") (param i32 i32 i32 i32) (result i32) unreachable)\n",
    );
    for (shape, (_, core)) in SHAPES.iter().enumerate() {
        let _ = writeln!(out, "    (func (export \"s{shape}\") {core} unreachable)");
    }
    out.push_str("  )\n  (core instance $c (instantiate $m))\n");
    out
}

//! Packages that random components are made of: interfaces in several versions, which use each other's types.
//!
//! In: random numbers. Out: WIT text of all packages, and the names in it.
//! Holds: a later version of a track has all that an earlier one has; `harm` breaks that, so that two components may
//! mean different things by one name.

use std::fmt::Write as _;

use testing::seeds::Random;

/// What one run of random components may import and export.
#[derive(Clone, Debug)]
pub struct Universe {
    pub packages: Vec<Package>,
}

/// A package with all its versions.
#[derive(Clone, Debug)]
pub struct Package {
    pub name: String,
    /// Each is the whole of the one before, and more.
    pub versions: Vec<Option<&'static str>>,
    pub interfaces: Vec<Interface>,
}

#[derive(Clone, Debug)]
pub struct Interface {
    pub name: String,
    pub uses: Vec<Use>,
    pub types: Vec<Named>,
    pub funcs: Vec<Func>,
}

/// `use package/interface.{name as other}`
#[derive(Clone, Debug)]
pub struct Use {
    /// The package with the version that is meant; `None` is the version of the using interface.
    pub package: Option<(usize, usize)>,
    pub interface: String,
    pub name: String,
    pub other: String,
    pub is_resource: bool,
}

/// A type that an interface declares.
#[derive(Clone, Debug)]
pub struct Named {
    pub name: String,
    pub is_resource: bool,
    /// The first version that has it.
    pub since: usize,
    pub text: String,
}

#[derive(Clone, Debug)]
pub struct Func {
    pub since: usize,
    pub name: String,
    pub text: String,
}

/// One interface in one version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ref {
    pub package: usize,
    pub version: usize,
    pub interface: usize,
}

/// Versions that packages have: of one track, of several, a pre-release, none.
const VERSIONS: &[&[Option<&str>]] = &[
    &[None],
    &[Some("0.2.0"), Some("0.2.3")],
    &[Some("0.2.0"), Some("0.2.1"), Some("0.3.0")],
    &[Some("1.0.0"), Some("1.2.0")],
    &[Some("1.0.0-rc.1"), Some("1.0.0")],
    &[Some("0.0.1"), Some("0.0.2")],
    &[Some("2.1.0")],
];

impl Universe {
    pub fn new(random: &mut Random) -> Self {
        let mut universe = Self { packages: Vec::new() };
        for number in 0..1 + random.below(3) {
            let versions = random.pick(VERSIONS).to_vec();
            let package = Package { name: format!("t:p{number}"), versions, interfaces: Vec::new() };
            universe.packages.push(package);
            for interface in 0..1 + random.below(3) {
                let made = universe.interface(random, number, interface);
                universe.packages[number].interfaces.push(made);
            }
        }
        universe
    }

    /// All interfaces in all versions.
    pub fn refs(&self) -> Vec<Ref> {
        let mut refs = Vec::new();
        for (package, of) in self.packages.iter().enumerate() {
            for version in 0..of.versions.len() {
                refs.extend((0..of.interfaces.len()).map(|interface| Ref { package, version, interface }));
            }
        }
        refs
    }

    /// `t:p0/i1@0.2.0`
    pub fn path(&self, at: Ref) -> String {
        let package = &self.packages[at.package];
        path(package, at.version, &package.interfaces[at.interface].name)
    }

    /// The types of an interface that a world may use: name, and whether it is a resource.
    pub fn types(&self, at: Ref) -> Vec<(String, bool)> {
        let interface = &self.packages[at.package].interfaces[at.interface];
        let uses = interface.uses.iter().map(|one| (one.other.clone(), one.is_resource));
        let own = interface.types.iter().filter(|one| one.since <= at.version);
        uses.chain(own.map(|one| (one.name.clone(), one.is_resource))).collect()
    }

    /// Gives one function or type of one interface another type.
    pub fn harm(&mut self, random: &mut Random) {
        let package = random.below(self.packages.len());
        let interface = random.below(self.packages[package].interfaces.len());
        let Interface { types, funcs, .. } = &mut self.packages[package].interfaces[interface];
        let values: Vec<usize> = (0..types.len()).filter(|at| !types[*at].is_resource).collect();
        if random.below(3) == 0 && !values.is_empty() {
            let ty = &mut types[*random.pick(&values)];
            ty.text = format!("enum {} {{ other, than-it-was }}", ty.name);
        } else if !funcs.is_empty() {
            let at = random.below(funcs.len());
            match random.below(3) {
                0 => funcs[at].text = format!("{}: func(other: f32);", funcs[at].name),
                1 => funcs[at].since += 1,
                _ => drop(funcs.remove(at)),
            }
        }
    }

    /// All packages as WIT, each version in a block of its own.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for package in &self.packages {
            for (version, number) in package.versions.iter().enumerate() {
                let at = number.map(|number| format!("@{number}")).unwrap_or_default();
                let _ = writeln!(text, "package {}{at} {{", package.name);
                for interface in &package.interfaces {
                    self.print_interface(&mut text, interface, version);
                }
                text.push_str("}\n");
            }
        }
        text
    }

    fn print_interface(&self, text: &mut String, interface: &Interface, version: usize) {
        let _ = writeln!(text, "  interface {} {{", interface.name);
        for Use { package, interface, name, other, .. } in &interface.uses {
            let of = match package {
                Some((package, version)) => path(&self.packages[*package], *version, interface),
                None => interface.clone(),
            };
            let _ = writeln!(text, "    use {of}.{{{name} as {other}}};");
        }
        let types = interface.types.iter().filter(|one| one.since <= version).map(|one| &one.text);
        let funcs = interface.funcs.iter().filter(|one| one.since <= version).map(|one| &one.text);
        for item in types.chain(funcs) {
            let _ = writeln!(text, "    {item}");
        }
        text.push_str("  }\n");
    }

    /// An interface that may use those before it.
    fn interface(&self, random: &mut Random, package: usize, number: usize) -> Interface {
        let mut made = Interface { name: format!("i{number}"), uses: Vec::new(), types: Vec::new(), funcs: Vec::new() };
        let mut scope = Scope::default();
        for at in 0..random.below(4) {
            made.uses.extend(self.a_use(random, package, at));
        }
        for one in &made.uses {
            scope.add(&one.other, one.is_resource);
        }
        // Sorted, so that what a version has mentions nothing of a later one.
        let versions = self.packages[package].versions.len();
        let mut since: Vec<usize> = (0..2 + random.below(4)).map(|_| random.below(2 * versions) / 2).collect();
        since.sort_unstable();
        for (at, &since) in since.iter().enumerate() {
            match random.below(5) {
                0 | 1 => {
                    let named = scope.named(random, &format!("t{number}-{at}"));
                    made.types.push(Named { since, ..named });
                }
                2 => {
                    let named = scope.resource(random, &format!("r{number}-{at}"));
                    made.types.push(Named { since, ..named });
                }
                _ => {
                    let name = format!("f{at}");
                    let text = scope.func(random, &name, Scope::borrow_or_type);
                    made.funcs.push(Func { since, name, text });
                }
            }
        }
        made
    }

    /// A use of a type that every version of its interface has.
    fn a_use(&self, random: &mut Random, user: usize, number: usize) -> Option<Use> {
        let package = if random.below(2) == 0 { user } else { random.below(user + 1) };
        let interfaces = &self.packages[package].interfaces;
        let of = interfaces.get(random.below(interfaces.len().max(1)))?;
        let own = of.types.iter().filter(|one| one.since == 0).map(|one| (&one.name, one.is_resource));
        let names: Vec<_> = own.chain(of.uses.iter().map(|one| (&one.other, one.is_resource))).collect();
        if names.is_empty() {
            return None;
        }
        let (name, is_resource) = *random.pick(&names);
        let version = random.below(self.packages[package].versions.len());
        Some(Use {
            package: (package != user).then_some((package, version)),
            interface: of.name.clone(),
            name: name.clone(),
            other: format!("u{number}-{name}"),
            is_resource,
        })
    }
}

fn path(package: &Package, version: usize, interface: &str) -> String {
    let at = package.versions[version].map(|number| format!("@{number}")).unwrap_or_default();
    format!("{}/{interface}{at}", package.name)
}

/// Names that types may be made of.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    pub values: Vec<String>,
    pub resources: Vec<String>,
}

/// Without `char`, of which the validators allow no streams yet.
const PRIMITIVES: [&str; 9] = ["bool", "u8", "s16", "u32", "s64", "f32", "f64", "string", "list<u8>"];

impl Scope {
    pub fn add(&mut self, name: &str, is_resource: bool) {
        if is_resource { &mut self.resources } else { &mut self.values }.push(name.to_owned());
    }

    /// A type that holds no borrowed handle.
    pub fn ty(&self, random: &mut Random, depth: usize) -> String {
        if depth == 0 || random.below(4) == 0 {
            return self.leaf(random);
        }
        let mut part = || self.ty(random, depth - 1);
        let (one, other) = (part(), part());
        match random.below(11) {
            0 => format!("list<{one}>"),
            1 => format!("option<{one}>"),
            2 => format!("tuple<{one}, {other}>"),
            3 => format!("result<{one}, {other}>"),
            4 => "result".to_owned(),
            5 => format!("list<{one}, 3>"),
            6 => format!("stream<{one}>"),
            7 => format!("future<{one}>"),
            8 => "future".to_owned(),
            _ => one,
        }
    }

    fn leaf(&self, random: &mut Random) -> String {
        match random.below(5) {
            0 | 1 if !self.resources.is_empty() => random.pick(&self.resources).clone(),
            2 | 3 if !self.values.is_empty() => random.pick(&self.values).clone(),
            _ => (*random.pick(&PRIMITIVES)).to_owned(),
        }
    }

    /// A type as a parameter may have it.
    pub fn borrow_or_type(&self, random: &mut Random) -> String {
        if self.resources.is_empty() || random.below(4) != 0 {
            return self.ty(random, 2);
        }
        let borrow = format!("borrow<{}>", random.pick(&self.resources));
        match random.below(4) {
            0 => format!("option<{borrow}>"),
            1 => format!("list<{borrow}>"),
            _ => borrow,
        }
    }

    /// `name: func(..) -> ..;`
    pub fn func(&self, random: &mut Random, name: &str, param: fn(&Self, &mut Random) -> String) -> String {
        let word = if random.below(4) == 0 { "async func" } else { "func" };
        let params: Vec<String> = (0..random.below(3)).map(|at| format!("a{at}: {}", param(self, random))).collect();
        let result = if random.below(2) == 0 { String::new() } else { format!(" -> {}", self.ty(random, 2)) };
        format!("{name}: {word}({}){result};", params.join(", "))
    }

    /// A value type or another name of a resource, which later types may mention.
    pub fn named(&mut self, random: &mut Random, name: &str) -> Named {
        let mut is_resource = false;
        let text = match random.below(7) {
            0 | 1 => format!("record {name} {{ a: {}, b: {} }}", self.ty(random, 1), self.ty(random, 2)),
            2 => format!("variant {name} {{ none, one({}) }}", self.ty(random, 2)),
            3 => format!("enum {name} {{ a, b, c }}"),
            4 => format!("flags {name} {{ a, b }}"),
            5 if !self.resources.is_empty() => {
                is_resource = true;
                format!("type {name} = {};", random.pick(&self.resources))
            }
            _ => format!("type {name} = {};", self.value_type(random)),
        };
        self.add(name, is_resource);
        Named { name: name.to_owned(), is_resource, since: 0, text }
    }

    /// A type that is no resource by another name.
    fn value_type(&self, random: &mut Random) -> String {
        let ty = self.ty(random, 2);
        if self.resources.contains(&ty) { format!("own<{ty}>") } else { ty }
    }

    fn resource(&mut self, random: &mut Random, name: &str) -> Named {
        let mut text = format!("resource {name} {{");
        self.add(name, true);
        if random.below(2) == 0 {
            let _ = write!(text, " constructor(a: {});", self.ty(random, 1));
        }
        for at in 0..random.below(3) {
            let _ = write!(text, " {}", self.func(random, &format!("m{at}"), Self::borrow_or_type));
        }
        if random.below(3) == 0 {
            let _ = write!(text, " s: static func() -> {};", self.ty(random, 1));
        }
        text.push_str(" }");
        Named { name: name.to_owned(), is_resource: true, since: 0, text }
    }
}

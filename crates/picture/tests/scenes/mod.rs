//! Scenes that the tests share.

#![allow(dead_code, reason = "each test file uses some of them")]

use withe_picture::{Edge, Item, Level, Module, Name, Node, NodeId, Part, PartId, Scene, Sort, TextId};

/// Makes a scene step by step.
#[derive(Default)]
pub struct Builder {
    pub scene: Scene,
    pub level: Level,
}

impl Builder {
    pub fn new(title: &str) -> Builder {
        Builder { scene: Scene { title: title.to_owned(), ..Scene::default() }, level: Level::default() }
    }

    pub fn part(&mut self, name: &str, size: u64) -> PartId {
        let number = self.scene.parts.len();
        self.scene.size += size;
        self.scene.parts.push(Part {
            name: name.to_owned(),
            id: format!("sha256:{:064x}", 0x9e37_79b9_u64.wrapping_mul(number as u64 + 1)),
            size: Some(size),
            modules: vec![Module { name: "main".to_owned(), size: size * 9 / 10 }],
            ..Part::default()
        });
        PartId(number)
    }

    pub fn instance(&mut self, name: &str, part: PartId) -> NodeId {
        self.level.add(Node::Instance { name: name.to_owned(), part })
    }

    pub fn import(&mut self, name: &str) -> NodeId {
        let item = self.item(name, &[]);
        self.level.add(Node::Import(item))
    }

    pub fn export(&mut self, from: NodeId, name: &str) -> NodeId {
        let item = self.item(name, &[]);
        let to = self.level.add(Node::Export(item));
        self.edge(from, to, name, name, &[]);
        to
    }

    pub fn item(&mut self, name: &str, resources: &[&str]) -> Item {
        let wit = Some(self.wit(name));
        Item { name: Name::parse(name), sort: Sort::Instance, wit, resources: owned(resources) }
    }

    fn wit(&mut self, name: &str) -> TextId {
        let short = Name::parse(name).short().to_owned();
        self.scene.texts.add(format!("interface {short} {{\n  call: func(input: string) -> result<u32, string>;\n}}"))
    }

    /// Adds an edge, and what it satisfies to the parts on both sides.
    pub fn edge(&mut self, from: NodeId, to: NodeId, provided: &str, wanted: &str, resources: &[&str]) {
        let wit = Some(self.wit(wanted));
        for (node, name) in [(from, provided), (to, wanted)] {
            let item = self.item(name, resources);
            if let Node::Instance { part, .. } = &self.level.nodes[node.0] {
                let part = &mut self.scene.parts[part.0];
                let items = if node == from { &mut part.exports } else { &mut part.imports };
                if !items.contains(&item) {
                    items.push(item);
                }
            }
        }
        self.level.edges.push(Edge {
            from,
            to,
            provided: Name::parse(provided),
            wanted: Name::parse(wanted),
            sort: Sort::Instance,
            wit,
            resources: owned(resources),
        });
    }

    /// An edge without a type, between instances of parts of another scene.
    pub fn edge_of_level(&mut self, from: NodeId, to: NodeId, name: &str) {
        let name = Name::parse(name);
        let (provided, wanted) = (name.clone(), name);
        let sort = Sort::Instance;
        self.level.edges.push(Edge { from, to, provided, wanted, sort, wit: None, resources: Vec::new() });
    }

    /// An edge from an import, under its own name.
    pub fn take(&mut self, import: NodeId, to: NodeId, name: &str) {
        self.edge(import, to, name, name, &[]);
    }

    pub fn end(mut self) -> Scene {
        self.scene.level = self.level;
        self.scene
    }
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

/// Three components in a row, with WASI below them.
pub fn three() -> Scene {
    let mut build = Builder::new("shop.wasm");
    let parts = [("acme:gateway@1.4.0", 182_000), ("acme:orders@2.0.1", 1_204_500), ("acme:store@0.9.0", 88_064)];
    let [gateway, orders, store] = parts.map(|(name, size)| build.part(name, size));
    let wasi = [
        "wasi:io/streams@0.2.6",
        "wasi:io/poll@0.2.6",
        "wasi:clocks/monotonic-clock@0.2.6",
        "wasi:http/types@0.2.6",
        "wasi:http/outgoing-handler@0.2.6",
        "wasi:keyvalue/store@0.2.0-draft",
    ];
    let imports = wasi.map(|name| (build.import(name), name));
    let store = build.instance("store", store);
    let orders = build.instance("orders", orders);
    let gateway = build.instance("gateway", gateway);
    let uses: [(NodeId, &[usize]); 3] = [(store, &[0, 5]), (orders, &[0, 1, 2, 4]), (gateway, &[0, 1, 3])];
    for (node, used) in uses {
        for at in used {
            build.take(imports[*at].0, node, imports[*at].1);
        }
    }
    build.edge(store, orders, "acme:store/tables@0.9.0", "acme:store/tables@0.9.0", &["table", "cursor"]);
    build.edge(store, orders, "acme:store/health@0.9.0", "acme:store/health@0.9.0", &[]);
    build.edge(orders, gateway, "acme:orders/api@2.0.1", "acme:orders/api@2.0.0", &[]);
    build.export(gateway, "wasi:http/incoming-handler@0.2.6");
    build.export(orders, "acme:orders/api@2.0.1");
    build.end()
}

/// A diamond over one owner of a resource; one of its sides is there twice; a bag and a type; a plain import.
pub fn diamond() -> Scene {
    let mut build = Builder::new("diamond");
    let [owner, side, top] = [("t:owner", 5_000), ("t:side@1.0.0", 9_000), ("", 700)].map(|(n, s)| build.part(n, s));
    let log = build.import("log");
    let kind = build.item("t:top/kind", &[]);
    let kind = build.level.add(Node::Definition(kind));
    let owner = build.instance("owner", owner);
    let left = build.instance("left", side);
    let right = build.instance("right", side);
    let bag = build.level.add(Node::Bag { name: String::new() });
    let top = build.instance("", top);
    build.take(log, owner, "log");
    for node in [left, right] {
        build.edge(owner, node, "t:owner/cells@1.2.0", "t:owner/cells@1.0.0", &["cell"]);
        build.edge(node, bag, "t:side/half@1.0.0", if node == left { "left" } else { "right" }, &[]);
    }
    build.edge(owner, top, "t:owner/cells@1.2.0", "t:owner/cells@1.2.0", &["cell"]);
    build.edge(bag, top, "", "halves", &[]);
    build.edge(kind, top, "t:top/kind", "kind", &[]);
    build.export(top, "run");
    build.end()
}

/// A composition in a composition, the outer one there twice.
pub fn nested() -> Scene {
    let mut build = Builder::new("nested");
    let leaf = build.part("a:leaf@1.0.0", 400);
    let middle = build.part("a:middle@1.0.0", 1_500);
    let outer = build.part("a:outer@1.0.0", 4_000);
    let mut inside = |name: &str, part: PartId, count: usize| {
        let mut inner = Builder { scene: std::mem::take(&mut build.scene), level: Level::default() };
        let import = inner.import("wasi:random/random@0.2.6");
        let mut before = import;
        for at in 0..count {
            let node = inner.instance(&format!("{name}-{at}"), part);
            let flows = if before == import { "wasi:random/random@0.2.6" } else { "a:leaf/step@1.0.0" };
            inner.edge(before, node, flows, flows, &[]);
            before = node;
        }
        inner.export(before, "a:leaf/step@1.0.0");
        let level = inner.level;
        build.scene = inner.scene;
        level
    };
    let (in_middle, in_outer) = (inside("leaf", leaf, 3), inside("middle", middle, 2));
    build.scene.parts[middle.0].inner = Some(in_middle);
    build.scene.parts[outer.0].inner = Some(in_outer);
    let random = build.import("wasi:random/random@0.2.6");
    let first = build.instance("first", outer);
    let second = build.instance("second", outer);
    let user = build.part("a:user", 90);
    let user = build.instance("user", user);
    for node in [first, second] {
        build.take(random, node, "wasi:random/random@0.2.6");
        build.edge(node, user, "a:leaf/step@1.0.0", "a:leaf/step@1.0.0", &[]);
    }
    build.export(user, "run");
    build.end()
}

/// What `withe graph` said of a real app: two components over `wasi:http`, one of them a composition itself.
pub fn middleware() -> Scene {
    withe_picture::read_json(include_str!("middleware.json")).expect("documents of schema 1 stay readable")
}

/// An app whose drawing is turned, where every third component is a composition of earlier ones.
pub fn compositions() -> Scene {
    let mut scene = app(16, 26);
    for at in (2..16).step_by(3) {
        let mut inner = Builder::default();
        let nodes = [0, at - 1].map(|part| inner.instance(&format!("in-{at}-{part}"), PartId(part)));
        inner.edge_of_level(nodes[0], nodes[1], "x:y/z@1.0.0");
        if at % 2 == 0 {
            inner.instance("alone", PartId(0));
        }
        scene.parts[at].inner = Some(inner.level);
    }
    scene
}

/// Interfaces of WASI that a component of a server has.
pub const WASI: [&str; 12] = [
    "wasi:io/error@0.2.6",
    "wasi:io/poll@0.2.6",
    "wasi:io/streams@0.2.6",
    "wasi:cli/environment@0.2.6",
    "wasi:cli/stderr@0.2.6",
    "wasi:cli/stdout@0.2.6",
    "wasi:cli/exit@0.2.6",
    "wasi:clocks/wall-clock@0.2.6",
    "wasi:clocks/monotonic-clock@0.2.6",
    "wasi:filesystem/types@0.2.6",
    "wasi:filesystem/preopens@0.2.6",
    "wasi:random/random@0.2.6",
];

/// A number below `below`, from a seed that moves on.
pub fn draw(seed: &mut u64, below: usize) -> usize {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    (*seed % below.max(1) as u64) as usize
}

/// An app of `count` components in layers, with `edges` edges between them and 12 interfaces of the host each.
pub fn app(count: usize, edges: usize) -> Scene {
    const WORDS: [&str; 10] =
        ["auth", "cache", "billing", "search", "mail", "audit", "stock", "prices", "session", "images"];
    let mut build = Builder::new("app.wasm");
    let mut seed = 0x5eed_0000 + count as u64;
    let imports = WASI.map(|name| (build.import(name), name));
    let mut nodes = Vec::new();
    for at in 0..count {
        let name = format!("{}{}", WORDS[at % 10], if at < 10 { String::new() } else { format!("-{}", at / 10) });
        let part = build.part(&format!("acme:{name}@1.{}.0", at % 7), 20_000 + draw(&mut seed, 900_000) as u64);
        let node = build.instance(&name, part);
        nodes.push((node, name));
        for (import, name) in imports {
            build.take(import, node, name);
        }
    }
    for at in 0..edges {
        // Mostly near neighbours, as services have them; some far ones.
        let to = 1 + at % (count - 1);
        let reach = if draw(&mut seed, 5) == 0 { to } else { to.min(8) };
        let from = to - 1 - draw(&mut seed, reach);
        let name = format!("acme:{}/api@1.{}.0", nodes[from].1, from % 7);
        let resources: &[&str] = if draw(&mut seed, 4) == 0 { &["handle"] } else { &[] };
        build.edge(nodes[from].0, nodes[to].0, &name, &name, resources);
    }
    let (last, name) = nodes[count - 1].clone();
    build.export(last, "wasi:http/incoming-handler@0.2.6");
    build.export(last, &format!("acme:{name}/health@1.0.0"));
    build.end()
}

/// An app of `tiers` tiers with `width` components each, which take from the tier before, and 12 interfaces of the host.
pub fn tiers(tiers: usize, width: usize) -> Scene {
    let mut build = Builder::new("tiers.wasm");
    let mut seed = 0x7135;
    let imports = WASI.map(|name| (build.import(name), name));
    let mut before: Vec<(NodeId, String)> = Vec::new();
    for tier in 0..tiers {
        let mut nodes = Vec::new();
        for at in 0..width {
            let name = format!("tier{tier}-{at}");
            let part = build.part(&format!("acme:{name}@1.{tier}.0"), 20_000 + draw(&mut seed, 900_000) as u64);
            let node = build.instance(&name, part);
            for (import, name) in imports {
                build.take(import, node, name);
            }
            for _ in 0..3 {
                let Some((from, of)) = before.get(draw(&mut seed, width)).cloned() else { continue };
                let flows = format!("acme:{of}/api@1.{}.0", tier - 1);
                build.edge(from, node, &flows, &flows, &[]);
            }
            nodes.push((node, name));
        }
        before = nodes;
    }
    for (node, name) in before {
        build.export(node, &format!("acme:{name}/front@1.0.0"));
    }
    build.end()
}

/// Names that mean something to one of the formats, that are empty, long, or turn text around.
pub const HOSTILE: [&str; 16] = [
    "",
    "</script><script>alert(1)</script>",
    "]]>",
    "<!--",
    "a\"b'c`d",
    "line\nbreak\r\ttab",
    "back\\slash\\",
    "#quot; &amp; %%{init: {}}%% ;",
    "end",
    "lifestyle:x#1; classDef y fill:#f00;",
    "\u{202e}right-to-left\u{202c}",
    "\u{5e9}\u{5dc}\u{5d5}\u{5dd} \u{645}\u{631}\u{62d}\u{628}\u{627}",
    "\u{65e5}\u{672c}\u{8a9e}\u{1f980}",
    "nul\u{0}bell\u{7}\u{fffe}",
    "{{data}} {{script}}",
    "${x} |pipe| [[x]] ((y))",
];

/// Everything named so.
pub fn hostile() -> Scene {
    let mut build = Builder::new(HOSTILE[1]);
    let long = "x".repeat(4000);
    let mut before = None;
    for name in HOSTILE.iter().copied().chain([long.as_str(), "same", "same"]) {
        let import = build.import(name);
        let part = build.part(name, 1_000);
        let node = build.instance(name, part);
        let bag = build.level.add(Node::Bag { name: name.to_owned() });
        build.edge(import, node, name, name, &[name]);
        build.edge(node, bag, name, "x", &[]);
        if let Some(before) = before {
            build.edge(before, node, name, "y", &[]);
        }
        build.export(bag, name);
        before = Some(bag);
    }
    build.end()
}

/// `count` components that all take from one and give to one.
pub fn star(count: usize) -> Scene {
    let mut build = Builder::new("star");
    let [hub, ray, rim] = ["hub", "ray", "rim"].map(|name| build.part(name, 1_000));
    let hub = build.instance("hub", hub);
    let rim = build.level.add(Node::Instance { name: "rim".to_owned(), part: rim });
    for at in 0..count {
        let node = build.instance(&format!("ray-{at}"), ray);
        build.edge(hub, node, "a:hub/api@1.0.0", "a:hub/api@1.0.0", &[]);
        build.edge(node, rim, "a:ray/api@1.0.0", &format!("ray-{at}"), &[]);
    }
    build.end()
}

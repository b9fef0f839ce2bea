//! A graph as lines of text, for tests and for comparing graphs.
//!
//! In: a graph. Out: its imports, own types, instances with their arguments, bags before what they are first given to,
//! and exports.
//! Holds: two graphs of one text are wired alike, whatever was added to them and is not used; of several instances with
//! one name, and of bags, each has a number.

use std::collections::HashMap;

use types::ExternName;

use crate::graph::{Graph, NodeId, NodeKind};

impl Graph<'_> {
    /// The graph as lines.
    pub fn dump(&self) -> String {
        let mut dump = Dump { graph: self, labels: instance_labels(self), bags: 0, out: String::new() };
        for name in self.imports().keys() {
            dump.line(&format!("import {name}"));
        }
        for name in self.definitions().keys() {
            dump.line(&format!("type {name}"));
        }
        for (id, node) in self.nodes() {
            if let NodeKind::Instance { part, args } = &node.kind {
                args.iter().for_each(|(_, arg)| dump.bags_of(*arg));
                let part = self.part(*part).title();
                let own_part = if own_name(self, id) == part { String::new() } else { format!(", a {part}") };
                let line = format!("instance of {}{own_part}", dump.labels[&id]);
                dump.block(&line, args);
            }
        }
        for (name, node) in self.exports() {
            dump.bags_of(*node);
            dump.line(&format!("export {name} = {}", dump.words(*node)));
        }
        dump.out
    }
}

struct Dump<'g, 'a> {
    graph: &'g Graph<'a>,
    /// What instances are called, and bags that are written.
    labels: HashMap<NodeId, String>,
    /// How many bags are written.
    bags: usize,
    out: String,
}

impl Dump<'_, '_> {
    fn line(&mut self, line: &str) {
        self.out.push_str(line);
        self.out.push('\n');
    }

    fn block(&mut self, line: &str, takes: &[(ExternName, NodeId)]) {
        self.line(line);
        for (name, node) in takes {
            self.line(&format!("  {name} = {}", self.words(*node)));
        }
    }

    /// Writes the bag that a node is or comes from, behind those that it is made of, where they are not written yet.
    fn bags_of(&mut self, node: NodeId) {
        let graph = self.graph;
        let mut open = vec![(graph.base(node), 0)];
        while let Some((at, next)) = open.pop() {
            let NodeKind::Bag { exports } = &graph.node(at).kind else { continue };
            if self.labels.contains_key(&at) {
                continue;
            }
            match exports.get(next) {
                Some((_, inner)) => open.extend([(at, next + 1), (graph.base(*inner), 0)]),
                None => {
                    self.bags += 1;
                    let label = format!("bag #{}", self.bags);
                    self.block(&label, exports);
                    self.labels.insert(at, label);
                }
            }
        }
    }

    /// A node in words: `import a:b/c`, `greeter / a:b/c`.
    fn words(&self, node: NodeId) -> String {
        let mut names = String::new();
        let mut at = node;
        while let NodeKind::Alias { of, name } = &self.graph.node(at).kind {
            names.insert_str(0, &format!(" / {name}"));
            at = *of;
        }
        match &self.graph.node(at).kind {
            NodeKind::Import(name) => format!("import {name}{names}"),
            NodeKind::Instance { .. } | NodeKind::Bag { .. } | NodeKind::Alias { .. } => {
                format!("{}{names}", self.labels[&at])
            }
        }
    }
}

/// What an instance is called: as its part, unless it has a name of its own.
fn own_name<'g>(graph: &'g Graph<'_>, instance: NodeId) -> &'g str {
    match &graph.node(instance).name {
        Some(name) => name,
        None => graph.part_of(instance).title(),
    }
}

/// What instances are called; those of one name are numbered.
fn instance_labels(graph: &Graph<'_>) -> HashMap<NodeId, String> {
    let instances = graph.nodes().filter(|(_, node)| matches!(node.kind, NodeKind::Instance { .. }));
    let instances: Vec<NodeId> = instances.map(|(id, _)| id).collect();
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for id in &instances {
        *counts.entry(own_name(graph, *id)).or_default() += 1;
    }
    let mut numbers: HashMap<&str, usize> = HashMap::new();
    let label = |id: NodeId| {
        let name = own_name(graph, id);
        let number = numbers.entry(name).or_default();
        *number += 1;
        let label = if counts[name] == 1 { name.to_owned() } else { format!("{name} #{number}") };
        (id, label)
    };
    instances.iter().copied().map(label).collect()
}

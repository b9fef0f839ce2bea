//! Why something is there: who asks for which package.
//!
//! In: a lock. Out: the tree from the project down, and the chains from the project to one package.
//! Holds: a package that stands in a tree already is not taken apart again, so that circles and diamonds end.

use std::collections::BTreeSet;

use super::lock::{Lock, Locked};

/// A package in the tree.
#[derive(Clone, Debug)]
pub struct Node<'l> {
    pub locked: &'l Locked,
    /// What is asked for.
    pub requirement: String,
    /// Whether what it asks for stands elsewhere in the tree.
    pub is_repeated: bool,
    pub below: Vec<Node<'l>>,
}

/// Who in the project asks for something, and what that asks for in turn.
#[derive(Clone, Debug)]
pub struct Root<'l> {
    /// `withe.toml`, `components.NAME`, `wit`.
    pub by: String,
    pub below: Vec<Node<'l>>,
}

/// One way from the project to a package: who asks, for what.
pub type Chain<'l> = Vec<(String, String, &'l Locked)>;

/// Chains that are told of one package.
const MOST_CHAINS: usize = 100;

/// The whole tree.
pub fn tree(lock: &Lock) -> Vec<Root<'_>> {
    let ids: BTreeSet<String> = lock.packages.iter().map(Locked::id).collect();
    let all = lock.packages.iter().flat_map(|one| &one.required_by).map(|one| one.by.clone());
    let roots: BTreeSet<String> = all.filter(|by| !ids.contains(by)).collect();
    let mut met = BTreeSet::new();
    roots.into_iter().map(|by| Root { below: below(lock, &by, &mut met), by }).collect()
}

fn below<'l>(lock: &'l Lock, by: &str, met: &mut BTreeSet<String>) -> Vec<Node<'l>> {
    // An own stack is not needed: a lock has few packages in a row, and each is entered once.
    let mut nodes = Vec::new();
    for (locked, requirement) in asked_by(lock, by) {
        let id = locked.id();
        let is_new = met.insert(id.clone());
        let below = if is_new { below(lock, &id, met) } else { Vec::new() };
        let has_more = asked_by(lock, &id).next().is_some();
        nodes.push(Node { locked, requirement, is_repeated: !is_new && has_more, below });
    }
    nodes
}

fn asked_by<'l>(lock: &'l Lock, by: &str) -> impl Iterator<Item = (&'l Locked, String)> {
    let by = by.to_owned();
    lock.packages.iter().filter_map(move |locked| {
        let mut asks = locked.required_by.iter().filter(|one| one.by == by);
        let first = asks.next()?.requirement.clone();
        Some((locked, asks.fold(first, |all, one| format!("{all} and {}", one.requirement))))
    })
}

/// The shortest chain from each asker in the project to a package, and one through each package that asks for it.
pub fn why<'l>(lock: &'l Lock, target: &'l Locked) -> Vec<Chain<'l>> {
    let mut chains = Vec::new();
    // Breadth first, from the package up: each package is entered once.
    let mut met: BTreeSet<String> = BTreeSet::from([target.id()]);
    let mut open: std::collections::VecDeque<(&Locked, Chain<'l>)> = [(target, Vec::new())].into();
    while let Some((at, chain)) = open.pop_front() {
        for ask in &at.required_by {
            let mut longer: Chain<'l> = vec![(ask.by.clone(), ask.requirement.clone(), at)];
            longer.extend(chain.iter().cloned());
            match lock.packages.iter().find(|one| one.id() == ask.by) {
                Some(by) if met.insert(by.id()) => open.push_back((by, longer)),
                Some(_) => {}
                None if chains.len() < MOST_CHAINS => chains.push(longer),
                None => {}
            }
        }
    }
    chains
}

#[cfg(test)]
mod tests {
    use super::super::lock::{Digest, Kind, Required};
    use super::*;

    fn lock(text: &str) -> Lock {
        let line = |line: &str| {
            let (id, by) = line.trim().split_once(" <- ").unwrap();
            let (name, version) = id.split_once('@').unwrap();
            let by = by.split(", ").map(|by| Required { by: by.to_owned(), requirement: "^1".to_owned() });
            Locked {
                name: name.parse().unwrap(),
                version: Some(version.parse().unwrap()),
                kind: Kind::Wit,
                source: "path+x".to_owned(),
                digest: Digest::of(b""),
                required_by: by.collect(),
            }
        };
        Lock { vendored: false, packages: text.lines().map(line).collect() }.sorted()
    }

    fn shown(nodes: &[Node<'_>]) -> String {
        let one = |node: &Node<'_>| {
            let more = if node.is_repeated { "(*)" } else { "" };
            format!("{}{more}[{}]", node.locked.name.name, shown(&node.below))
        };
        nodes.iter().map(one).collect()
    }

    #[test]
    fn diamonds_and_circles_end() {
        let lock = lock("t:a@1.0.0 <- withe.toml, t:c@1.0.0\nt:b@1.0.0 <- t:a@1.0.0, wit\nt:c@1.0.0 <- t:b@1.0.0");
        let tree: Vec<String> = tree(&lock).iter().map(|root| format!("{} {}", root.by, shown(&root.below))).collect();
        assert_eq!(tree, ["wit b[c[a[b(*)[]]]]", "withe.toml a(*)[]"]);
        let target = lock.packages.iter().find(|one| one.name.name == "c").unwrap();
        let chains = why(&lock, target);
        let chain = |chain: &Chain<'_>| chain.iter().map(|(by, ..)| by.as_str()).collect::<Vec<_>>().join(" > ");
        let chains: Vec<String> = chains.iter().map(chain).collect();
        assert_eq!(chains, ["wit > t:b@1.0.0", "withe.toml > t:a@1.0.0 > t:b@1.0.0"]);
    }
}

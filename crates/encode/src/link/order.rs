//! Which libraries are needed, and in which order they are instantiated.
//!
//! In: libraries and their symbols. Out: positions; a library comes after those that it needs, except in a cycle.
//! Holds: no recursion, so that a chain of ten thousand libraries is no deep stack; equal input gives equal order.
//!
//! ```text
//! app ─► libfoo ─► libc        order: libc, libfoo, app
//! ```

use std::collections::HashMap;

use super::errors;
use super::library::{Library, START, Want};
use super::symbols::Resolved;

/// For each library, the positions of others.
type Edges = Vec<Vec<usize>>;

/// The libraries that something reaches from outside, those that are needed first.
///
/// In a cycle of addresses, a library comes after those whose functions it calls; in one of calls, after those that it
/// names as needed; in one of those, after those whose exception tags it imports, in the order of the input.
///
/// # Errors
///
/// `link/tag-cycle`: an exception tag of a library that cannot be instantiated earlier.
pub fn order(libraries: &[Library<'_>], resolved: &Resolved<'_>) -> diag::Result<Vec<usize>> {
    let all = edges(libraries, resolved, |_| true);
    let calls = edges(libraries, resolved, |want| matches!(want, Want::Func { .. } | Want::Tag { .. }));
    let named = edges(libraries, resolved, |want| matches!(want, Want::Tag { .. }));
    let tags = tag_edges(libraries, resolved);
    let mut parts = components(&all, &reachable(libraries, &all));
    for edges in [&calls, &named, &tags] {
        parts = parts.into_iter().flat_map(|part| within(edges, part)).collect();
    }
    let is_cycle = |part: &&Vec<usize>| part.len() > 1 || tags[part[0]].contains(&part[0]);
    let wrong = parts.iter().filter(is_cycle).map(|part| errors::tag_cycle(libraries, resolved, part));
    let wrong: Vec<diag::Diagnostic> = wrong.collect();
    if wrong.is_empty() { Ok(parts.into_iter().flatten().collect()) } else { Err(diag::Diagnostics(wrong)) }
}

/// The components among some nodes alone, with other edges.
fn within(edges: &Edges, mut nodes: Vec<usize>) -> Vec<Vec<usize>> {
    if nodes.len() < 2 {
        return vec![nodes];
    }
    nodes.sort_unstable();
    let place = |node: &usize| nodes.binary_search(node).ok();
    let inner: Edges = nodes.iter().map(|node| edges[*node].iter().filter_map(place).collect()).collect();
    let components = components(&inner, &vec![true; nodes.len()]);
    let outer = |component: Vec<usize>| {
        let mut outer: Vec<usize> = component.into_iter().map(|place| nodes[place]).collect();
        outer.sort_unstable();
        outer
    };
    components.into_iter().map(outer).collect()
}

/// What a library needs by name, and by its imports of the wanted kinds.
fn edges(libraries: &[Library<'_>], resolved: &Resolved<'_>, wanted: impl Fn(&Want<'_>) -> bool) -> Edges {
    let names: HashMap<&str, usize> =
        libraries.iter().enumerate().map(|(index, library)| (library.name, index)).collect();
    let of = |(index, library): (usize, &Library<'_>)| {
        let needed = library.dylink.needed.iter().filter_map(|name| names.get(name).copied());
        let needs = library.needs.iter().zip(&resolved.targets[index]).filter(|(need, _)| wanted(&need.want));
        let symbols = needs.filter_map(|(_, target)| target.symbol());
        let mut edges: Vec<usize> = needed.chain(symbols.map(|symbol| symbol.library)).collect();
        edges.sort_unstable();
        edges.dedup();
        edges
    };
    libraries.iter().enumerate().map(of).collect()
}

fn tag_edges(libraries: &[Library<'_>], resolved: &Resolved<'_>) -> Edges {
    let of = |(library, targets): (&Library<'_>, &Vec<_>)| {
        let tags = library.needs.iter().zip(targets).filter(|(need, _)| matches!(need.want, Want::Tag { .. }));
        tags.filter_map(|(_, target): (_, &super::symbols::Target<'_>)| target.symbol())
            .map(|symbol| symbol.library)
            .collect()
    };
    libraries.iter().zip(&resolved.targets).map(of).collect()
}

/// All that a component's caller, `dlopen`, or the start of the program can reach.
fn reachable(libraries: &[Library<'_>], edges: &Edges) -> Vec<bool> {
    let is_root = |library: &Library<'_>| {
        library.exports_to_world || library.dl_openable || library.module.exports.contains_key(START)
    };
    let mut reached: Vec<bool> = libraries.iter().map(is_root).collect();
    let mut open: Vec<usize> = (0..libraries.len()).filter(|index| reached[*index]).collect();
    while let Some(library) = open.pop() {
        for next in &edges[library] {
            if !std::mem::replace(&mut reached[*next], true) {
                open.push(*next);
            }
        }
    }
    reached
}

/// The strongly connected components of what is reachable; each comes after those that it has edges to.
///
/// Tarjan's algorithm, with a stack of its own.
fn components(edges: &Edges, reachable: &[bool]) -> Vec<Vec<usize>> {
    let mut search = Search {
        edges,
        number: vec![None; edges.len()],
        low: vec![0; edges.len()],
        open: vec![false; edges.len()],
        stack: Vec::new(),
        next: 0,
        components: Vec::new(),
    };
    for root in (0..edges.len()).filter(|index| reachable[*index]) {
        if search.number[root].is_none() {
            search.visit(root);
        }
    }
    search.components
}

struct Search<'e> {
    edges: &'e Edges,
    /// The order of first visits.
    number: Vec<Option<usize>>,
    /// The smallest number that is reachable within the component.
    low: Vec<usize>,
    /// Whether the component is not complete.
    open: Vec<bool>,
    stack: Vec<usize>,
    next: usize,
    components: Vec<Vec<usize>>,
}

impl Search<'_> {
    fn visit(&mut self, root: usize) {
        let mut path = vec![(root, 0)];
        self.enter(root);
        while let Some((node, edge)) = path.last_mut() {
            let (node, next) = (*node, self.edges[*node].get(*edge).copied());
            *edge += 1;
            match next {
                Some(next) => match self.number[next] {
                    None => {
                        self.enter(next);
                        path.push((next, 0));
                    }
                    Some(number) if self.open[next] => self.low[node] = self.low[node].min(number),
                    Some(_) => {}
                },
                None => {
                    path.pop();
                    if let Some((parent, _)) = path.last() {
                        self.low[*parent] = self.low[*parent].min(self.low[node]);
                    }
                    self.leave(node);
                }
            }
        }
    }

    fn enter(&mut self, node: usize) {
        self.number[node] = Some(self.next);
        self.low[node] = self.next;
        self.next += 1;
        self.stack.push(node);
        self.open[node] = true;
    }

    fn leave(&mut self, node: usize) {
        if self.number[node] != Some(self.low[node]) {
            return;
        }
        let start = self.stack.iter().rposition(|other| *other == node).unwrap_or(0);
        let component = self.stack.split_off(start);
        component.iter().for_each(|member| self.open[*member] = false);
        self.components.push(component);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(edges: &Edges) -> Vec<Vec<usize>> {
        let mut components = components(edges, &vec![true; edges.len()]);
        components.iter_mut().for_each(|component| component.sort_unstable());
        components
    }

    #[test]
    fn what_is_needed_comes_first() {
        assert_eq!(sorted(&vec![vec![1], vec![2], vec![]]), [[2], [1], [0]]);
        assert_eq!(sorted(&vec![vec![], vec![0], vec![0, 1]]), [[0], [1], [2]]);
    }

    #[test]
    fn a_cycle_is_one_component() {
        assert_eq!(sorted(&vec![vec![1], vec![2, 3], vec![0], vec![]]), [vec![3], vec![0, 1, 2]]);
    }

    #[test]
    fn a_cycle_is_ordered_by_what_matters_more() {
        let needed = vec![vec![1], vec![], vec![]];
        assert_eq!(within(&needed, vec![2, 1, 0]), [[1], [0], [2]]);
        assert_eq!(within(&needed, vec![2, 0]), [[0], [2]]);
    }

    #[test]
    fn a_long_chain_is_no_deep_stack() {
        let edges: Edges = (1..=100_000).map(|next| if next < 100_000 { vec![next] } else { vec![] }).collect();
        let components = sorted(&edges);
        assert_eq!(components.first(), Some(&vec![99_999]));
        assert_eq!(components.len(), 100_000);
    }
}

//! What depends on itself: types, interfaces through `use`, worlds through `include`, packages.
//!
//! In: the index. Out: one diagnostic for each circle, with one label for each step.
//! Holds: each circle is told once, beginning with what stands first.

use std::collections::HashMap;

use diag::{Diagnostic, error};

use super::Checker;
use super::index::{PackageId, Said, ScopeId, ScopeKind, Site};
use super::lookup::Found;
use super::names::whole;
use super::paths::for_each_path;
use super::walk::{for_each_name, parts_of};
use crate::syntax::ast::{Item, Span};

/// So many steps of a circle are shown.
const MOST_STEPS: usize = 100;

/// What a node refers to: which node, and where that is said.
type Edges = Vec<Vec<(usize, Site, Span)>>;

impl<'t> Checker<'t> {
    pub(super) fn cycles(&mut self) {
        let scopes: Vec<ScopeId> = self.index.own_scopes().collect();
        for scope in scopes {
            self.type_cycles(scope);
        }
        self.item_cycles();
        self.package_cycles();
    }

    fn type_cycles(&mut self, id: ScopeId) {
        let scope = self.index.scope(id);
        let declared = scope.declared();
        let mut numbers: HashMap<&str, usize> = HashMap::new();
        for (number, ty) in declared.iter().enumerate() {
            numbers.entry(ty.name.text.as_str()).or_insert(number);
        }
        let mut edges: Edges = vec![Vec::new(); declared.len()];
        for (number, ty) in declared.iter().enumerate() {
            for part in parts_of(ty) {
                for_each_name(part, &mut |name, _| {
                    if let Some(target) = numbers.get(name.text.as_str()) {
                        edges[number].push((*target, scope.site, name.span.clone()));
                    }
                });
            }
        }
        let name = |number: usize| declared[number].name.text.clone();
        for circle in circles(&edges) {
            let one = self.circle("wit/cycle", "type", &circle, &edges, &name, "is made of");
            self.found.push(one.help("break the circle: leave out one of the references"));
        }
    }

    /// Interfaces that use one another, worlds that include one another.
    fn item_cycles(&mut self) {
        let scopes: Vec<ScopeId> = self.index.own_scopes().collect();
        let numbers: HashMap<ScopeId, usize> = scopes.iter().enumerate().map(|(number, id)| (*id, number)).collect();
        let mut edges: Edges = vec![Vec::new(); scopes.len()];
        for (number, id) in scopes.iter().enumerate() {
            let scope = self.index.scope(*id);
            let paths: Vec<_> = match scope.kind {
                ScopeKind::Interface(_) => scope.uses().into_iter().map(|use_| &use_.path).collect(),
                ScopeKind::World(_) => scope.includes().into_iter().map(|include| &include.path).collect(),
                ScopeKind::Inline { .. } | ScopeKind::KnownInterface | ScopeKind::KnownWorld(_) => Vec::new(),
            };
            for path in paths.into_iter().filter(|path| path.package.is_none()) {
                let Found::Scope(target) = self.index.follow(scope.site, path) else { continue };
                let other = self.index.scope(target);
                let same = other.site.package == scope.site.package && other.is_world() == scope.is_world();
                if let (true, Some(target)) = (same, numbers.get(&target)) {
                    edges[number].push((*target, scope.site, path.item.span.clone()));
                }
            }
        }
        let name = |number: usize| self.index.scope(scopes[number]).name.to_owned();
        let mut found = Vec::new();
        for circle in circles(&edges) {
            let is_world = self.index.scope(scopes[circle[0].0]).is_world();
            let (kind, verb) = if is_world { ("world", "includes") } else { ("interface", "uses") };
            // wit-parser names the second of the circle, and where it is declared.
            let second = edges[circle[0].0][circle[0].1].0;
            let steps = self.circle("wit/cycle", kind, &circle, &edges, &name, verb);
            let mut one = error("wit/cycle", format!("{kind} `{}` depends on itself", name(second)));
            if let Some(place) = self.index.declaration(scopes[second]) {
                one = one.label(place, format!("the {kind}"));
            }
            one.labels.extend(steps.labels);
            found.push(one.help(match (kind, circle.len()) {
                ("world", 1) => "leave the `include` out: a world has its own items already",
                ("world", _) => "leave out one of the `include`s",
                (_, 1) => "leave the `use` out: an interface names its own types without it",
                _ => "move the types that both need into an interface of their own",
            }));
        }
        self.found.extend(found);
    }

    fn package_cycles(&mut self) {
        let packages: Vec<PackageId> = self.index.own().collect();
        let mut edges: Edges = vec![Vec::new(); packages.len()];
        for (number, package) in packages.iter().enumerate() {
            for (part, file) in self.index.package(*package).parts.iter().enumerate() {
                let site = Site { package: *package, part };
                for_each_path(file.items, &mut |path, _| {
                    let Some(name) = &path.package else { return };
                    // What is no version may be any, and a path without `/` is told by itself.
                    let written = file.source.text.get(path.span.clone()).unwrap_or_default();
                    let any = matches!(Said::of(name), Said::Unread(_)) || !written.contains('/');
                    for target in self.index.find_packages(name) {
                        if any && target == *package {
                            continue;
                        }
                        if let Ok(target) = packages.binary_search(&target) {
                            edges[number].push((target, site, whole(name, &path.item)));
                        }
                    }
                });
            }
        }
        let name = |number: usize| self.index.shown(packages[number]);
        let mut found = Vec::new();
        for circle in circles(&edges) {
            if circle.len() == 1 && self.has_two_headers(packages[circle[0].0]) {
                continue;
            }
            let one = self.circle("wit/package-cycle", "package", &circle, &edges, &name, "uses");
            let help = if circle.len() == 1 {
                "name the interface alone, without the package"
            } else {
                "move what both packages need into a third one"
            };
            found.push(one.help(help));
        }
        self.found.extend(found);
    }

    /// Whether what looks like one package was meant to be two: that is told at the second header.
    fn has_two_headers(&self, package: PackageId) -> bool {
        self.index.package(package).parts.iter().any(|part| {
            let header =
                |span: &Span| part.source.text.get(span.clone()).is_some_and(|text| text.starts_with("package"));
            part.items.iter().any(|item| matches!(item, Item::Error(span) if header(span)))
        })
    }

    /// A circle as a diagnostic: each step where it is said.
    fn circle(
        &self,
        code: &'static str,
        kind: &str,
        circle: &[(usize, usize)],
        edges: &Edges,
        name: &dyn Fn(usize) -> String,
        verb: &str,
    ) -> Diagnostic {
        let mut one = error(code, format!("{kind} `{}` depends on itself", name(circle[0].0)));
        for (node, edge) in circle.iter().take(MOST_STEPS) {
            let (target, site, span) = &edges[*node][*edge];
            let text = if node == target {
                format!("`{}` {verb} itself", name(*node))
            } else {
                format!("`{}` {verb} `{}`", name(*node), name(*target))
            };
            one = one.label(self.index.place(*site, span), text);
        }
        one
    }
}

/// The circles of a graph, as nodes with the number of the edge that is taken from each.
fn circles(edges: &Edges) -> Vec<Vec<(usize, usize)>> {
    const NEW: usize = usize::MAX;
    const DONE: usize = usize::MAX - 1;
    let mut found = Vec::new();
    // Where a node stands on the stack.
    let mut state = vec![NEW; edges.len()];
    let mut told = vec![false; edges.len()];
    for start in 0..edges.len() {
        if state[start] != NEW {
            continue;
        }
        state[start] = 0;
        let mut stack = vec![(start, 0)];
        while let Some((node, next)) = stack.last().copied() {
            let Some((target, ..)) = edges[node].get(next) else {
                state[node] = DONE;
                stack.pop();
                continue;
            };
            let top = stack.len() - 1;
            stack[top].1 += 1;
            match state[*target] {
                NEW => {
                    state[*target] = stack.len();
                    stack.push((*target, 0));
                }
                DONE => {}
                from => {
                    if !told[node] && !told[*target] {
                        let steps: Vec<(usize, usize)> =
                            stack[from..].iter().map(|(node, next)| (*node, next - 1)).collect();
                        steps.iter().for_each(|(node, _)| told[*node] = true);
                        found.push(from_the_first(steps));
                    }
                }
            }
        }
    }
    found
}

fn from_the_first(mut steps: Vec<(usize, usize)>) -> Vec<(usize, usize)> {
    let first = (0..steps.len()).min_by_key(|at| steps[*at].0).unwrap_or(0);
    steps.rotate_left(first);
    steps
}

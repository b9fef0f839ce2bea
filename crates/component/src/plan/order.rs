//! Order: steps of one kind are brought together, since each change of kind begins a section.
//!
//! In: a plan. Out: the same plan with the steps of its root in another order, and of its nested plans.
//! Holds: a step stays behind what it refers to; imports and exports keep their order, and so do instantiations, since
//! they run code; the new order is taken only if it has fewer sections; same plan, same order.
//!
//! A step's level is the least number of sections of its kind that end with it. A section is begun when all steps of
//! the kind's lowest level can be in it, so that none of them needs another section; failing that, at the first step.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::uses::{defined, used};
use super::{Body, Nameable, Plan, ROOT, Step};

/// What stands in one section.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    /// A module or component: a section of its own, wherever it stands.
    Embedded,
    CoreInstances,
    CoreTypes,
    Instances,
    Aliases,
    Types,
    Canons,
    Imports,
    Exports,
}

impl Kind {
    fn of(step: &Step<'_>) -> Self {
        match step {
            Step::CoreModule { .. } | Step::Component { .. } => Self::Embedded,
            Step::CoreInstantiate { .. } | Step::CoreBag { .. } => Self::CoreInstances,
            Step::CoreType { .. } => Self::CoreTypes,
            Step::Instantiate { .. } | Step::Bag { .. } => Self::Instances,
            Step::CoreAlias { .. } | Step::Alias { .. } | Step::OuterType { .. } => Self::Aliases,
            Step::Define { .. } | Step::Resource { .. } => Self::Types,
            Step::Lift { .. } | Step::Lower { .. } | Step::Builtin { .. } => Self::Canons,
            Step::Import { .. } => Self::Imports,
            Step::Export { .. } | Step::DeclaredExport { .. } => Self::Exports,
        }
    }
}

impl Plan<'_> {
    /// Orders the steps so that they fill as few sections as this way of ordering finds.
    pub fn group(&mut self) {
        for step in &mut self.scopes[ROOT.slot()].steps {
            if let Step::Component { body: Body::Plan(plan), .. } = step {
                plan.group();
            }
        }
        let order = Graph::of(self).order();
        let steps = &mut self.scopes[ROOT.slot()].steps;
        let before: Vec<_> = steps.iter().map(Kind::of).collect();
        let after: Vec<_> = order.iter().map(|at| before[*at]).collect();
        if sections(&after) < sections(&before) {
            let mut old: Vec<_> = std::mem::take(steps).into_iter().map(Some).collect();
            steps.extend(order.into_iter().map(|at| old[at].take().expect("each step has one place")));
        }
    }
}

fn sections(kinds: &[Kind]) -> usize {
    let begins = |at: usize| at == 0 || kinds[at] == Kind::Embedded || kinds[at] != kinds[at - 1];
    (0..kinds.len()).filter(|at| begins(*at)).count()
}

/// The steps and what each waits for, by their places in the plan.
struct Graph {
    kinds: Vec<Kind>,
    before: Vec<Vec<usize>>,
    after: Vec<Vec<usize>>,
}

impl Graph {
    fn of(plan: &Plan<'_>) -> Self {
        let steps = plan.steps(ROOT);
        let kinds: Vec<_> = steps.iter().map(Kind::of).collect();
        let places: HashMap<Nameable, usize> = steps.iter().enumerate().map(|(at, step)| (defined(step), at)).collect();
        let mut graph = Self { kinds, before: vec![Vec::new(); steps.len()], after: vec![Vec::new(); steps.len()] };
        let (mut outside, mut run) = (None, None);
        for (at, step) in steps.iter().enumerate() {
            let mut waits_for: BTreeSet<usize> = BTreeSet::new();
            used(plan, step, &mut |handle| waits_for.extend(places.get(&handle)));
            match step {
                Step::Import { .. } | Step::Export { .. } => waits_for.extend(outside.replace(at)),
                Step::CoreInstantiate { .. } | Step::Instantiate { .. } => waits_for.extend(run.replace(at)),
                Step::CoreModule { .. }
                | Step::CoreBag { .. }
                | Step::CoreAlias { .. }
                | Step::CoreType { .. }
                | Step::Component { .. }
                | Step::Bag { .. }
                | Step::Alias { .. }
                | Step::Define { .. }
                | Step::OuterType { .. }
                | Step::Resource { .. }
                | Step::Lift { .. }
                | Step::Lower { .. }
                | Step::Builtin { .. }
                | Step::DeclaredExport { .. } => {}
            }
            for earlier in waits_for {
                graph.before[at].push(earlier);
                graph.after[earlier].push(at);
            }
        }
        graph
    }

    /// For each step, the sections of `kind` that have to be begun before or with it.
    fn levels(&self, kind: Kind) -> Vec<u32> {
        let mut levels: Vec<u32> = Vec::with_capacity(self.kinds.len());
        for (at, before) in self.before.iter().enumerate() {
            let is_kind = self.kinds[at] == kind;
            let needed =
                before.iter().map(|earlier| levels[*earlier] + u32::from(is_kind && self.kinds[*earlier] != kind));
            levels.push(needed.max().unwrap_or(0).max(u32::from(is_kind)));
        }
        levels
    }

    fn order(&self) -> Vec<usize> {
        let mut state = State::new(self);
        let mut order = Vec::with_capacity(self.kinds.len());
        while order.len() < self.kinds.len() {
            // Imports come before what is embedded, as readers know it.
            if !state.left.contains_key(&Kind::Imports) || state.next_kind().is_none() {
                state.take_all(Kind::Embedded, &mut order);
            }
            if let Some(kind) = state.next_kind() {
                state.take_all(kind, &mut order);
            }
        }
        order
    }
}

/// What is left to order.
struct State<'g> {
    graph: &'g Graph,
    /// The level of each step for its own kind.
    levels: Vec<u32>,
    /// How many steps each step still waits for; and how many of those are of another kind.
    waits: Vec<usize>,
    waits_for_others: Vec<usize>,
    ready: BTreeMap<Kind, BTreeSet<usize>>,
    /// By kind and level, how many steps are left, and how many of them wait for another kind.
    left: BTreeMap<Kind, BTreeMap<u32, Left>>,
}

#[derive(Default)]
struct Left {
    steps: usize,
    waiting: usize,
}

impl<'g> State<'g> {
    fn new(graph: &'g Graph) -> Self {
        let kinds: BTreeSet<Kind> = graph.kinds.iter().copied().collect();
        let mut levels = vec![0; graph.kinds.len()];
        for kind in kinds {
            for (at, level) in graph.levels(kind).into_iter().enumerate().filter(|(at, _)| graph.kinds[*at] == kind) {
                levels[at] = level;
            }
        }
        let waits: Vec<_> = graph.before.iter().map(Vec::len).collect();
        let others =
            |at: usize| graph.before[at].iter().filter(|earlier| graph.kinds[**earlier] != graph.kinds[at]).count();
        let waits_for_others: Vec<_> = (0..graph.kinds.len()).map(others).collect();
        let (mut ready, mut left) = (BTreeMap::<_, BTreeSet<_>>::new(), BTreeMap::<_, BTreeMap<_, Left>>::new());
        for (at, kind) in graph.kinds.iter().enumerate() {
            if waits[at] == 0 {
                ready.entry(*kind).or_default().insert(at);
            }
            let left = left.entry(*kind).or_default().entry(levels[at]).or_default();
            left.steps += 1;
            left.waiting += usize::from(waits_for_others[at] > 0);
        }
        Self { graph, levels, waits, waits_for_others, ready, left }
    }

    /// The kind of the next section: one whose lowest level can be finished with it, or else that of the first step.
    fn next_kind(&self) -> Option<Kind> {
        let candidates = self.ready.iter().filter(|(kind, _)| **kind != Kind::Embedded);
        let first =
            candidates.filter_map(|(kind, ready)| Some((!self.can_finish(*kind), *ready.first()?, *kind))).min();
        first.map(|(.., kind)| kind)
    }

    fn can_finish(&self, kind: Kind) -> bool {
        self.left.get(&kind).and_then(|levels| levels.first_key_value()).is_some_and(|(_, left)| left.waiting == 0)
    }

    /// Takes steps of a kind until none is ready.
    fn take_all(&mut self, kind: Kind, order: &mut Vec<usize>) {
        while let Some(at) = self.ready.get_mut(&kind).and_then(BTreeSet::pop_first) {
            order.push(at);
            self.count(at, |left| left.steps -= 1);
            let graph = self.graph;
            for later in &graph.after[at] {
                self.finished_before(*later, kind);
            }
        }
    }

    /// A step that `later` waits for was taken.
    fn finished_before(&mut self, later: usize, taken: Kind) {
        let kind = self.graph.kinds[later];
        self.waits[later] -= 1;
        if self.waits[later] == 0 {
            self.ready.entry(kind).or_default().insert(later);
        }
        if taken != kind {
            self.waits_for_others[later] -= 1;
            if self.waits_for_others[later] == 0 {
                self.count(later, |left| left.waiting -= 1);
            }
        }
    }

    /// Changes the counts of a step's level; a level without steps is gone.
    fn count(&mut self, at: usize, change: impl FnOnce(&mut Left)) {
        let levels = self.left.entry(self.graph.kinds[at]).or_default();
        let left = levels.entry(self.levels[at]).or_default();
        change(left);
        if left.steps == 0 {
            levels.remove(&self.levels[at]);
        }
        if levels.is_empty() {
            self.left.remove(&self.graph.kinds[at]);
        }
    }
}

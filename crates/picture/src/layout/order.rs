//! Order within columns: few crossings.
//!
//! In: ranks. Out: for each column its boxes and the wires that pass it, from top to bottom.
//! Holds: wires from the same box share their way through a column until they part, as a bus does. The order that is kept
//! is the best one seen; the number of attempts falls with the size of the problem.
//!
//! Repeated sweeps by barycentre with transposition, from two starts. Crossings are counted as Barth, Jünger and Mutzel do.

use indexmap::IndexMap;

use super::rank::Ranks;
use super::{Problem, is_loose, touched};

/// Boxes and passing wires in columns.
#[derive(Clone, Debug)]
pub struct Grid {
    /// For each vertex the box that it is; none where wires pass.
    pub boxes: Vec<Option<usize>>,
    pub rank: Vec<usize>,
    /// The vertices of each column, from top to bottom.
    pub columns: Vec<Vec<usize>>,
    /// Neighbours in the column before, each once.
    pub before: Vec<Vec<usize>>,
    /// Neighbours in the column after, each once.
    pub after: Vec<Vec<usize>>,
    /// Where a pair of neighbours stands in each other's lists: the second in [`Grid::after`] of the first, the first in
    /// [`Grid::before`] of the second.
    pub links: IndexMap<(usize, usize), Link>,
    /// For each wire the vertices that it goes through, both ends included; none if it is cut.
    pub ways: Vec<Option<Vec<usize>>>,
    /// For each box its vertex; none for boxes outside the columns.
    pub vertex: Vec<Option<usize>>,
}

#[derive(Clone, Copy, Debug)]
pub struct Link {
    pub in_after: usize,
    pub in_before: usize,
}

impl Grid {
    pub fn new(problem: &Problem, ranks: &Ranks) -> Grid {
        let mut grid = Grid {
            boxes: Vec::new(),
            rank: Vec::new(),
            columns: vec![Vec::new(); ranks.count],
            before: Vec::new(),
            after: Vec::new(),
            links: IndexMap::new(),
            ways: Vec::new(),
            vertex: Vec::new(),
        };
        let touched = touched(problem);
        for node in 0..problem.boxes.len() {
            let vertex = (!is_loose(problem, &touched, node)).then(|| grid.add(ranks.ranks[node], Some(node)));
            grid.vertex.push(vertex);
        }
        let mut passing = IndexMap::new();
        for (wire, &(from, to)) in problem.wires.iter().enumerate() {
            let ends = (grid.vertex[from], grid.vertex[to]);
            let way = match ends {
                (Some(from), Some(to)) if !ranks.is_cut[wire] => Some(grid.add_way(from, to, &mut passing)),
                (Some(_) | None, _) => None,
            };
            grid.ways.push(way);
        }
        grid.start();
        grid
    }

    fn add(&mut self, rank: usize, node: Option<usize>) -> usize {
        self.boxes.push(node);
        self.rank.push(rank);
        self.before.push(Vec::new());
        self.after.push(Vec::new());
        self.boxes.len() - 1
    }

    fn add_way(&mut self, from: usize, to: usize, passing: &mut IndexMap<(usize, usize), usize>) -> Vec<usize> {
        let mut way = vec![from];
        for rank in self.rank[from] + 1..self.rank[to] {
            let vertex = *passing.entry((from, rank)).or_insert_with(|| self.boxes.len());
            if vertex == self.boxes.len() {
                self.add(rank, None);
            }
            way.push(vertex);
        }
        way.push(to);
        for pair in way.windows(2) {
            let (from, to) = (pair[0], pair[1]);
            self.links.entry((from, to)).or_insert_with(|| {
                self.after[from].push(to);
                self.before[to].push(from);
                Link { in_after: self.after[from].len() - 1, in_before: self.before[to].len() - 1 }
            });
        }
        way
    }

    /// Fills the columns in the order of a walk over all wires, so that what belongs together starts together.
    fn start(&mut self) {
        let mut is_seen = vec![false; self.boxes.len()];
        let mut roots: Vec<usize> = (0..self.boxes.len()).collect();
        roots.sort_by_key(|vertex| self.rank[*vertex]);
        let mut stack = Vec::new();
        for root in roots {
            stack.push(root);
            while let Some(vertex) = stack.pop() {
                if std::mem::replace(&mut is_seen[vertex], true) {
                    continue;
                }
                self.columns[self.rank[vertex]].push(vertex);
                stack.extend(self.before[vertex].iter().rev().filter(|next| !is_seen[**next]));
                stack.extend(self.after[vertex].iter().rev().filter(|next| !is_seen[**next]));
            }
        }
    }

    /// The place of each vertex in its column, from the top.
    pub fn positions(&self) -> Vec<usize> {
        let mut positions = vec![0; self.boxes.len()];
        for column in &self.columns {
            for (position, vertex) in column.iter().enumerate() {
                positions[*vertex] = position;
            }
        }
        positions
    }
}

/// How often wires cross between all columns.
pub fn crossings(grid: &Grid) -> usize {
    let positions = grid.positions();
    grid.columns.iter().map(|column| crossings_after(grid, column, &positions)).sum()
}

/// Crossings between a column and the next: inversions among the ends of the wires, counted with a tree of sums.
fn crossings_after(grid: &Grid, column: &[usize], positions: &[usize]) -> usize {
    let mut ends = Vec::new();
    for vertex in column {
        let first = ends.len();
        ends.extend(grid.after[*vertex].iter().map(|to| positions[*to]));
        ends[first..].sort_unstable();
    }
    let width = ends.iter().copied().max().map_or(0, |last| last + 1);
    let leaves = width.next_power_of_two();
    let mut tree = vec![0usize; 2 * leaves];
    let mut crossings = 0;
    for end in ends {
        let mut at = end + leaves;
        tree[at] += 1;
        while at > 1 {
            if at % 2 == 0 {
                crossings += tree[at + 1];
            }
            at /= 2;
            tree[at] += 1;
        }
    }
    crossings
}

/// Visits of a vertex or a wire in all attempts together.
const WORK: usize = 1_500_000;

/// Sweeps without a better result after which an attempt ends.
const PATIENCE: usize = 5;

/// Reorders the columns.
pub fn reduce_crossings(grid: &mut Grid) {
    let size = grid.boxes.len() + 2 * grid.after.iter().map(Vec::len).sum::<usize>();
    let sweeps = (WORK / (4 * size.max(1))).clamp(2, 24);
    let mut best = (crossings(grid), grid.columns.clone());
    let start = grid.columns.clone();
    for is_reversed in [false, true] {
        grid.columns.clone_from(&start);
        if is_reversed {
            grid.columns.iter_mut().for_each(|column| column.reverse());
        }
        attempt(grid, sweeps, &mut best);
    }
    grid.columns = best.1;
    sink_lonely(grid);
}

fn attempt(grid: &mut Grid, sweeps: usize, best: &mut (usize, Vec<Vec<usize>>)) {
    let mut since_best = 0;
    for sweep in 0..sweeps {
        if best.0 == 0 || since_best == PATIENCE {
            return;
        }
        let goes_right = sweep % 2 == 0;
        sweep_once(grid, goes_right, sweep % 4 >= 2);
        transpose(grid, goes_right);
        let now = crossings(grid);
        since_best += 1;
        if now < best.0 {
            *best = (now, grid.columns.clone());
            since_best = 0;
        }
    }
}

/// Sorts each column by the mean place of its neighbours in the column before it, or after it; `swaps_ties` turns
/// around what has the same mean, which leads out of dead ends.
fn sweep_once(grid: &mut Grid, goes_right: bool, swaps_ties: bool) {
    let mut positions = grid.positions();
    let count = grid.columns.len();
    for step in 0..count {
        let rank = if goes_right { step } else { count - 1 - step };
        let neighbours = if goes_right { &grid.before } else { &grid.after };
        let mut keyed: Vec<(f64, usize)> = Vec::with_capacity(grid.columns[rank].len());
        for (position, vertex) in grid.columns[rank].iter().enumerate() {
            let near = &neighbours[*vertex];
            let sum: usize = near.iter().map(|other| positions[*other]).sum();
            let key = if near.is_empty() { position as f64 } else { sum as f64 / near.len() as f64 };
            keyed.push((key, *vertex));
        }
        if swaps_ties {
            keyed.reverse();
        }
        keyed.sort_by(|left, right| left.0.total_cmp(&right.0));
        for (position, (_, vertex)) in keyed.iter().enumerate() {
            positions[*vertex] = position;
        }
        grid.columns[rank] = keyed.into_iter().map(|(_, vertex)| vertex).collect();
    }
}

/// Rounds of exchanges in one sweep.
const ROUNDS: usize = 4;

/// Exchanges neighbours in a column where that takes crossings away.
fn transpose(grid: &mut Grid, goes_right: bool) {
    let mut positions = grid.positions();
    for _ in 0..ROUNDS {
        let mut is_better = false;
        for step in 0..grid.columns.len() {
            let rank = if goes_right { step } else { grid.columns.len() - 1 - step };
            for upper in 1..grid.columns[rank].len() {
                let (a, b) = (grid.columns[rank][upper - 1], grid.columns[rank][upper]);
                let as_is = pair(&grid.before, &positions, a, b) + pair(&grid.after, &positions, a, b);
                if as_is == 0 {
                    continue;
                }
                let exchanged = pair(&grid.before, &positions, b, a) + pair(&grid.after, &positions, b, a);
                if exchanged < as_is {
                    grid.columns[rank].swap(upper - 1, upper);
                    positions.swap(a, b);
                    is_better = true;
                }
            }
        }
        if !is_better {
            return;
        }
    }
}

/// Pairs compared at most for one exchange.
const PAIRS: usize = 4096;

/// How often the wires of `upper` to one side cross those of `lower`, which stands right below it.
fn pair(neighbours: &[Vec<usize>], positions: &[usize], upper: usize, lower: usize) -> usize {
    let (above, below) = (&neighbours[upper], &neighbours[lower]);
    if above.len().saturating_mul(below.len()) > PAIRS {
        return 0;
    }
    let crossed = |end: usize| below.iter().filter(|other| positions[**other] < end).count();
    above.iter().map(|end| crossed(positions[*end])).sum()
}

/// What no wire touches goes to the bottom of its column.
fn sink_lonely(grid: &mut Grid) {
    let Grid { columns, before, after, .. } = grid;
    for column in columns {
        column.sort_by_key(|vertex| before[*vertex].is_empty() && after[*vertex].is_empty());
    }
}

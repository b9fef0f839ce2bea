//! Heights: where in its column each box and each passing wire is.
//!
//! In: the order within columns. Out: the middle of each vertex, and where wires leave and enter boxes.
//! Holds: the order is kept, and the free space between neighbours never gets smaller than [`gap`] says.
//!
//! Each column in turn is moved as near as possible to where its neighbours want it (least squares with the order as
//! the constraint, by pooling adjacent violators); then ways through several columns are made straight where there is
//! room.

use super::order::Grid;
use super::{Problem, Role};

/// The heights of everything.
#[derive(Clone, Debug)]
pub struct Heights {
    /// The middle of each vertex.
    pub middle: Vec<f64>,
    /// For each vertex how far below its middle the wire to each neighbour after it leaves, as in [`Grid::after`].
    pub leaving: Vec<Vec<f64>>,
    /// The same for the neighbours before it, as in [`Grid::before`].
    pub arriving: Vec<Vec<f64>>,
}

/// Units between two wires at a box, if there is room.
const PORT_GAP: f64 = 14.0;

/// Units at the top and bottom of a box where no wire starts.
const PORT_MARGIN: f64 = 8.0;

const SWEEPS: usize = 10;

pub fn heights(problem: &Problem, grid: &Grid) -> Heights {
    let size: Vec<f64> = grid.boxes.iter().map(|node| node.map_or(0.0, |node| problem.boxes[node].height)).collect();
    let position = grid.positions();
    let ports = |neighbours: &[Vec<usize>]| -> Vec<Vec<f64>> {
        (0..grid.boxes.len())
            .map(|vertex| port_offsets(problem, grid, &position, vertex, &neighbours[vertex]))
            .collect()
    };
    let mut heights =
        Heights { middle: stacked(problem, grid, &size), leaving: ports(&grid.after), arriving: ports(&grid.before) };
    let columns = grid.columns.len();
    for sweep in 0..SWEEPS {
        for step in 0..columns {
            let goes_right = sweep % 2 == 0;
            let rank = if goes_right { step } else { columns - 1 - step };
            // The last sweeps look to both sides, so that nothing is pulled to one of them alone.
            let sides = match (sweep + 3 > SWEEPS, goes_right) {
                (true, _) => (true, true),
                (false, goes_right) => (goes_right, !goes_right),
            };
            settle(problem, grid, &size, rank, sides, &mut heights);
        }
    }
    if columns > 1 {
        settle(problem, grid, &size, columns - 1, (true, false), &mut heights);
        settle(problem, grid, &size, 0, (false, true), &mut heights);
    }
    // What is made straight first may make room for what comes later.
    straighten(problem, grid, &size, &position, &mut heights);
    straighten(problem, grid, &size, &position, &mut heights);
    if columns > 1 {
        settle(problem, grid, &size, columns - 1, (true, false), &mut heights);
    }
    let top = (0..size.len()).map(|vertex| heights.middle[vertex] - size[vertex] / 2.0).fold(f64::INFINITY, f64::min);
    heights.middle.iter_mut().for_each(|middle| *middle -= top);
    raise_lonely(grid, &size, &mut heights);
    heights
}

/// A first column that no wire leaves starts at the top, where one begins to read.
fn raise_lonely(grid: &Grid, size: &[f64], heights: &mut Heights) {
    let Some(column) = grid.columns.first().filter(|column| column.iter().all(|vertex| grid.after[*vertex].is_empty()))
    else {
        return;
    };
    let top = column.first().map_or(0.0, |vertex| heights.middle[*vertex] - size[*vertex] / 2.0);
    column.iter().for_each(|vertex| heights.middle[*vertex] -= top);
}

/// Ports spread over a side in the order of the neighbours; wires of labels start at the middle.
fn port_offsets(problem: &Problem, grid: &Grid, position: &[usize], vertex: usize, neighbours: &[usize]) -> Vec<f64> {
    let shape = grid.boxes[vertex].map(|node| problem.boxes[node]);
    let Some(shape) = shape.filter(|shape| shape.role != Role::Label) else { return vec![0.0; neighbours.len()] };
    let mut place = vec![0; neighbours.len()];
    let mut order: Vec<usize> = (0..neighbours.len()).collect();
    order.sort_by_key(|at| position[neighbours[*at]]);
    for (nth, at) in order.into_iter().enumerate() {
        place[at] = nth;
    }
    let count = neighbours.len() as f64;
    let gap = PORT_GAP.min((shape.height - 2.0 * PORT_MARGIN).max(0.0) / count);
    place.into_iter().map(|nth| (nth as f64 - (count - 1.0) / 2.0) * gap).collect()
}

/// Free units between two neighbours in a column.
fn gap(problem: &Problem, grid: &Grid, upper: usize, lower: usize) -> f64 {
    let role = |vertex: usize| grid.boxes[vertex].map(|node| problem.boxes[node].role);
    match (role(upper), role(lower)) {
        (None, None) => 9.0,
        (Some(Role::Label), Some(Role::Label)) => 7.0,
        (None | Some(Role::Label), _) | (_, None | Some(Role::Label)) => 12.0,
        (Some(Role::First | Role::Card | Role::Last), Some(Role::First | Role::Card | Role::Last)) => 20.0,
    }
}

/// How far apart the middles of two neighbours are at least.
fn distance(problem: &Problem, grid: &Grid, size: &[f64], upper: usize, lower: usize) -> f64 {
    (size[upper] + size[lower]) / 2.0 + gap(problem, grid, upper, lower)
}

/// Each column packed, its middle at zero.
fn stacked(problem: &Problem, grid: &Grid, size: &[f64]) -> Vec<f64> {
    let mut middle = vec![0.0; size.len()];
    for column in &grid.columns {
        let mut at = 0.0;
        for (index, vertex) in column.iter().enumerate() {
            if index > 0 {
                at += distance(problem, grid, size, column[index - 1], *vertex);
            }
            middle[*vertex] = at;
        }
        column.iter().for_each(|vertex| middle[*vertex] -= at / 2.0);
    }
    middle
}

/// Moves one column to where its neighbours before it, after it or on both sides want it.
fn settle(problem: &Problem, grid: &Grid, size: &[f64], rank: usize, sides: (bool, bool), heights: &mut Heights) {
    let column = &grid.columns[rank];
    let mut wanted = Vec::with_capacity(column.len());
    let mut depth = 0.0;
    let mut depths = Vec::with_capacity(column.len());
    for (index, vertex) in column.iter().enumerate() {
        if index > 0 {
            depth += distance(problem, grid, size, column[index - 1], *vertex);
        }
        let (target, weight) = wish(grid, heights, *vertex, sides);
        wanted.push((target - depth, weight));
        depths.push(depth);
    }
    for ((vertex, place), depth) in column.iter().zip(pool(&wanted)).zip(depths) {
        heights.middle[*vertex] = place + depth;
    }
}

/// Where a vertex wants its middle to be, and how much.
fn wish(grid: &Grid, heights: &Heights, vertex: usize, (left, right): (bool, bool)) -> (f64, f64) {
    let (mut sum, mut total) = (0.0, 0.0);
    let mut pull = |other: usize, own: f64, its: f64| {
        // Where wires pass on both sides, a bend would be in the middle of nowhere.
        let weight = match (grid.boxes[vertex], grid.boxes[other]) {
            (None, None) => 8.0,
            (None, Some(_)) | (Some(_), None) => 2.0,
            (Some(_), Some(_)) => 1.0,
        };
        sum += weight * (heights.middle[other] + its - own);
        total += weight;
    };
    if left {
        for (at, other) in grid.before[vertex].iter().enumerate() {
            let its = heights.leaving[*other][grid.links[&(*other, vertex)].in_after];
            pull(*other, heights.arriving[vertex][at], its);
        }
    }
    if right {
        for (at, other) in grid.after[vertex].iter().enumerate() {
            let its = heights.arriving[*other][grid.links[&(vertex, *other)].in_before];
            pull(*other, heights.leaving[vertex][at], its);
        }
    }
    if total == 0.0 { (heights.middle[vertex], 0.05) } else { (sum / total, total) }
}

/// The rising sequence nearest to the wanted one, by weighted squares.
fn pool(wanted: &[(f64, f64)]) -> Vec<f64> {
    struct Block {
        sum: f64,
        weight: f64,
        len: usize,
    }
    let mut blocks: Vec<Block> = Vec::new();
    for (target, weight) in wanted {
        let mut block = Block { sum: target * weight, weight: *weight, len: 1 };
        while let Some(last) = blocks.pop_if(|last| last.sum * block.weight >= block.sum * last.weight) {
            block = Block { sum: last.sum + block.sum, weight: last.weight + block.weight, len: last.len + block.len };
        }
        blocks.push(block);
    }
    blocks.iter().flat_map(|block| std::iter::repeat_n(block.sum / block.weight, block.len)).collect()
}

/// Gives runs of passing vertices, with the label they come from, one height where every column on the way has room.
fn straighten(problem: &Problem, grid: &Grid, size: &[f64], position: &[usize], heights: &mut Heights) {
    let is_light = |vertex: usize| grid.boxes[vertex].is_none_or(|node| problem.boxes[node].role == Role::Label);
    let mut is_done = vec![false; grid.boxes.len()];
    for rank in 0..grid.columns.len() {
        for &first in &grid.columns[rank] {
            if is_done[first] || !is_light(first) {
                continue;
            }
            let run = run_from(grid, first, &is_light);
            run.iter().for_each(|vertex| is_done[*vertex] = true);
            align(problem, grid, size, position, &run, heights);
        }
    }
}

/// A vertex and the passing ones after it, up to where the way parts or ends.
fn run_from(grid: &Grid, first: usize, is_light: &impl Fn(usize) -> bool) -> Vec<usize> {
    let mut run = vec![first];
    let mut at = first;
    while let [next] = grid.after[at][..] {
        if !is_light(next) || grid.before[next].len() != 1 {
            break;
        }
        run.push(next);
        at = next;
    }
    run
}

/// Aligns a run, in pieces as long as possible.
fn align(problem: &Problem, grid: &Grid, size: &[f64], position: &[usize], run: &[usize], heights: &mut Heights) {
    let mut rest = run;
    while let Some(first) = rest.first() {
        let (mut low, mut high) = room(problem, grid, size, position, *first, heights);
        let mut len = 1;
        for vertex in &rest[1..] {
            let (its_low, its_high) = room(problem, grid, size, position, *vertex, heights);
            if low.max(its_low) > high.min(its_high) {
                break;
            }
            (low, high) = (low.max(its_low), high.min(its_high));
            len += 1;
        }
        if low <= high {
            align_piece(grid, &rest[..len], (low, high), heights);
        }
        rest = &rest[len..];
    }
}

/// Between which heights the middle of a vertex may be.
fn room(
    problem: &Problem,
    grid: &Grid,
    size: &[f64],
    position: &[usize],
    vertex: usize,
    heights: &Heights,
) -> (f64, f64) {
    let column = &grid.columns[grid.rank[vertex]];
    let above = position[vertex].checked_sub(1).map(|at| column[at]);
    let below = column.get(position[vertex] + 1);
    (
        above.map_or(f64::NEG_INFINITY, |above| heights.middle[above] + distance(problem, grid, size, above, vertex)),
        below.map_or(f64::INFINITY, |below| heights.middle[*below] - distance(problem, grid, size, vertex, *below)),
    )
}

fn align_piece(grid: &Grid, run: &[usize], (low, high): (f64, f64), heights: &mut Heights) {
    // Best as high as what the way comes from, else as what it leads to, else where it is on average.
    let mean = run.iter().map(|vertex| heights.middle[*vertex]).sum::<f64>() / run.len() as f64;
    let source = grid.before[run[0]]
        .first()
        .map(|from| heights.middle[*from] + heights.leaving[*from][grid.links[&(*from, run[0])].in_after]);
    let last = run[run.len() - 1];
    let target = grid.after[last]
        .first()
        .filter(|_| grid.after[last].len() == 1)
        .map(|to| heights.middle[*to] + heights.arriving[*to][grid.links[&(last, *to)].in_before]);
    let fits = |wanted: &f64| low <= *wanted && *wanted <= high;
    let chosen = source.filter(fits).or(target.filter(fits)).unwrap_or(mean.clamp(low, high));
    run.iter().for_each(|vertex| heights.middle[*vertex] = chosen);
}

//! Paths: columns get their width, boxes their places, wires their points.
//!
//! In: ranks, order and heights. Out: the layout, without the boxes that stand outside the columns.
//! Holds: a wire is horizontal within a column and bends only in the gaps between columns.

use super::order::{Grid, crossings};
use super::place::Heights;
use super::rank::Ranks;
use super::{Layout, Path, Point, Problem, Rect, Shape};

/// Units between columns, at least.
const GAP: f64 = 24.0;

/// Units between columns, at most.
const WIDEST_GAP: f64 = 100.0;

/// Units of gap for each unit that the steepest wire in it climbs.
const SLOPE: f64 = 0.12;

/// The left and the right side of a column, and how wide boxes become that stretch.
#[derive(Clone, Copy)]
struct Column {
    left: f64,
    right: f64,
    common: f64,
}

pub fn draw(problem: &Problem, ranks: &Ranks, grid: &Grid, heights: &Heights) -> Layout {
    let columns = columns(problem, grid, heights);
    let mut layout =
        Layout { boxes: vec![Rect::default(); problem.boxes.len()], crossings: crossings(grid), ..Layout::default() };
    for (node, vertex) in grid.vertex.iter().enumerate() {
        let Some(vertex) = vertex else { continue };
        let shape = problem.boxes[node];
        let column = columns[ranks.ranks[node]];
        let width = if shape.stretches { column.common } else { shape.width };
        let y = heights.middle[*vertex] - shape.height / 2.0;
        layout.boxes[node] = Rect { x: column.left, y, width, height: shape.height };
        layout.width = layout.width.max(column.right);
        layout.height = layout.height.max(y + shape.height);
    }
    for vertex in (0..grid.boxes.len()).filter(|vertex| grid.boxes[*vertex].is_none()) {
        layout.height = layout.height.max(heights.middle[vertex]);
    }
    for (wire, ends) in problem.wires.iter().enumerate() {
        let path = match &grid.ways[wire] {
            Some(way) => through(&layout, grid, heights, &columns, way),
            None => cut(&layout, *ends),
        };
        layout.paths.push(path);
    }
    layout
}

fn columns(problem: &Problem, grid: &Grid, heights: &Heights) -> Vec<Column> {
    let mut columns = Vec::new();
    let mut x = 0.0;
    for vertices in &grid.columns {
        let shapes = || vertices.iter().filter_map(|vertex| grid.boxes[*vertex]).map(|node| problem.boxes[node]);
        let widest = |width: f64, shape: Shape| width.max(shape.width);
        let width = shapes().fold(0.0, widest);
        let common = shapes().filter(|shape| shape.stretches).fold(0.0, widest);
        columns.push(Column { left: x, right: x + width, common });
        let steepest = vertices
            .iter()
            .flat_map(|vertex| grid.after[*vertex].iter().map(|to| climb(grid, heights, *vertex, *to)))
            .fold(0.0, f64::max);
        x += width + (GAP + steepest * SLOPE).min(WIDEST_GAP);
    }
    columns
}

fn leaving(grid: &Grid, heights: &Heights, from: usize, to: usize) -> f64 {
    heights.middle[from] + heights.leaving[from][grid.links[&(from, to)].in_after]
}

fn arriving(grid: &Grid, heights: &Heights, from: usize, to: usize) -> f64 {
    heights.middle[to] + heights.arriving[to][grid.links[&(from, to)].in_before]
}

fn climb(grid: &Grid, heights: &Heights, from: usize, to: usize) -> f64 {
    (leaving(grid, heights, from, to) - arriving(grid, heights, from, to)).abs()
}

fn through(layout: &Layout, grid: &Grid, heights: &Heights, columns: &[Column], way: &[usize]) -> Path {
    let mut points = Vec::with_capacity(2 * way.len());
    for pair in way.windows(2) {
        let (from, to) = (pair[0], pair[1]);
        let y = leaving(grid, heights, from, to);
        let column = columns[grid.rank[from]];
        if points.is_empty() {
            let start = grid.boxes[from].map_or(column.right, |node| layout.boxes[node].right());
            points.push(Point { x: start, y });
        }
        points.push(Point { x: column.right, y });
        points.push(Point { x: columns[grid.rank[to]].left, y: arriving(grid, heights, from, to) });
    }
    Path::Through(points)
}

fn cut(layout: &Layout, (from, to): (usize, usize)) -> Path {
    let (from, to) = (layout.boxes[from], layout.boxes[to]);
    Path::Cut {
        start: Point { x: from.right(), y: from.y + from.height / 2.0 },
        end: Point { x: to.x, y: to.y + to.height / 2.0 },
    }
}

//! A layered drawing of boxes and wires: Sugiyama's method.
//!
//! In: boxes with sizes and roles, wires between them. Out: a place for each box, a path for each wire.
//! Holds: boxes never overlap. A wire runs in the gaps between columns and in bands of the columns that are kept free
//! for it, so it touches no box but its two ends, and it leaves to the right and arrives from the left. Work is bounded:
//! wires that would cross too many columns are cut, which [`Path::Cut`] says.
//! Everything is written for columns from left to right; a drawing that would be much too wide is turned, so that
//! columns are rows from top to bottom.
//!
//! Stages: columns ([`rank`]), order within columns ([`order`]), heights ([`place`]), paths ([`route`]).

mod order;
mod place;
mod rank;
mod route;

pub use order::crossings;

/// What is to be laid out.
#[derive(Clone, Debug, Default)]
pub struct Problem {
    pub boxes: Vec<Shape>,
    /// From a box to a box, by position.
    pub wires: Vec<(usize, usize)>,
}

/// A box without its place.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    pub width: f64,
    pub height: f64,
    pub role: Role,
    /// Whether it may be made as wide as its column.
    pub stretches: bool,
}

/// In which column a box may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// In the first column.
    First,
    /// Between.
    Card,
    /// In the last column.
    Last,
    /// Beside the one box that a wire comes from, in a column of labels.
    Label,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rect {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Point {
    pub x: f64,
    pub y: f64,
}

/// How a wire runs.
#[derive(Clone, Debug, PartialEq)]
pub enum Path {
    /// Alternately a curve and a straight line through points that go right: from the first to the second a line, to the
    /// third a curve, to the fourth a line, and so on.
    Through(Vec<Point>),
    /// It would be too long; only its two ends are drawn.
    Cut { start: Point, end: Point },
}

/// Where everything is.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    pub width: f64,
    pub height: f64,
    /// Whether wires go from top to bottom, not from left to right.
    pub is_turned: bool,
    /// As the problem's boxes; those that stretch may be wider than asked for, as wide as others of their column.
    pub boxes: Vec<Rect>,
    /// As the problem's wires.
    pub paths: Vec<Path>,
    /// How often wires cross.
    pub crossings: usize,
}

impl Rect {
    pub fn right(&self) -> f64 {
        self.x + self.width
    }

    pub fn bottom(&self) -> f64 {
        self.y + self.height
    }

    /// Whether two rectangles have an area in common.
    pub fn overlaps(&self, other: &Rect) -> bool {
        self.x < other.right() && other.x < self.right() && self.y < other.bottom() && other.y < self.bottom()
    }
}

/// Lays out a problem.
pub fn layout(problem: &Problem) -> Layout {
    let ranks = rank::ranks(problem);
    let mut grid = order::Grid::new(problem, &ranks);
    order::reduce_crossings(&mut grid);
    let draw = |problem: &Problem| route::draw(problem, &ranks, &grid, &place::heights(problem, &grid));
    let mut layout = draw(problem);
    if layout.width > SCREEN.0 && !problem.wires.is_empty() {
        let other = turned(draw(&turned_problem(problem)));
        if fit(&other) > fit(&layout) * PREFERENCE {
            layout = other;
        }
    }
    place_loose(problem, &mut layout);
    layout
}

/// Units that are seen at once in width, and in height with a little scrolling.
const SCREEN: (f64, f64) = (1500.0, 2850.0);

/// How much more a turned drawing must fit the screen, since people read from left to right.
const PREFERENCE: f64 = 1.15;

/// How large a drawing can be shown, in full size at most.
fn fit(layout: &Layout) -> f64 {
    (SCREEN.0 / layout.width).min(SCREEN.1 / layout.height).min(1.0)
}

/// The problem with widths for heights; rows are not made as high as their highest box.
fn turned_problem(problem: &Problem) -> Problem {
    let turn = |shape: &Shape| Shape { width: shape.height, height: shape.width, role: shape.role, stretches: false };
    Problem { boxes: problem.boxes.iter().map(turn).collect(), wires: problem.wires.clone() }
}

fn turned(layout: Layout) -> Layout {
    let point = |point: &Point| Point { x: point.y, y: point.x };
    let rect = |rect: &Rect| Rect { x: rect.y, y: rect.x, width: rect.height, height: rect.width };
    let path = |path: &Path| match path {
        Path::Through(points) => Path::Through(points.iter().map(point).collect()),
        Path::Cut { start, end } => Path::Cut { start: point(start), end: point(end) },
    };
    Layout {
        width: layout.height,
        height: layout.width,
        is_turned: true,
        boxes: layout.boxes.iter().map(rect).collect(),
        paths: layout.paths.iter().map(path).collect(),
        crossings: layout.crossings,
    }
}

/// Whether a box stands outside the columns: a card that no wire touches.
fn is_loose(problem: &Problem, touched: &[bool], node: usize) -> bool {
    problem.boxes[node].role == Role::Card && !touched[node]
}

/// Which boxes a wire touches.
fn touched(problem: &Problem) -> Vec<bool> {
    let mut touched = vec![false; problem.boxes.len()];
    for &(from, to) in &problem.wires {
        touched[from] = true;
        touched[to] = true;
    }
    touched
}

/// Units between boxes that stand free.
const LOOSE_GAP: f64 = 24.0;

/// Puts the cards that no wire touches into rows: right of the first column when it stands alone, else below everything.
fn place_loose(problem: &Problem, layout: &mut Layout) {
    let touched = touched(problem);
    let loose: Vec<usize> = (0..problem.boxes.len()).filter(|node| is_loose(problem, &touched, *node)).collect();
    if loose.is_empty() {
        return;
    }
    let alone = problem.wires.is_empty();
    let left = if alone && layout.width > 0.0 { layout.width + 2.0 * LOOSE_GAP } else { 0.0 };
    let top = if alone || layout.height == 0.0 { 0.0 } else { layout.height + 2.0 * LOOSE_GAP };
    let width = loose.iter().map(|node| problem.boxes[*node].width).fold(0.0, f64::max);
    let height = loose.iter().map(|node| problem.boxes[*node].height).sum::<f64>() / loose.len() as f64;
    // Rows are a little wider than the block is high, and not narrower than what stands above.
    let square = ((loose.len() as f64 * height / width) * 1.6).sqrt().ceil();
    let beside = ((layout.width - left) / (width + LOOSE_GAP)).floor();
    let per_row = square.max(beside).max(1.0) as usize;
    let mut y = top;
    for row in loose.chunks(per_row) {
        let tallest = row.iter().map(|node| problem.boxes[*node].height).fold(0.0, f64::max);
        for (column, node) in row.iter().enumerate() {
            let x = left + column as f64 * (width + LOOSE_GAP);
            layout.boxes[*node] = Rect { x, y, width, height: problem.boxes[*node].height };
            layout.width = layout.width.max(x + width);
        }
        y += tallest + LOOSE_GAP;
    }
    layout.height = layout.height.max(y - LOOSE_GAP);
}

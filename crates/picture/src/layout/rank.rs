//! Columns: which box stands in which.
//!
//! In: boxes and wires. Out: a rank per box, cards on even ranks and labels on odd ones; the wires that are cut.
//! Holds: a wire that is not cut goes from a lower rank to a higher one, from a card at least two ranks unless it ends
//! at a label, so that there is always a column for labels between.

use super::{Problem, Role, is_loose, touched};

/// Vertices that wires may add to the columns that they pass, all together.
const LONGEST: usize = 6000;

#[derive(Clone, Debug)]
pub struct Ranks {
    pub ranks: Vec<usize>,
    /// As the problem's wires.
    pub is_cut: Vec<bool>,
    /// How many columns there are.
    pub count: usize,
}

/// A wire between cards, with the label between them taken out.
struct Link {
    from: usize,
    to: usize,
}

pub fn ranks(problem: &Problem) -> Ranks {
    let touched = touched(problem);
    let mut is_cut = vec![false; problem.wires.len()];
    let order = topological(problem, &mut is_cut);
    let links = links(problem, &is_cut);
    let mut ranks = longest_paths(problem, &links, &order);
    pull_right(problem, &links, &order, &mut ranks);
    let inside = problem.boxes.iter().zip(&ranks).filter(|(shape, _)| shape.role != Role::Last);
    let last = inside.map(|(_, rank)| rank + 2).max().unwrap_or(2);
    for (rank, _) in ranks.iter_mut().zip(&problem.boxes).filter(|(_, shape)| shape.role == Role::Last) {
        *rank = last;
    }
    for &(from, to) in &problem.wires {
        if problem.boxes[to].role == Role::Label {
            ranks[to] = ranks[from] + 1;
        }
    }
    close_ranks(problem, &touched, &mut ranks);
    cut_long(problem, &ranks, &mut is_cut);
    let count = ranks.iter().copied().max().map_or(0, |last| last + 1);
    Ranks { ranks, is_cut, count }
}

/// Boxes so that wires go forward. Wires of a cycle, which should not be, are cut where the cycle is closed.
fn topological(problem: &Problem, is_cut: &mut [bool]) -> Vec<usize> {
    let count = problem.boxes.len();
    let mut waiting = vec![0usize; count];
    let mut next = vec![Vec::new(); count];
    for &(from, to) in &problem.wires {
        waiting[to] += 1;
        next[from].push(to);
    }
    let mut order: Vec<usize> = (0..count).filter(|node| waiting[*node] == 0).collect();
    let mut is_placed: Vec<bool> = waiting.iter().map(|waits| *waits == 0).collect();
    let (mut at, mut unplaced) = (0, 0);
    while order.len() < count {
        while at < order.len() {
            for &to in &next[order[at]] {
                waiting[to] -= 1;
                if waiting[to] == 0 && !is_placed[to] {
                    is_placed[to] = true;
                    order.push(to);
                }
            }
            at += 1;
        }
        // Only a cycle is left: it is opened at its first box.
        while unplaced < count && is_placed[unplaced] {
            unplaced += 1;
        }
        if unplaced < count {
            is_placed[unplaced] = true;
            order.push(unplaced);
        }
    }
    let mut position = vec![0; count];
    for (place, node) in order.iter().enumerate() {
        position[*node] = place;
    }
    for (wire, &(from, to)) in problem.wires.iter().enumerate() {
        is_cut[wire] = position[from] >= position[to];
    }
    order
}

fn links(problem: &Problem, is_cut: &[bool]) -> Vec<Link> {
    let is_label = |node: usize| problem.boxes[node].role == Role::Label;
    let mut origin: Vec<usize> = (0..problem.boxes.len()).collect();
    for (wire, &(from, to)) in problem.wires.iter().enumerate() {
        if is_label(to) && !is_cut[wire] {
            origin[to] = from;
        }
    }
    let kept = problem.wires.iter().enumerate().filter(|(wire, _)| !is_cut[*wire]);
    kept.filter(|(_, (_, to))| !is_label(*to)).map(|(_, &(from, to))| Link { from: origin[from], to }).collect()
}

/// The lowest rank that each card may have.
fn longest_paths(problem: &Problem, links: &[Link], order: &[usize]) -> Vec<usize> {
    let has_first = problem.boxes.iter().any(|shape| shape.role == Role::First);
    let mut ranks: Vec<usize> = problem
        .boxes
        .iter()
        .map(|shape| match shape.role {
            Role::First | Role::Label => 0,
            Role::Card | Role::Last => 2 * usize::from(has_first),
        })
        .collect();
    let mut leaving = vec![Vec::new(); problem.boxes.len()];
    for link in links {
        leaving[link.from].push(link.to);
    }
    for node in order {
        for &to in &leaving[*node] {
            ranks[to] = ranks[to].max(ranks[*node] + 2);
        }
    }
    ranks
}

/// Moves a card that gives more than it takes towards what it gives to, which makes wires shorter.
fn pull_right(problem: &Problem, links: &[Link], order: &[usize], ranks: &mut [usize]) {
    let count = problem.boxes.len();
    let mut leaving = vec![Vec::new(); count];
    let mut arriving = vec![0usize; count];
    for link in links {
        leaving[link.from].push(link.to);
        arriving[link.to] += 1;
    }
    for &node in order.iter().rev() {
        if problem.boxes[node].role != Role::Card || leaving[node].len() <= arriving[node] {
            continue;
        }
        let nearest =
            leaving[node].iter().filter(|to| problem.boxes[**to].role != Role::Last).map(|to| ranks[*to]).min();
        if let Some(nearest) = nearest {
            ranks[node] = ranks[node].max(nearest - 2);
        }
    }
}

/// Takes out columns in which no card stands.
fn close_ranks(problem: &Problem, touched: &[bool], ranks: &mut [usize]) {
    let mut is_used = vec![false; ranks.iter().copied().max().map_or(0, |last| last + 2)];
    for (node, shape) in problem.boxes.iter().enumerate() {
        if shape.role != Role::Label && !is_loose(problem, touched, node) {
            is_used[ranks[node]] = true;
        }
    }
    let mut new_rank = vec![0; is_used.len()];
    let mut next = 0;
    for even in (0..is_used.len()).step_by(2) {
        new_rank[even] = next;
        if let Some(odd) = new_rank.get_mut(even + 1) {
            *odd = next + 1;
        }
        next += 2 * usize::from(is_used[even]);
    }
    for rank in ranks {
        *rank = new_rank[*rank];
    }
}

/// Cuts the longest wires until those that are left fit the bound.
fn cut_long(problem: &Problem, ranks: &[usize], is_cut: &mut [bool]) {
    let span = |wire: usize| {
        let (from, to) = problem.wires[wire];
        ranks[to].saturating_sub(ranks[from]).saturating_sub(1)
    };
    for (wire, &(from, to)) in problem.wires.iter().enumerate() {
        is_cut[wire] |= ranks[to] <= ranks[from];
    }
    let mut kept: Vec<usize> = (0..problem.wires.len()).filter(|wire| !is_cut[*wire]).collect();
    kept.sort_by_key(|wire| span(*wire));
    let mut total = 0;
    // Wires from one box share their way, so each adds only what it goes further.
    let mut longest = vec![0; problem.boxes.len()];
    for wire in kept {
        let from = problem.wires[wire].0;
        let further = span(wire) - longest[from];
        if total + further > LONGEST {
            is_cut[wire] = true;
        } else {
            total += further;
            longest[from] = span(wire);
        }
    }
}

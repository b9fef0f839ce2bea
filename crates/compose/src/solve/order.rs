//! An order in which each stands behind what it needs.
//!
//! In: for each what it needs, by places. Out: the order; or the circles.
//! Holds: what is ready at one time stands as it was given; nothing recurses.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// All, each behind what it needs.
///
/// # Errors
/// The circles: each is places of which one needs the next, and the last the first. Each has one that no other has.
pub(super) fn order(needs: &[Vec<usize>]) -> Result<Vec<usize>, Vec<Vec<usize>>> {
    let mut users: Vec<Vec<usize>> = vec![Vec::new(); needs.len()];
    for (user, needs) in needs.iter().enumerate() {
        for &need in needs {
            users[need].push(user);
        }
    }
    let mut missing: Vec<usize> = needs.iter().map(Vec::len).collect();
    let ready = missing.iter().enumerate().filter(|(_, missing)| **missing == 0);
    let mut ready: BinaryHeap<Reverse<usize>> = ready.map(|(at, _)| Reverse(at)).collect();
    let mut order = Vec::with_capacity(needs.len());
    while let Some(Reverse(at)) = ready.pop() {
        order.push(at);
        for &user in &users[at] {
            missing[user] -= 1;
            if missing[user] == 0 {
                ready.push(Reverse(user));
            }
        }
    }
    if order.len() == needs.len() { Ok(order) } else { Err(circles(needs, &missing)) }
}

/// From each that was not placed, the first of its needs that was not placed, until a way comes back to itself.
fn circles(needs: &[Vec<usize>], missing: &[usize]) -> Vec<Vec<usize>> {
    let mut circles = Vec::new();
    // Which walk came here first; 0 is none.
    let mut walks = vec![0; needs.len()];
    for start in (0..needs.len()).filter(|at| missing[*at] > 0) {
        let walk = start + 1;
        let mut way = Vec::new();
        let mut here = start;
        while walks[here] == 0 {
            walks[here] = walk;
            way.push(here);
            here = *needs[here].iter().find(|need| missing[**need] > 0).expect("what was not placed waits for such");
        }
        if walks[here] == walk {
            let begin = way.iter().position(|at| *at == here).expect("this walk was here");
            circles.push(way.split_off(begin));
        }
    }
    circles
}

/// Which are reached from the first, by needs.
pub(super) fn reached(needs: &[Vec<usize>]) -> Vec<bool> {
    reached_from(needs, 0)
}

/// Which are reached from one, by needs; itself too.
pub(super) fn reached_from(needs: &[Vec<usize>], start: usize) -> Vec<bool> {
    let mut reached = vec![false; needs.len()];
    let mut open = vec![start];
    while let Some(at) = open.pop() {
        if !reached[at] {
            reached[at] = true;
            open.extend(&needs[at]);
        }
    }
    reached
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_ready_stands_as_it_was_given() {
        assert_eq!(order(&[vec![3, 1], vec![2], vec![], vec![]]), Ok(vec![2, 1, 3, 0]));
        assert_eq!(order(&[vec![1, 1], vec![]]), Ok(vec![1, 0]));
    }

    #[test]
    fn circles_are_whole() {
        let needs = [vec![1], vec![2, 4], vec![1], vec![3], vec![]];
        assert_eq!(order(&needs), Err(vec![vec![1, 2], vec![3]]));
        assert_eq!(reached(&needs), [true, true, true, false, true]);
    }

    #[test]
    fn depth_costs_no_stack() {
        const DEEP: usize = 100_000;
        let mut needs: Vec<Vec<usize>> = (1..DEEP).map(|next| vec![next]).collect();
        needs.push(Vec::new());
        assert_eq!(order(&needs).map(|order| order.len()), Ok(DEEP));
        needs[DEEP - 1].push(0);
        assert_eq!(order(&needs).map_err(|circles| circles.iter().map(Vec::len).collect()), Err(vec![DEEP]));
        assert!(reached(&needs).iter().all(|reached| *reached));
    }
}

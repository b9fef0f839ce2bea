//! Work on several things at the same time.
//!
//! In: things of known sizes. Out: what became of each, in their order.
//! Holds: the result is the same with any number of threads; where no thread can be had, this one does it all.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;

/// Less than this is done sooner than a thread has started.
const WORTH_A_THREAD: usize = 24 << 10;
/// More threads than these are not of use.
const MOST_THREADS: usize = 8;

/// Each thing's result. The largest is begun first.
///
/// A thread that has not begun when all is taken is not waited for: on a busy machine that would take longer than the
/// work.
pub(super) fn map<T: Send + 'static, R: Send + 'static>(
    things: Vec<T>,
    size: impl Fn(&T) -> usize,
    work: fn(T) -> R,
) -> Vec<R> {
    let sizes: Vec<usize> = things.iter().map(size).collect();
    let total: usize = sizes.iter().sum();
    // What the largest needs has to be waited for: help is of use for the others.
    let others = total - sizes.iter().max().copied().unwrap_or(0);
    if others < WORTH_A_THREAD {
        return things.into_iter().map(work).collect();
    }
    let count = things.len();
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by_key(|at| std::cmp::Reverse(sizes[*at]));
    let things = things.into_iter().map(|thing| Mutex::new(Some(thing))).collect();
    let queue = Arc::new(Queue { order, next: AtomicUsize::new(0), things });
    let (sender, receiver) = mpsc::channel();
    for _ in 0..helpers(others) {
        let (queue, sender) = (Arc::clone(&queue), sender.clone());
        // Where no thread can be had, there is none.
        let _ = thread::Builder::new().spawn(move || queue.work_off(work, |result| drop(sender.send(result))));
    }
    drop(sender);
    let mut results = Vec::with_capacity(count);
    queue.work_off(work, |result| results.push(result));
    let theirs = count - results.len();
    results.extend(receiver.iter().take(theirs));
    assert_eq!(results.len(), count, "a panic in the work is caught there");
    results.sort_by_key(|(at, _)| *at);
    results.into_iter().map(|(_, result)| result).collect()
}

/// How many threads help. The system is asked only where the answer matters, since asking takes time.
fn helpers(size: usize) -> usize {
    if size < 16 * WORTH_A_THREAD {
        return 1;
    }
    thread::available_parallelism().map_or(1, |threads| threads.get().min(MOST_THREADS)).saturating_sub(1)
}

/// What is to be done, by all threads.
struct Queue<T> {
    order: Vec<usize>,
    next: AtomicUsize,
    things: Vec<Mutex<Option<T>>>,
}

impl<T> Queue<T> {
    /// Takes one thing after the other until there is none.
    fn work_off<R>(&self, work: fn(T) -> R, mut done: impl FnMut((usize, R))) {
        while let Some(at) = self.order.get(self.next.fetch_add(1, Ordering::Relaxed)) {
            let thing = self.things[*at].lock().ok().and_then(|mut thing| thing.take());
            let thing = thing.expect("each place of the queue is taken once, and nothing panics while it is locked");
            done((*at, work(thing)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_the_order_of_the_things() {
        for size in [1, WORTH_A_THREAD, 32 * WORTH_A_THREAD] {
            let things: Vec<usize> = (0..100).collect();
            let results = map(things.clone(), |thing| size * (1 + thing % 7), |thing| thing * 2);
            assert_eq!(results, things.iter().map(|thing| thing * 2).collect::<Vec<_>>());
        }
        assert!(map(Vec::<usize>::new(), |_| 0, |thing| thing).is_empty());
    }
}

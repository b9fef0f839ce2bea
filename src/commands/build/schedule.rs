//! Steps in parallel, each after those it needs.
//!
//! In: a plan, how many steps may run at once, and how one is done. Out: what became of each, in the plan's order.
//! Holds: with one at a time the order is the plan's; the caller's thread alone is told what happens.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc::{self, Sender};
use std::sync::{Condvar, Mutex, OnceLock, PoisonError};

use ::project::plan::{Plan, Step};

/// What happens.
pub enum Event<'a, T> {
    Began(&'a Step),
    Ended(&'a Step, &'a T),
}

/// Which steps are begun.
struct Queue {
    begun: Vec<bool>,
    /// A step panicked: nothing more is begun.
    stopped: bool,
}

struct Shared<'p, T> {
    plan: &'p Plan,
    queue: Mutex<Queue>,
    /// Something ended.
    changed: Condvar,
    ended: Vec<OnceLock<T>>,
}

/// Runs all steps; `work` is given what became of the steps that a step needs, in its order.
pub fn run<T: Send + Sync>(
    plan: &Plan,
    jobs: usize,
    work: impl Fn(&Step, &[&T]) -> T + Sync,
    mut told: impl FnMut(Event<'_, T>),
) -> Vec<T> {
    let queue = Queue { begun: vec![false; plan.steps.len()], stopped: false };
    let ended = plan.steps.iter().map(|_| OnceLock::new()).collect();
    let shared = Shared { plan, queue: Mutex::new(queue), changed: Condvar::new(), ended };
    let jobs = jobs.min(plan.steps.len()).max(1);
    std::thread::scope(|scope| {
        let (tell, hear) = mpsc::channel();
        let workers: Vec<_> = (0..jobs)
            .map(|_| {
                let (tell, shared, work) = (tell.clone(), &shared, &work);
                scope.spawn(move || shared.work(work, &tell))
            })
            .collect();
        drop(tell);
        for (step, has_ended) in hear {
            match shared.ended[step].get() {
                Some(outcome) if has_ended => told(Event::Ended(&plan.steps[step], outcome)),
                Some(_) | None => told(Event::Began(&plan.steps[step])),
            }
        }
        for worker in workers {
            worker.join().unwrap_or_else(|panic| resume_unwind(panic));
        }
    });
    shared.ended.into_iter().map(|cell| cell.into_inner().expect("all steps have ended")).collect()
}

impl<T: Send + Sync> Shared<'_, T> {
    fn work(&self, work: impl Fn(&Step, &[&T]) -> T, tell: &Sender<(usize, bool)>) {
        while let Some(step) = self.next() {
            // Nobody hears it if the caller's thread panicked.
            let _ = tell.send((step, false));
            let needed: Vec<&T> = self.plan.steps[step].after.iter().filter_map(|at| self.ended[*at].get()).collect();
            let outcome = catch_unwind(AssertUnwindSafe(|| work(&self.plan.steps[step], &needed)));
            let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
            match outcome {
                Ok(outcome) => {
                    let _ = self.ended[step].set(outcome);
                    let _ = tell.send((step, true));
                    self.changed.notify_all();
                }
                Err(panic) => {
                    queue.stopped = true;
                    self.changed.notify_all();
                    drop(queue);
                    resume_unwind(panic);
                }
            }
        }
    }

    /// The first step that can be begun; waits while there may be one later.
    fn next(&self) -> Option<usize> {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if queue.stopped || queue.begun.iter().all(|begun| *begun) {
                return None;
            }
            let is_ready =
                |step: &Step| step.after.iter().chain(&step.behind).all(|before| self.ended[*before].get().is_some());
            let ready = self.plan.steps.iter().enumerate().position(|(at, step)| !queue.begun[at] && is_ready(step));
            if let Some(step) = ready {
                queue.begun[step] = true;
                return Some(step);
            }
            queue = self.changed.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use ::project::plan::Work;

    use super::*;

    fn step(name: &str, after: &[usize], behind: &[usize]) -> Step {
        let (after, behind) = (after.to_vec(), behind.to_vec());
        Step { name: name.to_owned(), work: Work::Component, after, behind, output: PathBuf::new() }
    }

    #[test]
    fn each_step_comes_after_what_it_needs() {
        let steps = vec![step("a", &[], &[]), step("b", &[], &[0]), step("c", &[0, 1], &[]), step("d", &[2], &[])];
        let plan = Plan { steps };
        for jobs in [1, 2, 8] {
            let clock = AtomicUsize::new(0);
            let order = run(&plan, jobs, |_, _: &[&usize]| clock.fetch_add(1, Ordering::SeqCst), |_| {});
            assert_eq!(order, [0, 1, 2, 3], "{jobs}");
        }
        assert!(run(&Plan::default(), 4, |_, _: &[&()]| (), |_| {}).is_empty());
    }

    #[test]
    fn a_panic_ends_the_others() {
        let plan = Plan { steps: vec![step("a", &[], &[]), step("b", &[], &[]), step("c", &[0, 1], &[])] };
        let broken = || run(&plan, 2, |step, _: &[&()]| assert!(step.name != "a", "broken"), |_| {});
        assert!(catch_unwind(AssertUnwindSafe(broken)).is_err());
    }
}

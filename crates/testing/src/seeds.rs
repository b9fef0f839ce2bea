//! Seeded random tests: plain test functions that `cargo xtask fuzz` runs for longer.
//!
//! In: a test's name and a property of a seed. Out: every seed holds, or a panic that names the seed.
//! Holds: a plain test run takes a fixed few seeds, so it is the same everywhere; `WITHE_FUZZ_ROUNDS` takes that many
//! times more, the same everywhere too; `WITHE_FUZZ_SECONDS` takes fresh ones until the time is over, and
//! `WITHE_FUZZ_SEED` repeats one.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Checks `property` on `few` fixed seeds, or for the time that `cargo xtask fuzz` gives.
///
/// The name stands in the message that tells how to repeat a failure.
pub fn check(name: &str, few: u64, property: impl Fn(&mut Random)) {
    if let Some(seed) = number("WITHE_FUZZ_SEED") {
        return check_seed(name, seed, &property);
    }
    let Some(seconds) = number("WITHE_FUZZ_SECONDS") else {
        return (0..few.saturating_mul(rounds())).for_each(|seed| check_seed(name, seed, &property));
    };
    let first = number("WITHE_FUZZ_START").unwrap_or(0);
    let end = Instant::now() + Duration::from_secs(seconds);
    let mut seed = first;
    while Instant::now() < end {
        check_seed(name, seed, &property);
        seed = seed.wrapping_add(1);
    }
    report(&format!("fuzz {name}: {} seeds from {first} on", seed.wrapping_sub(first)));
}

/// As `check`, on all processors. The seeds are the same; which of them fails first is not.
pub fn check_parallel(name: &str, few: u64, property: impl Fn(&mut Random) + Sync) {
    if let Some(seed) = number("WITHE_FUZZ_SEED") {
        return check_seed(name, seed, &property);
    }
    let end = number("WITHE_FUZZ_SECONDS").map(|seconds| Instant::now() + Duration::from_secs(seconds));
    let first = if end.is_some() { number("WITHE_FUZZ_START").unwrap_or(0) } else { 0 };
    let few = few.saturating_mul(rounds());
    let (next, failed) = (AtomicU64::new(0), AtomicBool::new(false));
    let work = || {
        let _failing = Failing(&failed);
        while !failed.load(Ordering::Relaxed) {
            let taken = next.fetch_add(1, Ordering::Relaxed);
            if end.map_or(taken >= few, |end| Instant::now() >= end) {
                break;
            }
            check_seed(name, first.wrapping_add(taken), &property);
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let all: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        for one in all {
            one.join().unwrap_or_else(|panic| resume_unwind(panic));
        }
    });
    if end.is_some() {
        report(&format!("fuzz {name}: {} seeds from {first} on", next.into_inner().saturating_sub(threads as u64)));
    }
}

fn number(key: &str) -> Option<u64> {
    std::env::var(key).ok().and_then(|text| text.parse().ok())
}

/// How many times more seeds a run takes than a plain one.
fn rounds() -> u64 {
    number("WITHE_FUZZ_ROUNDS").unwrap_or(1)
}

/// Tells the other threads of a panic in this one.
struct Failing<'f>(&'f AtomicBool);

impl Drop for Failing<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.store(true, Ordering::Relaxed);
        }
    }
}

#[expect(clippy::print_stdout, reason = "what a random test counted is part of its result")]
fn report(text: &str) {
    println!("{text}");
}

#[expect(clippy::print_stderr, reason = "a failure must say how it is repeated")]
fn check_seed(name: &str, seed: u64, property: &impl Fn(&mut Random)) {
    shorten_panics_of_others();
    let result = catch_unwind(AssertUnwindSafe(|| property(&mut Random::new(seed))));
    if let Err(panic) = result {
        eprintln!("{name} fails for seed {seed}; to repeat: WITHE_FUZZ_SEED={seed} cargo test {name}");
        resume_unwind(panic);
    }
}

/// Panics inside other makers' crates, which the code under test catches, take a line instead of a trace: in the log of
/// a whole run, whoever looks for what failed shall find our own.
#[expect(clippy::print_stderr, reason = "it stands in for the standard library's message")]
fn shorten_panics_of_others() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let standard = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| match info.location().and_then(|at| other_maker(at.file())) {
            Some(file) => eprintln!("note: {file} gave up on this input"),
            None => standard(info),
        }));
    });
}

/// The crate and file, if `file` is a source of a parser or generator whose panics are expected.
fn other_maker(file: &str) -> Option<&str> {
    ["wit-parser-", "wit-smith-", "wit-component-"].iter().find_map(|name| file.find(name)).map(|at| &file[at..])
}

/// A small generator of numbers (SplitMix64): the same seed gives the same numbers on every machine.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`, which must not be 0.
    pub fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).expect("a usize fits into 64 bits");
        usize::try_from(self.next_u64() % end).expect("less than a usize")
    }

    /// One of `items`, which must not be empty.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }

    /// That many random bytes.
    pub fn bytes(&mut self, len: usize) -> Vec<u8> {
        (0..len).map(|_| self.next_u64().to_le_bytes()[0]).collect()
    }

    /// `bytes` with one to four small harms: a bit flipped, a byte replaced, a piece cut out, doubled, or the end cut off.
    pub fn mutate(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        for _ in 0..=self.below(4) {
            if bytes.is_empty() {
                break;
            }
            let at = self.below(bytes.len());
            let len = 1 + self.below(16.min(bytes.len() - at));
            match self.below(5) {
                0 => bytes[at] ^= 1 << self.below(8),
                1 => bytes[at] = self.next_u64().to_le_bytes()[0],
                2 => drop(bytes.drain(at..at + len)),
                3 => {
                    let piece = bytes[at..at + len].to_vec();
                    bytes.splice(at..at, piece);
                }
                _ => bytes.truncate(at),
            }
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panics_of_others_are_known_by_their_file() {
        let registry = "registry/src/wit-parser-0.263.0/src/ast/resolve.rs";
        assert_eq!(other_maker(registry), Some("wit-parser-0.263.0/src/ast/resolve.rs"));
        assert_eq!(other_maker("crates/wit/src/load.rs"), None);
    }

    #[test]
    fn all_seeds_are_taken_on_all_processors() {
        let sum = AtomicU64::new(0);
        check_parallel("all_seeds_are_taken_on_all_processors", 50, |random| {
            sum.fetch_add(random.next_u64() % 1000, Ordering::Relaxed);
        });
        assert_eq!(sum.into_inner(), (0..50).map(|seed| Random::new(seed).next_u64() % 1000).sum());
    }

    #[test]
    fn the_same_seed_gives_the_same_numbers() {
        // The first number of SplitMix64 from seed 0, as its authors publish it.
        assert_eq!(Random::new(0).next_u64(), 0xE220_A839_7B1D_CDAF);
        assert_eq!(Random::new(7).mutate(b"abcdef"), Random::new(7).mutate(b"abcdef"));
    }

    #[test]
    fn a_broken_property_is_found() {
        let parallel = || check_parallel("a_broken_property_is_found", 20, |random| assert!(random.below(4) != 1));
        assert!(catch_unwind(parallel).is_err());
        let broken = || check("a_broken_property_is_found", 20, |random| assert!(random.below(4) != 1));
        assert!(catch_unwind(broken).is_err());
    }
}

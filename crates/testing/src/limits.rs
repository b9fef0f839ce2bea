//! What a test may take: time of the processor, and memory of the process.
//!
//! In: work. Out: its result and what it took.
//! Holds: on Linux, time is that of the calling thread, so that other load does not count; elsewhere it is the clock's.

use std::time::{Duration, Instant};

/// Runs `work` on this thread; its result and the time that it took.
pub fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let (clock, before) = (Instant::now(), thread_time());
    let result = work();
    let took = match (before, thread_time()) {
        (Some(before), Some(after)) => after.saturating_sub(before),
        (Some(_) | None, _) => clock.elapsed(),
    };
    (result, took)
}

/// Time of the processor that this thread has had.
fn thread_time() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}

/// The most memory that this process had at a time since it began, or since `forget_peak`, in bytes; `None` where the
/// system does not tell.
pub fn peak_memory() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<u64>().ok()? * 1024)
}

/// Makes `peak_memory` begin anew.
pub fn forget_peak() {
    // Where the system has no such file, `peak_memory` counts from the start of the process.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_and_memory_are_counted() {
        let (sum, took) = timed(|| (0..3_000_000_u64).fold(0, |sum, one| std::hint::black_box(sum ^ one)));
        assert!(took > Duration::from_micros(100), "{took:?} for {sum}");
        forget_peak();
        let Some(before) = peak_memory() else { return };
        let held = std::hint::black_box(vec![1_u8; 64 << 20]);
        let after = peak_memory().expect("it was told before");
        assert!(after >= before + (60 << 20), "{before} before, {after} after {} bytes", held.len());
    }
}

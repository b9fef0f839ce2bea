//! Limits: how much a guest may use, and how much it did use.
//!
//! In: the texts of `--fuel`, `--timeout`, `--memory`. Out: `Limits`, the store's limiter, `Usage`.
//! Holds: a limit that is reached ends the guest with an error that names the limit, never silently.

use std::fmt;
use std::time::Duration;

use wasmtime::ResourceLimiter;

/// Bytes that one table element is counted as.
const TABLE_ELEMENT: usize = 8;

/// Bytes of all tables together where there is no limit: tables, unlike memories, are filled when they are made,
/// so a claim of a billion elements would cost their maker nothing and this machine seconds.
const TABLES: u64 = 256 << 20;

/// What a guest may use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Instructions, as the engine counts them.
    pub fuel: Option<u64>,
    /// From instantiation to the last result.
    pub timeout: Option<Duration>,
    /// Bytes of all linear memories and tables together. Without it only tables have a limit, of 256 MiB.
    pub memory: Option<u64>,
    /// Whether to count what was used, fuel included.
    pub usage: bool,
    /// Whether SIGINT and SIGTERM of this process end the guest in order.
    pub signals: bool,
}

impl Limits {
    /// Whether the guest's code must count its instructions.
    pub fn counts_fuel(&self) -> bool {
        self.fuel.is_some() || self.usage
    }
}

/// What a guest has used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Instructions as the engine counts them; `None` if they were not counted, or the count is lost because the guest
    /// was stopped in the middle of its code.
    pub fuel: Option<u64>,
    /// From instantiation to the last result.
    pub time: Duration,
    /// The most bytes that all linear memories and tables together ever had.
    pub memory: u64,
}

impl fmt::Display for Usage {
    /// `fuel 1234, time 5.2 ms, memory 1114112 bytes`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.fuel {
            Some(fuel) => write!(f, "fuel {fuel}, ")?,
            None => f.write_str("fuel unknown, ")?,
        }
        write!(f, "time {:.1} ms, memory {} bytes", self.time.as_secs_f64() * 1000.0, self.memory)
    }
}

/// Counts memory, and refuses growth beyond the limit.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    limit: Option<u64>,
    now: u64,
    tables: u64,
    pub(crate) peak: u64,
}

/// The memory limit was reached; what the guest asked for would have made `wanted` bytes.
#[derive(Debug)]
pub(crate) struct MemoryLimit {
    pub(crate) limit: u64,
    pub(crate) wanted: u64,
}

impl fmt::Display for MemoryLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the memory limit of {} bytes was reached: {} bytes were asked for", self.limit, self.wanted)
    }
}

impl std::error::Error for MemoryLimit {}

impl Meter {
    pub(crate) fn new(limit: Option<u64>) -> Self {
        Self { limit, ..Self::default() }
    }

    fn grow(&mut self, by: usize) -> wasmtime::Result<bool> {
        let wanted = self.now.saturating_add(by as u64);
        if let Some(limit) = self.limit
            && wanted > limit
        {
            return Err(wasmtime::Error::from(MemoryLimit { limit, wanted }));
        }
        self.now = wanted;
        self.peak = self.peak.max(wanted);
        Ok(true)
    }
}

impl ResourceLimiter for Meter {
    fn memory_growing(&mut self, current: usize, desired: usize, maximum: Option<usize>) -> wasmtime::Result<bool> {
        // Growth beyond the memory's own maximum fails for the guest, as the specification says.
        if maximum.is_some_and(|maximum| desired > maximum) {
            return Ok(false);
        }
        self.grow(desired.saturating_sub(current))
    }

    fn table_growing(&mut self, current: usize, desired: usize, maximum: Option<usize>) -> wasmtime::Result<bool> {
        if maximum.is_some_and(|maximum| desired > maximum) {
            return Ok(false);
        }
        let by = desired.saturating_sub(current).saturating_mul(TABLE_ELEMENT);
        self.tables = self.tables.saturating_add(by as u64);
        if self.limit.is_none() && self.tables > TABLES {
            return Err(wasmtime::Error::from(MemoryLimit { limit: TABLES, wanted: self.tables }));
        }
        self.grow(by)
    }
}

/// Reads `2s`, `500ms`, `1m`, `1.5s`; a bare number is seconds.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let scale = match unit {
        "" | "s" => 1.0,
        "ms" => 1e-3,
        "us" => 1e-6,
        "m" | "min" => 60.0,
        "h" => 3600.0,
        _ => return Err(format!("`{unit}` is no unit of time; write `500ms`, `2s`, `1m` or `1h`")),
    };
    let number: f64 = number.parse().map_err(|_| format!("`{text}` is no time; write it like `2s` or `500ms`"))?;
    Duration::try_from_secs_f64(number * scale).map_err(|_| format!("`{text}` is too long"))
}

/// Reads `64MiB`, `1.5GiB`, `512KiB`, `10MB`; a bare number is bytes. Parts of a byte are left out.
pub fn parse_size(text: &str) -> Result<u64, String> {
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let scale: u64 = match unit {
        "" | "B" => 1,
        "KiB" | "K" | "k" => 1 << 10,
        "MiB" | "M" => 1 << 20,
        "GiB" | "G" => 1 << 30,
        "kB" | "KB" => 1_000,
        "MB" => 1_000_000,
        "GB" => 1_000_000_000,
        _ => return Err(format!("`{unit}` is no unit of memory; write `512KiB`, `64MiB` or `1GiB`")),
    };
    let no_size = || format!("`{text}` is no size; write it like `64MiB`");
    let (whole, part) = match number.split_once('.') {
        Some((whole, part)) => (whole, fraction(part).filter(|_| scale > 1).ok_or_else(no_size)?),
        None => (number, (0, 1)),
    };
    let whole: u64 = whole.parse().map_err(|_| no_size())?;
    let (above, below) = part;
    let size = u128::from(whole) * u128::from(scale) + u128::from(above) * u128::from(scale) / u128::from(below);
    u64::try_from(size).map_err(|_| format!("`{text}` is too large"))
}

/// The digits behind a point, as a fraction: `25` is 25 of 100.
fn fraction(digits: &str) -> Option<(u64, u64)> {
    let is_number = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
    let below = 10u64.checked_pow(u32::try_from(digits.len()).ok()?)?;
    digits.parse().ok().filter(|_| is_number).map(|above| (above, below))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_units() {
        assert_eq!(parse_duration("2s"), Ok(Duration::from_secs(2)));
        assert_eq!(parse_duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(parse_duration("1.5s"), Ok(Duration::from_millis(1500)));
        assert_eq!(parse_duration("3"), Ok(Duration::from_secs(3)));
        assert!(parse_duration("2 weeks").unwrap_err().contains("unit of time"));
        assert!(parse_duration("soon").is_err());
        assert!(parse_duration("").is_err());
    }

    #[test]
    fn sizes_have_units() {
        assert_eq!(parse_size("64MiB"), Ok(64 << 20));
        assert_eq!(parse_size("65536"), Ok(65536));
        assert_eq!(parse_size("10MB"), Ok(10_000_000));
        assert_eq!(parse_size("1.5GiB"), Ok(3 << 29));
        assert_eq!(parse_size("0.25kB"), Ok(250));
        for wrong in ["1.5", "1.5B", ".5MiB", "1.MiB", "1.5.5MiB", "1.99999999999999999999GiB", "", "."] {
            assert!(parse_size(wrong).unwrap_err().contains("no size"), "{wrong}");
        }
        assert!(parse_size("64 pages").unwrap_err().contains("unit of memory"));
        assert!(parse_size("99999999999GiB").is_err());
    }
}

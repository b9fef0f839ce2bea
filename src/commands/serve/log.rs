//! The access log: a line of JSON for each request.
//!
//! In: entries. Out: lines, each written at once and whole, at the end of a file.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use diag::Place;
use serde_json::{Map, Value, json};
use verify::serve::Entry;

use crate::Io;
use crate::io::Stream;

/// Where lines go.
pub enum Log {
    Stream(Stream),
    File(File),
}

pub fn open(file: &Path, io: &Io) -> diag::Result<Log> {
    if file == Path::new("-") {
        return Ok(Log::Stream(io.stdout.clone()));
    }
    File::options().create(true).append(true).open(io.resolve(file)).map(Log::File).map_err(|error| {
        diag::error("output/unwritable-file", format!("`{}` cannot be written", file.display()))
            .label(Place::file(file.display().to_string()), error.to_string())
            .help("take a path in a folder that you can write to")
            .into()
    })
}

impl Log {
    pub fn write(&self, entry: &Entry) {
        let line = format!("{}\n", as_json(entry));
        // A log that is full or closed does not stop the server.
        let _ = match self {
            Self::Stream(stream) => stream.write(line.as_bytes()),
            Self::File(file) => (&*file).write_all(line.as_bytes()),
        };
    }
}

/// The fields that `crates/diag/codes/README.md` describes.
fn as_json(entry: &Entry) -> Value {
    let mut line = Map::new();
    let mut put = |name: &str, value: Value| line.insert(name.to_owned(), value);
    put("time", utc(entry.time).into());
    put("method", entry.method.clone().into());
    put("path", entry.path.clone().into());
    put("status", entry.status.into());
    put("bytes", entry.bytes.into());
    put("milliseconds", json!((entry.duration.as_secs_f64() * 1e6).round() / 1e3));
    if let Some(usage) = entry.usage {
        put("memory", usage.memory.into());
        if let Some(fuel) = usage.fuel {
            put("fuel", fuel.into());
        }
    }
    if let Some(error) = &entry.error {
        put("error", error.clone().into());
    }
    Value::Object(line)
}

/// `2026-11-21T17:40:32.123Z`.
fn utc(time: SystemTime) -> String {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    let (days, seconds) = (since.as_secs() / 86_400, since.as_secs() % 86_400);
    let (year, month, day) = date(days);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{:03}Z", since.subsec_millis())
}

/// Year, month and day of a day since 1970-01-01.
fn date(mut days: u64) -> (u64, usize, u64) {
    let is_leap = |year: u64| year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    // All 400 years are alike.
    let mut year = 1970 + days / 146_097 * 400;
    days %= 146_097;
    while days >= 365 + u64::from(is_leap(year)) {
        days -= 365 + u64::from(is_leap(year));
        year += 1;
    }
    let lengths = [31, 28 + u64::from(is_leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut month = 0;
    while days >= lengths[month] {
        days -= lengths[month];
        month += 1;
    }
    (year, month + 1, days + 1)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn times_are_dates() {
        let at = |seconds| utc(UNIX_EPOCH + Duration::from_millis(seconds));
        assert_eq!(at(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(at(951_782_399_999), "2000-02-28T23:59:59.999Z");
        assert_eq!(at(951_782_400_000), "2000-02-29T00:00:00.000Z");
        assert_eq!(at(1_795_282_832_123), "2026-11-21T17:40:32.123Z");
        assert_eq!(at(4_107_542_400_000), "2100-03-01T00:00:00.000Z");
    }
}

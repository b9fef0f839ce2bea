//! Grants: what a guest may touch.
//!
//! In: the texts of the grant flags. Out: `Grants`.
//! Holds: `Grants::default()` grants nothing; standard output and error are not grants, a guest always has them.

use std::net::SocketAddr;
use std::path::PathBuf;

/// What a guest may touch, beside standard output and error.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grants {
    pub dirs: Vec<DirGrant>,
    /// Names and values, in the order given.
    pub env: Vec<(String, String)>,
    /// What the guest finds as its arguments; the first is the program's name.
    pub args: Vec<String>,
    pub clock: Clock,
    pub random: Random,
    /// Addresses that may be bound and listened on.
    pub listen: Vec<SocketAddr>,
    /// Addresses that may be connected to.
    pub connect: Vec<SocketAddr>,
    /// Authorities that HTTP requests may be sent to.
    pub http_allow: Vec<HttpGrant>,
}

/// A folder of the host, and the name it has for the guest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirGrant {
    pub host: PathBuf,
    pub guest: String,
    pub write: bool,
    /// Host and guest as the user wrote them, for messages.
    pub shown: String,
}

/// The time that a guest sees.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Clock {
    #[default]
    Real,
    /// Stands at 1970-01-01T00:00:00Z; so does the monotonic clock.
    Frozen,
}

/// The random numbers that a guest sees.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Random {
    #[default]
    Real,
    /// The same numbers in every run.
    Seed(u64),
}

/// An authority as requests write it; without a port, every port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpGrant {
    pub host: String,
    pub port: Option<u16>,
}

impl HttpGrant {
    /// Whether a request to `host` and `port` is granted. Compared as written, without regard to case.
    pub fn covers(&self, host: &str, port: u16) -> bool {
        self.host.eq_ignore_ascii_case(host) && self.port.is_none_or(|granted| granted == port)
    }
}

/// Reads `HOST[::GUEST][:ro|rw]`. Read-only unless said otherwise.
pub fn parse_dir(text: &str) -> Result<DirGrant, String> {
    let (paths, write) = match text.rsplit_once(':') {
        Some((paths, "rw")) => (paths, true),
        Some((paths, "ro" | "readonly")) => (paths, false),
        Some(_) | None => (text, false),
    };
    if let Some(mode) = unknown_mode(paths, text) {
        return Err(format!("`{mode}` is neither `ro` nor `rw`; write `HOST`, `HOST::GUEST` or `HOST::GUEST:rw`"));
    }
    let (host, guest) = paths.split_once("::").unwrap_or((paths, paths));
    if host.is_empty() || guest.is_empty() {
        return Err(format!("`{text}` names no folder; write `HOST`, `HOST::GUEST` or `HOST::GUEST:rw`"));
    }
    Ok(DirGrant { host: PathBuf::from(host), guest: guest.to_owned(), write, shown: paths.to_owned() })
}

/// What stands where the mode should, and is none. After a host's path alone it must look like one.
fn unknown_mode<'t>(paths: &str, text: &'t str) -> Option<&'t str> {
    if paths != text {
        return None;
    }
    let like_one = |mode: &str| !mode.is_empty() && mode.chars().all(|c| "rwox".contains(c.to_ascii_lowercase()));
    match text.split_once("::") {
        Some((_, guest)) => guest.rsplit_once(':').map(|(_, mode)| mode),
        None => text.rsplit_once(':').map(|(_, mode)| mode).filter(|mode| like_one(mode)),
    }
}

/// Reads `K=V` or `K`; the value is `None` if it is to be taken from the environment.
pub fn parse_env(text: &str) -> Result<(String, Option<String>), String> {
    let (name, value) = match text.split_once('=') {
        Some((name, value)) => (name, Some(value.to_owned())),
        None => (text, None),
    };
    if name.is_empty() {
        return Err("an environment variable needs a name: `K=V` or `K`".to_owned());
    }
    Ok((name.to_owned(), value))
}

/// Reads `real` or `frozen`.
pub fn parse_clock(text: &str) -> Result<Clock, String> {
    match text {
        "real" => Ok(Clock::Real),
        "frozen" => Ok(Clock::Frozen),
        _ => Err("the clock is `real` or `frozen`".to_owned()),
    }
}

/// Reads `real` or `seed=N`.
pub fn parse_random(text: &str) -> Result<Random, String> {
    if text == "real" {
        return Ok(Random::Real);
    }
    let seed = text.strip_prefix("seed=").and_then(|seed| seed.parse().ok());
    seed.map(Random::Seed).ok_or_else(|| "random numbers are `real` or `seed=N`".to_owned())
}

/// Reads `127.0.0.1:8080` or `[::1]:8080`; names are not looked up.
pub fn parse_address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| {
        format!("`{text}` is no IP:PORT; write it like `127.0.0.1:8080` or `[::1]:8080`, names are not looked up")
    })
}

/// Reads `HOST[:PORT]`.
pub fn parse_http(text: &str) -> Result<HttpGrant, String> {
    let bare = text.split_once("://").map_or(text, |(_, bare)| bare).split('/').next().unwrap_or_default();
    if bare != text {
        let like = if bare.is_empty() { "example.com" } else { bare };
        return Err(format!("`{text}` is an address; write the host without scheme and path: `{like}`"));
    }
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => {
            let port = port.parse().map_err(|_| format!("`{port}` is no port"))?;
            (host, Some(port))
        }
        Some(_) | None => (text, None),
    };
    let bracketed = host.starts_with('[') && host.ends_with(']');
    if host.contains(':') && !bracketed {
        return Err(format!("`{text}` is no host; write an IPv6 address in brackets: `[::1]` or `[::1]:8080`"));
    }
    if host.is_empty() || host.contains(['/', '@', '*']) {
        return Err(format!("`{text}` is no host; write `example.com` or `example.com:8080`, once for each host"));
    }
    Ok(HttpGrant { host: host.to_owned(), port })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dir(host: &str, guest: &str, write: bool) -> DirGrant {
        let shown = if host == guest { host.to_owned() } else { format!("{host}::{guest}") };
        DirGrant { host: PathBuf::from(host), guest: guest.to_owned(), write, shown }
    }

    #[test]
    fn folders_are_read_only_unless_said() {
        assert_eq!(parse_dir("data"), Ok(dir("data", "data", false)));
        assert_eq!(parse_dir("/tmp/x::/x"), Ok(dir("/tmp/x", "/x", false)));
        assert_eq!(parse_dir("/tmp/x::/x:rw"), Ok(dir("/tmp/x", "/x", true)));
        assert_eq!(parse_dir(".:ro"), Ok(dir(".", ".", false)));
        assert_eq!(parse_dir(".:readonly"), Ok(dir(".", ".", false)));
        assert!(parse_dir("::/x").is_err());
    }

    #[test]
    fn hosts_compare_as_written() {
        let grant = parse_http("example.com").unwrap();
        assert!(grant.covers("Example.com", 1) && !grant.covers("www.example.com", 1));
        let grant = parse_http("[::1]:80").unwrap();
        assert!(grant.covers("[::1]", 80) && !grant.covers("[::1]", 81));
        assert_eq!(parse_http("[::1]").unwrap().port, None);
        for text in ["http://example.com", "", ":80", "user@example.com", "*", "*.example.com", "example.com:http"] {
            assert!(parse_http(text).is_err(), "{text}");
        }
        for text in ["http://a.b/c", "a.b/c", "https://a.b"] {
            assert!(parse_http(text).unwrap_err().ends_with("without scheme and path: `a.b`"), "{text}");
        }
        for text in ["::1", "::1:80", "fe80::1"] {
            assert!(parse_http(text).unwrap_err().contains("brackets"), "{text}");
        }
    }

    #[test]
    fn addresses_are_numbers() {
        assert!(parse_address("127.0.0.1:80").is_ok() && parse_address("[::1]:80").is_ok());
        assert!(parse_address("localhost:80").unwrap_err().contains("IP:PORT"));
    }

    #[test]
    fn variables_may_take_their_value_from_outside() {
        assert_eq!(parse_env("A=b=c"), Ok(("A".to_owned(), Some("b=c".to_owned()))));
        assert_eq!(parse_env("A"), Ok(("A".to_owned(), None)));
        assert!(parse_env("=b").is_err());
    }
}

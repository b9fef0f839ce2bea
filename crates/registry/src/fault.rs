//! What went wrong between here and a registry, and how it is said.
//!
//! In: what was asked, and what came of it. Out: a diagnostic, and whether asking again may help.
//! Holds: no fault holds an address with a query, a header or a body; what a registry said is shown only if it repeats
//! none of what it was told in confidence.

use std::error::Error as _;
use std::time::Duration;

use diag::Diagnostic;

use crate::Digest;
use crate::reference::Reference;

/// What went wrong.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    pub kind: Kind,
    pub again: Again,
}

/// Whether the same question may have another answer soon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Again {
    No,
    Yes,
    /// Not before this time has passed, says the registry.
    After(Duration),
}

#[derive(Clone, Debug)]
pub(crate) enum Kind {
    /// No connection, in words.
    Unreachable(String),
    /// The other side is not who it must be, in words.
    Certificate(String),
    /// What is given with `--ca` is no certificate.
    Authority {
        file: String,
        why: String,
    },
    /// Nothing came for this long, or next to nothing.
    Silent(Duration),
    /// The connection ended in the middle.
    BrokenOff(String),
    /// A status that is no success, and what the registry said with it.
    Status {
        code: u16,
        said: Option<String>,
        tried: Tried,
    },
    /// An answer that is none of a registry.
    Malformed(String),
    /// The content is not what its digest says.
    Digest {
        expected: Digest,
        found: Digest,
    },
    TooLarge {
        what: &'static str,
        size: Option<u64>,
        limit: u64,
    },
    /// The artifact holds no wasm; what it is.
    NotWasm(String),
    /// Not in the cache, and the network is not to be asked.
    Offline,
    /// The repository is there, and has other tags.
    NoSuchTag {
        tag: String,
        tags: Vec<String>,
    },
    /// A reference without tag and digest.
    NoTag,
    Credentials {
        file: Option<String>,
        why: String,
    },
    /// The cache cannot be read or written.
    Cache {
        path: String,
        why: String,
    },
}

/// What was told to a registry that refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Tried {
    /// Nothing was asked for.
    Nothing,
    /// No credentials are known; where they were looked for.
    Anonymous(String),
    Credentials,
}

/// What was to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Pull,
    Push,
    List,
}

impl Fault {
    /// Asking again does not help.
    pub fn once(kind: Kind) -> Self {
        Self { kind, again: Again::No }
    }

    /// Asking again may help.
    pub fn passing(kind: Kind) -> Self {
        Self { kind, again: Again::Yes }
    }

    pub fn malformed(why: impl Into<String>) -> Self {
        Self::once(Kind::Malformed(why.into()))
    }

    pub fn cache(path: &std::path::Path, error: &std::io::Error) -> Self {
        Self::once(Kind::Cache { path: path.display().to_string(), why: error.to_string() })
    }

    /// What the HTTP client says, without the address it was about.
    pub fn of_http(error: &reqwest::Error) -> Self {
        let (mut words, mut is_final) = (String::new(), false);
        let mut cause = error.source();
        while let Some(one) = cause {
            if let Some(tls) = of_tls(one) {
                return Self::of_tls(tls);
            }
            words = one.to_string();
            // Nobody listens there, or nobody has the name: that does not pass in seconds.
            let refused = one.downcast_ref::<std::io::Error>().map(std::io::Error::kind);
            is_final |= refused == Some(std::io::ErrorKind::ConnectionRefused) || words.starts_with("dns error");
            cause = one.source();
        }
        let words = if words.is_empty() { "the connection failed".to_owned() } else { words };
        if error.is_redirect() {
            return Self::malformed(format!("it sends on to another address that cannot be followed: {words}"));
        }
        if error.is_builder() {
            return Self::malformed("it asks for a request that cannot be made");
        }
        if error.is_connect() {
            return Self { kind: Kind::Unreachable(words), again: if is_final { Again::No } else { Again::Yes } };
        }
        Self::passing(Kind::BrokenOff(words))
    }

    fn of_tls(error: &rustls::Error) -> Self {
        let is_certificate =
            matches!(error, rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented);
        if is_certificate {
            return Self::once(Kind::Certificate(error.to_string()));
        }
        if matches!(error, rustls::Error::InvalidMessage(_)) {
            return Self::once(Kind::Unreachable("it does not speak TLS".to_owned()));
        }
        Self::once(Kind::Unreachable(format!("TLS: {error}")))
    }

    /// What is said of it.
    pub fn diagnostic(self, action: Action, reference: &Reference) -> Diagnostic {
        let host = &reference.host;
        let place = reference.place();
        match self.kind {
            Kind::Unreachable(why) => diag::error("registry/unreachable", format!("`{host}` cannot be reached"))
                .label(place, &why)
                .help(match why.contains("not speak TLS") {
                    true => "use `--plain-http` if it may be asked without TLS".to_owned(),
                    false => "check the name, the port and the network".to_owned(),
                }),
            Kind::Silent(time) => diag::error("registry/unreachable", format!("`{host}` does not answer in time"))
                .label(place, format!("nothing, or next to nothing, came for {}", seconds(time)))
                .help("try again later: what has arrived is kept"),
            Kind::BrokenOff(why) => diag::error("registry/broken-off", format!("the connection to `{host}` broke off"))
                .label(place, why)
                .help("try again: what has arrived is kept"),
            Kind::Certificate(why) => {
                diag::error("registry/certificate", format!("`{host}` cannot prove that it is who it must be"))
                    .label(place, why)
                    .help("if its certificate is of an authority of your own, name that with `--ca FILE`")
            }
            Kind::Authority { file, why } => {
                diag::error("registry/certificate", format!("`{file}` holds no certificate of an authority"))
                    .label(diag::Place::file(&file), why)
                    .help("name a file in PEM form, with `-----BEGIN CERTIFICATE-----`")
            }
            Kind::Status { code, said, tried } => refused(action, reference, code, said, tried),
            Kind::Malformed(why) => {
                diag::error("registry/malformed", format!("`{host}` does not answer as a registry does"))
                    .label(place, why)
                    .help("check that a registry is at this address")
            }
            Kind::Digest { expected, found } => {
                diag::error("registry/digest", format!("`{host}` sent other bytes than `{reference}` is made of"))
                    .label(place, format!("expected {expected}, found {found}; nothing of it was kept"))
                    .help("try again; if it stays so, the registry or a proxy before it is at fault")
            }
            Kind::TooLarge { what, size, limit } => {
                let headline = format!("{what} of `{reference}` is larger than what is taken");
                let size = size.map_or_else(|| "more".to_owned(), bytes);
                diag::error("registry/too-large", headline)
                    .label(place, format!("{size}, where at most {} are taken", bytes(limit)))
                    .help("check that it is the artifact you mean")
            }
            Kind::NotWasm(what) => diag::error("registry/not-wasm", format!("`{reference}` is no wasm: it is {what}"))
                .label(place, "no component, WIT package or core module is in it")
                .help("check the name and the tag"),
            Kind::Offline if action == Action::Push => {
                let headline = format!("nothing is pushed to `{reference}`: `--offline` asks no registry");
                diag::error("registry/offline", headline)
                    .label(place, "not asked")
                    .help("leave `--offline` out; `--dry-run` says what would be pushed")
            }
            Kind::Offline => diag::error("registry/offline", format!("`{reference}` is not in the cache"))
                .label(place, "the network was not asked, because of `--offline`")
                .help("run the command once without `--offline`"),
            Kind::NoSuchTag { tag, tags } => no_such_tag(reference, &tag, tags),
            Kind::NoTag => diag::error("registry/reference", format!("`{reference}` has no tag and no digest"))
                .label(place, "a tag is missing after this")
                .help(format!("write which one, as in `{host}/{}:1.0.0`", reference.repository)),
            Kind::Credentials { file, why } => {
                let headline = format!("the credentials for `{host}` cannot be read");
                let said = diag::error("registry/credentials", headline);
                match file {
                    Some(file) => said.label(diag::Place::file(file), why),
                    None => said.label(place, why),
                }
                .help(format!("log in again with `docker login {host}`"))
            }
            Kind::Cache { path, why } => diag::error("registry/cache", "the cache of artifacts cannot be used")
                .label(diag::Place::file(path), why)
                .help("make room there, or name another folder with `XDG_CACHE_HOME`"),
        }
    }
}

/// The mistake of TLS that is inside of an error of input and output, however deep.
fn of_tls<'e>(error: &'e (dyn std::error::Error + 'static)) -> Option<&'e rustls::Error> {
    let inner = |error: &'e std::io::Error| of_tls(error.get_ref()?);
    error.downcast_ref().or_else(|| error.downcast_ref::<std::io::Error>().and_then(inner))
}

/// A tag that is not there, with those that are: what is like it, else the newest.
fn no_such_tag(reference: &Reference, tag: &str, mut tags: Vec<String>) -> Diagnostic {
    const SHOWN: usize = 5;
    let repository = format!("{}/{}", reference.host, reference.repository);
    let near = diag::near_misses(tag, tags.iter().map(String::as_str)).first().map(|near| (*near).to_owned());
    let version = |tag: &String| semver::Version::parse(tag.trim_start_matches('v')).ok();
    tags.sort_by_cached_key(|tag| std::cmp::Reverse((version(tag), tag.clone())));
    let more = if tags.len() > SHOWN { format!(" and {} more", tags.len() - SHOWN) } else { String::new() };
    tags.truncate(SHOWN);
    let listed: Vec<String> = tags.iter().map(|tag| format!("`{tag}`")).collect();
    diag::error("registry/not-found", format!("`{repository}` has no tag `{tag}`"))
        .label(reference.place(), format!("it has {}{more}", listed.join(", ")))
        .help(match near {
            Some(near) => format!("did you mean `{repository}:{near}`?"),
            None => "name one of these".to_owned(),
        })
}

/// A status that is no success.
fn refused(action: Action, reference: &Reference, code: u16, said: Option<String>, tried: Tried) -> Diagnostic {
    let host = &reference.host;
    let answered = match said {
        Some(said) => format!("answered {code}: {said}"),
        None => format!("answered {code}"),
    };
    let log_in = format!("log in with `docker login {host}`");
    match (code, action, tried) {
        (401 | 403, _, Tried::Credentials) if code == 401 => {
            diag::error("registry/not-allowed", format!("`{host}` does not take the credentials that are kept for it"))
                .label(reference.place(), answered)
                .help(format!("log in again with `docker login {host}`"))
        }
        (401 | 403, Action::Push, tried) => {
            let headline = format!("`{host}` does not let you push to `{}`", reference.repository);
            let (told, help) = told(&tried, log_in);
            diag::error("registry/not-allowed", headline)
                .label(reference.place(), format!("{answered}; {told}"))
                .help(help)
        }
        (401 | 403 | 404, _, tried) => {
            let what = match action {
                Action::Pull | Action::Push => format!("`{reference}`"),
                Action::List => format!("`{host}/{}`", reference.repository),
            };
            let headline = format!("{what} is not there, or not for you to see");
            let (told, help) = told(&tried, log_in);
            let help = if code == 404 { "check the name and the tag".to_owned() } else { help };
            diag::error("registry/not-found", headline)
                .label(reference.place(), format!("{answered}; {told}"))
                .help(help)
        }
        (code, _, _) => {
            let (headline, help) = match code {
                429 => (format!("`{host}` answers no more for now: too many requests"), "try again later"),
                500.. => (format!("`{host}` failed"), "try again later"),
                400 if reference.is_loopback() => {
                    (format!("`{host}` refuses the request"), "if it speaks TLS, name its authority with `--ca FILE`")
                }
                _ => {
                    (format!("`{host}` refuses the request"), "check the name, and that a registry is at this address")
                }
            };
            diag::error("registry/failed", headline).label(reference.place(), answered).help(help)
        }
    }
}

/// What the registry was told, and what to do.
fn told(tried: &Tried, log_in: String) -> (String, String) {
    match tried {
        Tried::Nothing => ("it asked for no credentials".to_owned(), "check the name and the tag".to_owned()),
        Tried::Anonymous(places) => (format!("no credentials for it are in {places}"), log_in),
        Tried::Credentials => {
            ("the credentials that are kept for it were sent".to_owned(), "ask who owns it for access".to_owned())
        }
    }
}

fn seconds(time: Duration) -> String {
    if time.subsec_millis() == 0 { format!("{} s", time.as_secs()) } else { format!("{} ms", time.as_millis()) }
}

/// A size for people.
pub(crate) fn bytes(count: u64) -> String {
    const UNITS: [(&str, u64); 3] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];
    match UNITS.into_iter().find(|(_, size)| count >= *size) {
        Some((unit, size)) if count.is_multiple_of(size) => format!("{} {unit}", count / size),
        Some((unit, size)) => format!("{}.{} {unit}", count / size, (u128::from(count % size) * 10 / u128::from(size))),
        None => format!("{count} bytes"),
    }
}

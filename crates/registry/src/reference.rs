//! References: where an artifact is, `[oci://]HOST[:PORT]/REPOSITORY[:TAG][@DIGEST]`.
//!
//! In: what a user wrote. Out: its parts, or every mistake at the characters it is made of.
//! Holds: the host is always said, as in the distribution specification; nothing is looked up to tell the parts apart.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use diag::{Diagnostic, Diagnostics, Place, Source};

use crate::{Digest, digest::NotADigest};

/// The longest reference: host, repository, tag and digest have limits of their own that come to less.
const LONGEST: usize = 1024;

/// Where an artifact is.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference {
    /// `ghcr.io`, `localhost:5000`, `[::1]:5000`; in lower case.
    pub host: String,
    /// `me/app`.
    pub repository: String,
    pub tag: Option<String>,
    pub digest: Option<Digest>,
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.host, self.repository)?;
        if let Some(tag) = &self.tag {
            write!(f, ":{tag}")?;
        }
        match &self.digest {
            Some(digest) => write!(f, "@{digest}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Reference {
    /// Whether an argument asks a registry: it begins with `oci://`.
    pub fn is_meant_by(argument: &str) -> bool {
        argument.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("oci://"))
    }

    /// The parts of a reference.
    ///
    /// # Errors
    ///
    /// `registry/reference`, one for each part that is wrong; `unsupported/digest`.
    pub fn parse(text: &str) -> diag::Result<Self> {
        Self::parse_at(text, &|span| Place::text(&Arc::new(Source::new("<reference>", text)), span))
    }

    /// As `parse`, for a text that stands somewhere: `place` gives the place of a range of its bytes.
    ///
    /// # Errors
    ///
    /// Those of `parse`.
    pub fn parse_at(text: &str, place: &dyn Fn(Range<usize>) -> Place) -> diag::Result<Self> {
        Parser { text, place, wrong: Vec::new() }.reference()
    }

    /// This repository, with another tag and no digest.
    #[must_use]
    pub fn with_tag(&self, tag: impl Into<String>) -> Self {
        Self { tag: Some(tag.into()), digest: None, ..self.clone() }
    }

    /// This repository, and exactly this content; the tag stays, for people.
    #[must_use]
    pub fn with_digest(&self, digest: Digest) -> Self {
        Self { digest: Some(digest), ..self.clone() }
    }

    /// The host without its port and brackets.
    pub fn host_name(&self) -> &str {
        split_port(&self.host).0.trim_start_matches('[').trim_end_matches(']')
    }

    /// Whether the registry is on this machine, which is asked without TLS.
    pub fn is_loopback(&self) -> bool {
        is_loopback(self.host_name())
    }

    /// Where it stands in findings.
    pub fn place(&self) -> Place {
        Place::file(self.to_string())
    }
}

/// Whether a host, without its port, is this machine.
pub(crate) fn is_loopback(host: &str) -> bool {
    let name = host.trim_start_matches('[').trim_end_matches(']');
    name == "localhost"
        || name.ends_with(".localhost")
        || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// `ghcr.io:443` is `ghcr.io` and `443`; the colons of `[::1]` are the address's own.
fn split_port(host: &str) -> (&str, Option<&str>) {
    match host.rsplit_once(':') {
        Some((name, port)) if !port.contains(']') => (name, Some(port)),
        Some(_) | None => (host, None),
    }
}

struct Parser<'t> {
    text: &'t str,
    place: &'t dyn Fn(Range<usize>) -> Place,
    wrong: Vec<Diagnostic>,
}

impl<'t> Parser<'t> {
    fn reference(mut self) -> diag::Result<Reference> {
        let Some(start) = self.start() else { return Err(Diagnostics(self.wrong)) };
        let rest = &self.text[start..];
        let (rest, digest) = match rest.split_once('@') {
            Some((before, digest)) => (before, Some((start + before.len() + 1, digest))),
            None => (rest, None),
        };
        let Some((host, path)) = rest.split_once('/') else {
            self.without_registry(start, rest);
            return Err(Diagnostics(self.wrong));
        };
        let at = start + host.len() + 1;
        let (repository, tag) = match path.split_once(':') {
            Some((repository, tag)) => (repository, Some((at + repository.len() + 1, tag))),
            None => (path, None),
        };
        self.check_host(start, host, rest);
        self.check_repository(at, repository);
        if let Some((at, tag)) = tag {
            self.check_tag(at, tag);
        }
        let digest = digest.and_then(|(at, digest)| self.digest(at, digest));
        if !self.wrong.is_empty() {
            return Err(Diagnostics(self.wrong));
        }
        Ok(Reference {
            host: host.to_ascii_lowercase(),
            repository: repository.to_owned(),
            tag: tag.map(|(_, tag)| tag.to_owned()),
            digest,
        })
    }

    /// Where the host begins; nothing where the whole is something else.
    fn start(&mut self) -> Option<usize> {
        let text = self.text;
        if text.len() > LONGEST {
            let headline = format!("a reference has at most {LONGEST} bytes, this one has {}", text.len());
            self.wrong.push(diag::error("registry/reference", headline).help("check what was passed"));
            return None;
        }
        let prefix = if Reference::is_meant_by(text) { 6 } else { 0 };
        let rest = &text[prefix..];
        // Whatever stands before an `@` of the first part may be a password: it is not repeated.
        let authority_end = rest.find("://").map_or(0, |at| at + 3);
        let authority = rest[authority_end..].split('/').next().unwrap_or("");
        if let Some((user, _)) = authority.rsplit_once('@')
            && rest[authority_end..].contains('/')
        {
            let host = &authority[user.len() + 1..];
            let headline = format!("a reference holds no user name and no password: that of `{}` does", shown(host));
            self.wrong.push(
                diag::error("registry/reference", headline)
                    .help(format!("leave them out, and log in with `docker login {}`", shown(host))),
            );
            return None;
        }
        if let Some((scheme, after)) = rest.split_once("://") {
            let headline = format!("a reference has no scheme but `oci://`, and here is `{}://`", shown(scheme));
            let span = prefix..prefix + scheme.len() + 3;
            let said = diag::error("registry/reference", headline).label((self.place)(span), "not needed");
            self.wrong.push(said.help(format!("write `{}`", shown(after))));
            return None;
        }
        if rest.is_empty() {
            let headline = "the reference is empty: a registry, a repository and a tag are needed";
            let said = diag::error("registry/reference", headline).label((self.place)(0..text.len()), "nothing here");
            self.wrong.push(said.help("write `HOST/REPOSITORY:TAG`"));
            return None;
        }
        Some(prefix)
    }

    fn without_registry(&mut self, start: usize, rest: &str) {
        let headline = format!("`{}` names no registry", shown(rest));
        let said = diag::error("registry/reference", headline)
            .label((self.place)(start..start + rest.len()), "a host and a `/` are missing before this");
        self.wrong.push(said.help(format!("write `HOST/{}`, as in `ghcr.io/me/{0}`", shown(rest))));
    }

    fn check_host(&mut self, start: usize, host: &str, rest: &str) {
        let (name, port) = split_port(host);
        let is_address = name
            .strip_prefix('[')
            .and_then(|name| name.strip_suffix(']'))
            .is_some_and(|name| name.parse::<std::net::Ipv6Addr>().is_ok());
        let is_label = |label: &str| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        if !(is_address || (name.len() <= 253 && name.split('.').all(is_label))) {
            let headline = format!("`{}` is no name of a host", shown(host));
            let said =
                diag::error("registry/reference", headline).label((self.place)(start..start + host.len()), "here");
            self.wrong.push(said.help("write `HOST/REPOSITORY:TAG`, as in `ghcr.io/me/app:1.0.0`"));
            return;
        }
        if let Some(port) = port
            && port.parse::<u16>().is_ok_and(|port| port > 0).then_some(()).is_none()
        {
            let span = start + name.len() + 1..start + host.len();
            let headline = format!("`{}` is no port", shown(port));
            let said = diag::error("registry/reference", headline).label((self.place)(span), "here");
            self.wrong.push(said.help("a port is a number from 1 to 65535"));
            return;
        }
        // Docker takes such a name for a part of the repository, at its own registry.
        if !is_address && port.is_none() && !name.contains('.') && name != "localhost" {
            let headline = format!("`{}` names no registry: `{}` is no host", shown(rest), shown(name));
            let said = diag::error("registry/reference", headline)
                .label((self.place)(start..start + host.len()), "a host has a dot or a port, or is `localhost`");
            self.wrong.push(said.help(format!("write `docker.io/{}` if it is at Docker Hub", shown(rest))));
        }
    }

    fn check_repository(&mut self, at: usize, repository: &str) {
        let span = at..at + repository.len();
        if repository.is_empty() {
            let said = diag::error("registry/reference", "the reference has no repository: it ends after its host")
                .label((self.place)(at.saturating_sub(1)..at), "a repository is missing after this");
            self.wrong.push(said.help("write `HOST/REPOSITORY:TAG`"));
            return;
        }
        if repository.split('/').all(is_component) && repository.len() <= 255 {
            return;
        }
        let headline = format!("`{}` is no repository", shown(repository));
        let lower = repository.to_lowercase();
        let (what, help) = if lower != repository && lower.split('/').all(is_component) {
            ("has upper case".to_owned(), format!("write it in lower case: `{}`", shown(&lower)))
        } else {
            let help = "use lower-case letters and digits, with `.`, `_` or `-` between them, and `/` between parts";
            ("not of the form that registries take".to_owned(), help.to_owned())
        };
        self.wrong.push(diag::error("registry/reference", headline).label((self.place)(span), what).help(help));
    }

    fn check_tag(&mut self, at: usize, tag: &str) {
        if is_tag(tag) {
            return;
        }
        let span = at..at + tag.len();
        if tag.is_empty() {
            let said = diag::error("registry/reference", "the reference ends with a `:` and no tag")
                .label((self.place)(at.saturating_sub(1)..at), "a tag is missing after this");
            self.wrong.push(said.help("write the tag, as in `:1.0.0`"));
            return;
        }
        let headline = format!("`{}` is no tag", shown(tag));
        let replaced = tag.replace('+', "_");
        let (what, help) = match tag.find(|c: char| !is_tag_character(c)) {
            Some(_) if is_tag(&replaced) => ("a tag has no `+`", format!("write `{replaced}`")),
            Some(_) => ("has characters that a tag cannot have", TAG_FORM.to_owned()),
            None if tag.len() > 128 => ("longer than 128 characters", TAG_FORM.to_owned()),
            None => ("begins with `.` or `-`", TAG_FORM.to_owned()),
        };
        self.wrong.push(diag::error("registry/reference", headline).label((self.place)(span), what).help(help));
    }

    fn digest(&mut self, at: usize, text: &str) -> Option<Digest> {
        let why = match text.parse::<Digest>() {
            Ok(digest) => return Some(digest),
            Err(why) => why,
        };
        let said = match &why {
            NotADigest::Algorithm(name) => {
                diag::error("unsupported/digest", format!("digests by `{}` are not supported", shown(name)))
            }
            NotADigest::Form(_) => diag::error("registry/reference", format!("`{}` is no digest", shown(text))),
        };
        let said = said.label((self.place)(at..at + text.len()), why.to_string());
        self.wrong.push(said.help("write `@sha256:` and the 64 digits that `withe pull` prints"));
        None
    }
}

const TAG_FORM: &str = "use at most 128 letters, digits, `_`, `.` and `-`, with no `.` or `-` at the beginning";

fn is_tag_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-')
}

/// Whether a registry takes this as a tag.
pub fn is_tag(tag: &str) -> bool {
    (1..=128).contains(&tag.len()) && tag.chars().all(is_tag_character) && !tag.starts_with(['.', '-'])
}

/// Letters and digits, with `.`, `_`, `__` or any number of `-` between them.
fn is_component(part: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let bytes = part.as_bytes();
    let ends_are_words =
        bytes.first().is_some_and(|byte| is_word(*byte)) && bytes.last().is_some_and(|byte| is_word(*byte));
    let mut between = part.split(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
    ends_are_words && between.all(|text| matches!(text, "" | "." | "_" | "__") || text.bytes().all(|byte| byte == b'-'))
}

/// A part of what was written, short enough for a line.
fn shown(text: &str) -> String {
    if text.chars().count() <= 200 {
        return text.to_owned();
    }
    text.chars().take(200).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mistakes(text: &str) -> Vec<String> {
        let Err(Diagnostics(found)) = Reference::parse(text) else { return Vec::new() };
        found.into_iter().map(|one| format!("{} | {}", one.headline, one.help.unwrap_or_default())).collect()
    }

    #[test]
    fn a_reference_has_four_parts() {
        let digest = Digest::of(b"");
        let text = format!("oci://GHCR.io:443/me/my-app_x:1.0.0@{digest}");
        let parsed = Reference::parse(&text).unwrap();
        assert_eq!((parsed.host.as_str(), parsed.repository.as_str()), ("ghcr.io:443", "me/my-app_x"));
        assert_eq!((parsed.tag.as_deref(), parsed.digest), (Some("1.0.0"), Some(digest)));
        assert_eq!(parsed.host_name(), "ghcr.io");
        assert_eq!(Reference::parse(&parsed.to_string()).unwrap(), parsed);
        assert_eq!(Reference::parse("localhost/app").unwrap().to_string(), "localhost/app");
    }

    #[test]
    fn this_machine_is_asked_without_tls() {
        for host in
            ["localhost", "localhost:5000", "127.0.0.1:5000", "127.9.9.9", "[::1]:5000", "[::1]", "a.localhost:1"]
        {
            assert!(Reference::parse(&format!("{host}/app:1")).unwrap().is_loopback(), "{host}");
        }
        for host in ["ghcr.io", "10.0.0.1:5000", "localhost.example.org", "[2001:db8::1]:5000"] {
            assert!(!Reference::parse(&format!("{host}/app:1")).unwrap().is_loopback(), "{host}");
        }
    }

    #[test]
    fn each_mistake_says_what_to_write() {
        let cases = [
            ("", "the reference is empty: a registry, a repository and a tag are needed | write `HOST/REPOSITORY:TAG`"),
            ("app:1.0", "`app:1.0` names no registry | write `HOST/app:1.0`, as in `ghcr.io/me/app:1.0`"),
            (
                "me/app:1.0",
                "`me/app:1.0` names no registry: `me` is no host | write `docker.io/me/app:1.0` if it is at Docker Hub",
            ),
            (
                "https://ghcr.io/me/app:1",
                "a reference has no scheme but `oci://`, and here is `https://` | write `ghcr.io/me/app:1`",
            ),
            ("ghcr.io/Me/App:1", "`Me/App` is no repository | write it in lower case: `me/app`"),
            ("ghcr.io/me/app:", "the reference ends with a `:` and no tag | write the tag, as in `:1.0.0`"),
            ("ghcr.io/me/app:1.0+b", "`1.0+b` is no tag | write `1.0_b`"),
            ("ghcr.io/", "the reference has no repository: it ends after its host | write `HOST/REPOSITORY:TAG`"),
            ("ghcr.io:x/a:1", "`x` is no port | a port is a number from 1 to 65535"),
            (
                "gh_cr.io/a:1",
                "`gh_cr.io` is no name of a host | write `HOST/REPOSITORY:TAG`, as in `ghcr.io/me/app:1.0.0`",
            ),
        ];
        for (text, said) in cases {
            assert_eq!(mistakes(text), [said], "{text}");
        }
        assert_eq!(mistakes("ghcr.io/A/../b:-x@sha512:00").len(), 3);
    }

    #[test]
    fn a_password_is_not_repeated() {
        for text in ["https://me:s3cret@ghcr.io/app:1", "me:s3cret@ghcr.io/app:1", "oci://s3cret@ghcr.io/app:1"] {
            let said = mistakes(text);
            assert!(said.len() == 1 && said[0].contains("docker login ghcr.io"), "{said:?}");
            let Err(Diagnostics(found)) = Reference::parse(text) else { panic!("{text} is taken") };
            assert!(!format!("{found:?}").contains("s3cret"), "{found:?}");
        }
    }

    #[test]
    fn fuzz_references_are_taken_or_refused() {
        testing::seeds::check("fuzz_references_are_taken_or_refused", 2000, |random| {
            let parts = [
                "oci://",
                "ghcr.io",
                "localhost",
                ":5000",
                "/",
                "me",
                "App",
                "..",
                ":",
                "1.0",
                "@",
                "sha256:",
                "é",
                "+",
                "[::1]",
                "https://",
                "-",
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                "\0",
                " ",
            ];
            let text: String = (0..random.below(9)).map(|_| *random.pick(&parts)).collect();
            match Reference::parse(&text) {
                Ok(parsed) => assert_eq!(Reference::parse(&parsed.to_string()).unwrap(), parsed),
                Err(Diagnostics(found)) => assert!(found.iter().all(|one| one.help.is_some()) && !found.is_empty()),
            }
        });
    }
}

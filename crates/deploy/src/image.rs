//! References of images: `HOST/REPOSITORY[:TAG][@DIGEST]`.
//!
//! Specification: OCI distribution, "Pulling manifests": names and tags.

use diag::Diagnostic;

use crate::app::{App, Said};
use crate::checks::{shown, valid_name};

/// Whether a text is a reference that every registry client reads the same way.
pub fn is_reference(text: &str) -> bool {
    let (rest, digest) = text.split_once('@').map_or((text, None), |(rest, digest)| (rest, Some(digest)));
    let after_last_slash = rest.rfind('/').map_or(0, |at| at + 1);
    let (name, tag) = match rest[after_last_slash..].split_once(':') {
        Some((name, tag)) => (&rest[..after_last_slash + name.len()], Some(tag)),
        None => (rest, None),
    };
    let (host, repository) = match name.split_once('/') {
        Some((host, repository)) if is_host(host) => (Some(host), repository),
        Some(_) | None => (None, name),
    };
    let host_fits = host.is_none_or(|host| host.len() <= 255);
    let fits = host_fits && repository.len() <= 255 && repository.split('/').all(is_component);
    fits && tag.is_none_or(is_tag) && digest.is_none_or(is_digest)
}

/// A name with a point or a port, or `localhost`; anything else is the beginning of a repository.
fn is_host(text: &str) -> bool {
    let (host, port) = text.rsplit_once(':').map_or((text, None), |(host, port)| (host, Some(port)));
    let is_name = !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || "-.[]:".contains(c));
    let is_port = port.is_none_or(|port| port.parse::<u16>().is_ok());
    is_name && is_port && (port.is_some() || host.contains('.') || host == "localhost")
}

/// Lower-case letters and digits, with `.`, `_`, `__` or any number of `-` between.
fn is_component(text: &str) -> bool {
    let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let ends = text.starts_with(is_word) && text.ends_with(is_word);
    let between = text.split(is_word).all(|gap| matches!(gap, "" | "." | "_" | "__") || gap.chars().all(|c| c == '-'));
    ends && between
}

fn is_tag(text: &str) -> bool {
    let first = text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
    first && text.len() <= 128 && text.chars().all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c))
}

fn is_digest(text: &str) -> bool {
    let hex = text.strip_prefix("sha256:").filter(|hex| hex.len() == 64);
    hex.is_some_and(|hex| hex.chars().all(|c| c.is_ascii_digit() || ('a'..='f').contains(&c)))
}

/// The reference that was given, with a tag, if there is one; or why it is none.
pub fn given(app: &App, found: &mut Vec<Diagnostic>) -> Option<String> {
    let Said { value, place } = app.deploy.image.as_ref()?;
    if !is_reference(value) {
        let mut wrong = diag::error("deploy/image", format!("`{}` is no reference of an image", shown(value)));
        if let Some(place) = place {
            wrong = wrong.label(place.clone(), "`HOST/REPOSITORY[:TAG]`, in lower case");
        }
        let like = format!("ghcr.io/someone/{}:{}", valid_name(&app.name.value), tag(app));
        found.push(wrong.help(format!("write it like `{like}`")));
    }
    let last = value.rsplit('/').next().unwrap_or(value);
    Some(if last.contains([':', '@']) { value.clone() } else { format!("{value}:{}", tag(app)) })
}

/// The reference that was given; the target needs one.
pub fn needed(app: &App, target: &str, found: &mut Vec<Diagnostic>) -> String {
    given(app, found).unwrap_or_else(|| {
        let headline = format!("{target} needs to know where the image of `{}` is", shown(&app.name.value));
        found.push(
            diag::error("deploy/image", headline)
                .help("say it: `--image HOST/REPOSITORY:TAG`, or `image` in `[deploy]` of withe.toml"),
        );
        String::new()
    })
}

/// Where the image is to be pushed: one that is named by its digest is there already.
pub fn to_push(app: &App) -> Option<String> {
    let name = given(app, &mut Vec::new())?;
    if name.contains('@') { None } else { Some(whole(&name)) }
}

/// A name as containerd has it: with a host.
pub fn whole(name: &str) -> String {
    let first = name.split('/').next().unwrap_or(name);
    let has_host = name.contains('/') && (first.contains(['.', ':']) || first == "localhost");
    match (has_host, name.contains('/')) {
        (true, _) => name.to_owned(),
        (false, true) => format!("docker.io/{name}"),
        (false, false) => format!("docker.io/library/{name}"),
    }
}

/// The version as a tag: `+` may not stand in one.
pub fn tag(app: &App) -> String {
    app.version.to_string().replace('+', "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_told_from_what_is_none() {
        let digest = format!("ghcr.io/a/b@sha256:{}", "0".repeat(64));
        for fits in ["todo", "todo:1", "a/b/c:1.0.0", "ghcr.io/a/b", "localhost:5000/a:x", "[::1]:5000/a", &digest] {
            assert!(is_reference(fits), "{fits}");
        }
        let others = [
            "",
            "A/b",
            "a b",
            "ghcr.io/",
            "a//b",
            "a:b:c",
            "a@sha256:0",
            "https://ghcr.io/a",
            "a_-b",
            "-a",
            "a:",
            "$a",
        ];
        for other in others {
            assert!(!is_reference(other), "{other}");
        }
    }
}

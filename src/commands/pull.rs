//! `withe pull`: what is in a registry, as a file.

use project::deps::Options;
use project::{Manifest, PackageName};
use registry::Reference;
use semver::VersionReq;
use serde_json::json;

use super::deps;
use crate::cli::{Format, PullArgs};
use crate::{Exit, Io};

pub fn pull(args: &PullArgs, io: &mut Io) -> diag::Result<Exit> {
    if let Some((name, requirement)) = package(&args.reference)? {
        return pull_package(&name, requirement, args, io);
    }
    let reference = Reference::parse(&args.reference)?;
    let artifact = io.registry(&args.registry)?.pull(&reference)?;
    let exact = reference.with_digest(artifact.digest).to_string();
    io.write_output(&args.out.out, &artifact.bytes)?;
    io.set_result(json!({
        "reference": exact,
        "digest": artifact.digest.to_string(),
        "content": artifact.content.to_string(),
        "bytes": artifact.bytes.len(),
        "cached": artifact.was_cached,
        "annotations": artifact.annotations,
    }));
    let from = if artifact.was_cached { " (from the cache)" } else { "" };
    say(&format!("{exact}, {} bytes{from}", artifact.bytes.len()), io);
    Ok(Exit::OK)
}

/// A package's name, with what versions will do: what a reference, which has a `/`, cannot be.
fn package(text: &str) -> diag::Result<Option<(PackageName, VersionReq)>> {
    let name = text.split('@').next().unwrap_or(text);
    if text.contains('/') || name.parse::<PackageName>().is_err() {
        return Ok(None);
    }
    let (name, requirement) = deps::named_with_requirement(text)?;
    let requirement = requirement.unwrap_or("*");
    // A version that is named whole is the one that is meant.
    let exact = semver::Version::parse(requirement).is_ok().then(|| format!("={requirement}"));
    let requirement = VersionReq::parse(exact.as_deref().unwrap_or(requirement)).unwrap_or(VersionReq::STAR);
    Ok(Some((name, requirement)))
}

/// A package from where the project, or the user's configuration of `wkg`, says that it is.
fn pull_package(name: &PackageName, requirement: VersionReq, args: &PullArgs, io: &mut Io) -> diag::Result<Exit> {
    let manifest = Manifest::find(&io.current_folder())?;
    let mut options = Options::of(&|name| io.env.var(name));
    options.registry = io.registry_options(&args.registry)?;
    let found = project::deps::one(manifest.as_ref(), &args.reference, name, requirement, &options)?;
    io.write_output(&args.out.out, &found.bytes)?;
    io.set_result(json!({
        "package": found.id(),
        "kind": found.kind.name(),
        "source": found.source,
        "content": found.digest.to_string(),
        "bytes": found.bytes.len(),
    }));
    let source = found.source.split_once('+').map_or(found.source.as_str(), |(_, place)| place);
    say(&format!("{} from {source}, {} bytes", found.id(), found.bytes.len()), io);
    Ok(Exit::OK)
}

/// Standard output may be the wasm itself, so it is said on the other one.
fn say(what: &str, io: &mut Io) {
    if !io.quiet && io.format == Format::Human {
        // There is nobody to tell that standard error is closed.
        let _ = io.stderr.write(format!("pulled {what}\n").as_bytes());
    }
}

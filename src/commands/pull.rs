//! `withe pull`: what is in a registry, as a file.

use registry::Reference;
use serde_json::json;

use crate::cli::{Format, PullArgs};
use crate::{Exit, Io};

pub fn pull(args: &PullArgs, io: &mut Io) -> diag::Result<Exit> {
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
    // Standard output may be the wasm itself.
    if !io.quiet && io.format == Format::Human {
        let from = if artifact.was_cached { " (from the cache)" } else { "" };
        // There is nobody to tell that standard error is closed.
        let _ = io.stderr.write(format!("pulled {exact}, {} bytes{from}\n", artifact.bytes.len()).as_bytes());
    }
    Ok(Exit::OK)
}

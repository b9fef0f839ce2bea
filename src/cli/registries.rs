//! Arguments of `push` and `pull`, and of what all verbs share that ask registries.

use std::path::PathBuf;

use clap::Args;

use super::OutArgs;

/// How registries are asked.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Registries")]
pub struct RegistryArgs {
    /// Ask no registry: take what was pulled before
    #[arg(long)]
    pub offline: bool,
    /// Ask registries on other machines without TLS too; those on this one are
    #[arg(long)]
    pub plain_http: bool,
    /// Certificates of authorities to trust besides the system's, in PEM form; registries on this machine are asked
    /// with TLS then
    #[arg(long, value_name = "FILE", conflicts_with = "plain_http")]
    pub ca: Option<PathBuf>,
}

/// What stands below the flags of `push --help`.
const PUSHED: &str = "\
The artifact has the form that wkg, oras and the runtimes read: a manifest, a configuration that says what the wasm
imports and exports, and the wasm as its one layer, `application/wasm`. The same input gives the same digest;
SOURCE_DATE_EPOCH sets its date, which is 1970 otherwise.
Who you are at a registry is taken from where `docker login` and `podman login` keep it, when the registry asks.

Examples:
  withe push app.wasm ghcr.io/me/app:1.0.0
  withe push wit ghcr.io/me/calc:1.0.0 --dry-run
  withe push app.wasm localhost:5000/app:1.0.0 --annotation org.opencontainers.image.licenses=MIT";

#[derive(Args, Clone, Debug)]
#[command(after_help = PUSHED)]
pub struct PushArgs {
    /// A component, a core module or WIT; in a project, the app unless said
    pub what: Option<PathBuf>,
    /// Where to: `HOST/REPOSITORY:TAG`; in a project, `image` of `[deploy]` unless said
    #[arg(value_name = "REFERENCE")]
    pub reference: Option<String>,
    /// Say what would be pushed; no registry is asked
    #[arg(long)]
    pub dry_run: bool,
    /// An annotation of the manifest, such as `org.opencontainers.image.licenses=MIT`
    #[arg(long, value_name = "K=V", value_parser = parse_annotation)]
    pub annotation: Vec<(String, String)>,
    #[command(flatten)]
    pub registry: RegistryArgs,
}

/// What stands below the flags of `pull --help`.
const PULLED: &str = "\
What is pulled is kept in `$XDG_CACHE_HOME/withe`, or `~/.cache/withe`, under its digest, and is not asked for again;
what a tag means is, unless --offline. A pull that breaks off goes on where it ended.
A package is looked for where the project's `[registries]` or wkg's configuration say, and is the newest version that
fits.

Examples:
  withe pull ghcr.io/me/app:1.0.0 -o app.wasm
  withe pull ghcr.io/me/app@sha256:DIGITS -o app.wasm
  withe pull wasi:http@0.2 -o http.wasm";

#[derive(Args, Clone, Debug)]
#[command(after_help = PULLED)]
pub struct PullArgs {
    /// What: `HOST/REPOSITORY:TAG`, `HOST/REPOSITORY@DIGEST`, or a package: `NAMESPACE:NAME`, `NAMESPACE:NAME@1.2`
    pub reference: String,
    #[command(flatten)]
    pub out: OutArgs,
    #[command(flatten)]
    pub registry: RegistryArgs,
}

/// Reads `K=V`.
fn parse_annotation(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.trim().is_empty() => Ok((key.trim().to_owned(), value.to_owned())),
        Some(_) => Err("there is no name before the `=`".to_owned()),
        None => Err("expected `NAME=VALUE`".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_annotation_has_a_name() {
        assert_eq!(parse_annotation("a.b=c=d"), Ok(("a.b".to_owned(), "c=d".to_owned())));
        assert_eq!(parse_annotation("a="), Ok(("a".to_owned(), String::new())));
        assert!(parse_annotation("=c").is_err() && parse_annotation("a").is_err());
    }
}

//! What a registry is told about the user, from where other tools keep it.
//!
//! In: files in the form of Docker's `config.json`, in the order they are asked. Out: what the first of them says.
//! Holds: nothing is read before a registry asks; no secret is in any error.

use std::path::{Path, PathBuf};
use std::time::Duration;

use docker_credential::{CredentialRetrievalError, DockerCredential};

use crate::fault::{Fault, Kind};
use crate::reference::Reference;

/// How long a credential helper may take: it may ask its user.
const HELPER_TIME: Duration = Duration::from_secs(60);

/// A configuration larger than this is none.
const LARGEST_FILE: u64 = 1 << 20;

/// Where credentials are looked for.
#[derive(Clone, Default)]
pub struct Sources {
    /// The text of a configuration, which CI systems put into `DOCKER_AUTH_CONFIG`; asked before the files.
    pub inline: Option<String>,
    /// Docker's and podman's files, in the order they are asked. What is not there is passed over.
    pub files: Vec<PathBuf>,
}

impl std::fmt::Debug for Sources {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.shown())
    }
}

impl Sources {
    /// The places that Docker and podman use, by the environment's variables.
    pub fn of(var: &dyn Fn(&str) -> Option<String>) -> Self {
        let path = |name: &str| var(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let home = path("HOME").or_else(|| path("USERPROFILE"));
        let below_home = |rest: &str| home.as_ref().map(|home| home.join(rest));
        let docker = path("DOCKER_CONFIG").or_else(|| below_home(".docker")).map(|folder| folder.join("config.json"));
        let podman = path("REGISTRY_AUTH_FILE")
            .or_else(|| path("XDG_RUNTIME_DIR").map(|folder| folder.join("containers/auth.json")));
        let config = path("XDG_CONFIG_HOME").or_else(|| below_home(".config"));
        let kept = config.map(|folder| folder.join("containers/auth.json"));
        let files = [docker, podman, kept].into_iter().flatten().collect();
        Self { inline: var("DOCKER_AUTH_CONFIG").filter(|text| !text.trim().is_empty()), files }
    }

    /// Where they are, for people.
    pub(crate) fn shown(&self) -> String {
        let mut names: Vec<String> = self.inline.iter().map(|_| "`DOCKER_AUTH_CONFIG`".to_owned()).collect();
        names.extend(self.files.iter().map(|file| format!("`{}`", file.display())));
        if names.is_empty() { "no file".to_owned() } else { names.join(", ") }
    }
}

/// What a registry, or its token server, is told.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Credential {
    Password {
        user: String,
        password: String,
    },
    /// To be exchanged for a token.
    Identity(String),
}

impl Credential {
    pub(crate) fn secret(&self) -> &str {
        match self {
            Self::Password { password, .. } => password,
            Self::Identity(token) => token,
        }
    }
}

/// Looks for the credentials of a registry. A helper is a program, which may ask its user.
pub(crate) async fn find(sources: &Sources, reference: &Reference) -> Result<Option<Credential>, Fault> {
    let (sources, host) = (sources.clone(), reference.host.clone());
    let search = tokio::task::spawn_blocking(move || search(&sources, &host));
    match tokio::time::timeout(HELPER_TIME, search).await {
        Ok(Ok(found)) => found,
        Ok(Err(_)) => Err(unusable(None, "the search for credentials broke off")),
        Err(_) => {
            let why = format!("the credential helper has not answered for {} s", HELPER_TIME.as_secs());
            Err(unusable(None, &why))
        }
    }
}

fn search(sources: &Sources, host: &str) -> Result<Option<Credential>, Fault> {
    let servers = servers(host);
    if let Some(text) = &sources.inline
        && let Some(found) = in_text(text.as_bytes(), &servers, Path::new("DOCKER_AUTH_CONFIG"))?
    {
        return Ok(Some(found));
    }
    for file in &sources.files {
        let Ok(metadata) = std::fs::metadata(file) else { continue };
        if metadata.len() > LARGEST_FILE {
            return Err(unusable(Some(file), "it is larger than 1 MiB"));
        }
        let text = std::fs::read(file).map_err(|error| unusable(Some(file), &error.to_string()))?;
        if let Some(found) = in_text(&text, &servers, file)? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// The names that a registry may have in a configuration.
fn servers(host: &str) -> Vec<String> {
    match host {
        "docker.io" | "index.docker.io" | "registry-1.docker.io" => {
            ["https://index.docker.io/v1/", "index.docker.io", "docker.io"].map(str::to_owned).to_vec()
        }
        _ => vec![host.to_owned()],
    }
}

fn in_text(text: &[u8], servers: &[String], file: &Path) -> Result<Option<Credential>, Fault> {
    if text.iter().all(u8::is_ascii_whitespace) {
        return Ok(None);
    }
    for server in servers {
        let why = match docker_credential::get_credential_from_reader(text, server) {
            // A registry that is logged out of may leave an entry without content.
            Ok(DockerCredential::UsernamePassword(user, password)) if user.is_empty() && password.is_empty() => {
                continue;
            }
            Ok(DockerCredential::UsernamePassword(user, password)) => {
                return Ok(Some(Credential::Password { user, password }));
            }
            Ok(DockerCredential::IdentityToken(token)) if token.is_empty() => continue,
            Ok(DockerCredential::IdentityToken(token)) => return Ok(Some(Credential::Identity(token))),
            Err(why) => why,
        };
        // What a helper printed may hold secrets, so none of it is repeated.
        match why {
            CredentialRetrievalError::NoCredentialConfigured | CredentialRetrievalError::ConfigNotFound => {}
            // The words that the helpers' protocol has for it.
            CredentialRetrievalError::HelperFailure { stdout, stderr, .. }
                if format!("{stdout}{stderr}").contains("credentials not found") => {}
            CredentialRetrievalError::HelperFailure { helper, .. } => {
                return Err(unusable(Some(file), &format!("its credential helper `{helper}` failed")));
            }
            CredentialRetrievalError::HelperCommunicationError => {
                return Err(unusable(Some(file), "its credential helper cannot be started"));
            }
            CredentialRetrievalError::MalformedHelperResponse => {
                return Err(unusable(Some(file), "its credential helper did not answer with credentials"));
            }
            CredentialRetrievalError::CredentialDecodingError => {
                return Err(unusable(Some(file), "what it has for this registry is no user name and password"));
            }
            CredentialRetrievalError::CredentialMismatchError => {
                return Err(unusable(Some(file), "what it has for this registry contradicts itself"));
            }
            CredentialRetrievalError::ConfigReadError => {
                return Err(unusable(Some(file), "it is not of the form of Docker's `config.json`"));
            }
        }
    }
    Ok(None)
}

fn unusable(file: Option<&Path>, why: &str) -> Fault {
    Fault::once(Kind::Credentials { file: file.map(|file| file.display().to_string()), why: why.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, host: &str) -> Option<String> {
        let sources = Sources { inline: Some(text.to_owned()), files: Vec::new() };
        search(&sources, host).unwrap().map(|found| match found {
            Credential::Password { user, password } => format!("{user}:{password}"),
            Credential::Identity(token) => format!("token {token}"),
        })
    }

    #[test]
    fn credentials_are_found_as_docker_keeps_them() {
        // "bWU6czNjcmV0" is "me:s3cret".
        let text = r#"{"auths": {
            "localhost:5000": {"auth": "bWU6czNjcmV0"},
            "https://index.docker.io/v1/": {"username": "hub", "password": "pw"},
            "ghcr.io": {"identitytoken": "t0ken", "auth": ""},
            "https://quay.io/v1/": {"auth": "bWU6czNjcmV0"},
            "gone.example": {}
        }}"#;
        assert_eq!(found(text, "localhost:5000").as_deref(), Some("me:s3cret"));
        assert_eq!(found(text, "docker.io").as_deref(), Some("hub:pw"));
        assert_eq!(found(text, "ghcr.io").as_deref(), Some("token t0ken"));
        assert_eq!(found(text, "quay.io").as_deref(), Some("me:s3cret"));
        assert_eq!(found(text, "localhost:5001"), None);
        assert_eq!(found(text, "gone.example"), None);
        assert_eq!(found("  ", "ghcr.io"), None);
    }

    #[test]
    fn a_broken_configuration_is_named_and_not_repeated() {
        let sources = |text: &str| Sources { inline: Some(text.to_owned()), files: Vec::new() };
        for text in [
            "{ s3cret",
            r#"{"auths": {"ghcr.io": {"auth": "s3cret!"}}}"#,
            r#"{"credsStore": "withe-has-no-such-s3cret"}"#,
        ] {
            let fault = search(&sources(text), "ghcr.io").err().unwrap();
            let said = format!("{fault:?}");
            assert!(said.contains("DOCKER_AUTH_CONFIG") && !said.contains("s3cret"), "{said}");
        }
    }

    #[test]
    fn the_places_are_those_of_docker_and_podman() {
        let var = |name: &str| match name {
            "HOME" => Some("/home/me".to_owned()),
            "XDG_RUNTIME_DIR" => Some("/run/user/1".to_owned()),
            _ => None,
        };
        let files = Sources::of(&var).files;
        let expected = [
            "/home/me/.docker/config.json",
            "/run/user/1/containers/auth.json",
            "/home/me/.config/containers/auth.json",
        ];
        assert_eq!(files, expected.map(PathBuf::from));
        let var = |name: &str| (name == "DOCKER_CONFIG").then(|| "/d".to_owned());
        assert_eq!(Sources::of(&var).files, [PathBuf::from("/d/config.json")]);
    }

    #[test]
    fn fuzz_configurations_are_read_or_refused() {
        let text = br#"{"auths": {"ghcr.io": {"auth": "bWU6czNjcmV0", "username": "me"}}}"#;
        testing::seeds::check("fuzz_configurations_are_read_or_refused", 500, |random| {
            let _ = in_text(&random.mutate(text), &["ghcr.io".to_owned()], Path::new("config.json"));
        });
    }
}

//! The client: what commands call. It is asynchronous inside and not outside.
//!
//! In: references, packages. Out: artifacts, tags, digests, or diagnostics.
//! Holds: what a digest names is asked of the network once; nothing is asked of it when `offline`.

use std::path::PathBuf;
use std::time::Duration;

use futures::StreamExt as _;
use tokio::runtime::Runtime;

use crate::artifact::{Layout, Package};
use crate::cache::Cache;
use crate::credentials::Sources;
use crate::fault::{Action, Fault};
use crate::http::Http;
use crate::pull::Artifact;
use crate::push::Pushed;
use crate::{Digest, Reference, list, pull, push};

/// How many artifacts are fetched at once.
const AT_ONCE: usize = 16;

/// How registries are asked.
#[derive(Clone, Debug)]
pub struct Options {
    /// The folder that artifacts are kept in; empty where there is none, and then nothing is pulled.
    pub cache: PathBuf,
    /// Nothing but the cache is asked.
    pub offline: bool,
    /// Registries on other machines are asked without TLS too. Those on this machine are, unless `ca` is given.
    pub plain_http: bool,
    /// How long an answer, or the next piece of one, is waited for.
    pub timeout: Duration,
    /// How often is asked again where that may help.
    pub retries: u32,
    /// The pause before the first of these; each is twice as long as the one before, 30 s at most.
    pub pause: Duration,
    /// The largest artifact that is taken, in bytes.
    pub limit: u64,
    /// Certificates of authorities that are trusted besides those of the system, in PEM form.
    pub ca: Option<PathBuf>,
    pub credentials: Sources,
}

impl Options {
    /// The usual ones, with the places that the environment's variables name: `XDG_CACHE_HOME`, `DOCKER_CONFIG`,
    /// `DOCKER_AUTH_CONFIG`, `REGISTRY_AUTH_FILE`, `XDG_RUNTIME_DIR`, `XDG_CONFIG_HOME`, `HOME`, `USERPROFILE`.
    pub fn of(var: &dyn Fn(&str) -> Option<String>) -> Self {
        let folder = |name: &str| var(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let home = folder("HOME").or_else(|| folder("USERPROFILE"));
        let cache = folder("XDG_CACHE_HOME").or_else(|| home.map(|home| home.join(".cache")));
        Self {
            cache: cache.map(|folder| folder.join("withe")).unwrap_or_default(),
            offline: false,
            plain_http: false,
            timeout: Duration::from_secs(30),
            retries: 4,
            pause: Duration::from_millis(500),
            limit: 1 << 30,
            ca: None,
            credentials: Sources::of(var),
        }
    }
}

/// Asks registries, and keeps what they answer.
#[derive(Debug)]
pub struct Client {
    pub(crate) http: Http,
    pub(crate) cache: Cache,
    /// There until the client is dropped.
    runtime: Option<Runtime>,
}

impl Drop for Client {
    fn drop(&mut self) {
        // A credential helper that does not answer is not waited for.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Client {
    /// # Errors
    ///
    /// `registry/certificate` where the file of an authority cannot be read; `registry/cache` where the system gives no
    /// threads.
    pub fn new(options: Options) -> diag::Result<Self> {
        let cache = Cache::new(options.cache.clone());
        let nowhere = Reference { host: String::new(), repository: String::new(), tag: None, digest: None };
        let said = |fault: Fault| fault.diagnostic(Action::Pull, &nowhere);
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        let runtime = builder.worker_threads(2).enable_all().build();
        let runtime = runtime.map_err(|error| said(Fault::cache(&options.cache, &error)))?;
        Ok(Self { http: Http::new(options).map_err(said)?, cache, runtime: Some(runtime) })
    }

    /// How registries are asked.
    pub fn options(&self) -> &Options {
        &self.http.options
    }

    /// An artifact's wasm. What is in the cache under its digest is not asked for again; a tag is, unless `offline`.
    ///
    /// # Errors
    ///
    /// `registry/...`, among them `registry/not-found`, `registry/not-wasm`, `registry/offline`.
    pub fn pull(&self, reference: &Reference) -> diag::Result<Artifact> {
        self.wait(Action::Pull, reference, pull::pull(self, reference))
    }

    /// Many artifacts at once, in the order of the references; those that fail do not keep back the others.
    pub fn pull_all(&self, references: &[Reference]) -> Vec<diag::Result<Artifact>> {
        let one = |reference| async move {
            let pulled = pull::pull(self, reference).await;
            pulled.map_err(|fault| fault.diagnostic(Action::Pull, reference).into())
        };
        self.runtime().block_on(futures::stream::iter(references).map(one).buffered(AT_ONCE).collect())
    }

    /// The digest of the manifest that a reference means now; when `offline`, that it meant when it was last asked for.
    ///
    /// # Errors
    ///
    /// Those of `pull` that have to do with the manifest.
    pub fn resolve(&self, reference: &Reference) -> diag::Result<Digest> {
        self.wait(Action::Pull, reference, list::resolve(self, reference))
    }

    /// Whether there is something under this reference.
    ///
    /// # Errors
    ///
    /// Those of `resolve`, but for an answer that nothing is there.
    pub fn exists(&self, reference: &Reference) -> diag::Result<bool> {
        self.wait(Action::Pull, reference, list::exists(self, reference))
    }

    /// The tags of a repository, in the registry's order, each once; when `offline`, those that have been pulled.
    ///
    /// # Errors
    ///
    /// `registry/...`, among them `registry/not-found`.
    pub fn tags(&self, reference: &Reference) -> diag::Result<Vec<String>> {
        self.wait(Action::List, reference, list::tags(self, reference))
    }

    /// Pushes a package. Contents that the registry has already are not sent; the manifest comes last, so that what
    /// breaks off leaves nothing that can be pulled.
    ///
    /// # Errors
    ///
    /// `registry/...`, among them `registry/not-allowed`.
    pub fn push(&self, reference: &Reference, package: &Package) -> diag::Result<Pushed> {
        self.wait(Action::Push, reference, push::push(self, reference, package))
    }

    /// What `push` would send, and to where; nothing is asked.
    pub fn layout(&self, package: &Package) -> Layout {
        package.layout()
    }

    /// The document that a host has about the registry it uses, `/.well-known/wasm-pkg/registry.json`, if it has one.
    ///
    /// # Errors
    ///
    /// `registry/unreachable` and its like; `registry/reference` where the host is none.
    pub fn well_known(&self, host: &str) -> diag::Result<Option<Vec<u8>>> {
        let reference = Reference::parse(&format!("{host}/wasm-pkg"))?;
        self.wait(Action::List, &reference, list::well_known(self, &reference))
    }

    fn wait<T>(
        &self,
        action: Action,
        reference: &Reference,
        future: impl Future<Output = Result<T, Fault>>,
    ) -> diag::Result<T> {
        self.runtime().block_on(future).map_err(|fault| fault.diagnostic(action, reference).into())
    }

    fn runtime(&self) -> &Runtime {
        self.runtime.as_ref().expect("it is there until the client is dropped")
    }
}

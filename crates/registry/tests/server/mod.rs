//! A registry that does as it is told, on a port of its own: good by itself, and as bad as a test makes it.
//!
//! In: a function from what is asked to what is answered. Out: an address, and all that was asked, with headers.
//! Holds: each connection is answered once and closed, so that an answer may end anywhere.
#![allow(dead_code, reason = "each test uses a part of it")]

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use withe_registry::{Client, Digest, Interface, Kind, Options, Package, Reference};

/// A request.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    pub method: String,
    /// With the query.
    pub path: String,
    /// By names in lower case.
    pub headers: HashMap<String, String>,
    pub body: Vec<u8>,
}

impl Asked {
    pub fn is(&self, method: &str, path: &str) -> bool {
        self.method == method && self.path.split('?').next() == Some(path)
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

/// An answer, written piece by piece.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    /// Each piece after a pause.
    pub body: Vec<(Duration, Vec<u8>)>,
    /// What `Content-Length` says; the body's length unless said; 0 bytes are sent of a longer one.
    pub length: Option<Length>,
}

#[derive(Clone, Copy, Debug)]
pub enum Length {
    Says(u64),
    /// No such header: the body ends with the connection.
    Unsaid,
}

impl Answer {
    pub fn of(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: Vec::new(), body: vec![(Duration::ZERO, body.into())], length: None }
    }

    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    pub fn length(mut self, length: Length) -> Self {
        self.length = Some(length);
        self
    }
}

pub type Behaviour = Box<dyn FnMut(&Asked) -> Option<Answer> + Send>;

/// A server that is there until the test ends.
pub struct Server {
    pub port: u16,
    asked: Arc<Mutex<Vec<Asked>>>,
    pub store: Arc<Mutex<Store>>,
}

/// What a good registry keeps.
#[derive(Default)]
pub struct Store {
    /// By path, `/v2/..`.
    pub contents: HashMap<String, Vec<u8>>,
}

impl Server {
    /// A good registry, but for what `behaviour` answers instead.
    pub fn start(behaviour: impl FnMut(&Asked) -> Option<Answer> + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::<Mutex<Vec<Asked>>>::default();
        let store = Arc::<Mutex<Store>>::default();
        let behaviour = Arc::new(Mutex::new(Box::new(behaviour) as Behaviour));
        let server = Self { port, asked: Arc::clone(&asked), store: Arc::clone(&store) };
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (asked, store, behaviour) = (Arc::clone(&asked), Arc::clone(&store), Arc::clone(&behaviour));
                std::thread::spawn(move || {
                    let Some(request) = read(&stream) else { return };
                    asked.lock().unwrap().push(request.clone());
                    let told = (behaviour.lock().unwrap())(&request);
                    let answer = told.unwrap_or_else(|| good(&mut store.lock().unwrap(), &request));
                    // Who asked may have gone.
                    let _ = write(stream, answer, request.method == "HEAD");
                });
            }
        });
        server
    }

    pub fn reference(&self, rest: &str) -> Reference {
        Reference::parse(&format!("localhost:{}/{rest}", self.port)).unwrap()
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// `METHOD PATH` of each request, without the query.
    pub fn lines(&self) -> Vec<String> {
        let path = |asked: &Asked| asked.path.split('?').next().unwrap_or("").to_owned();
        self.asked().iter().map(|asked| format!("{} {}", asked.method, path(asked))).collect()
    }

    /// Puts an artifact into the registry, as if it had been pushed.
    pub fn put(&self, repository: &str, tag: &str, package: &Package) -> Digest {
        let layout = package.layout();
        let mut store = self.store.lock().unwrap();
        let mut put =
            |path: String, bytes: &[u8]| store.contents.insert(format!("/v2/{repository}/{path}"), bytes.to_vec());
        put(format!("blobs/{}", layout.layer_digest), &package.bytes);
        put(format!("blobs/{}", layout.config_digest), &layout.config);
        put(format!("manifests/{tag}"), &layout.manifest);
        put(format!("manifests/{}", layout.digest), &layout.manifest);
        layout.digest
    }
}

/// What a registry answers that keeps to the specification.
fn good(store: &mut Store, asked: &Asked) -> Answer {
    let path = asked.path.split('?').next().unwrap_or("");
    match (asked.method.as_str(), path) {
        ("GET" | "HEAD", path) => match store.contents.get(path) {
            Some(bytes) => part(bytes, asked),
            None => Answer::of(404, r#"{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}"#),
        },
        ("POST", path) if path.ends_with("/blobs/uploads/") => {
            Answer::of(202, "").header("Location", format!("{path}session?state=1"))
        }
        ("PUT", path) => {
            let digest = Digest::of(&asked.body);
            let (start, _) = path.rsplit_once("/blobs/uploads/").unwrap_or((path, ""));
            let path = if start == path { path.to_owned() } else { format!("{start}/blobs/{digest}") };
            if let Some((start, _)) = path.rsplit_once("/manifests/") {
                store.contents.insert(format!("{start}/manifests/{digest}"), asked.body.clone());
            }
            store.contents.insert(path, asked.body.clone());
            Answer::of(201, "").header("Docker-Content-Digest", digest.to_string())
        }
        _ => Answer::of(405, ""),
    }
}

fn part(bytes: &[u8], asked: &Asked) -> Answer {
    let from =
        asked.header("range").strip_prefix("bytes=").and_then(|range| range.strip_suffix('-')?.parse::<usize>().ok());
    match from {
        Some(from) if from < bytes.len() => {
            let range = format!("bytes {from}-{}/{}", bytes.len() - 1, bytes.len());
            Answer::of(206, &bytes[from..]).header("Content-Range", range)
        }
        Some(_) => Answer::of(416, ""),
        None => Answer::of(200, bytes).header("Docker-Content-Digest", Digest::of(bytes).to_string()),
    }
}

fn read(stream: &TcpStream) -> Option<Asked> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace().map(str::to_owned);
    let mut asked = Asked { method: words.next()?, path: words.next()?, ..Asked::default() };
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        asked.headers.insert(name.to_lowercase(), value.trim().to_owned());
    }
    let length = asked.header("content-length").parse().unwrap_or(0);
    asked.body = vec![0; length];
    reader.read_exact(&mut asked.body).ok()?;
    Some(asked)
}

fn write(mut stream: TcpStream, answer: Answer, is_head: bool) -> std::io::Result<()> {
    let len: usize = answer.body.iter().map(|(_, bytes)| bytes.len()).sum();
    write!(stream, "HTTP/1.1 {} Told\r\nConnection: close\r\n", answer.status)?;
    match answer.length {
        None => write!(stream, "Content-Length: {len}\r\n")?,
        Some(Length::Says(len)) => write!(stream, "Content-Length: {len}\r\n")?,
        Some(Length::Unsaid) => {}
    }
    for (name, value) in &answer.headers {
        write!(stream, "{name}: {value}\r\n")?;
    }
    stream.write_all(b"\r\n")?;
    if is_head {
        return Ok(());
    }
    for (pause, bytes) in answer.body {
        std::thread::sleep(pause);
        stream.write_all(&bytes)?;
        stream.flush()?;
    }
    Ok(())
}

/// A component of a kind: its bytes begin as wasm does.
pub fn package(len: usize, seed: u8) -> Package {
    let mut bytes = b"\0asm\x0d\0\x01\0".to_vec();
    bytes.extend((0..len).map(|at| (at / 7) as u8 ^ (at as u8).wrapping_mul(31) ^ seed));
    let interface = Interface { exports: vec!["local:calc/ops@1.0.0".to_owned()], ..Interface::default() };
    Package { bytes, kind: Kind::Component(interface), annotations: Default::default(), author: None, created: 0 }
}

/// A cache of its own, and options that wait for nobody.
pub struct Home {
    pub folder: tempfile::TempDir,
}

impl Home {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub fn options(&self) -> Options {
        let home = self.folder.path().display().to_string();
        let mut options = Options::of(&|name| (name == "HOME").then(|| home.clone()));
        options.timeout = Duration::from_secs(5);
        options.pause = Duration::from_millis(1);
        options
    }

    pub fn client(&self) -> Client {
        Client::new(self.options()).unwrap()
    }

    /// What `docker login` would write.
    pub fn log_in(&self, text: &str) {
        std::fs::create_dir_all(self.folder.path().join(".docker")).unwrap();
        std::fs::write(self.folder.path().join(".docker/config.json"), text).unwrap();
    }

    /// Files in the cache, by their names, sorted.
    pub fn cached(&self) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(self.folder.path().join(".cache/withe/sha256")) else { return Vec::new() };
        let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

/// What is said of a failure: `[CODE] HEADLINE | LABEL | HELP`, each on a line.
pub fn said<T: std::fmt::Debug>(result: diag::Result<T>) -> String {
    let Err(diag::Diagnostics(found)) = result else { return format!("no failure: {result:?}") };
    let one = |one: diag::Diagnostic| {
        let labels: Vec<&str> = one.labels.iter().map(|label| label.text.as_str()).collect();
        format!("[{}] {} | {} | {}", one.code.0, one.headline, labels.join("; "), one.help.unwrap_or_default())
    };
    found.into_iter().map(one).collect::<Vec<_>>().join("\n")
}

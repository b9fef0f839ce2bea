//! A registry that does as it is told, on a port of its own: good by itself, and as bad as a test makes it.
//!
//! In: a function from what is asked to what is answered. Out: an address, and all that was asked, with headers.
//! Holds: each connection is answered once and closed, so that an answer may end anywhere.

mod certificates;
mod daemon;

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sha2::{Digest as _, Sha256};

pub use certificates::Certificates;
pub use daemon::{Daemon, ME, Setup};

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
    /// Before the first byte.
    pub pause: Duration,
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
        Self {
            pause: Duration::ZERO,
            status,
            headers: Vec::new(),
            body: vec![(Duration::ZERO, body.into())],
            length: None,
        }
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
    /// Microseconds before each answer.
    pause: Arc<AtomicU64>,
    asked: Arc<Mutex<Vec<Asked>>>,
    store: Arc<Mutex<Store>>,
}

/// What a good registry keeps, by path: `/v2/..`.
type Store = HashMap<String, Vec<u8>>;

impl Server {
    /// A good registry, but for what `behaviour` answers instead.
    pub fn start(behaviour: impl FnMut(&Asked) -> Option<Answer> + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port of this machine is free");
        let port = listener.local_addr().expect("it is bound").port();
        let asked = Arc::<Mutex<Vec<Asked>>>::default();
        let store = Arc::<Mutex<Store>>::default();
        let behaviour = Arc::new(Mutex::new(Box::new(behaviour) as Behaviour));
        let pause = Arc::<AtomicU64>::default();
        let server = Self { port, pause: Arc::clone(&pause), asked: Arc::clone(&asked), store: Arc::clone(&store) };
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (asked, store, behaviour) = (Arc::clone(&asked), Arc::clone(&store), Arc::clone(&behaviour));
                let pause = Arc::clone(&pause);
                std::thread::spawn(move || {
                    let Some(request) = read(&stream) else { return };
                    locked(&asked).push(request.clone());
                    let told = (locked(&behaviour))(&request);
                    let answer = told.unwrap_or_else(|| good(&mut locked(&store), &request));
                    std::thread::sleep(Duration::from_micros(pause.load(Ordering::Relaxed)));
                    // Who asked may have gone.
                    let _ = write(stream, answer, request.method == "HEAD");
                });
            }
        });
        server
    }

    /// The same server, slow to answer.
    #[must_use]
    pub fn pausing(self, pause: Duration) -> Self {
        self.pause.store(u64::try_from(pause.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
        self
    }

    /// `localhost:PORT`.
    pub fn host(&self) -> String {
        format!("localhost:{}", self.port)
    }

    pub fn asked(&self) -> Vec<Asked> {
        locked(&self.asked).clone()
    }

    /// `METHOD PATH` of each request, without the query.
    pub fn lines(&self) -> Vec<String> {
        let path = |asked: &Asked| asked.path.split('?').next().unwrap_or("").to_owned();
        self.asked().iter().map(|asked| format!("{} {}", asked.method, path(asked))).collect()
    }

    /// Puts a content where it is found by its digest, and the manifest where its tag is.
    pub fn put(&self, path: &str, bytes: &[u8]) {
        locked(&self.store).insert(path.to_owned(), bytes.to_vec());
    }
}

/// What is asked of a digest.
fn digest(bytes: &[u8]) -> String {
    let digits: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{digits}")
}

/// A test that failed while it had the lock has said so already.
fn locked<T>(shared: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// What a registry answers that keeps to the specification.
fn good(store: &mut Store, asked: &Asked) -> Answer {
    let path = asked.path.split('?').next().unwrap_or("");
    match (asked.method.as_str(), path) {
        ("GET" | "HEAD", path) => match store.get(path) {
            Some(bytes) => part(bytes, asked),
            None => Answer::of(404, r#"{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}"#),
        },
        ("POST", path) if path.ends_with("/blobs/uploads/") => {
            Answer::of(202, "").header("Location", format!("{path}session?state=1"))
        }
        ("PUT", path) => {
            let digest = digest(&asked.body);
            let (start, _) = path.rsplit_once("/blobs/uploads/").unwrap_or((path, ""));
            let path = if start == path { path.to_owned() } else { format!("{start}/blobs/{digest}") };
            if let Some((start, _)) = path.rsplit_once("/manifests/") {
                store.insert(format!("{start}/manifests/{digest}"), asked.body.clone());
            }
            store.insert(path, asked.body.clone());
            Answer::of(201, "").header("Docker-Content-Digest", digest)
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
        None => Answer::of(200, bytes).header("Docker-Content-Digest", digest(bytes)),
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
    std::thread::sleep(answer.pause);
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

//! A client of HTTP/1.1 over a plain socket: what it sends and what comes back is seen byte for byte.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use testing::Trouble;

/// The longest that a test waits for a server.
const PATIENCE: Duration = Duration::from_secs(120);

pub struct Client {
    pub stream: BufReader<TcpStream>,
}

/// What a server answered.
#[derive(Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    pub trailers: Vec<(String, String)>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str())
    }
}

impl Client {
    pub fn new(address: SocketAddr) -> Result<Self, Trouble> {
        let stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_nodelay(true)?;
        Ok(Self { stream: BufReader::new(stream) })
    }

    pub fn send(&mut self, bytes: &[u8]) -> Result<(), Trouble> {
        Ok(self.stream.get_mut().write_all(bytes)?)
    }

    /// One request without a body, and its answer.
    pub fn get(&mut self, target: &str) -> Result<Answer, Trouble> {
        self.send(format!("GET {target} HTTP/1.1\r\nhost: test\r\n\r\n").as_bytes())?;
        self.answer("GET")
    }

    /// The next answer; an error if the connection ends before the answer does.
    pub fn answer(&mut self, method: &str) -> Result<Answer, Trouble> {
        let line = self.line()?;
        let status = line.split(' ').nth(1).and_then(|status| status.parse().ok());
        let status: u16 = status.ok_or_else(|| format!("`{line}` is no status line"))?;
        let headers = self.fields()?;
        let mut answer = Answer { status, headers, body: Vec::new(), trailers: Vec::new() };
        if method == "HEAD" || status < 200 || status == 204 || status == 304 {
            return Ok(answer);
        }
        if answer.header("transfer-encoding") == Some("chunked") {
            while let size @ 1.. = self.chunk_size()? {
                self.bytes(size, &mut answer.body)?;
                self.line()?;
            }
            answer.trailers = self.fields()?;
        } else if let Some(length) = answer.header("content-length") {
            let length = length.parse().map_err(|_| format!("`{length}` is no length"))?;
            self.bytes(length, &mut answer.body)?;
        } else {
            self.stream.read_to_end(&mut answer.body)?;
        }
        Ok(answer)
    }

    fn chunk_size(&mut self) -> Result<usize, Trouble> {
        let line = self.line()?;
        Ok(usize::from_str_radix(&line, 16).map_err(|_| format!("`{line}` is no size of a chunk"))?)
    }

    fn bytes(&mut self, count: usize, to: &mut Vec<u8>) -> Result<(), Trouble> {
        let start = to.len();
        to.resize(start + count, 0);
        Ok(self.stream.read_exact(&mut to[start..])?)
    }

    fn line(&mut self) -> Result<String, Trouble> {
        let mut line = String::new();
        self.stream.read_line(&mut line)?;
        match line.strip_suffix("\r\n") {
            Some(line) => Ok(line.to_owned()),
            None => Err(format!("the connection ends after {line:?}").into()),
        }
    }

    fn fields(&mut self) -> Result<Vec<(String, String)>, Trouble> {
        let mut fields = Vec::new();
        loop {
            let line = self.line()?;
            match line.split_once(": ") {
                Some((name, value)) => fields.push((name.to_owned(), value.to_owned())),
                None if line.is_empty() => return Ok(fields),
                None => return Err(format!("`{line}` is no header").into()),
            }
        }
    }

    /// Whether the server has closed the connection, with nothing more to say.
    pub fn is_closed(&mut self) -> bool {
        // A connection that was cut is closed too.
        self.stream.read(&mut [0]).map_or(true, |read| read == 0)
    }
}

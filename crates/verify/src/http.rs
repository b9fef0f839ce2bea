//! The door for HTTP requests that a guest sends.
//!
//! In: a request of the guest. Out: its response, or `HTTP-request-denied` where no grant covers its authority.

use http::{Request, Response, Uri};
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody, WasiHttpHooks, default_hooks};

use crate::grants::HttpGrant;
use crate::refused::Refused;

pub(crate) struct HttpDoor {
    allowed: Vec<HttpGrant>,
    refused: Refused,
}

type Transfer = Box<dyn Future<Output = Result<(), Error>> + Send>;
type Answer = Box<dyn Future<Output = Result<(Response<WasiBody>, Transfer), Error>> + Send>;

impl HttpDoor {
    pub(crate) fn new(allowed: Vec<HttpGrant>, refused: Refused) -> Self {
        Self { allowed, refused }
    }

    /// Whether a grant covers where the request goes. Names are compared, never looked up; no grant has a user in it.
    fn admits(&self, uri: &Uri) -> bool {
        let Some(authority) = uri.authority().filter(|authority| !authority.as_str().contains('@')) else {
            return false;
        };
        let default = if uri.scheme_str() == Some("http") { 80 } else { 443 };
        let port = authority.port_u16().unwrap_or(default);
        self.allowed.iter().any(|grant| grant.covers(authority.host(), port))
    }
}

impl WasiHttpHooks for HttpDoor {
    fn send_request(&mut self, request: Request<WasiBody>, options: Option<RequestOptions>, done: Transfer) -> Answer {
        if self.admits(request.uri()) {
            return default_hooks().send_request(request, options, done);
        }
        self.refused.http(request.uri().authority().map_or("", |authority| authority.as_str()));
        Box::new(async { Err(Error::HttpRequestDenied) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grants::parse_http;

    #[test]
    fn only_granted_authorities_are_admitted() {
        let allowed = vec![parse_http("example.com:8080").unwrap(), parse_http("127.0.0.1").unwrap()];
        let door = HttpDoor::new(allowed, Refused::default());
        let admits = |uri: &str| door.admits(&uri.parse().unwrap());
        assert!(admits("http://example.com:8080/a") && admits("http://127.0.0.1:1/") && admits("https://127.0.0.1/"));
        assert!(!admits("http://example.com/") && !admits("http://example.com.evil:8080/") && !admits("/path"));
        // Other spellings of an address, and credentials before the host, are not what was granted.
        assert!(!admits("http://0x7f.1/") && !admits("http://127.1/") && !admits("http://127.0.0.1@evil.com/"));
        assert!(!admits("http://user@127.0.0.1/") && !admits("http://evil.com:1@127.0.0.1:1/"));
        assert!(!HttpDoor::new(Vec::new(), Refused::default()).admits(&"http://127.0.0.1/".parse().unwrap()));
    }
}

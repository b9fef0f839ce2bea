//! The service: requests in, pages out.

// Written by `withe bindgen rust wit -o src`: edit `wit` and run it again.
#[rustfmt::skip]
mod service;

use service::exports::wasi::http::incoming_handler;
use service::wasi::http::types::{
    Fields, IncomingRequest, OutgoingBody, OutgoingResponse, ResponseOutparam,
};

struct Component;

impl incoming_handler::Guest for Component {
    fn handle(request: IncomingRequest, answer: ResponseOutparam) {
        let path = request.path_with_query().unwrap_or_default();
        let (status, text) = match page(&path) {
            Some(text) => (200, text),
            None => (404, format!("There is no page {path}.\n")),
        };
        respond(answer, status, &text);
    }
}

service::export!(Component with_types_in service);

/// The page that a path, with its query, leads to.
fn page(path: &str) -> Option<String> {
    let (path, _query) = path.split_once('?').unwrap_or((path, ""));
    match path.strip_prefix('/')? {
        "" => Some("Hello, World!\n".to_owned()),
        name if !name.contains('/') => Some(format!("Hello, {name}!\n")),
        _ => None,
    }
}

/// Answers with a text. A client that has gone away is no error.
fn respond(answer: ResponseOutparam, status: u16, text: &str) {
    let headers = Fields::new();
    let kind = b"text/plain; charset=utf-8".to_vec();
    headers
        .append("content-type", &kind)
        .expect("the header may be set");
    let response = OutgoingResponse::new(headers);
    response
        .set_status_code(status)
        .expect("the status is one of HTTP's");
    let body = response.body().expect("the body is taken once");
    ResponseOutparam::set(answer, Ok(response));

    let stream = body.write().expect("the stream is taken once");
    // One write takes 4096 bytes.
    let written = text
        .as_bytes()
        .chunks(4096)
        .all(|chunk| stream.blocking_write_and_flush(chunk).is_ok());
    drop(stream);
    if written {
        let _ = OutgoingBody::finish(body, None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_changes_nothing() {
        assert_eq!(page("/Ada?x=1"), page("/Ada"));
    }

    #[test]
    fn deep_paths_lead_nowhere() {
        assert_eq!(page("/a/b"), None);
    }
}

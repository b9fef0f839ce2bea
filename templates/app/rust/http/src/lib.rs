//! The front of the app: requests in, pages out.

// Written by `withe build`: edit `wit/front.wit` and build again.
#[rustfmt::skip]
mod front;

use front::exports::wasi::http::incoming_handler;
use front::local::{{module}}::greetings::greet;
use front::wasi::http::types::{
    Fields, IncomingRequest, OutgoingBody, OutgoingResponse, ResponseOutparam,
};

struct Component;

impl incoming_handler::Guest for Component {
    fn handle(request: IncomingRequest, answer: ResponseOutparam) {
        let path = request.path_with_query().unwrap_or_default();
        let (status, text) = match page(&path) {
            Some(text) => (200, text),
            None => (404, "There is no such page.\n".to_owned()),
        };
        respond(answer, status, &text);
    }
}

front::export!(Component with_types_in front);

fn page(path: &str) -> Option<String> {
    let (language, name) = route(path)?;
    greet(language, name).map(|greeting| greeting + "\n")
}

/// Who is greeted in which language: `/`, `/NAME` or `/LANGUAGE/NAME`; a query changes nothing.
fn route(path: &str) -> Option<(&str, &str)> {
    let (path, _query) = path.split_once('?').unwrap_or((path, ""));
    let path = path.strip_prefix('/')?;
    let (language, name) = path.split_once('/').unwrap_or(("en", path));
    match name {
        "" => Some((language, "World")),
        name if name.contains('/') => None,
        name => Some((language, name)),
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
    fn paths_have_a_name_and_perhaps_a_language() {
        assert_eq!(route("/"), Some(("en", "World")));
        assert_eq!(route("/Ada?x=1"), Some(("en", "Ada")));
        assert_eq!(route("/de/Ada"), Some(("de", "Ada")));
        assert_eq!(route("/a/b/c"), None);
    }
}

//! What a registry asks for: the header `WWW-Authenticate`.
//!
//! In: the header's values. Out: the challenge that is answered, a token of a server before a password.
//!
//! Specification: RFC 9110, "WWW-Authenticate"; the token authentication of the distribution project.

/// A way to say who one is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Challenge {
    /// A user name and a password, with each request.
    Basic,
    /// A token, from the server at `realm`.
    Bearer { realm: String, service: Option<String>, scope: Option<String> },
}

/// The challenge to answer, of all that a registry offers.
pub(crate) fn choose<'v>(values: impl Iterator<Item = &'v str>) -> Option<Challenge> {
    let mut basic = None;
    for value in values {
        for (scheme, parameters) in challenges(value) {
            if scheme.eq_ignore_ascii_case("basic") {
                basic = Some(Challenge::Basic);
            } else if scheme.eq_ignore_ascii_case("bearer") {
                let get = |name: &str| {
                    let found = parameters.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
                    found.map(|(_, value)| value.clone()).filter(|value| !value.is_empty())
                };
                if let Some(realm) = get("realm") {
                    return Some(Challenge::Bearer { realm, service: get("service"), scope: get("scope") });
                }
            }
        }
    }
    basic
}

/// Each scheme with its parameters; what is of another form is passed over.
fn challenges(value: &str) -> Vec<(&str, Vec<(String, String)>)> {
    let mut found: Vec<(&str, Vec<(String, String)>)> = Vec::new();
    let mut rest = value;
    loop {
        rest = rest.trim_start_matches([',', ' ', '\t']);
        if rest.is_empty() {
            return found;
        }
        let end = rest.find([',', ' ', '\t', '=']).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        let Some(text) = after.trim_start().strip_prefix('=').filter(|_| !word.is_empty()) else {
            // A word that nothing is assigned to begins a challenge.
            found.push((word, Vec::new()));
            rest = after.strip_prefix('=').unwrap_or(after);
            continue;
        };
        let (value, after) = parameter(text.trim_start());
        if let Some((_, parameters)) = found.last_mut() {
            parameters.push((word.to_owned(), value));
        }
        rest = after;
    }
}

/// A token or a quoted string, and what comes after it.
fn parameter(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([',', ' ', '\t']).unwrap_or(text.len());
        return (text[..end].to_owned(), &text[end..]);
    };
    let mut value = String::new();
    let mut characters = quoted.char_indices();
    while let Some((at, c)) = characters.next() {
        match c {
            '"' => return (value, &quoted[at + 1..]),
            '\\' => value.extend(characters.next().map(|(_, c)| c)),
            _ => value.push(c),
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bearer(realm: &str, service: Option<&str>, scope: Option<&str>) -> Option<Challenge> {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        Some(Challenge::Bearer { realm: realm.to_owned(), service: owned(service), scope: owned(scope) })
    }

    #[test]
    fn a_token_is_taken_before_a_password() {
        let one = |value: &'static str| choose([value].into_iter());
        assert_eq!(
            one(r#"Bearer realm="https://ghcr.io/token",service="ghcr.io",scope="repository:me/app:pull,push""#),
            bearer("https://ghcr.io/token", Some("ghcr.io"), Some("repository:me/app:pull,push"))
        );
        assert_eq!(one(r#"Basic realm="x""#), Some(Challenge::Basic));
        assert_eq!(one(r#"Basic realm="x", bearer realm="a\"b" , service = s"#), bearer("a\"b", Some("s"), None));
        assert_eq!(choose(["Basic", "Bearer realm=t"].into_iter()), bearer("t", None, None));
        assert_eq!(one("Negotiate"), None);
        assert_eq!(one("Bearer"), None);
        assert_eq!(one(r#"Bearer realm="never closed"#), bearer("never closed", None, None));
    }

    #[test]
    fn fuzz_challenges_are_read_to_their_end() {
        let good = br#"Basic realm="x", Bearer realm="https://a/t",service="s",scope="repository:a/b:pull""#;
        testing::seeds::check("fuzz_challenges_are_read_to_their_end", 2000, |random| {
            let bytes = random.mutate(good);
            let text = String::from_utf8_lossy(&bytes);
            let _ = choose([&*text].into_iter());
        });
    }
}

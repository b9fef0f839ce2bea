//! Spellings of other tools: wasm-tools, wasmtime, wit-bindgen, jco, wac.
//!
//! In: arguments as typed. Out: arguments in withe's spelling, or a diagnostic with the command to paste.
//! Holds: nothing after `--` is looked at, since it belongs to the guest.

use std::ffi::OsString;

use diag::Diagnostic;

/// Words that stand for others, at the start of the command line.
const RENAMED: &[(&[&str], &[&str])] = &[
    (&["component", "new"], &["wrap"]),
    (&["component", "link"], &["link"]),
    (&["rust"], &["bindgen", "rust"]),
    (&["completion"], &["completions"]),
    (&["tool", "core-to-component"], &["wrap"]),
];

/// Words at the start of the command line whose command is built otherwise.
const ANSWERED: &[(&[&str], &str)] = &[
    (&["component", "targets"], "withe validate COMPONENT --target WIT#WORLD"),
    (&["targets"], "withe validate COMPONENT --target WIT#WORLD"),
    (&["component", "semver-check"], "withe diff OLD NEW"),
    (&["metadata", "show"], "withe inspect COMPONENT --metadata"),
    (&["objdump"], "withe inspect COMPONENT --size"),
    (&["types"], "withe bindgen js WIT --side host -o DIR"),
    (&["guest-types"], "withe bindgen js WIT -o DIR"),
    (&["encode"], "withe compose FILE.wac -o OUT"),
];

/// Turns other tools' spellings into withe's; `words` are without the program's name.
pub fn translate(words: Vec<OsString>) -> Result<Vec<OsString>, Diagnostic> {
    let own: Vec<String> =
        words.iter().take_while(|word| *word != "--").map(|word| word.to_string_lossy().into_owned()).collect();
    if starts_with(&own, &["help"]) {
        return Ok(words.into_iter().skip(1).chain([OsString::from("--help")]).collect());
    }
    if starts_with(&own, &["component", "embed"]) {
        return Err(answer("component embed", &embed(&own[2..])));
    }
    for (peer, command) in ANSWERED {
        if starts_with(&own, peer) {
            return Err(answer(&peer.join(" "), command));
        }
    }
    if let Some(diagnostic) = runtime_flag(&own) {
        return Err(diagnostic);
    }
    if starts_with(&own, &["component", "wit"]) || starts_with(&own, &["wit"]) {
        return wit(&own, words);
    }
    for (peer, ours) in RENAMED {
        if starts_with(&own, peer) {
            return Ok(ours.iter().map(OsString::from).chain(words.into_iter().skip(peer.len())).collect());
        }
    }
    Ok(words)
}

fn starts_with(words: &[String], start: &[&str]) -> bool {
    words.len() >= start.len() && words.iter().zip(start).all(|(word, start)| word == start)
}

fn answer(peer: &str, command: &str) -> Diagnostic {
    diag::error("usage/other-spelling", format!("`{peer}` is another tool's spelling"))
        .help(format!("write `{command}`"))
}

/// `component wit` of wasm-tools, which has a flag for each form, and `-w` for wasm where withe's `-w` is a world.
fn wit(own: &[String], words: Vec<OsString>) -> Result<Vec<OsString>, Diagnostic> {
    let is_peer = own.first().is_some_and(|word| word == "component");
    let verb = if is_peer { 2 } else { 1 };
    let path = own.iter().skip(verb).find(|word| !word.starts_with('-')).map_or("PATH", String::as_str);
    let mut ours = vec![OsString::from("wit")];
    for (at, word) in words.into_iter().enumerate().skip(verb) {
        match own.get(at).map(String::as_str) {
            Some("--json" | "-j") => ours.extend(["--as", "json"].map(OsString::from)),
            Some("--wasm") => ours.extend(["--as", "wasm"].map(OsString::from)),
            Some("-w") if is_peer => ours.extend(["--as", "wasm"].map(OsString::from)),
            Some(flag @ ("-t" | "--wat")) => {
                let command = format!("{} | withe print -", shell(&["withe", "wit", path, "--as", "wasm", "-o", "-"]));
                return Err(answer(flag, &command));
            }
            Some("--out-dir") => return Err(answer("--out-dir", &shell(&["withe", "wit", path, "-o", "all.wit"]))),
            Some(_) | None => ours.push(word),
        }
    }
    Ok(ours)
}

/// wasm-tools takes the WIT first and the module second.
fn embed(words: &[String]) -> String {
    let mut flags = Vec::new();
    let mut paths = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if !word.starts_with('-') || word == "-" {
            paths.push(word.as_str());
            continue;
        }
        flags.push(word.as_str());
        let takes_value = matches!(word.as_str(), "-w" | "--world" | "-o" | "--output" | "--encoding" | "--features");
        flags.extend(takes_value.then(|| words.next()).flatten().map(String::as_str));
    }
    let wit = paths.first().unwrap_or(&"WIT");
    let core = paths.get(1).unwrap_or(&"CORE");
    let mut command = vec!["withe", "embed", core, "--wit", wit];
    command.extend(flags);
    shell(&command)
}

/// `-S`, `-W` and `--invoke` of wasmtime's `run` and `serve`.
fn runtime_flag(words: &[String]) -> Option<Diagnostic> {
    let command = words.first()?.as_str();
    if !matches!(command, "run" | "serve") && !command.starts_with('-') {
        return None;
    }
    let wasm = words.iter().find(|word| is_wasm(word)).map_or("COMPONENT", String::as_str);
    for (at, word) in words.iter().enumerate() {
        let next = words.get(at + 1).map_or("", String::as_str);
        if let Some(expression) = value_of(word, "--invoke", next) {
            return Some(answer("--invoke", &shell(&["withe", "call", wasm, expression])));
        }
        let (flag, setting) = match (word.strip_prefix("-S"), word.strip_prefix("-W")) {
            (Some(glued), _) => ("-S", if glued.is_empty() { next } else { glued }),
            (None, Some(glued)) => ("-W", if glued.is_empty() { next } else { glued }),
            (None, None) => continue,
        };
        let verb = if command == "serve" { "serve" } else { "run" };
        let grants: Vec<String> = setting.split(',').filter_map(|one| setting_flag(verb, one)).collect();
        let command = [vec!["withe".to_owned(), verb.to_owned(), wasm.to_owned()], grants].concat();
        return Some(answer(&format!("{flag} {setting}"), &command.join(" ")));
    }
    None
}

/// What grants or limits the same as one of wasmtime's settings; `None` if nothing is needed for it.
fn setting_flag(verb: &str, setting: &str) -> Option<String> {
    let (name, value) = setting.split_once('=').unwrap_or((setting, ""));
    match name {
        "http" if verb == "run" => Some("--http-allow HOST".to_owned()),
        "inherit-env" => Some("--env NAME".to_owned()),
        "inherit-network" | "tcp" | "udp" => Some("--connect IP:PORT".to_owned()),
        "fuel" => Some(format!("--fuel {value}")),
        "timeout" => Some(format!("--timeout {value}")),
        "max-memory-size" => Some(format!("--memory {value}")),
        "unknown-imports-trap" => Some("--stub trap".to_owned()),
        // What is left is on in withe, or is no matter of a grant.
        _ => None,
    }
}

fn value_of<'a>(word: &'a str, flag: &str, next: &'a str) -> Option<&'a str> {
    let rest = word.strip_prefix(flag)?;
    if rest.is_empty() { Some(next) } else { rest.strip_prefix('=') }
}

fn is_wasm(word: &str) -> bool {
    !word.starts_with('-') && (word.ends_with(".wasm") || word.ends_with(".wat"))
}

/// The words as a shell takes them.
fn shell(words: &[&str]) -> String {
    let quoted = words.iter().map(|word| {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:@#,+".contains(c);
        if !word.is_empty() && word.chars().all(plain) {
            (*word).to_owned()
        } else {
            format!("'{}'", word.replace('\'', r"'\''"))
        }
    });
    quoted.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ours(line: &str) -> Result<String, String> {
        let words = line.split(' ').map(OsString::from).collect();
        match translate(words) {
            Ok(words) => Ok(words.iter().map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")),
            Err(diagnostic) => Err(diagnostic.help.unwrap()),
        }
    }

    #[test]
    fn some_spellings_are_ours_too() {
        assert_eq!(ours("component new a.wasm -o b.wasm"), Ok("wrap a.wasm -o b.wasm".to_owned()));
        assert_eq!(ours("component wit a.wasm"), Ok("wit a.wasm".to_owned()));
        assert_eq!(ours("component wit a.wasm --json"), Ok("wit a.wasm --as json".to_owned()));
        assert_eq!(ours("component wit wit -w -o a.wasm"), Ok("wit wit --as wasm -o a.wasm".to_owned()));
        assert_eq!(ours("wit wit -w app"), Ok("wit wit -w app".to_owned()));
        assert_eq!(ours("rust wit --out-dir gen"), Ok("bindgen rust wit --out-dir gen".to_owned()));
        assert_eq!(ours("help run"), Ok("run --help".to_owned()));
        assert_eq!(ours("help"), Ok("--help".to_owned()));
        assert_eq!(ours("wrap a.wasm"), Ok("wrap a.wasm".to_owned()));
    }

    #[test]
    fn others_get_the_command_to_paste() {
        let answers = [
            ("component embed wit a.wasm -w w -o b.wasm", "write `withe embed a.wasm --wit wit -w w -o b.wasm`"),
            ("component wit a.wasm -t", "write `withe wit a.wasm --as wasm -o - | withe print -`"),
            ("component wit a.wasm --out-dir x", "write `withe wit a.wasm -o all.wit`"),
            ("component targets wit a.wasm", "write `withe validate COMPONENT --target WIT#WORLD`"),
            ("component semver-check wit --prev old", "write `withe diff OLD NEW`"),
            ("metadata show a.wasm", "write `withe inspect COMPONENT --metadata`"),
            ("objdump a.wasm", "write `withe inspect COMPONENT --size`"),
            ("serve -S cli a.wasm", "write `withe serve a.wasm`"),
            ("serve -Scli,inherit-env a.wasm", "write `withe serve a.wasm --env NAME`"),
            ("run -S http a.wasm", "write `withe run a.wasm --http-allow HOST`"),
            ("run -Scli,inherit-env a.wasm", "write `withe run a.wasm --env NAME`"),
            ("serve -S http a.wasm", "write `withe serve a.wasm`"),
            ("-S http a.wasm", "write `withe run a.wasm --http-allow HOST`"),
            ("run -W fuel=100 a.wasm", "write `withe run a.wasm --fuel 100`"),
            ("run --invoke add(1,2) a.wasm", "write `withe call a.wasm 'add(1,2)'`"),
            ("run --invoke=add(1,2) a.wasm", "write `withe call a.wasm 'add(1,2)'`"),
        ];
        for (line, help) in answers {
            assert_eq!(ours(line), Err(help.to_owned()), "{line}");
        }
    }

    #[test]
    fn the_guests_arguments_are_left_alone() {
        assert_eq!(ours("run a.wasm -- -S http --invoke x"), Ok("run a.wasm -- -S http --invoke x".to_owned()));
    }
}

//! Grants and limits of tests.
//!
//! In: the settings of a file and of one of its tests. Out: `Surroundings`, or what is wrong with them.
//! Holds: words and values are those of the flags of `withe run`; a test's limits stand for the file's, its grants are
//! added to the file's.

use std::path::Path;
use std::time::Duration;

use diag::Diagnostic;

use super::syntax::{File, Name, Setting, SettingKind};
use crate::grants::{self, Grants};
use crate::limits::{self, Limits};

/// A call's time where nothing else is said.
const TIMEOUT: Duration = Duration::from_secs(10);

const GRANTS: [&str; 9] = ["dir", "env", "args", "stdin", "clock", "random", "listen", "connect", "http-allow"];
const LIMITS: [&str; 3] = ["timeout", "fuel", "memory"];

/// What a guest may touch and use.
#[derive(Clone, Debug)]
pub(crate) struct Surroundings {
    pub(crate) grants: Grants,
    pub(crate) limits: Limits,
    pub(crate) stdin: Option<Vec<u8>>,
}

impl Default for Surroundings {
    fn default() -> Self {
        let limits = Limits { timeout: Some(TIMEOUT), ..Limits::default() };
        Self { grants: Grants::default(), limits, stdin: None }
    }
}

impl Surroundings {
    /// Adds settings; paths are relative to `folder`.
    pub(crate) fn add(&mut self, file: &File, settings: &[Setting], folder: &Path, errors: &mut Vec<Diagnostic>) {
        for setting in settings {
            let added = match setting.kind {
                SettingKind::Grant => self.grant(setting, folder),
                SettingKind::Limit => self.limit(setting),
            };
            errors.extend(added.err().map(|wrong| wrong.told(file, setting)));
        }
    }

    fn grant(&mut self, setting: &Setting, folder: &Path) -> Result<(), Wrong> {
        if setting.word.text == "args" {
            self.grants.args = setting.values.iter().map(|value| value.text.clone()).collect();
            return Ok(());
        }
        let value = only(setting)?;
        let grants = &mut self.grants;
        match setting.word.text.as_str() {
            "dir" => {
                let mut dir = read(value, grants::parse_dir)?;
                dir.host = folder.join(&dir.host);
                grants.dirs.push(dir);
            }
            "env" => match read(value, grants::parse_env)? {
                (name, Some(text)) => grants.env.push((name, text)),
                (name, None) => return Err(Wrong::Value(value.clone(), format!("write `{name}=VALUE`"))),
            },
            "stdin" => self.stdin = Some(value.text.clone().into_bytes()),
            "clock" => grants.clock = read(value, grants::parse_clock)?,
            "random" => grants.random = read(value, grants::parse_random)?,
            "listen" => grants.listen.push(read(value, grants::parse_address)?),
            "connect" => grants.connect.push(read(value, grants::parse_address)?),
            "http-allow" => grants.http_allow.push(read(value, grants::parse_http)?),
            _ => return Err(Wrong::Word(&GRANTS)),
        }
        Ok(())
    }

    fn limit(&mut self, setting: &Setting) -> Result<(), Wrong> {
        let value = only(setting)?;
        match setting.word.text.as_str() {
            "timeout" => self.limits.timeout = Some(read(value, limits::parse_duration)?),
            "memory" => self.limits.memory = Some(read(value, limits::parse_size)?),
            "fuel" => {
                let number = |text: &str| text.parse().map_err(|_| format!("`{text}` is no number of instructions"));
                self.limits.fuel = Some(read(value, number)?);
            }
            _ => return Err(Wrong::Word(&LIMITS)),
        }
        Ok(())
    }
}

/// What is wrong with a setting.
enum Wrong {
    Word(&'static [&'static str]),
    Value(Name, String),
    Several(Name),
}

impl Wrong {
    fn told(self, file: &File, setting: &Setting) -> Diagnostic {
        let kind = match setting.kind {
            SettingKind::Grant => "grant",
            SettingKind::Limit => "limit",
        };
        let word = &setting.word.text;
        match self {
            Self::Word(known) => {
                let help = match diag::near_misses(word, known.iter().copied()).first() {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("write one of `{}`", known.join("`, `")),
                };
                diag::error("test/setting", format!("there is no {kind} `{word}`"))
                    .label(file.place(&setting.word.span), "not known")
                    .help(help)
            }
            Self::Value(value, reason) => diag::error("test/setting", format!("this is no value of `{kind} {word}`"))
                .label(file.place(&value.span), reason)
                .help(format!("write it like {}", example(word))),
            Self::Several(value) => diag::error("test/setting", format!("`{kind} {word}` takes one value"))
                .label(file.place(&value.span), "one too many")
                .help(format!("write another `{kind} {word}` for it")),
        }
    }
}

fn example(word: &str) -> &'static str {
    match word {
        "dir" => "`grant dir \"data::/data:ro\";`",
        "env" => "`grant env \"NAME=VALUE\";`",
        "clock" => "`grant clock \"frozen\";`",
        "random" => "`grant random \"seed=1\";`",
        "http-allow" => "`grant http-allow \"example.com\";`",
        "timeout" => "`limit timeout \"2s\";`",
        "fuel" => "`limit fuel \"1000000\";`",
        "memory" => "`limit memory \"64MiB\";`",
        // Addresses; other words take any text.
        _ => "`grant listen \"127.0.0.1:0\";`",
    }
}

fn only(setting: &Setting) -> Result<&Name, Wrong> {
    match setting.values.as_slice() {
        [value] => Ok(value),
        [_, more, ..] => Err(Wrong::Several(more.clone())),
        [] => Err(Wrong::Several(setting.word.clone())),
    }
}

fn read<T>(value: &Name, parse: impl FnOnce(&str) -> Result<T, String>) -> Result<T, Wrong> {
    parse(&value.text).map_err(|reason| Wrong::Value(value.clone(), reason))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use diag::Source;

    use super::*;

    fn surroundings(text: &str) -> (Surroundings, Vec<String>) {
        let file = crate::test::parse::parse(&Arc::new(Source::new("t.wave", text))).unwrap();
        let (mut found, mut errors) = (Surroundings::default(), Vec::new());
        found.add(&file, &file.settings, Path::new("folder"), &mut errors);
        (found, errors.into_iter().map(|error| error.headline).collect())
    }

    #[test]
    fn what_is_not_said_is_not_granted_and_takes_ten_seconds() {
        let (found, errors) = surroundings("");
        assert_eq!((found.grants, errors.len()), (Grants::default(), 0));
        assert_eq!(
            (found.limits.timeout, found.limits.memory, found.stdin),
            (Some(Duration::from_secs(10)), None, None)
        );
    }

    #[test]
    fn words_and_values_are_those_of_flags() {
        let (found, errors) = surroundings(
            "grant dir \"a::/b:rw\"; grant env \"A=1\"; grant args \"x\" \"y\"; grant stdin \"in\"; grant listen \"127.0.0.1:0\";\n\
             grant connect \"[::1]:80\"; grant http-allow \"a.example\"; grant random \"seed=3\"; limit memory \"1KiB\";\n\
             limit fuel \"5\"; limit timeout \"1s\"; grant env \"B\"; limit fuel \"x\"; grant listen \"localhost:1\";",
        );
        let Grants { dirs, env, args, random, listen, connect, http_allow, .. } = found.grants;
        assert_eq!(
            (dirs[0].host.as_path(), dirs[0].guest.as_str(), dirs[0].write),
            (Path::new("folder/a"), "/b", true)
        );
        assert_eq!((env, args), (vec![("A".to_owned(), "1".to_owned())], vec!["x".to_owned(), "y".to_owned()]));
        assert_eq!((random, listen.len(), connect.len(), http_allow.len()), (grants::Random::Seed(3), 1, 1, 1));
        assert_eq!((found.limits.fuel, found.limits.memory), (Some(5), Some(1024)));
        assert_eq!(found.limits.timeout, Some(Duration::from_secs(1)));
        let wrong = ["`grant env`", "`limit fuel`", "`grant listen`"].map(|what| format!("this is no value of {what}"));
        assert_eq!(errors, wrong);
    }
}

//! One program on several hosts: the embedded wasmtime, the files of `--wasi inline` on each Node with folders of the
//! machine and in memory, and the package from npm.
//!
//! In: guests that ask for what is unusual, and those of `fixtures/run`. Out: that all hosts tell them the same.
//! Holds: what differs is listed, with the one whose mistake it is; a listed difference that is gone is a failure.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use testing::go::{Go, On};
use testing::guest::{Guest, Shape, Target};
use testing::js::{self, Node};
use testing::{Outcome, Trouble, fixtures, read_text};

use super::{SHIM, nodes, project, script, withe};

/// Where a program runs, beside wasmtime.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Host {
    /// `--wasi inline` with folders of the machine.
    Disk,
    /// `--wasi inline` with folders in memory.
    Memory,
    /// The package from npm, with folders of the machine.
    Npm,
}

const HOSTS: [Host; 3] = [Host::Disk, Host::Memory, Host::Npm];

/// What a probe gives elsewhere than on wasmtime; numbers are preview1's errors.
const DIFFERENCES: &[(Host, &str, &str)] = &[
    // Wasmtime's: POSIX removes a folder whose name ends with a slash.
    (Host::Disk, "remove with a slash", "Ok(())"),
    (Host::Memory, "remove with a slash", "Ok(())"),
    // Each folder in memory is a file system of its own.
    (Host::Memory, "rename into the other folder", "false"),
    // The package's: an empty path is the folder, any slash at the end asks for one, `..` goes back by the text alone,
    // and a backslash stands for a slash.
    (Host::Npm, "make nothing", "Err(20)"),
    (Host::Npm, "make with a backslash", "Err(44)"),
    (Host::Npm, "list", r#"Ok([(".", 3), ("..", 3), ("d", 3), ("e", 3), ("f", 3), ("note.txt", 4)])"#),
    (Host::Npm, "create with a slash", "Err(54)"),
    (Host::Npm, "open through a missing one", "Ok(())"),
    (Host::Npm, "open through a file", "Ok(())"),
    (Host::Npm, "open nothing", "Ok(())"),
    // The package's: the number is none that Node takes, and the program ends.
    (Host::Npm, "read too far away", ENDED),
];

/// Stands for the line that a program did not come to.
const ENDED: &str = "(the program has ended)";

/// Programs of `fixtures/run`, and their arguments.
const PROGRAMS: [(&str, &[&str]); 6] = [
    ("cat", &[]),
    ("files", &[]),
    ("hello", &[]),
    ("preview1", &[]),
    ("reads", &[]),
    ("surroundings", &["ünïcödé", "", "b c"]),
];

/// A component, and its modules in `inline` and `npm` below a folder.
struct Program {
    folder: PathBuf,
    component: String,
    name: String,
}

/// How a program ended, and what it printed.
type Ran = (Option<i32>, String);

impl Program {
    fn new(folder: &Path, name: &str, source: &Path) -> Result<Self, Trouble> {
        let component = format!("{name}.wasm");
        let source = source.display().to_string();
        if withe(folder, &["wrap", &source, "-o", &component]).is_err() {
            // A component already.
            withe(folder, &["parse", &source, "-o", &component])?;
        }
        let made = Self { folder: folder.to_owned(), component, name: name.to_owned() };
        made.transpile("inline", &["--wasi", "inline"])?;
        made.transpile("npm", &[])?;
        Ok(made)
    }

    fn transpile(&self, to: &str, flags: &[&str]) -> Result<String, Trouble> {
        let out = format!("{to}-{}", self.name);
        withe(&self.folder, &[&["transpile", &self.component, "--name", &self.name, "-o", &out], flags].concat())
    }

    fn wasmtime(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_withe"));
        command.args(["run", "--dir", "work:rw", "--dir", "other:rw", "--dir", "work::/work:rw"]);
        command.args(["--env", "GREETING=salve"]);
        command.arg(&self.component).arg("--").args(words).current_dir(&self.folder);
        command
    }

    fn on(&self, host: Host, node: &Path, words: &[&str]) -> Command {
        let name = &self.name;
        let (module, wasi) = match host {
            Host::Disk | Host::Memory => (format!("./inline-{name}/{name}.js"), format!("./inline-{name}/wasi")),
            Host::Npm => (format!("./npm-{name}/{name}.js"), SHIM.to_owned()),
        };
        let folder = if host == Host::Memory { "memory" } else { "." };
        let mut command = Command::new(node);
        command.args(["prober.mjs", &module, &wasi, folder]).args(words).current_dir(&self.folder);
        command
    }

    /// Runs a program with folders that are as new, and some input.
    fn ran(&self, command: &mut Command) -> Result<Ran, Trouble> {
        for name in ["work", "other"] {
            let folder = self.folder.join(name);
            if folder.exists() {
                std::fs::remove_dir_all(&folder)?;
            }
            std::fs::create_dir(folder)?;
        }
        std::fs::write(self.folder.join("work/note.txt"), "a note")?;
        let input = self.folder.join("input");
        std::fs::write(&input, "some input\n".repeat(20_000))?;
        let output = command.stdin(Stdio::from(std::fs::File::open(input)?)).output()?;
        Ok((output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned()))
    }
}

fn hosted(name: &str) -> Result<PathBuf, Trouble> {
    let folder = project(name)?;
    js::link_package(&folder, SHIM)?;
    script(&folder, "prober.mjs")?;
    Ok(folder)
}

/// The program that asks for what is unusual, made once.
fn prober() -> Result<&'static Program, Trouble> {
    static MADE: OnceLock<Result<Program, Trouble>> = OnceLock::new();
    let made = MADE.get_or_init(|| {
        let folder = hosted("prober")?;
        let source = fixtures("guests").join("prober/main.rs");
        let module = Guest::new(&source, Target::Wasip1, Shape::Program).compile("prober")?;
        Program::new(&folder, "prober", &module)
    });
    made.as_ref().map_err(Clone::clone)
}

/// Each host once, on one of the versions of Node.
fn hosts() -> Result<Vec<(Host, Node)>, Trouble> {
    let nodes = nodes()?;
    Ok(HOSTS.into_iter().zip(nodes.into_iter().cycle()).collect())
}

/// Some 150 things that a program may ask of files, folders, links and clocks.
pub fn probes() -> Outcome {
    let prober = prober()?;
    let (status, expected) = prober.ran(&mut prober.wasmtime(&["files"]))?;
    assert_eq!((status, expected.lines().count() > 140), (Some(0), true), "{expected}");
    for node in nodes()? {
        for host in HOSTS {
            let (_, found) = prober.ran(&mut prober.on(host, &node.program()?, &["files"]))?;
            assert_eq!(differences(&expected, &found), listed(host), "{host:?} on {}", node.name());
        }
        let ended = prober.ran(&mut prober.on(Host::Disk, &node.program()?, &["panic"]))?;
        assert_eq!(ended, (Some(1), String::new()), "{}", node.name());
    }
    Ok(())
}

fn listed(host: Host) -> BTreeMap<String, String> {
    let own = DIFFERENCES.iter().filter(|(of, ..)| *of == host);
    own.map(|(_, name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// The lines that differ, by name, up to the first that is missing.
fn differences(expected: &str, found: &str) -> BTreeMap<String, String> {
    let mut rest = found.lines();
    let mut differing = BTreeMap::new();
    for line in expected.lines() {
        let name = line.split(':').next().unwrap_or_default();
        match rest.next() {
            Some(other) if other == line => {}
            Some(other) => {
                let value = other.strip_prefix(name).and_then(|rest| rest.strip_prefix(": ")).unwrap_or(other);
                differing.insert(name.to_owned(), value.to_owned());
            }
            None => {
                differing.insert(name.to_owned(), ENDED.to_owned());
                break;
            }
        }
    }
    differing
}

/// The programs that `withe run` is tested with.
pub fn programs() -> Outcome {
    let folder = hosted("programs")?;
    for (name, words) in PROGRAMS {
        let program = Program::new(&folder, name, &fixtures("run").join(format!("{name}.wat")))?;
        let expected = program.ran(&mut program.wasmtime(words))?;
        for (host, node) in hosts()? {
            let mut found = program.ran(&mut program.on(host, &node.program()?, words))?;
            if name == "surroundings" {
                // The name of the program is the host's.
                found.1 = found.1.replacen("prober", &program.component, 1);
            }
            assert_eq!(found, expected, "{name}: {host:?} on {}", node.name());
        }
    }
    Ok(())
}

/// A program of Go as it comes, which speaks preview1.
pub fn stock_go() -> Outcome {
    let (program, expected) = go_surveyor()?;
    for (host, node) in hosts()? {
        let found = program.ran(&mut program.on(host, &node.program()?, WORDS))?;
        assert_eq!(&found.1, expected, "{host:?} on {}", node.name());
    }
    Ok(())
}

/// What programs are told on a page, too.
const WORDS: &[&str] = &["a", "b c"];

/// The program `fixtures/guests/go-surveyor`, made once, and what it prints in `withe run`.
fn go_surveyor() -> Result<&'static (Program, String), Trouble> {
    static MADE: OnceLock<Result<(Program, String), Trouble>> = OnceLock::new();
    let made = MADE.get_or_init(|| {
        let text = read_text(&fixtures("guests").join("go-surveyor/main.go"))?;
        let module = testing::go::module("go-surveyor", &[("main.go", &text)])?;
        testing::tool::run(Go::Machine.command(&module, On::Wasm)?.args(["build", "-o", "surveyor.wasm", "."]))?;
        let program = Program::new(&hosted("go")?, "surveyor", &module.join("surveyor.wasm"))?;
        let (status, printed) = program.ran(&mut program.wasmtime(WORDS))?;
        assert!(status == Some(0) && printed.ends_with("goroutine: 16\n"), "{status:?} {printed}");
        Ok((program, printed))
    });
    made.as_ref().map_err(Clone::clone)
}

/// Puts the program of Go into a folder for a page, and what it prints there, where the input is one line.
pub fn go_on_a_page(folder: &Path) -> Outcome {
    let (program, printed) = go_surveyor()?;
    let component = program.folder.join(&program.component).display().to_string();
    withe(folder, &["transpile", &component, "--name", "go", "-o", "go", "--wasi", "inline"])?;
    std::fs::write(folder.join("go.txt"), printed.replace("lines: 20000\n", "lines: 1\n"))?;
    Ok(())
}

/// A program that waits for input and for a time at once sees each as it comes, where the system lets it look.
pub fn input_as_it_comes() -> Outcome {
    if !cfg!(target_os = "linux") {
        return Err(Trouble::MissingTool("only Linux lets a program look whether input has come".to_owned()));
    }
    let prober = prober()?;
    for node in nodes()? {
        talk(prober.on(Host::Memory, &node.program()?, &["input"]))?;
    }
    Ok(())
}

fn talk(mut command: Command) -> Outcome {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(Trouble::Failed("no pipes".to_owned()));
    };
    let watch = stopped_in_time(child);
    let mut lines = BufReader::new(output).lines();
    let mut expect = |wanted: &str| -> Outcome {
        let found = lines.next().transpose()?;
        if found.as_deref() == Some(wanted) { Ok(()) } else { Err(Trouble::Failed(format!("{found:?}, not {wanted}"))) }
    };
    for word in ["one", "two"] {
        expect("nothing yet")?;
        input.write_all(word.as_bytes())?;
        expect(&format!("{word:?}"))?;
    }
    expect("nothing yet")?;
    drop(input);
    expect("\"\"")?;
    watch.join().map_err(|_| Trouble::Failed("the watch panicked".to_owned()))
}

/// Stops a process that does not end, so that whoever reads from it goes on.
fn stopped_in_time(mut child: Child) -> std::thread::JoinHandle<()> {
    std::thread::spawn(move || {
        for _ in 0..600 {
            if !matches!(child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        let _ = child.kill();
    })
}

/// Who reads slowly holds the program up, and nothing is lost.
pub fn output_is_taken_slowly() -> Outcome {
    const SIZE: usize = 3_000_000;
    let folder = hosted("slowly")?;
    let program = Program::new(&folder, "cat", &fixtures("run").join("cat.wat"))?;
    let text: Vec<u8> = (0..SIZE).map(|at| b'a' + u8::try_from(at % 26).unwrap_or_default()).collect();
    for node in nodes()? {
        let mut command = program.on(Host::Memory, &node.program()?, &[]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let (Some(mut input), Some(mut output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(Trouble::Failed("no pipes".to_owned()));
        };
        let given = text.clone();
        let writer = std::thread::spawn(move || input.write_all(&given));
        let watch = stopped_in_time(child);
        let (mut found, mut part) = (Vec::new(), vec![0; 100_000]);
        loop {
            let count = std::io::Read::read(&mut output, &mut part)?;
            if count == 0 {
                break;
            }
            found.extend_from_slice(&part[..count]);
            std::thread::sleep(Duration::from_millis(2));
        }
        writer.join().map_err(|_| Trouble::Failed("the writer panicked".to_owned()))??;
        watch.join().map_err(|_| Trouble::Failed("the watch panicked".to_owned()))?;
        assert!(found == text, "{}: {} bytes of {SIZE}", node.name(), found.len());
    }
    Ok(())
}

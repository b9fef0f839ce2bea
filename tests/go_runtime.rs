//! What all Go bindings share, in real components: the tests of the package `rt`, and values of every type between two
//! programs, after which nothing is in use any more.
#![expect(clippy::disallowed_methods, reason = "tests write the files of their cases")]

use std::path::Path;
use std::process::ExitCode;

use testing::cases::Suite;
use testing::{Outcome, Trouble, fixtures, read_text, root, scratch, target_folder, tool};
use withe::{Exit, Io};

fn main() -> ExitCode {
    Suite::new()
        .test("runtime/memory", memory)
        .test("runtime/every-type", every_type)
        .test("runtime/misuse", misuse)
        .run()
}

/// The tests of `templates/go/rt`, with the arena that `wrap` makes of it.
fn memory() -> Outcome {
    let folder = scratch("go-runtime")?;
    let source = fixtures("go/runtime");
    bindings(&folder, &source.join("tests.wit"), "tests")?;
    let program = folder.join("tests");
    std::fs::copy(source.join("main.go"), program.join("main.go"))?;
    let rt = program.join("internal/rt");
    std::fs::copy(source.join("testing.go"), rt.join("testing.go"))?;
    let tests = read_text(&root().join("templates/go/rt/rt_test.go"))?;
    std::fs::write(rt.join("list.go"), list(&tests))?;
    let tests = tests
        .replace("\t\"testing\"\n", "")
        .replace("*testing.T", "*T")
        .replace("testing.AllocsPerRun", "allocsPerRun");
    std::fs::write(rt.join("tests.go"), tests)?;
    component(&folder, "tests")?;
    match command(&folder, &["call", "tests.wasm", "run(\"\")"])?.trim() {
        "\"\"" => Ok(()),
        failed => Err(Trouble::Failed(failed.replace("\\n", "\n"))),
    }
}

/// The functions that are tests.
fn list(tests: &str) -> String {
    let names = tests.lines().filter_map(|line| line.strip_prefix("func Test")?.split_once('(')).map(|(name, _)| name);
    let each: String = names.map(|name| format!("\t{{\"{name}\", Test{name}}},\n")).collect();
    format!("package rt\n\nvar Tests = []Test{{\n{each}}}\n")
}

fn every_type() -> Outcome {
    let folder = scratch("go-every-type")?;
    let source = fixtures("go/every-type");
    for world in ["caller", "callee"] {
        bindings(&folder, &source.join("types.wit"), world)?;
        std::fs::copy(source.join(format!("{world}.go")), folder.join(world).join("main.go"))?;
        component(&folder, world)?;
    }
    command(&folder, &["plug", "caller.wasm", "callee.wasm", "-o", "both.wasm"])?;
    let said = command(&folder, &["call", "both.wasm", "run()"])?;
    let drops = |line: &str| said.lines().filter(|said| *said == line).count();
    let expected = "{Live:0 Chunks:0 Blocks:0} handles 0";
    if said.contains(expected) && drops("dropped 1") == 20 && drops("dropped 9") == 20 {
        return Ok(());
    }
    Err(Trouble::Failed(format!("expected 20 drops of each kind and `{expected}`, and it says: {said}")))
}

/// What a program does wrong with resources ends in a message of Go's and a trap, and so does a call of a component that
/// never named what implements it; nothing goes on with another's memory.
fn misuse() -> Outcome {
    let folder = scratch("go-misuse")?;
    let source = fixtures("go/misuse");
    bindings(&folder, &source.join("misuse.wit"), "misuse")?;
    std::fs::copy(source.join("main.go"), folder.join("misuse/main.go"))?;
    component(&folder, "misuse")?;
    // Go says it on the standard error of the process.
    let call = |words: &[&str]| {
        let mut withe = tool::command(env!("CARGO_BIN_EXE_withe"))?;
        let output = withe.arg("call").args(words).current_dir(&folder).output()?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ok::<_, Trouble>((output.status.success(), text(&output.stdout) + &text(&output.stderr)))
    };
    let (works, said) = call(&["misuse.wasm", "dropped-twice()", "dropped-twice()"])?;
    if !works || said.trim() != "true\ntrue" {
        return Err(Trouble::Failed(said));
    }
    let never_exported = "misuse: call misuse.Export in an init function: dropped-twice was called before it";
    let cases: [(&[&str], &str); 3] = [
        (&["misuse.wasm", "used-afterwards()"], "withe: a resource is used after it was dropped"),
        (&["misuse.wasm", "never-made()"], "withe: a resource is used that was made without its constructor"),
        (&["--env", "EXPORT=no", "misuse.wasm", "dropped-twice()"], never_exported),
    ];
    for (words, expected) in cases {
        let (works, said) = call(words)?;
        let trace = ["goroutine ", "run/trap", &format!("panic: {expected}")].map(|part| said.contains(part));
        if works || trace.contains(&false) {
            return Err(Trouble::Failed(format!("{words:?}, expected `{expected}`: {said}")));
        }
    }
    Ok(())
}

/// Writes the bindings of a world to the folder of its name.
fn bindings(folder: &Path, wit: &Path, world: &str) -> Outcome {
    let wit = wit.display().to_string();
    command(folder, &["bindgen", "go", &wit, "-w", world, "-o", world, "--module", "guest"])?;
    Ok(())
}

/// Makes `NAME.wasm` of the program in the folder of that name.
fn component(folder: &Path, name: &str) -> Outcome {
    let cache = target_folder().join("guests/go-cache");
    let module = format!("../{name}.core.wasm");
    let mut go = tool::command("go")?;
    go.current_dir(folder.join(name)).env("GOOS", "wasip1").env("GOARCH", "wasm").env("GOCACHE", cache);
    go.env("GOPROXY", "off").env("GOWORK", "off").env("GOFLAGS", "-mod=mod -trimpath -buildvcs=false");
    tool::run(go.args(["build", "-buildmode=c-shared", "-o", &module, "."]))?;
    command(folder, &["wrap", &format!("{name}.core.wasm"), "-o", &format!("{name}.wasm")])?;
    Ok(())
}

/// What a command says.
fn command(folder: &Path, words: &[&str]) -> Result<String, Trouble> {
    let mut io = Io::captured(folder);
    let words = std::iter::once("withe").chain(words.iter().copied()).map(str::to_owned);
    if withe::run(words, &mut io) == Exit::OK { Ok(io.stdout.text()) } else { Err(Trouble::Failed(io.stderr.text())) }
}

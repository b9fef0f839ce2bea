//! The app of `fixtures/apps/todo`, from the first command to the last, and the page of `fixtures/apps/greeter-page`.
//!
//! In: both projects as they are; Go, Rust, componentize-py, a browser. Out: what the app's README tells is done, command
//! by command, and what comes of it is looked at: bytes, tests, answers over HTTP.
//! Holds: a command of the README that no step here does fails the test, as does a step that the README does not tell.
#![expect(clippy::disallowed_methods, reason = "tests start programs and write files")]

#[expect(dead_code, reason = "the tests of `serve` ask for more")]
#[path = "serve/client.rs"]
mod client;
#[path = "todo/page.rs"]
mod page;
#[path = "todo/project.rs"]
mod project;
#[path = "todo/service.rs"]
mod service;
#[path = "todo/told.rs"]
mod told;

use std::process::ExitCode;
use std::sync::OnceLock;

use project::Project;
use testing::cases::Suite;
use testing::registry::{Daemon, Setup};
use testing::{Outcome, Trouble, fixtures, read, read_text, root};
use told::Told;

/// What signs tokens here.
const SECRET: &str = "only for tests, and long enough";

fn main() -> ExitCode {
    let suite = Suite::new()
        .test("todo/two_folders_have_the_same_bytes", two_folders_have_the_same_bytes)
        .test("todo/a_command_is_reused_only_for_the_same_inputs", a_command_is_reused_only_for_the_same_inputs)
        .test("todo/from_the_first_command_to_the_last", from_the_first_command_to_the_last)
        .test("todo/the_readme_of_withe_tells_the_same", the_readme_of_withe_tells_the_same);
    page::tests(suite).run()
}

/// The app, built in a folder.
fn built() -> Result<&'static Project, Trouble> {
    static BUILT: OnceLock<Result<(Project, Told), Trouble>> = OnceLock::new();
    let build = || {
        let project = Project::copy("todo", "one")?;
        let mut told = Told::of(&fixtures("apps/todo/README.md"))?;
        told.next(&project, "withe build")?;
        Ok((project, told))
    };
    BUILT.get_or_init(build).as_ref().map(|(project, _)| project).map_err(Clone::clone)
}

/// Rust, Go and Python; what is composed of them; and a second build that has nothing to do.
fn two_folders_have_the_same_bytes() -> Outcome {
    let one = built()?;
    let other = Project::copy("todo", "another/folder/with a space")?;
    other.run("withe build")?;
    for name in ["front", "auth", "store", "todo"] {
        let file = format!("target/withe/{name}.wasm");
        let (here, there) = (read(&one.folder.join(&file))?, read(&other.folder.join(&file))?);
        if here != there {
            let at = here.iter().zip(&there).position(|(a, b)| a != b);
            let sizes = (here.len(), there.len());
            return Err(format!("{file} differs from byte {at:?} on, of {sizes:?}").into());
        }
    }
    Ok(())
}

/// A command that never makes the same twice: its result stays for the same sources, wherever they are, and no longer.
fn a_command_is_reused_only_for_the_same_inputs() -> Outcome {
    let made = |folder: &str, reuse: bool, script: &str| -> Result<Vec<u8>, Trouble> {
        let project = Project::empty(&format!("todo-reuse/{folder}"))?;
        let manifest = format!(
            "[app]\nname = \"example:dice\"\nversion = \"0.1.0\"\n\n[components.one]\nlanguage = \"command\"\n\
             build = [\"sh\", \"make.sh\"]\noutput = \"one.wat\"\nreuse = {reuse}\n"
        );
        std::fs::create_dir_all(project.folder.join("one"))?;
        std::fs::write(project.folder.join("withe.toml"), manifest)?;
        std::fs::write(project.folder.join("one/make.sh"), script)?;
        project.run("withe build")?;
        read(&project.folder.join("target/withe/one.wasm"))
    };
    let script = "printf '(component (@custom \"n\" \"%s\"))' \"$(od -An -N16 -tx8 /dev/urandom)\" > one.wat\n";
    let first = made("a", true, script)?;
    let same = made("b/c", true, script)? == first;
    let changed = made("d", true, &format!("# changed\n{script}"))? == first;
    let unasked = made("e", false, script)? == made("f", false, script)?;
    if (same, changed, unasked) == (true, false, false) {
        Ok(())
    } else {
        Err(format!("the same sources {same}, others {changed}, without `reuse` {unasked}").into())
    }
}

fn from_the_first_command_to_the_last() -> Outcome {
    let project = built()?;
    let mut told = Told::of(&fixtures("apps/todo/README.md"))?;
    // Done by `built`.
    told.skip("withe build")?;
    build_and_test(project, &mut told)?;
    let token = service::serve(project, &mut told)?;
    look(project, &mut told)?;
    push_and_pull(project, &mut told, &token)?;
    deploy(project, &mut told)?;
    told.end()
}

fn build_and_test(project: &Project, told: &mut Told) -> Outcome {
    let said = told.next(project, "withe test")?;
    expect(&said, "11 tests in 3 files: all passed")?;
    told.next(project, "cd front && go test ./...")?;
    expect(&told.next(project, "cd store && cargo test")?, "test result: ok. 2 passed")?;
    told.next(project, "cd auth && python3 -m unittest").map(drop)
}

fn look(project: &Project, told: &mut Told) -> Outcome {
    let said = told.next(project, "withe inspect target/withe/todo.wasm --capabilities")?;
    for part in ["front", "auth", "store"] {
        expect(&said, part)?;
    }
    told.next(project, "withe graph target/withe/todo.wasm --as svg -o target/todo.svg")?;
    expect(&read_text(&project.folder.join("target/todo.svg"))?, "example:todo/store")?;
    told.next(project, "withe docs wit -o target/docs")?;
    expect(&read_text(&project.folder.join("target/docs/index.html"))?, "example:todo")
}

/// By Debian's registry: the same bytes come back, and are served from there.
fn push_and_pull(project: &Project, told: &mut Told, token: &str) -> Outcome {
    let registry = Daemon::start("todo-registry", &Setup::default())?;
    let here = |line: &str| line.replace("localhost:5000", &registry.host());
    let push = "withe push target/withe/todo.wasm localhost:5000/example/todo:0.1.0";
    told.next_as(project, push, &here(push))?;
    let pull = "withe pull localhost:5000/example/todo:0.1.0 -o target/pulled.wasm";
    told.next_as(project, pull, &here(pull))?;
    let bytes = |file: &str| read(&project.folder.join("target").join(file));
    if bytes("pulled.wasm")? != bytes("withe/todo.wasm")? {
        return Err("what comes back is not what was pushed".into());
    }
    let line = "withe serve oci://localhost:5000/example/todo:0.1.0 --env TODO_SECRET --dir data::/data:rw";
    told.skip(line)?;
    let service = service::Service::start(project, &here(line))?;
    // What the other one was told is still there.
    expect(&service.ask("GET", "/tasks", Some(token), "")?.text(), "task 49")?;
    service.end()
}

fn deploy(project: &Project, told: &mut Told) -> Outcome {
    for target in ["spin", "wadm", "k8s", "docker"] {
        let refused = match project.run(&format!("withe package --as {target}")) {
            Ok(said) => return Err(format!("{target} takes a folder to write to: {said}").into()),
            Err(Trouble::Failed(said)) => said,
            Err(trouble) => return Err(trouble),
        };
        expect(&refused, "deploy/grant")?;
        expect(&refused, "data::/data")?;
        if project.folder.join("target/withe/package").exists() {
            return Err(format!("{target}: something was written").into());
        }
    }
    let image = "--image localhost:5000/example/todo:0.1.0";
    let secret = "--env TODO_SECRET='sixteen characters or more'";
    for (target, flags, file) in [
        ("spin", format!("--env TODO_STORE=memory {secret}"), "spin.toml"),
        ("wadm", image.to_owned(), "wadm.yaml"),
        ("k8s", format!("{image} --env TODO_STORE=memory --env TODO_SECRET"), "deployment.yaml"),
        ("docker", format!("{image} --env TODO_STORE=memory --env TODO_SECRET"), "compose.yaml"),
    ] {
        told.next(project, &format!("withe package target/withe/todo.wasm --as {target} {flags} -o target/{target}"))?;
        expect(&read_text(&project.folder.join("target").join(target).join(file))?, "todo")?;
    }
    Ok(())
}

/// What the project's own README tells of it is told there as well.
fn the_readme_of_withe_tells_the_same() -> Outcome {
    let of_app = read_text(&fixtures("apps/todo/README.md"))?;
    let of_withe = read_text(&root().join("README.md"))?;
    let section = of_withe.split("\n## ").find(|section| section.starts_with("A whole app, from the first"));
    let section = section.ok_or("README.md has no section on the whole app")?;
    let blocks = section.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next());
    let mut count = 0;
    for line in blocks.flat_map(str::lines) {
        if !of_app.lines().any(|told| told == line) {
            return Err(format!("README.md tells `{line}`, which nobody has tried").into());
        }
        count += 1;
    }
    if count > 5 { Ok(()) } else { Err("README.md tells hardly anything".into()) }
}

fn expect(text: &str, wanted: &str) -> Outcome {
    if text.contains(wanted) { Ok(()) } else { Err(format!("`{wanted}` is not in:\n{text}").into()) }
}

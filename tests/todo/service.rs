//! The app as a service: what its README tells, and what clients do that nobody told anything.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;

use testing::{Outcome, Trouble};

use super::client::{Answer, Client};
use super::expect;
use super::project::Project;
use super::told::Told;

/// `withe serve`, until it is dropped.
pub struct Service {
    child: Child,
    pub address: SocketAddr,
}

impl Service {
    /// Starts a line that serves, on a port that is free.
    pub fn start(project: &Project, line: &str) -> Result<Self, Trouble> {
        // The shell gives way to it, so that what is ended is the service.
        let mut command = project.command(&format!("exec {line} --addr 127.0.0.1:0"));
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
        let stderr = child.stderr.take().ok_or("it has standard error")?;
        let (say, said) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                // The test may have ended.
                let _ = say.send(line);
            }
        });
        let mut before = String::new();
        loop {
            let Ok(line) = said.recv_timeout(Duration::from_secs(600)) else {
                let _ = child.kill();
                return Err(format!("it does not listen:\n{before}").into());
            };
            if let Some(address) = line.strip_prefix("listening on http://") {
                let address = address.parse().map_err(|_| format!("`{address}` is no address"))?;
                return Ok(Self { child, address });
            }
            before += &format!("{line}\n");
        }
    }

    /// One request, and its answer.
    pub fn ask(&self, method: &str, target: &str, token: Option<&str>, body: &str) -> Result<Answer, Trouble> {
        let mut client = Client::new(self.address)?;
        let mut request = format!("{method} {target} HTTP/1.1\r\nhost: todo\r\n");
        if let Some(token) = token {
            request += &format!("authorization: Bearer {token}\r\n");
        }
        if !body.is_empty() {
            request += &format!("content-type: application/json\r\ncontent-length: {}\r\n", body.len());
        }
        client.send(format!("{request}\r\n{body}").as_bytes())?;
        client.answer(method)
    }

    /// Ends it as a user does, which has to end well.
    pub fn end(mut self) -> Outcome {
        std::process::Command::new("kill").args(["-s", "TERM", &self.child.id().to_string()]).status()?;
        let status = self.child.wait()?;
        if status.success() { Ok(()) } else { Err(format!("the service ends with {status}").into()) }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The part "Serve" of the README, and more.
pub fn serve(project: &Project, told: &mut Told) -> Result<String, Trouble> {
    told.skip("export TODO_SECRET='sixteen characters or more'")?;
    told.next(project, "mkdir -p data")?;
    let line = "withe serve";
    told.skip(line)?;
    let service = Service::start(project, line)?;
    let said = told.next(project, "withe call target/withe/auth.wasm 'issue(\"ada\", 86400)' --env TODO_SECRET")?;
    let token = said.trim().strip_prefix("ok(\"").and_then(|rest| rest.strip_suffix("\")"));
    let token = token.ok_or_else(|| format!("no token is in `{said}`"))?;
    curl(project, told, &service, token)?;
    clients(&service, token)?;
    many_at_once(&service, token)?;
    service.end()?;
    Ok(token.to_owned())
}

fn curl(project: &Project, told: &mut Told, service: &Service, token: &str) -> Outcome {
    let head = "-H \"Authorization: Bearer $TOKEN\"";
    for (line, answer) in [
        (
            format!("curl -s http://127.0.0.1:8080/tasks {head} --json '{{\"title\": \"buy milk\"}}'"),
            "{\"id\":1,\"title\":\"buy milk\",\"done\":false}\n",
        ),
        (format!("curl -s http://127.0.0.1:8080/tasks {head}"), "[{\"id\":1,\"title\":\"buy milk\",\"done\":false}]\n"),
        (
            format!("curl -s http://127.0.0.1:8080/tasks/1 {head} --json '{{\"done\": true}}' -X PATCH"),
            "{\"id\":1,\"title\":\"buy milk\",\"done\":true}\n",
        ),
        (format!("curl -s http://127.0.0.1:8080/tasks/1 {head} -X DELETE"), ""),
    ] {
        let run = format!("TOKEN={token}; {}", line.replace("127.0.0.1:8080", &service.address.to_string()));
        let said = told.next_as(project, &line, &run)?;
        if said != answer {
            return Err(format!("{line}: {said}").into());
        }
    }
    Ok(())
}

/// Requests that are refused, each with its reason.
fn clients(service: &Service, token: &str) -> Outcome {
    let (other, forged) = (format!("{token}0"), token.replace("ada", "eve"));
    let long = format!("{{\"title\": \"{}\"}}", "a".repeat(70_000));
    for (method, target, token, body, status, text) in [
        ("GET", "/", None, "", 200, "Tasks are at /tasks"),
        ("GET", "/tasks", None, "", 401, "a token is needed"),
        ("GET", "/tasks", Some(other.as_str()), "", 401, "the token is not valid"),
        ("GET", "/tasks", Some(&forged), "", 401, "the token is not valid"),
        ("POST", "/tasks", Some(token), "{\"title\": ", 400, "unexpected EOF"),
        ("POST", "/tasks", Some(token), "[1]", 400, "cannot unmarshal array"),
        ("POST", "/tasks", Some(token), "{\"title\": \" \"}", 422, "a title has at least one character"),
        ("POST", "/tasks", Some(token), &long, 413, "the body has more than 65536 bytes"),
        ("GET", "/tasks/1", Some(token), "", 404, "there is no such task"),
        ("GET", "/nothing", Some(token), "", 404, "page not found"),
        ("PUT", "/tasks", Some(token), "", 405, "Method Not Allowed"),
    ] {
        let answer = service.ask(method, target, token, body)?;
        if answer.status != status {
            return Err(format!("{method} {target} {body:.40}: {answer:?}").into());
        }
        expect(&answer.text(), text)?;
        let challenged = answer.headers.iter().any(|(name, _)| name == "www-authenticate");
        if challenged != (status == 401) {
            return Err(format!("{method} {target}: {answer:?}").into());
        }
    }
    Ok(())
}

/// Each request has instances of its own, and all work on the same files: every task is there once, under its own number.
fn many_at_once(service: &Service, token: &str) -> Outcome {
    const MANY: usize = 50;
    std::thread::scope(|scope| {
        let adding: Vec<_> = (0..MANY)
            .map(|at| {
                let body = format!("{{\"title\": \"task {at:02}\"}}");
                scope.spawn(move || service.ask("POST", "/tasks", Some(token), &body))
            })
            .collect();
        for thread in adding {
            let answer = thread.join().map_err(|_| "a client panicked")??;
            if answer.status != 201 {
                return Err(Trouble::Failed(format!("{answer:?}")));
            }
        }
        Ok(())
    })?;
    let list = service.ask("GET", "/tasks", Some(token), "")?.text();
    for at in 0..MANY {
        let title = format!("\"title\":\"task {at:02}\"");
        if list.matches(&title).count() != 1 {
            return Err(format!("{title} is not there once: {list}").into());
        }
        // The first number was given to a task that is gone.
        let id = format!("\"id\":{},", at + 2);
        if list.matches(&id).count() != 1 {
            return Err(format!("{id} is not there once: {list}").into());
        }
    }
    Ok(())
}

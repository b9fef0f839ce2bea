//! What `run` and `call` share: the guest's grants, limits and streams, from the command line and `Io`.

use serde_json::{Value, json};
use verify::{Grants, Input, Limits, Output, Stdio, Stub, Usage};

use crate::Io;
use crate::cli::{Format, GrantArgs, LimitArgs};
use crate::io::{Stdin, Stream};

/// Which verb asks: only `run` hands on the standard input of its caller unasked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    Run,
    Call,
}

/// The last part of a path: what a program finds as its own name.
pub fn file_name(name: &str) -> String {
    name.rsplit('/').next().unwrap_or(name).to_owned()
}

pub fn grants(args: &GrantArgs, io: &Io) -> Grants {
    let dirs = args.dir.iter().cloned().map(|mut dir| {
        dir.host = io.resolve(&dir.host);
        dir
    });
    let env = args.env.iter().filter_map(|(name, value)| {
        let value = value.clone().or_else(|| io.env.var(name))?;
        Some((name.clone(), value))
    });
    Grants {
        dirs: dirs.collect(),
        env: env.collect(),
        args: Vec::new(),
        clock: args.clock,
        random: args.random,
        listen: args.listen.clone(),
        connect: args.connect.clone(),
        http_allow: args.http_allow.clone(),
    }
}

pub fn limits(args: &LimitArgs) -> Limits {
    Limits { fuel: args.fuel, timeout: args.timeout, memory: args.memory, usage: args.usage, signals: false }
}

pub fn stub(args: &GrantArgs) -> Stub {
    match args.stub {
        Some(_) => Stub::Trap,
        None => Stub::Refuse,
    }
}

pub fn stdio(args: &GrantArgs, caller: Caller, io: &Io) -> Stdio {
    let granted = match caller {
        Caller::Run => !args.no_stdin,
        Caller::Call => args.stdin,
    };
    let stdin = match &io.stdin {
        _ if !granted => Input::Closed,
        Stdin::Process => Input::Inherit,
        Stdin::Bytes(bytes) => Input::Bytes(bytes.clone()),
    };
    Stdio { stdin, stdout: output(&io.stdout), stderr: output(&io.stderr) }
}

fn output(stream: &Stream) -> Output {
    match stream {
        Stream::ProcessOut => Output::Stdout,
        Stream::ProcessErr => Output::Stderr,
        Stream::Captured(bytes) => Output::Memory(bytes.clone()),
    }
}

/// Says what was used, on standard error; with JSON, the document has it.
pub fn report_usage(args: &LimitArgs, usage: Option<Usage>, io: &mut Io) {
    if args.usage && io.format != Format::Json {
        let used = usage.map_or_else(|| "unknown, the guest was left behind".to_owned(), |usage| usage.to_string());
        // There is nobody to tell that standard error is closed.
        let _ = io.stderr.write(format!("used: {used}\n").as_bytes());
    }
}

/// What was used: fuel, where it was counted, in the engine's instructions, time in milliseconds, memory in bytes.
pub fn usage_as_json(usage: Option<Usage>) -> Value {
    let Some(Usage { fuel, time, memory }) = usage else { return Value::Null };
    json!({ "fuel": fuel, "milliseconds": time.as_secs_f64() * 1000.0, "memory": memory })
}

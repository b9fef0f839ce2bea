//! What each function of WASI touches.
//!
//! In: an interface without its version, and a function. Out: `Meaning`.
//! Holds: 0.2 and 0.3 share these tables, since a name that both have means the same; a function that only acts on what
//! another one gave (a stream, a pollable, a header) touches nothing by itself; each function of the built-in WASI has
//! a row, which a test asserts.

use super::Capability as Cap;

/// What a function touches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meaning {
    pub touches: &'static [Touched],
    /// Whether it gives open files.
    pub opens_files: bool,
}

/// One capability of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Touched {
    pub capability: Cap,
    /// It acts on a file that something has opened, not on a folder that was granted.
    pub needs_open_file: bool,
}

const NOTHING: Meaning = Meaning { touches: &[], opens_files: false };

/// `touches!(A, B)`: without a condition; `touches!(open A, B)`: of files that are open.
macro_rules! touches {
    (open $($cap:ident),*) => {
        Meaning { touches: &[$(Touched { capability: Cap::$cap, needs_open_file: true }),*], opens_files: false }
    };
    ($($cap:ident),*) => {
        Meaning { touches: &[$(Touched { capability: Cap::$cap, needs_open_file: false }),*], opens_files: false }
    };
}

const OPENS: Meaning = Meaning { opens_files: true, ..touches!(ReadFiles) };

/// What a function of an interface touches; `func` is as it is imported, `[method]descriptor.read`.
pub fn meaning(interface: &str, func: &str) -> Meaning {
    let Some(rest) = interface.strip_prefix("wasi:") else { return touches!(Custom) };
    let known = match rest {
        "filesystem/types" => files(func),
        "filesystem/preopens" if func == "get-directories" => Some(NOTHING),
        "sockets/network" | "sockets/instance-network" | "sockets/tcp-create-socket" | "sockets/udp-create-socket" => {
            Some(NOTHING)
        }
        "sockets/ip-name-lookup" => look_up(func),
        "sockets/tcp" | "sockets/udp" | "sockets/types" => sockets(func),
        "http/outgoing-handler" | "http/handler" if func == "handle" => Some(touches!(SendHttp)),
        "http/client" if func == "send" => Some(touches!(SendHttp)),
        // These act on what came in, or on what a handler is given.
        "http/types" | "io/error" | "io/poll" | "io/streams" => Some(NOTHING),
        _ => None,
    };
    known
        .or_else(|| command(rest, func))
        .or_else(|| clocks(rest, func))
        .or_else(|| drafts(rest, func))
        .unwrap_or(touches!(OtherWasi))
}

fn files(func: &str) -> Option<Meaning> {
    let Some(method) = func.strip_prefix("[method]descriptor.") else {
        let gives = ["[method]directory-entry-stream.read-directory-entry", "filesystem-error-code"];
        return gives.contains(&func).then_some(NOTHING);
    };
    Some(match method {
        "open-at" => OPENS,
        // A folder that was granted says its own times at most.
        "read" | "read-via-stream" | "stat" | "metadata-hash" => touches!(open ReadFiles),
        "read-directory" | "stat-at" | "readlink-at" | "metadata-hash-at" => touches!(ReadFiles),
        "write" | "write-via-stream" | "append-via-stream" | "set-size" => touches!(open WriteFiles),
        "set-times"
        | "set-times-at"
        | "create-directory-at"
        | "link-at"
        | "remove-directory-at"
        | "rename-at"
        | "symlink-at"
        | "unlink-file-at" => touches!(WriteFiles),
        "advise" | "sync" | "sync-data" | "get-flags" | "get-type" | "is-same-object" => NOTHING,
        _ => return None,
    })
}

fn look_up(func: &str) -> Option<Meaning> {
    Some(match func {
        "resolve-addresses" => touches!(NameLookup),
        "[method]resolve-address-stream.resolve-next-address" | "[method]resolve-address-stream.subscribe" => NOTHING,
        _ => return None,
    })
}

fn sockets(func: &str) -> Option<Meaning> {
    let (resource, method) = func.split_once(']')?.1.split_once('.')?;
    let is_about_itself = ["get-", "set-"].iter().any(|prefix| method.starts_with(prefix))
        || [
            "local-address",
            "remote-address",
            "address-family",
            "is-listening",
            "keep-alive-enabled",
            "keep-alive-idle-time",
            "keep-alive-interval",
            "keep-alive-count",
            "hop-limit",
            "unicast-hop-limit",
            "receive-buffer-size",
            "send-buffer-size",
            "subscribe",
            "create",
            "bind",
            "start-bind",
            "finish-bind",
        ]
        .contains(&method);
    Some(match (resource, method) {
        (_, _) if is_about_itself => NOTHING,
        ("tcp-socket", "connect" | "start-connect" | "finish-connect") => touches!(TcpConnect),
        ("tcp-socket", "listen" | "start-listen" | "finish-listen" | "accept") => touches!(TcpListen),
        ("tcp-socket", "send" | "receive" | "shutdown") => NOTHING,
        ("udp-socket", "stream" | "connect" | "disconnect" | "send" | "receive") => touches!(Udp),
        ("incoming-datagram-stream", "receive") | ("outgoing-datagram-stream", "send" | "check-send") => touches!(Udp),
        _ => return None,
    })
}

fn command(interface: &str, func: &str) -> Option<Meaning> {
    Some(match (interface, func) {
        ("cli/environment", "get-environment") => touches!(Environment),
        ("cli/environment", "get-arguments") => touches!(Arguments),
        ("cli/environment", "initial-cwd" | "get-initial-cwd") => touches!(WorkingFolder),
        ("cli/exit", "exit" | "exit-with-code") => touches!(Exit),
        ("cli/stdin", "get-stdin" | "read-via-stream") => touches!(Stdin),
        ("cli/stdout", "get-stdout" | "write-via-stream") => touches!(Stdout),
        ("cli/stderr", "get-stderr" | "write-via-stream") => touches!(Stderr),
        ("cli/terminal-stdin", "get-terminal-stdin")
        | ("cli/terminal-stdout", "get-terminal-stdout")
        | ("cli/terminal-stderr", "get-terminal-stderr") => touches!(Terminal),
        _ => return None,
    })
}

fn clocks(interface: &str, func: &str) -> Option<Meaning> {
    Some(match (interface, func) {
        ("clocks/wall-clock" | "clocks/system-clock", "now" | "resolution" | "get-resolution") => touches!(WallClock),
        (
            "clocks/monotonic-clock",
            "now" | "resolution" | "get-resolution" | "subscribe-instant" | "subscribe-duration" | "wait-until"
            | "wait-for",
        ) => touches!(MonotonicClock),
        ("clocks/timezone", "iana-id" | "utc-offset" | "to-debug-string" | "display") => touches!(TimeZone),
        ("random/random", "get-random-bytes" | "get-random-u64") => touches!(Random),
        ("random/insecure", "get-insecure-random-bytes" | "get-insecure-random-u64")
        | ("random/insecure-seed", "insecure-seed" | "get-insecure-seed") => touches!(InsecureRandom),
        _ => return None,
    })
}

fn drafts(interface: &str, func: &str) -> Option<Meaning> {
    Some(match (interface, func) {
        ("keyvalue/store", "open") => NOTHING,
        ("keyvalue/store", "[method]bucket.get" | "[method]bucket.exists" | "[method]bucket.list-keys")
        | ("keyvalue/batch", "get-many") => touches!(ReadKeyValue),
        ("keyvalue/store", "[method]bucket.set" | "[method]bucket.delete")
        | ("keyvalue/batch", "set-many" | "delete-many") => touches!(WriteKeyValue),
        ("keyvalue/atomics", "increment") => touches!(ReadKeyValue, WriteKeyValue),
        ("config/store", "get" | "get-all") => touches!(Configuration),
        ("logging/logging", "log") => touches!(Logging),
        ("tls/types", _) => touches!(Tls),
        _ => return None,
    })
}

/// What a function of preview1 touches. One function is for files and standard streams alike.
pub fn preview1_meaning(func: &str) -> Meaning {
    const READS: Meaning = Meaning {
        touches: &[
            Touched { capability: Cap::ReadFiles, needs_open_file: true },
            Touched { capability: Cap::Stdin, needs_open_file: false },
        ],
        opens_files: false,
    };
    const WRITES: Meaning = Meaning {
        touches: &[
            Touched { capability: Cap::WriteFiles, needs_open_file: true },
            Touched { capability: Cap::Stdout, needs_open_file: false },
            Touched { capability: Cap::Stderr, needs_open_file: false },
        ],
        opens_files: false,
    };
    match func {
        "args_get" | "args_sizes_get" => touches!(Arguments),
        "environ_get" | "environ_sizes_get" => touches!(Environment),
        "clock_res_get" | "clock_time_get" => touches!(WallClock, MonotonicClock),
        "poll_oneoff" => touches!(MonotonicClock),
        "random_get" => touches!(Random),
        "proc_exit" | "proc_raise" => touches!(Exit),
        "fd_read" => READS,
        "fd_write" => WRITES,
        "fd_pread" => touches!(open ReadFiles),
        "fd_pwrite" | "fd_filestat_set_size" | "fd_allocate" => touches!(open WriteFiles),
        "path_open" => OPENS,
        "fd_readdir" | "path_filestat_get" | "path_readlink" => touches!(ReadFiles),
        "fd_filestat_set_times"
        | "path_create_directory"
        | "path_filestat_set_times"
        | "path_link"
        | "path_remove_directory"
        | "path_rename"
        | "path_symlink"
        | "path_unlink_file" => touches!(WriteFiles),
        "sock_accept" => touches!(TcpListen),
        "fd_advise"
        | "fd_close"
        | "fd_datasync"
        | "fd_sync"
        | "fd_seek"
        | "fd_tell"
        | "fd_renumber"
        | "fd_filestat_get"
        | "fd_fdstat_get"
        | "fd_fdstat_set_flags"
        | "fd_fdstat_set_rights"
        | "fd_prestat_get"
        | "fd_prestat_dir_name"
        | "sched_yield"
        | "sock_recv"
        | "sock_send"
        | "sock_shutdown" => NOTHING,
        _ => touches!(OtherWasi),
    }
}

//! Tries to get at what it was not granted, in every way that WASI 0.2 has, and prints what it was told each time.
//!
//! Folders: `/ro` is granted read-only, `/rw` to be written. Arguments: the absolute path of a file outside, a port that
//! may be connected to, and one that may not.

mod everything;

use everything::exports::wasi::cli::run::Guest;
use everything::wasi::cli::{environment, stdin, stdout};
use everything::wasi::filesystem::preopens;
use everything::wasi::filesystem::types::{Descriptor, DescriptorFlags, NewTimestamp, OpenFlags, PathFlags};
use everything::wasi::http::outgoing_handler;
use everything::wasi::http::types::{ErrorCode, Fields, OutgoingRequest, Scheme};
use everything::wasi::sockets::network::{IpAddressFamily, IpSocketAddress, Ipv4SocketAddress, Ipv6SocketAddress};
use everything::wasi::sockets::{instance_network, ip_name_lookup, tcp_create_socket, udp_create_socket};

struct Escapes;

everything::export!(Escapes with_types_in everything);

const FOLLOW: PathFlags = PathFlags::SYMLINK_FOLLOW;

impl Guest for Escapes {
    fn run() -> Result<(), ()> {
        let arguments = environment::get_arguments();
        let [_, outside, granted, other] = arguments.as_slice() else { return Err(()) };
        let folders = preopens::get_directories();
        let folder = |name: &str| folders.iter().find(|(_, guest)| guest == name).map(|(folder, _)| folder).ok_or(());
        let (ro, rw) = (folder("/ro")?, folder("/rw")?);
        surroundings();
        reads(ro, rw, outside);
        writes_outside(rw, outside);
        across(ro, rw);
        writes_read_only(ro);
        sockets(granted.parse().map_err(|_| ())?, other.parse().map_err(|_| ())?);
        requests(granted, other);
        Ok(())
    }
}

/// Says what became of an attempt.
fn tried<T, E: core::fmt::Debug>(what: &str, result: Result<T, E>) {
    say(&match result {
        Ok(_) => format!("{what}: DONE"),
        Err(error) => format!("{what}: {error:?}"),
    });
}

fn say(line: &str) {
    let out = stdout::get_stdout();
    out.blocking_write_and_flush(format!("{line}\n").as_bytes()).expect("standard output is open");
}

fn surroundings() {
    say(&format!("variables: {:?}", environment::get_environment()));
    say(&format!("input: {:?}", stdin::get_stdin().blocking_read(100).map_err(|_| "closed")));
}

fn open(folder: &Descriptor, path: &str) -> Result<Descriptor, impl core::fmt::Debug + use<>> {
    folder.open_at(FOLLOW, path, NONE, DescriptorFlags::READ)
}

const NONE: OpenFlags = OpenFlags::empty();

fn reads(ro: &Descriptor, rw: &Descriptor, outside: &str) {
    for path in ["../outside/secret.txt", "sub/../../outside/secret.txt", "/etc/passwd", "..", "/", "./..", "sub/../.."]
    {
        tried(&format!("open {path}"), open(ro, path));
    }
    tried("open by its absolute path", open(ro, outside));
    for path in ["link", "absolute-link", "folder-link/secret.txt", "folder-link"] {
        tried(&format!("open through {path}"), open(ro, path));
    }
    tried("stat ..", ro.stat_at(FOLLOW, "../outside/secret.txt"));
    tried("stat through a link", ro.stat_at(FOLLOW, "link"));
    tried("hash ..", ro.metadata_hash_at(FOLLOW, "../outside/secret.txt"));
    tried("read a link outside", ro.readlink_at("../outside/link"));
    tried("make a link to a file outside", rw.symlink_at("../outside/secret.txt", "made"));
    tried("open through it", open(rw, "made"));
    tried("make a link to a folder outside", rw.symlink_at("../outside", "made-folder"));
    tried("open through it", open(rw, "made-folder/secret.txt"));
    tried("make a link to an absolute path", rw.symlink_at(outside, "made-absolute"));
    tried("open through it", open(rw, "made-absolute"));
    tried("rename a folder under a link", rw.rename_at("sub", rw, "made-folder/sub"));
}

fn writes_outside(rw: &Descriptor, outside: &str) {
    let create = |path: &str| rw.open_at(FOLLOW, path, OpenFlags::CREATE, DescriptorFlags::WRITE);
    for path in ["../outside/new.txt", "../outside/secret.txt", "made", "made-folder/new.txt", "made-absolute", outside]
    {
        let shown = if path == outside { "an absolute path" } else { path };
        tried(&format!("write {shown}"), create(path));
    }
    tried("make a folder", rw.create_directory_at("../outside/folder"));
    tried("make a folder through a link", rw.create_directory_at("made-folder/folder"));
    tried("remove a file", rw.unlink_file_at("../outside/secret.txt"));
    tried("remove a file through a link", rw.unlink_file_at("made-folder/secret.txt"));
    tried("remove a folder", rw.remove_directory_at("../outside/empty"));
    tried("rename out", rw.rename_at("mine.txt", rw, "../outside/mine.txt"));
    tried("rename in", rw.rename_at("../outside/secret.txt", rw, "secret.txt"));
    tried("link out", rw.link_at(PathFlags::empty(), "mine.txt", rw, "../outside/mine.txt"));
    tried("link in", rw.link_at(PathFlags::empty(), "../outside/secret.txt", rw, "secret.txt"));
    tried("link in, following", rw.link_at(FOLLOW, "made", rw, "secret.txt"));
    tried("make a link outside", rw.symlink_at("mine.txt", "../outside/link-made"));
    tried("set times", rw.set_times_at(FOLLOW, "../outside/secret.txt", NewTimestamp::Now, NewTimestamp::Now));
    tried("set times through a link", rw.set_times_at(FOLLOW, "made", NewTimestamp::Now, NewTimestamp::Now));
}

/// From one grant to another of other rights: a link would give rights that the first does not have.
fn across(ro: &Descriptor, rw: &Descriptor) {
    tried("rename from read-only", ro.rename_at("note.txt", rw, "note.txt"));
    tried("rename to read-only", rw.rename_at("mine.txt", ro, "mine.txt"));
    tried("link from read-only", ro.link_at(PathFlags::empty(), "note.txt", rw, "note.txt"));
    tried("link to read-only", rw.link_at(PathFlags::empty(), "mine.txt", ro, "mine.txt"));
}

fn writes_read_only(ro: &Descriptor) {
    let (now, write) = (NewTimestamp::Now, DescriptorFlags::WRITE);
    tried("ro: create", ro.open_at(FOLLOW, "new.txt", OpenFlags::CREATE, write));
    tried("ro: create to read", ro.open_at(FOLLOW, "new.txt", OpenFlags::CREATE, DescriptorFlags::READ));
    tried("ro: open to write", ro.open_at(FOLLOW, "note.txt", NONE, write));
    tried("ro: open to cut", ro.open_at(FOLLOW, "note.txt", OpenFlags::TRUNCATE, DescriptorFlags::READ));
    let change = DescriptorFlags::READ | DescriptorFlags::MUTATE_DIRECTORY;
    tried("ro: open a folder to change it", ro.open_at(FOLLOW, "sub", OpenFlags::DIRECTORY, change));
    tried("ro: make a folder", ro.create_directory_at("folder"));
    tried("ro: remove a folder", ro.remove_directory_at("sub"));
    tried("ro: remove a file", ro.unlink_file_at("note.txt"));
    tried("ro: rename", ro.rename_at("note.txt", ro, "other.txt"));
    tried("ro: link", ro.link_at(PathFlags::empty(), "note.txt", ro, "other.txt"));
    tried("ro: make a symbolic link", ro.symlink_at("note.txt", "other.txt"));
    tried("ro: set times of a folder", ro.set_times(now, now));
    tried("ro: set times by path", ro.set_times_at(FOLLOW, "note.txt", now, now));
    let Ok(note) = open(ro, "note.txt") else { return say("ro: it cannot be read") };
    tried("ro: set times of a file", note.set_times(now, now));
    tried("ro: cut", note.set_size(0));
    tried("ro: write", note.write(b"overwritten", 0));
    tried("ro: write by a stream", note.write_via_stream(0));
    tried("ro: append by a stream", note.append_via_stream());
    let Ok(sub) = ro.open_at(FOLLOW, "sub", OpenFlags::DIRECTORY, DescriptorFlags::READ) else {
        return say("ro: its folder cannot be read");
    };
    tried("ro: create in a folder of it", sub.open_at(FOLLOW, "new.txt", OpenFlags::CREATE, write));
    tried("ro: climb out of a folder of it", open(&sub, "../note.txt"));
}

fn v4(a: u8, b: u8, c: u8, d: u8, port: u16) -> IpSocketAddress {
    IpSocketAddress::Ipv4(Ipv4SocketAddress { port, address: (a, b, c, d) })
}

fn v6(address: [u16; 8], port: u16) -> IpSocketAddress {
    let [a, b, c, d, e, f, g, h] = address;
    IpSocketAddress::Ipv6(Ipv6SocketAddress { port, flow_info: 0, address: (a, b, c, d, e, f, g, h), scope_id: 0 })
}

fn family(address: &IpSocketAddress) -> IpAddressFamily {
    match address {
        IpSocketAddress::Ipv4(_) => IpAddressFamily::Ipv4,
        IpSocketAddress::Ipv6(_) => IpAddressFamily::Ipv6,
    }
}

fn sockets(granted: u16, other: u16) {
    let network = instance_network::instance_network();
    let connect = |address: IpSocketAddress| {
        let socket = tcp_create_socket::create_tcp_socket(family(&address))?;
        socket.start_connect(&network, address)?;
        socket.subscribe().block();
        socket.finish_connect().map(|_| ())
    };
    tried("connect to the granted address", connect(v4(127, 0, 0, 1, granted)));
    tried("connect to another port", connect(v4(127, 0, 0, 1, other)));
    tried("connect to another address", connect(v4(127, 0, 0, 2, granted)));
    tried("connect to any address", connect(v4(0, 0, 0, 0, granted)));
    tried("connect as IPv6", connect(v6([0, 0, 0, 0, 0, 0, 0, 1], granted)));
    tried("connect as IPv4 in IPv6", connect(v6([0, 0, 0, 0, 0, 0xffff, 0x7f00, 1], granted)));
    tried("connect as compatible IPv6", connect(v6([0, 0, 0, 0, 0, 0, 0x7f00, 1], granted)));
    let listen = |address: IpSocketAddress| {
        let socket = tcp_create_socket::create_tcp_socket(family(&address))?;
        socket.start_bind(&network, address)?;
        socket.finish_bind()?;
        socket.start_listen()?;
        socket.finish_listen()
    };
    tried("listen where it may connect", listen(v4(127, 0, 0, 1, granted)));
    tried("listen on another port", listen(v4(127, 0, 0, 1, other)));
    tried("listen anywhere", listen(v4(0, 0, 0, 0, 0)));
    tried("listen anywhere as IPv6", listen(v6([0; 8], 0)));
    let udp = |address: IpSocketAddress| {
        let socket = udp_create_socket::create_udp_socket(family(&address))?;
        socket.start_bind(&network, v4(0, 0, 0, 0, 0))?;
        socket.finish_bind()?;
        socket.stream(Some(address)).map(|_| ())
    };
    tried("send a datagram", udp(v4(127, 0, 0, 1, granted)));
    for name in ["localhost", "127.0.0.1", "example.com"] {
        tried(&format!("look up {name}"), look_up(&network, name));
    }
}

fn look_up(
    network: &everything::wasi::sockets::network::Network,
    name: &str,
) -> Result<(), everything::wasi::sockets::network::ErrorCode> {
    let answers = ip_name_lookup::resolve_addresses(network, name)?;
    answers.subscribe().block();
    answers.resolve_next_address().map(|_| ())
}

fn get(authority: &str, path: &str) -> Result<(u16, Option<String>), String> {
    let request = OutgoingRequest::new(Fields::new());
    request.set_scheme(Some(&Scheme::Http)).map_err(|()| "no scheme")?;
    request.set_authority(Some(authority)).map_err(|()| "no authority")?;
    request.set_path_with_query(Some(path)).map_err(|()| "no path")?;
    let short = |error: ErrorCode| format!("{error:?}").split(['(', ' ']).next().unwrap_or_default().to_owned();
    let answer = outgoing_handler::handle(request, None).map_err(short)?;
    answer.subscribe().block();
    let response = answer.get().ok_or("no answer")?.map_err(|()| "answered twice")?.map_err(short)?;
    let location = response.headers().get("location").pop().and_then(|value| String::from_utf8(value).ok());
    Ok((response.status(), location))
}

fn requests(granted: &str, other: &str) {
    tried("request to the granted host", get(&format!("127.0.0.1:{granted}"), "/"));
    let spellings = [
        "localhost:G",
        "[::1]:G",
        "[::ffff:127.0.0.1]:G",
        "[::ffff:7f00:1]:G",
        "127.1:G",
        "0x7f.1:G",
        "2130706433:G",
        "127.0.0.1.:G",
        "0177.0.0.1:G",
        "0.0.0.0:G",
        "127.0.0.1:O",
        "127.0.0.1",
        "127.0.0.1:G@localhost:O",
        "127.0.0.1@localhost:O",
        "localhost:O@127.0.0.1:G",
        "user@127.0.0.1:G",
    ];
    for spelling in spellings {
        let authority = spelling.replace('G', granted).replace('O', other);
        tried(&format!("request to {spelling}"), get(&authority, "/"));
    }
    match get(&format!("127.0.0.1:{granted}"), "/redirect") {
        Ok((_, Some(location))) => {
            let authority = location.trim_start_matches("http://").split('/').next().unwrap_or_default().to_owned();
            tried("request where it is redirected", get(&authority, "/"));
        }
        other => say(&format!("no redirect: {other:?}")),
    }
}

//! Uses each interface of WASI 0.2 as a program does, and prints what came of it; the same everywhere it is run.
//!
//! Folder: `/rw`, to be written. Argument: the port of a listener on 127.0.0.1 that answers each line with itself.

mod everything;

use everything::exports::wasi::cli::run::Guest;
use everything::wasi::cli::{environment, stderr, stdin, stdout, terminal_stdout};
use everything::wasi::clocks::{monotonic_clock, wall_clock};
use everything::wasi::filesystem::preopens;
use everything::wasi::filesystem::types::{
    Descriptor, DescriptorFlags, DescriptorType, ErrorCode, NewTimestamp, OpenFlags, PathFlags,
};
use everything::wasi::io::poll;
use everything::wasi::io::streams::{InputStream, StreamError};
use everything::wasi::random::{insecure, insecure_seed, random};
use everything::wasi::sockets::network::{IpAddressFamily, IpSocketAddress, Ipv4SocketAddress};
use everything::wasi::sockets::tcp::ShutdownType;
use everything::wasi::sockets::{instance_network, tcp_create_socket};

struct Parts;

everything::export!(Parts with_types_in everything);

impl Guest for Parts {
    fn run() -> Result<(), ()> {
        cli();
        files().expect("the file system does what it is asked for");
        clocks();
        randomness();
        io();
        if let Some(port) = environment::get_arguments().get(1) {
            sockets(port.parse().expect("a port")).expect("the listener answers");
        }
        // `err` gives the status 1.
        Err(())
    }
}

fn say(line: &str) {
    stdout::get_stdout().blocking_write_and_flush(format!("{line}\n").as_bytes()).expect("standard output is open");
}

fn read_all(stream: &InputStream) -> Vec<u8> {
    let mut all = Vec::new();
    loop {
        match stream.blocking_read(7) {
            Ok(bytes) => all.extend(bytes),
            Err(StreamError::Closed) => return all,
            Err(error) => panic!("{error}"),
        }
    }
}

fn cli() {
    say(&format!("arguments: {}", environment::get_arguments().len()));
    say(&format!("variables: {:?}", environment::get_environment()));
    say(&format!("terminal: {}", terminal_stdout::get_terminal_stdout().is_some()));
    say(&format!("input: {:?}", String::from_utf8(read_all(&stdin::get_stdin()))));
    stderr::get_stderr().blocking_write_and_flush(b"an error\n").expect("standard error is open");
}

fn files() -> Result<(), ErrorCode> {
    let folders = preopens::get_directories();
    let (folder, name) = folders.first().expect("a folder is granted");
    say(&format!("folder: {name}"));
    let (follow, read) = (PathFlags::SYMLINK_FOLLOW, DescriptorFlags::READ);
    folder.create_directory_at("new")?;
    let file = folder.open_at(follow, "new/file.txt", OpenFlags::CREATE, read | DescriptorFlags::WRITE)?;
    let stream = file.write_via_stream(0)?;
    stream.blocking_write_and_flush(b"first line\n").expect("the stream is open");
    drop(stream);
    file.append_via_stream()?.blocking_write_and_flush(b"second line\n").expect("the stream is open");
    say(&format!("text: {:?}", String::from_utf8(read_all(&file.read_via_stream(0)?))));
    say(&format!("part: {:?}", file.read(5, 6)?));
    file.set_size(5)?;
    say(&format!("size: {}", file.stat()?.size));
    file.set_times(
        NewTimestamp::NoChange,
        NewTimestamp::Timestamp(wall_clock::Datetime { seconds: 9, nanoseconds: 0 }),
    )?;
    say(&format!("changed: {:?}", file.stat()?.data_modification_timestamp.map(|time| time.seconds)));
    folder.link_at(PathFlags::empty(), "new/file.txt", folder, "linked.txt")?;
    say(&format!("links: {}", folder.stat_at(follow, "linked.txt")?.link_count));
    folder.symlink_at("linked.txt", "symbolic")?;
    say(&format!("link: {}", folder.readlink_at("symbolic")?));
    say(&format!("through it: {:?}", folder.stat_at(follow, "symbolic")?.type_));
    say(&format!("itself: {:?}", folder.stat_at(PathFlags::empty(), "symbolic")?.type_));
    folder.rename_at("linked.txt", folder, "renamed.txt")?;
    say(&format!("names: {:?}", names(folder)?));
    say(&format!("gone: {:?}", folder.open_at(follow, "linked.txt", OpenFlags::empty(), read).err()));
    say(&format!("not empty: {:?}", folder.remove_directory_at("new").err()));
    let again = folder.open_at(follow, "renamed.txt", OpenFlags::empty(), read)?;
    say(&format!("same: {}, {}", again.is_same_object(&file), again.metadata_hash()? == file.metadata_hash()?));
    file.sync()?;
    for path in ["new/file.txt", "renamed.txt", "symbolic"] {
        folder.unlink_file_at(path)?;
    }
    folder.remove_directory_at("new")?;
    say(&format!("left: {:?}", names(folder)?));
    Ok(())
}

fn names(folder: &Descriptor) -> Result<Vec<(String, DescriptorType)>, ErrorCode> {
    let entries = folder.read_directory()?;
    let mut names = Vec::new();
    while let Some(entry) = entries.read_directory_entry()? {
        names.push((entry.name, entry.type_));
    }
    names.sort();
    Ok(names)
}

fn clocks() {
    let (start, wall) = (monotonic_clock::now(), wall_clock::now());
    monotonic_clock::subscribe_duration(20_000_000).block();
    let end = monotonic_clock::now();
    say(&format!("slept: {}", end - start >= 20_000_000));
    monotonic_clock::subscribe_instant(end).block();
    say(&format!("after 2020: {}", wall.seconds > 1_577_836_800));
    say(&format!("resolutions: {}, {}", monotonic_clock::resolution() > 0, wall_clock::resolution().nanoseconds > 0));
}

fn randomness() {
    let bytes = random::get_random_bytes(64);
    say(&format!("bytes: {}, differ: {}", bytes.len(), bytes != random::get_random_bytes(64)));
    say(&format!("none: {:?}", random::get_random_bytes(0)));
    say(&format!("numbers differ: {}", random::get_random_u64() != random::get_random_u64()));
    say(&format!("insecure: {}", insecure::get_insecure_random_bytes(3).len()));
    say(&format!("insecure differ: {}", insecure::get_insecure_random_u64() != insecure::get_insecure_random_u64()));
    say(&format!("seed stays: {}", insecure_seed::insecure_seed() == insecure_seed::insecure_seed()));
}

fn io() {
    let late = monotonic_clock::subscribe_duration(3_600_000_000_000);
    let soon = monotonic_clock::subscribe_duration(1_000_000);
    say(&format!("ready: {:?}", poll::poll(&[&late, &soon])));
    say(&format!("late: {}", late.ready()));
    let out = stdout::get_stdout();
    out.blocking_write_zeroes_and_flush(2).expect("zeroes are written");
    say("");
    say(&format!("may write: {}", out.check_write().expect("it is open") > 0));
}

fn sockets(port: u16) -> Result<(), everything::wasi::sockets::network::ErrorCode> {
    let network = instance_network::instance_network();
    let socket = tcp_create_socket::create_tcp_socket(IpAddressFamily::Ipv4)?;
    let address = IpSocketAddress::Ipv4(Ipv4SocketAddress { port, address: (127, 0, 0, 1) });
    socket.start_connect(&network, address)?;
    socket.subscribe().block();
    let (input, output) = socket.finish_connect()?;
    say(&format!("connected: {}", socket.remote_address()? == address));
    output.blocking_write_and_flush(b"echo this\n").expect("it is open");
    socket.shutdown(ShutdownType::Send)?;
    say(&format!("echo: {:?}", String::from_utf8(read_all(&input))));
    Ok(())
}

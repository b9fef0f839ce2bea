//! Tries to get at what it was not granted with std, through preview1; prints what it was told each time.
//!
//! Folders: `/ro` is granted read-only, `/rw` to be written. Argument: the absolute path of a file outside.

use std::fs::{self, File, OpenOptions};
use std::io::Read as _;

fn main() {
    let outside = std::env::args().nth(1).expect("the path of a file outside");
    println!("variables: {:?}", std::env::vars().collect::<Vec<_>>());
    let mut input = String::new();
    println!("input: {:?}", std::io::stdin().read_to_string(&mut input));
    let paths = [
        "/ro/../outside/secret.txt",
        "/ro/sub/../../outside/secret.txt",
        "/etc/passwd",
        "../outside/secret.txt",
        "secret.txt",
        "/ro/link",
        "/ro/absolute-link",
        "/ro/folder-link/secret.txt",
        "/rw/../ro/../outside/secret.txt",
    ];
    for path in paths {
        tried(&format!("read {path}"), fs::read(path));
    }
    tried("read an absolute path", fs::read(&outside));
    tried("list /", fs::read_dir("/").map(|entries| entries.count()));
    tried("list /ro/..", fs::read_dir("/ro/..").map(|entries| entries.count()));
    tried("write outside", fs::write("/rw/../outside/new.txt", "new"));
    tried("write an absolute path", fs::write(&outside, "new"));
    tried("write through a link", fs::write("/ro/link", "new"));
    tried("make a folder outside", fs::create_dir("/rw/../outside/folder"));
    tried("remove outside", fs::remove_file("/rw/../outside/secret.txt"));
    tried("rename out", fs::rename("/rw/mine.txt", "/rw/../outside/mine.txt"));
    tried("link out", fs::hard_link("/rw/mine.txt", "/rw/../outside/mine.txt"));
    tried("rename from read-only", fs::rename("/ro/note.txt", "/rw/note.txt"));
    tried("link from read-only", fs::hard_link("/ro/note.txt", "/rw/note.txt"));
    tried("copy into read-only", fs::copy("/rw/mine.txt", "/ro/mine.txt"));
    tried("ro: create", File::create("/ro/new.txt"));
    tried("ro: append", OpenOptions::new().append(true).open("/ro/note.txt"));
    tried("ro: remove", fs::remove_file("/ro/note.txt"));
    tried("ro: make a folder", fs::create_dir("/ro/folder"));
    tried("ro: remove a folder", fs::remove_dir("/ro/sub"));
    tried("connect", std::net::TcpStream::connect("127.0.0.1:1"));
    tried("look up", std::net::ToSocketAddrs::to_socket_addrs("localhost:1").map(|all| all.count()));
    tried("start a process", std::process::Command::new("true").status());
}

fn tried<T>(what: &str, result: std::io::Result<T>) {
    match result {
        Ok(_) => println!("{what}: DONE"),
        Err(error) => println!("{what}: {:?}", error.kind()),
    }
}

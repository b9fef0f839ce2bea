//! Modules shaped as Go's linker shapes them, in text: each thing that the rewriting relies on is taken away in turn,
//! and whatever is damaged ends in a diagnostic or in a valid module.
#![expect(clippy::unwrap_used, reason = "tests unwrap")]

use abi::go_arena::{self as arena, field};
use testing::limits;
use testing::seeds::check;
use wasm::{CoreModule, DataImage};
use withe_encode::go;

/// Where the arena stands.
const HEADER: u32 = 1024;

/// What a module is made of; each test changes one thing.
#[derive(Clone)]
struct Guest {
    imports: Vec<(&'static str, &'static str)>,
    globals: usize,
    start: &'static str,
    grow_name: &'static str,
    grow: &'static str,
    pages: u32,
    header: u32,
    version: u32,
    size: u32,
    flags: u32,
    buffer: u32,
    more: String,
}

const CLOCK: &str = "(param i32 i64 i32) (result i32)";
const FOUR: &str = "(param i32 i32 i32 i32) (result i32)";
const TWO: &str = "(param i32 i32) (result i32)";

impl Default for Guest {
    fn default() -> Self {
        let imports = [
            ("sched_yield", "(result i32)"),
            ("clock_time_get", CLOCK),
            ("fd_write", FOUR),
            ("fd_write", FOUR),
            ("poll_oneoff", FOUR),
            ("proc_exit", "(param i32)"),
        ];
        Self {
            imports: imports.to_vec(),
            globals: 8,
            start: "_initialize",
            grow_name: arena::GROW,
            grow: FOUR,
            pages: 8,
            header: HEADER,
            version: 1,
            size: arena::BUFFER_SIZE,
            flags: arena::flag::GROW,
            buffer: 0,
            more: String::new(),
        }
    }
}

impl Guest {
    /// With asynchronous functions, one of which is exported.
    fn with_async() -> Self {
        let callback = "(func (export \"[callback][async-lift]run\") (param i32 i32 i32) (result i32) (i32.const 0))";
        let flags = arena::flag::GROW | arena::flag::ASYNC;
        let mut guest = Self { flags, more: callback.to_owned(), ..Self::default() };
        guest.imports.extend([("fd_read", FOUR), ("fd_fdstat_get", TWO)]);
        guest
    }

    fn bytes(&self) -> Vec<u8> {
        let imports: String = self.imports.iter().map(|(name, ty)| import(name, ty)).collect();
        let globals = "(global (mut i32) (i32.const 16))".repeat(self.globals);
        // Go's wrappers are the only functions that call an import.
        let calls: String = self.imports.iter().enumerate().map(|(index, (_, ty))| wrapper(index, ty)).collect();
        let text = format!(
            r#"(module {imports} (memory (export "memory") {pages}) {globals} {calls}
            (func (export "{start}") (drop (i32.const 16)))
            (func (export "{grow_name}") {grow} (i32.const 0))
            (data (i32.const {header}) "{data}") {more})"#,
            pages = self.pages,
            start = self.start,
            grow_name = self.grow_name,
            grow = self.grow,
            header = self.header,
            data = escaped(&self.header_bytes()),
            more = self.more,
        );
        wat::parse_str(&text).unwrap()
    }

    /// As Go's linker writes it: up to the last byte that is not 0.
    fn header_bytes(&self) -> Vec<u8> {
        let mut bytes = arena::MAGIC.to_vec();
        bytes.extend([self.version, self.size, self.flags].map(u32::to_le_bytes).concat());
        bytes.resize(field::BUFFER as usize, 0);
        bytes.extend(self.buffer.to_le_bytes());
        bytes.truncate(bytes.iter().rposition(|byte| *byte != 0).unwrap() + 1);
        bytes
    }

    /// What is said of it.
    fn refused(&self) -> String {
        let bytes = self.bytes();
        let Err(diagnostics) = go::rewrite(&read(&bytes)) else { return "nothing".to_owned() };
        let told = diagnostics.0.iter().map(|one| {
            assert!(!one.labels.is_empty() && one.help.is_some(), "{one:?}");
            let labels: Vec<&str> = one.labels.iter().map(|label| label.text.as_str()).collect();
            format!("{}: {}", one.code.0, labels.join("; "))
        });
        told.collect::<Vec<_>>().join("\n")
    }
}

/// The same, without an import.
fn without(name: &str, mut guest: Guest) -> Guest {
    guest.imports.retain(|(field, _)| *field != name);
    guest
}

fn import(name: &str, ty: &str) -> String {
    format!(r#"(import "wasi_snapshot_preview1" "{name}" (func {ty}))"#)
}

fn wrapper(index: usize, ty: &str) -> String {
    let count = ty.split('(').find(|part| part.starts_with("param")).map_or(0, |part| part.matches(" i").count());
    let locals: String = (0..count).map(|local| format!("(local.get {local})")).collect();
    format!("(func (export \"call{index}\") {ty} (call {index} {locals}))")
}

fn escaped(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("\\{byte:02x}")).collect()
}

fn read(bytes: &[u8]) -> CoreModule<'_> {
    wasm::read_module("guest.wasm", bytes).unwrap()
}

fn rewritten(bytes: &[u8]) -> Vec<u8> {
    let out = go::rewrite(&read(bytes)).unwrap().unwrap().into_contiguous().into_owned();
    wasm::validate(&out).unwrap();
    out
}

#[test]
fn a_module_gets_allocators_and_guards() {
    for (guest, guarded) in [(Guest::default(), vec![0, 1, 2, 3, 4]), (Guest::with_async(), vec![0, 1, 2, 3, 4, 6, 7])]
    {
        let before = guest.bytes();
        let after = rewritten(&before);
        let module = read(&after);
        let exports: Vec<&str> = module.exports.keys().copied().filter(|name| !name.contains("call")).collect();
        assert_eq!(exports, ["memory", "_initialize", "cabi_realloc", "cabi_realloc_adapter"]);
        assert_eq!(module.imports, read(&before).imports);
        // Each import is called by its guard alone, in a module that names nothing.
        let callers = wasm::callers(&module, &guarded);
        assert!(callers.iter().all(|one| one.count == 1 && one.names.is_empty()), "{callers:?}");
        assert_eq!(rewritten(&before), after, "the same bytes each time");
    }
}

/// `proc_exit` is the sixth import.
#[test]
fn a_library_cannot_end_the_process() {
    let callers = |more: &str| {
        let bytes = rewritten(&Guest { more: more.to_owned(), ..Guest::default() }.bytes());
        wasm::callers(&read(&bytes), &[5]).iter().map(|one| one.count).sum::<usize>()
    };
    assert_eq!(callers(""), 0);
    assert_eq!(callers(r#"(func (export "wasi:cli/run@0.2.3#run"))"#), 1);
    assert_eq!(callers(r#"(func (export "[async-lift]wasi:cli/run@0.3.0#run"))"#), 1);
}

#[test]
fn wide_exports_get_their_signature() {
    let wide = |name: &str| format!(r#"(func (export "{name}") (param i32) (result i32) (i32.const 0))"#);
    let more = wide("withe_wide.lfid.i.local:a/b#c") + r#"(func $named)"#;
    let bytes = rewritten(&Guest { more, ..Guest::default() }.bytes());
    let module = read(&bytes);
    assert_eq!(module.exported_func("local:a/b#c").unwrap().to_string(), "(func (param i64 f32 i32 f64) (result i32))");
    assert!(module.exports.keys().all(|name| !name.starts_with(arena::PRIVATE_PREFIX)));
    let names = wasm::Names::of(&module).functions;
    let mut names: Vec<&str> = names.into_values().filter(|name| name.starts_with("withe: ")).collect();
    names.sort_unstable();
    let guards = ["clock_time_get", "fd_write", "fd_write", "poll_oneoff", "proc_exit", "sched_yield"];
    let mut expected = vec!["withe: cabi_realloc".to_owned(), "withe: cabi_realloc_adapter".to_owned()];
    expected.extend(guards.map(|guard| format!("withe: guard of {guard}")));
    expected.push("withe: local:a/b#c".to_owned());
    assert_eq!(names, expected);

    let told = |more: String| Guest { more, ..Guest::default() }.refused();
    let unknown = "go/unexpected-module: this version of withe knows no such export of the bindings";
    for name in ["withe_other", "withe_wide.q..x", "withe_wide.i", &format!("withe_wide.{}..x", "l".repeat(17))] {
        assert_eq!(told(wide(name)), unknown, "{name}");
    }
    let taken = |name: &str| format!("go/unexpected-module: `{name}` is exported already");
    for name in ["cabi_realloc", "cabi_realloc_adapter", "memory"] {
        assert_eq!(told(wide(&format!("withe_wide.i.i.{name}"))), taken(name));
    }
    assert_eq!(told(wide("withe_wide.i.i.x") + &wide("withe_wide.l.i.x")), taken("x"));
    let expected = "go/unexpected-module: it is (func (param i32) (result i32)), not (func (param i32) (result i64))";
    assert_eq!(told(wide("withe_wide.i.l.x")), expected);
    let global = r#"(global (export "withe_wide.i..x") i32 (i32.const 0))"#;
    let other = Guest { more: global.to_owned(), globals: 7, ..Guest::default() }.refused();
    assert_eq!(other, "go/unexpected-module: it is no function, not (func (param i32))");
}

#[test]
fn the_header_says_where_the_buffer_is() {
    let bytes = rewritten(&Guest { header: 1028, ..Guest::default() }.bytes());
    let image = DataImage::of(&read(&bytes));
    let word = |field| image.word(1028 + field);
    let base = 1136;
    let end = 1028 + arena::HEADER_SIZE + arena::BUFFER_SIZE;
    assert_eq!([word(field::BASE), word(field::BUMP)], [base, base]);
    assert_eq!([word(field::TOP), word(field::PERM)], [end - arena::ADAPTER_SIZE, end]);
    assert_eq!([word(field::VERSION), word(field::SIZE), word(field::LIVE)], [1, arena::BUFFER_SIZE, 0]);

    let buffer = 196_616;
    let second = Guest { version: 2, buffer, ..Guest::default() };
    let bytes = rewritten(&second.bytes());
    let image = DataImage::of(&read(&bytes));
    let word = |field| image.word(HEADER + field);
    let end = buffer + arena::BUFFER_SIZE;
    assert_eq!([word(field::BASE), word(field::BUMP)], [196_624, 196_624]);
    assert_eq!([word(field::TOP), word(field::PERM)], [end - arena::ADAPTER_SIZE, end]);
    let claims = "go/unexpected-module: the arena at 0x400 claims 200704 bytes";
    for buffer in [0, 400_000, u32::MAX] {
        assert_eq!(Guest { buffer, ..second.clone() }.refused(), claims);
    }
}

#[test]
fn what_is_done_is_left_alone() {
    let once = rewritten(&Guest::default().bytes());
    assert!(go::rewrite(&read(&once)).unwrap().is_none());
    let about = go::about(&read(&once)).unwrap();
    assert!(about.is_rewritten && about.arena == Some(1) && about.toolchain.is_none());
    let plain = wat::parse_str(r#"(module (memory 1) (data (i32.const 0) "withe-go-arena"))"#).unwrap();
    assert!(go::rewrite(&read(&plain)).unwrap().is_none() && go::about(&read(&plain)).is_none());
}

#[test]
fn each_thing_that_is_relied_on_is_checked() {
    let guest = Guest::default;
    let mark = |at: u32| format!("(data (i32.const {at}) \"{}\")", escaped(&arena::MAGIC));
    let producers = |version: &str| format!(r#"(@producers (processed-by "Go cmd/compile" "{version}"))"#);
    let retyped = |ty: &'static str, mut guest: Guest| {
        guest.imports[1].1 = ty;
        guest
    };
    let realloc = r#"(func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 0))"#;
    let tinygo = r#"(func $tinygo_unwind)"#;
    let cases = [
        (guest(), "nothing"),
        (Guest { more: producers("go1.24"), ..guest() }, "nothing"),
        (Guest { more: producers("devel go1.28-abc"), ..guest() }, "nothing"),
        (Guest { more: producers("go1.23.4"), ..guest() }, "unsupported/go-toolchain: its linker notes go1.23.4"),
        (
            Guest { more: tinygo.into(), ..guest() },
            "unsupported/go-toolchain: the bindings in it are made for Go's own runtime",
        ),
        (Guest { more: mark(400_000), ..guest() }, "go/several-arenas: they stand at 0x400, 0x61a80"),
        (Guest { version: 3, ..guest() }, "go/arena-version: this version of withe knows versions up to 2"),
        (Guest { version: 0, ..guest() }, "go/arena-version: this version of withe knows versions up to 2"),
        (
            Guest { more: realloc.into(), ..guest() },
            "go/already-rewritten: Go's bindings get theirs when the module is wrapped",
        ),
        (Guest { start: "_start", ..guest() }, "go/not-a-library: it is a program, which ends when `main` does"),
        (Guest { start: "begin", ..guest() }, "go/not-a-library: it does not export `_initialize`"),
        (Guest { globals: 7, ..guest() }, "go/unexpected-module: it has 7 globals; Go's linker makes 8"),
        (Guest { globals: 9, ..guest() }, "go/unexpected-module: it has 9 globals; Go's linker makes 8"),
        (Guest { globals: 0, ..guest() }, "go/unexpected-module: it lacks one of the sections that Go's linker writes"),
        (
            Guest { grow: "(param i64) (result i32)", ..guest() },
            "go/unexpected-module: it is (func (param i64) (result i32)), not (func (param i32 i32 i32 i32) (result i32))",
        ),
        (Guest { flags: 0, grow_name: "grow", ..guest() }, "nothing"),
        (Guest { grow_name: "grow", ..guest() }, "go/unexpected-module: it does not export a function `withe_grow`"),
        (
            retyped(TWO, guest()),
            "go/unexpected-module: it is (func (param i32 i32) (result i32)), not (func (param i32 i64 i32) (result i32))",
        ),
        (
            without("poll_oneoff", guest()),
            "go/unexpected-module: it does not import `wasi_snapshot_preview1` `poll_oneoff`",
        ),
        (
            without("fd_read", Guest::with_async()),
            "go/unexpected-module: it does not import `wasi_snapshot_preview1` `fd_read`",
        ),
        (Guest { flags: 6, ..guest() }, "go/unexpected-module: the arena has unknown flags, 0x6"),
        (Guest { size: 4096, ..guest() }, "go/unexpected-module: the arena at 0x400 claims 4096 bytes"),
        (Guest { size: u32::MAX, ..guest() }, "go/unexpected-module: the arena at 0x400 claims 4294967295 bytes"),
        (Guest { pages: 3, ..guest() }, "go/unexpected-module: the arena at 0x400 claims 200704 bytes"),
        (Guest { header: 1026, ..guest() }, "go/unexpected-module: the arena at 0x402 is not aligned to 4 bytes"),
        (
            Guest { globals: 9, flags: 10, ..without("fd_write", guest()) },
            "go/unexpected-module: the arena has unknown flags, 0xa; it does not import `wasi_snapshot_preview1` \
             `fd_write`; it has 9 globals; Go's linker makes 8",
        ),
    ];
    for (guest, expected) in cases {
        assert_eq!(guest.refused(), expected);
    }
}

/// A program may have asynchronous bindings and link none of them, or only those of imports.
#[test]
fn a_program_without_tasks_needs_no_idle_descriptor() {
    let guest = Guest { more: String::new(), ..Guest::with_async() };
    rewritten(&without("fd_read", guest.clone()).bytes());
    rewritten(&without("fd_read", without("fd_fdstat_get", guest)).bytes());
}

#[test]
fn worlds_become_custom_sections_once() {
    let world = |at: u32, text: &[u8]| format!("(data (i32.const {at}) \"{}\")", escaped(&arena::world_text(text)));
    let more = [world(300_000, b"one\0\0\0\0\0\0\0\0\0\0end"), world(301_000, b"two"), world(302_000, b"two")].concat();
    let bytes = rewritten(&Guest { more, ..Guest::default() }.bytes());
    let module = read(&bytes);
    let sections: Vec<(&str, &[u8])> = module.metadata_sections().map(|custom| (custom.name, custom.data)).collect();
    assert_eq!(
        sections,
        [("component-type:go:1", &b"one\0\0\0\0\0\0\0\0\0\0end"[..]), ("component-type:go:2", b"two")]
    );
}

/// A linker that leaves out zeros cuts a world into pieces.
#[test]
fn worlds_are_read_by_address() {
    let mut text = arena::world_text(b"head0123456789tail");
    let tail = text.split_off(text.len() - 4);
    text.truncate(text.len() - 10);
    let address = 300_000 + 24 + 4 + 14;
    let more =
        format!("(data (i32.const 300000) \"{}\") (data (i32.const {address}) \"{}\")", escaped(&text), escaped(&tail));
    let bytes = rewritten(&Guest { more, ..Guest::default() }.bytes());
    let sections: Vec<Vec<u8>> = read(&bytes).metadata_sections().map(|custom| custom.data.to_vec()).collect();
    assert_eq!(sections, [b"head\0\0\0\0\0\0\0\0\0\0tail"]);
}

#[test]
fn damaged_worlds_are_told() {
    for (length, claims) in [(u32::MAX, "4294967295"), (0, "0"), (100_000, "100000")] {
        let mut text = arena::WORLD_MAGIC.to_vec();
        text.extend(length.to_le_bytes());
        let more = format!("(data (i32.const 300000) \"{}\")", escaped(&text));
        let told = Guest { more, ..Guest::default() }.refused();
        assert_eq!(told, format!("go/damaged-world: the one at 0x493e0 claims {claims} bytes"));
    }
}

/// A thousand worlds that all claim the whole memory cost neither time nor memory.
#[test]
fn what_worlds_claim_is_bounded() {
    let claim = |index: u32| {
        let mut text = arena::WORLD_MAGIC.to_vec();
        text.extend(60_000_000_u32.to_le_bytes());
        format!("(data (i32.const {}) \"{}\")", 300_000 + 64 * index, escaped(&text))
    };
    let guest = Guest { more: (0..1000).map(claim).collect(), pages: 1024, ..Guest::default() };
    let bytes = guest.bytes();
    let (result, took) = limits::timed(|| go::rewrite(&read(&bytes)).map(|_| ()));
    assert!(result.unwrap_err().0.iter().all(|one| one.code.0 == "go/damaged-world"));
    assert!(took < std::time::Duration::from_secs(5), "{took:?}");
}

#[test]
fn fuzz_go_modules() {
    let world = format!("(data (i32.const 300000) \"{}\")", escaped(&arena::world_text(b"some world")));
    let wide = r#"(func $named (export "withe_wide.lf.d.some") (param i32) (result f64) (f64.const 0))"#;
    let world = world + wide;
    let guests = [Guest { more: world, ..Guest::default() }, Guest::with_async()].map(|guest| guest.bytes());
    check("fuzz_go_modules", 3000, |random| {
        let original = random.pick(&guests);
        let bytes = random.mutate(original);
        let Ok(module) = wasm::read_module("guest.wasm", &bytes) else { return };
        let _ = (go::about(&module), go::no_bindings(&module));
        let was_valid = wasm::validate(&bytes).is_ok();
        match go::rewrite(&module) {
            Ok(Some(out)) => {
                let out = out.into_contiguous();
                // A call of a function that was not there may find one that was added.
                assert!(wasm::validate(&out).is_ok() || !was_valid);
            }
            Ok(None) => {}
            Err(diagnostics) => assert!(diagnostics.0.iter().all(|one| !one.labels.is_empty())),
        }
    });
}

//! An app: `front`, `greeter` and `store`, each in a language of its own, composed into one.
//!
//! In: what the front is, the languages. Out: the project.
//! Holds: the components know each other by `wit` alone, so that each comes in every language.

use super::templates::{File, MANIFEST, text};
use super::{Generated, Names, Project, Written};
use crate::cli::{AppFront, NewLang};

/// The components, in the order in which they call each other.
pub(super) const PARTS: [&str; 3] = ["front", "greeter", "store"];

/// A component in a language: files below its folder, and what it needs.
struct Piece {
    files: &'static [File],
    tools: &'static [&'static str],
}

/// The app under this name. The languages are those of `PARTS`; they begin anew where there are fewer.
pub(super) fn project(front: AppFront, langs: &[NewLang], names: &Names) -> Project {
    let mut langs = langs.iter().copied().cycle();
    let langs = PARTS.map(|_| langs.next().unwrap_or(NewLang::Rust));
    let mut project = Project {
        what: match front {
            AppFront::Http => "An app that serves HTTP",
            AppFront::Command => "An app that is run from the command line",
        },
        files: shared(front, langs, names),
        bindings: Vec::new(),
        tools: Vec::new(),
    };
    for (part, lang) in PARTS.into_iter().zip(langs) {
        let piece = piece(part, front, lang);
        project.files.extend(piece.files.iter().map(|file| written(file, part, names)));
        project.bindings.extend(generated(part, lang));
        project.tools.extend(piece.tools);
    }
    // A tool is needed once.
    let mut seen = std::collections::HashSet::new();
    project.tools.retain(|tool| seen.insert(*tool));
    project
}

pub(super) fn written(File(path, text, what): &File, part: &str, names: &Names) -> Written {
    let gen_folder = format!("example.com/{}/{part}/gen", names.name);
    let text = names.fill(text).replace("{{gen}}", &gen_folder).replace("{{world}}", part);
    Written { path: format!("{part}/{path}"), text: text.replace("{{component}}", part), what }
}

/// What stands beside the components' folders.
fn shared(front: AppFront, langs: [NewLang; 3], names: &Names) -> Vec<Written> {
    let (readme, tests) = match front {
        AppFront::Http => (text!("app/http/README.md"), text!("app/http/app.wave")),
        AppFront::Command => (text!("app/command/README.md"), text!("app/command/app.wave")),
    };
    let front_wit = match (front, langs[0]) {
        (AppFront::Http, NewLang::Rust | NewLang::Go | NewLang::Wat | NewLang::Js) => text!("app/http/front.wit"),
        (AppFront::Command, NewLang::Rust) => text!("app/command/front-rust.wit"),
        (AppFront::Command, NewLang::Go) => text!("app/command/front-go.wit"),
        (AppFront::Command, NewLang::Wat | NewLang::Js) => text!("app/command/front-wat.wit"),
    };
    // A program in Rust ends by an exit, which is no return.
    let failed = match langs[0] {
        NewLang::Rust => "exits 1",
        NewLang::Go | NewLang::Wat | NewLang::Js => "== err",
    };
    let manifest = PARTS.iter().zip(langs).fold(text!("app/withe.toml").to_owned(), |text, (part, lang)| {
        text.replace(&format!("{{{{{part}}}}}"), lang.name())
    });
    [
        ("README.md", readme, "how to build, change and check it"),
        ("withe.toml", &manifest, MANIFEST),
        ("tests/app.wave", &tests.replace("{{failed}}", failed), "what `withe test` expects"),
        ("wit/front.wit", front_wit, "what the front exports and imports: edit it"),
        ("wit/greeter.wit", text!("app/wit/greeter.wit"), "what the app does: edit it"),
        ("wit/store.wit", text!("app/wit/store.wit"), "what the app knows: edit it"),
        (".gitignore", text!("app/gitignore"), "what is made and not kept"),
    ]
    .into_iter()
    .map(|(path, text, what)| Written { path: path.to_owned(), text: names.fill(text), what })
    .collect()
}

fn generated(part: &str, lang: NewLang) -> Option<Generated> {
    match lang {
        NewLang::Rust => Some(Generated {
            command: format!("withe bindgen rust wit -w {part} -o {part}/src"),
            path: format!("{part}/src/{part}.rs"),
            what: "its bindings, generated from `wit`",
        }),
        NewLang::Go => Some(Generated {
            command: format!("withe bindgen go wit -w {part} -o {part}/gen"),
            path: format!("{part}/gen/{part}/{part}.go"),
            what: "its bindings, in packages below `gen`",
        }),
        NewLang::Wat | NewLang::Js => None,
    }
}

/// A component. `js` is refused before, since what it writes is no component.
fn piece(part: &str, front: AppFront, lang: NewLang) -> &'static Piece {
    let pieces = match lang {
        NewLang::Rust => &RUST,
        NewLang::Go => &GO,
        NewLang::Wat | NewLang::Js => &WAT,
    };
    match (part, front) {
        ("store", _) => &pieces.store,
        ("greeter", _) => &pieces.greeter,
        (_, AppFront::Http) => &pieces.http,
        (_, AppFront::Command) => &pieces.command,
    }
}

/// All that a language has.
struct Pieces {
    store: Piece,
    greeter: Piece,
    http: Piece,
    command: Piece,
}

const CRATE: &str = "its crate";
const MODULE: &str = "its module";
const FRONT: &str = "the front: edit it";
const GREETER: &str = "the greeter: edit it";
const STORE: &str = "the store: edit it";
const GO_TEST: &str = "what `go test` runs";
pub(super) const GO_MODULE: File = File("go.mod", text!("app/go/go.mod"), MODULE);
pub(super) const LIBRARY: File = File("Cargo.toml", text!("app/rust/Cargo-library.toml"), CRATE);

pub(super) const RUST_TOOLS: &[&str] = &["rustc", "cargo", "wasm32-unknown-unknown"];

static RUST: Pieces = Pieces {
    store: Piece {
        files: &[LIBRARY, File("src/lib.rs", text!("app/rust/store/src/lib.rs"), STORE)],
        tools: RUST_TOOLS,
    },
    greeter: Piece {
        files: &[LIBRARY, File("src/lib.rs", text!("app/rust/greeter/src/lib.rs"), GREETER)],
        tools: RUST_TOOLS,
    },
    http: Piece { files: &[LIBRARY, File("src/lib.rs", text!("app/rust/http/src/lib.rs"), FRONT)], tools: RUST_TOOLS },
    command: Piece {
        files: &[
            File("Cargo.toml", text!("app/rust/Cargo-program.toml"), CRATE),
            File("src/main.rs", text!("app/rust/command/src/main.rs"), FRONT),
        ],
        tools: &["rustc", "cargo", "wasm32-wasip1"],
    },
};

static GO: Pieces = Pieces {
    store: Piece {
        files: &[
            GO_MODULE,
            File("main.go", text!("app/go/store/main.go"), STORE),
            File("main_test.go", text!("app/go/store/main_test.go"), GO_TEST),
        ],
        tools: &["go"],
    },
    greeter: Piece {
        files: &[
            GO_MODULE,
            File("main.go", text!("app/go/greeter/main.go"), GREETER),
            File("main_test.go", text!("app/go/greeter/main_test.go"), GO_TEST),
        ],
        tools: &["go"],
    },
    http: Piece {
        files: &[
            GO_MODULE,
            File("handler.go", text!("go/new/http/handler.go"), "how requests come from WASI to `net/http`"),
            File("main.go", text!("app/go/http/main.go"), FRONT),
            File("main_test.go", text!("app/go/http/main_test.go"), GO_TEST),
            File("native.go", text!("app/go/http/native.go"), "the front on your own machine, by `go run .`"),
        ],
        tools: &["go"],
    },
    command: Piece {
        files: &[
            GO_MODULE,
            File("main.go", text!("app/go/command/main.go"), FRONT),
            File("main_test.go", text!("app/go/command/main_test.go"), GO_TEST),
        ],
        tools: &["go"],
    },
};

static WAT: Pieces = Pieces {
    store: Piece { files: &[File("store.wat", text!("app/wat/store/store.wat"), STORE)], tools: &[] },
    greeter: Piece { files: &[File("greeter.wat", text!("app/wat/greeter/greeter.wat"), GREETER)], tools: &[] },
    http: Piece { files: &[File("front.wat", text!("app/wat/http/front.wat"), FRONT)], tools: &[] },
    command: Piece { files: &[File("front.wat", text!("app/wat/command/front.wat"), FRONT)], tools: &[] },
};

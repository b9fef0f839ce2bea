//! The projects of one component, as they stand in `templates`.
//!
//! Holds: texts with `{{name}}`, `{{module}}` and `{{package}}`, which are the project's name as a package, as a Rust
//! identifier and as a folder of Go's; a file that an app has as well says `{{world}}` and `{{gen}}`, which are the
//! world and where its bindings are. There is no other hole. The first block of shell in a project's README is what is
//! to be typed after `withe new`.

use super::{Generated, Names, Project, Written};
use crate::cli::{NewLang, TemplateName};

/// A project.
pub(super) struct Template {
    pub lang: NewLang,
    pub name: TemplateName,
    pub what: &'static str,
    pub files: &'static [File],
    pub bindings: Option<Bindings>,
    /// What of the tools that `withe doctor` knows is needed.
    pub tools: &'static [&'static str],
}

/// What is generated from `wit`.
pub(super) struct Bindings {
    /// As the project's README shows it.
    pub command: &'static str,
    /// The file; the folder's first one of several.
    pub path: &'static str,
    pub what: &'static str,
}

/// One file of a project: where it stands, its text, what it is.
pub(super) struct File(pub &'static str, pub &'static str, pub &'static str);

/// The text of a template's file.
macro_rules! text {
    ($path:literal) => {
        include_str!(concat!("../../../templates/", $path))
    };
}
pub(super) use text;

impl Template {
    /// The project under this name.
    pub fn project(&self, names: &Names) -> Project {
        let fill = |text: &str| {
            let gen_folder = format!("example.com/{}/gen", names.name);
            names.fill(text).replace("{{gen}}", &gen_folder).replace("{{world}}", "service")
        };
        let written = |File(path, text, what): &File| Written { path: fill(path), text: fill(text), what };
        let generated = |made: &Bindings| Generated {
            command: made.command.to_owned(),
            path: made.path.to_owned(),
            what: made.what,
        };
        Project {
            what: self.what,
            files: self.files.iter().map(written).collect(),
            bindings: self.bindings.iter().map(generated).collect(),
            tools: self.tools.to_vec(),
        }
    }
}

const fn rust(path: &'static str) -> Bindings {
    Bindings { command: "withe bindgen rust wit -o src", path, what: "the bindings, generated from `wit`" }
}

const fn go(path: &'static str) -> Bindings {
    Bindings { command: "withe bindgen go wit -o gen", path, what: "the bindings, in packages below `gen`" }
}

/// What each manifest is.
pub(super) const MANIFEST: &str = "what `withe build` goes by";

const RUST_MANIFEST: File = File("withe.toml", text!("rust/new/shared/withe.toml"), MANIFEST);
const GO_MANIFEST: File = File("withe.toml", text!("go/new/withe.toml"), MANIFEST);
const WAT_MANIFEST: File = File("withe.toml", text!("wat/new/withe.toml"), MANIFEST);

const IGNORED: File = File(".gitignore", text!("rust/new/shared/gitignore"), "what is made and not kept");

const GO_MODULE: File = File("go.mod", text!("go/new/go.mod"), "the module: give it its name");
const GO_IGNORED: File = File(".gitignore", text!("go/new/gitignore"), "what is made and not kept");

const WAT_IGNORED: File = File(".gitignore", text!("wat/new/gitignore"), "what is made and not kept");

pub(super) const TEMPLATES: &[Template] = &[
    Template {
        lang: NewLang::Rust,
        name: TemplateName::Library,
        what: "A component in Rust that exports an interface",
        files: &[
            File("Cargo.toml", text!("rust/new/shared/Cargo-library.toml"), "the crate"),
            File("README.md", text!("rust/new/library/README.md"), "how to build, change and check it"),
            File("src/lib.rs", text!("rust/new/library/src/lib.rs"), "the implementation: edit it"),
            File("tests/component.wave", text!("rust/new/library/tests/component.wave"), "what `withe test` expects"),
            File("wit/world.wit", text!("rust/new/library/wit/world.wit"), "what it exports and imports: edit it"),
            RUST_MANIFEST,
            IGNORED,
        ],
        bindings: Some(rust("src/library.rs")),
        tools: &["rustc", "cargo", "wasm32-unknown-unknown"],
    },
    Template {
        lang: NewLang::Rust,
        name: TemplateName::Command,
        what: "A command in Rust",
        files: &[
            File("Cargo.toml", text!("rust/new/shared/Cargo-program.toml"), "the crate"),
            File("README.md", text!("rust/new/command/README.md"), "how to build, change and check it"),
            File("src/main.rs", text!("rust/new/command/src/main.rs"), "the program: edit it"),
            File("tests/component.wave", text!("rust/new/command/tests/component.wave"), "what `withe test` expects"),
            File("wit/world.wit", text!("rust/new/command/wit/world.wit"), "what it imports: edit it"),
            RUST_MANIFEST,
            IGNORED,
        ],
        bindings: Some(rust("src/app.rs")),
        tools: &["rustc", "cargo", "wasm32-wasip1"],
    },
    Template {
        lang: NewLang::Rust,
        name: TemplateName::Http,
        what: "A component in Rust that serves HTTP",
        files: &[
            File("Cargo.toml", text!("rust/new/shared/Cargo-library.toml"), "the crate"),
            File("README.md", text!("rust/new/http/README.md"), "how to build, change and check it"),
            File("src/lib.rs", text!("rust/new/http/src/lib.rs"), "the service: edit it"),
            File("tests/component.wave", text!("rust/new/http/tests/component.wave"), "what `withe test` expects"),
            File("wit/world.wit", text!("rust/new/http/wit/world.wit"), "what it exports and imports: edit it"),
            RUST_MANIFEST,
            IGNORED,
        ],
        bindings: Some(rust("src/service.rs")),
        tools: &["rustc", "cargo", "wasm32-unknown-unknown"],
    },
    Template {
        lang: NewLang::Rust,
        name: TemplateName::Async,
        what: "A component in Rust whose exports wait",
        files: &[
            File("Cargo.toml", text!("rust/new/shared/Cargo-library.toml"), "the crate"),
            File("README.md", text!("rust/new/async/README.md"), "how to build, change and check it"),
            File("src/lib.rs", text!("rust/new/async/src/lib.rs"), "the implementation: edit it"),
            File("tests/component.wave", text!("rust/new/async/tests/component.wave"), "what `withe test` expects"),
            File("wit/world.wit", text!("rust/new/async/wit/world.wit"), "what it exports and imports: edit it"),
            RUST_MANIFEST,
            IGNORED,
        ],
        bindings: Some(rust("src/tasks.rs")),
        tools: &["rustc", "cargo", "wasm32-unknown-unknown"],
    },
    Template {
        lang: NewLang::Go,
        name: TemplateName::Library,
        what: "A component in Go that exports an interface",
        files: &[
            GO_MODULE,
            File("README.md", text!("go/new/library/README.md"), "how to build, change and check it"),
            File("main.go", text!("go/new/library/main.go"), "the implementation: edit it"),
            File("main_test.go", text!("go/new/library/main_test.go"), "what `go test` runs"),
            File("tests/component.wave", text!("rust/new/library/tests/component.wave"), "what `withe test` expects"),
            File("wit/world.wit", text!("rust/new/library/wit/world.wit"), "what it exports and imports: edit it"),
            GO_MANIFEST,
            GO_IGNORED,
        ],
        bindings: Some(go("gen/library/library.go")),
        tools: &["go"],
    },
    Template {
        lang: NewLang::Go,
        name: TemplateName::Command,
        what: "A command in Go",
        files: &[
            GO_MODULE,
            File("README.md", text!("go/new/command/README.md"), "how to build, change and check it"),
            File("main.go", text!("go/new/command/main.go"), "the program: edit it"),
            File("main_test.go", text!("go/new/command/main_test.go"), "what `go test` runs"),
            File("tests/component.wave", text!("go/new/command/tests/component.wave"), "what `withe test` expects"),
            File("tests/names.txt", text!("go/new/command/tests/names.txt"), "a file for the tests to read"),
            File("withe.toml", text!("go/new/command/withe.toml"), MANIFEST),
            GO_IGNORED,
        ],
        bindings: None,
        tools: &["go"],
    },
    Template {
        lang: NewLang::Go,
        name: TemplateName::Http,
        what: "A component in Go that serves HTTP",
        files: &[
            GO_MODULE,
            File("README.md", text!("go/new/http/README.md"), "how to build, change and check it"),
            File("handler.go", text!("go/new/http/handler.go"), "how requests come from WASI to `net/http`"),
            File("main.go", text!("go/new/http/main.go"), "the service: edit it"),
            File("main_test.go", text!("go/new/http/main_test.go"), "what `go test` runs"),
            File("native.go", text!("go/new/http/native.go"), "the service on your own machine, by `go run .`"),
            File("tests/component.wave", text!("go/new/http/tests/component.wave"), "what `withe test` expects"),
            File("wit/world.wit", text!("go/new/http/wit/world.wit"), "what it exports and imports: edit it"),
            GO_MANIFEST,
            GO_IGNORED,
        ],
        bindings: Some(go("gen/service/service.go")),
        tools: &["go"],
    },
    Template {
        lang: NewLang::Go,
        name: TemplateName::Async,
        what: "A component in Go whose exports wait",
        files: &[
            GO_MODULE,
            File("README.md", text!("go/new/async/README.md"), "how to build, change and check it"),
            File("main.go", text!("go/new/async/main.go"), "the implementation: edit it"),
            File("main_test.go", text!("go/new/async/main_test.go"), "what `go test` runs"),
            File("tests/component.wave", text!("rust/new/async/tests/component.wave"), "what `withe test` expects"),
            File("wit/world.wit", text!("rust/new/async/wit/world.wit"), "what it exports and imports: edit it"),
            GO_MANIFEST,
            GO_IGNORED,
        ],
        bindings: Some(go("gen/tasks/tasks.go")),
        tools: &["go"],
    },
    Template {
        lang: NewLang::Js,
        name: TemplateName::Library,
        what: "A program and a page in JavaScript that use a component",
        files: &[
            File("README.md", text!("js/new/README.md"), "how to run, change and check it"),
            File("greeter.wat", text!("demo/greeter.wat"), "the component's code"),
            File("index.html", text!("js/new/index.html"), "the page: edit it"),
            File("main.js", text!("js/new/main.js"), "the program: edit it"),
            File("main.test.js", text!("js/new/main.test.js"), "what `node --test` runs"),
            File("package.json", text!("js/new/package.json"), "the package"),
            File("serve.js", text!("js/new/serve.js"), "a server for the page"),
            File("wit/greeter.wit", text!("demo/wit/deps/greeter.wit"), "what the component exports"),
            File(".gitignore", text!("js/new/gitignore"), "what is made and not kept"),
        ],
        bindings: None,
        tools: &["node"],
    },
    Template {
        lang: NewLang::Wat,
        name: TemplateName::Library,
        what: "A component in WebAssembly text",
        files: &[
            File("README.md", text!("wat/new/library/README.md"), "how to build, change and check it"),
            File("tests/component.wave", text!("wat/new/library/tests/component.wave"), "what `withe test` expects"),
            File("wit/world.wit", text!("wat/new/library/wit/world.wit"), "what it exports and imports: edit it"),
            File("{{name}}.wat", text!("wat/new/library/component.wat"), "the implementation: edit it"),
            WAT_MANIFEST,
            WAT_IGNORED,
        ],
        bindings: None,
        tools: &[],
    },
    Template {
        lang: NewLang::Wat,
        name: TemplateName::Command,
        what: "A command in WebAssembly text",
        files: &[
            File("README.md", text!("wat/new/command/README.md"), "how to build, change and check it"),
            File("tests/component.wave", text!("wat/new/command/tests/component.wave"), "what `withe test` expects"),
            File("wit/world.wit", text!("wat/new/command/wit/world.wit"), "what it exports and imports: edit it"),
            File("{{name}}.wat", text!("wat/new/command/component.wat"), "the program: edit it"),
            WAT_MANIFEST,
            WAT_IGNORED,
        ],
        bindings: None,
        tools: &[],
    },
    Template {
        lang: NewLang::Wat,
        name: TemplateName::Http,
        what: "A component in WebAssembly text that serves HTTP",
        files: &[
            File("README.md", text!("wat/new/http/README.md"), "how to build, change and check it"),
            File("tests/component.wave", text!("wat/new/http/tests/component.wave"), "what `withe test` expects"),
            File("wit/world.wit", text!("wat/new/http/wit/world.wit"), "what it exports and imports: edit it"),
            File("{{name}}.wat", text!("wat/new/http/component.wat"), "the service: edit it"),
            WAT_MANIFEST,
            WAT_IGNORED,
        ],
        bindings: None,
        tools: &[],
    },
];

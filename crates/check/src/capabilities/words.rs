//! Capabilities in words, and what `withe run` asks for before it gives them.

/// Something outside of a component that it can reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Capability {
    ReadFiles,
    WriteFiles,
    TcpConnect,
    TcpListen,
    Udp,
    NameLookup,
    SendHttp,
    Tls,
    ReadKeyValue,
    WriteKeyValue,
    Configuration,
    Environment,
    Arguments,
    WorkingFolder,
    Stdin,
    Stdout,
    Stderr,
    Terminal,
    Logging,
    WallClock,
    MonotonicClock,
    TimeZone,
    Random,
    InsecureRandom,
    Exit,
    /// A function of WASI that is not known here.
    OtherWasi,
    /// An import that is none of WASI's.
    Custom,
}

impl Capability {
    /// As reports have it, a key that keeps its meaning.
    pub fn key(self) -> &'static str {
        self.row().0
    }

    /// What it does, for people.
    pub fn words(self) -> &'static str {
        self.row().1
    }

    /// The flag of `withe run` that gives it; none for what every run has, and for what no flag gives.
    pub fn flag(self) -> Option<&'static str> {
        self.row().2
    }

    /// What to know of the grant.
    pub fn grant(self) -> &'static str {
        self.row().3
    }

    /// Whether each import stands for itself.
    pub fn is_of_an_import(self) -> bool {
        matches!(self, Self::OtherWasi | Self::Custom)
    }

    fn row(self) -> (&'static str, &'static str, Option<&'static str>, &'static str) {
        const GIVEN: &str = "every run has it";
        const NEVER: &str = "no run has it";
        const STUBBED: &str = "no run has it; `--stub trap` lets the rest run";
        match self {
            Self::ReadFiles => {
                ("read-files", "reads files", Some("--dir"), "`--dir HOST[::GUEST]`, which also holds it to reading")
            }
            Self::WriteFiles => ("write-files", "writes files", Some("--dir"), "`--dir HOST[::GUEST]:rw`"),
            Self::TcpConnect => ("tcp-connect", "connects by TCP", Some("--connect"), "`--connect HOST:PORT`"),
            Self::TcpListen => ("tcp-listen", "listens for TCP", Some("--listen"), "`--listen HOST:PORT`"),
            Self::Udp => ("udp", "sends and receives by UDP", None, NEVER),
            Self::NameLookup => ("name-lookup", "looks up names of hosts", None, NEVER),
            Self::SendHttp => ("send-http", "sends HTTP requests", Some("--http-allow"), "`--http-allow HOST[:PORT]`"),
            Self::Tls => ("tls", "opens TLS connections", Some("--stub"), STUBBED),
            Self::ReadKeyValue => ("read-key-value", "reads key-value stores", Some("--stub"), STUBBED),
            Self::WriteKeyValue => ("write-key-value", "writes key-value stores", Some("--stub"), STUBBED),
            Self::Configuration => ("configuration", "reads its configuration", Some("--stub"), STUBBED),
            Self::Environment => {
                ("environment", "reads environment variables", Some("--env"), "`--env NAME[=VALUE]` for each")
            }
            Self::Arguments => ("arguments", "reads its arguments", None, "what stands behind `--`"),
            Self::WorkingFolder => ("working-folder", "asks for its working folder", None, GIVEN),
            Self::Stdin => ("stdin", "reads standard input", Some("--stdin"), "`run` gives it, `--no-stdin` does not"),
            Self::Stdout => ("stdout", "writes standard output", None, GIVEN),
            Self::Stderr => ("stderr", "writes standard error", None, GIVEN),
            Self::Terminal => ("terminal", "asks whether it has a terminal", None, GIVEN),
            Self::Logging => ("logging", "writes a log", Some("--stub"), STUBBED),
            Self::WallClock => {
                ("wall-clock", "reads the time of day", Some("--clock"), "every run; `--clock frozen` stops it")
            }
            Self::MonotonicClock => {
                ("monotonic-clock", "measures time and waits", Some("--clock"), "every run; `--clock frozen` stops it")
            }
            Self::TimeZone => ("time-zone", "asks for the time zone", None, "no run of 0.2 has it"),
            Self::Random => {
                ("random", "takes random numbers", Some("--random"), "every run; `--random seed=N` repeats them")
            }
            Self::InsecureRandom => (
                "insecure-random",
                "takes insecure random numbers",
                Some("--random"),
                "every run; `--random seed=N` repeats them",
            ),
            Self::Exit => ("exit", "ends the program", None, GIVEN),
            Self::OtherWasi => ("other-wasi", "asks its host for", Some("--stub"), STUBBED),
            Self::Custom => (
                "custom",
                "asks its host for",
                Some("--stub"),
                "`withe plug` a component that exports it, or `--stub trap`",
            ),
        }
    }
}

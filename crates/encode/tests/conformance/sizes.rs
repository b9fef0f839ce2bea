//! How large our components are beside the peer's: what `cargo xtask bench --only sizes` measures, without other tools
//! and with tighter bounds.
//!
//! Holds: the peer's components stand in the cases as text; assembling it gives each named module a name section that
//! the peer does not write, so its real outputs are 4 % smaller. Ours stay in the folder for temporary files of tests.

use std::path::Path;

/// What all outputs together may have, as a multiple of the peer's.
const TOTAL: f64 = 0.65;
/// What one output may have.
const ONE: f64 = 0.9;

/// Bytes of one case's component.
struct Sizes {
    case: String,
    ours: usize,
    theirs: usize,
}

impl Sizes {
    #[expect(clippy::cast_precision_loss, reason = "sizes of files are far below 2^52")]
    fn ratio(&self) -> f64 {
        self.ours as f64 / self.theirs as f64
    }
}

/// The sizes of all cases that are accepted.
#[derive(Default)]
pub struct Table(Vec<Sizes>);

impl Table {
    /// Compares our bytes for a case with the peer's component beside it.
    pub fn add(&mut self, case: &Path, ours: &[u8]) {
        let Ok(theirs) = wat::parse_file(case.join("component.wat")) else { return };
        let case = case.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sizes");
        std::fs::create_dir_all(&folder).expect("the folder for temporary files can be written");
        std::fs::write(folder.join(format!("{case}.wasm")), ours).expect("temporary files can be written");
        self.0.push(Sizes { case, ours: ours.len(), theirs: theirs.len() });
    }

    /// Prints the largest ratios and the total; fails if a promise is broken.
    pub fn check(mut self) {
        self.0.sort_by(|a, b| b.ratio().total_cmp(&a.ratio()).then_with(|| a.case.cmp(&b.case)));
        println!("\n{:<48} {:>7} {:>7} {:>7}", "bytes of a component", "withe", "peer", "ratio");
        for one in self.0.iter().take(10) {
            println!("{:<48} {:>7} {:>7} {:>7.3}", one.case, one.ours, one.theirs, one.ratio());
        }
        let (ours, theirs) = (self.0.iter().map(|one| one.ours).sum(), self.0.iter().map(|one| one.theirs).sum());
        let total = Sizes { case: format!("all {} cases", self.0.len()), ours, theirs };
        println!("{:<48} {ours:>7} {theirs:>7} {:>7.3}", total.case, total.ratio());
        let larger: Vec<_> = self.0.iter().filter(|one| one.ratio() > ONE).map(|one| one.case.as_str()).collect();
        assert!(larger.is_empty(), "more than {ONE} times as large as the peer's: {}", larger.join(", "));
        assert!(total.ratio() <= TOTAL, "all cases together are {:.3} times as large as the peer's", total.ratio());
    }
}

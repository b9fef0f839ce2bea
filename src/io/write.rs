//! Outputs: files, folders, standard output.
//!
//! Holds: a file is whole or as it was before (a temporary file beside it, then a rename); in a folder, files whose
//! content would not change are not touched, and files that are not ours are never removed.

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use diag::{Diagnostic, Diagnostics, Place};
use tempfile::NamedTempFile;
use wasm::Pieces;

use super::read::shown;
use super::{Io, Stream};
use crate::Exit;
use crate::cli::Format;

/// Outputs of so many bytes are written while they are checked.
const WORTH_A_THREAD: usize = 256 << 10;

impl Io {
    /// What is wrong with the place that a text goes to. Status 2.
    pub fn check_text_out(&self, out: Option<&Path>) -> diag::Result<()> {
        if self.format == Format::Json && is_dash(out) {
            return Err(diag::error("usage/one-owner", "`--format json` and `-o -` both want standard output")
                .help("write to a file with `-o FILE`")
                .into());
        }
        Ok(())
    }

    /// Refuses to write over what was read. Status 2.
    pub fn check_keeps_sources(&self, out: Option<&Path>, tree: &wit::SourceTree) -> diag::Result<()> {
        self.check_keeps(out, tree.files.keys().map(Path::new))
    }

    /// Refuses to write over what is read beside the main input, which may be named again to be replaced. Of a folder,
    /// its WIT is kept. Status 2.
    pub fn check_keeps<'p>(&self, out: Option<&Path>, inputs: impl IntoIterator<Item = &'p Path>) -> diag::Result<()> {
        let real = |path: &Path| std::fs::canonicalize(self.resolve(path)).ok();
        let Some(out) = out.filter(|out| !is_dash(Some(out))) else { return Ok(()) };
        let Some(there) = real(out) else { return Ok(()) };
        let is_source = |input: &Path| {
            let wit_in = there.extension().is_some_and(|end| end == "wit") && there.starts_with(input);
            there == input || input.is_dir() && wit_in
        };
        let mut inputs = inputs.into_iter();
        let Some(source) = inputs.find(|input| real(input).is_some_and(|input| is_source(&input))) else {
            return Ok(());
        };
        Err(diag::error("usage/command-line", format!("`{}` would replace what is read", out.display()))
            .label(Place::file(shown(source)), "read from here")
            .help("write to another file")
            .into())
    }

    /// What is wrong with the place that a binary goes to. Status 2.
    pub fn check_binary_out(&self, out: Option<&Path>) -> diag::Result<()> {
        self.check_text_out(out)?;
        if out.is_none() && self.format == Format::Json {
            return Err(diag::error("usage/no-output", "with `--format json`, standard output carries the report")
                .help("say where the wasm goes, with `-o FILE`")
                .into());
        }
        let to_stdout = out.is_none() || is_dash(out);
        if to_stdout && self.terminals.stdout {
            return Err(diag::error("usage/no-output", "wasm is not written to a terminal")
                .help("say where it goes, with `-o FILE`")
                .into());
        }
        Ok(())
    }

    /// Writes a binary where `-o` says; without it, to standard output if that is no terminal.
    ///
    /// # Errors
    ///
    /// `usage/no-output`, `usage/one-owner`, `output/unwritable-file`.
    pub fn write_output<'b>(&mut self, out: &Option<PathBuf>, bytes: impl Into<Pieces<'b>>) -> diag::Result<Exit> {
        self.check_binary_out(out.as_deref())?;
        match out {
            Some(path) if !is_dash(Some(path)) => self.write_file(path, bytes)?,
            Some(_) | None => self.write_stdout(bytes)?,
        }
        Ok(Exit::OK)
    }

    /// Writes a text where `-o` says; without it, to standard output, terminal or not.
    /// With `--format json` and no `-o`, the text is the report's `result.text`.
    ///
    /// # Errors
    ///
    /// `usage/one-owner`, `output/unwritable-file`.
    pub fn write_text(&mut self, out: &Option<PathBuf>, text: &str) -> diag::Result<Exit> {
        self.check_text_out(out.as_deref())?;
        match out {
            Some(path) if !is_dash(Some(path)) => self.write_file(path, text.as_bytes())?,
            None if self.format == Format::Json => self.set_result(serde_json::json!({ "text": text })),
            Some(_) | None => self.write_stdout(text.as_bytes())?,
        }
        Ok(Exit::OK)
    }

    /// Says that a text was written to what is called wasm.
    pub fn warn_of_wasm(&mut self, out: Option<&Path>, help: &str) {
        let Some(path) = out.filter(|path| path.extension().is_some_and(|ending| ending == "wasm")) else { return };
        let name = shown(path);
        let found = diag::warning("output/text-as-wasm", format!("`{name}` is a text, and is called wasm"));
        self.report(found.label(Place::file(name), "holds a text").help(help));
    }

    /// Writes to standard output. A reader that has gone away is no error.
    pub fn write_stdout<'b>(&mut self, bytes: impl Into<Pieces<'b>>) -> diag::Result<()> {
        match bytes.into().iter().try_for_each(|piece| self.stdout.write(piece)) {
            Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
                Err(unwritable("<stdout>", &error.to_string()).into())
            }
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// As `write_output`, of bytes that are checked while they are written: if the check fails, nothing is there.
    ///
    /// # Errors
    ///
    /// The check's; those of `write_output`.
    pub fn write_checked(
        &mut self,
        out: &Option<PathBuf>,
        bytes: &Pieces<'_>,
        check: impl FnOnce() -> diag::Result<()>,
    ) -> diag::Result<Exit> {
        self.check_binary_out(out.as_deref())?;
        let path = out.as_deref().filter(|out| !is_dash(Some(out)) && bytes.len() >= WORTH_A_THREAD);
        let target = path.map(|path| (path, Target::of(&self.resolve(path))));
        let Some((path, target)) = target.filter(|(_, target)| target.is_replaced()) else {
            check()?;
            return self.write_output(out, bytes.borrowed());
        };
        let (checked, staged) = std::thread::scope(|scope| {
            let writing = scope.spawn(|| target.stage(bytes));
            (check(), writing.join().expect("writing does not panic"))
        });
        checked?;
        staged.and_then(|file| target.replace(file)).map_err(|error| self.unwritten(path, &error))?;
        Ok(Exit::OK)
    }

    /// As `write_checked`, with a text file that is written if and only if the bytes are.
    ///
    /// # Errors
    ///
    /// Those of `write_checked`; `output/unwritable-file` for the text.
    pub fn write_checked_with(
        &mut self,
        out: &Option<PathBuf>,
        bytes: &Pieces<'_>,
        text: (&Path, &str),
        check: impl FnOnce() -> diag::Result<()>,
    ) -> diag::Result<Exit> {
        let (path, text) = text;
        self.check_text_out(Some(path))?;
        if is_dash(Some(path)) {
            // What goes to a stream cannot be taken back: it is the last thing.
            let exit = self.write_checked(out, bytes, check)?;
            self.write_stdout(text.as_bytes())?;
            return Ok(exit);
        }
        let target = Target::of(&self.resolve(path));
        if !target.is_replaced() {
            let exit = self.write_checked(out, bytes, check)?;
            self.write_file(path, text.as_bytes())?;
            return Ok(exit);
        }
        let staged = target.stage(&text.as_bytes().into()).map_err(|error| self.unwritten(path, &error))?;
        if target.path.is_dir() {
            return Err(self.unwritten(path, &std::io::ErrorKind::IsADirectory.into()).into());
        }
        let exit = self.write_checked(out, bytes, check)?;
        target.replace(staged).map_err(|error| self.unwritten(path, &error))?;
        Ok(exit)
    }

    /// Writes a file whole or not at all. Its folder must be there.
    ///
    /// # Errors
    ///
    /// `output/unwritable-file`.
    pub fn write_file<'b>(&mut self, path: &Path, bytes: impl Into<Pieces<'b>>) -> diag::Result<()> {
        let target = Target::of(&self.resolve(path));
        Ok(target.write(&bytes.into()).map_err(|error| self.unwritten(path, &error))?)
    }

    /// Whether a file can be written, before there is anything to write; leaves no trace.
    ///
    /// # Errors
    ///
    /// `output/unwritable-file`.
    pub fn check_writable(&self, path: &Path) -> diag::Result<()> {
        let target = self.resolve(path);
        let tried = if target.exists() && !target.is_file() && !target.is_dir() {
            // To open a pipe waits for its reader.
            Ok(())
        } else if target.exists() {
            std::fs::OpenOptions::new().append(true).open(&target).map(drop)
        } else {
            tempfile::tempfile_in(target.parent().unwrap_or(Path::new("."))).map(drop)
        };
        tried.map_err(|error| self.unwritten(path, &error).into())
    }

    fn unwritten(&self, path: &Path, error: &std::io::Error) -> Diagnostic {
        let (name, whole) = (shown(path), self.resolve(path));
        if whole.is_dir() {
            let help = format!("name a file in it, for example `{}/out`", name.trim_end_matches('/'));
            return unwritable(&name, "a folder, where a file is needed").help(help);
        }
        let folder = whole.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.is_dir());
        match folder {
            Some(_) => {
                let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
                unwritable(&name, &format!("there is no folder `{folder}`")).help(format!("mkdir -p {folder}"))
            }
            None => unwritable(&name, &reason(error)).help(PLACE),
        }
    }

    /// Writes files, by their paths in `folder`.
    ///
    /// Files whose content would not change are not touched; other files are left alone.
    ///
    /// # Errors
    ///
    /// `output/unwritable-file`.
    pub fn write_folder<'f>(
        &mut self,
        folder: &Path,
        files: impl IntoIterator<Item = (&'f str, &'f [u8])>,
    ) -> diag::Result<Exit> {
        for (name, bytes) in files {
            let path = folder.join(name);
            let whole = self.resolve(&path);
            if holds(&whole, bytes) {
                continue;
            }
            if let Some(parent) = whole.parent() {
                std::fs::create_dir_all(parent)
                    .map_err(|error| unwritable(&shown(&path), &error.to_string()).help(PLACE))?;
            }
            self.write_file(&path, bytes)?;
        }
        Ok(Exit::OK)
    }

    /// Removes files of a folder, which `withe` wrote, and folders in it that have nothing else.
    ///
    /// # Errors
    ///
    /// `output/unwritable-file`.
    pub fn remove_files(&mut self, folder: &Path, files: &[String]) -> diag::Result<Exit> {
        for name in files {
            let path = folder.join(name);
            std::fs::remove_file(self.resolve(&path)).map_err(|error| self.unwritten(&path, &error))?;
            let mut rest = name.as_str();
            while let Some((inner, _)) = rest.rsplit_once('/') {
                // It stays if it has something, and so do those around it.
                if std::fs::remove_dir(self.resolve(&folder.join(inner))).is_err() {
                    break;
                }
                rest = inner;
            }
        }
        Ok(Exit::OK)
    }

    /// What a file of an output folder holds now; `None` if it is not there or cannot be read.
    pub fn read_if_there(&self, path: &Path) -> Option<Vec<u8>> {
        std::fs::read(self.resolve(path)).ok()
    }

    /// The first bytes of a file, at most `len`; `None` if it is not there or cannot be read.
    pub fn beginning(&self, path: &Path, len: usize) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        std::fs::File::open(self.resolve(path)).ok()?.take(len as u64).read_to_end(&mut bytes).ok()?;
        Some(bytes)
    }

    /// Whether a file holds exactly these bytes now.
    pub fn holds(&self, path: &Path, bytes: &[u8]) -> bool {
        holds(&self.resolve(path), bytes)
    }

    /// Writes what people read to standard output; not with `--format json`, where the report is all there is.
    /// If it cannot be written, that is reported, and the command ends with status 1.
    pub fn print(&mut self, text: &str) {
        if self.format != Format::Json
            && let Err(Diagnostics(found)) = self.write_stdout(text.as_bytes())
        {
            self.report_unwritten(found);
        }
    }

    /// The stream that a guest writes its output to.
    pub fn guest_stdout(&self) -> Stream {
        self.stdout.clone()
    }
}

/// Whether a file holds exactly these bytes. It is read in pieces: outputs may be large, and are in memory already.
fn holds(path: &Path, bytes: &[u8]) -> bool {
    let Ok(mut file) = std::fs::File::open(path) else { return false };
    if !file.metadata().is_ok_and(|about| about.is_file() && about.len() == bytes.len() as u64) {
        return false;
    }
    let mut piece = vec![0; bytes.len().min(64 << 10)];
    bytes.chunks(64 << 10).all(|wanted| {
        let piece = &mut piece[..wanted.len()];
        file.read_exact(piece).is_ok() && piece == wanted
    })
}

fn is_dash(out: Option<&Path>) -> bool {
    out.is_some_and(|out| out == Path::new("-"))
}

/// Where a file goes. What is no plain file (a device, a pipe) is written to as it is, and a symbolic link stays one.
struct Target {
    path: PathBuf,
    before: Option<std::fs::Metadata>,
}

impl Target {
    fn of(path: &Path) -> Self {
        let path = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        Self { before: std::fs::metadata(&path).ok(), path }
    }

    /// Whether what is there is replaced as a whole.
    fn is_replaced(&self) -> bool {
        self.before.as_ref().is_none_or(|there| there.is_file() || there.is_dir())
    }

    fn write(&self, bytes: &Pieces<'_>) -> std::io::Result<()> {
        if self.is_replaced() {
            return self.replace(self.stage(bytes)?);
        }
        let mut there = std::fs::File::create(&self.path)?;
        bytes.iter().try_for_each(|piece| there.write_all(piece))
    }

    /// The temporary file stands in the same folder, so that the rename is one step.
    fn stage(&self, bytes: &Pieces<'_>) -> std::io::Result<NamedTempFile> {
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut builder = tempfile::Builder::new();
        builder.prefix(".withe-").suffix(".tmp");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            // As for any new file, less what the caller's umask takes away.
            builder.permissions(std::fs::Permissions::from_mode(0o666));
        }
        let mut file = builder.tempfile_in(folder)?;
        bytes.iter().try_for_each(|piece| file.write_all(piece))?;
        Ok(file)
    }

    fn replace(&self, file: NamedTempFile) -> std::io::Result<()> {
        if let Some(there) = &self.before {
            file.as_file().set_permissions(there.permissions())?;
        }
        file.persist(&self.path).map_err(|error| error.error)?;
        Ok(())
    }
}

const PLACE: &str = "check that the place may be written to";

fn unwritable(name: &str, why: &str) -> Diagnostic {
    diag::error("output/unwritable-file", format!("`{name}` cannot be written")).label(Place::file(name), why)
}

/// What an error says, without the name of a temporary file, which is another one each time.
fn reason(error: &std::io::Error) -> String {
    let text = error.to_string();
    text.split(" at path ").next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::*;

    const FILES: [(&str, &[u8]); 3] = [("a.rs", b"one"), ("deep/b.rs", b"two"), ("c.rs", b"three")];

    #[test]
    fn a_folder_gets_what_changed_and_keeps_what_is_foreign() {
        let folder = tempfile::tempdir().unwrap();
        let mut io = Io::captured(folder.path());
        let out = Path::new("gen/out");
        assert_eq!(io.write_folder(out, FILES), Ok(Exit::OK));
        let whole = folder.path().join(out);
        std::fs::write(whole.join("foreign.txt"), "mine").unwrap();
        std::fs::write(whole.join("c.rs"), "edited").unwrap();
        let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
        for name in ["a.rs", "c.rs"] {
            let file = std::fs::File::options().write(true).open(whole.join(name)).unwrap();
            file.set_modified(long_ago).unwrap();
        }
        assert_eq!(io.write_folder(out, FILES), Ok(Exit::OK));
        let modified = |name: &str| std::fs::metadata(whole.join(name)).unwrap().modified().unwrap();
        assert_eq!(modified("a.rs"), long_ago, "it would not change, so it is not touched");
        assert!(modified("c.rs") > long_ago);
        assert_eq!(std::fs::read(whole.join("c.rs")).unwrap(), b"three");
        assert_eq!(std::fs::read(whole.join("foreign.txt")).unwrap(), b"mine");
    }

    #[test]
    fn what_fails_its_check_is_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let mut io = Io::captured(folder.path());
        let there = || {
            let names = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
            names.collect::<Vec<_>>()
        };
        let bytes = vec![7; WORTH_A_THREAD];
        for bytes in [&bytes[..], &bytes[..10]] {
            let out = Some(PathBuf::from("out.wasm"));
            let refused = || Err(unwritable("x", "refused").into());
            assert!(io.write_checked(&out, &bytes.into(), refused).is_err());
            assert!(there().is_empty());
            assert_eq!(io.write_checked(&out, &bytes.into(), || Ok(())), Ok(Exit::OK));
            assert_eq!(std::fs::read(folder.path().join("out.wasm")).unwrap(), bytes);
            assert!(io.write_checked(&out, &b"other".as_slice().into(), refused).is_err());
            assert_eq!(std::fs::read(folder.path().join("out.wasm")).unwrap(), bytes);
            assert_eq!(there(), ["out.wasm"]);
            std::fs::remove_file(folder.path().join("out.wasm")).unwrap();
        }
        let nowhere = Some(PathBuf::from("missing/out.wasm"));
        let Diagnostics(found) = io.write_checked(&nowhere, &bytes[..].into(), || Ok(())).unwrap_err();
        assert_eq!(found[0].code.0, "output/unwritable-file");
    }
}

//! `withe package`: what a place where components run needs to run this one.
//!
//! In: a component, or a project's app. Out: a folder with the target's manifests and the component, and the commands
//! that lead from it to a running app.
//! Holds: what the target cannot run is said before anything is written.

mod earlier;
mod project;
mod since;
mod subject;

use std::path::{Path, PathBuf};

use ::project::Manifest;
use ::project::find::seen_from;
use deploy::{App, Packaged, Runtime, Target};
use diag::Diagnostics;
use serde_json::json;

use crate::cli::{Format, PackageArgs, RuntimeName, TargetName};
use crate::{Exit, Io};
use earlier::Earlier;

pub fn package(args: &PackageArgs, io: &mut Io) -> diag::Result<Exit> {
    let target = target(args)?;
    let (app, out) = match app(args, io)? {
        Ok(found) => found,
        Err(exit) => return Ok(exit),
    };
    let mut packaged = deploy::package(&app, target)?;
    if let Some(reference) = packaged.push.take().filter(|_| app.component.file != "-") {
        let file = seen_from(&io.resolve(Path::new(&app.component.file)), &io.resolve(&out));
        packaged.commands.insert(0, format!("withe push {} {reference}", super::new::quoted(&file)));
    }
    let earlier = Earlier::of(&out, &packaged.files, io);
    io.write_folder(&out, packaged.files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())))?;
    io.remove_files(&out, &earlier.left)?;
    io.write_folder(&out, [(earlier::LIST, earlier.list.as_bytes())])?;
    tell(args, &app, &out, packaged, &earlier, io);
    Ok(Exit::OK)
}

/// The app, and the folder to write: of a file that is named, else of the project that this folder is in. Without them,
/// the build that failed has told why.
fn app(args: &PackageArgs, io: &mut Io) -> diag::Result<Result<(App, PathBuf), Exit>> {
    // A folder of that name is the source of a component.
    let is_file = |path: &Path| path.as_os_str() == "-" || (io.resolve(path).exists() && !io.resolve(path).is_dir());
    let file = args.component.as_deref().filter(|path| is_file(path));
    if let Some(file) = file {
        let out = out_folder(args, None, io)?;
        return Ok(Ok((subject::of_file(args, file, &out, io)?, out)));
    }
    if let (Some(missing), None) = (&args.component, &args.project.manifest)
        && Manifest::find(&io.cwd)?.is_none()
    {
        return Err(unread(missing, io));
    }
    let manifest = super::build::opened(&args.project, io)?;
    let out = out_folder(args, Some(&manifest), io)?;
    let name = args.component.as_ref().map(|name| name.to_string_lossy());
    let name = project::name(&manifest, name.as_deref(), io)?;
    // What is wrong in texts is told before compilers begin.
    let stated = project::stated(&manifest, &out, io)?;
    let file = match project::file(&manifest, &name, args, io)? {
        Ok(file) => file,
        Err(exit) => return Ok(Err(exit)),
    };
    Ok(Ok((project::app(&manifest, stated, &file, args, &out, io)?, out)))
}

/// Why something that is no file cannot be read.
fn unread(path: &Path, io: &mut Io) -> Diagnostics {
    match io.read_wasm(path) {
        Err(why) => why,
        Ok(wasm) => diag::error("input/unreadable-file", format!("`{}` is no file", wasm.name)).into(),
    }
}

fn target(args: &PackageArgs) -> diag::Result<Target> {
    Ok(match (args.target, args.runtime) {
        (TargetName::K8s, RuntimeName::Wasmtime) => Target::Kubernetes(Runtime::Wasmtime),
        (TargetName::K8s, RuntimeName::Spin) => Target::Kubernetes(Runtime::Spin),
        (TargetName::Spin, _) => Target::Spin,
        (other, RuntimeName::Spin) => {
            let headline = format!("`--runtime spin` is for `--as k8s`, not for `--as {}`", other.name());
            return Err(diag::error("usage/command-line", headline).help("write `--as k8s --runtime spin`").into());
        }
        (TargetName::Wadm, RuntimeName::Wasmtime) => Target::Wadm,
        (TargetName::Docker, RuntimeName::Wasmtime) => Target::Docker,
    })
}

fn out_folder(args: &PackageArgs, manifest: Option<&Manifest>, io: &Io) -> diag::Result<PathBuf> {
    match (&args.out, manifest) {
        (Some(out), _) if out.as_os_str() == "-" => {
            let headline = "a folder of files cannot go to standard output";
            Err(diag::error("usage/no-output", headline).help("name a folder with `-o DIR`").into())
        }
        (Some(out), _) => Ok(out.clone()),
        (None, Some(manifest)) => Ok(project::default_out(manifest, args.target.name(), io)),
        (None, None) => Err(diag::error("usage/no-output", "no folder is named to write to")
            .help(format!("name one: `-o {}`", args.target.name()))
            .into()),
    }
}

/// What was written, and what to type.
fn tell(args: &PackageArgs, app: &App, out: &Path, packaged: Packaged, earlier: &Earlier, io: &mut Io) {
    io.report_all(packaged.notes);
    let files: Vec<&str> = packaged.files.keys().map(String::as_str).collect();
    let dir = out.display().to_string();
    if io.format != Format::Json && !io.quiet {
        let name = &app.name.value;
        let mut text = format!("{name} {} for {}, in {dir}:\n", app.version, what(args));
        text.push_str(&listed(&files));
        text.push_str(&earlier.said());
        text.push_str(&format!("\nFrom here:\n  cd {}\n", super::new::quoted(&dir)));
        packaged.commands.iter().for_each(|command| text.push_str(&format!("  {command}\n")));
        io.print(&text);
    }
    io.set_result(json!({
        "target": args.target.name(),
        "dir": dir,
        "name": app.name.value,
        "version": app.version.to_string(),
        "trigger": packaged.trigger.name(),
        "files": files,
        "removed": earlier.left,
        "commands": packaged.commands,
    }));
}

/// A line for each file; blobs, whose names say nothing, are counted.
fn listed(files: &[impl AsRef<str>]) -> String {
    let (blobs, others): (Vec<&str>, Vec<&str>) =
        files.iter().map(AsRef::as_ref).partition(|file| file.contains("/blobs/"));
    let mut text: String = others.iter().map(|file| format!("  {file}\n")).collect();
    if !blobs.is_empty() {
        text.push_str(&format!("  image/blobs/sha256/ ({} files)\n", blobs.len()));
    }
    text
}

fn what(args: &PackageArgs) -> &'static str {
    match (args.target, args.runtime) {
        (TargetName::Spin, _) => "Spin",
        (TargetName::Wadm, _) => "wasmCloud",
        (TargetName::K8s, RuntimeName::Wasmtime) => "Kubernetes",
        (TargetName::K8s, RuntimeName::Spin) => "SpinKube",
        (TargetName::Docker, _) => "Docker",
    }
}

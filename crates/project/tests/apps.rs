//! The manifests of the projects in `fixtures/apps` have no mistake, and name nothing that is not there.

use testing::cases::directories;
use testing::fixtures;
use withe_project::Manifest;

#[test]
fn manifests_of_real_apps_are_read() {
    let manifests: Vec<_> = directories(&fixtures("apps"))
        .into_iter()
        .map(|app| app.join("withe.toml"))
        .filter(|file| file.is_file())
        .collect();
    assert!(manifests.len() >= 2);
    for file in manifests {
        let manifest = Manifest::open(&file, &file).unwrap();
        assert!(manifest.check().is_empty(), "{}: {:?}", file.display(), manifest.check());
    }
}

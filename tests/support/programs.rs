//! Programs of other makes that tests use where they can be had.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// A Python that has nats-py; says that the test is skipped where there is none.
pub(crate) fn python() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let found = [root.join(".tools/venv/bin/python"), "python3".into()]
        .into_iter()
        .find(|python| {
            let probe = Command::new(python).args(["-c", "import nats"]).output();
            probe.is_ok_and(|p| p.status.success())
        });
    if found.is_none() {
        println!("skipped: no python with nats-py in .tools/venv or on PATH (`make test` gets it)");
    }
    found
}

/// Folder of the TypeScript recipes, built; says that the test is skipped where the npm packages are not there.
pub(crate) fn typescript() -> Option<PathBuf> {
    static BUILT: OnceLock<Option<PathBuf>> = OnceLock::new();
    let built = BUILT.get_or_init(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let folder = root.join(".tools/typescript");
        if !folder.join("node_modules/@nats-io/jetstream").is_dir() {
            println!("skipped: no npm packages in .tools/typescript (`make test` gets them)");
            return None;
        }
        for entry in std::fs::read_dir(root.join("deploy/clients/typescript")).unwrap() {
            let file = entry.unwrap();
            // What a reader of the documents installed there is not the recipe.
            if !file.path().is_file() {
                continue;
            }
            std::fs::copy(file.path(), folder.join(file.file_name())).unwrap();
        }
        let mut build = Command::new("npm");
        let ran = super::finish(build.args(["run", "build"]).current_dir(&folder), "");
        assert_eq!(ran.code, 0, "{ran:?}");
        Some(folder)
    });
    built.clone()
}

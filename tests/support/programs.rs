//! Programs of other makes that tests use where they can be had.

use std::path::{Path, PathBuf};
use std::process::Command;

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

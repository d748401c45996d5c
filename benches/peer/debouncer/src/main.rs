//! Prints the files of a folder as notify-debouncer-full hands them out after its 500 ms: length, SHA-256, path, with tabs
//! between. A file is read when it was created, written, closed or renamed, as the crate's own examples do it.

use notify_debouncer_full::notify::event::{EventKind, ModifyKind, RenameMode};
use notify_debouncer_full::notify::{Result, RecursiveMode};
use notify_debouncer_full::{DebouncedEvent, new_debouncer};
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

fn main() -> Result<()> {
    let root = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| ".".into()));
    let (sender, receiver) = std::sync::mpsc::channel();
    let mut debouncer = new_debouncer(Duration::from_millis(500), None, sender)?;
    debouncer.watch(&root, RecursiveMode::Recursive)?;
    for events in receiver {
        // Several events of one file in one batch are one.
        let paths: HashSet<PathBuf> = events.unwrap_or_default().iter().filter_map(path).collect();
        paths.iter().for_each(|path| print(&root, path));
    }
    Ok(())
}

/// The file that came or changed.
fn path(event: &DebouncedEvent) -> Option<PathBuf> {
    match event.kind {
        EventKind::Create(_)
        | EventKind::Modify(ModifyKind::Data(_) | ModifyKind::Name(RenameMode::To)) => event.paths.first().cloned(),
        EventKind::Modify(ModifyKind::Name(RenameMode::Both)) => event.paths.last().cloned(),
        _ => None,
    }
}

fn print(root: &Path, path: &Path) {
    let Ok(bytes) = std::fs::read(path) else { return };
    let hash = data_encoding::HEXLOWER.encode(&Sha256::digest(&bytes));
    let relative = path.strip_prefix(root).unwrap_or(path);
    println!("{}\t{hash}\t{}", bytes.len(), relative.display());
}

//! Which names are never looked at: temporary ones, hidden ones, the folders for finished files. Pure.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path};

/// Where finished files are moved to, below the inbox. Never scanned, whatever the case of their letters.
pub(crate) const DONE: &str = "done";
/// Where failed files are moved to.
pub(crate) const FAILED: &str = "failed";

/// Endings (any case) under which programs write what they will rename later, or keep locks and drafts:
/// browsers (`.crdownload`, `.download`, `.opdownload`, `.part`), transfer tools (`.filepart`, `.partial`, `.aria2`,
/// `.uploading`, `.inprogress`), editors (`.swp`, `.swo`, `.swx`, `~`), everybody (`.tmp`, `.temp`, `.lock`, `.lck`).
const ENDINGS: [&str; 17] = [
    "~",
    ".tmp",
    ".temp",
    ".part",
    ".partial",
    ".filepart",
    ".crdownload",
    ".download",
    ".opdownload",
    ".aria2",
    ".uploading",
    ".inprogress",
    ".swp",
    ".swo",
    ".swx",
    ".lock",
    ".lck",
];

/// Beginnings of the same: dotfiles (rsync, Syncthing, `.nfs…`, `.#…`), office locks, Emacs drafts.
const BEGINNINGS: [&str; 3] = [".", "~$", "#"];

/// Whether a path relative to the inbox is out of bounds: below `done/` or `failed/`, or temporary in any part.
/// Folders count as files do, so that a tree copied under a temporary name is met when it gets its own.
pub(crate) fn is_ignored(relative: &Path) -> bool {
    relative.components().enumerate().any(|(depth, part)| {
        let Component::Normal(name) = part else {
            return true;
        };
        let name = name.as_encoded_bytes();
        (depth == 0
            && [DONE, FAILED]
                .iter()
                .any(|own| name.eq_ignore_ascii_case(own.as_bytes())))
            || BEGINNINGS.iter().any(|b| name.starts_with(b.as_bytes()))
            || ENDINGS.iter().any(|e| ends_with(name, e))
    })
}

/// The file that a marker (`page.md.done` for `.done`) speaks for, if `relative` is one.
pub(crate) fn marked_by<'a>(relative: &'a Path, marker: &str) -> Option<&'a Path> {
    let bytes = relative.as_os_str().as_bytes();
    let name = relative.file_name()?.as_encoded_bytes();
    if !ends_with(name, marker) || name.len() == marker.len() {
        return None;
    }
    let file = bytes.get(..bytes.len() - marker.len())?;
    Some(Path::new(OsStr::from_bytes(file)))
}

/// The marker that speaks for `path`.
pub(crate) fn marker_of(path: &Path, marker: &str) -> std::path::PathBuf {
    let mut name = path.as_os_str().to_os_string();
    name.push(marker);
    name.into()
}

fn ends_with(name: &[u8], ending: &str) -> bool {
    name.len()
        .checked_sub(ending.len())
        .and_then(|from| name.get(from..))
        .is_some_and(|tail| tail.eq_ignore_ascii_case(ending.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn temporary_and_own_names_are_ignored_and_others_are_not() {
        for ignored in [
            "page.md.tmp",
            "PAGE.TMP",
            "a/page.md.part",
            "page.md~",
            ".page.md.Xa81k",
            "~$page.docx",
            "#page.md#",
            "page.crdownload",
            ".page.md.swp",
            "2024.part/01.md",
            ".git/config",
            "done/01.md",
            "Failed/01.md",
            "done",
            "../page.md",
        ] {
            assert!(is_ignored(Path::new(ignored)), "{ignored}");
        }
        for taken in [
            "page.md",
            "2024/01/05/01.md",
            "tmp",
            "a.template",
            "party",
            "2024/done/01.md",
            "a.tmp.md",
            "页.md",
        ] {
            assert!(!is_ignored(Path::new(taken)), "{taken}");
        }
        assert!(!is_ignored(Path::new(OsStr::from_bytes(b"\xd2\xb3.md"))));
    }

    #[test]
    fn a_marker_speaks_for_the_file_beside_it() {
        assert_eq!(
            marked_by(Path::new("a/01.md.done"), ".done"),
            Some(Path::new("a/01.md"))
        );
        assert_eq!(marked_by(Path::new("a/01.md"), ".done"), None);
        assert_eq!(
            marked_by(Path::new("a/.done"), ".done"),
            None,
            "speaks for nothing"
        );
        assert_eq!(
            marker_of(Path::new("a/01.md"), ".done"),
            Path::new("a/01.md.done")
        );
    }
}

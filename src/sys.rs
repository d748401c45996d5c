//! Calls of the system without a safe wrapper: the crate's one exception to `unsafe_code = "deny"`.
//!
//! **Invariant:** nothing here keeps a pointer or a descriptor beyond the call; every `unsafe` block says why it is sound.
#![allow(unsafe_code)]

use std::fs::File;
use std::io;
use std::process::Command;

/// fcntl(2)'s number for naming the signal (asm-generic/fcntl.h); the libc crate lacks it.
#[cfg(target_os = "linux")]
const F_SETSIG: libc::c_int = 10;

/// What a read lease says about other holders of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Writers {
    /// At this moment nobody had the file open for writing.
    None,
    /// Somebody has it open for writing.
    Some,
    /// The file system grants no leases, or the file is another user's (and `CAP_LEASE` is missing).
    Unknown,
}

/// Asks the kernel whether anybody has `file` (opened read-only) open for writing, and calls `meanwhile` at a moment when
/// the answer holds: under the lease, if it is granted.
///
/// A writer that opens the file in that moment waits a few microseconds for the release (`open` with `O_NONBLOCK`: fails
/// once with `EWOULDBLOCK`). See fcntl(2), “Leases”.
#[cfg(target_os = "linux")]
pub(crate) fn writers<T>(file: &File, meanwhile: impl FnOnce() -> T) -> (Writers, T) {
    use std::os::fd::AsRawFd;
    let fd = file.as_raw_fd();
    // SAFETY: fcntl with integer arguments touches no memory of ours; `fd` is open for as long as `file` is borrowed.
    let fcntl =
        |command: libc::c_int, argument: libc::c_int| unsafe { libc::fcntl(fd, command, argument) };
    // A broken lease is told by a signal, SIGIO unless another is named, and SIGIO kills by default; SIGURG is ignored.
    if fcntl(F_SETSIG, libc::SIGURG) != 0 {
        return (Writers::Unknown, meanwhile());
    }
    let granted = fcntl(libc::F_SETLEASE, libc::F_RDLCK) == 0;
    let refusal = io::Error::last_os_error().raw_os_error();
    let value = meanwhile();
    if granted {
        // Nothing to do if it fails: closing the file releases the lease too.
        fcntl(libc::F_SETLEASE, libc::F_UNLCK);
        return (Writers::None, value);
    }
    let writers = if refusal == Some(libc::EAGAIN) {
        Writers::Some
    } else {
        Writers::Unknown
    };
    (writers, value)
}

/// Without leases nothing is known.
#[cfg(not(target_os = "linux"))]
pub(crate) fn writers<T>(_file: &File, meanwhile: impl FnOnce() -> T) -> (Writers, T) {
    (Writers::Unknown, meanwhile())
}

/// Has the kernel send SIGTERM to the child of `command` when the *thread* that spawns it ends: spawn from a thread that
/// lives as long as the daemon (the main thread), not from a pool that lets idle threads go. Only on Linux.
#[cfg(target_os = "linux")]
pub(crate) fn die_with_parent(command: &mut Command) {
    use std::os::unix::process::CommandExt;
    let parent = std::process::id();
    let set = move || {
        // SAFETY: prctl and getppid are async-signal-safe system calls and take no pointer here.
        let (set, now) = unsafe {
            (
                libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGTERM),
                libc::getppid(),
            )
        };
        if set != 0 {
            return Err(io::Error::last_os_error());
        }
        // The parent may have died between fork and prctl: then no signal will ever come.
        if u32::try_from(now) != Ok(parent) {
            return Err(io::Error::from_raw_os_error(libc::ESRCH));
        }
        Ok(())
    };
    // SAFETY: between fork and exec the closure allocates nothing, takes no lock and calls only the two functions above.
    unsafe { command.pre_exec(set) };
}

/// Without a parent-death signal the child outlives a killed parent.
#[cfg(not(target_os = "linux"))]
pub(crate) fn die_with_parent(_command: &mut Command) {}

/// Has the allocator share so many arenas among all threads. glibc gives nearly every thread its own, and what one once used
/// for a moment stays with it: a dozen threads hold a dozen times the most that any needed.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub(crate) fn limit_arenas(most: libc::c_int) {
    // SAFETY: mallopt takes two integers and touches no memory of ours.
    unsafe { libc::mallopt(libc::M_ARENA_MAX, most) };
}

/// Other allocators have no arenas to limit.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub(crate) fn limit_arenas(_most: libc::c_int) {}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::os::unix::process::ExitStatusExt;

    #[test]
    fn a_lease_tells_whether_a_writer_is_left() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("page.md");
        let writer = File::create(&path).unwrap();
        let reader = File::open(&path).unwrap();
        let (open, size) = writers(&reader, || 7);
        assert_eq!(size, 7);
        if open == Writers::Unknown {
            println!("skipped: no leases on this file system");
            return;
        }
        assert_eq!(open, Writers::Some);
        drop(writer);
        assert_eq!(writers(&reader, || ()).0, Writers::None);
        File::options()
            .write(true)
            .open(&path)
            .expect("the lease is released");
    }

    #[test]
    fn a_writer_during_the_lease_neither_kills_us_nor_fails() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("page.md");
        std::fs::write(&path, "x").unwrap();
        let reader = File::open(&path).unwrap();
        let writer = std::thread::scope(|scope| {
            let (_, handle) = writers(&reader, || {
                let handle = scope.spawn(|| File::options().append(true).open(&path).map(drop));
                std::thread::sleep(std::time::Duration::from_millis(50));
                handle
            });
            handle.join().unwrap()
        });
        writer.expect("opened after the release");
    }

    #[test]
    fn a_child_gets_sigterm_when_its_parent_thread_ends() {
        let mut child = std::thread::spawn(|| {
            let mut command = Command::new("sleep");
            command.arg("60");
            die_with_parent(&mut command);
            command.spawn().unwrap()
        })
        .join()
        .unwrap();
        assert_eq!(child.wait().unwrap().signal(), Some(libc::SIGTERM));
    }
}

//! What a folder's file system can be believed.

use std::path::Path;

/// File systems that other machines write to, by the magic number of statfs(2) (linux/magic.h and their own sources): no
/// events of what those write, and leases that are refused without a writer (NFS, SMB) or know only of local ones.
#[cfg(target_os = "linux")]
const REMOTE: [(u32, &str); 19] = [
    (0x6969, "NFS"),
    (0x517B, "SMB"),
    (0xFF53_4D42, "CIFS"),
    (0xFE53_4D42, "SMB"),
    (0x6573_5546, "FUSE"),
    (0x0102_1997, "9p"),
    (0x7375_7245, "Coda"),
    (0x5346_414F, "AFS"),
    (0x6B41_4653, "AFS"),
    (0x00C3_6400, "Ceph"),
    (0x0BD0_0BD0, "Lustre"),
    (0x4750_4653, "GPFS"),
    (0x7461_636F, "OCFS2"),
    (0x0116_1970, "GFS2"),
    (0x786F_4256, "vboxsf"),
    (0xBACB_ACBC, "vmhgfs"),
    (0x7C7C_6673, "Parallels"),
    (0x1983_0326, "BeeGFS"),
    (0x2003_0528, "OrangeFS"),
];

/// The name of the shared file system that `folder` is on; `None` if it is this machine's own (overlayfs, bind mounts and
/// tmpfs included), or nobody knows.
#[cfg(target_os = "linux")]
pub(crate) fn shared(folder: &Path) -> Option<&'static str> {
    let magic = rustix::fs::statfs(folder).ok()?.f_type;
    // The magic is 32 bits in a signed field of the machine's word.
    let magic = u32::try_from(magic & 0xFFFF_FFFF).ok()?;
    REMOTE
        .iter()
        .find(|(remote, _)| *remote == magic)
        .map(|(_, name)| *name)
}

/// Elsewhere polling is set by hand.
#[cfg(not(target_os = "linux"))]
pub(crate) fn shared(_folder: &Path) -> Option<&'static str> {
    None
}

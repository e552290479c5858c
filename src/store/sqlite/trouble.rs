//! What can be wrong with the place of a store, in words that name the way out.

use std::path::Path;

use nix::errno::Errno;
use nix::unistd::{AccessFlags, access};
use rusqlite::{ErrorCode, ffi};

use crate::fault::{Fault, Kind, Result};

/// Says what to do when a store cannot even begin to be where it should.
pub(super) fn not_here(fault: Fault) -> Fault {
    fault
        .still("nothing was written")
        .hint("set `DELIVER_STORE` to a file in a folder that you may write, with room on its disk")
}

pub(super) fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)
    )
}

pub(super) fn not_a_store(path: &Path) -> Fault {
    Fault::usage(
        "not-a-store",
        format!("cannot open the store `{}`: the file is something else", path.display()),
    )
    .still("the file is untouched")
    .hint("give another file with `--store` or `DELIVER_STORE`, or move this one away")
}

/// Says what the database could not do in words that name the way out.
pub(super) fn fault(error: rusqlite::Error, verb: &str, path: &Path) -> Fault {
    let shown = path.display();
    let attempt = format!("cannot {verb} the store `{shown}`");
    let nothing = "nothing was written";
    let extended = error.sqlite_error().map(|inner| inner.extended_code);
    let fault = match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Fault::new(
            Kind::Busy,
            "busy",
            format!("{attempt}: another process keeps it locked"),
        )
        .still(nothing)
        .hint(format!("fuser -v {shown}")),
        Some(ErrorCode::DiskFull) => disk_full(&attempt, path),
        Some(ErrorCode::SystemIoFailure) if extended == Some(ffi::SQLITE_IOERR_SHMSIZE) => disk_full(&attempt, path),
        Some(ErrorCode::ReadOnly) => read_only(&attempt, path),
        Some(ErrorCode::CannotOpen) if path.is_dir() => return not_a_store(path),
        Some(ErrorCode::CannotOpen) if is_on_read_only_disk(path) => read_only(&attempt, path),
        Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => Fault::failed(
            "permission-denied",
            format!("{attempt}: the file or its folder is not accessible"),
        )
        .still(nothing)
        .hint(format!("ls -ld {shown} {}", path.parent().unwrap_or(path).display())),
        Some(ErrorCode::NotADatabase) => return not_a_store(path),
        Some(ErrorCode::DatabaseCorrupt) => Fault::new(
            Kind::NeedsHuman,
            "store-damaged",
            format!("{attempt}: the file is damaged"),
        )
        .hint(format!("sqlite3 {shown} 'PRAGMA integrity_check'")),
        Some(ErrorCode::SystemIoFailure) => Fault::failed("io", attempt).still(nothing),
        _ => Fault::bug(attempt),
    };
    fault.because(error)
}

fn read_only(attempt: &str, path: &Path) -> Fault {
    let folder = path.parent().unwrap_or(path).display();
    Fault::failed("read-only", format!("{attempt}: the file or its folder is read-only"))
        .still("nothing was written")
        .hint(format!("ls -ld {} {folder}", path.display()))
}

/// SQLite says only that it could not open one of its files; the system says why.
pub(super) fn is_on_read_only_disk(path: &Path) -> bool {
    // Without opening it: to close a file drops all locks that this process has on it.
    access(path, AccessFlags::W_OK) == Err(Errno::EROFS)
}

fn disk_full(attempt: &str, path: &Path) -> Fault {
    Fault::failed("disk-full", format!("{attempt}: the disk is full"))
        .still("nothing was written")
        .hint(format!("df -h {}", path.parent().unwrap_or(path).display()))
}

/// Refuses file systems on which several machines, or none reliably, share memory-mapped files: there the write-ahead
/// log silently loses writes.
pub(super) fn check_file_system(path: &Path) -> Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    match shared_file_system(folder) {
        None => Ok(()),
        Some(kind) => Err(Fault::usage(
            "network-filesystem",
            format!(
                "cannot keep the store `{}` on {kind}: writes of two processes could be lost there",
                path.display()
            ),
        )
        .still("nothing was written")
        .hint("set `DELIVER_STORE` to a file on a local disk")),
    }
}

#[cfg(target_os = "linux")]
fn shared_file_system(folder: &Path) -> Option<&'static str> {
    let found = nix::sys::statfs::statfs(folder).ok()?;
    // The type of this number differs from one C library to the next.
    #[allow(clippy::unnecessary_cast)]
    named_share(found.filesystem_type().0 as i64)
}

#[cfg(target_os = "linux")]
fn named_share(magic: i64) -> Option<&'static str> {
    let magic = magic & 0xffff_ffff;
    NOT_LOCAL
        .iter()
        .find(|(known, _)| *known == magic)
        .map(|(_, name)| *name)
}

#[cfg(not(target_os = "linux"))]
fn shared_file_system(_: &Path) -> Option<&'static str> {
    None
}

/// Magic numbers of statfs(2).
#[cfg(target_os = "linux")]
const NOT_LOCAL: [(i64, &str); 11] = [
    (0x6969, "NFS"),
    (0x517b, "SMB"),
    (0xff53_4d42, "CIFS"),
    (0xfe53_4d42, "SMB"),
    (0x6573_5546, "a FUSE file system"),
    (0x0102_1997, "a 9P share"),
    (0x00c3_6400, "Ceph"),
    (0x0bd0_0bd0, "Lustre"),
    (0x5346_414f, "AFS"),
    (0x7375_7245, "Coda"),
    (0x7461_636f, "OCFS2"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[test]
    fn a_local_disk_is_taken_and_a_kernel_share_is_named() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(shared_file_system(folder.path()), None);
        assert_eq!(named_share(0x6969), Some("NFS"));
        assert_eq!(named_share(0xff53_4d42), Some("CIFS"));
        // statfs gives a signed number where `long` has 32 bits.
        assert_eq!(named_share(i64::from(0xff53_4d42_u32.cast_signed())), Some("CIFS"));
        assert_eq!(named_share(0xef53), None, "ext4");
    }

    #[test]
    fn each_trouble_has_its_word() {
        let path = Path::new("/nowhere/store.db");
        for (number, kind, code) in [
            (ffi::SQLITE_BUSY, Kind::Busy, "busy"),
            (ffi::SQLITE_LOCKED, Kind::Busy, "busy"),
            (ffi::SQLITE_FULL, Kind::Failed, "disk-full"),
            (ffi::SQLITE_IOERR_SHMSIZE, Kind::Failed, "disk-full"),
            (ffi::SQLITE_IOERR_WRITE, Kind::Failed, "io"),
            (ffi::SQLITE_READONLY, Kind::Failed, "read-only"),
            (ffi::SQLITE_CANTOPEN, Kind::Failed, "permission-denied"),
            (ffi::SQLITE_NOTADB, Kind::Usage, "not-a-store"),
            (ffi::SQLITE_CORRUPT, Kind::NeedsHuman, "store-damaged"),
            (ffi::SQLITE_CONSTRAINT, Kind::Bug, "bug"),
        ] {
            let error = rusqlite::Error::SqliteFailure(ffi::Error::new(number), None);
            let fault = fault(error, "write", path);
            assert_eq!((fault.kind(), fault.code()), (kind, code));
            assert!(fault.message().contains("/nowhere/store.db"), "{fault}");
        }
    }
}

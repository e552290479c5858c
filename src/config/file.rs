//! Files of the user whose content is taken as it is: settings of other programs, secrets, what is sent to an engine.

use std::fs::File;
use std::io::{Error, ErrorKind, Read, Result};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use nix::fcntl::OFlag;

/// The content of a regular file of at most `most` bytes. Of anything else nothing is read, so that no pipe is waited for and
/// no device fills memory.
pub fn read(path: &Path, most: u64) -> Result<Vec<u8>> {
    // A pipe would be opened when somebody writes to it.
    let file = File::options()
        .read(true)
        .custom_flags(OFlag::O_NONBLOCK.bits())
        .open(path)?;
    let about = file.metadata()?;
    if about.is_dir() {
        return Err(ErrorKind::IsADirectory.into());
    }
    if !about.is_file() {
        return Err(Error::new(ErrorKind::InvalidInput, "it is no regular file"));
    }
    let mut bytes = Vec::new();
    // It may grow meanwhile.
    let read = match about.len() > most {
        true => most + 1,
        false => file.take(most + 1).read_to_end(&mut bytes)? as u64,
    };
    match read > most {
        true => Err(Error::new(
            ErrorKind::FileTooLarge,
            format!("it has {} KiB; {} may be", about.len().max(read) / 1024, most / 1024),
        )),
        false => Ok(bytes),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn only_regular_files_of_a_bounded_size_are_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        fs::write(at("full"), "1234").expect("written");
        assert_eq!(read(&at("full"), 4).expect("it fits"), b"1234");
        let kind = |path: &Path, most| read(path, most).expect_err("it is refused").kind();
        assert_eq!(kind(&at("full"), 3), ErrorKind::FileTooLarge);
        assert_eq!(kind(&at("gone"), 3), ErrorKind::NotFound);
        assert_eq!(kind(folder.path(), 3), ErrorKind::IsADirectory);
        nix::unistd::mkfifo(&at("pipe"), nix::sys::stat::Mode::S_IRUSR).expect("made");
        assert_eq!(kind(&at("pipe"), 3), ErrorKind::InvalidInput, "nobody writes to it");
        assert_eq!(kind(Path::new("/dev/zero"), 3), ErrorKind::InvalidInput);
        // A file without content yet may be larger than memory.
        let sparse = fs::File::create(at("sparse")).expect("made");
        sparse.set_len(1 << 40).expect("grown");
        assert_eq!(kind(&at("sparse"), 1 << 20), ErrorKind::FileTooLarge);
    }
}

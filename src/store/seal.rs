//! Secrets at rest: sealed with an authenticated cipher under a key that never leaves this machine, and told apart by a
//! keyed hash, so that neither a copy of the database nor a version shown in a plan gives a value away.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom, SystemRandom};

use crate::fault::{Attempt, Fault, Kind, Result};

/// Length of the key in bytes, for ChaCha20-Poly1305 (RFC 8439) and for BLAKE3's keyed mode alike.
const KEY_LEN: usize = 32;

/// The per-store key.
pub struct SealingKey {
    cipher: LessSafeKey,
    hash: [u8; KEY_LEN],
    fingerprint: String,
}

impl SealingKey {
    /// Opens the key at `path`, or makes one with mode 0600. Refuses a key that others can read.
    pub fn open(path: &Path) -> Result<Self> {
        match Self::existing(path)? {
            Some(key) => Ok(key),
            None => Self::of_file(path, create(path)?),
        }
    }

    /// The key at `path`, where there is one already.
    pub fn existing(path: &Path) -> Result<Option<Self>> {
        match fs::read(path) {
            Ok(bytes) => Self::of_file(path, bytes).map(Some),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).attempting("read the key", path),
        }
    }

    fn of_file(path: &Path, bytes: Vec<u8>) -> Result<Self> {
        let mode = fs::metadata(path)
            .attempting("inspect the key", path)?
            .permissions()
            .mode();
        if mode & 0o077 != 0 {
            return Err(Fault::failed(
                "key-exposed",
                format!("other users may read the key `{}`", path.display()),
            )
            .hint(format!("chmod 600 {}", path.display())));
        }
        let root: [u8; KEY_LEN] = bytes.try_into().map_err(|_| {
            Fault::failed(
                "key-damaged",
                format!("the key `{}` is not {KEY_LEN} bytes long", path.display()),
            )
        })?;
        SealingKey::from_root(root)
    }

    /// A key that those who share a store keep elsewhere, as `name` says: 32 bytes, or 64 hexadecimal digits.
    pub fn shared(bytes: &[u8], name: &str) -> Result<Self> {
        let digits = std::str::from_utf8(bytes).map(str::trim).unwrap_or_default();
        let hex = || -> Option<[u8; KEY_LEN]> {
            let plain = digits.len() == 2 * KEY_LEN && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
            let mut root = [0; KEY_LEN];
            for (at, byte) in root.iter_mut().enumerate().filter(|_| plain) {
                *byte = u8::from_str_radix(digits.get(2 * at..2 * at + 2)?, 16).ok()?;
            }
            plain.then_some(root)
        };
        let root = bytes.try_into().ok().or_else(hex).ok_or_else(|| {
            let message = format!(
                "the key at {name} is neither {KEY_LEN} bytes nor {} hexadecimal digits",
                2 * KEY_LEN
            );
            Fault::new(Kind::Credentials, "key-damaged", message)
                .still("nothing was changed")
                .hint("openssl rand -hex 32     (makes a key; give the same one to everybody who shares the store)")
        })?;
        SealingKey::from_root(root)
    }

    fn from_root(root: [u8; KEY_LEN]) -> Result<Self> {
        // Two uses, two keys: what is learnt of one says nothing about the other.
        let cipher = blake3::derive_key("deliver 2026 secret sealing", &root);
        let hash = blake3::derive_key("deliver 2026 secret versions", &root);
        let cipher =
            UnboundKey::new(&CHACHA20_POLY1305, &cipher).map_err(|_| Fault::bug("a 32 byte key was refused"))?;
        Ok(SealingKey {
            cipher: LessSafeKey::new(cipher),
            hash,
            fingerprint: blake3::Hasher::new_derive_key("deliver 2026 key fingerprint")
                .update(&root)
                .finalize()
                .to_hex()[..16]
                .to_owned(),
        })
    }

    /// Tells this key from others and gives nothing of it away.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// Seals `plain` with a random nonce in front; `label` says what it is and must be the same when it is opened.
    pub fn seal(&self, label: &str, plain: &[u8]) -> Result<Vec<u8>> {
        let mut sealed = vec![0; NONCE_LEN];
        SystemRandom::new()
            .fill(&mut sealed)
            .map_err(|_| Fault::failed("no-randomness", "cannot seal a secret: the system gave no random bytes"))?;
        let nonce = Nonce::try_assume_unique_for_key(&sealed).map_err(|_| Fault::bug("a nonce of the wrong length"))?;
        let mut body = plain.to_vec();
        self.cipher
            .seal_in_place_append_tag(nonce, Aad::from(label.as_bytes()), &mut body)
            .map_err(|_| Fault::bug("a secret too long to seal"))?;
        sealed.extend(body);
        Ok(sealed)
    }

    /// Opens what [`SealingKey::seal`] made under the same key and label.
    pub fn open_sealed(&self, label: &str, sealed: &[u8]) -> Result<Vec<u8>> {
        let damaged = || {
            Fault::failed(
                "seal-broken",
                "a sealed secret does not open: it was damaged, or sealed under another key",
            )
        };
        let (nonce, body) = sealed.split_at_checked(NONCE_LEN).ok_or_else(damaged)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| damaged())?;
        let mut body = body.to_vec();
        let plain = self
            .cipher
            .open_in_place(nonce, Aad::from(label.as_bytes()), &mut body)
            .map_err(|_| damaged())?;
        Ok(plain.to_vec())
    }

    /// A short keyed hash that tells two values of one secret apart and gives neither away.
    pub fn version(&self, name: &str, value: &str) -> String {
        let mut hasher = blake3::Hasher::new_keyed(&self.hash);
        hasher.update(name.as_bytes()).update(&[0]).update(value.as_bytes());
        hasher.finalize().to_hex()[..16].to_owned()
    }
}

/// Makes a key; of two processes at once, one wins and both use its key.
fn create(path: &Path) -> Result<Vec<u8>> {
    let mut key = vec![0; KEY_LEN];
    SystemRandom::new()
        .fill(&mut key)
        .map_err(|_| Fault::failed("no-randomness", "cannot make a key: the system gave no random bytes"))?;
    let parent = path.parent().unwrap_or(Path::new("."));
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(parent)
        .attempting("create the folder", parent)?;
    let temporary = parent.join(format!(".key-{}", std::process::id()));
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&temporary)
        .attempting("write", &temporary)?;
    file.write_all(&key)
        .and_then(|()| file.sync_all())
        .attempting("write", &temporary)?;
    // A link fails when the name exists, a rename would replace the other's key.
    let linked = fs::hard_link(&temporary, path);
    fs::remove_file(&temporary).attempting("remove", &temporary)?;
    match linked {
        Ok(()) => Ok(key),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            fs::read(path).attempting("read the key", path)
        }
        Err(error) => Err(error).attempting("create the key", path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_value_opens_only_under_its_key_and_label() {
        let dir = tempfile::tempdir().unwrap();
        let key = SealingKey::open(&dir.path().join("key")).unwrap();
        let again = SealingKey::open(&dir.path().join("key")).unwrap();
        let other = SealingKey::open(&dir.path().join("other")).unwrap();
        let sealed = key.seal("pricing", b"hunter2").unwrap();
        assert_eq!(again.open_sealed("pricing", &sealed).unwrap(), b"hunter2");
        assert!(key.open_sealed("catalog", &sealed).is_err());
        assert!(other.open_sealed("pricing", &sealed).is_err());
        assert!(key.open_sealed("pricing", &sealed[..5]).is_err());
        assert_eq!(key.version("A", "1"), again.version("A", "1"));
        assert_ne!(key.version("A", "1"), key.version("B", "1"));
        assert_ne!(key.version("A", "1"), other.version("A", "1"));
    }

    #[test]
    fn a_shared_key_is_bytes_or_digits() {
        let key = |bytes: &[u8]| SealingKey::shared(bytes, "env:K").map(|key| key.fingerprint().to_owned());
        let digits = "00ff".repeat(16);
        let bytes = [0, 255].repeat(16);
        assert_eq!(key(&bytes).unwrap(), key(digits.as_bytes()).unwrap());
        assert_eq!(
            key(&bytes).unwrap(),
            key(format!("{digits}\n").to_uppercase().as_bytes()).unwrap()
        );
        for wrong in [
            &b"hunter2"[..],
            &bytes[1..],
            "zz".repeat(32).as_bytes(),
            "äää".repeat(11).as_bytes(),
            b"",
        ] {
            let fault = key(wrong).unwrap_err();
            assert_eq!(fault.code(), "key-damaged");
            assert!(!fault.to_string().contains("hunter2"));
        }
    }

    #[test]
    fn a_key_that_others_can_read_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("key");
        SealingKey::open(&path).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert_eq!(SealingKey::open(&path).err().unwrap().code(), "key-exposed");
    }
}

//! SHA-256 digests, written in lower-case hexadecimal.

use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Bytes in lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// The SHA-256 digest of bytes.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Fills `bytes` with what pairs of hexadecimal digits stand for; `None` where the text is something else.
pub fn read_hex(text: &str, bytes: &mut [u8]) -> Option<()> {
    let digits = text.as_bytes();
    if digits.len() != 2 * bytes.len() {
        return None;
    }
    let digit = |byte: u8| char::from(byte).to_digit(16);
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let (high, low) = (digit(*pair.first()?)?, digit(*pair.last()?)?);
        *byte = u8::try_from(16 * high + low).ok()?;
    }
    Some(())
}

/// Length in bytes and SHA-256 digest of a file, read in pieces.
pub fn digest_file(path: &Path) -> io::Result<(u64, String)> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 18];
    let mut length = 0;
    loop {
        let read = match file.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        // `read` counts bytes of the buffer.
        hasher.update(&buffer[..read]);
        length += read as u64;
    }
    Ok((length, hex(&hasher.finalize())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_digest() {
        assert_eq!(
            sha256_hex(b"abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }

    #[test]
    fn hexadecimal_is_read_back() {
        let mut bytes = [0; 3];
        assert_eq!(read_hex(&hex(b"\x00\x7F\xFF"), &mut bytes), Some(()));
        assert_eq!(&bytes, b"\x00\x7F\xFF");
        assert_eq!(read_hex("aB", &mut bytes[..1]), Some(()));
        assert_eq!(bytes[0], 0xAB);
        for text in ["a", "abc", "+1", "é", "zz"] {
            assert_eq!(read_hex(text, &mut bytes[..1]), None, "{text}");
        }
    }
}

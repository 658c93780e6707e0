//! Names of random or digested bits: characters that read as no word, are spelled the same by everybody, and sort by their bits.

use std::sync::LazyLock;

use data_encoding::{Encoding, Specification};
use sha2::{Digest as _, Sha256};

/// Crockford's base 32: no I, L, O or U, so that no code reads as a word or as another code.
static CROCKFORD: LazyLock<Encoding> = LazyLock::new(|| {
    let mut specification = Specification::new();
    specification.symbols.push_str("0123456789ABCDEFGHJKMNPQRSTVWXYZ");
    specification.encoding().expect("the alphabet has 32 letters")
});

/// Characters of Crockford's base 32, eight for each five bytes.
pub(crate) fn characters(bits: &[u8]) -> String {
    CROCKFORD.encode(bits)
}

/// Sixteen characters of Crockford's base 32 for 80 bits.
pub(crate) fn sixteen(bits: [u8; 10]) -> String {
    characters(&bits)
}

/// Whether a text is so many characters of Crockford's base 32: eight, or a multiple of eight.
pub(crate) fn is_characters(text: &str, count: usize) -> bool {
    text.len() == count && CROCKFORD.decode(text.as_bytes()).is_ok()
}

/// Whether a text is sixteen characters of Crockford's base 32.
pub(crate) fn is_sixteen(text: &str) -> bool {
    is_characters(text, 16)
}

/// The first 80 bits of SHA-256 over the parts, each behind its length, so that no two lists of parts are one text.
pub(crate) fn hash(parts: &[&[u8]]) -> [u8; 10] {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    let mut bits = [0; 10];
    bits.copy_from_slice(&digest.finalize()[..10]);
    bits
}

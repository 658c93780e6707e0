//! The deployment's secret, and what is made of it: codes that nobody without it can compute or check.

use std::fmt;

use chacha20poly1305::XChaCha20Poly1305;
use chacha20poly1305::aead::Aead as _;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// The shortest secret, in bytes: as long as the codes themselves (RFC 2104, section 3).
pub const MIN_SECRET_BYTES: usize = 32;

/// The deployment's secret. It never changes: what is made of it stands in keys and identifiers.
#[derive(Clone)]
pub struct Secret(Hmac<Sha256>);

impl Secret {
    /// The secret of a text; none where it is shorter than [`MIN_SECRET_BYTES`].
    pub fn new(text: &str) -> Option<Self> {
        let long_enough = text.len() >= MIN_SECRET_BYTES;
        long_enough
            .then(|| Self(Hmac::new_from_slice(text.as_bytes()).expect("a key of any length")))
    }

    /// HMAC-SHA-256 over `parts`, each with its length in front, so that none wanders into its neighbour. `tag` keeps one use apart from every other.
    pub fn code(&self, tag: &str, parts: &[&[u8]]) -> [u8; 32] {
        let mut code = self.0.clone();
        for part in std::iter::once(tag.as_bytes()).chain(parts.iter().copied()) {
            code.update(&(part.len() as u64).to_be_bytes());
            code.update(part);
        }
        code.finalize().into_bytes().into()
    }

    /// The first 80 bits of [`Secret::code`], for a name.
    pub fn bits(&self, tag: &str, parts: &[&[u8]]) -> [u8; 10] {
        let mut bits = [0; 10];
        bits.copy_from_slice(&self.code(tag, parts)[..10]);
        bits
    }

    /// Whether `code` begins with these bytes' worth of [`Secret::code`], compared in the same time wherever they differ.
    pub fn confirms(&self, tag: &str, parts: &[&[u8]], code: &[u8]) -> bool {
        let own = self.code(tag, parts);
        let differs = own.iter().zip(code).fold(0, |differs, (one, other)| differs | (one ^ other));
        !code.is_empty() && code.len() <= own.len() && differs == 0
    }
}

/// How many random bytes go into each sealing.
pub const NONCE_BYTES: usize = 24;

/// A key of one request, made of the secret and of the request itself: only who sends the request again makes it again.
pub struct Seal(XChaCha20Poly1305);

impl Seal {
    pub fn of(secret: &Secret, request: &[&[u8]]) -> Self {
        Self(XChaCha20Poly1305::new(&secret.code("seal", request).into()))
    }

    /// Seals a text. The nonce is random, and stands in front of what is sealed.
    pub fn seal(&self, text: &[u8], nonce: [u8; NONCE_BYTES]) -> Vec<u8> {
        let sealed = self.0.encrypt(&nonce.into(), text).expect("a text of a few kilobytes");
        [&nonce[..], &sealed].concat()
    }

    /// What was sealed; none where it was sealed for another request, or was changed.
    pub fn open(&self, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_BYTES>()?;
        self.0.decrypt(&(*nonce).into(), sealed).ok()
    }
}

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seal(…)")
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Secret {
        Secret::new(text).expect("long enough")
    }

    #[test]
    fn a_short_secret_is_none() {
        assert!(Secret::new(&"x".repeat(31)).is_none());
        assert!(Secret::new(&"x".repeat(32)).is_some());
    }

    #[test]
    fn a_code_depends_on_the_secret_the_tag_and_each_part() {
        let one = secret(&"x".repeat(32));
        let code = one.code("cursor", &[b"ab", b"c"]);
        assert_eq!(code, one.code("cursor", &[b"ab", b"c"]));
        for other in [
            secret(&"y".repeat(32)).code("cursor", &[b"ab", b"c"]),
            one.code("block", &[b"ab", b"c"]),
            one.code("cursor", &[b"a", b"bc"]),
            one.code("cursor", &[b"abc"]),
            one.code("cursor", &[b"ab", b"c", b""]),
        ] {
            assert_ne!(code, other);
        }
    }

    #[test]
    fn a_code_is_confirmed_by_its_beginning_and_by_nothing_else() {
        let secret = secret(&"x".repeat(32));
        let code = secret.code("cursor", &[b"a"]);
        assert!(secret.confirms("cursor", &[b"a"], &code[..16]));
        assert!(!secret.confirms("cursor", &[b"b"], &code[..16]));
        assert!(!secret.confirms("cursor", &[b"a"], b""));
        assert!(!secret.confirms("cursor", &[b"a"], &[&code[..], &[0]].concat()));
        for at in 0..16 {
            let mut changed = code;
            changed[at] ^= 1;
            assert!(!secret.confirms("cursor", &[b"a"], &changed[..16]), "{at}");
        }
    }

    #[test]
    fn what_is_sealed_for_one_request_opens_for_no_other() {
        let secret = secret(&"x".repeat(32));
        let seal = Seal::of(&secret, &[b"request"]);
        let sealed = seal.seal(b"100 Example Street", [7; NONCE_BYTES]);
        assert!(!sealed.windows(7).any(|window| window == b"Example"));
        assert_eq!(seal.open(&sealed).as_deref(), Some(&b"100 Example Street"[..]));
        assert_eq!(Seal::of(&secret, &[b"another"]).open(&sealed), None);
        assert_eq!(seal.open(&sealed[1..]), None);
        assert_eq!(seal.open(b""), None);
    }

    #[test]
    fn debug_does_not_show_it() {
        assert_eq!(format!("{:?}", secret("0123456789abcdef0123456789abcdef")), "Secret(…)");
    }
}

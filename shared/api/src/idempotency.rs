//! The `Idempotency-Key` header. What a key is bound to, and how it is hashed and kept, is not decided here.

use std::fmt;

use domain::Invalid;

/// The shortest key that is accepted, in characters; a shorter one is too easily met by chance.
pub const MIN_CHARACTERS: usize = 16;

/// The longest key that is accepted, in characters.
pub const MAX_CHARACTERS: usize = 128;

/// A caller's key for one effect: 16 to 128 of `A-Z a-z 0-9 - _`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// Reads a key as the header has it, quoted (as a structured field is) or bare. The quotes are not part of it.
    pub fn parse(text: &str) -> Result<IdempotencyKey, Invalid> {
        let text = text.trim_matches([' ', '\t']);
        let bare = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
        let known = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        if (MIN_CHARACTERS..=MAX_CHARACTERS).contains(&bare.len()) && bare.bytes().all(known) {
            Ok(IdempotencyKey(bare.to_owned()))
        } else {
            Err(Invalid {
                code: "invalid-idempotency-key",
                reason: format!(
                    "An idempotency key is one value of {MIN_CHARACTERS} to {MAX_CHARACTERS} of A-Z, a-z, 0-9, - and _, quoted or bare."
                ),
            })
        }
    }

    /// The key without quotes.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Who knows a key can ask for its answer again, so it is not shown.
impl fmt::Debug for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdempotencyKey(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_quoted_and_bare_and_nothing_else_is_a_key() {
        let longest = "x".repeat(128);
        let cases: &[(&str, Option<&str>)] = &[
            ("0123456789abcdef", Some("0123456789abcdef")),
            ("\"0123456789abcdef\"", Some("0123456789abcdef")),
            (" 0123456789abcdef\t", Some("0123456789abcdef")),
            ("8e03978e-40d5-43dd-bc93-6894a57f9324", Some("8e03978e-40d5-43dd-bc93-6894a57f9324")),
            ("ABCDEFGHIJKLMNO_", Some("ABCDEFGHIJKLMNO_")),
            (&longest, Some(&longest)),
            ("", None),
            ("\"", None),
            ("\"\"", None),
            ("0123456789abcde", None),
            ("\"0123456789abcde\"", None),
            ("\"0123456789abcdef", None),
            ("0123456789abcdef\"", None),
            ("0123456789abcdef,0123456789abcdef", None),
            ("0123456789abcdef, 0123456789abcdef", None),
            ("0123456789abcdeé", None),
            ("0123456789abc#|/", None),
        ];
        for (text, expected) in cases {
            let found = IdempotencyKey::parse(text).ok();
            assert_eq!(found.as_ref().map(IdempotencyKey::as_str), *expected, "{text}");
        }
        assert!(IdempotencyKey::parse(&"x".repeat(129)).is_err());
    }

    #[test]
    fn debug_does_not_show_the_key() {
        let key = IdempotencyKey::parse("0123456789abcdef").expect("a key");
        assert!(!format!("{key:?}").contains("0123"));
    }
}

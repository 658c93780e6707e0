//! The `Idempotency-Key` header. What a key is bound to, and how it is hashed and kept, is not decided here.

use std::fmt;

use domain::Invalid;

/// The longest key that is accepted, in characters.
pub const MAX_CHARACTERS: usize = 255;

/// A caller's key for one effect: 1 to 255 visible ASCII characters.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// Reads a key as the header has it: a string of a structured field (RFC 9651, section 3.3.3), as the header's draft has it, or bare. Quotes, and the backslashes that
    /// they need within, are not part of it. A bare one has no comma, which is what a gateway puts between two lines of one header.
    pub fn parse(text: &str) -> Result<IdempotencyKey, Invalid> {
        let text = text.trim_matches([' ', '\t']);
        let key = match text.strip_prefix('"') {
            Some(quoted) => unquoted(quoted),
            None => Some(text.to_owned()).filter(|text| !text.contains(',')),
        };
        let is_key = |key: &String| {
            (1..=MAX_CHARACTERS).contains(&key.len())
                && key.bytes().all(|byte| byte.is_ascii_graphic())
        };
        key.filter(is_key).map(IdempotencyKey).ok_or_else(|| Invalid {
            code: "invalid-idempotency-key",
            reason: format!(
                "An idempotency key is one value of 1 to {MAX_CHARACTERS} visible ASCII characters, quoted, or bare without a comma."
            ),
        })
    }

    /// The key without quotes.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What stands before the closing quote, which is the last character; none where there is none, or where a quote or a backslash within has no backslash before it.
fn unquoted(text: &str) -> Option<String> {
    let mut inside = String::new();
    let mut rest = text.chars();
    loop {
        match rest.next()? {
            '"' => return rest.next().is_none().then_some(inside),
            '\\' => inside.push(rest.next().filter(|next| matches!(next, '"' | '\\'))?),
            other => inside.push(other),
        }
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
        let longest = "x".repeat(255);
        let cases: &[(&str, Option<&str>)] = &[
            ("0123456789abcdef", Some("0123456789abcdef")),
            ("\"0123456789abcdef\"", Some("0123456789abcdef")),
            (" 0123456789abcdef\t", Some("0123456789abcdef")),
            ("8e03978e-40d5-43dd-bc93-6894a57f9324", Some("8e03978e-40d5-43dd-bc93-6894a57f9324")),
            ("7", Some("7")),
            ("SO-10023/1", Some("SO-10023/1")),
            ("\"SO:10023#1\"", Some("SO:10023#1")),
            (r#""a\"b\\c""#, Some(r#"a"b\c"#)),
            (r#"a"b\c"#, Some(r#"a"b\c"#)),
            ("\"a,b\"", Some("a,b")),
            ("a,b", None),
            (&longest, Some(&longest)),
            ("", None),
            ("\"", None),
            ("\"\"", None),
            ("\"0123456789abcdef", None),
            ("\"a\"b\"", None),
            ("\"a\";b=1", None),
            (r#""a\b""#, None),
            (r#""a\"#, None),
            ("a b", None),
            ("\"a b\"", None),
            ("0123456789abcdef, 0123456789abcdef", None),
            ("0123456789abcdeé", None),
        ];
        for (text, expected) in cases {
            let found = IdempotencyKey::parse(text).ok();
            assert_eq!(found.as_ref().map(IdempotencyKey::as_str), *expected, "{text}");
        }
        assert!(IdempotencyKey::parse(&"x".repeat(256)).is_err());
    }

    #[test]
    fn debug_does_not_show_the_key() {
        let key = IdempotencyKey::parse("0123456789abcdef").expect("a key");
        assert!(!format!("{key:?}").contains("0123"));
    }
}

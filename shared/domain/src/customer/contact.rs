//! How a customer is reached: e-mail address, e-mail status, telephone numbers.

use std::fmt;

use unicode_normalization::UnicodeNormalization as _;

use crate::Invalid;
use crate::matching::fold::{self, is_dash};
use crate::message::edits::{self, EditCode};

/// How many characters a telephone number may have.
const LONGEST_PHONE: usize = 100;

/// An e-mail address: text before the `@`, between the `@` and a dot, and after that dot; 254 characters at most (RFC 5321, 4.5.3.1.3).
#[derive(Clone, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    /// Parses an address; `invalid-email` for anything else.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let parts = || {
            let (local, domain) = text.rsplit_once('@')?;
            let (host, top) = domain.rsplit_once('.')?;
            (!local.is_empty() && !host.is_empty() && !top.is_empty()).then_some(())
        };
        let plain =
            !text.chars().any(|character| character.is_whitespace() || character.is_control());
        if plain && text.chars().count() <= 254 && parts().is_some() {
            Ok(Self(text.to_owned()))
        } else {
            Err(Invalid::new(
                "invalid-email",
                "an e-mail address has text before the '@', between the '@' and a dot, and after the dot",
            ))
        }
    }

    /// The address as it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Email(…)")
    }
}

/// Whether `text` is an e-mail status: `O1` to `O4`. Answers it as records keep it.
pub fn email_status(text: &str) -> Option<String> {
    let status = text.trim().to_ascii_uppercase();
    matches!(status.as_str(), "O1" | "O2" | "O3" | "O4").then_some(status)
}

/// A telephone number, with what it is for where that is known.
#[derive(Clone, PartialEq, Eq)]
pub struct Phone {
    kind: Option<String>,
    number: String,
}

impl Phone {
    /// Parses a number, or what somebody wrote in its place ([`Self::is_number`] tells them apart): 1 to 100 characters that show something, none of which is a control
    /// character, without the blanks around them. The kind is what [`Self::parse_kind`] takes.
    ///
    /// # Errors
    /// `phone-blank`, `value-too-long` and `invalid-value`, as in any attribute of a message.
    pub fn parse(kind: Option<&str>, number: &str) -> Result<Self, Invalid> {
        let number = number.trim();
        if fold::is_blank(number) {
            return Err(Invalid::new("phone-blank", "a phone has a number"));
        }
        let refused = |code: EditCode| Err(Invalid::new(code.code(), code.reason()));
        if number.chars().count() > LONGEST_PHONE {
            return refused(EditCode::ValueTooLong);
        }
        if !edits::is_plain(number) {
            return refused(EditCode::InvalidValue);
        }
        Ok(Self {
            kind: kind.map(|kind| Self::parse_kind(kind).map(str::to_owned)).transpose()?,
            number: number.to_owned(),
        })
    }

    /// Whether the number reads as one: digits, blanks, `+ ( ) - . / # x ext` in either case, and any dash, also in full width and with blanks that do not break; at least
    /// one digit.
    pub fn is_number(&self) -> bool {
        let plain =
            self.number.nfkd().flat_map(char::to_lowercase).collect::<String>().replace("ext", "x");
        let allowed = |found: char| {
            found.is_numeric()
                || found.is_whitespace()
                || "+()-./#x".contains(found)
                || is_dash(found)
        };
        plain.chars().all(allowed) && plain.contains(char::is_numeric)
    }

    /// Parses what a number is for: 1 to 20 ASCII letters, digits, `_`, `-` or blanks; `invalid-phone-type` for anything else.
    pub fn parse_kind(kind: &str) -> Result<&str, Invalid> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_- ".contains(&byte);
        if (1..=20).contains(&kind.len()) && kind.bytes().all(allowed) {
            Ok(kind)
        } else {
            Err(Invalid::new(
                "invalid-phone-type",
                "a phone type is 1 to 20 letters, digits, '_', '-' and blanks",
            ))
        }
    }

    /// What the number is for, as the caller said: `BUSINESS`, say.
    pub fn kind(&self) -> Option<&str> {
        self.kind.as_deref()
    }

    /// The number as it was given.
    pub fn number(&self) -> &str {
        &self.number
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Phone(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_email_address_has_three_parts() {
        for valid in ["office@acme.example", "a@b.c", "a@b@c.d", "a@b.co.uk"] {
            assert!(Email::parse(valid).is_ok(), "{valid}");
        }
        for invalid in
            ["", "a", "@b.c", "a@b", "a@.c", "a@b.", "a b@c.d", &format!("{}@b.c", "a".repeat(251))]
        {
            assert!(Email::parse(invalid).is_err(), "{invalid}");
        }
    }

    #[test]
    fn a_phone_is_a_number_or_kept_as_text() {
        for number in [
            "+1 (508) 555-0100 x12",
            "0049/30/123-45",
            "555.0100 Ext. 7",
            "5550100X12",
            "#31#555 0100",
            "５５５\u{2011}０１００",
            "555\u{a0}0100\u{2013}1",
            " 1\t",
        ] {
            assert!(Phone::parse(Some("BUSINESS"), number).unwrap().is_number(), "{number}");
        }
        for text in ["call me", "---", "555;0100", "ext", "5550100 (office)"] {
            let phone = Phone::parse(None, text).unwrap();
            assert!(!phone.is_number() && phone.number() == text, "{text}");
        }
        for none in ["", " ", "\u{200b}", "55\u{7}", &"1".repeat(101)] {
            assert!(Phone::parse(None, none).is_err(), "{none:?}");
        }
        assert!(Phone::parse(Some(""), "1").is_err());
    }
}

//! Cursors: where a page of a list ended, as text that a caller hands back to read on.
//!
//! A cursor carries a position and nothing else, and grants nothing: whether the caller may see the list, the route has decided before it opens one. The code in it
//! (HMAC with the deployment's secret) binds the position to its list and its caller, so that one that is forged, changed, another's or another list's is refused.

use data_encoding::BASE64URL_NOPAD;
use domain::secret::Secret;

use crate::problem::Fault;

/// The form of the cursors that are given out now; older forms are refused, and the caller starts the list again.
const VERSION: u8 = 2;

/// Keeps the code apart from every other use of the secret.
const TAG: &str = "cursor";

/// 128 bits: as many as nobody tries.
const CODE_BYTES: usize = 16;

/// The longest cursor that is looked at, in characters. Ours are far shorter.
const MAX_CHARACTERS: usize = 2048;

/// A list as one caller reads it: what its cursors are bound to.
#[derive(Debug)]
pub struct List<'a> {
    secret: &'a Secret,
    caller: &'a str,
    name: String,
}

impl<'a> List<'a> {
    /// `name` names the list with its owner and its filters, for example `dealer-customers/TD68`; two lists that may not share cursors need two names.
    pub fn new(secret: &'a Secret, caller: &'a str, name: impl Into<String>) -> Self {
        Self { secret, caller, name: name.into() }
    }

    /// The cursor for the place `position` in this list.
    pub fn cursor(&self, position: &str) -> String {
        let code = self.secret.code(TAG, &self.parts(position));
        let bytes = [&[VERSION], position.as_bytes(), &code[..CODE_BYTES]].concat();
        BASE64URL_NOPAD.encode(&bytes)
    }

    /// The position in a cursor that [`List::cursor`] wrote for this very list and caller; none for any other text.
    pub fn position(&self, cursor: &str) -> Option<String> {
        if cursor.len() > MAX_CHARACTERS {
            return None;
        }
        let bytes = BASE64URL_NOPAD.decode(cursor.as_bytes()).ok()?;
        let (version, rest) = bytes.split_first()?;
        let (position, code) = rest.split_at_checked(rest.len().checked_sub(CODE_BYTES)?)?;
        let position = std::str::from_utf8(position).ok()?;
        let ours = *version == VERSION && self.secret.confirms(TAG, &self.parts(position), code);
        ours.then(|| position.to_owned())
    }

    fn parts<'p>(&'p self, position: &'p str) -> [&'p [u8]; 3] {
        [self.name.as_bytes(), self.caller.as_bytes(), position.as_bytes()]
    }
}

/// The fault of a cursor that is none of this list.
pub(crate) fn fault() -> Fault {
    Fault::new(
        "/query/cursor",
        "invalid-cursor",
        "The cursor is not one that this list gave out to you; start without one.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Secret {
        Secret::new(&text.repeat(32)).expect("long enough")
    }

    #[test]
    fn a_cursor_brings_its_position_back() {
        let secret = secret("x");
        let list = List::new(&secret, "erp", "dealer-customers/TD68");
        for position in ["", "245TRSSDG343456", "a|b#c/d", "2026-11-23T10:00:00Z#é"] {
            assert_eq!(list.position(&list.cursor(position)).as_deref(), Some(position));
        }
    }

    #[test]
    fn a_cursor_is_of_one_list_one_caller_and_one_deployment() {
        let (own, others) = (secret("x"), secret("y"));
        let cursor = List::new(&own, "erp", "dealer-customers/TD68").cursor("245");
        for (secret, caller, name) in [
            (&own, "erp", "dealer-customers/TD69"),
            (&own, "erp", "dealer-customers/TD6"),
            (&own, "erp", "errors"),
            (&own, "erp", ""),
            (&own, "other", "dealer-customers/TD68"),
            (&own, "", "dealer-customers/TD68"),
            (&others, "erp", "dealer-customers/TD68"),
        ] {
            assert_eq!(List::new(secret, caller, name).position(&cursor), None, "{caller} {name}");
        }
    }

    #[test]
    fn a_cursor_with_any_character_changed_added_or_cut_is_refused() {
        let secret = secret("x");
        let list = List::new(&secret, "erp", "dealer-customers/TD68");
        let cursor = list.cursor("245TRSSDG343456");
        for at in 0..cursor.len() {
            for other in b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/= \n%"
            {
                let mut changed = cursor.clone().into_bytes();
                if changed[at] == *other {
                    continue;
                }
                changed[at] = *other;
                let changed = String::from_utf8(changed).expect("ASCII");
                assert_eq!(list.position(&changed), None, "{changed} passed for {cursor}");
            }
            assert_eq!(list.position(&cursor[..at]), None, "the first {at} characters passed");
        }
        for added in ["A", "=", "AAAA", " "] {
            assert_eq!(list.position(&format!("{cursor}{added}")), None, "{added} may follow");
        }
    }

    #[test]
    fn any_bit_of_the_bytes_flipped_is_refused() {
        let secret = secret("x");
        let list = List::new(&secret, "erp", "errors");
        let bytes = BASE64URL_NOPAD.decode(list.cursor("245").as_bytes()).expect("our own cursor");
        for at in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[at / 8] ^= 1 << (at % 8);
            assert_eq!(list.position(&BASE64URL_NOPAD.encode(&flipped)), None, "bit {at}");
        }
    }

    #[test]
    fn what_was_never_a_cursor_is_refused() {
        let secret = secret("x");
        let list = List::new(&secret, "erp", "errors");
        let cursor = list.cursor("E7");
        let older = BASE64URL_NOPAD.encode(&[&[1], &b"E7"[..], &[0; 8]].concat());
        let long = "A".repeat(MAX_CHARACTERS + 1);
        let cut = &cursor[..cursor.len() - 2];
        for text in ["", "A", "=", "AQ", "é", "null", "../../x", "%%%", &older, &long, cut] {
            assert_eq!(list.position(text), None, "{text}");
        }
    }
}

//! Cursors: where a page of a list ended, as text that a caller hands back to read on.
//!
//! A cursor carries a position and nothing else. It is no secret and grants nothing: which list is read, and whether the
//! caller may see it, the route decides anew on every request. The check value in it binds the position to its list (and
//! its filters), so that a cursor of another list, a cut one or a changed one is refused rather than read as a position.

use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest, Sha256};

use crate::problem::{Fault, Problem};

/// The form of the cursors that are given out now; older forms are refused, and the caller starts the list again.
const VERSION: u8 = 1;

/// Keeps the check value apart from every other use of the hash.
const TAG: &[u8] = b"customer-master/cursor/1\0";

const CHECK_BYTES: usize = 8;

/// The longest cursor that is looked at, in characters. Ours are far shorter.
const MAX_CHARACTERS: usize = 2048;

/// Writes a cursor for the place `position` in `list`.
///
/// `list` names the list with its owner and its filters, for example `dealer-customers TD68`; two lists that may not
/// share cursors need two names.
pub fn encode(list: &str, position: &str) -> String {
    let mut bytes = Vec::with_capacity(1 + position.len() + CHECK_BYTES);
    bytes.push(VERSION);
    bytes.extend_from_slice(position.as_bytes());
    bytes.extend_from_slice(&check(list, position));
    BASE64URL_NOPAD.encode(&bytes)
}

/// Reads the position out of a cursor of `list`.
///
/// # Errors
/// `invalid-request` at `/query/cursor` for anything that [`encode`] did not write for this very list.
pub fn decode(list: &str, cursor: &str) -> Result<String, Problem> {
    read(list, cursor).ok_or_else(|| Problem::invalid_request(vec![fault()]))
}

/// The position in a cursor of `list`, or nothing when it is none.
pub(crate) fn read(list: &str, cursor: &str) -> Option<String> {
    if cursor.len() > MAX_CHARACTERS {
        return None;
    }
    let bytes = BASE64URL_NOPAD.decode(cursor.as_bytes()).ok()?;
    let (version, rest) = bytes.split_first()?;
    let (position, found) = rest.split_at_checked(rest.len().checked_sub(CHECK_BYTES)?)?;
    let position = std::str::from_utf8(position).ok()?;
    (*version == VERSION && found == check(list, position)).then(|| position.to_owned())
}

/// The fault of a cursor that is none of this list.
pub(crate) fn fault() -> Fault {
    Fault::new(
        "/query/cursor",
        "invalid-cursor",
        "The cursor is not one that this list gave out; start without one.",
    )
}

/// The first bytes of a hash over list and position; the length in front keeps the two apart.
fn check(list: &str, position: &str) -> [u8; CHECK_BYTES] {
    let hash = Sha256::new()
        .chain_update(TAG)
        .chain_update((list.len() as u64).to_be_bytes())
        .chain_update(list)
        .chain_update(position)
        .finalize();
    let mut check = [0; CHECK_BYTES];
    check.copy_from_slice(&hash[..CHECK_BYTES]);
    check
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = "dealer-customers TD68";

    #[test]
    fn a_cursor_brings_its_position_back() {
        for position in ["", "245TRSSDG343456", "a|b#c/d", "2026-11-23T10:00:00Z#é"] {
            assert_eq!(decode(LIST, &encode(LIST, position)).expect("our own cursor"), position);
        }
    }

    #[test]
    fn a_cursor_of_one_list_is_refused_in_another() {
        let cursor = encode(LIST, "245");
        for other in [
            "dealer-customers TD69",
            "dealer-customers TD6",
            "dealer-customers TD682",
            "errors",
            "",
        ] {
            let problem = decode(other, &cursor).expect_err(other);
            assert_eq!(problem.faults()[0].pointer, "/query/cursor");
        }
    }

    #[test]
    fn text_cannot_wander_from_the_list_into_the_position() {
        assert_ne!(check("ab", "c"), check("a", "bc"));
    }

    #[test]
    fn a_cursor_with_any_character_changed_added_or_cut_is_refused() {
        let cursor = encode(LIST, "245TRSSDG343456");
        for at in 0..cursor.len() {
            for other in b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/= \n%"
            {
                let mut changed = cursor.clone().into_bytes();
                if changed[at] == *other {
                    continue;
                }
                changed[at] = *other;
                let changed = String::from_utf8(changed).expect("ASCII");
                assert!(decode(LIST, &changed).is_err(), "{changed} passed for {cursor}");
            }
            assert!(decode(LIST, &cursor[..at]).is_err(), "the first {at} characters passed");
        }
        for added in ["A", "=", "AAAA", " "] {
            assert!(decode(LIST, &format!("{cursor}{added}")).is_err(), "{added} may follow");
        }
    }

    #[test]
    fn any_bit_of_the_bytes_flipped_is_refused() {
        let bytes = BASE64URL_NOPAD.decode(encode(LIST, "245").as_bytes()).expect("our own cursor");
        for at in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[at / 8] ^= 1 << (at % 8);
            assert!(decode(LIST, &BASE64URL_NOPAD.encode(&flipped)).is_err(), "bit {at}");
        }
    }

    #[test]
    fn what_was_never_a_cursor_is_refused() {
        for text in ["", "A", "AQ", "é", "null", "../../x", &"A".repeat(100_000)] {
            assert!(decode(LIST, text).is_err());
        }
    }
}

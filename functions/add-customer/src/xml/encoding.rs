//! In which encoding an XML body is, and its text. What the text says is not looked at, but for the encoding that its declaration names.

use std::borrow::Cow;

use api::media::Media;

use crate::reading::{Kind, Unreadable};

/// What an encoding's name stands for here.
#[derive(Clone, Copy, PartialEq)]
enum Encoding {
    /// UTF-8, and ASCII, which is a part of it.
    Utf8,
    /// UTF-16, which a byte order mark tells; without one the name is what an earlier stage wrote, and the bytes are UTF-8.
    Utf16,
    /// windows-1252; ISO-8859-1 too, as browsers have it (WHATWG, Encoding), for what the two differ in are control characters that nobody writes.
    Windows1252,
}

impl Encoding {
    /// The encoding of one of [`api::media::XML_CHARSETS`], case aside.
    fn named(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "utf-8" | "utf8" | "us-ascii" => Self::Utf8,
            "utf-16" => Self::Utf16,
            "iso-8859-1" | "windows-1252" => Self::Windows1252,
            _ => return None,
        })
    }
}

/// Whether an XML declaration may name this encoding.
pub(super) fn is_known(name: &str) -> bool {
    Encoding::named(name).is_some()
}

/// The body as text, without a byte order mark. The mark decides, then the content type's `charset` (RFC 7303), then the declaration; where none says anything, it is UTF-8.
///
/// # Errors
/// *Cannot Parse XML Message* for bytes that the encoding does not have.
pub fn decode<'b>(body: &'b [u8], charset: Option<&str>) -> Result<Cow<'b, str>, Unreadable> {
    if let Some(units) = body.strip_prefix(b"\xff\xfe") {
        return from_utf_16(units, u16::from_le_bytes);
    }
    if let Some(units) = body.strip_prefix(b"\xfe\xff") {
        return from_utf_16(units, u16::from_be_bytes);
    }
    if let Some(text) = body.strip_prefix(b"\xef\xbb\xbf") {
        return from_utf_8(text, 3);
    }
    let named = charset.or_else(|| declared(body)).and_then(Encoding::named);
    match named {
        Some(Encoding::Windows1252) if !body.is_ascii() => {
            Ok(Cow::Owned(body.iter().copied().map(of_windows_1252).collect()))
        }
        Some(Encoding::Windows1252 | Encoding::Utf8 | Encoding::Utf16) | None => {
            from_utf_8(body, 0)
        }
    }
}

/// The encoding that the declaration of a body in any of the 8-bit encodings names. Whether the declaration is well-formed is seen when it is read.
fn declared(body: &[u8]) -> Option<&str> {
    let inside = body.strip_prefix(b"<?xml")?;
    let end = inside.windows(2).position(|two| two == b"?>")?;
    let (_, after) = std::str::from_utf8(&inside[..end]).ok()?.split_once("encoding")?;
    let quoted = after.trim_ascii_start().strip_prefix('=')?.trim_ascii_start();
    let quote = quoted.chars().next().filter(|found| matches!(found, '"' | '\''))?;
    quoted[1..].split_once(quote).map(|(name, _)| name)
}

/// `skipped`: how many bytes stood before these.
fn from_utf_8(body: &[u8], skipped: usize) -> Result<Cow<'_, str>, Unreadable> {
    match std::str::from_utf8(body) {
        Ok(text) => Ok(Cow::Borrowed(text)),
        Err(error) => Err(misplaced("UTF-8", skipped + error.valid_up_to())),
    }
}

fn from_utf_16(units: &[u8], unit: fn([u8; 2]) -> u16) -> Result<Cow<'static, str>, Unreadable> {
    let (pairs, odd) = units.as_chunks::<2>();
    let mut text = String::with_capacity(units.len());
    // The mark has two bytes.
    let mut at = 2;
    for character in char::decode_utf16(pairs.iter().copied().map(unit)) {
        let character = character.map_err(|_| misplaced("UTF-16", at))?;
        at += 2 * character.len_utf16();
        text.push(character);
    }
    if odd.is_empty() { Ok(Cow::Owned(text)) } else { Err(misplaced("UTF-16", at)) }
}

fn misplaced(encoding: &str, at: usize) -> Unreadable {
    let sentence = format!("The body is not {encoding}: byte {} does not belong there.", at + 1);
    Unreadable::new(Kind::CannotParse, Media::Xml, sentence)
}

/// The character of a byte. The five that windows-1252 leaves open are the control characters of ISO-8859-1.
fn of_windows_1252(byte: u8) -> char {
    const FROM_80: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž',
        '\u{8f}', '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}',
        'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9f => FROM_80[usize::from(byte - 0x80)],
        other => char::from(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(body: &[u8], charset: Option<&str>) -> Option<String> {
        decode(body, charset).ok().map(Cow::into_owned)
    }

    #[test]
    fn the_mark_decides_then_the_charset_then_the_declaration() {
        let declared = |encoding: &str, rest: &[u8]| {
            [format!("<?xml version='1.0' encoding = \"{encoding}\"?>").as_bytes(), rest].concat()
        };
        for (body, charset, end) in [
            (b"Z\xc3\xbc".to_vec(), None, Some("Zü")),
            (b"\xef\xbb\xbfZ\xc3\xbc".to_vec(), Some("iso-8859-1"), Some("Zü")),
            (b"\xff\xfeZ\0\xfc\0\x3d\xd8\0\xde".to_vec(), Some("utf-8"), Some("Zü😀")),
            (b"\xfe\xff\0Z\0\xfc".to_vec(), None, Some("Zü")),
            (b"Z\xfc\x80".to_vec(), Some("windows-1252"), Some("Zü€")),
            (b"Z\xfc\x92".to_vec(), Some("iso-8859-1"), Some("Zü’")),
            (declared("ISO-8859-1", b"Z\xfc"), None, Some("Zü")),
            (declared("Windows-1252", b"Z\xfc\x80"), None, Some("Zü€")),
            (declared("iso-8859-1", b"Z\xc3\xbc"), Some("utf-8"), Some("Zü")),
            (declared("us-ascii", b"Z"), None, Some("Z")),
            (declared("UTF8", b"Z\xc3\xbc"), None, Some("Zü")),
            (declared("utf-16", b"Z\xc3\xbc"), None, Some("Zü")),
            (declared("KOI8-R", b"Z\xfc"), None, None),
            (b"Z\xfc".to_vec(), None, None),
            (b"\xff\xfeZ".to_vec(), None, None),
            (b"\xff\xfe\0\xd8Z\0".to_vec(), None, None),
        ] {
            let found = text(&body, charset);
            let found =
                found.as_deref().map(|found| found.rsplit_once('>').map_or(found, |(_, end)| end));
            assert_eq!(found, end, "{body:?} {charset:?}");
        }
        let refused = decode(b"\xff\xfeZ\0\0\xd8", None).expect_err("half a pair");
        assert_eq!(
            refused.reason(),
            "Cannot Parse XML Message: The body is not UTF-16: byte 5 does not belong there."
        );
    }
}

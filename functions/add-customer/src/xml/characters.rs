//! The characters and names of XML 1.0 (fifth edition), which quick-xml does not check.

use std::borrow::Cow;

/// Whether XML can hold the character: `Char`, section 2.2.
pub(super) const fn is_char(character: char) -> bool {
    matches!(character,
        '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// Whether the character is white space: `S`, section 2.3.
pub(super) const fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\n' | '\r')
}

/// Whether the text is a `Name`, section 2.3.
pub(super) fn is_name(text: &str) -> bool {
    let mut characters = text.chars();
    characters.next().is_some_and(starts_name) && characters.all(continues_name)
}

const fn starts_name(character: char) -> bool {
    matches!(character,
        ':' | '_' | 'A'..='Z' | 'a'..='z'
        | '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{2ff}'
        | '\u{370}'..='\u{37d}' | '\u{37f}'..='\u{1fff}' | '\u{200c}' | '\u{200d}'
        | '\u{2070}'..='\u{218f}' | '\u{2c00}'..='\u{2fef}' | '\u{3001}'..='\u{d7ff}'
        | '\u{f900}'..='\u{fdcf}' | '\u{fdf0}'..='\u{fffd}' | '\u{10000}'..='\u{effff}')
}

const fn continues_name(character: char) -> bool {
    starts_name(character)
        || matches!(character,
            '-' | '.' | '0'..='9' | '\u{b7}' | '\u{300}'..='\u{36f}' | '\u{203f}' | '\u{2040}')
}

/// The text as XML can hold it: U+FFFD stands in for each character that it cannot.
pub(super) fn holdable(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_char) {
        Cow::Borrowed(text)
    } else {
        let replaced =
            text.chars().map(|character| if is_char(character) { character } else { '\u{fffd}' });
        Cow::Owned(replaced.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_from_what_only_looks_like_one() {
        for name in ["a", "_", "a:b", "cst_addr_line_2", "é", "客", "a-b.c·d", "xml:lang"] {
            assert!(is_name(name), "{name:?}");
        }
        for none in ["", "1a", "-a", ".a", "a b", "a<b", "a/", "a\"", "a&b", "×", "a\u{37e}", "a;"]
        {
            assert!(!is_name(none), "{none:?}");
        }
    }

    #[test]
    fn what_xml_cannot_hold_is_replaced() {
        assert_eq!(
            holdable("a\0b\u{1b}c\u{ffff}\t\r\n\u{85}\u{fffd}😀"),
            "a\u{fffd}b\u{fffd}c\u{fffd}\t\r\n\u{85}\u{fffd}😀"
        );
        assert!(matches!(holdable("Zoë"), Cow::Borrowed(_)));
    }
}

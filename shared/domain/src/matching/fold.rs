//! Folding: what is left of a text when it is compared. Values themselves are kept as they came.
//!
//! In this order: a blank before a fraction that follows a digit; NFKD (UAX #15); full case folding; marks removed where they are none of the letter; letters without a
//! decomposition; what shows nothing; apostrophes and periods; every other punctuation or symbol a blank, and runs of blanks one. Which fields are compared, and how
//! strictly, is not decided here.

use unicase::UniCase;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// The version of these rules. Match codes are made of what is folded here, so whatever changes what a text folds to is a new version.
pub const VERSION: u32 = 2;

/// Roadway words: left out where they are the last word of an address line.
const ROADWAYS: &[&str] = &[
    "av",
    "ave",
    "avenue",
    "blvd",
    "boulevard",
    "cir",
    "circle",
    "ct",
    "court",
    "cres",
    "crescent",
    "dr",
    "drive",
    "hwy",
    "highway",
    "ln",
    "lane",
    "loop",
    "path",
    "pike",
    "pkwy",
    "parkway",
    "pl",
    "place",
    "plz",
    "plaza",
    "rd",
    "road",
    "rte",
    "route",
    "row",
    "run",
    "sq",
    "square",
    "st",
    "str",
    "street",
    "ter",
    "terr",
    "terrace",
    "tpke",
    "turnpike",
    "trl",
    "trail",
    "walk",
    "way",
];

/// The words of a text: case folded, one blank between each two. Composed (NFC), so that a syllable of Hangul or a voiced kana is one character, as it is to a reader.
pub fn words(text: &str) -> String {
    if text.is_ascii() {
        // Which is its own NFKD, and has neither marks nor anything that shows nothing but control characters, which are blanks.
        return spaced(&text.to_ascii_lowercase());
    }
    let cased = UniCase::unicode(separated(text).nfkd().collect::<String>()).to_folded_case();
    spaced(&bare(&cased)).nfc().collect()
}

/// The words of an address line without the roadway word at its end: `100 Example St.` and `100 example street` are both `100 example`. It stays where no word that
/// begins with a letter would remain: `Street` and `5th Avenue` are whole.
pub fn address_line(text: &str) -> String {
    let mut folded = words(text);
    if let Some((rest, last)) = folded.rsplit_once(' ')
        && ROADWAYS.contains(&last)
        && rest.split(' ').any(|word| word.starts_with(char::is_alphabetic))
    {
        folded.truncate(rest.len());
    }
    folded
}

/// Words without the blanks between them, as a match code takes them.
pub fn closed_up(words: &str) -> String {
    words.chars().filter(|character| *character != ' ').collect()
}

/// An e-mail address as it is compared: every sign counts, case and the form of composition do not.
pub fn email(address: &str) -> String {
    let composed: String = address.trim().nfc().collect();
    UniCase::unicode(composed).to_folded_case().nfc().collect()
}

/// Another system's number or id as it is compared: every sign counts, case too; blanks around it and the form of composition do not.
pub fn identifier(text: &str) -> String {
    text.trim().nfc().collect()
}

/// Whether a text shows nothing: it has only blanks and characters that are not to be seen. Such a value is as good as none.
pub fn is_blank(text: &str) -> bool {
    text.chars().all(|character| character.is_whitespace() || shows_nothing(character))
}

/// Whether a text has something to show and yet nothing to compare, as `???` has.
pub fn is_empty_but_not_blank(text: &str) -> bool {
    !is_blank(text) && words(text).is_empty()
}

/// Whether a character is a dash of any length: `Dash` of Unicode's PropList, of what NFKC leaves, and the kana that is typed in its place.
pub fn is_dash(character: char) -> bool {
    matches!(
        character,
        '-' | '\u{58a}' | '\u{5be}' | '\u{2010}'
            ..='\u{2015}' | '\u{2053}' | '\u{2212}' | '\u{301c}' | '\u{30a0}' | '\u{30fc}'
    )
}

/// The text with a blank before each fraction that follows a digit, for `5½` is not `512`; and with plain apostrophes for the acute accents that stand alone, which
/// NFKD would make a blank and a mark.
fn separated(text: &str) -> String {
    let mut separated = String::with_capacity(text.len() + 1);
    let mut after_digit = false;
    for character in text.chars() {
        if after_digit && is_fraction(character) {
            separated.push(' ');
        }
        if !shows_nothing(character) {
            after_digit = character.is_numeric();
        }
        separated.push(match character {
            '\u{b4}' | '\u{1ffd}' => '\'',
            other => other,
        });
    }
    separated
}

fn is_fraction(character: char) -> bool {
    matches!(character, '\u{bc}'..='\u{be}' | '\u{2150}'..='\u{215f}' | '\u{2189}')
}

/// Decomposed text without the marks that are none of their letter, without letters that have a plainer form, and without what shows nothing.
fn bare(decomposed: &str) -> String {
    let mut bare = String::with_capacity(decomposed.len());
    let mut base = ' ';
    for character in decomposed.chars().filter(|character| !shows_nothing(*character)) {
        if is_combining_mark(character) {
            if keeps(base, character) {
                bare.push(character);
            }
        } else {
            base = character;
            match plainer(character) {
                Some(plain) => bare.push_str(plain),
                None => bare.push(character),
            }
        }
    }
    bare
}

/// Whether a mark is part of its letter: a kana's voicing, an Indic or Thai vowel, the breve of й. A mark on what is no letter goes with it.
fn keeps(base: char, mark: char) -> bool {
    match base {
        '\u{0400}'..='\u{052f}'
        | '\u{1c80}'..='\u{1c8f}'
        | '\u{1d2b}'
        | '\u{a640}'..='\u{a69f}'
        | '\u{1e030}'..='\u{1e08f}' => {
            matches!(
                (base, mark),
                ('и' | 'у', '\u{306}') | ('і', '\u{308}') | ('г' | 'к', '\u{301}')
            )
        }
        _ => base.is_alphabetic() && !loses_marks(base) && !is_apostrophe(base),
    }
}

/// Whether a letter is Latin, Greek, Hebrew or Arabic (the blocks of these scripts, of the characters that NFKD leaves).
fn loses_marks(letter: char) -> bool {
    matches!(letter,
        // Latin
        'a'..='z' | 'A'..='Z' | '\u{c0}'..='\u{2af}' | '\u{1d00}'..='\u{1d25}' | '\u{1d6b}'..='\u{1d77}' | '\u{1d79}'..='\u{1d9a}' | '\u{1e00}'..='\u{1eff}'
        | '\u{2184}' | '\u{2c60}'..='\u{2c7f}' | '\u{a722}'..='\u{a7ff}' | '\u{ab30}'..='\u{ab64}' | '\u{1df00}'..='\u{1dfff}'
        // Greek
        | '\u{370}'..='\u{3ff}' | '\u{1d26}'..='\u{1d2a}' | '\u{1f00}'..='\u{1fff}' | '\u{ab65}'
        // Hebrew
        | '\u{5d0}'..='\u{5f2}'
        // Arabic
        | '\u{610}'..='\u{6ff}' | '\u{750}'..='\u{77f}' | '\u{860}'..='\u{8ff}' | '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}' | '\u{10ec0}'..='\u{10eff}')
}

/// What a letter without a decomposition is to those who cannot type it.
fn plainer(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ø' => "o",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'ħ' => "h",
        'ŧ' => "t",
        'æ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        'ß' => "ss",
        'ı' => "i",
        _ => return None,
    })
}

/// Whether a character is not to be seen, or only makes a word longer: Default_Ignorable_Code_Point of Unicode 17 (the Hangul fillers among them), the blank of Braille,
/// the marks of annotations, and tatweel.
fn shows_nothing(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
        | '\u{2800}' | '\u{fff9}'..='\u{fffb}' | '\u{640}')
}

/// The text without apostrophes and without periods but those between two digits, and with one blank for each run of other punctuation, symbols and blanks.
fn spaced(text: &str) -> String {
    let mut spaced = String::with_capacity(text.len());
    let mut before = ' ';
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        match character {
            _ if is_apostrophe(character) => {}
            '.' => {
                if before.is_numeric() && rest.peek().is_some_and(|after| after.is_numeric()) {
                    spaced.push('.');
                }
            }
            _ if character.is_alphanumeric()
                || is_combining_mark(character)
                || is_private(character) =>
            {
                spaced.push(character)
            }
            _ if spaced.is_empty() || spaced.ends_with(' ') => {}
            _ => spaced.push(' '),
        }
        before = character;
    }
    spaced.truncate(spaced.trim_end().len());
    spaced
}

/// Whether a character is an apostrophe, or what is typed in its place. Some of them are letters to Unicode.
fn is_apostrophe(character: char) -> bool {
    matches!(
        character,
        '\'' | '’' | '‘' | '`' | '\u{b4}' | '\u{2bc}' | '\u{2bb}' | '\u{2b9}' | '\u{5f3}'
    )
}

/// Whether a character is for private use, as rare ideographs of names are written where no code has them.
fn is_private(character: char) -> bool {
    matches!(character, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{ffffd}' | '\u{100000}'..='\u{10fffd}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_what_counts_of_a_text() {
        for (text, folded) in [
            ("  Zoë   Müller-Straße ", "zoe muller strasse"),
            ("O'Brien", "obrien"),
            ("O´Brien", "obrien"),
            ("ＡＣＭＥ\u{a0}№ ５", "acme no 5"),
            ("A & B", "a b"),
            ("St. John", "st john"),
            ("1.5 v. 1..5", "1.5 v 15"),
            ("5½ 5\u{200b}½ ½", "5 1 2 5 1 2 1 2"),
            ("1/23", "1 23"),
            ("ガ が カ", "ガ が カ"),
            ("राम", "राम"),
            ("Зайцев Семён", "зайцев семен"),
            ("김", "김"),
            ("İstanbul ISTANBUL Yıldırım", "istanbul istanbul yildirim"),
            ("Ǿ Þór Œuvre ẞ", "o thor oeuvre ss"),
            ("مُحَمَّد محـمد", "محمد محمد"),
            ("a\u{200b}\u{301} '\u{301}", "a"),
            ("Smith\u{200b}", "smith"),
            ("5\u{fe0f}\u{20e3}", "5"),
            ("!?", ""),
            ("", ""),
        ] {
            assert_eq!(words(text), folded, "{text:?}");
        }
    }

    /// Every character that may be a mark, a sign or a letter with case, alone, after a letter, before a mark, and between digits. Ideographs and syllables are none of these.
    #[test]
    fn folding_twice_is_folding_once_for_every_character() {
        let higher = ('\u{10000}'..='\u{16fff}').chain('\u{1b000}'..='\u{1ffff}');
        let higher = higher.chain('\u{e0000}'..='\u{e0fff}');
        for character in ('\0'..='\u{33ff}')
            .chain('\u{a000}'..='\u{ac03}')
            .chain('\u{d7a0}'..='\u{ffff}')
            .chain(higher)
        {
            let text = format!("{character} a{character}\u{301}b 1{character}2");
            let folded = words(&text);
            assert_eq!(words(&folded), folded, "{text:?}");
        }
    }

    #[test]
    fn the_last_roadway_word_of_a_line_is_left_out_where_a_name_remains() {
        for (line, folded) in [
            ("100 Example Street", "100 example"),
            ("100 Example St.", "100 example"),
            ("Street", "street"),
            ("100 Street", "100 street"),
            ("5th Avenue", "5th avenue"),
            ("Street Road", "street"),
            ("Avenue of the Americas", "avenue of the americas"),
            ("", ""),
        ] {
            assert_eq!(address_line(line), folded, "{line:?}");
        }
    }

    #[test]
    fn what_shows_nothing_is_blank_and_what_only_compares_as_nothing_is_not() {
        for blank in ["", " \t\u{a0}\u{3000}", "\u{200b}", "\u{3164}\u{ffa0}", "\u{feff} \u{2800}"]
        {
            assert!(is_blank(blank) && !is_empty_but_not_blank(blank), "{blank:?}");
        }
        for mute in ["???", "-", "\u{301}", "'"] {
            assert!(!is_blank(mute) && is_empty_but_not_blank(mute), "{mute:?}");
        }
        assert!(!is_blank("a") && !is_empty_but_not_blank("a"));
    }

    #[test]
    fn identifiers_keep_their_signs() {
        assert_ne!(email("ab@c.de"), email("a@bc.de"));
        assert_eq!(email(" INFO@X.com "), email("info@x.com"));
        assert_eq!(email("zoe\u{308}@x.com"), email("ZOË@x.com"));
        assert_eq!(identifier(" Zoe\u{308}-7 "), identifier("Zoë-7"));
        assert_ne!(identifier("a"), identifier("A"));
    }
}

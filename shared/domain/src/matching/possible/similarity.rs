//! How alike two values are: Jaro-Winkler for words (Winkler 1990), Damerau-Levenshtein for numbers, and for names of businesses the words that say something.

use std::collections::BTreeSet;

/// How alike two values are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Likeness {
    Agree,
    /// A slip of the pen.
    Close,
    /// More than chance has in common.
    Near,
    Differ,
    /// Not given by one of them.
    Blank,
}

impl Likeness {
    /// All but [`Self::Blank`], in the order of the weights.
    pub const GIVEN: [Self; 4] = [Self::Agree, Self::Close, Self::Near, Self::Differ];

    /// `agree`, `close`, `differ` or `blank`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Agree => "agree",
            Self::Close | Self::Near => "close",
            Self::Differ => "differ",
            Self::Blank => "blank",
        }
    }
}

/// From here on two words are close (the limit that Splink's documentation has for names).
const CLOSE: f64 = 0.92;

/// From here on they are near.
const NEAR: f64 = 0.8;

/// From here on two words of a business's name are one.
const ONE_WORD: f64 = 0.9;

/// What a common word of a business's name counts beside a rare one.
const COMMON: f64 = 0.25;

/// Legal forms (the frequent ones of ISO 20275) and words without a meaning of their own: they are left out of a business's name.
const EMPTY_WORDS: &[&str] = &[
    "ag",
    "and",
    "bv",
    "co",
    "company",
    "corp",
    "corporation",
    "d",
    "dba",
    "de",
    "et",
    "gmbh",
    "inc",
    "incorporated",
    "kg",
    "la",
    "le",
    "limited",
    "llc",
    "llp",
    "lp",
    "ltd",
    "mbh",
    "nv",
    "of",
    "oy",
    "plc",
    "pllc",
    "pty",
    "sa",
    "sarl",
    "spa",
    "srl",
    "the",
    "und",
    "y",
];

/// Words that many businesses have in their names, so that they say little. A word that is common in a deployment and not among these is passed over by its number.
const COMMON_WORDS: &[&str] = &[
    "academy",
    "agency",
    "american",
    "associates",
    "auto",
    "bank",
    "bar",
    "cafe",
    "care",
    "center",
    "centre",
    "child",
    "childcare",
    "children",
    "childrens",
    "church",
    "city",
    "clinic",
    "club",
    "community",
    "construction",
    "consulting",
    "contractors",
    "day",
    "daycare",
    "dealer",
    "dental",
    "design",
    "development",
    "early",
    "east",
    "education",
    "enterprises",
    "equipment",
    "family",
    "farm",
    "farms",
    "financial",
    "foods",
    "foundation",
    "general",
    "global",
    "group",
    "grill",
    "head",
    "health",
    "home",
    "homes",
    "hospital",
    "hotel",
    "house",
    "industries",
    "institute",
    "insurance",
    "international",
    "investments",
    "kitchen",
    "learning",
    "little",
    "machinery",
    "management",
    "market",
    "medical",
    "motors",
    "national",
    "new",
    "north",
    "office",
    "park",
    "partners",
    "pre",
    "preschool",
    "products",
    "properties",
    "realty",
    "repair",
    "restaurant",
    "sales",
    "school",
    "schools",
    "service",
    "services",
    "shop",
    "solutions",
    "south",
    "st",
    "start",
    "state",
    "store",
    "studio",
    "supply",
    "systems",
    "technologies",
    "technology",
    "trading",
    "transport",
    "trust",
    "united",
    "university",
    "usa",
    "west",
    "works",
    "world",
];

/// Names, streets and cities.
pub(super) fn words(one: &str, other: &str) -> Likeness {
    if one.is_empty() || other.is_empty() {
        return Likeness::Blank;
    }
    if one == other {
        return Likeness::Agree;
    }
    let similarity = strsim::jaro_winkler(one, other);
    let is_initial =
        |short: &str, long: &str| short.chars().count() == 1 && long.starts_with(short);
    if similarity >= CLOSE && !is_initial(one, other) && !is_initial(other, one) {
        Likeness::Close
    } else if similarity >= NEAR || is_initial(one, other) || is_initial(other, one) {
        Likeness::Near
    } else {
        Likeness::Differ
    }
}

/// House numbers, postal codes and other codes.
pub(super) fn codes(one: &str, other: &str) -> Likeness {
    if one.is_empty() || other.is_empty() {
        return Likeness::Blank;
    }
    if one == other {
        return Likeness::Agree;
    }
    match strsim::osa_distance(one, other) {
        0 | 1 => Likeness::Close,
        2 if one.chars().count() > 3 => Likeness::Near,
        _ => Likeness::Differ,
    }
}

/// A business's name, as words that say something and words that say little.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BusinessName {
    /// The words of the name in their order, without those that are empty.
    words: Vec<String>,
}

impl BusinessName {
    /// The name of this folded text; none where nothing is in it.
    pub(super) fn of(folded: &str) -> Option<Self> {
        let all = || folded.split(' ').filter(|word| !word.is_empty()).map(str::to_owned);
        let mut words: Vec<String> =
            all().filter(|word| !EMPTY_WORDS.contains(&word.as_str())).collect();
        if words.is_empty() {
            words = all().collect();
        }
        (!words.is_empty()).then_some(Self { words })
    }

    /// The words that tell it from other businesses, the longest first; where there are none, all of its words.
    pub(super) fn rare_words(&self) -> Vec<&str> {
        let is_rare = |word: &&str| !COMMON_WORDS.contains(word);
        let all = || self.words.iter().map(String::as_str);
        let mut rare: Vec<&str> = all().filter(is_rare).collect();
        if rare.is_empty() {
            rare = all().collect();
        }
        rare.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
        let mut seen = BTreeSet::new();
        rare.retain(|word| seen.insert(*word));
        rare
    }

    /// How alike two names are: the weight of the words that they have in common, by the weight of all; in whatever order, and closed up or not.
    pub(super) fn likeness(&self, other: &Self) -> Likeness {
        let sorted = |name: &Self| {
            let mut words = name.words.clone();
            words.sort_unstable();
            words
        };
        let (ours, theirs) = (self.words.concat(), other.words.concat());
        if ours == theirs || sorted(self) == sorted(other) {
            return Likeness::Agree;
        }
        // From the side that comes first, so that it is the same from both.
        let (one, two) = if self.words <= other.words { (self, other) } else { (other, self) };
        let (mut common, mut rare_in_common) = (0.0, false);
        let mut left: Vec<&String> = two.words.iter().collect();
        for word in &one.words {
            let similarity = |known: &&String| strsim::jaro_winkler(word, known);
            let best = left
                .iter()
                .enumerate()
                .max_by(|(_, one), (_, two)| similarity(one).total_cmp(&similarity(two)));
            if let Some((at, known)) = best
                && similarity(known) >= ONE_WORD
            {
                let weight = weight(word).min(weight(known));
                common += weight;
                rare_in_common |= weight > COMMON;
                left.swap_remove(at);
            }
        }
        let weigh = |name: &Self| name.words.iter().map(|word| weight(word)).sum::<f64>();
        let (ours_weigh, theirs_weigh) = (weigh(self), weigh(other));
        let share = 2.0 * common / (ours_weigh + theirs_weigh);
        let is_contained = rare_in_common && common >= ours_weigh.min(theirs_weigh) - COMMON;
        if share >= 0.8 || strsim::jaro_winkler(&ours, &theirs) >= 0.95 {
            Likeness::Close
        } else if (share >= 0.5 && rare_in_common) || is_contained {
            Likeness::Near
        } else {
            Likeness::Differ
        }
    }
}

fn weight(word: &str) -> f64 {
    if COMMON_WORDS.contains(&word) { COMMON } else { 1.0 }
}

/// The most alike that any two of these are; blank where one side has none.
pub(super) fn best<'a, T: 'a>(
    ours: &'a [T],
    theirs: &'a [T],
    likeness: impl Fn(&T, &T) -> Likeness,
) -> (Likeness, Option<(&'a T, &'a T)>) {
    let pairs = ours.iter().flat_map(|one| theirs.iter().map(move |other| (one, other)));
    pairs
        .map(|(one, other)| (likeness(one, other), Some((one, other))))
        .min_by_key(|(likeness, _)| *likeness)
        .unwrap_or((Likeness::Blank, None))
}

/// E-mail addresses, as they are compared.
pub(super) fn emails(one: &str, other: &str) -> Likeness {
    if one.is_empty() || other.is_empty() {
        return Likeness::Blank;
    }
    if one == other {
        return Likeness::Agree;
    }
    let parts = |email: &str| email.rsplit_once('@').map(|(local, _)| local.to_owned());
    let same_local = || {
        let (ours, theirs) = (parts(one), parts(other));
        ours.is_some_and(|local| local.chars().count() >= 6 && Some(local) == theirs)
    };
    if strsim::osa_distance(one, other) == 1 || same_local() {
        Likeness::Close
    } else {
        Likeness::Differ
    }
}

/// Telephone numbers, as digits: with an area code or without, and with a slip.
pub(super) fn phones(one: &str, other: &str) -> Likeness {
    const LOCAL: usize = 7;
    if one == other {
        return Likeness::Agree;
    }
    let both_whole = one.len() >= LOCAL && other.len() >= LOCAL;
    let is_local = || one.ends_with(other) || other.ends_with(one);
    if both_whole && (is_local() || strsim::osa_distance(one, other) == 1) {
        Likeness::Close
    } else {
        Likeness::Differ
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn businesses(one: &str, other: &str) -> Likeness {
        let name = |text| BusinessName::of(text).unwrap();
        let likeness = name(one).likeness(&name(other));
        assert_eq!(likeness, name(other).likeness(&name(one)), "{one} / {other}, reversed");
        likeness
    }

    #[test]
    fn words_and_codes_are_close_by_a_slip() {
        for (one, other, likeness) in [
            ("smith", "smith", Likeness::Agree),
            ("smith", "smiht", Likeness::Close),
            ("robinson", "robinsen", Likeness::Close),
            ("j", "julie", Likeness::Near),
            ("smith", "garcia", Likeness::Differ),
            ("", "garcia", Likeness::Blank),
        ] {
            assert_eq!(words(one, other), likeness, "{one} / {other}");
            assert_eq!(words(other, one), likeness, "{other} / {one}");
        }
        assert_eq!(codes("01581", "01518"), Likeness::Close);
        assert_eq!(codes("01581", "02139"), Likeness::Differ);
        assert_eq!(codes("9", "90"), Likeness::Close);
    }

    #[test]
    fn a_business_is_known_by_its_rare_words_in_any_order() {
        for (one, other, likeness) in [
            ("northern quarry", "northern quarry inc", Likeness::Agree),
            ("hotel bel air", "bel air hotel", Likeness::Agree),
            ("north east supply", "northeast supply", Likeness::Agree),
            ("arnie mortons of chicago", "arnie morton chicago", Likeness::Close),
            ("arnie mortons of chicago", "arnie mortons", Likeness::Close),
            ("northern quarry", "northern bakery", Likeness::Near),
            ("acme day care center", "zenith day care center", Likeness::Differ),
            ("the and of", "the and of", Likeness::Agree),
        ] {
            assert_eq!(businesses(one, other), likeness, "{one} / {other}");
        }
    }

    #[test]
    fn emails_and_phones_are_close_by_a_slip_or_a_part() {
        assert_eq!(emails("julie.robinson@x.com", "julie.robinson@y.org"), Likeness::Close);
        assert_eq!(emails("office@x.com", "office@x.con"), Likeness::Close);
        assert_eq!(emails("info@x.com", "info@y.org"), Likeness::Differ);
        assert_eq!(phones("5085550100", "5550100"), Likeness::Close);
        assert_eq!(phones("5085550100", "5085550010"), Likeness::Close);
        assert_eq!(phones("5085550100", "6175550199"), Likeness::Differ);
        assert_eq!(phones("100", "5085550100"), Likeness::Differ);
    }
}

//! What is folded stays as it is, what differs only in case, accents or the kind of punctuation is the same, and which of two is asked for does not matter.

use domain::customer::company::Company;
use domain::customer::country::in_kept_form;
use domain::matching::comparison::{MatchField, compare};
use domain::matching::fold;
use domain::matching::match_code::{Block, Layout, MatchCode};
use domain::message::{Attribute, Attributes};
use proptest::prelude::*;

use crate::anything::attributes;

/// What folding has to do with, in every order.
const STRANGE: &str = "[a-cA-C0-2 .,'’´ʼ\\-/&½¾øßæıİſДийгкَمـガか゛\u{3099}\u{301}\u{306}\u{308}\u{345}\u{327}\u{200b}\u{200d}\u{34f}\u{fe0f}\u{1160}\u{3164}\u{1100}\u{1161}\u{11a8}\u{93c}\u{94d}र]{0,12}";

/// Customers that are often nearly the same.
fn customer() -> impl Strategy<Value = Attributes> {
    let value = |texts: &'static [&'static str]| prop::sample::select(texts);
    (
        value(&["Smith", "SMITH", "Smith-Jones", "Smith Jones", "O'Brien", "OBrien", "???", ""]),
        value(&["Acme", "ACME.", "Unknown", ""]),
        value(&[
            "1/23 High St",
            "123 High Street",
            "100 Oak Court",
            "100 Oak Lane",
            "5½ Oak",
            "Street",
            "",
        ]),
        value(&["US", "USA", "United States", "GB", "LV", ""]),
        value(&["MA", "Massachusetts", "ma", "XX", ""]),
        value(&["01581", "01581-1234", "LV-1010", "1010", "SW1A1AA", "SW1A 1AA", ""]),
        value(&["a@b.c", "A@B.C", "ab@c.d", ""]),
    )
        .prop_map(|(last, company, street, country, state, postal_code, email)| {
            [
                (Attribute::LAST_NAME, last),
                (Attribute::COMPANY_NAME, company),
                (Attribute::STREET, street),
                (Attribute::COUNTRY, country),
                (Attribute::STATE, state),
                (Attribute::POSTAL_CODE, postal_code),
                (Attribute::EMAIL, email),
            ]
            .into_iter()
            .collect()
        })
}

proptest! {
    #[test]
    fn what_is_folded_has_single_blanks_and_no_signs(text in any::<String>()) {
        let words = fold::words(&text);
        let is_sign = |one: char| one.is_ascii_punctuation() && one != '.';
        prop_assert!(!words.contains(is_sign), "{words:?}");
        prop_assert!(!words.contains("  ") && words.trim() == words, "{words:?}");
        prop_assert!(!fold::closed_up(&words).contains(' '));
    }

    #[test]
    fn what_is_folded_folds_to_itself(text in prop_oneof![any::<String>(), STRANGE]) {
        let words = fold::words(&text);
        prop_assert_eq!(fold::words(&words), words.clone());
        let line = fold::address_line(&text);
        prop_assert_eq!(fold::words(&line), line.clone());
        let email = fold::email(&text);
        prop_assert_eq!(fold::email(&email), email.clone());
        let identifier = fold::identifier(&text);
        prop_assert_eq!(fold::identifier(&identifier), identifier.clone());
    }

    #[test]
    fn a_blank_text_folds_to_nothing(text in prop_oneof![any::<String>(), STRANGE]) {
        if fold::is_blank(&text) {
            prop_assert_eq!(fold::words(&text), "");
        }
        prop_assert_eq!(fold::is_empty_but_not_blank(&text), fold::words(&text).is_empty() && !fold::is_blank(&text));
    }

    #[test]
    fn case_apostrophes_and_the_kind_of_other_signs_do_not_count(
        text in "[ A-Za-z0-9À-ÖØ-öø-ÿ]{0,40}", apostrophe in "['’‘`´ʼʻʹ]", sign in "[,;:#()/&!*+_-]"
    ) {
        prop_assert_eq!(fold::words(&text.to_uppercase()), fold::words(&text));
        let after_each = |mark: &str| text.chars().flat_map(|one| [one.to_string(), mark.to_owned()]).collect::<String>();
        prop_assert_eq!(fold::words(&after_each(&apostrophe)), fold::words(&text));
        prop_assert_eq!(fold::words(&after_each(&sign)), fold::words(&after_each(" ")));
    }

    #[test]
    fn which_of_two_is_asked_for_does_not_matter(one in customer(), other in customer(), exact in prop::sample::subsequence(MatchField::ALL.to_vec(), 0..=9)) {
        let judged = |wanted: &Attributes, candidate: &Attributes| {
            compare(wanted, candidate, &exact).is_some()
        };
        prop_assert_eq!(judged(&one, &other), judged(&other, &one));
        prop_assert!(judged(&one, &one));
        let kept = |attributes| in_kept_form(attributes, None);
        prop_assert_eq!(judged(&kept(&one), &kept(&other)), judged(&kept(&other), &kept(&one)));
        prop_assert!(kept(&kept(&one)) == kept(&one));
    }

    #[test]
    fn accents_do_not_count(text in "[a-z ]{0,40}", accent in "[\u{300}-\u{30f}]") {
        let accented: String = text
            .chars()
            .flat_map(|one| [one.to_string(), if one == ' ' { String::new() } else { accent.clone() }])
            .collect();
        prop_assert_eq!(fold::words(&accented), fold::words(&text));
    }

    #[test]
    fn one_roadway_word_at_the_end_does_not_count(
        text in "[0-9]{1,4} [A-Za-z]{1,12}",
        roadway in prop::sample::select(vec!["Street", "st.", "AVE", "Blvd", "way", "Road"])
    ) {
        prop_assert_eq!(fold::address_line(&format!("{text} {roadway}")), fold::words(&text));
    }

    #[test]
    fn who_differs_only_in_case_shares_the_match_code(attributes in attributes(), company in "[0-9]{1,3}") {
        let layout = Layout::default();
        let mut capitals = attributes.clone();
        for attribute in [Attribute::COMPANY_NAME, Attribute::LAST_NAME, Attribute::STREET, Attribute::POSTAL_CODE] {
            let value = attributes.text(attribute);
            if value.is_ascii() && !value.is_empty() {
                capitals.set(attribute, value.to_uppercase());
            }
        }
        let code = MatchCode::of(&attributes, &layout);
        prop_assert!(code == MatchCode::of(&capitals, &layout));
        if let Some(code) = code {
            let block = Block::of(&Company::new(&company), &code);
            prop_assert_eq!(Block::parse(block.as_str()), Some(block.clone()));
            prop_assert_eq!(Block::of(&Company::new(&format!("00{company}")), &code), block);
        }
    }
}

//! What is folded stays as it is, and what differs only in case, accents or punctuation is the same.

use domain::customer::company::Company;
use domain::matching::fold;
use domain::matching::match_code::{Block, Layout, MatchCode};
use domain::message::Attribute;
use proptest::prelude::*;

use crate::anything::attributes;

proptest! {
    #[test]
    fn what_is_folded_is_letters_and_digits_with_single_blanks_between(text in any::<String>()) {
        let words = fold::words(&text);
        prop_assert!(words.chars().all(|one| one == ' ' || one.is_alphanumeric()), "{words:?}");
        prop_assert!(!words.contains("  ") && words.trim() == words, "{words:?}");
        prop_assert!(!fold::closed_up(&words).contains(' '));
    }

    #[test]
    fn what_is_folded_folds_to_itself(text in any::<String>()) {
        let words = fold::words(&text);
        prop_assert_eq!(fold::words(&words), words.clone());
    }

    #[test]
    fn case_and_punctuation_do_not_count(text in "[ A-Za-z0-9À-ÖØ-öø-ÿ]{0,40}", mark in "[.,;:'#()/&!-]") {
        prop_assert_eq!(fold::words(&text.to_uppercase()), fold::words(&text));
        let marked: String = text.chars().flat_map(|one| [one.to_string(), mark.clone()]).collect();
        prop_assert_eq!(fold::words(&marked), fold::words(&text));
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

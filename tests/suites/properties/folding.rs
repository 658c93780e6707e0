//! What is folded stays as it is, and what differs only in case, accents or the kind of punctuation is the same.

use domain::matching::fold;
use proptest::prelude::*;

/// What folding has to do with, in every order.
const STRANGE: &str = "[a-cA-C0-2 .,'’´ʼ\\-/&½¾øßæıİſДийгкَمـガか゛\u{3099}\u{301}\u{306}\u{308}\u{345}\u{327}\u{200b}\u{200d}\u{34f}\u{fe0f}\u{1160}\u{3164}\u{1100}\u{1161}\u{11a8}\u{93c}\u{94d}र]{0,12}";

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
}

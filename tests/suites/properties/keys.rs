//! Keys are read back as what they were made of, and no two things have the same.

use domain::matching::fold;
use domain::request::{RequestInErrorId, State};
use proptest::prelude::*;
use store::keys;

use crate::anything::{dcn, effect, identifier, moment, text};

proptest! {
    #[test]
    fn a_place_is_read_back_from_its_key(identifier in identifier()) {
        let key = keys::customer(&identifier);
        prop_assert_eq!(keys::block_of(&key.pk), Some(identifier.block.clone()));
        prop_assert_eq!(keys::place_of(&key), Some((identifier.block, identifier.place)));
    }

    #[test]
    fn two_places_have_two_keys(one in identifier(), other in identifier()) {
        let same = (&one.block, &one.place) == (&other.block, &other.place);
        prop_assert_eq!(same, keys::customer(&one) == keys::customer(&other));
    }

    #[test]
    fn a_dealer_customer_is_read_back_from_its_key(one in dcn(), other in dcn()) {
        prop_assert_eq!(keys::dcn_of(&keys::dealer_customer(&one)), Some(one.clone()));
        prop_assert_eq!(one == other, keys::dealer_customer(&one) == keys::dealer_customer(&other));
    }

    #[test]
    fn a_request_in_error_is_read_back_from_its_key(effect in effect()) {
        let id = RequestInErrorId::of(&effect);
        let key = keys::request_in_error(&id);
        prop_assert_eq!(keys::request_in_error_of(&key), Some(id));
    }

    #[test]
    fn numbers_of_other_systems_are_the_same_but_for_blanks_around_them(one in text(), other in text()) {
        let secret = local::controls::default().secret;
        let alternate_number = |number: &str| keys::alternate_number(&secret, number);
        let relate_id = |id: &str| keys::relate_id(&secret, id);
        let same = fold::identifier(&one) == fold::identifier(&other);
        prop_assert_eq!(same, alternate_number(&one) == alternate_number(&other));
        prop_assert_eq!(same, relate_id(&one) == relate_id(&other));
        prop_assert_ne!(relate_id(&one), alternate_number(&one));
        prop_assert_eq!(relate_id(&one), relate_id(&format!(" {one}\t")));
    }

    #[test]
    fn nothing_of_one_kind_has_the_key_of_another(
        identifier in identifier(), dcn in dcn(), effect in effect(), number in text()
    ) {
        let secret = local::controls::default().secret;
        let mut all = vec![
            keys::customer(&identifier),
            keys::dealer_customer(&dcn),
            keys::request_in_error(&RequestInErrorId::of(&effect)),
            keys::idempotency_key(&effect),
            keys::alternate_number(&secret, &number),
            keys::relate_id(&secret, &number),
            keys::customer_counter(),
        ];
        let count = all.len();
        all.sort();
        all.dedup();
        prop_assert_eq!(all.len(), count);
    }

    #[test]
    fn requests_in_error_stand_in_the_index_by_time(
        effect in effect(), at in moment(), from in moment(), to in moment()
    ) {
        let id = RequestInErrorId::of(&effect);
        let place = keys::error(State::Open, at, &id);
        prop_assert!(keys::errors(State::Open).any(|partition| partition == place.partition));
        prop_assert_eq!(keys::error_received_at(&place.sort), Some(at));
        let (low, high) = keys::error_range(Some(from), Some(to));
        prop_assert_eq!(from <= at && at <= to, low <= place.sort && place.sort <= high);
    }
}

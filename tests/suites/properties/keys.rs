//! Keys are read back as what they were made of, and no two things have the same.

use domain::request::{RequestInErrorId, State};
use proptest::prelude::*;
use store::keys;

use crate::anything::{block, dcn, effect, identifier, moment, text};

proptest! {
    #[test]
    fn a_customer_is_read_back_from_its_key(identifier in identifier(), to in block()) {
        let key = keys::customer(&identifier);
        prop_assert_eq!(keys::identifier_of(&key), Some(identifier.clone()));
        prop_assert_eq!(keys::block_of(&key.pk), Some(identifier.block.clone()));
        let moved = keys::moved(&to, &identifier);
        prop_assert_eq!(keys::identifier_of(&moved), None);
        prop_assert_eq!(keys::in_block(&moved.sk), Some(keys::InBlock::Moved(identifier)));
    }

    #[test]
    fn two_customers_have_two_keys(one in identifier(), other in identifier()) {
        prop_assert_eq!(one == other, keys::customer(&one) == keys::customer(&other));
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
        let same = one.trim() == other.trim();
        prop_assert_eq!(same, keys::alternate_number(&one) == keys::alternate_number(&other));
        prop_assert_eq!(same, keys::relate_id(&one) == keys::relate_id(&other));
        prop_assert_ne!(keys::relate_id(&one), keys::alternate_number(&one));
        prop_assert_eq!(keys::relate_id(&one), keys::relate_id(&format!(" {one}\t")));
    }

    #[test]
    fn nothing_of_one_kind_has_the_key_of_another(
        identifier in identifier(), dcn in dcn(), effect in effect(), number in text()
    ) {
        let mut all = vec![
            keys::customer(&identifier),
            keys::moved(&identifier.block, &identifier),
            keys::dealer_customer(&dcn),
            keys::request_in_error(&RequestInErrorId::of(&effect)),
            keys::idempotency_key(&effect),
            keys::alternate_number(&number),
            keys::relate_id(&number),
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

//! Who is the same party is in one block, under every rule and for every pair of forms; and which of two is asked for does not matter.

use domain::controls::Controls;
use domain::customer::country::in_kept_form;
use domain::customer::display_name;
use domain::matching::block::Block;
use domain::matching::comparison::{MatchField, compare};
use domain::matching::duplicate::{are_same, blocks_of};
use domain::matching::match_code::Layout;
use domain::matching::party::Party;
use domain::matching::rule::Rule;
use domain::message::{Attribute, Attributes};
use domain::secret::Secret;
use proptest::prelude::*;

use crate::anything::attributes;

/// Customers of both forms that are often nearly the same.
fn customer() -> impl Strategy<Value = Attributes> {
    let value = |texts: &'static [&'static str]| prop::sample::select(texts);
    let name = (
        value(&["Julie", "JULIE", "Jul\u{200b}ie", "Bob", ""]),
        value(&["Smith", "SMITH", "Smith-Jones", "Smith Jones", "O'Brien", "OBrien", "???", ""]),
        value(&["Acme", "ACME.", "Julie Smith", "Smith", "Bob O'Brien", "Unknown", "", ""]),
    );
    let place = (
        value(&[
            "1/23 High St",
            "123 High Street",
            "100 Oak Court",
            "100 Oak Lane",
            "5½ Oak",
            "Street",
            "",
        ]),
        value(&["", "", "Rear Court", "Rear Lane"]),
        value(&["US", "USA", "United States", "GB", "LV", ""]),
        value(&["MA", "Massachusetts", "ma", "XX", ""]),
        value(&["01581", "01581-1234", "LV-1010", "1010", "SW1A1AA", "SW1A 1AA", ""]),
    );
    (name, place, value(&["a@b.c", "A@B.C", "ab@c.d", ""])).prop_map(
        |((first, last, company), (street, line_2, country, state, postal_code), email)| {
            [
                (Attribute::FIRST_NAME, first),
                (Attribute::LAST_NAME, last),
                (Attribute::COMPANY_NAME, company),
                (Attribute::STREET, street),
                (Attribute::ADDRESS_LINE_2, line_2),
                (Attribute::COUNTRY, country),
                (Attribute::STATE, state),
                (Attribute::POSTAL_CODE, postal_code),
                (Attribute::EMAIL, email),
            ]
            .into_iter()
            .collect()
        },
    )
}

/// A second customer: another one, or the first as somebody else writes it.
fn pair() -> impl Strategy<Value = (Attributes, Attributes)> {
    let other_form = |one: &Attributes| {
        let mut other = one.clone();
        other.set(Attribute::COMPANY_NAME, display_name(one));
        other.remove(Attribute::FIRST_NAME);
        other.remove(Attribute::LAST_NAME);
        other
    };
    prop_oneof![
        (customer(), customer()),
        customer().prop_map(move |one| (one.clone(), other_form(&one))),
        (customer(), customer()).prop_map(|(one, mut other)| {
            for part in [
                Attribute::STREET,
                Attribute::ADDRESS_LINE_2,
                Attribute::COUNTRY,
                Attribute::STATE,
                Attribute::POSTAL_CODE,
                Attribute::EMAIL,
            ] {
                other.set(part, one.text(part));
            }
            (one, other)
        }),
    ]
}

fn rule() -> impl Strategy<Value = Rule> {
    let layout = prop::sample::select(vec![
        "postal_code:5,name:4,street:6",
        "name:2",
        "street:3,postal_code:9",
        "postal_code:2,name:40",
    ]);
    let exact = prop::sample::subsequence(MatchField::ALL.to_vec(), 0..=9);
    (layout, exact)
        .prop_map(|(layout, exact)| Rule::new(Layout::parse(layout).expect("a layout"), &exact))
}

fn controls(rule: Rule) -> Controls {
    let mut controls = local::controls::default();
    controls.rules.home = rule;
    controls
}

/// What of the match code is none of the name.
fn place(party: &Party) -> (String, &str, &str) {
    (party.company().key(), party.postal_code(), party.street())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn who_is_the_same_is_in_one_block((one, other) in pair(), rule in rule()) {
        let controls = controls(rule);
        let rule = &controls.rules.home;
        let (one, other) = (Party::of(&one, &controls), Party::of(&other, &controls));
        let (block, other_block) = (
            Block::of(&one, rule, &controls.secret),
            Block::of(&other, rule, &controls.secret),
        );
        // Of two at one place, the name alone decides, and it must not put them into two blocks.
        let same_place = MatchField::ALL.into_iter().filter(|field| rule.compares(*field)).all(|field| {
            !matches!(field, MatchField::Street | MatchField::AddressLine2 | MatchField::Apartment | MatchField::City | MatchField::State)
                || one.folded(field) == other.folded(field)
        });
        if same_place && place(&one) == place(&other) && compare(&one, &other, rule).is_some() {
            prop_assert_eq!(block, other_block);
        }
    }

    #[test]
    fn which_of_two_is_asked_for_does_not_matter((one, other) in pair(), rule in rule()) {
        let controls = controls(rule);
        prop_assert_eq!(are_same(&one, &other, &controls), are_same(&other, &one, &controls));
        let party = Party::of(&one, &controls);
        let has_block = Block::of(&party, &controls.rules.home, &controls.secret).is_some();
        prop_assert_eq!(are_same(&one, &one, &controls), has_block && !party.is_placeholder(&controls.rules.home));
        let kept = |attributes: &Attributes| in_kept_form(attributes, None);
        prop_assert!(kept(&kept(&one)) == kept(&one));
        prop_assert_eq!(are_same(&kept(&one), &other, &controls), are_same(&one, &other, &controls));
    }

    #[test]
    fn what_a_read_shows_is_the_same_as_what_was_read(one in customer()) {
        let controls = local::controls::default();
        let kept = in_kept_form(&one, None);
        let mut business = kept.clone();
        business.set(Attribute::COMPANY_NAME, display_name(&kept));
        business.remove(Attribute::FIRST_NAME);
        business.remove(Attribute::LAST_NAME);
        let party = Party::of(&one, &controls);
        let rule = &controls.rules.home;
        let can_be_found = Block::of(&party, rule, &controls.secret).is_some() && !party.is_placeholder(rule);
        prop_assert_eq!(are_same(&one, &kept, &controls), can_be_found);
        prop_assert_eq!(are_same(&one, &business, &controls), can_be_found);
    }

    #[test]
    fn who_differs_only_in_case_or_in_what_is_not_compared_is_in_one_block(attributes in attributes(), email in "[a-z]{1,5}@[a-z]{1,5}[.]de") {
        let controls = local::controls::default();
        let mut other = attributes.clone();
        for attribute in [Attribute::COMPANY_NAME, Attribute::LAST_NAME, Attribute::STREET, Attribute::POSTAL_CODE] {
            let value = attributes.text(attribute);
            if value.is_ascii() && !value.is_empty() {
                other.set(attribute, value.to_uppercase());
            }
        }
        other.set(Attribute::EMAIL, email);
        other.set(Attribute::DAY_PHONE, "617 555 0100");
        prop_assert_eq!(blocks_of(&attributes, &controls), blocks_of(&other, &controls));
    }

    #[test]
    fn nobody_without_the_secret_computes_a_block(attributes in customer(), secret in "[ -~]{32,64}") {
        let own = local::controls::default();
        let mut foreign = own.clone();
        foreign.secret = Secret::new(&secret).expect("long enough");
        for (mine, theirs) in blocks_of(&attributes, &own).iter().zip(blocks_of(&attributes, &foreign)) {
            prop_assert_ne!(mine, &theirs);
        }
    }
}

//! Each edit fails for what it is about and for nothing else.

use super::*;

fn codes(pairs: &[(Attribute, &str)], subject: Subject, controls: &Controls) -> Vec<&'static str> {
    let given = pairs.iter().map(|(attribute, value)| (*attribute, *value)).collect();
    examine(&given, subject, controls).failed.iter().map(|failed| failed.code.code()).collect()
}

fn controls(pairs: &[(&str, &str)]) -> Controls {
    Controls::read(crate::controls::tests::with_secret(pairs)).unwrap()
}

const JULIE: [(Attribute, &str); 6] = [
    (Attribute::LAST_NAME, "Robinson"),
    (Attribute::CITY, "Westborough"),
    (Attribute::STATE, "ma"),
    (Attribute::POSTAL_CODE, "01581"),
    (Attribute::COUNTRY, "us"),
    (Attribute::EMAIL_STATUS, "o1"),
];

#[test]
fn codes_are_kept_in_capitals_and_the_country_in_three_letters() {
    let given = JULIE.into_iter().collect();
    let examined = examine(&given, Subject::Message, &Controls::default());
    assert_eq!(examined.failed, []);
    let kept: Vec<_> =
        [Attribute::COMPANY, Attribute::STATE, Attribute::COUNTRY, Attribute::EMAIL_STATUS]
            .map(|attribute| examined.attributes.text(attribute).to_owned())
            .into();
    assert_eq!(kept, ["1", "MA", "USA", "O1"]);
}

#[test]
fn everything_that_is_wrong_is_reported_at_once() {
    let controls =
        controls(&[("REQUIRE_CUSTOMER_CLASS", "true"), ("REQUIRE_STREET_ADDRESS", "true")]);
    assert_eq!(
        codes(&[], Subject::Message, &controls),
        [
            "name-blank",
            "street-blank",
            "city-blank",
            "country-blank",
            "email-status-blank",
            "class-required"
        ]
    );
    let wrong = [
        (Attribute::COMPANY, "2"),
        (Attribute::LAST_NAME, "Rob\u{7}"),
        (Attribute::STREET, "x"),
        (Attribute::CITY, &*"y".repeat(101)),
        (Attribute::STATE, "XX"),
        (Attribute::POSTAL_CODE, "1"),
        (Attribute::COUNTRY, "USA"),
        (Attribute::EMAIL, "nobody"),
        (Attribute::EMAIL_STATUS, "O9"),
    ];
    assert_eq!(
        codes(&wrong, Subject::Message, &Controls::default()),
        [
            "invalid-company",
            "invalid-value",
            "value-too-long",
            "invalid-state",
            "invalid-zip",
            "invalid-email",
            "invalid-email-status"
        ]
    );
}

#[test]
fn a_country_asks_for_what_it_needs() {
    let address = |country| {
        [
            (Attribute::LAST_NAME, "N"),
            (Attribute::CITY, "C"),
            (Attribute::EMAIL_STATUS, "O1"),
            (Attribute::COUNTRY, country),
        ]
    };
    assert_eq!(
        codes(&address("USA"), Subject::Message, &Controls::default()),
        ["state-blank", "zip-blank"]
    );
    assert_eq!(codes(&address("DEU"), Subject::Message, &Controls::default()), ["zip-blank"]);
    assert_eq!(codes(&address("IRL"), Subject::Message, &Controls::default()), [""; 0]);
    assert_eq!(codes(&address("XX"), Subject::Message, &Controls::default()), ["invalid-country"]);
    assert_eq!(
        codes(&address("")[..3], Subject::Message, &controls(&[("DEFAULT_COUNTRY", "DE")])),
        ["zip-blank"]
    );
}

#[test]
fn who_is_examined_decides_which_edits_apply() {
    let nothing = Controls::default();
    assert_eq!(codes(&[(Attribute::STATE, "XX")], Subject::BypassedMessage, &nothing), [""; 0]);
    assert_eq!(
        codes(&[(Attribute::COMPANY, "2")], Subject::BypassedMessage, &nothing),
        ["invalid-company"]
    );
    assert_eq!(codes(&[(Attribute::EMAIL, "x")], Subject::Fragment, &nothing), ["invalid-email"]);
    let dealer = controls(&[("REQUIRE_CUSTOMER_CLASS", "true")]);
    assert_eq!(codes(&JULIE[..5], Subject::Dealer, &dealer), [""; 0]);
}

#[test]
fn a_default_class_stands_in_and_the_list_of_classes_decides() {
    let controls = controls(&[
        ("CUSTOMER_CLASSES", "gold,Silver"),
        ("DEFAULT_CUSTOMER_CLASS", "silver"),
        ("REQUIRE_CUSTOMER_CLASS", "true"),
    ]);
    assert_eq!(codes(&JULIE, Subject::Message, &controls), [""; 0]);
    let mut bronze = JULIE.to_vec();
    bronze.push((Attribute::CUSTOMER_CLASS, "bronze"));
    assert_eq!(codes(&bronze, Subject::Message, &controls), ["invalid-class"]);
}

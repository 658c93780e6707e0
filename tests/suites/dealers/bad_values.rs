//! Values that break a rule: every fault at once, each at its pointer, and nothing is written.

use serde_json::{Value, json};

use crate::fixture::{Fixture, acme, changed, without};

/// Holds that the worked request with this one value has exactly these faults.
pub(crate) async fn refused(stand: &Fixture, path: &str, value: Value, expected: &[&str]) {
    let body = changed(acme(), path, value);
    let answer = stand.associate(&body).await;
    assert_eq!(answer.faults(), expected, "{body}");
}

#[tokio::test]
async fn every_fault_of_a_request_is_told_at_once() {
    let stand = Fixture::new().await;
    let body = json!({
        "dealerCode": "TD|68", "dealerCustomerNumber": "24/5", "dealerType": "revenue", "alternateName": "a\u{0}b", "email": "nobody",
        "address": { "line1": "x".repeat(101), "city": "", "state": "XX", "postalCode": "1581", "country": "USA" },
        "phones": ["call\u{7}me", { "number": "1", "type": "" }, { "type": "FAX" }, 7, { "number": "1", "type": "FAX!" }], "vip": true
    });
    assert_eq!(
        stand.associate(&body).await.faults(),
        [
            "/address/city city-blank",
            "/address/line1 value-too-long",
            "/address/postalCode invalid-zip",
            "/address/state invalid-state",
            "/alternateName invalid-value",
            "/businessName name-blank",
            "/dealerCode invalid-dealer-code",
            "/dealerCustomerNumber invalid-dealer-customer-number",
            "/dealerType invalid-dealer-type",
            "/email invalid-email",
            "/phones/0 invalid-value",
            "/phones/2/number required",
            "/phones/3 wrong-kind",
            "/phones/4/type invalid-phone-type",
            "/vip unknown-property"
        ]
    );
    assert!(stand.is_untouched().await);
}

#[tokio::test]
async fn a_value_of_the_wrong_kind_is_told_once_and_not_also_as_missing() {
    let stand = Fixture::new().await;
    let texts = [
        "dealerCode",
        "dealerCustomerNumber",
        "dealerType",
        "businessName",
        "alternateName",
        "customerOrganizationIdentifier",
        "email",
        "address/line1",
        "address/line2",
        "address/apartment",
        "address/city",
        "address/state",
        "address/postalCode",
        "address/country",
    ];
    let fault = |path: &str| format!("/{path} wrong-kind");
    for path in texts {
        for wrong in [json!(7), json!(true), json!(["x"]), json!({ "x": 1 })] {
            refused(&stand, path, wrong, &[&fault(path)]).await;
        }
    }
    for wrong in [json!(7), json!("x"), json!(false), json!([])] {
        refused(&stand, "address", wrong, &[&fault("address")]).await;
    }
    for wrong in [json!(7), json!("x"), json!({})] {
        refused(&stand, "phones", wrong, &[&fault("phones")]).await;
    }
    for wrong in [json!(7), json!(null), json!([]), json!(true)] {
        refused(&stand, "phones", json!([wrong]), &["/phones/0 wrong-kind"]).await;
    }
    let phone = json!([{ "number": 5_085_550_100_u64, "type": 1 }]);
    let faults = ["/phones/0/number wrong-kind", "/phones/0/type wrong-kind"];
    refused(&stand, "phones", phone, &faults).await;
    assert!(stand.is_untouched().await);
}

#[tokio::test]
async fn what_identifies_a_dealer_customer_has_few_characters() {
    let stand = Fixture::new().await;
    for code in [
        "TD 68",
        "TD|68",
        "TD#68",
        "TD/68",
        "T\u{0}",
        "T\u{c4}",
        "\u{ff34}\u{ff24}68",
        "TD68\n",
        " TD68",
        "*",
        "TD-68",
        "ABCDEFGHIJK",
    ] {
        let fault = ["/dealerCode invalid-dealer-code"];
        refused(&stand, "dealerCode", json!(code), &fault).await;
    }
    let long = "1".repeat(51);
    for number in [
        "a|b",
        "a#b",
        "a/b",
        "a b",
        "a\tb",
        "a\u{0}",
        "\u{e9}",
        "a\u{200b}b",
        "a%7Cb",
        ".",
        "..",
        "---",
        "_",
        long.as_str(),
    ] {
        let fault = ["/dealerCustomerNumber invalid-dealer-customer-number"];
        refused(&stand, "dealerCustomerNumber", json!(number), &fault).await;
    }
    for kind in ["revenue", "R2", " ", "A-B", "ABCDEFGHIJKLMNOPQRSTU", "\u{c4}"] {
        refused(&stand, "dealerType", json!(kind), &["/dealerType invalid-dealer-type"]).await;
    }
    for (path, fault) in [
        ("dealerCode", "/dealerCode required"),
        ("dealerCustomerNumber", "/dealerCustomerNumber required"),
    ] {
        refused(&stand, path, json!(""), &[fault]).await;
        refused(&stand, path, Value::Null, &[fault]).await;
        let answer = stand.associate(&without(acme(), path)).await;
        assert_eq!(answer.faults(), [fault]);
    }
    assert!(stand.is_untouched().await);
    for (path, value) in [
        ("dealerCode", "ABCDEFGHI0"),
        ("dealerCustomerNumber", "._-aZ09"),
        ("dealerCustomerNumber", &"1".repeat(50)),
        ("dealerType", "NON_REVENUE OTHER AB"),
    ] {
        let body = changed(acme(), path, json!(value));
        let body = changed(body, "businessName", json!(format!("At {value} Only")));
        let body = if path == "dealerType" {
            changed(body, "dealerCustomerNumber", json!("type"))
        } else {
            body
        };
        stand.associate(&body).await.is(201);
    }
}

#[tokio::test]
async fn a_value_over_its_longest_is_refused_and_not_cut() {
    let stand = Fixture::new().await;
    for path in [
        "businessName",
        "alternateName",
        "address/line1",
        "address/line2",
        "address/apartment",
        "address/city",
    ] {
        let fault = format!("/{path} value-too-long");
        refused(&stand, path, json!("\u{e9}".repeat(101)), &[&fault]).await;
    }
    let state = json!("x".repeat(101));
    let faults = ["/address/state invalid-state", "/address/state value-too-long"];
    refused(&stand, "address/state", state, &faults).await;
    let email = format!("{}@acme.example", "x".repeat(250));
    let faults = ["/email invalid-email", "/email value-too-long"];
    refused(&stand, "email", json!(email), &faults).await;
    assert!(stand.is_untouched().await);
    let mut longest = acme();
    for path in [
        "businessName",
        "alternateName",
        "address/line1",
        "address/line2",
        "address/apartment",
        "address/city",
    ] {
        longest = changed(longest, path, json!("\u{e9}".repeat(100)));
    }
    longest["email"] = json!(format!("{}@acme.example", "x".repeat(241)));
    longest["phones"] = json!(vec!["1".repeat(100); 10]);
    stand.associate(&longest).await.is(201);
}

#[tokio::test]
async fn characters_that_no_list_can_show_truly_are_refused_everywhere() {
    let stand = Fixture::new().await;
    let paths = [
        "businessName",
        "alternateName",
        "address/line1",
        "address/line2",
        "address/apartment",
        "address/city",
    ];
    for path in paths {
        for character in [
            '\0', '\u{1}', '\t', '\n', '\r', '\u{1b}', '\u{7f}', '\u{85}', '\u{202a}', '\u{202e}',
            '\u{2066}', '\u{2069}', '\u{fffe}', '\u{ffff}',
        ] {
            let fault = format!("/{path} invalid-value");
            let value = json!(format!("Acme{character}Mining"));
            refused(&stand, path, value, &[&fault]).await;
        }
    }
    let email = json!("office@acme\u{202e}.example");
    refused(&stand, "email", email, &["/email invalid-value"]).await;
    assert!(stand.is_untouched().await);
}

#[tokio::test]
async fn each_country_asks_for_what_it_needs() {
    let stand = Fixture::new().await;
    let mut good = 0;
    for (address, expected) in [
        (
            json!({ "city": "X", "country": "USA" }),
            &["/address/postalCode zip-blank", "/address/state state-blank"][..],
        ),
        (
            json!({ "city": "X", "country": "us", "state": "XX", "postalCode": "1" }),
            &["/address/postalCode invalid-zip", "/address/state invalid-state"],
        ),
        (
            json!({ "city": "X", "country": "USA", "state": "Massachusets", "postalCode": "01581-12" }),
            &["/address/postalCode invalid-zip", "/address/state invalid-state"],
        ),
        (json!({ "city": "X", "country": "USA", "state": "ma", "postalCode": "01581-1234" }), &[]),
        (
            json!({ "city": "X", "country": "CAN", "state": "ON", "postalCode": "12345" }),
            &["/address/postalCode invalid-zip"],
        ),
        (json!({ "city": "X", "country": "ca", "state": "on", "postalCode": "k1a 0b1" }), &[]),
        (json!({ "city": "X", "country": "DEU" }), &["/address/postalCode zip-blank"]),
        (json!({ "city": "X", "country": "DE", "postalCode": "50667" }), &[]),
        (json!({ "city": "X", "country": "DE", "postalCode": "50667", "state": "NRW" }), &[]),
        // A territory for which the data list no states requires none.
        (json!({ "city": "X", "country": "HKG" }), &[]),
        (
            json!({ "city": "X", "country": "HK", "state": "Kowloon", "postalCode": "anything" }),
            &[],
        ),
        (json!({ "city": "X", "country": "IRL" }), &[]),
        (
            json!({ "city": "X", "country": "IE", "postalCode": "nonsense!" }),
            &["/address/postalCode invalid-zip"],
        ),
        // Of an unknown country nothing else is known.
        (
            json!({ "city": "X", "country": "Mars", "state": "XX", "postalCode": "1" }),
            &["/address/country invalid-country"],
        ),
        (
            json!({ "city": "X", "country": "U", "state": "MA" }),
            &["/address/country invalid-country"],
        ),
        (
            json!({ "city": "X", "state": "MA", "postalCode": "01581" }),
            &["/address/country country-blank"],
        ),
        (json!({}), &["/address/city city-blank", "/address/country country-blank"]),
    ] {
        let body = changed(acme(), "address", address.clone());
        let body = changed(body, "dealerCustomerNumber", json!(format!("n{good}")));
        let answer = stand.associate(&body).await;
        if expected.is_empty() {
            good += 1;
            answer.is(201);
        } else {
            assert_eq!(answer.faults(), expected, "{address}");
        }
    }
    assert_eq!(stand.customers().await.len(), good);
}

#[tokio::test]
async fn with_an_identifier_name_and_address_may_be_left_out_but_not_be_wrong() {
    let stand = Fixture::new().await;
    let body = json!({
        "dealerCode": "TD68", "dealerCustomerNumber": "1", "customerOrganizationIdentifier": "0123456789ABCDEF-000001-01234567", "email": "nobody",
        "address": { "city": "Westborough" }
    });
    // An address is whole or absent.
    assert_eq!(
        stand.associate(&body).await.faults(),
        ["/address/country country-blank", "/email invalid-email"]
    );
    let body = without(without(body, "email"), "address");
    let answer = stand.associate(&body).await;
    answer.is_problem(404, "customer-organization-not-found");
    assert!(stand.is_untouched().await);
}

//! Bodies whose properties are unknown, repeated or too many, of any length, type and script. What is no JSON at all is among the hostile bodies.

use reqwest::header::CONTENT_TYPE;
use serde_json::json;

use crate::fixture::{Answer, Fixture, acme, acme_as, changed};

async fn sent(stand: &Fixture, body: impl Into<Vec<u8>>) -> Answer {
    let request = stand.post("/dealer-customers").body(body.into());
    let request = request.header(CONTENT_TYPE, "application/json");
    let answer = request.send().await;
    assert!(stand.is_untouched().await, "{answer}");
    answer
}

#[tokio::test]
async fn without_a_body_there_is_one_fault_and_a_byte_order_mark_does_no_harm() {
    let stand = Fixture::new().await;
    assert_eq!(sent(&stand, "").await.faults(), [" empty-body"]);
    let marked = [b"\xef\xbb\xbf".as_slice(), acme().to_string().as_bytes()].concat();
    let request = stand.post("/dealer-customers").body(marked);
    request.header(CONTENT_TYPE, "application/json").send().await.is(201);
}

#[tokio::test]
async fn a_body_over_128_kib_is_too_large_and_one_of_exactly_that_is_read() {
    let stand = Fixture::new().await;
    let limit = 128 * 1024;
    let padded = |length: usize| {
        let body = acme().to_string();
        format!("{body}{}", " ".repeat(length - body.len()))
    };
    for length in [300 * 1024, limit + 1] {
        let answer = sent(&stand, padded(length)).await;
        answer.is_problem(413, "too-large");
    }
    let read = stand
        .post("/dealer-customers")
        .body(padded(limit))
        .header(CONTENT_TYPE, "application/json");
    read.send().await.is(201);
}

#[tokio::test]
async fn a_property_that_is_unknown_or_given_twice_is_a_fault_at_its_pointer() {
    let stand = Fixture::new().await;
    let twice = r#"{"dealerCode":"TD68","dealerCode":"TD69","dealerCustomerNumber":"1","businessName":"A",
        "address":{"city":"Cork","city":"Dublin","country":"IRL"},"phones":[{"number":"1","number":"1"}]}"#;
    assert_eq!(
        sent(&stand, twice).await.faults(),
        [
            "/address/city repeated-property",
            "/dealerCode repeated-property",
            "/phones/0/number repeated-property"
        ]
    );
    let mut unknown = acme();
    for name in ["dealercode", "a/b~c", "", "__proto__", "dryRun", "dealer_codes"] {
        unknown[name] = json!("TD68");
    }
    unknown["address"]["zip"] = json!("01581");
    unknown["phones"][0]["extension"] = json!("12");
    unknown["x".repeat(3_000)] = json!(1);
    assert_eq!(
        sent(&stand, unknown.to_string()).await.faults(),
        [
            " unknown-property",
            "/ unknown-property",
            "/__proto__ unknown-property",
            "/address/zip unknown-property",
            "/a~1b~0c unknown-property",
            "/dealer_codes unknown-property",
            "/dealercode unknown-property",
            "/dryRun unknown-property",
            "/phones/0/extension unknown-property"
        ]
    );
}

#[tokio::test]
async fn a_flood_of_faults_is_counted_and_cut() {
    let stand = Fixture::new().await;
    let mut body = acme();
    for number in 0..5_000 {
        body[format!("x{number}")] = json!(1);
    }
    let answer = sent(&stand, body.to_string()).await;
    assert_eq!(answer.faults().len(), 100);
    let detail = &answer.json()["detail"];
    assert_eq!(detail, "The first 100 of 5000 faults are listed.");
}

#[tokio::test]
async fn without_a_content_type_a_body_is_json_and_so_it_is_with_any_way_of_writing_that() {
    let stand = Fixture::new().await;
    let bare = stand.post("/dealer-customers").body(acme().to_string());
    bare.send().await.is(201);
    for (number, same) in [
        "application/json; charset=utf-8",
        "Application/JSON;charset=\"UTF-8\"",
        "application/json; version=1",
    ]
    .into_iter()
    .enumerate()
    {
        let body = acme_as("TD69", &number.to_string()).to_string();
        let request = stand.post("/dealer-customers").body(body);
        request.header(CONTENT_TYPE, same).send().await.is(201);
    }
}

#[tokio::test]
async fn text_of_any_script_is_stored_and_shown_as_it_came() {
    let stand = Fixture::new().await;
    for (number, name) in [
        "Żółć & Söhne <b>GmbH</b>",
        "株式会社アクメ",
        "شركة أكمي",
        "=HYPERLINK(\"x\")",
        "Robert'); DROP TABLE customers;--",
        "👩‍👩‍👧‍👦 \u{1d54f}",
        "|#/\\%7C",
    ]
    .into_iter()
    .enumerate()
    {
        let number = number.to_string();
        let body = changed(acme_as("TD68", &number), "businessName", json!(name));
        stand.associate(&body).await.is(201);
        let read = stand.get(&format!("/dealer-customers/TD68/{number}"));
        assert_eq!(read.send().await.is(200)["businessName"], name);
    }
}

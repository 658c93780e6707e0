//! Bodies that are no request at all: refused with the place where it is seen, and nothing is written.

use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE};
use serde_json::json;

use crate::fixture::{Answer, Fixture, acme, acme_as, changed};

async fn sent(stand: &Fixture, body: impl Into<Vec<u8>>) -> Answer {
    let request = stand.post("/dealer-customers").body(body.into());
    let request = request.header(CONTENT_TYPE, "application/json");
    let answer = request.send().await;
    assert!(stand.everything().await.is_empty(), "{answer}");
    answer
}

#[tokio::test]
async fn what_is_not_json_is_one_fault_at_the_whole_body() {
    let stand = Fixture::new().await;
    let not_utf_8 = [br#"{"dealerCode":""#.as_slice(), &[0xff, 0xfe], br#""}"#].concat();
    let latin_1 = br#"{"businessName":"Caf\xe9"}"#.to_vec();
    let utf_16: Vec<u8> = acme().to_string().encode_utf16().flat_map(u16::to_le_bytes).collect();
    let nested = |open: &str, close: &str| [open.repeat(10_000), close.repeat(10_000)].concat();
    let cases: Vec<(Vec<u8>, &str)> = vec![
        (b"".into(), "empty-body"),
        (b" \r\n\t".into(), "empty-body"),
        (b"{".into(), "not-json"),
        (b"{\"dealerCode\":\"TD68\",}".into(), "not-json"),
        (b"{'dealerCode':'TD68'}".into(), "not-json"),
        (b"dealerCode=TD68".into(), "not-json"),
        (b"<Message/>".into(), "not-json"),
        (b"{} {}".into(), "not-json"),
        (b"{\"dealerCode\":NaN}".into(), "not-json"),
        (b"{\"dealerCode\":1e999}".into(), "not-json"),
        (b"{\"dealerCode\":\"\\ud800\"}".into(), "not-json"),
        (b"{\"dealerCode\":\"a\nb\"}".into(), "not-json"),
        (b"// c\n{}".into(), "not-json"),
        (nested("[", "]").into(), "not-json"),
        (nested("{\"address\":", "}").into(), "not-json"),
        ("[".repeat(100_000).into(), "not-json"),
        (not_utf_8, "not-utf-8"),
        (b"\xc3".into(), "not-utf-8"),
        (b"\xef\xbb\xbf\xef\xbb\xbf{}".into(), "not-json"),
        (latin_1, "not-json"),
        (utf_16, "not-json"),
    ];
    for (body, code) in cases {
        let answer = sent(&stand, body).await;
        assert_eq!(answer.faults(), [format!(" {code}")], "{answer}");
    }
}

#[tokio::test]
async fn json_that_is_no_object_is_of_the_wrong_kind() {
    let stand = Fixture::new().await;
    for body in ["[]", "null", "true", "7", "\"TD68\"", "[{}]"] {
        let answer = sent(&stand, body).await;
        assert_eq!(answer.faults(), [" wrong-kind"], "{answer}");
    }
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
async fn without_a_content_type_a_body_is_json_and_with_another_it_is_not_read() {
    let stand = Fixture::new().await;
    for other in [
        "application/xml",
        "text/xml",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/merge-patch+json",
        "application/json; charset=utf-16",
        "application/json; charset=iso-8859-1",
        "application/json, application/json",
        "json",
        "",
    ] {
        let request = stand.post("/dealer-customers").body(acme().to_string());
        let answer = request.header(CONTENT_TYPE, other).send().await;
        answer.is_problem(415, "unsupported-media-type");
    }
    let compressed = stand.post("/dealer-customers").json(&acme());
    let compressed = compressed.header(CONTENT_ENCODING, "gzip").send().await;
    compressed.is_problem(415, "unsupported-media-type");
    assert!(stand.everything().await.is_empty());

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

//! Address standardization (control I99): what the service verified replaces the address of an Add, and nothing that it does fails a message.

use axum::http::StatusCode;
use operations::kit::{LEFT_ALONE, MAX_FAILURES_IN_A_ROW};
use serde_json::{Value, json};

use crate::address_service::{AddressService, Manner};
use crate::fixture::Fixture;
use crate::message::{FORMS, Message, change, checked, julie};

async fn stand(url: &str) -> Fixture {
    Fixture::with(&[("ADDRESS_STANDARDIZATION_URL", url)]).await
}

fn verified() -> Value {
    json!({
        "line1": "100 EXAMPLE ST", "line2": "REAR", "city": "WESTBOROUGH", "state": "MA", "postalCode": "01581-1234", "country": "USA"
    })
}

/// As a customer says it: with an apartment that the service does not know.
fn as_it_came() -> Message {
    julie().with_all(&[
        ("cst_street_addr", "100 exampel st"),
        ("cst_apt", "5"),
        ("cst_addr_line_3", "Floor 3"),
    ])
}

#[tokio::test]
async fn exactly_one_match_replaces_the_address() {
    for form in FORMS {
        let service = AddressService::matching(json!([verified()])).await;
        let stand = stand(&service.url).await;
        let told = stand.tell(form, &as_it_came()).await.created();
        assert_eq!(told.text("cst_street_addr"), "100 EXAMPLE ST");
        let stored = stand.stored_attributes(&told.number()).await;
        for (name, value) in [
            ("cst_street_addr", Some("100 EXAMPLE ST")),
            ("cst_addr_line_2", Some("REAR")),
            ("cst_apt", None),
            ("cst_city", Some("WESTBOROUGH")),
            ("cst_zip", Some("01581-1234")),
            // What the service is not asked for stays.
            ("cst_addr_line_3", Some("Floor 3")),
            ("cst_lname", Some("Robinson")),
        ] {
            assert_eq!(stored.get(name).and_then(Value::as_str), value, "{name}");
        }
        let address = json!({
            "line1": "100 exampel st", "line2": "", "apartment": "5", "city": "Westborough", "state": "MA", "postalCode": "01581", "country": "USA"
        });
        let asked = ("POST".to_owned(), "application/json".to_owned(), address);
        assert_eq!(service.asked(), [asked]);
    }
}

#[tokio::test]
async fn the_duplicate_check_and_the_edits_see_the_verified_address() {
    let service = AddressService::matching(json!([verified()])).await;
    let stand = stand(&service.url).await;
    let number = stand.add(&as_it_came()).await.created().number();
    let other = checked("Y").with_all(&[
        ("cst_street_addr", "somewhere"),
        ("cst_city", ""),
        ("cst_zip", "bad"),
    ]);
    assert_eq!(stand.add(&other).await.duplicates(), [&*number]);
    let updated = stand.add(&other.with("cst_duplicate", "S")).await.updated();
    assert_eq!(updated.number(), number);
    // What is kept of a failed message is the message as it came.
    let failed = stand.add(&as_it_came().with("cst_email", "x")).await.is(422, "Failure");
    assert_eq!(failed.text("cst_street_addr"), "100 EXAMPLE ST");
    let request = stand.get(&format!("/errors/{}", failed.request_in_error()));
    let request = request.send().await.is(200);
    assert_eq!(request["message"]["CustSoldTo"]["cst_street_addr"], "100 exampel st");
}

#[tokio::test]
async fn rules_are_tried_on_who_stands_there_for_the_address_as_it_was_given() {
    let service = AddressService::matching(json!([verified()])).await;
    let stand = stand(&service.url).await;
    let added = as_it_came().with("cst_duplicate", "Y");
    let number = stand.add(&added).await.created().number();
    let written = |message: &Message| -> Value {
        serde_json::from_str(&message.written(crate::message::Form::Json)).expect("JSON")
    };
    let messages = [written(&as_it_came()), written(&as_it_came().with("cst_fname", "Bob"))];
    for (exact, parted) in [
        ("last_name,company,city", json!([])),
        (
            "first_name,last_name,company,city",
            json!([{ "message": 1, "customerNumber": number, "now": "same", "then": "different" }]),
        ),
    ] {
        let body = json!({ "exactMatch": exact, "messages": messages });
        let answer = stand.post("/rules/try").json(&body).send().await.is(200);
        assert_eq!(answer["customers"], parted, "{exact}");
    }
    assert_eq!(service.asked().len(), 1, "no address is verified for a try");
}

#[tokio::test]
async fn only_adds_are_standardized_and_a_deletion_asks_nobody() {
    let service = AddressService::matching(json!([verified()])).await;
    let stand = stand(&service.url).await;
    let number = stand.add(&as_it_came()).await.created().number();
    let change = change("cst_cust_nbr", &number).with("cst_street_addr", "7 mill rd");
    stand.add(&change).await.updated();
    let stored = stand.stored_attributes(&number).await;
    assert_eq!(stored["cst_street_addr"], "7 mill rd");
    stand.add(&julie().with("cst_action_type", "D")).await.failed();
    assert_eq!(service.asked().len(), 1);
}

/// Holds that a message is taken as it came.
async fn changes_nothing(url: &str, what: &str) {
    let stand = stand(url).await;
    let told = stand.add(&as_it_came()).await.created();
    assert_eq!(told.body.get("warnings"), None, "{what}");
    let stored = stand.stored_attributes(&told.number()).await;
    assert_eq!(stored["cst_street_addr"], "100 exampel st", "{what}");
    assert_eq!(stored["cst_apt"], "5", "{what}");
    assert_eq!(stored["cst_city"], "Westborough", "{what}");
}

#[tokio::test]
async fn no_match_several_matches_and_nonsense_change_nothing() {
    let two = json!({ "matches": [verified(), verified()] }).to_string();
    for body in [
        r#"{"matches":[]}"#,
        &two,
        "",
        "null",
        "[]",
        "{",
        "<matches/>",
        r#"{"matches":{}}"#,
        r#"{"matches":["100 EXAMPLE ST"]}"#,
        r#"{"matches":[{"line1":"no city"}]}"#,
        r#"{"matches":[{"line1":7,"city":"WESTBOROUGH"}]}"#,
    ] {
        let service = AddressService::start(Manner::Answers(StatusCode::OK, body.to_owned())).await;
        changes_nothing(&service.url, body).await;
        assert_eq!(service.asked().len(), 1);
    }
}

#[tokio::test]
async fn a_match_that_would_fail_the_message_changes_nothing() {
    for (part, value) in [
        ("country", "NARNIA".to_owned()),
        ("country", String::new()),
        ("postalCode", "1".to_owned()),
        ("state", "XX".to_owned()),
        ("line1", "x".repeat(101)),
        ("city", "WEST\u{7}".to_owned()),
    ] {
        let mut wrong = verified();
        wrong[part] = json!(value);
        let service = AddressService::matching(json!([wrong])).await;
        changes_nothing(&service.url, part).await;
    }
}

#[tokio::test]
async fn a_failing_service_changes_nothing() {
    let good = json!({ "matches": [verified()] }).to_string();
    for status in [
        StatusCode::INTERNAL_SERVER_ERROR,
        StatusCode::SERVICE_UNAVAILABLE,
        StatusCode::NOT_FOUND,
        StatusCode::FOUND,
        StatusCode::TOO_MANY_REQUESTS,
    ] {
        let service = AddressService::start(Manner::Answers(status, good.clone())).await;
        changes_nothing(&service.url, status.as_str()).await;
    }
    for manner in [Manner::Babbles, Manner::HangsUp] {
        let service = AddressService::start(manner).await;
        changes_nothing(&service.url, "no HTTP").await;
    }
    changes_nothing(&AddressService::gone().await, "a closed port").await;
    let endless = " ".repeat(2_000_000) + &good;
    let service = AddressService::start(Manner::Answers(StatusCode::OK, endless)).await;
    changes_nothing(&service.url, "an answer without a measure").await;
}

#[tokio::test]
async fn a_service_that_never_answers_changes_nothing() {
    let (hangs, drips) =
        tokio::join!(AddressService::start(Manner::Hangs), AddressService::start(Manner::Drips),);
    tokio::join!(
        changes_nothing(&hangs.url, "no answer"),
        changes_nothing(&drips.url, "half an answer"),
    );
    assert_eq!((hangs.asked().len(), drips.asked().len()), (1, 1));
}

#[tokio::test]
async fn the_service_is_asked_with_the_secret_and_without_one_as_anybody() {
    let service = AddressService::matching(json!([verified()])).await;
    stand(&service.url).await.add(&as_it_came()).await.created();
    let controls = [
        ("ADDRESS_STANDARDIZATION_URL", service.url.as_str()),
        ("ADDRESS_STANDARDIZATION_SECRET", "s3cret-Token+/="),
    ];
    Fixture::with(&controls).await.add(&as_it_came()).await.created();
    assert_eq!(service.authorized(), [None, Some("Bearer s3cret-Token+/=".to_owned())]);
}

/// Lets the pause go by, as far as the code can tell.
async fn after_the_pause() {
    tokio::time::pause();
    tokio::time::advance(LEFT_ALONE).await;
    tokio::time::resume();
}

#[tokio::test]
async fn a_service_that_keeps_failing_is_left_alone_and_asked_again_later() {
    let service =
        AddressService::start(Manner::Answers(StatusCode::BAD_GATEWAY, String::new())).await;
    let stand = stand(&service.url).await;
    let failures = usize::try_from(MAX_FAILURES_IN_A_ROW).expect("a few");
    for _ in 0..failures + 4 {
        let told = stand.add(&as_it_came()).await.created();
        assert_eq!(told.text("cst_street_addr"), "100 exampel st");
    }
    assert_eq!(service.asked().len(), failures);
    for more in 1..=2 {
        after_the_pause().await;
        for _ in 0..3 {
            stand.add(&as_it_came()).await.created();
        }
        assert_eq!(service.asked().len(), failures + more, "one message asks after each pause");
    }
}

#[tokio::test]
async fn a_service_that_knows_no_such_address_has_not_failed() {
    for body in [r#"{"matches":[]}"#, r#"{"matches":[{"city":"A"},{"city":"B"}]}"#] {
        let service = AddressService::start(Manner::Answers(StatusCode::OK, body.to_owned())).await;
        let stand = stand(&service.url).await;
        for _ in 0..5 {
            stand.add(&as_it_came()).await.created();
        }
        assert_eq!(service.asked().len(), 5, "{body}");
    }
}

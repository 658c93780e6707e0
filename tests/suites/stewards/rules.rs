//! Trying another rule: whom it would match or part, and that nothing comes of it.

use api::call::IDEMPOTENCY_KEY;
use kit::message::{Message, julie};
use serde_json::{Value, json};

use crate::fixture::{Fixture, unchanged};

fn in_json(message: &Message) -> Value {
    serde_json::from_str(&message.written(kit::message::Form::Json)).expect("JSON")
}

async fn tried(stand: &Fixture, body: &Value) -> Value {
    stand.post("/rules/try").json(body).send().await.is(200)
}

#[tokio::test]
async fn a_stricter_rule_parts_and_a_looser_one_matches_and_nothing_is_written() {
    let stand = Fixture::new().await;
    let number = stand.add(&julie()).await.created().number();
    let juliette = julie().with("cst_fname", "Juliette");
    let elsewhere = julie().with("cst_street_addr", "100 Examine Road");
    let messages: Vec<Value> = [julie(), juliette, elsewhere].iter().map(in_json).collect();
    let before = stand.everything().await;
    let stricter = json!({ "exactMatch": "first_name,last_name,street", "messages": messages });
    for path in ["/rules/try", "/rules/try?dryRun=true"] {
        let request = stand.post(path).header(IDEMPOTENCY_KEY, "SO-7");
        let mut answer = request.json(&stricter).send().await.is(200);
        assert_eq!(answer.get("dryRun").is_some(), path.contains("dryRun"), "{path}");
        answer.as_object_mut().expect("an object").remove("dryRun");
        let pairs = json!([{ "one": 0, "other": 1, "now": "same", "then": "different" }]);
        let customers =
            json!([{ "message": 1, "customerNumber": number, "now": "same", "then": "different" }]);
        assert_eq!(answer, json!({ "pairs": pairs, "customers": customers }), "{path}");
    }
    let looser = json!({ "exactMatch": "last_name", "messages": messages });
    let matched = |one: u8| json!({ "one": one, "other": 2, "now": "different", "then": "same" });
    let answer = tried(&stand, &looser).await;
    assert_eq!(answer["pairs"], json!([matched(0), matched(1)]));
    assert_eq!(answer["customers"], json!([]), "of another block");
    let as_it_is = json!({ "messages": messages });
    assert_eq!(tried(&stand, &as_it_is).await, json!({ "pairs": [], "customers": [] }));
    unchanged(&before, &stand.everything().await, &"rules were tried");
}

#[tokio::test]
async fn the_customers_of_a_block_are_compared_with_each_other() {
    let stand = Fixture::new().await;
    let mut numbers = Vec::new();
    for first_name in ["Julie", "Juliette", "JULIE"] {
        let message = julie().with("cst_fname", first_name);
        numbers.push(stand.add(&message).await.created().number());
    }
    stand.add(&julie().with("cst_apt", "7")).await.created();
    let before = stand.everything().await;
    let parted = |one: usize, other: usize| json!({ "customerNumber": numbers[one], "other": numbers[other], "now": "same", "then": "different" });
    let stricter = json!({ "exactMatch": "first_name", "customerNumber": numbers[1] });
    let answer = tried(&stand, &stricter).await;
    assert_eq!(answer["block"], json!([parted(0, 1), parted(1, 2)]));
    let nobody =
        json!({ "genericValues": { "names": ["Robinson", "x"] }, "customerNumber": numbers[0] });
    let answer = tried(&stand, &nobody).await;
    assert_eq!(answer["block"], json!([parted(0, 1), parted(0, 2), parted(1, 2)]));
    let unknown = json!({ "customerNumber": "999999999" });
    stand.post("/rules/try").json(&unknown).send().await.is_problem(404, "not-found");
    unchanged(&before, &stand.everything().await, &"rules were tried");
}

#[tokio::test]
async fn a_second_rule_is_compared_beside_the_first() {
    let stand = Fixture::with(&[("ALSO_MATCH", "name:4/last_name,email")]).await;
    let message = julie().with("cst_email", "julie@example.com");
    let number = stand.add(&message).await.created().number();
    let moved = message.with("cst_street_addr", "7 Mill Road");
    let without_second = json!({ "messages": [in_json(&moved)], "alsoMatch": "" });
    let answer = tried(&stand, &without_second).await;
    let parted =
        json!([{ "message": 0, "customerNumber": number, "now": "same", "then": "different" }]);
    assert_eq!(answer["customers"], parted, "the second rule alone finds it");
}

#[tokio::test]
async fn what_differs_beyond_the_limits_is_counted() {
    let stand = Fixture::new().await;
    let number = stand.add(&julie()).await.created().number();
    for apart in 0..60_u8 {
        stand.add(&julie().with("cst_fname", &format!("Julie {apart}"))).await.created();
    }
    let body = json!({ "exactMatch": "first_name", "customerNumber": number });
    let answer = tried(&stand, &body).await;
    assert_eq!(answer["block"].as_array().map(Vec::len), Some(1_000));
    assert_eq!(answer["warnings"], json!(["830 more pairs of customers are not listed"]));
}

#[tokio::test]
async fn all_faults_are_told_at_once() {
    let stand = Fixture::new().await;
    let body = json!({
        "layout": "name:0", "exactMatch": "shoe_size", "alsoMatch": "name:4", "genericValues": { "names": ["???", 7], "shoes": [] },
        "messages": [{}, 7, { "CustSoldTo": [] }, { "CustSoldTo": { "cst_lname": true, "cst_unknown": "x" } }], "customerNumber": "x", "favourite": 1
    });
    let problem = stand.post("/rules/try").json(&body).send().await;
    let problem = problem.is_problem(400, "invalid-request");
    let faults = problem["errors"].as_array().expect("faults").iter();
    let mut faults: Vec<String> = faults
        .map(|fault| {
            let text = |name: &str| fault[name].as_str().unwrap_or_default();
            format!("{} {}", text("pointer"), text("code"))
        })
        .collect();
    faults.sort();
    let expected = [
        "/alsoMatch invalid-rule",
        "/customerNumber invalid-value",
        "/exactMatch invalid-exact-match",
        "/favourite unknown-property",
        "/genericValues/names/0 invalid-value",
        "/genericValues/names/1 invalid-value",
        "/genericValues/shoes unknown-property",
        "/layout invalid-layout",
        "/messages/0/CustSoldTo required",
        "/messages/1 wrong-kind",
        "/messages/2/CustSoldTo wrong-kind",
        "/messages/3/CustSoldTo/cst_lname wrong-kind",
    ];
    assert_eq!(faults, expected);
    let many = json!({ "messages": vec![in_json(&julie()); 101] });
    let nobody = json!({ "customerNumber": "" });
    for (body, pointer) in [(json!({}), "/messages"), (nobody, "/messages"), (many, "/messages")] {
        let problem = stand.post("/rules/try").json(&body).send().await;
        assert_eq!(problem.is_problem(400, "invalid-request")["errors"][0]["pointer"], pointer);
    }
}

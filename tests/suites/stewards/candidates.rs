//! What a steward is told of the customers that a request in error looks like, and of what a change of one of them would replace.

use kit::fixture::Fixture;
use kit::message::julie;
use serde_json::{Value, json};

/// Julie with an e-mail address and a telephone of her own, and the id of a request in error that looks like her once it has a city.
async fn twin(master: &Fixture) -> (String, String) {
    let known = julie()
        .with("cst_email", "julie@one.example")
        .with("cst_day_phone", "508-555-0100")
        .with("cst_mail_name", "N");
    let number = master.add(&known).await.created().number();
    let twin = julie()
        .with("cst_lname", "ROBINSON")
        .with("cst_street_addr", "100 Example St.")
        .with("cst_email", "julie@two.example")
        .with("cst_day_phone", "(508) 555-0100")
        .with("cst_duplicate", "Y")
        .without("cst_city");
    let failed = master.add(&twin).await;
    (number, failed.request_in_error())
}

fn value(candidate: &Value, name: &str) -> Value {
    let values = candidate["values"].as_array().expect("values");
    let one = values.iter().find(|one| one["attribute"] == name);
    one.unwrap_or_else(|| panic!("{name}: {candidate}")).clone()
}

#[tokio::test]
async fn a_duplicate_shows_a_steward_all_values_and_marks_what_the_master_tells_apart() {
    let master = Fixture::new().await;
    let (number, id) = twin(&master).await;
    let city = json!({ "cst_city": "westborough" });
    let path = format!("/errors/{id}/reprocess?dryRun=true");
    let answer = master.post(&path).json(&city).send().await.is(409);
    let candidates = answer["candidates"].as_array().expect("candidates");
    assert_eq!(candidates.len(), 1);
    assert_eq!(
        (&candidates[0]["customerNumber"], &candidates[0]["name"], &candidates[0]["version"]),
        (&json!(number), &json!("Julie Robinson"), &json!(1))
    );
    for (name, message, customer, differs) in [
        ("cst_lname", json!("ROBINSON"), json!("Robinson"), false),
        ("cst_street_addr", json!("100 Example St."), json!("100 Example Street"), false),
        ("cst_city", json!("westborough"), json!("Westborough"), false),
        ("cst_email", json!("julie@two.example"), json!("julie@one.example"), true),
        ("cst_day_phone", json!("(508) 555-0100"), json!("508-555-0100"), false),
        ("cst_mail_name", Value::Null, json!("N"), true),
        ("cst_company", Value::Null, json!("1"), false),
    ] {
        assert_eq!(
            value(&candidates[0], name),
            json!({ "attribute": name, "message": message, "customer": customer, "differs": differs })
        );
    }
    let names = candidates[0]["values"].as_array().expect("values");
    assert!(names.iter().all(|one| one["attribute"] != "cst_duplicate"), "{names:?}");

    // Whoever sends the message is told name and address, as ever.
    let message = julie().with("cst_duplicate", "Y");
    let told = master.add(&message).await;
    assert!(told.answer.json().get("candidates").is_none());
}

#[tokio::test]
async fn a_dry_run_of_a_change_says_what_would_be_replaced_by_what_and_a_change_does_not() {
    let master = Fixture::new().await;
    let (number, id) = twin(&master).await;
    let patch = json!({ "cst_cust_nbr": number });
    let path = format!("/errors/{id}/reprocess");
    let answer = master.post(&format!("{path}?dryRun=true")).json(&patch).send().await.is(200);
    let changed = answer["changed"].as_array().expect("changes");
    let change = |name: &str| changed.iter().find(|one| one["attribute"] == name);
    assert_eq!(
        change("cst_email"),
        Some(
            &json!({ "attribute": "cst_email", "before": "julie@one.example", "after": "julie@two.example" })
        )
    );
    assert_eq!(change("cst_city"), None, "what it does not say stays");
    let done = master.post(&path).json(&patch).send().await.is(200);
    assert!(done.get("changed").is_none() && done.get("candidates").is_none(), "{done}");
}

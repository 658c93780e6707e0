//! Dry runs of each route: they tell what the same request then does, and leave the whole table as it was.

use reqwest::Method;
use serde_json::{Value, json};

use crate::fixture::{Fixture, person, with, without_city};
use kit::asking::Answer;

/// Tries, holds that nothing was written, then does it, and holds that both say the same but for the mark and for what a dry run cannot know.
async fn foretold(
    master: &Fixture,
    method: Method,
    path: &str,
    body: &Value,
    status: u16,
) -> (Answer, Answer) {
    let ask = |path: &str| {
        let request = master.request(method.clone(), path).if_match("*");
        if body.is_null() { request } else { request.json(body) }
    };
    let before = master.everything().await;
    let trial = ask(&format!("{path}?dryRun=true")).send().await;
    assert!(master.everything().await == before, "something was written: {trial}");
    assert_eq!(trial.json()["dryRun"], true, "{trial}");
    let done = ask(path).send().await;
    let expected = if trial.status == 200 && status == 204 { 204 } else { trial.status };
    assert_eq!((expected, done.status), (status, status), "{trial}{done}");
    if !done.text.is_empty() {
        assert_eq!(comparable(&trial.json()), comparable(&done.json()), "{trial}{done}");
        assert_eq!(done.json().get("dryRun"), None, "{done}");
    }
    (trial, done)
}

/// A body without what a dry run cannot know: numbers that would be given, versions, times and request ids; and without what it alone tells, what would be replaced by what.
fn comparable(body: &Value) -> Value {
    let mut body = body.clone();
    for name in
        ["dryRun", "requestId", "customerOrganizationIdentifier", "request_in_error", "changed"]
    {
        body.as_object_mut().expect("an object").remove(name);
    }
    if body["CustSoldTo"]["cst_action_result"] == "Success" {
        body["CustSoldTo"].as_object_mut().expect("an object").remove("cst_cust_nbr");
    }
    if let Some(history) = body["history"].as_array_mut() {
        for entry in history {
            entry["at"] = Value::Null;
        }
    }
    if let Some(results) = body["results"].as_array_mut() {
        for result in results {
            result["customerNumber"] = Value::Null;
        }
    }
    body
}

#[tokio::test]
async fn a_correction_is_foretold() {
    let master = Fixture::new().await;
    let id = master.refused(&without_city("Robinson")).await;
    let path = format!("/errors/{id}");
    let patch = json!({ "cst_city": "Westborough", "cst_zip": "ABC" });
    foretold(&master, Method::PATCH, &path, &patch, 200).await;
    foretold(&master, Method::PATCH, "/errors/0000000000000000", &patch, 404).await;
}

#[tokio::test]
async fn each_outcome_of_a_reprocess_is_foretold() {
    let master = Fixture::new().await;
    let id =
        master.refused(&with(without_city("Robinson"), &json!({ "cst_duplicate": "Y" }))).await;
    let path = format!("/errors/{id}/reprocess");
    foretold(&master, Method::POST, &path, &Value::Null, 422).await;
    let city = json!({ "cst_city": "Westborough" });
    let (trial, done) = foretold(&master, Method::POST, &path, &city, 201).await;
    assert_eq!(trial.json()["CustSoldTo"]["cst_cust_nbr"], Value::Null, "{trial}");
    assert_eq!(done.json()["CustSoldTo"]["cst_cust_nbr"], "000000001", "{done}");
    foretold(&master, Method::POST, &path, &city, 409).await;

    let twin =
        master.refused(&with(without_city("Robinson"), &json!({ "cst_duplicate": "Y" }))).await;
    let path = format!("/errors/{twin}/reprocess");
    foretold(&master, Method::POST, &path, &city, 409).await;
    foretold(
        &master,
        Method::POST,
        &path,
        &json!({ "cst_duplicate": "S", "cst_suffix": "Jr" }),
        200,
    )
    .await;
}

#[tokio::test]
async fn a_deletion_is_foretold() {
    let master = Fixture::new().await;
    let id = master.refused(&without_city("Robinson")).await;
    let path = format!("/errors/{id}");
    foretold(&master, Method::DELETE, &path, &Value::Null, 204).await;
    foretold(&master, Method::DELETE, &path, &Value::Null, 409).await;
    foretold(&master, Method::DELETE, "/errors/0000000000000000", &Value::Null, 404).await;
}

#[tokio::test]
async fn a_bulk_reprocess_is_foretold() {
    let strict = Fixture::new().await;
    for number in 0..5 {
        let zip = if number == 2 { "ABC" } else { "01581" };
        let others = json!({ "cst_country": null, "cst_zip": zip });
        strict.refused(&with(person(&format!("Number {number}")), &others)).await;
    }
    let master = strict.deployed_with(&[("DEFAULT_COUNTRY", "USA")]).await;
    let ids = json!({ "ids": master.listed_ids("").await[..2] });
    foretold(&master, Method::POST, "/errors/reprocess", &ids, 200).await;
    let cause = json!({ "code": "country-blank" });
    let (trial, _) = foretold(&master, Method::POST, "/errors/reprocess", &cause, 200).await;
    assert_eq!(trial.json()["results"].as_array().map(Vec::len), Some(3), "{trial}");
}

#[tokio::test]
async fn an_erasure_is_foretold_with_what_it_touches() {
    let master = Fixture::new().await;
    master.send(&person("Robinson")).await.is_empty(201);
    let (trial, _) = foretold(&master, Method::POST, "/customers/1/erase", &Value::Null, 204).await;
    let counts = json!({ "customerNumber": "000000001", "dealerCustomers": 0, "requestsInError": 0, "dryRun": true });
    assert_eq!(trial.json(), counts);
    foretold(&master, Method::POST, "/customers/2/erase", &Value::Null, 404).await;
}

#[tokio::test]
async fn a_dry_run_uses_up_no_key_and_one_that_is_unclear_is_refused() {
    let master = Fixture::new().await;
    let id = master.refused(&without_city("Robinson")).await;
    let key = "0123456789abcdef";
    let trial = master.post(&format!("/errors/{id}/reprocess?dryRun=true"));
    trial.key(key).send().await.is(422);
    assert_eq!(master.items("KEY#").await.len(), 0);
    for path in [
        format!("/errors/{id}/reprocess"),
        "/errors/reprocess".to_owned(),
        "/customers/1/erase".to_owned(),
    ] {
        let request =
            master.post(&format!("{path}?dryRun=yes")).json(&json!({ "code": "city-blank" }));
        let request = if path.ends_with("erase") || path.starts_with(&format!("/errors/{id}")) {
            master.post(&format!("{path}?dryRun=yes"))
        } else {
            request
        };
        assert_eq!(request.send().await.faults(), ["/query/dryRun invalid-flag"], "{path}");
    }
    let answer = master.request(Method::DELETE, &format!("/errors/{id}?dryRun=1")).if_match("*");
    assert_eq!(answer.send().await.faults().len(), 1);
    assert_eq!(master.shown(&id).await["version"], 1);
}

//! Many messages: each meets those before it, and each has a key of its own.

use kit::fixture::{Fixture, person, unchanged, with, without_city};
use serde_json::{Value, json};

use crate::{add, expected, lines, message, results, sent, told};

const PATH: &str = "/customers/batch";

/// Of each outcome one, in an order in which each rests on those before.
fn of_each_kind() -> Vec<Value> {
    vec![
        add("Robinson", "Y"),
        add("Robinson", "Y"),
        message(with(person("Robinson"), &json!({ "cst_duplicate": "S", "cst_vat_nbr": "7" }))),
        message(with(person("Robinson"), &json!({ "cst_duplicate": "S", "cst_vat_nbr": "7" }))),
        message(without_city("Dryer")),
        message(json!({ "cst_lname": true })),
        json!("Robinson"),
        message(with(person("Dryer"), &json!({ "cst_relate_id": "R-1" }))),
        message(json!({ "cst_relate_id": "R-1", "cst_vat_nbr": "8" })),
        message(json!({ "cst_cust_nbr": "777", "cst_vat_nbr": "8" })),
    ]
}

const OF_EACH_KIND: &[(u64, &str, Option<u64>)] = &[
    (201, "success", None),
    (409, "duplicate", Some(0)),
    (200, "success", Some(0)),
    (200, "unchanged", Some(0)),
    (422, "failure", None),
    (400, "refused", None),
    (400, "refused", None),
    (201, "success", None),
    (200, "success", Some(7)),
    (422, "failure", None),
];

#[tokio::test]
async fn each_row_has_the_status_that_it_would_have_had_after_those_before_it() {
    for form in ["application/json", "application/x-ndjson"] {
        let master = Fixture::new().await;
        let rows = of_each_kind();
        let body = match form {
            "application/json" => json!(rows).to_string(),
            _ => lines(&rows),
        };
        let content_type = reqwest::header::CONTENT_TYPE;
        let answer = master.post(PATH).header(content_type, form).body(body).send().await;
        assert_eq!(told(&answer), expected(OF_EACH_KIND), "{answer}");
        let results = results(&answer);
        for row in [0, 1, 2, 3] {
            assert_eq!(results[row]["customerNumber"], results[0]["customerNumber"], "{answer}");
        }
        assert_eq!(results[8]["customerNumber"], results[7]["customerNumber"], "{answer}");
        assert_eq!(results[4]["errors"][0]["code"], "city-blank", "{answer}");
        let waiting = master.shown(results[4]["request_in_error"].as_str().expect("an id")).await;
        assert_eq!(waiting["received"]["body"], rows[4].to_string());
        assert_eq!(results[5]["problem"]["type"], "/problems/invalid-message", "{answer}");
        assert_eq!(results[5]["problem"]["errors"][0]["pointer"], "/CustSoldTo/cst_lname");
        assert_eq!(results[5]["problem"]["requestId"].as_str(), answer.header("x-request-id"));
        let customers = master.customers().await;
        let mut versions: Vec<_> = customers.iter().map(|customer| customer.version).collect();
        versions.sort_unstable();
        assert_eq!(versions, [2, 2], "what changes nothing writes nothing");
    }
}

#[tokio::test]
async fn one_row_that_cannot_be_read_harms_no_other() {
    let master = Fixture::new().await;
    let body = format!("{}\r\n\r\n{{\"type\":\n\u{feff}[]\n{}", add("One", "Y"), add("Two", "Y"));
    let content_type = reqwest::header::CONTENT_TYPE;
    let request = master.post(PATH).header(content_type, "application/x-ndjson; charset=utf-8");
    let answer = request.body(body).send().await;
    let rows = [(201, "success", None), (400, "refused", None), (400, "refused", None)];
    assert_eq!(told(&answer), expected(&[&rows[..], &rows[..1]].concat()), "{answer}");
    let results = results(&answer);
    let detail = results[1]["problem"]["detail"].as_str().expect("a detail");
    assert!(detail.starts_with("Cannot Parse JSON Message"), "{answer}");
    assert_eq!(master.customers().await.len(), 2);
}

#[tokio::test]
async fn a_hundred_equal_rows_make_one_customer() {
    for (check, status, outcome) in [("S", 200, "unchanged"), ("Y", 409, "duplicate")] {
        let master = Fixture::new().await;
        let answer = sent(&master, PATH, &vec![add("Robinson", check); 100], None).await;
        let told = told(&answer);
        assert_eq!(told[0], (201, "success".to_owned(), None));
        assert!(told[1..].iter().all(|row| *row == (status, outcome.to_owned(), Some(0))));
        assert_eq!(told.len(), 100);
        let customers = master.customers().await;
        let versions: Vec<_> = customers.iter().map(|customer| customer.version).collect();
        assert_eq!(versions, [1], "{check}");
    }
}

#[tokio::test]
async fn a_dry_run_says_of_each_row_what_comes_of_it_and_writes_nothing() {
    let master = Fixture::new().await;
    master.send(&with(person("Miller"), &json!({ "cst_relate_id": "R-2" }))).await.is_empty(201);
    let mut rows = of_each_kind();
    // One that is there already is met as well, and changed for the rows behind.
    rows.extend([
        add("Miller", "Y"),
        message(json!({ "cst_cust_nbr": "1", "cst_lname": "Smith" })),
        add("Miller", "Y"),
        add("Miller", "Y"),
        add("Smith", "Y"),
    ]);
    let before = master.everything().await;
    let trial = sent(&master, &format!("{PATH}?dryRun=true"), &rows, Some("7")).await;
    assert_eq!(trial.json()["dryRun"], true, "{trial}");
    unchanged(&before, &master.everything().await, &trial);
    let done = sent(&master, PATH, &rows, Some("7")).await;
    assert!(done.json().get("dryRun").is_none() && !done.is_replayed(), "{done}");
    assert_eq!(told(&trial), told(&done), "{trial}{done}");
    let mut rows = OF_EACH_KIND.to_vec();
    rows.extend([
        (409, "duplicate", None),
        (200, "success", None),
        (201, "success", None),
        (409, "duplicate", Some(12)),
        (409, "duplicate", None),
    ]);
    assert_eq!(told(&done), expected(&rows), "{done}");
    // What would be new has no name; what is there has its own.
    for (foreseen, became) in results(&trial).iter().zip(results(&done)) {
        assert!(foreseen.get("request_in_error").is_none(), "{trial}");
        let index = became["index"].as_u64().expect("an index");
        let number = if index >= 10 && ![12, 13].contains(&index) {
            Some(&became["customerNumber"])
        } else {
            None
        };
        assert_eq!(foreseen.get("customerNumber"), number, "{index}: {trial}");
        assert_eq!(foreseen.get("errors"), became.get("errors"));
    }
}

#[tokio::test]
async fn sent_again_with_its_key_a_batch_is_told_again_and_done_once() {
    let master = Fixture::new().await;
    let rows = of_each_kind();
    let first = sent(&master, PATH, &rows, Some("7")).await;
    let before = master.records().await;
    let again = sent(&master, PATH, &rows, Some("7")).await;
    assert!(!first.is_replayed() && again.is_replayed(), "{again}");
    unchanged(&before, &master.records().await, &again);
    let without_problems = |answer| {
        let mut results = results(answer);
        for result in &mut results {
            if let Some(problem) = result.get_mut("problem") {
                problem["requestId"] = Value::Null;
            }
        }
        results
    };
    assert_eq!(without_problems(&first), without_problems(&again), "{again}");
}

#[tokio::test]
async fn a_row_that_was_changed_is_refused_alone_and_what_is_new_is_done() {
    let master = Fixture::new().await;
    let mut rows = vec![add("One", "N"), add("Two", "N"), add("Three", "N")];
    sent(&master, PATH, &rows[..2], Some("7")).await.is(200);
    rows[1] = add("Another", "N");
    let answer = sent(&master, PATH, &rows, Some("7")).await;
    let refused = (422, "refused", None);
    assert_eq!(
        told(&answer),
        expected(&[(201, "success", None), refused, (201, "success", None)]),
        "{answer}"
    );
    let problem = &results(&answer)[1]["problem"];
    assert_eq!(problem["type"], "/problems/idempotency-key-reused");
    assert_eq!(master.customers().await.len(), 3);
    // In the other form the same rows are the same.
    let content_type = reqwest::header::CONTENT_TYPE;
    let request = master.post(PATH).header(content_type, "application/x-ndjson").key("7");
    let again = request.body(lines(&rows)).send().await;
    assert_eq!(told(&again), told(&answer));
    // Another caller's key, another key, no key, and the single call's key are others.
    let by = json!({ "sub": "somebody else", "scope": "customers" });
    let one = json!(rows[..1]);
    master.post(PATH).json(&one).key("7").by(&by).send().await.is(200);
    sent(&master, PATH, &rows[..1], Some("8")).await.is(200);
    sent(&master, PATH, &rows[..1], None).await.is(200);
    master.post("/customers").json(&rows[0]).key("7").send().await.is_empty(201);
    assert_eq!(master.customers().await.len(), 7);
}

#[tokio::test]
async fn batches_at_the_same_time_make_each_customer_once() {
    let master = Fixture::new().await;
    let rows: Vec<_> = (0..20).map(|number| add(&format!("Number {number}"), "Y")).collect();
    let requests = (0..4).map(|_| master.post(PATH).json(&json!(rows)));
    let answers = kit::fixture::all_at_once(requests).await;
    let of = |outcome: &str| {
        let all = answers.iter().flat_map(told);
        all.filter(|(_, found, _)| found == outcome).count()
    };
    assert_eq!((of("success"), of("duplicate")), (20, 60));
    assert_eq!(master.customers().await.len(), 20);
}

#[tokio::test]
async fn a_row_has_the_warnings_of_a_single_message() {
    let master = Fixture::new().await;
    let unknown = with(person("Unknown"), &json!({ "cst_duplicate": "S", "cst_favourite": "1" }));
    let answer = sent(&master, PATH, &[message(unknown.clone()), message(unknown)], None).await;
    let rows = [(201, "success", None), (201, "success", None)];
    assert_eq!(told(&answer), expected(&rows), "{answer}");
    let warnings = results(&answer)[1]["warnings"].to_string();
    assert!(warnings.contains("cst_favourite is not a known attribute"), "{answer}");
    assert!(warnings.contains("nothing was compared"), "{answer}");
}

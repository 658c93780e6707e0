//! The metrics of whole requests, as a process writes them, and the alarms and the schedule that rely on them.

use std::collections::BTreeMap;

use runtime::metrics::{DIMENSION, METRICS, NAMESPACE};
use serde_json::{Value, json};

use kit::process::Process;

use crate::server;

const TEMPLATE: &str = include_str!("../../../template.yaml");

/// The metrics in the lines of a log, each with its values, as CloudWatch would read them (embedded metric format).
fn metrics(log: &str) -> BTreeMap<String, Vec<u64>> {
    let mut found: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for line in log.lines() {
        let line: Value =
            serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        if line["message"] == "request" {
            assert!(line["_aws"]["Timestamp"].is_u64(), "every request has metrics: {line}");
        }
        for directive in line["_aws"]["CloudWatchMetrics"].as_array().into_iter().flatten() {
            assert_eq!(
                (&directive["Namespace"], &directive["Dimensions"]),
                (&json!(NAMESPACE), &json!([[DIMENSION]]))
            );
            assert_eq!(line[DIMENSION], "customer-master");
            for metric in directive["Metrics"].as_array().expect("metrics") {
                let name = metric["Name"].as_str().expect("a name");
                let known =
                    METRICS.iter().find(|known| known.name == name).expect("a metric of the table");
                assert_eq!(metric["Unit"], known.unit);
                found
                    .entry(name.to_owned())
                    .or_default()
                    .push(line[name].as_u64().expect("a number"));
            }
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_requests_did_is_counted_once_each() {
    let process = server(&["--empty", "--log", "json"]);
    let http = reqwest::Client::new();
    let url = process.url.clone();
    let post = async |target: &str, key: &str, body: Value| {
        let request = http.post(format!("{url}{target}")).json(&body);
        let request = if key.is_empty() { request } else { request.header("idempotency-key", key) };
        let answer = request.send().await.expect("an answer");
        let status = answer.status().as_u16();
        (
            status,
            serde_json::from_str::<Value>(&answer.text().await.expect("text")).unwrap_or_default(),
        )
    };
    let message = |name: &str, city: &str| {
        json!({ "type": "CWCustomerIn", "CustSoldTo": {
            "cst_send_response": "Y", "cst_duplicate": "Y", "cst_lname": name, "cst_street_addr": "1 Mill Road", "cst_city": city, "cst_state": "MA", "cst_zip": "02139",
            "cst_country": "USA", "cst_email_status": "O1"
        } })
    };
    let oldest = async || {
        http.get(format!("{url}/errors?state=open&limit=1"))
            .send()
            .await
            .expect("an answer")
            .status()
            .as_u16()
    };
    assert_eq!(oldest().await, 200);
    let key = "k".repeat(20);
    assert_eq!(post("/customers", &key, message("Robinson", "Boston")).await.0, 201);
    assert_eq!(post("/customers", &key, message("Robinson", "Boston")).await.0, 201);
    assert_eq!(post("/customers", "", message("Robinson", "Boston")).await.0, 409);
    let failing = "f".repeat(20);
    let mut ids = Vec::new();
    for (key, name) in
        [(failing.as_str(), "Dryer"), (failing.as_str(), "Dryer"), ("", "Miller"), ("", "Cooper")]
    {
        let (status, failed) = post("/customers", key, message(name, "")).await;
        assert_eq!(status, 422);
        ids.push(failed["request_in_error"].as_str().expect("an id").to_owned());
    }
    assert_eq!(post("/customers?dryRun=true", "", message("Dryer", "")).await.0, 422);
    assert_eq!(oldest().await, 200);
    let patch = json!({ "cst_city": "Boston" });
    assert_eq!(
        post(&format!("/errors/{}/reprocess?dryRun=true", ids[0]), "", patch.clone()).await.0,
        201
    );
    assert_eq!(post(&format!("/errors/{}/reprocess", ids[0]), "", patch.clone()).await.0, 201);
    assert_eq!(post(&format!("/errors/{}/reprocess", ids[0]), "", patch.clone()).await.0, 409);
    assert_eq!(
        post(&format!("/errors/{}/reprocess?dryRun=true", ids[2]), "", patch.clone()).await.0,
        201
    );
    for id in &ids[2..] {
        let patched = http
            .patch(format!("{url}/errors/{id}"))
            .header("if-match", "*")
            .json(&patch)
            .send()
            .await
            .expect("an answer");
        assert_eq!(patched.status(), 200);
    }
    let (status, bulk) = post("/errors/reprocess", "", json!({ "ids": ids })).await;
    assert_eq!((status, bulk["results"].as_array().map(Vec::len)), (200, Some(3)), "{bulk}");
    assert_eq!(oldest().await, 200);
    let (_, log) = process.end();
    let found = metrics(&log);
    let sum = |name: &str| found.get(name).map_or(0, |values| values.iter().sum::<u64>());
    assert_eq!(sum("RequestsInErrorOpened"), 3);
    assert_eq!(sum("RequestsInErrorResolved"), 3);
    assert_eq!(sum("Replays"), 2);
    assert_eq!(sum("Duplicates"), 1);
    assert_eq!((sum("Busy"), sum("Failed"), sum("Conflicts"), sum("Rounds")), (0, 0, 0, 0));
    let requests = log.lines().filter(|line| line.contains("\"message\":\"request\"")).count();
    assert_eq!(sum("Succeeded") + sum("Refused"), requests as u64);
    let ages = &found["OldestRequestInErrorAge"];
    assert_eq!(
        (ages.len(), ages[0], ages[2]),
        (3, 0, 0),
        "none is open at first and at last: {ages:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_that_do_not_wait_for_a_failing_address_service_are_counted_and_its_secret_is_not_told()
 {
    let nobody = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let address = format!("http://{}/verify", nobody.local_addr().expect("an address"));
    drop(nobody);
    let controls = [
        ("ADDRESS_STANDARDIZATION_URL", address.as_str()),
        ("ADDRESS_STANDARDIZATION_SECRET", "Qanari-s3cret"),
    ];
    let process =
        Process::start_with(env!("CARGO_BIN_EXE_server"), &["--empty", "--log", "json"], &controls);
    let http = reqwest::Client::new();
    for name in ["Robinson", "Dryer", "Miller", "Cooper", "Okafor"] {
        let message = json!({ "type": "CWCustomerIn", "CustSoldTo": {
            "cst_lname": name, "cst_street_addr": "1 Mill Road", "cst_city": "Boston", "cst_state": "MA", "cst_zip": "02139", "cst_country": "USA", "cst_email_status": "O1"
        } });
        let url = format!("{}/customers", process.url);
        let answer = http.post(url).json(&message).send().await.expect("an answer");
        assert_eq!(answer.status(), 201);
    }
    let (out, log) = process.end();
    let found = metrics(&log);
    assert_eq!(found.get("AddressServiceLeftAlone"), Some(&vec![1, 1]), "three failed before");
    assert_eq!(log.matches("the address service changed nothing").count(), 3);
    assert!(!out.contains("s3cret") && !log.contains("s3cret"));
}

/// The metrics that the template has alarms for or draws, each with its dimension.
fn in_the_template() -> Vec<(String, String)> {
    let word = |text: &str| -> String {
        let text = text.trim_start();
        text.chars().take_while(char::is_ascii_alphanumeric).collect()
    };
    let mut found = Vec::new();
    for (at, _) in TEMPLATE.match_indices(&format!("Namespace: {NAMESPACE}")) {
        let rest = &TEMPLATE[at + "Namespace: ".len() + NAMESPACE.len()..];
        if rest.starts_with([',', '\n']) {
            let name = rest.split_once("MetricName:").expect("a metric has a name").1;
            let dimension = rest
                .split_once("{ Name:")
                .or_else(|| rest.split_once("{Name:"))
                .expect("a metric has a dimension")
                .1;
            found.push((word(name), word(dimension)));
        }
    }
    for (at, opening) in TEMPLATE.match_indices(&format!("[\"{NAMESPACE}\", \"")) {
        let mut words = TEMPLATE[at + opening.len()..].split('"');
        let (name, _, dimension) = (words.next(), words.next(), words.next());
        found.push((name.unwrap_or_default().to_owned(), dimension.unwrap_or_default().to_owned()));
    }
    found
}

#[test]
fn the_alarms_and_the_dashboard_name_metrics_of_the_table_by_their_dimension() {
    let found = in_the_template();
    for (name, dimension) in &found {
        assert!(METRICS.iter().any(|metric| metric.name == name), "{name} is a metric");
        assert_eq!(dimension, DIMENSION, "{name}");
    }
    for name in
        ["Busy", "OldestRequestInErrorAge", "RequestsInErrorOpened", "RequestsInErrorResolved"]
    {
        assert_eq!(
            found.iter().filter(|(found, _)| found == name).count(),
            2,
            "{name} has an alarm and a line on the dashboard"
        );
    }
}

#[tokio::test]
async fn the_event_of_the_schedule_has_the_age_measured() {
    let start = TEMPLATE.find("{\"version\": \"2.0\"").expect("the schedule's event");
    let length = TEMPLATE[start..].find("\"isBase64Encoded\": false}").expect("its end");
    let event: String = TEMPLATE[start..start + length].to_owned() + "\"isBase64Encoded\": false}";
    let door = crate::door::Door::open().await;
    let request = api::event::request(&event);
    let functions = local::stand::functions(door.fixture.master());
    let answer = functions["fix-error"](request).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(door.line_of("schedule")["OldestRequestInErrorAge"], 0);
}

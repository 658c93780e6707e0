//! `cargo local --events FILE`: a line for each event, and the consumer of the README that reads them.

use std::fs;

use serde_json::{Value, json};

use crate::{DataFile, get, server};

#[path = "../../../functions/follow-changes/examples/consumer.rs"]
#[expect(dead_code, reason = "its main is for a terminal")]
mod consumer;

#[tokio::test]
async fn each_event_is_a_line_and_the_consumer_knows_the_newest_version_however_they_come() {
    let file = DataFile::new("events");
    let local = server(&["--empty", "--events", file.path()]);
    let add = async |attributes: Value| {
        let mut message = json!({ "type": "CWCustomerIn", "CustSoldTo": {
            "cst_fname": "Julie", "cst_lname": "Robinson", "cst_street_addr": "100 Example Street", "cst_city": "Westborough", "cst_state": "MA",
            "cst_zip": "01581", "cst_country": "USA", "cst_email_status": "O1"
        } });
        for (name, value) in attributes.as_object().expect("attributes") {
            message["CustSoldTo"][name] = value.clone();
        }
        let request =
            reqwest::Client::new().post(format!("{}/customers", local.url)).json(&message);
        let status = request.send().await.expect("an answer").status();
        assert!(status.is_success(), "{status}");
    };
    add(json!({})).await;
    add(json!({ "cst_cust_nbr": "1", "cst_city": "Boston" })).await;
    add(json!({ "cst_lname": "Dryer" })).await;
    // The third says besides that two look alike, which is no news of a customer. Who pulls hears of a change after the events do.
    let (mut heard, mut after) = (0, String::new());
    while heard < 4 {
        let (status, page) = get(&format!("{}/changes?wait=20&after={after}", local.url)).await;
        assert_eq!(status, 200, "{page}");
        heard += page["changes"].as_array().expect("changes").len();
        after = page["next"].as_str().expect("a place").to_owned();
    }
    local.interrupt();
    let text = fs::read_to_string(file.path()).expect("the file is there");
    let mut events: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(events.len(), 4, "{text}");
    assert!(!text.contains("Robinson") && !text.contains("Westborough"), "{text}");
    let expected = [("000000001".to_owned(), 2), ("000000002".to_owned(), 1)];
    for _ in 0..2 {
        let mut newest = consumer::Newest::new();
        let news = events.iter().filter(|event| consumer::take(&mut newest, event)).count();
        assert!((2..=3).contains(&news));
        assert_eq!(newest, expected.clone().into());
        assert!(!events.iter().any(|event| consumer::take(&mut newest, event)), "once is enough");
        events.reverse();
    }
}

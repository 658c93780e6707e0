//! A customer master whose stream is followed when the test says so.

use kit::asking::Answer;
use kit::fixture::Fixture;
use local::event_lines::EventLines;
use local::stream::Following;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::sync::Mutex;

/// A customer master and whoever follows it.
pub(crate) struct World {
    pub(crate) master: Fixture,
    pub(crate) events: EventLines,
    pub(crate) following: Mutex<Following<EventLines>>,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(&[]).await
    }

    pub(crate) async fn with(controls: &[(&str, &str)]) -> Self {
        Self::over(Fixture::with(controls).await).await
    }

    /// Whoever follows this customer master from now on.
    pub(crate) async fn over(master: Fixture) -> Self {
        let events = EventLines::default();
        let following = master.stand.following(events.clone()).await.expect("a stream");
        Self { master, events, following: Mutex::new(following) }
    }

    /// Does what follows from all that was done so far; nothing of it fails.
    pub(crate) async fn follow(&self) {
        let mut following = self.following.lock().await;
        following.drain().await.expect("the stream is read");
        assert_eq!(following.failed, Vec::<Value>::new());
    }

    /// Sends a message, and returns the number of the customer that it made or changed.
    pub(crate) async fn add(&self, attributes: &Value) -> String {
        let answer = self.message(attributes).await;
        assert!(matches!(answer.status, 200 | 201), "{answer}");
        answer.json()["CustSoldTo"]["cst_cust_nbr"].as_str().expect("a number").to_owned()
    }

    pub(crate) async fn message(&self, attributes: &Value) -> Answer {
        let mut all = json!({ "cst_send_response": "Y" });
        for (name, value) in attributes.as_object().expect("attributes") {
            all[name] = value.clone();
        }
        let message = json!({ "type": "CWCustomerIn", "CustSoldTo": all });
        self.master.post("/customers").json(&message).send().await
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        self.master.get(path).send().await.is(200)
    }

    /// The numbers of those whom a look-up finds, in their order; all pages.
    pub(crate) async fn found(&self, asked: &str) -> Vec<String> {
        self.found_whole(asked).await.iter().map(|one| text(&one["customerNumber"])).collect()
    }

    pub(crate) async fn found_whole(&self, asked: &str) -> Vec<Value> {
        let mut found = Vec::new();
        let mut path = format!("/customers?{asked}");
        loop {
            let page = self.get(&path).await;
            found.extend(page["customers"].as_array().expect("customers").iter().cloned());
            match page["next"].as_str() {
                Some(next) => path = format!("/customers?{asked}&cursor={next}"),
                None => return found,
            }
        }
    }

    pub(crate) async fn release(&self, number: &str) {
        let path = format!("/dealer-customers/TD68/{number}/association");
        self.master.request(Method::DELETE, &path).send().await.is_empty(204);
    }
}

/// A person who is added whatever there is.
pub(crate) fn person(first_name: &str, last_name: &str) -> Value {
    json!({
        "cst_duplicate": "N", "cst_fname": first_name, "cst_lname": last_name, "cst_street_addr": "100 Example Street",
        "cst_city": "Westborough", "cst_state": "MA", "cst_zip": "01581", "cst_country": "USA", "cst_email_status": "O1"
    })
}

/// One of six persons who look like none of the others.
pub(crate) fn stranger(which: usize) -> Value {
    const STRANGERS: [[&str; 3]; 6] = [
        ["Julie", "Robinson", "100 Example Street"],
        ["Theodore", "Garcia", "7 Mill Road"],
        ["Agnieszka", "Kowalczyk", "21 Birch Lane"],
        ["Obadiah", "Underwood", "350 Harbor Drive"],
        ["Xiomara", "Fitzgerald", "48 Orchard Way"],
        ["Quentin", "Hashimoto", "9 Quarry Road"],
    ];
    let [first_name, last_name, street] = STRANGERS[which];
    with(person(first_name, last_name), &json!({ "cst_street_addr": street }))
}

pub(crate) fn with(attributes: Value, further: &Value) -> Value {
    let mut all = attributes;
    for (name, value) in further.as_object().expect("attributes") {
        all[name] = value.clone();
    }
    all
}

pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("a text: {value}")).to_owned()
}

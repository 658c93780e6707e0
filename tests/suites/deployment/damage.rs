//! An audit of a table in which everything is damaged that an audit mends, each of its calls recorded.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use kit::fixture::{Fixture, acme};
use kit::recorder::{Recorded, Recorder};
use local::event_lines::EventLines;
use local::stream::Following;
use operations::audit::{Auditor, Damage, Manner, Patience, Report};
use operations::changes::Follower;
use operations::kit::{Master, Standardizer};
use serde_json::{Value, json};
use store::client::Connection;
use store::dynamo::Dynamo;
use store::item::Item;
use store::keys::{PARTITION_KEY, SORT_KEY};
use store::table::Segment;

/// A table to be damaged.
struct Damaged {
    fixture: Fixture,
    following: Following<EventLines>,
    client: Client,
}

impl Damaged {
    async fn new() -> Self {
        let fixture = Fixture::new().await;
        let following = fixture.stand.following(EventLines::default()).await.expect("a stream");
        let client = Connection::to_emulator(&fixture.database).client();
        Self { fixture, following, client }
    }

    async fn follow(&mut self) {
        self.following.drain().await.expect("the stream is read");
    }

    /// Sends a message, and returns the customer's number.
    async fn send(&self, attributes: &Value) -> String {
        let mut all = json!({
            "cst_send_response": "Y", "cst_duplicate": "Y", "cst_fname": "Julie", "cst_city": "Westborough", "cst_state": "MA", "cst_zip": "01581",
            "cst_country": "USA", "cst_email_status": "O1"
        });
        if attributes["cst_cust_nbr"].is_string() {
            all = json!({ "cst_send_response": "Y" });
        }
        for (name, value) in attributes.as_object().expect("attributes") {
            all[name] = value.clone();
        }
        let message = json!({ "type": "CWCustomerIn", "CustSoldTo": all });
        let answer = self.fixture.post("/customers").json(&message).send().await;
        assert!(matches!(answer.status, 200 | 201), "{answer}");
        answer.json()["CustSoldTo"]["cst_cust_nbr"].as_str().expect("a number").to_owned()
    }

    async fn put(&self, item: Item) {
        let put = self.client.put_item().table_name(&self.fixture.table).set_item(Some(item));
        put.send().await.expect("an item is put");
    }

    /// Loses the items that this holds of.
    async fn lose(&self, lost: impl Fn(&str, &Item) -> bool) {
        for ((pk, sk), item) in self.fixture.everything().await {
            if lost(&pk, &item) {
                let delete = self.client.delete_item().table_name(&self.fixture.table);
                let delete = delete.key(PARTITION_KEY, AttributeValue::S(pk));
                delete.key(SORT_KEY, AttributeValue::S(sk)).send().await.expect("it is lost");
            }
        }
    }

    async fn audit(&self, recorder: &Recorder) -> Report {
        let client = Connection::to_emulator(&recorder.url()).client();
        let table = Dynamo::new(client, &self.fixture.table);
        // As start-up does it.
        table.warm().await;
        let controls = local::controls::default();
        let standardizer = Standardizer::of(&controls);
        let master = Master::new(table, controls, standardizer);
        let manner =
            Manner { mend: true, patience: Patience::ALONE, request_id: "audit".to_owned() };
        let auditor = Auditor::new(Follower::new(master, EventLines::default()), manner);
        let mut report = Report::default();
        let next = auditor.audit(Segment { number: 0, of: 1 }, None, &mut report).await;
        assert_eq!(next.expect("an audit"), None, "one page");
        report
    }
}

fn is_of(item: &Item, number: &str) -> bool {
    let number: u64 = number.parse().expect("digits");
    item.get("number") == Some(&AttributeValue::N(number.to_string()))
}

/// What an audit calls to mend everything.
pub(crate) async fn calls() -> Vec<Recorded> {
    let mut damaged = Damaged::new().await;
    let moved = json!({
        "cst_lname": "Robinson", "cst_street_addr": "1 Mill Road", "cst_interface_cust_nbr": "ALT-1", "cst_relate_id": "REL-1"
    });
    let moved = damaged.send(&moved).await;
    damaged.send(&json!({ "cst_cust_nbr": moved, "cst_street_addr": "2 Mill Road" })).await;
    let erased = json!({ "cst_lname": "Forgotten", "cst_street_addr": "3 Mill Road" });
    let erased = damaged.send(&erased).await;
    damaged.fixture.associate(&acme()).await.is(201);
    let mut twins = Vec::new();
    for name in ["Lookalike", "Lookalyke", "Lookalikke"] {
        let twin = json!({ "cst_lname": name, "cst_street_addr": "4 Mill Road" });
        twins.push(damaged.send(&twin).await);
    }
    // One of them will be lost.
    twins.pop();
    let customer = damaged.fixture.get(&format!("/customers/{erased}")).send().await.is(200);
    let associate = json!({
        "dealerCode": "TD69", "dealerCustomerNumber": "ERASED-1", "businessName": "Forgotten",
        "customerOrganizationIdentifier": customer["customerOrganizationIdentifier"]
    });
    damaged.fixture.associate(&associate).await.is(201);
    let bad = json!({ "cst_cust_nbr": erased, "cst_state": "QQ" });
    let request = damaged.fixture.refused(&bad).await;
    let patch = json!({ "cst_state": "NH" });
    damaged.fixture.reprocess(&request).json(&patch).send().await.is(200);
    damaged.follow().await;
    let mut before = Vec::new();
    for prefix in ["HISTORY#", "FIND#", "DEALER#TD69", "ERROR#"] {
        before.extend(damaged.fixture.items(prefix).await);
    }
    damaged.fixture.post(&format!("/customers/{erased}/erase")).send().await.is_empty(204);
    damaged.follow().await;

    let recorder = Recorder::start(&damaged.fixture.database).await.expect("a recorder");
    // The customer of a dealer, its seat before another's, claims, a reference, and the counter.
    let everything = damaged.fixture.everything().await;
    damaged
        .lose(|pk, item| {
            let of_dealer = pk.starts_with("BLOCK#")
                && item.contains_key("number")
                && !is_of(item, &moved)
                && !is_of(item, &erased)
                && !twins.iter().any(|twin| is_of(item, twin));
            let is_reference = pk.starts_with("BLOCK#") && item.contains_key("organization");
            let claims = ["ALTERNATE#", "RELATE#", "COUNTER#"];
            of_dealer || is_reference || claims.iter().any(|prefix| pk.starts_with(prefix))
        })
        .await;
    // What a restore brings back of a person.
    for item in before {
        damaged.put(item).await;
    }
    // A request that is found by nothing any more, and what is of no request.
    damaged.fixture.refused(&json!({ "cst_lname": "Open", "cst_zip": "01581" })).await;
    let mut topic = damaged.fixture.items("ABOUT#").await.pop().expect("a topic");
    damaged.lose(|pk, _| pk.starts_with("ABOUT#")).await;
    topic.insert(SORT_KEY.to_owned(), AttributeValue::S("ERROR#0123456789ABCDEF".to_owned()));
    topic.remove("expires_at");
    damaged.put(topic).await;
    let mut found: Vec<Damage> = damaged.audit(&recorder).await.damage.into_keys().collect();
    // What follows, but what is the newest of it; and a customer that does not know of its seat.
    damaged
        .lose(|pk, item| {
            let is_newest = pk.starts_with("HISTORY#")
                && item.get("version") == Some(&AttributeValue::N("2".to_owned()));
            is_newest
                || pk.starts_with("FIND#")
                || pk.starts_with("PAIR#")
                || item.contains_key("organization") && pk.starts_with("BLOCK#")
        })
        .await;
    for item in everything.into_values().filter(|item| is_of(item, &moved)) {
        if item.contains_key("seats") {
            let without = item.into_iter().filter(|(name, _)| name != "seats").collect();
            damaged.put(without).await;
        }
    }
    found.extend(damaged.audit(&recorder).await.damage.into_keys());
    let missing: Vec<Damage> = [
        Damage::CustomerWithoutSeat,
        Damage::NumberWithoutClaim,
        Damage::DealerCustomerOfNobody,
        Damage::CounterTooLow,
        Damage::LookUpKeyMissing,
        Damage::LookUpKeyToNobody,
        Damage::PairMissing,
        Damage::PairOutdated,
        Damage::LostVersions,
        Damage::HistoryOfErased,
        Damage::PersonLeft,
        Damage::TopicMissing,
        Damage::TopicOfNothing,
    ]
    .into_iter()
    .filter(|damage| !found.contains(damage))
    .collect();
    assert_eq!(missing, [], "of {found:?}");
    recorder.take()
}

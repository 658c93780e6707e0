//! One request of every kind, each function with a recorder of its own before the database: what each of them calls.
//!
//! It holds the statuses, so that a request that went another way is noticed; what the answers say is held elsewhere.
//!
//! `BASE_URL` names a deployed stage that gets the same requests, with a table without customers, and `TOKEN` a JWT with all scopes and the dealer code
//! `TD68`: there, its roles judge the calls.

use std::collections::BTreeMap;
use std::env;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use kit::recorder::{Recorded, Recorder};
use local::embedded::Embedded;
use local::event_lines::EventLines;
use local::gateway::{self, Functions, Gateway};
use local::schema;
use local::stand;
use local::stream::Following;
use local::template;
use operations::kit::Master;
use operations::kit::Standardizer;
use reqwest::Method;
use serde_json::{Value, json};
use store::client::Connection;
use store::dynamo::Dynamo;
use store::keys::{self, Key};
use store::numbers;
use tokio::sync::Mutex;
use tokio::task::JoinSet;

const TABLE: &str = "customer-master";

/// Where the requests go.
struct Corpus {
    url: String,
    token: Option<String>,
    http: reqwest::Client,
}

/// The functions behind a gateway, each with its recorder.
struct Recording {
    corpus: Corpus,
    recorders: BTreeMap<&'static str, Recorder>,
    following: Mutex<Following<EventLines>>,
    _embedded: Embedded,
    _server: JoinSet<()>,
}

/// An answer: its `Location` and its body.
struct Answer {
    location: String,
    body: Value,
}

impl Recording {
    async fn start() -> Self {
        let embedded = Embedded::start(None).await.expect("a database starts");
        let client = Connection::to_emulator(embedded.url()).client();
        schema::create_table(&client, TABLE).await.expect("a table");
        let mut recorders = BTreeMap::new();
        let mut functions = Functions::new();
        for name in
            ["associate-dealer", "add-customer", "fix-error", "find-customer", "merge-customers"]
        {
            let recorder = Recorder::start(embedded.url()).await.expect("a recorder");
            let table = Dynamo::new(Connection::to_emulator(&recorder.url()).client(), TABLE);
            // As start-up does it; those that create customers as if each were the first on a new table.
            table.warm().await;
            if !matches!(name, "find-customer" | "merge-customers") {
                for key in [keys::customer_counter(), keys::customer_counter_copy()] {
                    lose(&client, &key).await;
                }
                assert!(numbers::begin(&table).await.expect("an answer"), "it counts");
            }
            let controls = local::controls::default();
            let standardizer = Standardizer::of(&controls);
            let master = Master::new(table, controls, standardizer);
            let (name, function) = stand::functions(&master)
                .remove_entry(name)
                .unwrap_or_else(|| panic!("{name} is a function"));
            functions.insert(name, function);
            recorders.insert(name, recorder);
        }
        let recorder = Recorder::start(embedded.url()).await.expect("a recorder");
        let table = Dynamo::new(Connection::to_emulator(&recorder.url()).client(), TABLE);
        table.warm().await;
        let controls = local::controls::default();
        let standardizer = Standardizer::of(&controls);
        let master = Master::new(table, controls, standardizer);
        let bus = EventLines::default();
        let following = Following::begin(&master, embedded.url(), TABLE, bus).await;
        let following = Mutex::new(following.expect("a stream"));
        recorders.insert("follow-changes", recorder);
        let listener = gateway::listen(0).await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let gateway =
            Gateway::new(template::routes().expect("routes"), &functions).expect("routes");
        let mut server = JoinSet::new();
        server.spawn(async move {
            // It ends with the test.
            let _ = gateway.serve(listener, std::future::pending()).await;
        });
        let corpus = Corpus { url, token: None, http: reqwest::Client::new() };
        Self { corpus, recorders, following, _embedded: embedded, _server: server }
    }

    /// Does what follows from all that was done so far.
    async fn follow(&self) {
        let mut following = self.following.lock().await;
        following.drain().await.expect("the stream is read");
        assert_eq!(following.failed, Vec::<Value>::new());
    }
}

/// Loses what stands at this place.
async fn lose(client: &Client, key: &Key) {
    let text = |value: &str| AttributeValue::S(value.to_owned());
    let delete = client.delete_item().table_name(TABLE);
    let delete = delete.key(keys::PARTITION_KEY, text(&key.pk)).key(keys::SORT_KEY, text(&key.sk));
    delete.send().await.expect("an item is lost");
}

impl Corpus {
    /// The stage that `BASE_URL` names.
    fn deployed() -> Option<Self> {
        let variable = |name| env::var(name).ok().filter(|value| !value.is_empty());
        let url = variable("BASE_URL")?;
        let token = Some(variable("TOKEN").expect("with BASE_URL comes a TOKEN"));
        let url = url.trim_end_matches('/').to_owned();
        Some(Self { url, token, http: reqwest::Client::new() })
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
        headers: &[(&str, &str)],
        status: u16,
    ) -> Answer {
        let mut request = self.http.request(method.clone(), format!("{}{path}", self.url));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = &body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        let answer = request.send().await.expect("an answer");
        let seen = answer.status().as_u16();
        let location = answer.headers().get("location");
        let location = location.map_or("", |text| text.to_str().expect("a path")).to_owned();
        let text = answer.text().await.expect("a text");
        assert_eq!(seen, status, "{method} {path} {body:?}: {text}");
        Answer { location, body: serde_json::from_str(&text).unwrap_or_default() }
    }

    async fn post(&self, path: &str, body: Value, status: u16) -> Answer {
        self.send(Method::POST, path, Some(body), &[], status).await
    }

    /// The same with an idempotency key, twice.
    async fn post_twice(&self, path: &str, body: Value, key: &str, status: u16) -> Answer {
        let headers = [("idempotency-key", key)];
        self.send(Method::POST, path, Some(body.clone()), &headers, status).await;
        self.send(Method::POST, path, Some(body), &headers, status).await
    }

    async fn get(&self, path: &str, status: u16) -> Answer {
        self.send(Method::GET, path, None, &[], status).await
    }
}

/// A message with these attributes beside those that every Add needs.
fn message(check: &str, last_name: &str, further: Value) -> Value {
    let mut attributes = json!({
        "cst_send_response": "Y", "cst_duplicate": check, "cst_fname": "Julie", "cst_lname": last_name, "cst_street_addr": "100 Example Street",
        "cst_city": "Westborough", "cst_state": "MA", "cst_zip": "01581", "cst_country": "USA", "cst_email_status": "O1"
    });
    for (name, value) in further.as_object().expect("attributes") {
        attributes[name] = value.clone();
    }
    json!({ "type": "CWCustomerIn", "CustSoldTo": attributes })
}

/// A change of the customer that these attributes name.
fn change(attributes: &Value) -> Value {
    let mut attributes = attributes.clone();
    attributes["cst_send_response"] = "Y".into();
    json!({ "type": "CWCustomerIn", "CustSoldTo": attributes })
}

/// What each function called.
pub(crate) async fn calls() -> BTreeMap<&'static str, Vec<Recorded>> {
    let recording = Recording::start().await;
    everything(&recording.corpus, Some(&recording)).await;
    recording.recorders.iter().map(|(name, recorder)| (*name, recorder.take())).collect()
}

/// Sends one request of every kind. What follows from them is done where it is recorded; a deployed stage does it by itself.
async fn everything(corpus: &Corpus, recording: Option<&Recording>) {
    associations(corpus).await;
    let number = messages(corpus).await;
    requests_in_error(corpus).await;
    if let Some(recording) = recording {
        recording.follow().await;
        look_ups(corpus, &number).await;
    }
    pairs(corpus, &number).await;
    decisions(corpus, &number, recording).await;
    erasure(corpus, &number, recording).await;
    if let Some(recording) = recording {
        recording.follow().await;
    }
}

#[tokio::test]
async fn one_request_of_every_kind_is_answered_as_it_must_be() {
    match Corpus::deployed() {
        Some(corpus) => everything(&corpus, None).await,
        None => {
            let recording = Recording::start().await;
            everything(&recording.corpus, Some(&recording)).await;
        }
    }
}

async fn associations(corpus: &Corpus) {
    let associate = |number: &str, name: &str| {
        json!({
            "dealerCode": "TD68", "dealerCustomerNumber": number, "businessName": name,
            "address": { "line1": "100 Example Street", "city": "Westborough", "state": "MA", "postalCode": "01581", "country": "USA" }
        })
    };
    let path = "/dealer-customers";
    let created =
        corpus.post_twice(path, associate("A-1", "Acme Mining"), "associate-0000-0001", 201).await;
    let identifier = created.body["customerOrganizationIdentifier"].clone();
    let given = |number: &str| json!({ "dealerCode": "TD68", "dealerCustomerNumber": number, "customerOrganizationIdentifier": identifier });
    corpus.post(path, associate("A-2", "Acme Mining"), 201).await;
    corpus.post_twice(path, given("A-3"), "associate-0000-0002", 201).await;
    corpus.post(path, given("A-3"), 400).await;
    let organization =
        format!("/customer-organizations/{}", identifier.as_str().expect("an identifier"));
    corpus.get(&organization, 200).await;
    corpus.get("/dealer-customers/TD68", 200).await;
    corpus.get("/dealer-customers/TD68/A-3", 200).await;
    let release = "/dealer-customers/TD68/A-3/association";
    corpus.send(Method::DELETE, release, None, &[], 204).await;
    // A new customer for a dealer customer that is free.
    corpus.post(path, associate("A-3", "Hillside Orchard"), 200).await;
}

/// Ends with the number of a customer that has everything.
async fn messages(corpus: &Corpus) -> String {
    let path = "/customers";
    let plain = || json!({});
    corpus.post_twice(path, message("N", "Unchecked", plain()), "messages-0000-0001", 201).await;
    corpus.post_twice(path, message("Y", "Checked", plain()), "messages-0000-0002", 201).await;
    corpus.post(path, message("Y", "Checked", plain()), 409).await;
    corpus.post(path, message("S", "Checked", plain()), 200).await;
    // It changes nothing, which its key remembers.
    corpus.post_twice(path, message("S", "Checked", plain()), "messages-0000-0004", 200).await;
    let failing = json!({ "cst_city": "" });
    let failing = message("Y", "Failing", failing);
    corpus.post_twice(path, failing.clone(), "messages-0000-0003", 422).await;
    // A dry run over many looks for what stands where each of its writes would go.
    corpus.post("/customers/batch?dryRun=true", json!([failing]), 200).await;
    let claims = json!({ "cst_interface_cust_nbr": "ALT-1", "cst_relate_id": "REL-1" });
    let claimed = corpus.post(path, message("Y", "Claimed", claims), 201).await;
    corpus.get(&claimed.location, 200).await;
    let number = claimed.location.rsplit('/').next().expect("a number").to_owned();
    let by_number = |further: Value| {
        let mut attributes = json!({ "cst_cust_nbr": number });
        for (name, value) in further.as_object().expect("attributes") {
            attributes[name] = value.clone();
        }
        change(&attributes)
    };
    corpus.post(path, by_number(json!({ "cst_lname": "Moved" })), 200).await;
    corpus.post(path, by_number(json!({ "cst_interface_cust_nbr": "ALT-2" })), 200).await;
    corpus
        .post(path, change(&json!({ "cst_relate_id": "REL-1", "cst_fname": "Juliette" })), 200)
        .await;
    corpus
        .post(
            path,
            change(&json!({ "cst_interface_cust_nbr": "ALT-2", "cst_fname": "Julie" })),
            200,
        )
        .await;
    // The block that it moved to refers to it.
    corpus.post(path, message("Y", "Moved", plain()), 409).await;
    number
}

async fn requests_in_error(corpus: &Corpus) {
    let failing = |name: &str, further: Value| {
        let mut message = message("Y", name, further);
        message["CustSoldTo"]["cst_city"] = "".into();
        message
    };
    let any = [("if-match", "*")];
    let city = || Some(json!({ "cst_city": "Westborough" }));
    let plain = || json!({});

    let corrected = corpus.post("/customers", failing("Corrected", plain()), 422).await.location;
    corpus.get("/errors", 200).await;
    corpus.get("/errors.csv", 200).await;
    corpus.get(&corrected, 200).await;
    let zip = Some(json!({ "cst_zip": "01582" }));
    corpus.send(Method::PATCH, &corrected, zip, &any, 200).await;
    let reprocess = format!("{corrected}/reprocess");
    corpus.send(Method::POST, &reprocess, None, &[], 422).await;
    let headers = [("if-match", "*"), ("idempotency-key", "reprocess-0000-0001")];
    corpus.send(Method::POST, &reprocess, city(), &headers, 201).await;

    // One that takes an alternate number and a relate id, one that changes both and moves.
    let claims = json!({ "cst_interface_cust_nbr": "ALT-7", "cst_relate_id": "REL-7" });
    let claiming = corpus.post("/customers", failing("Claiming", claims), 422).await.location;
    let created =
        corpus.send(Method::POST, &format!("{claiming}/reprocess"), city(), &any, 201).await;
    let number = created.body["CustSoldTo"]["cst_cust_nbr"].clone();
    let moving = json!({
        "cst_cust_nbr": number, "cst_lname": "Moving", "cst_interface_cust_nbr": "ALT-8", "cst_relate_id": "REL-8", "cst_state": "QQ"
    });
    let moving = corpus.post("/customers", change(&moving), 422).await.location;
    let state = Some(json!({ "cst_state": "MA" }));
    corpus.send(Method::POST, &format!("{moving}/reprocess"), state, &any, 200).await;

    let deleted = corpus.post("/customers", failing("Deleted", plain()), 422).await.location;
    corpus.send(Method::DELETE, &deleted, None, &any, 204).await;
    corpus.post("/customers", failing("Bulk", plain()), 422).await;
    corpus.post("/errors/reprocess", json!({ "code": "city-blank", "limit": 10 }), 200).await;
}

/// By every kind of value, of which the customer of this number has some.
async fn look_ups(corpus: &Corpus, number: &str) {
    for asked in [
        format!("number={number}"),
        "dcn=TD68%7CA-1".to_owned(),
        "alternateNumber=ALT-2".to_owned(),
        "relateId=REL-1".to_owned(),
        "name=moved&postalCode=01581".to_owned(),
    ] {
        let found = corpus.get(&format!("/customers?{asked}"), 200).await;
        assert_eq!(found.body["customers"].as_array().map(Vec::len), Some(1), "{asked}");
    }
    corpus.get(&format!("/customers/{number}?version=1"), 200).await;
    corpus.get(&format!("/customers/{number}/history"), 200).await;
    corpus.get("/changes", 200).await;
    let tried = json!({ "exactMatch": "email", "customerNumber": number });
    corpus.post("/rules/try", tried, 200).await;
}

/// Merges two customers and parts them, with other addresses and without, and gives one the values that it had.
async fn decisions(corpus: &Corpus, number: &str, recording: Option<&Recording>) {
    let elsewhere = json!({ "cst_street_addr": "7 Mill Road", "cst_interface_cust_nbr": "ALT-9" });
    let loser = corpus.post("/customers", message("Y", "Merged", elsewhere), 201).await.location;
    let loser = loser.rsplit('/').next().expect("a number").to_owned();
    let version = async |number: &str| {
        corpus.get(&format!("/customers/{number}"), 200).await.body["version"].clone()
    };
    let path = |operation: &str| format!("/customers/{number}/{operation}");
    for (key, side) in [("merge-0000-0001", "winner"), ("merge-0000-0002", "loser")] {
        let seen = format!("\"{}\"", version(number).await);
        let headers = [("if-match", seen.as_str()), ("idempotency-key", key)];
        let body = json!({ "loser": loser, "loserVersion": version(&loser).await, "take": { "address": side } });
        corpus.send(Method::POST, &path("merge"), Some(body), &headers, 200).await;
        // Whatever names the loser acts on the winner.
        let named = change(&json!({ "cst_cust_nbr": loser, "cst_vat_nbr": key }));
        corpus.post("/customers", named, 200).await;
        let organization = corpus.get(&format!("/customers/{loser}"), 200).await.body;
        let organization = organization["customerOrganizationIdentifier"].as_str().expect("one");
        corpus.get(&format!("/customer-organizations/{organization}"), 200).await;
        let body = json!({ "loser": loser, "keep": { "cst_vat_nbr": "winner" } });
        corpus.send(Method::POST, &path("unmerge"), Some(body), &[("if-match", "*")], 200).await;
    }
    let numbers = json!({ "cst_cust_nbr": loser, "cst_interface_cust_nbr": "ALT-10" });
    corpus.post("/customers", change(&numbers), 200).await;
    let relate = json!({ "cst_cust_nbr": loser, "cst_relate_id": "REL-9" });
    corpus.post("/customers", change(&relate), 200).await;
    let other = json!({ "cst_cust_nbr": loser, "cst_relate_id": "REL-10", "cst_street_addr": "9 Quarry Road" });
    corpus.post("/customers", change(&other), 200).await;
    let path = format!("/customers/{loser}/restore");
    let last = version(&loser).await.as_u64().expect("a version");
    // Before it had another relate id, and before it had another alternate number; then what is so already.
    for (key, earlier) in [("a", last - 1), ("b", last - 3), ("c", last - 3)] {
        let now = version(&loser).await.as_u64().expect("a version");
        entered(corpus, &loser, now, recording).await;
        let body = json!({ "version": earlier });
        let headers = [("if-match", "*"), ("idempotency-key", key)];
        corpus.send(Method::POST, &path, Some(body), &headers, 200).await;
    }
    if let Some(recording) = recording {
        recording.follow().await;
    }
}

/// Sees to it that the history of a customer has this version.
async fn entered(corpus: &Corpus, number: &str, version: u64, recording: Option<&Recording>) {
    if let Some(recording) = recording {
        return recording.follow().await;
    }
    for _ in 0..150 {
        let history = corpus.get(&format!("/customers/{number}/history"), 200).await.body;
        let entries = history["history"].as_array().into_iter().flatten();
        if entries.filter_map(|entry| entry["version"].as_u64()).any(|known| known >= version) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    panic!("version {version} of {number} does not reach its history");
}

/// Pairs of possible duplicates: decided on before and after something follows, taken back, and listed.
async fn pairs(corpus: &Corpus, number: &str) {
    let twin = message("N", "Moved", json!({}));
    let twin = corpus.post("/customers", twin, 201).await;
    let twin = twin.body["CustSoldTo"]["cst_cust_nbr"].as_str().expect("a number").to_owned();
    corpus.get(&format!("/customers/{number}/possible-duplicates"), 200).await;
    let path = format!("/customers/{number}/keep-apart");
    let body = Some(json!({ "other": twin }));
    let key = [("idempotency-key", "apart-0000-0001")];
    corpus.send(Method::POST, &path, body, &key, 204).await;
    let listed = corpus.get("/possible-duplicates?state=apart", 200).await;
    assert_eq!(listed.body["possibleDuplicates"].as_array().map(Vec::len), Some(1));
    corpus.send(Method::DELETE, &format!("{path}/{twin}"), None, &[], 204).await;
    let decided = json!([{ "customer": twin, "other": number, "decision": "apart" }]);
    corpus.post("/possible-duplicates/decide", decided, 200).await;
}

/// Erases a customer with alternate number, relate id, dealer customers and a request in error that names it.
async fn erasure(corpus: &Corpus, number: &str, recording: Option<&Recording>) {
    let customer = corpus.get(&format!("/customers/{number}"), 200).await;
    let associate = json!({
        "dealerCode": "TD68", "dealerCustomerNumber": "ERASE-1", "businessName": "Claimed, as we know it",
        "customerOrganizationIdentifier": customer.body["customerOrganizationIdentifier"]
    });
    corpus.post("/dealer-customers", associate, 201).await;
    let failing = change(&json!({ "cst_cust_nbr": number, "cst_state": "QQ" }));
    corpus.post("/customers", failing, 422).await;
    let erase = format!("/customers/{number}/erase");
    let key = [("idempotency-key", "erasure-0000-0001")];
    corpus.send(Method::POST, &erase, None, &key, 204).await;
    // What comes late: a request that a steward sends to whom it names, and a dealer who finds whom that made.
    let late = change(&json!({ "cst_cust_nbr": number, "cst_lname": "Late", "cst_state": "QQ" }));
    let late = corpus.post("/customers", late, 422).await.location;
    let patch = json!({
        "cst_street_addr": "3 Mill Road", "cst_city": "Westborough", "cst_state": "MA", "cst_zip": "01581", "cst_country": "USA",
        "cst_email_status": "O1"
    });
    // In a deployed stage, who follows the changes empties it first.
    if recording.is_some() {
        let any = [("if-match", "*")];
        corpus.send(Method::POST, &format!("{late}/reprocess"), Some(patch), &any, 200).await;
    }
    let associate = json!({
        "dealerCode": "TD68", "dealerCustomerNumber": "LATE-1", "businessName": "Late",
        "address": { "line1": "3 Mill Road", "city": "Westborough", "state": "MA", "postalCode": "01581", "country": "USA" }
    });
    corpus.post("/dealer-customers", associate, 201).await;
}

//! A customer master for each test, the calls of a steward and of the systems that send messages, and requests in error that are put into
//! the table directly where there must be many of them.

use std::sync::atomic::{AtomicU64, Ordering};

use aws_sdk_dynamodb::Client;
use domain::by::{By, Stamp};
use domain::effect::{Cause, EffectId};
use domain::message::edits::{EditCode, FailedEdit};
use domain::message::{Attribute, Attributes, Message};
use domain::request::{Received, RequestInError};
use domain::time::Timestamp;
use operations::kit::Master;
use reqwest::Method;
use serde_json::{Value, json};
use store::client::Connection;
use store::dynamo::Dynamo;
use store::item::{self, Item};
use store::items;
use store::table::Table;
use store::writes::{Condition, Write, Written};
use tests::embedded::Embedded;
use tests::gateway;
use tests::stand::{self, DYNAMODB_URL, Stand, Storage};

use tests::asking::{Answer, Request};

/// A running customer master with a table of its own.
pub(crate) struct Fixture {
    pub(crate) stand: Stand,
    /// Where the database is.
    pub(crate) database: String,
    pub(crate) table: String,
    http: reqwest::Client,
    /// Stops the database when the test is over; none where the tests share one.
    _embedded: Option<Embedded>,
}

impl Fixture {
    /// With the controls of an environment that sets none.
    pub(crate) async fn new() -> Self {
        Self::with(&[]).await
    }

    /// The same where the database counts units; none where it does not, so that there is nothing to compare.
    pub(crate) async fn that_counts() -> Option<Self> {
        let fixture = Self::new().await;
        let counts = stand::counts_units(fixture.stand.master.table()).await;
        counts.expect("an answer").then_some(fixture)
    }

    /// With these controls.
    pub(crate) async fn with(controls: &[(&str, &str)]) -> Self {
        let shared = std::env::var(DYNAMODB_URL);
        let shared = shared.ok().filter(|url| !url.is_empty());
        let embedded = match &shared {
            Some(_) => None,
            None => Some(Embedded::start(None).await.expect("a database starts")),
        };
        let database = shared
            .as_deref()
            .or(embedded.as_ref().map(Embedded::url))
            .expect("one of the two is there")
            .to_owned();
        let mut bits = [0; 8];
        getrandom::fill(&mut bits).expect("the system has randomness");
        let table = format!("stewards-{}", data_encoding::HEXLOWER.encode(&bits));
        Self::over(database, table, embedded, controls).await
    }

    /// Another deployment over the same table, with other controls.
    pub(crate) async fn deployed_with(&self, controls: &[(&str, &str)]) -> Self {
        Self::over(self.database.clone(), self.table.clone(), None, controls).await
    }

    async fn over(
        database: String,
        table: String,
        embedded: Option<Embedded>,
        controls: &[(&str, &str)],
    ) -> Self {
        let controls = tests::controls::read(|name| {
            let found = controls.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        });
        let controls = controls.expect("the controls of a test are good ones");
        let storage = Storage::at(&database, &table).await.expect("a table");
        let listener = gateway::listen(0).await.expect("a free port");
        let stand = Stand::serve(listener, storage, controls).await;
        Self {
            stand: stand.expect("a stand"),
            database,
            table,
            http: reqwest::Client::new(),
            _embedded: embedded,
        }
    }

    /// The master behind the functions.
    pub(crate) fn master(&self) -> &Master<Dynamo> {
        &self.stand.master
    }

    /// A request of the local developer, who may do everything, unless [`Request::by`] says otherwise.
    pub(crate) fn request(&self, method: Method, path: &str) -> Request {
        Request::new(&self.http, method, &self.stand.url, path)
    }

    pub(crate) fn get(&self, path: &str) -> Request {
        self.request(Method::GET, path)
    }

    pub(crate) fn post(&self, path: &str) -> Request {
        self.request(Method::POST, path)
    }

    /// `GET /errors/{id}`, which is there.
    pub(crate) async fn shown(&self, id: &str) -> Value {
        self.get(&format!("/errors/{id}")).send().await.is(200)
    }

    /// `PATCH /errors/{id}` as a merge patch.
    pub(crate) fn correct(&self, id: &str, if_match: &str, patch: &Value) -> Request {
        let request = self.request(Method::PATCH, &format!("/errors/{id}"));
        request.if_match(if_match).json(patch)
    }

    /// `POST /errors/{id}/reprocess`, without a patch.
    pub(crate) fn reprocess(&self, id: &str) -> Request {
        self.post(&format!("/errors/{id}/reprocess"))
    }

    /// `DELETE /errors/{id}`.
    pub(crate) fn delete(&self, id: &str, if_match: &str) -> Request {
        let request = self.request(Method::DELETE, &format!("/errors/{id}"));
        request.if_match(if_match)
    }

    /// Sends a message with these attributes, whatever comes of it.
    pub(crate) async fn send(&self, attributes: &Value) -> Answer {
        let message = json!({ "type": "CWCustomerIn", "CustSoldTo": attributes });
        self.post("/customers").json(&message).send().await
    }

    /// Sends a message that fails its edits, and returns the id of the request in error.
    pub(crate) async fn refused(&self, attributes: &Value) -> String {
        let answer = self.send(attributes).await;
        assert_eq!(answer.status, 422, "{answer}");
        let location = answer.header("location").expect("a location");
        let id = location.strip_prefix("/errors/");
        id.unwrap_or_else(|| panic!("{answer}")).to_owned()
    }

    /// All of the list with this query, page by page; it ends.
    pub(crate) async fn listed(&self, query: &str) -> Vec<Value> {
        let mut listed = Vec::new();
        let mut next = String::new();
        for _ in 0..1_000 {
            let path = format!("/errors?{query}{next}");
            let page = self.get(&path).send().await.is(200);
            listed.extend(page["errors"].as_array().expect("a list").clone());
            match page["next"].as_str() {
                Some(cursor) => next = format!("&cursor={cursor}"),
                None => return listed,
            }
        }
        panic!("the list does not end");
    }

    /// The ids of all of the list with this query.
    pub(crate) async fn listed_ids(&self, query: &str) -> Vec<String> {
        ids(&self.listed(query).await)
    }

    /// All items of the table whose partition has this beginning.
    pub(crate) async fn items(&self, prefix: &str) -> Vec<Item> {
        let client: Client = Connection::to_emulator(&self.database).client();
        let scan = client.scan().table_name(&self.table).consistent_read(true);
        let mut pages = scan.into_paginator().items().send();
        let mut found = Vec::new();
        while let Some(item) = pages.next().await {
            let item = item.expect("the table can be scanned");
            if item::key_of(&item).pk.starts_with(prefix) {
                found.push(item);
            }
        }
        found.sort_by_key(item::key_of);
        found
    }

    /// All that the table holds.
    pub(crate) async fn everything(&self) -> Vec<Item> {
        self.items("").await
    }

    /// The number of customers.
    pub(crate) async fn customers(&self) -> usize {
        let in_blocks = self.items("BLOCK#").await.into_iter();
        in_blocks.filter(|item| !item::key_of(item).sk.starts_with("MOVED#")).count()
    }

    /// Puts a request in error into the table.
    pub(crate) async fn plant(&self, request: &RequestInError) -> String {
        let write =
            Write::Put { item: items::request_in_error_item(request), on: Condition::Absent };
        let written = self.master().table().write(&write).await;
        assert!(matches!(written, Ok(Written::Done(_))), "{written:?}");
        request.id.as_str().to_owned()
    }
}

/// Attributes of a message that passes every edit, with this last name.
pub(crate) fn person(name: &str) -> Value {
    json!({
        "cst_fname": "Julie", "cst_lname": name, "cst_street_addr": "100 Example Street", "cst_city": "Westborough",
        "cst_state": "MA", "cst_zip": "01581", "cst_country": "USA", "cst_email_status": "O1"
    })
}

/// Attributes with others over them; `null` takes one away.
pub(crate) fn with(mut attributes: Value, others: &Value) -> Value {
    let others = others.as_object().expect("an object");
    let object = attributes.as_object_mut().expect("an object");
    for (name, value) in others {
        if value.is_null() {
            object.remove(name);
        } else {
            object.insert(name.clone(), value.clone());
        }
    }
    attributes
}

/// Attributes of a message that fails with City Blank and nothing else.
pub(crate) fn without_city(name: &str) -> Value {
    with(person(name), &json!({ "cst_city": null }))
}

/// A request in error with these attributes that came at this time and failed this edit.
pub(crate) fn request_in_error(
    attributes: &Value,
    failed: (Attribute, EditCode),
    at: Timestamp,
) -> RequestInError {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let cause = Cause { id: EffectId::of_key("planted", "plant", &count.to_string()), keyed: true };
    let stamp = Stamp { by: By::new("planted", "plant", "request"), cause, at };
    let mut given = Attributes::default();
    for (name, value) in attributes.as_object().expect("an object") {
        let attribute = Attribute::named(name).expect("an attribute");
        given.set(attribute, value.as_str().expect("a text"));
    }
    let message = Message {
        message_type: Some("CWCustomerIn".to_owned()),
        attributes: given,
        ..Message::default()
    };
    let body = json!({ "type": "CWCustomerIn", "CustSoldTo": attributes });
    let received = Received { content_type: "application/json".to_owned(), body: body.to_string() };
    let failed = vec![FailedEdit::on(failed.0, failed.1)];
    RequestInError::open(received, message, failed, &stamp)
}

/// The ids of these.
pub(crate) fn ids(errors: &[Value]) -> Vec<String> {
    let ids = errors.iter().map(|error| error["id"].as_str());
    ids.map(|id| id.expect("an id").to_owned()).collect()
}

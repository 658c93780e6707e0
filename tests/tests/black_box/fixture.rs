//! A stand for each test, a small HTTP client whose failures can be read, and a look at the whole table.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use aws_sdk_dynamodb::Client;
use domain::customer::{Customer, CustomerNumber, Identifier, Place};
use reqwest::Method;
use serde_json::{Value, json};
use store::client::Connection;
use store::item::{self, Item};
use store::items;
use store::keys;
use store::table::Table;
use store::writes::{Condition, Write, Written};
pub(crate) use tests::asking::{Answer, Request, all_at_once};
use tests::embedded::Embedded;
use tests::gateway;
use tests::stand::{self, DYNAMODB_URL, Stand, Storage};

/// Every item of a table, by its key.
pub(crate) type Everything = BTreeMap<(String, String), Item>;

/// A running customer master with a table of its own.
pub(crate) struct Fixture {
    pub(crate) stand: Stand,
    http: reqwest::Client,
    database: Client,
    table: String,
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
        let controls = tests::controls::read(|name| {
            let found = controls.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        });
        let controls = controls.expect("the controls of a test are good ones");
        let shared = std::env::var(DYNAMODB_URL).ok().filter(|url| !url.is_empty());
        let embedded = match &shared {
            Some(_) => None,
            None => Some(Embedded::start(None).await.expect("a database starts")),
        };
        let url = shared
            .as_deref()
            .or(embedded.as_ref().map(Embedded::url))
            .expect("one of the two is there");
        let mut bits = [0; 8];
        getrandom::fill(&mut bits).expect("the system has randomness");
        let table = format!("black-box-{}", data_encoding::HEXLOWER.encode(&bits));
        let storage = Storage::at(url, &table).await.expect("a table");
        let listener = gateway::listen(0).await.expect("a free port");
        Self {
            stand: Stand::serve(listener, storage, controls).await.expect("a stand"),
            http: reqwest::Client::new(),
            database: Connection::to_emulator(url).client(),
            table,
            _embedded: embedded,
        }
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

    pub(crate) fn delete(&self, path: &str) -> Request {
        self.request(Method::DELETE, path)
    }

    /// `POST /dealer-customers`.
    pub(crate) async fn associate(&self, body: &Value) -> Answer {
        self.post("/dealer-customers").json(body).send().await
    }

    /// `POST /dealer-customers?dryRun=true`.
    pub(crate) async fn try_to_associate(&self, body: &Value) -> Answer {
        let request = self.post("/dealer-customers?dryRun=true");
        request.json(body).send().await
    }

    /// `DELETE …/association`.
    pub(crate) async fn release(&self, dealer_code: &str, number: &str) -> Answer {
        let path = format!("/dealer-customers/{dealer_code}/{number}/association");
        self.delete(&path).send().await
    }

    /// All that the table holds.
    pub(crate) async fn everything(&self) -> Everything {
        let mut everything = Everything::new();
        let mut pages = self
            .database
            .scan()
            .table_name(&self.table)
            .consistent_read(true)
            .into_paginator()
            .items()
            .send();
        while let Some(item) = pages.next().await {
            let item = item.expect("the table can be scanned");
            let key = item::key_of(&item);
            everything.insert((key.pk, key.sk), item);
        }
        everything
    }

    /// All that the table holds but the counter of customer numbers: numbers may be leased for customers that are not created after all.
    pub(crate) async fn records(&self) -> Everything {
        let mut records = self.everything().await;
        let counter = keys::customer_counter();
        records.remove(&(counter.pk, counter.sk));
        records
    }

    /// All customers, whatever led to them.
    pub(crate) async fn customers(&self) -> Vec<Customer> {
        let everything = self.everything().await;
        everything
            .into_iter()
            .filter(|((pk, _), _)| pk.starts_with("BLOCK#"))
            .map(|(_, item)| items::customer(item).expect("a block holds customers"))
            .collect()
    }

    /// The number of dealer customers, whoever's.
    pub(crate) async fn dealer_customers(&self) -> usize {
        let everything = self.everything().await;
        everything.keys().filter(|(pk, _)| pk.starts_with("DEALER#")).count()
    }

    /// The customer of an identifier, as the table has it.
    pub(crate) async fn customer(&self, identifier: &str) -> Customer {
        let identifier = Identifier::parse(identifier).expect("an identifier");
        let item = self.stand.master.table().get(&keys::customer(&identifier)).await;
        let item = item.expect("the table can be read").expect("a customer");
        items::customer(item).expect("an item of a customer")
    }

    /// Puts a customer beside this one that nothing but identifier and number tells from it, as unchecked Adds do, and returns its identifier.
    pub(crate) async fn plant_twin(&self, of: &str, place: [u8; 10]) -> String {
        let mut twin = self.customer(of).await;
        twin.identifier.place = Place::beside(place);
        twin.number = CustomerNumber::new(900_000_000 + u64::from(place[9]))
            .expect("a number of nine digits");
        let write = Write::Put { item: items::customer_item(&twin), on: Condition::Absent };
        let written = self.stand.master.table().write(&write).await;
        assert!(matches!(written, Ok(Written::Done(_))), "{written:?}");
        twin.identifier.to_string()
    }
}

/// Holds that the table is as it was.
#[track_caller]
pub(crate) fn unchanged(before: &Everything, after: &Everything, why: &dyn fmt::Display) {
    let differs = |key: &&(String, String)| before.get(*key) != after.get(*key);
    let changed: BTreeSet<_> = before.keys().chain(after.keys()).filter(differs).collect();
    assert!(changed.is_empty(), "changed: {changed:?}; {why}");
}

/// The worked request of the HTTP contract.
pub(crate) fn acme() -> Value {
    json!({
        "dealerCode": "TD68", "dealerCustomerNumber": "245TRSSDG343456",
        "businessName": "Acme Mining", "alternateName": "Acme",
        "address": {
            "line1": "100 Example Street", "line2": "", "apartment": "", "city": "Westborough",
            "state": "MA", "postalCode": "01581", "country": "USA"
        },
        "email": "office@acme.example", "phones": [ { "type": "BUSINESS", "number": "508-555-0100" } ]
    })
}

/// The worked request under another DCN.
pub(crate) fn acme_as(dealer_code: &str, number: &str) -> Value {
    let body = changed(acme(), "dealerCode", json!(dealer_code));
    changed(body, "dealerCustomerNumber", json!(number))
}

/// The request of a dealer for the customer of this identifier, and nothing more.
pub(crate) fn given(dealer_code: &str, number: &str, identifier: &str) -> Value {
    json!({ "dealerCode": dealer_code, "dealerCustomerNumber": number, "customerOrganizationIdentifier": identifier })
}

/// An object with one property set; `address/city` names one of an inner object.
pub(crate) fn changed(mut body: Value, path: &str, value: Value) -> Value {
    match path.split_once('/') {
        Some((outer, inner)) => {
            body[outer] = changed(body[outer].clone(), inner, value);
        }
        None => body[path] = value,
    }
    body
}

/// An object without one of its properties; `address/city` names one of an inner object.
pub(crate) fn without(mut body: Value, path: &str) -> Value {
    match path.split_once('/') {
        Some((outer, inner)) => {
            body[outer] = without(body[outer].clone(), inner);
        }
        None => {
            let object = body.as_object_mut().expect("an object");
            assert!(object.remove(path).is_some(), "{path} was not there");
        }
    }
    body
}

/// The identifier in an answer's body.
#[track_caller]
pub(crate) fn identifier(body: &Value) -> String {
    let identifier = body["customerOrganizationIdentifier"].as_str();
    identifier.unwrap_or_else(|| panic!("an identifier is in {body}")).to_owned()
}

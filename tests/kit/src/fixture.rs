//! The one fixture of the tests: a customer master with a table of its own, a small HTTP client whose failures can be read, and a look at the whole
//! table.
//!
//! What can only be seen from inside (the items of the table, the cost of an operation) is looked at here; nothing changes the table behind the
//! master's back but where a test says that it does.

mod dealers;
mod requests_in_error;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use domain::controls::Controls;
use domain::customer::{Customer, CustomerNumber, Identifier, Place};
use domain::matching::block::Block;
use fix_error::SignIn;
use local::embedded::Embedded;
use local::gateway::{self, Authorizer};
use local::stand::{self, DYNAMODB_URL, Stand, Storage};
use operations::kit::Master;
use reqwest::Method;
use serde_json::Value;
use store::client::Connection;
use store::dynamo::Dynamo;
use store::item::{self, Item};
use store::items::{self, Occupant};
use store::table::Table;
use store::writes::{Condition, Write, Written};
use store::{keys, meaning};
use tokio::net::TcpListener;

pub use self::dealers::{acme, acme_as, changed, given, identifier, with_another_tail, without};
pub use self::requests_in_error::{ids, person, request_in_error, with, without_city};
pub use crate::asking::{Answer, Request, all_at_once};

/// Every item of a table, by its key.
pub type Everything = BTreeMap<(String, String), Item>;

/// A running customer master with a table of its own.
pub struct Fixture {
    pub stand: Stand,
    /// Where the database is.
    pub database: String,
    pub table: String,
    http: reqwest::Client,
    /// Stops the database when the test is over; none where the tests share one, or another fixture has it.
    _embedded: Option<Embedded>,
}

impl Fixture {
    /// With the controls of an environment that sets none.
    pub async fn new() -> Self {
        Self::with(&[]).await
    }

    /// The same where the database counts units; none where it does not, so that there is nothing to compare.
    pub async fn that_counts() -> Option<Self> {
        let fixture = Self::new().await;
        let counts = stand::counts_units(fixture.master().table()).await;
        counts.expect("an answer").then_some(fixture)
    }

    /// With these controls: over an embedded database of its own, or under a name of its own in the DynamoDB that [`DYNAMODB_URL`] names.
    pub async fn with(controls: &[(&str, &str)]) -> Self {
        let shared = std::env::var(DYNAMODB_URL).ok().filter(|url| !url.is_empty());
        let embedded = match &shared {
            Some(_) => None,
            None => Some(Embedded::start(None).await.expect("a database starts")),
        };
        let database =
            shared.or_else(|| embedded.as_ref().map(|embedded| embedded.url().to_owned()));
        let mut bits = [0; 8];
        getrandom::fill(&mut bits).expect("the system has randomness");
        let table = format!("test-{}", data_encoding::HEXLOWER.encode(&bits));
        Self::over(database.expect("one of the two is there"), table, embedded, controls).await
    }

    /// With these controls, over a table that is there already or is made.
    pub async fn at(database: String, table: String, controls: &[(&str, &str)]) -> Self {
        Self::over(database, table, None, controls).await
    }

    /// Another deployment over the same table, with other controls.
    pub async fn deployed_with(&self, controls: &[(&str, &str)]) -> Self {
        Self::over(self.database.clone(), self.table.clone(), None, controls).await
    }

    /// Another deployment over the same table, whose gateway takes the tokens that this authorizer takes and whose console signs in so.
    pub async fn signing_in(
        &self,
        authorizer: Authorizer,
        sign_in: &SignIn,
        listener: TcpListener,
    ) -> Self {
        let storage = Storage::at(&self.database, &self.table).await.expect("a table");
        let controls = self::controls(&[]);
        let stand = Stand::serve_for(authorizer, sign_in, listener, storage, controls).await;
        Self {
            stand: stand.expect("a stand"),
            database: self.database.clone(),
            table: self.table.clone(),
            http: self.http.clone(),
            _embedded: None,
        }
    }

    async fn over(
        database: String,
        table: String,
        embedded: Option<Embedded>,
        controls: &[(&str, &str)],
    ) -> Self {
        let storage = Storage::at(&database, &table).await.expect("a table");
        let listener = gateway::listen(0).await.expect("a free port");
        let stand = Stand::serve(listener, storage, self::controls(controls)).await;
        Self {
            stand: stand.expect("a stand"),
            database,
            table,
            http: reqwest::Client::new(),
            _embedded: embedded,
        }
    }

    /// The master behind the functions.
    pub fn master(&self) -> &Master<Dynamo> {
        &self.stand.master
    }

    /// A request of the local developer, who may do everything, unless [`Request::by`] says otherwise.
    pub fn request(&self, method: Method, path: &str) -> Request {
        Request::new(&self.http, method, &self.stand.url, path)
    }

    pub fn get(&self, path: &str) -> Request {
        self.request(Method::GET, path)
    }

    pub fn post(&self, path: &str) -> Request {
        self.request(Method::POST, path)
    }

    pub fn delete(&self, path: &str) -> Request {
        self.request(Method::DELETE, path)
    }

    /// `POST /dealer-customers`.
    pub async fn associate(&self, body: &Value) -> Answer {
        self.post("/dealer-customers").json(body).send().await
    }

    /// `POST /dealer-customers?dryRun=true`.
    pub async fn try_to_associate(&self, body: &Value) -> Answer {
        let request = self.post("/dealer-customers?dryRun=true");
        request.json(body).send().await
    }

    /// `DELETE …/association`.
    pub async fn release(&self, dealer_code: &str, number: &str) -> Answer {
        let path = format!("/dealer-customers/{dealer_code}/{number}/association");
        self.delete(&path).send().await
    }

    /// All that the table holds.
    pub async fn everything(&self) -> Everything {
        let mut everything = Everything::new();
        let client: Client = Connection::to_emulator(&self.database).client();
        let scan = client.scan().table_name(&self.table).consistent_read(true);
        let mut pages = scan.into_paginator().items().send();
        while let Some(item) = pages.next().await {
            let item = item.expect("the table can be scanned");
            let key = item::key_of(&item);
            everything.insert((key.pk, key.sk), item);
        }
        everything
    }

    /// All that the table holds but the counter of customer numbers and its copy: numbers may be leased for customers that are not created after all.
    pub async fn records(&self) -> Everything {
        let mut records = self.everything().await;
        records.retain(|(pk, _), _| *pk != keys::customer_counter().pk);
        records
    }

    /// Whether nothing was written since the functions started, which say on the counter item which rules are in force: no record, and no customer number was leased.
    pub async fn is_untouched(&self) -> bool {
        let counter = keys::customer_counter();
        let is_start = |((pk, _), item): (&(String, String), &Item)| {
            *pk == counter.pk && meaning::number(item, keys::COUNT).is_none_or(|count| count == 0)
        };
        self.everything().await.iter().all(is_start)
    }

    /// All items of the table whose partition has this beginning, in the order of their keys.
    pub async fn items(&self, prefix: &str) -> Vec<Item> {
        let everything = self.everything().await.into_iter();
        everything.filter(|((pk, _), _)| pk.starts_with(prefix)).map(|(_, item)| item).collect()
    }

    /// The blocks that refer to a customer.
    pub async fn references_to(&self, identifier: &Identifier) -> Vec<Block> {
        let refers = |item: Item| {
            let (block, _) = keys::place_of(&item::key_of(&item))?;
            match items::occupant(item).expect("an item of a block").1 {
                Occupant::Reference(reference) => (reference.to == *identifier).then_some(block),
                Occupant::Customer(_) | Occupant::Empty => None,
            }
        };
        self.items("BLOCK#").await.into_iter().filter_map(refers).collect()
    }

    /// All customers, whatever led to them; not what only refers to one.
    pub async fn customers(&self) -> Vec<Customer> {
        let items = self.items("BLOCK#").await.into_iter();
        let occupants = items.map(|item| items::occupant(item).expect("an item of a block").1);
        let customer = |occupant| match occupant {
            Occupant::Customer(customer) => Some(*customer),
            Occupant::Reference(_) | Occupant::Empty => None,
        };
        occupants.filter_map(customer).collect()
    }

    /// Lets what stands under a key be for a newer release alone.
    pub async fn for_a_newer_release(&self, key: keys::Key) {
        self.written_otherwise(key, "min_reader", AttributeValue::N("1000".to_owned())).await;
    }

    /// Gives what stands under a key an attribute as another release writes it.
    pub async fn written_otherwise(&self, key: keys::Key, name: &str, value: AttributeValue) {
        let write = Write::Update {
            key,
            set: Item::from([(name.to_owned(), value)]),
            set_if_absent: Item::new(),
            remove: Vec::new(),
            on: Condition::Without("of_no_item"),
        };
        let written = self.master().table().write(&write).await;
        assert!(matches!(written, Ok(Written::Done(_))), "{written:?}");
    }

    /// The number of dealer customers, whoever's.
    pub async fn dealer_customers(&self) -> usize {
        let everything = self.everything().await;
        everything.keys().filter(|(pk, _)| pk.starts_with("DEALER#")).count()
    }

    /// The customer of an identifier, as the table has it.
    pub async fn customer(&self, identifier: &str) -> Customer {
        let identifier = Identifier::parse(identifier).expect("an identifier");
        let item = self.master().table().get(&keys::customer(&identifier)).await;
        let item = item.expect("the table can be read").expect("a customer");
        items::customer(item).expect("an item of a customer")
    }

    /// Puts a customer beside this one that nothing but identifier and number tells from it, as unchecked Adds do, and returns its identifier.
    pub async fn plant_twin(&self, of: &str, place: [u8; 10]) -> String {
        let mut twin = self.customer(of).await;
        twin.identifier.place = Place::beside(place);
        twin.number = CustomerNumber::new(900_000_000 + u64::from(place[9]))
            .expect("a number of nine digits");
        let write = Write::Put { item: items::customer_item(&twin), on: Condition::Absent };
        let written = self.master().table().write(&write).await;
        assert!(matches!(written, Ok(Written::Done(_))), "{written:?}");
        twin.identifier.to_string()
    }
}

/// Holds that the table is as it was.
#[track_caller]
pub fn unchanged(before: &Everything, after: &Everything, why: &dyn fmt::Display) {
    let differs = |key: &&(String, String)| before.get(*key) != after.get(*key);
    let changed: BTreeSet<_> = before.keys().chain(after.keys()).filter(differs).collect();
    assert!(changed.is_empty(), "changed: {changed:?}; {why}");
}

/// The controls of an environment in which these variables are set.
pub fn controls(variables: &[(&str, &str)]) -> Controls {
    let controls = local::controls::read(|name| {
        let found = variables.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| (*value).to_owned())
    });
    controls.expect("the controls of a test are good ones")
}

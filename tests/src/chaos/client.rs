//! The clients: each sends mixed requests, mostly with keys, and repeats each until it knows what came of it.
//!
//! They choose and send; whether the answers are right is the judge's business.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::log::{Answer, Entry, Intent, Log};
use crate::claims;

/// How often a request is repeated before the client gives up.
const MOST_TRIES: usize = 300;

/// What the clients know of each other's work, so that they get in each other's way.
#[derive(Debug, Default)]
struct Known {
    /// Numbers and identifiers of customers that may be changed.
    customers: Vec<(String, Option<String>)>,
    /// Ids of requests in error.
    errors: Vec<String>,
}

/// What all clients share.
pub struct Field {
    /// Where the master answers.
    pub url: String,
    /// What was asked and answered.
    pub log: Log,
    /// How many requests are wanted in all.
    pub wanted: u64,
    begun: AtomicU64,
    known: Mutex<Known>,
    http: reqwest::Client,
}

impl Field {
    /// A field with the master at this address.
    #[must_use]
    pub fn new(url: &str, wanted: u64) -> Self {
        Self {
            url: url.to_owned(),
            log: Log::default(),
            wanted,
            begun: AtomicU64::new(0),
            known: Mutex::default(),
            http: reqwest::Client::new(),
        }
    }

    /// How many requests have begun.
    pub fn begun(&self) -> u64 {
        self.begun.load(Ordering::Relaxed)
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One client.
pub struct Client<'a> {
    field: &'a Field,
    name: String,
    chance: fastrand::Rng,
    /// Requests with keys that were decided, to be sent again.
    sent: Vec<Sending>,
}

/// A request as it is sent.
#[derive(Debug, Clone)]
struct Sending {
    method: Method,
    path: String,
    body: Value,
    if_match: bool,
    key: Option<String>,
    intent: Intent,
}

impl Sending {
    fn new(method: Method, path: impl Into<String>, body: Value, intent: Intent) -> Self {
        Self {
            method,
            path: path.into(),
            body,
            if_match: false,
            key: None,
            intent,
        }
    }
}

/// A business by its place in the list of all: three neighbours of one block that differ in the apartment.
struct Business(u64);

impl Business {
    fn name(&self) -> String {
        let mut rest = self.0 / 3;
        let letters: String = (0..4)
            .map(|_| {
                let letter = char::from(b'A' + u8::try_from(rest % 26).expect("a letter"));
                rest /= 26;
                letter
            })
            .collect();
        format!("{letters} Mining")
    }

    fn apartment(&self) -> String {
        format!("{}", self.0 % 3 + 1)
    }

    /// Of each block one is left alone by whatever is no checked Add and no association.
    fn is_quiet(&self) -> bool {
        self.0.is_multiple_of(3)
    }

    fn identity(&self) -> String {
        format!("{} {}", self.name(), self.apartment())
    }

    fn address(&self) -> Value {
        json!({ "line1": "100 Example Street", "apartment": self.apartment(), "city": "Westborough", "state": "MA", "postalCode": "01581", "country": "USA" })
    }

    fn message(&self) -> Value {
        json!({ "cst_company_name": self.name(), "cst_street_addr": "100 Example Street", "cst_apt": self.apartment(), "cst_city": "Westborough",
            "cst_state": "MA", "cst_zip": "01581", "cst_country": "USA", "cst_email_status": "O1", "cst_send_response": "Y" })
    }
}

impl<'a> Client<'a> {
    /// A client of this name, whose choices come from this seed.
    #[must_use]
    pub fn new(field: &'a Field, name: String, seed: u64) -> Self {
        Self {
            field,
            name,
            chance: fastrand::Rng::with_seed(seed),
            sent: Vec::new(),
        }
    }

    /// Sends requests until all that are wanted have begun, or the time is over.
    pub async fn work(&mut self, until: Option<tokio::time::Instant>) {
        loop {
            let turn = self.field.begun.fetch_add(1, Ordering::Relaxed);
            if turn >= self.field.wanted
                || until.is_some_and(|until| tokio::time::Instant::now() >= until)
            {
                return;
            }
            let mut sending = self.choose(turn);
            let once_more = sending.key.is_some();
            if sending.intent == Intent::Reuse || sending.intent.operation().is_none() || once_more
            {
                self.decide(&sending).await;
            } else {
                sending.key = self.key(&sending.intent);
                if sending.key.is_some() && self.chance.u8(..) < 20 {
                    // Two at once, as when a client did not wait long enough for the first.
                    tokio::join!(
                        decide(self.field, &self.name, self.chance.fork(), &sending),
                        decide(self.field, &self.name, self.chance.fork(), &sending)
                    );
                } else {
                    self.decide(&sending).await;
                }
                if sending.key.is_some() {
                    self.sent.push(sending);
                }
            }
        }
    }

    async fn decide(&mut self, sending: &Sending) {
        decide(self.field, &self.name, self.chance.fork(), sending).await;
    }

    /// Most requests have a key; those that change a customer always do, so that its versions can be counted.
    fn key(&mut self, intent: &Intent) -> Option<String> {
        let may_lack_one = match intent {
            Intent::Associate { .. } => true,
            Intent::Add { check, .. } => *check == 'Y',
            Intent::AddInVain
            | Intent::Change
            | Intent::Reprocess { .. }
            | Intent::Bulk
            | Intent::Release { .. }
            | Intent::Correct
            | Intent::Delete { .. }
            | Intent::Reuse => false,
        };
        (!may_lack_one || self.chance.u8(..) > 20)
            .then(|| format!("key-{:016x}", self.chance.u64(..)))
    }

    fn choose(&mut self, turn: u64) -> Sending {
        // What is worked on moves on slowly, so that everything is fought for, and nothing for ever.
        let era = turn / 60;
        let business = Business(era * 4 + self.chance.u64(0..12));
        let loud = {
            let index = era * 4 + self.chance.u64(0..12);
            Business(if Business(index).is_quiet() {
                index + 1
            } else {
                index
            })
        };
        let dealer = format!("TD{}", self.chance.u8(68..70));
        let number = format!("C{}", era * 3 + self.chance.u64(0..8));
        let dcn = format!("{dealer}|{number}");
        match self.chance.u32(0..100) {
            0..14 => Sending::new(
                Method::POST,
                "/dealer-customers",
                json!({ "dealerCode": dealer, "dealerCustomerNumber": number, "businessName": business.name(), "address": business.address() }),
                Intent::Associate { dcn, given: None },
            ),
            14..26 => match self.customer() {
                Some((_, Some(identifier))) => Sending::new(
                    Method::POST,
                    "/dealer-customers",
                    json!({ "dealerCode": dealer, "dealerCustomerNumber": number, "customerOrganizationIdentifier": identifier, "businessName": "As the dealer says" }),
                    Intent::Associate {
                        dcn,
                        given: Some(identifier),
                    },
                ),
                Some((_, None)) | None => self.add(&business, 'Y'),
            },
            26..38 => Sending::new(
                Method::DELETE,
                format!("/dealer-customers/{dealer}/{number}/association"),
                Value::Null,
                Intent::Release { dcn },
            ),
            38..48 => self.add(&business, 'Y'),
            48..54 => self.add(&business, 'S'),
            54..58 => self.add(&business, 'A'),
            58..62 => self.add(&loud, 'N'),
            62..68 => {
                let mut message = loud.message();
                message["cst_duplicate"] = json!(self.chance.choice(["Y", "N", "S"]));
                message["cst_city"] = json!("");
                customers(&message, Intent::AddInVain)
            }
            68..79 => self.change(&loud, era),
            79..82 => self.error(Method::PATCH, "", &json!({ "cst_city": "Westborough" })),
            82..89 => {
                let patch = match self.chance.u8(0..3) {
                    0 => Value::Null,
                    1 => json!({ "cst_city": "Westborough" }),
                    _ => {
                        json!({ "cst_city": "Westborough", "cst_company_name": loud.name(), "cst_apt": loud.apartment() })
                    }
                };
                self.error(Method::POST, "/reprocess", &patch)
            }
            89..91 => self.error(Method::DELETE, "", &Value::Null),
            91..93 => self.bulk(),
            93..99 => match self.chance.choice(&self.sent) {
                Some(earlier) => earlier.clone(),
                None => self.add(&business, 'Y'),
            },
            _ => match self.chance.choice(&self.sent) {
                // The same key with another body, on the same route.
                Some(earlier) if earlier.body.is_object() => {
                    let mut other = earlier.clone();
                    other.intent = Intent::Reuse;
                    if earlier.path == "/customers" {
                        other.body["CustSoldTo"]["cst_fname"] = json!("Other");
                    } else if earlier.path == "/dealer-customers" {
                        other.body["email"] = json!("other@acme.example");
                    } else {
                        return self.add(&business, 'Y');
                    }
                    other
                }
                Some(_) | None => self.add(&business, 'Y'),
            },
        }
    }

    fn customer(&mut self) -> Option<(String, Option<String>)> {
        let known = self.field.known();
        let lately = known.customers.len().saturating_sub(12);
        self.chance.choice(&known.customers[lately..]).cloned()
    }

    fn add(&mut self, business: &Business, check: char) -> Sending {
        let mut message = business.message();
        message["cst_duplicate"] = json!(check.to_string());
        if check != 'Y' {
            message["cst_job_title"] = json!(format!("title {}", self.chance.u16(..)));
        }
        customers(
            &message,
            Intent::Add {
                check,
                identity: business.identity(),
                quiet: business.is_quiet(),
            },
        )
    }

    /// A Change: of a plain value, of the numbers that name a customer, or of the identity, which moves it.
    fn change(&mut self, loud: &Business, era: u64) -> Sending {
        let relate_id = format!("R{}", era * 2 + self.chance.u64(0..6));
        let alternate = format!("A{}", era * 2 + self.chance.u64(0..6));
        let mut message = match self.customer() {
            Some((number, _)) if self.chance.u8(0..4) > 0 => json!({ "cst_cust_nbr": number }),
            // By a relate id: of somebody, or of nobody yet, and then it is an Add.
            Some(_) | None => {
                let mut message = loud.message();
                message["cst_duplicate"] = json!("N");
                message["cst_relate_id"] = json!(relate_id.clone());
                message
            }
        };
        match self.chance.u8(0..4) {
            0 => message["cst_job_title"] = json!(format!("title {}", self.chance.u16(..))),
            1 => message["cst_relate_id"] = json!(relate_id),
            2 => message["cst_interface_cust_nbr"] = json!(alternate),
            _ => {
                message["cst_company_name"] = json!(loud.name());
                message["cst_apt"] = json!(loud.apartment());
            }
        }
        message["cst_send_response"] = json!("Y");
        customers(&message, Intent::Change)
    }

    fn error(&mut self, method: Method, what: &str, patch: &Value) -> Sending {
        let id = {
            let known = self.field.known();
            let lately = known.errors.len().saturating_sub(6);
            self.chance.choice(&known.errors[lately..]).cloned()
        };
        // An id that nobody has, where there is none yet.
        let id = id.unwrap_or_else(|| "0000000000000000".to_owned());
        let path = format!("/errors/{id}{what}");
        let intent = if method == Method::DELETE {
            Intent::Delete { id }
        } else if what.is_empty() {
            Intent::Correct
        } else {
            Intent::Reprocess { id }
        };
        Sending {
            if_match: method != Method::POST,
            ..Sending::new(method, path, patch.clone(), intent)
        }
    }

    fn bulk(&mut self) -> Sending {
        let ids: Vec<String> = {
            let known = self.field.known();
            known.errors.iter().rev().take(3).cloned().collect()
        };
        let body = if ids.is_empty() || self.chance.bool() {
            json!({ "code": "city-blank", "limit": 3 })
        } else {
            json!({ "ids": ids })
        };
        Sending::new(Method::POST, "/errors/reprocess", body, Intent::Bulk)
    }
}

fn customers(message: &Value, intent: Intent) -> Sending {
    let body = json!({ "type": "CWCustomerIn", "CustSoldTo": message });
    Sending::new(Method::POST, "/customers", body, intent)
}

/// Sends a request until an answer decides it, and logs it.
async fn decide(field: &Field, client: &str, mut chance: fastrand::Rng, sending: &Sending) {
    let began = field.log.tick();
    let mut answers = Vec::new();
    for _ in 0..MOST_TRIES {
        let answer = send(field, client, sending).await;
        let decided = answer.decides();
        answers.push(answer);
        if decided {
            break;
        }
        tokio::time::sleep(Duration::from_millis(chance.u64(10..120))).await;
    }
    if let Some(answer) = answers.last() {
        learn(field, &sending.intent, answer);
    }
    field.log.add(Entry {
        client: client.to_owned(),
        intent: sending.intent.clone(),
        key: sending.key.clone(),
        line: format!("{} {}", sending.method, sending.path),
        sent: sending.body.clone(),
        began,
        ended: field.log.tick(),
        answers,
    });
}

/// What a client tells the others: customers that may be changed, and requests that may be fixed.
fn learn(field: &Field, intent: &Intent, answer: &Answer) {
    let mut known = field.known();
    match intent {
        Intent::AddInVain | Intent::Change | Intent::Add { quiet: false, .. } => {
            if answer.status == 422
                && let Some(id) = &answer.location
            {
                known.errors.push(id.clone());
            } else if answer.status == 201
                && let Some(number) = &answer.location
            {
                let identifier = answer.body["customerOrganizationIdentifier"]
                    .as_str()
                    .map(str::to_owned);
                known.customers.push((number.clone(), identifier));
            }
        }
        Intent::Add { quiet: true, .. }
        | Intent::Associate { .. }
        | Intent::Release { .. }
        | Intent::Correct
        | Intent::Reprocess { .. }
        | Intent::Delete { .. }
        | Intent::Bulk
        | Intent::Reuse => {}
    }
}

async fn send(field: &Field, client: &str, sending: &Sending) -> Answer {
    let caller = json!({ "sub": client, "scope": "dealer customers steward", "dealer_codes": "*" });
    let mut request = field
        .http
        .request(
            sending.method.clone(),
            format!("{}{}", field.url, sending.path),
        )
        .header("Authorization", claims::bearer(&caller));
    if let Some(key) = &sending.key {
        request = request.header("Idempotency-Key", key);
    }
    if sending.if_match {
        request = request.header("If-Match", "*");
    }
    if !sending.body.is_null() {
        request = request
            .header("Content-Type", "application/json")
            .body(sending.body.to_string());
    }
    let lost = |why: &dyn std::fmt::Display| Answer {
        status: 599,
        body: json!({ "lost": why.to_string() }),
        replayed: false,
        location: None,
    };
    let got = match request.send().await {
        Ok(got) => got,
        Err(error) => return lost(&error),
    };
    let header = |name: &str| {
        let value = got.headers().get(name)?;
        value.to_str().ok().map(str::to_owned)
    };
    let (status, replayed) = (
        got.status().as_u16(),
        header("idempotency-replayed").is_some(),
    );
    let location = header("location")
        .and_then(|location| location.rsplit_once('/').map(|(_, last)| last.to_owned()));
    match got.bytes().await {
        Ok(bytes) => Answer {
            status,
            body: serde_json::from_slice(&bytes).unwrap_or(Value::Null),
            replayed,
            location,
        },
        Err(error) => lost(&error),
    }
}

//! `Debug` of every type that holds what somebody sent about a person: it shows none of it, because a log line or a panic may show it.

use std::fmt::Debug;

use api::answer::Answer;
use api::call::Call;
use api::caller::Caller;
use api::problem::{Fault, Problem};
use domain::customer::Identifier;
use domain::customer::address::Address;
use domain::customer::contact::{Email, Phone};
use domain::dealer::association::{Associate, Organization, Statement};
use domain::dealer::{Dcn, DealerCode, DealerCustomerNumber};
use domain::history::HistoryEntry;
use domain::look_up::LookUp;
use domain::message::edits::Field;
use domain::message::{Attribute, Attributes, Message, Routing};
use domain::request::{Correction, Received, RequestInErrorId};
use operations::changes::Record;
use operations::customers::find::FoundCustomer;
use operations::messages::{Action, MessageOutcome, MessageResult, Stored};
use serde_json::json;
use store::table::Table as _;
use store::{items, keys};

use crate::door::{Door, Event};

const CANARY: &str = "Qanari";

#[track_caller]
fn redacts(what: &str, value: &impl Debug) {
    for shown in [format!("{value:?}"), format!("{value:#?}")] {
        assert!(
            !shown.to_lowercase().contains("qanari") && !shown.contains("5550142"),
            "{what}: {shown}"
        );
    }
}

fn attributes() -> Attributes {
    let mut attributes = Attributes::default();
    for attribute in Attribute::all() {
        attributes.set(attribute, CANARY);
    }
    attributes
}

fn message() -> Message {
    let canary = || Some(CANARY.to_owned());
    Message {
        message_type: canary(),
        routing: Routing {
            source: canary(),
            target: canary(),
            resp_qmgr: canary(),
            resp_q: canary(),
        },
        attributes: attributes(),
        unknown: vec![CANARY.to_owned()],
    }
}

fn statement() -> Statement {
    Statement {
        business_name: Some(CANARY.to_owned()),
        alternate_name: Some(CANARY.to_owned()),
        address: Some(address()),
        email: Some("qanari@qanari.example".to_owned()),
        phones: vec![phone()],
        ..Statement::default()
    }
}

fn address() -> Address {
    Address::from_values([CANARY, CANARY, CANARY, CANARY, "MA", "02139", "USA"].map(str::to_owned))
}

fn phone() -> Phone {
    Phone::parse(Some("HOME"), "6175550142").expect("a phone")
}

#[test]
fn what_callers_say_shows_nothing_of_it() {
    redacts("attributes", &attributes());
    redacts("message", &message());
    redacts("statement", &statement());
    redacts("address", &address());
    redacts("phone", &phone());
    redacts("email", &Email::parse("qanari@qanari.example").expect("an address"));
    let dcn = Dcn {
        dealer_code: DealerCode::parse("TD68").expect("a code"),
        dealer_customer_number: DealerCustomerNumber::parse("7").expect("a number"),
    };
    let controls = local::controls::default();
    redacts(
        "association",
        &Associate::new(dcn, Organization::named(CANARY), statement(), &controls),
    );
    redacts(
        "received",
        &Received { content_type: "application/json".to_owned(), body: CANARY.to_owned() },
    );
    let mut correction = Correction::default();
    for attribute in Attribute::all() {
        correction.set(Field::Attribute(attribute), Some(CANARY.to_owned()));
    }
    redacts("correction", &correction);
    let stored = || Stored {
        number: None,
        identifier: None,
        attributes: attributes(),
        replaced: Vec::new(),
        would_change: Vec::new(),
    };
    let id = RequestInErrorId::parse("0123456789ABCDEF");
    for result in [
        MessageResult::Created(stored()),
        MessageResult::Updated(stored()),
        MessageResult::Failed { failed: Vec::new(), request_in_error: id },
    ] {
        redacts(
            "processed",
            &MessageOutcome {
                message: message(),
                action: Action::Add,
                result,
                led_by: None,
                not_compared: false,
                alike: Vec::new(),
                replayed: false,
            },
        );
    }
    redacts(
        "answer",
        &Answer::json(api::StatusCode::OK, "found", &json!({ CANARY: CANARY })).location("/Qanari"),
    );
    let fault = Fault::new("/Qanari", "unknown-property", CANARY);
    redacts("fault", &fault);
    redacts(
        "problem",
        &Problem::invalid_request(vec![fault]).detail(CANARY).with("candidates", CANARY),
    );
    let look_up = LookUp {
        name: LookUp::parse_name(CANARY).ok(),
        email: LookUp::parse_email("qanari@qanari.example").ok(),
        phone: LookUp::parse_phone("6175550142").ok(),
        ..LookUp::default()
    };
    redacts("look-up", &look_up);
    redacts("terms", &look_up.sought());
    let claims = [("sub", CANARY), ("client_id", CANARY), ("scope", "dealer Qanari")];
    redacts(
        "caller",
        &Caller::from_claims(
            &claims.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        ),
    );
}

#[tokio::test]
async fn what_the_table_holds_shows_nothing_of_it() {
    let door = Door::open().await;
    let associate = json!({
        "dealerCode": "TD68", "dealerCustomerNumber": "7", "businessName": CANARY, "alternateName": CANARY,
        "address": { "line1": CANARY, "line2": CANARY, "apartment": CANARY, "city": CANARY, "state": "MA", "postalCode": "02139", "country": "USA" },
        "email": "qanari@qanari.example", "phones": [{ "type": "HOME", "number": "6175550142" }]
    });
    let made =
        door.prepare(201, &Event::new("POST", "/dealer-customers").json(&associate)).await.json();
    let failing = json!({ "type": CANARY, "source": CANARY, "CustSoldTo": { "cst_send_response": "Y", "cst_lname": CANARY, "cst_email": CANARY, CANARY: CANARY } });
    let failed = door.prepare(422, &Event::new("POST", "/customers").json(&failing)).await.json();
    let error = failed["request_in_error"].as_str().expect("an id").to_owned();
    let patch = Event::new("PATCH", &format!("/errors/{error}"))
        .header("if-match", "*")
        .json(&json!({ "cst_fname": CANARY }));
    door.prepare(200, &patch).await;

    let table = door.fixture.master().table();
    let identifier = made["customerOrganizationIdentifier"]
        .as_str()
        .and_then(Identifier::parse)
        .expect("an identifier");
    let item =
        table.get(&keys::customer(&identifier)).await.expect("it can be read").expect("a customer");
    let customer = items::customer(item).expect("a customer");
    redacts("history", &HistoryEntry::of_version(None, &customer));
    let found = FoundCustomer {
        customer: customer.clone(),
        found_by: Vec::new(),
        formerly: false,
        led_by: None,
    };
    redacts("found", &found);
    let record = Record {
        key: keys::customer(&identifier),
        before: None,
        after: Some(items::customer_item(&customer)),
        at: customer.created_at,
    };
    redacts("record", &record);
    redacts("duplicates", &MessageResult::Duplicate(vec![customer.clone()]));
    redacts("customer", &customer);
    let dcn = Dcn {
        dealer_code: DealerCode::parse("TD68").expect("a code"),
        dealer_customer_number: DealerCustomerNumber::parse("7").expect("a number"),
    };
    let item = table
        .get(&keys::dealer_customer(&dcn))
        .await
        .expect("it can be read")
        .expect("a dealer customer");
    redacts(
        "dealer customer",
        &items::dealer_customer(item).expect("a dealer customer").dealer_customer,
    );
    let id = RequestInErrorId::parse(&error).expect("an id");
    let item = table
        .get(&keys::request_in_error(&id))
        .await
        .expect("it can be read")
        .expect("a request in error");
    redacts("request in error", &items::request_in_error(item).expect("a request in error"));
}

#[test]
fn a_call_shows_nothing_of_its_request() {
    let event = json!({
        "version": "2.0", "routeKey": "$default", "rawPath": "/customers/Qanari", "rawQueryString": "Qanari=Qanari", "headers": { "qanari": CANARY }, "body": CANARY,
        "isBase64Encoded": false,
        "requestContext": {
            "accountId": "0", "apiId": "doors", "domainName": "doors", "domainPrefix": "doors", "requestId": "r", "routeKey": "$default", "stage": "$default",
            "time": "12/Mar/2020:19:03:58 +0000", "timeEpoch": 0, "authorizer": { "jwt": { "claims": { "sub": CANARY }, "scopes": null } },
            "http": { "method": "GET", "path": "/customers/Qanari", "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": CANARY }
        }
    });
    let request = lambda_http::request::from_str(&event.to_string()).expect("an event");
    redacts("call", &Call::open(request));
}

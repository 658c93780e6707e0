//! What a batch costs: the calls and units of as many single requests, less what a shared lease of numbers saves.

use domain::by::By;
use domain::customer::address::Address;
use domain::dealer::association::{Associate, Organization, Statement};
use domain::dealer::{Dcn, DealerCode, DealerCustomerNumber};
use domain::message::{Attribute, Attributes, Message};
use domain::request::Received;
use kit::fixture::{Fixture, controls};
use operations::dealers::associate::associate;
use operations::dealers::associate_batch::{self, associate_batch};
use operations::kit::Attempt;
use operations::messages::process::process;
use operations::messages::process_batch::{Row, process_batch};
use store::meter::Cost;

fn message(name: &str, check: &str) -> Message {
    let attributes = [
        (Attribute::LAST_NAME, name),
        (Attribute::STREET, "100 Example Street"),
        (Attribute::CITY, "Westborough"),
        (Attribute::STATE, "MA"),
        (Attribute::POSTAL_CODE, "01581"),
        (Attribute::COUNTRY, "USA"),
        (Attribute::EMAIL_STATUS, "O1"),
        (Attribute::DUPLICATE, check),
    ];
    Message {
        message_type: Some("CWCustomerIn".to_owned()),
        attributes: Attributes::from_iter(attributes),
        ..Message::default()
    }
}

/// A hundred messages of all kinds: created, checked and not, updated, unchanged, duplicates, failures.
fn messages() -> Vec<Message> {
    let of = |index: usize| match index % 5 {
        0 => message(&format!("Person {index}"), "Y"),
        1 => message(&format!("Person {index}"), "N"),
        2 => message(&format!("Person {}", index - 2), "S"),
        3 => message(&format!("Person {}", index - 3), "Y"),
        _ => message("", "Y"),
    };
    (0..100).map(of).collect()
}

fn received() -> Received {
    Received { content_type: "application/json".to_owned(), body: "{}".to_owned() }
}

async fn one_by_one(stand: &Fixture, keyed: bool) -> Cost {
    let master = stand.master().counted();
    for (index, message) in messages().iter().enumerate() {
        let key = index.to_string();
        let key = keyed.then(|| (key.as_str(), "fingerprint".to_owned()));
        let attempt = Attempt::new(&master, By::new("caller", "add", "request"), key, false);
        process(&attempt, message, &received()).await.expect("an outcome");
    }
    master.cost()
}

async fn together(stand: &Fixture, keyed: bool) -> Cost {
    let master = stand.master().counted();
    let rows = messages().into_iter().enumerate().map(|(index, message)| Row {
        index,
        digest: index.to_string(),
        message,
        received: received(),
    });
    let rows: Vec<_> = rows.collect();
    let key = keyed.then(|| ("key", "fingerprint".to_owned()));
    let attempt = Attempt::new(&master, By::new("caller", "add", "request"), key, false);
    let results = process_batch(&attempt, &rows).await;
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    master.cost()
}

#[tokio::test]
async fn a_hundred_rows_cost_what_a_hundred_requests_cost() {
    for keyed in [false, true] {
        let (Some(one), Some(other)) = (Fixture::that_counts().await, Fixture::that_counts().await)
        else {
            return;
        };
        let (singles, batch) = (one_by_one(&one, keyed).await, together(&other, keyed).await);
        assert_eq!(
            (batch.calls, batch.read_units, batch.write_units, batch.rounds),
            (singles.calls, singles.read_units, singles.write_units, 0),
            "keyed: {keyed}"
        );
        assert!(batch.steps * 3 < singles.steps, "side by side: {batch:?}, {singles:?}");
    }
}

/// A hundred associations of all kinds: with a customer that is created, found, unknown, and of a DCN that is taken.
fn associations() -> Vec<Associate> {
    let of = |index: usize| {
        let customer = index - index % 4;
        let number = if index % 4 == 2 { customer } else { index };
        let number = DealerCustomerNumber::parse(&number.to_string()).expect("a number");
        let dealer_code = DealerCode::parse("TD68").expect("a code");
        let organization = match index % 4 {
            3 => Organization::named("0123456789ABCDEF-000001-01234567"),
            _ => Organization::Searched,
        };
        let [line1, city, state, postal_code, country] =
            ["9 Quarry Road", "Westborough", "MA", "01581", "USA"].map(str::to_owned);
        let address = Address { line1, city, state, postal_code, country, ..Address::default() };
        let statement = Statement {
            business_name: Some(format!("Quarry {customer}")),
            address: Some(address),
            ..Statement::default()
        };
        let dcn = Dcn { dealer_code, dealer_customer_number: number };
        Associate::new(dcn, organization, statement, &controls(&[])).expect("it passes the edits")
    };
    (0..100).map(of).collect()
}

#[tokio::test]
async fn a_hundred_associations_cost_what_a_hundred_requests_cost() {
    for keyed in [false, true] {
        let (Some(one), Some(other)) = (Fixture::that_counts().await, Fixture::that_counts().await)
        else {
            return;
        };
        let by = || By::new("caller", "associate", "request");
        let singles = one.master().counted();
        for (index, request) in associations().iter().enumerate() {
            let key = index.to_string();
            let key = keyed.then(|| (key.as_str(), "fingerprint".to_owned()));
            let attempt = Attempt::new(&singles, by(), key, false);
            associate(&attempt, request).await.expect("an outcome");
        }
        let batch = other.master().counted();
        let rows = associations().into_iter().enumerate();
        let rows = rows.map(|(index, request)| associate_batch::Row {
            index,
            digest: index.to_string(),
            request,
        });
        let key = keyed.then(|| ("key", "fingerprint".to_owned()));
        let attempt = Attempt::new(&batch, by(), key, false);
        let results = associate_batch(&attempt, &rows.collect::<Vec<_>>()).await;
        assert!(results.iter().all(Result::is_ok), "{results:?}");
        let (singles, batch) = (singles.cost(), batch.cost());
        assert_eq!(
            (batch.calls, batch.read_units, batch.write_units, batch.rounds),
            (singles.calls, singles.read_units, singles.write_units, 0),
            "keyed: {keyed}"
        );
        assert!(batch.steps * 3 < singles.steps, "side by side: {batch:?}, {singles:?}");
    }
}

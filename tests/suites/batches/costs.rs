//! What a batch costs: the calls and units of as many single requests, less what a shared lease of numbers saves.

use domain::by::By;
use domain::message::{Attribute, Attributes, Message};
use domain::request::Received;
use kit::fixture::Fixture;
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
    }
}

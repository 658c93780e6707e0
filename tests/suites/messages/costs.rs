//! What a message costs: calls one after another, read units, write units, as the database reports them. They are those of the storage page, warm and
//! without a conflict, with an idempotency key and without.

use domain::by::By;
use domain::message::{Attribute, Attributes, Message};
use domain::request::Received;
use operations::kit::Attempt;
use operations::messages::MessageResult;
use operations::messages::process::process;
use store::meter::Cost;
use store::table::Table;

use crate::fixture::Fixture;

type Master<T> = operations::kit::Master<T>;

/// A person's Add with this check.
pub(crate) fn person(name: &str, check: &str) -> Message {
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

/// Processes a message as one request, and tells what came of it and what it cost.
pub(crate) async fn costs<T: Table>(
    master: &Master<T>,
    message: &Message,
    key: Option<&str>,
) -> (MessageResult, Cost) {
    let received = Received { content_type: "application/json".to_owned(), body: "{}".to_owned() };
    let master = master.counted();
    let key = key.map(|key| (key, "fingerprint".to_owned()));
    let attempt = Attempt::new(&master, By::new("caller", "add", "request"), key, false);
    let outcome = process(&attempt, message, &received).await.expect("an outcome");
    (outcome.result, master.cost())
}

fn word(outcome: &MessageResult) -> &'static str {
    match outcome {
        MessageResult::Created(_) => "created",
        MessageResult::Updated(_) | MessageResult::Unchanged(_) => "updated",
        MessageResult::Duplicate(_) => "duplicate",
        MessageResult::Failed { .. } => "failed",
    }
}

/// Creates customers until the process holds numbers for some more.
pub(crate) async fn warm<T: Table>(master: &Master<T>) {
    for number in 0..40 {
        costs(master, &person(&format!("{number} Warm"), "N"), None).await;
    }
}

/// Name, check and what it changes, what comes of it, and what it costs: steps, calls, read and write units.
type Row<'a> = (&'a str, &'a str, &'a str, (u32, u32, f64, f64));

/// The rows for Adds: what is added, with which check, what comes of it; steps, calls, read units and write units. Each name is one person.
const ROWS: &[Row] = &[
    ("One", "Y", "created", (2, 2, 1.0, 2.0)),
    ("Two", "S", "created", (2, 2, 1.0, 2.0)),
    ("Three", "A", "created", (2, 2, 1.0, 2.0)),
    ("Four", "N", "created", (1, 1, 0.0, 2.0)),
    ("One", "N", "created", (1, 1, 0.0, 2.0)),
    ("Two", "Y", "duplicate", (1, 1, 1.0, 0.0)),
    ("One", "S", "duplicate", (1, 1, 1.0, 0.0)),
    ("Three", "S", "updated", (1, 1, 1.0, 0.0)),
    ("Three", "S 1", "updated", (2, 2, 1.0, 1.0)),
    ("Three", "A 2", "updated", (2, 2, 1.0, 1.0)),
    ("Five \u{7}", "Y", "failed", (3, 4, 1.0, 4.0)),
    ("Five \u{7}", "N", "failed", (2, 3, 0.0, 4.0)),
];

/// Holds the rows, for people whose names end like this.
pub(crate) async fn rows_hold<T: Table>(master: &Master<T>, whose: &str) {
    for keyed in [false, true] {
        for (index, (name, check, becomes, (steps, calls, read_units, write_units))) in
            ROWS.iter().enumerate()
        {
            let key = keyed.then(|| format!("{whose}-0123456789-{index}"));
            // The name's first letters make each person's match code another one.
            let keyed_name = if keyed { "K" } else { "U" };
            let (check, changed) = check.split_once(' ').unwrap_or((check, ""));
            let mut message = person(&format!("{whose} {keyed_name}{name}"), check);
            message.attributes.set(Attribute::VAT_NUMBER, changed);
            let (outcome, cost) = costs(master, &message, key.as_deref()).await;
            let what = format!("{name} {check}, keyed: {keyed}: {cost:?}");
            assert_eq!(word(&outcome), *becomes, "{what}");
            // The key is bound beside the first read; an unchecked Add has none to bind it beside.
            let more = u32::from(keyed && *read_units == 0.0);
            // That nothing was changed is written to the key, in one more step, before it is answered.
            let unchanged = u32::from(keyed && becomes == &"updated" && *write_units == 0.0);
            assert_eq!(cost.steps, steps + more + unchanged, "{what}");
            assert_eq!(cost.calls, calls + u32::from(keyed) + unchanged, "{what}");
            assert_eq!(cost.read_units, *read_units, "{what}");
            let key_units = f64::from(u32::from(keyed) + unchanged);
            assert_eq!(cost.write_units, write_units + key_units, "{what}");
            assert_eq!(cost.rounds, 0, "{what}");
        }
    }
}

#[tokio::test]
async fn the_rows_of_the_storage_page_hold() {
    let Some(stand) = Fixture::that_counts().await else {
        return;
    };
    warm(&stand.stand.master).await;
    rows_hold(&stand.stand.master, "few").await;
}

#[tokio::test]
async fn a_failed_message_costs_a_write_unit_a_kilobyte_one_for_the_index_and_one_for_each_thing_that_it_is_about()
 {
    let Some(stand) = Fixture::that_counts().await else {
        return;
    };
    let master = stand.stand.master.counted();
    let received =
        Received { content_type: "application/json".to_owned(), body: "x".repeat(20 * 1024) };
    let attempt = Attempt::new(&master, By::new("caller", "add", "request"), None, false);
    let faulty = person("Julie \u{7}", "N");
    process(&attempt, &faulty, &received).await.expect("an outcome");
    let cost = master.cost();
    assert_eq!((cost.steps, cost.read_units), (2, 0.0), "{cost:?}");
    assert!((24.0..=25.0).contains(&cost.write_units), "{cost:?}");
}

#[tokio::test]
async fn the_first_add_of_a_process_leases_its_number_beside_the_first_read() {
    let Some(stand) = Fixture::that_counts().await else {
        return;
    };
    let (_, cost) = costs(&stand.stand.master, &person("Robinson", "Y"), None).await;
    assert_eq!((cost.steps, cost.calls, cost.write_units), (2, 3, 3.0), "{cost:?}");
}

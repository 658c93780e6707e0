//! How soon a customer that was written is found by look-up: from the write's answer to the first answer that has it, over HTTP, while the stream is followed as `cargo local`
//! follows it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use kit::fixture::Fixture;
use local::event_lines::EventLines;
use tokio::task::JoinSet;

use super::plot::{self, Bar};
use super::report::{Report, millis, table};
use super::requests;

/// How many write and look up at once.
const WRITERS: u64 = 4;

/// How long each waits between two look-ups, so that asking does not hold up what is asked for.
const ASK_EVERY: Duration = Duration::from_millis(5);

/// When a customer should be found at the latest.
const SOON: Duration = Duration::from_millis(300);

/// When a customer that is not found counts as lost.
const LOST: Duration = Duration::from_secs(30);

/// Writes so many customers, and measures how soon each is found; shortest first.
///
/// # Errors
///
/// A sentence when one is not found at all, or nothing can be started.
pub async fn measure(customers: u64) -> Result<Vec<Duration>, String> {
    let fixture = Arc::new(Fixture::new().await);
    let mut following = JoinSet::new();
    following.spawn(fixture.stand.following(EventLines::nowhere()).await?.run());
    let next = Arc::new(AtomicU64::new(0));
    let mut writers = JoinSet::new();
    for _ in 0..WRITERS {
        let (fixture, next) = (Arc::clone(&fixture), Arc::clone(&next));
        writers.spawn(async move {
            let mut delays = Vec::new();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= customers {
                    return Ok(delays);
                }
                delays.push(until_found(&fixture, number).await?);
            }
        });
    }
    let delays: Result<Vec<Vec<Duration>>, String> = writers.join_all().await.into_iter().collect();
    let mut delays = delays?.concat();
    delays.sort_unstable();
    Ok(delays)
}

async fn until_found(fixture: &Fixture, number: u64) -> Result<Duration, String> {
    let mut message = requests::message("Y", "Julie", &requests::name(number));
    message["CustSoldTo"]["cst_email"] = format!("{number}@example.com").into();
    let added = fixture.post("/customers").json(&message).send().await;
    let answered = Instant::now();
    if added.status != 201 {
        return Err(format!("A customer was not added: {added}"));
    }
    let path = format!("/customers?email={number}@example.com");
    while answered.elapsed() < LOST {
        let found = fixture.get(&path).send().await;
        if found.json()["customers"].as_array().is_some_and(|customers| !customers.is_empty()) {
            return Ok(answered.elapsed());
        }
        tokio::time::sleep(ASK_EVERY).await;
    }
    Err(format!("{number}@example.com was not found within {} s.", LOST.as_secs()))
}

/// The report of a measurement.
#[must_use]
pub fn report(delays: &[Duration]) -> Report {
    let in_time = delays.iter().filter(|delay| **delay <= SOON).count();
    let rows: Vec<(&str, Duration)> =
        [("half of them", 50), ("9 of 10", 90), ("99 of 100", 99), ("all", 100)]
            .into_iter()
            .filter_map(|(name, of_100)| {
                Some((name, *delays.get((delays.len() * of_100).div_ceil(100).checked_sub(1)?)?))
            })
            .collect();
    let cells: Vec<_> =
        rows.iter().map(|(name, delay)| vec![(*name).to_owned(), millis(*delay)]).collect();
    let bars: Vec<_> = rows
        .iter()
        .map(|(name, delay)| Bar {
            label: (*name).to_owned(),
            value: delay.as_secs_f64() * 1000.0,
            shown: format!("{} ms", millis(*delay)),
            ours: true,
        })
        .collect();
    Report {
        name: "found",
        title: format!(
            "From a write's answer to found by e-mail, over HTTP: {} customers by {WRITERS} writers at once.",
            delays.len()
        ),
        parts: vec![
            table(&["found", "within ms"], &cells),
            format!("{in_time} of {} were found within {} ms.", delays.len(), SOON.as_millis()),
        ],
        plot: plot::bars("Milliseconds from written to found", &bars),
    }
}

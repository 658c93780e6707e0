//! Replays, with lost answers, restarts, and so much later that the transaction tokens have expired: no second effect, equal answers.
//!
//! `REPLAYS` says how many; `.ci/run` makes it ten thousand.

use std::time::Duration;

use chaos::fault::{Fault, Rates, Script};
use chaos::in_process_client::InProcessClient;

use crate::requests::{KINDS, prepare};

/// How many replays, where the environment does not say.
const REPLAYS: u64 = 1_000;

/// How many tests share them.
const PARTS: u64 = 2;

/// How often each request is replayed.
const EACH: u64 = 20;

/// More than a transaction token is good for.
const LONG: Duration = Duration::from_secs(11 * 60);

/// What goes wrong on the connection: mostly answers that are lost, and functions that end.
const FAULTS: Rates = Rates {
    lose_request: 300,
    lose_answer: 1_200,
    half_answer: 300,
    fail_after_effect: 300,
    refuse: 300,
    repeat: 600,
    kill_before: 200,
    kill_after: 500,
    ..Rates::CALM
};

async fn replay(part: u64) {
    let mut client = InProcessClient::open().await;
    let mut chance = fastrand::Rng::with_seed(part);
    let wanted = std::env::var("REPLAYS")
        .map_or(REPLAYS, |text| text.parse().expect("REPLAYS is a number"))
        .div_ceil(PARTS);
    let (mut turn, mut replays) = (0, 0);
    while replays < wanted {
        let kind = KINDS[usize::try_from(turn).expect("few") % KINDS.len()];
        client.connector.fault(|_| None);
        let asking = prepare(&mut client, kind, turn).await;
        let mut script = Script::new(chance.u64(..), FAULTS);
        client.connector.fault(move |call| script.next(call));
        let told = client.decide(&asking).await.effect();
        assert!(told.is_some(), "{kind}");
        for _ in 0..EACH {
            match chance.u8(0..4) {
                0 => client.restart(),
                1 => tokio::time::advance(LONG).await,
                _ => {}
            }
            let answer = client.decide(&asking).await;
            assert_eq!(answer.effect(), told, "{kind}");
            assert!(answer.replayed, "{kind}: {answer:?}");
            replays += 1;
        }
        turn += 1;
    }
    let violations = client.judge().await;
    assert!(violations.is_empty(), "{violations:?}");
    println!("{replays} replays of {turn} requests");
}

#[tokio::test(start_paused = true)]
async fn replays_have_no_second_effect_and_equal_answers() {
    replay(1).await;
}

#[tokio::test(start_paused = true)]
async fn other_replays_have_no_second_effect_and_equal_answers() {
    replay(2).await;
}

#[tokio::test(start_paused = true)]
async fn a_replay_after_a_lost_answer_says_that_it_is_one() {
    let mut client = InProcessClient::open().await;
    let earlier = prepare(&mut client, "add, created", 1).await;
    // The counter of customer numbers begins with a transaction of its own.
    assert!(client.decide(&earlier).await.effect().is_some());
    let asking = prepare(&mut client, "add, created", 0).await;
    let mut last = 0;
    client.connector.fault(move |call| {
        last += usize::from(call.operation == "TransactWriteItems");
        (last == 1).then_some(Fault::KillAfter)
    });
    assert!(client.ask(&asking).await.answer.is_none());
    client.restart();
    client.connector.fault(|_| None);
    let answer = client.decide(&asking).await;
    assert_eq!((answer.status, answer.replayed), (201, true));
}

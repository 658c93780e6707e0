//! Ten thousand replays, with lost answers, restarts, and so much later that the transaction tokens have expired: no second effect, equal answers.

use std::time::Duration;

use domain::controls::Controls;
use tests::chaos::desk::{CALLER, Desk};
use tests::chaos::fault::{Fault, Rates, Script};
use tests::chaos::judge::judge;
use tests::chaos::log::{Entry, Intent};

use crate::requests::{KINDS, prepare};

/// How many replays, over all parts.
const REPLAYS: u64 = 10_000;

/// How often each request is replayed.
const EACH: u64 = 20;

/// What goes wrong on the line: mostly answers that are lost, and functions that end.
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

fn intent(kind: &str, path: &str) -> Intent {
    match kind.split(',').next() {
        Some("associate") => Intent::Associate {
            dcn: String::new(),
            given: None,
        },
        Some("reprocess") => Intent::Reprocess {
            id: path.to_owned(),
        },
        _ if kind == "add, fails" => Intent::AddInVain,
        _ => Intent::Change,
    }
}

async fn replay(part: u64) {
    let mut desk = Desk::open().await;
    let mut chance = fastrand::Rng::with_seed(part);
    let mut log = Vec::new();
    let mut tick = 0;
    let mut replays = 0;
    for turn in 0..REPLAYS / 2 / EACH {
        let kind = KINDS[usize::try_from(turn).expect("few") % KINDS.len()];
        desk.line.fault(|_| None);
        let asking = prepare(&mut desk, kind, turn).await;
        let mut script = Script::new(chance.u64(..), FAULTS);
        desk.line.fault(move |call| script.next(call));
        let mut told = None;
        for _ in 0..=EACH {
            let answer = desk.decide(&asking).await;
            let effect = answer.effect();
            assert!(effect.is_some(), "{kind}: {answer:?}");
            match &told {
                None => told = Some(effect),
                Some(told) => {
                    assert_eq!(&effect, told, "{kind}");
                    assert!(answer.replayed, "{kind}: {answer:?}");
                    replays += 1;
                }
            }
            log.push(Entry {
                client: CALLER.to_owned(),
                intent: intent(kind, &asking.path),
                key: asking.key.clone(),
                line: asking.path.clone(),
                sent: asking.body.clone(),
                began: tick,
                ended: tick + 1,
                answers: vec![answer],
            });
            tick += 2;
            match chance.u8(0..4) {
                0 => desk.restart(),
                1 => desk.clock.pass(Duration::from_secs(11 * 60)),
                _ => {}
            }
        }
    }
    let table = desk.snapshot().await;
    let controls = Controls::read(|_| None).expect("controls");
    // What was prepared has no entry in the log, so that only what a key did is judged: one effect, as it was told.
    let found: Vec<_> = judge(&table, &log, &controls)
        .into_iter()
        .filter(|violation| !violation.entries.is_empty())
        .collect();
    assert!(found.is_empty(), "{found:?}");
    assert_eq!(replays, REPLAYS / 2);
}

#[tokio::test]
async fn five_thousand_replays_have_no_second_effect_and_equal_answers() {
    replay(1).await;
}

#[tokio::test]
async fn another_five_thousand_replays_have_no_second_effect_and_equal_answers() {
    replay(2).await;
}

#[tokio::test]
async fn a_replay_after_a_lost_answer_says_that_it_is_one() {
    let mut desk = Desk::open().await;
    let asking = prepare(&mut desk, "add, created", 0).await;
    let mut last = 0;
    desk.line.fault(move |call| {
        last += usize::from(call.operation == "TransactWriteItems");
        (last == 1).then_some(Fault::KillAfter)
    });
    assert!(desk.ask(&asking).await.answer.is_none());
    desk.restart();
    desk.line.fault(|_| None);
    let answer = desk.decide(&asking).await;
    assert_eq!((answer.status, answer.replayed), (201, true));
}

//! One fault at one call of one request, for every kind of request, every call and every fault: an answer in time, and the next try tells the truth.

use std::collections::BTreeSet;
use std::time::Duration;

use chaos::fault::{Call, Fault, Refusal};
use chaos::in_process_client::InProcessClient;
use store::client::ATTEMPT;

use crate::requests::{KINDS, prepare};

/// No answer takes longer.
const IN_TIME: Duration = Duration::from_secs(9);

fn faults(call: &Call) -> Vec<Fault> {
    let mut faults = vec![
        Fault::LoseRequest,
        Fault::LoseAnswer,
        Fault::HalfAnswer,
        Fault::Hang,
        Fault::Slow(Duration::from_millis(1_500)),
        Fault::Late(Duration::from_millis(1_500)),
        Fault::Repeat,
        Fault::KillBefore,
        Fault::KillAfter,
        Fault::FailAfterEffect(Refusal::Internal),
    ];
    faults.extend(call.refusals().into_iter().map(Fault::Refuse));
    faults
}

/// The calls that a request makes when nothing goes wrong, in a process that remembers nothing.
async fn calls(client: &mut InProcessClient, kind: &str, turn: u64) -> Vec<Call> {
    let seen = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let asking = prepare(client, kind, turn).await;
    client.restart();
    let seeing = std::sync::Arc::clone(&seen);
    client.connector.fault(move |call| {
        seeing.lock().expect("a list").push(call.clone());
        None
    });
    client.decide(&asking).await;
    client.connector.fault(|_| None);
    std::mem::take(&mut *seen.lock().expect("a list"))
}

#[tokio::test(start_paused = true)]
async fn after_any_single_fault_an_answer_comes_in_time_and_the_next_try_tells_the_same_effect() {
    let mut client = InProcessClient::open().await;
    let (mut turn, mut runs, mut longest) = (0, 0, Duration::ZERO);
    for kind in KINDS {
        turn += 1;
        let calls = calls(&mut client, kind, turn).await;
        for (place, call) in calls.iter().enumerate() {
            for fault in faults(call) {
                turn += 1;
                let asking = prepare(&mut client, kind, turn).await;
                client.restart();
                let mut at = 0;
                client.connector.fault(move |_| {
                    at += 1;
                    (at == place + 1).then_some(fault)
                });
                let first = client.ask(&asking).await;
                client.connector.fault(|_| None);
                let what = format!("{kind}, call {place} ({}) {fault:?}", call.operation);
                assert!(first.took < IN_TIME, "{what} took {:?}", first.took);
                longest = longest.max(first.took);
                if first.answer.is_none() {
                    client.restart();
                }
                let next = client.decide(&asking).await;
                let told = next.effect();
                assert!(told.is_some(), "{what}: {next:?}");
                if let Fault::Late(wait) = fault {
                    tokio::time::sleep(wait).await;
                    assert_eq!(client.decide(&asking).await.effect(), told, "{what}");
                }
                if let Some(answer) = first.answer {
                    assert!(answer.status != 500, "{what}: {answer:?}");
                    assert!(
                        answer.effect().is_none_or(|effect| Some(effect) == told),
                        "{what}: {answer:?}, then {next:?}"
                    );
                }
                runs += 1;
            }
        }
    }
    let violations = client.judge().await;
    assert!(violations.is_empty(), "{violations:?}");
    println!("{runs} runs with one fault each; the longest answer took {longest:?}");
}

/// The slowest answer for which no attempt is given up.
const SLOWEST: Fault = Fault::Slow(ATTEMPT.saturating_sub(Duration::from_millis(1)));

/// What may go wrong with every call for a long time.
fn lasting(call: &Call) -> Vec<Fault> {
    let mut faults = vec![Fault::Hang, Fault::LoseRequest, Fault::LoseAnswer, SLOWEST];
    faults.extend(call.refusals().into_iter().map(Fault::Refuse));
    faults
}

#[tokio::test(start_paused = true)]
async fn when_a_fault_lasts_from_the_first_or_the_last_call_on_an_answer_comes_in_time_all_the_same()
 {
    let mut client = InProcessClient::open().await;
    let (mut turn, mut runs, mut longest) = (0, 0, Duration::ZERO);
    for kind in KINDS {
        turn += 1;
        let calls = calls(&mut client, kind, turn).await;
        let last = calls.len() - 1;
        for place in BTreeSet::from([0, last]) {
            for fault in lasting(&calls[place]) {
                turn += 1;
                let asking = prepare(&mut client, kind, turn).await;
                client.restart();
                let mut at = 0;
                client.connector.fault(move |call| {
                    at += 1;
                    let applies = call.has(fault);
                    if applies {
                        (at > place).then_some(fault)
                    } else {
                        // The other calls, before and after, are slow.
                        Some(SLOWEST)
                    }
                });
                let told = client.ask(&asking).await;
                client.connector.fault(|_| None);
                let what = format!("{kind}, from call {place} on {fault:?}");
                let answer = told.answer.expect("nobody was killed");
                assert!(answer.status == 503 || answer.decides(), "{what}: {answer:?}");
                assert!(told.took < IN_TIME, "{what} took {:?}", told.took);
                longest = longest.max(told.took);
                runs += 1;
                assert!(client.decide(&asking).await.effect().is_some(), "{what}");
            }
        }
    }
    let violations = client.judge().await;
    assert!(violations.is_empty(), "{violations:?}");
    println!("{runs} runs with a lasting fault each; the longest answer took {longest:?}");
}

#[test]
fn the_cut_that_no_answer_outlasts_is_in_time() {
    assert!(api::call::MAX_CALL < IN_TIME);
    assert!(IN_TIME < chaos::process::LAMBDA_TIMEOUT);
}

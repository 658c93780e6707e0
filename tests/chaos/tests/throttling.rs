//! Half of all calls throttled: what the retries cost.

use chaos::fault::{Fault, Refusal};
use chaos::in_process_client::InProcessClient;

use crate::requests::{KINDS, prepare};

/// How many requests.
const REQUESTS: u64 = 600;

/// The ways in which the database throttles.
const THROTTLES: [Refusal; 3] =
    [Refusal::Throttling, Refusal::Throughput, Refusal::CancelledByThrottling];

#[tokio::test(start_paused = true)]
async fn at_half_of_all_calls_throttled_there_are_at_most_three_calls_per_necessary_call() {
    let (mut necessary, mut made, mut busy) = (0, 0, 0);
    let (mut calm, mut rough) = (InProcessClient::open().await, InProcessClient::open().await);
    let mut chance = fastrand::Rng::with_seed(5);
    for turn in 0..REQUESTS {
        let kind = KINDS[usize::try_from(turn).expect("few") % KINDS.len()];
        let asking = prepare(&mut calm, kind, turn).await;
        necessary += calm.ask(&asking).await.calls;

        rough.connector.fault(|_| None);
        let asking = prepare(&mut rough, kind, turn).await;
        let mut throttles = chance.fork();
        rough.connector.fault(move |call| {
            let refusals =
                call.refusals().into_iter().filter(|refusal| THROTTLES.contains(refusal));
            let refusals: Vec<_> = refusals.collect();
            let refusal = throttles.bool().then(|| throttles.choice(refusals));
            refusal.flatten().map(Fault::Refuse)
        });
        loop {
            let told = rough.ask(&asking).await;
            made += told.calls;
            match told.answer {
                Some(answer) if answer.decides() => break,
                Some(_) | None => busy += 1,
            }
        }
    }
    println!(
        "{REQUESTS} requests: {necessary} necessary calls, {made} made, {busy} answers \"busy\""
    );
    assert!(made <= 3 * necessary, "{made} calls where {necessary} are necessary");
}

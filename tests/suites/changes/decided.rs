//! Decisions on pairs whose answers were lost: who asks again is told what it did, whatever became of the two since; and what is told of a decision that is taken back.

use kit::asking::Answer;
use reqwest::Method;
use serde_json::json;

use crate::pairs::{keep_apart, pairs, told_of_pairs, twins};
use crate::world::World;

/// Decides on two, `apart` or `open`, with the decision as the key.
async fn decide([one, other]: &[String; 2], decision: &str, world: &World) -> Answer {
    let rows = json!([{ "customer": one, "other": other, "decision": decision }]);
    let request = world.master.post("/possible-duplicates/decide").json(&rows);
    let answer = request.key(decision).send().await;
    assert_eq!(answer.is(200)["results"][0]["status"], 204, "{answer}");
    answer
}

#[tokio::test]
async fn a_next_try_finds_what_it_decided_even_where_the_two_were_merged_since() {
    let world = World::new().await;
    let two = twins(&world).await;
    let [one, other] = &two;
    for decision in ["apart", "open"] {
        assert!(!decide(&two, decision, &world).await.is_replayed(), "{decision}");
    }
    let merge = world.master.post(&format!("/customers/{one}/merge")).if_match("*");
    merge.json(&json!({ "loser": other, "loserVersion": 1 })).send().await.is(200);
    for followed in [false, true] {
        for decision in ["apart", "open"] {
            let again = decide(&two, decision, &world).await;
            assert!(again.is_replayed(), "followed: {followed}, {again}");
        }
        world.follow().await;
    }
    // Without the key it is another request, of two who are one.
    let path = format!("/customers/{one}/keep-apart");
    let answer = world.master.post(&path).json(&json!({ "other": other })).send().await;
    answer.is_problem(409, "already-merged");
}

#[tokio::test]
async fn a_next_try_finds_what_it_decided_even_where_one_of_the_two_was_erased_since() {
    for last in ["apart", "open"] {
        let world = World::new().await;
        let two = twins(&world).await;
        decide(&two, "apart", &world).await;
        decide(&two, last, &world).await;
        let path = format!("/customers/{}/erase", two[1]);
        world.master.post(&path).send().await.is_empty(204);
        world.follow().await;
        let again = decide(&two, last, &world).await;
        assert!(again.is_replayed(), "{again}");
        assert!(pairs(&world, "apart", 50).await.is_empty(), "{last}");
    }
}

#[tokio::test]
async fn that_a_decision_on_two_who_look_alike_no_more_is_taken_back_is_told_too() {
    let world = World::new().await;
    let [one, other] = twins(&world).await;
    keep_apart(&world, &one, &other).await;
    let away = json!({ "cst_cust_nbr": other, "cst_lname": "Underwood", "cst_fname": "Agnieszka" });
    world.add(&away).await;
    world.follow().await;
    let path = format!("/customers/{one}/keep-apart/{other}");
    world.master.request(Method::DELETE, &path).send().await.is_empty(204);
    world.follow().await;
    let told = told_of_pairs(&world.events.kept());
    let states: Vec<_> = told.iter().map(|(kind, state, ..)| (&**kind, &**state)).collect();
    let (found, decided) = ("possible-duplicate.found", "possible-duplicate.decided");
    assert_eq!(states, [(found, "open"), (decided, "apart"), (decided, "past")]);
    assert_eq!(told[2].2.as_deref(), Some("take-back"));
    for state in ["open", "apart", "merged"] {
        assert!(pairs(&world, state, 50).await.is_empty(), "{state}");
    }
}

//! Many stewards at the same moment: every request in error comes to one end, and everyone is told which.

use std::collections::BTreeSet;

use serde_json::json;

use crate::fixture::{Fixture, with, without_city};
use kit::asking::{Answer, all_at_once};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_reprocess_one_request_at_once_and_one_customer_comes_of_it() {
    for check in ["N", "Y", "S"] {
        let master = Fixture::new().await;
        let message = with(without_city("Robinson"), &json!({ "cst_duplicate": check }));
        let id = master.refused(&message).await;
        let patch = json!({ "cst_city": "Westborough" });
        let answers =
            all_at_once((0..20).map(|_| master.reprocess(&id).if_match("*").json(&patch))).await;
        let created: Vec<&Answer> = answers.iter().filter(|one| one.status == 201).collect();
        assert_eq!(created.len(), 1, "{check}");
        let number = created[0].json()["CustSoldTo"]["cst_cust_nbr"].clone();
        assert_eq!(number.as_str().map(str::len), Some(9), "{}", created[0]);
        let refused: Vec<_> = answers.iter().filter(|one| one.status != 201).collect();
        assert_eq!(refused.len(), 19);
        for answer in refused {
            let problem = answer.is_problem(409, "already-resolved");
            assert_eq!(problem["customerNumber"], number, "{answer}");
        }
        assert_eq!(master.customers().await.len(), 1, "{check}");
        let shown = master.shown(&id).await;
        assert_eq!(shown["state"], "resolved");
        assert_eq!(shown["customerNumber"], number);
        assert_eq!(shown["version"], 2);
        let path = format!("/customers/{}", number.as_str().expect("a number"));
        let customer = master.get(&path).send().await.is(200);
        assert_eq!(customer["CustSoldTo"]["cst_lname"], "Robinson");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reprocess_against_delete_ends_with_a_customer_or_deleted_and_never_both() {
    let master = Fixture::new().await;
    let mut customers = 0;
    for round in 0..20 {
        let id = master.refused(&without_city(&format!("Round {round}"))).await;
        let patch = json!({ "cst_city": "Westborough" });
        let reprocess = master.reprocess(&id).json(&patch).send();
        let delete = master.delete_request(&id, "*").send();
        // Who is asked first changes with the rounds, so that both win now and then.
        let (reprocessed, deleted) = if round % 2 == 0 {
            tokio::join!(reprocess, delete)
        } else {
            let (deleted, reprocessed) = tokio::join!(delete, reprocess);
            (reprocessed, deleted)
        };
        let state = master.shown(&id).await["state"].clone();
        match (reprocessed.status, deleted.status) {
            (201, 409) => {
                customers += 1;
                deleted.is_problem(409, "already-resolved");
                assert_eq!(state, "resolved");
            }
            (409, 204) => {
                reprocessed.is_problem(409, "already-deleted");
                assert_eq!(state, "deleted");
            }
            _ => panic!("both or neither: {reprocessed}{deleted}"),
        }
        assert_eq!(master.customers().await.len(), customers);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_stewards_with_one_version_the_second_is_told_the_current_one() {
    let master = Fixture::new().await;
    for _ in 0..10 {
        let id = master.refused(&without_city("Robinson")).await;
        let correct = |city| master.correct(&id, "\"1\"", &json!({ "cst_city": city }));
        let answers = all_at_once([correct("Westborough"), correct("Worcester")]).await;
        let statuses: BTreeSet<_> = answers.iter().map(|answer| answer.status).collect();
        assert_eq!(statuses, BTreeSet::from([200, 412]));
        for answer in &answers {
            if answer.status == 412 {
                let problem = answer.is_problem(412, "version-mismatch");
                assert_eq!(problem["version"], 2, "{answer}");
            } else {
                assert_eq!(answer.header("etag"), Some("\"2\""), "{answer}");
            }
        }
        assert_eq!(master.shown(&id).await["history"].as_array().map(Vec::len), Some(2));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn different_requests_of_one_customer_reprocessed_at_once_make_one_customer() {
    let master = Fixture::new().await;
    let message = with(without_city("Robinson"), &json!({ "cst_duplicate": "Y" }));
    let mut ids = Vec::new();
    for _ in 0..10 {
        ids.push(master.refused(&message).await);
    }
    let patch = json!({ "cst_city": "Westborough" });
    let answers = all_at_once(ids.iter().map(|id| master.reprocess(id).json(&patch))).await;
    let created = answers.iter().filter(|answer| answer.status == 201).count();
    let duplicates = answers.iter().filter(|answer| answer.status == 409).count();
    assert_eq!((created, duplicates), (1, 9));
    assert_eq!(master.customers().await.len(), 1);
    assert_eq!(master.listed_ids("state=open").await.len(), 9);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_correction_that_meets_another_is_never_lost_without_a_word() {
    let master = Fixture::new().await;
    let id = master.refused(&without_city("Robinson")).await;
    let attributes = ["cst_city", "cst_fname", "cst_job_title", "cst_prefix", "cst_suffix"];
    let answers = all_at_once(attributes.map(|attribute| {
        let patch = json!({ attribute: "Westborough" });
        master.correct(&id, "*", &patch)
    }));
    for answer in answers.await {
        answer.is(200);
    }
    let shown = master.shown(&id).await;
    for attribute in attributes {
        assert_eq!(shown["message"]["CustSoldTo"][attribute], "Westborough");
    }
    assert_eq!(shown["version"], 6);
}

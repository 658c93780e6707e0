//! Idempotency keys of messages: one effect a key, and the same answer each time.

use std::collections::BTreeSet;

use crate::fixture::{Fixture, all_at_once, unchanged};
use crate::message::{FORMS, Form, Message, MessageAnswer, change, checked, julie};

const KEY: &str = "0123456789-abcdef_XYZ";

async fn keyed(stand: &Fixture, form: Form, message: &Message, key: &str) -> MessageAnswer {
    MessageAnswer::of(stand.message(form, message).key(key).send().await)
}

/// Holds that a second and a third try change nothing and tell the same.
async fn replays(stand: &Fixture, form: Form, message: &Message, key: &str, first: &MessageAnswer) {
    assert!(!first.replayed(), "{}", first.answer);
    let before = stand.records().await;
    for key in [key.to_owned(), format!("\"{key}\"")] {
        let again = keyed(stand, form, message, &key).await;
        assert!(again.replayed(), "{}", again.answer);
        assert_eq!((again.status, &again.body), (first.status, &first.body), "{}", again.answer);
        let location = |told: &MessageAnswer| told.answer.header("location").map(str::to_owned);
        assert_eq!(location(&again), location(first));
        unchanged(&before, &stand.records().await, &again.answer);
    }
}

#[tokio::test]
async fn a_created_customer_is_told_again_whichever_check_it_was_added_with() {
    for form in FORMS {
        for check in ["S", "A", "Y", "N"] {
            for numbers in [&[][..], &[("cst_relate_id", "R")], &[("cst_interface_cust_nbr", "A")]]
            {
                let stand = Fixture::new().await;
                let add = checked(check).with_all(numbers);
                let first = keyed(&stand, form, &add, KEY).await.created();
                replays(&stand, form, &add, KEY, &first).await;
                assert_eq!(stand.customers().await.len(), 1);
            }
        }
    }
}

#[tokio::test]
async fn an_update_is_told_again() {
    for form in FORMS {
        for (kind, update) in [
            ("S", checked("S")),
            ("A", checked("A")),
            ("number", change("cst_cust_nbr", "1")),
            ("relate id", change("cst_relate_id", "R")),
            ("moves", change("cst_cust_nbr", "1").with("cst_lname", "Dryer")),
            ("new numbers", change("cst_cust_nbr", "1").with("cst_relate_id", "R-2")),
        ] {
            let stand = Fixture::new().await;
            stand.add(&julie().with("cst_relate_id", "R")).await.created();
            let update = update.with("cst_vat_nbr", kind);
            let first = keyed(&stand, form, &update, KEY).await.updated();
            replays(&stand, form, &update, KEY, &first).await;
            assert_eq!(stand.stored("1").await["version"], 2, "{kind}");
        }
    }
}

#[tokio::test]
async fn what_was_done_by_a_number_is_told_again_whoever_has_the_number_by_now() {
    for named in ["cst_relate_id", "cst_interface_cust_nbr"] {
        for creates in [true, false] {
            let stand = Fixture::new().await;
            let request = if creates {
                julie().with(named, "N")
            } else {
                stand.add(&julie().with(named, "N")).await.created();
                change(named, "N").with("cst_vat_nbr", "7")
            };
            let first = keyed(&stand, Form::Json, &request, KEY).await;
            let mut holder = first.number();
            for next in ["N-2", "N-3", "N-4"] {
                stand.add(&change("cst_cust_nbr", &holder).with(named, next)).await.updated();
                replays(&stand, Form::Json, &request, KEY, &first).await;
                let dryer = julie().with("cst_lname", "Dryer").with(named, "N");
                holder = stand.add(&dryer).await.created().number();
                replays(&stand, Form::Json, &request, KEY, &first).await;
            }
        }
    }
}

#[tokio::test]
async fn a_failure_is_told_again_and_waits_once_for_the_steward() {
    for form in FORMS {
        for faulty in [
            checked("Y").without("cst_city"),
            checked("N").without("cst_city"),
            julie().with("cst_action_type", "D"),
            julie().with("cst_cust_nbr", "999"),
        ] {
            let stand = Fixture::new().await;
            let first = keyed(&stand, form, &faulty, KEY).await.is(422, "Failure");
            replays(&stand, form, &faulty, KEY, &first).await;
            let everything = stand.everything().await;
            let queued = everything.keys().filter(|(pk, _)| pk.starts_with("ERROR#"));
            assert_eq!(queued.count(), 1);
        }
    }
}

#[tokio::test]
async fn a_failure_stays_one_when_the_message_would_pass_by_now() {
    let stand = Fixture::new().await;
    let number = stand.add(&julie().with("cst_relate_id", "R")).await.created().number();
    let taken =
        julie().with_all(&[("cst_lname", "Dryer"), ("cst_cust_nbr", "2"), ("cst_relate_id", "R")]);
    let first = keyed(&stand, Form::Json, &taken, KEY).await.is(422, "Failure");
    stand.add(&change("cst_cust_nbr", &number).with("cst_relate_id", "R-2")).await.updated();
    while stand.add(&julie()).await.created().number() != "000000002" {}
    replays(&stand, Form::Json, &taken, KEY, &first).await;
}

#[tokio::test]
async fn a_failed_add_stays_one_when_its_relate_id_names_somebody_by_now() {
    let stand = Fixture::new().await;
    stand.add(&julie().with("cst_interface_cust_nbr", "A")).await.created();
    let taken = julie().with_all(&[
        ("cst_lname", "Dryer"),
        ("cst_relate_id", "R"),
        ("cst_interface_cust_nbr", "A"),
    ]);
    let first = keyed(&stand, Form::Json, &taken, KEY).await.is(422, "Failure");
    assert_eq!(first.answer.json()["CustSoldTo"]["cst_action_type"], "A");
    stand.add(&julie().with_all(&[("cst_lname", "Smith"), ("cst_relate_id", "R")])).await.created();
    replays(&stand, Form::Json, &taken, KEY, &first).await;
}

#[tokio::test]
async fn a_duplicate_had_no_effect_and_is_decided_anew() {
    let stand = Fixture::new().await;
    let number = stand.add(&checked("Y")).await.created().number();
    let first = keyed(&stand, Form::Json, &checked("Y"), KEY).await;
    assert_eq!(first.duplicates(), [&*number]);
    stand.add(&change("cst_cust_nbr", &number).with("cst_lname", "Dryer")).await.updated();
    let second = keyed(&stand, Form::Json, &checked("Y"), KEY).await.created();
    let third = keyed(&stand, Form::Json, &checked("Y"), KEY).await.created();
    assert!(third.replayed());
    assert_eq!(second.number(), third.number());
}

#[tokio::test]
async fn another_message_under_the_same_key_is_refused_and_has_no_effect() {
    for form in FORMS {
        let stand = Fixture::new().await;
        keyed(&stand, form, &checked("Y"), KEY).await.created();
        let before = stand.records().await;
        for other in [
            checked("Y").with("cst_fname", "Juliette"),
            checked("N"),
            julie().without("cst_city"),
            change("cst_cust_nbr", "1"),
        ] {
            let request = stand.message(form, &other).key(KEY);
            let refused = request.send().await;
            refused.is_problem(422, "idempotency-key-reused");
            unchanged(&before, &stand.records().await, &refused);
        }
    }
    // The same customer in another form is another request.
    let stand = Fixture::new().await;
    keyed(&stand, Form::Json, &julie(), KEY).await.created();
    let refused = stand.message(Form::Xml, &julie()).key(KEY).send().await;
    refused.is_problem(422, "idempotency-key-reused");
}

#[tokio::test]
async fn keys_of_different_callers_have_nothing_to_do_with_each_other() {
    let stand = Fixture::new().await;
    let mut numbers = BTreeSet::new();
    for caller in ["orders-1", "orders-2"] {
        let claims = serde_json::json!({ "sub": caller, "scope": "customers" });
        let request = stand.message(Form::Json, &julie()).key(KEY).by(&claims);
        numbers.insert(MessageAnswer::of(request.send().await).created().number());
    }
    assert_eq!(numbers.len(), 2);
}

#[tokio::test]
async fn a_dry_run_uses_up_no_key() {
    let stand = Fixture::new().await;
    let request = stand.post("/customers?dryRun=true").key(KEY);
    let request = request.header(reqwest::header::CONTENT_TYPE, "application/json");
    let told = MessageAnswer::of(request.body(checked("Y").written(Form::Json)).send().await);
    assert_eq!(told.status, 201);
    let other = checked("Y").with("cst_fname", "Juliette");
    assert!(!keyed(&stand, Form::Json, &other, KEY).await.created().replayed());
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_tries_at_once_have_one_effect_and_get_its_answer() {
    for message in [
        checked("Y"),
        checked("S"),
        checked("A"),
        checked("N"),
        julie().with("cst_relate_id", "NEW"),
        julie().without("cst_city"),
        checked("Y").without("cst_city"),
        change("cst_relate_id", "R").with("cst_lname", "Robin"),
    ] {
        let stand = Fixture::new().await;
        let other = julie().with_all(&[("cst_zip", "02134"), ("cst_relate_id", "R")]);
        stand.add(&other).await.created();
        let requests = (0..20).map(|_| stand.message(Form::Xml, &message).key(KEY));
        let told: Vec<_> = all_at_once(requests).await.into_iter().map(MessageAnswer::of).collect();
        let first = &told[0];
        for told in &told {
            assert_eq!((told.status, &told.body), (first.status, &first.body), "{}", told.answer);
        }
        let replayed = told.iter().filter(|told| told.replayed()).count();
        assert!((18..20).contains(&replayed), "{replayed}");
        let customers = stand.customers().await;
        let effects: u64 = customers.iter().map(|customer| customer.version).sum();
        let everything = stand.everything().await;
        let queued = everything.keys().filter(|(pk, _)| pk.starts_with("ERROR#"));
        assert_eq!(effects + queued.count() as u64, 2, "{message:?}");
    }
}

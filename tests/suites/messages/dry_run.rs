//! Dry runs: what they predict is what then happens, and they write nothing and use up no number.

use std::collections::BTreeSet;

use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};

use crate::fixture::{Fixture, unchanged};
use crate::message::{FORMS, Form, Message, MessageAnswer, change, checked, julie};

/// Messages of all kinds, in an order in which each meets what those before it left.
fn corpus() -> Vec<Message> {
    let acme = |check: &str| {
        checked(check).with_all(&[("cst_company_name", "Acme Mining"), ("cst_lname", "")])
    };
    let numbers = [("cst_relate_id", "REL"), ("cst_interface_cust_nbr", "ALT")];
    let long = "x".repeat(101);
    let mut corpus = Vec::new();
    for check in ["Y", "S", "A", "N", "Y", "S", "A", "y", "X", ""] {
        corpus.push(checked(check));
        corpus.push(acme(check));
    }
    for (name, value) in [
        ("cst_lname", ""),
        ("cst_city", ""),
        ("cst_state", ""),
        ("cst_state", "XX"),
        ("cst_zip", ""),
        ("cst_zip", "1"),
        ("cst_country", ""),
        ("cst_country", "XX"),
        ("cst_company", "2"),
        ("cst_email", "nobody"),
        ("cst_email_status", ""),
        ("cst_email_status", "O9"),
        ("cst_fname", &long),
        ("cst_fname", "\u{202e}"),
        ("cst_action_type", "D"),
        ("cst_cust_nbr", "999"),
        ("cst_favourite", "tea"),
    ] {
        corpus.push(julie().with(name, value));
        corpus.push(checked("Y").with(name, value));
    }
    corpus.extend([
        julie().of_type(None),
        julie().with("cst_zip", "02134").with_all(&numbers),
        change("cst_relate_id", "REL").with("cst_city", "Boston"),
        change("cst_interface_cust_nbr", "ALT").with("cst_apt", "7"),
        change("cst_cust_nbr", "1").with("cst_relate_id", "REL"),
        change("cst_cust_nbr", "1").with("cst_lname", "Dryer"),
        checked("Y").with("cst_lname", "Dryer"),
        checked("S").with_all(&[("cst_lname", "Dryer"), ("cst_relate_id", "NEW")]),
        change("cst_relate_id", "NEW").with("cst_state", "XX"),
        Message::of(&[]),
    ]);
    corpus
}

/// The answer without what only the deed can know: numbers and identifiers of what came into being.
fn comparable(told: &MessageAnswer, created: bool) -> Value {
    let mut body = told.body.clone();
    let message = body.as_object_mut().expect("an object");
    message.remove("dryRun");
    message.remove("request_in_error");
    if created {
        message.remove("customerOrganizationIdentifier");
        let customer = message["CustSoldTo"].as_object_mut().expect("an object");
        customer.remove("cst_cust_nbr");
    }
    body
}

async fn tried(stand: &Fixture, form: Form, message: &Message) -> MessageAnswer {
    let request = stand.post("/customers?dryRun=true");
    let request = request.header(CONTENT_TYPE, form.content_type());
    MessageAnswer::of(request.body(message.written(form)).send().await)
}

#[tokio::test]
async fn what_a_dry_run_predicts_is_what_then_happens() {
    let corpus = corpus();
    assert!(corpus.len() >= 60, "{}", corpus.len());
    for form in FORMS {
        let stand = Fixture::new().await;
        let mut met = BTreeSet::new();
        for message in &corpus {
            let before = stand.everything().await;
            let predicted = tried(&stand, form, message).await;
            unchanged(&before, &stand.everything().await, &predicted.answer);
            assert_eq!(predicted.body["dryRun"], true, "{}", predicted.answer);
            let happened = stand.tell(form, message).await;
            let created = happened.status == 201;
            met.insert(happened.status);
            assert_eq!(predicted.status, happened.status, "{}", happened.answer);
            assert_eq!(
                comparable(&predicted, created),
                comparable(&happened, created),
                "{}",
                happened.answer
            );
            if created || happened.status == 422 {
                assert_eq!(predicted.answer.header("location"), None);
            } else {
                let location = happened.answer.header("location");
                assert_eq!(predicted.answer.header("location"), location);
            }
        }
        let expected = BTreeSet::from([200, 201, 409, 422]);
        assert_eq!(met, expected, "the corpus meets every outcome");
    }
}

#[tokio::test]
async fn a_dry_run_answers_with_a_body_even_where_none_is_wanted() {
    let stand = Fixture::new().await;
    for form in FORMS {
        let message = checked("Y").without("cst_send_response");
        let told = tried(&stand, form, &message).await.is(201, "Success");
        assert_eq!(told.body["dryRun"], true);
        assert_eq!(told.text("cst_cust_nbr"), "");
    }
}

#[tokio::test]
async fn a_dry_run_uses_up_no_number() {
    let stand = Fixture::new().await;
    for _ in 0..5 {
        assert_eq!(stand.try_to_add(&checked("Y")).await.status, 201);
    }
    assert!(stand.is_untouched().await);
    let number = stand.add(&checked("Y")).await.created().number();
    assert_eq!(number, "000000001");
}

#[tokio::test]
async fn whether_it_is_a_dry_run_must_be_said_clearly() {
    let stand = Fixture::new().await;
    for query in
        ["dryRun=1", "dryRun=TRUE", "dryRun=", "dryrun=true", "dryRun=true&dryRun=false", "other=1"]
    {
        let request = stand.post(&format!("/customers?{query}"));
        let refused =
            request.header(CONTENT_TYPE, "application/json").body(julie().written(Form::Json));
        refused.send().await.is_problem(400, "invalid-request");
    }
    assert!(stand.records().await.is_empty());
    let request = stand.post("/customers?dryRun=false");
    let request = request.header(CONTENT_TYPE, "application/json");
    let told = MessageAnswer::of(request.body(julie().written(Form::Json)).send().await).created();
    assert_eq!(told.body.get("dryRun"), None);
    assert_eq!(stand.stored_attributes(&told.number()).await["cst_lname"], json!("Robinson"));
}

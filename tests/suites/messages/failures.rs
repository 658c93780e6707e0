//! Requests in error: what failed its edits waits for a steward, with the message as it was received.

use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};

use crate::fixture::Fixture;
use crate::message::{FORMS, Form, Message, MessageAnswer, checked, julie};

fn faulty() -> Message {
    julie().without("cst_city")
}

/// The request in error as a steward, who is nothing else, sees it.
async fn shown(stand: &Fixture, location: &str) -> Value {
    let steward = json!({ "sub": "steward", "scope": "steward" });
    stand.get(location).by(&steward).send().await.is(200)
}

#[tokio::test]
async fn a_failed_message_waits_for_a_steward_as_it_was_received_whatever_answer_was_wanted() {
    for form in FORMS {
        for wanted in ["Y", "y", "N", "", "no"] {
            let stand = Fixture::new().await;
            let message = faulty().with("cst_send_response", wanted);
            let told = stand.tell(form, &message).await;
            assert_eq!(told.status, 422, "{}", told.answer);
            let location = told.answer.header("location").expect("a location");
            let request = shown(&stand, location).await;
            assert_eq!(request["received"]["body"], message.written(form));
            assert_eq!(request["received"]["contentType"], form.content_type());
            assert_eq!(request["state"], "open");
            let kept = &request["message"]["CustSoldTo"];
            assert_eq!(kept["cst_lname"], "Robinson");
            assert_eq!(request["message"]["type"], "CWCustomerIn");
            assert_eq!(request["errors"][0]["code"], "city-blank");
            if wanted.eq_ignore_ascii_case("Y") {
                assert_eq!(location, format!("/errors/{}", told.request_in_error()));
            } else {
                assert_eq!(told.answer.text, "");
            }
            assert_eq!(stand.customers().await, []);
        }
    }
}

#[tokio::test]
async fn nothing_of_the_body_is_lost() {
    let stand = Fixture::new().await;
    let strange_json = "{ \"CustSoldTo\" :\r\n\t{\"cst_lname\":\"\\u0052\\ud83d\\ude00 é\", \"cst_unknown\": 1.50e+3 , \"cst_zip\":1581} }\n\n";
    let strange_xml = "<?xml version='1.0'?><!-- first -->\r\n<Message  resp_q = 'Q&#65;' ><CustSoldTo\n\tcst_lname='a&amp;b \u{1f600}' x='1'><More><Deep/>text</More></CustSoldTo></Message>\n\n";
    for (content_type, body) in
        [("application/json; charset=utf-8", strange_json), ("text/xml", strange_xml)]
    {
        let request =
            stand.post("/customers").header(CONTENT_TYPE, content_type).body(body.to_owned());
        let answer = request.send().await;
        answer.is_empty(422);
        let request = shown(&stand, answer.header("location").expect("a location")).await;
        assert_eq!(request["received"]["body"], body);
    }
}

#[tokio::test]
async fn every_failure_is_kept_and_nothing_else_is() {
    let stand = Fixture::new().await;
    let count = async || {
        let everything = stand.everything().await;
        everything.keys().filter(|(pk, _)| pk.starts_with("ERROR#")).count()
    };
    for faulty in [
        faulty(),
        faulty(),
        julie().with("cst_action_type", "D"),
        julie().with("cst_cust_nbr", "999"),
        julie().of_type(None),
        Message::of(&[]),
        checked("Y").with("cst_email", "x"),
    ] {
        let before = count().await;
        let told = stand.add(&faulty).await.is(422, "Failure");
        assert_eq!(count().await, before + 1);
        let location = format!("/errors/{}", told.request_in_error());
        assert_eq!(told.answer.header("location"), Some(&*location));
    }
    let before = count().await;
    stand.add(&checked("Y")).await.created();
    stand.add(&checked("Y")).await.duplicates();
    stand.add(&checked("S")).await.updated();
    for (form, body) in
        [(Form::Json, "{"), (Form::Json, "[]"), (Form::Xml, "<"), (Form::Xml, "<Message/>")]
    {
        let request = stand.post("/customers").header(CONTENT_TYPE, form.content_type());
        let refused = request.body(body).send().await;
        refused.is_problem(400, "invalid-message");
    }
    assert_eq!(count().await, before);
}

#[tokio::test]
async fn what_cannot_be_parsed_and_what_is_no_message_are_told_apart() {
    let stand = Fixture::new().await;
    for (form, body, title) in [
        (Form::Xml, "<Message", "Cannot Parse XML Message"),
        (Form::Xml, "", "Cannot Parse XML Message"),
        (
            Form::Xml,
            "<!DOCTYPE Message><Message><CustSoldTo/></Message>",
            "Cannot Parse XML Message",
        ),
        (Form::Xml, "<Message/>", "Invalid XML Message"),
        (Form::Xml, "<Message><CustSoldTo/><CustSoldTo/></Message>", "Invalid XML Message"),
        (Form::Xml, "<Other><CustSoldTo/></Other>", "Invalid XML Message"),
        (Form::Json, "{\"CustSoldTo\":", "Cannot Parse JSON Message"),
        (Form::Json, "", "Cannot Parse JSON Message"),
        (Form::Json, "[]", "Invalid JSON Message"),
        (Form::Json, "{}", "Invalid JSON Message"),
        (Form::Json, "{\"CustSoldTo\":{\"cst_city\":[]}}", "Invalid JSON Message"),
        (Form::Json, "{\"CustSoldTo\":{\"cst_city\":\"a\",\"cst_city\":\"b\"}}", "JSON Message"),
    ] {
        let request = stand.post("/customers").header(CONTENT_TYPE, form.content_type());
        let answer = request.body(body).send().await;
        let problem = answer.is_problem(400, "invalid-message");
        let detail = problem["detail"].as_str().expect("a sentence");
        assert!(detail.contains(title), "{answer}");
    }
    assert!(stand.records().await.is_empty());
}

#[tokio::test]
async fn a_message_in_one_form_is_not_one_in_the_other() {
    let stand = Fixture::new().await;
    for (form, other) in [(Form::Xml, Form::Json), (Form::Json, Form::Xml)] {
        let request = stand.post("/customers").header(CONTENT_TYPE, form.content_type());
        let refused = request.body(julie().written(other)).send().await;
        refused.is_problem(400, "invalid-message");
    }
    let request = stand.post("/customers").header(CONTENT_TYPE, "text/plain");
    let refused = request.body(julie().written(Form::Json)).send().await;
    refused.is_problem(415, "unsupported-media-type");
    // Without a content type it is JSON.
    let plain = stand.post("/customers").body(julie().written(Form::Json));
    MessageAnswer::of(plain.send().await).created();
}

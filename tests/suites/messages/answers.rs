//! The answer: its status and headers always, its body where the sender wants one, in the form that it asks for.

use reqwest::header::{ACCEPT, CONTENT_TYPE};
use serde_json::json;

use crate::fixture::{Answer, Fixture};
use crate::message::{FORMS, Form, Message, MessageAnswer, change, checked, julie};

#[tokio::test]
async fn without_a_wanted_response_status_and_headers_are_the_same_and_the_body_is_empty() {
    for form in FORMS {
        let stand = Fixture::new().await;
        let number = stand.add(&julie()).await.created().number();
        for (message, status, location) in [
            (julie().with("cst_lname", "Dryer"), 201, Some("/customers/")),
            (change("cst_cust_nbr", &number), 200, Some("/customers/")),
            (checked("S"), 200, Some("/customers/")),
            (checked("Y"), 409, None),
            (julie().without("cst_city"), 422, Some("/errors/")),
        ] {
            for wanted in ["Y", "y", "N", "X", "YES", ""] {
                let message = message.clone().with("cst_send_response", wanted);
                let told = stand.tell(form, &message).await;
                assert_eq!(told.status, status, "{}", told.answer);
                let wants = wanted.eq_ignore_ascii_case("Y");
                assert_eq!(told.answer.text.is_empty(), !wants, "{wanted:?} {}", told.answer);
                let there = told.answer.header("location");
                let begins =
                    |location: &str| there.is_some_and(|there| there.starts_with(location));
                assert!(location.map_or(there.is_none(), begins), "{}", told.answer);
                let named = told.answer.header("customer-number");
                let of_location = there.and_then(|there| there.strip_prefix("/customers/"));
                assert_eq!(named, of_location, "{}", told.answer);
                assert!(told.answer.header("x-request-id").is_some());
            }
        }
    }
}

#[tokio::test]
async fn the_location_is_that_of_the_customer_and_can_be_read() {
    let stand = Fixture::new().await;
    let told = stand.add(&julie()).await.created();
    let location = told.answer.header("location").expect("a location");
    assert_eq!(location, format!("/customers/{}", told.number()));
    let read = stand.get(location).send().await;
    assert_eq!(read.header("etag"), Some("\"1\""));
    let stored = read.is(200);
    assert_eq!(stored["cst_cust_nbr"], told.number());
    let identifier = &told.body["customerOrganizationIdentifier"];
    assert_eq!(&stored["customerOrganizationIdentifier"], identifier);
    let updated =
        stand.add(&change("cst_cust_nbr", &told.number()).with("cst_vat_nbr", "7")).await.updated();
    assert_eq!(stand.get(location).send().await.header("etag"), Some("\"2\""));
    assert_eq!(updated.answer.header("location"), Some(location));
    assert_eq!(&updated.body["customerOrganizationIdentifier"], identifier);
}

async fn asked_for(stand: &Fixture, form: Form, accept: Option<&str>) -> Answer {
    let request = stand.message(form, &julie());
    let request = match accept {
        Some(accept) => request.header(ACCEPT, accept),
        None => request,
    };
    request.send().await
}

#[tokio::test]
async fn the_answer_comes_in_the_form_of_the_request_unless_accept_asks_otherwise() {
    let stand = Fixture::new().await;
    for (form, accept, answered) in [
        (Form::Json, None, Form::Json),
        (Form::Xml, None, Form::Xml),
        (Form::Json, Some("application/xml"), Form::Xml),
        (Form::Json, Some("text/xml"), Form::Xml),
        (Form::Xml, Some("application/json"), Form::Json),
        (Form::Xml, Some("*/*"), Form::Xml),
        (Form::Json, Some("*/*"), Form::Json),
        (Form::Xml, Some("application/*"), Form::Xml),
        (Form::Xml, Some("application/xml;q=0.5, application/json"), Form::Json),
        (Form::Json, Some("application/json;q=0.1, */*;q=0.2"), Form::Xml),
        (Form::Xml, Some("image/png"), Form::Xml),
        (Form::Json, Some(";;"), Form::Json),
    ] {
        let answer = asked_for(&stand, form, accept).await;
        let told = answer.header("content-type").unwrap_or_default().to_owned();
        assert!(told.starts_with(answered.content_type()), "{accept:?} {answer}");
        MessageAnswer::of(answer).created();
    }
}

#[tokio::test]
async fn both_forms_tell_the_same() {
    let stand = Fixture::new().await;
    for message in [
        checked("Y"),
        checked("Y").with("cst_zip", "02134"),
        checked("S").with("cst_favourite", "tea"),
        julie().with("cst_city", ""),
    ] {
        let mut bodies = Vec::new();
        for accept in ["application/json", "application/xml"] {
            let request = stand.post("/customers?dryRun=true");
            let request = request.header(CONTENT_TYPE, "application/json").header(ACCEPT, accept);
            let answer = request.body(message.written(Form::Json)).send().await;
            bodies.push(MessageAnswer::of(answer).body);
        }
        assert_eq!(bodies[0], bodies[1]);
        assert_eq!(bodies[0]["type"], "CWCustomerOut");
        stand.add(&message).await;
    }
}

#[tokio::test]
async fn the_routing_of_the_message_is_echoed() {
    let stand = Fixture::new().await;
    let routing =
        json!({ "source": "POS <1>", "target": "CRM", "resp_qmgr": "QM\"1\"", "resp_q": "Q&A" });
    let attributes = julie().attributes;
    let customer: serde_json::Map<_, _> =
        attributes.into_iter().map(|(name, value)| (name, json!(value))).collect();
    let mut body = routing.clone();
    body["type"] = json!("CWCustomerIn");
    body["CustSoldTo"] = json!(customer);
    for accept in ["application/json", "application/xml"] {
        let answer = stand.post("/customers").header(ACCEPT, accept).json(&body).send().await;
        let told = MessageAnswer::of(answer).created();
        for (name, value) in routing.as_object().expect("an object") {
            assert_eq!(&told.body[name], value);
        }
    }
}

#[tokio::test]
async fn duplicates_are_listed_with_the_highest_number_first_and_only_name_and_address() {
    for form in FORMS {
        let stand = Fixture::new().await;
        let mut numbers = Vec::new();
        for first_name in ["Julie", "Juliette", "Julia"] {
            let secret = [
                ("cst_fname", first_name),
                ("cst_email", "j@example.com"),
                ("cst_day_phone", "555"),
            ];
            numbers.push(stand.add(&julie().with_all(&secret)).await.created().number());
        }
        numbers.sort();
        numbers.reverse();
        let told = stand.tell(form, &checked("Y")).await.is(409, "Duplicate");
        assert_eq!(told.text("cst_fname"), stand.stored_attributes(&numbers[0]).await["cst_fname"]);
        assert_eq!(told.text("cst_action_type"), "A");
        assert_eq!(told.body.get("warnings"), None);
        assert!(!told.answer.text.contains("j@example.com"), "{}", told.answer);
        assert!(!told.answer.text.contains("555"), "{}", told.answer);
        let others = told.body["CustSoldTo"]["Duplicate"].as_array().expect("a list");
        for shown in others.iter().chain([&told.body["CustSoldTo"]]) {
            assert_eq!(shown["cst_company"], "1", "{}", told.answer);
        }
        assert_eq!(told.duplicates(), numbers);
    }
}

#[tokio::test]
async fn at_most_fifty_duplicates_are_listed_and_a_warning_counts_the_rest() {
    let stand = Fixture::new().await;
    let mut numbers = Vec::new();
    for count in 1..=53 {
        numbers.push(stand.add(&julie()).await.created().number());
        if count < 49 {
            continue;
        }
        numbers.sort();
        let mut listed = numbers.clone();
        listed.reverse();
        listed.truncate(50);
        for form in FORMS {
            let told = stand.tell(form, &checked("Y")).await;
            let warnings = told.body.get("warnings").cloned();
            let expected = match count {
                49 | 50 => None,
                51 => Some(json!(["1 more duplicate is not listed"])),
                more => Some(json!([format!("{} more duplicates are not listed", more - 50)])),
            };
            assert_eq!(warnings, expected, "{count}");
            assert_eq!(told.duplicates(), listed, "{count}");
        }
    }
}

#[tokio::test]
async fn a_failure_shows_the_message_and_a_success_the_customer() {
    let stand = Fixture::new().await;
    let failed = stand.add(&julie().with("cst_state", "xx")).await.is(422, "Failure");
    assert_eq!(failed.text("cst_state"), "xx");
    assert_eq!(failed.text("cst_lname"), "Robinson");
    assert_eq!(failed.text("cst_cust_nbr"), "");
    let created = stand.add(&julie().with("cst_state", "ma")).await.created();
    assert_eq!(created.text("cst_state"), "MA");
    assert_eq!(created.text("cst_company"), "1");
    let unknown = Message::of(&[("cst_cust_nbr", "999")]);
    assert_eq!(stand.add(&unknown).await.text("cst_cust_nbr"), "000000999");
}

#[tokio::test]
async fn who_may_not_add_customers_is_refused_and_nothing_is_kept() {
    let stand = Fixture::new().await;
    for (claims, status, problem) in [
        (json!({ "sub": "dealer", "scope": "dealer", "dealer_codes": "*" }), 403, "forbidden"),
        (json!({ "sub": "privacy", "scope": "privacy" }), 403, "forbidden"),
    ] {
        let request = stand.message(Form::Xml, &julie()).by(&claims);
        request.send().await.is_problem(status, problem);
        let read = stand.get("/customers/1").by(&claims);
        read.send().await.is_problem(status, problem);
    }
    let steward = json!({ "sub": "steward", "scope": "steward" });
    let request = stand.message(Form::Xml, &julie()).by(&steward);
    request.send().await.is_problem(403, "forbidden");
    assert!(stand.records().await.is_empty());
}

//! Hostile bodies at the front door: each is refused with a problem, or taken for what it says, and never met with a 5xx.

use reqwest::header::CONTENT_TYPE;

use crate::fixture::{Answer, Fixture};
use crate::message::{FORMS, Form, julie};

/// Posts these bytes. The fixture holds that no answer is a 5xx.
async fn posted(stand: &Fixture, content_type: &str, body: impl Into<Vec<u8>>) -> Answer {
    let request = stand.post("/customers").header(CONTENT_TYPE, content_type);
    request.body(body.into()).send().await
}

#[tokio::test]
async fn hostile_xml_is_refused() {
    let stand = Fixture::new().await;
    let inside =
        |inner: &str| format!("<Message type=\"CWCustomerIn\"><CustSoldTo {inner}/></Message>");
    let entities: String = (1..12)
        .map(|level| format!("<!ENTITY l{level} \"{}\">", format!("&l{};", level - 1).repeat(10)))
        .collect();
    let deep = "<a>".repeat(20_000);
    let attributes: String = (0..5_000).map(|number| format!(" a{number}=''")).collect();
    for body in [
        format!("<!DOCTYPE m [<!ENTITY l0 \"ha\">{entities}]>{}", inside("cst_lname=\"&l11;\"")),
        format!("<!DOCTYPE m SYSTEM \"file:///etc/passwd\">{}", inside("")),
        format!(
            "<!DOCTYPE m [<!ENTITY x SYSTEM \"http://127.0.0.1/\">]>{}",
            inside("cst_lname=\"&x;\"")
        ),
        format!("{}<?xml-stylesheet href=\"x\"?>", inside("")),
        format!("<?php die ?>{}", inside("")),
        inside("cst_lname=\"&unknown;\""),
        inside("cst_lname=\"&#0;\""),
        inside("cst_lname=\"&#xFFFFFFFFFF;\""),
        inside("cst_lname=\"a\" cst_lname=\"b\""),
        inside("cst_lname=a"),
        inside("cst_lname=\"<\""),
        deep,
        format!("{}{}", inside(""), inside("")),
        "<Message><CustSoldTo></Message></CustSoldTo>".to_owned(),
        "<![CDATA[<Message/>]]>".to_owned(),
        "<!--".repeat(10_000),
        "<Message a='".to_owned() + &"x".repeat(100_000),
        "&".repeat(50_000),
        "\u{feff}\u{feff}<Message/>".to_owned(),
        "<?xml version=\"1.0\" encoding=\"UTF-7\"?>".to_owned() + &inside(""),
    ] {
        let answer = posted(&stand, "application/xml", body).await;
        answer.is_problem(400, "invalid-message");
    }
    for bytes in [vec![0xff, 0xfe, b'<', 0], vec![0; 1000], b"<Message \xff/>".to_vec()] {
        let answer = posted(&stand, "application/xml", bytes).await;
        answer.is_problem(400, "invalid-message");
    }
    // Many attributes that are none of ours are no fault, only a message that lacks the rest.
    posted(&stand, "application/xml", inside(&attributes)).await.is_empty(422);
}

#[tokio::test]
async fn hostile_json_is_refused() {
    let stand = Fixture::new().await;
    for body in [
        "[".repeat(60_000),
        "{\"a\":".repeat(20_000),
        "{\"CustSoldTo\":{\"cst_lname\":\"\\ud800\"}}".to_owned(),
        "{\"CustSoldTo\":{\"cst_lname\":\"a\u{7}\"}}".to_owned(),
        "{\"CustSoldTo\":{\"cst_lname\":NaN}}".to_owned(),
        "{\"CustSoldTo\":{\"cst_lname\":01}}".to_owned(),
        "{\"CustSoldTo\":{\"cst_lname\":true}}".to_owned(),
        "{\"CustSoldTo\":{\"cst_lname\":{}}}".to_owned(),
        "{\"CustSoldTo\":[]}".to_owned(),
        "{\"CustSoldTo\":null}".to_owned(),
        "{\"CustSoldTo\":{}}{}".to_owned(),
        "{\"CustSoldTo\":{},\"CustSoldTo\":{}}".to_owned(),
        "{'CustSoldTo':{}}".to_owned(),
        "\"CustSoldTo\"".to_owned(),
        "{\"type\":[],\"CustSoldTo\":{}}".to_owned(),
    ] {
        let answer = posted(&stand, "application/json", body).await;
        answer.is_problem(400, "invalid-message");
    }
    for bytes in [vec![0xff, 0xfe, b'{', 0], vec![0; 1000], b"{\"a\xff\":1}".to_vec()] {
        let answer = posted(&stand, "application/json", bytes).await;
        answer.is_problem(400, "invalid-message");
    }
    assert!(stand.records().await.is_empty());
}

#[tokio::test]
async fn large_messages_are_taken_up_to_the_limit_and_refused_above() {
    let stand = Fixture::new().await;
    for form in FORMS {
        for (length, status) in [(120_000, 422), (140_000, 413)] {
            for value in ["x", "\u{7f}", "é"] {
                let message = julie().with("cst_lname", &value.repeat(length / value.len()));
                let answer = stand.message(form, &message).send().await;
                assert_eq!(answer.status, status);
            }
        }
    }
}

#[tokio::test]
async fn a_value_of_any_length_in_any_attribute_is_judged() {
    let stand = Fixture::new().await;
    for attribute in domain::message::Attribute::all() {
        for length in [1_025, 2_049, 100_000] {
            let message = julie().with(attribute.name(), &"9".repeat(length));
            let answer = stand.message(Form::Json, &message).send().await;
            let steering = attribute.name() == "cst_send_response";
            assert_eq!(answer.status, 422, "{}", attribute.name());
            assert_eq!(answer.text.is_empty(), steering, "{}", attribute.name());
        }
    }
}

#[tokio::test]
async fn numbers_that_databases_stumble_over_are_only_numbers() {
    let stand = Fixture::new().await;
    for strange in [
        "0",
        "-0",
        "1e9",
        "NaN",
        "4294967296",
        "18446744073709551616",
        "٣",
        "0x1",
        "1 OR 1=1",
        "'; DROP TABLE",
        "../../1",
        "\u{0}",
        "%00",
    ] {
        for name in ["cst_cust_nbr", "cst_relate_id", "cst_interface_cust_nbr"] {
            let answer = stand.message(Form::Json, &julie().with(name, strange)).send().await;
            assert!([201, 200, 422].contains(&answer.status), "{answer}");
        }
    }
}

//! Bodies in the encodings that senders have, and what they put around values and elements.

use reqwest::header::CONTENT_TYPE;
use serde_json::json;

use crate::fixture::Fixture;
use crate::message::MessageAnswer;

/// Zürich's customer, under this declaration.
fn document(declaration: &str) -> String {
    format!(
        "{declaration}<o:Message xmlns:o=\"urn:oms\" type=\"CWCustomerIn\"><o:CustSoldTo cst_send_response=\"Y\" cst_lname=\"M\u{fc}ller &#10;\" cst_city=\" Z\u{fc}rich\t\" \
         cst_zip=\"8001\" cst_country=\"CHE\" cst_email_status=\"O1\"/></o:Message>"
    )
}

fn utf_16(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(unit).collect()
}

/// Characters of ISO-8859-1 in a byte each.
fn latin_1(text: &str) -> Vec<u8> {
    text.chars().map(|character| u8::try_from(u32::from(character)).expect("ISO-8859-1")).collect()
}

#[tokio::test]
async fn xml_is_read_in_every_encoding_that_its_sender_names() {
    let stand = Fixture::new().await;
    let declared = |name: &str| {
        document(&format!(
            "<?xml version=\"1.0\" encoding=\"{name}\"?><?xml-stylesheet href=\"a.xsl\"?>"
        ))
    };
    for (content_type, body) in [
        ("application/xml", document("").into_bytes()),
        ("text/xml", declared("utf8").into_bytes()),
        (
            "text/xml; charset=us-ascii",
            declared("us-ascii").replace('\u{fc}', "&#xFC;").into_bytes(),
        ),
        ("application/xml", declared("us-ascii").replace('\u{fc}', "&#xFC;").into_bytes()),
        ("application/xml", latin_1(&declared("ISO-8859-1"))),
        ("application/xml", latin_1(&declared("windows-1252"))),
        ("text/xml; charset=iso-8859-1", latin_1(&document(""))),
        ("application/xml", utf_16(&format!("\u{feff}{}", declared("UTF-16")), u16::to_le_bytes)),
        (
            "application/xml; charset=utf-16",
            utf_16(&format!("\u{feff}{}", document("")), u16::to_be_bytes),
        ),
        ("application/xml", declared("utf-16").into_bytes()),
    ] {
        let request = stand.post("/customers").header(CONTENT_TYPE, content_type);
        let told = MessageAnswer::of(request.body(body).send().await).created();
        assert_eq!(
            [told.text("cst_lname"), told.text("cst_city")],
            ["M\u{fc}ller", "Z\u{fc}rich"],
            "{content_type}"
        );
    }
    let refused = stand.post("/customers").header(CONTENT_TYPE, "text/xml; charset=koi8-r");
    refused.body(document("")).send().await.is_problem(415, "unsupported-media-type");
    let refused = stand.post("/customers").header(CONTENT_TYPE, "application/xml");
    let refused = refused.body(declared("koi8-r")).send().await;
    assert!(refused.text.contains("names an encoding that is not read here"), "{refused}");
}

#[tokio::test]
async fn what_is_received_is_kept_as_text_and_never_longer_than_a_body() {
    let stand = Fixture::new().await;
    let faulty = "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><Message type=\"CWCustomerIn\"><CustSoldTo cst_lname=\"M\u{fc}ller\"/></Message>";
    let request = stand.post("/customers").header(CONTENT_TYPE, "application/xml");
    let answer = request.body(latin_1(faulty)).send().await;
    assert_eq!(answer.status, 422, "{answer}");
    let id = answer.header("location").expect("a request in error");
    assert_eq!(stand.get(id).send().await.is(200)["received"]["body"], faulty);
    // A byte of ISO-8859-1 may need two in UTF-8.
    let long = format!(
        "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><Message><!--{}--><CustSoldTo/></Message>",
        "\u{fc}".repeat(100_000)
    );
    let request = stand.post("/customers").header(CONTENT_TYPE, "application/xml");
    request.body(latin_1(&long)).send().await.is_problem(413, "too-large");
}

#[tokio::test]
async fn blanks_around_a_value_and_a_mark_before_a_body_are_no_part_of_them() {
    let stand = Fixture::new().await;
    let body = json!({ "type": "CWCustomerIn\n", "CustSoldTo": {
        "cst_send_response": "Y ", "cst_lname": "\tRobinson\r\n", "cst_city": " Westborough", "cst_state": "MA\n", "cst_zip": "01581 ",
        "cst_country": " USA ", "cst_email_status": "O1\t", "cst_email": "julie@example.com\n", "cst_fname": "\u{200b}\u{3164}"
    } });
    let request = stand.post("/customers").header(CONTENT_TYPE, "application/json");
    let told = MessageAnswer::of(request.body(format!("\u{feff}{body}")).send().await).created();
    let stored = stand.stored_attributes(&told.number()).await;
    assert_eq!(stored["cst_lname"], "Robinson");
    assert_eq!(stored["cst_email"], "julie@example.com");
    assert_eq!(stored.get("cst_fname"), None, "it shows nothing");
}

#[tokio::test]
async fn a_name_that_shows_nothing_is_none() {
    let stand = Fixture::new().await;
    for nothing in ["\u{200b}", "\u{3164}", " \u{ffa0}\u{feff}", "\u{2800}"] {
        let nameless = crate::message::julie().with("cst_lname", nothing);
        assert_eq!(stand.add(&nameless).await.failed(), ["cst_lname name-blank"], "{nothing:?}");
    }
}

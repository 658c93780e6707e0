//! Telephone numbers and e-mail addresses that are none.

use serde_json::json;

use crate::bad_values::refused;
use crate::fixture::{Fixture, acme_as, changed};

#[tokio::test]
async fn phones_are_ten_at_the_most_and_no_longer_or_stranger_than_any_value() {
    let stand = Fixture::new().await;
    let eleven = json!(vec!["508-555-0100"; 11]);
    refused(&stand, "phones", eleven, &["/phones too-many"]).await;
    let long = "1".repeat(101);
    for (bad, code) in
        [("1\n2", "invalid-value"), ("\u{0}1", "invalid-value"), (long.as_str(), "value-too-long")]
    {
        refused(&stand, "phones", json!([bad]), &[&format!("/phones/0 {code}")]).await;
        let object = json!(["1", { "number": bad }]);
        refused(&stand, "phones", object, &[&format!("/phones/1/number {code}")]).await;
    }
    for missing in [json!({}), json!({ "number": null })] {
        refused(&stand, "phones", json!([missing]), &["/phones/0/number required"]).await;
    }
    for bad in ["FAX!", "\u{e9}", "a\nb", "ABCDEFGHIJKLMNOPQRSTU"] {
        let object = json!([{ "number": "1", "type": bad }]);
        refused(&stand, "phones", object, &["/phones/0/type invalid-phone-type"]).await;
    }
    assert!(stand.is_untouched().await);
}

#[tokio::test]
async fn a_phone_is_written_as_people_write_it_and_what_is_none_is_kept_with_a_warning() {
    let stand = Fixture::new().await;
    let good = json!([
        "+1 (508) 555-0100 x12",
        { "number": "1.2", "type": "after 6-7_x" },
        "0049/30/123456 Ext. 7",
        "#31#555 0100X2",
        "\u{ff15}\u{ff15}\u{ff15}\u{2011}0100\u{a0}1",
        "",
        { "number": "\u{200b} " },
        " 555 0100\n"
    ]);
    let answer = stand.associate(&changed(acme_as("TD68", "1"), "phones", good)).await.is(201);
    assert_eq!(answer.get("warnings"), None);
    let read = stand.get("/dealer-customers/TD68/1").send().await.is(200);
    let numbers: Vec<_> = read["phones"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|phone| phone["number"].clone())
        .collect();
    assert_eq!(numbers.len(), 6, "a blank one is none: {numbers:?}");
    assert_eq!(numbers[5], "555 0100");

    let odd = json!(["508-555-0100", "call me", { "number": "---", "type": "FAX" }, "508;555"]);
    let body = changed(acme_as("TD68", "2"), "phones", odd);
    let foreseen = stand.try_to_associate(&body).await.is(201);
    let answer = stand.associate(&body).await.is(201);
    let warning =
        |number: u8| format!("phone {number} does not read as a number and is kept as it is");
    assert_eq!(answer["warnings"], json!([warning(2), warning(3), warning(4)]));
    assert_eq!(foreseen["warnings"], answer["warnings"]);
    let read = stand.get("/dealer-customers/TD68/2").send().await.is(200);
    assert_eq!(read["phones"][1], json!({ "number": "call me" }));
    assert_eq!(read["phones"][2], json!({ "number": "---", "type": "FAX" }));
}

#[tokio::test]
async fn an_email_has_text_before_the_at_between_it_and_a_dot_and_after_it() {
    let stand = Fixture::new().await;
    for bad in ["a", "@b.c", "a@b", "a@.c", "a@b.", "a b@c.d", "a@b c.d"] {
        refused(&stand, "email", json!(bad), &["/email invalid-email"]).await;
    }
    assert!(stand.is_untouched().await);
}

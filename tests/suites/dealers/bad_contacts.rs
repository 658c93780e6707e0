//! Telephone numbers and e-mail addresses that are none.

use serde_json::json;

use crate::bad_values::refused;
use crate::fixture::{Fixture, acme, changed};

#[tokio::test]
async fn phones_are_ten_at_the_most_and_of_few_characters() {
    let stand = Fixture::new().await;
    let eleven = json!(vec!["508-555-0100"; 11]);
    refused(&stand, "phones", eleven, &["/phones too-many"]).await;
    let long = "1".repeat(101);
    for bad in [
        "",
        " ",
        "---",
        "call me",
        "508;555",
        "508/555",
        "+\u{661}\u{662}\u{663}",
        "1\n2",
        "\u{0}1",
        long.as_str(),
    ] {
        refused(&stand, "phones", json!([bad]), &["/phones/0 invalid-phone"]).await;
        let object = json!(["1", { "number": bad }]);
        let code = if bad.is_empty() { "required" } else { "invalid-phone" };
        let fault = format!("/phones/1/number {code}");
        refused(&stand, "phones", object, &[&fault]).await;
    }
    for bad in ["FAX!", "\u{e9}", "a\nb", "ABCDEFGHIJKLMNOPQRSTU"] {
        let object = json!([{ "number": "1", "type": bad }]);
        refused(&stand, "phones", object, &["/phones/0/type invalid-phone-type"]).await;
    }
    let both = json!([{ "number": "call me", "type": "FAX!" }]);
    let faults = ["/phones/0/number invalid-phone", "/phones/0/type invalid-phone-type"];
    refused(&stand, "phones", both, &faults).await;
    assert!(stand.everything().await.is_empty());
    let good = changed(
        acme(),
        "phones",
        json!(["+1 (508) 555-0100 x12", { "number": "1.2", "type": "after 6-7_x" }]),
    );
    stand.associate(&good).await.is(201);
}

#[tokio::test]
async fn an_email_has_text_before_the_at_between_it_and_a_dot_and_after_it() {
    let stand = Fixture::new().await;
    for bad in ["a", "@b.c", "a@b", "a@.c", "a@b.", "a b@c.d", "a@b c.d"] {
        refused(&stand, "email", json!(bad), &["/email invalid-email"]).await;
    }
    assert!(stand.everything().await.is_empty());
}

//! Every attribute of the list survives from the message to the read; what steers the message does not.

use domain::message::Attribute;
use serde_json::{Value, json};

use crate::fixture::Fixture;
use crate::message::{FORMS, Form, Message, julie};

/// Attributes that are kept in another form than they came.
const KEPT_OTHERWISE: [(&str, &str, &str); 7] = [
    ("cst_company", "001", "1"),
    ("cst_state", "ma", "MA"),
    ("cst_country", "us", "USA"),
    ("cst_zip", "01581 1234", "01581-1234"),
    ("cst_email_status", "o3", "O3"),
    ("cst_cust_class", "gold", "GOLD"),
    ("cst_email", "Julie.Robinson@Example.com", "Julie.Robinson@Example.com"),
];

const STEERING: [&str; 3] = ["cst_action_type", "cst_send_response", "cst_duplicate"];

/// A value for each attribute but the customer number, and what is stored of it.
fn every_attribute(value_of: impl Fn(&str) -> String) -> (Message, Value) {
    let mut message = Message::of(&[]);
    let mut stored = json!({});
    for name in Attribute::all().map(Attribute::name) {
        let special = KEPT_OTHERWISE.iter().find(|(known, ..)| *known == name);
        let (given, kept) = match special {
            Some((_, given, kept)) => ((*given).to_owned(), (*kept).to_owned()),
            None => (value_of(name), value_of(name)),
        };
        match name {
            "cst_cust_nbr" => {}
            "cst_action_type" => message = message.with(name, "A"),
            "cst_send_response" | "cst_duplicate" => message = message.with(name, "Y"),
            _ => {
                message = message.with(name, &given);
                stored[name] = Value::from(kept);
            }
        }
    }
    (message, stored)
}

async fn survives(form: Form, value_of: impl Fn(&str) -> String) {
    let stand = Fixture::new().await;
    let (message, mut expected) = every_attribute(value_of);
    assert_eq!(message.attributes.len(), Attribute::all().count() - 1);
    let number = stand.tell(form, &message).await.created().number();
    expected["cst_cust_nbr"] = Value::from(&*number);
    let stored = stand.stored_attributes(&number).await;
    for steering in STEERING {
        assert_eq!(stored.get(steering), None);
    }
    assert_eq!(stored, expected, "{form:?}");
}

#[tokio::test]
async fn every_attribute_survives_in_both_forms() {
    for form in FORMS {
        survives(form, |name| format!("value of {name}")).await;
    }
}

#[tokio::test]
async fn values_of_all_scripts_and_of_markup_survive_as_they_came() {
    for form in FORMS {
        survives(form, |_| "Zoë \"&<>' \\ / # % | 山田 𐍈😀 e\u{301} ß".to_owned()).await;
    }
}

#[tokio::test]
async fn the_longest_values_survive() {
    for form in FORMS {
        survives(form, |name| {
            let longest = Attribute::named(name).expect("an attribute").max_characters();
            "é".repeat(longest)
        })
        .await;
    }
}

#[tokio::test]
async fn every_attribute_can_be_changed() {
    for form in FORMS {
        let stand = Fixture::new().await;
        let number = stand.add(&julie()).await.created().number();
        let (message, mut expected) = every_attribute(|name| format!("another {name}"));
        let message = message.with("cst_cust_nbr", &number);
        stand.tell(form, &message).await.updated();
        expected["cst_cust_nbr"] = Value::from(&*number);
        assert_eq!(stand.stored_attributes(&number).await, expected);
    }
}

#[tokio::test]
async fn a_blank_value_is_none_and_numbers_in_json_are_kept_as_they_are_written() {
    let stand = Fixture::new().await;
    let mut body: Value = serde_json::from_str(&julie().written(Form::Json)).expect("JSON");
    let customer = &mut body["CustSoldTo"];
    customer["cst_suffix"] = json!("");
    customer["cst_prefix"] = json!("   ");
    customer["cst_job_title"] = json!(null);
    let text = body.to_string();
    let text = text.replacen(
        "\"CustSoldTo\":{",
        "\"CustSoldTo\":{\"cst_discount_pct\":12.50,\"cst_price_column\":1E2,\"cst_account_nbr\":12345678901234567890,",
        1,
    );
    let answer = stand
        .post("/customers")
        .header(reqwest::header::CONTENT_TYPE, "application/json")
        .body(text)
        .send()
        .await
        .is(201);
    let number = answer["CustSoldTo"]["cst_cust_nbr"].as_str().expect("a number");
    let stored = stand.stored_attributes(number).await;
    for blank in ["cst_suffix", "cst_prefix", "cst_job_title"] {
        assert_eq!(stored.get(blank), None, "{blank}");
    }
    assert_eq!(stored["cst_discount_pct"], "12.50");
    assert_eq!(stored["cst_price_column"], "1E2");
    assert_eq!(stored["cst_account_nbr"], "12345678901234567890");
}

#[tokio::test]
async fn a_customer_is_read_by_its_number_with_or_without_its_zeros() {
    let stand = Fixture::new().await;
    let number = stand.add(&julie()).await.created().number();
    let whole = stand.stored(&number).await;
    assert_eq!(stand.stored(number.trim_start_matches('0')).await, whole);
    assert_eq!(stand.stored(&format!("0000{number}")).await, whole);
    assert_eq!(whole["cst_cust_nbr"], *number);
    assert_eq!(whole["status"], "ACTIVE");
    assert_eq!(whole["version"], 1);
    assert_eq!(whole["createdAt"], whole["updatedAt"]);
    for none in ["999999999", "0", "1234567890", "abc", "-1", "1.0", "%20"] {
        let answer = stand.get(&format!("/customers/{none}")).send().await;
        answer.is_problem(404, "not-found");
    }
}

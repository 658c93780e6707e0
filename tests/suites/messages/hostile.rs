//! Messages with values of any length and numbers of any kind: each is judged as it is. What is no message at all is among the hostile bodies.

use crate::fixture::Fixture;
use crate::message::{FORMS, Form, julie};

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

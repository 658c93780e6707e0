//! The control "default customer" (I90): what a Change blanks of that which it does not give.

use serde_json::json;

use crate::fixture::Fixture;
use crate::message::{Message, change, checked, julie};

/// A stand whose first customer, number 1, is the default customer: it has what Julie Robinson has, and a mail code.
async fn stand() -> Fixture {
    let stand = Fixture::with(&[("DEFAULT_CUSTOMER", "1")]).await;
    let default = julie().with_all(&[("cst_lname", "Default"), ("cst_mail_code", "M")]);
    assert_eq!(stand.add(&default).await.created().number(), "000000001");
    stand
}

/// Julie with what the default customer lacks, and what it has.
fn with_more() -> Message {
    julie().with_all(&[
        ("cst_apt", "5"),
        ("cst_vat_nbr", "V"),
        ("cst_mail_code", "X"),
        ("cst_relate_id", "REL"),
        ("cst_interface_cust_nbr", "ALT"),
    ])
}

#[tokio::test]
async fn a_change_blanks_where_the_default_customer_is_empty_but_never_company_numbers_or_relate_id()
 {
    let stand = stand().await;
    let number = stand.add(&with_more()).await.created().number();
    let changed = change("cst_cust_nbr", &number).with("cst_city", "Boston");
    stand.add(&changed).await.updated();
    let expected = json!({
        "cst_company": "1", "cst_cust_nbr": &number, "cst_interface_cust_nbr": "ALT", "cst_relate_id": "REL",
        "cst_fname": "Julie", "cst_lname": "Robinson", "cst_street_addr": "100 Example Street", "cst_city": "Boston",
        "cst_state": "MA", "cst_zip": "01581", "cst_country": "USA", "cst_email_status": "O1", "cst_mail_code": "X"
    });
    assert_eq!(stand.stored_attributes(&number).await, expected);
    // What the Change gives is kept, whatever the default customer has; and the numbers still name the customer.
    let given = change("cst_relate_id", "REL").with("cst_vat_nbr", "W");
    stand.add(&given).await.updated();
    assert_eq!(stand.stored_attributes(&number).await["cst_vat_nbr"], "W");
    let by_alternate = stand.add(&change("cst_interface_cust_nbr", "ALT")).await;
    assert_eq!(by_alternate.updated().number(), number);
}

#[tokio::test]
async fn the_update_of_a_duplicate_blanks_by_the_same_rules() {
    for check in ["S", "A"] {
        let stand = stand().await;
        let number = stand.add(&with_more().with("cst_apt", "")).await.created().number();
        stand.add(&checked(check)).await.updated();
        let stored = stand.stored_attributes(&number).await;
        assert_eq!(stored.get("cst_vat_nbr"), None);
        assert_eq!(stored["cst_mail_code"], "X");
        assert_eq!(stored["cst_relate_id"], "REL");
    }
}

#[tokio::test]
async fn the_edits_apply_to_what_is_left_after_blanking() {
    let stand = Fixture::with(&[("DEFAULT_CUSTOMER", "1"), ("COMPANIES", "1,2")]).await;
    // An Irish customer without state and postal code is the default customer.
    let irish = julie().with_all(&[("cst_country", "IRL"), ("cst_state", ""), ("cst_zip", "")]);
    stand.add(&irish).await.created();
    let number = stand.add(&julie().with("cst_company", "2")).await.created().number();
    let failed = stand.add(&change("cst_cust_nbr", &number)).await.failed();
    assert_eq!(failed, ["cst_state state-blank", "cst_zip zip-blank"]);
    let whole =
        change("cst_cust_nbr", &number).with_all(&[("cst_state", "MA"), ("cst_zip", "01581")]);
    stand.add(&whole).await.updated();
    assert_eq!(stand.stored_attributes(&number).await["cst_company"], "2");
}

#[tokio::test]
async fn without_the_control_or_without_that_customer_everything_is_kept() {
    for controls in [&[][..], &[("DEFAULT_CUSTOMER", "999")]] {
        let stand = Fixture::with(controls).await;
        stand.add(&julie().with("cst_lname", "First")).await.created();
        let number = stand.add(&with_more()).await.created().number();
        let mut expected = stand.stored_attributes(&number).await;
        let changed = change("cst_cust_nbr", &number).with("cst_city", "Boston");
        stand.add(&changed).await.updated();
        expected["cst_city"] = json!("Boston");
        assert_eq!(stand.stored_attributes(&number).await, expected);
    }
}

//! The answer in XML, as a person reads it and as a reader gets it back.

use domain::message::{Attribute, Routing};
use operations::messages::MessageResult;
use proptest::prelude::*;

use super::processed::{created, duplicate, failed};
use super::samples;
use crate::xml::characters::holdable;
use crate::xml::{read, write};
use api::customer_out::CustomerOut;

fn told(answer: &CustomerOut) -> String {
    String::from_utf8(write(answer)).expect("UTF-8")
}

#[test]
fn a_success_is_written_with_its_routing_identifier_and_warnings() {
    assert_eq!(
        told(&CustomerOut::of(&created(), false)),
        concat!(
            r#"<?xml version="1.0" encoding="UTF-8"?><Message type="CWCustomerOut" source="OMS" resp_q="R&lt;1&gt;" "#,
            r#"customerOrganizationIdentifier="0123456789ABCDEF-000001-01234567"><CustSoldTo cst_company="1" cst_cust_nbr="000013962" cst_action_type="A" "#,
            r#"cst_action_result="Success" cst_fname="Julie" cst_lname="Robinson" cst_street_addr="100 Example Street" cst_city="Westborough" "#,
            r#"cst_state="MA" cst_zip="01581" cst_country="USA"></CustSoldTo><Warning>cst_favourite is not a known attribute</Warning></Message>"#
        )
    );
}

#[test]
fn duplicates_and_failed_edits_are_elements_in_the_customer() {
    assert_eq!(
        told(&CustomerOut::of(&duplicate(&[20, 10, 9]), true)),
        concat!(
            r#"<?xml version="1.0" encoding="UTF-8"?><Message type="CWCustomerOut" dryRun="true"><CustSoldTo cst_company="1" cst_cust_nbr="000000020" "#,
            r#"cst_action_type="A" cst_action_result="Duplicate" cst_lname="Dryer 20" cst_city="Westborough">"#,
            r#"<Duplicate cst_cust_nbr="000000010" cst_lname="Dryer 10" cst_city="Westborough"/>"#,
            r#"<Duplicate cst_cust_nbr="000000009" cst_lname="Dryer 9" cst_city="Westborough"/></CustSoldTo></Message>"#
        )
    );
    assert_eq!(
        told(&CustomerOut::of(&failed(), false)),
        concat!(
            r#"<?xml version="1.0" encoding="UTF-8"?><Message type="CWCustomerOut" request_in_error="0123456789ABCDEF"><CustSoldTo cst_action_type="C" "#,
            "cst_action_result=\"Failure\" cst_lname=\"O&apos;Neil&#9;&quot;&amp;\u{fffd}\">",
            r#"<Error element="Message" attribute="type" code="invalid-type" reason="Invalid Message Type"/>"#,
            r#"<Error element="CustSoldTo" attribute="cst_city" code="city-blank" reason="City Blank"/></CustSoldTo></Message>"#
        )
    );
}

proptest! {
    #[test]
    fn whatever_is_answered_a_reader_gets_back(
        name in samples::value(|_| true),
        source in samples::value(|_| true),
        unknown in samples::value(|_| true),
    ) {
        let mut processed = created();
        processed.message.routing = Routing { source: Some(source.clone()), ..Routing::default() };
        processed.message.unknown = vec![unknown];
        if let MessageResult::Created(stored) = &mut processed.result {
            stored.attributes.set(Attribute::LAST_NAME, name.as_str());
        }
        let answer = CustomerOut::of(&processed, false);
        // `Warning` has text, which no message has within `Message`, but within an element that is none of ours.
        let back = read(&write(&answer)).expect("an answer has the form of a message");
        prop_assert_eq!(back.attributes.text(Attribute::LAST_NAME), holdable(&name));
        prop_assert_eq!(back.routing.source, Some(holdable(&source).into_owned()));
        prop_assert!(back.unknown.contains(&"Warning".to_owned()));
    }
}

//! What the XML reader takes. What it refuses, what it survives and how the answer is written have their own files.

mod answers;
mod hostile;
mod processed;
mod refused;

use domain::message::{Attribute, Message, Routing};
use proptest::prelude::*;

use super::characters::is_char;
use super::read;
use super::write::Document;
use crate::reading::samples::{self, inner, outer};
use crate::reading::{CUSTOMER, Unreadable};

/// A `CWCustomerIn` as an order-management system writes it.
fn written(message: &Message) -> Vec<u8> {
    let mut document = Document::begin();
    document
        .element("Message", outer(message), |inside| inside.empty(CUSTOMER, inner(message)))
        .expect("written into memory");
    document.end()
}

fn read_text(text: &str) -> Result<Message, Unreadable> {
    read(text.as_bytes())
}

fn customer_with(attributes: &str) -> String {
    format!("<Message type=\"CWCustomerIn\"><CustSoldTo {attributes}/></Message>")
}

proptest! {
    #[test]
    fn a_message_comes_back_from_xml_as_it_was(message in samples::message(is_char, "[A-Za-z_é][-A-Za-z0-9._é]{0,9}")) {
        let body = written(&message);
        let back = read(&body).expect("a message");
        prop_assert!(back == message);
        prop_assert_eq!(written(&back), body);
    }
}

#[test]
fn a_message_is_read_with_its_routing_and_attributes() {
    let message = read_text(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone='yes'?>\r\n<!-- daily -->\n\
         <Message type=\"CWCustomerIn\" source=\"OMS\" target='CM' resp_qmgr=\"Q1\" resp_q=\"R\">\n\
         \t<CustSoldTo cst_lname = \"Robinson\"\n cst_city='Westborough' cst_zip=\"\" cst_apt=\" \"></CustSoldTo >\n\
         </Message>\n<!-- end -->\n",
    )
    .expect("a message");
    let given = |text: &str| Some(text.to_owned());
    assert_eq!(message.message_type, given("CWCustomerIn"));
    let routing = Routing {
        source: given("OMS"),
        target: given("CM"),
        resp_qmgr: given("Q1"),
        resp_q: given("R"),
    };
    assert_eq!(message.routing, routing);
    assert_eq!(
        message.attributes.iter().collect::<Vec<_>>(),
        [(Attribute::LAST_NAME, "Robinson"), (Attribute::CITY, "Westborough")]
    );
    assert!(message.unknown.is_empty());
}

#[test]
fn every_attribute_is_read() {
    let attributes: String =
        Attribute::all().map(|attribute| format!(" {0}='v{0}'", attribute.name())).collect();
    let message = read_text(&customer_with(&attributes)).expect("a message");
    for attribute in Attribute::all() {
        assert_eq!(message.attributes.text(attribute), format!("v{}", attribute.name()));
    }
}

#[test]
fn references_and_white_space_in_values_mean_what_xml_says() {
    for (written, meant) in [
        ("a&lt;b&gt;c&amp;d&apos;e&quot;f", "a<b>c&d'e\"f"),
        ("&#82;&#x6f;&#x00062;", "Rob"),
        ("&#x1F600;&#233;", "😀é"),
        ("&amp;lt;", "&lt;"),
        ("&#38;lt;", "&lt;"),
        ("&#60;", "<"),
        ("a\tb\nc\r\nd\re", "a b c d e"),
        ("a&#9;b&#10;c&#13;&#xA;d", "a\tb\nc\r\nd"),
        ("  a  b&#9;&#10; ", "a  b"),
        ("a>b]]>c'd", "a>b]]>c'd"),
        ("\u{85}x\u{2028}", "x"),
    ] {
        let message =
            read_text(&customer_with(&format!("cst_lname=\"{written}\""))).expect(written);
        assert_eq!(message.attributes.text(Attribute::LAST_NAME), meant, "{written:?}");
    }
}

#[test]
fn what_is_unknown_is_remembered_by_name_and_ignored() {
    for (body, unknown) in [
        (
            "<Message version='2'><CustSoldTo cst_favourite='x'/></Message>",
            &["version", "cst_favourite"][..],
        ),
        (
            "<Message cst_city='x'><CustSoldTo type='y' CST_CITY='z'/></Message>",
            &["cst_city", "type", "CST_CITY"],
        ),
        (
            "<Message><a/><CustSoldTo/><b><c d='1'><Message/>text<![CDATA[<]]>&amp;</c></b></Message>",
            &["a", "b"],
        ),
        ("<Message><CustSoldTo><x>text</x><x/><y>&#65;</y></CustSoldTo></Message>", &["x", "y"]),
        ("<Message a='1'><a/><CustSoldTo a='2'/></Message>", &["a"]),
        (
            "<Message xmlns='urn:oms' xmlns:i='urn:i'><CustSoldTo i:nil='1' xmlns='' xml:lang='en'/></Message>",
            &["i:nil", "xml:lang"],
        ),
        (
            "<p:Message xmlns:p='u'><q:CustSoldTo p:cst_city='x'/><p:other/></p:Message>",
            &["p:cst_city", "p:other"],
        ),
        ("<Message><CustSoldTo cst_favourite=''/></Message>", &["cst_favourite"]),
    ] {
        let message = read_text(body).expect(body);
        assert_eq!(message.unknown, unknown, "{body}");
        assert!(message.attributes.is_empty(), "{body}");
    }
}

#[test]
fn comments_and_white_space_may_be_anywhere_and_sections_without_text_too() {
    for body in [
        "\u{feff}<Message><CustSoldTo/></Message>",
        "\u{feff}<?xml version=\"1.0\"?><Message><CustSoldTo/></Message>",
        "<?xml version='1.1' encoding='utf-8'?><Message><CustSoldTo/></Message>",
        "<?xml version='1.0' encoding='UTF-8' standalone='no' ?><Message><CustSoldTo/></Message>",
        "<?xml version='1.0' encoding='us-ascii'?><Message><CustSoldTo/></Message>",
        "<?xml version='1.0' encoding='utf8'?><Message><CustSoldTo/></Message>",
        "<?xml version='1.0' encoding='UTF-16'?><Message><CustSoldTo/></Message>",
        "<?xml version='1.0' encoding='ISO-8859-1'?><Message><CustSoldTo/></Message>",
        "<?xml version='1.0'?><?xml-stylesheet type='text/xsl' href='a'?>\n<Message><CustSoldTo/></Message>",
        "  \n<!-- a --><Message><!-- b --><CustSoldTo><!-- <CustSoldTo/> & --></CustSoldTo><!----></Message ><!-- c -->\t",
        "<Message><![CDATA[]]><CustSoldTo>&#32;<![CDATA[ \n]]></CustSoldTo>&#x9;</Message>",
    ] {
        assert!(read_text(body).is_ok(), "{body:?}: {:?}", read_text(body));
    }
}

//! Bodies that are made to break or to slow the XML reader, at the greatest size that a body may have.

use api::problem::{Problem, ProblemType};
use proptest::collection::vec;
use proptest::prelude::*;

use super::{customer_with, is_char, read, read_text, samples, written};
use crate::reading::{Kind, MAX_UNKNOWN};
use crate::xml::MAX_DEPTH;

/// 128 KiB: longer bodies are refused before they are read.
const MAX_BODY: usize = 128 * 1024;

const PIECES: &[&str] = &[
    "<!DOCTYPE a [",
    "<!ENTITY a \"b\">",
    "]>",
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "--",
    "<?xml ",
    "<?a",
    "?>",
    "&",
    "&#",
    "&#x",
    "&amp;",
    ";",
    "<",
    ">",
    "/>",
    "</",
    "<CustSoldTo",
    "<CustSoldTo/>",
    "</CustSoldTo>",
    "<Message",
    "</Message>",
    "<a>",
    "</a>",
    "=",
    "\"",
    "'",
    " a='b'",
    " cst_city=\"x\"",
    " xmlns='u'",
    "a:",
    "\u{feff}",
    "\0",
    "\t",
    "\r\n",
    "é",
    "\u{ffff}",
];

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(body in vec(any::<u8>(), 0..300)) {
        let _ = read(&body);
    }

    #[test]
    fn no_pieces_of_xml_make_the_reader_panic(pieces in vec(proptest::sample::select(PIECES), 0..40)) {
        let _ = read_text(&pieces.concat());
    }

    #[test]
    fn a_message_that_was_changed_is_refused_or_read_as_one_that_can_be_written(
        message in samples::message(is_char, "[a-z]{1,5}"),
        changes in samples::changes(PIECES),
    ) {
        let body = samples::changed(written(&message), changes);
        if let Ok(mut found) = read(&body) {
            // Where an unknown name stood, and whole if it was long, is not known any more.
            found.unknown.clear();
            prop_assert!(read(&written(&found)).as_ref() == Ok(&found));
        }
    }
}

/// The piece, as often as a body has room for it.
fn filled(piece: &str) -> String {
    piece.repeat(MAX_BODY / piece.len())
}

#[test]
fn bodies_that_grow_when_they_are_read_are_refused() {
    let mut laughs = "<!DOCTYPE Message [<!ENTITY l0 \"lol\">".to_owned();
    for n in 1..50 {
        laughs.push_str(&format!("<!ENTITY l{n} \"{}\">", format!("&l{};", n - 1).repeat(10)));
    }
    laughs.push_str("]><Message><CustSoldTo cst_city='&l49;'/></Message>");
    let quadratic = format!(
        "<!DOCTYPE Message [<!ENTITY a \"{}\">]>{}",
        "a".repeat(60_000),
        customer_with(&format!("cst_city='{}'", "&a;".repeat(20_000)))
    );
    for body in [laughs, quadratic] {
        let refused = read_text(&body).expect_err("a document type declaration");
        assert!(refused.reason().contains("document type declaration"), "{}", refused.reason());
    }
}

#[test]
fn ten_thousand_attributes_are_read_and_a_repeated_one_is_found() {
    let many: String = (0..10_000).map(|n| format!(" a{n}=''")).collect();
    let message = read_text(&customer_with(&format!("{many} cst_city='x'"))).expect("a message");
    assert_eq!(message.unknown.len(), MAX_UNKNOWN);
    assert_eq!(message.attributes.iter().count(), 1);
    let refused = read_text(&customer_with(&format!("{many} a0=''"))).expect_err("a0 twice");
    assert!(refused.reason().contains("An attribute is given twice"), "{}", refused.reason());
}

#[test]
fn elements_are_read_to_a_depth_and_refused_beyond() {
    let nested = |depth: usize| {
        let within = depth - 1;
        format!("<Message><CustSoldTo/>{}{}</Message>", "<a>".repeat(within), "</a>".repeat(within))
    };
    assert!(read_text(&nested(MAX_DEPTH)).is_ok());
    for depth in [MAX_DEPTH + 1, 10_000] {
        let refused = read_text(&nested(depth)).expect_err("too deep");
        assert_eq!(refused.kind(), Kind::CannotParse);
        assert!(refused.reason().contains("Too many elements are within each other"));
    }
}

#[test]
fn the_longest_hostile_bodies_are_answered() {
    for (start, piece) in [
        ("", "<a>"),
        ("", "<"),
        ("", ">"),
        ("", "&"),
        ("", "<!"),
        ("", "<!--"),
        ("", "<!-->"),
        ("", "<![CDATA["),
        ("", "<!D<"),
        ("<!DOCTYPE a [", "<!ENTITY a 'b'>"),
        ("<!DOCTYPE a [", "<!--"),
        ("<!DOCTYPE a [", "<?a"),
        ("<!DOCTYPE ", "<>"),
        ("", "<?"),
        ("<?", "?"),
        ("<Message ", "a"),
        ("<Message ", "a=''"),
        ("<Message ", "'\""),
        ("<Message a='", "&amp;"),
        ("<Message a='", "&"),
        ("<Message>", "&amp;"),
        ("<Message><CustSoldTo/>", "<a/>"),
        ("<Message><CustSoldTo/>", "<CustSoldTo/>"),
        ("<Message><CustSoldTo/>", "<!---->"),
        ("<Message><CustSoldTo/></Message>", "</a>"),
    ] {
        let body = format!("{start}{}", filled(piece));
        let refused = read_text(&body).expect_err(piece);
        assert_eq!(refused.kind(), Kind::CannotParse, "{start}{piece}");
        assert_eq!(Problem::from(refused).kind(), ProblemType::InvalidMessage);
    }
    let body = format!("<Message>{}</Message>", filled("<CustSoldTo/>"));
    assert_eq!(read_text(&body).expect_err("ten thousand").kind(), Kind::Invalid);
}

#[test]
fn a_value_as_long_as_the_body_is_read_whole() {
    let value = "&#65;".repeat(25_000);
    let message = read_text(&customer_with(&format!("cst_city='{value}'"))).expect("a message");
    let (_, city) = message.attributes.iter().next().expect("a city");
    assert!(city.len() == 25_000 && city.bytes().all(|byte| byte == b'A'));
}

//! What the XML reader refuses, which of the two refusals it is, and where it says the fault is.

use domain::message::Attribute;

use super::{read, read_text};
use crate::reading::Kind;

#[test]
fn what_is_well_formed_but_no_message_with_one_customer_is_invalid() {
    for (body, reason) in [
        ("<Customer/>", "The outermost element is not `Message`, at line 1 column 1."),
        (
            "<message><CustSoldTo/></message>",
            "The outermost element is not `Message`, at line 1 column 1.",
        ),
        (
            "<Message:p><CustSoldTo/></Message:p>",
            "The outermost element is not `Message`, at line 1 column 1.",
        ),
        ("<CustSoldTo/>", "The outermost element is not `Message`, at line 1 column 1."),
        (
            "<Envelope><Message><CustSoldTo/></Message></Envelope>",
            "The outermost element is not `Message`, at line 1 column 1.",
        ),
        ("<Message/>", "`Message` has no `CustSoldTo`, at line 1 column 11."),
        (
            "<Message>\n<custsoldto/></Message>",
            "`Message` has no `CustSoldTo`, at line 2 column 24.",
        ),
        (
            "<Message><CustSoldTo/><p:CustSoldTo/></Message>",
            "There is more than one `CustSoldTo`, at line 1 column 23.",
        ),
        (
            "<Message>\n <CustSoldTo/>\n <CustSoldTo/></Message>",
            "There is more than one `CustSoldTo`, at line 3 column 2.",
        ),
        (
            "<Message><CustSoldTo><CustSoldTo/></CustSoldTo></Message>",
            "A `CustSoldTo` is not directly in `Message`, at line 1 column 22.",
        ),
        (
            "<Message><CustSoldTo/><a><CustSoldTo/></a></Message>",
            "A `CustSoldTo` is not directly in `Message`, at line 1 column 26.",
        ),
        (
            "<Message>Julie<CustSoldTo/></Message>",
            "There is text where only elements belong, at line 1 column 10.",
        ),
        (
            "<Message><CustSoldTo>Julie</CustSoldTo></Message>",
            "There is text where only elements belong, at line 1 column 22.",
        ),
        (
            "<Message><CustSoldTo/>&amp;</Message>",
            "There is text where only elements belong, at line 1 column 23.",
        ),
        (
            "<Message><CustSoldTo/>&#65;</Message>",
            "There is text where only elements belong, at line 1 column 23.",
        ),
        (
            "<Message><CustSoldTo><![CDATA[Julie]]></CustSoldTo></Message>",
            "There is text where only elements belong, at line 1 column 22.",
        ),
        (
            "<Message><CustSoldTo/>\u{a0}</Message>",
            "There is text where only elements belong, at line 1 column 23.",
        ),
        ("<Zoë/>", "The outermost element is not `Message`, at line 1 column 1."),
    ] {
        let refused = read_text(body).expect_err(body);
        assert_eq!(refused.kind(), Kind::Invalid, "{body}");
        assert_eq!(refused.reason(), format!("Invalid XML Message: {reason}"), "{body}");
    }
}

#[test]
fn what_is_not_well_formed_or_not_accepted_cannot_be_parsed() {
    for body in [
        "",
        " \n",
        "\u{feff}",
        "Julie",
        "{\"type\":\"CWCustomerIn\"}",
        "<",
        "<>",
        "<!",
        "<?",
        "<?>",
        "<!-",
        "</Message>",
        "< Message><CustSoldTo/></ Message>",
        "<Message",
        "<Message>",
        "<Message><CustSoldTo>",
        "<Message><CustSoldTo></Message>",
        "<Message><CustSoldTo></Message></CustSoldTo>",
        "<Message><CustSoldTo/></message>",
        "<Message><CustSoldTo/></Message x='1'>",
        "<Message><CustSoldTo/></Message></Message>",
        "<Message><CustSoldTo/></Message><Message><CustSoldTo/></Message>",
        "<Message><CustSoldTo/></Message><a/>",
        "<Message><CustSoldTo/></Message>Julie",
        "<Message><CustSoldTo/></Message>&#32;",
        "<Message><CustSoldTo/></Message><![CDATA[]]>",
        "Julie<Message><CustSoldTo/></Message>",
        "&amp;<Message><CustSoldTo/></Message>",
        "<![CDATA[ ]]><Message><CustSoldTo/></Message>",
        "<Message><CustSoldTo cst_city='a' cst_city='a'/></Message>",
        "<Message><CustSoldTo cst_city='a' cst_zip='' cst_city=''/></Message>",
        "<Message type='a' type='b'><CustSoldTo/></Message>",
        "<Message xmlns='a' xmlns='b'><CustSoldTo/></Message>",
        "<Message><CustSoldTo/><x y='1' y='2'/></Message>",
        "<Message><CustSoldTo cst_city=a/></Message>",
        "<Message><CustSoldTo cst_city/></Message>",
        "<Message><CustSoldTo cst_city=/></Message>",
        "<Message><CustSoldTo cst_city='Julie/></Message>",
        "<Message><CustSoldTo cst_city='a'cst_zip='b'/></Message>",
        "<Message><CustSoldTo cst_city='a' / ></Message>",
        "<Message><CustSoldTo cst_city='a<b'/></Message>",
        "<Message><CustSoldTo ='a'/></Message>",
        "<Message><CustSoldTo 1='a'/></Message>",
        "<Message><CustSoldTo a&b='a'/></Message>",
        "<Message><CustSoldTo/><1/></Message>",
        "<Message><CustSoldTo/><a<b/></Message>",
        "<Message><CustSoldTo cst_city='&Julie;'/></Message>",
        "<Message><CustSoldTo cst_city='&nbsp;'/></Message>",
        "<Message><CustSoldTo cst_city='a & b'/></Message>",
        "<Message><CustSoldTo cst_city='&amp'/></Message>",
        "<Message><CustSoldTo cst_city='&;'/></Message>",
        "<Message><CustSoldTo cst_city='&#;'/></Message>",
        "<Message><CustSoldTo cst_city='&#x;'/></Message>",
        "<Message><CustSoldTo cst_city='&#X41;'/></Message>",
        "<Message><CustSoldTo cst_city='&#+65;'/></Message>",
        "<Message><CustSoldTo cst_city='&#0;'/></Message>",
        "<Message><CustSoldTo cst_city='&#8;'/></Message>",
        "<Message><CustSoldTo cst_city='&#x1b;'/></Message>",
        "<Message><CustSoldTo cst_city='&#xD800;'/></Message>",
        "<Message><CustSoldTo cst_city='&#xFFFE;'/></Message>",
        "<Message><CustSoldTo cst_city='&#x110000;'/></Message>",
        "<Message><CustSoldTo cst_city='&#99999999999999999999;'/></Message>",
        "<Message other='&Julie;'><CustSoldTo/></Message>",
        "<Message><CustSoldTo/><x y='&Julie;'/></Message>",
        "<Message><CustSoldTo/><x>&Julie;</x></Message>",
        "<Message><CustSoldTo/>&#1;</Message>",
        "<Message><CustSoldTo/><x>&</x></Message>",
        "<Message><CustSoldTo/><x>a]]>b</x></Message>",
        "<Message><CustSoldTo cst_city='a\u{1}b'/></Message>",
        "<Message><CustSoldTo cst_city='a\0b'/></Message>",
        "<Message><CustSoldTo/><!-- \u{ffff} --></Message>",
        "<Message><!-- a -- b --><CustSoldTo/></Message>",
        "<Message><!-- a ---><CustSoldTo/></Message>",
        "<Message><!--><CustSoldTo/></Message>",
        "<Message><![cdata[]]><CustSoldTo/></Message>",
        "<Message><![CDATA[<CustSoldTo/></Message>",
        "<!DOCTYPE Message><Message><CustSoldTo/></Message>",
        "<!doctype Message><Message><CustSoldTo/></Message>",
        "<!DOCTYPE Message SYSTEM \"file:///etc/passwd\"><Message><CustSoldTo/></Message>",
        "<!DOCTYPE Message [<!ENTITY x \"Julie\">]><Message><CustSoldTo cst_city='&x;'/></Message>",
        "<!DOCTYPE Message [<!ENTITY % x SYSTEM \"http://a.example/\"> %x;]><Message><CustSoldTo/></Message>",
        "<!DOCTYPE",
        "<!ENTITY x 'y'><Message><CustSoldTo/></Message>",
        "<Message><!DOCTYPE Message><CustSoldTo/></Message>",
        "<?xml-stylesheets href='a'?><Message><CustSoldTo/></Message>",
        "<Message><?xml-stylesheet href='a'?><CustSoldTo/></Message>",
        "<Message><CustSoldTo/></Message><?xml-stylesheet href='a'?>",
        "<Message><?php Julie ?><CustSoldTo/></Message>",
        "<Message><CustSoldTo/></Message><?end?>",
        " <?xml version=\"1.0\"?><Message><CustSoldTo/></Message>",
        "<!-- a --><?xml version=\"1.0\"?><Message><CustSoldTo/></Message>",
        "<?xml version=\"1.0\"?><?xml version=\"1.0\"?><Message><CustSoldTo/></Message>",
        "<Message><?xml version=\"1.0\"?><CustSoldTo/></Message>",
        "<?XML version=\"1.0\"?><Message><CustSoldTo/></Message>",
        "<?xml?><Message><CustSoldTo/></Message>",
        "<?xml encoding='UTF-8'?><Message><CustSoldTo/></Message>",
        "<?xml encoding='UTF-8' version='1.0'?><Message><CustSoldTo/></Message>",
        "<?xml version='2.0'?><Message><CustSoldTo/></Message>",
        "<?xml version='1.'?><Message><CustSoldTo/></Message>",
        "<?xml version=1.0?><Message><CustSoldTo/></Message>",
        "<?xml version='1.0' encoding='KOI8-R'?><Message><CustSoldTo/></Message>",
        "<?xml version='1.0' encoding='UTF-32'?><Message><CustSoldTo/></Message>",
        "<?xml version='1.0' encoding=''?><Message><CustSoldTo/></Message>",
        "<?xml version='1.0' standalone='maybe'?><Message><CustSoldTo/></Message>",
        "<?xml version='1.0' standalone='yes' encoding='UTF-8'?><Message><CustSoldTo/></Message>",
        "<?xml version='1.0' source='OMS'?><Message><CustSoldTo/></Message>",
        "<?xml version='1.0'encoding='UTF-8'?><Message><CustSoldTo/></Message>",
        "\u{feff}\u{feff}<Message><CustSoldTo/></Message>",
        // Not well-formed comes before not a message.
        "<Customer><CustSoldTo/>",
        "<Message><CustSoldTo/><CustSoldTo/></Message",
    ] {
        let refused = read_text(body).expect_err(body);
        assert_eq!(refused.kind(), Kind::CannotParse, "{body}: {}", refused.reason());
        let reason = refused.reason();
        assert!(reason.starts_with("Cannot Parse XML Message: "), "{reason}");
        assert!(reason.contains(", at line ") && reason.ends_with('.'), "{reason}");
        assert!(!reason.contains("Julie") && refused.faults().is_empty(), "{reason}");
    }
}

#[test]
fn bytes_that_their_encoding_does_not_have_cannot_be_parsed() {
    let text = "<?xml version='1.0'?><Message><CustSoldTo cst_city='Zürich'/></Message>";
    let units =
        |order: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(order).collect::<Vec<u8>>();
    let latin: Vec<u8> = text.chars().map(|found| found as u8).collect();
    for body in [
        [vec![0xff, 0xfe], units(u16::to_be_bytes)].concat(),
        [vec![0xff, 0xfe], units(u16::to_le_bytes), vec![0x0a]].concat(),
        units(u16::to_le_bytes),
        units(u16::to_be_bytes),
        latin,
        b"<Message><CustSoldTo cst_city='\xed\xa0\x80'/></Message>".to_vec(),
        b"<Message><CustSoldTo cst_city='\xc0\xbc'/></Message>".to_vec(),
    ] {
        let refused = read(&body).expect_err("another encoding");
        assert_eq!(refused.kind(), Kind::CannotParse);
    }
    for body in [
        [vec![0xff, 0xfe], units(u16::to_le_bytes)].concat(),
        [vec![0xfe, 0xff], units(u16::to_be_bytes)].concat(),
    ] {
        let message = read(&body).expect("UTF-16 with its mark");
        assert_eq!(message.attributes.text(Attribute::CITY), "Zürich");
    }
    let refused = read(b"<Message a='\xff'/>").expect_err("not UTF-8");
    assert_eq!(
        refused.reason(),
        "Cannot Parse XML Message: The body is not UTF-8: byte 13 does not belong there."
    );
}

#[test]
fn the_place_is_counted_in_characters_of_the_line() {
    let refused = read_text("\u{feff}<Message>\n  <!-- é --><CustSoldTo/><?x?></Message>");
    assert_eq!(
        refused.expect_err("an instruction").reason(),
        "Cannot Parse XML Message: Processing instructions other than a stylesheet are not accepted, at line 2 column 26."
    );
}

//! Hostile bodies at every route that reads one: refused before the table is asked, or read as harmless text. Never a panic, never a 5xx.
//!
//! What stands for "cheap" is that a refusal asks the table nothing and says little, however large the body is.

use kit::fixture::acme;
use serde_json::json;

use crate::door::{Answer, Door, Event};

/// No refusal is longer, in bytes: at most a hundred faults with short sentences.
const LONGEST_REFUSAL: usize = 40 * 1024;

/// Every route that reads a body.
const DOORS: [(&str, &str); 9] = [
    ("POST", "/dealer-customers"),
    ("POST", "/customers"),
    ("PATCH", "/errors/0123456789ABCDEF"),
    ("POST", "/errors/0123456789ABCDEF/reprocess"),
    ("POST", "/errors/reprocess"),
    ("POST", "/customers/000000001/erase"),
    ("POST", "/customers/000000001/merge"),
    ("POST", "/customers/000000001/unmerge"),
    ("POST", "/customers/000000001/restore"),
];

#[track_caller]
fn is_cheaply_refused(answer: &Answer, what: &str) {
    assert!((400..500).contains(&answer.status), "{what}: {answer:?}");
    assert_eq!(answer.steps(), 0, "{what} is refused before the table is asked: {answer:?}");
    assert!(answer.body.len() <= LONGEST_REFUSAL, "{what}: {} bytes", answer.body.len());
    answer.problem();
}

/// Bodies that are no JSON, or that are a trap: what it is, the bytes, and the code of the one fault that a dealer is told, where there is one.
fn json_traps() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let wide: Vec<String> = (0..10_000).map(|at| format!("\"p{at}\":{at}")).collect();
    let nested = |open: &str, close: &str| [open.repeat(10_000), close.repeat(10_000)].concat();
    let utf_16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    vec![
        ("nothing but a blank", b" ".to_vec(), "empty-body"),
        ("nothing but white space", b" \r\n\t".to_vec(), "empty-body"),
        ("a list ten thousand deep", "[".repeat(10_000).into_bytes(), "not-json"),
        ("a list a hundred thousand deep", "[".repeat(100_000).into_bytes(), "not-json"),
        ("a closed list ten thousand deep", nested("[", "]").into_bytes(), "not-json"),
        ("an object ten thousand deep", "{\"a\":".repeat(10_000).into_bytes(), "not-json"),
        (
            "a closed object ten thousand deep",
            nested("{\"address\":", "}").into_bytes(),
            "not-json",
        ),
        (
            "a deep value of a property",
            format!("{{\"a\":{}{}}}", "[".repeat(500), "]".repeat(500)).into_bytes(),
            "",
        ),
        ("an object that is not closed", b"{".to_vec(), "not-json"),
        (
            "a repeated property",
            br#"{"code":"city-blank","code":"city-blank","ids":["x"],"ids":[]}"#.to_vec(),
            "",
        ),
        ("a lone high surrogate", br#"{"a":"\ud800"}"#.to_vec(), "not-json"),
        ("a lone low surrogate", br#"{"a":"\udc00x"}"#.to_vec(), "not-json"),
        ("surrogates in the wrong order", br#"{"a":"\udc00\ud800"}"#.to_vec(), "not-json"),
        ("an escape that there is not", br#"{"businessName":"Caf\xe9"}"#.to_vec(), "not-json"),
        ("invalid UTF-8", b"{\"a\":\"\xff\xfe\"}".to_vec(), "not-utf-8"),
        ("invalid UTF-8 in a name", b"{\"a\xff\":1}".to_vec(), "not-utf-8"),
        ("half a character", b"\xc3".to_vec(), "not-utf-8"),
        ("an overlong NUL", b"{\"a\":\"\xc0\x80\"}".to_vec(), "not-utf-8"),
        ("a surrogate in UTF-8", b"{\"a\":\"\xed\xa0\x80\"}".to_vec(), "not-utf-8"),
        ("a naked NUL", b"{\"a\":\"\x00\"}".to_vec(), "not-json"),
        ("a naked NUL behind", b"{}\x00".to_vec(), "not-json"),
        ("a thousand NULs", vec![0; 1_000], "not-json"),
        ("a line break in a text", b"{\"dealerCode\":\"a\nb\"}".to_vec(), "not-json"),
        ("UTF-16", utf_16("{\"a\":1}"), "not-json"),
        ("UTF-16 that says so", vec![0xff, 0xfe, b'{', 0], "not-utf-8"),
        ("UTF-32", "{}".chars().flat_map(|c| (c as u32).to_be_bytes()).collect(), "not-json"),
        ("NaN", br#"{"dealerCode":NaN}"#.to_vec(), "not-json"),
        ("a hexadecimal number", br#"{"a":0x10}"#.to_vec(), "not-json"),
        ("a number with a leading zero", br#"{"a":007}"#.to_vec(), "not-json"),
        ("a number without an end", br#"{"a":1e}"#.to_vec(), "not-json"),
        ("a number that no number holds", br#"{"dealerCode":1e999}"#.to_vec(), "not-json"),
        ("a comment", b"{/* */}".to_vec(), "not-json"),
        ("a comment before", b"// c\n{}".to_vec(), "not-json"),
        ("a comma at the end", br#"{"dealerCode":"TD68",}"#.to_vec(), "not-json"),
        ("single quotes", b"{'dealerCode':'TD68'}".to_vec(), "not-json"),
        ("a form", b"dealerCode=TD68".to_vec(), "not-json"),
        ("XML", b"<Message/>".to_vec(), "not-json"),
        ("two values", b"{}{}".to_vec(), "not-json"),
        ("two values apart", b"{} {}".to_vec(), "not-json"),
        ("a text", br#""CustSoldTo""#.to_vec(), "wrong-kind"),
        ("a number", b"7".to_vec(), "wrong-kind"),
        ("a number of any size", b"1e999".to_vec(), "not-json"),
        ("a truth", b"true".to_vec(), "wrong-kind"),
        ("an empty list", b"[]".to_vec(), "wrong-kind"),
        ("a list", b"[{}]".to_vec(), "wrong-kind"),
        ("null", b"null".to_vec(), "wrong-kind"),
        ("ten thousand unknown properties", format!("{{{}}}", wide.join(",")).into_bytes(), ""),
        ("a prototype", br#"{"__proto__":{"a":1},"constructor":{"prototype":{}}}"#.to_vec(), ""),
        ("too many bytes", format!("{{\"a\":\"{}\"}}", "x".repeat(131_072)).into_bytes(), ""),
        ("far too many bytes", vec![b'['; 5 << 20], ""),
        (
            "a text that never ends",
            format!("{{\"a\":\"{}", "\\u0000".repeat(20_000)).into_bytes(),
            "not-json",
        ),
        (
            "a name of a hundred thousand characters",
            format!("{{\"{}\":{{}}}}", "n".repeat(100_000)).into_bytes(),
            "",
        ),
    ]
}

#[tokio::test]
async fn json_that_is_broken_or_a_trap_is_refused_at_every_door_before_the_table_is_asked() {
    let door = Door::open().await;
    for (method, target) in DOORS {
        for (what, body, code) in json_traps() {
            let what = format!("{what} at {method} {target}");
            let large = body.len() > api::call::MAX_BODY;
            let event = Event::new(method, target).header("if-match", "*");
            let answer = door.send(&event.body("application/json", body)).await;
            if target.ends_with("/erase") {
                // It reads no body, whatever comes.
                assert_eq!(answer.status, 404, "{what}: {answer:?}");
                continue;
            }
            if code.is_empty() && answer.status == 422 && target == "/customers" {
                // Unknown properties of a message are warnings, and it fails its edits.
                assert!(answer.body.len() < LONGEST_REFUSAL, "{what}");
                continue;
            }
            is_cheaply_refused(&answer, &what);
            assert_eq!(answer.status == 413, large, "{what}: {answer:?}");
            if code.is_empty() {
                continue;
            }
            match target {
                "/customers" => assert_eq!(answer.problem(), "invalid-message", "{what}"),
                "/dealer-customers" => {
                    assert_eq!(answer.problem(), "invalid-request", "{what}");
                    let faults = &answer.json()["errors"];
                    assert_eq!(
                        (
                            &faults[0]["pointer"],
                            &faults[0]["code"],
                            faults.as_array().map(Vec::len)
                        ),
                        (&json!(""), &json!(code), Some(1)),
                        "{what}: {answer:?}"
                    );
                }
                _ => {}
            }
        }
    }
    assert!(door.fixture.records().await.is_empty(), "nothing was written");
}

#[tokio::test]
async fn json_that_is_no_message_is_refused_before_the_table_is_asked() {
    let door = Door::open().await;
    for body in [
        "{\"CustSoldTo\":{\"cst_lname\":\"\\ud800\"}}",
        "{\"CustSoldTo\":{\"cst_lname\":\"a\u{7}\"}}",
        "{\"CustSoldTo\":{\"cst_lname\":NaN}}",
        "{\"CustSoldTo\":{\"cst_lname\":01}}",
        "{\"CustSoldTo\":{\"cst_lname\":true}}",
        "{\"CustSoldTo\":{\"cst_lname\":{}}}",
        "{\"CustSoldTo\":[]}",
        "{\"CustSoldTo\":null}",
        "{\"CustSoldTo\":{}}{}",
        "{\"CustSoldTo\":{},\"CustSoldTo\":{}}",
        "{'CustSoldTo':{}}",
        "{\"type\":[],\"CustSoldTo\":{}}",
    ] {
        let answer =
            door.send(&Event::new("POST", "/customers").body("application/json", body)).await;
        is_cheaply_refused(&answer, body);
        assert_eq!((answer.status, answer.problem().as_str()), (400, "invalid-message"), "{body}");
    }
    assert!(door.fixture.records().await.is_empty(), "nothing was written");
}

#[tokio::test]
async fn a_byte_order_mark_and_numbers_of_any_size_do_no_harm() {
    let door = Door::open().await;
    let add = |body: Vec<u8>| Event::new("POST", "/customers").body("application/json", body);
    let marked = b"\xef\xbb\xbf{\"type\":\"CWCustomerIn\",\"CustSoldTo\":{}}".to_vec();
    let answer = door.send(&add(marked)).await;
    assert!([400, 422].contains(&answer.status), "{answer:?}");
    for number in [
        "1e999",
        "-1e999",
        "1e-999999999",
        "0.1e+5",
        "-0",
        "123456789012345678901234567890",
        "9".repeat(60_000).as_str(),
    ] {
        let body = format!(
            "{{\"type\":\"CWCustomerIn\",\"CustSoldTo\":{{\"cst_send_response\":\"Y\",\"cst_lname\":{number},\"cst_cust_nbr\":{number}}}}}"
        );
        let answer = door.send(&add(body.into_bytes())).await;
        // What no number can hold is no JSON of ours; any other is a text, and fails its edits.
        let refused = if number.parse().is_ok_and(f64::is_infinite) {
            is_cheaply_refused(&answer, &number[..number.len().min(20)]);
            400
        } else {
            422
        };
        assert_eq!(answer.status, refused, "{}: {answer:?}", &number[..number.len().min(20)]);
        let bulk = format!("{{\"code\":\"city-blank\",\"limit\":{number}}}");
        let answer = door
            .send(&Event::new("POST", "/errors/reprocess").body("application/json", bulk))
            .await;
        is_cheaply_refused(&answer, &number[..number.len().min(20)]);
    }
}

fn xml_traps() -> Vec<(&'static str, Vec<u8>)> {
    let message =
        |inner: &str| format!("<Message type=\"CWCustomerIn\"><CustSoldTo {inner}/></Message>");
    let good = r#"<Message type="CWCustomerIn"><CustSoldTo cst_lname="&lol9;"/></Message>"#;
    let mut laughs = String::from("<?xml version=\"1.0\"?><!DOCTYPE lolz [<!ENTITY lol0 \"lol\">");
    for level in 1..10 {
        let below = format!("&lol{};", level - 1).repeat(10);
        laughs.push_str(&format!("<!ENTITY lol{level} \"{below}\">"));
    }
    laughs.push_str("]>");
    let many: Vec<String> = (0..10_000).map(|at| format!("a{at}=\"{at}\"")).collect();
    let repeated = "cst_lname=\"x\" ".repeat(1_000);
    let utf16 = |text: &str| -> Vec<u8> {
        [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
    };
    vec![
        ("an empty DOCTYPE", format!("<!DOCTYPE Message>{good}").into_bytes()),
        ("a billion laughs", format!("{laughs}{good}").into_bytes()),
        (
            "an external entity",
            br#"<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><Message type="CWCustomerIn"><CustSoldTo cst_lname="&x;"/></Message>"#.to_vec(),
        ),
        ("a parameter entity", br#"<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1/"> %x;]><Message/>"#.to_vec()),
        ("an entity that nobody defined", good.as_bytes().to_vec()),
        ("a reference to NUL", br#"<Message type="CWCustomerIn"><CustSoldTo cst_lname="&#0;"/></Message>"#.to_vec()),
        ("a reference beyond Unicode", br#"<Message type="CWCustomerIn"><CustSoldTo cst_lname="&#x110000;"/></Message>"#.to_vec()),
        ("a reference to a surrogate", br#"<Message type="CWCustomerIn"><CustSoldTo cst_lname="&#xD800;"/></Message>"#.to_vec()),
        ("elements ten thousand deep", "<Message>".repeat(10_000).into_bytes()),
        ("closed elements ten thousand deep", format!("{}{}", "<a>".repeat(10_000), "</a>".repeat(10_000)).into_bytes()),
        ("a repeated attribute", format!("<Message type=\"CWCustomerIn\"><CustSoldTo {repeated}/></Message>").into_bytes()),
        ("two customers", br#"<Message type="CWCustomerIn"><CustSoldTo/><CustSoldTo/></Message>"#.to_vec()),
        ("two messages", br#"<Message type="CWCustomerIn"><CustSoldTo/></Message><Message/>"#.to_vec()),
        ("UTF-16", utf16(good)),
        ("half of a UTF-16 pair", utf16("<Message/>\u{1f600}")[..24].to_vec()),
        ("UTF-16 that says so", utf16(&format!("<?xml version=\"1.0\" encoding=\"UTF-16\"?>{good}"))),
        ("invalid UTF-8", b"<Message type=\"\xff\"/>".to_vec()),
        (
            "an encoding that nobody reads",
            b"<?xml version=\"1.0\" encoding=\"KOI8-R\"?><Message type=\"CWCustomerIn\"><CustSoldTo cst_lname=\"M\xfcller\"/></Message>".to_vec(),
        ),
        ("a naked NUL", b"<Message type=\"CWCustomerIn\"><CustSoldTo cst_lname=\"\x00\"/></Message>".to_vec()),
        ("a less-than in a value", br#"<Message type="<"/>"#.to_vec()),
        ("a value without quotes", b"<Message type=CWCustomerIn/>".to_vec()),
        ("no end", b"<Message type=\"CWCustomerIn\"><CustSoldTo cst_lname=\"".to_vec()),
        ("an end that is another's", b"<Message><CustSoldTo></Message></CustSoldTo>".to_vec()),
        ("no element", b"hello".to_vec()),
        ("an instruction", format!("<?php die ?>{}", message("")).into_bytes()),
        ("a DOCTYPE from elsewhere", format!("<!DOCTYPE m SYSTEM \"file:///etc/passwd\">{}", message("")).into_bytes()),
        ("an entity of the network", format!("<!DOCTYPE m [<!ENTITY x SYSTEM \"http://127.0.0.1/\">]>{}", message("cst_lname=\"&x;\"")).into_bytes()),
        ("a reference far beyond Unicode", message("cst_lname=\"&#xFFFFFFFFFF;\"").into_bytes()),
        ("elements twenty thousand deep", "<a>".repeat(20_000).into_bytes()),
        ("nothing but CDATA", b"<![CDATA[<Message/>]]>".to_vec()),
        ("comments that never end", "<!--".repeat(10_000).into_bytes()),
        ("a value that never ends", format!("<Message a='{}", "x".repeat(100_000)).into_bytes()),
        ("nothing but ampersands", "&".repeat(50_000).into_bytes()),
        ("two byte order marks", "\u{feff}\u{feff}<Message/>".to_owned().into_bytes()),
        ("a less-than in an attribute", message("cst_lname=\"<\"").into_bytes()),
        ("an attribute without quotes", message("cst_lname=a").into_bytes()),
        ("a beginning of UTF-16", vec![0xff, 0xfe, b'<', 0]),
        ("a thousand NULs", vec![0; 1_000]),
        ("invalid UTF-8 in a tag", b"<Message \xff/>".to_vec()),
        ("ten thousand attributes of an element that is none of ours", format!("<Other {}/>", many.join(" ")).into_bytes()),
        ("too many bytes", format!("<Message type=\"{}\"/>", "x".repeat(131_072)).into_bytes()),
    ]
}

#[tokio::test]
async fn xml_that_is_broken_or_a_trap_is_refused_before_the_table_is_asked() {
    let door = Door::open().await;
    for (what, body) in xml_traps() {
        for content_type in ["application/xml", "text/xml; charset=utf-8"] {
            let answer =
                door.send(&Event::new("POST", "/customers").body(content_type, body.clone())).await;
            is_cheaply_refused(&answer, what);
            let expected = if body.len() > api::call::MAX_BODY {
                (413, "too-large")
            } else {
                (400, "invalid-message")
            };
            assert_eq!((answer.status, answer.problem().as_str()), expected, "{what}: {answer:?}");
            for trace in ["root:", "lollol"] {
                assert!(!answer.body.contains(trace), "{what}: {answer:?}");
            }
        }
    }
}

#[tokio::test]
async fn ten_thousand_attributes_are_read_once_and_answered_briefly() {
    let door = Door::open().await;
    let many: Vec<String> = (0..10_000).map(|at| format!("a{at}=\"\"")).collect();
    let body = format!(
        "<Message type=\"CWCustomerIn\"><CustSoldTo cst_send_response=\"Y\" {}/></Message>",
        many.join(" ")
    );
    assert!(body.len() < api::call::MAX_BODY);
    let answer = door.send(&Event::new("POST", "/customers").body("application/xml", body)).await;
    assert!([400, 422].contains(&answer.status), "{answer:?}");
    assert!(answer.body.len() < LONGEST_REFUSAL, "{} bytes", answer.body.len());
}

#[tokio::test]
async fn content_types_that_nobody_reads_are_refused_before_the_table_is_asked() {
    let door = Door::open().await;
    let types = [
        "application/json; charset=utf-16",
        "application/json; charset=iso-8859-1",
        "text/plain",
        "text/html",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/xml; charset=koi8-r",
        "*/*",
        ";",
        "json",
        "application/json, text/plain",
        "application/jsonx",
        "application/json, application/json",
        "application/json\u{0}",
        "ａpplication/json",
    ];
    for (method, target) in &DOORS[..5] {
        for content_type in types {
            let event = Event::new(method, target)
                .header("if-match", "*")
                .json(&json!({}))
                .header("content-type", content_type);
            // A header with a NUL is no event at all: the gateway would never have let it in.
            if content_type.contains('\u{0}') {
                continue;
            }
            let answer = door.send(&event).await;
            assert!([400, 415].contains(&answer.status), "{content_type}: {answer:?}");
            is_cheaply_refused(&answer, content_type);
        }
        let squeezed = Event::new(method, target)
            .header("if-match", "*")
            .json(&json!({}))
            .header("content-encoding", "gzip");
        let answer = door.send(&squeezed).await;
        assert_eq!((answer.status, answer.problem().as_str()), (415, "unsupported-media-type"));
    }
    // What one of the others reads, a dealer's request is not.
    for content_type in [
        "application/xml",
        "text/xml",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/merge-patch+json",
        "application/json; charset=utf-16",
        "application/json; charset=iso-8859-1",
        "application/json, application/json",
        "json",
        "",
    ] {
        let event = Event::new("POST", "/dealer-customers").json(&acme());
        let answer = door.send(&event.header("content-type", content_type)).await;
        is_cheaply_refused(&answer, content_type);
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (415, "unsupported-media-type"),
            "{content_type}"
        );
    }
    assert!(door.fixture.records().await.is_empty(), "nothing was written");
}

//! Objects read property by property: what is found, and which faults are collected.

use super::*;
use domain::dealer::DealerCode;

fn json(text: &str) -> Json {
    crate::json::read(text.as_bytes()).expect("JSON")
}

/// Reads `text` with `walk` and returns what it found, and the faults as `pointer code`.
fn walk<T>(text: &str, walk: impl FnOnce(&mut Reader<'_, '_>) -> T) -> (T, Vec<String>) {
    let json = json(text);
    let mut faults = Vec::new();
    let mut reader = Reader::open(&json, "", &mut faults);
    let found = walk(&mut reader);
    reader.finish();
    (found, faults.iter().map(|fault| format!("{} {}", fault.pointer, fault.code)).collect())
}

#[test]
fn null_and_the_empty_string_are_not_given() {
    let (found, faults) = walk(r#"{"a":null,"b":"","c":"x"}"#, |body| {
        ["a", "b", "c", "d"].map(|name| body.text(name).map(str::to_owned))
    });
    assert_eq!(found, [None, None, Some("x".to_owned()), None]);
    assert!(faults.is_empty(), "{faults:?}");
}

#[test]
fn a_value_of_another_kind_is_a_fault_at_its_place() {
    type Ask = fn(&mut Reader<'_, '_>) -> bool;
    let text: Ask = |body| body.text("a").is_some();
    let value: Ask = |body| body.value("a").is_some();
    let whole: Ask = |body| body.whole_number("a").is_some();
    let object: Ask = |body| body.object("a").is_some();
    let list: Ask = |body| body.list("a").is_some();
    let asks = [text, value, whole, object, list];
    // The value, and which of text, value, whole number, object, list takes it.
    let cases = [
        ("true", [false, false, false, false, false]),
        ("7", [false, true, true, false, false]),
        ("-7", [false, true, false, false, false]),
        ("7.0", [false, true, true, false, false]),
        ("70e-1", [false, true, true, false, false]),
        ("7.5", [false, true, false, false, false]),
        ("18446744073709551616", [false, true, false, false, false]),
        ("\"7\"", [true, true, false, false, false]),
        ("[]", [false, false, false, false, true]),
        ("{}", [false, false, false, true, false]),
    ];
    for (value, taken) in cases {
        for (ask, expected) in asks.iter().zip(taken) {
            let (found, faults) = walk(&format!("{{\"a\":{value}}}"), ask);
            assert_eq!(found, expected, "{value}");
            let expected: &[&str] = if expected { &[] } else { &["/a wrong-kind"] };
            assert_eq!(faults, expected, "{value}");
        }
    }
    for ask in asks {
        let (found, faults) = walk("{\"a\":null}", ask);
        assert!(!found && faults.is_empty(), "{faults:?}");
    }
}

#[test]
fn what_is_no_object_is_one_fault_and_nothing_else() {
    for body in ["[]", "[{\"a\":\"x\"}]", "null", "7", "\"a\"", "true"] {
        let (found, faults) = walk(body, |body| body.text("a").is_some());
        assert!(!found);
        assert_eq!(faults, [" wrong-kind"], "{body}");
    }
}

#[test]
fn a_repeated_property_is_one_fault_and_so_is_an_unknown_one() {
    let (_, faults) = walk(r#"{"a":"1","a":"2","a":"3","x":1,"x":2,"y":{"z":1}}"#, |body| {
        body.text("a").map(str::to_owned)
    });
    assert_eq!(
        faults,
        [
            "/a repeated-property",
            "/x repeated-property",
            "/x unknown-property",
            "/y unknown-property"
        ]
    );
}

#[test]
fn pointers_are_escaped_and_lead_into_objects_and_lists() {
    let (_, faults) = walk(r#"{"a":{"x/y":1,"~":2},"l":[{"b":7}],"é\"\u0000":1}"#, |body| {
        body.object("a").expect("an object").finish();
        let list = body.pointer("l");
        for (index, entry) in body.list("l").unwrap_or_default().iter().enumerate() {
            let mut entry = Reader::open(entry, item(&list, index), body.faults());
            assert_eq!(entry.text("b"), None);
            entry.finish();
        }
    });
    assert_eq!(
        faults,
        [
            "/a/x~1y unknown-property",
            "/a/~0 unknown-property",
            "/l/0/b wrong-kind",
            "/é\"\0 unknown-property"
        ]
    );
}

#[test]
fn required_and_optional_values_are_parsed_and_every_fault_is_kept() {
    let body = r#"{"good":"td68","bad":"T!","number":7,"empty":""}"#;
    let (found, faults) = walk(body, |body| {
        [
            body.required("good", DealerCode::parse),
            body.required("bad", DealerCode::parse),
            body.required("number", DealerCode::parse),
            body.required("empty", DealerCode::parse),
            body.required("absent", DealerCode::parse),
            body.optional("nothing", DealerCode::parse),
        ]
    });
    let found: Vec<Option<&str>> =
        found.iter().map(|code| code.as_ref().map(DealerCode::as_str)).collect();
    assert_eq!(found, [Some("TD68"), None, None, None, None, None]);
    assert_eq!(
        faults,
        ["/bad invalid-dealer-code", "/number wrong-kind", "/empty required", "/absent required"]
    );
}

#[test]
fn a_very_long_name_is_not_repeated() {
    let (_, faults) = walk(&format!("{{\"{}\":1}}", "n".repeat(100_000)), |_| ());
    assert_eq!(faults, [" unknown-property"]);
}

#[test]
fn texts_outlive_the_reader() {
    let json = json(r#"{"a":"x"}"#);
    let text = {
        let mut faults = Vec::new();
        let mut reader = Reader::open(&json, "", &mut faults);
        reader.text("a")
    };
    assert_eq!(text, Some("x"));
}

//! Strict JSON in: bytes become a [`Json`] that has lost nothing, neither a repeated property nor a digit of a number.
//!
//! [`Reader`] walks it and collects all faults. What a property means, and JSON out, are not here.

mod reader;

use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::problem::{Fault, Problem};

pub(crate) use reader::escaped;
pub use reader::{Reader, WRONG_KIND, about_property, item};

/// A JSON value as it came.
#[derive(Clone, PartialEq)]
pub enum Json {
    /// `null`, which means: not given.
    Null,
    Bool(bool),
    /// A number, digit by digit as it was written, so that none is altered.
    Number(String),
    Text(String),
    List(Vec<Json>),
    /// An object, in the order of its properties; a name may be there twice.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// What kind of value it is, in words for a fault's message.
    pub const fn kind(&self) -> &'static str {
        match self {
            Json::Null => "null",
            Json::Bool(_) => "true or false",
            Json::Number(_) => "a number",
            Json::Text(_) => "a string",
            Json::List(_) => "a list",
            Json::Object(_) => "an object",
        }
    }
}

/// Bodies hold personal data, so only the kind is shown.
impl fmt::Debug for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Json({})", self.kind())
    }
}

/// Reads a body as one JSON value.
///
/// # Errors
/// `invalid-request` at the pointer `""`, as [`read`] says.
pub fn parse(body: &[u8]) -> Result<Json, Problem> {
    read(body).map_err(|fault| Problem::invalid_request(vec![fault]))
}

/// Reads a body as one JSON value, for a route that has another problem than `invalid-request` for what is none.
///
/// # Errors
/// A fault at the pointer `""` for a body that is empty, not UTF-8, begins with a byte order mark, is not JSON (a number
/// beyond 1.8e308 and a lone surrogate included), has something after the value, or is nested deeper than 127. The message has
/// line and column, and nothing of the body.
pub fn read(body: &[u8]) -> Result<Json, Fault> {
    let text = std::str::from_utf8(body).map_err(|error| {
        let byte = error.valid_up_to() + 1;
        Fault::new(
            "",
            "not-utf-8",
            format!("The body is not UTF-8: byte {byte} does not belong there."),
        )
    })?;
    // Some editors and serialisers put one there, and RFC 8259 lets a reader ignore it.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim_ascii().is_empty() {
        return Err(Fault::new("", "empty-body", "The body is empty; JSON is expected."));
    }
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let mut numbers = Numbers { rest: text };
    Value(&mut numbers)
        .deserialize(&mut deserializer)
        .and_then(|json| deserializer.end().map(|()| json))
        .map_err(|error| Fault::new("", "not-json", format!("The body is not JSON: {error}.")))
}

/// The numbers of a JSON text as they are written, one after the other. The text may only be trusted as far as the
/// parser has accepted it, which is where it asks for the next number.
struct Numbers<'t> {
    rest: &'t str,
}

impl<'t> Numbers<'t> {
    /// The next number outside of strings.
    fn next(&mut self) -> Option<&'t str> {
        let bytes = self.rest.as_bytes();
        let mut at = 0;
        loop {
            match bytes.get(at)? {
                b'"' => at = end_of_string(bytes, at + 1),
                b'-' | b'0'..=b'9' => break,
                _ => at += 1,
            }
        }
        let number = &self.rest[at..];
        let end = number
            .find(|character: char| !matches!(character, '0'..='9' | '-' | '+' | '.' | 'e' | 'E'))
            .unwrap_or(number.len());
        let (number, rest) = number.split_at(end);
        self.rest = rest;
        Some(number)
    }
}

/// The position behind the quote that ends the string whose text begins at `at`.
fn end_of_string(bytes: &[u8], mut at: usize) -> usize {
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    at
}

/// Reads one value; the parser gives the structure, the text gives the numbers.
struct Value<'n, 't>(&'n mut Numbers<'t>);

impl<'de> DeserializeSeed<'de> for Value<'_, '_> {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Value<'_, '_> {
    fn number(self) -> Json {
        let number = self.0.next().expect("the parser has met no more numbers than the text has");
        Json::Number(number.to_owned())
    }
}

impl<'de> Visitor<'de> for Value<'_, '_> {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Json, E> {
        Ok(self.number())
    }

    fn visit_i64<E>(self, _: i64) -> Result<Json, E> {
        Ok(self.number())
    }

    fn visit_f64<E>(self, _: f64) -> Result<Json, E> {
        Ok(self.number())
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(Json::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Json, E> {
        Ok(Json::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Json, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element_seed(Value(&mut *self.0))? {
            items.push(item);
        }
        Ok(Json::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Json, A::Error> {
        let mut properties = Vec::new();
        while let Some(name) = object.next_key_seed(Name)? {
            properties.push((name, object.next_value_seed(Value(&mut *self.0))?));
        }
        Ok(Json::Object(properties))
    }
}

/// Reads the name of a property.
struct Name;

impl<'de> DeserializeSeed<'de> for Name {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        String::deserialize(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::ProblemType;

    fn text(text: &str) -> Json {
        Json::Text(text.to_owned())
    }

    fn number(text: &str) -> Json {
        Json::Number(text.to_owned())
    }

    #[test]
    fn values_are_read_whole_with_order_and_repetition() {
        let found = read(br#" {"b": null, "a": [true, "x", {}], "b": 1.50} "#).expect("JSON");
        let expected = Json::Object(vec![
            ("b".into(), Json::Null),
            ("a".into(), Json::List(vec![Json::Bool(true), text("x"), Json::Object(vec![])])),
            ("b".into(), number("1.50")),
        ]);
        assert!(found == expected);
    }

    #[test]
    fn one_byte_order_mark_may_be_there() {
        assert!(read(b"\xef\xbb\xbf[1]").expect("JSON") == Json::List(vec![number("1")]));
    }

    #[test]
    fn no_digit_of_a_number_is_altered() {
        for written in [
            "0",
            "-0",
            "1.50",
            "1E2",
            "1e-400",
            "5085550100",
            "18446744073709551616",
            "-9223372036854775809",
            "0.10000000000000000001",
            "123456789012345678901234567890",
        ] {
            assert!(read(written.as_bytes()).expect(written) == number(written), "{written}");
        }
    }

    #[test]
    fn numbers_are_found_between_strings_that_look_like_numbers() {
        let body =
            br#"{"-1":2,"a\"3":"4\\","x\\":-5e1,"6":[7,"8",9.0,true,{"\u0031\"":10}],"e":11}"#;
        let mut found = Vec::new();
        collect(&read(body).expect("JSON"), &mut found);
        assert_eq!(found, ["2", "-5e1", "7", "9.0", "10", "11"]);
    }

    fn collect(json: &Json, found: &mut Vec<String>) {
        match json {
            Json::Null | Json::Bool(_) | Json::Text(_) => {}
            Json::Number(number) => found.push(number.clone()),
            Json::List(items) => items.iter().for_each(|item| collect(item, found)),
            Json::Object(properties) => {
                properties.iter().for_each(|(_, value)| collect(value, found))
            }
        }
    }

    #[test]
    fn what_is_not_json_is_refused_with_its_place_and_none_of_its_content() {
        let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
        let deep_objects = "{\"a\":".repeat(10_000);
        let huge = format!("1{}", "0".repeat(400));
        let cases: &[(&[u8], &str)] = &[
            (b"", "empty-body"),
            (b" \r\n\t", "empty-body"),
            (b"\xef\xbb\xbf", "empty-body"),
            (b"\xef\xbb\xbf\xef\xbb\xbf{}", "not-json"),
            (b"{\"a\":\"\xff\"}", "not-utf-8"),
            (b"\xff\xfe{\0}\0", "not-utf-8"),
            (b"{\"a\":\"\xed\xa0\x80\"}", "not-utf-8"),
            (b"{\"a\":\"\\ud800\"}", "not-json"),
            (b"{\"a\":\"\\udc00\\ud800\"}", "not-json"),
            (b"{\"\\ud800\":1}", "not-json"),
            (b"{\"a\":\"\n\"}", "not-json"),
            (b"{\"a\":\"\0\"}", "not-json"),
            (b"{'a':1}", "not-json"),
            (b"{a:1}", "not-json"),
            (b"{\"a\":1,}", "not-json"),
            (b"{\"a\":1", "not-json"),
            (b"{\"a\":\"Julie", "not-json"),
            (b"{} {}", "not-json"),
            (b"{}x", "not-json"),
            (b"[1,]", "not-json"),
            (b"01", "not-json"),
            (b"+1", "not-json"),
            (b".5", "not-json"),
            (b"1.", "not-json"),
            (b"0x10", "not-json"),
            (b"1e400", "not-json"),
            (huge.as_bytes(), "not-json"),
            (b"NaN", "not-json"),
            (b"-Infinity", "not-json"),
            (b"// x\n{}", "not-json"),
            (b"Julie", "not-json"),
            (b"dealerCode=TD68", "not-json"),
            (b"<Message/>", "not-json"),
            (deep.as_bytes(), "not-json"),
            (deep_objects.as_bytes(), "not-json"),
        ];
        for (body, code) in cases {
            let shown = String::from_utf8_lossy(&body[..body.len().min(40)]).into_owned();
            let problem = parse(body).expect_err(&shown);
            assert_eq!(problem.kind(), ProblemType::InvalidRequest, "{shown}");
            let [fault] = problem.faults() else { panic!("one fault for {shown}") };
            assert_eq!(
                (fault.pointer.as_str(), fault.code),
                ("", *code),
                "{shown}: {}",
                fault.message
            );
            assert!(
                !fault.message.contains("Julie") && !fault.message.contains("TD68"),
                "{}",
                fault.message
            );
            assert!(
                *code != "not-json" || fault.message.contains(" at line "),
                "{}",
                fault.message
            );
        }
    }

    #[test]
    fn the_place_is_given_by_line_and_column() {
        let fault = read(b"{\n  \"a\": 1,\n  b\n}").expect_err("not JSON");
        assert_eq!(fault.message, "The body is not JSON: key must be a string at line 3 column 3.");
    }

    #[test]
    fn debug_shows_the_kind_and_no_content() {
        assert_eq!(format!("{:?}", text("Julie")), "Json(a string)");
    }
}

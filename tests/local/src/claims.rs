//! Stands in for the JWT authorizer: turns the `Authorization` header into the claims that the event carries.
//!
//! Nothing is signed here, so nothing but the development server and the tests may use it. What a claim permits is decided by the functions.

use std::collections::BTreeMap;

use data_encoding::BASE64URL_NOPAD;
use lambda_http::http::{HeaderMap, header::AUTHORIZATION};
use serde_json::{Value, json};

/// The claims of a caller as API Gateway writes them into an event: every value is a string.
pub type Claims = BTreeMap<String, String>;

/// What a request without an `Authorization` header comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WithoutToken {
    /// The [`local_developer`] sent it.
    LocalDeveloper,
    /// It is refused, as by a real authorizer.
    Refused,
}

/// The claims of a request, or `None` for one that the gateway answers with 401.
///
/// With an `Authorization` header they are those of a token `Bearer dev.<base64url of the claims as JSON>`; any other value, and a header
/// given twice, is refused.
#[must_use]
pub fn authorize(headers: &HeaderMap, without: WithoutToken) -> Option<Claims> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    match (values.next(), values.next()) {
        (None, _) => match without {
            WithoutToken::LocalDeveloper => Some(local_developer()),
            WithoutToken::Refused => None,
        },
        (Some(value), None) => parse(value.to_str().ok()?),
        (Some(_), Some(_)) => None,
    }
}

/// The claims of an event for those of a token: each a string, as the JWT authorizer writes them; nothing, if they are no object.
pub fn in_an_event(claims: Value) -> Option<Claims> {
    let Value::Object(claims) = claims else {
        return None;
    };
    let written = |(name, value)| Some((name, as_the_authorizer_writes(&value)?));
    Some(claims.into_iter().filter_map(written).collect())
}

/// Who calls when nobody says who: every scope and every dealer code.
#[must_use]
pub fn local_developer() -> Claims {
    [
        ("dealer_codes", "*"),
        ("scope", "dealer customers steward privacy"),
        ("sub", "local-developer"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into()
}

/// The value of an `Authorization` header that carries these claims, for tests and for trying things out.
#[must_use]
pub fn bearer(claims: &Value) -> String {
    format!("Bearer dev.{}", BASE64URL_NOPAD.encode(claims.to_string().as_bytes()))
}

fn parse(header: &str) -> Option<Claims> {
    let (scheme, token) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return None;
    }
    // Tools differ in whether they pad base64url; both mean the same.
    let encoded = token.trim().strip_prefix("dev.")?.trim_end_matches('=');
    let text = BASE64URL_NOPAD.decode(encoded.as_bytes()).ok()?;
    in_an_event(serde_json::from_slice(&text).ok()?)
}

/// A claim as the JWT authorizer of HTTP APIs hands it over: an array as `[A B]`, an object as JSON text, and a null not at all.
fn as_the_authorizer_writes(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) | Value::Object(_) => Some(value.to_string()),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().filter_map(as_the_authorizer_writes).collect();
            Some(format!("[{}]", items.join(" ")))
        }
    }
}

/// The part of `requestContext.authorizer` that belongs to these claims. `scopes` is null, as on every route that asks for no scopes itself.
pub(crate) fn authorizer(claims: &Claims) -> Value {
    json!({ "jwt": { "claims": claims, "scopes": null } })
}

#[cfg(test)]
mod tests {
    use super::*;
    use lambda_http::http::HeaderValue;

    fn claims_of(header: &str) -> Option<Claims> {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, HeaderValue::from_str(header).expect("a header value"));
        authorize(&headers, WithoutToken::LocalDeveloper)
    }

    #[test]
    fn without_a_token_the_caller_is_the_local_developer_who_may_do_everything() {
        let claims = authorize(&HeaderMap::new(), WithoutToken::LocalDeveloper).expect("claims");
        assert_eq!(
            json!(claims),
            json!({ "sub": "local-developer", "scope": "dealer customers steward privacy", "dealer_codes": "*" })
        );
    }

    #[test]
    fn where_a_token_is_required_nobody_calls_without_one() {
        assert_eq!(authorize(&HeaderMap::new(), WithoutToken::Refused), None);
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, HeaderValue::from_static("Bearer dev.e30"));
        let claims = authorize(&headers, WithoutToken::Refused).expect("claims");
        assert!(claims.is_empty());
    }

    #[test]
    fn a_token_carries_exactly_its_own_claims() {
        let claims =
            claims_of(&bearer(&json!({ "sub": "erp", "scope": "dealer" }))).expect("claims");
        assert_eq!(json!(claims), json!({ "sub": "erp", "scope": "dealer" }));
    }

    #[test]
    fn claims_become_strings_as_the_authorizer_writes_them() {
        let claims = claims_of(&bearer(&json!({
            "dealer_codes": ["TD68", "TD69"],
            "none": [],
            "exp": 1_787_996_002,
            "ratio": 1.5,
            "email_verified": true,
            "nickname": null,
            "address": { "country": "US" },
            "mixed": ["a", 1, null, ["b", "c"]],
        })))
        .expect("claims");
        assert_eq!(
            json!(claims),
            json!({
                "dealer_codes": "[TD68 TD69]",
                "none": "[]",
                "exp": "1787996002",
                "ratio": "1.5",
                "email_verified": "true",
                "address": "{\"country\":\"US\"}",
                "mixed": "[a 1 [b c]]",
            })
        );
    }

    #[test]
    fn the_scheme_is_read_without_case_and_the_token_with_or_without_padding() {
        // {"a":"b"} is nine bytes and needs no padding; {"a":"bc"} needs two signs.
        let padded = "bearer dev.eyJhIjoiYmMifQ==";
        assert_eq!(claims_of(padded).map(|claims| json!(claims)), Some(json!({ "a": "bc" })));
        let bare = "BEARER dev.eyJhIjoiYmMifQ";
        assert_eq!(claims_of(bare).map(|claims| json!(claims)), Some(json!({ "a": "bc" })));
    }

    #[test]
    fn any_other_token_is_refused() {
        let not_an_object = format!("Bearer dev.{}", BASE64URL_NOPAD.encode(b"[1]"));
        let not_json = format!("Bearer dev.{}", BASE64URL_NOPAD.encode(b"{"));
        let not_utf8 = format!("Bearer dev.{}", BASE64URL_NOPAD.encode(b"{\"sub\":\"\xff\"}"));
        for header in [
            "",
            "Bearer",
            "Bearer ",
            "Bearer dev.",
            "Bearer dev.%%%",
            "dev.e30",
            "Basic dev.e30",
            "Bearer e30",
            "Bearer prod.e30",
            "Bearer eyJhbGciOiJub25lIn0.e30.",
            "Bearer dev.e30 dev.e30",
            not_an_object.as_str(),
            not_json.as_str(),
            not_utf8.as_str(),
        ] {
            assert_eq!(claims_of(header), None, "{header:?} must be refused");
        }
    }

    #[test]
    fn a_header_given_twice_is_refused_even_if_both_tokens_are_good() {
        let mut headers = HeaderMap::new();
        let good = HeaderValue::from_static("Bearer dev.e30");
        headers.append(AUTHORIZATION, good.clone());
        headers.append(AUTHORIZATION, good);
        for without in [WithoutToken::LocalDeveloper, WithoutToken::Refused] {
            assert_eq!(authorize(&headers, without), None);
        }
    }
}

//! Reads any claims: it never panics, and nothing is permitted that the claims do not name. The bytes are claims as JSON.
#![no_main]

use std::collections::HashMap;

use api::caller::{Caller, Scope};
use domain::dealer::DealerCode;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Ok(claims) = serde_json::from_slice::<HashMap<String, String>>(bytes) else {
        return;
    };
    let Some(caller) = Caller::from_claims(&claims) else {
        return;
    };
    let names = |claim: &str, word: &str| {
        claims
            .get(claim)
            .is_some_and(|text| text.to_ascii_uppercase().contains(word))
    };
    for scope in Scope::ALL.iter().copied() {
        assert!(!caller.has(scope) || names("scope", &scope.as_str().to_ascii_uppercase()));
    }
    let code = DealerCode::parse("TD68").expect("a dealer code");
    assert!(
        !caller.acts_for(&code)
            || names("dealer_codes", "TD68")
            || names("dealer_codes", "*")
            || names("dealer_codes", "\\U")
    );
});

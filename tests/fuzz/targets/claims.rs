//! Reads any claims: it never panics, and what does not parse is no permission. The bytes are claims as JSON.
#![no_main]

use std::collections::HashMap;

use api::caller::{Caller, Scope};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Ok(claims) = serde_json::from_slice::<HashMap<String, String>>(bytes) else {
        return;
    };
    let Some(caller) = Caller::from_claims(&claims) else {
        return;
    };
    // Whoever has no claim `scope` may do nothing.
    if !claims.contains_key("scope") {
        for scope in [Scope::Dealer, Scope::Customers, Scope::Steward] {
            assert!(!caller.has(scope));
        }
    }
});

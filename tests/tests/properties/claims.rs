//! Whatever a token says, nobody acts for a dealer code that it does not name.

use std::collections::{BTreeSet, HashMap};

use api::caller::{Caller, Scope};
use domain::dealer::{DealerCode, DealerCodes};
use proptest::prelude::*;

fn caller(scope: &str, dealer_codes: &str) -> Caller {
    let claims = [("sub", "erp"), ("scope", scope), ("dealer_codes", dealer_codes)];
    let claims: HashMap<_, _> =
        claims.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    Caller::from_claims(&claims).expect("it has a name")
}

/// Texts that come close to the shapes that are read.
fn nearly() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[\\[\\]\"*, A-Za-z0-9|]{0,30}",
        "\\[?\"?[A-Z0-9]{1,11}\"?([ ,]\"?[A-Z0-9*]{1,11}\"?){0,4}\\]?",
    ]
}

proptest! {
    #[test]
    fn dealer_codes_are_read_in_every_shape(codes in prop::collection::btree_set("[A-Z0-9]{1,10}", 1..6)) {
        // Digits alone are a number in JSON, which is no dealer code.
        let list: Vec<_> = codes.iter().map(String::as_str).collect();
        let json = serde_json::to_string(&list).expect("texts");
        let expected: BTreeSet<_> = codes.iter().map(|code| DealerCode::parse(code).expect("a code")).collect();
        for claim in [list.join(" "), list.join(","), format!("[{}]", list.join(" ")), json] {
            let caller = caller("dealer", &claim);
            prop_assert_eq!(caller.dealer_codes(), &DealerCodes::Only(expected.clone()), "{}", claim);
        }
    }

    #[test]
    fn nobody_acts_for_a_code_that_the_claim_does_not_name(claim in nearly()) {
        match caller("dealer", &claim).dealer_codes() {
            DealerCodes::All => {
                let bare: String = claim.chars().filter(|one| !" ,[]\"".contains(*one)).collect();
                prop_assert_eq!(bare, "*");
            }
            DealerCodes::Only(codes) => {
                let capitals = claim.to_ascii_uppercase();
                for code in codes {
                    prop_assert!(capitals.contains(code.as_str()), "{code} is not in {claim:?}");
                }
            }
        }
    }

    #[test]
    fn a_scope_is_a_word_of_the_claim(claim in "[a-z ]{0,40}") {
        let caller = caller(&claim, "");
        for scope in Scope::ALL {
            prop_assert_eq!(caller.has(*scope), claim.split(' ').any(|word| word == scope.as_str()));
        }
    }
}

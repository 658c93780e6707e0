//! The callers of the matrix: every shape of claims that the authorizer can deliver, and what the contract makes of each.

use serde_json::{Value, json};

use crate::contract::Permission;

/// The claims of a token, and what they come to.
pub(crate) fn tokens() -> Vec<(Value, Permission)> {
    let named = |mut token: Value| {
        token["sub"] = json!("erp");
        token
    };
    let many = (0..2_000).map(|at| format!("A{at}")).collect::<Vec<_>>().join(" ");
    let codes: Vec<(Value, bool, bool)> = vec![
        (json!(null), false, false),
        (json!("TD68"), true, false),
        (json!("td68"), true, false),
        (json!("TD70 TD68"), true, false),
        (json!("TD70,TD68"), true, false),
        (json!("TD70, TD68"), true, false),
        (json!(["TD70", "TD68"]), true, false),
        (json!("[TD70 TD68]"), true, false),
        (json!(r#"["TD70","TD68"]"#), true, false),
        (json!(format!("{many} TD68")), true, false),
        (json!("*"), true, true),
        (json!(["*"]), true, true),
        (json!(r#"["*"]"#), true, true),
        (json!(""), false, false),
        (json!(" , "), false, false),
        (json!([]), false, false),
        (json!("[]"), false, false),
        (json!("TD71"), false, false),
        (json!("TD6"), false, false),
        (json!("TD68 *"), false, false),
        (json!("TD68;TD70"), false, false),
        (json!("TD68|OWN"), false, false),
        (json!("TD68 T!D"), false, false),
        (json!("[TD68"), false, false),
        (json!("TD68]"), false, false),
        (json!("ＴＤ68"), false, false),
        (json!("TD68\n"), false, false),
        (json!("TD68\u{0}"), false, false),
        (json!(r#"["TD68",null]"#), false, false),
        (json!(r#"{"dealer_codes":["TD68"]}"#), false, false),
        (json!({ "TD68": "*" }), false, false),
        (json!([["TD68"], ["*"]]), false, false),
        (json!(68), false, false),
        (json!(true), false, false),
        (json!(format!("TD68 {}", many.repeat(4))), false, false),
        (json!("[".repeat(9_000)), false, false),
    ];
    let scopes: Vec<(Value, [bool; 4])> = (0..16)
        .map(|set: u8| {
            let has = [1, 2, 4, 8].map(|bit| set & bit != 0);
            let words = ["dealer", "customers", "steward", "privacy"].into_iter().zip(has);
            let words: Vec<_> = words.filter(|(_, has)| *has).map(|(word, _)| word).collect();
            (json!(words.join(" ")), has)
        })
        .chain([
            (json!(null), [false; 4]),
            (json!("openid profile"), [false; 4]),
            (json!("openid steward profile"), [false, false, true, false]),
            (json!("Dealer CUSTOMERS"), [false; 4]),
            (json!("dealer,customers,steward"), [false; 4]),
            (json!(["dealer", "customers", "steward"]), [true, true, true, false]),
            (json!(r#"["privacy","dealer"]"#), [true, false, false, true]),
            (json!("[privacy steward]"), [false, false, true, true]),
            (json!("[privacy"), [false; 4]),
            (json!(true), [false; 4]),
            (json!(7), [false; 4]),
            (json!({ "dealer": true }), [false; 4]),
            (json!("dealer ".repeat(4_000)), [false; 4]),
        ])
        .collect();
    let permission = |known, [dealer, customers, steward, privacy]: [bool; 4], own, all| {
        Permission { known, dealer, customers, steward, privacy, own, all }
    };
    let mut tokens = Vec::new();
    for (scope, has) in &scopes {
        for (code, own, all) in [&codes[0], &codes[1], &codes[10]] {
            let token = named(json!({ "scope": scope, "dealer_codes": code }));
            tokens.push((token, permission(true, *has, *own, *all)));
        }
    }
    for (code, own, all) in &codes {
        for at in [1, 15] {
            let (scope, has) = &scopes[at];
            let token = named(json!({ "scope": scope, "dealer_codes": code }));
            tokens.push((token, permission(true, *has, *own, *all)));
        }
    }
    let names: [(Value, bool); 8] = [
        (json!({}), false),
        (json!({ "client_id": "erp" }), true),
        (json!({ "sub": null, "client_id": "erp" }), true),
        (json!({ "sub": "", "client_id": "erp" }), true),
        (json!({ "sub": "   " }), false),
        (json!({ "sub": "x".repeat(300) }), false),
        (json!({ "sub": "a\nb" }), false),
        (json!({ "username": "erp", "cognito:username": "erp" }), false),
    ];
    for (mut token, known) in names {
        token["scope"] = json!("dealer customers steward privacy");
        token["dealer_codes"] = json!("*");
        tokens.push((token, permission(known, [true; 4], true, true)));
    }
    tokens
}

/// What is put in the place of a JWT authorizer's context that makes nobody known, with everything that looks like claims elsewhere.
pub(crate) fn nobodies() -> Vec<Value> {
    let claims = json!({ "sub": "erp", "scope": "dealer customers steward", "dealer_codes": "*" });
    vec![
        Value::Null,
        json!({}),
        json!({ "lambda": claims }),
        json!({ "lambda": { "jwt": { "claims": claims } } }),
        json!({ "jwt": { "claims": {}, "scopes": ["dealer", "customers", "steward"] } }),
    ]
}

//! Who may do what on the routes of `associate-dealer`: every set of scopes, every shape of dealer codes, own, foreign, absent and malformed things.

use reqwest::Method;
use reqwest::header::{AUTHORIZATION, HeaderMap};
use serde_json::{Value, json};

use crate::fixture::{Answer, Fixture, acme, acme_as, identifier, unchanged};

/// What a claim `dealer_codes` permits.
#[derive(Clone, Copy, PartialEq)]
enum Codes {
    None,
    Own,
    All,
}

/// Every shape in which the authorizer may deliver dealer codes, `TD68` being the caller's own.
fn claims() -> Vec<(Value, Codes)> {
    let many: Vec<_> = (0..1_000).map(|number| format!("A{number}")).collect();
    vec![
        (json!("TD68"), Codes::Own),
        (json!("td68"), Codes::Own),
        (json!("TD70 TD68"), Codes::Own),
        (json!("TD70,TD68"), Codes::Own),
        (json!(["TD70", "TD68"]), Codes::Own),
        (json!("[TD70 TD68]"), Codes::Own),
        (json!(r#"["TD70","TD68"]"#), Codes::Own),
        (json!("*"), Codes::All),
        (json!(["*"]), Codes::All),
        (json!(r#"["*"]"#), Codes::All),
        (json!(null), Codes::None),
        (json!(""), Codes::None),
        (json!([]), Codes::None),
        (json!(" , "), Codes::None),
        (json!("TD70"), Codes::None),
        (json!("TD68 *"), Codes::None),
        (json!("TD68;TD70"), Codes::None),
        (json!("TD68|TD70"), Codes::None),
        (json!("[TD68"), Codes::None),
        (json!({ "TD68": true }), Codes::None),
        (json!(true), Codes::None),
        (json!("**"), Codes::None),
        (json!("TD68\u{200b}"), Codes::None),
        (json!(format!("{} TD68", many.join(" "))), Codes::Own),
        (json!(format!("{} TD68 !", many.join(" "))), Codes::None),
    ]
}

/// Every set of our scopes among those of other services.
fn scopes() -> Vec<Value> {
    let mut sets = vec![json!(null), json!("dealers"), json!("DEALER"), json!("dealer,customers")];
    for set in 0..8 {
        let chosen = ["dealer", "customers", "steward"]
            .into_iter()
            .enumerate()
            .filter(|(place, _)| set & (1 << place) != 0)
            .map(|(_, scope)| scope);
        let words: Vec<_> = ["openid"].into_iter().chain(chosen).collect();
        sets.push(json!(words.join(" ")));
    }
    sets
}

/// What a request is about.
#[derive(Clone, Copy)]
enum Thing {
    /// Of `TD68`, and there.
    Own,
    /// Of `TD69`, and there.
    Foreign,
    /// Of `TD68`, and not there.
    Absent,
    /// Of `TD69`, and not there.
    AbsentForeign,
    /// Of a text that is no dealer code.
    Malformed,
}

const THINGS: [Thing; 5] =
    [Thing::Own, Thing::Foreign, Thing::Absent, Thing::AbsentForeign, Thing::Malformed];

impl Thing {
    fn dealer_code(self) -> &'static str {
        match self {
            Self::Own | Self::Absent => "TD68",
            Self::Foreign | Self::AbsentForeign => "TD69",
            Self::Malformed => "TD+68",
        }
    }

    fn number(self) -> &'static str {
        match self {
            Self::Own | Self::Foreign | Self::Malformed => "1",
            Self::Absent | Self::AbsentForeign => "2",
        }
    }

    fn is_there(self) -> bool {
        match self {
            Self::Own | Self::Foreign => true,
            Self::Absent | Self::AbsentForeign | Self::Malformed => false,
        }
    }

    fn permitted(self, codes: Codes) -> bool {
        match self {
            Self::Own | Self::Absent => codes != Codes::None,
            Self::Foreign | Self::AbsentForeign => codes == Codes::All,
            Self::Malformed => false,
        }
    }
}

/// The status of each route for a caller with the scope `dealer`, as the contract has it.
fn expected(route: &str, thing: Thing, codes: Codes) -> u16 {
    let permitted = thing.permitted(codes);
    match (route, thing) {
        ("associate", Thing::Malformed) => 400,
        ("release", Thing::Malformed) => 404,
        ("associate" | "release", _) if !permitted => 403,
        // The DCN is taken by that very customer.
        ("associate", _) => {
            if thing.is_there() {
                400
            } else {
                201
            }
        }
        ("release" | "read", _) if !thing.is_there() => 404,
        ("release", _) => 200,
        ("list" | "read", _) => {
            if permitted {
                200
            } else {
                404
            }
        }
        _ => unreachable!("there are four routes"),
    }
}

/// Two dealers with a dealer customer each, of one customer; a third dealer's customer is another.
async fn stand() -> (Fixture, String) {
    let stand = Fixture::new().await;
    let organization = identifier(&stand.associate(&acme_as("TD68", "1")).await.is(201));
    stand.associate(&acme_as("TD69", "1")).await.is(201);
    (stand, organization)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_caller_is_permitted_exactly_what_the_contract_says() {
    let (stand, organization) = stand().await;
    let before = stand.records().await;
    let mut cases = 0;
    for scope in scopes() {
        let has = |wanted: &str| {
            let words = scope.as_str().unwrap_or_default();
            words.split(' ').any(|word| word == wanted)
        };
        // Every shape of dealer codes for one set of scopes, one shape of each meaning for the others.
        let is_every = |claim: &&(Value, Codes)| {
            scope == "openid dealer"
                || [json!("TD68"), json!("*"), json!("TD70")].contains(&claim.0)
        };
        for (dealer_codes, codes) in claims().iter().filter(is_every) {
            let mut claims = json!({ "sub": "caller", "scope": scope });
            claims["dealer_codes"] = dealer_codes.clone();
            let told = &claims.to_string()[..claims.to_string().len().min(200)].to_owned();
            for thing in THINGS {
                let (code, number) = (thing.dealer_code(), thing.number());
                for route in ["associate", "release", "read", "list"] {
                    let path = format!("/dealer-customers/{code}/{number}");
                    let request = match route {
                        "associate" => {
                            stand.post("/dealer-customers?dryRun=true").json(&acme_as(code, number))
                        }
                        "release" => stand.delete(&format!("{path}/association?dryRun=true")),
                        "read" => stand.get(&path),
                        _ => stand.get(&format!("/dealer-customers/{code}")),
                    };
                    let answer = request.by(&claims).send().await;
                    let expected = if has("dealer") { expected(route, thing, *codes) } else { 403 };
                    assert_eq!(
                        answer.status, expected,
                        "{route} {code} {number} by {told}{answer}"
                    );
                    cases += 1;
                }
            }
            let path = format!("/customer-organizations/{organization}");
            let answer = stand.get(&path).by(&claims).send().await;
            let expected = match (has("customers") || has("steward"), has("dealer")) {
                (true, _) => 200,
                (false, true) => {
                    if *codes == Codes::None {
                        404
                    } else {
                        200
                    }
                }
                (false, false) => 403,
            };
            assert_eq!(answer.status, expected, "by {told}{answer}");
            cases += 1;
        }
    }
    assert!(cases > 1_000, "{cases}");
    unchanged(&before, &stand.records().await, &"");
}

/// Status, headers and body without what is new in every answer.
fn told(answer: &Answer) -> (u16, HeaderMap, Value) {
    let mut headers = answer.headers.clone();
    for new in ["x-request-id", "apigw-requestid", "date", "content-length"] {
        headers.remove(new);
    }
    let mut body = answer.json();
    body["requestId"] = Value::Null;
    (answer.status, headers, body)
}

#[tokio::test]
async fn a_read_of_anothers_thing_is_the_same_as_one_of_a_thing_that_is_not_there() {
    let (stand, organization) = stand().await;
    let next = format!("{}2", &organization[..organization.len() - 1]);
    let claims = json!({ "sub": "caller", "scope": "dealer", "dealer_codes": "TD70" });
    for (theirs, absent) in [
        ("/dealer-customers/TD69/1", "/dealer-customers/TD69/2"),
        ("/dealer-customers/TD69/1", "/dealer-customers/TD70/1"),
        ("/dealer-customers/TD69", "/dealer-customers/TD99"),
        ("/dealer-customers/TD69", "/dealer-customers/nodealercode"),
        ("/dealer-customers/TD69?limit=0", "/dealer-customers/TD99?limit=0"),
        (
            &format!("/customer-organizations/{organization}"),
            &format!("/customer-organizations/{next}"),
        ),
        (&format!("/customer-organizations/{organization}"), "/customer-organizations/nobody"),
    ] {
        let theirs = stand.get(theirs).by(&claims).send().await;
        let absent = stand.get(absent).by(&claims).send().await;
        assert_eq!(theirs.status, 404, "{theirs}");
        assert_eq!(told(&theirs), told(&absent), "{theirs}{absent}");
    }
}

#[tokio::test]
async fn what_a_dealer_is_told_of_a_customer_of_others_is_its_identifier_and_nothing_it_did_not_send()
 {
    let (stand, organization) = stand().await;
    let mut body = acme_as("TD70", "1");
    for property in ["email", "alternateName", "phones"] {
        body[property] = Value::Null;
    }
    let claims = json!({ "sub": "caller", "scope": "dealer", "dealer_codes": "TD70" });
    let send = |path: &str| stand.post(path).json(&body).by(&claims).send();
    let matched = send("/dealer-customers?dryRun=true").await;
    assert_eq!(identifier(&matched.is(201)), organization);
    assert_eq!(matched.json()["match"]["email"], "blank");
    stand.plant_twin(&organization, [9; 10]).await;
    let ambiguous = send("/dealer-customers").await;
    ambiguous.is_problem(409, "ambiguous-customer-organization");
    for answer in [matched, ambiguous] {
        for secret in ["office@acme.example", "508-555-0100", "000000001", "TD68", "TD69"] {
            assert!(!answer.text.contains(secret), "{secret}: {answer}");
        }
    }
}

#[tokio::test]
async fn nobody_is_known_but_by_verified_claims() {
    let (stand, _) = stand().await;
    let before = stand.records().await;
    // Claims that name nobody.
    for claims in [
        json!({}),
        json!({ "scope": "dealer", "dealer_codes": "*" }),
        json!({ "sub": "", "scope": "dealer", "dealer_codes": "*" }),
        json!({ "sub": " ", "scope": "dealer", "dealer_codes": "*" }),
        json!({ "sub": "a\nb", "scope": "dealer", "dealer_codes": "*" }),
        json!({ "sub": "x".repeat(300), "scope": "dealer", "dealer_codes": "*" }),
    ] {
        for (method, path) in [
            (Method::GET, "/dealer-customers/TD68"),
            (Method::GET, "/customer-organizations/x"),
            (Method::POST, "/dealer-customers"),
            (Method::DELETE, "/dealer-customers/TD68/1/association"),
        ] {
            let request = stand.request(method, path).json(&acme()).by(&claims);
            let answer = request.send().await;
            answer.is_problem(401, "unauthenticated");
            assert_eq!(answer.header("www-authenticate"), Some("Bearer"), "{answer}");
        }
    }
    // A machine is known by its client's name.
    let machine = json!({ "client_id": "erp", "scope": "dealer", "dealer_codes": "TD68" });
    stand.get("/dealer-customers/TD68").by(&machine).send().await.is(200);

    // No other header and nothing in the body makes a caller.
    let nobody = json!({ "sub": "x", "scope": "", "dealer_codes": "" });
    let mut request = stand.get("/dealer-customers/TD68").by(&nobody);
    for (name, value) in [
        ("x-amzn-oidc-data", "x"),
        ("x-scope", "dealer"),
        ("scope", "dealer"),
        ("dealer_codes", "*"),
        ("x-dealer-codes", "*"),
        ("x-forwarded-user", "admin"),
    ] {
        let name = reqwest::header::HeaderName::from_static(name);
        request = request.header(name, value);
    }
    request.send().await.is_problem(403, "forbidden");
    let other = stand.get("/dealer-customers/TD68");
    let other = other.header(AUTHORIZATION, "Bearer eyJhbGciOiJub25lIn0.e30.").send().await;
    assert_eq!(other.status, 401);
    unchanged(&before, &stand.records().await, &"");
}

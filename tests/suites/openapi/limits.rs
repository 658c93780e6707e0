//! Limits and patterns of the contract are those of the code: constants are compared, patterns tried on both, edges sent.

use api::call::MAX_BODY;
use api::customer_out::MAX_DUPLICATES;
use api::idempotency::{IdempotencyKey, MAX_CHARACTERS};
use api::problem::MAX_FAULTS;
use domain::customer::contact::Phone;
use domain::customer::{CustomerNumber, Identifier};
use domain::dealer::{DealerCode, DealerCustomerNumber, DealerType};
use domain::matching::fold;
use domain::request::{MAX_CORRECTION, MAX_HISTORY, RequestInErrorId};
use kit::contract::TEXT;
use local::gateway::LARGEST_HEAD;
use operations::customers::try_rules;
use serde_json::{Value, json};

use crate::conformity::Conformity;
use crate::requests::{self, send};

fn at(conformity: &Conformity, pointer: &str) -> Value {
    let found = conformity.contract.document().pointer(pointer);
    found.unwrap_or_else(|| panic!("nothing at {pointer}")).clone()
}

#[test]
fn numbers_are_the_constants_of_the_code() {
    let conformity = Conformity::new();
    let limit = |path: &str| at(&conformity, &format!("/paths/{path}/get/parameters"));
    let schema = |list: Value| {
        let list = list.as_array().unwrap().clone();
        let found = list.into_iter().find(|parameter| parameter["name"] == "limit");
        found.unwrap()["schema"].clone()
    };
    let expected = |default: u32, most: u32| json!({ "type": "integer", "minimum": 1, "maximum": most, "default": default });
    use {associate_dealer as dealers, find_customer as find, fix_error::list as errors};
    assert_eq!(
        schema(limit("~1dealer-customers~1{dealerCode}")),
        expected(dealers::PAGE, dealers::MAX_PAGE)
    );
    assert_eq!(schema(limit("~1customers")), expected(find::FOUND, find::MAX_FOUND));
    let history = schema(limit("~1customers~1{number}~1history"));
    assert_eq!(history, expected(find::HISTORY, find::MAX_HISTORY));
    assert_eq!(schema(limit("~1changes")), expected(find::CHANGES, find::MAX_CHANGES));
    let parameters = limit("~1changes");
    let wait = parameters.as_array().unwrap().iter().find(|one| one["name"] == "wait").unwrap();
    assert_eq!(wait["schema"]["maximum"], find::MAX_WAIT_SECONDS);
    assert_eq!(schema(limit("~1errors")), expected(errors::PAGE, errors::MAX_PAGE));
    assert_eq!(schema(limit("~1errors.csv")), expected(errors::MAX_EXPORT, errors::MAX_EXPORT));
    for (pointer, number) in [
        ("DealerCustomers/properties/dealerCustomers/maxItems", dealers::MAX_PAGE as usize),
        ("FoundCustomers/properties/customers/maxItems", find::MAX_FOUND as usize),
        ("History/properties/history/maxItems", find::MAX_HISTORY as usize),
        ("Changes/properties/changes/maxItems", find::MAX_CHANGES as usize),
        ("RequestsInError/properties/errors/maxItems", errors::MAX_PAGE as usize),
        (
            "ReprocessRequest/properties/ids/maxItems",
            operations::requests::reprocess_batch::MAX_BATCH,
        ),
        (
            "ReprocessRequest/properties/limit/maximum",
            operations::requests::reprocess_batch::MAX_BATCH,
        ),
        (
            "ReprocessRequest/properties/limit/default",
            operations::requests::reprocess_batch::MAX_BATCH,
        ),
        (
            "Reprocessed/properties/results/maxItems",
            operations::requests::reprocess_batch::MAX_BATCH,
        ),
        ("RuleTrial/properties/messages/maxItems", try_rules::MAX_MESSAGES),
        ("RuleDifferences/properties/pairs/maxItems", try_rules::MAX_PAIRS),
        ("RuleDifferences/properties/customers/maxItems", try_rules::MAX_PAIRS),
        ("RuleDifferences/properties/block/maxItems", try_rules::MAX_PAIRS),
        ("GenericValueList/maxItems", find::MAX_GENERIC_VALUES),
        ("InvalidRequest/properties/errors/maxItems", MAX_FAULTS),
        ("InvalidMessage/properties/errors/maxItems", MAX_FAULTS),
        ("CustomerOut/properties/CustSoldTo/properties/Duplicate/maxItems", MAX_DUPLICATES - 1),
        ("RequestInError/properties/history/maxItems", MAX_HISTORY + 1),
    ] {
        assert_eq!(at(&conformity, &format!("/components/schemas/{pointer}")), number, "{pointer}");
    }
    assert!(TEXT.contains(&format!("A body may have {MAX_BODY} bytes")));
    assert!(TEXT.contains(&format!("headers have more than {LARGEST_HEAD} bytes")));
    assert!(TEXT.contains(&format!("at most {MAX_CORRECTION} bytes together")));
    assert!(
        TEXT.contains(&format!(
            "`Idempotency-Key` of 1 to {MAX_CHARACTERS} visible ASCII characters"
        ))
    );
}

#[test]
fn patterns_take_what_the_code_takes() {
    let conformity = Conformity::new();
    type Reads = fn(&str) -> bool;
    let cases: [(&str, Reads); 8] = [
        ("schemas/AssociateRequest/properties/dealerCode", |text| DealerCode::parse(text).is_ok()),
        ("schemas/DealerCustomerNumber", |text| DealerCustomerNumber::parse(text).is_ok()),
        ("schemas/Association/properties/dealerType", |text| {
            DealerType::parse(text).is_ok()
                || (text.trim().is_empty() && !text.is_empty() && text.len() <= 20)
        }),
        ("schemas/CustomerOrganizationIdentifier", |text| {
            Identifier::parse(text).is_some() || text.ends_with("-000000")
        }),
        ("schemas/CustomerNumber", |text| {
            text.len() == 9 && (CustomerNumber::parse(text).is_some() || text == "000000000")
        }),
        ("schemas/RequestInErrorId", |text| RequestInErrorId::parse(text).is_some()),
        // A blank one is none at all, and no fault.
        ("schemas/PhoneNumber", |text| fold::is_blank(text) || Phone::parse(None, text).is_ok()),
        ("parameters/IdempotencyKey/schema", |text| IdempotencyKey::parse(text).is_ok()),
    ];
    let mut samples: Vec<String> = [
        "",
        "A",
        "TD68",
        "td68",
        "TD 68",
        "TD68|7",
        "é",
        "ABCDEFGHIJ",
        "ABCDEFGHIJK",
        "245TRSSDG343456",
        "-._",
        "-a",
        "a/b",
        "a#b",
        "a%20",
        "REVENUE",
        "PARTS_ONLY",
        "PARTS ONLY",
        "Revenue",
        "0123456789ABCDEF",
        "0123456789ABCDEI",
        "0123456789ABCDEF-000001-01234567",
        "0123456789ABCDEF-00001",
        "0123456789ABCDEF-0123456789ABCDEF-7TZ8Q2XK",
        "0123456789abcdef-000001",
        "000000001",
        "00000001",
        "0000000001",
        "508-555-0100",
        "+1 (508) x.",
        "+() x",
        "0123456789abcde",
        "0123456789abcdef",
        "\"0123456789abcdef\"",
        "\"0123456789abcdef",
        r#""a\"b""#,
        r#""a\b""#,
        r#"a"b"#,
        "SO-10023/4",
        "0123456789abcde\"",
        "0123456789abcd,f",
        "tab\t1",
        "line\n1",
    ]
    .map(str::to_owned)
    .into();
    samples.extend([20, 21, 50, 51, 100, 101, 255, 256].map(|length| "7".repeat(length)));
    samples.extend([20, 21].map(|length| "A".repeat(length)));
    for (pointer, reads) in cases {
        let validator = conformity.validator(&at(&conformity, &format!("/components/{pointer}")));
        let mut taken = 0;
        for sample in &samples {
            assert_eq!(
                validator.is_valid(&json!(sample)),
                reads(sample),
                "{pointer} and {sample:?}"
            );
            taken += usize::from(reads(sample));
        }
        assert!(taken > 0, "no sample is a {pointer}");
    }
}

#[tokio::test]
async fn the_edges_of_every_number_are_sent() {
    let conformity = Conformity::new();
    let stand = requests::empty().await;
    for operation in conformity.contract.operations() {
        for parameter in conformity.contract.parameters(&operation).unwrap() {
            let schema = conformity.contract.resolve(&parameter["schema"]).unwrap();
            // It would be waited for; the suite of changes asks for it where there is news.
            if parameter["name"] == "wait" {
                continue;
            }
            let edges: Vec<(String, bool)> =
                match (parameter["in"].as_str(), &schema["maximum"], &schema["maxLength"]) {
                    (Some("query"), Value::Number(most), _) => {
                        let most = most.as_u64().unwrap();
                        [(0, false), (1, true), (most, true), (most + 1, false)]
                            .map(|(number, good)| (number.to_string(), good))
                            .into()
                    }
                    (Some("query"), _, Value::Number(longest)) if parameter["name"] != "cursor" => {
                        let longest = usize::try_from(longest.as_u64().unwrap()).unwrap();
                        [(longest, true), (longest + 1, false)]
                            .map(|(length, good)| ("x".repeat(length), good))
                            .into()
                    }
                    _ => continue,
                };
            for (value, good) in edges {
                let path = operation.path.replace("{dealerCode}", "TD68").replace("{number}", "1");
                let path = path.replace("{id}", "0123456789ABCDEF");
                let name = parameter["name"].as_str().unwrap();
                // A look-up is by something, whatever else is asked.
                let by = match operation.id {
                    "findCustomers" if name != "name" => "name=robinson&",
                    _ => "",
                };
                let target = format!("{path}?{by}{name}={value}");
                let answer =
                    send(&stand, &conformity, operation.id, (operation.method, &target), &[], None)
                        .await;
                // Nobody has a number in a table without customers, and no request an id.
                let well = if path == operation.path || path.contains("TD68") { 200 } else { 404 };
                assert_eq!(answer.status, if good { well } else { 400 }, "{target}");
            }
        }
    }
    stand.stop().await.unwrap();
}

#[tokio::test]
async fn the_edges_of_bodies_and_lists_are_sent() {
    let conformity = Conformity::new();
    let stand = requests::empty().await;
    let associate = async |content_type: &str, body: String| {
        let headers = [("Content-Type".to_owned(), content_type.to_owned())];
        let line = ("POST", "/dealer-customers?dryRun=true");
        send(&stand, &conformity, "associateCustomer", line, &headers, Some(body)).await
    };
    let body = |phones: usize| {
        json!({ "dealerCode": "TD68", "dealerCustomerNumber": "1", "businessName": "Acme", "phones": vec!["1"; phones],
                "address": { "city": "Westborough", "state": "MA", "postalCode": "01581", "country": "USA" } })
        .to_string()
    };
    let most = at(&conformity, "/components/schemas/AssociateRequest/properties/phones/maxItems");
    let most = usize::try_from(most.as_u64().unwrap()).unwrap();
    assert_eq!(associate("application/json", body(most)).await.status, 201);
    assert_eq!(associate("application/json", body(most + 1)).await.status, 400);
    let padded = |length: usize| {
        let body = body(1);
        let blanks = " ".repeat(length - body.len());
        format!("{body}{blanks}")
    };
    assert_eq!(associate("application/json", padded(MAX_BODY)).await.status, 201);
    let long = format!("/dealer-customers/TD68?cursor={}", "x".repeat(LARGEST_HEAD));
    for (answer, example) in [
        (
            send(&stand, &conformity, "listDealerCustomers", ("GET", &long), &[], None).await,
            "HeadTooLarge/content/application~1json/examples/headTooLarge",
        ),
        (
            associate("application/json", padded(MAX_BODY + 1)).await,
            "TooLarge/content/application~1problem+json/examples/tooLarge",
        ),
        (
            associate("text/plain", "x".into()).await,
            "UnsupportedMediaType/content/application~1problem+json/examples/unsupported",
        ),
    ] {
        let mut shown = at(&conformity, &format!("/components/responses/{example}/value"));
        let found = answer.json();
        for volatile in ["requestId", "dryRun"] {
            if let Some(value) = found.get(volatile) {
                shown[volatile] = value.clone();
            }
        }
        assert_eq!(found, shown);
    }
    stand.stop().await.unwrap();
}

//! The log: one JSON line a request, with what operations need to know, who asked, and nothing of what was sent.

use local::claims;
use reqwest::Method;
use serde_json::{Value, json};

use crate::server;

/// What stands for personal data: nobody's name is so.
const CANARY: &str = "Qanari";

/// What the log line of a request tells: operation, outcome, status.
type Told = (&'static str, &'static str, u16);

/// Requests with the canary wherever a caller can put it, and what the log tells of each.
fn canaries() -> Vec<(Method, String, String, Told)> {
    let good = json!({
        "dealerCode": "TD68", "dealerCustomerNumber": format!("{CANARY}-1"), "businessName": format!("{CANARY} Mining"), "alternateName": CANARY,
        "address": { "line1": format!("1 {CANARY} Street"), "line2": CANARY, "apartment": CANARY, "city": CANARY, "state": "MA", "postalCode": "02139", "country": "USA" },
        "email": format!("{CANARY}@{CANARY}.example"), "phones": [{ "type": CANARY, "number": "617-555-0199" }]
    });
    let mut faulty = good.clone();
    faulty[CANARY] = json!(CANARY);
    faulty["dealerType"] = json!(CANARY);
    faulty["customerOrganizationIdentifier"] = json!({ CANARY: CANARY });
    let mut unknown = good.clone();
    unknown["customerOrganizationIdentifier"] = json!(CANARY);
    let associate = "/dealer-customers";
    let own = format!("/dealer-customers/TD68/{CANARY}-1");
    vec![
        (
            Method::POST,
            format!("{associate}?dryRun=true"),
            good.to_string(),
            ("associate", "created", 201),
        ),
        (Method::POST, associate.to_owned(), good.to_string(), ("associate", "created", 201)),
        (
            Method::POST,
            associate.to_owned(),
            good.to_string(),
            ("associate", "dcn-already-associated", 400),
        ),
        (
            Method::POST,
            associate.to_owned(),
            faulty.to_string(),
            ("associate", "invalid-request", 400),
        ),
        (
            Method::POST,
            associate.to_owned(),
            unknown.to_string(),
            ("associate", "customer-organization-not-found", 404),
        ),
        (
            Method::POST,
            associate.to_owned(),
            format!("{{\"{CANARY}\":{CANARY}"),
            ("associate", "invalid-request", 400),
        ),
        (
            Method::POST,
            format!("{associate}?{CANARY}={CANARY}"),
            good.to_string(),
            ("associate", "invalid-request", 400),
        ),
        (Method::GET, own.clone(), String::new(), ("read-dealer-customer", "found", 200)),
        (
            Method::GET,
            format!("/dealer-customers/TD68?cursor={CANARY}"),
            String::new(),
            ("list-dealer-customers", "invalid-request", 400),
        ),
        (
            Method::GET,
            "/dealer-customers/TD68".to_owned(),
            String::new(),
            ("list-dealer-customers", "listed", 200),
        ),
        (
            Method::GET,
            format!("/customer-organizations/{CANARY}"),
            String::new(),
            ("read-customer-organization", "not-found", 404),
        ),
        (Method::PUT, own.clone(), good.to_string(), ("none", "method-not-allowed", 405)),
        (Method::DELETE, format!("{own}/association"), String::new(), ("release", "released", 204)),
        (
            Method::DELETE,
            format!("{own}/association"),
            String::new(),
            ("release", "not-associated", 409),
        ),
    ]
}

#[tokio::test]
async fn each_request_is_one_json_line_in_the_log_and_no_line_has_personal_data() {
    let local = server(&["--empty", "--log", "json"]);
    let claims = json!({ "sub": CANARY, "scope": "dealer", "dealer_codes": "*", "name": CANARY });
    let client = reqwest::Client::new();
    let mut expected = Vec::new();
    for (number, (method, path, body, told)) in canaries().into_iter().enumerate() {
        let request = client.request(method, format!("{}{path}", local.url));
        let request = request
            .header("Authorization", claims::bearer(&claims))
            .header("Content-Type", "application/json")
            .header("X-Correlation-Id", format!("order-{number}"))
            .header("User-Agent", CANARY)
            .header("Idempotency-Key", format!("{CANARY}-0123456789-{number}"))
            .body(body);
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status().as_u16(), told.2, "{path}");
        let id = answer.headers()["x-request-id"].to_str().expect("text");
        expected.push((id.to_owned(), format!("order-{number}"), told));
    }
    drop(client);
    let (status, stdout, stderr) = local.interrupt();
    assert!(status.success());
    let caller = format!(",\"caller\":\"{CANARY}\"");
    for text in [&stdout, &stderr] {
        let found = text.lines().find(|line| {
            let line = line.replacen(&caller, "", 1).to_lowercase();
            ["qanari", "617-555", "02139"].iter().any(|word| line.contains(word))
        });
        assert_eq!(found, None);
    }
    let lines: Vec<Value> = stderr
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line:?} is no JSON")))
        .collect();
    // What else is there are the embedded database's own warnings of the conditions that it refused.
    let requests = lines.iter().filter(|line| line["message"] == "request");
    let requests: Vec<_> = requests.collect();
    assert_eq!(requests.len(), expected.len(), "{stderr}");
    for (line, (id, correlation, (operation, outcome, status))) in requests.iter().zip(expected) {
        assert_eq!(line["request_id"], id, "{line}");
        assert_eq!(line["correlation_id"], correlation, "{line}");
        assert_eq!(line["operation"], operation, "{line}");
        assert_eq!(line["caller"], CANARY, "{line}");
        assert_eq!(line["outcome"], outcome, "{line}");
        assert_eq!(line["status"], status, "{line}");
        for count in ["duration_ms", "steps", "calls", "rounds"] {
            assert!(line[count].is_u64(), "{count} of {line}");
        }
        for units in ["read_units", "write_units"] {
            assert!(line[units].is_number(), "{units} of {line}");
        }
        assert!(line["dry_run"].is_boolean() && line["replayed"].is_boolean(), "{line}");
    }
    assert_eq!((&requests[0]["dry_run"], &requests[0]["write_units"]), (&json!(true), &json!(0.0)));
    assert!(requests[1]["calls"].as_u64() >= Some(2), "{}", requests[1]);
}

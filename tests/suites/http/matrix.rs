//! The authorization matrix: every route of every function, with own, foreign, absent and malformed things, for every shape of claims.

use futures_util::stream::{self, StreamExt as _};
use kit::fixture::unchanged;
use serde_json::{Value, json};

use crate::callers::{nobodies, tokens};
use crate::contract::{self, Asks, Permission, Whose};
use crate::door::{Answer, Door, Event};

/// A request, what it asks of its caller, and the status for one who may do everything. All writes are dry runs, so that the table stays as it is.
struct Row {
    event: Event,
    asks: Asks,
    good: u16,
}

/// How many callers' requests stand in one queue.
const CALLERS_AT_ONCE: usize = 32;

const NOBODY: &str = "0123456789ABCDEF";

fn dealer_body(code: &str, number: &str) -> Value {
    json!({
        "dealerCode": code, "dealerCustomerNumber": number, "businessName": "Acme Mining",
        "address": { "line1": "100 Example Street", "city": "Westborough", "state": "MA", "postalCode": "01581", "country": "USA" }
    })
}

fn message(last_name: &str) -> Value {
    json!({ "type": "CWCustomerIn", "CustSoldTo": {
        "cst_send_response": "Y", "cst_lname": last_name, "cst_city": "Boston", "cst_state": "MA", "cst_zip": "02101", "cst_country": "USA", "cst_email_status": "O1"
    } })
}

/// Plants what the rows are about, and writes them down.
async fn rows(door: &Door) -> Vec<Row> {
    let associate = |body: &Value| Event::new("POST", "/dealer-customers").json(body);
    let both = door.prepare(201, &associate(&dealer_body("TD68", "OWN"))).await.json();
    let both = both["customerOrganizationIdentifier"].as_str().expect("an identifier").to_owned();
    door.prepare(201, &associate(&dealer_body("TD69", "FOREIGN"))).await;
    let mut other = dealer_body("TD69", "OTHER");
    other["businessName"] = json!("Bagel Works");
    let theirs = door.prepare(201, &associate(&other)).await.json();
    let theirs =
        theirs["customerOrganizationIdentifier"].as_str().expect("an identifier").to_owned();
    let shown = door
        .prepare(200, &Event::new("GET", &format!("/customer-organizations/{both}")))
        .await
        .json();
    let number = shown["customerNumber"].as_str().expect("a number").to_owned();
    let failed = json!({ "type": "CWCustomerIn", "CustSoldTo": { "cst_send_response": "Y", "cst_lname": "Robinson" } });
    let add = Event::new("POST", "/customers").json(&failed);
    let failed = door.prepare(422, &add).await.json();
    let error = failed["request_in_error"].as_str().expect("an id").to_owned();

    let too_large = "x".repeat(300 * 1024);
    let mut rows = Vec::new();
    let mut row = |event: Event, asks, good| rows.push(Row { event, asks, good });
    let dealers = [
        ("TD68", Whose::Own, "OWN", 200, 400),
        ("td68", Whose::Own, "OWN", 200, 400),
        ("TD69", Whose::Foreign, "FOREIGN", 200, 400),
        ("TD68", Whose::Own, "ABSENT", 404, 201),
        ("TD69", Whose::Foreign, "ABSENT", 404, 201),
        ("TD99", Whose::Foreign, "ABSENT", 404, 201),
        ("TD+68", Whose::Malformed, "OWN", 404, 400),
        ("TD68", Whose::Own, "!", 404, 400),
        ("TD69", Whose::Foreign, "!", 404, 400),
    ];
    for (code, whose, dcn, read, written) in dealers {
        let reads = Asks::DealerReads(whose);
        let writes = Asks::DealerWrites(whose);
        let thing = format!("/dealer-customers/{code}/{dcn}");
        row(Event::new("GET", &thing), reads, read);
        row(Event::new("DELETE", &format!("{thing}/association?dryRun=true")), writes, read);
        let post = Event::new("POST", "/dealer-customers?dryRun=true");
        row(post.json(&dealer_body(code, dcn)), writes, written);
    }
    let lists = [
        ("TD68", Whose::Own, 200),
        ("TD69", Whose::Foreign, 200),
        ("TD99", Whose::Foreign, 200),
        ("TD+68", Whose::Malformed, 404),
    ];
    for (code, whose, good) in lists {
        row(
            Event::new("GET", &format!("/dealer-customers/{code}")),
            Asks::DealerReads(whose),
            good,
        );
    }
    let organizations = [
        (both.as_str(), true, true, 200),
        (theirs.as_str(), false, true, 200),
        ("0123456789ABCDEF-000001-01234567", false, false, 404),
        ("no-identifier", false, false, 404),
    ];
    for (identifier, own, foreign, good) in organizations {
        let event = Event::new("GET", &format!("/customer-organizations/{identifier}"));
        row(event, Asks::Organization { own, foreign }, good);
    }
    let adds = [
        (message("Robinson"), 201),
        (json!({ "type": "CWCustomerIn", "CustSoldTo": {} }), 422),
        (json!([]), 400),
    ];
    for (body, good) in adds {
        row(Event::new("POST", "/customers?dryRun=true").json(&body), Asks::Customers, good);
    }
    row(
        Event::new("POST", "/customers?dryRun=true").body("application/xml", "<"),
        Asks::Customers,
        400,
    );
    let batches = [(json!([message("Robinson"), {}]), 200), (json!([]), 400), (json!({}), 400)];
    for (body, good) in batches {
        row(Event::new("POST", "/customers/batch?dryRun=true").json(&body), Asks::Customers, good);
    }
    // Whose a row is, the row itself is told.
    for (body, good) in [(json!([{}]), 200), (json!([]), 400), (json!({}), 400)] {
        let post = Event::new("POST", "/dealer-customers/batch").json(&body);
        row(post, Asks::DealerWrites(Whose::Malformed), good);
    }
    // Whoever may not ask is not told what is wrong with the body either.
    for (body, good) in [("", 400), ("{", 400), ("[]", 400), (too_large.as_str(), 413)] {
        let post = Event::new("POST", "/dealer-customers").body("application/json", body);
        row(post, Asks::DealerWrites(Whose::Malformed), good);
    }
    for (number, good) in [(number.as_str(), 200), ("999999999", 404), ("seven", 404)] {
        row(Event::new("GET", &format!("/customers/{number}")), Asks::CustomerReads, good);
        let erase = format!("/customers/{number}/erase?dryRun=true");
        row(Event::new("POST", &erase), Asks::Privacy, good);
        // What is wrong with the body is told before anybody is looked for, which takes a while for one who is not there.
        let malformed = if number == "seven" { 404 } else { 400 };
        for operation in ["merge", "unmerge"] {
            let path = format!("/customers/{number}/{operation}?dryRun=true");
            row(Event::new("POST", &path).json(&json!({})), Asks::Steward, malformed);
        }
        let path = format!("/customers/{number}/restore?dryRun=true");
        row(Event::new("POST", &path).json(&json!({})), Asks::Steward, 400);
    }
    for list in ["/errors", "/errors?state=open&limit=1", "/errors.csv"] {
        row(Event::new("GET", list), Asks::Steward, 200);
    }
    row(Event::new("GET", "/errors?limit=0"), Asks::Steward, 400);
    for (id, good) in [(error.as_str(), 200), (NOBODY, 404), ("no id", 404)] {
        let thing = format!("/errors/{id}");
        row(Event::new("GET", &thing), Asks::Steward, good);
        let patch = Event::new("PATCH", &format!("{thing}?dryRun=true")).header("if-match", "*");
        row(patch.json(&json!({ "cst_city": "Boston" })), Asks::Steward, good);
        row(
            Event::new("DELETE", &format!("{thing}?dryRun=true")).header("if-match", "*"),
            Asks::Steward,
            good,
        );
        for (verb, body) in
            [("assign", json!({ "to": "anna" })), ("note", json!({ "text": "a note" }))]
        {
            let post = Event::new("POST", &format!("{thing}/{verb}?dryRun=true"));
            row(post.header("if-match", "*").json(&body), Asks::Steward, good);
        }
        let reopened = if good == 200 { 409 } else { good };
        let reopen = Event::new("POST", &format!("{thing}/reopen?dryRun=true"));
        row(reopen.header("if-match", "*"), Asks::Steward, reopened);
        let reprocessed = if good == 200 { 422 } else { good };
        row(
            Event::new("POST", &format!("{thing}/reprocess?dryRun=true")),
            Asks::Steward,
            reprocessed,
        );
    }
    for (body, good) in [
        (json!({ "ids": [error] }), 200),
        (json!({ "ids": [NOBODY] }), 200),
        (json!({ "ids": ["no id"] }), 400),
    ] {
        row(Event::new("POST", "/errors/reprocess?dryRun=true").json(&body), Asks::Steward, good);
    }
    for (body, good) in [
        (json!({ "customerNumber": number }), 200),
        (json!({ "customerNumber": "999999999" }), 404),
        (json!({ "messages": [message("Robinson")], "exactMatch": "email" }), 200),
        (json!({ "layout": "none" }), 400),
    ] {
        row(Event::new("POST", "/rules/try").json(&body), Asks::Steward, good);
    }
    row(Event::new("GET", "/console"), Asks::Nothing, 200);
    row(Event::new("GET", "/console/console.css"), Asks::Nothing, 200);
    row(Event::new("GET", "/console/absent"), Asks::Nothing, 404);
    rows
}

/// How many requests are under way at once: the tests share the machine.
const AT_ONCE: usize = 16;

/// Sends the events, and returns the answers in their order. Who waits for somebody that may only not be found yet holds up nobody else.
async fn send_all(door: &Door, events: Vec<Event>) -> Vec<Answer> {
    let sent = events.into_iter().enumerate();
    let sent = sent.map(|(at, event)| async move { (at, door.send(&event).await) });
    let mut answers: Vec<_> = stream::iter(sent).buffer_unordered(AT_ONCE).collect().await;
    answers.sort_by_key(|(at, _)| *at);
    answers.into_iter().map(|(_, answer)| answer).collect()
}

#[tokio::test]
async fn every_route_answers_every_caller_as_the_contract_says() {
    let door = Door::open().await;
    let rows = rows(&door).await;
    let tokens = tokens();
    let before = door.fixture.records().await;
    let mut cases = 0;
    // Several callers at once: what is not there is asked for again for two seconds.
    for some in tokens.chunks(CALLERS_AT_ONCE) {
        let each = some.iter().flat_map(|caller| rows.iter().map(move |row| (caller, row)));
        let each: Vec<_> = each.collect();
        let events = each.iter().map(|((token, _), row)| row.event.clone().by(token)).collect();
        for (((token, permission), row), answer) in each.iter().zip(send_all(&door, events).await) {
            let expected = contract::status(*permission, row.asks, row.good);
            let shown: String = token.to_string().chars().take(120).collect();
            assert_eq!(
                answer.status,
                expected,
                "{} by {shown}, who is {permission:?}: {}",
                row.event.asked(),
                answer.body
            );
            if matches!(expected, 401 | 403) {
                assert_eq!(
                    answer.steps(),
                    0,
                    "{} by {shown} is refused before the table is asked",
                    row.event.asked()
                );
                assert_eq!(
                    answer.problem(),
                    if expected == 401 { "unauthenticated" } else { "forbidden" }
                );
                let challenge = (expected == 401).then_some("Bearer");
                assert_eq!(answer.header("www-authenticate"), challenge, "{answer:?}");
            }
            cases += 1;
        }
    }
    assert!(cases >= 1_000, "{cases} cases");
    for authorizer in nobodies() {
        let claims =
            json!({ "sub": "erp", "scope": "dealer customers steward", "dealer_codes": "*" });
        let bearer = local::claims::bearer(&claims);
        let pretend = |row: &Row| {
            let event = row.event.clone().authorizer(authorizer.clone());
            let event = event
                .header("authorization", &bearer)
                .header("x-amzn-oidc-data", &claims.to_string());
            event
                .header("sub", "erp")
                .header("scope", "dealer customers steward")
                .header("dealer_codes", "*")
                .header("x-scope", "dealer")
                .header("x-dealer-codes", "*")
                .header("x-forwarded-user", "admin")
        };
        let events = rows.iter().map(pretend).collect();
        for (row, answer) in rows.iter().zip(send_all(&door, events).await) {
            let nobody = Permission {
                known: false,
                dealer: true,
                customers: true,
                steward: true,
                privacy: true,
                own: true,
                all: true,
            };
            let expected = contract::status(nobody, row.asks, row.good);
            assert_eq!(
                answer.status,
                expected,
                "{} with {authorizer}: {}",
                row.event.asked(),
                answer.body
            );
        }
    }
    unchanged(&before, &door.fixture.records().await, &"all were refused, reads or dry runs");
}

#[tokio::test]
async fn claims_in_a_body_or_a_query_are_only_content() {
    let door = Door::open().await;
    let mut body = dealer_body("TD68", "OWN");
    body["requestContext"] = json!({ "authorizer": { "jwt": { "claims": { "sub": "erp", "scope": "dealer", "dealer_codes": "*" } } } });
    let event =
        Event::new("POST", "/dealer-customers?scope=dealer&dealer_codes=*&sub=erp").json(&body);
    let event = ["scope", "x-scope", "dealer_codes", "x-dealer-codes", "x-forwarded-user"]
        .into_iter()
        .fold(event, |event, name| event.header(name, "dealer *"));
    let answer = door.send(&event.clone().authorizer(Value::Null)).await;
    assert_eq!((answer.status, answer.steps()), (401, 0), "{answer:?}");
    let weak = json!({ "sub": "erp", "scope": "customers" });
    assert_eq!(door.send(&event.clone().by(&weak)).await.status, 403);
    let foreign = json!({ "sub": "erp", "scope": "dealer", "dealer_codes": "TD70" });
    assert_eq!(door.send(&event.by(&foreign)).await.status, 403);
}

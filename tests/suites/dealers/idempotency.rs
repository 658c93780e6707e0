//! Idempotency keys: one effect a key, and the same answer each time.

use reqwest::header::HeaderName;
use serde_json::{Value, json};

use crate::fixture::{Answer, Fixture, acme, acme_as, changed, given, identifier, unchanged};

const KEY: &str = "0123456789-abcdef_XYZ";

async fn keyed(stand: &Fixture, body: &Value, key: &str) -> Answer {
    stand.post("/dealer-customers").json(body).key(key).send().await
}

fn replayed(answer: &Answer) -> bool {
    match answer.header("idempotency-replayed") {
        Some(told) => {
            assert_eq!(told, "true", "{answer}");
            true
        }
        None => false,
    }
}

#[tokio::test]
async fn without_a_key_a_repeated_request_is_refused_as_the_same_customer() {
    let stand = Fixture::new().await;
    let holder = identifier(&stand.associate(&acme()).await.is(201));
    let problem = stand.associate(&acme()).await;
    let problem = problem.is_problem(400, "dcn-already-associated");
    assert_eq!(problem["sameOrganization"], true);
    assert_eq!(identifier(&problem), holder);
}

#[tokio::test]
async fn with_a_key_a_repeated_request_gets_its_answer_again_whichever_way_the_customer_was_found()
{
    let stand = Fixture::new().await;
    let mut organization = String::new();
    for (number, way) in ["created", "matched", "given"].into_iter().enumerate() {
        let body = match way {
            "given" => given("TD70", "1", &organization),
            _ => acme_as(&format!("TD{number}"), "1"),
        };
        let key = format!("{KEY}-{way}");
        let first = keyed(&stand, &body, &key).await;
        assert_eq!(first.is(201)["customerOrganization"], way, "{first}");
        assert!(!replayed(&first), "{first}");
        organization = identifier(&first.json());
        let before = stand.records().await;
        for quoted in [key.clone(), format!("\"{key}\"")] {
            let again = keyed(&stand, &body, &quoted).await;
            assert!(replayed(&again), "{again}");
            assert_eq!((again.status, &again.text), (201, &first.text));
            assert_eq!(again.header("location"), first.header("location"));
        }
        unchanged(&before, &stand.records().await, &"");
    }
}

#[tokio::test]
async fn the_answer_stays_the_same_after_the_dealer_customer_was_released_and_given_to_another() {
    let stand = Fixture::new().await;
    let first = keyed(&stand, &acme(), KEY).await;
    first.is(201);
    stand.release("TD68", "245TRSSDG343456").await.is_empty(204);
    let again = keyed(&stand, &acme(), KEY).await;
    assert!(replayed(&again), "{again}");
    assert_eq!((again.status, &again.text), (201, &first.text));
    let read = stand.get("/dealer-customers/TD68/245TRSSDG343456");
    let read = read.send().await.is(200);
    assert_eq!(read["customerOrganizationIdentifier"], Value::Null);

    let another = changed(acme(), "businessName", json!("Bristol Bakery"));
    let second = keyed(&stand, &another, "another-key-for-bristol").await;
    second.is(200);
    let again = keyed(&stand, &acme(), KEY).await;
    assert_eq!((again.status, &again.text), (201, &first.text));
    let again = keyed(&stand, &another, "another-key-for-bristol").await;
    assert_eq!((again.status, &again.text), (200, &second.text));
}

#[tokio::test]
async fn the_same_key_with_another_request_is_refused_and_has_no_effect() {
    let stand = Fixture::new().await;
    keyed(&stand, &acme(), KEY).await.is(201);
    let before = stand.records().await;
    let organization = identifier(&keyed(&stand, &acme(), KEY).await.json());
    for other in [
        acme_as("TD68", "1"),
        acme_as("TD69", "245TRSSDG343456"),
        changed(acme(), "email", json!("other@acme.example")),
        given("TD68", "2", &organization),
    ] {
        let answer = keyed(&stand, &other, KEY).await;
        answer.is_problem(422, "idempotency-key-reused");
    }
    assert_eq!(stand.dealer_customers().await, 1);
    unchanged(&before, &stand.records().await, &"");
}

#[tokio::test]
async fn the_key_of_another_caller_is_another_key() {
    let stand = Fixture::new().await;
    let by = |name: &str, body: &Value| {
        let claims = json!({ "sub": name, "scope": "dealer", "dealer_codes": "*" });
        stand.post("/dealer-customers").json(body).key(KEY).by(&claims).send()
    };
    by("one", &acme()).await.is(201);
    let other = by("other", &acme_as("TD69", "1")).await;
    other.is(201);
    assert!(!replayed(&other), "{other}");
    // The very same request by another caller is no repetition: it meets what the first has done.
    by("third", &acme()).await.is_problem(400, "dcn-already-associated");
    assert!(replayed(&by("one", &acme()).await));
}

#[tokio::test]
async fn what_had_no_effect_is_decided_anew_under_its_key_which_stays_bound() {
    let stand = Fixture::new().await;
    let body = acme_as("TD69", "1");
    let organization = identifier(&stand.associate(&acme()).await.is(201));
    stand.associate(&changed(body.clone(), "businessName", json!("Bristol Bakery"))).await.is(201);
    keyed(&stand, &body, KEY).await.is_problem(400, "dcn-already-associated");
    stand.release("TD69", "1").await.is_empty(204);
    keyed(&stand, &acme_as("TD69", "2"), KEY).await.is_problem(422, "idempotency-key-reused");
    let done = keyed(&stand, &body, KEY).await;
    assert_eq!(identifier(&done.is(200)), organization);
    assert!(!replayed(&done), "{done}");
    assert!(replayed(&keyed(&stand, &body, KEY).await));
}

#[tokio::test]
async fn a_request_with_faults_does_not_bind_its_key() {
    let stand = Fixture::new().await;
    let faulty = changed(acme(), "address/city", json!(""));
    keyed(&stand, &faulty, KEY).await.is(400);
    assert!(stand.is_untouched().await);
    keyed(&stand, &acme(), KEY).await.is(201);
}

#[tokio::test]
async fn a_key_on_a_dry_run_is_not_used_up() {
    let stand = Fixture::new().await;
    let trial =
        |body: &Value| stand.post("/dealer-customers?dryRun=true").json(body).key(KEY).send();
    trial(&acme()).await.is(201);
    assert!(stand.is_untouched().await);
    let done = keyed(&stand, &acme_as("TD69", "1"), KEY).await;
    done.is(201);
    assert!(!replayed(&done), "{done}");
}

#[tokio::test]
async fn a_key_is_what_a_caller_calls_the_effect_quoted_or_bare() {
    let stand = Fixture::new().await;
    let longest = "k".repeat(255);
    for (index, (key, again)) in [
        ("7", "\"7\""),
        ("SO-10023/4", "\"SO-10023/4\""),
        ("a\"b\\c", r#""a\"b\\c""#),
        ("semi;colons.and.dots", "\"semi;colons.and.dots\""),
        (&longest, &longest),
    ]
    .into_iter()
    .enumerate()
    {
        let body = acme_as("TD68", &index.to_string());
        let first = keyed(&stand, &body, key).await;
        first.is(201);
        assert!(!replayed(&first), "{first}");
        assert!(replayed(&keyed(&stand, &body, again).await), "{key}");
    }
}

#[tokio::test]
async fn a_bad_key_is_a_fault_beside_the_others() {
    let stand = Fixture::new().await;
    let long = "k".repeat(256);
    for bad in [
        "",
        "\"\"",
        long.as_str(),
        "\"not-closed",
        "\"closed\"-before-the-end",
        "\"no blanks\"",
        "no blanks",
        "0123456789abcdef, 0123456789abcdef",
        "0123456789abcdef,0123456789abcdef",
        "\u{e4}\u{f6}\u{fc}0123456789abcdef",
    ] {
        let answer = keyed(&stand, &acme(), bad).await;
        assert_eq!(
            answer.faults(),
            ["/headers/Idempotency-Key invalid-idempotency-key"],
            "{bad:?}"
        );
    }
    let faulty = changed(acme(), "address/city", json!(""));
    let answer = keyed(&stand, &faulty, "two words").await;
    assert_eq!(answer.faults().len(), 2, "{answer}");
    let twice = stand.post("/dealer-customers").json(&acme()).key(KEY);
    let twice = twice.header(HeaderName::from_static("idempotency-key"), KEY);
    twice.send().await.is_problem(400, "invalid-request");
    assert!(stand.is_untouched().await);
    keyed(&stand, &acme(), &"k".repeat(255)).await.is(201);
}

//! Dry runs: each foretells what the same request then does, and leaves the whole table as it was.

use serde_json::{Value, json};

use crate::fixture::{Answer, Fixture, acme, acme_as, changed, given, identifier, unchanged};

/// Tries the request, holds that nothing was written, then sends it in earnest, and holds that it does what was foretold.
async fn foretold(stand: &Fixture, body: &Value, status: u16) {
    let before = stand.everything().await;
    let trial = stand.try_to_associate(body).await;
    unchanged(&before, &stand.everything().await, &trial);
    let foretold = trial.is(status);
    let answer = stand.associate(body).await;
    let happened = answer.is(status);
    assert_eq!(foretold["dryRun"], true, "{trial}");
    assert_eq!(happened.get("dryRun"), None, "{answer}");
    assert_eq!(comparable(&foretold), comparable(&happened));
    assert_eq!(trial.header("location"), answer.header("location"));
}

/// A body without what a dry run cannot know: the mark itself, the request's id, and the identifier that a creation would give; nor the number of a customer that it
/// associates with nobody.
fn comparable(body: &Value) -> Value {
    let mut body = body.clone();
    if body["customerOrganization"] == "created" {
        body["customerOrganizationIdentifier"] = Value::Null;
    }
    if let Some(number) = body.get_mut("customerNumber") {
        *number = Value::Null;
    }
    let object = body.as_object_mut().expect("an object");
    object.remove("dryRun");
    object.remove("requestId");
    body
}

#[tokio::test]
async fn each_outcome_of_an_association_is_foretold_and_nothing_is_written() {
    let stand = Fixture::new().await;
    foretold(&stand, &acme(), 201).await;
    foretold(&stand, &acme(), 400).await;
    foretold(&stand, &acme_as("TD69", "matched"), 201).await;
    let organization = stand.get("/dealer-customers/TD69/matched").send().await;
    let organization = identifier(&organization.is(200));
    foretold(&stand, &given("TD70", "given", &organization), 201).await;
    foretold(&stand, &given("TD70", "given", &organization), 400).await;
    foretold(&stand, &given("TD70", "other", "0123456789ABCDEF-000001-01234567"), 404).await;

    stand.release("TD70", "given").await.is_empty(204);
    foretold(&stand, &given("TD70", "given", &organization), 200).await;
    stand.release("TD69", "matched").await.is_empty(204);
    foretold(&stand, &acme_as("TD69", "matched"), 200).await;
    stand.release("TD69", "matched").await.is_empty(204);
    let new_customer = changed(acme_as("TD69", "matched"), "businessName", json!("Bristol Bakery"));
    foretold(&stand, &new_customer, 200).await;

    // A DCN that is taken, for a customer that is not there yet.
    let taken = changed(acme(), "businessName", json!("Cedar Carpets"));
    foretold(&stand, &taken, 400).await;
    stand.plant_twin(&organization, [7; 10]).await;
    foretold(&stand, &acme_as("TD71", "ambiguous"), 409).await;
    foretold(&stand, &changed(acme(), "address/city", json!("")), 400).await;
}

#[tokio::test]
async fn a_creation_that_is_only_tried_names_no_identifier_and_uses_up_no_number() {
    let stand = Fixture::new().await;
    for _ in 0..3 {
        let body = stand.try_to_associate(&acme()).await.is(201);
        assert_eq!(body["customerOrganizationIdentifier"], Value::Null);
        assert_eq!(body["customerNumber"], Value::Null);
    }
    assert!(stand.is_untouched().await);
    let organization = identifier(&stand.associate(&acme()).await.is(201));
    assert_eq!(stand.customer(&organization).await.number.get(), 1);
}

#[tokio::test]
async fn each_outcome_of_a_release_is_foretold_with_a_body_and_nothing_is_written() {
    let stand = Fixture::new().await;
    stand.associate(&acme()).await.is(201);
    let path = "/dealer-customers/TD68/245TRSSDG343456/association";
    let absent = "/dealer-customers/TD68/nobody/association";
    let before = stand.everything().await;
    let trial = |path: &str| stand.delete(&format!("{path}?dryRun=true")).send();

    let released = trial(path).await.is(200);
    assert_eq!(released, json!({ "dcn": "TD68|245TRSSDG343456", "dryRun": true }));
    let marked = |answer: Answer, status, slug| {
        assert_eq!(answer.is_problem(status, slug)["dryRun"], true, "{answer}");
    };
    marked(trial(absent).await, 404, "not-found");
    unchanged(&before, &stand.everything().await, &"");

    stand.delete(path).send().await.is_empty(204);
    let before = stand.everything().await;
    marked(trial(path).await, 409, "not-associated");
    unchanged(&before, &stand.everything().await, &"");
    stand.delete(path).send().await.is_problem(409, "not-associated");
}

#[tokio::test]
async fn a_dry_run_tells_all_faults_and_any_refusal_as_what_it_is() {
    let stand = Fixture::new().await;
    let answer = stand.try_to_associate(&json!({})).await;
    assert_eq!(
        answer.faults(),
        [
            "/address/city city-blank",
            "/address/country country-blank",
            "/businessName name-blank",
            "/dealerCode required",
            "/dealerCustomerNumber required"
        ]
    );
    assert_eq!(answer.json()["dryRun"], true, "{answer}");
    let claims = json!({ "sub": "x", "scope": "dealer", "dealer_codes": "TD69" });
    let foreign = stand.post("/dealer-customers?dryRun=true").json(&acme());
    let answer = foreign.by(&claims).send().await;
    assert_eq!(answer.is_problem(403, "forbidden")["dryRun"], true);
    // What is not said to be a dry run clearly is none, and is refused rather than done.
    for unclear in ["1", "TRUE", "yes", "", "true&dryRun=true"] {
        let path = format!("/dealer-customers?dryRun={unclear}");
        let answer = stand.post(&path).json(&acme()).send().await;
        assert_eq!(answer.faults().len(), 1, "{answer}");
    }
    assert!(stand.is_untouched().await);
}

//! Correct a request in error: a merge patch, what still fails, versions, and what is kept of it all.

use reqwest::Method;
use serde_json::{Value, json};

use crate::fixture::{Fixture, person, with, without_city};
use kit::asking::codes;

/// Five faults: no name, no city, a state that is none, a postal code that is none, an e-mail address that is none.
fn five_faults() -> Value {
    let others = json!({
        "cst_lname": null, "cst_city": null, "cst_state": "ZZ", "cst_zip": "ABC", "cst_email": "bob.example"
    });
    with(person(""), &others)
}

#[tokio::test]
async fn of_five_faults_two_are_fixed_and_exactly_three_remain_in_answer_list_and_show() {
    let master = Fixture::new().await;
    let id = master.refused(&five_faults()).await;
    let all = ["name-blank", "city-blank", "invalid-state", "invalid-zip", "invalid-email"];
    let sorted = |mut codes: Vec<String>| {
        codes.sort();
        codes
    };
    let all = sorted(all.map(str::to_owned).to_vec());
    assert_eq!(sorted(codes(&master.shown(&id).await["errors"])), all);

    let patch = json!({ "cst_city": "Westborough", "cst_state": "MA" });
    let answer = master.correct(&id, "\"1\"", &patch).send().await;
    let three = ["invalid-email", "invalid-zip", "name-blank"].map(str::to_owned);
    answer.is(200);
    assert_eq!(sorted(answer.codes()), three);
    let shown = master.shown(&id).await;
    assert_eq!(sorted(codes(&shown["errors"])), three);
    assert_eq!(shown["message"]["CustSoldTo"]["cst_city"], "Westborough");
    let listed = master.listed("state=open").await;
    let in_list = listed[0]["codes"].as_array().expect("codes");
    let in_list = in_list.iter().map(|code| code.as_str().expect("a code").to_owned());
    assert_eq!(sorted(in_list.collect()), three);
    for (code, there) in
        [("city-blank", 0), ("invalid-state", 0), ("invalid-zip", 1), ("name-blank", 1)]
    {
        assert_eq!(master.listed(&format!("code={code}")).await.len(), there, "{code}");
    }
}

#[tokio::test]
async fn a_patch_sets_changes_and_takes_away_attributes_and_the_type() {
    let master = Fixture::new().await;
    let id = master.refused(&without_city("Robinson")).await;
    let patch = json!({
        "type": "Other", "cst_city": "Westborough", "cst_fname": null, "cst_street_addr": "", "cst_zip": 1581, "cst_suffix": null
    });
    let answer = master.correct(&id, "\"1\"", &patch).send().await;
    let body = answer.is(200);
    assert_eq!(body["message"]["type"], "Other");
    assert_eq!(codes(&body["errors"]), ["invalid-type", "invalid-zip"]);
    let message = &body["message"]["CustSoldTo"];
    assert_eq!(message["cst_city"], "Westborough");
    assert_eq!(message["cst_zip"], "1581");
    assert_eq!(message["cst_lname"], "Robinson");
    for gone in ["cst_fname", "cst_street_addr", "cst_suffix"] {
        assert_eq!(message.get(gone), None, "{gone}");
    }
    let body = master
        .correct(&id, "\"2\"", &json!({ "type": null, "cst_zip": "01581" }))
        .send()
        .await
        .is(200);
    assert_eq!(body["message"]["type"], Value::Null);
    assert_eq!(codes(&body["errors"]), ["invalid-type"]);
    let body =
        master.correct(&id, "\"3\"", &json!({ "type": "CWCustomerIn" })).send().await.is(200);
    assert_eq!(codes(&body["errors"]), Vec::<String>::new());
    assert_eq!(body["state"], "open");
    assert_eq!(master.listed("state=open").await[0]["codes"], json!([]));
}

#[tokio::test]
async fn all_faults_of_a_patch_are_told_at_once_and_nothing_is_changed() {
    let master = Fixture::new().await;
    let id = master.refused(&without_city("Robinson")).await;
    let patch = json!({
        "cst_favourite": "blue", "cst_city": ["Westborough"], "cst_zip": { "a": 1 }, "cst_state": true, "type": false, "a/b~c": "x"
    });
    assert_eq!(
        master.correct(&id, "*", &patch).send().await.faults(),
        [
            "/a~1b~0c unknown-property",
            "/cst_city wrong-kind",
            "/cst_favourite unknown-property",
            "/cst_state wrong-kind",
            "/cst_zip wrong-kind",
            "/type wrong-kind"
        ]
    );
    for (body, fault) in [
        ("[]", " wrong-kind"),
        ("\"x\"", " wrong-kind"),
        ("{\"cst_city\":\"a\",\"cst_city\":\"b\"}", "/cst_city repeated-property"),
        ("{", " not-json"),
    ] {
        let request = master.request(Method::PATCH, &format!("/errors/{id}"));
        let faults = request.if_match("*").body(body).send().await.faults();
        assert_eq!(faults, [fault], "{body}");
    }
    let long = json!({ "cst_city": "x".repeat(20_000) });
    assert_eq!(master.correct(&id, "*", &long).send().await.faults(), [" too-long"]);
    assert_eq!(master.shown(&id).await["version"], 1);
}

#[tokio::test]
async fn a_patch_comes_as_merge_patch_or_json_and_nothing_else() {
    let master = Fixture::new().await;
    let id = master.refused(&without_city("Robinson")).await;
    let send = |content_type: &'static str| {
        let request = master.request(Method::PATCH, &format!("/errors/{id}"));
        let request = request.if_match("*").header(reqwest::header::CONTENT_TYPE, content_type);
        request.body("{\"cst_city\":\"Westborough\"}").send()
    };
    send("application/merge-patch+json").await.is(200);
    send("application/json; charset=utf-8").await.is(200);
    for other in ["application/xml", "application/json-patch+json", "text/plain"] {
        send(other).await.is_problem(415, "unsupported-media-type");
    }
}

#[tokio::test]
async fn refusals_come_in_the_order_unknown_closed_version_missing_version_another() {
    let master = Fixture::new().await;
    let patch = json!({ "cst_city": "Westborough" });
    for unknown in ["0000000000000000", "not-an-id"] {
        master.correct(unknown, "", &patch).send().await.is_problem(404, "not-found");
        master.delete_request(unknown, "").send().await.is_problem(404, "not-found");
        master.reprocess(unknown).if_match("\"9\"").send().await.is_problem(404, "not-found");
        master.get(&format!("/errors/{unknown}")).send().await.is_problem(404, "not-found");
    }
    let open = master.refused(&without_city("Open")).await;
    let resolved = master.refused(&without_city("Resolved")).await;
    let answer = master.reprocess(&resolved).json(&patch).send().await.is(201);
    let number = &answer["CustSoldTo"]["cst_cust_nbr"];
    let deleted = master.refused(&without_city("Deleted")).await;
    master.delete_request(&deleted, "\"1\"").send().await.is_empty(204);

    for version in ["", "\"1\"", "\"9\"", "*"] {
        for answer in [
            master.correct(&resolved, version, &patch).send().await,
            master.delete_request(&resolved, version).send().await,
            master.reprocess(&resolved).if_match(version).send().await,
        ] {
            assert_eq!(&answer.is_problem(409, "already-resolved")["customerNumber"], number);
        }
        for answer in [
            master.correct(&deleted, version, &patch).send().await,
            master.delete_request(&deleted, version).send().await,
            master.reprocess(&deleted).if_match(version).send().await,
        ] {
            answer.is_problem(409, "already-deleted");
        }
    }
    master.correct(&open, "", &patch).send().await.is_problem(428, "version-required");
    master.delete_request(&open, "").send().await.is_problem(428, "version-required");
    for answer in [
        master.correct(&open, "\"9\"", &patch).send().await,
        master.delete_request(&open, "\"9\"").send().await,
        master.reprocess(&open).if_match("\"9\"").send().await,
    ] {
        assert_eq!(answer.is_problem(412, "version-mismatch")["version"], 1);
    }
    // A weak tag never matches, and one that is no version of ours says nothing of what somebody changed.
    for bad in ["1", "W/\"1\"", "\"01\"", "\"abc\", W/\"1\""] {
        let answer = master.correct(&open, bad, &patch).send().await;
        assert_eq!(answer.faults(), ["/headers/If-Match invalid-if-match"], "{bad}");
        let message = &answer.json()["errors"][0]["message"];
        assert!(message.as_str().expect("a text").contains("a weak one"), "{message}");
    }
    assert_eq!(master.shown(&open).await["version"], 1);
}

#[tokio::test]
async fn the_message_as_received_is_kept_character_for_character_whatever_is_done() {
    let master = Fixture::new().await;
    let body = "<Message type=\"CWCustomerIn\">\r\n  <!-- ü -->\n  <CustSoldTo cst_lname=\"R&amp;B &lt;Böhm&gt;\" cst_zip='01581'\tcst_state=\"MA\" cst_country=\"USA\" cst_email_status=\"O1\"/>\n</Message>\n";
    let request = master
        .post("/customers")
        .header(reqwest::header::CONTENT_TYPE, "application/xml; charset=utf-8");
    let answer = request.body(body).send().await;
    let id = answer.header("location").expect("a location").replace("/errors/", "");
    let received = json!({ "contentType": "application/xml", "body": body });
    assert_eq!(master.shown(&id).await["received"], received);
    let corrected = master.correct(&id, "*", &json!({ "cst_lname": "Other" })).send().await.is(200);
    assert_eq!(corrected["received"], received);
    master.reprocess(&id).send().await.is(422);
    assert_eq!(master.shown(&id).await["received"], received);
    master.reprocess(&id).json(&json!({ "cst_city": "Westborough" })).send().await.is(201);
    let shown = master.shown(&id).await;
    assert_eq!(shown["received"], received);
    assert_eq!(shown["message"]["CustSoldTo"]["cst_lname"], "Other");
}

#[tokio::test]
async fn show_evaluates_the_edits_anew_under_todays_controls() {
    let master = Fixture::new().await;
    let message = with(person("Robinson"), &json!({ "cst_country": null }));
    let id = master.refused(&message).await;
    assert_eq!(codes(&master.shown(&id).await["errors"]), ["country-blank"]);
    let later = master.deployed_with(&[("DEFAULT_COUNTRY", "USA")]).await;
    assert_eq!(codes(&later.shown(&id).await["errors"]), Vec::<String>::new());
    // The list has what was recorded last.
    assert_eq!(later.listed("code=country-blank").await.len(), 1);
    let stricter = master.deployed_with(&[("REQUIRE_CUSTOMER_CLASS", "true")]).await;
    assert_eq!(codes(&stricter.shown(&id).await["errors"]), ["country-blank", "class-required"]);
    assert_eq!(master.shown(&id).await["version"], 1);
}

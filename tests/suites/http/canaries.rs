//! Canaries: texts that stand for persons, in every place where a caller can put one, at every route, in good requests and in bad ones.

use local::claims;
use reqwest::Method;
use serde_json::{Value, json};

/// Method, path, headers and body of a request.
type Sent<'a> = (Method, String, &'a [(&'a str, &'a str)], String);

/// Stand for persons: nobody is called so, and no key, digest or identifier holds a Q beside a small letter.
pub(crate) const CANARIES: [&str; 6] =
    ["Qanari", "qanari", "617-555-0142", "6175550142", "Qanal Street", "QXALT"];

/// Who asks. It is logged, as `caller`, and nowhere else.
pub(crate) const CALLER: &str = "qanari@qanari.example";

/// A dealer's own number of a customer: part of a path and of a key by contract, and in no log line.
pub(crate) const DCN: &str = "Qdcn-7";

pub(crate) fn holds_a_canary(text: &str) -> Option<&'static str> {
    CANARIES.into_iter().find(|canary| text.contains(canary))
}

pub(crate) fn dealer_body() -> Value {
    json!({
        "dealerCode": "TD68", "dealerCustomerNumber": DCN, "businessName": "Qanari Mining", "alternateName": "Qanari",
        "address": { "line1": "1 Qanal Street", "line2": "c/o Qanari", "apartment": "Qanari", "city": "Qanaria", "state": "MA", "postalCode": "02139", "country": "USA" },
        "email": "qanari@qanari.example", "phones": [{ "type": "HOME", "number": "617-555-0142" }]
    })
}

pub(crate) fn message(extra: &[(&str, &str)]) -> Value {
    let mut message = json!({ "type": "CWCustomerIn", "source": "Qanari", "CustSoldTo": {
        "cst_send_response": "Y", "cst_fname": "Qanari", "cst_lname": "Qanari", "cst_company_name": "Qanari Works", "cst_street_addr": "1 Qanal Street", "cst_city": "Qanaria",
        "cst_state": "MA", "cst_zip": "02139", "cst_country": "USA", "cst_email": "qanari@qanari.example", "cst_email_status": "O1", "cst_day_phone": "617-555-0142",
        "cst_Qanari": "Qanari"
    } });
    for (name, value) in extra {
        message["CustSoldTo"][*name] = json!(value);
    }
    message
}

/// Asks as a caller whose name is a person's, and gives the answer's status and body. A problem's own words hold no canary.
pub(crate) async fn ask(
    url: &str,
    method: Method,
    target: &str,
    headers: &[(&str, &str)],
    body: String,
) -> (u16, String) {
    let token = claims::bearer(
        &json!({ "sub": CALLER, "scope": "dealer customers steward", "dealer_codes": "*", "name": "Qanari" }),
    );
    let mut request = reqwest::Client::new()
        .request(method, format!("{url}{target}"))
        .header("authorization", token);
    if !headers.iter().any(|(name, _)| *name == "content-type") {
        request = request.header("content-type", "application/json");
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = request
        .header("cookie", "name=Qanari")
        .header("user-agent", "Qanari")
        .body(body)
        .send()
        .await
        .expect("an answer");
    let status = answer.status().as_u16();
    let is_problem =
        answer.headers().get("content-type").is_some_and(|kind| kind == "application/problem+json");
    let body = answer.text().await.expect("text");
    if is_problem {
        let problem: Value = serde_json::from_str(&body).expect("JSON");
        let messages = problem["errors"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|fault| fault["message"].clone());
        for words in
            [problem["title"].clone(), problem["detail"].clone()].into_iter().chain(messages)
        {
            assert_eq!(holds_a_canary(&words.to_string()), None, "{target}: {body}");
        }
    }
    (status, body)
}

/// Asks every route of every function, in good and in bad ways; every kind of answer but busy and internal comes of it.
pub(crate) async fn ask_everything(url: &str) -> Vec<u16> {
    let xml = [("content-type", "application/xml")];
    let key = [("idempotency-key", "Qanari-Qanari-Qanari-Qanari")];
    let any = [("if-match", "*")];
    let failing = message(&[
        ("cst_zip", "Qanari"),
        ("cst_state", "Qanari"),
        ("cst_email", "qanari"),
        ("cst_cust_class", "Qanari"),
    ]);
    let mut statuses = Vec::new();
    let (_, added) = ask(
        url,
        Method::POST,
        "/customers",
        &[],
        message(&[("cst_interface_cust_nbr", "QXALT-1"), ("cst_relate_id", "QXALT-2")]).to_string(),
    )
    .await;
    let added: Value = serde_json::from_str(&added).expect("JSON");
    let number = added["CustSoldTo"]["cst_cust_nbr"].as_str().expect("a number").to_owned();
    let (_, failed) = ask(url, Method::POST, "/customers", &[], failing.to_string()).await;
    let failed: Value = serde_json::from_str(&failed).expect("JSON");
    let error = failed["request_in_error"].as_str().expect("an id").to_owned();
    let mut unknown = dealer_body();
    unknown["Qanari"] = json!({ "Qanari": "Qanari" });
    unknown["dealerType"] = json!("qanari!");
    unknown["email"] = json!("Qanari");
    unknown["phones"] = json!(["Qanari"]);
    let element = r#"<Message type="CWCustomerIn"><CustSoldTo cst_lname="Qanari" cst_send_response="Y" Qanari="Qanari"/></Message>"#;
    let own = format!("/dealer-customers/TD68/{DCN}");
    let identifier = added["customerOrganizationIdentifier"]
        .as_str()
        .unwrap_or("0123456789ABCDEF-000001-01234567")
        .to_owned();
    let mut other = dealer_body();
    other["businessName"] = json!("Qanari Bagels");
    let requests: Vec<Sent> = vec![
        (Method::POST, "/dealer-customers?dryRun=true".to_owned(), &[], dealer_body().to_string()),
        (Method::POST, "/dealer-customers".to_owned(), &key, dealer_body().to_string()),
        (Method::POST, "/dealer-customers".to_owned(), &key, dealer_body().to_string()),
        (Method::POST, "/dealer-customers".to_owned(), &key, other.to_string()),
        (Method::POST, "/dealer-customers".to_owned(), &[], other.to_string()),
        (
            Method::POST,
            "/dealer-customers?Qanari=Qanari".to_owned(),
            &[("if-match", "Qanari"), ("accept", "Qanari")],
            unknown.to_string(),
        ),
        (Method::POST, "/dealer-customers".to_owned(), &[], "{\"Qanari\":Qanari".to_owned()),
        (
            Method::POST,
            "/dealer-customers".to_owned(),
            &[("content-type", "text/Qanari")],
            dealer_body().to_string(),
        ),
        (Method::POST, "/dealer-customers".to_owned(), &[], "Qanari".repeat(30_000)),
        (Method::GET, own.clone(), &[], String::new()),
        (
            Method::GET,
            "/dealer-customers/TD68?limit=Qanari&cursor=Qanari".to_owned(),
            &[],
            String::new(),
        ),
        (Method::GET, "/dealer-customers/Qanari/Qanari".to_owned(), &[], String::new()),
        (Method::PUT, "/dealer-customers/Qanari/Qanari".to_owned(), &[], String::new()),
        (Method::GET, format!("/customer-organizations/{identifier}"), &[], String::new()),
        (Method::GET, "/customer-organizations/Qanari".to_owned(), &[], String::new()),
        (Method::DELETE, format!("{own}/association"), &[], String::new()),
        (Method::DELETE, format!("{own}/association"), &[], String::new()),
        (
            Method::POST,
            "/customers".to_owned(),
            &[],
            message(&[("cst_duplicate", "Y")]).to_string(),
        ),
        (
            Method::POST,
            "/customers".to_owned(),
            &[],
            message(&[("cst_cust_nbr", "Qanari")]).to_string(),
        ),
        (
            Method::POST,
            "/customers".to_owned(),
            &[],
            message(&[("cst_cust_nbr", &number), ("cst_fname", "Qanarius")]).to_string(),
        ),
        (
            Method::POST,
            "/customers".to_owned(),
            &[],
            message(&[
                ("cst_duplicate", "N"),
                ("cst_relate_id", "QXALT-3"),
                ("cst_interface_cust_nbr", "QXALT-1"),
            ])
            .to_string(),
        ),
        (Method::POST, "/customers".to_owned(), &xml, element.to_owned()),
        (
            Method::POST,
            "/customers".to_owned(),
            &xml,
            "<Qanari Qanari=\"Qanari\"><Qanari>".to_owned(),
        ),
        (Method::POST, "/customers".to_owned(), &xml, "<!DOCTYPE Qanari><Message/>".to_owned()),
        (
            Method::POST,
            "/customers".to_owned(),
            &[],
            "{\"CustSoldTo\":{\"cst_lname\":{\"Qanari\":\"Qanari\"}}}".to_owned(),
        ),
        (Method::GET, format!("/customers/{number}"), &[], String::new()),
        (Method::GET, "/customers/Qanari?Qanari=1".to_owned(), &[], String::new()),
        (Method::GET, "/errors?text=Qanari".to_owned(), &[], String::new()),
        (
            Method::GET,
            "/errors?state=Qanari&code=Qanari&attribute=Qanari&receivedAfter=Qanari".to_owned(),
            &[],
            String::new(),
        ),
        (Method::GET, "/errors.csv?text=Qanari".to_owned(), &[], String::new()),
        (Method::GET, format!("/errors/{error}"), &[], String::new()),
        (
            Method::PATCH,
            format!("/errors/{error}"),
            &any,
            json!({ "cst_city": "Qanaria", "cst_lname": "Qanari" }).to_string(),
        ),
        (
            Method::PATCH,
            format!("/errors/{error}"),
            &any,
            json!({ "Qanari": ["Qanari"] }).to_string(),
        ),
        (
            Method::PATCH,
            format!("/errors/{error}"),
            &[],
            json!({ "cst_city": "Qanaria" }).to_string(),
        ),
        (
            Method::PATCH,
            format!("/errors/{error}"),
            &[("if-match", "\"77\"")],
            json!({ "cst_city": "Qanaria" }).to_string(),
        ),
        (Method::POST, format!("/errors/{error}/reprocess"), &[], String::new()),
        (
            Method::POST,
            "/errors/reprocess".to_owned(),
            &[],
            json!({ "ids": [error, "Qanari"], "code": "Qanari" }).to_string(),
        ),
        (Method::POST, "/errors/reprocess".to_owned(), &[], json!({ "ids": [error] }).to_string()),
        (Method::DELETE, format!("/errors/{error}"), &any, String::new()),
        (Method::DELETE, format!("/errors/{error}"), &any, String::new()),
        (Method::POST, format!("/customers/{number}/erase?dryRun=true"), &[], String::new()),
        (Method::POST, "/customers/Qanari/erase".to_owned(), &[], String::new()),
        (Method::GET, "/console/Qanari".to_owned(), &[], String::new()),
    ];
    for (method, target, headers, body) in requests {
        let (status, answer) = ask(url, method, &target, headers, body).await;
        assert!(status < 500, "{target}: {answer}");
        statuses.push(status);
    }
    statuses
}

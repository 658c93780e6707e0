//! The customer master behind the page, and what others do to it meanwhile.

use kit::fixture::{self, Fixture};
use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};

/// A customer master with a table of its own.
pub(crate) struct World(Fixture);

impl World {
    pub(crate) async fn new() -> Self {
        Self(Fixture::new().await)
    }

    /// Another deployment over the same table, with other controls.
    pub(crate) async fn deployed_with(&self, controls: &[(&str, &str)]) -> Self {
        Self(self.0.deployed_with(controls).await)
    }

    /// The console's address.
    pub(crate) fn console(&self) -> String {
        format!("{}/console", self.0.stand.url)
    }

    /// The address of the contract's page.
    pub(crate) fn docs(&self) -> String {
        format!("{}/docs", self.0.stand.url)
    }

    /// Asks the API as the caller `somebody-else`, and returns status and body.
    pub(crate) async fn ask(&self, method: Method, path: &str, body: &Value) -> (u16, Value) {
        let caller = json!({ "sub": "somebody-else", "scope": "steward customers" });
        let request = self.0.request(method, path).by(&caller).if_match("*");
        let request = if body.is_null() { request } else { request.json(body) };
        let answer = request.send().await;
        (answer.status, serde_json::from_str(&answer.text).unwrap_or_default())
    }

    /// A request in error as the API shows it.
    pub(crate) async fn shown(&self, id: &str) -> Value {
        let (status, shown) = self.ask(Method::GET, &format!("/errors/{id}"), &Value::Null).await;
        assert_eq!(status, 200, "{shown}");
        shown
    }

    /// Sends a message that is accepted.
    pub(crate) async fn accepted(&self, attributes: &Value) {
        let message = json!({ "type": "CWCustomerIn", "CustSoldTo": attributes });
        let (status, answer) = self.ask(Method::POST, "/customers", &message).await;
        assert_eq!(status, 201, "{answer}");
    }

    /// Sends a message that fails its edits, and returns the id of the request in error.
    pub(crate) async fn refused(&self, attributes: &Value) -> String {
        let mut attributes = attributes.clone();
        attributes["cst_send_response"] = json!("Y");
        let message = json!({ "type": "CWCustomerIn", "CustSoldTo": attributes });
        let (status, answer) = self.ask(Method::POST, "/customers", &message).await;
        assert_eq!(status, 422, "{answer}");
        answer["request_in_error"].as_str().expect("an id").to_owned()
    }

    /// Sends a message in XML that fails its edits and asks for an answer, and returns the id of the request in error.
    pub(crate) async fn refused_xml(&self, body: &str) -> String {
        let request = self.0.post("/customers").header(CONTENT_TYPE, "application/xml");
        let answer =
            request.header(reqwest::header::ACCEPT, "application/json").body(body.to_owned());
        let answer = answer.send().await;
        answer.json()["request_in_error"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
    }
}

/// Attributes of a message that passes every edit, with others over them; `null` takes one away.
pub(crate) fn person(others: &Value) -> Value {
    fixture::with(fixture::person("Robinson"), others)
}

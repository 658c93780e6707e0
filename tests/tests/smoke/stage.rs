//! The stage that is looked at, and names that nobody used before.

use std::env;

use data_encoding::BASE32_NOPAD;
use reqwest::Method;
use serde_json::{Value, json};
use tests::asking::Request;
use tests::stand::Stand;

/// A deployed stage, or a stand in its place.
pub(crate) struct Stage {
    http: reqwest::Client,
    url: String,
    token: Option<String>,
    /// The dealer code that the token may act for.
    pub(crate) dealer_code: String,
    /// Twelve letters and digits that no other run has.
    pub(crate) name: String,
    _stand: Option<Stand>,
}

fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

impl Stage {
    pub(crate) async fn open() -> Self {
        let (url, token, stand) = match variable("BASE_URL") {
            Some(url) => {
                let token = variable("TOKEN").expect("with BASE_URL comes a TOKEN");
                (url, Some(token), None)
            }
            None => {
                let stand = Stand::for_a_test(tests::controls::default()).await;
                let stand = stand.expect("a stand");
                (stand.url.clone(), None, Some(stand))
            }
        };
        let mut bits = [0; 8];
        getrandom::fill(&mut bits).expect("the system has randomness");
        Self {
            http: reqwest::Client::new(),
            url: url.trim_end_matches('/').to_owned(),
            token,
            dealer_code: variable("DEALER_CODE").unwrap_or_else(|| "SMOKE".to_owned()),
            name: BASE32_NOPAD.encode(&bits)[..12].to_owned(),
            _stand: stand,
        }
    }

    /// A request of the bearer of the token.
    pub(crate) fn request(&self, method: Method, path: &str) -> Request {
        let request = Request::new(&self.http, method, &self.url, path);
        match &self.token {
            Some(token) => request.bearing(token),
            None => request,
        }
    }

    /// A request of somebody whose token is none.
    pub(crate) fn request_of_a_stranger(&self, method: Method, path: &str) -> Request {
        Request::new(&self.http, method, &self.url, path).bearing("no-token")
    }

    pub(crate) fn get(&self, path: &str) -> Request {
        self.request(Method::GET, path)
    }

    pub(crate) fn post(&self, path: &str) -> Request {
        self.request(Method::POST, path)
    }

    /// A `CWCustomerIn` of a person of this run.
    pub(crate) fn message(&self, duplicate_check: &str) -> Value {
        json!({
            "type": "CWCustomerIn", "source": "SMOKE",
            "CustSoldTo": {
                "cst_send_response": "Y", "cst_duplicate": duplicate_check, "cst_fname": "Smoke", "cst_lname": self.name,
                "cst_street_addr": format!("{} Example Street", self.name), "cst_city": "Westborough", "cst_state": "MA", "cst_zip": "01581",
                "cst_country": "USA", "cst_email_status": "O1"
            }
        })
    }

    /// Removes the person that a customer is.
    pub(crate) async fn erase(&self, number: &str) {
        let path = format!("/customers/{number}/erase");
        self.post(&path).send().await.is_empty(204);
    }
}

/// The customer number of a `CWCustomerOut`.
pub(crate) fn number(answer: &Value) -> String {
    let number = answer["CustSoldTo"]["cst_cust_nbr"].as_str();
    number.expect("a customer number").to_owned()
}

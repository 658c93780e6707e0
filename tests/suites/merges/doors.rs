//! The functions' doors over a table that is a few maps in memory: the requests that API Gateway would deliver, without a network and a database between.

use api::event;
use lambda_http::{Body, Response};
use model::ModelTable;
use operations::kit::{Master, Standardizer};
use serde_json::{Value, json};

/// The functions over a table of their own.
pub(crate) struct Doors {
    master: Master<ModelTable>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

impl Told {
    /// The body of an answer with this status.
    #[track_caller]
    pub(crate) fn is(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.body);
        self.body
    }

    /// Whether it is a problem of this type.
    pub(crate) fn is_problem(&self, kind: &str) -> bool {
        self.body["type"] == format!("/problems/{kind}")
    }
}

impl Doors {
    pub(crate) fn new() -> Self {
        Self::over(ModelTable::new())
    }

    /// The functions over this table.
    pub(crate) fn over(table: ModelTable) -> Self {
        let controls = local::controls::default();
        let standardizer = Standardizer::of(&controls);
        Self { master: Master::new(table, controls, standardizer) }
    }

    pub(crate) fn table(&self) -> &ModelTable {
        self.master.table()
    }

    pub(crate) async fn get(&self, path: &str) -> Told {
        self.ask("GET", path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Told {
        self.ask("POST", path, Some(body)).await
    }

    /// Asks as somebody who may do everything, whatever the versions are.
    async fn ask(&self, method: &str, path: &str, body: Option<&Value>) -> Told {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let claims = json!({ "sub": "steward", "scope": "dealer customers steward privacy", "dealer_codes": "*" });
        let event = json!({
            "version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": query,
            "headers": { "content-type": "application/json", "if-match": "*" },
            "requestContext": {
                "authorizer": { "jwt": { "claims": claims, "scopes": null } },
                "http": { "method": method, "path": path }, "requestId": "request", "stage": "$default"
            },
            "body": body.map(Value::to_string), "isBase64Encoded": false
        });
        let request = event::request(&event.to_string());
        let segments: Vec<&str> = path.split('/').skip(1).collect();
        // On the heap: unoptimised, the future of a whole function is larger than the stack of a test.
        let answer: Response<Body> = match (method, &segments[..]) {
            (_, ["dealer-customers" | "customer-organizations", ..]) => {
                Box::pin(associate_dealer::handle(&self.master, request)).await
            }
            ("POST", ["customers"]) => Box::pin(add_customer::handle(&self.master, request)).await,
            ("GET", _) => Box::pin(find_customer::handle(&self.master, request)).await,
            _ => Box::pin(merge_customers::handle(&self.master, request)).await,
        };
        let status = answer.status().as_u16();
        Told { status, body: serde_json::from_slice(answer.body()).unwrap_or(Value::Null) }
    }
}

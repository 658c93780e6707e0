//! The functions in this process, over an embedded database with a recorder before it: what a request costs is what the recorder saw.

use std::net::SocketAddr;
use std::time::Duration;

use axum::http::Method;
use fix_error::SignIn;
use lambda_http::{Body, Response};
use operations::kit::Master;
use operations::kit::Standardizer;
use serde_json::Value;
use store::client::Connection;
use store::dynamo::Dynamo;

use super::requests;
use kit::recorder::{self, Recorded, Recorder};
use local::embedded::Embedded;
use local::gateway::Route;
use local::schema;
use local::template;

/// The name of the table.
pub const TABLE: &str = "customer-master";

/// How long the recorder holds each call back: about as long as DynamoDB takes.
const HOLD: Duration = Duration::from_millis(3);

/// A database, a recorder before it, and a process of each function.
pub struct Rig {
    /// The database.
    pub embedded: Embedded,
    /// What stands before it.
    pub recorder: Recorder,
    /// What one process of the functions remembers.
    pub master: Master<Dynamo>,
    routes: matchit::Router<Route>,
}

/// An answer, and what it took.
#[derive(Debug)]
pub struct Answered {
    /// The status.
    pub status: u16,
    /// The body; null where it is no JSON.
    pub body: Value,
    /// `Location`, where there is one.
    pub location: String,
}

/// What a request cost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cost {
    /// Calls.
    pub calls: usize,
    /// Calls one after another.
    pub steps: usize,
    /// Read capacity units.
    pub read_units: f64,
    /// Write capacity units.
    pub write_units: f64,
}

impl Cost {
    /// What these calls cost together.
    #[must_use]
    pub fn of(calls: &[Recorded]) -> Self {
        Self {
            calls: calls.len(),
            steps: recorder::steps(calls),
            read_units: calls.iter().map(|call| call.read_units).sum(),
            write_units: calls.iter().map(|call| call.write_units).sum(),
        }
    }
}

impl Rig {
    /// A new one, with an empty table.
    ///
    /// # Errors
    ///
    /// A sentence when something cannot be started.
    pub async fn start() -> Result<Self, String> {
        let embedded = Embedded::start(None).await?;
        let recorder = Recorder::holding(HOLD, embedded.url()).await?;
        schema::create_table(&Connection::to_emulator(embedded.url()).client(), TABLE).await?;
        let mut routes = matchit::Router::new();
        for route in template::routes()? {
            routes
                .insert(&route.path, route.clone())
                .map_err(|error| format!("The route {} cannot be used: {error}.", route.path))?;
        }
        let master = master(&recorder.url());
        Ok(Self { embedded, recorder, master, routes })
    }

    /// The database's address and port, past the recorder.
    ///
    /// # Errors
    ///
    /// A sentence when it has none.
    pub fn database(&self) -> Result<SocketAddr, String> {
        let address = self.embedded.url().trim_start_matches("http://");
        address.parse().map_err(|error| format!("The database has no address: {error}."))
    }

    /// Another process: it remembers nothing, and has its own numbers.
    #[must_use]
    pub fn another(&self) -> Master<Dynamo> {
        master(&self.recorder.url())
    }

    /// Sends a request to the function of its route, in this process.
    ///
    /// # Errors
    ///
    /// A sentence when there is no such route, or the event is none.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Answered, String> {
        self.send_to(&self.master, method, path, body).await
    }

    /// The same in another process.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    pub async fn send_to(
        &self,
        master: &Master<Dynamo>,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Answered, String> {
        self.send_event(master, path, &requests::event(&method, path, body)).await
    }

    /// Sends an event to the function of this path's route.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    pub async fn send_event(
        &self,
        master: &Master<Dynamo>,
        path: &str,
        event: &str,
    ) -> Result<Answered, String> {
        let plain = path.split('?').next().unwrap_or_default();
        let route = self.routes.at(plain).map_err(|_| format!("{path} is no route."))?.value;
        let request = lambda_http::request::from_str(event)
            .map_err(|error| format!("The event is none: {error}."))?;
        let function = route.methods.get(request.method().as_str()).unwrap_or(&route.function);
        let answer: Response<Body> = match function.as_str() {
            "associate-dealer" => associate_dealer::handle(master, request).await,
            "add-customer" => add_customer::handle(master, request).await,
            "find-customer" => find_customer::handle(master, request).await,
            "merge-customers" => merge_customers::handle(master, request).await,
            _ => fix_error::handle(master, &SignIn::default(), request).await,
        };
        Ok(Answered {
            status: answer.status().as_u16(),
            body: serde_json::from_slice(answer.body()).unwrap_or_default(),
            location: answer
                .headers()
                .get("location")
                .and_then(|location| location.to_str().ok())
                .unwrap_or_default()
                .to_owned(),
        })
    }

    /// The same, with the calls that the database saw. Nobody else may be calling.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send), and when the status is not the one that was expected: then the measurement is of something else.
    pub async fn measure(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        status: u16,
    ) -> Result<(Answered, Vec<Recorded>), String> {
        drop(self.recorder.take());
        let answered = self.send(method.clone(), path, body).await?;
        if answered.status == status {
            Ok((answered, self.recorder.take()))
        } else {
            Err(format!(
                "{method} {path} answered {} and not {status}: {}",
                answered.status, answered.body
            ))
        }
    }
}

fn master(url: &str) -> Master<Dynamo> {
    let controls = local::controls::default();
    let standardizer = Standardizer::of(&controls);
    let table = Dynamo::new(Connection::to_emulator(url).client(), TABLE);
    Master::new(table, controls, standardizer)
}

//! A request that can be asked of a thing that is there and of one that is not: the same, but for the names of the thing.
//!
//! What routes and parameters there are is not known here.

use std::fmt;

use serde_json::Value;

use crate::canaries;
use crate::door::{Answer, Door, Event};

/// Of which of two things a request asks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Side {
    There,
    Absent,
}

/// What `{name}` stands for in a request.
#[derive(Clone)]
pub(crate) struct Name {
    pub(crate) name: &'static str,
    pub(crate) there: String,
    pub(crate) absent: String,
}

impl Name {
    pub(crate) fn new(
        name: &'static str,
        there: impl Into<String>,
        absent: impl Into<String>,
    ) -> Self {
        Self { name, there: there.into(), absent: absent.into() }
    }

    fn on(&self, side: Side) -> &str {
        match side {
            Side::There => &self.there,
            Side::Absent => &self.absent,
        }
    }
}

/// The body of a request.
#[derive(Clone)]
pub(crate) enum Body {
    None,
    Json(Value),
    Text(&'static str, String),
}

/// A request, with `{name}` where it names a thing.
#[derive(Clone)]
pub(crate) struct Asking {
    pub(crate) method: &'static str,
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Body,
    pub(crate) names: Vec<Name>,
}

impl Asking {
    pub(crate) fn new(method: &'static str, path: &str) -> Self {
        Self {
            method,
            path: path.to_owned(),
            query: Vec::new(),
            headers: Vec::new(),
            body: Body::None,
            names: Vec::new(),
        }
    }

    pub(crate) fn query(mut self, name: &str, value: &str) -> Self {
        self.query.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn json(mut self, body: Value) -> Self {
        self.body = Body::Json(body);
        self
    }

    pub(crate) fn text(mut self, content_type: &'static str, body: impl Into<String>) -> Self {
        self.body = Body::Text(content_type, body.into());
        self
    }

    pub(crate) fn names(mut self, names: impl IntoIterator<Item = Name>) -> Self {
        self.names.extend(names);
        self
    }

    /// The text with the names of this side.
    pub(crate) fn filled(&self, text: &str, side: Side) -> String {
        self.names.iter().fold(text.to_owned(), |text, name| {
            text.replace(&format!("{{{}}}", name.name), name.on(side))
        })
    }

    /// The event; `claims` of nobody are null.
    pub(crate) fn event(&self, side: Side, claims: &Value) -> Event {
        let query: Vec<_> =
            self.query.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let target = format!("{}?{}", self.path, query.join("&"));
        let mut event = Event::new(self.method, &self.filled(&target, side));
        event = match &self.body {
            Body::None => event,
            Body::Json(body) => {
                event.body("application/json", self.filled(&body.to_string(), side))
            }
            Body::Text(content_type, body) => event.body(content_type, self.filled(body, side)),
        };
        for (name, value) in &self.headers {
            event = event.header(name, &self.filled(value, side));
        }
        if claims.is_null() { event.authorizer(Value::Null) } else { event.by(claims) }
    }

    /// Asks, and keeps of the answer what a caller is told, with `{name}` where the answer has the request's own name of the thing.
    pub(crate) async fn ask(&self, door: &Door, side: Side, claims: &Value) -> Told {
        let answer = door.send(&self.event(side, claims)).await;
        let told = Told::of(&answer);
        // A short name would be found in what is none.
        let own = self.names.iter().filter(|name| name.on(side).len() > 3);
        own.fold(told, |told, name| told.renamed(name.on(side), &format!("{{{}}}", name.name)))
    }

    /// All that the request holds, to know what the caller sent itself.
    fn sent(&self) -> String {
        let body = match &self.body {
            Body::None => String::new(),
            Body::Json(body) => body.to_string(),
            Body::Text(_, body) => body.clone(),
        };
        let heads = format!("{} {:?} {:?} {body}", self.path, self.query, self.headers);
        self.filled(&heads, Side::There)
    }

    /// A canary in the answer that the caller did not send, of the thing's own or of the kind that stands for persons.
    pub(crate) fn canary<'c>(&self, told: &Told, own: &'c [String]) -> Option<&'c str> {
        let shown = told.to_string();
        let all = canaries::CANARIES.into_iter().chain(own.iter().map(String::as_str));
        let mut held = all.filter(|canary| shown.contains(canary)).peekable();
        // Hardly an answer holds one, and most of what is sent is long.
        held.peek()?;
        let sent = self.sent();
        held.find(|canary| !sent.contains(canary))
    }
}

/// What can be told of an answer, by its caller or by a clock.
#[derive(Clone, PartialEq)]
pub(crate) struct Told {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
    pub(crate) steps: u64,
    pub(crate) calls: u64,
}

impl Told {
    fn of(answer: &Answer) -> Self {
        let (status, headers, body) = answer.told();
        let calls = answer.line["calls"].as_u64().expect("a count");
        Self { status, headers, body, steps: answer.steps(), calls }
    }

    fn renamed(self, value: &str, name: &str) -> Self {
        let header = |(of, text): (String, String)| (of, text.replace(value, name));
        Self {
            headers: self.headers.into_iter().map(header).collect(),
            body: self.body.replace(value, name),
            ..self
        }
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in {} steps, {} calls;", self.status, self.steps, self.calls)?;
        for (name, value) in &self.headers {
            write!(f, " {name}: {value};")?;
        }
        write!(f, " {}", self.body.chars().take(400).collect::<String>())
    }
}

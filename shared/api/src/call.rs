//! One request at the door: opened from the event, closed with an answer or a problem and one log line.
//!
//! Opening never fails; what is wrong with a request is said when the part in question is asked for. Personal data is in
//! the path, the query and the body, so none of them is ever logged; of the claims, the caller's name alone is.

mod close;

use std::fmt;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::{Duration, Instant};

use data_encoding::BASE64URL_NOPAD;
use domain::by::By;
use domain::request::Versions;
use lambda_http::http::header::{ACCEPT, CONTENT_ENCODING, CONTENT_TYPE, IF_MATCH};
use lambda_http::http::{HeaderMap, HeaderName, Method};
use lambda_http::request::RequestContext;
use lambda_http::{Body, Request, RequestExt};
use operations::kit::{Attempt, Master};
use sha2::{Digest as _, Sha256};
use store::table::Table;

use crate::answer::Answer;
use crate::caller::Caller;
use crate::cursor::List;
use crate::event::Unreadable;
use crate::idempotency::IdempotencyKey;
use crate::media::{self, ContentType, JSON, Media};
use crate::path;
use crate::precondition;
use crate::problem::{self, Fault, Problem, ProblemType};
use crate::query::{DRY_RUN, Parameters, Query};
use crate::serve::{Answering, guarded};

/// The largest body that is read, in bytes (128 KiB), so that a request in error with its corrections always fits an item.
pub const MAX_BODY: usize = 128 * 1024;

/// How long a call may take before it is answered `busy`, from the moment it was opened. No answer takes longer than 9 s;
/// the rest is for writing the answer and the log line.
pub const MAX_CALL: Duration = Duration::from_millis(8_500);

/// Given with every answer, so that caller and log can be brought together.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// A caller's own id for what the request belongs to; returned and logged.
pub const CORRELATION_ID: HeaderName = HeaderName::from_static("x-correlation-id");

/// A caller's key for the effect of a POST.
pub const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The longest request or correlation id that is taken over, in characters.
const MAX_ID: usize = 128;

pub struct Call {
    method: Method,
    segments: Option<Vec<String>>,
    parameters: Parameters,
    headers: HeaderMap,
    body: Body,
    caller: Option<Caller>,
    request_id: String,
    correlation_id: Option<String>,
    unreadable: Vec<Fault>,
    started: Instant,
}

impl Call {
    /// Opens a request. It never fails: what is wrong with it is said when it is asked for.
    pub fn open(request: Request) -> Call {
        let started = Instant::now();
        let (head, body) = request.into_parts();
        let context = match head.request_context_ref() {
            Some(RequestContext::ApiGatewayV2(context)) => Some(context),
            // The enum is not ours; another kind of event brings neither a caller nor a stage.
            Some(_) => None,
            None => None,
        };
        let given_ids = [
            context.and_then(|context| context.request_id.as_deref()),
            head.lambda_context_ref().map(|context| context.request_id.as_str()),
        ];
        let request_id = given_ids
            .into_iter()
            .flatten()
            .find(|id| is_an_id(id))
            .map_or_else(new_id, str::to_owned);
        let correlation_id =
            only(&head.headers, &CORRELATION_ID).filter(|id| is_an_id(id)).map(str::to_owned);
        let unreadable = head.extensions.get::<Unreadable>();
        Call {
            unreadable: unreadable.map(|Unreadable(faults)| faults.clone()).unwrap_or_default(),
            segments: path::segments(
                head.raw_http_path(),
                context.and_then(|context| context.stage.as_deref()),
            ),
            parameters: Parameters::of(head.query_string_parameters_ref()),
            caller: context.and_then(Caller::from_context),
            request_id,
            correlation_id,
            method: head.method,
            headers: head.headers,
            body,
            started,
        }
    }

    pub fn method(&self) -> &Method {
        &self.method
    }

    /// The decoded segments of the path, without the prefix of a named stage: `/customers/7` is `["customers", "7"]`.
    ///
    /// # Errors
    /// `invalid-request` for a request whose event could not be read, so that it is answered before anything else of it is looked at;
    /// `not-found` for a path that no route can have: an empty segment, or one that cannot be decoded.
    pub fn segments(&self) -> Result<Vec<&str>, Problem> {
        problem::refuse_if_any(self.unreadable.clone())?;
        let segments = self.segments.as_ref().ok_or_else(Problem::not_found)?;
        Ok(segments.iter().map(String::as_str).collect())
    }

    /// The one of a path's routes that has the call's method.
    ///
    /// # Errors
    /// `not-found` for a path without routes, `method-not-allowed` for a method that none of them has.
    pub fn route<R>(&self, routes: Vec<(Method, R)>) -> Result<R, Problem> {
        self.route_beside(&[], routes)
    }

    /// The same for a path whose `others` another function answers.
    ///
    /// # Errors
    /// As [`Call::route`] has them.
    pub fn route_beside<R>(
        &self,
        others: &[Method],
        routes: Vec<(Method, R)>,
    ) -> Result<R, Problem> {
        if routes.is_empty() {
            return Err(Problem::not_found());
        }
        let mut allowed = others.to_vec();
        for (method, route) in routes {
            if method == self.method {
                return Ok(route);
            }
            allowed.push(method);
        }
        Err(Problem::method_not_allowed(&allowed))
    }

    /// The caller.
    ///
    /// # Errors
    /// `unauthenticated` when no verified claims came with the request, or they name nobody.
    pub fn caller(&self) -> Result<&Caller, Problem> {
        self.caller.as_ref().ok_or_else(Problem::unauthenticated)
    }

    /// A reader of the query's parameters, which collects their faults.
    pub fn query<'f>(&self, faults: &'f mut Vec<Fault>) -> Query<'_, 'f> {
        Query::open(&self.parameters, faults)
    }

    /// Goes on only without parameters.
    ///
    /// # Errors
    /// `invalid-request` for every parameter.
    pub fn without_parameters(&self) -> Result<(), Problem> {
        let mut faults = Vec::new();
        self.query(&mut faults).finish();
        problem::refuse_if_any(faults)
    }

    /// The attempt that this call is: who asks, for what, under which idempotency key, and whether nothing shall be written. Every POST takes a key, other methods none.
    /// `dryRun` is the only parameter; what is wrong with it, with another or with the key is added to the faults.
    ///
    /// # Errors
    /// `unauthenticated` without a caller.
    pub fn attempt<'m, T: Table>(
        &self,
        master: &'m Master<T>,
        operation: &'static str,
        faults: &mut Vec<Fault>,
    ) -> Result<Attempt<'m, T>, Problem> {
        Ok(self.attempt_with(master, operation, faults, |_| ())?.0)
    }

    /// The same of a route that has parameters beside `dryRun`.
    ///
    /// # Errors
    /// `unauthenticated` without a caller.
    pub fn attempt_with<'m, T: Table, P>(
        &self,
        master: &'m Master<T>,
        operation: &'static str,
        faults: &mut Vec<Fault>,
        parameters: impl FnOnce(&mut Query<'_, '_>) -> P,
    ) -> Result<(Attempt<'m, T>, P), Problem> {
        let by = By::new(self.caller()?.name(), operation, &self.request_id);
        let mut query = self.query(faults);
        let dry_run = query.dry_run();
        let parameters = parameters(&mut query);
        query.finish();
        let key = if self.method == Method::POST { self.idempotency_key(faults) } else { None };
        let key = key.as_ref().map(|key| (key.as_str(), self.fingerprint()));
        Ok((Attempt::new(master, by, key, dry_run), parameters))
    }

    /// The list of this name, as the caller reads it.
    ///
    /// # Errors
    /// `unauthenticated` without a caller.
    pub fn list<'a, T: Table>(
        &'a self,
        master: &'a Master<T>,
        name: impl Into<String>,
    ) -> Result<List<'a>, Problem> {
        Ok(List::new(&master.controls().secret, self.caller()?.name(), name))
    }

    /// A header's value, where the header is there once and is ASCII text. Several lines of one header come joined from
    /// the gateway, with `, ` between them.
    pub fn header(&self, name: &HeaderName) -> Option<&str> {
        only(&self.headers, name)
    }

    /// All lines of a header, with commas between them.
    pub(crate) fn joined(&self, name: &HeaderName) -> Option<String> {
        joined(&self.headers, name)
    }

    /// `Accept`, all its lines.
    pub fn accept(&self) -> Option<String> {
        joined(&self.headers, &ACCEPT)
    }

    /// `If-Match`: the versions that the caller has seen.
    ///
    /// # Errors
    /// `invalid-request` at `/headers/If-Match` for what is neither `*` nor quoted versions; weak ones do not count.
    pub fn if_match(&self) -> Result<Option<Versions>, Problem> {
        let Some(text) = joined(&self.headers, &IF_MATCH) else {
            return Ok(None);
        };
        precondition::if_match(&text).map(Some).ok_or_else(|| {
            let message = "If-Match is * or the quoted version, for example \"3\"; a weak one (W/\"3\") does not count.";
            Problem::invalid_request(vec![Fault::new(
                "/headers/If-Match",
                "invalid-if-match",
                message,
            )])
        })
    }

    /// `Idempotency-Key`. What is not one key of 1 to 255 visible ASCII characters is a fault at `/headers/Idempotency-Key`.
    fn idempotency_key(&self, faults: &mut Vec<Fault>) -> Option<IdempotencyKey> {
        let text = joined(&self.headers, &IDEMPOTENCY_KEY)?;
        let refused = |invalid| Fault::refused("/headers/Idempotency-Key", invalid);
        IdempotencyKey::parse(&text).map_err(|invalid| faults.push(refused(invalid))).ok()
    }

    /// A digest of all that makes this request what it is: method, path, precondition, content type and body. The same for the same request on the same route, another
    /// for another.
    fn fingerprint(&self) -> String {
        let mut digest = Sha256::new();
        let path = self.segments.iter().flatten().map(String::as_bytes);
        let if_match = joined(&self.headers, &IF_MATCH).unwrap_or_default();
        let media_type = self.media_type();
        let rest = [self.method.as_str(), &if_match, &media_type].map(str::as_bytes);
        for part in path.chain(rest).chain([&*self.body]) {
            digest.update(part.len().to_be_bytes());
            digest.update(part);
        }
        BASE64URL_NOPAD.encode(&digest.finalize())
    }

    /// The content type of the body in small letters and without parameters; JSON where none is given.
    pub fn media_type(&self) -> String {
        self.content_type().name
    }

    /// The charset that the content type names, in small letters.
    pub fn charset(&self) -> Option<String> {
        self.content_type().charset
    }

    /// The body, if it is in one of the `accepted` content types ([`crate::media`] has their names).
    ///
    /// # Errors
    /// `too-large` over [`MAX_BODY`]; `unsupported-media-type` for another content type, for a charset in which its form is
    /// not read, and for a compressed body.
    pub fn body(&self, accepted: &[&str]) -> Result<&[u8], Problem> {
        self.body_of(accepted, MAX_BODY)
    }

    /// The same for a body that may have up to `longest` bytes.
    pub(crate) fn body_of(&self, accepted: &[&str], longest: usize) -> Result<&[u8], Problem> {
        if self.body.len() > longest {
            let detail = format!("A body has at most {longest} bytes.");
            return Err(Problem::new(ProblemType::TooLarge).detail(detail));
        }
        let refused =
            |detail: String| Err(Problem::new(ProblemType::UnsupportedMediaType).detail(detail));
        let content_type = self.content_type();
        if !accepted.contains(&content_type.name.as_str()) {
            return refused(format!("This route reads {}.", accepted.join(", ")));
        }
        if !content_type.is_read() {
            return refused(match Media::of(&content_type.name) {
                Media::Json => "JSON is read in UTF-8.".to_owned(),
                Media::Xml => format!("XML is read in {}.", media::XML_CHARSETS.join(", ")),
            });
        }
        match joined(&self.headers, &CONTENT_ENCODING).as_deref() {
            None | Some("" | "identity") => Ok(&self.body),
            Some(_) => refused("This route does not read compressed bodies.".to_owned()),
        }
    }

    /// The id under which the log knows this request.
    pub fn request_id(&self) -> &str {
        &self.request_id
    }

    /// Runs `work`, which makes the answer, for as long as a call may take.
    ///
    /// # Errors
    /// As [`Call::within`] has them.
    pub async fn in_time(&self, work: Answering<'_>) -> Result<Answer, Problem> {
        self.within(MAX_CALL, work).await
    }

    /// Runs `work`, which makes the answer, until `longest` after the call was opened.
    ///
    /// # Errors
    /// What `work` says; `busy` when the time is over (whether there was an effect the same idempotency key will
    /// tell); `internal` when `work` panics, so that a panic is an answer with a log line and not a failed invocation.
    pub async fn within(&self, longest: Duration, work: Answering<'_>) -> Result<Answer, Problem> {
        let left = longest.saturating_sub(self.started.elapsed());
        match tokio::time::timeout(left, guarded(work)).await {
            Ok(Some(answer)) => answer,
            Ok(None) => Err(Problem::internal("the operation panicked")),
            Err(_) => Err(Problem::busy("the answer was not there in time")),
        }
    }

    /// Whether this is a dry run, whatever else is wrong with it. Reads have none.
    fn is_dry_run(&self) -> bool {
        self.method != Method::GET && self.parameters.only(DRY_RUN) == Some("true")
    }

    fn content_type(&self) -> ContentType {
        ContentType::parse(joined(&self.headers, &CONTENT_TYPE).as_deref().unwrap_or(JSON))
    }
}

/// Path, query, headers and body hold personal data, so only method and request id are shown.
impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("method", &self.method)
            .field("request_id", &self.request_id)
            .finish_non_exhaustive()
    }
}

/// The value of a header that is there once, as ASCII text.
fn only<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

/// All values of a header with commas between them, as the gateway joins them.
fn joined(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let values: Vec<_> = headers
        .get_all(name)
        .iter()
        .map(|value| String::from_utf8_lossy(value.as_bytes()))
        .collect();
    (!values.is_empty()).then(|| values.join(", "))
}

/// Ids are logged and sent back, so they are short and visible ASCII.
fn is_an_id(text: &str) -> bool {
    (1..=MAX_ID).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// An id for a request that came without one, as test events do. Each `RandomState` is seeded anew.
fn new_id() -> String {
    format!("{:016x}", RandomState::new().build_hasher().finish())
}

#[cfg(test)]
mod tests;

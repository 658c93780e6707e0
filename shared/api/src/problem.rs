//! Problems: every answer that is not a success, as `application/problem+json` (RFC 9457).
//!
//! A problem has an outside (type, sentence, faults), which is sent, and an inside (the error that caused it), which is
//! logged once and never sent. Which outcome of an operation becomes which problem is not decided here.

mod fault;
mod registry;

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

use lambda_http::http::header::{ALLOW, LINK, RETRY_AFTER, WWW_AUTHENTICATE};
use lambda_http::http::{HeaderName, HeaderValue, Method};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;

pub use fault::Fault;
pub use registry::ProblemType;

/// The content type of every problem.
pub const CONTENT_TYPE: &str = "application/problem+json";

/// How many faults one answer lists at most. The detail counts the others.
pub const MAX_FAULTS: usize = 100;

/// How many seconds a caller who met `busy` is asked to wait.
const RETRY_AFTER_SECONDS: u32 = 1;

/// Refuses the request with all `faults` in one `invalid-request`, or goes on when there are none.
pub fn refuse_if_any(faults: Vec<Fault>) -> Result<(), Problem> {
    if faults.is_empty() { Ok(()) } else { Err(Problem::invalid_request(faults)) }
}

/// An answer that is not a success. Boxed, because it travels through every `Result` of the edge.
pub struct Problem(Box<Parts>);

struct Parts {
    kind: ProblemType,
    detail: Option<Cow<'static, str>>,
    faults: Vec<Fault>,
    members: Vec<(&'static str, Value)>,
    headers: Vec<(HeaderName, HeaderValue)>,
    inside: Option<Box<dyn Error + Send + Sync>>,
}

impl Problem {
    /// A problem of this type, with nothing but its title to say.
    pub fn new(kind: ProblemType) -> Problem {
        Problem(Box::new(Parts {
            kind,
            detail: None,
            faults: Vec::new(),
            members: Vec::new(),
            headers: Vec::new(),
            inside: None,
        }))
    }

    /// `invalid-request` with all faults at once; the first [`MAX_FAULTS`] are listed and the others counted.
    pub fn invalid_request(mut faults: Vec<Fault>) -> Problem {
        let all = faults.len();
        faults.truncate(MAX_FAULTS);
        let mut problem = Problem::new(ProblemType::InvalidRequest);
        if all > MAX_FAULTS {
            problem = problem.detail(format!("The first {MAX_FAULTS} of {all} faults are listed."));
        }
        problem.0.faults = faults;
        problem
    }

    /// `invalid-message`: `reason` says why the message cannot be parsed, without repeating any of it.
    pub fn invalid_message(reason: impl Into<Cow<'static, str>>) -> Problem {
        Problem::new(ProblemType::InvalidMessage).detail(reason)
    }

    /// `not-found`. The same for what is absent and for what the caller may not see, so that it tells nothing.
    pub fn not_found() -> Problem {
        Problem::new(ProblemType::NotFound)
    }

    /// `method-not-allowed`, with the methods that the path has in `Allow`.
    pub fn method_not_allowed(allowed: &[Method]) -> Problem {
        let names: Vec<&str> = allowed.iter().map(Method::as_str).collect();
        let mut problem = Problem::new(ProblemType::MethodNotAllowed);
        if let Ok(value) = HeaderValue::try_from(names.join(", ")) {
            problem.0.headers.push((ALLOW, value));
        }
        problem
    }

    /// `unauthenticated`, with the challenge that RFC 9110 asks of every 401.
    pub fn unauthenticated() -> Problem {
        let mut problem = Problem::new(ProblemType::Unauthenticated)
            .detail("Send a token whose `sub` or `client_id` names the caller.");
        problem.0.headers.push((WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")));
        problem
    }

    pub fn forbidden() -> Problem {
        Problem::new(ProblemType::Forbidden)
    }

    /// `busy`, with `Retry-After`. The inside says what was busy; it is logged and not sent.
    pub fn busy(inside: impl Into<Box<dyn Error + Send + Sync>>) -> Problem {
        let mut problem = Problem::new(ProblemType::Busy).retry_after(RETRY_AFTER_SECONDS);
        problem.0.inside = Some(inside.into());
        problem
    }

    /// `internal`. The inside is logged and not sent.
    pub fn internal(inside: impl Into<Box<dyn Error + Send + Sync>>) -> Problem {
        let mut problem = Problem::new(ProblemType::Internal);
        problem.0.inside = Some(inside.into());
        problem
    }

    /// Says what is the matter this time. It is sent: no internals, and nothing that the caller may not see.
    pub fn detail(mut self, detail: impl Into<Cow<'static, str>>) -> Problem {
        self.0.detail = Some(detail.into());
        self
    }

    /// Adds an extension member, such as `candidates`. A name of RFC 9457 or one of ours (`type`, `title`, `status`,
    /// `detail`, `requestId`, `errors`) must not be given.
    pub fn with(mut self, name: &'static str, value: impl Into<Value>) -> Problem {
        debug_assert!(
            !["type", "title", "status", "detail", "requestId", "errors"].contains(&name)
        );
        self.0.members.push((name, value.into()));
        self
    }

    /// Takes an extension member away.
    pub fn without(mut self, name: &'static str) -> Problem {
        self.0.members.retain(|(member, _)| *member != name);
        self
    }

    pub fn with_faults(mut self, mut faults: Vec<Fault>) -> Problem {
        faults.truncate(MAX_FAULTS);
        self.0.faults = faults;
        self
    }

    /// Says that this is what would come of it, where it is a dry run; once, however often it is said.
    pub fn dry_run(self, dry_run: bool) -> Problem {
        const DRY_RUN: &str = "dryRun";
        if dry_run && !self.0.members.iter().any(|(name, _)| *name == DRY_RUN) {
            self.with(DRY_RUN, true)
        } else {
            self
        }
    }

    /// Says under which path of ours what was asked for really is (RFC 6596).
    pub fn canonical(mut self, path: &str) -> Problem {
        if let Ok(value) = HeaderValue::try_from(crate::answer::canonical_link(path)) {
            self.0.headers.push((LINK, value));
        }
        self
    }

    /// Sets `Retry-After`, in seconds.
    pub fn retry_after(mut self, seconds: u32) -> Problem {
        self.0.headers.retain(|(name, _)| name != RETRY_AFTER);
        self.0.headers.push((RETRY_AFTER, HeaderValue::from(seconds)));
        self
    }

    pub fn kind(&self) -> ProblemType {
        self.0.kind
    }

    /// The listed faults; only `invalid-request` has any.
    pub fn faults(&self) -> &[Fault] {
        &self.0.faults
    }

    /// The headers that belong to this problem beside the content type.
    pub(crate) fn headers(&self) -> &[(HeaderName, HeaderValue)] {
        &self.0.headers
    }

    /// The inside and its causes, outermost first, as one line for the log.
    pub(crate) fn inside(&self) -> Option<String> {
        let mut error: &(dyn Error + 'static) = self.0.inside.as_deref()?;
        let mut chain = error.to_string();
        while let Some(source) = error.source() {
            chain.push_str(": ");
            chain.push_str(&source.to_string());
            error = source;
        }
        Some(chain)
    }

    /// The body as it is sent.
    pub(crate) fn body(&self, request_id: &str) -> String {
        serde_json::to_string(&Wire { problem: &self.0, request_id })
            .expect("a problem is made of strings, numbers and JSON values, which always serialise")
    }
}

/// Faults and members may repeat what a caller sent, so only the type and the inside are shown.
impl fmt::Debug for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Problem")
            .field("kind", &self.0.kind)
            .field("inside", &self.inside())
            .finish_non_exhaustive()
    }
}

/// A problem on the wire; the members come in the order in which a person reads them.
struct Wire<'a> {
    problem: &'a Parts,
    request_id: &'a str,
}

impl Serialize for Wire<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Parts { kind, detail, faults, members, headers: _, inside: _ } = self.problem;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("type", &format_args!("/problems/{}", kind.slug()))?;
        map.serialize_entry("title", kind.title())?;
        map.serialize_entry("status", &kind.status().as_u16())?;
        if let Some(detail) = detail {
            map.serialize_entry("detail", detail)?;
        }
        map.serialize_entry("requestId", self.request_id)?;
        if !faults.is_empty() {
            map.serialize_entry("errors", faults)?;
        }
        for (name, value) in members {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Outer(std::io::Error);

    impl fmt::Display for Outer {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("the read failed")
        }
    }

    impl Error for Outer {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(&self.0)
        }
    }

    fn outer() -> Outer {
        Outer(std::io::Error::other("connection reset"))
    }

    #[test]
    fn a_problem_is_written_in_the_order_in_which_a_person_reads_it() {
        let problem =
            Problem::invalid_request(vec![Fault::new("/address/city", "city-blank", "City Blank")])
                .detail("Say where.")
                .with("version", 3);
        assert_eq!(
            problem.body("R1"),
            r#"{"type":"/problems/invalid-request","title":"The request is not valid","status":400,"detail":"Say where.","requestId":"R1","errors":[{"pointer":"/address/city","code":"city-blank","message":"City Blank"}],"version":3}"#
        );
    }

    #[test]
    fn the_inside_is_told_to_the_log_with_its_causes_and_never_to_the_caller() {
        for problem in [Problem::internal(outer()), Problem::busy(outer())] {
            assert_eq!(problem.inside().as_deref(), Some("the read failed: connection reset"));
            let body = problem.body("R1");
            assert!(!body.contains("read failed") && !body.contains("connection"), "{body}");
        }
    }

    #[test]
    fn busy_says_when_to_try_again_and_once_only() {
        let problem = Problem::busy("the block kept moving").retry_after(7);
        assert_eq!(problem.headers(), [(RETRY_AFTER, HeaderValue::from_static("7"))]);
        assert_eq!(Problem::busy("x").headers(), [(RETRY_AFTER, HeaderValue::from_static("1"))]);
    }

    #[test]
    fn method_not_allowed_lists_the_methods_of_the_path() {
        let problem = Problem::method_not_allowed(&[Method::GET, Method::DELETE]);
        assert_eq!(problem.headers(), [(ALLOW, HeaderValue::from_static("GET, DELETE"))]);
    }

    #[test]
    fn a_thousand_faults_are_counted_and_the_first_hundred_listed() {
        let faults =
            (0..1000).map(|n| Fault::new(format!("/p{n}"), "unknown-property", "no")).collect();
        let problem = Problem::invalid_request(faults);
        assert_eq!(problem.faults().len(), 100);
        assert!(problem.body("R").contains("The first 100 of 1000 faults are listed."));
    }

    #[test]
    fn no_fault_is_no_refusal_and_one_is() {
        assert!(refuse_if_any(Vec::new()).is_ok());
        let problem =
            refuse_if_any(vec![Fault::new("", "not-json", "no")]).expect_err("one fault refuses");
        assert_eq!(problem.kind(), ProblemType::InvalidRequest);
    }

    #[test]
    fn debug_shows_nothing_that_a_caller_sent() {
        let invalid =
            domain::Invalid { code: "invalid-value", reason: "Julie is not a city".into() };
        let problem = Problem::invalid_request(vec![Fault::refused("/Julie", invalid)])
            .with("name", "Julie")
            .detail("Julie");
        let shown = format!("{problem:?} {:?}", problem.faults());
        assert!(!shown.contains("Julie") && shown.contains("invalid-value"), "{shown}");
    }
}

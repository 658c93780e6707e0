//! The query of a request: reads its parameters one by one and collects every fault, as the JSON reader does for a body.
//!
//! What a parameter means is a route's business. A parameter `limit` is pointed at as `/query/limit`.

use lambda_http::aws_lambda_events::query_map::QueryMap;
use std::collections::BTreeMap;

use crate::cursor::{self, List};
use crate::json::escaped;
use crate::problem::Fault;

/// The parameter by which every write can be tried without an effect.
pub(crate) const DRY_RUN: &str = "dryRun";

/// The parameters as they came, decoded.
#[derive(Default)]
pub(crate) struct Parameters(BTreeMap<String, Vec<String>>);

impl Parameters {
    pub(crate) fn of(query: Option<&QueryMap>) -> Parameters {
        let mut parameters: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, value) in query.into_iter().flat_map(QueryMap::iter) {
            parameters.entry(name.to_owned()).or_default().push(value.to_owned());
        }
        Parameters(parameters)
    }

    /// The one value of a parameter; nothing where it is absent or given twice.
    pub(crate) fn only(&self, name: &str) -> Option<&str> {
        match self.0.get(name)?.as_slice() {
            [value] => Some(value),
            _ => None,
        }
    }
}

/// A reader of the query's parameters.
///
/// Every parameter that is asked for counts as known; [`Query::finish`] reports the others.
pub struct Query<'c, 'f> {
    parameters: &'c Parameters,
    known: Vec<&'static str>,
    faults: &'f mut Vec<Fault>,
}

impl<'c, 'f> Query<'c, 'f> {
    pub(crate) fn open(parameters: &'c Parameters, faults: &'f mut Vec<Fault>) -> Query<'c, 'f> {
        Query { parameters, known: Vec::new(), faults }
    }

    pub fn pointer(name: &str) -> String {
        format!("/query/{}", escaped(name))
    }

    /// All faults so far, to add others.
    pub fn faults(&mut self) -> &mut Vec<Fault> {
        self.faults
    }

    pub fn fault(&mut self, name: &str, code: &'static str, message: impl Into<String>) {
        self.faults.push(Fault::new(Self::pointer(name), code, message));
    }

    /// The value of a parameter; without a value (`?state=`) it is not given. Given twice, or not UTF-8, it is a fault.
    pub fn parameter(&mut self, name: &'static str) -> Option<&'c str> {
        self.raw(name).filter(|value| !value.is_empty())
    }

    /// A parameter that the domain parses, where it is given; what the domain refuses is a fault.
    pub fn optional<T>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, domain::Invalid>,
    ) -> Option<T> {
        let text = self.parameter(name)?;
        parse(text).map_err(|invalid| self.fault(name, invalid.code, invalid.reason)).ok()
    }

    /// A parameter that is `true` or `false` (the default); anything else is a fault.
    pub fn flag(&mut self, name: &'static str) -> bool {
        self.flag_or(name, false)
    }

    /// A parameter that is `true` or `false`, with this default; anything else is a fault.
    pub fn flag_or(&mut self, name: &'static str, default: bool) -> bool {
        match self.raw(name) {
            None => default,
            Some("false") => false,
            Some("true") => true,
            Some(_) => {
                self.fault(name, "invalid-flag", "This parameter is true or false.");
                default
            }
        }
    }

    /// `dryRun`: whether to decide as ever and write nothing.
    pub fn dry_run(&mut self) -> bool {
        self.flag(DRY_RUN)
    }

    /// `limit`: how many entries a page may have, from 1 to `most`; anything else is a fault.
    pub fn limit(&mut self, default: u32, most: u32) -> u32 {
        let Some(text) = self.raw("limit") else {
            return default;
        };
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        match text.parse() {
            Ok(limit) if digits && (1..=most).contains(&limit) => limit,
            Ok(_) | Err(_) => {
                self.fault(
                    "limit",
                    "invalid-limit",
                    format!("A limit is a whole number from 1 to {most}."),
                );
                default
            }
        }
    }

    /// `wait`: for how many seconds the answer may wait for news, from 0 (the default) to `most`; anything else is a fault.
    pub fn wait(&mut self, most: u32) -> u32 {
        let Some(text) = self.raw("wait") else {
            return 0;
        };
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        match text.parse() {
            Ok(wait) if digits && wait <= most => wait,
            Ok(_) | Err(_) => {
                let message = format!("A wait is a whole number of seconds from 0 to {most}.");
                self.fault("wait", "invalid-wait", message);
                0
            }
        }
    }

    /// `cursor`: the position in `list` that it carries; a cursor of anything else is a fault. See [`crate::cursor`].
    pub fn cursor(&mut self, list: &List<'_>) -> Option<String> {
        let text = self.parameter("cursor")?;
        let position = list.position(text);
        if position.is_none() {
            self.faults.push(cursor::fault());
        }
        position
    }

    /// The position in `list` that the cursor in this parameter carries, where `cursor` is not the word for it; a cursor of anything else is a fault.
    pub fn position(&mut self, name: &'static str, list: &List<'_>) -> Option<String> {
        let text = self.parameter(name)?;
        let position = list.position(text);
        if position.is_none() {
            let message = "This is not a place that this list gave out to you; start without one.";
            self.fault(name, "invalid-cursor", message);
        }
        position
    }

    /// Reports every parameter that nobody asked for.
    pub fn finish(self) {
        for name in self.parameters.0.keys().filter(|name| !self.known.contains(&name.as_str())) {
            let message = "This parameter is not known here.";
            let pointer = if name.len() <= 100 { Self::pointer(name) } else { "/query".to_owned() };
            self.faults.push(Fault::new(pointer, "unknown-parameter", message));
        }
    }

    fn raw(&mut self, name: &'static str) -> Option<&'c str> {
        let asked_before = self.known.contains(&name);
        self.known.push(name);
        let values = self.parameters.0.get(name)?;
        let value =
            self.parameters.only(name).filter(|value| !value.contains(char::REPLACEMENT_CHARACTER));
        if value.is_none() && !asked_before {
            if values.len() > 1 {
                self.fault(name, "repeated-parameter", "This parameter is given more than once.");
            } else {
                self.fault(name, "not-utf-8", "This parameter is not UTF-8.");
            }
        }
        value
    }
}

#[cfg(test)]
mod tests {
    use domain::secret::Secret;

    use super::*;

    fn secret() -> Secret {
        Secret::new(&"x".repeat(32)).expect("long enough")
    }

    /// Reads the query `text` with `walk` and returns what it found, and the faults as `pointer code`.
    fn walk<T>(text: &str, walk: impl FnOnce(&mut Query<'_, '_>) -> T) -> (T, Vec<String>) {
        let query: QueryMap = text.parse().expect("every text is a query");
        let parameters = Parameters::of(Some(&query));
        let mut faults = Vec::new();
        let mut query = Query::open(&parameters, &mut faults);
        let found = walk(&mut query);
        query.finish();
        (found, faults.iter().map(|fault| format!("{} {}", fault.pointer, fault.code)).collect())
    }

    #[test]
    fn dry_run_is_true_or_false_and_nothing_else() {
        let cases: &[(&str, bool, &[&str])] = &[
            ("", false, &[]),
            ("dryRun=true", true, &[]),
            ("dryRun=false", false, &[]),
            ("dryRun=", false, &["/query/dryRun invalid-flag"]),
            ("dryRun", false, &["/query/dryRun invalid-flag"]),
            ("dryRun=TRUE", false, &["/query/dryRun invalid-flag"]),
            ("dryRun=1", false, &["/query/dryRun invalid-flag"]),
            ("dryRun=true&dryRun=true", false, &["/query/dryRun repeated-parameter"]),
            ("dryrun=true", false, &["/query/dryrun unknown-parameter"]),
            ("dryRun=%74rue", true, &[]),
        ];
        for (text, expected, faults) in cases {
            let found = walk(text, |query| query.dry_run());
            assert_eq!(
                found,
                (*expected, faults.iter().map(ToString::to_string).collect()),
                "{text}"
            );
        }
    }

    #[test]
    fn a_limit_is_a_whole_number_in_its_range() {
        for (text, expected) in [("", 50), ("limit=1", 1), ("limit=200", 200), ("limit=007", 7)] {
            assert_eq!(walk(text, |query| query.limit(50, 200)), (expected, vec![]), "{text}");
        }
        for text in
            ["0", "201", "-1", "%2B1", "+1", "1.0", "x", "", "1e1", "99999999999999999999", "١"]
        {
            let (found, faults) = walk(&format!("limit={text}"), |query| query.limit(50, 200));
            assert_eq!(
                (found, faults),
                (50, vec!["/query/limit invalid-limit".to_owned()]),
                "{text}"
            );
        }
    }

    #[test]
    fn a_wait_is_a_whole_number_of_seconds_in_its_range() {
        for (text, expected) in [("", 0), ("wait=0", 0), ("wait=20", 20), ("wait=007", 7)] {
            assert_eq!(walk(text, |query| query.wait(20)), (expected, vec![]), "{text}");
        }
        for text in ["21", "-1", "+1", "1.0", "x", "", "99999999999999999999"] {
            let (found, faults) = walk(&format!("wait={text}"), |query| query.wait(20));
            assert_eq!((found, faults), (0, vec!["/query/wait invalid-wait".to_owned()]), "{text}");
        }
    }

    #[test]
    fn every_fault_of_a_query_is_reported_at_once() {
        let (found, faults) =
            walk("limit=x&cursor=y&state=open&state=open&a%2Fb=1&code=%ff&text=", |query| {
                query.limit(50, 200);
                query.cursor(&List::new(&secret(), "erp", "errors open"));
                [query.parameter("state"), query.parameter("code"), query.parameter("text")]
                    .map(|found| found.is_some())
            });
        assert_eq!(found, [false; 3]);
        assert_eq!(
            faults,
            [
                "/query/limit invalid-limit",
                "/query/cursor invalid-cursor",
                "/query/state repeated-parameter",
                "/query/code not-utf-8",
                "/query/a~1b unknown-parameter",
            ]
        );
    }

    #[test]
    fn a_cursor_of_this_list_gives_its_position() {
        let secret = secret();
        let list = |name| List::new(&secret, "erp", name);
        let text = format!("cursor={}", list("errors open").cursor("E7"));
        assert_eq!(
            walk(&text, |query| query.cursor(&list("errors open"))),
            (Some("E7".to_owned()), vec![])
        );
        assert_eq!(
            walk(&text, |query| query.cursor(&list("errors resolved"))).1,
            ["/query/cursor invalid-cursor"]
        );
    }

    #[test]
    fn a_parameter_the_domain_refuses_is_a_fault() {
        let (found, faults) = walk("dealer=T%7C", |query| {
            query.optional("dealer", domain::dealer::DealerCode::parse).is_some()
        });
        assert_eq!((found, faults), (false, vec!["/query/dealer invalid-dealer-code".to_owned()]));
    }
}

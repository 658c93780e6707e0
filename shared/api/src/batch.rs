//! Batches: many bodies in one, each of which is answered by itself, in the order in which they came.
//!
//! A batch is a JSON array, or one JSON text a line (NDJSON). What a row means is not known here.

use data_encoding::BASE64URL_NOPAD;
use serde::Serialize;
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};

use crate::call::{Call, MAX_BODY};
use crate::json::{self, Json, WRONG_KIND};
use crate::media;
use crate::problem::{Fault, Problem, ProblemType};

/// How many rows one batch has at the most.
pub const MAX_ROWS: usize = 100;

/// The largest batch that is read, in bytes (1 MiB).
pub const MAX_BATCH: usize = 1024 * 1024;

/// One row of a batch as it came.
pub struct Row<'b> {
    /// Where it stands in the batch, from 0.
    pub index: usize,
    text: &'b [u8],
}

impl<'b> Row<'b> {
    /// Its JSON.
    ///
    /// # Errors
    /// `too-large` where it is larger than a body of its own may be.
    pub fn text(&self) -> Result<&'b [u8], Problem> {
        if self.text.len() > MAX_BODY {
            let detail = format!("A row has at most {MAX_BODY} bytes.");
            return Err(Problem::new(ProblemType::TooLarge).detail(detail));
        }
        Ok(self.text)
    }

    /// A digest of it: the same for the same row, another for another.
    pub fn digest(&self) -> String {
        BASE64URL_NOPAD.encode(&Sha256::digest(self.text))
    }
}

/// The rows of the batch that is the body of this call.
///
/// # Errors
/// As [`Call::body`] has them; `invalid-request` for what is no list, for one without rows and for one with more than [`MAX_ROWS`].
pub fn rows(call: &Call) -> Result<Vec<Row<'_>>, Problem> {
    let body = call.body_of(&[media::JSON, media::NDJSON], MAX_BATCH)?;
    let body = body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(body);
    let texts = match call.media_type().as_str() {
        media::NDJSON => lines(body),
        _ => items(body).map_err(|fault| Problem::invalid_request(vec![fault]))?,
    };
    if !(1..=MAX_ROWS).contains(&texts.len()) {
        let message = format!("A batch has 1 to {MAX_ROWS} rows; this one has {}.", texts.len());
        return Err(Problem::invalid_request(vec![Fault::new("", "too-many", message)]));
    }
    Ok(texts.into_iter().enumerate().map(|(index, text)| Row { index, text }).collect())
}

/// The lines that are not blank.
fn lines(body: &[u8]) -> Vec<&[u8]> {
    let lines = body.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    lines.filter(|line| !line.is_empty()).collect()
}

/// The items of a list, each as it is written: what is wrong within one is that row's own fault.
fn items(body: &[u8]) -> Result<Vec<&[u8]>, Fault> {
    let items = match serde_json::from_slice::<Vec<&RawValue>>(body) {
        Ok(items) => items,
        Err(error) => {
            return Err(match json::read(body)? {
                json @ (Json::Null
                | Json::Bool(_)
                | Json::Number(_)
                | Json::Text(_)
                | Json::Object(_)) => {
                    let message = format!("This must be a list; it is {}.", json.kind());
                    Fault::new("", WRONG_KIND, message)
                }
                Json::List(_) => {
                    Fault::new("", "not-json", format!("The body is not JSON: {error}."))
                }
            });
        }
    };
    Ok(items.into_iter().map(|item| item.get().as_bytes()).collect())
}

/// The answer to a batch.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Batch<R> {
    /// What became of each row, in order.
    pub results: Vec<R>,
    #[serde(skip_serializing_if = "is_false")]
    pub dry_run: bool,
}

/// What became of one row: where it stands, and the status that it would have had alone.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RowResult<T> {
    pub index: usize,
    pub status: u16,
    /// The same in a word: success, unchanged, duplicate, failure, refused, busy.
    pub outcome: &'static str,
    /// What else there is to say of it; nothing of one that came to no outcome.
    #[serde(flatten)]
    pub told: Option<T>,
    /// The row of this batch that made the customer that this one found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duplicate_of_row: Option<usize>,
    /// Why it was not done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<Box<RawValue>>,
}

impl<T> RowResult<T> {
    /// A row that was not done: `busy` where it may be sent again as it is, else `refused`. What is behind the problem is logged here.
    pub fn refused(index: usize, problem: &Problem, call: &Call) -> Self {
        let kind = problem.kind();
        if kind.status().is_server_error() {
            let (request_id, outcome, inside) = (call.request_id(), kind.slug(), problem.inside());
            tracing::warn!(request_id, row = index, outcome, inside, "a row of a batch failed");
        }
        let problem = problem.body(call.request_id());
        Self {
            index,
            status: kind.status().as_u16(),
            outcome: if kind == ProblemType::Busy { "busy" } else { "refused" },
            told: None,
            duplicate_of_row: None,
            problem: RawValue::from_string(problem).ok(),
        }
    }
}

fn is_false(flag: &bool) -> bool {
    !*flag
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(found: Vec<&[u8]>) -> Vec<String> {
        found.into_iter().map(|text| String::from_utf8_lossy(text).into_owned()).collect()
    }

    #[test]
    fn a_row_is_what_is_written_and_what_is_wrong_within_it_stays_there() {
        let found = items(br#" [ {"a":1.50}, [2] ,"\ud800",null, {"b":1,"b":2} ] "#).map(texts);
        let rows = [r#"{"a":1.50}"#, "[2]", r#""\ud800""#, "null", r#"{"b":1,"b":2}"#];
        assert_eq!(found.ok(), Some(rows.map(str::to_owned).to_vec()));
        let found = texts(lines(b"{\"a\":1}\r\n\n  {]\n\xff\n"));
        assert_eq!(found, [r#"{"a":1}"#, "{]", "\u{fffd}"]);
    }

    #[test]
    fn what_is_no_list_is_refused_with_its_place() {
        for (body, code) in [
            ("", "empty-body"),
            ("{}", WRONG_KIND),
            ("null", WRONG_KIND),
            ("[1,]", "not-json"),
            ("[1] 2", "not-json"),
            ("[{]", "not-json"),
        ] {
            let fault = items(body.as_bytes()).expect_err(body);
            assert_eq!((fault.pointer.as_str(), fault.code), ("", code), "{body}");
        }
    }
}

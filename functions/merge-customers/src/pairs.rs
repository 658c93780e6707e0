//! What a steward decides of pairs of possible duplicates: they are kept apart, and that is taken back.

use api::StatusCode;
use api::answer::Answer;
use api::call::Call;
use api::json::{self, Json, Reader, item};
use api::media;
use api::problem::{self, Fault, Problem, ProblemType};
use domain::Invalid;
use domain::customer::CustomerNumber;
use operations::customers::decision::Refused;
use operations::customers::keep_apart::{self, KeptApart, MAX_BATCH, Two, Wish};
use operations::kit::{Master, Stopped};
use serde::Serialize;
use store::table::Table;

/// What a dry run says of a decision.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Decided {
    customer_number: String,
    other: String,
    dry_run: bool,
}

/// What became of each pair of many.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Results {
    results: Vec<One>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    dry_run: bool,
}

/// The status that the single call would have had, and the outcome in a word.
#[derive(Serialize)]
struct One {
    index: usize,
    status: u16,
    outcome: &'static str,
    customer: String,
    other: String,
}

/// Keeps the customer of the path and the one of the body apart.
pub(crate) async fn keep_apart<T: Table>(
    master: &Master<T>,
    call: &Call,
    number: &str,
) -> Result<Answer, Problem> {
    let mut faults = Vec::new();
    let attempt = call.attempt(master, "keep-apart", &mut faults)?;
    let json = json::parse(call.body(&[media::JSON])?)?;
    let mut body = Reader::open(&json, "", &mut faults);
    let other = body.required("other", number_of);
    body.finish();
    problem::refuse_if_any(faults)?;
    let customer = CustomerNumber::parse(number).ok_or_else(Problem::not_found)?;
    let two = Two { customer, other: other.ok_or_else(Problem::not_found)? };
    let kept = keep_apart::keep_apart(&attempt, two).await?;
    decided(kept, two, attempt.dry_run)
}

/// Takes the decision back that keeps the two customers of the path apart.
pub(crate) async fn take_back<T: Table>(
    master: &Master<T>,
    call: &Call,
    (number, other): (&str, &str),
) -> Result<Answer, Problem> {
    let mut faults = Vec::new();
    let attempt = call.attempt(master, "take-back", &mut faults)?;
    problem::refuse_if_any(faults)?;
    let parse = |number| CustomerNumber::parse(number).ok_or_else(Problem::not_found);
    let two = Two { customer: parse(number)?, other: parse(other)? };
    let taken = keep_apart::take_back(&attempt, two).await?;
    decided(taken, two, attempt.dry_run)
}

fn decided(kept: KeptApart, two: Two, dry_run: bool) -> Result<Answer, Problem> {
    let KeptApart::Done { replayed } = kept else { return Err(refusal(kept)) };
    if dry_run {
        let Two { customer, other } = two;
        let (customer_number, other) = (customer.to_string(), other.to_string());
        let decided = Decided { customer_number, other, dry_run };
        return Ok(Answer::json(StatusCode::OK, "decided", &decided));
    }
    Ok(Answer::empty(StatusCode::NO_CONTENT, "decided").replayed(replayed))
}

/// Why nothing was decided.
fn refusal(kept: KeptApart) -> Problem {
    let fault = |code, message: &str| {
        Problem::invalid_request(vec![Fault::new("/other", code, message.to_owned())])
    };
    match kept {
        KeptApart::Itself => fault("same-customer", "A customer is no duplicate of itself."),
        KeptApart::OfTwoCompanies => {
            fault("another-company", "Customers of two companies are no duplicates.")
        }
        KeptApart::Merged { number, into } => {
            Refused::AlreadyMerged { number, winner: Some(into) }.into()
        }
        KeptApart::NotFound | KeptApart::Done { .. } => Problem::not_found(),
    }
}

/// Decides on many pairs.
pub(crate) async fn decide<T: Table>(master: &Master<T>, call: &Call) -> Result<Answer, Problem> {
    let mut faults = Vec::new();
    let attempt = call.attempt(master, "decide", &mut faults)?;
    let json = json::parse(call.body(&[media::JSON])?)?;
    let pairs = pairs(&json, &mut faults);
    problem::refuse_if_any(faults)?;
    let results = keep_apart::decide_batch(&attempt, &pairs).await?;
    let replayed = results.iter().any(|one| matches!(one, Ok(KeptApart::Done { replayed: true })));
    let results = pairs.iter().zip(results).enumerate();
    let results = results.map(|(index, (pair, result))| one(index, *pair, result)).collect();
    let results = Results { results, dry_run: attempt.dry_run };
    Ok(Answer::json(StatusCode::OK, "decided", &results).replayed(replayed))
}

fn one(index: usize, (two, wish): (Two, Wish), result: Result<KeptApart, Stopped>) -> One {
    let (status, outcome) = match result {
        Ok(KeptApart::Done { .. }) => (StatusCode::NO_CONTENT, word(wish)),
        Ok(refused) => of_kind(refusal(refused).kind()),
        Err(stopped) => of_kind(Problem::from(stopped).kind()),
    };
    let Two { customer, other } = two;
    One {
        index,
        status: status.as_u16(),
        outcome,
        customer: customer.to_string(),
        other: other.to_string(),
    }
}

/// What a decision is called.
fn word(wish: Wish) -> &'static str {
    match wish {
        Wish::KeepApart => "apart",
        Wish::TakeBack => "open",
    }
}

fn of_kind(kind: ProblemType) -> (StatusCode, &'static str) {
    (kind.status(), kind.slug())
}

/// Reads the pairs that are decided on, none of them twice: what is decided at once has no order.
fn pairs(json: &Json, faults: &mut Vec<Fault>) -> Vec<(Two, Wish)> {
    let rows = match json {
        Json::List(rows) => &rows[..],
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::Text(_) | Json::Object(_) => &[],
    };
    if rows.is_empty() || rows.len() > MAX_BATCH {
        let message = format!("This is a list of 1 to {MAX_BATCH} decisions.");
        faults.push(Fault::new("", "too-many", message));
        return Vec::new();
    }
    let mut pairs: Vec<(Two, Wish)> = Vec::with_capacity(rows.len());
    let mut seen: Vec<[CustomerNumber; 2]> = Vec::with_capacity(rows.len());
    for (index, row) in rows.iter().enumerate() {
        let mut row = Reader::open(row, item("", index), faults);
        let customer = row.required("customer", number_of);
        let other = row.required("other", number_of);
        let wish = row.required("decision", |given| {
            [Wish::KeepApart, Wish::TakeBack]
                .into_iter()
                .find(|wish| word(*wish) == given)
                .ok_or_else(|| invalid("invalid-decision", "a decision is `apart` or `open`"))
        });
        row.finish();
        let Some((customer, other)) = customer.zip(other) else { continue };
        let both = [customer.min(other), customer.max(other)];
        if seen.contains(&both) {
            let message = "This pair is decided on in an earlier row.".to_owned();
            faults.push(Fault::new(item("", index), "pair-twice", message));
        }
        seen.push(both);
        pairs.extend(wish.map(|wish| (Two { customer, other }, wish)));
    }
    pairs
}

fn number_of(text: &str) -> Result<CustomerNumber, Invalid> {
    CustomerNumber::parse(text)
        .ok_or_else(|| invalid("invalid-number", "a customer number is up to nine digits"))
}

fn invalid(code: &'static str, reason: &str) -> Invalid {
    Invalid { code, reason: reason.to_owned() }
}

//! The list of requests in error and its filters, as JSON and as CSV.

use api::StatusCode;
use api::answer::Answer;
use api::call::Call;
use api::cursor::List;
use api::problem::{self, Problem};
use api::query::Query;
use domain::Invalid;
use domain::message::edits::Field;
use domain::request::{RequestInError, State};
use domain::time::Timestamp;
use lambda_http::http::header::{CONTENT_DISPOSITION, LINK};
use operations::kit::Master;
use operations::requests::actions;
use operations::requests::list::{self as queue, Filter, Order};
use operations::requests::totals;
use store::table::Table;
use tokio::try_join;

use crate::body::edit_code;
use crate::shown::{OfState, Page, Summary};

pub const MAX_PAGE: u32 = 100;

/// The length of a page where none is asked for.
pub const PAGE: u32 = 50;

/// How many rows one export has at the most; where there are more, `Link` names the next.
pub const MAX_EXPORT: u32 = 1_000;

/// How many pages of the queue one export looks at, at the most: with a rare filter it has fewer rows, and `Link` names the next.
const MAX_PAGES: usize = 25;

/// The parameters that a filter is made of, as [`filter`] reads them.
const FILTER: [&str; 9] = [
    "state",
    "code",
    "attribute",
    "company",
    "receivedAfter",
    "receivedBefore",
    "source",
    "text",
    "sort",
];

/// The longest text that is searched for, in characters.
const MAX_TEXT: usize = 100;

/// The queue as this steward reads it in this order: a cursor of the list, newest first, is one of a batch, and the other way round.
pub(crate) fn cursors<'a, T: Table>(
    master: &'a Master<T>,
    call: &'a Call,
    order: Order,
) -> Result<List<'a>, Problem> {
    let name = match order {
        Order::NewestFirst => "errors",
        Order::OldestFirst => "errors, oldest first",
    };
    call.list(master, name)
}

pub(crate) async fn list<T: Table>(master: &Master<T>, call: &Call) -> Result<Answer, Problem> {
    let (filter, queue, after, limit) = read(master, call, PAGE, MAX_PAGE)?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    // The first page tells how many there are in all; those behind it have been told.
    let all = async {
        match &after {
            None => totals::totals(master, &filter.states).await.map(Some),
            Some(_) => Ok(None),
        }
    };
    let page = queue::list(master, &filter, after.as_deref(), limit);
    let (page, all) = try_join!(page, all)?;
    let errors = summaries(master, &page.found).await?;
    let unreadable = page.unreadable.iter().map(|(id, _)| id.as_str().to_owned()).collect();
    let next = page.next.map(|position| queue.cursor(&position));
    let of_state = all.map(OfState::of);
    let answer =
        Answer::json(StatusCode::OK, "listed", &Page { errors, unreadable, of_state, next });
    let newest_open = Filter { states: vec![State::Open], ..Filter::default() };
    // What the schedule asks, to have it measured.
    match all {
        Some(all) if filter == newest_open && limit == 1 => {
            let now = master.table().now().millis();
            let waited = all.oldest.map_or(0, |oldest| now.saturating_sub(oldest.millis()));
            Ok(answer.oldest_request_in_error(waited / 1_000))
        }
        Some(_) | None => Ok(answer),
    }
}

/// The list as CSV (RFC 4180), with a byte order mark, without which some spreadsheets take it for another encoding, and a header line; no cell of it is taken for a formula.
pub(crate) async fn export<T: Table>(master: &Master<T>, call: &Call) -> Result<Answer, Problem> {
    let (filter, queue, mut after, limit) = read(master, call, MAX_EXPORT, MAX_EXPORT)?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut found: Vec<RequestInError> = Vec::new();
    for _ in 0..MAX_PAGES {
        let left = (limit - found.len()).min(queue::MAX_EXAMINED);
        let page = queue::list(master, &filter, after.as_deref(), left).await?;
        found.extend(page.found);
        after = page.next;
        if after.is_none() || found.len() == limit {
            break;
        }
    }
    let mut csv = format!("\u{feff}{}", csv_line(Summary::COLUMNS.map(str::to_owned)));
    let rows = summaries(master, &found).await?.into_iter();
    csv.extend(rows.map(|summary| csv_line(summary.row())));
    let answer = Answer::bytes(StatusCode::OK, "exported", "text/csv; charset=utf-8", csv);
    Ok(match after {
        // Whoever saves it is told by its name that it is not all.
        Some(position) => {
            let next = with_cursor(call, &queue.cursor(&position));
            answer
                .header(CONTENT_DISPOSITION, "attachment; filename=\"errors-part.csv\"")
                .header(LINK, &format!("<?{next}>; rel=\"next\""))
        }
        None => answer.header(CONTENT_DISPOSITION, "attachment; filename=\"errors.csv\""),
    })
}

async fn summaries<T: Table>(
    master: &Master<T>,
    requests: &[RequestInError],
) -> Result<Vec<Summary>, Problem> {
    let actions = actions(master, requests).await?;
    let each = requests.iter().zip(actions);
    Ok(each.map(|(request, action)| Summary::of(request, action)).collect())
}

/// The query of the page behind the cursor: the same filter and limit.
fn with_cursor(call: &Call, cursor: &str) -> String {
    let mut faults = Vec::new();
    let mut query = call.query(&mut faults);
    let mut parameters = Vec::new();
    for name in FILTER.into_iter().chain(["limit"]) {
        if let Some(value) = query.parameter(name) {
            parameters.push(format!("{name}={}", percent_encoded(value)));
        }
    }
    parameters.push(format!("cursor={cursor}"));
    parameters.join("&")
}

/// All but the unreserved characters of RFC 3986 as `%` and two digits.
fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

fn read<'a, T: Table>(
    master: &'a Master<T>,
    call: &'a Call,
    page: u32,
    longest: u32,
) -> Result<(Filter, List<'a>, Option<String>, u32), Problem> {
    let mut faults = Vec::new();
    let mut query = call.query(&mut faults);
    let filter = filter(&mut query);
    let limit = query.limit(page, longest);
    let queue = cursors(master, call, filter.order)?;
    let after = query.cursor(&queue);
    query.finish();
    problem::refuse_if_any(faults)?;
    Ok((filter, queue, after, limit))
}

fn filter(query: &mut Query<'_, '_>) -> Filter {
    let invalid = |code, reason: &str| Invalid { code, reason: reason.to_owned() };
    let moment = |text: &str| {
        Timestamp::parse(text).ok_or_else(|| {
            invalid("invalid-time", "A time is written as in RFC 3339, 2026-11-23T10:00:00Z.")
        })
    };
    let text = |text: &str| {
        if text.chars().count() <= MAX_TEXT {
            Ok(text.to_owned())
        } else {
            Err(invalid("value-too-long", "A text has at most 100 characters."))
        }
    };
    Filter {
        states: query
            .optional("state", |name| {
                State::named(name).ok_or_else(|| {
                    invalid("invalid-state", "A state is open, resolved or deleted.")
                })
            })
            .into_iter()
            .collect(),
        code: query.optional("code", edit_code),
        field: query.optional("attribute", |name| {
            Field::named(name).ok_or_else(|| {
                invalid("invalid-attribute", "This is not an attribute of a message.")
            })
        }),
        company: query.optional("company", text),
        received_after: query.optional("receivedAfter", moment),
        received_before: query.optional("receivedBefore", moment),
        source: query.optional("source", text),
        text: query.optional("text", text),
        order: query
            .optional("sort", |name| match name {
                "newest" => Ok(Order::NewestFirst),
                "oldest" => Ok(Order::OldestFirst),
                _ => Err(invalid("invalid-sort", "A list is sorted newest or oldest first.")),
            })
            .unwrap_or_default(),
    }
}

fn csv_line(cells: [String; Summary::WIDTH]) -> String {
    let cells = cells.map(|cell| csv_cell(&cell));
    format!("{}\r\n", cells.join(","))
}

/// A cell in quotes, with an apostrophe before all that a spreadsheet would take for a formula (OWASP, "CSV Injection"): at the beginning, and
/// after each sign that separates cells for a spreadsheet that reads the file by another separator than the comma.
fn csv_cell(text: &str) -> String {
    let mut cell = String::from("\"");
    for part in text.split_inclusive(SEPARATORS) {
        if is_risky(part) {
            cell.push('\'');
        }
        cell.push_str(&part.replace('"', "\"\""));
    }
    cell.push('"');
    cell
}

const SEPARATORS: [char; 6] = [',', ';', '|', '\t', '\r', '\n'];

/// Whether a spreadsheet may take this for a formula: by its first sign, whatever is before it that is not seen or only quotes. Spreadsheets
/// in East Asian languages know the wide signs as well.
fn is_risky(part: &str) -> bool {
    let seen = |sign: &char| {
        let is_unseen = sign.is_whitespace()
            || sign.is_control()
            || matches!(sign, '"' | '\u{ad}' | '\u{180e}' | '\u{200b}'..='\u{200f}')
            || matches!(sign, '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
        !is_unseen
    };
    let first = part.chars().find(seen);
    first.is_some_and(|sign| "=+-@＝＋－＠".contains(sign)) || part.starts_with(['\t', '\r', '\n'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_taken_for_a_formula() {
        for (text, cell) in [
            ("Robinson", "\"Robinson\""),
            ("=1+1", "\"'=1+1\""),
            (" @SUM(A1)", "\"' @SUM(A1)\""),
            ("\t=1", "\"'\t'=1\""),
            ("a \"b\", c", "\"a \"\"b\"\", c\""),
            ("\"=1\"", "\"'\"\"=1\"\"\""),
            ("\u{200b}=1", "\"'\u{200b}=1\""),
            ("\u{feff}+1", "\"'\u{feff}+1\""),
            ("＝1", "\"'＝1\""),
            ("－", "\"'－\""),
            // Where the semicolon separates, this would begin a cell of its own.
            ("Robinson;=1+1", "\"Robinson;'=1+1\""),
            ("Robinson\";\"@SUM(A1)", "\"Robinson\"\";'\"\"@SUM(A1)\""),
            ("Robinson\n-1", "\"Robinson\n'-1\""),
            ("Smith-Jones; Sons, a=b", "\"Smith-Jones; Sons, a=b\""),
            ("", "\"\""),
        ] {
            assert_eq!(csv_cell(text), cell);
        }
    }
}

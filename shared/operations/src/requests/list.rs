//! The queue of requests in error: its pages, newest or oldest first, with filters.

use domain::customer::company::Company;
use domain::matching::fold;
use domain::message::Attribute;
use domain::message::edits::{EditCode, Field};
use domain::request::{RequestInError, RequestInErrorId, State};
use domain::time::Timestamp;
use futures_util::future::try_join_all;
use store::keys::IndexEntry;
use store::table::{IndexQuery, MAX_ITEMS, Table, TableError};
use store::{keys, records};

use crate::changes::chain;
use crate::kit::{Master, Stopped};

/// How many requests one page looks at. With a rare filter a page may be short, and the next one goes on behind it.
pub const MAX_EXAMINED: usize = 200;

/// Which requests are wanted; what is not given does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Where they stand; empty: anywhere.
    pub states: Vec<State>,
    /// An edit that failed at the last evaluation that was recorded.
    pub code: Option<EditCode>,
    /// A field with such an edit.
    pub field: Option<Field>,
    /// The company of the message.
    pub company: Option<String>,
    /// They came at this time or later.
    pub received_after: Option<Timestamp>,
    /// They came before this time or at it.
    pub received_before: Option<Timestamp>,
    /// The source that the message names, or its original source; accents, case and punctuation do not count.
    pub source: Option<String>,
    /// A text in one of the message's values or in the id; accents, case and punctuation do not count.
    pub text: Option<String>,
    /// In which order they are looked through.
    pub order: Order,
}

/// Which requests come first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Order {
    #[default]
    NewestFirst,
    OldestFirst,
}

/// A page of the queue.
#[derive(Debug, Default)]
pub struct Page {
    pub found: Vec<RequestInError>,
    /// Those that cannot be read, whatever they may be about, and why: they are damaged, or of a newer release.
    pub unreadable: Vec<(RequestInErrorId, TableError)>,
    /// Behind which position the next page begins; none where there is no more.
    pub next: Option<String>,
}

/// A page of the queue, behind `after`: the position that the page before ended with.
pub async fn list<T: Table>(
    master: &Master<T>,
    filter: &Filter,
    after: Option<&str>,
    limit: usize,
) -> Result<Page, Stopped> {
    let page = list_where(master, filter, after, limit, |request| {
        matches(request, filter, master.controls().default_company())
    })
    .await?;
    for (id, error) in &page.unreadable {
        let error = chain(error);
        tracing::error!(request_in_error = id.as_str(), error, "it cannot be read");
    }
    Ok(page)
}

/// A page of those requests of the filter's states and times that are wanted.
pub(crate) async fn list_where<T: Table>(
    master: &Master<T>,
    filter: &Filter,
    after: Option<&str>,
    limit: usize,
    wanted: impl Fn(&RequestInError) -> bool,
) -> Result<Page, Stopped> {
    let table = master.table();
    let mut page = Page { next: after.map(str::to_owned), ..Page::default() };
    let mut examined = 0;
    while examined < MAX_EXAMINED {
        let wished = MAX_ITEMS.min(limit.max(1));
        let entries = entries(table, filter, page.next.as_deref(), wished).await?;
        let mut requests = records::requests_in_error(table, &entries).await?;
        for entry in &entries {
            examined += 1;
            page.next = Some(entry.sort.clone());
            let Some(place) = requests.iter().position(|(key, _)| *key == entry.key) else {
                continue;
            };
            match requests.swap_remove(place) {
                (_, Ok(request)) if wanted(&request) => page.found.push(request),
                (_, Ok(_)) => {}
                (key, Err(error)) => {
                    page.unreadable.extend(keys::request_in_error_of(&key).map(|id| (id, error)));
                }
            }
            if page.found.len() == limit {
                return Ok(page);
            }
        }
        if entries.len() < wished {
            return Ok(Page { next: None, ..page });
        }
    }
    Ok(page)
}

/// Where a request stands in the queue.
pub(crate) fn position(request: &RequestInError) -> String {
    keys::error(request.state, request.received_at, &request.id).sort
}

/// The next entries behind the position, in the filter's order, from all shards of its states.
async fn entries(
    table: &impl Table,
    filter: &Filter,
    position: Option<&str>,
    limit: usize,
) -> Result<Vec<IndexEntry>, TableError> {
    let (earliest, latest) = keys::error_range(filter.received_after, filter.received_before);
    let position_or = |end: &str| position.unwrap_or(end).to_owned();
    let (from, to) = match filter.order {
        Order::NewestFirst => (earliest, position_or(&latest).min(latest)),
        Order::OldestFirst => (position_or(&earliest).max(earliest), latest),
    };
    if to < from {
        return Ok(Vec::new());
    }
    let states = if filter.states.is_empty() { &State::ALL[..] } else { &filter.states };
    // One more than wanted, because the position itself is looked at again.
    let limit_each = u32::try_from(limit + 1).unwrap_or(u32::MAX);
    let queries =
        states.iter().flat_map(|state| keys::errors(*state)).map(|partition| IndexQuery {
            partition,
            from: from.clone(),
            to: to.clone(),
            after: None,
            descending: filter.order == Order::NewestFirst,
            limit: limit_each,
        });
    let pages = try_join_all(queries.map(|query| async move { table.index(&query).await })).await?;
    let mut entries: Vec<_> = pages
        .into_iter()
        .flat_map(|page| page.found)
        .filter(|entry| Some(entry.sort.as_str()) != position)
        .collect();
    entries.sort_by(|one, other| match filter.order {
        Order::NewestFirst => other.sort.cmp(&one.sort),
        Order::OldestFirst => one.sort.cmp(&other.sort),
    });
    entries.dedup_by(|one, other| one.sort == other.sort);
    entries.truncate(limit);
    Ok(entries)
}

/// Whether a request is as the filter wants it. The index lags, so that its state is looked at again.
fn matches(request: &RequestInError, filter: &Filter, default_company: &Company) -> bool {
    // Times and order are the index's.
    let Filter {
        states,
        code,
        field,
        company,
        received_after: _,
        received_before: _,
        source,
        text,
        order: _,
    } = filter;
    let company_of =
        request.attribute(Attribute::COMPANY).map_or_else(|| default_company.clone(), Company::new);
    (states.is_empty() || states.contains(&request.state))
        && ((code.is_none() && field.is_none())
            || request.failed.iter().any(|failed| {
                code.is_none_or(|code| code == failed.code)
                    && field.is_none_or(|field| field == failed.field)
            }))
        && company.as_ref().is_none_or(|company| Company::new(company) == company_of)
        && source.as_ref().is_none_or(|source| comes_from(request, source))
        && text.as_ref().is_none_or(|text| holds(request, text))
}

fn comes_from(request: &RequestInError, source: &str) -> bool {
    let sought = fold::words(source);
    let sources =
        [request.message.routing.source.as_deref(), request.attribute(Attribute::ORIGINAL_SOURCE)];
    sources.into_iter().flatten().any(|found| fold::words(found) == sought)
}

fn holds(request: &RequestInError, text: &str) -> bool {
    let sought = fold::words(text);
    let folded = |value: &str| fold::words(value).contains(&sought);
    request.id.as_str().eq_ignore_ascii_case(text.trim())
        || (!sought.is_empty()
            && (folded(&request.name())
                || request.message.routing.source.as_deref().is_some_and(folded)
                || request.message.attributes.iter().any(|(_, value)| folded(value))))
}

//! Calls of the table as data: what was asked, how far it has come, what was answered, and what can go wrong with it.

use std::fmt;
use std::sync::Arc;

use store::item::Item;
use store::keys::IndexEntry;
use store::keys::Key;
use store::table::{IndexQuery, Page, Query};
use store::writes::{Condition, Refusal, Transacted, Write, Written};

use super::digest::{self, Digest};

/// What was asked.
#[derive(Debug, Clone)]
pub(super) enum Asked {
    Get(Key),
    GetAll(Vec<Key>),
    Query(Query),
    Index(IndexQuery),
    /// Whether the condition counts: only a wrong variant of the protocol writes without.
    Write(Write, Conditioned),
    Transact {
        token: String,
        writes: Vec<Write>,
    },
    Add(Key, u64),
}

/// Whether the condition of a write counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Conditioned {
    Yes,
    No,
}

/// What was answered.
#[derive(Debug, Clone)]
pub(super) enum Answer {
    Item(Option<Item>),
    Items(Vec<Item>),
    Page(Page<Item>),
    Entries(Page<IndexEntry>),
    Written(Written),
    Transacted(Transacted),
    Count(u64),
    Unavailable,
}

/// An item as it stands, with its digest.
#[derive(Debug)]
pub(super) struct Stored {
    pub(super) item: Item,
    pub(super) digest: u128,
}

impl Stored {
    pub(super) fn new(item: Item) -> Arc<Self> {
        Arc::new(Self {
            digest: digest::of_item(&item),
            item,
        })
    }
}

/// How far a call has come.
#[derive(Debug, Clone)]
pub(super) enum Progress {
    /// Not begun.
    Waiting,
    /// Reading item by item; what was found, and behind which sort key or how many keys on it goes on.
    Reading {
        found: Vec<Arc<Stored>>,
        behind: Option<String>,
        done: usize,
    },
    /// A transaction does what was asked.
    InTransaction,
    /// It had its effect, its answer was lost, and the database client is about to repeat it.
    Repeating,
    /// The answer waits to be fetched, or was fetched.
    Answered,
}

/// One call.
#[derive(Debug, Clone)]
pub(super) struct Call {
    /// The client whose request makes it.
    pub(super) client: usize,
    /// The process that the request runs in.
    pub(super) process: usize,
    /// Which of its client's calls it is.
    pub(super) ordinal: usize,
    pub(super) asked: Asked,
    pub(super) progress: Progress,
    pub(super) answer: Option<Answer>,
}

/// What goes wrong with a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Fault {
    /// It never reached the database, for as long as the client tried; a throttled call is one of these.
    NotSent,
    /// The caller is told that there was no answer, and the call takes effect at that moment or at any later one.
    Late,
    /// It took effect, the answer was lost, and the database client repeated it: the caller sees the answer to the repetition. A transaction is repeated so late
    /// that its token has expired.
    Repeated,
    /// It took effect and was answered; a copy that was thought lost takes effect at some later moment.
    Copied,
    /// It was refused as if another transaction had the item, or for want of throughput.
    Contended,
    /// A query goes past the next seat of a block while nobody sits there, and sees what is written behind it later: no query is a snapshot.
    Torn,
}

impl Fault {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::NotSent,
        Self::Late,
        Self::Repeated,
        Self::Copied,
        Self::Contended,
        Self::Torn,
    ];
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotSent => "never reaches the database",
            Self::Late => "gets no answer, and takes effect whenever it likes",
            Self::Repeated => "has its effect, loses the answer and is repeated",
            Self::Copied => "has its effect, and a copy of it arrives later",
            Self::Contended => "is refused as contended",
            Self::Torn => "goes past the next seat",
        })
    }
}

impl Asked {
    /// What can go wrong with it.
    pub(super) fn faults(&self) -> &'static [Fault] {
        match self {
            Self::Get(_) | Self::GetAll(_) | Self::Query(_) | Self::Index(_) => &[Fault::NotSent],
            Self::Write(..) => &[
                Fault::NotSent,
                Fault::Late,
                Fault::Repeated,
                Fault::Copied,
                Fault::Contended,
            ],
            Self::Transact { .. } => &[
                Fault::NotSent,
                Fault::Late,
                Fault::Repeated,
                Fault::Contended,
            ],
            Self::Add(..) => &[Fault::NotSent, Fault::Repeated],
        }
    }
}

impl Answer {
    /// The digest of what the caller learns.
    pub(super) fn digest(&self) -> u128 {
        let mut digest = Digest::default();
        let refusal = |digest: &mut Digest, refusal: &Refusal| match refusal {
            Refusal::Contended => digest.add("contended"),
            Refusal::Condition(stood) => digest.add(&stood.as_ref().map(digest::of_item)),
        };
        match self {
            Self::Item(item) => digest.add(&item.as_ref().map(digest::of_item)),
            Self::Items(items) => {
                digest.add(&items.iter().map(digest::of_item).collect::<Vec<_>>())
            }
            Self::Page(page) => digest.add(&(
                page.found.iter().map(digest::of_item).collect::<Vec<_>>(),
                page.more,
            )),
            Self::Entries(page) => {
                for entry in &page.found {
                    digest.add(&(&entry.sort, &entry.key));
                }
                digest.add(&page.more);
            }
            Self::Written(Written::Done(old)) => {
                digest.add(&("done", old.as_ref().map(digest::of_item)))
            }
            Self::Written(Written::Refused(why)) => refusal(&mut digest, why),
            Self::Transacted(Transacted::Done) => digest.add("done"),
            Self::Transacted(Transacted::Refused(reasons)) => {
                for reason in reasons {
                    match reason {
                        Some(why) => refusal(&mut digest, why),
                        None => digest.add("could"),
                    }
                }
            }
            Self::Count(count) => digest.add(&("count", count)),
            Self::Unavailable => digest.add("unavailable"),
        }
        digest.finish()
    }
}

impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Get(key) => write!(f, "get {}", Shown(key)),
            Self::GetAll(keys) => write!(f, "get {} items", keys.len()),
            Self::Query(query) => write!(f, "query {}", query.partition),
            Self::Index(query) => write!(f, "query index {}", query.partition),
            Self::Write(one, Conditioned::Yes) => write(f, one),
            Self::Write(one, Conditioned::No) => {
                write(f, one)?;
                f.write_str(", which is not asked")
            }
            Self::Transact { writes, .. } => {
                f.write_str("transact [")?;
                for (position, one) in writes.iter().enumerate() {
                    f.write_str(if position > 0 { "; " } else { "" })?;
                    write(f, one)?;
                }
                f.write_str("]")
            }
            Self::Add(key, amount) => write!(f, "add {amount} to {}", Shown(key)),
        }
    }
}

fn write(f: &mut fmt::Formatter<'_>, write: &Write) -> fmt::Result {
    let verb = match write {
        Write::Put { .. } => "put",
        Write::Update { .. } => "update",
    };
    let condition = match write.condition() {
        Condition::Absent => "if absent".to_owned(),
        Condition::AbsentOrExpired(_) => "if absent or expired".to_owned(),
        Condition::VersionIs(version) => format!("if its version is {version}"),
        Condition::Unassociated(_) => "if it belongs to nobody".to_owned(),
        Condition::Releasable(holder, effect) => {
            format!("if of {holder} and {} not here", effect.as_str())
        }
        Condition::BelongsTo(holder) => format!("if it belongs to {holder}"),
        Condition::AbsentOrBelongsTo(holder) => format!("if absent or of {holder}"),
    };
    write!(f, "{verb} {} {condition}", Shown(&write.key()))
}

/// A key as traces show it.
pub(super) struct Shown<'a>(pub(super) &'a Key);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.pk == self.0.sk {
            f.write_str(&self.0.pk)
        } else {
            write!(f, "{}/{}", self.0.pk, self.0.sk)
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found = |f: &mut fmt::Formatter<'_>, items: &[Item]| {
            let keys: Vec<_> = items
                .iter()
                .map(|item| store::item::key_of(item).sk)
                .collect();
            write!(f, "[{}]", keys.join(", "))
        };
        let refused = |why: &Refusal| match why {
            Refusal::Contended => "contended".to_owned(),
            Refusal::Condition(None) => "refused, nothing stands there".to_owned(),
            Refusal::Condition(Some(stood)) => {
                format!("refused by {}", Shown(&store::item::key_of(stood)))
            }
        };
        match self {
            Self::Item(None) => f.write_str("nothing"),
            Self::Item(Some(_)) => f.write_str("found"),
            Self::Items(items) => found(f, items),
            Self::Page(page) => {
                found(f, &page.found)?;
                f.write_str(if page.more { " and more" } else { "" })
            }
            Self::Entries(page) => write!(f, "{} entries", page.found.len()),
            Self::Written(Written::Done(_)) => f.write_str("done"),
            Self::Written(Written::Refused(why)) => f.write_str(&refused(why)),
            Self::Transacted(Transacted::Done) => f.write_str("done"),
            Self::Transacted(Transacted::Refused(reasons)) => {
                let reasons: Vec<_> = reasons
                    .iter()
                    .map(|reason| reason.as_ref().map_or("could".to_owned(), refused))
                    .collect();
                write!(f, "cancelled: {}", reasons.join("; "))
            }
            Self::Count(count) => write!(f, "{count}"),
            Self::Unavailable => f.write_str("no answer"),
        }
    }
}

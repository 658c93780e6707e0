//! Calls of the table as data: what was asked, and what was answered.

use std::sync::Arc;

use domain::time::Timestamp;
use store::item::Item;
use store::keys::{IndexEntry, Key};
use store::table::{Check, Count, IndexQuery, Page, Query, Segment};
use store::writes::{Refusal, Transacted, Write, Written};

use super::digest::{self, Digest};

/// Names a call alike in all interleavings: each client makes its own calls in the same order, whatever the others do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallName {
    /// The client whose request makes it.
    pub client: usize,
    /// Which of its client's calls it is.
    pub ordinal: usize,
}

/// What is asked.
#[derive(Debug, Clone)]
pub enum Asked {
    Get(Key),
    GetAll(Vec<Key>),
    Query(Query),
    Index(IndexQuery),
    Write(Write, Conditioned),
    Transact {
        token: String,
        writes: Vec<Write>,
        /// What must hold of items that it does not write.
        checks: Vec<Check>,
    },
    /// Some items as they were at one moment.
    Together(Vec<Key>),
    /// A page of a segment of the whole table, behind this key.
    Walk {
        segment: Segment,
        after: Option<Key>,
        limit: u32,
    },
    Add(Key, u64),
}

/// Whether the condition of a write counts. Only a wrong variant of the protocol writes without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conditioned {
    Yes,
    No,
}

/// A call as it is laid before the table.
#[derive(Debug, Clone)]
pub struct Call {
    pub name: CallName,
    /// The process that makes it.
    pub process: usize,
    /// The time on that process's clock.
    pub at: Timestamp,
    pub asked: Asked,
}

/// An item as it stands, with its digest.
#[derive(Debug)]
pub struct Stored {
    pub item: Item,
    pub digest: u128,
}

impl Stored {
    pub fn new(item: Item) -> Arc<Self> {
        Arc::new(Self { digest: digest::of_item(&item), item })
    }
}

/// Why a write did not happen.
#[derive(Debug, Clone)]
pub enum Refused {
    /// The condition does not hold of what stands there.
    Condition(Option<Arc<Stored>>),
    /// A transaction has the item, or there is no throughput for it.
    Contended,
}

/// What is answered. The items are those that stand in the table, not copies of them.
#[derive(Debug, Clone)]
pub enum Answer {
    Item(Option<Arc<Stored>>),
    Page {
        found: Vec<Arc<Stored>>,
        more: bool,
    },
    Entries(Page<IndexEntry>),
    /// A write was done; what an update replaced.
    Done(Option<Arc<Stored>>),
    Refused(Refused),
    Committed,
    /// For each write of the transaction why it did not happen, or nothing where it could have.
    Cancelled(Vec<Option<Refused>>),
    /// What a counter came to; none where it has not begun.
    Count(Option<Count>),
    /// The items in the order of the keys, or nothing where a transaction holds one of them.
    Together(Option<Vec<Option<Arc<Stored>>>>),
    Unavailable,
}

impl Refused {
    pub fn add_to(&self, digest: &mut Digest) {
        match self {
            Self::Contended => digest.add("contended"),
            Self::Condition(None) => digest.add("nothing there"),
            Self::Condition(Some(stood)) => digest.add(&stood.digest),
        }
    }

    /// The same in the words of the store.
    pub fn told(&self) -> Refusal {
        match self {
            Self::Contended => Refusal::Contended,
            Self::Condition(stood) => {
                Refusal::Condition(stood.as_ref().map(|stood| stood.item.clone()))
            }
        }
    }
}

impl Answer {
    /// The digest of what the caller learns.
    pub fn digest(&self) -> u128 {
        let mut digest = Digest::default();
        let stood = |stored: &Option<Arc<Stored>>| stored.as_ref().map(|stored| stored.digest);
        match self {
            Self::Item(item) => digest.add(&("item", stood(item))),
            Self::Page { found, more } => {
                for stored in found {
                    digest.add(&stored.digest);
                }
                digest.add(more);
            }
            Self::Entries(page) => {
                for entry in &page.found {
                    digest.add(&(&entry.sort, &entry.key));
                }
                digest.add(&page.more);
            }
            Self::Done(old) => digest.add(&("done", stood(old))),
            Self::Refused(why) => why.add_to(&mut digest),
            Self::Committed => digest.add("committed"),
            Self::Cancelled(reasons) => {
                for reason in reasons {
                    match reason {
                        Some(why) => why.add_to(&mut digest),
                        None => digest.add("could"),
                    }
                }
            }
            Self::Count(count) => digest.add(&("count", count)),
            Self::Together(None) => digest.add("held"),
            Self::Together(Some(items)) => {
                for item in items {
                    digest.add(&("together", stood(item)));
                }
            }
            Self::Unavailable => digest.add("unavailable"),
        }
        digest.finish()
    }

    /// The item that a get found.
    pub fn item(self) -> Option<Item> {
        let Self::Item(item) = self else { unreachable!("a get is not answered with {self}") };
        item.map(|stored| stored.item.clone())
    }

    /// What a query or a batch found.
    pub fn page(self) -> Page<Item> {
        let Self::Page { found, more } = self else {
            unreachable!("a query is not answered with {self}")
        };
        Page { found: found.iter().map(|stored| stored.item.clone()).collect(), more }
    }

    /// What a query of the index found.
    pub fn entries(self) -> Page<IndexEntry> {
        let Self::Entries(page) = self else {
            unreachable!("a query of the index is not answered with {self}")
        };
        page
    }

    /// What came of a write.
    pub fn written(self) -> Written {
        match self {
            Self::Done(old) => Written::Done(old.map(|old| old.item.clone())),
            Self::Refused(why) => Written::Refused(why.told()),
            Self::Item(_)
            | Self::Page { .. }
            | Self::Entries(_)
            | Self::Committed
            | Self::Cancelled(_)
            | Self::Count(_)
            | Self::Together(_)
            | Self::Unavailable => unreachable!("a write is not answered with {self}"),
        }
    }

    /// What came of a transaction.
    pub fn transacted(self) -> Transacted {
        match self {
            Self::Committed => Transacted::Done,
            Self::Cancelled(reasons) => {
                let told = |reason: &Option<Refused>| reason.as_ref().map(Refused::told);
                Transacted::Refused(reasons.iter().map(told).collect())
            }
            Self::Item(_)
            | Self::Page { .. }
            | Self::Entries(_)
            | Self::Done(_)
            | Self::Refused(_)
            | Self::Count(_)
            | Self::Together(_)
            | Self::Unavailable => unreachable!("a transaction is not answered with {self}"),
        }
    }

    /// What a counter came to.
    pub fn count(self) -> Option<Count> {
        let Self::Count(count) = self else {
            unreachable!("an addition is not answered with {self}")
        };
        count
    }

    /// What some items were at one moment.
    pub fn together(self) -> Option<Vec<Option<Item>>> {
        let Self::Together(items) = self else {
            unreachable!("a look at items together is not answered with {self}")
        };
        let item = |stored: &Option<Arc<Stored>>| stored.as_ref().map(|stored| stored.item.clone());
        items.map(|items| items.iter().map(item).collect())
    }
}

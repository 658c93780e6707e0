//! The audit: walks the whole table, finds what was lost or does not fit together, and mends it where it can be mended.
//!
//! It may run while everything else does. What looks damaged in a page is read again, as of one moment where it lies in several items, before it counts; and every mend is
//! written on the condition that it is still so.

mod belonging;
mod epoch;
mod finding;
mod followed;
mod history;
mod mend;
mod merges;
mod numbers;
mod page;
mod pairs;
mod persons;
mod report;
mod seats;
mod topics;
mod who;

use std::time::Duration;

use domain::by::{By, Stamp};
use domain::effect::{Cause, EffectId};
use domain::matching::epoch::UNAWARE_SECONDS;
use domain::time::Timestamp;
use store::keys::Key;
use store::table::{Segment, WholeTable};

use crate::changes::{Bus, Follower};
use crate::kit::{Master, Stopped};

pub use epoch::BroughtIn;
pub use finding::Damage;
pub use report::{Found, Report};

use finding::Finding;
use page::Page;

/// How many items are looked at in one step.
const PAGE: u32 = 250;

/// How much is looked at, and mended, at once.
const AT_ONCE: usize = 16;

/// The name under which the audit writes.
const OPERATION: &str = "audit";

/// How long what belongs together may be on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// The items of one transaction, of which a reader may see one before the other.
    pub arrival: Duration,
    /// A version that the history does not have yet: longer than the stream keeps what it has to tell.
    pub following: Duration,
    /// A writer that does not know yet which rule is required.
    pub unaware: Duration,
}

impl Patience {
    /// While others write, and follow.
    pub const WHILE_OTHERS_WRITE: Self = Self {
        arrival: Duration::from_secs(60),
        following: Duration::from_secs(25 * 3600),
        unaware: Duration::from_secs(UNAWARE_SECONDS),
    };

    /// Where nobody else writes or follows.
    pub const ALONE: Self =
        Self { arrival: Duration::ZERO, following: Duration::ZERO, unaware: Duration::ZERO };

    fn is_over(of: Duration, since: Timestamp, now: Timestamp) -> bool {
        since.plus_seconds(of.as_secs()) <= now
    }
}

/// How an audit is made.
#[derive(Debug, Clone)]
pub struct Manner {
    /// Whether what is found is mended.
    pub mend: bool,
    pub patience: Patience,
    /// The id under which the log knows it, which what it writes keeps.
    pub request_id: String,
}

/// Whoever audits: the master, and the bus that is told of what was lost.
#[derive(Debug)]
pub struct Auditor<T, B> {
    follower: Follower<T, B>,
    manner: Manner,
}

impl<T: WholeTable, B: Bus> Auditor<T, B> {
    pub fn new(follower: Follower<T, B>, manner: Manner) -> Self {
        Self { follower, manner }
    }

    pub fn master(&self) -> &Master<T> {
        self.follower.master()
    }

    /// Audits the next page of a segment, behind this key, and adds to the report what it finds. Says behind which key the next page begins; none where it was the last.
    pub async fn audit(
        &self,
        segment: Segment,
        after: Option<&Key>,
        report: &mut Report,
    ) -> Result<Option<Key>, Stopped> {
        self.master().check_rules().await?;
        let walked = self.table().walk(segment, after, PAGE).await?;
        let items = walked.found.len() as u64;
        let page = Page::of(walked.found, self.table().now());
        let mut found = page.unreadable.clone();
        found.extend(self.seats(&page).await?);
        found.extend(self.belonging(&page).await?);
        found.extend(self.merges(&page).await?);
        found.extend(Box::pin(self.numbers(&page)).await?);
        found.extend(self.persons(&page).await?);
        found.extend(self.topics(&page).await?);
        found.extend(self.followed(&page).await?);
        found.extend(self.pairs(&page).await?);
        report.items += items;
        for finding in &found {
            let is_sample = report.add(finding);
            let Finding { damage, at, mended } = finding;
            // Of what can be mended a few examples will do; of an emptied index there are millions.
            if is_sample || !damage.is_mendable() {
                tracing::warn!(
                    operation = OPERATION,
                    damage = damage.as_str(),
                    at,
                    mended,
                    "damage"
                );
            }
        }
        Ok(walked.next)
    }

    fn table(&self) -> &T {
        self.master().table()
    }

    /// Whether what was written then has had the time to arrive.
    fn is_over(&self, since: Timestamp) -> bool {
        Patience::is_over(self.manner.patience.arrival, since, self.table().now())
    }

    fn stamp(&self) -> Stamp {
        Stamp {
            by: By::new("audit-customers", OPERATION, &self.manner.request_id),
            cause: Cause { id: EffectId::random(self.table().chance()), keyed: false },
            at: self.table().now(),
        }
    }
}

//! `cargo local --audit`: audits the whole table where it is, with progress, and says what was found.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use operations::audit::{Auditor, Found, Manner, Patience, Report};
use operations::changes::{Bus, Follower, chain};
use operations::kit::{Master, Stopped};
use store::table::{Segment, WholeTable};

use crate::stream::Following;

/// How often progress is told.
const TELL_EVERY: Duration = Duration::from_secs(1);

/// Audits all of the table, in one segment.
///
/// # Errors
///
/// A sentence when the database does not answer.
#[expect(clippy::print_stderr, reason = "progress, for the person at the terminal")]
pub async fn audit<T: WholeTable, B: Bus>(
    master: &Master<T>,
    bus: B,
    (mend, patience): (bool, Patience),
) -> Result<Report, String> {
    let manner = Manner { mend, patience, request_id: "cargo-local".to_owned() };
    let auditor = Auditor::new(Follower::new(master.clone(), bus), manner);
    let segment = Segment { number: 0, of: 1 };
    let mut report = Report::default();
    let mut after = None;
    let broke_off = |stopped: Stopped| format!("The audit broke off: {}.", chain(&stopped));
    let brought = auditor.bring_in().await.map_err(broke_off)?;
    if let Some(brought) = &brought {
        let wait = auditor.unaware_for(brought);
        eprintln!("every writer keeps the rule {} from now on", brought.rule);
        if !wait.is_zero() {
            eprintln!("the audit begins in {} s, when they all know it", wait.as_secs());
            tokio::time::sleep(wait).await;
        }
    }
    let mut told_at = Instant::now();
    loop {
        let next = auditor.audit(segment, after.as_ref(), &mut report).await;
        after = next.map_err(broke_off)?;
        if after.is_none() {
            if let Some(brought) = &brought
                && auditor.complete(brought, &report).await.map_err(broke_off)?
            {
                eprintln!("the rule {} is complete", brought.rule);
            }
            return Ok(report);
        }
        if told_at.elapsed() >= TELL_EVERY {
            told_at = Instant::now();
            eprintln!("{} items audited, {} damages found", report.items, report.found());
        }
    }
}

/// Does what follows from changes that whoever served the table had not come to, with progress: a look-up that is still to be written is not lost.
///
/// # Errors
///
/// A sentence when the database does not answer.
#[expect(clippy::print_stderr, reason = "progress, for the person at the terminal")]
pub async fn catch_up<B: Bus>(following: &mut Following<B>) -> Result<(), String> {
    let mut told_at = Instant::now();
    while following.step().await? {
        if told_at.elapsed() >= TELL_EVERY {
            told_at = Instant::now();
            eprintln!("{} changes followed before the audit", following.followed);
        }
    }
    for _ in &following.failed {
        eprintln!("a change cannot be followed: history, look-up keys and events lack it");
    }
    Ok(())
}

/// What was found, line by line.
#[must_use]
pub fn told(report: &Report) -> String {
    let mut lines = format!("{} items audited\n", report.items);
    for (damage, Found { found, mended, samples }) in &report.damage {
        let at = samples.join(", ");
        // A text takes all that is written to it.
        let _ = writeln!(lines, "{damage}: {found} found, {mended} mended; at {at}");
    }
    lines.push_str(match (report.found(), report.is_whole()) {
        (0, _) => "nothing is damaged\n",
        (_, true) => "nothing is damaged any more\n",
        (_, false) if report.damage.keys().all(|damage| damage.is_mendable()) => {
            "damaged; --mend mends it\n"
        }
        (_, false) => "damaged; not all of it can be mended\n",
    });
    lines
}

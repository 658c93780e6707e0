//! The audit as a client of the table: it walks all of it, beside whatever else is done there, and mends.

use std::error::Error;

use domain::change::Change;
use operations::audit::{Auditor, Manner, Patience, Report};
use operations::changes::{Bus, Follower};
use operations::kit::{Master, Stopped};
use store::table::{Segment, WholeTable};

use super::Answer;

/// Whoever is told of what was lost for good: in the explorer nothing is.
struct Nobody;

impl Bus for Nobody {
    async fn put(&self, changes: &[&Change]) -> Result<Vec<bool>, Box<dyn Error + Send + Sync>> {
        Ok(changes.iter().map(|_| true).collect())
    }
}

fn auditor<T: WholeTable>(master: &Master<T>) -> Auditor<T, Nobody> {
    let patience = Patience::WHILE_OTHERS_WRITE;
    let manner = Manner { mend: true, patience, request_id: "audit".to_owned() };
    Auditor::new(Follower::new(master.clone(), Nobody), manner)
}

/// Asks every writer to keep the second rule.
pub(super) async fn bring_in<T: WholeTable>(master: &Master<T>) -> Result<Answer, Stopped> {
    auditor(master).bring_in().await.map(|_| Answer::BroughtIn)
}

/// Walks the table. Where a rule is being brought in, nobody is left who writes without it: whoever drives the explorer sees to that, in place of the three minutes.
pub(super) async fn audit<T: WholeTable>(master: &Master<T>) -> Result<Answer, Stopped> {
    let auditor = auditor(master);
    let brought = auditor.bring_in().await?;
    let (mut report, mut after) = (Report::default(), None);
    loop {
        let all = Segment { number: 0, of: 1 };
        after = auditor.audit(all, after.as_ref(), &mut report).await?;
        if after.is_none() {
            break;
        }
    }
    if let Some(brought) = &brought {
        auditor.complete(brought, &report).await?;
    }
    Ok(Answer::Audited { left: report.found() - report.mended() })
}

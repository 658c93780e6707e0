//! The steps of an audit before and after its segments: a rule that is not complete yet is asked of every writer first, and called complete at the end.

use domain::matching::epoch::RuleName;
use domain::time::Timestamp;
use operations::audit::{Auditor, BroughtIn, Report};
use operations::changes::Bus;
use serde::{Deserialize, Serialize};
use store::table::WholeTable;

use crate::{NotAudited, Task};

/// What a step is asked.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "step", rename_all = "camelCase", deny_unknown_fields)]
pub enum Step {
    /// Before the segments.
    Begin { mend: bool },
    /// After them: what the beginning answered, and what each segment did.
    End { begun: Begun, segments: Vec<Task> },
}

/// What the beginning answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Begun {
    /// For how many seconds nobody begins with the segments.
    pub wait: u64,
    /// The rule that is brought in, if one is.
    #[serde(default)]
    pub rule: Option<String>,
    /// Since when every writer has to keep it, in milliseconds.
    #[serde(default)]
    pub since: Option<u64>,
}

/// What the end answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ended {
    /// The rule that was brought in, and is complete now.
    pub complete: Option<String>,
}

/// Takes the beginning.
pub(crate) async fn begin<T: WholeTable, B: Bus>(
    auditor: &Auditor<T, B>,
) -> Result<Begun, NotAudited> {
    let brought = auditor.bring_in().await.map_err(NotAudited::Stopped)?;
    Ok(match brought {
        None => Begun { wait: 0, rule: None, since: None },
        Some(brought) => Begun {
            wait: auditor.unaware_for(&brought).as_millis().div_ceil(1000) as u64,
            since: Some(brought.since.millis()),
            rule: Some(brought.rule.as_str().to_owned()),
        },
    })
}

/// Takes the end.
pub(crate) async fn end<T: WholeTable, B: Bus>(
    auditor: &Auditor<T, B>,
    begun: Begun,
    segments: Vec<Task>,
) -> Result<Ended, NotAudited> {
    let (Some(rule), Some(since)) = (begun.rule, begun.since) else {
        return Ok(Ended { complete: None });
    };
    let whole = segments.iter().all(|task| task.done && task.mend)
        && segments.first().is_some_and(|first| {
            let of = first.segments;
            let mut numbers: Vec<u32> = segments.iter().map(|task| task.segment).collect();
            numbers.sort_unstable();
            segments.iter().all(|task| task.segments == of) && numbers.into_iter().eq(0..of)
        });
    if !whole {
        return Err(NotAudited::Unreadable("not every segment was mended to its end".to_owned()));
    }
    let mut report = Report::default();
    segments.into_iter().for_each(|task| report.merge(task.report));
    let brought = BroughtIn { rule: RuleName::stored(rule), since: Timestamp::from_millis(since) };
    let complete = auditor.complete(&brought, &report).await.map_err(NotAudited::Stopped)?;
    Ok(Ended { complete: complete.then(|| brought.rule.as_str().to_owned()) })
}

//! The function `audit-customers`: audits a segment of the table, as far as its time reaches, and says where it stopped.
//!
//! Here is the door: what it is asked, and when it stops. Its answer is what it is asked next, so that a state machine has nothing to work out. The work is in `operations`.

mod steps;

use std::fmt;
use std::time::Instant;

use domain::time::Timestamp;
use operations::audit::{Auditor, Manner, Patience, Report};
use operations::changes::{Bus, Follower, chain};
use operations::kit::Stopped;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::keys::Key;
use store::meter::Cost;
use store::table::{Segment, WholeTable};

pub use steps::{Begun, Ended, Step};

/// How long before its time is over it begins no further page: longer than a page takes in which everything is damaged.
const RESERVE_SECONDS: u64 = 60;

/// How many segments DynamoDB can walk side by side.
const MAX_SEGMENTS: u32 = 1_000_000;

/// What it is asked, and answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Task {
    /// Which segment, from 0 on.
    pub segment: u32,
    /// Of how many.
    pub segments: u32,
    /// Whether what is found is mended.
    #[serde(default)]
    pub mend: bool,
    /// Behind which item it goes on; none: at the beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_key: Option<StartKey>,
    /// What was found so far.
    #[serde(default)]
    pub report: Report,
    /// Whether the segment was audited to its end.
    #[serde(default)]
    pub done: bool,
}

/// The key of an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StartKey {
    pub pk: String,
    pub sk: String,
}

/// What is known of an invocation besides what is asked.
#[derive(Debug, Clone, Copy)]
pub struct Invocation<'a> {
    pub request_id: &'a str,
    /// When its time is over.
    pub deadline: Timestamp,
}

/// Why there is no answer: it is to be asked again.
#[derive(Debug)]
pub enum NotAudited {
    /// What was asked is no task.
    Unreadable(String),
    Stopped(Stopped),
}

impl fmt::Display for NotAudited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(why) => write!(f, "this is no task of an audit: {why}"),
            Self::Stopped(stopped) => f.write_str(&chain(stopped)),
        }
    }
}

impl std::error::Error for NotAudited {}

/// Answers whatever the state machine asks: a step before or after the segments, or a segment.
///
/// # Errors
/// As [`handle`] and [`handle_step`].
pub async fn answer<T: WholeTable, B: Bus>(
    follower: &Follower<T, B>,
    event: &Value,
    invocation: Invocation<'_>,
) -> Result<Value, NotAudited> {
    if event.get("step").is_some() {
        handle_step(follower, event, invocation).await
    } else {
        let task = handle(follower, event, invocation).await?;
        Ok(serde_json::to_value(task).expect("a task is JSON"))
    }
}

/// Takes the step before the segments, or the one after them.
///
/// # Errors
/// Where the step cannot be read, or taken.
pub async fn handle_step<T: WholeTable, B: Bus>(
    follower: &Follower<T, B>,
    event: &Value,
    invocation: Invocation<'_>,
) -> Result<Value, NotAudited> {
    let step = Step::deserialize(event);
    let step = step.map_err(|error| NotAudited::Unreadable(error.to_string()))?;
    let mend = match &step {
        Step::Begin { mend } => *mend,
        Step::End { .. } => true,
    };
    let auditor = auditor(follower, mend, invocation);
    let answer = match step {
        Step::Begin { .. } => serde_json::to_value(steps::begin(&auditor).await?),
        Step::End { begun, segments } => {
            serde_json::to_value(steps::end(&auditor, begun, segments).await?)
        }
    };
    Ok(answer.expect("an answer is JSON"))
}

fn auditor<T: WholeTable, B: Bus>(
    follower: &Follower<T, B>,
    mend: bool,
    invocation: Invocation<'_>,
) -> Auditor<T, B> {
    let manner = Manner {
        mend,
        patience: Patience::WHILE_OTHERS_WRITE,
        request_id: invocation.request_id.to_owned(),
    };
    Auditor::new(follower.counted(), manner)
}

/// Audits on from where the task says, until the segment or the time is over.
///
/// # Errors
/// Where the task cannot be read, or not a single page could be audited.
pub async fn handle<T: WholeTable, B: Bus>(
    follower: &Follower<T, B>,
    event: &Value,
    invocation: Invocation<'_>,
) -> Result<Task, NotAudited> {
    let started = Instant::now();
    let mut task = read(event)?;
    let segment = Segment { number: task.segment, of: task.segments };
    let auditor = auditor(follower, task.mend, invocation);
    let mut report = Report::default();
    let mut after = task.start_key.take().map(|StartKey { pk, sk }| Key { pk, sk });
    let mut stopped = None;
    loop {
        match auditor.audit(segment, after.as_ref(), &mut report).await {
            Ok(next) => {
                after = next;
                task.done = after.is_none();
            }
            // What was audited before stays so, and is not told again.
            Err(error) => stopped = Some(error),
        }
        let now = auditor.master().table().now();
        if task.done
            || stopped.is_some()
            || now.plus_seconds(RESERVE_SECONDS) >= invocation.deadline
        {
            break;
        }
    }
    log(&auditor, &task, &report, started);
    if let Some(error) = stopped {
        let error = NotAudited::Stopped(error);
        tracing::error!(
            operation = "audit",
            request_id = invocation.request_id,
            error = error.to_string(),
            "stopped"
        );
        if report.items == 0 {
            return Err(error);
        }
    }
    task.start_key = after.map(|Key { pk, sk }| StartKey { pk, sk });
    task.report.merge(report);
    Ok(task)
}

fn read(event: &Value) -> Result<Task, NotAudited> {
    let task = Task::deserialize(event);
    let task = task.map_err(|error| NotAudited::Unreadable(error.to_string()))?;
    if task.segments == 0 || task.segments > MAX_SEGMENTS || task.segment >= task.segments {
        let sentence = "segment is one of segments, which are 1 to 1000000";
        return Err(NotAudited::Unreadable(sentence.to_owned()));
    }
    Ok(Task { done: false, ..task })
}

/// The line of the invocation, with what this one found.
fn log<T: WholeTable, B: Bus>(
    auditor: &Auditor<T, B>,
    task: &Task,
    report: &Report,
    started: Instant,
) {
    let Cost { steps, calls, read_units, write_units, .. } = auditor.master().cost();
    let counted = |count: u64| (count > 0).then_some(count);
    tracing::info!(
        operation = "audit",
        segment = task.segment,
        segments = task.segments,
        mend = task.mend,
        items = report.items,
        done = task.done,
        duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        steps,
        calls,
        read_units,
        write_units,
        DamageFound = counted(report.found()),
        DamageMended = counted(report.mended()),
        "audited"
    );
}

//! Calls and answers in words, as traces show them.

use std::fmt;
use std::sync::Arc;

use store::item::key_of;
use store::keys::Key;
use store::table::Check;
use store::writes::{Condition, Write};

use super::call::{Answer, Asked, Conditioned, Refused, Stored};

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
            Self::Transact { writes, checks, .. } => {
                f.write_str("transact [")?;
                for (position, one) in writes.iter().enumerate() {
                    f.write_str(if position > 0 { "; " } else { "" })?;
                    write(f, one)?;
                }
                for Check { key, on } in checks {
                    write!(f, "; look at {} {}", Shown(key), condition(on))?;
                }
                f.write_str("]")
            }
            Self::Together(keys) => write!(f, "get {} items together", keys.len()),
            Self::Walk { .. } => f.write_str("walk"),
            Self::Add(key, amount) => write!(f, "add {amount} to {}", Shown(key)),
        }
    }
}

fn write(f: &mut fmt::Formatter<'_>, write: &Write) -> fmt::Result {
    let verb = match write {
        Write::Put { .. } => "put",
        Write::Update { .. } => "update",
    };
    write!(f, "{verb} {} {}", Shown(&write.key()), condition(write.condition()))
}

fn condition(on: &Condition) -> String {
    match on {
        Condition::Absent => "if absent".to_owned(),
        Condition::AbsentOrExpired(_) => "if absent or expired".to_owned(),
        Condition::Unbound(_) => "if without inputs or expired".to_owned(),
        Condition::Without(name) => format!("if without {name}"),
        Condition::VersionIs(version) => format!("if its version is {version}"),
        Condition::Outdated(version) => format!("if of no version or older than {version}"),
        Condition::CeilingIs(ceiling) => format!("if its ceiling is {ceiling}"),
        Condition::AbsentOrOlder(version) => format!("if absent or older than {version}"),
        Condition::Unassociated(_) => "if it belongs to nobody".to_owned(),
        Condition::Releasable(holder, effect) => {
            format!("if it belongs to {holder} and {} is not here", effect.as_str())
        }
        Condition::BelongsTo(holder) => format!("if it belongs to {holder}"),
        Condition::AbsentOrBelongsTo(holder) => format!("if absent or of {holder}"),
    }
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

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Contended => f.write_str("contended"),
            Self::Condition(None) => f.write_str("refused, nothing stands there"),
            Self::Condition(Some(stood)) => {
                write!(f, "refused by {}", Shown(&key_of(&stood.item)))
            }
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Item(None) => f.write_str("nothing"),
            Self::Item(Some(_)) => f.write_str("found"),
            Self::Page { found, more } => {
                let sort = |stored: &Arc<Stored>| key_of(&stored.item).sk;
                let sorts: Vec<_> = found.iter().map(sort).collect();
                let more = if *more { " and more" } else { "" };
                write!(f, "[{}]{more}", sorts.join(", "))
            }
            Self::Entries(page) => write!(f, "{} entries", page.found.len()),
            Self::Done(_) => f.write_str("done"),
            Self::Refused(why) => why.fmt(f),
            Self::Committed => f.write_str("done"),
            Self::Cancelled(reasons) => {
                let reason = |reason: &Option<Refused>| {
                    let could = "could".to_owned();
                    reason.as_ref().map_or(could, ToString::to_string)
                };
                let reasons: Vec<_> = reasons.iter().map(reason).collect();
                write!(f, "cancelled: {}", reasons.join("; "))
            }
            Self::Count(Some(count)) => write!(f, "{} of {}", count.count, count.ceiling),
            Self::Count(None) => f.write_str("it has not begun"),
            Self::Together(None) => f.write_str("one of them is held"),
            Self::Together(Some(items)) => {
                let is_there = |item: &Option<_>| if item.is_some() { "found" } else { "nothing" };
                let items: Vec<_> = items.iter().map(is_there).collect();
                f.write_str(&items.join(", "))
            }
            Self::Unavailable => f.write_str("no answer"),
        }
    }
}

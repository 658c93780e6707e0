//! What can go wrong with a call: as much as DynamoDB, the network and the database client's own repetitions can do to it.

use std::fmt;

use super::call::Asked;

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
    pub const ALL: [Self; 6] =
        [Self::NotSent, Self::Late, Self::Repeated, Self::Copied, Self::Contended, Self::Torn];
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
    /// What can go wrong with it before it has done anything. A query can besides be torn on its way.
    pub(super) fn faults(&self) -> &'static [Fault] {
        match self {
            Self::Get(_)
            | Self::GetAll(_)
            | Self::Query(_)
            | Self::Index(_)
            | Self::Together(_)
            | Self::Walk { .. } => &[Fault::NotSent],
            Self::Write(..) => {
                &[Fault::NotSent, Fault::Late, Fault::Repeated, Fault::Copied, Fault::Contended]
            }
            // A copy of a transaction has its token, which makes the two one.
            Self::Transact { .. } => {
                &[Fault::NotSent, Fault::Late, Fault::Repeated, Fault::Contended]
            }
            Self::Add(..) => &[Fault::NotSent, Fault::Repeated],
        }
    }
}

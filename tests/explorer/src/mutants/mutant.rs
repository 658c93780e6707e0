//! What can be done wrong.

/// What is done wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mutant {
    /// A seat is taken without the condition that it is free.
    SeatWithoutCondition,
    /// The free seat is looked up anew, but who sits on the others is decided by an earlier look at the block.
    OutdatedBlock,
    /// A guard item beside the customers is raised with each creation and tells which seat is free; the customers behind it may not be visible yet.
    GuardInPlaceOfSeats,
    /// The next number is read and written back.
    NumberReadAndWritten,
    /// The parts of a transaction are written one after another.
    TransactionInParts,
    /// The request in error is resolved in a second write.
    ResolvedInASecondWrite,
    /// The idempotency key is written after the effect.
    KeyAfterTheEffect,
    /// The fingerprint of a known key is not compared.
    FingerprintNotCompared,
    /// A conflict is a failure.
    ConflictIsFailure,
    /// A lost answer counts as a refusal, and what the request did is not looked for.
    LostAnswerIsFailure,
    /// A gap in the seats is filled up.
    GapIgnored,
    /// An unknown outcome is tried with a new token, and its refusal is taken at its word.
    NewTokenAfterUnknownOutcome,
    /// A dealer customer is associated whoever it belongs to.
    DealerCustomerWithoutCondition,
    /// A customer is updated whatever its version is.
    VersionNotCompared,
    /// A failed message is queued under a random name.
    QueuedUnderARandomName,
    /// A customer that was merged is a candidate of its block by itself.
    LoserActs,
    /// What the winner gave up by a merge is not looked at.
    GaveUpForgotten,
    /// A loser leads to its winner whether or not that says that it absorbed it.
    WinnerNotAsked,
    /// What a request did is not looked for on a merged customer that it passes.
    PassedNotLookedAt,
    /// An un-merge does not let the loser remember what requests did to the winner.
    EffectsNotAdopted,
    /// Who was erased remembers nothing of what requests did to it.
    ErasureForgotten,
    /// Which request decided on a pair, or took that back, is not kept.
    DecisionForgotten,
    /// A merge or an un-merge writes the winner whatever its version is.
    WinnersVersionNotCompared,
    /// A merge or an un-merge writes the loser whatever its version is.
    LosersVersionNotCompared,
    /// A reference takes no seat: it stands beside them.
    ReferenceBesideTheSeats,
    /// Of who has a seat, a reference counts as nobody.
    OccupantNotFollowed,
    /// A next try decides on the address and the company of today.
    InputsForgotten,
    /// Both rules are read, and a seat is taken under one.
    OneSeatOfTwo,
    /// An update puts the whole item as this release knows it.
    UnknownAttributeDropped,
    /// A Change takes no seat where its values belong.
    ChangeTakesNoSeat,
    /// Where another address was verified, none is left at the one that was given.
    AsGivenNotWritten,
    /// A reference takes its seat whoever has it.
    ReferenceWithoutCondition,
    /// A failed message is queued, and nothing says what it is about.
    TopicsNotWritten,
    /// An audit gives a customer its seat whoever has it.
    AuditSeatWithoutCondition,
    /// An audit looks at what lies in several items one after another.
    AuditLooksOneByOne,
    /// What a customer remembers of its updates is never full, so that what was forgotten is done again.
    ForgottenDoneAgain,
    /// A keyed request that changes nothing leaves nothing of that.
    NothingRemembered,
    /// A rule is called complete when every writer is asked to keep it.
    CompleteBeforeTheSeats,
    /// A process never looks which rule every writer must keep.
    RequiredRuleIgnored,
}

impl Mutant {
    /// All of them.
    pub const ALL: [Self; 39] = [
        Self::SeatWithoutCondition,
        Self::OutdatedBlock,
        Self::GuardInPlaceOfSeats,
        Self::NumberReadAndWritten,
        Self::TransactionInParts,
        Self::ResolvedInASecondWrite,
        Self::KeyAfterTheEffect,
        Self::FingerprintNotCompared,
        Self::ConflictIsFailure,
        Self::LostAnswerIsFailure,
        Self::GapIgnored,
        Self::NewTokenAfterUnknownOutcome,
        Self::DealerCustomerWithoutCondition,
        Self::VersionNotCompared,
        Self::QueuedUnderARandomName,
        Self::LoserActs,
        Self::GaveUpForgotten,
        Self::WinnerNotAsked,
        Self::PassedNotLookedAt,
        Self::EffectsNotAdopted,
        Self::ErasureForgotten,
        Self::DecisionForgotten,
        Self::WinnersVersionNotCompared,
        Self::LosersVersionNotCompared,
        Self::ReferenceBesideTheSeats,
        Self::OccupantNotFollowed,
        Self::InputsForgotten,
        Self::OneSeatOfTwo,
        Self::UnknownAttributeDropped,
        Self::ChangeTakesNoSeat,
        Self::AsGivenNotWritten,
        Self::ReferenceWithoutCondition,
        Self::TopicsNotWritten,
        Self::AuditSeatWithoutCondition,
        Self::AuditLooksOneByOne,
        Self::ForgottenDoneAgain,
        Self::NothingRemembered,
        Self::CompleteBeforeTheSeats,
        Self::RequiredRuleIgnored,
    ];
}

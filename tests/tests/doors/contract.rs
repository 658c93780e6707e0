//! Who may do what: the contract in a few lines, written from the contract and not from the code.

/// What a caller's claims come to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Permission {
    /// Somebody is named, by an authorizer's verified claims.
    pub(crate) known: bool,
    pub(crate) dealer: bool,
    pub(crate) customers: bool,
    pub(crate) steward: bool,
    pub(crate) privacy: bool,
    /// Acts for `TD68`, whose things are the caller's own.
    pub(crate) own: bool,
    /// Acts for every dealer.
    pub(crate) all: bool,
}

/// Whose a dealer's thing is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Whose {
    /// `TD68`'s.
    Own,
    /// Another dealer's.
    Foreign,
    /// A dealer code that cannot be.
    Malformed,
}

/// What a route asks of its caller.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Asks {
    Nothing,
    Customers,
    Steward,
    Privacy,
    /// To read a customer.
    CustomerReads,
    /// To read a dealer's thing.
    DealerReads(Whose),
    /// To write a dealer's thing.
    DealerWrites(Whose),
    /// To read a customer organization that these dealers are associated with.
    Organization {
        own: bool,
        foreign: bool,
    },
}

/// The status of an answer: `good` is that of a caller who may do everything.
pub(crate) fn status(caller: Permission, asks: Asks, good: u16) -> u16 {
    let acts_for = |whose| match whose {
        Whose::Own => caller.own || caller.all,
        Whose::Foreign => caller.all,
        Whose::Malformed => true,
    };
    let scope = match asks {
        Asks::Nothing => return good,
        Asks::Customers => caller.customers,
        Asks::Steward => caller.steward,
        Asks::Privacy => caller.privacy,
        Asks::CustomerReads => caller.customers || caller.steward,
        Asks::DealerReads(_) | Asks::DealerWrites(_) => caller.dealer,
        Asks::Organization { .. } => caller.dealer || caller.customers || caller.steward,
    };
    let may_see = match asks {
        Asks::Nothing | Asks::Customers | Asks::Steward | Asks::Privacy | Asks::CustomerReads => {
            true
        }
        Asks::DealerReads(whose) | Asks::DealerWrites(whose) => acts_for(whose),
        Asks::Organization { own, foreign } => {
            caller.customers
                || caller.steward
                || own && acts_for(Whose::Own)
                || foreign && acts_for(Whose::Foreign)
        }
    };
    match (caller.known, scope, may_see, asks) {
        (false, ..) => 401,
        (true, false, ..) => 403,
        (true, true, true, _) => good,
        (true, true, false, Asks::DealerWrites(_)) => 403,
        (true, true, false, _) => 404,
    }
}

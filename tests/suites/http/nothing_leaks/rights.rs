//! Who has the right to what, from the contract and not from the code, and the callers who may lack it.

use serde_json::{Value, json};

/// The dealer whose things are asked for.
pub(crate) const OWNER: &str = "TD69";

/// A dealer that was associated with the owner's customer, and has released all that it had there.
pub(crate) const RELEASED: &str = "TD70";

/// A dealer that never had anything.
pub(crate) const STRANGER: &str = "TD97";

/// A dealer code without anything, of which nobody is.
pub(crate) const NOBODYS: &str = "TD98";

/// What a route asks of its caller.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Needs {
    /// One of these scopes.
    Scope(&'static [&'static str]),
    /// The dealer code of the owner, to read.
    DealerReads,
    /// The dealer code of the owner, to write.
    DealerWrites,
    /// To be a dealer; whose code a row has, is asked of each row by itself.
    DealerRows,
    /// To be a dealer that is associated, or one of the scopes that see all.
    Organization,
}

const SCOPES: [&str; 4] = ["dealer", "customers", "steward", "privacy"];

/// A caller.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// Null is nobody.
    pub(crate) claims: Value,
    known: bool,
    scopes: Vec<&'static str>,
    code: Option<&'static str>,
}

impl Caller {
    /// Of these scopes and at most one dealer code, by the name under which the owner calls as well: it is the same caller, whose right is gone.
    pub(crate) fn of(scopes: &[&'static str], code: Option<&'static str>) -> Self {
        let claims =
            json!({ "sub": "erp-of-td69", "scope": scopes.join(" "), "dealer_codes": code });
        Self { claims, known: true, scopes: scopes.to_vec(), code }
    }

    fn nobody(claims: Value) -> Self {
        Self { claims, known: false, scopes: Vec::new(), code: None }
    }

    fn has(&self, scope: &str) -> bool {
        self.scopes.contains(&scope)
    }

    /// The status that refuses the caller, or nothing for one who has the right.
    pub(crate) fn refusal(&self, needs: Needs) -> Option<u16> {
        let owner = self.code == Some(OWNER);
        if !self.known {
            return Some(401);
        }
        match needs {
            Needs::Scope(any) => (!any.iter().any(|scope| self.has(scope))).then_some(403),
            Needs::Organization if self.has("customers") || self.has("steward") => None,
            Needs::DealerReads | Needs::DealerWrites | Needs::DealerRows | Needs::Organization
                if !self.has("dealer") =>
            {
                Some(403)
            }
            Needs::DealerReads | Needs::Organization => (!owner).then_some(404),
            Needs::DealerWrites => (!owner).then_some(403),
            Needs::DealerRows => None,
        }
    }

    /// Whether the refusal comes from the scopes alone, so that nothing else of the request is looked at.
    pub(crate) fn lacks_the_scope(&self, needs: Needs) -> bool {
        match needs {
            Needs::Scope(_) | Needs::DealerRows => true,
            Needs::DealerReads | Needs::DealerWrites | Needs::Organization => {
                !self.known || !self.has("dealer")
            }
        }
    }
}

/// Every caller without all scopes: nobody, and every set of the scopes, with every kind of dealer code where it could count.
pub(crate) fn callers() -> Vec<Caller> {
    let nameless = json!({ "scope": SCOPES.join(" "), "dealer_codes": "*" });
    let mut callers = vec![Caller::nobody(Value::Null), Caller::nobody(nameless)];
    for set in 0..15_u8 {
        let chosen = SCOPES.into_iter().enumerate().filter(|(bit, _)| set & (1 << bit) != 0);
        let scopes: Vec<_> = chosen.map(|(_, scope)| scope).collect();
        callers.push(Caller::of(&scopes, Some(OWNER)));
        if scopes.contains(&"dealer") {
            let codes = [None, Some(RELEASED), Some(STRANGER)];
            callers.extend(codes.map(|code| Caller::of(&scopes, code)));
        }
    }
    callers
}

/// Who may do everything.
pub(crate) fn everybody() -> Value {
    json!({ "sub": "everybody", "scope": SCOPES.join(" "), "dealer_codes": "*" })
}

/// The callers who have no more than the right.
pub(crate) fn holders(needs: Needs) -> Vec<Caller> {
    match needs {
        Needs::Scope(any) => any.iter().map(|scope| Caller::of(&[scope], None)).collect(),
        Needs::DealerReads | Needs::DealerWrites | Needs::DealerRows => {
            vec![Caller::of(&["dealer"], Some(OWNER)), Caller::of(&["dealer"], Some("*"))]
        }
        Needs::Organization => vec![
            Caller::of(&["dealer"], Some(OWNER)),
            Caller::of(&["customers"], None),
            Caller::of(&["steward"], None),
        ],
    }
}

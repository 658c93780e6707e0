//! Items: how the domain's records stand in the table. Reading is strict: an item with an attribute too many or too few is an error, never a guess.

mod by;
mod claim;
mod customer;
mod dealer_customer;
mod fields;
mod idempotency_key;
mod request_in_error;
mod seat;

pub use claim::{Claim, Claimed, MAX_FORMER};
pub use customer::{customer, customer_item};
pub use dealer_customer::{
    Association, DealerCustomerRecord, associate, associate_absent, dealer_customer, release,
    replace_profile,
};
pub use idempotency_key::{
    BoundInputs, BoundKey, INPUTS, bind_inputs, bind_key, bound_key, remember_unchanged,
};
pub use request_in_error::{request_in_error, request_in_error_item};
pub use seat::{Occupant, Reference, empty_seat, occupant, renew_seat, take_seat};

/// The attribute with an item's version.
pub const VERSION: &str = "version";

/// The attribute with the customer that a dealer customer or a claim belongs to.
pub const ORGANIZATION: &str = "organization";

/// The name of the attribute under which a dealer customer keeps an effect.
pub fn effect_attribute(effect: &domain::effect::EffectId) -> String {
    format!("{EFFECT_PREFIX}{}", effect.as_str())
}

/// What the names of those attributes begin with.
const EFFECT_PREFIX: &str = "effect_";

#[cfg(test)]
pub(crate) mod tests {
    use domain::by::{By, Stamp};
    use domain::effect::{Cause, EffectId};
    use domain::secret::Secret;
    use domain::time::Timestamp;

    pub(crate) fn secret() -> Secret {
        Secret::new("the secret of the tests of this crate").unwrap()
    }

    /// What a request with this idempotency key leaves.
    pub(crate) fn stamp(key: &str, at: Timestamp) -> Stamp {
        Stamp {
            by: By::new("caller", "operation", "request"),
            cause: Cause {
                id: EffectId::of_key(&secret(), "caller", "operation", key),
                keyed: true,
            },
            at,
        }
    }
}

//! Items: how the domain's records stand in the table. Items outlive releases: an attribute too few, or one that does not read, is an error and never a guess; one that
//! this release does not know is a newer release's, and stays where it is. A release adds attributes to an item, never within one that is there; where an older one would
//! take the item for what it is not, it sets `min_reader`.

mod by;
mod change;
mod claim;
mod counter;
mod customer;
mod dealer_customer;
mod fields;
mod history;
mod idempotency_key;
mod look_up;
mod merge;
mod pair;
mod request_in_error;
mod seat;
mod topic;

pub use change::{append, change, last_change};
pub use claim::{Claim, Claimed, MAX_FORMER};
pub use counter::{InForce, put_in_force};
pub use customer::{customer, customer_item, erase_customer, rewrite_customer, seats_taken};
pub use dealer_customer::{
    Association, DealerCustomerRecord, abandon, associate, associate_absent, dealer_customer,
    release, replace_profile,
};
pub(crate) use fields::number;
#[cfg(test)]
pub(crate) use fields::text;
pub use history::{erased_history_entry, history_entry, history_entry_of};
pub use idempotency_key::{
    BoundInputs, BoundKey, INPUTS, bind_inputs, bind_key, bound_key, remember_unchanged,
};
pub use look_up::{Found, Kept, Standing, found, kept, look_up_key};
pub use merge::{erased_merge, merge, merge_item, undone_merge};
pub use pair::{pair, pair_of, pair_pointer};
pub use request_in_error::{
    erase_request_in_error, request_in_error, request_in_error_item, rewrite_request_in_error,
};
pub use seat::{Occupant, Reference, Seat, empty_seat, occupant, vacated};
pub use topic::{HasTopic, has_topic, topic};

use domain::dealer::{Dcn, DealerCode, DealerCustomerNumber};

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

/// A DCN as an attribute's value.
fn dcn_text(dcn: &Dcn) -> String {
    dcn.to_string()
}

/// The DCN of an attribute's value; none for a text that is none.
fn dcn_named(text: &str) -> Option<Dcn> {
    let (dealer_code, number) = text.split_once('|')?;
    Some(Dcn {
        dealer_code: DealerCode::parse(dealer_code).ok()?,
        dealer_customer_number: DealerCustomerNumber::parse(number).ok()?,
    })
}

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

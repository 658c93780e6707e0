//! Values of the domain, whatever they are.

use domain::by::By;
use domain::customer::{Identifier, Place, Tail};
use domain::dealer::{Dcn, DealerCode, DealerCustomerNumber};
use domain::effect::{Cause, EffectId};
use domain::matching::block::Block;
use domain::message::{Attribute, Attributes};
use domain::time::Timestamp;
use proptest::prelude::*;

pub(crate) fn bits() -> impl Strategy<Value = [u8; 10]> {
    any::<[u8; 10]>()
}

pub(crate) fn block() -> impl Strategy<Value = Block> {
    bits().prop_map(Block::apart)
}

pub(crate) fn identifier() -> impl Strategy<Value = Identifier> {
    let place =
        prop_oneof![(1..=Place::MAX_SEAT).prop_map(Place::Seat), bits().prop_map(Place::beside),];
    let tail = bits().prop_map(Tail::of);
    (block(), place, tail).prop_map(|(block, place, tail)| Identifier { block, place, tail })
}

pub(crate) fn dcn() -> impl Strategy<Value = Dcn> {
    ("[A-Z0-9]{1,10}", "[A-Za-z0-9][A-Za-z0-9._-]{0,49}").prop_map(|(code, number)| Dcn {
        dealer_code: DealerCode::parse(&code).expect("a dealer code"),
        dealer_customer_number: DealerCustomerNumber::parse(&number).expect("a number"),
    })
}

pub(crate) fn effect() -> impl Strategy<Value = EffectId> {
    bits().prop_map(EffectId::random)
}

pub(crate) fn cause() -> impl Strategy<Value = Cause> {
    (effect(), any::<bool>()).prop_map(|(id, keyed)| Cause { id, keyed })
}

pub(crate) fn by() -> impl Strategy<Value = By> {
    (text(), text(), text())
        .prop_map(|(caller, operation, request)| By::new(&caller, &operation, &request))
}

pub(crate) fn moment() -> impl Strategy<Value = Timestamp> {
    (0..4_000_000_000_000_u64).prop_map(Timestamp::from_millis)
}

/// Texts as people, machines and attackers write them.
pub(crate) fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[ -~]{1,40}", "\\PC{1,40}", "[A-Za-z0-9 #|/-]{1,20}"]
}

pub(crate) fn attributes() -> impl Strategy<Value = Attributes> {
    let attribute = prop::sample::select(Attribute::all().collect::<Vec<_>>());
    prop::collection::vec((attribute, text()), 0..12)
        .prop_map(|attributes| attributes.into_iter().collect())
}

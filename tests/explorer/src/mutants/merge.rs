//! What wrong variants make of what is decided about customers: how they see it, and how they write a merge or an un-merge.

use aws_sdk_dynamodb::types::AttributeValue;
use store::item::Item;
use store::writes::{Condition, Write};

use super::Mutant;

/// What the variant sees of an item.
pub(super) fn see(mutant: Mutant, item: &mut Item) {
    if mutant == Mutant::GaveUpForgotten
        && let Some(AttributeValue::L(absorbed)) = item.get_mut("absorbed")
    {
        for one in absorbed {
            if let AttributeValue::M(one) = one {
                one.remove("gave_up");
            }
        }
    }
    // So long ago that the two sides of a merge must agree.
    if mutant == Mutant::WinnerNotAsked && item.contains_key("updated_at") {
        item.insert("updated_at".to_owned(), AttributeValue::N("0".to_owned()));
    }
    let forgets = mutant == Mutant::PassedNotLookedAt && item.contains_key("merged_into")
        || mutant == Mutant::ErasureForgotten && item.contains_key("erased");
    if forgets && let Some(AttributeValue::M(effects)) = item.get_mut("effects") {
        let renamed = std::mem::take(effects);
        effects.extend(renamed.into_iter().map(|(id, one)| (id.chars().rev().collect(), one)));
    }
}

/// What the variant sees of the item of a pair.
pub(super) fn see_pair(item: &mut Item) {
    for attribute in ["taken_back", "taken_back_by"] {
        item.remove(attribute);
    }
    if let Some(AttributeValue::M(decision)) = item.get_mut("decision")
        && let Some(AttributeValue::S(effect)) = decision.get_mut("effect")
    {
        *effect = effect.chars().rev().collect();
    }
}

/// How the variant writes a merge or an un-merge; other transactions as they are.
pub(super) fn written(mutant: Mutant, writes: &[Write]) -> Vec<Write> {
    let mut writes = writes.to_vec();
    let is_decision = writes.iter().any(|write| write.key().pk.starts_with("MERGE#"));
    // The winner is the first, the loser the second.
    let unasked = if mutant == Mutant::WinnersVersionNotCompared {
        writes.first_mut()
    } else if mutant == Mutant::LosersVersionNotCompared {
        writes.get_mut(1)
    } else {
        None
    };
    if let Some(Write::Update { on, .. }) = unasked.filter(|_| is_decision) {
        *on = Condition::Without("what no item has");
    }
    if mutant == Mutant::EffectsNotAdopted && is_decision {
        for write in &mut writes {
            if let Write::Update { set, .. } = write {
                forget_adopted(set);
            }
        }
    }
    writes
}

/// Takes away the effects that were another's.
fn forget_adopted(item: &mut Item) {
    let Some(AttributeValue::M(made)) = item.get("made") else { return };
    let is_adopted =
        |value: &AttributeValue| value.as_m().is_ok_and(|made| made.contains_key("on"));
    let adopted: Vec<String> =
        made.iter().filter(|(_, one)| is_adopted(one)).map(|(id, _)| id.clone()).collect();
    for attribute in ["made", "effects"] {
        if let Some(AttributeValue::M(map)) = item.get_mut(attribute) {
            map.retain(|id, _| !adopted.contains(id));
        }
    }
}

//! What wrong variants make of references, of what they find on a seat, and of what they do not know.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::effect::EffectId;
use store::item::{Item, key_of};
use store::items;
use store::keys::{PARTITION_KEY, SORT_KEY};
use store::table::{Table, TableError};
use store::writes::{Refusal, Transacted, Write};

use super::{Mutant, MutantTable};

/// The attribute of an empty seat.
const EMPTY: &str = "empty";

/// The attribute of a reference whose address was given, where another was verified.
const AS_GIVEN: &str = "as_given";

/// The item of a reference that a write puts; none for any other write.
fn reference(write: &Write) -> Option<&Item> {
    match write {
        Write::Put { item, .. } => {
            let is_reference =
                item.contains_key(items::ORGANIZATION) && key_of(item).pk.starts_with("BLOCK#");
            is_reference.then_some(item)
        }
        Write::Update { .. } => None,
    }
}

impl MutantTable {
    /// What this variant overlooks of what stood where it was refused.
    pub(super) fn overlooked(&self, item: &mut Item) {
        let key = key_of(item);
        if self.mutant == Mutant::OccupantNotFollowed
            && key.pk.starts_with("BLOCK#")
            && item.remove(items::ORGANIZATION).is_some()
        {
            item.insert(EMPTY.to_owned(), AttributeValue::Bool(true));
        }
        if self.mutant == Mutant::InputsForgotten && key.pk.starts_with("KEY#") {
            item.remove(items::INPUTS);
            item.remove("blocks");
        }
    }

    /// The write as this variant makes it.
    pub(super) fn otherwise(&self, write: &Write) -> Write {
        match write {
            Write::Update { key, set, on, .. }
                if self.mutant == Mutant::UnknownAttributeDropped
                    && key.pk.starts_with("BLOCK#")
                    && set.contains_key("tail") =>
            {
                let text = |value: &str| AttributeValue::S(value.to_owned());
                let mut item = set.clone();
                item.insert(PARTITION_KEY.to_owned(), text(&key.pk));
                item.insert(SORT_KEY.to_owned(), text(&key.sk));
                Write::Put { item, on: on.clone() }
            }
            Write::Put { item, on }
                if self.mutant == Mutant::ReferenceBesideTheSeats && reference(write).is_some() =>
            {
                let mut item = item.clone();
                let name = EffectId::random(self.table.chance());
                let beside = AttributeValue::S(format!("ALSO#{}", name.as_str()));
                item.insert(SORT_KEY.to_owned(), beside);
                Write::Put { item, on: on.clone() }
            }
            Write::Update { .. } => self.complete_at_once(write),
            Write::Put { .. } => write.clone(),
        }
    }

    /// Writes the references whoever has their seats, and then all else under its conditions.
    pub(super) async fn references_unasked(
        &self,
        token: &str,
        writes: &[Write],
    ) -> Result<Transacted, TableError> {
        let (references, others): (Vec<&Write>, Vec<&Write>) =
            writes.iter().partition(|write| reference(write).is_some());
        let others: Vec<Write> = others.into_iter().cloned().collect();
        if references.is_empty() {
            return self.table.transact(token, writes).await;
        }
        for reference in references {
            self.table.write_unasked(reference).await?;
        }
        Ok(match self.table.transact(token, &others).await? {
            Transacted::Done => Transacted::Done,
            Transacted::Refused(_) => {
                Transacted::Refused(vec![Some(Refusal::Contended); writes.len()])
            }
        })
    }

    /// The writes that this variant makes of a transaction's, each with its place.
    pub(super) fn kept(&self, writes: &[Write]) -> Vec<(usize, Write)> {
        let changes = matches!(writes.first(), Some(Write::Update { .. }));
        let is_left_out = |write: &Write| {
            let Some(item) = reference(write) else { return false };
            let as_given = item.contains_key(AS_GIVEN);
            self.mutant == Mutant::OneSeatOfTwo && !as_given
                || self.mutant == Mutant::AsGivenNotWritten && as_given
                || self.mutant == Mutant::ChangeTakesNoSeat && changes
        };
        let kept = writes.iter().enumerate().filter(|(_, write)| !is_left_out(write));
        kept.map(|(place, write)| (place, self.otherwise(write))).collect()
    }
}

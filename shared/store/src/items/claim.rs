//! The claim of an alternate number or a relate id: whose it is. One item each, so that no two customers have the same.
//!
//! A claim that was given up stays, free for anybody, and tells who had it: the next try of a request that found its customer by this number finds it still.

use domain::customer::Identifier;

use super::ORGANIZATION;
use super::fields::{Fields, new_item, text};
use crate::item::Item;
use crate::keys::Key;
use crate::table::TableError;
use crate::writes::{Condition, Write};

const FORMER: &str = "former";

/// A claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The claim's key: what is claimed.
    pub key: Key,
    /// Whose it is.
    pub holder: Identifier,
}

/// Who has what is claimed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claimed {
    /// This customer.
    By(Identifier),
    /// Nobody; this customer had it last.
    FormerlyBy(Identifier),
}

impl Claim {
    /// Reads the item of a claim.
    pub fn read(item: Item) -> Result<Claimed, TableError> {
        let (mut fields, _) = Fields::of_item("claim", item)?;
        let claimed = match fields.optional_parsed(ORGANIZATION, Identifier::parse)? {
            Some(holder) => Claimed::By(holder),
            None => Claimed::FormerlyBy(fields.parsed(FORMER, Identifier::parse)?),
        };
        fields.end()?;
        Ok(claimed)
    }

    /// Makes the claim, unless another has it.
    pub fn stake(&self) -> Write {
        self.put(
            ORGANIZATION,
            Condition::AbsentOrBelongsTo(self.holder.clone()),
        )
    }

    /// Gives the claim up.
    pub fn give_up(&self) -> Write {
        self.put(FORMER, Condition::BelongsTo(self.holder.clone()))
    }

    fn put(&self, role: &str, on: Condition) -> Write {
        let mut item = new_item(self.key.clone());
        item.insert(role.to_owned(), text(self.holder.to_string()));
        Write::Put { item, on }
    }
}

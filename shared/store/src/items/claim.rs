//! The claim of an alternate number or a relate id: whose it is. One item each, so that no two customers have the same.

use domain::customer::Identifier;

use super::ORGANIZATION;
use super::fields::{Fields, new_item, text};
use crate::keys::Key;
use crate::table::{Item, TableError};
use crate::writes::{Condition, Write};

/// A claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The claim's key: what is claimed.
    pub key: Key,
    /// Whose it is.
    pub holder: Identifier,
}

impl Claim {
    /// Reads the item of a claim.
    pub fn of(item: Item) -> Result<Self, TableError> {
        let (mut fields, key) = Fields::of_item("claim", item)?;
        let holder = fields.parsed(ORGANIZATION, Identifier::parse)?;
        fields.end()?;
        Ok(Self { key, holder })
    }

    /// Makes the claim, unless another has it.
    pub fn stake(&self) -> Write {
        let mut item = new_item(self.key.clone());
        item.insert(ORGANIZATION.to_owned(), text(self.holder.to_string()));
        Write::Put {
            item,
            on: Condition::AbsentOrBelongsTo(self.holder.clone()),
        }
    }

    /// Gives the claim up.
    pub fn give_up(&self) -> Write {
        Write::Delete {
            key: self.key.clone(),
            on: Condition::BelongsTo(self.holder.clone()),
        }
    }
}

//! What a request is decided on beside the table: it stays the same in every try under one key, although the address service answers otherwise by then, or the controls do.

use domain::matching::block::Block;
use domain::message::{Attribute, Attributes};
use domain::secret::{NONCE_BYTES, Seal};
use serde_json::{Value, json};
use store::items::BoundInputs;
use store::table::{Table, TableError};

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Inputs {
    /// The blocks that the request reads and takes its seats in, its home first.
    pub(crate) blocks: Vec<Block>,
    /// The attributes that were not decided on as they were given: the company where none was given, and the address that the address service verified. An empty one was
    /// taken away.
    pub(crate) otherwise: Vec<(Attribute, String)>,
}

impl Inputs {
    /// The inputs of a request that gave these attributes, and was decided on those.
    pub(crate) fn of(given: &Attributes, decided_on: &Attributes, blocks: Vec<Block>) -> Self {
        let differs = |attribute: &Attribute| given.get(*attribute) != decided_on.get(*attribute);
        let otherwise = Attribute::all().filter(differs);
        let otherwise =
            otherwise.map(|attribute| (attribute, decided_on.text(attribute).to_owned()));
        Self { blocks, otherwise: otherwise.collect() }
    }

    /// What the request was decided on, of what it gives.
    pub(crate) fn apply(&self, given: &Attributes) -> Attributes {
        let mut decided_on = given.clone();
        for (attribute, value) in &self.otherwise {
            decided_on.set(*attribute, value.as_str());
        }
        decided_on
    }

    pub(super) fn sealed(&self, seal: &Seal, table: &impl Table) -> BoundInputs {
        let otherwise = self.otherwise.iter();
        let values: serde_json::Map<_, _> = otherwise
            .map(|(attribute, value)| (attribute.name().to_owned(), json!(value)))
            .collect();
        let chance = [table.chance(), table.chance(), table.chance()].concat();
        let mut nonce = [0; NONCE_BYTES];
        nonce.copy_from_slice(&chance[..NONCE_BYTES]);
        let text = Value::Object(values).to_string();
        BoundInputs { blocks: self.blocks.clone(), sealed: seal.seal(text.as_bytes(), nonce) }
    }

    pub(super) fn opened(bound: BoundInputs, seal: &Seal) -> Result<Self, TableError> {
        let defect = || TableError::Defect("the inputs of a key cannot be read".into());
        let text = seal.open(&bound.sealed).ok_or_else(defect)?;
        let values: serde_json::Map<String, Value> =
            serde_json::from_slice(&text).map_err(|_| defect())?;
        let read = |(name, value): (String, Value)| {
            Some((Attribute::named(&name)?, value.as_str()?.to_owned()))
        };
        let otherwise = values.into_iter().map(read).collect::<Option<_>>().ok_or_else(defect)?;
        Ok(Self { blocks: bound.blocks, otherwise })
    }
}

//! The duplicate judgement: which customers of a block are the same as a wanted one, and what an Add makes of that.

use crate::controls::Controls;
use crate::customer::Customer;
use crate::matching::block::Block;
use crate::matching::comparison::{Explanation, compare};
use crate::matching::party::Party;
use crate::matching::rule::Rules;
use crate::message::{Attributes, DuplicateCheck};

/// The blocks of a customer with these attributes, one for each rule that is kept, the home rule's first; none where it can have no duplicates.
pub fn blocks_of(attributes: &Attributes, controls: &Controls) -> Vec<Block> {
    Placed::of(attributes, controls).blocks.into_iter().flatten().collect()
}

/// A customer with a seat in a block that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate<'a> {
    pub customer: &'a Customer,
    /// Whom it stands for: itself, or the customer that it was merged into.
    pub leader: &'a Customer,
    /// The block that it was found in.
    pub block: &'a Block,
    /// The block of the values that it had when it took this seat for an address that was given and not verified.
    pub as_given: Option<&'a Block>,
}

/// A customer that is the same as a wanted one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Same<'a> {
    /// The customer that acts, after all merges.
    pub customer: &'a Customer,
    /// Who has the seat by which it was found: the customer, or one that was merged into it.
    pub seated: &'a Customer,
    /// The values by which it is the same.
    pub values: &'a Attributes,
    pub explanation: Explanation,
}

impl Same<'_> {
    /// Whether it is so by values that are its own no more: those of a merged customer, or those that it gave up by a merge.
    pub fn by_merge(&self) -> bool {
        !std::ptr::eq(self.values, &self.customer.attributes)
    }
}

/// The customers among `candidates` that are the same as the wanted one, the highest customer number first, each once, by its own values where it is so by them. A candidate
/// counts where its current values make the block that it was found in, or those that it still has were once given with this block's address; one that was merged stands for the
/// customer that it leads to, and that one for itself also by the values that it gave up. Inactive customers count.
pub fn among<'a>(
    wanted: &Placed,
    candidates: impl IntoIterator<Item = Candidate<'a>>,
    controls: &Controls,
) -> Vec<Same<'a>> {
    let mut duplicates: Vec<Same<'_>> = Vec::new();
    for Candidate { customer: seated, leader, block, as_given } in candidates {
        let same = seated.found_by().find_map(|values| {
            // What comes twice is most often what came before, value for value.
            let other;
            let known = if values == wanted.party.attributes() {
                wanted
            } else {
                other = Placed::of(values, controls);
                &other
            };
            let mut by_rule = controls.rules.kept().zip(&known.blocks);
            let explanation = by_rule.find_map(|(rule, now)| {
                let now = now.as_ref()?;
                let counts = now == block || as_given == Some(now);
                counts.then(|| compare(&wanted.party, &known.party, rule))?
            })?;
            // The values of the leader itself are told by where they are, so they are taken from there.
            let own =
                std::ptr::eq(values, &seated.attributes) && seated.identifier == leader.identifier;
            let values = if own { &leader.attributes } else { values };
            Some(Same { customer: leader, seated, values, explanation })
        });
        let Some(same) = same else { continue };
        match duplicates.iter_mut().find(|known| known.customer.number == leader.number) {
            Some(known) if known.by_merge() && !same.by_merge() => *known = same,
            Some(_) => {}
            None => duplicates.push(same),
        }
    }
    duplicates.sort_by_key(|duplicate| std::cmp::Reverse(duplicate.customer.number));
    duplicates
}

/// A record as it is compared, with its block under each rule that is kept.
pub struct Placed {
    party: Party,
    blocks: Vec<Option<Block>>,
}

impl Placed {
    pub fn of(attributes: &Attributes, controls: &Controls) -> Self {
        let party = Party::of(attributes, controls);
        let block = |rule| Block::of(&party, rule, &controls.secret);
        let blocks = controls.rules.kept().map(block).collect();
        Self { party, blocks }
    }

    /// Its blocks, the home rule's first; none where it can have no duplicates.
    pub fn blocks(&self) -> impl Iterator<Item = &Block> {
        self.blocks.iter().flatten()
    }

    pub fn party(&self) -> &Party {
        &self.party
    }

    /// Whether the two are the same party under one of the rules that both were placed by, by the values that they have now.
    pub fn is_same_as(&self, other: &Self, rules: &Rules) -> bool {
        let blocks = self.blocks.iter().zip(&other.blocks);
        rules.kept().zip(blocks).any(|(rule, (block, other_block))| {
            block.is_some()
                && block == other_block
                && compare(&self.party, &other.party, rule).is_some()
        })
    }

    /// The same, of two that are known to have their place in common.
    pub(crate) fn has_name_of(&self, other: &Self, rules: &Rules) -> bool {
        rules.kept().any(|rule| compare(&self.party, &other.party, rule).is_some())
    }

    /// Whether it has that block.
    pub(crate) fn is_in(&self, block: &Block) -> bool {
        self.blocks().any(|own| own == block)
    }
}

/// Whether two records are the same party under a rule that is kept, by the values that both have now.
pub fn are_same(one: &Attributes, other: &Attributes, controls: &Controls) -> bool {
    Placed::of(one, controls).is_same_as(&Placed::of(other, controls), &controls.rules)
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judgement<'a> {
    /// There is none, or none was looked for: a customer is created.
    Create,
    Update(Same<'a>),
    /// Nothing is done; the duplicates, the highest customer number first.
    Duplicate(Vec<&'a Customer>),
}

/// Judges an Add by the duplicates that [`among`] found.
pub fn judge(check: DuplicateCheck, duplicates: Vec<Same<'_>>) -> Judgement<'_> {
    let all = || duplicates.iter().map(|duplicate| duplicate.customer).collect();
    match (check, &duplicates[..]) {
        (DuplicateCheck::Unchecked, _) | (_, []) => Judgement::Create,
        (DuplicateCheck::UpdateSingle, [single]) => Judgement::Update(single.clone()),
        (DuplicateCheck::UpdateBest, [best, ..]) => Judgement::Update(best.clone()),
        (DuplicateCheck::UpdateSingle | DuplicateCheck::Report, _) => Judgement::Duplicate(all()),
    }
}

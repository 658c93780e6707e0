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
    let party = Party::of(attributes, controls);
    controls.rules.kept().filter_map(|rule| Block::of(&party, rule, &controls.secret)).collect()
}

/// Whether a customer with these attributes is nobody's duplicate under any rule that is kept, because it says in place of a name, a street or an e-mail address what says
/// nothing.
pub fn is_placeholder(attributes: &Attributes, controls: &Controls) -> bool {
    let party = Party::of(attributes, controls);
    controls.rules.kept().all(|rule| party.is_placeholder(rule))
}

/// A customer with a seat in a block that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate<'a> {
    pub customer: &'a Customer,
    /// The block that it was found in.
    pub block: &'a Block,
    /// The block of the values that it had when it took this seat for an address that was given and not verified.
    pub as_given: Option<&'a Block>,
}

/// The customers among `candidates` that are the same as the wanted one, the highest customer number first, each once. A candidate counts where its current values make
/// the block that it was found in, or those that it still has were once given with this block's address. Inactive customers count.
pub fn among<'a>(
    wanted: &Attributes,
    candidates: impl IntoIterator<Item = Candidate<'a>>,
    controls: &Controls,
) -> Vec<(&'a Customer, Explanation)> {
    let wanted = Party::of(wanted, controls);
    let mut duplicates: Vec<(&Customer, Explanation)> = Vec::new();
    for Candidate { customer, block, as_given } in candidates {
        let known = Party::of(&customer.attributes, controls);
        let found = controls.rules.kept().find_map(|rule| {
            let now = Block::of(&known, rule, &controls.secret)?;
            let counts = now == *block || as_given == Some(&now);
            counts.then(|| compare(&wanted, &known, rule))?
        });
        let is_new = duplicates.iter().all(|(one, _)| one.number != customer.number);
        duplicates.extend(found.filter(|_| is_new).map(|explanation| (customer, explanation)));
    }
    duplicates.sort_by_key(|(duplicate, _)| std::cmp::Reverse(duplicate.number));
    duplicates
}

/// A record with its block under each rule that is kept: what two records are compared by that nobody looks up.
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
        self.blocks.iter().flatten().any(|own| own == block)
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
    Update(&'a Customer),
    /// Nothing is done; the duplicates, the highest customer number first.
    Duplicate(Vec<&'a Customer>),
}

/// Judges an Add by the duplicates that [`among`] found.
pub fn judge(check: DuplicateCheck, duplicates: Vec<(&Customer, Explanation)>) -> Judgement<'_> {
    let all = || duplicates.iter().map(|(duplicate, _)| *duplicate).collect();
    match (check, &duplicates[..]) {
        (DuplicateCheck::Unchecked, _) | (_, []) => Judgement::Create,
        (DuplicateCheck::UpdateSingle, [(single, _)]) => Judgement::Update(single),
        (DuplicateCheck::UpdateBest, [(best, _), ..]) => Judgement::Update(best),
        (DuplicateCheck::UpdateSingle | DuplicateCheck::Report, _) => Judgement::Duplicate(all()),
    }
}

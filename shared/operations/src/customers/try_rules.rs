//! Try rules: what another rule, or other lists of generic values, would match or part among messages, the customers of their blocks, and those of one customer's blocks.
//! Nothing is written, and what is compared is only what the table and the messages say now: a rule that is looser also matches customers of other blocks, which only those
//! find who look at all of them.

use domain::customer::{Customer, CustomerNumber};
use domain::matching::block::Block;
use domain::matching::duplicate;
use domain::matching::trial::{Judgement, Seen, Trial, Tried};
use domain::message::Attributes;
use store::block::ReadBlock;
use store::table::{Table, TableError};

use super::read::customer_by_number;
use crate::kit::{Master, Stopped};

/// How many messages are compared in one call.
pub const MAX_MESSAGES: usize = 100;

/// How many customers of one block are compared.
pub const MAX_OF_A_BLOCK: usize = 200;

/// How many customers are compared in all.
pub const MAX_CUSTOMERS: usize = 2_000;

/// How many pairs one list names.
pub const MAX_PAIRS: usize = 1_000;

/// Two that are, or would be, one customer, and how they compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair<One, Other> {
    pub one: One,
    pub other: Other,
    pub judgement: Judgement,
}

/// Pairs, as many as may be listed, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pairs<One, Other> {
    pub listed: Vec<Pair<One, Other>>,
    /// How many more there are.
    pub left_out: usize,
}

impl<One, Other> Pairs<One, Other> {
    fn new() -> Self {
        Self { listed: Vec::new(), left_out: 0 }
    }

    /// Adds two, where what is tried makes a difference to them.
    fn add(&mut self, one: One, other: Other, judgement: Judgement) {
        if !judgement.differs() {
            return;
        }
        if self.listed.len() < MAX_PAIRS {
            self.listed.push(Pair { one, other, judgement });
        } else {
            self.left_out += 1;
        }
    }
}

/// What would be matched or parted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Differences {
    /// Among the messages, by their places in the list.
    pub messages: Pairs<usize, usize>,
    /// Between a message and a customer of its blocks.
    pub customers: Pairs<usize, CustomerNumber>,
    /// Among the customers of the named customer's blocks.
    pub block: Pairs<CustomerNumber, CustomerNumber>,
    /// Whether some customers of the blocks were not compared, because there are so many.
    pub incomplete: bool,
}

/// Compares the messages with each other and with the customers of their blocks, and the customers of the named one's blocks with each other. None where there is no such
/// customer.
pub async fn try_rules<T: Table>(
    master: &Master<T>,
    tried: &Tried,
    messages: &[Attributes],
    of: Option<CustomerNumber>,
) -> Result<Option<Differences>, Stopped> {
    let trial = Trial::new(master.controls(), tried);
    let mut blocks = Blocks { master, trial: &trial, read: Vec::new(), customers: 0, cut: false };
    let mut block = Pairs::new();
    if let Some(number) = of {
        let Some(customer) = customer_by_number(master, number).await? else {
            return Ok(None);
        };
        let own = blocks.of(&customer.attributes).await?;
        blocks.compare_with_each_other(&own, &mut block);
    }
    let seen: Vec<Seen> = messages.iter().map(|message| trial.see(message)).collect();
    let mut among_messages = Pairs::new();
    for (one, seen_one) in seen.iter().enumerate() {
        for (other, seen_other) in seen.iter().enumerate().skip(one + 1) {
            among_messages.add(one, other, trial.judge(seen_one, seen_other));
        }
    }
    let mut customers = Pairs::new();
    for (place, message) in messages.iter().enumerate() {
        let own = blocks.of(message).await?;
        blocks.compare((place, &seen[place]), &own, &mut customers);
    }
    Ok(Some(Differences { messages: among_messages, customers, block, incomplete: blocks.cut }))
}

/// The blocks that were looked at, each once.
struct Blocks<'m, T> {
    master: &'m Master<T>,
    trial: &'m Trial,
    read: Vec<Looked>,
    /// How many customers were read.
    customers: usize,
    /// Whether customers were passed over.
    cut: bool,
}

/// A block with its customers as what is tried sees them.
struct Looked {
    block: ReadBlock,
    seen: Vec<Seen>,
}

impl<T: Table> Blocks<'_, T> {
    /// The places among those read of the blocks that these attributes make under the rules that are kept.
    async fn of(&mut self, attributes: &Attributes) -> Result<Vec<usize>, TableError> {
        let mut places = Vec::new();
        for block in duplicate::blocks_of(attributes, self.master.controls()) {
            places.extend(self.place(&block).await?);
        }
        Ok(places)
    }

    async fn place(&mut self, block: &Block) -> Result<Option<usize>, TableError> {
        let known = self.read.iter().position(|looked| looked.block.block == *block);
        if known.is_some() {
            return Ok(known);
        }
        let most = MAX_OF_A_BLOCK.min(MAX_CUSTOMERS.saturating_sub(self.customers));
        if most == 0 {
            self.cut = true;
            return Ok(None);
        }
        let (block, more) = ReadBlock::look(self.master.table(), block, most).await?;
        self.cut |= more;
        self.customers += block.seated.len();
        let seen = block.seated.iter().map(|seated| self.trial.see(&seated.customer.attributes));
        let seen = seen.collect();
        self.read.push(Looked { block, seen });
        Ok(Some(self.read.len() - 1))
    }

    /// Compares a message with the customers of these blocks, each once.
    fn compare(
        &self,
        (place, message): (usize, &Seen),
        blocks: &[usize],
        pairs: &mut Pairs<usize, CustomerNumber>,
    ) {
        let mut judged: Vec<(CustomerNumber, Judgement)> = Vec::new();
        for looked in blocks.iter().map(|block| &self.read[*block]) {
            for (seen, candidate) in looked.seen.iter().zip(looked.block.candidates()) {
                let number = candidate.customer.number;
                let judgement = self.trial.judge_candidate(message, (seen, candidate));
                match judged.iter_mut().find(|(known, _)| *known == number) {
                    Some((_, known)) => *known = known.or(judgement),
                    None => judged.push((number, judgement)),
                }
            }
        }
        for (number, judgement) in judged {
            pairs.add(place, number, judgement);
        }
    }

    /// Compares the customers of these blocks, each two once.
    fn compare_with_each_other(
        &self,
        blocks: &[usize],
        pairs: &mut Pairs<CustomerNumber, CustomerNumber>,
    ) {
        let mut customers: Vec<(&Customer, &Seen)> = Vec::new();
        for looked in blocks.iter().map(|block| &self.read[*block]) {
            for (seated, seen) in looked.block.seated.iter().zip(&looked.seen) {
                if customers.iter().all(|(known, _)| known.number != seated.customer.number) {
                    customers.push((&seated.customer, seen));
                }
            }
        }
        customers.sort_by_key(|(customer, _)| customer.number);
        for (place, (one, seen_one)) in customers.iter().enumerate() {
            for (other, seen_other) in &customers[place + 1..] {
                pairs.add(one.number, other.number, self.trial.judge(seen_one, seen_other));
            }
        }
    }
}

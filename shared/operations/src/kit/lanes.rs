//! Which rows of a batch go side by side, so that a batch takes as long as a few of its rows.
//!
//! Rows that say the same of whom they are about go one behind another in one lane, in their order. Rows that name their customer in another way than those before them wait for
//! these: one may be about a customer that the other only leads to.

use std::collections::{BTreeMap, BTreeSet};

use domain::customer::{CustomerNumber, TakenNumber};
use domain::dealer::Dcn;
use domain::matching::block::Block;
use domain::message::Attribute;

/// How many rows are under way at once. Each of them needs a connection to the database.
const AT_ONCE: usize = 8;

/// What a row says of whom it is about: two rows that say the same meet each other.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Mark {
    Block(Block),
    Number(CustomerNumber),
    Taken(TakenNumber),
    DealerCustomer(Dcn),
    Anyone,
}

/// What a row says of whom it is about.
#[derive(Debug, Default)]
pub(crate) struct About {
    /// The attribute that names the customer; none where its values do.
    pub(crate) named_by: Option<Attribute>,
    pub(crate) marks: Vec<Mark>,
}

impl About {
    /// A row that may be about the same customer as any other such row.
    pub(crate) fn anyone() -> Self {
        Self { named_by: None, marks: vec![Mark::Anyone] }
    }
}

/// The places of rows that go one behind another.
pub(crate) type Lane = Vec<usize>;

/// The lanes of rows, in stages: those of one stage go side by side, one stage behind another.
pub(crate) fn stages(rows: &[About]) -> Vec<Vec<Lane>> {
    let mut stages = Vec::new();
    let mut first = 0;
    for stage in rows.chunk_by(|one, next| one.named_by == next.named_by) {
        stages.push(lanes(stage, first));
        first += stage.len();
    }
    stages
}

/// The lanes of the rows of one stage, whose first has this place.
fn lanes(rows: &[About], first: usize) -> Vec<Lane> {
    let mut lanes: Vec<Lane> = vec![Vec::new(); AT_ONCE.min(rows.len())];
    let mut groups = groups(rows);
    groups.sort_by_key(|group| std::cmp::Reverse(group.len()));
    for group in groups {
        if let Some(shortest) = lanes.iter_mut().min_by_key(|lane| lane.len()) {
            shortest.extend(group.into_iter().map(|place| first + place));
        }
    }
    lanes.retain(|lane| !lane.is_empty());
    lanes
}

/// The rows that are joined by marks, each group in its order.
fn groups(rows: &[About]) -> Vec<Vec<usize>> {
    let mut group_of_mark: BTreeMap<&Mark, usize> = BTreeMap::new();
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for (place, About { marks, .. }) in rows.iter().enumerate() {
        let joined: BTreeSet<usize> =
            marks.iter().filter_map(|mark| group_of_mark.get(mark).copied()).collect();
        let mut group = vec![place];
        for one in &joined {
            group.append(&mut groups[*one]);
        }
        group.sort_unstable();
        let own = groups.len();
        groups.push(group);
        group_of_mark.values_mut().filter(|one| joined.contains(one)).for_each(|one| *one = own);
        group_of_mark.extend(marks.iter().map(|mark| (mark, own)));
    }
    groups.retain(|group| !group.is_empty());
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(number: u64) -> Mark {
        Mark::Number(CustomerNumber::new(number).unwrap())
    }

    fn about(marks: impl IntoIterator<Item = u64>) -> About {
        About { named_by: None, marks: marks.into_iter().map(number).collect() }
    }

    #[test]
    fn rows_with_a_mark_in_common_stay_in_order_in_one_lane() {
        let rows = [about([1]), about([2]), about([]), about([3]), about([2, 1]), about([3, 3])];
        let mut lanes = lanes(&rows, 0);
        lanes.sort();
        assert_eq!(lanes, [vec![0, 1, 4], vec![2], vec![3, 5]]);
    }

    #[test]
    fn a_hundred_rows_of_a_hundred_customers_go_in_lanes_of_like_length() {
        let rows: Vec<About> = (1..=100).map(|one| about([one])).collect();
        let stages = stages(&rows);
        assert_eq!(stages.len(), 1);
        let lengths: Vec<usize> = stages[0].iter().map(Vec::len).collect();
        assert_eq!(lengths.iter().sum::<usize>(), 100);
        assert!(lengths.len() == AT_ONCE && lengths.iter().all(|length| [12, 13].contains(length)));
    }

    #[test]
    fn a_hundred_rows_of_one_customer_go_in_one_lane() {
        let rows: Vec<About> = (1..=100).map(|_| about([7])).collect();
        assert_eq!(stages(&rows), [[(0..100).collect::<Vec<_>>()]]);
    }

    #[test]
    fn rows_that_name_their_customer_in_another_way_wait_for_those_before() {
        let by = |attribute, mark| About { named_by: Some(attribute), ..about([mark]) };
        let rows = [
            about([1]),
            by(Attribute::CUSTOMER_NUMBER, 2),
            by(Attribute::CUSTOMER_NUMBER, 2),
            by(Attribute::RELATE_ID, 3),
            about([4]),
        ];
        assert_eq!(stages(&rows), [[vec![0]], [vec![1, 2]], [vec![3]], [vec![4]]]);
        assert_eq!(stages(&[]), Vec::<Vec<Lane>>::new());
    }
}

//! Generated lives of merges and un-merges in any order: the dealer customers of all together stay the same set, and every number and identifier ever given leads to exactly one
//! living customer.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};

use domain::customer::merge::{Hanging, MAX_DEPTH};
use domain::customer::{Customer, Identifier};
use fastrand::Rng;
use kit::fixture::given;
use kit::message::{Form, Message, change};
use serde_json::{Value, json};
use store::items::{self, Occupant};

use crate::doors::{Doors, Told};
use crate::world::{Made, at};

/// How many lives are lived; `LIVES` sets another number.
fn lives() -> u64 {
    std::env::var("LIVES").ok().and_then(|lives| lives.parse().ok()).unwrap_or(1000)
}

/// How many steps a life has.
const STEPS: usize = 20;

/// A life: the functions, and what must be.
struct Life {
    doors: Doors,
    chance: Rng,
    customers: Vec<Made>,
    /// Who was merged into whom.
    merged_into: BTreeMap<usize, usize>,
    /// Whose each dealer customer is.
    dealers: BTreeMap<String, usize>,
}

impl Life {
    async fn begin(seed: u64) -> Self {
        let (doors, chance) = (Doors::new(), Rng::with_seed(seed));
        let (customers, merged_into) = (Vec::new(), BTreeMap::new());
        let mut life = Self { doors, chance, customers, merged_into, dealers: BTreeMap::new() };
        // So many now and then that a chain can become too long.
        let count = if seed.is_multiple_of(20) { 12 } else { 5 };
        for one in 0..count {
            let message = at(&format!("{one} Life Road"));
            let message = message.with("cst_interface_cust_nbr", &format!("ALT-{one}"));
            let made = life.send(&message.with("cst_relate_id", &format!("REL-{one}"))).await;
            let number = number_in(&made.is(201));
            let read = life.doors.get(&format!("/customers/{number}")).await.is(200);
            let identifier = read["customerOrganizationIdentifier"].as_str().expect("one");
            life.customers.push(Made { number, identifier: identifier.to_owned() });
            life.associate(one, &format!("D-{one}")).await;
        }
        life
    }

    async fn send(&self, message: &Message) -> Told {
        let body = serde_json::from_str(&message.written(Form::Json)).expect("JSON");
        self.doors.post("/customers", &body).await
    }

    fn leader(&self, mut of: usize) -> usize {
        while let Some(winner) = self.merged_into.get(&of) {
            of = *winner;
        }
        of
    }

    fn leaders(&self) -> Vec<usize> {
        (0..self.customers.len()).filter(|one| !self.merged_into.contains_key(one)).collect()
    }

    fn anybody(&mut self) -> usize {
        self.chance.usize(0..self.customers.len())
    }

    /// A dealer names any of them, and gets the one that acts.
    async fn associate(&mut self, of: usize, number: &str) {
        let body = given("TD68", number, &self.customers[of].identifier);
        let told = self.doors.post("/dealer-customers", &body).await.is(201);
        let leader = self.leader(of);
        let identifier = json!(self.customers[leader].identifier);
        assert_eq!(told["customerOrganizationIdentifier"], identifier);
        self.dealers.insert(format!("TD68|{number}"), leader);
    }

    /// A message names any of them by any of its numbers, and changes the one that acts.
    async fn change(&mut self, step: usize) {
        let of = self.anybody();
        let naming = [
            ("cst_cust_nbr", self.customers[of].number.clone()),
            ("cst_interface_cust_nbr", format!("ALT-{of}")),
            ("cst_relate_id", format!("REL-{of}")),
        ];
        let (name, value) = &naming[self.chance.usize(0..naming.len())];
        let told = self.send(&change(name, value).with("cst_mail_code", &format!("M{step}"))).await;
        let leader = self.leader(of);
        assert_eq!(number_in(&told.is(200)), self.customers[leader].number, "by {name}");
    }

    async fn merge(&mut self) {
        let mut leaders = self.leaders();
        self.chance.shuffle(&mut leaders);
        let [winner, loser, ..] = leaders[..] else { return };
        let side = if self.chance.bool() { "loser" } else { "winner" };
        let before = [self.shown(winner).await, self.shown(loser).await];
        let body = json!({
            "loser": self.customers[loser].number, "loserVersion": before[1]["version"],
            "take": { "address": side }
        });
        let path = format!("/customers/{}/merge", self.customers[winner].number);
        let told = self.doors.post(&path, &body).await;
        let (winners, losers) = (self.hanging(winner), self.hanging(loser));
        let Some(_) = winners.with(losers) else {
            assert!(told.is_problem("too-many-merged"), "{told:?}");
            return;
        };
        told.is(200);
        self.merged_into.insert(loser, winner);
        // At once, both are again what they were.
        if self.chance.u8(0..4) == 0 {
            self.unmerge(winner, loser).await;
            let after = [self.shown(winner).await, self.shown(loser).await];
            for (before, after) in before.iter().zip(&after) {
                assert_eq!(before["CustSoldTo"], after["CustSoldTo"]);
            }
        }
    }

    async fn unmerge_one(&mut self) {
        let merged: Vec<(usize, usize)> =
            self.merged_into.iter().map(|(loser, winner)| (*winner, *loser)).collect();
        if let Some((winner, loser)) = self.chance.choice(&merged).copied() {
            self.unmerge(winner, loser).await;
        }
    }

    async fn unmerge(&mut self, winner: usize, loser: usize) {
        let path = format!("/customers/{}/unmerge", self.customers[winner].number);
        let mut body = json!({ "loser": self.customers[loser].number, "keep": {} });
        let mut told = self.doors.post(&path, &body).await;
        if told.is_problem("changed-since") {
            for name in told.body["attributes"].as_array().expect("names") {
                let side = if self.chance.bool() { "winner" } else { "loser" };
                body["keep"][name.as_str().expect("a name")] = json!(side);
            }
            told = self.doors.post(&path, &body).await;
        }
        if self.merged_into.contains_key(&winner) {
            assert!(told.is_problem("already-merged"), "{told:?}");
        } else {
            told.is(200);
            self.merged_into.remove(&loser);
        }
    }

    /// What is read of one of them that acts.
    async fn shown(&self, one: usize) -> Value {
        self.doors.get(&format!("/customers/{}", self.customers[one].number)).await.is(200)
    }

    /// What hangs on one of them, as it must be.
    fn hanging(&self, on: usize) -> Hanging {
        let losers = self.merged_into.iter().filter(|(_, winner)| **winner == on);
        losers.fold(Hanging::default(), |sum, (loser, _)| {
            let Hanging { customers, depth } = self.hanging(*loser);
            Hanging { customers: sum.customers + customers + 1, depth: sum.depth.max(depth + 1) }
        })
    }

    /// Holds that everything that was ever given leads where it must.
    async fn holds(&self) {
        let mut all = BTreeSet::new();
        for leader in self.leaders() {
            let own = self.dcns(&self.customers[leader].identifier).await;
            let expected = self.dealers.iter().filter(|(_, of)| self.leader(**of) == leader);
            assert_eq!(own, expected.map(|(dcn, _)| dcn.clone()).collect::<BTreeSet<_>>());
            all.extend(own);
        }
        assert_eq!(all, self.dealers.keys().cloned().collect());
        for (one, customer) in self.customers.iter().enumerate() {
            let leader = &self.customers[self.leader(one)];
            assert_eq!(self.shown(one).await["CustSoldTo"]["cst_cust_nbr"], leader.number);
            let path = format!("/customer-organizations/{}", customer.identifier);
            let shown = self.doors.get(&path).await.is(200);
            assert_eq!(shown["customerOrganizationIdentifier"], leader.identifier);
            for (name, value) in [
                ("cst_interface_cust_nbr", format!("ALT-{one}")),
                ("cst_relate_id", format!("REL-{one}")),
            ] {
                let told = self.send(&change(name, &value)).await.is(200);
                assert_eq!(number_in(&told), leader.number, "by {name}");
            }
        }
        self.table_holds();
    }

    /// Holds that in the table winners and losers agree: nothing leads to two, to itself or too far.
    fn table_holds(&self) {
        let mut stand: BTreeMap<Identifier, Customer> = BTreeMap::new();
        for (key, item) in self.doors.table().items() {
            if key.pk.starts_with("BLOCK#")
                && let (_, Occupant::Customer(customer)) = items::occupant(item).expect("an item")
            {
                stand.insert(customer.identifier.clone(), *customer);
            }
        }
        assert_eq!(stand.len(), self.customers.len());
        for (one, made) in self.customers.iter().enumerate() {
            let identifier = Identifier::parse(&made.identifier).expect("an identifier");
            let customer = &stand[&identifier];
            let winner = customer.merged_into.as_ref().map(|merged| merged.winner.to_string());
            let expected =
                self.merged_into.get(&one).map(|it| self.customers[*it].identifier.clone());
            assert_eq!(winner, expected);
            let absorbed: BTreeSet<String> =
                customer.absorbed.iter().map(|absorbed| absorbed.loser.to_string()).collect();
            let losers = self.merged_into.iter().filter(|(_, winner)| **winner == one);
            let losers: BTreeSet<String> =
                losers.map(|(loser, _)| self.customers[*loser].identifier.clone()).collect();
            assert_eq!((absorbed.len(), &absorbed), (customer.absorbed.len(), &losers));
            assert_eq!(customer.hanging, self.hanging(one));
            assert!(customer.hanging.depth <= MAX_DEPTH);
        }
    }

    /// The DCNs of a customer organization.
    async fn dcns(&self, identifier: &str) -> BTreeSet<String> {
        let path = format!("/customer-organizations/{identifier}");
        let (mut found, mut asked) = (BTreeSet::new(), path.clone());
        loop {
            let page = self.doors.get(&asked).await.is(200);
            for one in page["dealerCustomers"].as_array().expect("dealer customers") {
                let is_new = found.insert(one["dcn"].as_str().expect("a DCN").to_owned());
                assert!(is_new, "{one} is told twice");
            }
            match page["next"].as_str() {
                Some(next) => asked = format!("{path}?cursor={next}"),
                None => return found,
            }
        }
    }

    async fn lived(mut self) {
        for step in 0..STEPS {
            match self.chance.u8(0..8) {
                0..3 => self.merge().await,
                3..6 => self.unmerge_one().await,
                6 => self.change(step).await,
                _ => {
                    let of = self.anybody();
                    self.associate(of, &format!("S-{step}")).await;
                }
            }
        }
        self.holds().await;
    }
}

fn number_in(body: &Value) -> String {
    body["CustSoldTo"]["cst_cust_nbr"].as_str().unwrap_or_else(|| panic!("{body}")).to_owned()
}

#[test]
fn whatever_is_merged_and_parted_nothing_is_lost_and_nothing_leads_to_two() {
    let (next, lives) = (AtomicU64::new(0), lives());
    let live = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.expect("a runtime");
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= lives {
                break;
            }
            let life = || runtime.block_on(async { Life::begin(seed).await.lived().await });
            let lived = std::panic::catch_unwind(std::panic::AssertUnwindSafe(life));
            assert!(lived.is_ok(), "the life of the seed {seed} goes wrong");
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(live);
        }
    });
}

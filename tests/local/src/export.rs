//! `cargo local --export`: all customers and dealer customers of a table as rows that `cargo load` takes back, in a folder, and what is left out, each with its reason.
//!
//! The table is walked twice: who leads to whom, and which association would make which customer again, must be known before the first row is written. What is kept of a
//! customer meanwhile is small. It only reads; the folder gets its name when it is whole.

mod census;
mod rows;
mod spool;
mod table_export;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use domain::controls::Controls;
use domain::customer::Customer;
use domain::dealer::DealerCustomer;
use serde_json::{Value, json};
use store::dynamo::Dynamo;
use store::item::{self, Item};
use store::items::{self, Occupant};
use store::keys::{self, Key, KeyKind};
use store::table::{Segment, TableError, WholeTable as _};

use self::census::{Census, Leads};
use self::spool::Spool;

pub use self::table_export::TableExport;

/// The files of an export, in the order in which they are loaded.
pub const FILES: [&str; 3] =
    ["customers-of-dealers.jsonl", "customers.jsonl", "dealer-customers.jsonl"];

/// The file with what is left out.
pub const LEFT_OUT: &str = "left-out.jsonl";

/// How many items are read at once.
const PAGE: u32 = 1_000;

/// How often progress is told.
const TELL_EVERY: Duration = Duration::from_secs(1);

/// What is exported.
#[derive(Debug)]
pub enum Source {
    Table(Dynamo),
    /// A table that DynamoDB exported to S3.
    TableExport(TableExport),
}

impl Source {
    /// Shows each item of the table.
    async fn each(&self, mut visit: impl FnMut(Item) -> Result<(), String>) -> Result<(), String> {
        match self {
            Self::TableExport(export) => export.each(visit),
            Self::Table(table) => {
                let mut after = None;
                loop {
                    let segment = Segment { number: 0, of: 1 };
                    let walked = table.walk(segment, after.as_ref(), PAGE).await;
                    let walked =
                        walked.map_err(|error| format!("The export broke off: {error}."))?;
                    walked.found.into_iter().try_for_each(&mut visit)?;
                    after = walked.next;
                    if after.is_none() {
                        return Ok(());
                    }
                }
            }
        }
    }
}

/// What an item is to an export.
enum Record {
    Customer(Box<Customer>),
    DealerCustomer(Box<DealerCustomer>),
    /// Of a newer release, or damaged.
    Unreadable(Key),
    /// Neither a customer nor a dealer customer.
    Other,
}

impl Record {
    fn of(item: Item) -> Self {
        let key = item::key_of(&item);
        let read = || -> Result<Self, TableError> {
            Ok(match keys::kind_of(&key) {
                Some(KeyKind::InBlock) => match items::occupant(item)?.1 {
                    Occupant::Customer(customer) => Self::Customer(customer),
                    Occupant::Reference(_) | Occupant::Empty => Self::Other,
                },
                Some(KeyKind::DealerCustomer) => {
                    Self::DealerCustomer(Box::new(items::dealer_customer(item)?.dealer_customer))
                }
                Some(
                    KeyKind::Claim
                    | KeyKind::RequestInError
                    | KeyKind::Topic
                    | KeyKind::IdempotencyKey
                    | KeyKind::Counter
                    | KeyKind::LookUpKey
                    | KeyKind::History
                    | KeyKind::Change
                    | KeyKind::Merge
                    | KeyKind::Pair,
                )
                | None => Self::Other,
            })
        };
        read().unwrap_or(Self::Unreadable(key))
    }
}

/// What was exported: how many rows each file has, and how much was left out of which reason.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Exported {
    pub rows: BTreeMap<&'static str, u64>,
    pub left_out: BTreeMap<&'static str, u64>,
}

/// Exports into a folder that is not there yet.
///
/// # Errors
///
/// A sentence: the folder is there or cannot be written, or what is exported cannot be read. What was written by then has another name, and is written anew by the next start.
pub async fn export(
    source: &Source,
    controls: &Controls,
    to: &Path,
    mut tell: impl FnMut(&str),
) -> Result<Exported, String> {
    if to.exists() {
        return Err(format!("{} is there already; name another folder.", to.display()));
    }
    let mut progress = Progress::new(&mut tell);
    let mut census = Census::new(controls);
    source
        .each(|item| {
            match Record::of(item) {
                Record::Customer(customer) => census.count(&customer),
                Record::DealerCustomer(of) => census.may_make(&of),
                Record::Unreadable(_) | Record::Other => {}
            }
            progress.one("looked through");
            Ok(())
        })
        .await?;
    census.settle();
    let partial = PathBuf::from(format!("{}.partial", to.display()));
    let mut writer = Writer::open(&partial, &census)?;
    source
        .each(|item| {
            progress.one("exported");
            writer.write(Record::of(item))
        })
        .await?;
    let exported = writer.finish()?;
    std::fs::rename(&partial, to).map_err(|error| spool::cannot(to, &error))?;
    Ok(exported)
}

/// Tells how far it is, once a second.
struct Progress<'a> {
    tell: &'a mut dyn FnMut(&str),
    what: &'static str,
    items: u64,
    told: Instant,
}

impl<'a> Progress<'a> {
    fn new(tell: &'a mut dyn FnMut(&str)) -> Self {
        Self { tell, what: "", items: 0, told: Instant::now() }
    }

    fn one(&mut self, what: &'static str) {
        if self.what != what {
            (self.what, self.items) = (what, 0);
        }
        self.items += 1;
        if self.told.elapsed() >= TELL_EVERY {
            self.told = Instant::now();
            (self.tell)(&format!("{} items {what}", self.items));
        }
    }
}

/// The files, as they are written.
struct Writer<'a> {
    census: &'a Census<'a>,
    customers_of_dealers: Spool,
    customers: Spool,
    dealer_customers: Spool,
    left_out: Spool,
    reasons: BTreeMap<&'static str, u64>,
}

impl<'a> Writer<'a> {
    fn open(folder: &Path, census: &'a Census<'a>) -> Result<Self, String> {
        spool::make_folder(folder)?;
        let [customers_of_dealers, customers, dealer_customers] = FILES;
        Ok(Self {
            census,
            customers_of_dealers: Spool::in_folder(folder, customers_of_dealers)?,
            customers: Spool::in_folder(folder, customers)?,
            dealer_customers: Spool::in_folder(folder, dealer_customers)?,
            left_out: Spool::in_folder(folder, LEFT_OUT)?,
            reasons: BTreeMap::new(),
        })
    }

    fn write(&mut self, record: Record) -> Result<(), String> {
        match record {
            Record::Customer(customer) => self.customer(&customer),
            Record::DealerCustomer(of) => self.dealer_customer(&of),
            Record::Unreadable(key) => {
                let at = format!("{} {}", key.pk, key.sk);
                self.leave_out(0, json!({ "at": at }), "unreadable")
            }
            Record::Other => Ok(()),
        }
    }

    fn customer(&mut self, customer: &Customer) -> Result<(), String> {
        let number = customer.number;
        let named = json!({ "customerNumber": number.to_string() });
        match self.census.leads(&customer.identifier) {
            Leads::Nowhere => self.leave_out(number.get(), named, "written-meanwhile"),
            Leads::ToErased => self.leave_out(number.get(), named, "erased"),
            Leads::To(winner) if winner != number => {
                let named =
                    json!({ "customerNumber": number.to_string(), "into": winner.to_string() });
                self.leave_out(number.get(), named, "merged")
            }
            Leads::To(_) => match self.census.maker(&customer.identifier) {
                Some(maker) if maker.makes_it_whole => Ok(()),
                Some(_) => {
                    let row = rows::change(customer);
                    self.customers.push(number.get(), String::new(), &row)
                }
                None => {
                    if customer.alternate_name.is_some() || !customer.phones.is_empty() {
                        self.leave_out(number.get(), named, "alternate-name-and-phones")?;
                    }
                    let row = rows::add(customer);
                    self.customers.push(number.get(), String::new(), &row)
                }
            },
        }
    }

    fn dealer_customer(&mut self, of: &DealerCustomer) -> Result<(), String> {
        let dcn = of.dcn.to_string();
        let named = json!({ "dcn": dcn });
        let Some(organization) = &of.organization else {
            return self.leave_out(0, named, "released");
        };
        match self.census.leads(organization) {
            Leads::Nowhere => self.leave_out(0, named, "of-nobody"),
            Leads::ToErased => self.leave_out(0, named, "erased"),
            Leads::To(number) => {
                let maker = self.census.maker(organization);
                if maker.is_some_and(|maker| maker.dcn == of.dcn) {
                    let row = rows::associate(of, rows::WAS, number);
                    self.customers_of_dealers.push(number.get(), dcn, &row)
                } else {
                    let row = rows::associate(of, rows::OF, number);
                    self.dealer_customers.push(number.get(), dcn, &row)
                }
            }
        }
    }

    fn leave_out(
        &mut self,
        number: u32,
        mut named: Value,
        reason: &'static str,
    ) -> Result<(), String> {
        *self.reasons.entry(reason).or_default() += 1;
        named["reason"] = json!(reason);
        let tie = named.to_string();
        self.left_out.push(number, tie, &named)
    }

    fn finish(self) -> Result<Exported, String> {
        let files = [self.customers_of_dealers, self.customers, self.dealer_customers];
        let rows = FILES.into_iter().zip(files);
        let rows = rows.map(|(name, spool)| Ok((name, spool.finish()?)));
        let rows = rows.collect::<Result<_, String>>()?;
        self.left_out.finish()?;
        Ok(Exported { rows, left_out: self.reasons })
    }
}

/// What was exported, line by line.
#[must_use]
pub fn told(exported: &Exported, to: &Path) -> String {
    let mut lines = String::new();
    // A text takes all that is written to it.
    for (file, rows) in FILES.iter().filter_map(|file| exported.rows.get_key_value(file)) {
        let _ = writeln!(lines, "{rows:>9}  {}", to.join(file).display());
    }
    for (reason, count) in &exported.left_out {
        let _ = writeln!(lines, "{count:>9}  left out: {reason}; {}", to.join(LEFT_OUT).display());
    }
    lines
}

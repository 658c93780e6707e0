//! Follows the table's stream, as Lambda does for `follow-changes`: reads real stream records from the engine, embedded or not, and hands them to the function batch by batch.
//!
//! Lambda's habits are kept: a batch that fails is sent again from its first failed record on, and a record that fails for good is put aside, whole.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use aws_sdk_dynamodb::Client as Database;
use aws_sdk_dynamodb::types::{StreamSpecification, StreamViewType};
use axum::http::Request;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use http_body_util::BodyExt as _;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use operations::changes::{Bus, Follower};
use operations::kit::Master;
use serde_json::{Value, json};
use store::client::Connection;
use store::keys;
use store::table::Table;

use crate::gateway::UnderWay;

/// How many records one batch has at the most.
const BATCH: usize = 100;

/// How often a record is tried before it is put aside.
const MAX_TRIES: u32 = 3;

/// How often the stream is looked at while nothing comes.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// The same after the database did not answer.
const LOOK_AGAIN_AFTER_A_FAULT: Duration = Duration::from_secs(1);

/// How long a crowd of requests that may write is given way at the most before the next batch.
const GIVE_WAY_FOR: Duration = Duration::from_secs(5);

/// The stream of one table, and how far it is read.
pub struct Stream {
    http: Client<HttpConnector, String>,
    url: String,
    arn: String,
    /// The number of the last record that was read of each shard.
    reached: BTreeMap<String, String>,
    /// The shards that are being read, each with where it goes on.
    open: BTreeMap<String, String>,
    /// The shards that were read to their ends.
    closed: BTreeSet<String>,
}

impl Stream {
    /// The stream of the table, from the oldest record that there still is. A table without a stream gets one.
    ///
    /// # Errors
    ///
    /// A sentence when the engine refuses.
    pub async fn open(url: &str, table: &str) -> Result<Self, String> {
        let database = Connection::to_emulator(url).client();
        let arn = match arn(&database, table).await? {
            Some(arn) => arn,
            None => enable(&database, table).await?,
        };
        Ok(Self {
            http: Client::builder(TokioExecutor::new()).build_http(),
            url: url.to_owned(),
            arn,
            reached: BTreeMap::new(),
            open: BTreeMap::new(),
            closed: BTreeSet::new(),
        })
    }

    /// What each shard has next: batches of records that something follows from, and whether there was any record at all.
    ///
    /// # Errors
    ///
    /// A sentence when the engine does not answer.
    pub async fn next(&mut self) -> Result<(Vec<Vec<Value>>, bool), String> {
        self.look_for_shards().await?;
        let (mut batches, mut any) = (Vec::new(), false);
        for (shard, iterator) in self.open.clone() {
            let asked = json!({ "ShardIterator": iterator, "Limit": BATCH });
            let mut answer = self.ask("GetRecords", &asked).await?;
            match answer["NextShardIterator"].as_str() {
                Some(next) => self.open.insert(shard.clone(), next.to_owned()),
                None => {
                    self.closed.insert(shard.clone());
                    self.open.remove(&shard)
                }
            };
            let records = answer["Records"].as_array_mut().map(std::mem::take).unwrap_or_default();
            let last = records.last().and_then(|last| last["dynamodb"]["SequenceNumber"].as_str());
            if let Some(last) = last {
                self.reached.insert(shard.clone(), last.to_owned());
            }
            any |= !records.is_empty();
            let batch: Vec<Value> = records.into_iter().filter(is_followed).collect();
            if !batch.is_empty() {
                batches.push(batch);
            }
        }
        Ok((batches, any))
    }

    /// Opens the shards whose parents were read to their ends, so that the records of an item stay in order.
    async fn look_for_shards(&mut self) -> Result<(), String> {
        if !self.open.is_empty() {
            return Ok(());
        }
        let described = self.ask("DescribeStream", &json!({ "StreamArn": self.arn })).await?;
        let shards = described["StreamDescription"]["Shards"].as_array().cloned();
        let shards = shards.unwrap_or_default();
        let id = |shard: &Value| shard["ShardId"].as_str().unwrap_or_default().to_owned();
        let known: BTreeSet<String> = shards.iter().map(id).collect();
        for shard in &shards {
            let parent = shard["ParentShardId"].as_str();
            let may_be_read =
                parent.is_none_or(|parent| !known.contains(parent) || self.closed.contains(parent));
            let id = id(shard);
            if may_be_read && !self.closed.contains(&id) {
                let asked = match self.reached.get(&id) {
                    Some(last) => {
                        json!({ "StreamArn": self.arn, "ShardId": id, "ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": last })
                    }
                    None => {
                        json!({ "StreamArn": self.arn, "ShardId": id, "ShardIteratorType": "TRIM_HORIZON" })
                    }
                };
                let answer = self.ask("GetShardIterator", &asked).await?;
                if let Some(iterator) = answer["ShardIterator"].as_str() {
                    self.open.insert(id, iterator.to_owned());
                }
            }
        }
        Ok(())
    }

    async fn ask(&self, action: &str, body: &Value) -> Result<Value, String> {
        // Nobody checks who signs here; the access key chooses the tables.
        const SIGNED: &str = "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0";
        let unread = |why: &dyn std::fmt::Display| {
            format!("The stream of the table cannot be read ({action}): {why}.")
        };
        let request = Request::post(&self.url)
            .header("x-amz-target", format!("DynamoDBStreams_20120810.{action}"))
            .header("x-amz-date", "20260101T000000Z")
            .header(CONTENT_TYPE, "application/x-amz-json-1.0")
            .header(AUTHORIZATION, SIGNED)
            .body(body.to_string())
            .map_err(|error| unread(&error))?;
        let answer = self.http.request(request).await.map_err(|error| unread(&error))?;
        let status = answer.status();
        let body = answer.into_body().collect().await.map_err(|error| unread(&error))?.to_bytes();
        let answer: Value = serde_json::from_slice(&body).map_err(|error| unread(&error))?;
        if status.is_success() {
            Ok(answer)
        } else {
            Err(unread(&answer["__type"].as_str().unwrap_or("it does not say why")))
        }
    }
}

/// Whether something may follow from a record: what the event filter of the deployment lets through.
fn is_followed(record: &Value) -> bool {
    let partition = record["dynamodb"]["Keys"][keys::PARTITION_KEY]["S"].as_str();
    partition.is_some_and(|partition| {
        keys::FOLLOWED.iter().any(|beginning| partition.starts_with(beginning))
    })
}

async fn arn(database: &Database, table: &str) -> Result<Option<String>, String> {
    let described = database.describe_table().table_name(table).send().await;
    let described =
        described.map_err(|error| format!("The table {table} cannot be described: {error}."))?;
    let table = described.table;
    let enabled = table.as_ref().and_then(|table| table.stream_specification());
    let enabled = enabled.is_some_and(|stream| stream.stream_enabled());
    Ok(table.filter(|_| enabled).and_then(|table| table.latest_stream_arn))
}

async fn enable(database: &Database, table: &str) -> Result<String, String> {
    let stream = StreamSpecification::builder()
        .stream_enabled(true)
        .stream_view_type(StreamViewType::NewAndOldImages)
        .build()
        .map_err(|error| error.to_string())?;
    let update = database.update_table().table_name(table).stream_specification(stream);
    update
        .send()
        .await
        .map_err(|error| format!("The table {table} cannot have a stream: {error}."))?;
    let arn = arn(database, table).await?;
    arn.ok_or_else(|| format!("The table {table} has no stream."))
}

/// How far the stream of a file of data was followed, kept beside it: whoever follows it next goes on there, as Lambda does.
struct Bookmark(PathBuf);

impl Bookmark {
    /// The number of the last record that was followed of each shard of this stream; nothing where that is not known, and all of it is followed again.
    fn read(&self, arn: &str) -> BTreeMap<String, String> {
        let text = std::fs::read(&self.0).unwrap_or_default();
        let kept: BTreeMap<String, BTreeMap<String, String>> =
            serde_json::from_slice(&text).unwrap_or_default();
        kept.into_iter().find(|(of, _)| of == arn).map(|(_, reached)| reached).unwrap_or_default()
    }

    /// Keeps how far it is. What cannot be kept is followed again, which changes nothing.
    fn write(&self, Stream { arn, reached, .. }: &Stream) {
        let text = json!({ arn: reached }).to_string();
        let new = PathBuf::from(format!("{}.new", self.0.display()));
        let written = std::fs::write(&new, text).and_then(|()| std::fs::rename(&new, &self.0));
        if let Err(error) = written {
            tracing::warn!("{} cannot be written: {error}", self.0.display());
        }
    }
}

/// Whoever follows a stream, and what it has put aside.
pub struct Following<B> {
    stream: Stream,
    bookmark: Option<Bookmark>,
    follower: Follower<store::dynamo::Dynamo, B>,
    /// How many records were done or put aside.
    pub followed: u64,
    /// The records that failed for good, whole.
    pub failed: Vec<Value>,
}

impl<B: Bus> Following<B> {
    /// Follows the stream of the master's table, and tells this bus.
    ///
    /// # Errors
    ///
    /// A sentence when the engine refuses.
    pub async fn begin(
        master: &Master<store::dynamo::Dynamo>,
        url: &str,
        table: &str,
        bus: B,
    ) -> Result<Self, String> {
        let stream = Stream::open(url, table).await?;
        let follower = Follower::new(master.clone(), bus);
        Ok(Self { stream, bookmark: None, follower, followed: 0, failed: Vec::new() })
    }

    /// From where the one before ended, who kept that in this file.
    #[must_use]
    pub fn from_bookmark(mut self, file: PathBuf) -> Self {
        let bookmark = Bookmark(file);
        self.stream.reached = bookmark.read(&self.stream.arn);
        self.bookmark = Some(bookmark);
        self
    }

    /// Follows for as long as the program runs.
    pub async fn run(self) {
        self.run_beside(UnderWay::default()).await;
    }

    /// The same on a machine that answers requests too. In Lambda other machines do; here requests come first.
    pub async fn run_beside(mut self, under_way: UnderWay) {
        let mut complained = false;
        loop {
            let gives_way_until = Instant::now() + GIVE_WAY_FOR;
            while under_way.is_crowd() && Instant::now() < gives_way_until {
                tokio::time::sleep(LOOK_EVERY).await;
            }
            let put_aside = self.failed.len();
            let pause = match self.step().await {
                Ok(true) => Duration::ZERO,
                Ok(false) => LOOK_EVERY,
                Err(sentence) => {
                    if !complained {
                        tracing::error!("{sentence}");
                    }
                    complained = true;
                    LOOK_AGAIN_AFTER_A_FAULT
                }
            };
            if self.failed.len() > put_aside {
                tracing::error!("a change was put aside: history, look-up keys and events lack it");
            }
            tokio::time::sleep(pause).await;
        }
    }

    /// Does what follows from all that is in the stream now.
    ///
    /// # Errors
    ///
    /// A sentence when the engine does not answer.
    pub async fn drain(&mut self) -> Result<(), String> {
        while self.step().await? {}
        Ok(())
    }

    /// The same for what each shard has next; says whether there was any record.
    ///
    /// # Errors
    ///
    /// A sentence when the engine does not answer.
    pub async fn step(&mut self) -> Result<bool, String> {
        let (batches, any) = self.stream.next().await?;
        for batch in batches {
            self.followed += batch.len() as u64;
            self.send(batch).await;
        }
        // What was put aside is followed again by the next one.
        if let Some(bookmark) = self.bookmark.as_ref().filter(|_| any && self.failed.is_empty()) {
            bookmark.write(&self.stream);
        }
        Ok(any)
    }

    /// Reads what each shard has next, without sending it: batches, and whether there was any record.
    ///
    /// # Errors
    ///
    /// A sentence when the engine does not answer.
    pub async fn read(&mut self) -> Result<(Vec<Vec<Value>>, bool), String> {
        self.stream.next().await
    }

    /// Sends the records that were put aside again.
    pub async fn send_again(&mut self) {
        let failed = std::mem::take(&mut self.failed);
        self.send(failed).await;
    }

    /// Sends a batch until each of its records is done or put aside.
    pub async fn send(&mut self, mut batch: Vec<Value>) {
        let mut tries = 0;
        while !batch.is_empty() {
            let event = json!({ "Records": batch });
            let first = match follow_changes::handle(&self.follower, &event).await {
                Ok(answer) => {
                    let failed: BTreeSet<String> = answer
                        .batch_item_failures
                        .into_iter()
                        .map(|failure| failure.item_identifier)
                        .collect();
                    let number = |record: &Value| {
                        record["dynamodb"]["SequenceNumber"].as_str().map(str::to_owned)
                    };
                    batch.iter().position(|record| {
                        number(record).is_some_and(|number| failed.contains(&number))
                    })
                }
                Err(_) => Some(0),
            };
            let Some(first) = first else { return };
            tries = if first == 0 { tries + 1 } else { 1 };
            batch.drain(..first);
            if tries >= MAX_TRIES {
                self.failed.push(batch.remove(0));
                tries = 0;
            } else {
                self.follower.master().table().pause(Duration::from_millis(10)).await;
            }
        }
    }
}

//! What requests in error are about: each is found by it, and nothing is found by what it is not about.

use std::collections::{HashMap, HashSet};

use domain::about;
use domain::request::{RequestInError, RequestInErrorId};
use store::item;
use store::items::{self, HasTopic};
use store::keys::{self, Key, TopicKey};
use store::table::{MAX_ITEMS, WholeTable};

use super::finding::{Damage, Finding};
use super::page::Page;
use super::{Auditor, Patience};
use crate::changes::Bus;
use crate::kit::{Stopped, written};

impl<T: WholeTable, B: Bus> Auditor<T, B> {
    pub(super) async fn topics(&self, page: &Page) -> Result<Vec<Finding>, Stopped> {
        let mut found = self.missing_topics(&page.requests).await?;
        found.extend(self.topics_of_nothing(&page.topics).await?);
        Ok(found)
    }

    fn topics_of(&self, request: &RequestInError) -> Vec<TopicKey> {
        let controls = self.master().controls();
        let topics = about::of_request(request, controls);
        topics.iter().map(|topic| keys::topic(&controls.secret, topic)).collect()
    }

    /// What requests are about and are not found by.
    async fn missing_topics(&self, requests: &[RequestInError]) -> Result<Vec<Finding>, Stopped> {
        let wanted: Vec<(&RequestInError, TopicKey)> = requests
            .iter()
            .flat_map(|request| self.topics_of(request).into_iter().map(move |key| (request, key)))
            .collect();
        let mut there = HashSet::new();
        for some in wanted.chunks(MAX_ITEMS) {
            let keys: Vec<Key> = some.iter().map(|(request, key)| key.of(&request.id)).collect();
            there.extend(self.table().get_all(&keys).await?.iter().map(item::key_of));
        }
        let mut found = Vec::new();
        for (request, key) in &wanted {
            let at = key.of(&request.id);
            if there.contains(&at) || !self.is_still_the(request).await? {
                continue;
            }
            let mut finding = Finding::at(Damage::TopicMissing, &at);
            if self.manner.mend {
                let said = HasTopic {
                    id: request.id.clone(),
                    version: request.version,
                    until: request.expires_at().map(domain::time::Timestamp::seconds),
                    at: self.table().now(),
                };
                written(self.table(), &items::topic(key, &said)).await?;
                finding.mended = true;
            }
            found.push(finding);
        }
        Ok(found)
    }

    async fn is_still_the(&self, request: &RequestInError) -> Result<bool, Stopped> {
        let now = self.table().get(&keys::request_in_error(&request.id)).await?;
        let now = now.map(items::request_in_error).and_then(Result::ok);
        Ok(now.is_some_and(|now| now.version == request.version))
    }

    /// Whether what follows from its last change may still be to be done.
    fn is_on_its_way(&self, request: &RequestInError) -> bool {
        let (following, now) = (self.manner.patience.following, self.table().now());
        let last = request.history.last().map_or(request.received_at, |last| last.at);
        !Patience::is_over(following, last, now)
    }

    /// Topics of requests that are not there, or are not about them. What ends by itself is left to it.
    async fn topics_of_nothing(&self, topics: &[(Key, HasTopic)]) -> Result<Vec<Finding>, Stopped> {
        let lasting =
            topics.iter().filter(|(_, topic)| topic.until.is_none() && self.is_over(topic.at));
        let lasting: Vec<_> = lasting.collect();
        let ids: HashSet<&RequestInErrorId> = lasting.iter().map(|(_, topic)| &topic.id).collect();
        let ids: Vec<RequestInErrorId> = ids.into_iter().cloned().collect();
        let mut requests: HashMap<RequestInErrorId, Option<RequestInError>> = HashMap::new();
        for some in ids.chunks(MAX_ITEMS) {
            let keys: Vec<Key> = some.iter().map(keys::request_in_error).collect();
            for item in self.table().get_all(&keys).await? {
                let id = keys::request_in_error_of(&item::key_of(&item));
                requests.extend(id.map(|id| (id, items::request_in_error(item).ok())));
            }
        }
        let mut found = Vec::new();
        for (key, topic) in lasting {
            let leads = match requests.get(&topic.id) {
                // What cannot be read is found where it stands.
                Some(None) => true,
                Some(Some(request)) => {
                    self.is_on_its_way(request)
                        || self.topics_of(request).iter().any(|own| own.partition() == key.pk)
                }
                None => false,
            };
            if leads {
                continue;
            }
            let mut finding = Finding::at(Damage::TopicOfNothing, key);
            if self.manner.mend {
                let now = self.table().now();
                let ended = HasTopic { until: Some(now.seconds()), at: now, ..topic.clone() };
                written(self.table(), &items::topic(&TopicKey::at(key), &ended)).await?;
                finding.mended = true;
            }
            found.push(finding);
        }
        Ok(found)
    }
}

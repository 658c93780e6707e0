//! Merges: what an un-merge must know is kept of each. Where it is lost, the winner's history tells it once more.

use domain::customer::Customer;
use domain::customer::merge::{Merge, MergedInto};
use domain::history::What;
use futures_util::future::try_join_all;
use store::table::{MAX_ITEMS, TableError, WholeTable};
use store::{item, items, keys, records};

use super::finding::{Damage, Finding};
use super::history::{Version, told};
use super::page::Page;
use super::{AT_ONCE, Auditor};
use crate::changes::Bus;
use crate::kit::Stopped;

impl<T: WholeTable, B: Bus> Auditor<T, B> {
    pub(super) async fn merges(&self, page: &Page) -> Result<Vec<Finding>, Stopped> {
        let merged = page.customers.iter().filter_map(|loser| {
            let merged = loser.merged_into.as_ref().filter(|merged| self.is_over(merged.at))?;
            Some((loser, merged, keys::merge(&loser.identifier, merged.at, merged.version)))
        });
        let merged: Vec<_> = merged.collect();
        let mut there = Vec::new();
        for some in merged.chunks(MAX_ITEMS) {
            let keys: Vec<_> = some.iter().map(|(.., key)| key.clone()).collect();
            there.extend(self.table().get_all(&keys).await?.iter().map(item::key_of));
        }
        let lost: Vec<_> = merged.iter().filter(|(.., key)| !there.contains(key)).collect();
        let mut found = Vec::new();
        for some in lost.chunks(AT_ONCE) {
            let looks = some.iter().map(|(loser, merged, _)| self.merge(loser, merged));
            found.extend(try_join_all(looks).await?.into_iter().flatten());
        }
        Ok(found)
    }

    /// A merge of which nothing was kept.
    async fn merge(
        &self,
        loser: &Customer,
        merged: &MergedInto,
    ) -> Result<Option<Finding>, Stopped> {
        let now = records::customer(self.table(), &loser.identifier).await?;
        if now.is_none_or(|now| now.merged_into.as_ref() != Some(merged)) {
            return Ok(None);
        }
        let key = keys::merge(&loser.identifier, merged.at, merged.version);
        let finding = Finding::at(Damage::MergeLost, &key);
        match self.made_of(loser, merged).await? {
            Some(merge) => self.mended(finding, &[items::merge_item(&merge)], &[]).await,
            None => Ok(Some(finding)),
        }
    }

    /// The merge as the winner's history has it; none where it does not, or the person was erased.
    async fn made_of(
        &self,
        loser: &Customer,
        merged: &MergedInto,
    ) -> Result<Option<Merge>, Stopped> {
        let Some(winner) = records::customer(self.table(), &merged.winner).await? else {
            return Ok(None);
        };
        if winner.erased.is_some() {
            return Ok(None);
        }
        let entries = match records::whole_history(self.table(), &winner.identifier).await {
            Ok(entries) => entries,
            // What cannot be read is found where it stands.
            Err(TableError::Defect(_)) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let told = told(&winner, &entries, self.manner.patience, self.table().now());
        let is_it = |step: &Version| {
            !step.is_lost && step.entry.what == What::Merged && step.entry.at == merged.at
        };
        let step = told.steps.into_iter().find(is_it);
        Ok(step.and_then(|Version { before, after, entry, .. }| {
            Some(Merge {
                loser: loser.identifier.clone(),
                winner: winner.identifier,
                loser_version: merged.version,
                winner_version: after.version,
                at: merged.at,
                by: entry.by?,
                before: before?.values(),
                changed: entry.changed,
            })
        }))
    }
}

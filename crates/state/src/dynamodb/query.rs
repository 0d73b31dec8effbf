//! What takes more than one request to read.

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use jiff::Timestamp;
use model::ids::IncidentId;

use super::item::{self, Item};
use super::{DynamoStore, keys, lost};
use crate::store::Result;

impl DynamoStore {
    /// Every item of a partition, or those whose sort key begins so, in order of the sort key.
    pub(super) async fn partition(
        &self,
        partition: String,
        prefix: Option<&str>,
    ) -> Result<Vec<Item>> {
        let query = self.client.query().table_name(&self.table).consistent_read(true);
        let query = query
            .expression_attribute_names("#pk", keys::PARTITION)
            .expression_attribute_values(":pk", item::text(partition));
        let query = match prefix {
            None => query.key_condition_expression("#pk = :pk"),
            Some(prefix) => query
                .key_condition_expression("#pk = :pk AND begins_with(#sk, :prefix)")
                .expression_attribute_names("#sk", keys::SORT)
                .expression_attribute_values(":prefix", item::text(prefix)),
        };
        pages(query, usize::MAX, "reading an incident").await
    }

    /// The index may lag behind by moments, which for the sweep are nothing.
    pub(super) async fn due_before(&self, at: Timestamp, limit: usize) -> Result<Vec<IncidentId>> {
        let shards = (0..keys::DUE_SHARDS).map(|shard| self.due_shard_before(shard, at, limit));
        let shards = futures_util::future::try_join_all(shards).await?;
        let mut due = Vec::new();
        for item in shards.iter().flatten() {
            due.push((item::time(item, keys::DUE)?, item::incident(item)?));
        }
        due.sort();
        Ok(due.into_iter().take(limit).map(|(_, incident)| incident).collect())
    }

    async fn due_shard_before(&self, shard: u64, at: Timestamp, limit: usize) -> Result<Vec<Item>> {
        let query = self
            .client
            .query()
            .table_name(&self.table)
            .index_name(keys::DUE_INDEX)
            .key_condition_expression("#shard = :shard AND #due < :at")
            .expression_attribute_names("#shard", keys::DUE_SHARD)
            .expression_attribute_names("#due", keys::DUE)
            .expression_attribute_values(":shard", item::text(shard.to_string()))
            .expression_attribute_values(":at", item::moment(at))
            .limit(i32::try_from(limit).unwrap_or(i32::MAX));
        pages(query, limit, "looking for what is overdue").await
    }
}

/// Page after page, until there are no more or enough.
async fn pages(
    query: QueryFluentBuilder,
    enough: usize,
    attempted: &'static str,
) -> Result<Vec<Item>> {
    let mut items = Vec::new();
    let mut from = None;
    loop {
        let page = query.clone().set_exclusive_start_key(from).send().await;
        let page = page.map_err(|error| lost(&error, attempted))?;
        items.extend(page.items.unwrap_or_default());
        from = page.last_evaluated_key.filter(|key| !key.is_empty());
        if from.is_none() || items.len() >= enough {
            return Ok(items);
        }
    }
}

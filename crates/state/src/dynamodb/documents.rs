//! Documents: one item each, replaced whole under the version that was read.

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;

use super::item::{self, Item};
use super::{DynamoStore, keys, lost};
use crate::document::{Document, DocumentKey, Draft, Written};
use crate::store::Result;

impl DynamoStore {
    pub(super) async fn replace(&self, key: &DocumentKey, draft: Draft) -> Result<Written> {
        draft.check()?;
        let version = draft.replaces + 1;
        let item = item::item(keys::document(key), draft.expires.as_second());
        let item = item::with(item, keys::NAME, item::text(&key.name));
        let item = item::with(item, keys::VERSION, item::number(&version));
        let item = item::with(item, keys::BODY, item::text(draft.body));
        let put = self.client.put_item().table_name(&self.table).set_item(Some(item));
        let put = match draft.replaces {
            0 => put
                .condition_expression("attribute_not_exists(#pk)")
                .expression_attribute_names("#pk", keys::PARTITION),
            replaces => put
                .condition_expression("#version = :version")
                .expression_attribute_names("#version", keys::VERSION)
                .expression_attribute_values(":version", item::number(&replaces)),
        };
        match put.send().await {
            Ok(_) => Ok(Written::Done { version }),
            Err(error) if is_conflict(&error) => Ok(Written::Conflict),
            Err(error) => Err(lost(&error, "writing a document")),
        }
    }

    pub(super) async fn drawer(&self, drawer: &str) -> Result<Vec<(String, Document)>> {
        let items = self.partition(keys::drawer(drawer), Some(keys::DOCUMENT)).await?;
        items
            .iter()
            .map(|item| Ok((item::string(item, keys::NAME)?.to_owned(), read(item)?)))
            .collect()
    }

    pub(super) async fn forget(&self, key: &DocumentKey) -> Result<()> {
        let key = keys::document(key);
        let delete = self.client.delete_item().table_name(&self.table);
        let delete = delete.key(keys::PARTITION, item::text(key.partition));
        let deleted = delete.key(keys::SORT, item::text(key.sort)).send().await;
        deleted.map_err(|error| lost(&error, "forgetting a document"))?;
        Ok(())
    }
}

fn is_conflict(error: &SdkError<PutItemError>) -> bool {
    error.as_service_error().is_some_and(PutItemError::is_conditional_check_failed_exception)
}

pub(super) fn read(item: &Item) -> Result<Document> {
    item::check(item)?;
    let version = item::integer(item, keys::VERSION)?;
    Ok(Document { version, body: item::string(item, keys::BODY)?.to_owned() })
}

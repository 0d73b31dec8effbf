//! The state table, as the templates create it.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::BoxError;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection,
    ProjectionType, ScalarAttributeType,
};
use state::dynamodb::table;

/// Creates it; it is there when this returns.
pub async fn create(client: &Client, name: &str) -> Result<(), BoxError> {
    let index = GlobalSecondaryIndex::builder()
        .index_name(table::DUE_INDEX)
        .key_schema(key(table::DUE_SHARD, KeyType::Hash)?)
        .key_schema(key(table::DUE, KeyType::Range)?)
        .projection(
            Projection::builder()
                .projection_type(ProjectionType::Include)
                .non_key_attributes(table::INCIDENT)
                .build(),
        )
        .build()?;
    client
        .create_table()
        .table_name(name)
        .billing_mode(BillingMode::PayPerRequest)
        .attribute_definitions(attribute(table::PARTITION, ScalarAttributeType::S)?)
        .attribute_definitions(attribute(table::SORT, ScalarAttributeType::S)?)
        .attribute_definitions(attribute(table::DUE_SHARD, ScalarAttributeType::S)?)
        .attribute_definitions(attribute(table::DUE, ScalarAttributeType::N)?)
        .key_schema(key(table::PARTITION, KeyType::Hash)?)
        .key_schema(key(table::SORT, KeyType::Range)?)
        .global_secondary_indexes(index)
        .send()
        .await?;
    Ok(())
}

fn key(name: &str, kind: KeyType) -> Result<KeySchemaElement, BoxError> {
    Ok(KeySchemaElement::builder().attribute_name(name).key_type(kind).build()?)
}

fn attribute(name: &str, kind: ScalarAttributeType) -> Result<AttributeDefinition, BoxError> {
    Ok(AttributeDefinition::builder().attribute_name(name).attribute_type(kind).build()?)
}

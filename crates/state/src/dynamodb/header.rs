//! The conditions on the header, which decide every race of the outbox, and the one on a group.
//!
//! Each is written so that the SDK may repeat it after a lost answer: the second attempt either
//! changes nothing, or is told that it lost, which the protocol stands as it stands a crash.

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::operation::update_item::{UpdateItemError, UpdateItemOutput};
use aws_sdk_dynamodb::types::{ReturnValue, ReturnValuesOnConditionCheckFailure};
use jiff::Timestamp;
use model::ids::IncidentId;

use super::item::{self, Item};
use super::{DynamoStore, keys, lost};
use crate::group::Group;
use crate::header::{BatchId, Header, Lease, Token};
use crate::member::SCHEMA;
use crate::store::{Claimed, Closed, Fenced, Result};

/// What became of a conditional update.
enum Updated {
    /// The whole item as it is now.
    Done(Item),
    /// The condition did not hold for this item; empty when there is none.
    Unmet(Item),
}

impl DynamoStore {
    pub(super) async fn count(&self, incident: &IncidentId) -> Result<Header> {
        let update = self
            .update(incident)
            .update_expression(format!("SET {ALWAYS} ADD #arrivals :one"))
            .condition_expression(READABLE)
            .expression_attribute_values(":one", item::number(&1));
        let update = self.always(update, incident);
        match updated(update, "counting an arrival").await? {
            Updated::Done(item) | Updated::Unmet(item) => item::read_header(&item),
        }
    }

    pub(super) async fn set_earlier_due(
        &self,
        incident: &IncidentId,
        due: Timestamp,
    ) -> Result<()> {
        let update = self
            .update(incident)
            .update_expression(format!(
                "SET {ALWAYS}, #due = :due, #shard = :shard, #arrivals = if_not_exists(#arrivals, :zero)"
            ))
            .condition_expression(format!(
                "{READABLE} AND (attribute_not_exists(#due) OR #due > :due)"
            ))
            .expression_attribute_values(":zero", item::number(&0));
        let update = due_at(self.always(update, incident), incident, due);
        match updated(update, "recording a due time").await? {
            Updated::Done(_) => Ok(()),
            Updated::Unmet(item) => item::check(&item),
        }
    }

    /// A repeated attempt of the same flush finds its own token, and has the lease.
    pub(super) async fn take_lease(
        &self,
        incident: &IncidentId,
        lease: &Lease,
        now: Timestamp,
    ) -> Result<Claimed> {
        let update = self
            .update(incident)
            .update_expression("SET #token = :token, #until = :due, #due = :due, #shard = :shard")
            .condition_expression(format!(
                "{READABLE} AND attribute_exists(#arrivals) AND (#token = :token OR \
                 #until <= :now OR (attribute_not_exists(#until) AND \
                  (attribute_not_exists(#due) OR #due <= :now)))"
            ))
            .expression_attribute_names("#arrivals", keys::ARRIVALS)
            .expression_attribute_names("#token", keys::LEASE_TOKEN)
            .expression_attribute_names("#until", keys::LEASE_UNTIL)
            .expression_attribute_values(":token", item::text(&lease.token.0))
            .expression_attribute_values(":now", item::moment(now));
        match updated(due_at(update, incident, lease.until), "leasing an incident").await? {
            Updated::Done(item) => Ok(Claimed::Taken(item::read_header(&item)?)),
            Updated::Unmet(item) if item.is_empty() => Ok(Claimed::Unknown),
            Updated::Unmet(item) => {
                let header = item::read_header(&item)?;
                match (header.lease, header.due) {
                    (Some(held), _) => Ok(Claimed::Held { until: held.until }),
                    (None, Some(due)) => Ok(Claimed::NotDue { due }),
                    (None, None) => Err(item::unreadable(&item)),
                }
            }
        }
    }

    pub(super) async fn point_to(
        &self,
        incident: &IncidentId,
        token: &Token,
        batch: &BatchId,
    ) -> Result<Fenced> {
        let update = self
            .update(incident)
            .update_expression("SET #frozen = :batch")
            .condition_expression(format!(
                "{READABLE} AND #token = :token AND \
                 (attribute_not_exists(#frozen) OR #frozen = :batch)"
            ))
            .expression_attribute_names("#frozen", keys::FROZEN)
            .expression_attribute_names("#token", keys::LEASE_TOKEN)
            .expression_attribute_values(":batch", item::text(&batch.0))
            .expression_attribute_values(":token", item::text(&token.0));
        match updated(update, "freezing a batch").await? {
            Updated::Done(_) => Ok(Fenced::Done),
            Updated::Unmet(_) => Ok(Fenced::Lost),
        }
    }

    pub(super) async fn point_away(&self, incident: &IncidentId, batch: &BatchId) -> Result<()> {
        let update = self
            .update(incident)
            .update_expression("REMOVE #frozen")
            .condition_expression(format!("{READABLE} AND #frozen = :batch"))
            .expression_attribute_names("#frozen", keys::FROZEN)
            .expression_attribute_values(":batch", item::text(&batch.0));
        updated(update, "emptying the outbox").await?;
        Ok(())
    }

    pub(super) async fn release(
        &self,
        incident: &IncidentId,
        token: &Token,
        arrivals: u64,
        next: Option<Timestamp>,
    ) -> Result<Closed> {
        let update = self
            .update(incident)
            .condition_expression(format!(
                "{READABLE} AND #token = :token AND #arrivals = :arrivals"
            ))
            .expression_attribute_names("#arrivals", keys::ARRIVALS)
            .expression_attribute_names("#token", keys::LEASE_TOKEN)
            .expression_attribute_names("#until", keys::LEASE_UNTIL)
            .expression_attribute_values(":token", item::text(&token.0))
            .expression_attribute_values(":arrivals", item::number(&arrivals));
        let update = match next {
            Some(next) => due_at(update, incident, next)
                .update_expression("SET #due = :due, #shard = :shard REMOVE #token, #until"),
            None => update
                .update_expression("REMOVE #token, #until, #due, #shard")
                .expression_attribute_names("#due", keys::DUE)
                .expression_attribute_names("#shard", keys::DUE_SHARD),
        };
        match updated(update, "closing a flush").await? {
            Updated::Done(_) => Ok(Closed::Done),
            Updated::Unmet(item) if item.is_empty() => Ok(Closed::Lost),
            Updated::Unmet(item) => {
                let header = item::read_header(&item)?;
                if header.lease.is_some_and(|lease| lease.token == *token) {
                    return Ok(Closed::Moved { arrivals: header.arrivals });
                }
                Ok(Closed::Lost)
            }
        }
    }

    pub(super) async fn put_newer(&self, incident: &IncidentId, group: Group) -> Result<()> {
        let version = item::number(&group.version);
        let item = item::group(keys::group(incident, &group.space), group)?;
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(#pk) OR #version < :version")
            .expression_attribute_names("#pk", keys::PARTITION)
            .expression_attribute_names("#version", keys::VERSION)
            .expression_attribute_values(":version", version);
        match put.send().await {
            Ok(_) => Ok(()),
            Err(error) => match error.as_service_error() {
                Some(refused) if refused.is_conditional_check_failed_exception() => Ok(()),
                _ => Err(lost(&error, "settling a group")),
            },
        }
    }

    fn update(&self, incident: &IncidentId) -> UpdateItemFluentBuilder {
        let key = keys::header(incident);
        self.client
            .update_item()
            .table_name(&self.table)
            .key(keys::PARTITION, item::text(key.partition))
            .key(keys::SORT, item::text(key.sort))
            .expression_attribute_names("#schema", keys::SCHEMA)
            .expression_attribute_values(":schema", item::number(&SCHEMA))
    }

    /// The values of [`ALWAYS`].
    fn always(
        &self,
        update: UpdateItemFluentBuilder,
        incident: &IncidentId,
    ) -> UpdateItemFluentBuilder {
        update
            .expression_attribute_names("#incident", keys::INCIDENT)
            .expression_attribute_names("#expires", keys::EXPIRES)
            .expression_attribute_names("#arrivals", keys::ARRIVALS)
            .expression_attribute_values(":incident", item::text(incident.as_str()))
            .expression_attribute_values(":expires", item::number(&self.expires()))
    }
}

/// What whoever makes the header writes; everybody else writes it over with the same.
const ALWAYS: &str = "#schema = :schema, #incident = :incident, #expires = :expires";

/// A header of a later format is not touched: whoever wrote it may mean something else by it.
const READABLE: &str = "(attribute_not_exists(#schema) OR #schema <= :schema)";

fn due_at(
    update: UpdateItemFluentBuilder,
    incident: &IncidentId,
    due: Timestamp,
) -> UpdateItemFluentBuilder {
    update
        .expression_attribute_names("#due", keys::DUE)
        .expression_attribute_names("#shard", keys::DUE_SHARD)
        .expression_attribute_values(":due", item::moment(due))
        .expression_attribute_values(":shard", item::text(keys::due_shard(incident)))
}

async fn updated(update: UpdateItemFluentBuilder, attempted: &'static str) -> Result<Updated> {
    let update = update
        .return_values(ReturnValue::AllNew)
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
    match update.send().await {
        Ok(UpdateItemOutput { attributes, .. }) => {
            Ok(Updated::Done(attributes.unwrap_or_default()))
        }
        Err(error) => match unmet(&error) {
            Some(item) => Ok(Updated::Unmet(item)),
            None => Err(lost(&error, attempted)),
        },
    }
}

fn unmet(error: &SdkError<UpdateItemError>) -> Option<Item> {
    match error.as_service_error()? {
        UpdateItemError::ConditionalCheckFailedException(refused) => {
            Some(refused.item().cloned().unwrap_or_default())
        }
        _ => None,
    }
}

//! What DynamoDB would bill: requests as the SDK sends them, in the units of its price list.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeDeserializationInterceptorContextRef, BeforeTransmitInterceptorContextRef,
};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use serde_json::Value;

/// Counts until it is taken.
#[derive(Clone, Debug, Default)]
pub(crate) struct Meter(Arc<Mutex<Bill>>);

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Bill {
    pub(crate) reads: u32,
    pub(crate) writes: u32,
    /// Read units: 4 KB, strongly consistent.
    pub(crate) read_units: u64,
    /// Write units: 1 KB. An update counts as one, which headers are.
    pub(crate) write_units: u64,
}

impl fmt::Display for Bill {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { reads, writes, read_units, write_units } = self;
        write!(f, "{writes} writes ({write_units} WCU), {reads} reads ({read_units} RCU)")
    }
}

impl Meter {
    pub(crate) fn take(&self) -> Bill {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn note(&self, note: impl FnOnce(&mut Bill)) {
        note(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Intercept for Meter {
    fn name(&self) -> &'static str {
        "meter"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request();
        let Some(target) = request.headers().get("x-amz-target") else { return Ok(()) };
        let body: Value = serde_json::from_slice(request.body().bytes().unwrap_or_default())?;
        match target.rsplit('.').next() {
            Some("PutItem") => self.note(|bill| {
                bill.writes += 1;
                bill.write_units += size(&body["Item"]).div_ceil(1_024);
            }),
            Some("UpdateItem") => self.note(|bill| {
                bill.writes += 1;
                bill.write_units += 1;
            }),
            // What is not there costs one unit, and so does the first of a page.
            _ => self.note(|bill| {
                bill.reads += 1;
                bill.read_units += 1;
            }),
        }
        Ok(())
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let body = context.response().body().bytes().unwrap_or_default();
        let body: Value = serde_json::from_slice(body)?;
        // A condition that failed hands the item over, too, at the price of the write.
        if body.get("__type").is_none() {
            let items = body["Items"].as_array().into_iter().flatten();
            let bytes: u64 = items.chain(body.get("Item")).map(size).sum();
            self.note(|bill| bill.read_units += bytes.div_ceil(4_096).saturating_sub(1));
        }
        Ok(())
    }
}

/// Names and values, as DynamoDB counts an item.
fn size(item: &Value) -> u64 {
    let of = |value: &Value| {
        let text = |kind: &str| value[kind].as_str().map_or(0, str::len);
        text("S") + text("N").div_ceil(2) + text("B") * 3 / 4
    };
    let sizes = item.as_object().into_iter().flatten().map(|(name, value)| name.len() + of(value));
    u64::try_from(sizes.sum::<usize>()).unwrap_or(u64::MAX)
}

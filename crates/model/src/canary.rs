//! PURE. The canary: an event that a schedule sends through the whole chain, so that a chain
//! which lost its voice is missed. It takes every step of a real one and is posted nowhere.
//!
//! Nothing can hide behind it: `custom.health` comes from listed principals alone and never
//! speaks for AWS.

use crate::HealthEvent;
use crate::alert::Alert;
use crate::ids::TypeCode;
use crate::words::Source;

pub const TYPE_CODE: &str = "HEALTH_ALERTS_CANARY";
/// Where it goes, whatever the routes say. It needs no webhook.
pub const SPACE: &str = "canary";

impl HealthEvent {
    pub fn is_canary(&self) -> bool {
        is_canary(&self.source, &self.type_code)
    }
}

impl Alert {
    pub fn is_canary(&self) -> bool {
        is_canary(&self.event.source, &self.event.type_code)
    }
}

fn is_canary(source: &Source, type_code: &TypeCode) -> bool {
    *source == Source::CustomHealth && type_code.0 == TYPE_CODE
}

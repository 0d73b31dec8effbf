//! What Google Chat accepts. The shape is a closed JSON Schema; what a schema cannot say is said
//! here.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

/// Where the schema of a webhook's message is kept.
pub const SCHEMA: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../crates/delibird/tests/schema/chat-webhook-message.schema.json"
);

/// "The maximum message size, including the message contents, is 32,000 bytes."
/// <https://developers.google.com/workspace/chat/api/reference/rest/v1/spaces.messages/create>
const MESSAGE_BYTES: usize = 32_000;

/// "A card can have up to 100 widgets. Any widgets beyond this limit are ignored."
/// <https://developers.google.com/workspace/chat/api/reference/rest/v1/cards>
const CARD_WIDGETS: usize = 100;

#[derive(Clone, Debug)]
pub struct Rules {
    pub schema: Schema,
    pub pace: Pace,
    pub request_ids: RequestIds,
}

impl Rules {
    /// As Google documents them.
    pub fn of_google(schema: Schema) -> Self {
        Self { schema, pace: Pace::GOOGLE, request_ids: RequestIds::Honoured }
    }
}

/// How close two writes to one space may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    Every(Duration),
    Unlimited,
}

impl Pace {
    /// One write a second per space, shared by all who write there.
    /// <https://developers.google.com/workspace/chat/limits>
    pub const GOOGLE: Self = Self::Every(Duration::from_secs(1));
}

/// Whether `requestId` works on webhooks is not documented; the product must survive both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestIds {
    Honoured,
    Ignored,
}

/// The compiled schema. Cheap to clone, not to read.
#[derive(Clone, Debug)]
pub struct Schema(Arc<jsonschema::Validator>);

#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    #[error("reading the schema of a Chat message")]
    Read(#[source] std::io::Error),
    #[error("the schema of a Chat message is not JSON")]
    Json(#[source] serde_json::Error),
    #[error("the schema of a Chat message is not a schema: {0}")]
    Schema(String),
}

impl Schema {
    pub fn read(path: impl AsRef<Path>) -> Result<Self, SchemaError> {
        let text = std::fs::read(path).map_err(SchemaError::Read)?;
        Self::new(&serde_json::from_slice(&text).map_err(SchemaError::Json)?)
    }

    pub fn new(schema: &Value) -> Result<Self, SchemaError> {
        match jsonschema::validator_for(schema) {
            Ok(validator) => Ok(Self(Arc::new(validator))),
            Err(error) => Err(SchemaError::Schema(error.to_string())),
        }
    }
}

/// Reads a message, or says why Chat would not have it.
pub(super) fn read(schema: &Schema, body: &[u8]) -> Result<Value, String> {
    if body.len() > MESSAGE_BYTES {
        return Err(format!("Message is {} bytes, more than {MESSAGE_BYTES}.", body.len()));
    }
    let message: Value =
        serde_json::from_slice(body).map_err(|error| format!("Invalid JSON payload: {error}"))?;
    let faults: Vec<String> = schema
        .0
        .iter_errors(&message)
        .take(3)
        .map(|error| format!("Invalid value at '{}': {error}", error.instance_path()))
        .collect();
    if !faults.is_empty() {
        return Err(faults.join("\n"));
    }
    check_cards(&message)?;
    Ok(message)
}

fn check_cards(message: &Value) -> Result<(), String> {
    let cards = message["cardsV2"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut ids = HashSet::new();
    for (index, card) in cards.iter().enumerate() {
        let id = card["cardId"].as_str();
        if id.is_none() && cards.len() > 1 {
            return Err(format!("cardsV2[{index}] has no cardId among several cards."));
        }
        if id.is_some_and(|id| !ids.insert(id)) {
            return Err(format!("cardsV2[{index}] has a cardId that is not unique."));
        }
        let widgets = widgets(&card["card"]);
        if widgets > CARD_WIDGETS {
            return Err(format!(
                "cardsV2[{index}] has {widgets} widgets, more than {CARD_WIDGETS}."
            ));
        }
    }
    Ok(())
}

/// All widgets below a value, nested ones too: whether Google counts those is not documented, so
/// the stricter reading holds.
fn widgets(value: &Value) -> usize {
    match value {
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| {
                let own = match value {
                    Value::Array(items) if name == "widgets" || name.ends_with("Widgets") => {
                        items.len()
                    }
                    _ => 0,
                };
                own + widgets(value)
            })
            .sum(),
        Value::Array(items) => items.iter().map(widgets).sum(),
        _ => 0,
    }
}

//! PURE. What a document is, told by its first keys, so that a large one is parsed only once.

use model::json::{Kind, Reader, Stop};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// A batch of records.
    Lambda,
    Sns,
    /// An alert of ours, with its version.
    Alert(u32),
    /// An event, if anything.
    Other,
}

pub(super) fn shape(document: &str) -> Shape {
    let mut shape = None;
    let mut version = None;
    let mut reader = Reader::new(document);
    // It stops at what is no JSON, or where enough was read.
    let _ = reader.kind().and_then(|kind| match kind {
        Kind::Object => reader.object(|reader, key| {
            shape = match key {
                "Records" => Some(Shape::Lambda),
                "Type" | "TopicArn" | "Message" => Some(Shape::Sns),
                "alertId" | "kind" => version.map(Shape::Alert),
                "source" | "detail" | "detail-type" | "eventArn" | "eventTypeCode" => {
                    Some(Shape::Other)
                }
                _ => None,
            };
            match shape {
                Some(_) => Err(Stop),
                None if key == "version" => {
                    version = self::version(reader)?;
                    Ok(())
                }
                None => reader.skip(),
            }
        }),
        _ => Ok(false),
    });
    shape.or(version.map(Shape::Alert)).unwrap_or(Shape::Other)
}

/// A whole number, or nothing. `EventBridge` has a `version` too, as a text: "0".
fn version(reader: &mut Reader<'_>) -> Result<Option<u32>, Stop> {
    reader.json().map(|json| json.parse().ok())
}

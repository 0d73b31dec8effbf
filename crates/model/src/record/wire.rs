//! PURE. The keys we read, and nothing else of their meaning. What stands where something else is
//! due is read as missing, doubled keys and two spellings of one key as the last of them.

use std::borrow::Cow;

use crate::event::Text;
use crate::json::{Kind, Malformed, Raw, Reader, Stop};

/// One JSON document that may hold records.
pub(super) enum Document<'a> {
    One(Box<Envelope<'a>>),
    Many(Vec<Document<'a>>),
    /// What stands where an object should.
    Scalar(&'static str),
}

/// A text, a number or a boolean, or nothing.
pub(super) type Scalar<'a> = Option<Raw<'a>>;

/// The EventBridge envelope. A bare detail is read into `bare` in the same pass.
#[derive(Default)]
pub(super) struct Envelope<'a> {
    /// Only as a text: `source` makes a record.
    pub(super) source: Scalar<'a>,
    pub(super) detail_type: Scalar<'a>,
    pub(super) account: Scalar<'a>,
    pub(super) region: Scalar<'a>,
    pub(super) time: Scalar<'a>,
    pub(super) replay_name: Scalar<'a>,
    pub(super) detail: Option<Box<Detail<'a>>>,
    pub(super) detail_text: Option<Cow<'a, str>>,
    pub(super) entries: Option<Vec<Document<'a>>>,
    pub(super) bare: Detail<'a>,
    /// Unknown keys with what they hold, for records that have no Health shape.
    pub(super) unread: Vec<(String, String)>,
}

/// `detail` of a Health event.
#[derive(Default)]
pub(super) struct Detail<'a> {
    pub(super) arn: Scalar<'a>,
    pub(super) service: Scalar<'a>,
    pub(super) type_code: Scalar<'a>,
    pub(super) category: Scalar<'a>,
    pub(super) scope: Scalar<'a>,
    pub(super) communication: Scalar<'a>,
    pub(super) start: Scalar<'a>,
    pub(super) end: Scalar<'a>,
    pub(super) updated: Scalar<'a>,
    pub(super) status: Scalar<'a>,
    pub(super) event_region: Scalar<'a>,
    pub(super) affected_account: Scalar<'a>,
    pub(super) page: Scalar<'a>,
    pub(super) pages: Scalar<'a>,
    pub(super) actionability: Scalar<'a>,
    pub(super) severity: Scalar<'a>,
    pub(super) descriptions: Vec<Description<'a>>,
    pub(super) entities: Vec<EntityWire<'a>>,
    pub(super) personas: Vec<Raw<'a>>,
    /// JSON that is not read unless the source is one of metrics.
    pub(super) metric: Option<&'a str>,
    pub(super) unread: Vec<(String, String)>,
}

#[derive(Default)]
pub(super) struct Description<'a> {
    language: Scalar<'a>,
    text: Scalar<'a>,
}

/// As written, escapes and all, to be small: there may be thousands.
#[derive(Default)]
pub(super) struct EntityWire<'a> {
    pub(super) id: &'a str,
    pub(super) status: &'a str,
}

/// Parses one whole document.
pub(super) fn parse(document: &str) -> Result<Document<'_>, Malformed> {
    Reader::whole(document, Document::read)
}

/// A detail that stands in a text of its own; nothing when the text is no JSON object.
pub(super) fn parse_detail(text: &str) -> Option<Box<Detail<'_>>> {
    Reader::whole(text, Detail::read).ok()?
}

impl<'a> Document<'a> {
    fn read(reader: &mut Reader<'a>) -> Result<Self, Stop> {
        let found = match reader.kind()? {
            Kind::Object => {
                let mut envelope = Box::<Envelope<'a>>::default();
                reader.object(|reader, key| envelope.take(key, reader))?;
                return Ok(Self::One(envelope));
            }
            Kind::List => {
                let mut items = Vec::new();
                reader.list(|reader| {
                    items.push(Self::read(reader)?);
                    Ok(())
                })?;
                return Ok(Self::Many(items));
            }
            Kind::Text => "a string",
            Kind::Number => "a number",
            Kind::Boolean => "a boolean",
            Kind::Null => "null",
        };
        reader.skip()?;
        Ok(Self::Scalar(found))
    }
}

impl<'a> Envelope<'a> {
    fn take(&mut self, key: &str, reader: &mut Reader<'a>) -> Result<(), Stop> {
        match key {
            "source" | "Source" => self.source = reader.text()?,
            "detail-type" | "DetailType" => self.detail_type = reader.scalar()?,
            "account" => self.account = reader.scalar()?,
            "region" => self.region = reader.scalar()?,
            "time" | "Time" => self.time = reader.scalar()?,
            "replay-name" => self.replay_name = reader.scalar()?,
            "detail" | "Detail" => match reader.kind()? {
                Kind::Object => self.detail = Detail::read(reader)?,
                _ => {
                    if let Some(text) = reader.text()? {
                        self.detail_text = Some(text.text());
                    }
                }
            },
            "Entries" => {
                let mut entries = Vec::new();
                if reader.list(|reader| {
                    entries.push(Document::read(reader)?);
                    Ok(())
                })? {
                    self.entries = Some(entries);
                }
            }
            "resources" | "Resources" | "version" | "id" => reader.skip()?,
            _ if self.bare.take(key, reader)? => {}
            _ => keep(&mut self.unread, key, reader.json()?),
        }
        Ok(())
    }
}

impl<'a> Detail<'a> {
    /// Nothing for anything but an object.
    fn read(reader: &mut Reader<'a>) -> Result<Option<Box<Self>>, Stop> {
        let mut detail = Box::<Self>::default();
        let is_object = reader.object(|reader, key| {
            if !detail.take(key, reader)? {
                detail.show(key, reader.json()?);
            }
            Ok(())
        })?;
        Ok(is_object.then_some(detail))
    }

    /// Takes one value; false when the key is not of a detail and its value is still unread.
    fn take(&mut self, key: &str, reader: &mut Reader<'a>) -> Result<bool, Stop> {
        match key {
            "eventArn" => self.arn = reader.scalar()?,
            "service" => self.service = reader.scalar()?,
            "eventTypeCode" => self.type_code = reader.scalar()?,
            "eventTypeCategory" => self.category = reader.scalar()?,
            "eventScopeCode" => self.scope = reader.scalar()?,
            "communicationId" => self.communication = reader.scalar()?,
            "startTime" => self.start = reader.scalar()?,
            "endTime" => self.end = reader.scalar()?,
            "lastUpdatedTime" | "lastUpdatedtime" | "lastupdatedTime" => {
                self.updated = reader.scalar()?;
            }
            "statusCode" => self.status = reader.scalar()?,
            "eventRegion" => self.event_region = reader.scalar()?,
            "affectedAccount" => self.affected_account = reader.scalar()?,
            "page" => self.page = reader.scalar()?,
            "totalPages" => self.pages = reader.scalar()?,
            "actionability" => self.actionability = reader.scalar()?,
            "severity" => self.severity = reader.scalar()?,
            "eventDescription" => self.descriptions = many(reader, Description::read)?,
            "affectedEntities" => self.entities = many(reader, EntityWire::read)?,
            "personas" => self.personas = many(reader, bare)?,
            "metric" | "eventMetadata" => {
                let json = reader.json()?;
                self.show(key, json);
                if key == "metric" || self.metric.is_none() {
                    self.metric = Some(json);
                }
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn show(&mut self, key: &str, json: &str) {
        if !self.names_an_event() {
            keep(&mut self.unread, key, json);
        }
    }

    pub(super) fn names_an_event(&self) -> bool {
        self.arn.is_some() || self.type_code.is_some()
    }

    pub(super) fn has_health_shape(&self) -> bool {
        self.names_an_event() || self.category.is_some() || !self.descriptions.is_empty()
    }
}

/// As many unknown fields of a plain record as are worth being shown.
fn keep(unread: &mut Vec<(String, String)>, key: &str, json: &str) {
    const KEPT: usize = 40;
    if unread.len() < KEPT {
        unread.push((key.to_owned(), Raw::shown(json).into_owned()));
    }
}

/// A list, or the one object or text that stands where a list should.
fn many<'a, T>(
    reader: &mut Reader<'a>,
    read: impl Fn(&mut Reader<'a>) -> Result<Option<T>, Stop>,
) -> Result<Vec<T>, Stop> {
    let mut items = Vec::new();
    match reader.kind()? {
        Kind::List => {
            reader.list(|reader| {
                if let Some(item) = read(reader)? {
                    items.push(item);
                }
                Ok(())
            })?;
        }
        Kind::Object | Kind::Text => items.extend(read(reader)?),
        Kind::Number | Kind::Boolean | Kind::Null => reader.skip()?,
    }
    Ok(items)
}

/// A name that stands by itself, or nothing: `true` names nobody.
fn bare<'a>(reader: &mut Reader<'a>) -> Result<Scalar<'a>, Stop> {
    if reader.kind()? == Kind::Boolean {
        return reader.skip().map(|()| None);
    }
    reader.scalar()
}

impl<'a> Description<'a> {
    fn read(reader: &mut Reader<'a>) -> Result<Option<Self>, Stop> {
        let mut description = Self::default();
        if reader.kind()? != Kind::Object {
            let text = bare(reader)?;
            return Ok(text.map(|text| Self { text: Some(text), ..description }));
        }
        reader.object(|reader, key| {
            match key {
                "language" => description.language = reader.scalar()?,
                "latestDescription" => description.text = reader.scalar()?,
                _ => reader.skip()?,
            }
            Ok(())
        })?;
        Ok(Some(description))
    }

    pub(super) fn into_text(self) -> Option<Text> {
        let text = self.text?.text();
        (!text.trim().is_empty()).then(|| Text {
            language: self.language.map_or(Cow::Borrowed("en_US"), Raw::text).into_owned(),
            text: text.into_owned(),
        })
    }
}

impl<'a> EntityWire<'a> {
    fn read(reader: &mut Reader<'a>) -> Result<Option<Self>, Stop> {
        let mut entity = Self::default();
        if reader.kind()? != Kind::Object {
            let id = bare(reader)?;
            return Ok(id.map(|id| Self { id: id.written(), ..entity }));
        }
        let written = |scalar: Scalar<'a>| scalar.map_or("", Raw::written);
        reader.object(|reader, key| {
            match key {
                "entityValue" => entity.id = written(reader.scalar()?),
                "status" => entity.status = written(reader.scalar()?),
                "statusCode" if entity.status.is_empty() => {
                    entity.status = written(reader.scalar()?);
                }
                _ => reader.skip()?,
            }
            Ok(())
        })?;
        Ok(Some(entity))
    }
}

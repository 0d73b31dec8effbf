//! Our reader and writer of JSON beside serde_json: the same documents, refused alike, written alike.

#![cfg_attr(fuzzing, no_main)]

use model::json::{self, Kind, Reader, Stop};
use serde_json::{Map, Value};

pub(crate) fn body(data: &[u8]) {
    let Ok(document) = std::str::from_utf8(data) else { return };
    let ours = Reader::whole(document, value);
    let skipped = Reader::whole(document, Reader::skip);
    assert_eq!(ours.as_ref().err(), skipped.as_ref().err(), "skipping is reading");
    match serde_json::from_str::<Value>(document) {
        Ok(theirs) => {
            let mut written = Vec::new();
            assert!(json::write(&mut written, &theirs).is_ok());
            assert_eq!(String::from_utf8(written).as_ref(), Ok(&theirs.to_string()));
            assert_eq!(ours, Ok(theirs));
        }
        // Beyond all real numbers, which we do not judge.
        Err(error) if error.to_string().starts_with("number out of range") => {}
        Err(error) => assert!(ours.is_err(), "{error}"),
    }
}

/// The whole document, as serde_json holds it.
fn value(reader: &mut Reader<'_>) -> Result<Value, Stop> {
    Ok(match reader.kind()? {
        Kind::Object => {
            let mut found = Map::new();
            reader.object(|reader, key| {
                found.insert(key.to_owned(), value(reader)?);
                Ok(())
            })?;
            Value::Object(found)
        }
        Kind::List => {
            let mut found = Vec::new();
            reader.list(|reader| {
                found.push(value(reader)?);
                Ok(())
            })?;
            Value::Array(found)
        }
        Kind::Text => Value::from(reader.text()?.unwrap_or_default().text()),
        Kind::Number => serde_json::from_str(reader.json()?).unwrap_or(Value::Null),
        Kind::Boolean => Value::from(reader.json()? == "true"),
        Kind::Null => {
            reader.skip()?;
            Value::Null
        }
    })
}

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| body(data));

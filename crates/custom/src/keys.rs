//! PURE. Access keys kept on our side, by project, so that no caller needs one.

use std::collections::BTreeMap;

use function::Secret;

use crate::metric::{AccessKey, Batch, Code, Fault, Faults, Path, Pcode};
use crate::respond::Outcome;

/// What the secret holds: `{"<pcode>": "<access key>"}`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccessKeys(BTreeMap<i64, Option<AccessKey>>);

/// Where in the secret nothing can be read. No text of it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the secret of access keys is not JSON of the form {{\"<pcode>\": \"<access key>\"}}")]
pub struct NoKeys;

impl AccessKeys {
    /// An entry that is no key of its project is kept as such: the others stay in use.
    pub fn parse(secret: &Secret<String>) -> Result<Self, NoKeys> {
        let text = secret.expose().trim();
        if text.is_empty() {
            return Ok(Self::default());
        }
        let pairs: BTreeMap<String, String> = serde_json::from_str(text).map_err(|_| NoKeys)?;
        let read = |(pcode, key): (String, String)| {
            let pcode = pcode.trim().parse().ok().and_then(Pcode::new).ok_or(NoKeys)?;
            let key = AccessKey::parse(key.trim()).ok().filter(|key| key.belongs_to(pcode));
            Ok((pcode.get(), key))
        };
        pairs.into_iter().map(read).collect::<Result<_, _>>().map(Self)
    }

    /// Projects whose entry is no access key of theirs.
    pub fn unusable(&self) -> Vec<i64> {
        self.0.iter().filter(|(_, key)| key.is_none()).map(|(pcode, _)| *pcode).collect()
    }

    pub fn knows(&self, pcode: Pcode) -> bool {
        self.0.contains_key(&pcode.get())
    }
}

/// What is kept, as far as it is known now.
#[derive(Clone, Copy, Debug)]
pub enum Kept<'a> {
    /// The body brings the key.
    Nowhere,
    Keys(&'a AccessKeys),
    /// Kept somewhere that does not answer.
    Unavailable,
}

/// The key to send a batch under. A key in the body must be the kept one, where one is kept.
pub fn key_for(batch: &Batch, kept: Kept<'_>) -> Result<AccessKey, Outcome> {
    let known = match kept {
        Kept::Keys(keys) => keys.0.get(&batch.pcode.get()),
        Kept::Nowhere | Kept::Unavailable => None,
    };
    match (known, &batch.access_key, kept) {
        (Some(None), ..) | (None, None, Kept::Unavailable) => Err(Outcome::Misconfigured),
        (Some(Some(known)), None, _) => Ok(known.clone()),
        (Some(Some(known)), Some(given), _) if same(known, given) => Ok(known.clone()),
        (Some(Some(_)), Some(_), _) => {
            Err(refused(Code::BadAccessKey, "is not the key kept for this project"))
        }
        (None, Some(given), _) => Ok(given.clone()),
        (None, None, _) => {
            Err(refused(Code::MissingField, "is required: no access key is kept for this project"))
        }
    }
}

fn refused(code: Code, message: &'static str) -> Outcome {
    let path = Path::Member("whatapAccessKey");
    Outcome::Invalid(Faults::from(Fault::new(code, path, message)))
}

/// Takes the same time wherever two keys of one length differ, so that nobody can feel a way in.
fn same(known: &AccessKey, given: &AccessKey) -> bool {
    let (known, given) = (known.text().expose().as_bytes(), given.text().expose().as_bytes());
    let differences = known.iter().zip(given).fold(0, |all, (a, b)| all | (a ^ b));
    known.len() == given.len() && std::hint::black_box(differences) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_is_read_entry_by_entry_and_never_printed() {
        const KEY: &str = "x64mmgs800082-x61050o3gg28a-xm30d1o7qlala";
        let parse = |text: String| AccessKeys::parse(&Secret::new(text));
        let keys = parse(format!(r#"{{"1234567": "{KEY}", "7": "{KEY}", "8": "x"}}"#)).unwrap();
        let pcode = |pcode| Pcode::new(pcode).unwrap();
        assert!(keys.knows(pcode(1_234_567)) && keys.knows(pcode(7)) && !keys.knows(pcode(9)));
        assert_eq!(keys.unusable(), [7, 8]);
        assert!(!format!("{keys:?}").contains("x64mmgs800082"), "{keys:?}");
        assert_eq!(parse(" ".to_owned()), Ok(AccessKeys::default()));
        for text in ["[]", "{\"a\":\"b\"}", "{\"0\":\"b\"}", "{\"1\":2}", KEY] {
            assert_eq!(parse(text.to_owned()), Err(NoKeys), "{text}");
        }
    }
}

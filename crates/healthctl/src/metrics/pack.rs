//! PURE. A tag-count pack read back from its bytes, as the protocol's table describes it: any width
//! of a number, any form of a length. It shares nothing with what wrote it.

use jiff::Timestamp;

pub(super) const HEADER: usize = 22;
/// What a collector takes at most.
pub(super) const MAX_PACK: usize = 8 << 20;

const TAG_COUNT: [u8; 2] = [0x16, 0x01];
const TEXT: u8 = 50;
const MAP: u8 = 80;

#[derive(Clone, Debug, PartialEq)]
pub struct Pack {
    pub pcode: i64,
    pub time: Timestamp,
    pub category: String,
    /// With the object's name among them.
    pub tags: Vec<(String, String)>,
    pub datas: Vec<(String, f64)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    #[error("it ends too early")]
    Short,
    #[error("it goes on after its end")]
    Long,
    #[error("it is no tag-count pack")]
    Kind,
    #[error("a value is of a type that custom metrics do not have")]
    Value,
    #[error("a text is not UTF-8")]
    Text,
    #[error("its time is out of range")]
    Time,
}

type Result<T> = std::result::Result<T, Unreadable>;

impl Pack {
    pub fn read(bytes: &[u8]) -> Result<Self> {
        let mut from = Reader(bytes);
        if from.take(2)? != TAG_COUNT {
            return Err(Unreadable::Kind);
        }
        let (pcode, long) = match from.byte()? {
            9 => (from.decimal()?, true),
            width => (from.number(usize::from(width))?, false),
        };
        from.take(if long { 12 } else { 4 })?;
        let time = Timestamp::from_millisecond(from.number(8)?).map_err(|_| Unreadable::Time)?;
        from.take(1)?;
        let category = from.text()?;
        from.decimal()?;
        let tags =
            from.map(|from, kind| if kind == TEXT { from.text() } else { Err(Unreadable::Value) })?;
        let datas = from.map(Reader::numeric)?;
        if !from.0.is_empty() {
            return Err(Unreadable::Long);
        }
        Ok(Self { pcode, time, category, tags, datas })
    }
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(Unreadable::Short)?;
        self.0 = rest;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8> {
        Ok(self.take(1)?[0])
    }

    /// Big-endian, two's complement, of any width up to 8 bytes.
    fn number(&mut self, width: usize) -> Result<i64> {
        if width > 8 {
            return Err(Unreadable::Value);
        }
        let digits = self.take(width)?;
        let sign = if digits.first().is_some_and(|first| first & 0x80 != 0) { -1 } else { 0 };
        Ok(digits.iter().fold(sign, |number, digit| number << 8 | i64::from(*digit)))
    }

    fn decimal(&mut self) -> Result<i64> {
        let width = self.byte()?;
        self.number(usize::from(width))
    }

    fn text(&mut self) -> Result<String> {
        let length = match self.byte()? {
            255 => self.take(2)?.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)),
            254 => self.take(4)?.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)),
            short => usize::from(short),
        };
        let text = str::from_utf8(self.take(length)?).map_err(|_| Unreadable::Text)?;
        Ok(text.to_owned())
    }

    fn map<T>(
        &mut self,
        mut value: impl FnMut(&mut Self, u8) -> Result<T>,
    ) -> Result<Vec<(String, T)>> {
        if self.byte()? != MAP {
            return Err(Unreadable::Value);
        }
        let count = self.decimal()?;
        let mut entries = Vec::new();
        for _ in 0..count {
            let key = self.text()?;
            let kind = self.byte()?;
            entries.push((key, value(self, kind)?));
        }
        Ok(entries)
    }

    #[expect(clippy::cast_precision_loss, reason = "a chart needs no more digits")]
    fn numeric(&mut self, kind: u8) -> Result<f64> {
        match kind {
            20 => Ok(self.decimal()? as f64),
            30 => {
                let bits = self.take(4)?.try_into().map_err(|_| Unreadable::Short)?;
                Ok(f64::from(f32::from_be_bytes(bits)))
            }
            40 => {
                let bits = self.take(8)?.try_into().map_err(|_| Unreadable::Short)?;
                Ok(f64::from_be_bytes(bits))
            }
            _ => Err(Unreadable::Value),
        }
    }
}

#[cfg(test)]
mod tests {
    use custom::metric;
    use custom::whatap::wire;

    use super::*;

    const BODY: &str = r#"{"datas":[{"key":"daily_usd","value":1200.5},{"key":"용량","value":-3}],
        "tags":[{"key":"team","value":"결제"}],"whatapAccessKey":"x64mmgs800082-x61050o3gg28a-xm30d1o7qlala",
        "pcode":1234567,"category":"aws_cost","host":"billing"}"#;

    fn written() -> Vec<u8> {
        let now = Timestamp::from_second(1_700_000_000).unwrap();
        let batch = metric::parse(BODY.as_bytes(), &super::super::reading(), now).unwrap();
        wire::Pack::of(&batch).bytes()
    }

    #[test]
    fn what_the_function_writes_is_read_back() {
        let text = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        let expected = Pack {
            pcode: 1_234_567,
            time: Timestamp::from_second(1_700_000_000).unwrap(),
            category: "aws_cost".to_owned(),
            tags: vec![text("oname", "billing"), text("team", "결제")],
            datas: vec![("daily_usd".to_owned(), 1200.5), ("용량".to_owned(), -3.0)],
        };
        assert_eq!(Pack::read(&written()), Ok(expected));
    }

    #[test]
    fn no_bytes_make_the_reader_panic_and_no_part_is_taken_for_the_whole() {
        let whole = written();
        for length in 0..whole.len() {
            assert!(Pack::read(&whole[..length]).is_err(), "{length}");
        }
        assert_eq!(Pack::read(&[whole.as_slice(), &[0]].concat()), Err(Unreadable::Long));
        for place in 0..whole.len() {
            for value in [0, 0x7f, 0xff] {
                let mut bent = whole.clone();
                bent[place] = value;
                let _ = Pack::read(&bent);
            }
        }
    }
}

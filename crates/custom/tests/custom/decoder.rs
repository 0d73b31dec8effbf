//! A second reading of the wire, written from the table of the protocol and not from the encoder:
//! it takes any width of a number and any form of a length, and checks what a server would.

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Frame {
    pub(crate) pcode: i64,
    pub(crate) licence_hash: i64,
    pub(crate) oid: i32,
    pub(crate) time_ms: i64,
    pub(crate) category: String,
    pub(crate) tag_hash: i64,
    /// The bytes the tag hash covers.
    pub(crate) tag_bytes: Vec<u8>,
    pub(crate) tags: Vec<(String, String)>,
    pub(crate) datas: Vec<(String, f64)>,
}

const MAX_BODY: usize = 8 << 20;

/// Header, body, nothing behind.
pub(crate) fn decode(frame: &[u8]) -> Result<Frame, String> {
    let mut at = Reader { bytes: frame, pos: 0 };
    at.expect(&[10, 0])?;
    let pcode = at.fixed(8)?;
    let licence_hash = at.fixed(8)?;
    let length = body_length(at.take(4)?)?;
    if frame.len() - at.pos != length {
        return Err(format!("length {length}, but {} bytes follow", frame.len() - at.pos));
    }
    at.expect(&[0x16, 0x01])?;
    if at.decimal()? != pcode {
        return Err("pcode of header and pack differ".into());
    }
    let oid = i32::try_from(at.fixed(4)?).map_err(|_| "oid")?;
    let time_ms = at.fixed(8)?;
    at.expect(&[0])?;
    let category = at.text()?;
    let tag_hash = at.decimal()?;
    let start = at.pos;
    let tags = at.map(|at| at.expect(&[50]).and_then(|()| at.text()))?;
    let tag_bytes = frame[start..at.pos].to_vec();
    let datas = at.map(|at| at.expect(&[40]).and_then(|()| at.double()))?;
    if at.pos != frame.len() {
        return Err(format!("{} bytes left over", frame.len() - at.pos));
    }
    Ok(Frame { pcode, licence_hash, oid, time_ms, category, tag_hash, tag_bytes, tags, datas })
}

/// The body length at the end of a 22-byte header.
pub(crate) fn body_length(four: &[u8]) -> Result<usize, String> {
    let length = u32::from_be_bytes(four.try_into().map_err(|_| "length")?) as usize;
    if length == 0 || length > MAX_BODY { Err(format!("length {length}")) } else { Ok(length) }
}

struct Reader<'a> {
    bytes: &'a [u8],
    pos: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], String> {
        let end = self.pos.checked_add(count).ok_or("overflow")?;
        let taken = self.bytes.get(self.pos..end).ok_or(format!("cut short at {}", self.pos))?;
        self.pos = end;
        Ok(taken)
    }

    fn expect(&mut self, expected: &[u8]) -> Result<(), String> {
        let pos = self.pos;
        let found = self.take(expected.len())?;
        if found == expected { Ok(()) } else { Err(format!("{found:?} at {pos}")) }
    }

    /// Two's complement, big-endian, any width.
    fn fixed(&mut self, width: usize) -> Result<i64, String> {
        let mut wide = [0; 8];
        let digits = self.take(width)?;
        if digits.first().is_some_and(|first| *first >= 0x80) {
            wide = [0xff; 8];
        }
        wide[8 - width..].copy_from_slice(digits);
        Ok(i64::from_be_bytes(wide))
    }

    fn decimal(&mut self) -> Result<i64, String> {
        match self.take(1)?[0] {
            width @ (0..=5 | 8) => self.fixed(width.into()),
            width => Err(format!("decimal of width {width}")),
        }
    }

    fn double(&mut self) -> Result<f64, String> {
        Ok(f64::from_be_bytes(self.take(8)?.try_into().unwrap()))
    }

    fn text(&mut self) -> Result<String, String> {
        let length = match self.take(1)?[0] {
            0xff => usize::from(u16::from_be_bytes(self.take(2)?.try_into().unwrap())),
            0xfe => u32::from_be_bytes(self.take(4)?.try_into().unwrap()) as usize,
            short => usize::from(short),
        };
        String::from_utf8(self.take(length)?.to_vec()).map_err(|error| error.to_string())
    }

    fn map<T>(
        &mut self,
        mut value: impl FnMut(&mut Self) -> Result<T, String>,
    ) -> Result<Vec<(String, T)>, String> {
        self.expect(&[80])?;
        let count = self.decimal()?;
        (0..count).map(|_| Ok((self.text()?, value(self)?))).collect()
    }
}

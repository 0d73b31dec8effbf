//! PURE. The primitives every pack is made of.

/// A growing message, big-endian.
#[derive(Debug, Default)]
pub(super) struct Buffer(Vec<u8>);

impl Buffer {
    pub(super) fn with_capacity(bytes: usize) -> Self {
        Self(Vec::with_capacity(bytes))
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    pub(super) fn byte(&mut self, value: u8) {
        self.0.push(value);
    }

    pub(super) fn short(&mut self, value: u16) {
        self.raw(&value.to_be_bytes());
    }

    pub(super) fn int(&mut self, value: i32) {
        self.raw(&value.to_be_bytes());
    }

    pub(super) fn long(&mut self, value: i64) {
        self.raw(&value.to_be_bytes());
    }

    pub(super) fn double(&mut self, value: f64) {
        self.raw(&value.to_be_bytes());
    }

    pub(super) fn raw(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    /// An integer in the fewest bytes out of 0, 1, 2, 3, 4, 5 and 8, after one byte that says how
    /// many. There is no 6 and no 7.
    pub(super) fn decimal(&mut self, value: i64) {
        let bits = 64 - (value ^ (value >> 63)).leading_zeros();
        let width = match bits {
            _ if value == 0 => 0,
            0..=7 => 1,
            8..=15 => 2,
            16..=23 => 3,
            24..=31 => 4,
            32..=39 => 5,
            _ => 8,
        };
        self.byte(width);
        self.raw(&value.to_be_bytes()[8 - usize::from(width)..]);
    }

    pub(super) fn count(&mut self, count: usize) {
        self.decimal(i64::try_from(count).unwrap_or(i64::MAX));
    }

    /// Length in bytes, not characters, in one of three forms; 253 is the last of the short one.
    pub(super) fn text(&mut self, text: &str) {
        let length = text.len();
        match (u8::try_from(length), u16::try_from(length)) {
            (Ok(length @ ..=253), _) => self.byte(length),
            (_, Ok(length)) => {
                self.byte(0xff);
                self.short(length);
            }
            _ => {
                self.byte(0xfe);
                self.int(i32::try_from(length).unwrap_or(i32::MAX));
            }
        }
        self.raw(text.as_bytes());
    }

    /// Whatever `write` adds, after its length.
    pub(super) fn counted(&mut self, write: impl FnOnce(&mut Self)) {
        let start = self.0.len();
        self.int(0);
        write(self);
        let length = self.0.len() - start - 4;
        let length = i32::try_from(length).unwrap_or(i32::MAX);
        self.0[start..start + 4].copy_from_slice(&length.to_be_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::Buffer;

    fn check(write: impl FnOnce(&mut Buffer), expected: &[u8]) {
        let mut buffer = Buffer::default();
        write(&mut buffer);
        assert_eq!(buffer.0, expected);
    }

    #[test]
    fn a_decimal_takes_the_fewest_bytes_there_are() {
        check(|b| b.decimal(0), &[0]);
        check(|b| b.decimal(1), &[1, 1]);
        check(|b| b.decimal(-1), &[1, 0xff]);
        check(|b| b.decimal(127), &[1, 0x7f]);
        check(|b| b.decimal(128), &[2, 0, 0x80]);
        check(|b| b.decimal(-128), &[1, 0x80]);
        check(|b| b.decimal(-129), &[2, 0xff, 0x7f]);
        check(|b| b.decimal(-32_769), &[3, 0xff, 0x7f, 0xff]);
        check(|b| b.decimal(1 << 23), &[4, 0, 0x80, 0, 0]);
        check(|b| b.decimal(-8_388_609), &[4, 0xff, 0x7f, 0xff, 0xff]);
        check(|b| b.decimal(1 << 31), &[5, 0, 0x80, 0, 0, 0]);
        check(|b| b.decimal(-2_147_483_649), &[5, 0xff, 0x7f, 0xff, 0xff, 0xff]);
        check(|b| b.decimal((1 << 39) - 1), &[5, 0x7f, 0xff, 0xff, 0xff, 0xff]);
        check(|b| b.decimal(1 << 39), &[8, 0, 0, 0, 0x80, 0, 0, 0, 0]);
        check(|b| b.decimal(i64::MIN), &[8, 0x80, 0, 0, 0, 0, 0, 0, 0]);
    }

    #[test]
    fn a_text_says_its_length_in_the_shortest_of_three_forms() {
        let rows: [(usize, &[u8]); 7] = [
            (0, &[0]),
            (1, &[1]),
            (253, &[253]),
            (254, &[0xff, 0, 0xfe]),
            (255, &[0xff, 0, 0xff]),
            (65_535, &[0xff, 0xff, 0xff]),
            (65_536, &[0xfe, 0, 1, 0, 0]),
        ];
        for (length, prefix) in rows {
            let text = "x".repeat(length);
            check(|b| b.text(&text), &[prefix, text.as_bytes()].concat());
        }
    }
}

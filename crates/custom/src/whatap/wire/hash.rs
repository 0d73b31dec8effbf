//! PURE. WhaTap's two hashes. Both walk the CRC-32 table; neither is a protection.

const TABLE: [u32; 256] = table();

const fn table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut index = 0;
    let mut seed = 0;
    while index < 256 {
        let mut crc: u32 = seed;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
            bit += 1;
        }
        table[index] = crc;
        index += 1;
        seed += 1;
    }
    table
}

/// Standard CRC-32 (ISO-HDLC).
pub fn hash32(bytes: &[u8]) -> i32 {
    let step = |crc: u32, byte: &u8| (crc >> 8) ^ TABLE[usize::from(crc.to_le_bytes()[0] ^ byte)];
    (!bytes.iter().fold(u32::MAX, step)).cast_signed()
}

/// The same walk over a 64-bit register with sign-extended table entries. Not CRC-64: the upper
/// half only ever holds bytes 00 and FF.
pub fn hash64(bytes: &[u8]) -> i64 {
    let step = |crc: u64, byte: &u8| {
        let entry = TABLE[usize::from(crc.to_le_bytes()[0] ^ byte)].cast_signed();
        (crc >> 8) ^ i64::from(entry).cast_unsigned()
    };
    if bytes.is_empty() {
        return 0;
    }
    (!bytes.iter().fold(u64::MAX, step)).cast_signed()
}

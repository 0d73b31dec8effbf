//! PURE. What derives `Serialize` as the bytes that `serde_json` makes of it, with texts looked
//! through eight bytes at a time: alerts and cards are mostly text.
//!
//! Numbers are `serde_json`'s work. Nothing is indented.

use serde::ser::{
    Error as _, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant,
    SerializeTuple, SerializeTupleStruct, SerializeTupleVariant, Serializer,
};
use serde_json::Error;

use super::text;

type Result<T, E = Error> = std::result::Result<T, E>;

/// Adds the JSON of a value. Fails on a map with keys that are lists, objects or nothing, and on
/// the `RawValue` of `serde_json`. Names of fields and variants stand as they are given: they hold
/// nothing to escape.
pub fn write(out: &mut Vec<u8>, value: &(impl Serialize + ?Sized)) -> Result<()> {
    value.serialize(Writer { out })
}

/// The same as a text, with room for so many bytes before it must grow.
pub fn to_string(value: &(impl Serialize + ?Sized), room: usize) -> Result<String> {
    let mut json = Vec::with_capacity(room);
    write(&mut json, value)?;
    String::from_utf8(json).map_err(Error::custom)
}

struct Writer<'a> {
    out: &'a mut Vec<u8>,
}

/// An object or a list of which the beginning is written.
struct Rest<'a> {
    out: &'a mut Vec<u8>,
    /// What ends it; of a variant, its object too.
    end: &'static [u8],
    any: bool,
}

impl Writer<'_> {
    fn number(self, value: impl Serialize) -> Result<()> {
        serde_json::to_writer(self.out, &value)
    }

    fn variant(&mut self, variant: &'static str) {
        self.out.push(b'{');
        name(self.out, variant);
        self.out.push(b':');
    }
}

impl<'a> Writer<'a> {
    fn rest(self, begin: u8, end: &'static [u8]) -> Rest<'a> {
        self.out.push(begin);
        Rest { out: self.out, end, any: false }
    }
}

impl Rest<'_> {
    #[inline]
    fn next(&mut self) {
        if self.any {
            self.out.push(b',');
        }
        self.any = true;
    }

    fn element(&mut self, value: &(impl Serialize + ?Sized)) -> Result<()> {
        self.next();
        write(self.out, value)
    }

    fn field(&mut self, key: &'static str, value: &(impl Serialize + ?Sized)) -> Result<()> {
        self.next();
        name(self.out, key);
        self.out.push(b':');
        write(self.out, value)
    }

    fn close(self) {
        self.out.extend_from_slice(self.end);
    }
}

fn quoted(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    text::escape_into(out, text);
    out.push(b'"');
}

/// What our own source calls a field or a variant.
#[inline]
fn name(out: &mut Vec<u8>, name: &'static str) {
    debug_assert_eq!(text::plain(name.as_bytes()), name.len(), "{name:?} would need escapes");
    out.reserve(name.len() + 3);
    out.push(b'"');
    out.extend_from_slice(name.as_bytes());
    out.push(b'"');
}

macro_rules! numbers {
    ($($method:ident $type:ty),+) => {$(
        fn $method(self, value: $type) -> Result<()> {
            self.number(value)
        }
    )+};
}

impl<'a> Serializer for Writer<'a> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Rest<'a>;
    type SerializeTuple = Rest<'a>;
    type SerializeTupleStruct = Rest<'a>;
    type SerializeTupleVariant = Rest<'a>;
    type SerializeMap = Rest<'a>;
    type SerializeStruct = Rest<'a>;
    type SerializeStructVariant = Rest<'a>;

    numbers!(
        serialize_i8 i8, serialize_i16 i16, serialize_i32 i32, serialize_i64 i64,
        serialize_i128 i128, serialize_u8 u8, serialize_u16 u16, serialize_u32 u32,
        serialize_u64 u64, serialize_u128 u128, serialize_f32 f32, serialize_f64 f64
    );

    fn serialize_bool(self, value: bool) -> Result<()> {
        self.out.extend_from_slice(if value { b"true" } else { b"false" });
        Ok(())
    }

    fn serialize_char(self, value: char) -> Result<()> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    #[inline]
    fn serialize_str(self, value: &str) -> Result<()> {
        quoted(self.out, value);
        Ok(())
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<()> {
        self.collect_seq(value)
    }

    fn serialize_none(self) -> Result<()> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<()> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<()> {
        self.out.extend_from_slice(b"null");
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<()> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<()> {
        name(self.out, variant);
        Ok(())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<()> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        mut self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<()> {
        self.variant(variant);
        write(self.out, value)?;
        self.out.push(b'}');
        Ok(())
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Rest<'a>> {
        Ok(self.rest(b'[', b"]"))
    }

    fn serialize_tuple(self, _: usize) -> Result<Rest<'a>> {
        Ok(self.rest(b'[', b"]"))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Rest<'a>> {
        Ok(self.rest(b'[', b"]"))
    }

    fn serialize_tuple_variant(
        mut self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Rest<'a>> {
        self.variant(variant);
        Ok(self.rest(b'[', b"]}"))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Rest<'a>> {
        Ok(self.rest(b'{', b"}"))
    }

    fn serialize_struct(self, name: &'static str, _: usize) -> Result<Rest<'a>> {
        if name.starts_with("$serde_json::") {
            return Err(Error::custom("a value of serde_json's own"));
        }
        Ok(self.rest(b'{', b"}"))
    }

    fn serialize_struct_variant(
        mut self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Rest<'a>> {
        self.variant(variant);
        Ok(self.rest(b'{', b"}}"))
    }
}

macro_rules! lists {
    ($($list:ident $method:ident),+) => {$(
        impl $list for Rest<'_> {
            type Ok = ();
            type Error = Error;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
                self.element(value)
            }
            fn end(self) -> Result<()> {
                self.close();
                Ok(())
            }
        }
    )+};
}
lists!(
    SerializeSeq serialize_element, SerializeTuple serialize_element,
    SerializeTupleStruct serialize_field, SerializeTupleVariant serialize_field
);

macro_rules! structs {
    ($($of:ident),+) => {$(
        impl $of for Rest<'_> {
            type Ok = ();
            type Error = Error;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                key: &'static str,
                value: &T,
            ) -> Result<()> {
                self.field(key, value)
            }
            fn end(self) -> Result<()> {
                self.close();
                Ok(())
            }
        }
    )+};
}
structs!(SerializeStruct, SerializeStructVariant);

impl SerializeMap for Rest<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<()> {
        self.next();
        let start = self.out.len();
        write(self.out, key)?;
        match self.out.get(start) {
            Some(b'"') => {}
            Some(b'-' | b'0'..=b'9' | b't' | b'f') => {
                self.out.insert(start, b'"');
                self.out.push(b'"');
            }
            _ => return Err(Error::custom("key must be a string")),
        }
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        self.out.push(b':');
        write(self.out, value)
    }

    fn end(self) -> Result<()> {
        self.close();
        Ok(())
    }
}

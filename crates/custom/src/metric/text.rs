//! PURE. The texts of a batch, each with its limit in UTF-8 bytes (the wire counts bytes).

/// Why a text cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextFault {
    #[error("must not be blank")]
    Blank,
    #[error("longer than {limit} bytes")]
    TooLong { limit: usize },
    #[error("has a control character")]
    Control,
    #[error("starts like a category of WhaTap's own")]
    Reserved,
}

fn name(text: &str, limit: usize) -> Result<(), TextFault> {
    if text.trim().is_empty() {
        return Err(TextFault::Blank);
    }
    if text.len() > limit {
        return Err(TextFault::TooLong { limit });
    }
    if text.chars().any(char::is_control) {
        return Err(TextFault::Control);
    }
    Ok(())
}

macro_rules! named {
    ($(#[$doc:meta])* $type:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $type(String);

        impl $type {
            pub fn as_str(&self) -> &str {
                &self.0
            }

            pub fn into_string(self) -> String {
                self.0
            }
        }
    };
}

named!(
    /// The name of one value, which WhaTap calls a field.
    DataKey
);
named!(
    /// The name of a tag. Ordered by its bytes, which is the order on the wire.
    TagKey
);
named!(
    /// The value of a tag; may be empty.
    TagValue
);
named!(
    /// The WhaTap category: the table a batch is written to.
    Category
);
named!(
    /// The object the numbers belong to: `oname` on the wire.
    Host
);

impl DataKey {
    pub const LIMIT: usize = 256;

    pub fn new(text: impl Into<String>) -> Result<Self, TextFault> {
        let text = text.into();
        name(&text, Self::LIMIT).map(|()| Self(text))
    }
}

impl TagKey {
    pub const LIMIT: usize = 256;

    pub fn new(text: impl Into<String>) -> Result<Self, TextFault> {
        let text = text.into();
        name(&text, Self::LIMIT).map(|()| Self(text))
    }
}

impl TagValue {
    pub const LIMIT: usize = 1024;

    pub fn new(text: impl Into<String>) -> Result<Self, TextFault> {
        let text = text.into();
        if text.len() > Self::LIMIT {
            return Err(TextFault::TooLong { limit: Self::LIMIT });
        }
        Ok(Self(text))
    }
}

impl Category {
    pub const LIMIT: usize = 128;

    pub fn new(text: impl Into<String>, reserved: &[String]) -> Result<Self, TextFault> {
        let text = text.into();
        name(&text, Self::LIMIT)?;
        if reserved.iter().any(|prefix| text.starts_with(prefix.as_str())) {
            return Err(TextFault::Reserved);
        }
        Ok(Self(text))
    }
}

/// The name of this service, where nothing better is known.
impl Default for Host {
    fn default() -> Self {
        Self("custom".to_owned())
    }
}

impl Host {
    pub const LIMIT: usize = 255;

    pub fn new(text: impl Into<String>) -> Result<Self, TextFault> {
        let text = text.into();
        name(&text, Self::LIMIT).map(|()| Self(text))
    }
}

//! Values for `:name` parameters. They are bound as values, whole names at a time: nothing of them is
//! ever read as SQL, and `:id` never touches `:idx`.

use std::collections::BTreeMap;

use crate::error::EvalError;
use crate::value::Cell;

/// Named values to bind. Names no query asks for are ignored.
///
/// ```
/// let params = json_sql::Params::new().with("id", "x' or id > '0").with("index", 20);
/// ```
#[derive(Debug, Clone, Default)]
pub struct Params(BTreeMap<String, Cell<'static>>);

impl Params {
    pub fn new() -> Self {
        Self::default()
    }

    /// Binds `name`, written without the colon. The last value given for a name counts.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Cell<'static>>) -> Self {
        self.0.insert(name.to_owned(), value.into());
        self
    }

    pub(crate) fn bind(&self, names: &[String]) -> Result<Vec<Cell<'static>>, EvalError> {
        let bound = |name: &String| {
            self.0.get(name).cloned().ok_or_else(|| EvalError::UnboundParameter(name.clone()))
        };
        names.iter().map(bound).collect()
    }
}

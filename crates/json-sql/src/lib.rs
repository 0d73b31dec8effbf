//! SQL over JSON documents.

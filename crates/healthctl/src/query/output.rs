//! The rows of a query as a table, JSON, NDJSON or CSV.

use std::borrow::Cow;
use std::io::{self, Write};

use json_sql::{Cell, Record};

use crate::cli::Rows;
use crate::table;

pub(super) struct Output<W> {
    format: Rows,
    out: W,
    /// The header: what the query names, or for `*` the columns of the first row.
    columns: Option<Vec<String>>,
    rows: usize,
    /// A table is as wide as its widest row, so that it is written at the end.
    table: Vec<Vec<String>>,
}

impl<W: Write> Output<W> {
    pub(super) fn new(format: Rows, columns: Option<&[String]>, out: W) -> Self {
        Self { format, out, columns: columns.map(<[String]>::to_vec), rows: 0, table: Vec::new() }
    }

    pub(super) fn row(&mut self, record: &Record) -> io::Result<()> {
        match self.format {
            Rows::Json => {
                self.out.write_all(if self.rows == 0 { b"[\n" } else { b",\n" })?;
                serde_json::to_writer(&mut self.out, record)?;
            }
            Rows::Ndjson => {
                serde_json::to_writer(&mut self.out, record)?;
                self.out.write_all(b"\n")?;
            }
            Rows::Csv => {
                if self.rows == 0 {
                    self.header(record)?;
                }
                let cells = self.cells(record);
                table::csv(&mut self.out, &cells)?;
            }
            Rows::Table => {
                self.columns.get_or_insert_with(|| record.columns().to_vec());
                let cells = self.cells(record);
                self.table.push(cells);
            }
        }
        self.rows += 1;
        Ok(())
    }

    pub(super) fn end(mut self) -> io::Result<()> {
        match self.format {
            Rows::Json if self.rows == 0 => self.out.write_all(b"[]\n")?,
            Rows::Json => self.out.write_all(b"\n]\n")?,
            Rows::Ndjson => {}
            Rows::Csv => {
                if let (0, Some(columns)) = (self.rows, self.columns.clone()) {
                    table::csv(&mut self.out, &columns)?;
                }
            }
            Rows::Table => self.write_table()?,
        }
        self.out.flush()
    }

    fn header(&mut self, record: &Record) -> io::Result<()> {
        let columns = self.columns.get_or_insert_with(|| record.columns().to_vec()).clone();
        table::csv(&mut self.out, &columns)
    }

    /// In the order of the header: the rows of `*` may have other columns.
    fn cells(&self, record: &Record) -> Vec<String> {
        let text = |cell: &Cell<'_>| cell.to_text().map(Cow::into_owned).unwrap_or_default();
        if self.columns.as_deref() == Some(record.columns()) {
            return record.cells().iter().map(text).collect();
        }
        let columns = self.columns.iter().flatten();
        columns.map(|column| record.get(column).map(text).unwrap_or_default()).collect()
    }

    fn write_table(&mut self) -> io::Result<()> {
        let Some(columns) = self.columns.take() else { return Ok(()) };
        let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
        table::write(&mut self.out, &columns, &self.table)
    }
}

//! PURE, but for where it writes: rows under a header, each column as wide as its widest text; and
//! rows of CSV.

use std::io::{self, Write};

/// A text of several lines is put on one.
pub fn write(out: &mut impl Write, columns: &[&str], rows: &[Vec<String>]) -> io::Result<()> {
    let one_line = |text: &str| text.replace(['\n', '\r', '\t'], " ");
    let mut lines = vec![columns.iter().map(|column| one_line(column)).collect::<Vec<_>>()];
    lines.extend(rows.iter().map(|row| row.iter().map(|text| one_line(text)).collect()));
    let width = |index: usize| {
        lines.iter().filter_map(|row| row.get(index)).map(|text| shown(text)).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns.len()).map(width).collect();
    for (number, row) in lines.iter().enumerate() {
        let mut line = String::new();
        for (text, width) in row.iter().zip(&widths) {
            line.push_str(text);
            line.extend(std::iter::repeat_n(' ', width - shown(text) + 2));
        }
        writeln!(out, "{}", line.trim_end())?;
        if number == 0 {
            let rule: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
            writeln!(out, "{}", rule.join("  "))?;
        }
    }
    Ok(())
}

/// A row as RFC 4180 has it: a field with a comma, a quote or a line break is quoted, quotes are
/// doubled.
pub fn csv(out: &mut impl Write, fields: &[String]) -> io::Result<()> {
    for (index, field) in fields.iter().enumerate() {
        if index > 0 {
            out.write_all(b",")?;
        }
        if field.contains([',', '"', '\n', '\r']) {
            write!(out, "\"{}\"", field.replace('"', "\"\""))?;
        } else {
            out.write_all(field.as_bytes())?;
        }
    }
    out.write_all(b"\r\n")
}

/// Columns on a terminal; wide letters take two.
fn shown(text: &str) -> usize {
    delibird::card::columns(text)
}

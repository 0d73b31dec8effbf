//! SQL over JSON files: one document or NDJSON at a time, in constant memory where the query
//! allows it.

mod output;

use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::path::Path;

use anyhow::{Context, anyhow, bail};
use jiff::Timestamp;
use json_sql::{EvalError, Execution, Flow, Limits, Params, Record};
use serde::de::IgnoredAny;

use crate::cli::{Outcome, Query};
use output::Output;

/// Lines of events are a few KB; a large buffer keeps the system calls apart.
const BUFFER: usize = 1 << 20;

pub fn run(arguments: &Query, now: Timestamp) -> anyhow::Result<Outcome> {
    let query = json_sql::Query::parse(&arguments.sql).map_err(|error| anyhow!("{error}"))?;
    let names = arguments.from.iter().map(|(name, _)| name.as_str());
    query.require_table(names).map_err(|error| anyhow!("{error}"))?;
    let wanted = |(name, _): &&(String, _)| name.eq_ignore_ascii_case(query.table());
    let Some((_, file)) = arguments.from.iter().find(wanted) else {
        bail!("no --from names the table `{}`", query.table());
    };
    let mut params = Params::new();
    for (name, value) in &arguments.param {
        params = params.with(name, value.clone());
    }
    let execution = query.execution(now, &params, Limits::default())?;
    let out = BufWriter::with_capacity(1 << 16, std::io::stdout().lock());
    let mut reader = Reader {
        file: file.display().to_string(),
        execution,
        records: Vec::new(),
        output: Output::new(arguments.format, query.output_columns(), out),
        broken: 0,
    };
    let input: Box<dyn Read> = if file == Path::new("-") {
        Box::new(std::io::stdin().lock())
    } else {
        Box::new(std::fs::File::open(file).with_context(|| format!("cannot read {}", reader.file))?)
    };
    reader.read(BufReader::with_capacity(BUFFER, input))?;
    reader.finish()
}

struct Reader<'q, W: Write> {
    file: String,
    execution: Execution<'q>,
    records: Vec<Record>,
    output: Output<W>,
    broken: usize,
}

impl<W: Write> Reader<'_, W> {
    /// A first line that is JSON by itself begins NDJSON; otherwise the file is one document.
    fn read(&mut self, mut input: impl BufRead) -> anyhow::Result<()> {
        let mut line = Vec::new();
        let mut number = 0;
        while input.read_until(b'\n', &mut line)? > 0 {
            number += 1;
            if line.trim_ascii().is_empty() {
                line.clear();
                continue;
            }
            if number == 1 && serde_json::from_slice::<IgnoredAny>(&line).is_err() {
                let mut rest = Vec::new();
                input.read_to_end(&mut rest)?;
                if !rest.trim_ascii().is_empty() && !begins_with_json(&rest) {
                    line.extend(rest);
                    return self.push(&line, number).map(drop);
                }
                self.push(&line, number)?;
                return self.lines(&rest, number);
            }
            if self.push(&line, number)? == Flow::Enough {
                return Ok(());
            }
            line.clear();
        }
        Ok(())
    }

    fn lines(&mut self, rest: &[u8], mut number: usize) -> anyhow::Result<()> {
        for line in rest.split(|byte| *byte == b'\n') {
            number += 1;
            if !line.trim_ascii().is_empty() && self.push(line, number)? == Flow::Enough {
                break;
            }
        }
        Ok(())
    }

    /// A document that is not JSON is named and spoils no other; anything else ends the run.
    fn push(&mut self, document: &[u8], line: usize) -> anyhow::Result<Flow> {
        let flow = match self.execution.push_json(document, &mut self.records) {
            Ok(flow) => flow,
            Err(EvalError::NotJson(error)) => {
                self.broken += 1;
                writeln!(std::io::stderr(), "{}:{line}: not JSON: {error}", self.file)?;
                Flow::Continue
            }
            Err(error) => return Err(anyhow!("{}:{line}: {error}", self.file)),
        };
        for record in self.records.drain(..) {
            self.output.row(&record)?;
        }
        Ok(flow)
    }

    fn finish(mut self) -> anyhow::Result<Outcome> {
        self.execution.finish(&mut self.records)?;
        for record in self.records.drain(..) {
            self.output.row(&record)?;
        }
        self.output.end()?;
        Ok(if self.broken == 0 { Outcome::Done } else { Outcome::Failed })
    }
}

/// Whether the next line stands by itself: then the one before it was a broken line of NDJSON.
fn begins_with_json(rest: &[u8]) -> bool {
    let first = rest.split(|byte| *byte == b'\n').find(|line| !line.trim_ascii().is_empty());
    first.is_some_and(|line| {
        line.trim_ascii_start().starts_with(b"{")
            && serde_json::from_slice::<IgnoredAny>(line).is_ok()
    })
}

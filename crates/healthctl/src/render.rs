//! One event as the message it becomes by itself.

use std::io::Write;

use anyhow::bail;
use jiff::Timestamp;
use model::Alert;

use crate::cli::{Format, Outcome, Render};
use crate::input::{self, Records};
use crate::{machine, preview};

pub fn run(arguments: &Render) -> anyhow::Result<Outcome> {
    let (name, bytes) = input::bytes(arguments.file.as_deref())?;
    let mut records = Records::default();
    records.read(&name, &bytes);
    if let Some(fault) = records.faults.first() {
        bail!("{fault}");
    }
    let [event] = records.events.as_slice() else {
        bail!("{name}: {} events; render shows one, simulate takes many", records.events.len());
    };
    // As of the event itself, so that the same event always renders to the same bytes.
    let now = model::record::order_hint(event).unwrap_or(Timestamp::UNIX_EPOCH);
    let mut alert = Alert::of(event, now);
    arguments.locale.as_str().clone_into(&mut alert.target.locale);
    alert.target.zone.clone_from(&arguments.zone);
    let mut out = std::io::stdout().lock();
    for post in delibird::posts(&alert, now).into_iter().take(1) {
        match arguments.format {
            Format::Json => {
                out.write_all(&post.body)?;
                out.write_all(b"\n")?;
            }
            Format::Html => {
                let message = machine::described(&alert, post).checked()?.message;
                out.write_all(preview::page(&[&message]).as_bytes())?;
            }
        }
    }
    out.flush()?;
    Ok(Outcome::Done)
}

//! The webhooks to really post to, from a file or stdin, never from an argument: arguments can
//! be read by everyone on the machine.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, bail};
use delibird::chat::webhook::{Hosts, WebhookUrl, read_all};
use function::Secret;
use model::ids::SpaceName;

use crate::aws::{Surroundings, block_on};
use crate::cli::Outcome;
use crate::cli::deployed::{Spaces, SpacesList, SpacesVerb};
use crate::input;

/// `name = "https://…"` as TOML or JSON. No message ever holds a URL.
pub fn read(path: &Path) -> anyhow::Result<BTreeMap<SpaceName, Secret<WebhookUrl>>> {
    let (name, bytes) = input::bytes(Some(path))?;
    let text = String::from_utf8(bytes).ok().with_context(|| format!("{name} is no UTF-8 text"))?;
    let Some(spaces) = parse(&text) else {
        bail!("{name}: expected TOML or JSON of the form: name = \"https://…\"");
    };
    let named: BTreeMap<SpaceName, Secret<String>> =
        spaces.into_iter().map(|(space, url)| (SpaceName(space), Secret::new(url))).collect();
    read_all(&named, Hosts::GoogleOrLoopback).map_err(|faults| {
        let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
        anyhow::anyhow!("{name} cannot be used\n{}", lines.join("\n"))
    })
}

/// The parsers' own errors quote the document, which is a secret.
pub(crate) fn parse(text: &str) -> Option<BTreeMap<String, String>> {
    if text.trim_start().starts_with('{') {
        serde_json::from_str(text).ok()
    } else {
        toml::from_str(text).ok()
    }
}

pub fn run(arguments: &Spaces, around: Surroundings) -> anyhow::Result<Outcome> {
    match &arguments.verb {
        SpacesVerb::List(arguments) => block_on(list(arguments, around)),
    }
}

/// Names only: a webhook lets whoever has it post, and terminals are recorded.
async fn list(arguments: &SpacesList, around: Surroundings) -> anyhow::Result<Outcome> {
    let deployed = arguments.reach.open(around).await?;
    let secret = deployed.secret(&arguments.secret).await?;
    let Some(spaces) = parse(secret.expose()) else {
        bail!("the secret holds no JSON of the form {{\"name\": \"https://…\"}}");
    };
    let mut out = std::io::stdout().lock();
    for name in spaces.keys() {
        writeln!(out, "{name}")?;
    }
    Ok(Outcome::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn toml_and_json_are_read_alike() {
        let expected = BTreeMap::from([("ops".to_owned(), "https://x".to_owned())]);
        assert_eq!(parse("ops = \"https://x\""), Some(expected.clone()));
        assert_eq!(parse(" {\"ops\": \"https://x\"}"), Some(expected));
        assert_eq!(parse("ops = https"), None);
    }
}

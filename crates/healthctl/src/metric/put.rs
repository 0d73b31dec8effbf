//! Posts values, and repeats only what cannot be counted twice: a request that was throttled, or of
//! which the answer says that nothing was sent on, or that never left this machine.

use std::io::Write;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail};
use function::Secret;
use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::aws::Surroundings;
use crate::cli::Outcome;
use crate::cli::metric::Put;
use crate::input;

/// Where the API key and the WhaTap access key are looked for, besides files.
const API_KEY: &str = "CUSTOM_METRICS_API_KEY";
const ACCESS_KEY: &str = "WHATAP_ACCESS_KEY";

const TRIES: u32 = 4;
/// No answer asks for more patience than a cron job has.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    datas: Vec<Data<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<Tag<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    whatap_access_key: Option<&'a str>,
    pcode: i64,
    category: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    host: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    timestamp: Option<i64>,
}

#[derive(Serialize)]
struct Data<'a> {
    key: &'a str,
    /// As it was typed: the API judges numbers by their text.
    value: &'a RawValue,
}

#[derive(Serialize)]
struct Tag<'a> {
    key: &'a str,
    value: &'a str,
}

pub(super) fn run(arguments: &Put, around: Surroundings) -> anyhow::Result<Outcome> {
    let secret = |file: Option<&Path>, variable| secret(file, variable, around);
    let api_key = secret(arguments.api_key_file.as_deref(), API_KEY)?;
    let access_key = secret(arguments.access_key_file.as_deref(), ACCESS_KEY)?;
    let body = body(arguments, access_key.as_ref())?;
    let client = around.http()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (status, answer) =
        runtime.block_on(post(&client, &arguments.url, api_key.as_ref(), body.expose()))?;
    writeln!(std::io::stdout().lock(), "{answer}")?;
    Ok(if status == StatusCode::ACCEPTED { Outcome::Done } else { Outcome::Failed })
}

/// From a file, `-` for stdin, else from the environment; never from an argument, where every
/// user of the machine reads it.
fn secret(
    file: Option<&Path>,
    variable: &str,
    around: Surroundings,
) -> anyhow::Result<Option<Secret<String>>> {
    let text = match file {
        Some(file) => {
            let (name, bytes) = input::bytes(Some(file))?;
            Some(String::from_utf8(bytes).map_err(|_| anyhow::anyhow!("{name} is not text"))?)
        }
        None => (around.variable)(variable),
    };
    let text = text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    Ok(text.map(Secret::new))
}

fn body(arguments: &Put, key: Option<&Secret<String>>) -> anyhow::Result<Secret<String>> {
    let literal = |(key, text): &(String, String)| match RawValue::from_string(text.clone()) {
        Ok(value) if text.starts_with(|c: char| c == '-' || c.is_ascii_digit()) => Ok(value),
        _ => bail!("the value of {key} is not a number: {text}"),
    };
    let values = arguments.values.iter().map(literal).collect::<anyhow::Result<Vec<_>>>()?;
    let datas = arguments.values.iter().zip(&values);
    let body = Body {
        datas: datas.map(|((key, _), value)| Data { key, value }).collect(),
        tags: arguments.tag.iter().map(|(key, value)| Tag { key, value }).collect(),
        whatap_access_key: key.map(|key| key.expose().as_str()),
        pcode: arguments.pcode,
        category: &arguments.category,
        host: arguments.host.as_deref(),
        timestamp: arguments.timestamp,
    };
    Ok(Secret::new(serde_json::to_string(&body)?))
}

async fn post(
    client: &reqwest::Client,
    url: &str,
    api_key: Option<&Secret<String>>,
    body: &str,
) -> anyhow::Result<(StatusCode, String)> {
    let mut pause = Duration::from_secs(1);
    for tries_left in (0..TRIES).rev() {
        let mut request =
            client.post(url).header(CONTENT_TYPE, "application/json").body(body.to_owned());
        if let Some(key) = api_key {
            let mut value = HeaderValue::from_str(key.expose())
                .map_err(|_| anyhow::anyhow!("the API key is no header"))?;
            value.set_sensitive(true);
            request = request.header("x-api-key", value);
        }
        match request.send().await {
            Ok(answer) => {
                let (status, asked) = (answer.status(), retry_after(&answer));
                let text = answer.text().await.map_err(reqwest::Error::without_url);
                let text = text.context("the answer broke off; the values may have arrived")?;
                if tries_left == 0 || !may_repeat(status, &text) {
                    return Ok((status, text));
                }
                pause = asked.unwrap_or(pause).min(LONGEST_PAUSE);
            }
            // Nothing left this machine.
            Err(error) if error.is_connect() && tries_left > 0 => {}
            Err(error) if error.is_connect() => {
                return Err(error.without_url()).context("nobody could be reached");
            }
            Err(error) => {
                return Err(error.without_url())
                    .context("no answer; the values may have arrived, so they are not sent again");
            }
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
    bail!("nobody could be reached")
}

fn retry_after(answer: &reqwest::Response) -> Option<Duration> {
    let seconds = answer.headers().get(RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds))
}

#[derive(Deserialize)]
struct Report {
    errors: Vec<Fault>,
}

#[derive(Deserialize)]
struct Fault {
    code: String,
}

/// By the answer's own code: a 502 or 504 of somebody in between says nothing of what was sent on.
fn may_repeat(status: StatusCode, answer: &str) -> bool {
    let codes = serde_json::from_str(answer).map(|Report { errors }| errors).unwrap_or_default();
    let has = |code: &str| codes.iter().any(|fault| fault.code == code);
    match status {
        StatusCode::TOO_MANY_REQUESTS => !has("quota_exceeded"),
        StatusCode::BAD_GATEWAY => has("upstream_unreachable"),
        StatusCode::GATEWAY_TIMEOUT => has("upstream_timeout"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_not_sent_on_is_repeated() {
        let code = |code: &str| format!(r#"{{"errors":[{{"code":"{code}"}}]}}"#);
        let gateway = r#"{"message":"Endpoint request timed out"}"#.to_owned();
        let rows = [
            (202, code("none"), false),
            (400, code("bad_json"), false),
            (403, r#"{"message":"Forbidden"}"#.to_owned(), false),
            (429, r#"{"message":"Too Many Requests"}"#.to_owned(), true),
            (429, code("throttled"), true),
            (429, code("quota_exceeded"), false),
            (500, code("misconfigured"), false),
            (502, code("upstream_unreachable"), true),
            (502, code("upstream_ambiguous"), false),
            (502, "<html>".to_owned(), false),
            (504, code("upstream_timeout"), true),
            (504, gateway, false),
        ];
        for (status, answer, expected) in rows {
            let status = StatusCode::from_u16(status).unwrap();
            assert_eq!(may_repeat(status, &answer), expected, "{status} {answer}");
        }
    }
}

//! PURE. The page at `/`, and the fragment of one message.

use std::sync::LazyLock;

use maud::{DOCTYPE, Markup, PreEscaped, html};
use model::words::{Kind, Severity};

use super::PostedMessage;
use crate::preview;
use crate::preview::page::{FAVICON, theme_button};
use crate::preview::policy::{Reach, policy};

/// How many messages a page keeps; older ones are counted.
pub(super) const KEEP: usize = 200;

const STYLE: &str = concat!(include_str!("../preview/preview.css"), include_str!("inbox.css"));
const SCRIPT: &str = concat!(include_str!("../preview/preview.js"), include_str!("inbox.js"));
/// The least that makes a useful card; no quote in it that a shell would take.
const SHORT_EXAMPLE: &str = r#"{
  "source": "aws.health", "account": "111122223333", "region": "ap-northeast-2",
  "detail": {
    "service": "EC2", "eventTypeCategory": "issue", "statusCode": "open",
    "eventTypeCode": "AWS_EC2_OPERATIONAL_ISSUE",
    "eventArn": "arn:aws:health:ap-northeast-2::event/EC2/AWS_EC2_OPERATIONAL_ISSUE/1",
    "eventDescription": [{"language": "en_US", "latestDescription": "Error rates are up."}]
  }
}"#;
const EXAMPLE: &str = include_str!("example.json");

/// The page's own policy, sent as a header.
pub(super) fn content_policy() -> String {
    static POLICY: LazyLock<String> = LazyLock::new(|| {
        format!("{}; frame-ancestors 'none'", policy(STYLE, SCRIPT, Reach::Itself))
    });
    POLICY.clone()
}

/// `host` is how the reader reached the server; the example command uses it.
pub(super) fn page(host: &str, is_empty: bool) -> String {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { "Inbox · healthctl dev" }
                link rel="icon" href=(FAVICON);
                style { (PreEscaped(STYLE)) }
            }
            body .inbox {
                div .top {
                    (bar())
                    nav #spaces aria-label="Spaces" {}
                }
                div .layout {
                    main {
                        (empty(host, is_empty))
                        section #metrics aria-label="Metrics" hidden {}
                        div #feed data-keep=(KEEP) {}
                        p #older hidden {}
                    }
                    (post_box())
                }
                p #announce .unseen role="status" {}
                template #thread { (thread()) }
                template #example { (EXAMPLE) }
                noscript { p .empty { "This page draws messages as they come and needs its script. The messages are also at " a href="/messages" { "/messages" } "." } }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    }
    .into_string()
}

fn bar() -> Markup {
    html! {
        header .bar {
            h1 { "Inbox" }
            span #live role="status" data-state="connecting" { "Connecting" }
            button #storm .primary type="button" { "Play the storm" }
            (theme_button())
        }
    }
}

fn empty(host: &str, is_empty: bool) -> Markup {
    html! {
        section #empty .empty aria-label="How to begin" hidden[!is_empty] {
            h2 { "No message yet" }
            p { "Every alert appears here as Google Chat would draw it, the moment it is posted." }
            ol {
                li { "Press " b { "Play the storm" } " for a two-minute story: an incident that spreads, a fleet-wide retirement, an abuse report." }
                li { "Or post an event of your own with the box on this page, or from a shell:"
                    pre tabindex="0" { "curl -sS http://" (host) "/events -d '" (SHORT_EXAMPLE) "'" }
                }
            }
            p .hint { "One event, an array, a PutEvents body or NDJSON. A card takes a few seconds: alerts of one incident are gathered first." }
        }
    }
}

fn post_box() -> Markup {
    html! {
        aside {
            details #post {
                summary { "Post an event" }
                form #event-form {
                    label for="event" { "AWS Health event: JSON or NDJSON" }
                    textarea #event name="event" rows="14" spellcheck="false" autocomplete="off" {}
                    div .row {
                        button .primary type="submit" { "Post" }
                        button #fill .quiet type="button" { "Fill in an example" }
                    }
                    output #answer for="event" {}
                }
            }
        }
    }
}

/// Filled by the script, once for each thread.
fn thread() -> Markup {
    html! {
        article .thread {
            header .thread-head {
                h2 .space {}
                span .now {}
            }
            div .first {}
            button .replies-toggle type="button" aria-expanded="false" hidden {
                span .count {} span .latest {}
            }
            div .replies hidden {}
        }
    }
}

/// One message with its badges; the raw JSON is fetched when it is asked for.
pub(super) fn fragment(number: u64, posted: &PostedMessage) -> Markup {
    html! {
        div .post data-number=(number) {
            p .badges { (severity_badge(posted.severity)) " " (kind_badge(&posted.kind)) " "
                span .about { (posted.subject) " · " (posted.accounts) @if posted.accounts == 1 { " account" } @else { " accounts" } }
                @if posted.copy.is_some() { " " span .about { "· top-level copy" } }
            }
            (preview::message(&posted.message))
            details .raw data-raw=(number) { summary { "Raw JSON" } pre tabindex="0" {} }
        }
    }
}

fn severity_badge(severity: Severity) -> Markup {
    html! { span class={ "badge severity-" (severity) } { (severity) } }
}

fn kind_badge(kind: &Kind) -> Markup {
    let class = if *kind == Kind::Resolved { "badge resolved" } else { "badge" };
    html! { span class=(class) { (kind) } }
}

#[cfg(test)]
mod tests {
    use model::Shape;

    use super::*;

    #[test]
    fn both_examples_are_read_as_health_events() {
        for example in [EXAMPLE, SHORT_EXAMPLE] {
            let read = model::read(example.as_bytes());
            assert_eq!(read[0].as_ref().map(|event| event.shape), Ok(Shape::Health));
            assert!(!example.contains('\''));
        }
    }
}

//! PURE. Messages as one HTML file that stands alone: `render --format html`.

use maud::{DOCTYPE, PreEscaped, html};
use serde_json::value::RawValue;

use super::policy::{Reach, policy};
use super::{SCRIPT, STYLE, message};

/// A mark for the browser's tab; without one the browser would ask the network for it.
pub(crate) const FAVICON: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24'%3E%3Crect width='24' height='24' rx='6' fill='%230b57d0'/%3E%3Cpath d='M4 13h4l2-5 4 9 2-4h4' fill='none' stroke='white' stroke-width='2'/%3E%3C/svg%3E";

/// The messages in the order given. The file asks the network for nothing.
pub fn page(messages: &[&RawValue]) -> String {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy(STYLE, SCRIPT, Reach::Nowhere));
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { "Preview · Google Chat" }
                link rel="icon" href=(FAVICON);
                style { (PreEscaped(STYLE)) }
            }
            body .standalone {
                header .bar {
                    h1 { "Preview" }
                    (theme_button())
                }
                main .sheet {
                    @for body in messages {
                        section aria-label="Message" {
                            (message(body))
                            details .raw { summary { "Raw JSON" } pre tabindex="0" { (pretty(body)) } }
                        }
                    }
                }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    }
    .into_string()
}

/// Follows the system until pressed.
pub(crate) fn theme_button() -> maud::Markup {
    html! {
        button .quiet .round type="button" data-theme-switch aria-pressed="false" aria-label="Dark theme"
            title="Dark theme" { (super::icon::drawing("dark_mode")) }
    }
}

fn pretty(body: &RawValue) -> String {
    serde_json::from_str::<serde_json::Value>(body.get())
        .and_then(|value| serde_json::to_string_pretty(&value))
        .unwrap_or_else(|_| body.get().to_owned())
}

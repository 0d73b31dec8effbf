//! PURE. Icons drawn from paths in this file, so that a page fetches nothing.
//!
//! The drawings are our own, on a 24 by 24 grid, one stroked path each. A name missing here is
//! shown as a dashed box and flagged: either Chat lacks it too, or it is to be drawn here.

use maud::{Markup, html};

use super::message::Icon;

/// The icon with its meaning for a screen reader; without alt text it is decoration.
pub(super) fn draw(icon: &Icon) -> Markup {
    let alt = icon.alt_text.as_deref().filter(|alt| !alt.is_empty());
    html! {
        @match alt {
            Some(alt) => span .icon role="img" aria-label=(alt) title=(alt) { (picture(icon)) },
            None => span .icon aria-hidden="true" { (picture(icon)) },
        }
    }
}

fn picture(icon: &Icon) -> Markup {
    drawing(name(icon).unwrap_or_default())
}

/// A drawing by its Material name; the dashed box when there is none.
pub(super) fn drawing(name: &str) -> Markup {
    html! {
        @match path(name) {
            Some(d) => svg viewBox="0 0 24 24" focusable="false" { path d=(d) {} },
            None => svg .missing viewBox="0 0 24 24" focusable="false" { path d=(BOX) {} },
        }
    }
}

/// What the icon is called, when it is one this file can draw.
pub(super) fn is_drawn(icon: &Icon) -> bool {
    name(icon).is_some_and(|name| path(name).is_some())
}

fn name(icon: &Icon) -> Option<&str> {
    match (&icon.material_icon, &icon.known_icon) {
        (Some(material), _) => Some(&material.name),
        (None, Some(known)) => known_as_material(known),
        (None, None) => icon.icon_url.as_ref().map(|_| "image"),
    }
}

/// The built-in icons of Chat that an alert may use.
fn known_as_material(known: &str) -> Option<&'static str> {
    Some(match known {
        "BOOKMARK" => "bookmark",
        "CLOCK" => "schedule",
        "DESCRIPTION" => "description",
        "DOLLAR" => "payments",
        "EMAIL" | "INVITE" => "mail",
        "MAP_PIN" => "location_on",
        "MULTIPLE_PEOPLE" | "MEMBERSHIP" => "group",
        "PERSON" => "person",
        "STAR" => "star",
        "STORE" => "domain",
        "TICKET" | "CONFIRMATION_NUMBER_ICON" => "sell",
        _ => return None,
    })
}

const BOX: &str = "M4 4h16v16H4z";

#[rustfmt::skip]
fn path(name: &str) -> Option<&'static str> {
    Some(match name {
        "error" => "M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18M12 7.5v5.5M12 16.2v.3",
        "priority_high" => "M12 4v10.5M12 18.2v.6",
        "info" => "M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18M12 11v5.5M12 7.6v.3",
        "help" => "M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18M9.5 9.5a2.5 2.5 0 1 1 3.6 2.3c-.8.4-1.1.9-1.1 1.7M12 16.4v.3",
        "check_circle" | "task_alt" => "M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18M8 12.2l2.8 2.8l5.4-5.8",
        "check" | "done" => "M5 12.5l4.5 4.5L19 7.5",
        "cancel" => "M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18M9 9l6 6M15 9l-6 6",
        "close" => "M6 6l12 12M18 6L6 18",
        "block" => "M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18M5.7 5.7l12.6 12.6",
        "warning" => "M12 4L2.8 20h18.4zM12 10v4.5M12 17.2v.3",
        "schedule" | "timer" => "M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18M12 7v5.3l3.5 2.1",
        "alarm" | "alarm_on" => "M12 5.5a7.5 7.5 0 1 0 0 15a7.5 7.5 0 0 0 0-15M12 9v4.3l2.8 1.7M3.5 6.5L7 3.5M20.5 6.5L17 3.5",
        "history" | "update" => "M4 12a8 8 0 1 0 2.4-5.7L4 8.5M4 4v4.5h4.5M12 8v4.3l3 1.8",
        "hourglass_top" => "M7 3h10M7 21h10M8 3v4l4 5l4-5V3M8 21v-4l4-5l4 5v4",
        "event" | "calendar_month" | "today" => "M5 5h14v16H5zM5 9.5h14M8.5 3v4M15.5 3v4M13 13.5h3v3h-3z",
        "event_upcoming" => "M5 12V5h14v16h-6M5 9.5h14M8.5 3v4M15.5 3v4M3 17h7M7.5 14.2l2.8 2.8l-2.8 2.8",
        "event_busy" => "M5 5h14v16H5zM5 9.5h14M8.5 3v4M15.5 3v4M10 13l4 4M14 13l-4 4",
        "group" | "groups" => "M9 5a3.2 3.2 0 1 0 0 6.4A3.2 3.2 0 0 0 9 5M2.8 19v-1.5c0-2.2 3.6-3.5 6.2-3.5s6.2 1.3 6.2 3.5V19zM15 5.2a3.2 3.2 0 0 1 0 6M17.4 14.6c2.2.6 3.8 1.6 3.8 2.9V19h-2.7",
        "person" => "M12 4a3.6 3.6 0 1 0 0 7.2A3.6 3.6 0 0 0 12 4M4.5 20v-1.8c0-2.6 4.7-3.9 7.5-3.9s7.5 1.3 7.5 3.9V20z",
        "person_alert" => "M10 4a3.6 3.6 0 1 0 0 7.2A3.6 3.6 0 0 0 10 4M2.5 20v-1.8c0-2.6 4.7-3.9 7.5-3.9s7.5 1.3 7.5 3.9V20zM20 4v5M20 11.7v.3",
        "account_circle" => "M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18M12 7a2.8 2.8 0 1 0 0 5.6A2.8 2.8 0 0 0 12 7M6 18.3c1-1.9 3.4-3 6-3s5 1.1 6 3",
        "dns" | "storage" => "M4 4.5h16v6H4zM4 13.5h16v6H4zM7.5 7.5h.3M7.5 16.5h.3",
        "database" => "M4.5 6.5a7.5 3 0 1 0 15 0a7.5 3 0 1 0-15 0v11a7.5 3 0 0 0 15 0v-11M4.5 12a7.5 3 0 0 0 15 0",
        "memory" => "M7 7h10v10H7zM10 3.5V7M14 3.5V7M10 17v3.5M14 17v3.5M3.5 10H7M3.5 14H7M17 10h3.5M17 14h3.5",
        "cloud" => "M7 19a4.5 4.5 0 0 1-.5-9a6 6 0 0 1 11.3 1.2A4 4 0 0 1 17.5 19z",
        "lan" | "hub" | "account_tree" => "M9 3.5h6v5H9zM3.5 15.5h6v5h-6zM14.5 15.5h6v5h-6zM12 8.5V12M6.5 15.5V12h11v3.5",
        "assignment" => "M5 5h14v16H5zM9 3h6v4H9zM8.5 11h7M8.5 14h7M8.5 17h4.5",
        "pending_actions" => "M11 21H5V5h14v6M9 3h6v4H9zM17 13a4.5 4.5 0 1 0 0 9a4.5 4.5 0 0 0 0-9M17 15.5V18l1.5 1",
        "checklist" | "fact_check" => "M3.5 7l2 2l3.5-4M3.5 16l2 2l3.5-4M12 8h8.5M12 17h8.5",
        "description" | "article" => "M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 15.5h6",
        "menu_book" => "M12 6.5C9.5 4.8 6.5 4.5 3 5v13.5c3.5-.5 6.5-.2 9 1.5c2.5-1.7 5.5-2 9-1.5V5c-3.5-.5-6.5-.2-9 1.5M12 6.5V20",
        "shield" | "security" => "M12 3l7.5 3v5.5c0 4.7-3.2 8.2-7.5 9.5c-4.3-1.3-7.5-4.8-7.5-9.5V6z",
        "gpp_maybe" => "M12 3l7.5 3v5.5c0 4.7-3.2 8.2-7.5 9.5c-4.3-1.3-7.5-4.8-7.5-9.5V6zM12 8v5M12 15.8v.3",
        "gpp_good" | "verified_user" => "M12 3l7.5 3v5.5c0 4.7-3.2 8.2-7.5 9.5c-4.3-1.3-7.5-4.8-7.5-9.5V6zM8.5 12l2.5 2.5l4.5-4.8",
        "lock" => "M6 10.5h12V20H6zM8.5 10.5V8a3.5 3.5 0 0 1 7 0v2.5M12 14v2.5",
        "key" => "M8 8.5a3.5 3.5 0 1 0 0 7a3.5 3.5 0 0 0 0-7M11.5 12H21M17.5 12v3.5M21 12v2.5",
        "notifications" => "M6 17V11a6 6 0 0 1 12 0v6zM4 17h16M10 20.5h4M12 5V3",
        "notifications_off" => "M6 17V11a6 6 0 0 1 1.5-4M9.5 5.5A6 6 0 0 1 18 11v4M4 17h12.5M10 20.5h4M4 4l16 16",
        "campaign" => "M4 10v4h3.5l7 4V6l-7 4zM18 9.5a4 4 0 0 1 0 5",
        "link" => "M10 8H7.5a4 4 0 0 0 0 8H10M14 8h2.5a4 4 0 0 1 0 8H14M8.5 12h7",
        "open_in_new" => "M13 4H4.5v15.5H20V11M15.5 4H20v4.5M20 4l-9 9",
        "public" | "language" => "M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18M3 12h18M12 3c-5 5-5 13 0 18c5-5 5-13 0-18",
        "location_on" | "place" => "M12 21c-4-4.5-6.5-8-6.5-11a6.5 6.5 0 0 1 13 0c0 3-2.5 6.5-6.5 11M12 7.5a2.5 2.5 0 1 0 0 5a2.5 2.5 0 0 0 0-5",
        "domain" | "apartment" => "M4 20.5V4h8v4h8v12.5zM12 8v12.5M7 8h2M7 12h2M7 16h2M15 12h2M15 16h2",
        "more_vert" => "M12 4.6a.9 .9 0 1 0 0 1.8a.9 .9 0 1 0 0-1.8M12 11.1a.9 .9 0 1 0 0 1.8a.9 .9 0 1 0 0-1.8M12 17.6a.9 .9 0 1 0 0 1.8a.9 .9 0 1 0 0-1.8",
        "more_horiz" => "M5.5 11.1a.9 .9 0 1 0 0 1.8a.9 .9 0 1 0 0-1.8M12 11.1a.9 .9 0 1 0 0 1.8a.9 .9 0 1 0 0-1.8M18.5 11.1a.9 .9 0 1 0 0 1.8a.9 .9 0 1 0 0-1.8",
        "trending_up" => "M3 17l6-6l4 4l7.5-7.5M15 7h6v6",
        "trending_down" => "M3 7l6 6l4-4l7.5 7.5M15 17h6v-6",
        "monitoring" | "bar_chart" => "M4 20h16M6.5 20v-7M12 20V5M17.5 20v-11",
        "functions" => "M17.5 5H7l6 7l-6 7h10.5",
        "sell" => "M4 4h8l8.5 8.5l-8 8L4 12zM8 8v.1",
        "payments" | "attach_money" => "M3 6.5h18v11H3zM12 9.5a2.5 2.5 0 1 0 0 5a2.5 2.5 0 0 0 0-5M6 12h.1M18 12h.1",
        "bolt" => "M13 3L5 14h6l-1 7l8-11h-6z",
        "build" => "M20 7.5a5 5 0 0 1-6.8 4.7L6 19.5L4.5 18l7.3-7.2A5 5 0 0 1 16.5 4L14 6.5L17.5 10z",
        "settings" => "M12 8.5a3.5 3.5 0 1 0 0 7a3.5 3.5 0 0 0 0-7M12 3v3M12 18v3M3 12h3M18 12h3M5.6 5.6l2.1 2.1M16.3 16.3l2.1 2.1M18.4 5.6l-2.1 2.1M7.7 16.3l-2.1 2.1",
        "bug_report" => "M8 9.5h8v6a4 4 0 0 1-8 0zM9 9.5a3 3 0 0 1 6 0M8 12.5H4M8 16H4.5M16 12.5h4M16 16h3.5M12 9.5v10",
        "autorenew" | "sync" | "refresh" => "M5 13a7 7 0 0 1 12-6l2 2M19 5v4h-4M19 11a7 7 0 0 1-12 6l-2-2M5 19v-4h4",
        "mail" => "M3.5 6h17v12.5h-17zM3.5 7l8.5 6.5L20.5 7",
        "dark_mode" => "M19.5 14.5A8 8 0 1 1 9.5 4.5a6.5 6.5 0 0 0 10 10z",
        "chat" | "forum" => "M4 4.5h16v11.5H9L4 20zM8 9h8M8 12h5",
        "bookmark" => "M6.5 4h11v16.5L12 16.5l-5.5 4z",
        "flag" => "M6 21V4h12l-2 4.5l2 4.5H6",
        "star" => "M12 3.5l2.6 5.5l6 .8l-4.4 4.2l1.1 6L12 17.1L6.7 20l1.1-6L3.4 9.8l6-.8z",
        "list" => "M8.5 6.5h12M8.5 12h12M8.5 17.5h12M4 6.5h.1M4 12h.1M4 17.5h.1",
        "search" => "M10.5 4a6.5 6.5 0 1 0 0 13a6.5 6.5 0 0 0 0-13M15.5 15.5L20.5 20.5",
        "image" => "M4 5h16v14H4zM4 16l4.5-5l3.5 4l3-3l5 5M15.5 8.5v.1",
        "expand_more" => "M6.5 9.5l5.5 5.5l5.5-5.5",
        _ => return None,
    })
}

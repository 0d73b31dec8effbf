//! Text written to do harm, or only odd, in every place a text can stand. `checked` holds each
//! message to the schema, the limits, clean text, balanced tags and https links.

use model::alert::Account;
use model::ids::{CommunicationId, EventArn, ThreadKey};
use model::summary::{DigestReason, DigestRow, Rows};
use model::words::{EntityStatus, Status};
use model::{Alert, When};
use serde_json::Value;

use crate::alerts::{
    accounts, in_korean, issue, notice, resolved, resource, resources, scheduled, security, text,
    updated,
};
use crate::checks::{checked, strings};
use crate::digests::digest;

const HOSTILE: [&str; 27] = [
    "<users/all>",
    "<users/all> *x* _y_ ~z~ `code`",
    "<https://evil.example|https://health.aws.amazon.com>",
    "<a href=\"javascript:alert(1)\">x</a>",
    "<a href='data:text/html,x'>x</a> javascript:alert(1) https://user:pw@evil.example/",
    "<script>alert('x')</script><img src=x onerror=alert(1)>",
    "<font color=\"red\"><b>unclosed",
    "<b><i>crossed</b></i></font></section>",
    "p < 0.01 && q > 3 & R&D",
    "&lt; &amp;amp; &#x3C; &nbsp;",
    "<font color=\"expression(alert(1))\" style=\"position:fixed\">x</font>",
    "report\u{202E}fdp.exe \u{2066}x\u{2069} \u{200F}\u{061C}",
    "ze\u{200B}ro \u{FEFF}wi\u{2060}dth \u{E0041}\u{3164}",
    "nul\0 bel\u{7} esc\u{1b}[31m del\u{7f} c1\u{9b}",
    "👨\u{200D}👩\u{200D}👧\u{200D}👦 🇰🇷 👍🏽",
    "**bold** # head [t](https://evil.example) - list\n> quote",
    "a\r\nb\rc\u{2028}d\u{2029}e\n\n\n\nf",
    "한글 텍스트 \u{1112}\u{1161}\u{11AB}\u{1100}\u{1173}\u{11AF}",
    "\"quotes\" 'single' back\\slash \\\\ \\n \\u0041",
    "{account} {arn} {region} {{template}} ${VAR} %s %00",
    "]]> <!-- comment --> <![CDATA[x]]>",
    "\u{FFFD}\u{FFFD} lone",
    "https://docs.aws.amazon.com/x)입니다 (https://docs.aws.amazon.com/y).",
    "\u{0301}\u{0301}\u{0301}\u{0301} starts with marks",
    "   ",
    "\u{200B}",
    "<>",
];

/// Puts one text wherever the alert holds words.
fn everywhere(mut alert: Alert, hostile: &str) -> Alert {
    alert.text = vec![text("en_US", &format!("{hostile}\n\n{hostile}\n\n{hostile}"))];
    let names = [Some(hostile.to_owned()), None, Some("plain".to_owned())];
    let account = |name: &Option<String>| Account {
        id: hostile.into(),
        name: name.clone(),
        ou: Some(hostile.to_owned()),
        owner: Some(hostile.to_owned()),
        resources: 1,
    };
    alert.accounts = accounts(3, names.iter().map(account).collect());
    let status = EntityStatus::Other(hostile.to_owned());
    alert.resources =
        resources(1, &[(status.clone(), 1)], vec![resource(hostile, status, hostile)]);
    alert.event.service = hostile.into();
    alert.event.type_code = hostile.into();
    alert.event.regions = vec![hostile.into()];
    alert.event.arn = Some(EventArn::from(format!("arn:aws:health:::{hostile}")));
    alert.event.communication_id = Some(CommunicationId::from(hostile));
    alert.event.start = Some(When::Text(hostile.to_owned()));
    alert.event.status = match alert.event.status {
        Status::Resolved => Status::Resolved,
        _ => Status::Other(hostile.to_owned()),
    };
    alert.why.route = Some(hostile.to_owned());
    alert.why.rule = hostile.into();
    alert.why.config_version = hostile.into();
    alert.thread = ThreadKey::from(hostile);
    alert.target.runbook = Some(hostile.to_owned());
    alert.target.mention = Some(hostile.to_owned());
    alert.target.zone = hostile.into();
    alert.target.links = [(hostile.to_owned(), hostile.to_owned())].into();
    alert
}

#[test]
fn hostile_text_calls_nobody_links_nowhere_and_breaks_no_card() {
    let layouts = [issue(), scheduled(), notice(), security(), updated(issue()), resolved(issue())];
    for hostile in HOSTILE {
        for alert in &layouts {
            for alert in [alert.clone(), in_korean(alert.clone())] {
                let body = checked(&everywhere(alert, hostile)).body;
                harmless(hostile, &serde_json::from_slice(&body).unwrap());
            }
        }
    }
}

fn harmless(hostile: &str, message: &Value) {
    for (path, text) in strings(message) {
        if path == ".text" || path == ".fallbackText" {
            for mark in ["<", ">", "`", "://", "*x", "_y", "~z"] {
                assert!(!text.contains(mark), "{mark} in {path} for {hostile}: {text}");
            }
        }
        if path.rsplit('.').next() == Some("url") {
            let host = text.split('/').nth(2).unwrap();
            assert!(!host.contains("evil") && !host.contains('@'), "{hostile}: {text}");
        }
    }
}

#[test]
fn words_and_graphemes_of_any_length_stay_within_the_card() {
    let long = [
        "x".repeat(300),
        "가".repeat(5_000),
        "z".to_owned() + &"\u{0301}".repeat(60),
        "👨\u{200D}👩\u{200D}👧".repeat(63),
        "👨\u{200D}".repeat(4_000),
        format!("arn:aws:health:us-east-1::event/{}", "A".repeat(5_000)),
        "\"".repeat(20_000),
        "&".repeat(20_000),
        "line\n\n".repeat(4_000),
        "<".repeat(12_000),
    ];
    for text in &long {
        for alert in [issue(), scheduled(), in_korean(notice()), updated(issue())] {
            checked(&everywhere(alert, text));
        }
    }
}

#[test]
fn a_description_of_40_kb_fits_and_says_it_was_cut() {
    for language in ["en", "ko"] {
        let mut alert = issue();
        alert.target.locale = language.into();
        let paragraph =
            "AWS는 원인을 조사하고 있습니다. We are investigating the cause & working on it.\n\n";
        alert.text = vec![text("en_US", &paragraph.repeat(40_000 / paragraph.len() + 1))];
        let rendered = checked(&alert);
        assert!(rendered.cut.text);
        assert!(rendered.body.len() > 25_000, "as much as fits: {}", rendered.body.len());
        let said = if language == "en" { "text cut here" } else { "잘렸습니다" };
        assert!(String::from_utf8_lossy(&rendered.body).contains(said));
    }
}

#[test]
fn three_thousand_entities_fit_and_the_total_stays_whole() {
    let mut alert = issue();
    let row = |n: u32| resource(&format!("i-{n:017}"), EntityStatus::Impaired, "111122223333");
    alert.resources =
        resources(3_000, &[(EntityStatus::Impaired, 3_000)], (0..3_000).map(row).collect());
    let rendered = checked(&alert);
    assert_eq!(rendered.cut.resources, 2_988);
    let body = String::from_utf8(rendered.body).unwrap();
    for said in ["3000 resources", "+2988 more", "i-00000000000000000", "i-00000000000000004"] {
        assert!(body.contains(said), "{said}");
    }
}

#[test]
fn a_digest_of_everything_fits_and_names_all_that_has_no_message_of_its_own() {
    for reason in [DigestReason::QuietHours, DigestReason::Schedule] {
        let mut alert = digest(reason);
        let digest = alert.digest.as_mut().unwrap();
        let row = digest.due.shown[0].clone();
        let many = |list: &str, shown: u32| Rows {
            total: shown + 1_000,
            shown: (0..shown)
                .map(|n| DigestRow { thread: format!("{list}-{n}").as_str().into(), ..row.clone() })
                .collect(),
        };
        for (list, rows) in [
            ("new", &mut digest.new),
            ("open", &mut digest.open),
            ("stale", &mut digest.stale),
            ("due", &mut digest.due),
            ("overdue", &mut digest.overdue),
            ("resolved", &mut digest.resolved),
        ] {
            *rows = many(list, 20);
        }
        digest.held = many("held", 150);
        let rendered = checked(&in_korean(alert));
        let links = String::from_utf8(rendered.body).unwrap().matches("<a href=").count();
        assert!(links >= 30, "{links} lines");
        assert!(rendered.cut.rows > 7_000, "{:?}", rendered.cut);
    }
}

#[test]
fn what_is_missing_or_odd_still_gives_a_card() {
    type Change = fn(&mut Alert);
    let odd: [Change; 9] = [
        |alert| alert.text.clear(),
        |alert| alert.text = vec![text("xx", "…")],
        |alert| alert.accounts = accounts(0, vec![]),
        |alert| alert.accounts = accounts(500, vec![]),
        |alert| alert.event.regions.clear(),
        |alert| alert.event.start = None,
        |alert| alert.event.end = When::parse("2020-01-01T00:00:00Z"),
        |alert| alert.event.arn = None,
        |alert| alert.thread = ThreadKey::default(),
    ];
    for change in odd {
        for mut alert in [issue(), scheduled(), notice(), resolved(issue()), updated(notice())] {
            change(&mut alert);
            checked(&alert);
        }
    }
}

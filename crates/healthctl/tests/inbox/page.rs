//! The page in a real browser: cards come live, fold, stay readable and stay narrow.

use custom::whatap::wire;
use healthctl::metrics::Pack;
use serde_json::{Value, json};

use crate::served::{ALL, Served, posted};
use crate::web_driver::Browser;

pub(crate) const CONTRAST: &str = include_str!("contrast.js");

fn open() -> Option<(Browser, Served)> {
    let browser = Browser::open()?;
    let served = Served::start();
    browser.go(&format!("http://{}/", served.address));
    browser.until("document.getElementById('live').dataset.state === 'live'");
    Some((browser, served))
}

/// With every fixture in the feed.
fn full() -> Option<(Browser, Served)> {
    let (browser, served) = open()?;
    for (space, name) in ALL {
        served.inbox.post(posted(space, name));
    }
    let wanted = ALL.len();
    browser.until(&format!("document.querySelectorAll('.post').length === {wanted}"));
    Some((browser, served))
}

pub(crate) fn unfold_everything(browser: &Browser) {
    browser.run(
        "for (const b of document.querySelectorAll('[aria-expanded=\"false\"]')) {
             if (!b.hidden && !('menu' in b.dataset)) b.click();
         }",
    );
}

#[test]
fn cards_appear_live_grouped_by_thread_newest_first() {
    let Some((browser, served)) = open() else { return };
    browser.run("window.marked = true; return null;");
    assert_eq!(browser.eval("document.getElementById('empty').hidden"), json!(false));
    browser.picture("empty");

    served.inbox.post(posted("payments-oncall", "issue-opened"));
    browser.until("document.querySelectorAll('.card').length === 1");
    served.inbox.post(posted("database-team", "scheduled-ko"));
    served.inbox.post(posted("payments-oncall", "issue-resolved"));
    browser.until("document.querySelectorAll('.card').length === 3");

    let spaces = browser
        .run("return [...document.querySelectorAll('.thread .space')].map(e => e.textContent)");
    assert_eq!(spaces, json!(["payments-oncall", "database-team"]));
    let tabs = browser.run("return [...document.querySelectorAll('#spaces button')].map(e => [...e.children].map(c => c.textContent).join(' '))");
    assert_eq!(tabs, json!(["All spaces 3", "database-team 1", "payments-oncall 2"]));
    let reply = browser.eval("document.querySelector('.replies-toggle').innerText.split('\\n')[0]");
    assert_eq!(reply, json!("1 reply"));
    assert_eq!(browser.eval("document.querySelector('.replies').hidden"), json!(true));
    browser.click(".replies-toggle");
    assert_eq!(browser.eval("document.querySelector('.replies').hidden"), json!(false));

    browser.click("#spaces button:nth-child(2)");
    let visible =
        browser.eval("[...document.querySelectorAll('.thread')].filter(e => !e.hidden).length");
    assert_eq!(visible, json!(1));
    assert_eq!(browser.eval("window.marked"), json!(true), "the page was not loaded again");
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

#[test]
fn sections_fold_by_click_and_by_keyboard() {
    let Some((browser, served)) = open() else { return };
    served.inbox.post(posted("ops", "issue-opened"));
    browser.until("document.querySelector('[data-fold]')");
    let state = || {
        browser.run(
            "const b = document.querySelector('[data-fold]');
             return [b.innerText.trim(), b.getAttribute('aria-expanded'), b.previousElementSibling.hidden];",
        )
    };
    let section =
        browser.eval("document.querySelector('[data-fold]').closest('[role=group]').ariaLabel");
    assert_eq!(section, json!("What happened"), "whoever hears `Show more` hears of what");
    let folded = json!(["Show more", "false", true]);
    let open = json!(["Show less", "true", false]);
    assert_eq!(state(), folded);
    browser.click("[data-fold]");
    assert_eq!(state(), open);
    browser.keys("[data-fold]", "\u{e007}");
    assert_eq!(state(), folded, "Enter folds");
    browser.keys("[data-fold]", " ");
    assert_eq!(state(), open, "the space bar unfolds");

    browser.click("[data-menu]");
    assert_eq!(browser.eval("document.querySelector('.menu-items').hidden"), json!(false));
    browser.keys("[data-menu]", "\u{e00c}");
    assert_eq!(browser.eval("document.querySelector('.menu-items').hidden"), json!(true));
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

#[test]
fn raw_json_is_one_click_away() {
    let Some((browser, served)) = open() else { return };
    served.inbox.post(posted("ops", "scheduled-ko"));
    browser.until("document.querySelector('.raw summary')");
    browser.click(".raw summary");
    browser.until("document.querySelector('.raw pre').textContent !== ''");
    let raw = browser.eval(
        "JSON.parse(document.querySelector('.raw pre').textContent).message.cardsV2[0].cardId",
    );
    assert_eq!(raw, json!("sched-1"));
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

#[test]
fn an_event_is_posted_from_the_page_and_answered() {
    let Some((browser, served)) = open() else { return };
    browser.click("#fill");
    browser.click("#event-form [type=submit]");
    browser.until(
        "document.getElementById('answer').textContent.startsWith('202: 1 record accepted')",
    );
    assert_eq!(served.taken.lock().unwrap()[0].event.service.as_str(), "EC2");
    assert_eq!(browser.complaints(), Vec::<String>::new());

    browser.run("document.getElementById('event').value = '{'; return null;");
    browser.click("#event-form [type=submit]");
    browser.until(
        "document.getElementById('answer').textContent.startsWith('400: no readable record')",
    );

    browser.click("#storm");
    browser.until("document.getElementById('storm').textContent === 'Storm is playing'");
    assert_eq!(served.storms.load(std::sync::atomic::Ordering::SeqCst), 1);
}

#[test]
fn hostile_text_neither_runs_nor_links() {
    let Some((browser, served)) = open() else { return };
    served.inbox.post(posted("ops", "security-hostile"));
    served.inbox.post(posted("ops", "broken"));
    browser.until("document.querySelectorAll('.post').length === 2");
    let strange = browser.run(
        "return [...document.querySelectorAll('#feed script, #feed img, #feed [onerror], #feed blink, #feed a')]
             .filter(e => e.tagName !== 'A' || !/^https:\\/\\/[^@]*$/.test(e.href))
             .map(e => e.outerHTML);",
    );
    assert_eq!(strange, json!([]));
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

#[test]
fn all_text_is_readable_in_light_and_dark() {
    let Some((browser, _served)) = full() else { return };
    unfold_everything(&browser);
    for scheme in ["light", "dark"] {
        browser.prefer(scheme);
        let faint = browser.run(CONTRAST);
        assert_eq!(faint["faint"], json!([]), "{scheme}");
        assert!(faint["checked"].as_u64().unwrap() > 150, "{scheme}: {}", faint["checked"]);
    }
    browser.click("[data-theme-switch]");
    assert_eq!(browser.eval("document.documentElement.dataset.theme"), json!("light"));
}

#[test]
fn nothing_overflows_on_a_narrow_screen() {
    let Some((browser, _served)) = full() else { return };
    for width in [330, 480, 800, 1_200] {
        browser.width(width);
        unfold_everything(&browser);
        let sizes = browser.eval("[document.scrollingElement.scrollWidth, innerWidth]");
        assert!(sizes[0].as_u64() <= sizes[1].as_u64(), "at {width}: {sizes}");
    }
    browser.width(330);
    let stacked = browser.run(
        "const [a, b] = document.querySelector('.columns').children;
         return b.getBoundingClientRect().top >= a.getBoundingClientRect().bottom;",
    );
    assert_eq!(stacked, json!(true), "columns stack");
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

#[test]
fn ten_thousand_messages_do_not_slow_the_page() {
    let Some((browser, served)) = open() else { return };
    browser.run(
        "window.most = 0;
         new MutationObserver(() => {
             window.most = Math.max(window.most, document.querySelectorAll('.post').length);
         }).observe(document.getElementById('feed'), { childList: true, subtree: true });
         return null;",
    );
    for at in 0..10_000 {
        let mut message = posted("ops", "issue-update");
        message.thread = format!("thread-{}", at % 97).into();
        served.inbox.post(message);
    }
    browser.until("document.getElementById('older').textContent === '9,800 older'");
    assert_eq!(browser.eval("document.querySelectorAll('.post').length"), json!(200));
    assert!(browser.eval("window.most").as_u64() <= Some(200), "never more in the page");

    let took = browser.run(
        "const start = performance.now();
         document.querySelector('.replies-toggle:not([hidden])').click();
         document.body.getBoundingClientRect();
         return performance.now() - start;",
    );
    assert!(took.as_f64().unwrap() < 250.0, "a click takes {took} ms");
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

#[test]
fn each_series_of_custom_metrics_is_a_small_chart_that_goes_on() {
    let Some((browser, served)) = open() else { return };
    assert_eq!(browser.eval("document.getElementById('metrics').hidden"), json!(true));
    let pack = |second: i64, datas: Vec<(&str, f64)>| {
        let time_ms = 1_700_000_000_000 + second * 1_000;
        let tags = vec![("team", "<b>payments</b>")];
        let pack = wire::Pack { pcode: 1, oid: 2, time_ms, category: "aws_cost", tags, datas };
        Pack::read(&pack.bytes()).unwrap()
    };
    let charts = served.inbox.charts();
    for (second, value) in [(0, 1_200.5), (60, 900.0), (120, 1_350.25)] {
        charts.add(pack(second, vec![("daily_usd", value), ("hourly_usd", 50.0)]));
    }
    browser.until("document.querySelectorAll('#metrics svg').length === 2");
    let series = browser.run(
        "return [...document.querySelectorAll('#metrics li')].map(li => [
             li.querySelector('.series').innerText.trim(), li.querySelector('.last').innerText,
             li.querySelector('svg').getAttribute('aria-label') !== null,
         ]);",
    );
    assert_eq!(
        series,
        json!([
            ["daily_usd aws_cost team=<b>payments</b>", "1350.25", true],
            ["hourly_usd aws_cost team=<b>payments</b>", "50", true],
        ])
    );
    charts.add(pack(180, vec![("daily_usd", 7.0)]));
    browser.until("document.querySelector('#metrics .last').innerText.startsWith('7')");
    for scheme in ["light", "dark"] {
        browser.prefer(scheme);
        browser.until("document.getAnimations().length === 0");
        assert_eq!(browser.run(CONTRAST)["faint"], json!([]), "{scheme}");
        browser.picture(&format!("metrics-{scheme}"));
    }
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

#[test]
fn pictures_are_taken_for_a_person_to_look_at() {
    let Some((browser, _served)) = full() else { return };
    for (name, scheme, width) in
        [("light", "light", 1_200), ("dark", "dark", 1_200), ("narrow", "light", 330)]
    {
        browser.prefer(scheme);
        browser.width(width);
        browser.until("document.getAnimations().length === 0");
        browser.picture(name);
        browser.first_screen(&format!("{name}-first-screen"));
    }
    unfold_everything(&browser);
    browser.picture("narrow-unfolded");
    browser.width(1_200);
    browser.picture("unfolded");
    assert_eq!(browser.eval("document.querySelectorAll('.post').length"), Value::from(ALL.len()));
}

#[test]
fn a_standalone_preview_asks_the_network_for_nothing() {
    let Some(browser) = Browser::open() else { return };
    let bodies: Vec<_> = ALL.iter().map(|(space, name)| posted(space, name).message).collect();
    let bodies: Vec<_> = bodies.iter().map(AsRef::as_ref).collect();
    let path = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("preview.html");
    std::fs::write(&path, healthctl::preview::page(&bodies)).unwrap();
    browser.go(&format!("file://{}", path.display()));
    assert_eq!(browser.eval("performance.getEntriesByType('resource').length"), json!(0));
    browser.click("[data-fold]");
    assert_eq!(browser.eval("document.querySelector('[data-fold]').ariaExpanded"), json!("true"));
    browser.width(330);
    let sizes = browser.eval("[document.scrollingElement.scrollWidth, innerWidth]");
    assert!(sizes[0].as_u64() <= sizes[1].as_u64(), "{sizes}");
    assert_eq!(browser.complaints(), Vec::<String>::new());
    browser.width(700);
    browser.picture("standalone");
}

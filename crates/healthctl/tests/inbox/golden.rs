//! Every golden card of delibird as the preview draws it: nothing Chat would drop, readable in
//! both themes, never wider than a phone, and a picture of each for a person to look at.

use std::path::{Path, PathBuf};

use serde_json::json;
use serde_json::value::RawValue;

use crate::page::{CONTRAST, unfold_everything};
use crate::web_driver::Browser;

/// Name and message, in the order of their names.
fn golden() -> Vec<(String, Box<RawValue>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../delibird/tests/cards/snapshots");
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "snap"));
    paths.sort();
    let read = |path: &PathBuf| {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(path).unwrap();
        let body = text.splitn(3, "---\n").nth(2).unwrap();
        // As it goes over the wire: the preview counts its bytes.
        let body: serde_json::Value = serde_json::from_str(body).unwrap();
        (name, RawValue::from_string(body.to_string()).unwrap())
    };
    paths.iter().map(read).collect()
}

#[test]
fn chat_would_drop_nothing_of_any_golden_card() {
    let golden = golden();
    assert!(golden.len() > 40, "{} golden cards", golden.len());
    for (name, body) in golden {
        assert_eq!(healthctl::preview::flags(&body), [], "{name}");
    }
}

#[test]
fn every_golden_card_is_readable_fits_a_phone_and_has_its_picture_taken() {
    let Some(browser) = Browser::open() else { return };
    let golden = golden();
    let bodies: Vec<&RawValue> = golden.iter().map(|(_, body)| body.as_ref()).collect();
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("golden.html");
    std::fs::write(&path, healthctl::preview::page(&bodies)).unwrap();
    browser.go(&format!("file://{}", path.display()));
    for (width, screen) in [(330, "phone"), (700, "desk")] {
        browser.width(width);
        for scheme in ["light", "dark"] {
            browser.prefer(scheme);
            picture_each(&browser, &format!("{screen}-{scheme}"), &golden);
        }
    }
    unfold_everything(&browser);
    for width in [330, 700] {
        browser.width(width);
        for scheme in ["light", "dark"] {
            browser.prefer(scheme);
            let faint = browser.run(CONTRAST);
            assert_eq!(faint["faint"], json!([]), "{width} {scheme}");
        }
        let sizes = browser.eval("[document.scrollingElement.scrollWidth, innerWidth]");
        assert!(sizes[0].as_u64() <= sizes[1].as_u64(), "at {width}: {sizes}");
    }
    browser.width(330);
    browser.prefer("light");
    picture_each(&browser, "phone-unfolded", &golden);
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

/// One card at a time in the page: a browser takes a small page's picture much faster.
fn picture_each(browser: &Browser, folder: &str, golden: &[(String, Box<RawValue>)]) {
    for (at, (name, _)) in golden.iter().enumerate() {
        let place = browser.run(&format!(
            "const all = [...document.querySelectorAll('main > section')];
             all.forEach((section, i) => {{ section.hidden = i !== {at}; }});
             const r = all[{at}].querySelector('.preview').getBoundingClientRect();
             return {{ x: Math.max(0, r.x - 8), y: r.y + scrollY - 8, width: r.width + 16,
                      height: r.height + 16, scale: 1 }};"
        ));
        browser.part(&format!("golden/{folder}/{name}"), &place);
    }
    browser.run("for (const e of document.querySelectorAll('main > section')) e.hidden = false;");
}

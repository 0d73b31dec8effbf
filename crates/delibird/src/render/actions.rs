//! PURE. Buttons: the event in the console, the runbook, AWS's own pages; what is more than
//! three goes into a menu.

use super::View;
use crate::card::{
    Button, ButtonKind, ButtonList, HttpsUrl, IconName, MenuItem, OnClick, OpenLink, OverflowMenu,
    PlainLine, Widget, cut_columns,
};
use crate::links;

/// In a row on a phone; more wrap into a second row.
const BUTTONS: usize = 3;
const MENU: usize = 6;
const LABEL: usize = 40;
/// Links from the outside that are longer than this are not worth the bytes.
const LONGEST: usize = 600;

impl View<'_> {
    pub(super) fn actions(&self) -> Option<Widget> {
        let mut found = self.destinations();
        if found.is_empty() {
            return None;
        }
        let over = found.split_off(found.len().min(BUTTONS));
        let shorts: Vec<String> = found.iter().map(|(label, _)| in_short(label)).collect();
        let mut buttons: Vec<Button> = Vec::with_capacity(found.len() + 1);
        for (at, (label, url)) in found.into_iter().enumerate() {
            let alone = shorts.iter().filter(|short| **short == shorts[at]).count() == 1;
            let label = if alone { &shorts[at] } else { page_of(&label) };
            let kind = if at == 0 { ButtonKind::Filled } else { ButtonKind::Outlined };
            buttons.push(button(label, kind, open(url)));
        }
        buttons.extend(self.menu(over));
        Some(Widget::ButtonList(ButtonList { buttons }))
    }

    fn destinations(&self) -> Vec<(String, HttpsUrl)> {
        let words = self.words;
        let mut found: Vec<(String, HttpsUrl)> = Vec::new();
        let mut add = |label: String, url: HttpsUrl| {
            if !found.iter().any(|(_, known)| *known == url) {
                found.push((label, url));
            }
        };
        if let Some(url) = links::health(self.alert) {
            add(words.open_health.to_owned(), url);
        }
        if let Some(url) = links::runbook(self.alert) {
            add(words.runbook.to_owned(), url);
        }
        for (name, url) in links::own(self.alert) {
            add(cut_columns(name, LABEL).into_owned(), url);
        }
        for url in self.pages.iter().filter(|url| url.as_str().len() <= LONGEST) {
            add(self.page_label(url), url.clone());
        }
        found.truncate(BUTTONS + MENU);
        found
    }

    /// Says where it leads, in words for the pages AWS links most.
    fn page_label(&self, url: &HttpsUrl) -> String {
        let host = url.host();
        let kind = match host {
            "aws.amazon.com" if url.path().starts_with("/support") => {
                return self.words.aws_support.to_owned();
            }
            "aws.amazon.com" if url.path().starts_with("/premiumsupport") => {
                return self.words.aws_support.to_owned();
            }
            "docs.aws.amazon.com" | "docs.amazonaws.cn" => self.words.aws_docs,
            _ if host.contains("console.") => self.words.aws_console,
            _ => host,
        };
        let page = url.path().trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        let page = page.trim_end_matches(".html");
        let readable =
            !page.is_empty() && page != "home" && page.len() <= 60 && !page.contains('%');
        if readable {
            format!("{kind}: {}", page.replace(['-', '_'], " "))
        } else {
            kind.to_owned()
        }
    }

    fn menu(&self, over: Vec<(String, HttpsUrl)>) -> Option<Button> {
        let items: Vec<MenuItem> = over
            .into_iter()
            .map(|(label, url)| MenuItem {
                text: PlainLine::new(&label, LABEL),
                on_click: open(url),
            })
            .collect();
        if items.is_empty() {
            return None;
        }
        let menu = OnClick::OverflowMenu(OverflowMenu { items });
        let mut more = button(self.words.more, ButtonKind::Borderless, menu);
        more.icon = Some(IconName::MoreVert.saying(self.words.more));
        Some(more)
    }
}

/// `AWS docs` of `AWS docs: Stop Start`, which a menu has room for and a row of buttons has not.
fn in_short(label: &str) -> String {
    label.split(": ").next().unwrap_or(label).to_owned()
}

/// Where two buttons would say the same, the page tells them apart.
fn page_of(label: &str) -> &str {
    label.split_once(": ").map_or(label, |(_, page)| page)
}

fn open(url: HttpsUrl) -> OnClick {
    OnClick::OpenLink(OpenLink { url })
}

pub(super) fn outlined(label: &str, url: HttpsUrl) -> Button {
    button(label, ButtonKind::Outlined, open(url))
}

/// `says` tells a screen reader which of many equal buttons it is.
pub(super) fn borderless(label: &str, says: &str, url: HttpsUrl) -> Button {
    let alt_text = PlainLine::new(says, 120);
    Button { alt_text, ..button(label, ButtonKind::Borderless, open(url)) }
}

fn button(label: &str, kind: ButtonKind, on_click: OnClick) -> Button {
    let text = PlainLine::new(label, LABEL);
    Button { alt_text: text.clone(), text, icon: None, kind, on_click }
}

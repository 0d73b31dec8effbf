//! PURE. What a reminder says: how long there is, how much is left, and who has not done it.

use std::collections::BTreeMap;

use model::alert::{Account, count};
use model::words::Status;

use super::View;
use super::glance::{by_resources, cell};
use crate::card::{CardHtml, Columns, IconName, Section, Widget, cut_columns};
use crate::limits::{Allowance, Cut};

/// What fits four lines of a phone.
const NAMES: usize = 8;

impl View<'_> {
    pub(super) fn remind(&self, allowance: Allowance, cut: &mut Cut) -> Vec<Section> {
        let mut top = self.notes();
        match self.left_to_do() {
            Some(left) => top.push(Columns::pair(self.timing(), left)),
            None => top.push(Widget::DecoratedText(self.timing())),
        }
        top.push(self.not_done());
        let mut middle = self.lead(allowance);
        middle.extend(self.actions());
        let mut sections: Vec<Section> = Vec::with_capacity(4);
        sections.extend(Section::open(top));
        sections.extend(Section::open(middle));
        sections.extend(self.folded(allowance, cut));
        sections
    }

    /// Who still has something to do, the most first.
    fn not_done(&self) -> Widget {
        let total = self.not_done_yet();
        if let ([_], 0 | 1) = (self.alert.accounts.shown.as_slice(), total) {
            return Widget::DecoratedText(self.ours());
        }
        let mut text = CardHtml::default();
        let left = self.left_by_account();
        for (at, (account, left)) in left.iter().take(NAMES).enumerate() {
            let name = cut_columns(self.account_name(account), 40);
            match at {
                0 => text.bold(&name),
                _ => text.ours(" · ").text(&name),
            };
            if *left > 0 {
                text.text(&format!(" {left}"));
            }
        }
        let named = count(left.len().min(NAMES));
        if total > named {
            text.text(" ").text(&(self.words.and_more)(total - named));
        }
        let label = (self.words.not_done)(total);
        Widget::DecoratedText(cell(&label, text, "", IconName::Group))
    }

    /// How many accounts are not through.
    pub(crate) fn not_done_yet(&self) -> u32 {
        let accounts = &self.alert.accounts;
        let done = accounts.by_status.get(&Status::Resolved).copied().unwrap_or(0);
        accounts.total.saturating_sub(done)
    }

    /// By the resources that are not settled where all of them are known, else by all.
    fn left_by_account(&self) -> Vec<(&Account, u32)> {
        let resources = &self.alert.resources;
        let shown = &self.alert.accounts.shown;
        if resources.shown.is_empty() || resources.shown.len() < resources.total as usize {
            return by_resources(shown).map(|account| (account, account.resources)).collect();
        }
        let mut left: BTreeMap<&str, u32> = BTreeMap::new();
        for resource in resources.shown.iter().filter(|resource| !resource.status.is_settled()) {
            *left.entry(resource.account.as_str()).or_insert(0) += 1;
        }
        let of = |account: &Account| left.get(account.id.as_str()).copied().unwrap_or(0);
        let mut named: Vec<_> = shown.iter().map(|account| (account, of(account))).collect();
        named.retain(|(_, left)| *left > 0);
        named.sort_by_key(|(_, left)| std::cmp::Reverse(*left));
        named
    }
}

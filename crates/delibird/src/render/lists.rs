//! PURE. The folded lists: accounts with their ids, resources with where they stand.

use std::collections::HashMap;

use model::alert::{Resource, count};
use model::words::EntityStatus;

use super::View;
use super::glance::by_resources;
use crate::card::{CardHtml, Colour, TextParagraph, Widget, cut_columns};
use crate::catalogue::grouped;
use crate::limits::{Allowance, Cut};

/// Long enough for most ARNs.
const RESOURCE: usize = 120;
/// The rest of a large organization is a number.
const UNITS: usize = 10;
/// There are five; more were made up by a custom source.
const STATUSES: usize = 8;

impl View<'_> {
    /// Nothing for one account, which the glance already names with its id.
    pub(super) fn account_rows(&self, allowance: Allowance, cut: &mut Cut) -> Option<Widget> {
        let accounts = &self.alert.accounts;
        if accounts.total <= 1 || accounts.shown.is_empty() {
            return None;
        }
        let mut html = CardHtml::default();
        html.bold(&if self.is_public() {
            (self.words.notified)(accounts.total)
        } else {
            (self.words.accounts)(accounts.total)
        });
        self.by_unit(&mut html);
        let mut rows = 0;
        for account in by_resources(&accounts.shown).take(allowance.accounts) {
            rows += 1;
            html.line_break().ours("• ");
            if account.name.is_some() {
                html.text(&cut_columns(self.account_name(account), 63)).text(" ");
            }
            html.code(&cut_columns(account.id.as_str(), 40));
            if account.resources > 0 {
                html.ours(" · ").text(&(self.words.resources)(account.resources));
            }
            if let Some(owner) = account.owner.as_deref().filter(|owner| !owner.is_empty()) {
                html.ours(" · ").text(&cut_columns(owner, 40));
            }
        }
        cut.accounts = accounts.total.saturating_sub(rows);
        self.more(&mut html, cut.accounts);
        TextParagraph::of(html)
    }

    /// Units with all their accounts, before the accounts themselves.
    fn by_unit(&self, html: &mut CardHtml) {
        let groups = &self.alert.accounts.groups;
        if groups.is_empty() {
            return;
        }
        html.line_break().text(self.words.by_unit).text(": ");
        for (at, group) in groups.iter().take(UNITS).enumerate() {
            if at > 0 {
                html.ours(" · ");
            }
            html.text(&cut_columns(self.unit_name(group), 40)).text(" ");
            html.bold(&grouped(group.accounts));
            if group.resources > 0 {
                html.text(&format!(" ({})", (self.words.resources)(group.resources)));
            }
        }
        if groups.len() > UNITS {
            html.text(" ").text(&(self.words.and_more)(count(groups.len() - UNITS)));
        }
    }

    pub(super) fn resource_rows(&self, allowance: Allowance, cut: &mut Cut) -> Option<Widget> {
        let resources = &self.alert.resources;
        if resources.total == 0 && resources.shown.is_empty() {
            return None;
        }
        let mut html = CardHtml::default();
        html.bold(&(self.words.resources)(resources.total));
        for (at, (status, count)) in resources.by_status.iter().take(STATUSES).enumerate() {
            html.ours(if at == 0 { ": " } else { " · " });
            self.status_word(&mut html, status).text(&format!(" {count}"));
        }
        let several = self.alert.accounts.total > 1;
        let names = if several { self.names_by_id() } else { HashMap::new() };
        let mut rows = 0;
        for resource in worst_first(&resources.shown).take(allowance.resources) {
            rows += 1;
            html.line_break().ours("• ").code(&cut_columns(&resource.id, RESOURCE)).text(" ");
            self.status_word(&mut html, &resource.status);
            if several {
                let id = resource.account.as_str();
                html.ours(" · ").text(&cut_columns(names.get(id).unwrap_or(&id), 63));
            }
        }
        cut.resources = resources.total.saturating_sub(rows);
        self.more(&mut html, cut.resources);
        TextParagraph::of(html)
    }

    pub(super) fn status_word<'h>(
        &self,
        html: &'h mut CardHtml,
        status: &EntityStatus,
    ) -> &'h mut CardHtml {
        html.status(colour(status), &cut_columns(self.words.entity(status), 30))
    }

    fn names_by_id(&self) -> HashMap<&str, &str> {
        let named = self.alert.accounts.shown.iter();
        named.filter_map(|account| Some((account.id.as_str(), account.name.as_deref()?))).collect()
    }

    fn more(&self, html: &mut CardHtml, hidden: u32) {
        if hidden > 0 {
            html.line_break().text(&(self.words.more_rows)(hidden));
        }
    }
}

fn colour(status: &EntityStatus) -> Option<Colour> {
    match status {
        EntityStatus::Impaired => Some(Colour::Red),
        EntityStatus::Pending => Some(Colour::Amber),
        EntityStatus::Unimpaired | EntityStatus::Resolved => Some(Colour::Green),
        EntityStatus::Unknown | EntityStatus::Other(_) => None,
    }
}

/// A pass for each rank: nobody looks past the first rows, so sorting thousands is wasted.
pub(super) fn worst_first(shown: &[Resource]) -> impl Iterator<Item = &Resource> {
    let rank = |status: &EntityStatus| match status {
        EntityStatus::Impaired => 0,
        EntityStatus::Pending => 1,
        EntityStatus::Unknown | EntityStatus::Other(_) => 2,
        EntityStatus::Unimpaired | EntityStatus::Resolved => 3,
    };
    (0..4).flat_map(move |wanted| shown.iter().filter(move |r| rank(&r.status) == wanted))
}

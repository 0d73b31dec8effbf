//! PURE. What is known of accounts: names, units, owners and tags. An entry may be for many
//! accounts at once (`1111*`); what the nearer entry does not say, the wider one does, and what the
//! document does not say at all, the organization's own list does.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::ids::AccountId;

/// Entries by account, and by pattern where the id holds a `*`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Directory {
    exact: BTreeMap<AccountId, AccountEntry>,
    /// The most literal first.
    patterns: Vec<(String, AccountEntry)>,
    organization: Arc<Organization>,
}

/// What AWS Organizations says of its accounts. Shared: it is large, and rules come and go.
pub type Organization = BTreeMap<AccountId, AccountEntry>;

/// What one entry says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountEntry {
    pub name: Option<String>,
    pub ou: Option<String>,
    pub owner: Option<String>,
    pub tags: BTreeMap<String, String>,
    /// Closed, or on its way: it sends nothing, and should not.
    pub suspended: bool,
}

/// The entries that speak of one account, nearest first.
#[derive(Clone, Debug, Default)]
pub struct Known<'a> {
    entries: Vec<&'a AccountEntry>,
}

impl Directory {
    /// A second entry under the same id replaces the first.
    pub fn insert(&mut self, id: &str, entry: AccountEntry) {
        if !id.contains('*') {
            self.exact.insert(id.into(), entry);
            return;
        }
        self.patterns.retain(|(known, _)| known != id);
        self.patterns.push((id.to_owned(), entry));
        let literal = |pattern: &str| pattern.chars().filter(|c| *c != '*').count();
        self.patterns.sort_by(|(a, _), (b, _)| literal(b).cmp(&literal(a)).then_with(|| a.cmp(b)));
    }

    /// Every account that is known one by one and should be heard from.
    pub fn active(&self) -> impl Iterator<Item = &AccountId> {
        let listed = self.organization.iter().filter(|(_, entry)| !entry.suspended);
        let listed = listed.map(|(id, _)| id).filter(|id| !self.exact.contains_key(*id));
        let is_suspended =
            |id: &AccountId| self.organization.get(id).is_some_and(|entry| entry.suspended);
        self.exact.keys().filter(move |id| !is_suspended(id)).chain(listed)
    }

    /// Speaks where the document's own entries, patterns too, say nothing.
    pub fn set_organization(&mut self, organization: Arc<Organization>) {
        self.organization = organization;
    }

    pub fn known(&self, account: &AccountId) -> Known<'_> {
        let exact = self.exact.get(account);
        let wider = self.patterns.iter().filter(|(pattern, _)| covers(pattern, account.as_str()));
        let wider = wider.map(|(_, entry)| entry);
        let listed = self.organization.get(account);
        Known { entries: exact.into_iter().chain(wider).chain(listed).collect() }
    }

    /// The account of this name, when there is exactly one.
    pub(crate) fn named(&self, name: &str) -> Option<&AccountId> {
        let is_named = |entry: &AccountEntry| entry.name.as_deref() == Some(name);
        let listed = self.organization.iter().filter(|(id, _)| !self.exact.contains_key(*id));
        let mut named = self.exact.iter().chain(listed).filter(|(_, entry)| is_named(entry));
        match (named.next(), named.next()) {
            (Some((id, _)), None) => Some(id),
            _ => None,
        }
    }
}

impl Extend<(AccountId, AccountEntry)> for Directory {
    fn extend<T: IntoIterator<Item = (AccountId, AccountEntry)>>(&mut self, entries: T) {
        for (id, entry) in entries {
            self.insert(id.as_str(), entry);
        }
    }
}

impl<'a> Known<'a> {
    pub fn name(&self) -> Option<&'a str> {
        self.entries.iter().find_map(|entry| entry.name.as_deref())
    }

    pub fn ou(&self) -> Option<&'a str> {
        self.entries.iter().find_map(|entry| entry.ou.as_deref())
    }

    pub fn owner(&self) -> Option<&'a str> {
        self.entries.iter().find_map(|entry| entry.owner.as_deref())
    }

    pub fn tag(&self, key: &str) -> Option<&'a str> {
        self.entries.iter().find_map(|entry| entry.tags.get(key).map(String::as_str))
    }

    /// The same, with one more entry that is nearer than all.
    pub(crate) fn beneath(mut self, nearest: &'a AccountEntry) -> Self {
        self.entries.insert(0, nearest);
        self
    }
}

/// `*` stands for any characters or none; the walk goes back only to the last star, so that it
/// is never more than pattern times text.
fn covers(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        if pattern.get(p) == Some(&b'*') {
            star = Some((p, t));
            p += 1;
        } else if pattern.get(p) == Some(&text[t]) {
            (p, t) = (p + 1, t + 1);
        } else if let Some((at, from)) = star {
            star = Some((at, from + 1));
            (p, t) = (at + 1, from + 1);
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_characters() {
        let rows = [
            ("1111*", "111122223333", true),
            ("*3333", "111122223333", true),
            ("11*22*33", "111122223333", true),
            ("*", "", true),
            ("1111*", "211122223333", false),
            ("*4", "111122223333", false),
            ("1*2*1", "111122223333", false),
        ];
        for (pattern, text, expected) in rows {
            assert_eq!(covers(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn the_nearer_entry_speaks_first_and_the_wider_one_fills_in() {
        let entry = |name: &str, ou: &str, tag: &str| AccountEntry {
            name: (!name.is_empty()).then(|| name.to_owned()),
            ou: (!ou.is_empty()).then(|| ou.to_owned()),
            tags: BTreeMap::from([(tag.to_owned(), name.to_owned())]),
            ..AccountEntry::default()
        };
        let mut directory = Directory::default();
        directory.insert("*", entry("any", "root", "a"));
        directory.insert("1111*", entry("", "prod", "b"));
        directory.insert("111122223333", entry("payments-prod", "", "c"));
        let known = directory.known(&"111122223333".into());
        assert_eq!((known.name(), known.ou()), (Some("payments-prod"), Some("prod")));
        assert_eq!((known.tag("a"), known.tag("c")), (Some("any"), Some("payments-prod")));
        let other = directory.known(&"999922223333".into());
        assert_eq!((other.name(), other.ou(), other.owner()), (Some("any"), Some("root"), None));
    }

    #[test]
    fn the_organization_speaks_where_the_document_is_silent() {
        let named = |name: Option<&str>, owner: Option<&str>| AccountEntry {
            name: name.map(str::to_owned),
            owner: owner.map(str::to_owned),
            ..AccountEntry::default()
        };
        let mut directory = Directory::default();
        directory.insert("1111*", named(None, Some("infra")));
        let listed = [
            ("111122223333", named(Some("payments-prod"), Some("payments"))),
            ("444455556666", named(Some("sandbox"), None)),
        ];
        let listed = listed.map(|(id, entry)| (AccountId::from(id), entry));
        directory.set_organization(Arc::new(BTreeMap::from(listed)));
        let known = directory.known(&"111122223333".into());
        assert_eq!((known.name(), known.owner()), (Some("payments-prod"), Some("infra")));
        assert_eq!(directory.named("sandbox"), Some(&"444455556666".into()));
        directory.insert("444455556666", named(Some("lab"), None));
        assert_eq!(directory.known(&"444455556666".into()).name(), Some("lab"));
        assert_eq!(directory.named("sandbox"), None, "the document calls it otherwise");
    }

    #[test]
    fn accounts_of_the_document_and_of_the_organization_are_expected_but_not_suspended_ones() {
        let mut directory = Directory::default();
        for id in ["1*", "111122223333", "222233334444"] {
            directory.insert(id, AccountEntry::default());
        }
        let listed = [("222233334444", true), ("333344445555", false), ("444455556666", true)];
        let listed = listed.map(|(id, suspended)| {
            (AccountId::from(id), AccountEntry { suspended, ..AccountEntry::default() })
        });
        directory.set_organization(Arc::new(BTreeMap::from(listed)));
        let active: Vec<&str> = directory.active().map(AccountId::as_str).collect();
        assert_eq!(active, ["111122223333", "333344445555"]);
    }
}

//! PURE. Where a group stands: the newest communication of each account, joined over its pages.
//!
//! Order is per account, by last update. For campaigns each ARN of an account is followed by
//! itself, since each is another resource with communications of its own; an issue is one thing
//! per account under whatever ARN. PUBLIC events stand as their newest communication does.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

use jiff::{SignedDuration, Timestamp};
use model::ids::{AccountId, Region};
use model::words::{EntityStatus, Severity, Status, StatusCode, Subject};
use model::{When, fingerprint};
use state::group::Group;
use state::member::Member;

/// How long an account's counts wait for the rest of its pages.
const PAGES_WAIT: SignedDuration = SignedDuration::from_mins(2);

pub(crate) struct Standing<'a> {
    pub(crate) members: &'a [&'a Arc<Member>],
    pub(crate) streams: Vec<Stream<'a>>,
    /// The newest member of all.
    pub(crate) newest: &'a Member,
    pub(crate) status: Status,
    pub(crate) severity: Severity,
    /// When the last incomplete set of pages is no longer waited for.
    pub(crate) pages_until: Option<Timestamp>,
}

/// The communications of one account, or of one account under one ARN.
pub(crate) struct Stream<'a> {
    pub(crate) account: &'a AccountId,
    /// All pages of the newest communication.
    pub(crate) latest: Vec<&'a Member>,
    pub(crate) resources: BTreeMap<&'a str, &'a EntityStatus>,
    pub(crate) status: Status,
    /// Its pages were announced before; later ones are no news.
    pub(crate) told: bool,
    /// Its deadline is another than was told.
    pub(crate) moved: bool,
    moment: Timestamp,
}

impl<'a> Standing<'a> {
    /// Nothing when the group has no member.
    pub(crate) fn of(
        members: &'a [&'a Arc<Member>],
        told: Option<&Group>,
        now: Timestamp,
    ) -> Option<Self> {
        let newest: &Member = members.iter().max_by_key(|member| order(member))?;
        let streams = streams(members, told, now);
        let status = if newest.is_public() {
            streams.iter().max_by_key(|stream| stream.moment)?.status.clone()
        } else {
            overall(&streams)
        };
        let severity = streams.iter().map(Stream::severity).max()?;
        let pages_until = streams.iter().filter_map(|stream| stream.pages_until(now)).max();
        Some(Self { members, streams, newest, status, severity, pages_until })
    }

    /// The newest of the members that make the severity what it is.
    pub(crate) fn decisive(&self) -> &'a Member {
        let latest = self.streams.iter().flat_map(|stream| stream.latest.iter().copied());
        let severest = latest.filter(|member| member.severity == self.severity);
        severest.max_by_key(|member| order(member)).unwrap_or(self.newest)
    }

    /// Something newer than the resolution is not resolved itself.
    pub(crate) fn reopens(&self, resolved: Timestamp) -> bool {
        let mut newer = self.streams.iter().filter(|stream| stream.moment > resolved);
        newer.any(|stream| stream.status != Status::Resolved)
    }

    /// The earliest announced end of something that says it is resolved already.
    pub(crate) fn ends_later(&self, now: Timestamp) -> Option<Timestamp> {
        let claims = self.streams.iter().filter_map(|stream| {
            let member = stream.latest.iter().find(|member| member.says_resolved)?;
            member.end.as_ref().and_then(When::at)
        });
        claims.filter(|end| *end > now).min()
    }

    pub(crate) fn is_campaign(&self) -> bool {
        follows_each_arn(self.newest)
    }

    /// The earliest deadline of what is not settled yet.
    pub(crate) fn deadline(&self) -> Option<Timestamp> {
        let open = self.streams.iter().filter(|stream| stream.status != Status::Resolved);
        open.filter_map(Stream::deadline).min()
    }

    /// The nearest deadline to come of what is not settled yet.
    pub(crate) fn deadline_after(&self, now: Timestamp) -> Option<Timestamp> {
        let open = self.streams.iter().filter(|stream| stream.status != Status::Resolved);
        open.filter_map(Stream::deadline).filter(|deadline| *deadline > now).min()
    }

    /// Where each account stands, over all its streams.
    pub(crate) fn accounts(&self) -> BTreeMap<&'a AccountId, Status> {
        let mut accounts: BTreeMap<&AccountId, Status> = BTreeMap::new();
        for stream in &self.streams {
            let entry = accounts.entry(stream.account).or_insert_with(|| stream.status.clone());
            if *entry == Status::Resolved || stream.status == Status::Open {
                entry.clone_from(&stream.status);
            }
        }
        accounts
    }

    pub(crate) fn regions(&self) -> Vec<Region> {
        let all: BTreeSet<&Region> =
            self.members.iter().filter_map(|member| member.region.as_ref()).collect();
        all.into_iter().cloned().collect()
    }

    /// How many events of AWS are behind this group.
    pub(crate) fn occurrences(&self) -> usize {
        let arns: BTreeSet<_> = self.members.iter().filter_map(|m| m.arn.as_ref()).collect();
        arns.len().max(1)
    }
}

impl Stream<'_> {
    pub(crate) fn newest(&self) -> &Member {
        // A stream is built from at least one member, and `latest` holds all of its newest.
        self.latest[0]
    }

    fn severity(&self) -> Severity {
        self.latest.iter().map(|member| member.severity).max().unwrap_or(Severity::Info)
    }

    fn deadline(&self) -> Option<Timestamp> {
        self.latest.iter().filter_map(|member| member.deadline).min()
    }

    /// Names this communication of this account.
    pub(crate) fn telling(&self) -> u64 {
        telling(self.newest())
    }

    /// Issues never wait for their pages.
    fn pages_until(&self, now: Timestamp) -> Option<Timestamp> {
        let newest = self.newest();
        if self.told || !matches!(newest.subject, Subject::Scheduled | Subject::Notice) {
            return None;
        }
        let first = self.latest.iter().map(|member| member.received).min()?;
        let missing = pages(&self.latest) < newest.pages;
        (missing && now < first + PAGES_WAIT).then(|| first + PAGES_WAIT)
    }
}

/// How many pages of a communication have come.
fn pages(latest: &[&Member]) -> u32 {
    let seen: BTreeSet<u32> = latest.iter().map(|member| member.page).collect();
    model::alert::count(seen.len())
}

fn telling(member: &Member) -> u64 {
    let arn = member.arn.as_ref().map_or("", |arn| arn.as_str());
    fingerprint::of(&format!("{}|{}|{arn}", member.account, member.communication))
}

fn order(member: &Member) -> (Timestamp, Timestamp) {
    (member.moment, member.received)
}

fn follows_each_arn(member: &Member) -> bool {
    matches!(member.subject, Subject::Scheduled | Subject::Notice)
}

/// PUBLIC events name no affected account, so that they are one stream.
static NOBODY: LazyLock<AccountId> = LazyLock::new(AccountId::unknown);

fn streams<'a>(
    members: &[&'a Arc<Member>],
    told: Option<&Group>,
    now: Timestamp,
) -> Vec<Stream<'a>> {
    let mut by_stream: BTreeMap<(&AccountId, &str), Vec<&'a Member>> = BTreeMap::new();
    for member in members {
        let arn = member.arn.as_ref().filter(|_| follows_each_arn(member));
        let account = if member.is_public() { &*NOBODY } else { &member.account };
        by_stream.entry((account, arn.map_or("", |arn| arn.as_str()))).or_default().push(member);
    }
    by_stream.into_iter().map(|((account, _), all)| stream(account, all, told, now)).collect()
}

fn stream<'a>(
    account: &'a AccountId,
    mut all: Vec<&'a Member>,
    told: Option<&Group>,
    now: Timestamp,
) -> Stream<'a> {
    all.sort_by(|a, b| order(b).cmp(&order(a)).then_with(|| a.key.cmp(&b.key)));
    let newest = all[0];
    let same = |member: &&Member, of: &Member| member.communication == of.communication;
    let latest: Vec<&Member> = all.iter().copied().filter(|m| same(m, newest)).collect();
    // A resolving text often lists nothing: then the last list still says what it was about.
    let listing = all.iter().copied().find(|member| !member.entities.is_empty());
    let mut resources = BTreeMap::new();
    for member in all.iter().filter(|m| listing.is_some_and(|listing| same(m, listing))) {
        for entity in &member.entities {
            resources.entry(entity.id.as_str()).or_insert(&entity.status);
        }
    }
    let listed_now = latest.iter().any(|member| !member.entities.is_empty());
    // A change waits for its pages, and then goes by those that have come; an issue does not wait.
    let whole = follows_each_arn(newest) || pages(&latest) >= newest.pages;
    let settled = whole && listed_now && resources.values().all(|status| status.is_settled());
    let status = status(newest, settled, now);
    let before = |group: &Group| all.iter().find(|member| member.received <= group.seen);
    // A date that is gone has moved nowhere: that of a notice is, once it has passed.
    let dated = newest.deadline.is_some();
    let moved = told.and_then(before).is_some_and(|b| dated && b.deadline != newest.deadline);
    let told = told.is_some_and(|group| group.told.contains(telling(newest)));
    let moment = newest.moment;
    Stream { account, latest, resources, status, told, moved, moment }
}

/// Not only `closed`: official samples resolve by text and end time, or by resources. A change
/// whose window passed is not done by that.
fn status(newest: &Member, settled: bool, now: Timestamp) -> Status {
    let ended = newest.end.as_ref().and_then(When::at).is_some_and(|end| end <= now);
    if newest.status == StatusCode::Closed || settled || (newest.says_resolved && ended) {
        Status::Resolved
    } else if newest.status == StatusCode::Upcoming {
        Status::Upcoming
    } else {
        Status::Open
    }
}

fn overall(streams: &[Stream<'_>]) -> Status {
    let mut unresolved = streams.iter().filter(|s| s.status != Status::Resolved).peekable();
    if unresolved.peek().is_none() {
        Status::Resolved
    } else if unresolved.all(|stream| stream.status == Status::Upcoming) {
        Status::Upcoming
    } else {
        Status::Open
    }
}

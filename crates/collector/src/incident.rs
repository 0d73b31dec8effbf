//! PURE, but for the walk over the store at the end: which incident an event belongs to.
//!
//! Three names lead to an incident, in this order: the event's ARN, its communication (copies of
//! one communication come under several ARNs), and its campaign (changes and notices that come
//! under one ARN per account or resource). The incident is tied to all of them; the first tie
//! wins, and incidents that were announced never merge.

use jiff::tz::TimeZone;
use model::ids::IncidentId;
use model::words::{Category, Subject};
use model::{HealthEvent, When, fingerprint};
use state::claim::Claim;
use state::{StateError, StateStore};

/// The names of an event's incident, strongest first, and the id it has when all are new.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    pub claims: Vec<(Name, Claim)>,
    pub new: IncidentId,
}

/// What leads to an incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name {
    Arn,
    Communication,
    Campaign,
}

pub fn identify(event: &HealthEvent) -> Identity {
    identify_by(event, fingerprint::masked(event.preferred_text()))
}

/// The same for whoever has the masked text already: it is a long one.
pub(crate) fn identify_by(event: &HealthEvent, text: u64) -> Identity {
    let source = event.source.as_str();
    let arn = event.arn.as_ref().map(|arn| Claim(["arn", source, arn.as_str()].join("|")));
    // Only a real id: a derived one differs with the reader's language and would join strangers.
    let communication = event.communication.as_ref().map(|id| {
        let (service, code) = (event.service.as_str(), event.type_code.as_str());
        Claim(["comm", source, service, code, event.scope.as_str(), id.as_str()].join("|"))
    });
    let campaign = campaign(event, text);
    let new = campaign.as_ref().or(arn.as_ref()).map_or_else(
        || IncidentId(format!("own|{}", event.identity())),
        |claim| IncidentId(claim.0.clone()),
    );
    let names = [Name::Arn, Name::Communication, Name::Campaign];
    let claims = names.into_iter().zip([arn, communication, campaign]);
    Identity { claims: claims.filter_map(|(name, claim)| Some((name, claim?))).collect(), new }
}

/// Source, service, type code, start day and the text without its numbers. The Region does not
/// count: one retirement campaign is one thing wherever the instances run.
fn campaign(event: &HealthEvent, text: u64) -> Option<Claim> {
    let planned =
        matches!(event.category, Category::ScheduledChange | Category::AccountNotification);
    if !planned || event.is_public() || event.subject() == Subject::Security {
        return None;
    }
    let day = match &event.start {
        Some(When::At(start)) => start.to_zoned(TimeZone::UTC).date().to_string(),
        Some(When::Text(text)) => text.clone(),
        None => String::new(),
    };
    let (source, service, code) = (&event.source, &event.service, &event.type_code);
    Some(Claim(format!("campaign|{source}|{service}|{code}|{day}|{text:016x}")))
}

/// Finds the incident or makes it, and ties every name to it.
///
/// Names are tied weakest first, so that two events that race under different ARNs meet at the
/// name they share before either is put. Where the campaign is known and leads here, the
/// communication is not tied: a campaign has one of its own for each account, which would be a
/// write each, and copies of it are led by the campaign as this one was.
pub async fn resolve<S: StateStore>(
    store: &S,
    identity: &Identity,
) -> Result<IncidentId, StateError> {
    let mut owners = Vec::with_capacity(identity.claims.len());
    for (_, claim) in &identity.claims {
        owners.push(store.claimed(claim).await?);
    }
    let strongest = owners.iter().position(Option::is_some);
    let known = strongest.and_then(|at| owners[at].clone());
    let mut incident = known.unwrap_or_else(|| identity.new.clone());
    // The campaign is the weakest name and the last one.
    let led_by_campaign = identity.claims.last().is_some_and(|(name, _)| *name == Name::Campaign)
        && owners.last().is_some_and(|owner| owner.as_ref() == Some(&incident));
    for (rank, (name, claim)) in identity.claims.iter().enumerate().rev() {
        if owners[rank].is_some() || (*name == Name::Communication && led_by_campaign) {
            continue;
        }
        let owner = store.stake(claim, &incident).await?;
        if strongest.is_none_or(|found| rank < found) {
            incident = owner;
        }
    }
    Ok(incident)
}

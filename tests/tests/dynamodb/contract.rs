//! The suite of the port, and what only a store with requests can get wrong.

use futures_util::future::join_all;
use jiff::SignedDuration;
use model::ids::IncidentId;
use state::StateStore;
use state::claim::Claim;
use state::header::{Lease, Token};
use state::store::{Claimed, Put};

use crate::{Scene, clock};

#[tokio::test]
async fn the_table_holds_the_contract() {
    let Some(scene) = Scene::new().await else { return };
    state::contract::all(&scene.store(), "table").await;
}

#[tokio::test]
async fn what_one_process_wrote_another_reads() {
    let Some(scene) = Scene::new().await else { return };
    let (one, two) = (scene.store(), scene.store());
    let (claim, incident) = (Claim("arn|x".to_owned()), IncidentId::from("x"));
    assert_eq!(one.stake(&claim, &incident).await, Ok(incident.clone()));
    assert_eq!(two.stake(&claim, &"other".into()).await, Ok(incident.clone()));
    assert_eq!(two.claimed(&claim).await, Ok(Some(incident.clone())));
    let member = crate::storm::member(1);
    assert_eq!(one.put_member(&incident, member.clone()).await, Ok(Put::New));
    assert_eq!(two.put_member(&incident, member.clone()).await, Ok(Put::Repeated));
    assert_eq!(*two.read(&incident).await.unwrap().members[0], member);
}

#[tokio::test]
async fn of_many_that_race_one_gets_the_lease_and_all_agree_on_a_claim() {
    let Some(scene) = Scene::new().await else { return };
    let stores: Vec<_> = (0..16).map(|_| scene.store()).collect();
    let incident = IncidentId::from("race");
    stores[0].bump(&incident).await.unwrap();
    let until = clock() + SignedDuration::from_secs(35);
    let leases: Vec<Lease> =
        (0..16).map(|n| Lease { token: Token(n.to_string()), until }).collect();
    let taken =
        stores.iter().zip(&leases).map(|(store, lease)| store.lease(&incident, lease, clock()));
    let taken = join_all(taken).await;
    let won = taken.iter().filter(|taken| matches!(taken, Ok(Claimed::Taken(_)))).count();
    let held = taken.iter().filter(|taken| **taken == Ok(Claimed::Held { until })).count();
    assert_eq!((won, held), (1, 15), "{taken:?}");

    let claim = Claim("comm|race".to_owned());
    let names: Vec<IncidentId> = (0..16).map(|n| IncidentId(n.to_string())).collect();
    let staked = stores.iter().zip(&names).map(|(store, name)| store.stake(&claim, name));
    let staked: Vec<IncidentId> = join_all(staked).await.into_iter().map(Result::unwrap).collect();
    assert!(staked.iter().all(|owner| *owner == staked[0]), "{staked:?}");
}

#[tokio::test]
async fn arrivals_are_counted_one_by_one() {
    let Some(scene) = Scene::new().await else { return };
    let store = scene.store();
    let incident = IncidentId::from("counted");
    let counted = join_all((0..50).map(|_| store.bump(&incident))).await;
    let mut counted: Vec<u64> =
        counted.into_iter().map(|header| header.unwrap().arrivals).collect();
    counted.sort_unstable();
    assert_eq!(counted, (1..=50).collect::<Vec<_>>());
}

#[tokio::test]
async fn an_incident_of_several_megabytes_is_read_page_by_page() {
    let Some(scene) = Scene::new().await else { return };
    let store = scene.store();
    let incident = IncidentId::from("pages");
    let entity = |n| model::Entity {
        id: format!("arn:aws:ec2:ap-northeast-2:111122223333:instance/i-{n:017x}"),
        status: model::words::EntityStatus::Impaired,
    };
    for account in 0..60 {
        let mut member = crate::storm::member(account);
        member.entities = (0..2_000).map(entity).collect();
        store.put_member(&incident, member).await.unwrap();
    }
    let read = scene.store().read(&incident).await.unwrap();
    let resources: usize = read.members.iter().map(|member| member.entities.len()).sum();
    assert_eq!((read.members.len(), resources), (60, 120_000));
    assert!(read.members.is_sorted_by_key(|member| member.received), "not in order of arrival");
}

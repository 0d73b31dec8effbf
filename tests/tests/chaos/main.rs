//! A small run of the chaos harness, and proof that it can fail: with a protocol that marks
//! before it sends, and with a table that forgets, it goes red.

#![expect(clippy::unwrap_used, reason = "a scene that cannot be set up is a failed test")]

use std::time::Duration;

use system_tests::binary;
use system_tests::chaos::hub::COLLECTOR_TIMEOUT;
use system_tests::chaos::story::routes;
use system_tests::chaos::{self, Deployment, Plan, Report, Script};
use system_tests::chat_server::RequestIds;
use system_tests::fault_proxy::Flavour;
use system_tests::fault_proxy::fate::Rates;

fn small(flavour: Flavour) -> Plan {
    Plan {
        script: Script::Chance,
        seed: 11,
        events: 150,
        copies: 3,
        kills: 6,
        over: Duration::from_secs(10),
        patience: Duration::from_mins(10),
        rates: Rates::rough,
        chat_failures: 200,
        request_ids: RequestIds::Honoured,
        flavour,
        deployment: Deployment {
            collector: binary::built("collector").unwrap(),
            delibird: None,
            other: None,
            processes: 4,
            collector_timeout: COLLECTOR_TIMEOUT,
            routes: routes(15),
        },
    }
}

#[expect(clippy::print_stdout, reason = "figures, for whoever looks")]
async fn run(plan: Plan) -> Option<Report> {
    let report = chaos::run(&plan).await.unwrap();
    if let Some(report) = &report {
        println!("{report}");
    }
    report
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_repeated_or_split_however_often_functions_are_killed() {
    let mut plan = small(Flavour::AsItIs);
    plan.deployment.delibird = Some(binary::built("delibird").unwrap());
    let Some(report) = run(plan).await else { return };
    assert!(report.is_clean());
    assert_eq!(report.figures.killed(), 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn marking_before_sending_loses_an_alert_and_it_shows() {
    let plan = Plan { rates: |_| Rates::CALM, ..small(Flavour::MarkBeforeSend) };
    let Some(report) = run(plan).await else { return };
    assert!(report.ledger.faults.iter().any(|fault| fault.starts_with("LOST")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_is_thrown_away_loses_an_account_and_it_shows() {
    let plan = Plan { kills: 0, rates: |_| Rates::CALM, ..small(Flavour::DroppedWrite) };
    let Some(report) = run(plan).await else { return };
    assert!(report.figures.dropped > 0);
    assert!(report.ledger.faults.iter().any(|fault| fault.starts_with("LOST")));
}

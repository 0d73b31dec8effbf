//! Whether the routing document can be read, and when something last came through the chain.

use rules::Rules;
use state::configuration;

use super::queues::Figures;
use super::{Finding, Verdict};
use crate::aws::{CLOUD_WATCH, Deployed};

pub(super) async fn configuration(deployed: &Deployed) -> Finding {
    const CHECK: &str = "configuration";
    const BACK: &str = "healthctl routes rollback, or push a sound one: healthctl routes push";
    let store = match deployed.store() {
        Ok(store) => store,
        Err(error) => return Finding::unknown(CHECK, format!("{error:#}"), "the state table"),
    };
    let there = match configuration::in_force(&store).await {
        Ok(Some(there)) => there,
        Ok(None) => {
            let seen = "nothing was published: the built-in rules hold, and one space, default";
            return Finding::new(CHECK, Verdict::Warn, seen, "healthctl routes push routes.toml");
        }
        Err(error) => {
            return Finding::unknown(
                CHECK,
                anyhow::Error::from(error).to_string(),
                "dynamodb:GetItem",
            );
        }
    };
    let number = there.number;
    let text = match configuration::text(&store, number).await {
        Ok(text) => text,
        Err(error) => {
            let seen = format!("{number} is in force and cannot be read: {error}");
            return Finding::fault(CHECK, seen, BACK);
        }
    };
    match Rules::parse(&text, &number.to_string()) {
        Err(_) => {
            let seen = format!(
                "{number} is in force and cannot be used: a function that runs keeps the last \
                 good one, one that starts takes an earlier one"
            );
            Finding::fault(CHECK, seen, BACK)
        }
        Ok(rules) => match rules.warnings(deployed.now()).len() {
            0 => Finding::ok(CHECK, format!("{number} is in force")),
            count => {
                let seen = format!("{number} is in force, with {count} warnings");
                let remedy =
                    "healthctl routes show > routes.toml; healthctl check --routes routes.toml";
                Finding::new(CHECK, Verdict::Warn, seen, remedy)
            }
        },
    }
}

/// It comes every 15 minutes; the template's alarm misses it after 45.
pub(super) async fn canary(deployed: &Deployed) -> Finding {
    const CHECK: &str = "canary";
    const PATIENCE: i64 = 45;
    let service = deployed.service(CLOUD_WATCH);
    let now = deployed.now();
    let canary = Figures { namespace: "HealthAlerts", name: "canary" };
    match canary.newest(&service, ("function", "delibird"), "Sum", PATIENCE, now).await {
        Ok(Some((at, _))) => {
            #[expect(clippy::cast_possible_truncation, reason = "seconds of our time")]
            let minutes = (now.as_second() - at as i64) / 60;
            Finding::ok(CHECK, format!("the last one came through {minutes} min ago"))
        }
        Ok(None) => Finding::fault(
            CHECK,
            format!("none came through for {PATIENCE} minutes"),
            "follow it along the queues above; docs/runbook.md, canary-missing",
        ),
        Err(failed) => {
            Finding::unknown(CHECK, failed.to_string(), "cloudwatch:GetMetricStatistics")
        }
    }
}

//! What waits and for how long, and what was given up.

use std::time::SystemTime;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::QueueAttributeName;
use clap::ValueEnum;
use function::aws::Failed;
use function::aws::json::JsonService;
use function::failure::Class;
use serde::Deserialize;
use serde_json::json;

use super::{Finding, is_missing};
use crate::aws::{CLOUD_WATCH, Deployed};
use crate::cli::deployed::{Queue, Stack};

/// Each with the age in seconds from which the template's alarm speaks.
const WATCHED: [(Queue, f64); 4] = [
    (Queue::Events, 300.0),
    (Queue::Flush, 1800.0),
    (Queue::Urgent, 120.0),
    (Queue::Normal, 3600.0),
];

pub(super) async fn look(deployed: &Deployed, stack: &Stack) -> Vec<Finding> {
    let sqs = Client::new(&deployed.config);
    let mut findings = Vec::new();
    for (queue, limit) in WATCHED {
        findings.push(waiting(deployed, &sqs, &stack.queue(queue), limit).await);
    }
    for queue in Queue::value_variants() {
        findings.push(dead_letters(deployed, &sqs, stack, *queue).await);
    }
    findings.extend(of_custom(deployed, &sqs, stack).await);
    findings
}

/// Sweeps of thresholds that failed for good; nothing where nobody deployed custom metrics. The next
/// sweep does what one left, so that none is put back.
async fn of_custom(deployed: &Deployed, sqs: &Client, stack: &Stack) -> Option<Finding> {
    let name = format!("{}-custom-dead-letters", stack.project);
    let check = format!("queue {name}");
    match depth(deployed, sqs, &name).await {
        Ok(0) => Some(Finding::ok(check, "empty")),
        Ok(count) => {
            let remedy =
                "see why, mend it, then purge the queue: docs/runbook.md, custom-dead-letters";
            Some(Finding::fault(check, format!("{count} dead letters"), remedy))
        }
        Err(failed) if is_missing(&failed) => None,
        Err(failed) => Some(not_seen(check, &name, &failed)),
    }
}

async fn waiting(deployed: &Deployed, sqs: &Client, name: &str, limit: f64) -> Finding {
    let check = format!("queue {name}");
    let waiting = match depth(deployed, sqs, name).await {
        Ok(waiting) => waiting,
        Err(failed) => return not_seen(check, name, &failed),
    };
    if waiting == 0 {
        return Finding::ok(check, "nothing waits");
    }
    let service = deployed.service(CLOUD_WATCH);
    let now = deployed.now();
    let age = Figures { namespace: "AWS/SQS", name: "ApproximateAgeOfOldestMessage" };
    match age.newest(&service, ("QueueName", name), "Maximum", 15, now).await {
        Err(failed) => {
            let seen = format!("{waiting} wait; since when: {failed}");
            Finding::unknown(check, seen, "cloudwatch:GetMetricStatistics")
        }
        Ok(Some((_, age))) if age > limit => {
            let seen = format!("{waiting} wait, the oldest for {age} s");
            let remedy = "is its function throttled or failing? docs/runbook.md, Lateness";
            Finding::fault(check, seen, remedy)
        }
        Ok(Some((_, age))) => Finding::ok(check, format!("{waiting} wait, the oldest for {age} s")),
        Ok(None) => {
            let seen = format!("{waiting} wait; CloudWatch does not say since when");
            Finding::unknown(check, seen, "cloudwatch:GetMetricStatistics")
        }
    }
}

async fn dead_letters(deployed: &Deployed, sqs: &Client, stack: &Stack, queue: Queue) -> Finding {
    let name = stack.dead_letters(queue);
    let check = format!("queue {name}");
    match depth(deployed, sqs, &name).await {
        Ok(0) => Finding::ok(check, "empty"),
        Ok(count) => {
            let redrive = format!("healthctl redrive --queue {queue}{}", stack.flag());
            let remedy = format!(
                "{redrive} --dry-run shows why; mend the cause, then {redrive} puts them back: \
                 docs/runbook.md, Dead letters"
            );
            Finding::fault(check, format!("{count} dead letters"), remedy)
        }
        Err(failed) => not_seen(check, &name, &failed),
    }
}

fn not_seen(check: String, name: &str, failed: &Failed) -> Finding {
    if is_missing(failed) {
        let remedy = "name the stack's Project with --project; if it was deleted, deploy again";
        return Finding::fault(check, format!("there is no queue {name}"), remedy);
    }
    Finding::unknown(check, failed.to_string(), "sqs:GetQueueUrl and sqs:GetQueueAttributes")
}

/// How many messages wait to be read.
async fn depth(deployed: &Deployed, sqs: &Client, name: &str) -> Result<u64, Failed> {
    const WAITING: QueueAttributeName = QueueAttributeName::ApproximateNumberOfMessages;
    let url = deployed.queue_url(sqs, name).await?;
    let told = sqs.get_queue_attributes().queue_url(url).attribute_names(WAITING).send().await;
    let told = told.map_err(|error| Failed::from(&error))?;
    let count = told.attributes.and_then(|told| told.get(&WAITING)?.parse().ok());
    count.ok_or_else(|| Failed {
        class: Class::Unanswered,
        code: "the answer cannot be read".to_owned(),
    })
}

/// A metric of CloudWatch.
pub(super) struct Figures {
    pub namespace: &'static str,
    pub name: &'static str,
}

impl Figures {
    /// The newest figure of so many minutes, with its time in seconds of the epoch.
    pub(super) async fn newest(
        &self,
        service: &JsonService,
        (dimension, value): (&str, &str),
        statistic: &str,
        minutes: i64,
        now: jiff::Timestamp,
    ) -> Result<Option<(f64, f64)>, Failed> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Told {
            #[serde(default)]
            datapoints: Vec<Point>,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Point {
            timestamp: f64,
            maximum: Option<f64>,
            sum: Option<f64>,
        }
        let asked = json!({
            "Namespace": self.namespace, "MetricName": self.name, "Statistics": [statistic],
            "Dimensions": [{"Name": dimension, "Value": value}], "Period": 60,
            "StartTime": now.as_second() - minutes * 60, "EndTime": now.as_second(),
        });
        let told: Told = service.call("GetMetricStatistics", &asked, SystemTime::from(now)).await?;
        let points = told.datapoints.into_iter();
        let points =
            points.filter_map(|point| Some((point.timestamp, point.maximum.or(point.sum)?)));
        Ok(points.max_by(|left, right| left.0.total_cmp(&right.0)))
    }
}

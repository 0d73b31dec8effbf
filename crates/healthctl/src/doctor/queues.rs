//! What waits and for how long, and what was given up.

use std::time::SystemTime;

use function::aws::Failed;
use function::aws::json::JsonService;
use serde::Deserialize;
use serde_json::json;

use super::{Finding, is_missing};
use crate::aws::Deployed;

/// Each with the age in seconds from which the template's alarm speaks.
const QUEUES: [(&str, f64); 4] =
    [("events", 300.0), ("flush", 1800.0), ("urgent", 120.0), ("normal", 3600.0)];
const DEAD_LETTERS: [&str; 6] = ["events", "flush", "urgent", "normal", "rule", "subscription"];

pub(super) async fn look(deployed: &Deployed, project: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (name, limit) in QUEUES {
        findings.push(queue(deployed, &format!("{project}-{name}"), limit).await);
    }
    for name in DEAD_LETTERS {
        findings.push(dead_letters(deployed, &format!("{project}-{name}-dead-letters")).await);
    }
    findings
}

async fn queue(deployed: &Deployed, name: &str, limit: f64) -> Finding {
    let check = format!("queue {name}");
    let waiting = match depth(deployed, name).await {
        Ok(waiting) => waiting,
        Err(failed) => return not_seen(check, name, &failed),
    };
    if waiting == 0 {
        return Finding::ok(check, "nothing waits");
    }
    let service = deployed.service("monitoring", "GraniteServiceVersion20100801");
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

async fn dead_letters(deployed: &Deployed, name: &str) -> Finding {
    let check = format!("queue {name}");
    match depth(deployed, name).await {
        Ok(0) => Finding::ok(check, "empty"),
        Ok(count) => {
            // `health-events-dead-letters`
            let queue = name.trim_end_matches("-dead-letters").rsplit('-').next();
            let redrive = format!("healthctl redrive --queue {}", queue.unwrap_or_default());
            let remedy = format!(
                "{redrive} --dry-run shows why; mend the cause, then {redrive} puts them back: \
                 docs/runbook.md, Dead letters"
            );
            Finding::fault(check, format!("{count} dead letters"), remedy)
        }
        Err(failed) => not_seen(check, name, &failed),
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
async fn depth(deployed: &Deployed, name: &str) -> Result<u64, Failed> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Named {
        queue_url: String,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Told {
        attributes: Attributes,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Attributes {
        approximate_number_of_messages: String,
    }
    let sqs = deployed.service("sqs", "AmazonSQS");
    let now = deployed.now().into();
    let Named { queue_url } = sqs.call("GetQueueUrl", &json!({"QueueName": name}), now).await?;
    let asked = json!({"QueueUrl": queue_url, "AttributeNames": ["ApproximateNumberOfMessages"]});
    let told: Told = sqs.call("GetQueueAttributes", &asked, now).await?;
    let count = told.attributes.approximate_number_of_messages.parse();
    count.map_err(|_| Failed {
        class: function::failure::Class::Unanswered,
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

//! What the page on cost says of things that are counted in the repository.

use std::path::Path;
use std::process::Command;

use system_tests::template::{FOLDER, Template};

#[test]
fn what_alarms_and_metrics_cost_is_counted_from_the_templates_and_the_functions() {
    let root = Path::new(FOLDER).parent().unwrap();
    let check =
        Command::new("python3").arg(root.join("scripts/cost.py")).arg("--check").output().unwrap();
    assert!(check.status.success(), "{}", String::from_utf8_lossy(&check.stderr));

    // https://aws.amazon.com/cloudwatch/pricing/: ten cents an alarm that looks at one metric, thirty a metric.
    let template = Template::named("custom.yaml").unwrap();
    let alarms = template.resources_of("AWS::CloudWatch::Alarm").count();
    let metrics = ["received", "published", "failed", "cut", "configuration-unusable", "latency"];
    let cents = 10 * alarms + 30 * metrics.len();
    let expected = format!("{}.{:02} for its alarms and metrics", cents / 100, cents % 100);
    let page = include_str!("../../../docs/cost.md");
    assert!(page.contains(&expected), "docs/cost.md does not say {expected}");
}

//! Whatever hands something over has a place for what it could not hand over, and that place is
//! watched.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use system_tests::template::Template;

fn templates() -> Vec<Template> {
    let all = Template::all().unwrap();
    assert!(all.len() >= 4, "{}", all.len());
    all
}

/// In `!If [condition, this, nothing]`, this.
fn taken(value: &Value) -> &Value {
    value.get("Fn::If").map_or(value, |branches| &branches[1])
}

#[test]
fn every_target_subscription_queue_and_function_has_dead_letters() {
    for template in templates() {
        for (id, resource) in template.resources() {
            let properties = &resource["Properties"];
            let place = format!("{}: {id}", template.name);
            match resource["Type"].as_str().unwrap() {
                "AWS::Events::Rule" => {
                    for target in properties["Targets"].as_array().unwrap() {
                        assert!(taken(target)["DeadLetterConfig"]["Arn"].is_object(), "{place}");
                    }
                }
                "AWS::Scheduler::Schedule" => {
                    assert!(properties["Target"]["DeadLetterConfig"]["Arn"].is_object(), "{place}");
                }
                // A mail has no queue: who reads it later would be told of yesterday's fault.
                "AWS::SNS::Subscription" if properties["Protocol"] != "email" => {
                    assert!(properties["RedrivePolicy"].is_object(), "{place}");
                }
                "AWS::Lambda::Function" => {
                    assert!(properties["DeadLetterConfig"].is_object(), "{place}");
                }
                "AWS::SQS::Queue" if !id.ends_with("DeadLetters") => {
                    let times = properties["RedrivePolicy"]["maxReceiveCount"].as_u64();
                    assert!(times >= Some(100), "{place}: {times:?}");
                }
                _ => {}
            }
        }
    }
}

#[test]
fn every_queue_keeps_what_it_has_for_two_weeks_and_dead_letters_are_watched() {
    for template in templates() {
        let watched: BTreeSet<&str> = template
            .resources_of("AWS::CloudWatch::Alarm")
            .filter(|(_, alarm)| {
                alarm["Properties"]["MetricName"] == "ApproximateNumberOfMessagesVisible"
            })
            .filter_map(|(_, alarm)| {
                alarm["Properties"]["Dimensions"][0]["Value"]["Fn::GetAtt"][0].as_str()
            })
            .collect();
        for (id, queue) in template.resources_of("AWS::SQS::Queue") {
            let place = format!("{}: {id}", template.name);
            assert_eq!(queue["Properties"]["MessageRetentionPeriod"], 1_209_600, "{place}");
            assert_eq!(watched.contains(id), id.ends_with("DeadLetters"), "{place}");
        }
    }
}

#[test]
fn the_two_lanes_together_take_every_alert_once() {
    let template = Template::named("collector.yaml").unwrap();
    let filter = |id: &str| template.body["Resources"][id]["Properties"]["FilterPolicy"].clone();
    assert_eq!(filter("UrgentSubscription"), json!({"lane": ["urgent"]}));
    // Also what does not say its lane: a later release may not, and a person may publish by hand.
    assert_eq!(
        filter("NormalSubscription"),
        json!({"lane": [{"anything-but": ["urgent"]}, {"exists": false}]})
    );
    assert_eq!(state::outbox::Lane::Urgent.as_str(), "urgent");
}

#[test]
fn alarms_never_pass_through_delibird_and_always_reach_somebody() {
    let template = Template::named("collector.yaml").unwrap();
    let told =
        json!([{"Fn::If": ["OwnAlarmTopic", {"Ref": "AlarmTopic"}, {"Ref": "AlarmTopicArn"}]}]);
    for (id, alarm) in template.resources_of("AWS::CloudWatch::Alarm") {
        assert_eq!(alarm["Properties"]["AlarmActions"], told, "{id}");
    }
    for (id, subscription) in template.resources_of("AWS::SNS::Subscription") {
        let of_alarms = subscription["Properties"]["TopicArn"] == json!({"Ref": "AlarmTopic"});
        assert_eq!(of_alarms, subscription["Properties"]["Protocol"] == "email", "{id}");
    }
    assert!(template.body["Rules"]["SomebodyHears"].is_object());
}

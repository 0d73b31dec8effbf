//! PURE. Health records as AWS writes them, for the demo story. They go through the reader like
//! any other.

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use model::HealthEvent;
use serde_json::{Value, json};

/// One record without the times of its delivery.
#[derive(Clone, Debug)]
pub(super) struct Record {
    detail: Value,
    detail_type: &'static str,
    account: String,
    region: String,
}

impl Record {
    pub(super) fn new(service: &str, code: &str, category: &str, account: &str) -> Self {
        let region = "ap-northeast-2";
        let detail = json!({
            "service": service, "eventTypeCode": code, "eventTypeCategory": category,
            "eventScopeCode": "ACCOUNT_SPECIFIC", "statusCode": "open", "eventRegion": region,
            "affectedAccount": account, "affectedEntities": [], "page": "1", "totalPages": "1",
            "personas": ["OPERATIONS"],
        });
        Self {
            detail,
            detail_type: "AWS Health Event",
            account: account.to_owned(),
            region: region.to_owned(),
        }
    }

    pub(super) fn arn(self, name: &str) -> Self {
        let service = self.detail["service"].as_str().unwrap_or_default();
        let arn = format!("arn:aws:health:{}::event/{service}/{name}", self.region);
        self.with("eventArn", arn)
    }

    /// After `arn`, whose Region stays the one it was issued for.
    pub(super) fn region(mut self, region: &str) -> Self {
        region.clone_into(&mut self.region);
        self.with("eventRegion", region)
    }

    pub(super) fn public(self) -> Self {
        self.with("eventScopeCode", "PUBLIC")
    }

    pub(super) fn action_required(self) -> Self {
        self.with("actionability", "ACTION_REQUIRED")
    }

    pub(super) fn abuse(mut self) -> Self {
        self.detail_type = "AWS Health Abuse Event";
        self
    }

    pub(super) fn start(self, at: Timestamp) -> Self {
        self.with("startTime", rfc1123(at))
    }

    pub(super) fn end(self, at: Timestamp) -> Self {
        self.with("endTime", rfc1123(at))
    }

    pub(super) fn entities<'a>(
        self,
        entities: impl IntoIterator<Item = (String, &'a str)>,
    ) -> Self {
        let one = |(id, status)| json!({"entityValue": id, "status": status});
        let list: Vec<Value> = entities.into_iter().map(one).collect();
        self.with("affectedEntities", list)
    }

    pub(super) fn says(self, communication: &str, text: &str) -> Self {
        let description = json!([{"language": "en_US", "latestDescription": text}]);
        self.with("communicationId", format!("demo-{communication}-1"))
            .with("eventDescription", description)
    }

    fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.detail[key] = value.into();
        self
    }

    /// As it arrives at this time; in its own Region or in the backup one.
    pub(super) fn read(&self, sent: Timestamp, backup: Option<&str>) -> Option<HealthEvent> {
        let mut detail = self.detail.clone();
        detail["lastUpdatedTime"] = rfc1123(sent).into();
        detail["backupEvent"] = if backup.is_some() { "true" } else { "false" }.into();
        let envelope = json!({
            "version": "0", "source": "aws.health", "detail-type": self.detail_type,
            "account": self.account, "time": sent.to_string(),
            "region": backup.unwrap_or(&self.region), "resources": [], "detail": detail,
        });
        model::read(envelope.to_string().as_bytes()).into_iter().next()?.ok()
    }
}

fn rfc1123(at: Timestamp) -> String {
    DateTimePrinter::new().timestamp_to_rfc9110_string(&at).unwrap_or_else(|_| at.to_string())
}

//! The accounts of the organization, as AWS Organizations lists them: names, units and tags. It
//! is asked by the management account or a delegated administrator; anybody else is denied.
//!
//! One call at a time, since Organizations allows a few a second; who has no time left stops.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Access, Failed};
use crate::aws::json::{Api, JsonService};
use crate::failure::Class;

/// What is listed of one account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Account {
    pub id: String,
    pub name: String,
    /// The names of its units from the root down, `workloads/prod`; empty beneath the root itself
    /// and where units may not be read.
    pub ou: String,
    pub suspended: bool,
}

/// A call that was throttled or not answered is made again so often, each time after a longer pause.
const RETRIES: u32 = 5;
const PAUSE: Duration = Duration::from_millis(400);

const API: Api = Api {
    name: "organizations",
    host: "organizations",
    target: "AWSOrganizationsV20161128",
    content_type: "application/x-amz-json-1.1",
};

#[derive(Clone, Debug)]
pub struct Organizations {
    service: JsonService,
    clock: fn() -> Timestamp,
}

impl Organizations {
    pub fn new(access: &Access, client: reqwest::Client, clock: fn() -> Timestamp) -> Self {
        let (region, suffix) = home(&access.region);
        let endpoint = access
            .endpoint
            .clone()
            .unwrap_or_else(|| format!("https://organizations.{region}.amazonaws.com{suffix}"));
        let service = JsonService {
            access: access.clone(),
            client,
            api: API,
            region: region.to_owned(),
            endpoint,
        };
        Self { service, clock }
    }

    /// Every account. With its unit when the tree may be read, else without.
    pub async fn accounts(&self) -> Result<Vec<Account>, Failed> {
        match self.tree().await {
            Err(Failed { class: Class::Misconfigured, .. }) => {
                self.listed("ListAccounts", &Parent::default(), "").await
            }
            tree => tree,
        }
    }

    pub async fn tags(&self, account: &str) -> Result<BTreeMap<String, String>, Failed> {
        #[derive(Serialize)]
        #[serde(rename_all = "PascalCase")]
        struct Of<'a> {
            resource_id: &'a str,
        }
        let pages: Vec<Tags> =
            self.pages("ListTagsForResource", &Of { resource_id: account }).await?;
        let tags = pages.into_iter().flat_map(|page| page.tags);
        Ok(tags.map(|tag| (tag.key, tag.value)).collect())
    }

    async fn tree(&self) -> Result<Vec<Account>, Failed> {
        let roots: Vec<Roots> = self.pages("ListRoots", &Parent::default()).await?;
        let roots = roots.into_iter().flat_map(|page| page.roots);
        let mut parents: Vec<(String, String)> =
            roots.map(|root| (root.id, String::new())).collect();
        let mut accounts = Vec::new();
        while let Some((id, path)) = parents.pop() {
            let parent = Parent { parent_id: Some(&id) };
            accounts.extend(self.listed("ListAccountsForParent", &parent, &path).await?);
            let units: Vec<Units> = self.pages("ListOrganizationalUnitsForParent", &parent).await?;
            for unit in units.into_iter().flat_map(|page| page.organizational_units) {
                let below =
                    if path.is_empty() { unit.name } else { format!("{path}/{}", unit.name) };
                parents.push((unit.id, below));
            }
        }
        Ok(accounts)
    }

    async fn listed(
        &self,
        operation: &str,
        parent: &Parent<'_>,
        path: &str,
    ) -> Result<Vec<Account>, Failed> {
        let pages: Vec<Accounts> = self.pages(operation, parent).await?;
        let accounts = pages.into_iter().flat_map(|page| page.accounts);
        let account = |listed: Listed| Account {
            id: listed.id,
            name: listed.name,
            ou: path.to_owned(),
            suspended: listed.status.is_some_and(|status| status != "ACTIVE"),
        };
        Ok(accounts.map(account).collect())
    }

    async fn pages<Q: Serialize + Sync, A: for<'de> Deserialize<'de>>(
        &self,
        operation: &str,
        question: &Q,
    ) -> Result<Vec<A>, Failed> {
        #[derive(Serialize)]
        struct Asked<'a, Q> {
            #[serde(flatten)]
            question: &'a Q,
            #[serde(rename = "NextToken", skip_serializing_if = "Option::is_none")]
            token: Option<String>,
        }
        let mut pages = Vec::new();
        let mut token = None;
        loop {
            let page: Page<A> = self.insist(operation, &Asked { question, token }).await?;
            pages.push(page.content);
            token = page.token.filter(|token| !token.is_empty());
            if token.is_none() {
                return Ok(pages);
            }
        }
    }

    async fn insist<Q: Serialize + Sync, A: for<'de> Deserialize<'de>>(
        &self,
        operation: &str,
        question: &Q,
    ) -> Result<A, Failed> {
        for retry in 0..RETRIES {
            match self.service.call(operation, question, self.now()).await {
                Err(Failed { class: Class::Throttled | Class::Unanswered, .. }) => {
                    tokio::time::sleep(PAUSE * 2_u32.pow(retry)).await;
                }
                answered => return answered,
            }
        }
        self.service.call(operation, question, self.now()).await
    }

    fn now(&self) -> SystemTime {
        (self.clock)().into()
    }
}

/// Organizations is at home in one Region of each partition.
/// <https://docs.aws.amazon.com/general/latest/gr/ao.html>
fn home(region: &str) -> (&'static str, &'static str) {
    if region.starts_with("cn-") {
        ("cn-northwest-1", ".cn")
    } else if region.starts_with("us-gov-") {
        ("us-gov-west-1", "")
    } else {
        ("us-east-1", "")
    }
}

#[derive(Default, Serialize)]
struct Parent<'a> {
    #[serde(rename = "ParentId", skip_serializing_if = "Option::is_none")]
    parent_id: Option<&'a str>,
}

#[derive(Deserialize)]
struct Page<A> {
    #[serde(flatten)]
    content: A,
    #[serde(rename = "NextToken", default)]
    token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Roots {
    roots: Vec<Unit>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Units {
    organizational_units: Vec<Unit>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Unit {
    id: String,
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Accounts {
    accounts: Vec<Listed>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Listed {
    id: String,
    name: String,
    #[serde(default)]
    status: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tags {
    tags: Vec<Tag>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tag {
    key: String,
    value: String,
}

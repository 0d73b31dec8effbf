//! The account directory, filled from the emulator's organization.

use serde_json::{Value, json};
use state::directory::{self, Account};

use crate::Scene;

impl Scene {
    async fn organization(&self, operation: &str, body: Value) -> Value {
        let target = format!("AWSOrganizationsV20161128.{operation}");
        self.emulator.json("organizations", &target, &body).await.unwrap()
    }

    /// An account in `workloads/prod` with an owner, one beneath the root.
    async fn accounts(&self) {
        let roots = self.organization("ListRoots", json!({})).await;
        let mut parent = roots["Roots"][0]["Id"].clone();
        let root = parent.clone();
        for name in ["workloads", "prod"] {
            let unit = json!({"ParentId": parent, "Name": name});
            let unit = self.organization("CreateOrganizationalUnit", unit).await;
            parent = unit["OrganizationalUnit"]["Id"].clone();
        }
        for (name, place) in [("payments-prod", &parent), ("sandbox", &root)] {
            let email = format!("{name}@example.com");
            let created = self
                .organization("CreateAccount", json!({"AccountName": name, "Email": email}))
                .await;
            let id = created["CreateAccountStatus"]["AccountId"].clone();
            if *place != root {
                let moved =
                    json!({"AccountId": id, "SourceParentId": root, "DestinationParentId": place});
                self.organization("MoveAccount", moved).await;
            }
            let tags = json!({"ResourceId": id, "Tags": [{"Key": "Owner", "Value": name}]});
            self.organization("TagResource", tags).await;
        }
    }
}

#[tokio::test]
async fn the_directory_is_filled_from_the_organization_and_listed() {
    let Some(scene) = Scene::new("accounts").await else { return };
    let empty = scene.healthctl(&["accounts", "list"]);
    assert_eq!(empty.status, 0, "{}", empty.stderr);
    assert!(empty.stderr.contains("no directory yet"), "{}", empty.stderr);

    scene.accounts().await;
    let unknown = scene.healthctl(&["accounts", "sync", "--organization-profile", "nobody"]);
    assert_eq!(unknown.status, 1);
    assert!(unknown.stderr.contains("cannot ask AWS Organizations"), "{}", unknown.stderr);
    for profile in [&[][..], &["--organization-profile", "management"]] {
        let synced = scene.healthctl(&[&["accounts", "sync"], profile].concat());
        assert_eq!(synced.status, 0, "{}", synced.stderr);
        assert!(synced.stdout.contains("1 with their unit"), "{}", synced.stdout);
    }
    let listed = scene.healthctl(&["accounts", "list", "--format", "json"]);
    let listed: Vec<Account> = serde_json::from_str(&listed.stdout).unwrap();
    let named = |name: &str| listed.iter().find(|account| account.name == name).unwrap();
    let (payments, sandbox) = (named("payments-prod"), named("sandbox"));
    assert_eq!((payments.ou.as_str(), sandbox.ou.as_str()), ("workloads/prod", ""));
    assert_eq!(payments.tags["Owner"], "payments-prod");
    let table = scene.healthctl(&["accounts", "list"]).stdout;
    let row = table.lines().find(|line| line.contains("workloads/prod")).unwrap_or_default();
    let cells: Vec<&str> = row.split_whitespace().skip(1).collect();
    assert_eq!(cells, ["payments-prod", "workloads/prod", "Owner=payments-prod"], "{table}");
    let store = scene.store();
    let kept = directory::list(&store, &directory::stamp(&store).await.unwrap()).await;
    assert_eq!(kept, Ok(Some(listed)));
}

#[tokio::test]
async fn spaces_are_listed_by_name_and_no_webhook_is_shown() {
    let Some(scene) = Scene::new("spaces").await else { return };
    let webhook = "https://chat.googleapis.com/v1/spaces/AAAA/messages?key=hunter2&token=hunter2";
    for (secret, text) in [
        ("spaces", json!({"payments": webhook, "ops": webhook}).to_string()),
        ("broken", format!("ops = {webhook}")),
    ] {
        let body =
            json!({"Name": secret, "SecretString": text, "ClientRequestToken": "0".repeat(32)});
        scene.emulator.json("secretsmanager", "secretsmanager.CreateSecret", &body).await.unwrap();
    }
    let listed = scene.healthctl(&["spaces", "list", "--secret", "spaces"]);
    assert_eq!(
        (listed.status, listed.stdout.as_str()),
        (0, "ops\npayments\n"),
        "{}",
        listed.stderr
    );
    for (secret, expected) in
        [("broken", "holds no JSON"), ("nowhere", "ResourceNotFoundException")]
    {
        let refused = scene.healthctl(&["spaces", "list", "--secret", secret]);
        assert_eq!(refused.status, 1);
        assert!(refused.stderr.contains(expected), "{}", refused.stderr);
    }
}

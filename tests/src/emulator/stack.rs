//! A template on the emulator, as AWS would deploy it, but for what the emulator cannot: an image
//! becomes an archive of the same binary, and two types become calls.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

use super::call::CallError;
use super::{ACCOUNT, Emulator, REGION, lambda};
use crate::template::Template;

/// What the emulator's CloudFormation does not know.
const BY_CALL: [&str; 2] = ["AWS::Events::EventBusPolicy", "AWS::Events::Archive"];
const BUCKET: &str = "/deployment";
const PATIENCE: Duration = Duration::from_mins(1);

/// A stack that is there.
#[derive(Clone, Debug)]
pub struct Stack {
    pub name: String,
    pub outputs: BTreeMap<String, String>,
    /// Logical to physical ids.
    pub resources: BTreeMap<String, String>,
}

#[derive(Debug, thiserror::Error)]
pub enum StackError {
    #[error(transparent)]
    Call(#[from] CallError),
    #[error("the stack {name} ended as {status}: {events}")]
    Failed { name: String, status: String, events: String },
}

/// Binary of each function, by its logical id.
pub type Binaries<'b> = BTreeMap<&'b str, &'b Path>;

impl Emulator {
    pub async fn create_stack(
        &self,
        name: &str,
        template: &Template,
        parameters: &[(&str, &str)],
        binaries: &Binaries<'_>,
    ) -> Result<Stack, StackError> {
        self.put(BUCKET, Vec::new()).await?;
        let stack = self.change("CreateStack", name, template, parameters, binaries).await?;
        // Of listed principals there are none.
        let organization = parameters.iter().any(|(key, _)| *key == "OrgId");
        let made = |resource: &&Value| {
            let condition = &resource["Condition"];
            condition != "HasCustomPrincipals" && (condition != "HasOrganization" || organization)
        };
        for resource in by_call(template).map(|(_, resource)| resource).filter(made) {
            self.apply(resource, &stack, parameters).await?;
        }
        Ok(stack)
    }

    /// `parameters` that are not named keep their value, as with `UsePreviousValue`.
    pub async fn update_stack(
        &self,
        name: &str,
        template: &Template,
        parameters: &[(&str, &str)],
        binaries: &Binaries<'_>,
    ) -> Result<Stack, StackError> {
        self.change("UpdateStack", name, template, parameters, binaries).await
    }

    pub async fn delete_stack(&self, name: &str) -> Result<(), StackError> {
        self.query("cloudformation", &[("Action", "DeleteStack"), ("StackName", name)]).await?;
        let started = Instant::now();
        // A stack that is gone is not found by its name.
        while started.elapsed() < PATIENCE {
            match self.describe(name).await {
                Ok(xml) if status(&xml).ends_with("_FAILED") => {
                    return Err(self.failed(name, status(&xml)).await);
                }
                Ok(xml) if status(&xml) == "DELETE_COMPLETE" => return Ok(()),
                Ok(_) => tokio::time::sleep(Duration::from_millis(200)).await,
                Err(_) => return Ok(()),
            }
        }
        Err(self.failed(name, "never deleted").await)
    }

    async fn change(
        &self,
        action: &str,
        name: &str,
        template: &Template,
        parameters: &[(&str, &str)],
        binaries: &Binaries<'_>,
    ) -> Result<Stack, StackError> {
        let body = self.deployable(template, binaries).await?;
        let object = format!("{BUCKET}/{}-{action}.json", template.name);
        self.put(&object, body.to_string().into_bytes()).await?;
        let url = format!("{}{object}", self.endpoint);
        let mut form: Vec<(String, String)> = [
            ("Action", action),
            ("StackName", name),
            ("TemplateURL", &url),
            ("Capabilities.member.1", "CAPABILITY_IAM"),
        ]
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .into();
        let known = template.body["Parameters"].as_object().into_iter().flatten();
        let given: BTreeMap<&str, &str> = parameters.iter().copied().collect();
        let mut number = 1;
        for (parameter, _) in known {
            let member = format!("Parameters.member.{number}");
            match given.get(parameter.as_str()) {
                Some(value) => form.push((format!("{member}.ParameterValue"), (*value).to_owned())),
                None if action == "UpdateStack" => {
                    form.push((format!("{member}.UsePreviousValue"), "true".to_owned()));
                }
                None => continue,
            }
            form.push((format!("{member}.ParameterKey"), parameter.clone()));
            number += 1;
        }
        let form: Vec<(&str, &str)> =
            form.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        self.query("cloudformation", &form).await?;
        let started = Instant::now();
        while started.elapsed() < PATIENCE {
            let xml = self.describe(name).await?;
            match status(&xml) {
                "CREATE_COMPLETE" | "UPDATE_COMPLETE" => return Ok(self.stack(name, &xml).await?),
                status if status.ends_with("IN_PROGRESS") => {
                    tokio::time::sleep(Duration::from_millis(200)).await;
                }
                status => return Err(self.failed(name, status).await),
            }
        }
        Err(self.failed(name, "never done").await)
    }

    /// The template as the emulator takes it.
    async fn deployable(
        &self,
        template: &Template,
        binaries: &Binaries<'_>,
    ) -> Result<Value, CallError> {
        let mut body = template.body.clone();
        let left_out: Vec<String> = by_call(template).map(|(id, _)| id.to_owned()).collect();
        if let Some(resources) = body["Resources"].as_object_mut() {
            resources.retain(|id, _| !left_out.contains(id));
        }
        for (id, binary) in binaries {
            let object = format!("{id}-{}.zip", binary.display().to_string().replace('/', "-"));
            self.put(&format!("{BUCKET}/{object}"), lambda::archive(binary)).await?;
            let function = &mut body["Resources"][*id]["Properties"];
            function["PackageType"] = json!("Zip");
            function["Runtime"] = json!("provided.al2023");
            function["Handler"] = json!("bootstrap");
            function["Code"] = json!({"S3Bucket": &BUCKET[1..], "S3Key": object});
        }
        Ok(body)
    }

    async fn stack(&self, name: &str, described: &str) -> Result<Stack, CallError> {
        let resources = [("Action", "DescribeStackResources"), ("StackName", name)];
        let resources = self.query("cloudformation", &resources).await?;
        Ok(Stack {
            name: name.to_owned(),
            outputs: pairs(described, "OutputKey", "OutputValue"),
            resources: pairs(&resources, "LogicalResourceId", "PhysicalResourceId"),
        })
    }

    async fn describe(&self, name: &str) -> Result<String, CallError> {
        let describe = [("Action", "DescribeStacks"), ("StackName", name)];
        self.query("cloudformation", &describe).await
    }

    async fn failed(&self, name: &str, status: &str) -> StackError {
        let events = [("Action", "DescribeStackEvents"), ("StackName", name)];
        let events = self.query("cloudformation", &events).await.unwrap_or_default();
        StackError::Failed { name: name.to_owned(), status: status.to_owned(), events }
    }

    /// What a resource of a type that CloudFormation does not know here would do.
    async fn apply(
        &self,
        resource: &Value,
        stack: &Stack,
        parameters: &[(&str, &str)],
    ) -> Result<(), CallError> {
        let properties = resolved(&resource["Properties"], stack, parameters);
        let (call, body) = if resource["Type"] == "AWS::Events::Archive" {
            let pattern = properties["EventPattern"].to_string();
            let body = json!({"ArchiveName": properties["ArchiveName"],
                "EventSourceArn": properties["SourceArn"], "EventPattern": pattern});
            ("CreateArchive", body)
        } else {
            let policy = json!({"Version": "2012-10-17", "Statement": [properties["Statement"]]});
            let body = json!({"EventBusName": properties["EventBusName"],
                "Policy": policy.to_string()});
            ("PutPermission", body)
        };
        self.json("events", &format!("AWSEvents.{call}"), &body).await.map(drop)
    }
}

fn by_call(template: &Template) -> impl Iterator<Item = (&str, &Value)> {
    let unknown = |resource: &Value| BY_CALL.iter().any(|kind| resource["Type"] == *kind);
    template.resources().filter(move |(_, resource)| unknown(resource))
}

/// References to what is there, as their values.
fn resolved(value: &Value, stack: &Stack, parameters: &[(&str, &str)]) -> Value {
    let text = |name: &str| match name {
        "AWS::AccountId" => ACCOUNT.to_owned(),
        "AWS::Region" => REGION.to_owned(),
        "AWS::Partition" => "aws".to_owned(),
        "Project" => stack.name.clone(),
        name => {
            let given = parameters.iter().find(|(key, _)| *key == name);
            given.map_or_else(
                || stack.resources.get(name).cloned().unwrap_or_default(),
                |(_, value)| (*value).to_owned(),
            )
        }
    };
    match value {
        Value::Object(fields) if fields.len() == 1 => {
            if let Some(name) = fields.get("Ref").and_then(Value::as_str) {
                return json!(text(name));
            }
            if let Some(name) = fields.get("Fn::GetAtt").and_then(|path| path[0].as_str()) {
                let id = text(name);
                return json!(format!("arn:aws:events:{REGION}:{ACCOUNT}:event-bus/{id}"));
            }
            if let Some(template) = fields.get("Fn::Sub").and_then(Value::as_str) {
                return json!(template.replace("${Project}", &text("Project")));
            }
            // The only condition in there: whether the stack makes its bus.
            if let Some(branches) = fields.get("Fn::If") {
                let has = |(key, value): &(&str, &str)| {
                    *key == "ExistingEventBusArn" && !value.is_empty()
                };
                let branch = if parameters.iter().any(has) { 2 } else { 1 };
                return resolved(&branches[branch], stack, parameters);
            }
            if let Some(choice) = fields.get("Fn::Select") {
                let [separator, list] = [0, 1].map(|part| &choice[1]["Fn::Split"][part]);
                let list = resolved(list, stack, parameters);
                let mut parts =
                    list.as_str().unwrap_or_default().split(separator.as_str().unwrap_or("/"));
                let at = choice[0].as_u64().and_then(|at| usize::try_from(at).ok()).unwrap_or(0);
                return json!(parts.nth(at));
            }
            each(fields, stack, parameters)
        }
        Value::Object(fields) => each(fields, stack, parameters),
        Value::Array(items) => items.iter().map(|item| resolved(item, stack, parameters)).collect(),
        plain => plain.clone(),
    }
}

fn each(fields: &Map<String, Value>, stack: &Stack, parameters: &[(&str, &str)]) -> Value {
    let resolved =
        |(key, value): (&String, &Value)| (key.clone(), self::resolved(value, stack, parameters));
    Value::Object(fields.iter().map(resolved).collect())
}

/// The text of the first element of that name.
fn element<'x>(xml: &'x str, name: &str) -> Option<&'x str> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    rest.split_once(&format!("</{name}>")).map(|(text, _)| text)
}

fn status(xml: &str) -> &str {
    element(xml, "StackStatus").unwrap_or_default()
}

/// Keys and values that follow each other.
fn pairs(xml: &str, key: &str, value: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for part in xml.split("<member>").skip(1) {
        if let (Some(key), Some(value)) = (element(part, key), element(part, value)) {
            found.insert(key.to_owned(), value.replace("&amp;", "&"));
        }
    }
    found
}

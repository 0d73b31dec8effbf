//! A template with values for its parameters, resolved as CloudFormation would in an account of
//! China: conditions decided, references filled in. What only AWS knows, such as an ARN, is named
//! after where it comes from: `ForwarderRule.Arn`.

use serde_json::{Map, Value, json};
use system_tests::template::Template;

pub(crate) const ACCOUNT: &str = "111122223333";
pub(crate) const PARTITION: &str = "aws-cn";
pub(crate) const REGION: &str = "cn-north-1";

pub(crate) struct Stack<'t> {
    template: &'t Template,
    /// By their names, with defaults; lists as lists.
    pub(crate) parameters: Map<String, Value>,
}

impl<'t> Stack<'t> {
    pub(crate) fn new(template: &'t Template, given: &[(&str, &str)]) -> Self {
        let mut parameters = Map::new();
        for (name, parameter) in template.body["Parameters"].as_object().unwrap() {
            let given = given.iter().find(|(given, _)| given == name);
            let value = given.map_or(parameter["Default"].clone(), |(_, value)| json!(value));
            assert!(!value.is_null(), "{name} has no value");
            let value = match (parameter["Type"].as_str(), value.as_str()) {
                (Some("CommaDelimitedList"), Some("")) => json!([]),
                (Some("CommaDelimitedList"), Some(items)) => {
                    json!(items.split(',').collect::<Vec<_>>())
                }
                _ => value,
            };
            parameters.insert(name.clone(), value);
        }
        for (name, _) in given {
            assert!(parameters.contains_key(*name), "{name} is no parameter");
        }
        Self { template, parameters }
    }

    /// The resources that are made: logical id, kind and properties.
    pub(crate) fn resources(&self) -> Vec<(&'t str, &'t str, Map<String, Value>)> {
        let made = self.template.resources().filter(|(_, resource)| {
            resource["Condition"].as_str().is_none_or(|condition| self.holds(condition))
        });
        let resolved = made.map(|(id, resource)| {
            let properties = self.resolve(&resource["Properties"]).unwrap();
            (id, resource["Type"].as_str().unwrap(), properties.as_object().unwrap().clone())
        });
        resolved.collect()
    }

    /// None is what `AWS::NoValue` leaves.
    pub(crate) fn resolve(&self, value: &Value) -> Option<Value> {
        match value {
            Value::Array(items) => {
                Some(items.iter().filter_map(|item| self.resolve(item)).collect())
            }
            Value::Object(fields) => match function(fields) {
                Some(("Ref", name)) => self.reference(name.as_str().unwrap()),
                Some(("Fn::GetAtt", path)) => {
                    let part = |at: usize| path[at].as_str().unwrap();
                    Some(json!(format!("{}.{}", part(0), part(1))))
                }
                Some(("Fn::Sub", text)) => Some(json!(self.substituted(text.as_str().unwrap()))),
                Some(("Fn::If", branches)) => {
                    let taken = if self.holds(branches[0].as_str().unwrap()) { 1 } else { 2 };
                    self.resolve(&branches[taken])
                }
                Some((other, _)) => panic!("{other} is not known here"),
                None => {
                    let known =
                        |(key, field): (&String, &Value)| Some((key.clone(), self.resolve(field)?));
                    Some(Value::Object(fields.iter().filter_map(known).collect()))
                }
            },
            scalar => Some(scalar.clone()),
        }
    }

    fn reference(&self, name: &str) -> Option<Value> {
        match name {
            "AWS::NoValue" => None,
            "AWS::AccountId" => Some(json!(ACCOUNT)),
            "AWS::Partition" => Some(json!(PARTITION)),
            "AWS::Region" => Some(json!(REGION)),
            _ => Some(self.parameters.get(name).cloned().unwrap_or_else(|| {
                assert!(!self.template.body["Resources"][name].is_null(), "{name} is nothing");
                json!(name)
            })),
        }
    }

    fn substituted(&self, text: &str) -> String {
        let mut parts = text.split("${");
        let mut whole = parts.next().unwrap().to_owned();
        for part in parts {
            let (name, rest) = part.split_once('}').unwrap();
            whole += self.reference(name).unwrap().as_str().unwrap();
            whole += rest;
        }
        whole
    }

    fn holds(&self, condition: &str) -> bool {
        self.decided(&self.template.body["Conditions"][condition])
    }

    fn decided(&self, condition: &Value) -> bool {
        match function(condition.as_object().unwrap()) {
            Some(("Fn::Equals", sides)) => self.resolve(&sides[0]) == self.resolve(&sides[1]),
            Some(("Fn::Not", inner)) => !self.decided(&inner[0]),
            other => panic!("{other:?} is not known here"),
        }
    }
}

fn function(fields: &Map<String, Value>) -> Option<(&str, &Value)> {
    let mut entries = fields.iter();
    let (name, argument) = entries.next()?;
    let is = entries.len() == 0 && (name == "Ref" || name.starts_with("Fn::"));
    is.then_some((name.as_str(), argument))
}

//! The CloudFormation templates, read as AWS reads them: short tags become their long form.
//!
//! It evaluates nothing. Duplicate keys, anchors and aliases are refused: AWS does not take them.

use std::path::{Path, PathBuf};
use std::{fs, io};

use saphyr::{LoadableYamlNode, Scalar, Yaml};
use serde_json::{Map, Value, json};

/// Where they are.
pub const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../cfn");

#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    #[error("reading {path}")]
    Read { path: PathBuf, source: io::Error },
    #[error("{path} is not YAML")]
    Yaml { path: PathBuf, source: saphyr::ScanError },
    #[error("{path} holds {what}, which CloudFormation does not take")]
    Unusual { path: PathBuf, what: &'static str },
}

/// One template as one JSON document.
#[derive(Clone, Debug)]
pub struct Template {
    /// Its file name: `collector.yaml`.
    pub name: String,
    pub text: String,
    pub body: Value,
}

impl Template {
    pub fn read(path: &Path) -> Result<Self, TemplateError> {
        let wrong = |source| TemplateError::Read { path: path.to_owned(), source };
        let text = fs::read_to_string(path).map_err(wrong)?;
        let wrong = |source| TemplateError::Yaml { path: path.to_owned(), source };
        let documents = Yaml::load_from_str(&text).map_err(wrong)?;
        let wrong = |what| TemplateError::Unusual { path: path.to_owned(), what };
        if text.lines().any(names_a_node) {
            return Err(wrong("an anchor or an alias"));
        }
        let [document] = documents.as_slice() else { return Err(wrong("not one document")) };
        let body = value(document).map_err(wrong)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Self { name, text, body })
    }

    /// By its name in the folder of templates.
    pub fn named(name: &str) -> Result<Self, TemplateError> {
        Self::read(&Path::new(FOLDER).join(name))
    }

    /// All of them, by name.
    pub fn all() -> Result<Vec<Self>, TemplateError> {
        let wrong = |source| TemplateError::Read { path: PathBuf::from(FOLDER), source };
        let entries = fs::read_dir(FOLDER).map_err(wrong)?;
        let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
        paths.sort();
        paths.iter().map(|path| Self::read(path)).collect()
    }

    /// Logical id and resource, in the order of the file.
    pub fn resources(&self) -> impl Iterator<Item = (&str, &Value)> {
        let resources = self.body["Resources"].as_object();
        resources.into_iter().flatten().map(|(id, resource)| (id.as_str(), resource))
    }

    pub fn resources_of<'t>(&'t self, kind: &str) -> impl Iterator<Item = (&'t str, &'t Value)> {
        self.resources().filter(move |(_, resource)| resource["Type"] == kind)
    }
}

/// The parser follows anchors, so they are looked for in the text.
fn names_a_node(line: &str) -> bool {
    let named = |(_, rest): (&str, &str)| rest.starts_with(['&', '*']);
    let line = line.trim_start();
    !line.starts_with('#')
        && (line.split_once(": ").is_some_and(named) || line.split_once("- ").is_some_and(named))
}

fn value(yaml: &Yaml<'_>) -> Result<Value, &'static str> {
    Ok(match yaml {
        Yaml::Value(scalar) => match scalar {
            Scalar::Null => Value::Null,
            Scalar::Boolean(value) => json!(value),
            Scalar::Integer(value) => json!(value),
            Scalar::FloatingPoint(value) => json!(value.into_inner()),
            Scalar::String(value) => json!(value),
        },
        Yaml::Sequence(items) => Value::Array(items.iter().map(value).collect::<Result<_, _>>()?),
        Yaml::Mapping(fields) => {
            let mut map = Map::new();
            for (key, field) in fields {
                let key = key.as_str().ok_or("a key that is not text")?;
                map.insert(key.to_owned(), value(field)?);
            }
            Value::Object(map)
        }
        Yaml::Tagged(tag, inner) => long_form(&tag.suffix, value(inner)?),
        Yaml::Alias(_) | Yaml::Representation(..) | Yaml::BadValue => return Err("a bad value"),
    })
}

fn long_form(tag: &str, argument: Value) -> Value {
    match (tag, argument) {
        ("Ref" | "Condition", argument) => json!({ tag: argument }),
        ("GetAtt", Value::String(path)) => {
            let (resource, attribute) = path.split_once('.').unwrap_or((&path, ""));
            json!({"Fn::GetAtt": [resource, attribute]})
        }
        (tag, argument) => json!({ format!("Fn::{tag}"): argument }),
    }
}

/// Every value in a document with the path that leads to it, parents first.
pub fn walk<'v>(root: &'v Value, visit: &mut impl FnMut(&[&'v str], &'v Value)) {
    let mut path = Vec::new();
    step(root, &mut path, visit);
}

fn step<'v>(
    value: &'v Value,
    path: &mut Vec<&'v str>,
    visit: &mut impl FnMut(&[&'v str], &'v Value),
) {
    visit(path, value);
    match value {
        Value::Object(fields) => {
            for (key, field) in fields {
                path.push(key);
                step(field, path, visit);
                path.pop();
            }
        }
        Value::Array(items) => {
            for item in items {
                step(item, path, visit);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use serde_json::json;

    use super::Template;

    #[test]
    fn tags_become_their_long_form_and_numbers_stay_numbers() {
        let path = std::env::temp_dir().join(format!("template-{}.yaml", std::process::id()));
        let text = "A: !GetAtt Queue.Arn\nB: [!Ref X, !Sub '${Y}-z']\nC: {D: !If [E, 1, \"2\"]}\n";
        fs::write(&path, text).unwrap();
        let read = Template::read(&path);
        fs::write(&path, "A: &a {B: 1}\nC: *a\n").unwrap();
        let refused = Template::read(&path);
        fs::remove_file(&path).unwrap();
        let expected = json!({
            "A": {"Fn::GetAtt": ["Queue", "Arn"]},
            "B": [{"Ref": "X"}, {"Fn::Sub": "${Y}-z"}],
            "C": {"D": {"Fn::If": ["E", 1, "2"]}},
        });
        assert_eq!(read.unwrap().body, expected);
        assert!(refused.is_err(), "{refused:?}");
    }
}

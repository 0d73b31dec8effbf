//! A Terraform module, evaluated as a plan would: with values for its variables, and with names in
//! place of what only AWS knows.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use hcl::eval::{Context, Evaluate, FuncArgs, FuncDef, ParamType};
use hcl::structure::{Block, Body};
use serde_json::{Map, Value, json};

/// Attributes that hold JSON as text; they are compared by what it says.
const JSON_TEXT: [&str; 4] = ["assume_role_policy", "event_pattern", "input", "policy"];

pub(crate) struct Module {
    folder: String,
    pub(crate) body: Body,
}

impl Module {
    /// A folder below `terraform`.
    pub(crate) fn named(name: &str) -> Self {
        let folder = format!("{}/../terraform/{name}", env!("CARGO_MANIFEST_DIR"));
        let entries = fs::read_dir(&folder).unwrap();
        let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
        files.retain(|file| file.extension().is_some_and(|extension| extension == "tf"));
        files.sort();
        let read = |file: &Path| hcl::parse(&fs::read_to_string(file).unwrap()).unwrap();
        let body = files.iter().flat_map(|file| read(file)).collect();
        Self { folder, body }
    }

    pub(crate) fn blocks<'m>(&'m self, kind: &'m str) -> impl Iterator<Item = &'m Block> {
        self.body.blocks().filter(move |block| block.identifier() == kind)
    }

    /// The values under which everything else in the module is evaluated. `known` has objects by the
    /// names under which expressions find them: `var`, `data`, types of resources.
    pub(crate) fn context(&self, known: &Map<String, Value>) -> Context<'_> {
        let mut context = Context::new();
        for (name, function) in functions() {
            context.declare_func(name, function);
        }
        context.declare_var("path", hcl::value!({ "module" = (self.folder.clone()) }));
        for (name, value) in known {
            context.declare_var(name.as_str(), hcl::to_value(value).unwrap());
        }
        let mut locals = Map::new();
        for local in self.blocks("locals").flat_map(|block| block.body().attributes()) {
            locals.insert(local.key().to_owned(), value(local.expr(), &context));
            context.declare_var("local", hcl::to_value(&locals).unwrap());
        }
        context
    }

    /// The resources that would be made, by their addresses. What is null or an empty list is not
    /// there: Terraform hands neither on.
    pub(crate) fn resources(&self, context: &mut Context<'_>) -> BTreeMap<String, Value> {
        let mut made = BTreeMap::new();
        for block in self.blocks("resource") {
            let labels: Vec<&str> = block.labels().iter().map(hcl::BlockLabel::as_str).collect();
            let address = labels.join(".");
            let meta = |name: &str| {
                let mut attributes = block.body().attributes();
                attributes.find(|attribute| attribute.key() == name).map(hcl::Attribute::expr)
            };
            if let Some(each) = meta("for_each") {
                for each in value(each, context).as_array().unwrap() {
                    context.declare_var("each", hcl::value!({ "value" = (each.as_str()) }));
                    let one = attributes(block.body(), context);
                    made.insert(format!("{address}[{each}]"), one);
                }
            } else if meta("count").is_none_or(|count| value(count, context) == 1) {
                made.insert(address, attributes(block.body(), context));
            }
        }
        made
    }

    pub(crate) fn outputs(&self, context: &Context<'_>) -> Value {
        let entry = |block: &Block| {
            (block.labels()[0].as_str().to_owned(), attributes(block.body(), context))
        };
        Value::Object(self.blocks("output").map(entry).collect())
    }
}

fn attributes(body: &Body, context: &Context<'_>) -> Value {
    let mut found = Map::new();
    // When, how often and in which order a resource is made; all else is what it is.
    let meta = ["count", "depends_on", "for_each"];
    for attribute in body.attributes().filter(|attribute| !meta.contains(&attribute.key())) {
        let mut value = value(attribute.expr(), context);
        if JSON_TEXT.contains(&attribute.key()) {
            value = serde_json::from_str(value.as_str().unwrap()).unwrap();
        }
        if !value.is_null() && value != json!([]) {
            found.insert(attribute.key().to_owned(), value);
        }
    }
    // What the provider must not take back: nothing that a template says. Any other is compared.
    let left_alone = hcl::parse("ignore_changes = [administration_role_arn]").unwrap();
    let lifecycle =
        |block: &&Block| block.identifier() == "lifecycle" && *block.body() == left_alone;
    for block in body.blocks().filter(|block| !lifecycle(block)) {
        let before = found.insert(block.identifier().to_owned(), attributes(block.body(), context));
        assert!(before.is_none(), "{} is there twice", block.identifier());
    }
    Value::Object(found)
}

fn value(expression: &hcl::Expression, context: &Context<'_>) -> Value {
    let value = expression.evaluate(context).unwrap_or_else(|why| panic!("{why}"));
    serde_json::to_value(value).unwrap()
}

/// Those of Terraform's functions that the modules call.
fn functions() -> [(&'static str, FuncDef); 6] {
    let any = |function| FuncDef::builder().variadic_param(ParamType::Any).build(function);
    [
        ("compact", any(compact)),
        ("concat", any(concat)),
        ("file", any(file)),
        ("jsonencode", any(jsonencode)),
        ("toset", any(toset)),
        ("tostring", any(tostring)),
    ]
}

type Answer = Result<hcl::Value, String>;

fn compact(arguments: FuncArgs) -> Answer {
    let list = toset(arguments)?;
    let full = |item: &&hcl::Value| !item.is_null() && item.as_str() != Some("");
    Ok(list.as_array().ok_or("no list")?.iter().filter(full).cloned().collect())
}

fn concat(arguments: FuncArgs) -> Answer {
    let lists = arguments.into_values().into_iter();
    let lists = lists.map(|list| list.as_array().cloned().ok_or("no list"));
    Ok(lists.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
}

fn file(arguments: FuncArgs) -> Answer {
    let path = toset(arguments)?;
    let text = fs::read_to_string(path.as_str().ok_or("no path")?);
    text.map(hcl::Value::from).map_err(|why| why.to_string())
}

fn jsonencode(arguments: FuncArgs) -> Answer {
    let value = toset(arguments)?;
    serde_json::to_string(&value).map(hcl::Value::from).map_err(|why| why.to_string())
}

/// Whatever it is given, which is also what becomes of lists of things that differ.
fn toset(arguments: FuncArgs) -> Answer {
    let mut values = arguments.into_values();
    if values.len() == 1 { Ok(values.remove(0)) } else { Err("takes one value".to_owned()) }
}

fn tostring(arguments: FuncArgs) -> Answer {
    Ok(hcl::Value::from(toset(arguments)?.to_string()))
}

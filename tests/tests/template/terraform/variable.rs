//! A parameter of a template, written as the variable that it must be in Terraform.

use serde_json::{Map, Value, json};

use super::snake;

/// The block as text.
pub(crate) fn variable(name: &str, parameter: &Value, parameters: &Map<String, Value>) -> String {
    let variable = snake(name);
    let default = &parameter["Default"];
    let (kind, default) = match parameter["Type"].as_str().unwrap() {
        _ if is_flag(parameter) => ("bool", default.as_str().map(str::to_owned)),
        "String" => ("string", (!default.is_null()).then(|| default.to_string())),
        "Number" => ("number", (!default.is_null()).then(|| default.to_string())),
        "CommaDelimitedList" => {
            let items = |text: &str| text.split(',').map(str::to_owned).collect::<Vec<_>>();
            let items = |text: &str| if text.is_empty() { json!([]) } else { json!(items(text)) };
            ("list(string)", default.as_str().map(|text| items(text).to_string()))
        }
        other => panic!("{name}: {other}"),
    };
    // Descriptions speak of parameters by their names.
    let description = parameter["Description"]
        .as_str()
        .unwrap()
        .split(' ')
        .map(|word| if parameters.contains_key(word) { snake(word) } else { word.to_owned() });
    let description = json!(description.collect::<Vec<_>>().join(" "));
    let default = default.map_or_else(String::new, |default| format!("default = {default}\n"));
    let text = format!("description = {description}\ntype = {kind}\n{default}nullable = false\n");
    let rule = rule(&variable, parameter).map_or_else(String::new, |(condition, words)| {
        let message = json!(format!("{variable}: {words}."));
        format!("validation {{\ncondition = {condition}\nerror_message = {message}\n}}\n")
    });
    format!("variable \"{variable}\" {{\n{text}{rule}}}\n")
}

/// What Terraform has a type for.
pub(crate) fn is_flag(parameter: &Value) -> bool {
    parameter["AllowedValues"] == json!(["true", "false"])
}

/// What holds of a value, and how that is said.
fn rule(variable: &str, parameter: &Value) -> Option<(String, String)> {
    if let Some(pattern) = parameter.get("AllowedPattern") {
        let words = parameter["ConstraintDescription"].as_str().unwrap();
        // A list needs no commas.
        let words = words.replace(", separated by commas", "").replace(" separated by commas", "");
        let condition = if parameter["Type"] == "CommaDelimitedList" {
            format!("alltrue([for one in var.{variable} : can(regex({pattern}, one))])")
        } else {
            format!("can(regex({pattern}, var.{variable}))")
        };
        Some((condition, words))
    } else if is_flag(parameter) {
        None
    } else if let Some(values) = parameter["AllowedValues"].as_array() {
        let words: Vec<&str> = values.iter().filter_map(Value::as_str).collect();
        let condition = format!("contains({}, var.{variable})", parameter["AllowedValues"]);
        Some((condition, format!("one of {}", words.join(", "))))
    } else if let Some(most) = parameter.get("MaxValue") {
        let least = &parameter["MinValue"];
        let condition = format!("var.{variable} >= {least} && var.{variable} <= {most}");
        Some((condition, format!("{least} to {most}")))
    } else {
        let (least, most) = (&parameter["MinLength"], &parameter["MaxLength"]);
        let length = format!("length(var.{variable})");
        let condition = format!("{length} >= {least} && {length} <= {most}");
        Some((condition, format!("{least} to {most} characters")))
    }
}

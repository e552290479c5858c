//! JSON Schema (draft 2020-12) of the files people write, made from their description, for editors and linters.

use serde_json::{Map, Value, json};

use super::describe::{Form, Key, Table};

/// The schema of a file whose root is `table`.
pub fn of(table: &'static Table) -> Value {
    let mut schema = object(table);
    schema.insert("$schema".into(), json!("https://json-schema.org/draft/2020-12/schema"));
    schema.insert("title".into(), json!(table.title));
    Value::Object(schema)
}

fn object(table: &'static Table) -> Map<String, Value> {
    let properties: Map<String, Value> = table
        .all_keys()
        .map(|key| (key.name.to_owned(), property(key)))
        .collect();
    let required: Vec<&str> = table
        .all_keys()
        .filter(|key| key.required.is_some())
        .map(|key| key.name)
        .collect();
    let mut schema = Map::new();
    schema.insert("type".into(), json!("object"));
    schema.insert("description".into(), json!(table.doc));
    schema.insert("properties".into(), Value::Object(properties));
    schema.insert("additionalProperties".into(), json!(table.open));
    if !required.is_empty() {
        schema.insert("required".into(), json!(required));
    }
    schema
}

/// The form of a key's value with the key's own description; a default that is no TOML value is told in words.
fn property(key: &'static Key) -> Value {
    let mut schema = form(&key.form);
    let mut description = key.doc.to_owned();
    match key.default.map(|text| (text, as_json(text))) {
        Some((_, Some(value))) => {
            schema.insert("default".into(), value);
        }
        Some((words, None)) => description.push_str(&format!(" Default: {words}.")),
        None => {}
    }
    schema.insert("description".into(), json!(description));
    Value::Object(schema)
}

fn as_json(text: &str) -> Option<Value> {
    let table: toml::Table = format!("value = {text}").parse().ok()?;
    serde_json::to_value(table.get("value")?).ok()
}

fn form(form: &'static Form) -> Map<String, Value> {
    let schema = match form {
        Form::Text => json!({ "type": "string", "minLength": 1 }),
        Form::Ruled(rule) | Form::Moment(rule) => with_pattern(json!({ "type": "string" }), rule.pattern),
        Form::Decimal(rule) => with_pattern(json!({ "type": ["string", "number"] }), rule.pattern),
        Form::Choice(words) => json!({ "enum": words }),
        Form::Flag => json!({ "type": "boolean" }),
        Form::Integer { min, max } => json!({ "type": "integer", "minimum": min, "maximum": max }),
        Form::Either(forms) => {
            let forms: Vec<Value> = forms.iter().map(|one| Value::Object(self::form(one))).collect();
            json!({ "anyOf": forms })
        }
        Form::List(item) => json!({ "type": "array", "items": self::form(item) }),
        Form::Map(map) => {
            let names = with_pattern(json!({}), map.rule.pattern);
            json!({ "type": "object", "propertyNames": names, "additionalProperties": self::form(&map.value) })
        }
        Form::Table(table) => return object(table),
        Form::Open => json!({ "type": "object" }),
    };
    match schema {
        Value::Object(schema) => schema,
        _ => Map::new(),
    }
}

/// JSON Schema applies a pattern to strings alone.
fn with_pattern(mut schema: Value, pattern: Option<&str>) -> Value {
    if let Some(pattern) = pattern {
        schema["pattern"] = json!(pattern);
    }
    schema
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::manifest::keys::MANIFEST;

    #[test]
    fn the_schema_says_what_the_decoder_holds_people_to() {
        let schema = of(&MANIFEST);
        let run = &schema["properties"]["run"];
        assert_eq!(run["additionalProperties"], json!(false));
        assert_eq!(
            run["properties"]["port"],
            json!({
                "type": "integer",
                "minimum": 1,
                "maximum": 65535,
                "description": "Where people reach it; on container targets the container's port. Default: a free port \
                                that stays the same."
            })
        );
        assert_eq!(run["properties"]["drain"]["default"], json!("30s"));
        let environment = &schema["properties"]["environment"]["additionalProperties"];
        assert_eq!(environment["properties"]["drain"], run["properties"]["drain"]);
        let slo = &schema["properties"]["slo"]["items"];
        assert_eq!(slo["required"], json!(["name", "objective", "indicator"]));
    }
}

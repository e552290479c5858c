//! What `deliver` and a plugin say to each other: version 1. `docs/plugin.md` is written for whoever writes a plugin;
//! `deliver schema plugin` prints these very types.
//!
//! The types are the wire's own, so that the model can change without the protocol. Requests have no `Debug` form: they
//! may hold secrets.

mod ask;
mod run;
mod tell;

use schemars::generate::SchemaSettings;
use serde_json::Value;

pub use ask::{Act, Call, Portion, Prepared, Query, Request, Share, Shift, Stage, Wanted};
pub use run::{Health, Part, Process, Release, ReleaseStep, Run};
pub use tell::{
    Abilities, Advice, AllObserved, AllStopped, Done, Drained, Event, Greeting, Instance, Line, LogLine, Observed,
    OneObserved, Placed, Refused, Stopped, Stream, Why,
};

/// The version that this program speaks.
pub const VERSION: u32 = 1;

/// The whole protocol as one JSON Schema: what a plugin is asked, what it may print, and the result of each verb.
pub fn schema() -> Value {
    let mut asked = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let mut told = SchemaSettings::draft2020_12().for_deserialize().into_generator();
    let request = asked.subschema_for::<Request<'_>>();
    let line = told.subschema_for::<Line>();
    let done = told.subschema_for::<Done>();
    let results = serde_json::json!({
        "handshake": told.subschema_for::<Greeting>(),
        "plan": told.subschema_for::<Advice>(),
        "observe": told.subschema_for::<Observed>(),
        "observe_all": told.subschema_for::<AllObserved>(),
        "prepare": told.subschema_for::<Placed>(),
        "start": done,
        "shift": done,
        "drain": told.subschema_for::<Drained>(),
        "stop": told.subschema_for::<AllStopped>(),
        "remove": done,
        "replace": done,
        "finish": done,
        "logs": done,
    });
    let mut definitions = asked.take_definitions(true);
    definitions.extend(told.take_definitions(true));
    serde_json::json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": format!("deliver plugin protocol {VERSION}"),
        "description": "`request` is the one line on standard input, `line` each line of standard output, `results` the form of each verb's result.",
        "type": "object",
        "properties": {
            "request": request,
            "line": line,
            "results": { "type": "object", "properties": results },
        },
        "$defs": definitions,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines of JSON in the guide are what they say they are.
    #[test]
    fn the_guide_shows_requests_and_answers_that_read() {
        let guide = include_str!("../../../../docs/plugin.md");
        let (mut answers, mut verbs) = (0, std::collections::BTreeSet::new());
        for line in guide.lines().filter(|line| line.starts_with('{')) {
            let value: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
            if let Some(verb) = value["verb"].as_str() {
                verbs.insert(verb.to_owned());
            }
            let Ok(said) = serde_json::from_value::<Line>(value.clone()) else {
                panic!("no line of a plugin: {line}");
            };
            let result = said.result.unwrap_or(Value::Null);
            if result.get("instances").is_some() {
                serde_json::from_value::<Observed>(result.clone()).expect("an observation");
            }
            if result.get("protocols").is_some() {
                serde_json::from_value::<Greeting>(result).expect("a greeting");
            }
            answers += usize::from(value.get("verb").is_none());
        }
        assert!(answers >= 8 && verbs.len() >= 5, "{answers} answers, {verbs:?}");
        for verb in ["drain", "stop", "remove", "observe_all", "replace", "finish"] {
            assert!(guide.contains(&format!("| `{verb}` |")), "{verb}");
        }
    }

    #[test]
    fn every_reference_of_the_schema_leads_somewhere() {
        let schema = schema();
        let text = schema.to_string();
        for reference in text.split("\"#/$defs/").skip(1) {
            let name = reference.split('"').next().unwrap();
            assert!(schema["$defs"].get(name).is_some(), "{name}");
        }
        let verbs: Vec<&str> = schema["$defs"]["Request"]["oneOf"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["properties"]["verb"]["const"].as_str().unwrap())
            .collect();
        let results = schema["properties"]["results"]["properties"].as_object().unwrap();
        assert_eq!(verbs.len(), results.len());
        assert!(verbs.iter().all(|verb| results.contains_key(*verb)), "{verbs:?}");
    }
}

//! No input panics: what people write is foreign.

use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop_assert, prop_oneof, proptest};

use super::keys;
use super::tests::{KITCHEN_SINK, parse};

/// Text of TOML's own characters and words, so that many of them parse.
fn toml_like() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        Just("run"),
        Just("service"),
        Just("process"),
        Just("environment"),
        Just("slo"),
        Just("env"),
        Just("secrets"),
        Just("command"),
        Just("health"),
        Just("name"),
        Just("local"),
        Just("instances"),
        Just("objective"),
        Just("release"),
        Just("["),
        Just("]"),
        Just("[["),
        Just("]]"),
        Just("{"),
        Just("}"),
        Just("."),
        Just("="),
        Just(","),
        Just("\n"),
        Just("'a'"),
        Just("\"\""),
        Just("'''"),
        Just("\\u0000"),
        Just("1"),
        Just("-1"),
        Just("99.9"),
        Just("nan"),
        Just("0x7fffffffffffffffff"),
        Just("1979-05-27"),
        Just("true"),
        Just("ü"),
        Just("#"),
        Just("\r\n"),
        Just(" "),
    ];
    proptest::collection::vec(word, 0..60).prop_map(|words| words.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn no_text_panics(text in "\\PC{0,200}") {
        let _ = parse(&text);
    }

    #[test]
    fn no_toml_panics(text in toml_like()) {
        if let Err(fault) = parse(&text) {
            prop_assert!(!fault.file_problems().is_empty());
        }
    }

    #[test]
    fn no_mutation_of_a_good_manifest_panics(
        at in 0..KITCHEN_SINK.len(),
        cut in 0..40_usize,
        put in toml_like(),
    ) {
        let at = (0..=at).rev().find(|at| KITCHEN_SINK.is_char_boundary(*at)).unwrap_or(0);
        let rest: String = KITCHEN_SINK[at..].chars().skip(cut).collect();
        if let Ok(manifest) = parse(&format!("{}{put}{rest}", &KITCHEN_SINK[..at])) {
            for name in manifest.environment_names() {
                let _ = manifest.environment(&name);
            }
        }
    }

    #[test]
    fn any_value_under_any_key_is_read_or_refused(table in 0..keys_of_every_table().len(), value in toml_value()) {
        let (path, key) = &keys_of_every_table()[table];
        let _ = parse(&format!("{path}\n{key} = {value}\n"));
    }
}

fn toml_value() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<i64>().prop_map(|number| number.to_string()),
        any::<f64>().prop_map(|number| format!("{number:?}").replace("NaN", "nan")),
        "\\PC{0,20}".prop_map(|text| serde_json::Value::String(text).to_string()),
        Just("true".to_owned()),
        Just("[]".to_owned()),
        Just("[[], {}]".to_owned()),
        Just("{}".to_owned()),
        Just("{ a = { b = 1 } }".to_owned()),
        Just("2026-11-22T08:00:00Z".to_owned()),
    ]
}

/// Every described key with the header of a table that it may stand in.
fn keys_of_every_table() -> Vec<(String, &'static str)> {
    let mut found = Vec::new();
    keys::MANIFEST.visit(&mut |table| {
        let header = match table.title {
            "deliver.toml" => String::new(),
            "health" => "[run.health]".into(),
            "strategy" => "[environment.local.strategy]".into(),
            "indicator" => "[[slo]]\n[slo.indicator]".into(),
            title => title.replace("NAME", "name"),
        };
        found.extend(table.all_keys().map(|key| (header.clone(), key.name)));
    });
    found
}

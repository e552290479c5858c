//! Documents as the server takes them in: unknown fields found with the published types, values in the form in which they
//! are stored. Simpler than the real one: the text about a value of the wrong type is another one.

use k8s_openapi::api;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::failure::{Answer, Failure};
use super::resources::Resource;

/// What `fieldValidation` asks to do about fields that the kind does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unknown {
    Ignore,
    Warn,
    Strict,
}

impl Unknown {
    pub fn parse(text: Option<&str>) -> Answer<Self> {
        match text {
            None | Some("" | "Warn") => Ok(Unknown::Warn),
            Some("Ignore") => Ok(Unknown::Ignore),
            Some("Strict") => Ok(Unknown::Strict),
            Some(other) => Err(Failure::new(
                422,
                "Invalid",
                format!(
                    "CreateOptions.meta.k8s.io \"\" is invalid: fieldValidation: Unsupported value: {other:?}: supported \
                     values: \"\", \"Ignore\", \"Strict\", \"Warn\""
                ),
            )),
        }
    }
}

/// Reads the body of a request. YAML is taken where `yaml` says so; JSON is YAML too.
pub fn body(bytes: &[u8], yaml: bool) -> Answer<Value> {
    let text = std::str::from_utf8(bytes).map_err(|error| Failure::bad_request(error.to_string()))?;
    let value: Value = if yaml {
        serde_saphyr::from_str(text).map_err(|error| Failure::bad_request(format!("error decoding YAML: {error}")))?
    } else {
        serde_json::from_str(text).map_err(|error| {
            Failure::bad_request(format!(
                "the object provided is unrecognized (must be of type Status): couldn't get version/kind; json parse \
                 error: {error}"
            ))
        })?
    };
    if value.is_object() {
        Ok(value)
    } else {
        Err(Failure::bad_request("the object provided is not an object"))
    }
}

/// The object without fields that its kind does not have, and the paths of those that it had.
pub fn known(resource: &Resource, object: &Value) -> Result<(Value, Vec<String>), String> {
    let typed = typed(resource, object)?;
    let mut object = object.clone();
    drop_nulls(&mut object);
    let mut unknown = Vec::new();
    drop_unknown(&mut object, &typed, String::new(), &mut unknown);
    Ok((object, unknown))
}

fn typed(resource: &Resource, object: &Value) -> Result<Value, String> {
    fn through<T: DeserializeOwned + Serialize>(object: &Value) -> Result<Value, String> {
        let typed: T = serde_json::from_value(object.clone()).map_err(|error| format!("json: {error}"))?;
        serde_json::to_value(typed).map_err(|error| error.to_string())
    }
    match resource.kind {
        "ConfigMap" => through::<api::core::v1::ConfigMap>(object),
        "Namespace" => through::<api::core::v1::Namespace>(object),
        "Node" => through::<api::core::v1::Node>(object),
        "PersistentVolumeClaim" => through::<api::core::v1::PersistentVolumeClaim>(object),
        "Pod" => through::<api::core::v1::Pod>(object),
        "ResourceQuota" => through::<api::core::v1::ResourceQuota>(object),
        "Secret" => through::<api::core::v1::Secret>(object),
        "ServiceAccount" => through::<api::core::v1::ServiceAccount>(object),
        "Service" => through::<api::core::v1::Service>(object),
        "DaemonSet" => through::<api::apps::v1::DaemonSet>(object),
        "Deployment" => through::<api::apps::v1::Deployment>(object),
        "ReplicaSet" => through::<api::apps::v1::ReplicaSet>(object),
        "StatefulSet" => through::<api::apps::v1::StatefulSet>(object),
        "HorizontalPodAutoscaler" => through::<api::autoscaling::v2::HorizontalPodAutoscaler>(object),
        "CronJob" => through::<api::batch::v1::CronJob>(object),
        "Job" => through::<api::batch::v1::Job>(object),
        "Lease" => through::<api::coordination::v1::Lease>(object),
        "Ingress" => through::<api::networking::v1::Ingress>(object),
        "NetworkPolicy" => through::<api::networking::v1::NetworkPolicy>(object),
        "PodDisruptionBudget" => through::<api::policy::v1::PodDisruptionBudget>(object),
        "Role" => through::<api::rbac::v1::Role>(object),
        "RoleBinding" => through::<api::rbac::v1::RoleBinding>(object),
        _ => Ok(object.clone()),
    }
}

fn drop_unknown(object: &mut Value, typed: &Value, path: String, unknown: &mut Vec<String>) {
    match object {
        Value::Object(entries) => {
            let names: Vec<String> = entries.keys().cloned().collect();
            for name in names {
                let at = if path.is_empty() {
                    name.clone()
                } else {
                    format!("{path}.{name}")
                };
                match typed.get(&name) {
                    Some(of_type) => drop_unknown(&mut entries[&name], of_type, at, unknown),
                    // Fields that are empty go without saying; a field that is not known has something in it.
                    None => {
                        entries.remove(&name);
                        unknown.push(at);
                    }
                }
            }
        }
        Value::Array(items) => {
            for (at, item) in items.iter_mut().enumerate() {
                let of_type = typed.get(at).cloned().unwrap_or(Value::Null);
                drop_unknown(item, &of_type, format!("{path}[{at}]"), unknown);
            }
        }
        _ => {}
    }
}

pub fn drop_nulls(value: &mut Value) {
    match value {
        Value::Object(entries) => {
            entries.retain(|_, entry| !entry.is_null());
            entries.values_mut().for_each(drop_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}

/// A quantity in its canonical form, in which the server stores it: `1000m` is `1`, `1024Mi` is `1Gi`, `0.5` is `500m`.
pub fn canonical_quantity(text: &str) -> Option<String> {
    const BINARY: [&str; 6] = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
    const DECIMAL: [(&str, i32); 9] = [
        ("n", -9),
        ("u", -6),
        ("m", -3),
        ("", 0),
        ("k", 3),
        ("M", 6),
        ("G", 9),
        ("T", 12),
        ("P", 15),
    ];
    let split = text
        .find(|c: char| !(c.is_ascii_digit() || c == '.' || c == '-'))
        .unwrap_or(text.len());
    let (number, suffix) = text.split_at(split);
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let fraction = fraction.trim_end_matches('0');
    let digits: i128 = format!("{whole}{fraction}").parse().ok()?;
    let fraction = i32::try_from(fraction.len()).ok()?;
    if let Some(at) = BINARY.iter().position(|one| *one == suffix)
        && fraction == 0
    {
        let (mut value, mut at) = (digits, at);
        while value != 0 && value % 1024 == 0 && at + 1 < BINARY.len() {
            value /= 1024;
            at += 1;
        }
        return Some(format!("{value}{}", BINARY[at]));
    }
    let exponent = DECIMAL.iter().find(|(one, _)| *one == suffix)?.1 - fraction;
    let (mut value, mut exponent) = (digits, exponent);
    while value != 0 && value % 10 == 0 {
        value /= 10;
        exponent += 1;
    }
    if value == 0 {
        return Some("0".to_owned());
    }
    while exponent.rem_euclid(3) != 0 {
        value *= 10;
        exponent -= 1;
    }
    let suffix = DECIMAL.iter().find(|(_, of)| *of == exponent)?.0;
    Some(format!("{value}{suffix}"))
}

/// A quantity in thousandths, for sums.
pub fn quantity_milli(text: &str) -> i128 {
    let split = text
        .find(|c: char| !(c.is_ascii_digit() || c == '.'))
        .unwrap_or(text.len());
    let (number, suffix) = text.split_at(split);
    let number: f64 = number.parse().unwrap_or(0.0);
    let factor = match suffix {
        "m" => 0.001,
        "k" => 1e3,
        "M" => 1e6,
        "G" => 1e9,
        "Ki" => 1024.0,
        "Mi" => 1024.0 * 1024.0,
        "Gi" => 1024.0 * 1024.0 * 1024.0,
        _ => 1.0,
    };
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a sum in thousandths of what a test asks for"
    )]
    let milli = (number * factor * 1000.0).round() as i128;
    milli
}

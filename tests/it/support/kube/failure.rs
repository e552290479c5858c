//! What the server answers when it does not do what was asked: `Status` documents, with the texts that the API machinery
//! composes for each reason.

use serde_json::{Value, json};

use super::resources::Resource;

/// An answer that is not a success.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    pub code: u16,
    pub status: Value,
    pub retry_after_secs: Option<u32>,
}

pub type Answer<T> = Result<T, Failure>;

/// One thing that is wrong with a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    pub reason: &'static str,
    pub message: String,
    pub field: String,
}

impl Cause {
    pub fn required(field: impl Into<String>, detail: &str) -> Self {
        let message = if detail.is_empty() {
            "Required value".to_owned()
        } else {
            format!("Required value: {detail}")
        };
        Cause {
            reason: "FieldValueRequired",
            message,
            field: field.into(),
        }
    }

    pub fn invalid(field: impl Into<String>, value: &Value, detail: &str) -> Self {
        Cause {
            reason: "FieldValueInvalid",
            message: format!("Invalid value: {value}: {detail}"),
            field: field.into(),
        }
    }

    pub fn not_supported(field: impl Into<String>, value: &Value, supported: &[&str]) -> Self {
        let supported: Vec<String> = supported.iter().map(|value| format!("{value:?}")).collect();
        Cause {
            reason: "FieldValueNotSupported",
            message: format!("Unsupported value: {value}: supported values: {}", supported.join(", ")),
            field: field.into(),
        }
    }

    pub fn duplicate(field: impl Into<String>, value: &Value) -> Self {
        Cause {
            reason: "FieldValueDuplicate",
            message: format!("Duplicate value: {value}"),
            field: field.into(),
        }
    }

    pub fn forbidden(field: impl Into<String>, detail: &str) -> Self {
        Cause {
            reason: "FieldValueForbidden",
            message: format!("Forbidden: {detail}"),
            field: field.into(),
        }
    }
}

impl Failure {
    pub fn new(code: u16, reason: &str, message: impl Into<String>) -> Self {
        let mut status = json!({
            "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
            "message": message.into(), "code": code,
        });
        if !reason.is_empty() {
            status["reason"] = reason.into();
        }
        Failure {
            code,
            status,
            retry_after_secs: None,
        }
    }

    pub fn message(&self) -> &str {
        self.status["message"].as_str().unwrap_or_default()
    }

    fn about(mut self, resource: &Resource, name: &str) -> Self {
        self.status["details"] = details(resource.group, resource.plural, name);
        self
    }

    pub fn bad_request(message: impl Into<String>) -> Self {
        Failure::new(400, "BadRequest", message)
    }

    pub fn unauthorized() -> Self {
        Failure::new(401, "Unauthorized", "Unauthorized")
    }

    /// What RBAC and admission refuse has the same form.
    pub fn forbidden(resource: &Resource, name: &str, why: &str) -> Self {
        let what = if name.is_empty() {
            resource.qualified()
        } else {
            format!("{} {name:?}", resource.qualified())
        };
        Failure::new(403, "Forbidden", format!("{what} is forbidden: {why}")).about(resource, name)
    }

    pub fn not_found(resource: &Resource, name: &str) -> Self {
        let message = format!("{} {name:?} not found", resource.qualified());
        Failure::new(404, "NotFound", message).about(resource, name)
    }

    pub fn no_such_path() -> Self {
        let mut failure = Failure::new(404, "NotFound", "the server could not find the requested resource");
        failure.status["details"] = json!({});
        failure
    }

    /// What is answered where no group of that name is installed: a page, not a document.
    pub fn no_such_page() -> Self {
        let mut failure = Failure::new(404, "NotFound", "404 page not found");
        failure.status = Value::Null;
        failure
    }

    pub fn method_not_allowed() -> Self {
        let message = "the server does not allow this method on the requested resource";
        let mut failure = Failure::new(405, "MethodNotAllowed", message);
        failure.status["details"] = json!({});
        failure
    }

    pub fn already_exists(resource: &Resource, name: &str) -> Self {
        let message = format!("{} {name:?} already exists", resource.qualified());
        Failure::new(409, "AlreadyExists", message).about(resource, name)
    }

    pub fn conflict(resource: &Resource, name: &str, why: &str) -> Self {
        let message = format!(
            "Operation cannot be fulfilled on {} {name:?}: {why}",
            resource.qualified()
        );
        Failure::new(409, "Conflict", message).about(resource, name)
    }

    pub fn changed_underneath(resource: &Resource, name: &str) -> Self {
        let why = "the object has been modified; please apply your changes to the latest version and try again";
        Failure::conflict(resource, name, why)
    }

    /// Server-side apply wants fields that others own: pairs of `the manager and how it came by them` and field paths.
    pub fn apply_conflicts(conflicts: &[(String, Vec<String>)]) -> Self {
        let count: usize = conflicts.iter().map(|(_, fields)| fields.len()).sum();
        let noun = if count == 1 { "conflict" } else { "conflicts" };
        let fields = |fields: &[String]| match fields {
            [one] => format!(": {one}"),
            many => many
                .iter()
                .fold(String::from(":"), |text, field| format!("{text}\n- {field}")),
        };
        let listed = match conflicts {
            [(manager, of)] => format!("conflict with {manager}{}", fields(of)),
            many => many
                .iter()
                .fold(String::from("conflicts"), |text, (manager, of)| {
                    let plain = of
                        .iter()
                        .fold(String::new(), |text, field| format!("{text}\n- {field}"));
                    format!("{text} with {manager}:{plain}\nconflicts")
                })
                .trim_end_matches("\nconflicts")
                .to_owned(),
        };
        let listed = if count > 1 && conflicts.len() == 1 {
            listed.replacen("conflict with", "conflicts with", 1)
        } else {
            listed
        };
        let message = format!("Apply failed with {count} {noun}: {listed}");
        let mut failure = Failure::new(409, "Conflict", message);
        let causes: Vec<Value> = conflicts
            .iter()
            .flat_map(|(manager, fields)| fields.iter().map(move |field| (manager, field)))
            .map(|(manager, field)| {
                json!({"reason": "FieldManagerConflict", "message": format!("conflict with {manager}"), "field": field})
            })
            .collect();
        failure.status["details"] = json!({"causes": causes});
        failure
    }

    pub fn expired(message: impl Into<String>) -> Self {
        Failure::new(410, "Expired", message)
    }

    pub fn invalid(resource: &Resource, name: &str, causes: &[Cause]) -> Self {
        let texts: Vec<String> = causes
            .iter()
            .map(|cause| format!("{}: {}", cause.field, cause.message))
            .collect();
        let list = match &texts[..] {
            [one] => one.clone(),
            many => format!("[{}]", many.join(", ")),
        };
        let message = format!("{} {name:?} is invalid: {list}", resource.qualified_kind());
        let mut failure = Failure::new(422, "Invalid", message);
        failure.status["details"] = details(resource.group, resource.kind, name);
        failure.status["details"]["causes"] = causes
            .iter()
            .map(|cause| json!({"reason": cause.reason, "message": cause.message, "field": cause.field}))
            .collect();
        failure
    }

    pub fn too_many_requests(message: &str, retry_after_secs: u32) -> Self {
        let mut failure = Failure::new(429, "TooManyRequests", message);
        failure.status["details"] = json!({"retryAfterSeconds": retry_after_secs});
        failure.retry_after_secs = Some(retry_after_secs);
        failure
    }

    pub fn internal(message: &str) -> Self {
        let mut failure = Failure::new(500, "InternalError", format!("Internal error occurred: {message}"));
        failure.status["details"] = json!({"causes": [{"message": message}]});
        failure
    }

    /// An admission webhook says no; `code` and the text are its own.
    pub fn webhook_denied(webhook: &str, code: u16, message: &str) -> Self {
        let text = if message.is_empty() {
            format!("admission webhook {webhook:?} denied the request without explanation")
        } else {
            format!("admission webhook {webhook:?} denied the request: {message}")
        };
        let reason = if code == 403 { "Forbidden" } else { "" };
        Failure::new(code, reason, text)
    }
}

fn details(group: &str, kind: &str, name: &str) -> Value {
    let mut details = json!({});
    if !name.is_empty() {
        details["name"] = name.into();
    }
    if !group.is_empty() {
        details["group"] = group.into();
    }
    details["kind"] = kind.into();
    details
}

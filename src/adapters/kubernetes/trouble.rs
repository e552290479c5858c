//! What the API server's refusals mean for the person: kind, cause, and what to do.

use jiff::Timestamp;
use k8s_openapi::ByteString;
use kube::client::AuthError;
use serde_json::{Value, json};

use crate::fault::{Fault, Kind};

/// Text of a cluster is cut here: webhooks may say anything.
const MAX_TEXT: usize = 600;

/// What the server says of a path that it does not serve, such as one of a kind that is not installed.
const NO_SUCH_PATH: &str = "404 page not found";

/// Text from outside without control characters, on one line, bounded.
pub fn clean(text: &str) -> String {
    let mut plain: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(MAX_TEXT + 1)
        .collect();
    if plain.chars().count() > MAX_TEXT {
        plain.pop();
        plain.push('…');
    }
    plain.trim().to_owned()
}

/// The bytes behind base64 text.
pub fn base64(text: &str) -> Option<Vec<u8>> {
    serde_json::from_value::<ByteString>(json!(text))
        .ok()
        .map(|bytes| bytes.0)
}

/// Bytes as base64 text.
pub fn to_base64(bytes: &[u8]) -> Value {
    json!(ByteString(bytes.to_vec()))
}

/// An error with its causes; of one about credentials nothing that could hold them.
pub fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut cause = Some(error);
    while let Some(one) = cause {
        if let Some(error) = one.downcast_ref::<AuthError>() {
            return format!("auth error: {}", about_credentials(error));
        }
        cause = one.source();
    }
    let mut texts = vec![error.to_string()];
    let mut source = error.source();
    while let Some(cause) = source {
        let text = cause.to_string();
        if texts.last().is_none_or(|above| !above.ends_with(&text)) {
            texts.push(text);
        }
        source = cause.source();
    }
    texts.join(": ")
}

/// Programs that make tokens print them, and may be told some in their arguments.
fn about_credentials(error: &AuthError) -> String {
    match error {
        // What it said on its standard error is there already: that is the terminal's.
        AuthError::AuthExecRun { out, .. } => format!("the auth exec command ended with {}", out.status),
        AuthError::AuthExecParse(_) => "what the auth exec command printed does not read".into(),
        AuthError::ParseTokenKey(_) => "the token's key does not read".into(),
        AuthError::InvalidBasicAuth(_) | AuthError::InvalidBearerToken(_) => {
            "the credentials hold what no header may".into()
        }
        error => error.to_string(),
    }
}

/// What was attempted, and on which cluster.
pub struct Attempted<'a> {
    /// `apply deployment/pricing`.
    pub what: &'a str,
    pub namespace: &'a str,
    /// `the cluster of context …`.
    pub called: &'a str,
    /// The client's certificate as DER.
    pub certificate: Option<&'a [u8]>,
}

/// No answer at all.
pub fn lost(attempted: &Attempted<'_>, error: &(dyn std::error::Error + 'static)) -> Fault {
    let text = clean(&chain(error));
    let low = text.to_lowercase();
    let Attempted { what, called, .. } = attempted;
    if low.contains("auth error") || low.contains("auth exec") {
        let message = format!("cannot {what}: the credentials for {called} cannot be had");
        return Fault::new(Kind::Credentials, "bad-credentials", message)
            .details([text])
            .hint("log in again with the command that the kubeconfig names under `exec`");
    }
    if low.contains("certificate") && !low.contains("connection refused") {
        let message = format!("cannot {what}: {called} shows a certificate that is not trusted");
        return Fault::new(Kind::Credentials, "bad-certificate", message)
            .details([text])
            .hint("compare `certificate-authority-data` of the kubeconfig with the cluster's");
    }
    Fault::new(
        Kind::Unreachable,
        "target-unreachable",
        format!("cannot {what}: {called} does not answer"),
    )
    .details([text])
}

/// Something was answered that no API server says: a proxy's page, as often as not.
pub fn no_answer(attempted: &Attempted<'_>) -> Fault {
    let Attempted { what, called, .. } = attempted;
    Fault::new(
        Kind::Unreachable,
        "target-unreachable",
        format!("cannot {what}: what answers as {called} is no API server"),
    )
}

/// It took longer than it may.
pub fn too_late(attempted: &Attempted<'_>, seconds: u64) -> Fault {
    let Attempted { what, called, .. } = attempted;
    Fault::new(
        Kind::Unreachable,
        "target-unreachable",
        format!("cannot {what}: {called} did not answer within {seconds}s"),
    )
}

/// An answer that is a refusal.
pub fn refused(attempted: &Attempted<'_>, status: u16, body: &Value) -> Fault {
    let said = clean(body["message"].as_str().unwrap_or("it gave no reason"));
    let Attempted {
        what,
        called,
        namespace,
        ..
    } = attempted;
    let failed = |kind, code, text: &str| Fault::new(kind, code, format!("cannot {what}: {text}"));
    if said.contains("admission webhook") && said.contains("denied the request") {
        return failed(Kind::Failed, "admission-denied", &said);
    }
    match status {
        401 => unauthenticated(attempted),
        403 if said.contains("exceeded quota") => {
            failed(Kind::Failed, "quota", &said).hint(format!("kubectl describe quota --namespace {namespace}"))
        }
        403 if said.contains("violates PodSecurity") => failed(Kind::Failed, "admission-denied", &said).hint(
            "write `run_as = 10001` and `read_only = true` under [environment.NAME.kubernetes], or lay a patch over it",
        ),
        403 if said.contains(" cannot ") => forbidden(attempted, &said),
        403 => failed(Kind::Failed, "admission-denied", &said),
        404 if body["details"]["kind"] == "namespaces" => failed(
            Kind::Usage,
            "no-namespace",
            &format!("there is no namespace `{namespace}` in {called}"),
        )
        .hint(format!("kubectl create namespace {namespace}")),
        404 if what.contains("httproute") && said.contains(NO_SUCH_PATH) => no_gateway_api(called),
        404 => failed(Kind::Usage, "unknown-object", &said)
            .hint("the cluster may lack the kind: compare with `kubectl api-resources`"),
        409 if !conflicts(body).is_empty() => conflict(attempted, body),
        409 => failed(Kind::Busy, "changed-meanwhile", &said),
        400 | 413 | 422 => invalid(attempted, &said, body),
        429 | 500..=599 => Fault::new(
            Kind::Unreachable,
            "target-unreachable",
            format!("cannot {what}: {called} answered {status}: {said}"),
        ),
        _ => failed(
            Kind::Failed,
            "refused-by-cluster",
            &format!("{called} answered {status}: {said}"),
        ),
    }
}

/// A route is wanted, and the cluster does not know what one is.
pub fn no_gateway_api(called: &str) -> Fault {
    let message = format!("`gateway` is set, and {called} has no Gateway API: it knows no kind `HTTPRoute`");
    Fault::usage("no-gateway-api", message)
        .still("nothing was changed by it")
        .hint("install the definitions of the Gateway API (its standard channel) and a gateway that speaks it")
        .hint("or write `ingress = { host = \"…\" }` instead of `gateway` under [environment.NAME.kubernetes]")
}

fn unauthenticated(attempted: &Attempted<'_>) -> Fault {
    let Attempted { what, called, .. } = attempted;
    let message = format!("cannot {what}: {called} does not accept the credentials");
    let fault = Fault::new(Kind::Credentials, "not-authenticated", message);
    match attempted.certificate.and_then(expires) {
        Some(at) => fault
            .details([format!("the client's certificate is valid until {at}")])
            .hint("renew the kubeconfig: its certificate may be over"),
        None => fault.hint("log in to the cluster again: the token may be over"),
    }
}

/// `User "ci" cannot patch resource "deployments" in API group "apps" in the namespace "shop"`.
fn forbidden(attempted: &Attempted<'_>, said: &str) -> Fault {
    let part = |before: &str| Some(said.split_once(before)?.1.split('"').next()?.to_owned());
    let verb = said
        .split_once(" cannot ")
        .and_then(|(_, rest)| rest.split_whitespace().next());
    let (user, resource, group) = (part("User \""), part("resource \""), part("API group \""));
    let fault = Fault::new(
        Kind::Credentials,
        "forbidden",
        format!("cannot {}: {said}", attempted.what),
    );
    let (Some(verb), Some(resource)) = (verb, resource) else {
        return fault;
    };
    let resource = match group.filter(|group| !group.is_empty()) {
        Some(group) => format!("{resource}.{group}"),
        None => resource,
    };
    fault.hint(format!(
        "let a role grant `{}` on `{}` in the namespace `{}` to `{}`",
        clean(verb),
        clean(&resource),
        attempted.namespace,
        clean(user.as_deref().unwrap_or("this user"))
    ))
}

/// `(manager, field)` of each field that somebody else owns.
pub fn conflicts(body: &Value) -> Vec<(String, String)> {
    let causes = body["details"]["causes"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    causes
        .iter()
        .filter(|cause| cause["reason"] == "FieldManagerConflict")
        .map(|cause| {
            let message = cause["message"].as_str().unwrap_or_default();
            let manager = message.split('"').nth(1).unwrap_or("somebody");
            (clean(manager), clean(cause["field"].as_str().unwrap_or_default()))
        })
        .collect()
}

fn conflict(attempted: &Attempted<'_>, body: &Value) -> Fault {
    let conflicts = conflicts(body);
    let mut managers: Vec<&str> = conflicts.iter().map(|(manager, _)| manager.as_str()).collect();
    managers.sort_unstable();
    managers.dedup();
    let quoted: Vec<String> = managers.iter().map(|manager| format!("\"{manager}\"")).collect();
    let message = format!(
        "cannot {}: {} owns fields of it",
        attempted.what,
        quoted.join(" and ").replace('"', "`")
    );
    Fault::new(Kind::NeedsHuman, "field-conflict", message)
        .details(conflicts.iter().map(|(manager, field)| format!("{field}  {manager}")))
        .still("nothing of theirs was overwritten")
        .hint(format!(
            "write `force_conflicts = [{}]` under [environment.NAME.kubernetes] to take them over, or leave them to it by a patch",
            quoted.join(", ")
        ))
}

fn invalid(attempted: &Attempted<'_>, said: &str, body: &Value) -> Fault {
    let causes = body["details"]["causes"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let told = causes.iter().take(20).map(|cause| {
        let field = clean(cause["field"].as_str().unwrap_or_default());
        format!("{field}: {}", clean(cause["message"].as_str().unwrap_or_default()))
    });
    Fault::usage("invalid-object", format!("cannot {}: {said}", attempted.what))
        .details(told)
        .still("nothing was changed by it")
}

/// The end of a certificate's validity: RFC 5280 §4.1, walked through as far as is needed.
fn expires(der: &[u8]) -> Option<Timestamp> {
    let certificate = element(der)?.1;
    let mut fields = element(certificate)?.1;
    // Version (which is tagged 0 and may be absent), serial number, signature, issuer, validity.
    let skipped = if fields.first() == Some(&0xA0) { 4 } else { 3 };
    for _ in 0..skipped {
        fields = element(fields)?.2;
    }
    let validity = element(fields)?.1;
    let until = element(validity)?.2;
    let (tag, text, _) = element(until)?;
    let text = std::str::from_utf8(text).ok()?.strip_suffix('Z')?;
    // UTCTime has two digits for the year; from 50 on they mean the last century.
    let text = match (tag, text.get(..2)?.parse::<u32>().ok()?) {
        (0x17, year) if year >= 50 => format!("19{text}"),
        (0x17, _) => format!("20{text}"),
        _ => text.to_owned(),
    };
    let at = jiff::civil::DateTime::strptime("%Y%m%d%H%M%S", &text).ok()?;
    Some(at.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp())
}

/// Tag, content and rest of the first DER element.
fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, length) = (*bytes.first()?, *bytes.get(1)?);
    let (length, head) = match length {
        0..=0x7F => (usize::from(length), 2),
        long => {
            let count = usize::from(long & 0x7F);
            let digits = bytes.get(2..2 + count).filter(|digits| digits.len() <= 4)?;
            let length = digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit));
            (length, 2 + count)
        }
    };
    let content = bytes.get(head..head.checked_add(length)?)?;
    Some((tag, content, &bytes[head + length..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attempted() -> Attempted<'static> {
        Attempted {
            what: "apply deployment/pricing",
            namespace: "shop",
            called: "the cluster of context `eu-1`",
            certificate: None,
        }
    }

    fn judged(status: u16, body: Value) -> (Kind, &'static str, String, Vec<String>) {
        let fault = refused(&attempted(), status, &body);
        let hints = fault.hints().to_vec();
        (fault.kind(), fault.code(), fault.message().to_owned(), hints)
    }

    #[test]
    fn a_role_that_lacks_something_is_told_what() {
        let body = json!({ "message": "deployments.apps \"pricing\" is forbidden: User \"ci\" cannot patch resource \"deployments\" in API group \"apps\" in the namespace \"shop\"" });
        let (kind, code, _, hints) = judged(403, body);
        assert_eq!((kind, code), (Kind::Credentials, "forbidden"));
        assert_eq!(
            hints,
            ["let a role grant `patch` on `deployments.apps` in the namespace `shop` to `ci`"]
        );
    }

    #[test]
    fn a_conflict_names_managers_and_fields() {
        let body = json!({ "message": "Apply failed with 1 conflict", "details": { "causes": [{
            "reason": "FieldManagerConflict",
            "message": "conflict with \"kubectl-edit\" using apps/v1",
            "field": ".spec.replicas",
        }] } });
        let fault = refused(&attempted(), 409, &body);
        assert_eq!((fault.kind(), fault.code()), (Kind::NeedsHuman, "field-conflict"));
        assert_eq!(
            fault.message(),
            "cannot apply deployment/pricing: `kubectl-edit` owns fields of it"
        );
        assert_eq!(fault.evidence(), [".spec.replicas  kubectl-edit"]);
    }

    #[test]
    fn what_the_cluster_says_decides_the_exit_code() {
        let said = |text: &str| json!({ "message": text });
        for (status, text, kind, code) in [
            (401, "Unauthorized", Kind::Credentials, "not-authenticated"),
            (403, "exceeded quota: pods", Kind::Failed, "quota"),
            (
                403,
                "violates PodSecurity \"restricted\"",
                Kind::Failed,
                "admission-denied",
            ),
            (
                400,
                "admission webhook \"x\" denied the request: no",
                Kind::Failed,
                "admission-denied",
            ),
            (409, "the object has been modified", Kind::Busy, "changed-meanwhile"),
            (422, "Deployment is invalid", Kind::Usage, "invalid-object"),
            (429, "too many", Kind::Unreachable, "target-unreachable"),
            (503, "no", Kind::Unreachable, "target-unreachable"),
        ] {
            let (got, word, ..) = judged(status, said(text));
            assert_eq!((got, word), (kind, code), "{status} {text}");
        }
    }

    #[test]
    fn hostile_text_is_one_bounded_line() {
        let text = format!("a\u{1b}[31m\n{}", "x".repeat(5000));
        let plain = clean(&text);
        assert!(!plain.contains(|c: char| c.is_control()));
        assert_eq!(plain.chars().count(), MAX_TEXT + 1);
    }

    #[test]
    fn no_bytes_make_the_certificate_reader_panic() {
        use proptest::prelude::*;
        proptest!(|(bytes in proptest::collection::vec(any::<u8>(), 0..200))| {
            let _ = expires(&bytes);
        });
    }
}

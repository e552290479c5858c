//! How requests find the web pods.

use serde_json::{Value, json};

use super::Input;
use crate::adapters::kubernetes::names;

/// The port of the Service.
const PORT: u16 = 80;

pub fn service(input: &Input<'_>) -> Option<Value> {
    input.spec.web()?;
    let kind = match input.options.service_type.as_deref() {
        Some("node-port") => "NodePort",
        Some("load-balancer") => "LoadBalancer",
        _ => "ClusterIP",
    };
    let spec = json!({
        "type": kind,
        "selector": {
            names::SERVICE: input.service,
            names::ENV: input.env,
            names::PROCESS: names::WEB,
        },
        "ports": [{ "name": "http", "port": PORT, "targetPort": "http", "protocol": "TCP" }],
    });
    let name = names::of_process(input.base(), names::WEB);
    let mut object = input.object("v1", "Service", &name, json!({ "spec": spec }));
    names::label(&mut object, [(names::PROCESS, json!(names::WEB))]);
    Some(object)
}

/// An Ingress or an HTTPRoute.
pub fn routes(input: &Input<'_>) -> Option<Value> {
    input.spec.web()?;
    let name = names::of_process(input.base(), names::WEB);
    if let Some(ingress) = &input.options.ingress {
        let tls = ingress
            .tls_secret
            .as_ref()
            .map(|secret| json!([{ "hosts": [ingress.host], "secretName": secret }]));
        let spec = json!({
            "ingressClassName": ingress.class,
            "tls": tls,
            "rules": [{ "host": ingress.host, "http": { "paths": [{
                "path": ingress.path.as_deref().unwrap_or("/"),
                "pathType": "Prefix",
                "backend": { "service": { "name": name, "port": { "name": "http" } } },
            }] } }],
        });
        return Some(input.object("networking.k8s.io/v1", "Ingress", &name, json!({ "spec": spec })));
    }
    let gateway = input.options.gateway.as_ref()?;
    let spec = json!({
        "parentRefs": [{ "name": gateway.name, "namespace": gateway.namespace }],
        "hostnames": [gateway.host],
        "rules": [{
            "matches": [{ "path": { "type": "PathPrefix", "value": gateway.path.as_deref().unwrap_or("/") } }],
            "backendRefs": [{ "name": name, "port": PORT }],
        }],
    });
    Some(input.object(
        "gateway.networking.k8s.io/v1",
        "HTTPRoute",
        &name,
        json!({ "spec": spec }),
    ))
}

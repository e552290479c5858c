//! The resources that are served: group, version, kind, names and subresources, and the discovery documents made of them.

use serde_json::{Value, json};

/// One row of the API: what `kubectl api-resources` prints.
#[derive(Debug, PartialEq, Eq)]
pub struct Resource {
    pub group: &'static str,
    pub version: &'static str,
    pub plural: &'static str,
    pub kind: &'static str,
    pub short: &'static [&'static str],
    pub namespaced: bool,
    pub subresources: &'static [&'static str],
    /// Whether `metadata.generation` counts changes of what is wanted.
    pub generation: bool,
}

const fn core(plural: &'static str, kind: &'static str, short: &'static [&'static str]) -> Resource {
    Resource {
        group: "",
        version: "v1",
        plural,
        kind,
        short,
        namespaced: true,
        subresources: &[],
        generation: false,
    }
}

const fn named(group: &'static str, version: &'static str, resource: Resource) -> Resource {
    Resource {
        group,
        version,
        generation: true,
        ..resource
    }
}

const fn with(subresources: &'static [&'static str], resource: Resource) -> Resource {
    Resource {
        subresources,
        ..resource
    }
}

const fn cluster_wide(resource: Resource) -> Resource {
    Resource {
        namespaced: false,
        ..resource
    }
}

const RBAC: &str = "rbac.authorization.k8s.io";

pub static RESOURCES: &[Resource] = &[
    core("configmaps", "ConfigMap", &["cm"]),
    core("endpoints", "Endpoints", &["ep"]),
    core("events", "Event", &["ev"]),
    core("limitranges", "LimitRange", &["limits"]),
    with(&["status"], cluster_wide(core("namespaces", "Namespace", &["ns"]))),
    with(&["status"], cluster_wide(core("nodes", "Node", &["no"]))),
    with(
        &["status"],
        core("persistentvolumeclaims", "PersistentVolumeClaim", &["pvc"]),
    ),
    Resource {
        generation: true,
        ..with(&["status", "log", "eviction"], core("pods", "Pod", &["po"]))
    },
    with(&["status"], core("resourcequotas", "ResourceQuota", &["quota"])),
    core("secrets", "Secret", &[]),
    core("serviceaccounts", "ServiceAccount", &["sa"]),
    with(&["status"], core("services", "Service", &["svc"])),
    named(
        "apps",
        "v1",
        with(&["status"], core("daemonsets", "DaemonSet", &["ds"])),
    ),
    named(
        "apps",
        "v1",
        with(&["status", "scale"], core("deployments", "Deployment", &["deploy"])),
    ),
    named(
        "apps",
        "v1",
        with(&["status", "scale"], core("replicasets", "ReplicaSet", &["rs"])),
    ),
    named(
        "apps",
        "v1",
        with(&["status", "scale"], core("statefulsets", "StatefulSet", &["sts"])),
    ),
    Resource {
        generation: false,
        ..named(
            "autoscaling",
            "v2",
            with(
                &["status"],
                core("horizontalpodautoscalers", "HorizontalPodAutoscaler", &["hpa"]),
            ),
        )
    },
    named("batch", "v1", with(&["status"], core("cronjobs", "CronJob", &["cj"]))),
    named("batch", "v1", with(&["status"], core("jobs", "Job", &[]))),
    named(
        "gateway.networking.k8s.io",
        "v1",
        with(&["status"], core("httproutes", "HTTPRoute", &[])),
    ),
    Resource {
        generation: false,
        ..named("coordination.k8s.io", "v1", core("leases", "Lease", &[]))
    },
    named("discovery.k8s.io", "v1", core("endpointslices", "EndpointSlice", &[])),
    named(
        "networking.k8s.io",
        "v1",
        with(&["status"], core("ingresses", "Ingress", &["ing"])),
    ),
    named(
        "networking.k8s.io",
        "v1",
        core("networkpolicies", "NetworkPolicy", &["netpol"]),
    ),
    named(
        "policy",
        "v1",
        with(
            &["status"],
            core("poddisruptionbudgets", "PodDisruptionBudget", &["pdb"]),
        ),
    ),
    Resource {
        generation: false,
        ..named(RBAC, "v1", core("roles", "Role", &[]))
    },
    Resource {
        generation: false,
        ..named(RBAC, "v1", core("rolebindings", "RoleBinding", &[]))
    },
    Resource {
        generation: false,
        ..named(RBAC, "v1", cluster_wide(core("clusterroles", "ClusterRole", &[])))
    },
    Resource {
        generation: false,
        ..named(
            RBAC,
            "v1",
            cluster_wide(core("clusterrolebindings", "ClusterRoleBinding", &[])),
        )
    },
];

const VERBS: [&str; 8] = [
    "create",
    "delete",
    "deletecollection",
    "get",
    "list",
    "patch",
    "update",
    "watch",
];

impl Resource {
    pub fn of(plural: &str) -> &'static Resource {
        RESOURCES
            .iter()
            .find(|resource| resource.plural == plural)
            .expect("a resource that is served")
    }

    pub fn find(group: &str, version: &str, plural: &str) -> Option<&'static Resource> {
        RESOURCES
            .iter()
            .find(|resource| (resource.group, resource.version, resource.plural) == (group, version, plural))
    }

    /// `v1`, `apps/v1`.
    pub fn api_version(&self) -> String {
        if self.group.is_empty() {
            self.version.to_owned()
        } else {
            format!("{}/{}", self.group, self.version)
        }
    }

    /// `pods`, `deployments.apps`: the form of messages.
    pub fn qualified(&self) -> String {
        qualified(self.plural, self.group)
    }

    /// `Pod`, `Deployment.apps`: the form of messages about what is not valid.
    pub fn qualified_kind(&self) -> String {
        qualified(self.kind, self.group)
    }
}

fn qualified(name: &str, group: &str) -> String {
    if group.is_empty() {
        name.to_owned()
    } else {
        format!("{name}.{group}")
    }
}

/// The documents of discovery without aggregation: `/api`, `/apis`, `/api/v1`, `/apis/GROUP`, `/apis/GROUP/VERSION`.
pub fn discovery(path: &str) -> Option<Value> {
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    match parts[..] {
        ["api"] => Some(json!({"kind": "APIVersions", "versions": ["v1"]})),
        ["apis"] => {
            let mut groups: Vec<&str> = RESOURCES.iter().map(|resource| resource.group).collect();
            groups.extend(["authentication.k8s.io", "authorization.k8s.io"]);
            groups.sort_unstable();
            groups.dedup();
            let groups: Vec<Value> = groups
                .into_iter()
                .filter(|group| !group.is_empty())
                .map(group)
                .collect();
            Some(json!({"kind": "APIGroupList", "apiVersion": "v1", "groups": groups}))
        }
        ["api", version] => resource_list("", version),
        ["apis", name] => RESOURCES.iter().any(|resource| resource.group == name).then(|| {
            let mut document = group(name);
            document["kind"] = "APIGroup".into();
            document["apiVersion"] = "v1".into();
            document
        }),
        ["apis", name, version] => resource_list(name, version),
        _ => None,
    }
}

fn group(name: &str) -> Value {
    let version = RESOURCES
        .iter()
        .find(|resource| resource.group == name)
        .map_or("v1", |resource| resource.version);
    let version = json!({"groupVersion": format!("{name}/{version}"), "version": version});
    json!({"name": name, "versions": [version.clone()], "preferredVersion": version})
}

fn resource_list(group: &str, version: &str) -> Option<Value> {
    let mut list = Vec::new();
    for resource in RESOURCES {
        if (resource.group, resource.version) != (group, version) {
            continue;
        }
        list.push(json!({
            "name": resource.plural, "singularName": resource.kind.to_lowercase(), "namespaced": resource.namespaced,
            "kind": resource.kind, "verbs": VERBS, "shortNames": resource.short,
        }));
        for subresource in resource.subresources {
            list.push(json!({
                "name": format!("{}/{subresource}", resource.plural), "singularName": "",
                "namespaced": resource.namespaced, "kind": resource.kind, "verbs": ["get", "patch", "update"],
            }));
        }
    }
    let reviews = [
        (
            "authorization.k8s.io",
            "selfsubjectaccessreviews",
            "SelfSubjectAccessReview",
        ),
        ("authentication.k8s.io", "selfsubjectreviews", "SelfSubjectReview"),
    ];
    for (of, plural, kind) in reviews {
        if (of, "v1") == (group, version) {
            list.push(
                json!({"name": plural, "singularName": kind.to_lowercase(), "namespaced": false, "kind": kind,
                "verbs": ["create"]}),
            );
        }
    }
    let group_version = if group.is_empty() {
        version.to_owned()
    } else {
        format!("{group}/{version}")
    };
    (!list.is_empty()).then(
        || json!({"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": group_version, "resources": list}),
    )
}

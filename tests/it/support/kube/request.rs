//! A request as the verbs see it: what it is about, by whom, with which options.

use serde_json::Value;

use super::apply::Writer;
use super::failure::{Answer, Failure};
use super::resources::Resource;
use super::rules::User;
use super::selector::Selector;
use super::store::Key;

pub struct Request {
    pub method: String,
    pub path: String,
    pub query: Vec<(String, String)>,
    pub content_type: String,
    pub agent: String,
    pub body: Vec<u8>,
    pub user: User,
}

/// What is answered.
pub enum Reply {
    Document {
        code: u16,
        body: Value,
        warnings: Vec<String>,
    },
    Text(String),
    /// Changes after a revision, for as long as was asked.
    Watch(Watch),
    /// The log of a container from now on.
    Follow(super::logs::Tail),
}

pub struct Watch {
    pub resource: &'static Resource,
    pub namespace: String,
    pub selector: Selector,
    pub after: u64,
    /// Objects that are there already are sent first.
    pub initial: bool,
    pub bookmarks: bool,
    pub seconds: u64,
}

/// What of the API a path names.
#[derive(Debug)]
pub struct Place {
    pub resource: &'static Resource,
    pub namespace: String,
    pub name: String,
    pub subresource: String,
}

impl Place {
    /// `None` if nothing is served there.
    pub fn parse(path: &str) -> Option<Self> {
        let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
        let (group, version, rest) = match &parts[..] {
            ["api", version, rest @ ..] => ("", *version, rest),
            ["apis", group, version, rest @ ..] => (*group, *version, rest),
            _ => return None,
        };
        let (namespace, rest) = match rest {
            ["namespaces", namespace, plural, rest @ ..] if *plural != "status" && *plural != "finalize" => {
                (*namespace, [&[*plural], rest].concat())
            }
            rest => ("", rest.to_vec()),
        };
        let (plural, name, subresource) = match rest[..] {
            [plural] => (plural, "", ""),
            [plural, name] => (plural, name, ""),
            [plural, name, subresource] => (plural, name, subresource),
            _ => return None,
        };
        let resource = Resource::find(group, version, plural)?;
        let served = subresource.is_empty() || resource.subresources.contains(&subresource);
        let fits = resource.namespaced || namespace.is_empty();
        (served && fits).then(|| Place {
            resource,
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            subresource: subresource.to_owned(),
        })
    }

    pub fn key(&self) -> Key {
        Key::new(self.resource.plural, &self.namespace, &self.name)
    }

    /// `pods/log`: how rules name it.
    pub fn full(&self) -> String {
        if self.subresource.is_empty() {
            self.resource.plural.to_owned()
        } else {
            format!("{}/{}", self.resource.plural, self.subresource)
        }
    }
}

impl Request {
    pub fn option(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(one, _)| one == name);
        found.map(|(_, value)| value.as_str())
    }

    pub fn flag(&self, name: &str) -> bool {
        matches!(self.option(name), Some("true" | "1"))
    }

    /// The word that RBAC knows the request by.
    pub fn verb(&self, place: &Place) -> &'static str {
        match (self.method.as_str(), place.name.is_empty()) {
            ("GET", true) if self.flag("watch") => "watch",
            ("GET", true) => "list",
            ("POST", _) => "create",
            ("PUT", _) => "update",
            ("PATCH", _) => "patch",
            ("DELETE", true) => "deletecollection",
            ("DELETE", false) => "delete",
            _ => "get",
        }
    }

    pub fn selector(&self, resource: &Resource) -> Answer<Selector> {
        let labels = self.option("labelSelector").unwrap_or_default();
        let fields = self.option("fieldSelector").unwrap_or_default();
        Selector::parse(resource, labels, fields).map_err(Failure::bad_request)
    }

    pub fn dry_run(&self) -> Answer<bool> {
        match self.option("dryRun") {
            None | Some("") => Ok(false),
            Some("All") => Ok(true),
            Some(other) => Err(Failure::new(
                422,
                "Invalid",
                format!(
                    "PatchOptions.meta.k8s.io \"\" is invalid: dryRun: Unsupported value: {other:?}: supported values: \
                     \"All\""
                ),
            )),
        }
    }

    /// Who owns what this request writes: the field manager, or the program that asks.
    pub fn writer(&self, place: &Place, apply: bool) -> Writer {
        let program = self.agent.split('/').next().unwrap_or_default();
        let manager = self.option("fieldManager").filter(|manager| !manager.is_empty());
        Writer {
            operation: if apply { "Apply" } else { "Update" }.to_owned(),
            manager: manager
                .unwrap_or(if program.is_empty() { "unknown" } else { program })
                .to_owned(),
            api_version: place.resource.api_version(),
            subresource: place.subresource.clone(),
        }
    }
}

//! What the cluster itself remembers of a service in an environment: a ConfigMap with the fence, changed only under the
//! version that was read.
//!
//! It stays when everything else was taken down, so that a tool that had slept meanwhile is still refused.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::api::Api;
use super::names;
use crate::fault::{Fault, Kind, Result};
use crate::ports::target::Authority;

/// How often it is tried to write while others write too: each time somebody else got through.
const TRIES: u32 = 20;

/// The ConfigMap's content.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Book {
    pub fence: u64,
    pub url: Option<String>,
    /// The deployment that replaced instances last, and when it began to.
    pub deployment: Option<u64>,
    pub began: Option<Timestamp>,
    /// That deployment reached its end: what ends by itself from now on is a matter of running, not of deploying.
    pub settled: bool,
    /// Kinds of which objects were applied, as `apps/v1 Deployment`.
    pub kinds: Vec<String>,
}

impl Book {
    pub fn read(object: &Value) -> Book {
        let text = |key: &str| object["data"][key].as_str().filter(|text| !text.is_empty());
        let number = |key: &str| text(key).and_then(|text| text.parse().ok());
        Book {
            fence: number("fence").unwrap_or(0),
            url: text("url").map(str::to_owned),
            deployment: number("deployment"),
            began: text("began").and_then(|text| text.parse().ok()),
            settled: text("settled") == Some("true"),
            kinds: text("kinds")
                .map(|text| text.lines().map(str::to_owned).collect())
                .unwrap_or_default(),
        }
    }

    fn data(&self) -> Value {
        json!({
            "fence": self.fence.to_string(),
            "url": self.url.clone().unwrap_or_default(),
            "deployment": self.deployment.map(|number| number.to_string()).unwrap_or_default(),
            "began": self.began.map(|at| at.to_string()).unwrap_or_default(),
            "settled": self.settled.to_string(),
            "kinds": self.kinds.join("\n"),
        })
    }
}

/// How the object is called.
pub fn name(base: &str) -> String {
    names::bounded(&format!("{base}-{}", names::MANAGER))
}

/// Compares the fence with what the cluster has seen, records it, and changes the rest. `known` is the object as it was read or
/// written last, if it was: what is written goes by its version, so that an old one is found out; where there is nothing to
/// write, it is read anew.
pub fn sign(
    api: &Api,
    authority: &Authority,
    base: &str,
    known: &mut Option<Value>,
    change: impl Fn(&mut Book),
) -> Result<Book> {
    let name = name(base);
    for _ in 0..TRIES {
        let (found, is_fresh) = match known.take() {
            Some(found) => (Some(found), false),
            None => (api.get("v1", "ConfigMap", &name)?, true),
        };
        if let Some(found) = &found {
            belongs(found, authority, &name)?;
        }
        let before = found.as_ref().map(Book::read).unwrap_or_default();
        if authority.fence < before.fence {
            return Err(Fault::new(
                Kind::Busy,
                "fenced",
                format!("token {} is older than {}", authority.fence, before.fence),
            ));
        }
        let mut book = before.clone();
        book.fence = authority.fence;
        change(&mut book);
        match found.is_some() && book == before {
            true if is_fresh => {
                *known = found;
                return Ok(book);
            }
            true => continue,
            false => {}
        }
        *known = write(api, authority, &name, found.as_ref(), &book)?;
        if known.is_some() {
            return Ok(book);
        }
    }
    let message = format!("cannot write configmap/{name}: others changed it each time");
    Err(Fault::new(Kind::Busy, "changed-meanwhile", message))
}

/// The object as it is written; `None` where somebody else was first.
fn write(api: &Api, authority: &Authority, name: &str, before: Option<&Value>, book: &Book) -> Result<Option<Value>> {
    let mut labels = names::labels(&authority.service, &authority.env);
    labels.insert(names::FENCE.into(), json!("true"));
    let mut object = json!({
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": { "name": name, "namespace": api.namespace, "labels": labels },
        "data": book.data(),
    });
    let Some(before) = before else {
        return api.create(&object, false);
    };
    object["metadata"]["resourceVersion"] = before["metadata"]["resourceVersion"].clone();
    api.replace(&object)
}

/// One name in one namespace belongs to one service in one environment.
pub fn belongs(object: &Value, authority: &Authority, name: &str) -> Result<()> {
    let (service, env) = (
        names::labelled(object, names::SERVICE),
        names::labelled(object, names::ENV),
    );
    if (service, env) == (Some(authority.service.as_str()), Some(authority.env.as_str())) {
        return Ok(());
    }
    let whose = match (service, env) {
        (Some(service), Some(env)) => format!("belongs to `{service}` in `{env}`"),
        _ => "is not deliver's".to_owned(),
    };
    let what = format!("{}/{name}", names::kind(object).to_lowercase());
    Err(
        Fault::usage("name-taken", format!("{what} {}", super::trouble::clean(&whose)))
            .still("nothing was changed")
            .hint(format!(
                "give the environment its own `namespace`, or names of its own: `name = \"{}-{}\"`",
                authority.service, authority.env
            )),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let book = Book {
            fence: 7,
            url: Some("http://x".into()),
            deployment: Some(3),
            began: "2026-03-04T05:06:07Z".parse().ok(),
            settled: true,
            kinds: vec!["apps/v1 Deployment".into(), "v1 Service".into()],
        };
        assert_eq!(Book::read(&json!({ "data": book.data() })), book);
        assert_eq!(Book::read(&json!({ "data": Book::default().data() })), Book::default());
        assert_eq!(Book::read(&json!({})), Book::default());
    }
}

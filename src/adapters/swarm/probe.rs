//! Asking a published port whether the instances behind it can take traffic.
//!
//! A swarm's ports balance over every instance, one connection each in turn: so many connections that each instance gets
//! at least one, and all of them must be answered.

use std::time::Duration;

use reqwest::blocking::Client;
use reqwest::header::HOST;
use reqwest::redirect::Policy;
use serde::{Deserialize, Serialize};

use super::connect::plain;
use crate::fault::{Fault, Result};
use crate::model::Span;
use crate::model::spec::{Health, HttpProbe};

/// At most this many connections in one round.
const MOST: usize = 20;

/// What a service's label says of how to ask it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ask {
    pub probe: HttpProbe,
    pub interval: Span,
    pub timeout: Span,
}

impl Ask {
    pub fn of(probe: &HttpProbe, health: &Health) -> Ask {
        Ask {
            probe: probe.clone(),
            interval: health.interval,
            timeout: health.timeout,
        }
    }

    /// One round over `instances` of them; an error is what the first bad answer was.
    pub fn round(&self, client: &Client, url: &str, instances: usize) -> std::result::Result<(), String> {
        for _ in 0..(2 * instances).clamp(2, MOST) {
            self.once(client, url)?;
        }
        Ok(())
    }

    fn once(&self, client: &Client, url: &str) -> std::result::Result<(), String> {
        let path = &self.probe.path;
        let mut request = client.get(format!("{url}{path}")).timeout(self.timeout.duration());
        if let Some(host) = &self.probe.host {
            request = request.header(HOST, host);
        }
        match request.send() {
            Ok(answer) if answer.status().as_u16() < self.probe.below => Ok(()),
            Ok(answer) => Err(format!("GET {path} at {url} answered {}", answer.status().as_u16())),
            Err(error) => Err(format!("GET {path} at {url}: {}", why(&error))),
        }
    }
}

/// The innermost cause, which is the one that tells something.
fn why(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "no answer in time".into();
    }
    let mut inner: &dyn std::error::Error = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    plain(&inner.to_string())
}

/// A new connection for each request, since one that is kept open reaches one instance alone.
pub fn client() -> Result<Client> {
    let built = Client::builder()
        .redirect(Policy::none())
        .no_proxy()
        .pool_max_idle_per_host(0)
        .connect_timeout(Duration::from_secs(5))
        .build();
    built.map_err(|error| Fault::bug("a web client could not be made").because(error))
}

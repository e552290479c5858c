//! Asking a published port whether the instances behind it can take traffic.
//!
//! A swarm's ports balance over every instance, one connection each in turn: so many connections that each instance gets
//! at least one, and all of them must be answered.

use std::time::Duration;

use reqwest::blocking::Client;
use reqwest::header::HOST;
use reqwest::redirect::Policy;
use serde::{Deserialize, Serialize};

use crate::adapters::docker::connect::plain;
use crate::fault::{Fault, Result};
use crate::model::Span;
use crate::model::spec::{Health, HttpProbe};

/// More connections than this in one round only where there are more instances.
const MOST: usize = 20;

/// Connections that each instance gets in a round, where there are not too many.
const EACH: usize = 2;

/// What a round of questions said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers {
    /// Bad ones among them.
    pub bad: usize,
    /// Connections for each instance.
    pub each: usize,
    /// The first bad one, in words.
    pub why: Option<String>,
    /// Whether each was good, one after the other.
    pub good: Vec<bool>,
    /// Not one connection was taken: nobody listens there.
    pub unheard: bool,
}

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

    /// One round over so many instances of them.
    pub fn round(&self, client: &Client, url: &str, instances: usize) -> Answers {
        let each = (MOST / instances.max(1)).clamp(1, EACH);
        let mut answers = Answers {
            each,
            unheard: true,
            ..Answers::default()
        };
        for _ in 0..each * instances {
            let answer = self.once(client, url);
            answers.good.push(answer.is_ok());
            answers.unheard &= matches!(answer, Err(Bad { unheard: true, .. }));
            if let Err(bad) = answer {
                answers.bad += 1;
                answers.why.get_or_insert(bad.why);
            }
        }
        answers
    }

    fn once(&self, client: &Client, url: &str) -> std::result::Result<(), Bad> {
        let path = &self.probe.path;
        let mut request = client.get(format!("{url}{path}")).timeout(self.timeout.duration());
        if let Some(host) = &self.probe.host {
            request = request.header(HOST, host);
        }
        match request.send() {
            Ok(answer) if answer.status().as_u16() < self.probe.below => Ok(()),
            Ok(answer) => Err(Bad {
                why: format!("GET {path} at {url} answered {}", answer.status().as_u16()),
                unheard: false,
            }),
            // The engine's own proxy of a port takes a connection and drops it where nobody in the container listens.
            Err(error) => Err(Bad {
                why: format!("GET {path} at {url}: {}", why(&error)),
                unheard: !error.is_timeout(),
            }),
        }
    }
}

/// A bad answer.
struct Bad {
    why: String,
    /// There was none at all: refused or dropped.
    unheard: bool,
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

//! Asking a published port whether the instances behind it can take traffic.
//!
//! A swarm's ports balance over every instance, one connection each in turn: so many connections that each instance gets
//! at least one, and all of them must be answered. Connections are made side by side, one for each instance: however many
//! there are, what hangs costs its timeout once.

use std::time::Duration;

use reqwest::blocking::Client;
use reqwest::header::HOST;
use reqwest::redirect::Policy;
use serde::{Deserialize, Serialize};

use crate::adapters::docker::connect::plain;
use crate::fault::{Fault, Result};
use crate::model::Span;
use crate::model::spec::{Health, HttpProbe};

/// More connections than this in one round only where there are more instances, and never more at a time.
const MOST: usize = 20;

/// Connections that each instance gets in a round, where there are not too many.
const EACH: usize = 2;

/// What a round of questions said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers {
    /// Bad ones among them.
    pub bad: usize,
    /// Connections for each instance; fewer where some had no answer in time.
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
        let most = (MOST / instances.max(1)).clamp(1, EACH);
        let mut answers = Answers {
            unheard: true,
            ..Answers::default()
        };
        for _ in 0..most {
            let pass = side_by_side(instances, |_| self.once(client, url));
            answers.each += 1;
            let late = pass.iter().any(|answer| matches!(answer, Err(Bad { late: true, .. })));
            for answer in pass {
                answers.good.push(answer.is_ok());
                answers.unheard &= matches!(
                    answer,
                    Err(Bad {
                        late: false,
                        heard: false,
                        ..
                    })
                );
                if let Err(bad) = answer {
                    answers.bad += 1;
                    answers.why.get_or_insert(bad.why);
                }
            }
            // To ask it again would take as long again, and tell nothing new.
            if late {
                break;
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
                heard: true,
                late: false,
            }),
            // The engine's own proxy of a port takes a connection and drops it where nobody in the container listens.
            Err(error) => Err(Bad {
                why: format!("GET {path} at {url}: {}", why(&error)),
                heard: false,
                late: error.is_timeout(),
            }),
        }
    }
}

/// A bad answer.
struct Bad {
    why: String,
    /// Something spoke HTTP.
    heard: bool,
    /// Nothing did within the timeout; otherwise what was not heard was refused or dropped.
    late: bool,
}

/// Does `count` things at the same time, [`MOST`] at most; gives what came of them, in their order.
pub fn side_by_side<T: Send>(count: usize, one: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let one = &one;
    let mut all = Vec::with_capacity(count);
    for first in (0..count).step_by(MOST) {
        let those = first..count.min(first + MOST);
        if those.len() == 1 {
            all.push(one(first));
            continue;
        }
        std::thread::scope(|scope| {
            let begun: Vec<_> = those
                .map(|at| (at, std::thread::Builder::new().spawn_scoped(scope, move || one(at))))
                .collect();
            for (at, thread) in begun {
                all.push(match thread {
                    Ok(thread) => thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
                    // A machine that has no thread left to give.
                    Err(_) => one(at),
                });
            }
        });
    }
    all
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

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;
    use crate::adapters::system::SystemClock;
    use crate::ports::Clock;

    #[test]
    fn what_hangs_costs_its_timeout_once_however_many_there_are() {
        // Connections are taken by the kernel, and nobody answers.
        let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", silent.local_addr().expect("an address"));
        let timeout = Span::from_millis(1_000);
        let ask = Ask {
            probe: HttpProbe {
                path: "/".into(),
                host: None,
                below: 400,
            },
            interval: timeout,
            timeout,
        };
        let client = client().expect("a client");
        let clock = SystemClock::new(None);
        let began = clock.elapsed();
        let answers = ask.round(&client, &url, 10);
        let took = clock.elapsed() - began;
        assert!(
            took < timeout.duration() * 5,
            "twenty times one second would be {took:?}"
        );
        assert_eq!((answers.bad, answers.each, answers.unheard), (10, 1, false));
        assert!(answers.why.is_some_and(|why| why.contains("no answer in time")));
    }

    #[test]
    fn side_by_side_is_in_order() {
        let all: Vec<usize> = (0..MOST * 2 + 1).collect();
        assert_eq!(side_by_side(all.len(), |at| at), all);
        assert!(side_by_side(0, |at| at).is_empty());
    }
}

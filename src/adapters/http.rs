//! Web requests over reqwest.

use std::io::Read;

use reqwest::blocking;
use reqwest::redirect::Policy;

use crate::fault::{Fault, Kind, Result};
use crate::model::Span;
use crate::ports::Http;
use crate::ports::http::Answer;

/// A client that keeps connections alive. Proxies of the environment are not used: what is asked is on this machine.
pub struct Client(blocking::Client);

impl Client {
    pub fn new() -> Result<Self> {
        let client = blocking::Client::builder().redirect(Policy::none()).no_proxy().build();
        client
            .map(Client)
            .map_err(|error| Fault::bug("a web client could not be made").because(error))
    }
}

impl Http for Client {
    fn get_up_to(&self, url: &str, timeout: Span, most: u64) -> Result<Answer> {
        let unreachable = |error: anyhow::Error| {
            Fault::new(Kind::Unreachable, "no-answer", format!("GET {url} had no answer")).because(error)
        };
        let response = self
            .0
            .get(url)
            .timeout(timeout.duration())
            .send()
            .map_err(|error| unreachable(error.into()))?;
        let status = response.status().as_u16();
        let mut body = Vec::new();
        response
            .take(most)
            .read_to_end(&mut body)
            .map_err(|error| unreachable(error.into()))?;
        Ok(Answer {
            status,
            body: String::from_utf8_lossy(&body).into_owned(),
        })
    }
}

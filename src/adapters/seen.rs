//! A target as it was seen in one look: for planning many services without asking the engine about each.

use std::collections::BTreeMap;

use crate::fault::{Fault, Result};
use crate::model::observed::Observation;
use crate::model::spec::Spec;
use crate::model::{EnvName, ServiceName};
use crate::ports::target::{
    Authority, Capabilities, InPlace, LogLine, LogQuery, Placed, Prepared, Shift, Stop, Stopped, Target, Wanted,
};

/// Answers from one [`Target::observe_all`]; refuses to act, since what it knows is of the past.
pub struct Seen<'a> {
    target: &'a dyn Target,
    observations: BTreeMap<(ServiceName, EnvName), Observation>,
}

impl<'a> Seen<'a> {
    pub fn look(target: &'a dyn Target) -> Result<Self> {
        let seen = target.observe_all()?.into_iter();
        Ok(Seen {
            target,
            observations: seen.map(|one| ((one.service.clone(), one.env.clone()), one)).collect(),
        })
    }
}

fn acting() -> Fault {
    Fault::bug("a target that was only looked at was told to act")
}

impl Target for Seen<'_> {
    fn capabilities(&self) -> Capabilities {
        self.target.capabilities()
    }

    fn in_place(&self) -> Option<&dyn InPlace> {
        None
    }

    fn advise(&self, service: &ServiceName, env: &EnvName, spec: &Spec) -> Result<Vec<String>> {
        self.target.advise(service, env, spec)
    }

    fn makes_image(&self, spec: &Spec) -> bool {
        self.target.makes_image(spec)
    }

    fn unweighted(&self, env: &EnvName) -> Option<String> {
        self.target.unweighted(env)
    }

    fn observe(&self, service: &ServiceName, env: &EnvName) -> Result<Observation> {
        let seen = self.observations.get(&(service.clone(), env.clone()));
        Ok(seen.cloned().unwrap_or_else(|| Observation::nothing(service, env)))
    }

    fn observe_all(&self) -> Result<Vec<Observation>> {
        Ok(self.observations.values().cloned().collect())
    }

    fn prepare(&self, _: &Authority, _: &Prepared) -> Result<Placed> {
        Err(acting())
    }

    fn start(&self, _: &Authority, _: &Prepared, _: &[Wanted]) -> Result<()> {
        Err(acting())
    }

    fn shift(&self, _: &Authority, _: &Shift) -> Result<()> {
        Err(acting())
    }

    fn remove(&self, _: &Authority) -> Result<()> {
        Err(acting())
    }

    fn stop(&self, _: &Authority, _: &Stop) -> Result<Vec<Stopped>> {
        Err(acting())
    }

    fn logs(
        &self,
        service: &ServiceName,
        env: &EnvName,
        query: &LogQuery,
        follow: bool,
        line: &mut dyn FnMut(LogLine) -> bool,
    ) -> Result<()> {
        self.target.logs(service, env, query, follow, line)
    }
}

//! What a reader of a plan is told of a swarm.

use super::options::{Mode, Options, Order, Secrets};
use super::spec::{self, Method};
use super::{Swarm, fence, foreign, names, observe};
use crate::fault::Result;
use crate::model::spec::{Image, Spec};
use crate::model::{EnvName, ServiceName};

impl Swarm {
    pub fn advice(&self, service: &ServiceName, env: &EnvName, spec: &Spec) -> Result<Vec<String>> {
        self.cluster()?;
        let options = Options::read(&spec.options)?;
        self.refuse(service, env, spec, &options)?;
        let mut notes = Vec::new();
        let builds = matches!(spec.image, Some(Image::Dockerfile(_) | Image::Base(_)));
        match &options.registry {
            Some(registry) if builds => {
                notes.push(format!("the image is pushed to {registry} and pinned by its digest"))
            }
            None if builds => {
                notes.push("no registry: the image stays on this one node and is pinned by its id".into())
            }
            _ => {}
        }
        if spec.web().is_some() {
            notes.push(health_advice(spec, &options));
            let checked = matches!(spec::method(spec, &options, false), Method::Command);
            if !checked && spec::order(spec, &options) == Order::StartFirst {
                notes.push(
                    "without a check in the container, an old instance goes as soon as its successor runs, and requests come to \
                     it before it listens"
                        .into(),
                );
            }
        }
        notes.extend(spec.unheard_stop().map(str::to_owned));
        if spec::order(spec, &options) == Order::StopFirst && options.order.is_none() {
            let why = match (spec.volumes.is_empty(), options.publish_mode) {
                (false, _) => "its volumes are not shared by two at once",
                (_, Mode::Host) => "its port of the node is not shared by two",
                _ => "it insists on its port",
            };
            notes.push(format!("an old instance goes before its successor starts: {why}"));
        }
        if !spec.volumes.is_empty() {
            notes.push("volumes stay on the node where an instance runs: pin it there with `constraints`".into());
        }
        if !spec.secrets.is_empty() {
            notes.push(match options.secrets {
                Secrets::Files => "secrets arrive as files /run/secrets/NAME, with their paths in NAME_FILE".into(),
                Secrets::Env => "secrets are variables: whoever may use the engine can read them".into(),
            });
        }
        for one in self.services(service, env)? {
            let Some(written) = &one.spec else { continue };
            let name = written.name.clone().unwrap_or_default();
            if let Some(change) = foreign::change(&name, observe::label(&one, names::WROTE).as_ref(), written) {
                notes.push(format!(
                    "somebody else changed {change}; this is not overwritten. {}",
                    fence::accept(&name)
                ));
            }
        }
        Ok(notes)
    }
}

fn health_advice(spec: &Spec, options: &Options) -> String {
    let stable = spec.health.stable;
    let words = |method: Method| match method {
        Method::Command => "healthy when the declared command in the container says so".to_owned(),
        Method::Image => "healthy when the image's own check says so".to_owned(),
        Method::Port(probe) if options.publish_mode == Mode::Host => {
            format!(
                "healthy when GET {} is answered at the instance's port of its node, asked from here",
                probe.path
            )
        }
        Method::Port(probe) => {
            format!(
                "healthy when GET {} is answered at the published port, from here and by whichever instances it balances over",
                probe.path
            )
        }
        Method::Running => format!("healthy when it runs for {stable}"),
    };
    match (&spec.image, &options.health) {
        // Whether an image has a check is known when it is there.
        (_, None) => format!(
            "{}, unless the image has a check of its own",
            words(spec::method(spec, options, false))
        ),
        _ => words(spec::method(spec, options, true)),
    }
}

//! A target that is somebody else's program: an executable `deliver-target-NAME`, one process for each act, speaking
//! versioned JSON lines on its standard streams.
//!
//! A plugin is believed in nothing but its word about the place it deploys to: what it prints is bounded, checked and freed of
//! the secrets it was given before anybody sees it.

pub mod check;
pub mod process;
pub mod protocol;

use std::path::PathBuf;

use serde_json::Value;

use self::process::{Patience, Plugin, Room};
use self::protocol::{
    Act, Advice, AllObserved, AllStopped, Call, Done, Drained, Greeting, Observed, Placed as WirePlaced,
    Portion as WirePortion, Prepared as WirePrepared, Run, Shift as WireShift, VERSION, Wanted as WireWanted,
};
use crate::config::environment::Environment;
use crate::fault::{Fault, Result};
use crate::model::observed::Observation;
use crate::model::place::Place;
use crate::model::spec::{Role, Spec};
use crate::model::{EnvName, ServiceName, Span};
use crate::ports::Target;
use crate::ports::target::{
    Authority, Capabilities, InPlace, LogLine, LogQuery, Placed, Prepared, Shift, Stage, Stop, Stopped, Wanted,
};
use crate::store::conceal::Concealed;

/// For a handshake, which touches nothing outside of this machine.
const GREET: Span = Span::from_secs(10);

/// For a look at what is there, wherever that is.
const LOOK: Span = Span::from_secs(60);

/// For making a release ready: an artifact has to get there.
const PREPARE: Span = Span::from_secs(30 * 60);

/// For an act that waits for nothing.
const DO: Span = Span::from_secs(120);

/// On top of what an act may wait for by its own terms.
const MARGIN: Span = Span::from_secs(60);

/// The most instances that an observation may hold: ten times what a manifest may ask for.
const INSTANCES_MAX: usize = 10_000;

/// The target `plugin`.
pub struct PluginTarget {
    plugin: Plugin,
    greeting: Greeting,
}

/// A plugin by its name, found and not yet started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chosen {
    pub name: String,
    pub program: PathBuf,
    /// What only the plugin knows.
    pub options: Value,
}

impl Chosen {
    /// The plugin that a place names: looked for on PATH unless the place says where it is.
    pub fn of(place: &Place, environment: &Environment) -> Result<Chosen> {
        let mut options = place.options.as_object().cloned().unwrap_or_default();
        let mut text = |key: &str| options.remove(key).and_then(|value| Some(value.as_str()?.to_owned()));
        let (name, path) = (text("name"), text("path"));
        let name = name.ok_or_else(|| {
            Fault::usage("plugin-unnamed", "the environment names no plugin")
                .hint("add `[environment.NAME.plugin]` with `name = \"…\"` to deliver.toml")
        })?;
        crate::model::name::check(&name).map_err(|wrong| {
            Fault::usage(
                "plugin-unnamed",
                format!("`{}` names no plugin: it {wrong}", name.escape_debug()),
            )
        })?;
        let path = path.map(PathBuf::from);
        Ok(Chosen {
            program: process::find(&name, path.as_deref(), environment.get("PATH"))?,
            name,
            options: Value::Object(options),
        })
    }
}

impl PluginTarget {
    /// Starts the plugin once and agrees on a version.
    pub fn open(chosen: Chosen, room: Room) -> Result<Self> {
        let plugin = Plugin {
            name: chosen.name,
            program: chosen.program,
            options: chosen.options,
            room,
            known: Concealed::default(),
        };
        let call = Call::Handshake {
            protocols: vec![VERSION],
        };
        let greeting: Greeting = plugin.ask(call, &within(GREET))?;
        if !greeting.protocols.contains(&VERSION) {
            let spoken: Vec<String> = greeting.protocols.iter().map(u32::to_string).collect();
            let message = format!(
                "`{}` speaks protocol {}, and this `deliver` speaks {VERSION}",
                plugin.executable(),
                match spoken.is_empty() {
                    true => "none".to_owned(),
                    false => spoken.join(", "),
                }
            );
            return Err(
                Fault::usage("plugin-version", message).hint("install a version of the plugin that fits this one")
            );
        }
        let able = greeting.capabilities;
        if !able.beside && !able.in_place {
            let message = format!(
                "`{}` can neither run new instances beside old ones nor replace them: it declares neither `beside` nor `in_place`",
                plugin.executable()
            );
            return Err(Fault::failed("plugin-protocol", message));
        }
        Ok(PluginTarget { plugin, greeting })
    }

    /// What it said of itself.
    pub fn greeting(&self) -> &Greeting {
        &self.greeting
    }

    fn act(&self, call: Call, patience: &Patience) -> Result<()> {
        self.plugin.ask::<Done>(call, patience).map(drop)
    }

    /// From now on what the plugin says of these secrets is not repeated.
    fn conceal(&self, prepared: &Prepared) {
        for (name, secret) in &prepared.secrets {
            self.plugin.known.add(name, secret);
        }
    }

    fn checked(&self, observed: Observed, service: &ServiceName, env: &EnvName) -> Result<Observation> {
        let count = observed.instances.len();
        if count > INSTANCES_MAX {
            let message = format!("`{}` reports {count} instances", self.plugin.executable());
            return Err(Fault::failed("plugin-protocol", message));
        }
        Ok(observed.of(service, env))
    }
}

/// A call that is waited for, whatever happens meanwhile.
fn within(limit: Span) -> Patience {
    Patience {
        limit: Some(limit),
        interruptible: false,
    }
}

fn sum(spans: &[Span]) -> Span {
    Span::from_millis(spans.iter().map(|span| span.as_millis()).fold(0, u64::saturating_add))
}

impl Target for PluginTarget {
    fn capabilities(&self) -> Capabilities {
        self.greeting.capabilities.into()
    }

    fn in_place(&self) -> Option<&dyn InPlace> {
        self.greeting.capabilities.in_place.then_some(self as &dyn InPlace)
    }

    fn observe(&self, service: &ServiceName, env: &EnvName) -> Result<Observation> {
        let call = Call::Observe {
            service: service.clone(),
            env: env.clone(),
        };
        let observed: Observed = self.plugin.ask(call, &within(LOOK))?;
        self.checked(observed, service, env)
    }

    fn observe_all(&self) -> Result<Vec<Observation>> {
        let all: AllObserved = self.plugin.ask(Call::ObserveAll {}, &within(LOOK))?;
        let each = all.observations.into_iter();
        each.map(|one| self.checked(one.observation, &one.service, &one.env))
            .collect()
    }

    fn advise(&self, service: &ServiceName, env: &EnvName, spec: &Spec) -> Result<Vec<String>> {
        let able = self.greeting.capabilities;
        let scheduled = spec
            .processes
            .iter()
            .find(|process| matches!(process.role, Role::Schedule(_)));
        let unable = match (spec.volumes.first(), scheduled) {
            (Some(volume), _) if !able.volumes => Some(format!("cannot keep the volume `{volume}` over releases")),
            (_, Some(job)) if !able.schedules => Some(format!("cannot run the scheduled job `{}`", job.name)),
            _ => None,
        };
        if let Some(unable) = unable {
            let message = format!("`{}` {unable}", self.plugin.executable());
            return Err(Fault::usage("unsupported", message).still("nothing was touched"));
        }
        let call = Call::Plan {
            service: service.clone(),
            env: env.clone(),
            run: Run::of(spec),
        };
        Ok(self.plugin.ask::<Advice>(call, &within(LOOK))?.notes)
    }

    fn prepare(&self, authority: &Authority, prepared: &Prepared) -> Result<Placed> {
        self.conceal(prepared);
        let call = Call::Prepare {
            act: Act::from(authority),
            prepared: WirePrepared::of(prepared),
        };
        // The one act that may take long, and that leaves nothing half done: what is not ready is made ready again.
        let patience = Patience {
            limit: Some(PREPARE),
            interruptible: true,
        };
        let placed: WirePlaced = self.plugin.ask(call, &patience)?;
        Ok(Placed {
            url: placed.url,
            record: placed.record,
            confidential: false,
        })
    }

    fn start(&self, authority: &Authority, prepared: &Prepared, wanted: &[Wanted]) -> Result<()> {
        self.conceal(prepared);
        let instances = wanted.iter().map(|one| WireWanted {
            id: one.id.clone(),
            process: one.process.clone(),
        });
        let call = Call::Start {
            act: Act::from(authority),
            prepared: WirePrepared::of(prepared),
            instances: instances.collect(),
        };
        self.act(call, &within(DO))
    }

    fn shift(&self, authority: &Authority, shift: &Shift) -> Result<()> {
        let call = Call::Shift {
            act: Act::from(authority),
            shift: WireShift {
                release: shift.release,
                instances: shift.instances.clone(),
                part: shift.part.as_ref().map(|part| WirePortion {
                    instances: part.instances.clone(),
                    percent: part.percent,
                }),
                hold: shift.hold,
            },
        };
        self.act(call, &within(DO))
    }

    fn remove(&self, authority: &Authority) -> Result<()> {
        let act = Act::from(authority);
        self.act(Call::Remove { act }, &within(sum(&[DO, MARGIN, PATIENCE_IN_PLACE])))
    }

    fn stop(&self, authority: &Authority, stop: &Stop) -> Result<Vec<Stopped>> {
        let drain = Call::Drain {
            act: Act::from(authority),
            instances: stop.instances.clone(),
            drain_ms: stop.drain.as_millis(),
        };
        let drained: Drained = self.plugin.ask(drain, &within(sum(&[stop.drain, MARGIN])))?;
        let end = Call::Stop {
            act: Act::from(authority),
            instances: stop.instances.clone(),
            grace_ms: stop.grace.as_millis(),
        };
        let all: AllStopped = self.plugin.ask(end, &within(sum(&[stop.grace, MARGIN])))?;
        let stopped = all.stopped.into_iter().map(|one| Stopped {
            cut: drained.cut.get(&one.id).copied().unwrap_or(0),
            id: one.id,
            killed: one.killed,
            exit: one.exit,
        });
        Ok(stopped.collect())
    }

    fn logs(
        &self,
        service: &ServiceName,
        env: &EnvName,
        query: &LogQuery,
        follow: bool,
        line: &mut dyn FnMut(LogLine) -> bool,
    ) -> Result<()> {
        let call = Call::Logs {
            service: service.clone(),
            env: env.clone(),
            query: query.into(),
            follow,
        };
        let patience = Patience {
            limit: (!follow).then_some(LOOK),
            interruptible: follow,
        };
        self.plugin.listen(call, &patience, &mut |one| line(one.into()))
    }
}

/// An engine that replaces in place drains and stops everything itself when it removes, for as long as releases ask for.
const PATIENCE_IN_PLACE: Span = Span::from_secs(600);

impl InPlace for PluginTarget {
    fn replace(&self, authority: &Authority, prepared: &Prepared, stage: &Stage) -> Result<()> {
        self.conceal(prepared);
        let call = Call::Replace {
            act: Act::from(authority),
            prepared: WirePrepared::of(prepared),
            stage: stage.into(),
        };
        self.act(call, &within(DO))
    }

    fn finish(&self, authority: &Authority, prepared: &Prepared) -> Result<()> {
        let call = Call::Finish {
            act: Act::from(authority),
            prepared: WirePrepared::without_secrets(prepared),
        };
        self.act(call, &within(DO))
    }
}

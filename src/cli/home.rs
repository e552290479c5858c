//! A bare `deliver`: outside a service how to start, inside one where it stands and what is next.

use jiff::Timestamp;
use serde::Serialize;

use super::page::{Column, Page, Table};
use super::report::Report;
use super::{Cx, Exit, args};
use crate::config::manifest::{self, Manifest};
use crate::fault::Result;
use crate::model::deployment::Operation;
use crate::model::{DeploymentId, Outcome, ReleaseNo};

/// Where the person stands.
#[derive(Debug, schemars::JsonSchema, Serialize)]
pub struct Home {
    pub version: &'static str,
    /// `None` outside a service.
    pub service: Option<Standing>,
    pub next: Vec<Next>,
}

/// A service and what is known of it without asking anything but the store.
#[derive(Debug, schemars::JsonSchema, Serialize)]
pub struct Standing {
    pub name: String,
    pub description: Option<String>,
    pub environments: Vec<Place>,
}

/// One environment and its newest deployment.
#[derive(Debug, schemars::JsonSchema, Serialize)]
pub struct Place {
    pub env: String,
    pub target: String,
    /// The release of the newest deployment that succeeded; what really runs is for `deliver status` to say.
    pub last_good: Option<ReleaseNo>,
    pub deployment: Option<DeploymentId>,
    pub operation: Option<Operation>,
    pub outcome: Option<Outcome>,
    pub at: Option<Timestamp>,
}

/// A command to go on with.
#[derive(Clone, Debug, schemars::JsonSchema, Serialize)]
pub struct Next {
    pub command: &'static str,
    pub why: &'static str,
}

const START: [Next; 3] = [
    Next {
        command: "deliver new",
        why: "create a service from a template",
    },
    Next {
        command: "deliver adopt",
        why: "describe the app that is already in this folder",
    },
    Next {
        command: "deliver tour",
        why: "see it all work in a folder of its own",
    },
];

const FIRST: [Next; 2] = [
    Next {
        command: "deliver plan",
        why: "see what a deployment would do",
    },
    Next {
        command: "deliver deploy",
        why: "build it and run it on this machine",
    },
];

const GO_ON: [Next; 4] = [
    Next {
        command: "deliver status",
        why: "see what runs",
    },
    Next {
        command: "deliver plan",
        why: "see what a deployment would change",
    },
    Next {
        command: "deliver deploy",
        why: "deploy what is in this folder",
    },
    Next {
        command: "deliver rollback",
        why: "go back to the last good release",
    },
];

pub fn run(cx: &mut Cx) -> Result<Exit> {
    let home = match manifest::find(cx.world.directory()) {
        None => Home {
            version: env!("CARGO_PKG_VERSION"),
            service: None,
            next: built(&START, cx),
        },
        Some(path) => {
            let standing = standing(&Manifest::load(&path)?, cx)?;
            let deployed = standing.environments.iter().any(|place| place.deployment.is_some());
            let next = if deployed { built(&GO_ON, cx) } else { built(&FIRST, cx) };
            Home {
                version: env!("CARGO_PKG_VERSION"),
                service: Some(standing),
                next,
            }
        }
    };
    cx.ui.answer(&home)?;
    Ok(Exit::Ok)
}

/// Those whose command is built.
fn built(next: &[Next], cx: &Cx) -> Vec<Next> {
    let tree = args::command(cx.world.settings());
    let is_built = |next: &&Next| {
        next.command
            .split(' ')
            .nth(1)
            .is_some_and(|name| tree.find_subcommand(name).is_some())
    };
    next.iter().filter(is_built).cloned().collect()
}

fn standing(manifest: &Manifest, cx: &Cx) -> Result<Standing> {
    let store = cx.world.store_read_only()?;
    let mut environments = Vec::new();
    for env in manifest.environment_names() {
        let newest = match &store {
            Some(store) => store
                .deployments(Some(&manifest.service.name), Some(&env), 1)?
                .into_iter()
                .next(),
            None => None,
        };
        environments.push(Place {
            target: manifest.environment(&env).map(|env| env.target).unwrap_or_default(),
            last_good: match &store {
                Some(store) => store.last_good(&manifest.service.name, &env)?,
                None => None,
            },
            env: env.to_string(),
            deployment: newest.as_ref().map(|it| it.id),
            operation: newest.as_ref().map(|it| it.operation),
            outcome: newest.as_ref().map(|it| it.outcome),
            at: newest.as_ref().map(|it| it.finished_at.unwrap_or(it.started_at)),
        });
    }
    Ok(Standing {
        name: manifest.service.name.to_string(),
        description: manifest.service.description.clone(),
        environments,
    })
}

impl Report for Home {
    const SCHEMA: &'static str = "home";

    fn render(&self, page: &mut Page) {
        match &self.service {
            None => {
                page.line(format!(
                    "deliver {}: scaffold, deploy and look after services",
                    self.version
                ));
                page.gap();
                page.line("No deliver.toml here or above. Start with one of:");
            }
            Some(standing) => {
                standing.render(page);
                page.gap();
                page.line("Next:");
            }
        }
        let width = self.next.iter().map(|next| next.command.len()).max().unwrap_or(0);
        for next in &self.next {
            let padding = " ".repeat(width - next.command.len());
            page.line(format!(
                "  {}{padding}  {}",
                page.style().copyable(next.command),
                next.why
            ));
        }
        page.gap();
        page.line(format!("All commands: {}", page.style().copyable("deliver --help")));
    }
}

impl Standing {
    fn render(&self, page: &mut Page) {
        let about = self
            .description
            .as_ref()
            .map(|text| format!(": {text}"))
            .unwrap_or_default();
        page.line(format!("{}{}", page.style().subject(&self.name), about));
        page.gap();
        let mut table = Table::new([
            Column::new("ENVIRONMENT"),
            Column::new("TARGET").priority(2),
            Column::new("LAST GOOD"),
            Column::new("LAST DEPLOYMENT"),
            Column::new("WHEN").priority(1),
        ]);
        for place in &self.environments {
            let dash = || page.style().dash();
            table.row([
                place.env.clone(),
                place.target.clone(),
                place.last_good.map_or_else(dash, |release| release.to_string()),
                match (place.deployment, place.operation, place.outcome) {
                    (Some(id), Some(operation), Some(outcome)) => {
                        format!("{id} {} {}", operation.as_str(), outcome.as_str().replace('_', " "))
                    }
                    _ => page.style().secondary("never deployed"),
                },
                place.at.map(|at| page.when(at)).unwrap_or_default(),
            ]);
        }
        page.table(&table);
    }
}

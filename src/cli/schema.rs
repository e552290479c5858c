//! `deliver schema`: JSON Schema of what people write, and of the documents that commands print.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;
use serde_json::{Value, json};

use super::page::{Column, Page, Table};
use super::report::Report;
use super::{
    Cx, Exit, adopt, agent, audit, config, deployment, doctor, history, hold, home, incident, logs, new, oncall, plan,
    platform, plugin, ready, reliability, render, status, template, version, why,
};
use crate::adapters::plugin::protocol;
use crate::config::explain::Explanation;
use crate::config::manifest::keys::MANIFEST;
use crate::config::nearest::nearest;
use crate::config::platform::Platform;
use crate::config::platform::keys::PLATFORM;
use crate::config::rota::keys::ROTA;
use crate::config::schema;
use crate::fault::{Fault, Result};
use crate::review::Review;

/// Print the JSON Schema of a file or of a document
///
/// The schema (draft 2020-12) of a file is made from the same description that the decoder reads, so that an editor
/// accepts what `deliver` does; the schema of a document from the very types that are printed.
#[derive(Debug, clap::Args)]
#[command(before_help = "\
Examples:
  $ deliver schema manifest > deliver.schema.json
  $ deliver schema platform
  $ deliver schema output doctor")]
pub struct SchemaArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    Manifest(ManifestArgs),
    Platform(PlatformArgs),
    Rota(RotaArgs),
    Plugin(PluginArgs),
    Output(OutputArgs),
}

/// Print the JSON Schema of `deliver.toml`
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Examples:\n  $ deliver schema manifest > deliver.schema.json\n  $ deliver schema manifest | head -20"
)]
struct ManifestArgs {}

/// Print the JSON Schema of `platform.toml`
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Examples:\n  $ deliver schema platform > platform.schema.json\n  $ deliver schema platform | head -20"
)]
struct PlatformArgs {}

/// Print the JSON Schema of `rotas/NAME.toml`
#[derive(Debug, clap::Args)]
#[command(before_help = "Examples:\n  $ deliver schema rota > rota.schema.json\n  $ deliver schema rota | head -20")]
struct RotaArgs {}

/// Print the JSON Schema of what a plugin is asked and may answer
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Examples:\n  $ deliver schema plugin > plugin.schema.json\n  $ deliver schema plugin | head -20"
)]
struct PluginArgs {}

/// Print the JSON Schema of what a command prints with --json
#[derive(Debug, clap::Args)]
#[command(before_help = "Examples:\n  $ deliver schema output\n  $ deliver schema output doctor")]
struct OutputArgs {
    /// The word in `"schema": "deliver/KIND/v1"`; without it the kinds are listed
    #[arg(value_name = "KIND")]
    kind: Option<String>,
}

/// A kind of document.
pub struct Kind {
    pub name: &'static str,
    pub schema: fn() -> Value,
}

/// Every kind of document that commands print. A report is one line here; a test counts them.
pub const KINDS: [Kind; 41] = [
    kind::<adopt::Adoption>(),
    kind::<agent::AgentReport>(),
    kind::<audit::Journal>(),
    kind::<audit::Verification>(),
    kind::<Explanation>(),
    kind::<config::Places>(),
    kind::<deployment::DeploymentView>(),
    kind::<doctor::Doctor>(),
    kind::<history::History>(),
    kind::<hold::Holds>(),
    kind::<home::Home>(),
    kind::<incident::IncidentView>(),
    kind::<incident::Incidents>(),
    kind::<incident::Actions>(),
    kind::<incident::Written>(),
    kind::<plan::PlanReport>(),
    kind::<plan::all::Plans>(),
    kind::<logs::Lines>(),
    kind::<new::Planned>(),
    kind::<new::Scaffolded>(),
    kind::<oncall::Who>(),
    kind::<oncall::Check>(),
    kind::<oncall::Schedule>(),
    kind::<Platform>(),
    kind::<platform::Checked>(),
    kind::<platform::Started>(),
    kind::<plugin::Plugins>(),
    kind::<plugin::Checked>(),
    kind::<ready::Readiness>(),
    kind::<ready::CheckView>(),
    kind::<ready::Fixed>(),
    kind::<ready::Granted>(),
    kind::<Review>(),
    kind::<Kinds>(),
    kind::<reliability::Reliability>(),
    kind::<render::Rendered>(),
    kind::<status::Status>(),
    kind::<template::Shown>(),
    kind::<template::Templates>(),
    kind::<version::Version>(),
    kind::<why::Why>(),
];

const fn kind<R: Report + JsonSchema>() -> Kind {
    Kind {
        name: R::SCHEMA,
        schema: document::<R>,
    }
}

/// The schema of a report as it is printed: its own fields after `schema`. Fields may be added within `v1`, so that
/// further ones are allowed.
fn document<R: Report + JsonSchema>() -> Value {
    let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let mut schema = generator.into_root_schema_for::<R>().to_value();
    schema["title"] = json!(format!("deliver/{}/v1", R::SCHEMA));
    schema["properties"]["schema"] = json!({ "const": format!("deliver/{}/v1", R::SCHEMA) });
    if let Some(required) = schema["required"].as_array_mut() {
        required.insert(0, json!("schema"));
    }
    schema
}

pub fn run(args: &SchemaArgs, cx: &mut Cx) -> Result<Exit> {
    let schema = match &args.what {
        What::Manifest(_) => schema::of(&MANIFEST),
        What::Platform(_) => schema::of(&PLATFORM),
        What::Rota(_) => schema::of(&ROTA),
        What::Plugin(_) => protocol::schema(),
        What::Output(OutputArgs { kind: None }) => {
            cx.ui.answer(&Kinds::all())?;
            return Ok(Exit::Ok);
        }
        What::Output(OutputArgs { kind: Some(name) }) => output(name)?,
    };
    let text =
        serde_json::to_string_pretty(&schema).map_err(|error| Fault::bug("cannot write the schema").because(error))?;
    cx.ui.print(&(text + "\n"))?;
    Ok(Exit::Ok)
}

/// `doctor` and `deliver/doctor/v1` name the same kind.
fn output(name: &str) -> Result<Value> {
    let word = name.trim_start_matches("deliver/").trim_end_matches("/v1");
    if let Some(kind) = KINDS.iter().find(|kind| kind.name == word) {
        return Ok((kind.schema)());
    }
    let message = format!("no command prints a document of the kind `{}`", name.escape_debug());
    Err(
        Fault::usage("unknown-kind", message).hint(match nearest(word, KINDS.iter().map(|kind| kind.name)) {
            Some(near) => format!("deliver schema output {near}"),
            None => "deliver schema output".into(),
        }),
    )
}

/// The kinds of documents.
#[derive(Debug, JsonSchema, Serialize)]
struct Kinds {
    kinds: Vec<&'static str>,
}

impl Kinds {
    fn all() -> Kinds {
        Kinds {
            kinds: KINDS.iter().map(|kind| kind.name).collect(),
        }
    }
}

impl Report for Kinds {
    const SCHEMA: &'static str = "kinds";

    fn render(&self, page: &mut Page) {
        let mut table = Table::new([Column::new("kind"), Column::new("document")]);
        for kind in &self.kinds {
            table.row([(*kind).to_owned(), format!("deliver/{kind}/v1")]);
        }
        page.table(&table);
    }
}

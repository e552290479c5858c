//! `deliver schema`: JSON Schema of what people write.

use super::{Cx, Exit};
use crate::config::manifest::keys::MANIFEST;
use crate::config::platform::keys::PLATFORM;
use crate::config::schema;
use crate::fault::{Fault, Result};

/// Prints the JSON Schema of a file, for editors and linters
///
/// The schema (draft 2020-12) is made from the same description that the decoder reads, so that an editor accepts what
/// `deliver` does.
#[derive(Debug, clap::Args)]
#[command(before_help = "\
Examples:
  $ deliver schema manifest > deliver.schema.json
  $ deliver schema platform")]
pub struct SchemaArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    Manifest(ManifestArgs),
    Platform(PlatformArgs),
}

/// Prints the JSON Schema of `deliver.toml`
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Examples:\n  $ deliver schema manifest > deliver.schema.json\n  $ deliver schema manifest | head -20"
)]
struct ManifestArgs {}

/// Prints the JSON Schema of `platform.toml`
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Examples:\n  $ deliver schema platform > platform.schema.json\n  $ deliver schema platform | head -20"
)]
struct PlatformArgs {}

pub fn run(args: &SchemaArgs, cx: &mut Cx) -> Result<Exit> {
    let schema = match args.what {
        What::Manifest(_) => schema::of(&MANIFEST),
        What::Platform(_) => schema::of(&PLATFORM),
    };
    let text =
        serde_json::to_string_pretty(&schema).map_err(|error| Fault::bug("cannot write the schema").because(error))?;
    cx.ui.print(&(text + "\n"))?;
    Ok(Exit::Ok)
}

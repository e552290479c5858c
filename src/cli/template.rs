//! `deliver template`: which templates there are, and what is in one.

use serde::Serialize;

use super::page::{Column, Page, Table};
use super::report::Report;
use super::{Cx, Exit};
use crate::fault::Result;
use crate::scaffold::{Catalogue, Template};

/// List and show templates
///
/// A template is what `deliver new` makes a service from. Some are built in; a platform keeps its own in `templates/` beside
/// platform.toml, and any folder can be named by its path.
#[derive(Debug, clap::Args)]
#[command(subcommand_required = true, arg_required_else_help = true)]
pub struct TemplateArgs {
    #[command(subcommand)]
    command: TemplateCommand,
}

#[derive(Debug, clap::Subcommand)]
enum TemplateCommand {
    List(ListArgs),
    Show(ShowArgs),
}

/// List the templates
#[derive(Debug, clap::Args)]
#[command(before_help = "\
Examples:
  $ deliver template list
  $ deliver template list --json")]
struct ListArgs {}

/// Show what a template is and which files it makes
#[derive(Debug, clap::Args)]
#[command(before_help = "\
Examples:
  $ deliver template show http-rust
  $ deliver template show ./our-template --json")]
struct ShowArgs {
    /// A template's name, or the path of its folder
    #[arg(value_name = "TEMPLATE")]
    template: String,
}

/// One template in a few words.
#[derive(Debug, schemars::JsonSchema, Serialize)]
pub struct Summary {
    name: String,
    version: String,
    description: String,
    /// The program that what it makes needs; null for none.
    runtime: Option<String>,
    /// `built in`, or the folder.
    source: String,
}

impl Summary {
    fn of(template: &Template) -> Self {
        Summary {
            name: template.name.to_string(),
            version: template.version.to_string(),
            description: template.description.to_string(),
            runtime: template.runtime.as_ref().map(ToString::to_string),
            source: template.place(),
        }
    }
}

#[derive(Debug, schemars::JsonSchema, Serialize)]
pub struct Templates {
    templates: Vec<Summary>,
}

impl Report for Templates {
    const SCHEMA: &'static str = "templates";

    fn render(&self, page: &mut Page) {
        let mut table = Table::new([
            Column::new("NAME"),
            Column::new("VERSION").priority(2),
            Column::new("DESCRIPTION").prose(),
            Column::new("SOURCE").path().priority(1),
        ]);
        for one in &self.templates {
            table.row([
                one.name.clone(),
                one.version.clone(),
                one.description.clone(),
                one.source.clone(),
            ]);
        }
        page.table(&table);
    }
}

/// A file and whose it is once it is written.
#[derive(Debug, schemars::JsonSchema, Serialize)]
pub struct File {
    path: String,
    policy: &'static str,
}

#[derive(Debug, schemars::JsonSchema, Serialize)]
pub struct Shown {
    #[serde(flatten)]
    summary: Summary,
    files: Vec<File>,
}

impl Report for Shown {
    const SCHEMA: &'static str = "template";

    fn render(&self, page: &mut Page) {
        page.fields(&[
            ("name", self.summary.name.clone()),
            ("version", self.summary.version.clone()),
            ("description", self.summary.description.clone()),
            (
                "needs",
                self.summary.runtime.clone().unwrap_or_else(|| "nothing".into()),
            ),
            ("source", self.summary.source.clone()),
        ]);
        page.gap();
        let mut table = Table::new([Column::new("FILE"), Column::new("UPDATES")]);
        for file in &self.files {
            let updates = match file.policy {
                "managed" => "replace it",
                "merged" => "are merged into it",
                _ => "leave it alone",
            };
            table.row([file.path.clone(), updates.to_owned()]);
        }
        page.table(&table);
    }
}

pub fn run(args: &TemplateArgs, cx: &mut Cx) -> Result<Exit> {
    let platform = cx.world.platform()?;
    let catalogue = Catalogue::new(platform.folder.as_deref());
    match &args.command {
        TemplateCommand::List(_) => {
            let templates = catalogue.list()?.iter().map(Summary::of).collect();
            cx.ui.answer(&Templates { templates })?;
        }
        TemplateCommand::Show(show) => {
            let template = catalogue.find(&show.template, cx.world.directory())?;
            let files = template.files.iter().map(|file| File {
                path: file.path.to_string(),
                policy: file.policy.word(),
            });
            cx.ui.answer(&Shown {
                files: files.collect(),
                summary: Summary::of(&template),
            })?;
        }
    }
    Ok(Exit::Ok)
}

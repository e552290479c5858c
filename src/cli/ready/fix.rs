//! `deliver ready fix`.

use serde::Serialize;

use super::explain::named;
use super::gather::{self, Found};
use crate::cli::page::Page;
use crate::cli::report::Report;
use crate::cli::{Cx, Exit};
use crate::config::manifest::Manifest;
use crate::fault::Result;
use crate::model::readiness::Outcome;
use crate::readiness::check::Check;
use crate::readiness::fix::{self, Ground, Plan};

/// Show a patch for a check, and apply it
///
/// A patch makes files that are not there and adds to the end of those that are; what people wrote stays as it is. What
/// only people can know is left for them, and said.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Examples:\n  $ deliver ready fix BLD-5\n  $ deliver ready fix OWN-2 --owner @acme/checkout\n  $ deliver ready fix DOC-1 --dry-run"
)]
pub struct FixArgs {
    /// The check's id, such as BLD-5
    #[arg(value_name = "CHECK")]
    check: String,

    /// Who reviews, as CODEOWNERS writes it
    #[arg(long, value_name = "@ORG/TEAM")]
    owner: Option<String>,
}

/// `deliver/readiness-fix/v1`.
#[derive(Debug, schemars::JsonSchema, Serialize)]
pub struct Fixed {
    service: String,
    check: String,
    /// False with `--dry-run`, or when the answer was no.
    written: bool,
    files: Vec<FileRow>,
    /// What is left for people to do; null where the check passes now.
    left: Option<String>,
}

#[derive(Debug, schemars::JsonSchema, Serialize)]
struct FileRow {
    /// Relative to the repository's root.
    path: String,
    /// `create` or `append`.
    action: String,
    /// A unified diff.
    diff: String,
}

pub fn run(args: &FixArgs, cx: &Cx) -> Result<Exit> {
    let check = named(&args.check)?;
    let manifest = gather::manifest(cx)?;
    let found = gather::assess(cx, &manifest)?;
    if let Some(ruled) = found.assessment.ruled(check.id)
        && !ruled.outcome.blocks()
        && ruled.outcome != Outcome::Waived
    {
        cx.ui
            .note(format!("{} needs no mending: {}", check.id, ruled.finding.evidence));
        return answer(cx, Fixed::of(&manifest.service.name, check.id));
    }
    let plan = plan(cx, check, &manifest, &found, args.owner.as_deref())?;
    let mut fixed = Fixed::planned(&manifest.service.name, &plan);
    if cx.global.dry_run {
        return answer(cx, fixed);
    }
    if !cx.ui.yes {
        // The patch is what is asked about: it is shown before the question, on the side of the story.
        fixed.files.iter().for_each(|file| cx.ui.say(&file.diff));
        if !cx.ui.confirm("Apply this patch?", "--yes", true)? {
            cx.ui.note("nothing was changed");
            return if cx.ui.json() { answer(cx, fixed) } else { Ok(Exit::Ok) };
        }
    }
    fix::apply(&plan)?;
    fixed.written = true;
    let paths: Vec<String> = plan.changes.iter().map(|change| change.path.clone()).collect();
    let noted = cx
        .world
        .store()
        .and_then(|store| store.note_readiness_fix(&manifest.service.name, check.id, &paths));
    if let Err(fault) = noted {
        cx.ui.warn(format!("not in the journal: {fault}"));
    }
    if let Some(left) = &fixed.left {
        cx.ui.hint(left);
    }
    answer(cx, fixed)
}

/// The patch for a check; a fault where there is none.
pub(super) fn plan(
    cx: &Cx,
    check: &'static Check,
    manifest: &Manifest,
    found: &Found,
    owner: Option<&str>,
) -> Result<Plan> {
    let (_, mail) = cx.world.vcs().user(manifest.folder()).unwrap_or_default();
    let ground = Ground {
        facts: &found.facts,
        manifest,
        base: &found.base,
        prefix: &found.prefix,
        owner,
        mail: mail.as_deref(),
    };
    fix::plan(check, &ground)
}

fn answer(cx: &Cx, fixed: Fixed) -> Result<Exit> {
    cx.ui.answer(&fixed).map(|()| Exit::Ok)
}

impl Fixed {
    fn of(service: &crate::model::ServiceName, check: &str) -> Fixed {
        Fixed {
            service: service.to_string(),
            check: check.to_owned(),
            written: false,
            files: Vec::new(),
            left: None,
        }
    }

    fn planned(service: &crate::model::ServiceName, plan: &Plan) -> Fixed {
        let files = plan.changes.iter().map(|change| FileRow {
            path: change.path.clone(),
            action: change.action().into(),
            diff: change.diff(),
        });
        Fixed {
            files: files.collect(),
            left: plan.left.clone(),
            ..Fixed::of(service, plan.check)
        }
    }
}

impl Report for Fixed {
    const SCHEMA: &'static str = "readiness-fix";

    fn render(&self, page: &mut Page) {
        for file in &self.files {
            if self.written {
                page.line(format!("{} {}", page.style().tick(), file.path));
            } else {
                page.line(file.diff.trim_end());
            }
        }
    }
}

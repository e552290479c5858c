//! An app that is its Dockerfile.

use super::{Ask, Listen, Machine, Planner};
use crate::adopt::container;
use crate::adopt::draft::{Choice, Web};
use crate::adopt::finding::Fact;
use crate::fault::{Fault, Kind, Result};
use crate::model::spec::CommandLine;

impl<'a> Planner<'a> {
    /// The app is its Dockerfile. The commands are made when its variables and volumes are known.
    pub(super) fn image(&mut self, asked: bool) -> Result<()> {
        let found = self
            .survey
            .hints
            .iter()
            .find(|(_, finding)| matches!(finding.fact, Fact::Image { .. }));
        if found.is_none() {
            return Err(Fault::usage(
                "no-dockerfile",
                "`--container` needs a Dockerfile, and there is none here",
            )
            .still("nothing was written")
            .hint("deliver adopt"));
        }
        self.plan.kind = "container".into();
        if asked {
            self.stack = None;
        }
        Ok(())
    }

    pub(super) fn container(&mut self, machine: &Machine<'_>) -> Result<()> {
        if self.plan.kind != "container" {
            return Ok(());
        }
        let found = self.survey.hints.iter().find_map(|(_, finding)| match &finding.fact {
            Fact::Image { file, exposes, volumes } => Some((file, exposes, volumes, finding)),
            _ => None,
        });
        let (Some((file, exposes, volumes, finding)), Some(name)) = (found, self.plan.draft.name.clone()) else {
            return Ok(());
        };
        if let Err(why) = (machine.engine)() {
            let problem = format!(
                "`{}` has only a Dockerfile, and no container engine can be reached: {why}",
                self.tree.name
            );
            return Err(Fault::new(Kind::Unreachable, "no-engine", problem)
                .still("nothing was written")
                .hint("start the engine (`sudo systemctl start docker`), then run this again")
                .hint("deliver adopt --build COMMAND --run COMMAND    to start it without a container"));
        }
        let port = match self.answers.listen {
            Some(Listen::Fixed(port)) => Some(Choice::given(port, "--listen")),
            _ => exposes.map(|port| Choice::seen(port, finding)),
        };
        let Some(port) = port else {
            let question = "Which port does the app in the container open? Its Dockerfile exposes none".to_owned();
            self.ask(Ask::Listen, question, "--listen N", None, Vec::new());
            return Ok(());
        };
        if self.plan.draft.build.is_empty() && self.answers.build.is_none() {
            self.plan.draft.build = container::build(&name.value, file)
                .into_iter()
                .map(|step| Choice::seen(step, finding))
                .collect();
            self.plan.draft.include =
                vec![Choice::seen(container::IMAGE_FILE.to_owned(), finding).because("names the image")];
        }
        let mounts = container::folders(volumes);
        for (folder, _) in &mounts {
            self.plan.draft.volumes.push(Choice::seen(folder.clone(), finding));
        }
        let command = CommandLine::Shell(container::run(port.value, &mounts));
        self.plan.draft.web = Some(Choice::seen(Web::Command(command), finding));
        self.plan.draft.port_use = Some(port.map(format!("mapped to {} in the container", port.value)));
        Ok(())
    }
}

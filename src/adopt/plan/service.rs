//! Who the service is.

use super::{Ask, Machine, Planner};
use crate::adopt::draft::Choice;
use crate::adopt::finding::{Confidence, Fact};
use crate::model::name;

impl<'a> Planner<'a> {
    pub(super) fn about_service(&mut self, machine: &Machine<'_>) {
        let (answers, tree) = (self.answers, self.tree);
        let named = self.facts().find_map(|finding| match &finding.fact {
            Fact::Name(text) if !says_nothing(text) => Some(Choice::seen(name::suggest(text)?, finding)),
            _ => None,
        });
        // `2048` has no letter to start with.
        let folder = name::suggest(&tree.name)
            .or_else(|| name::suggest(&format!("app-{}", tree.name)))
            .map(|name| Choice {
                value: name,
                evidence: Vec::new(),
                confidence: Confidence::Likely,
                why: Some("the folder's name".into()),
            });
        let given = answers.name.as_ref().map(|name| Choice::given(name.clone(), "--name"));
        self.plan.draft.name = given.or(named).or(folder);
        if self.plan.draft.name.is_none() {
            self.ask(
                Ask::Name,
                "What is the service called?".into(),
                "--name NAME",
                None,
                Vec::new(),
            );
        }
        let team = self.facts().find_map(|finding| match &finding.fact {
            Fact::Team(team) if machine.teams.is_empty() || machine.teams.contains(team) => {
                Some(Choice::seen(team.clone(), finding))
            }
            _ => None,
        });
        self.plan.draft.team = answers
            .team
            .as_ref()
            .map(|team| Choice::given(team.clone(), "--team"))
            .or(team);
        self.plan.draft.tier = answers.tier.map(|tier| Choice::given(tier, "--tier"));
        let description = self.facts().find_map(|finding| match &finding.fact {
            Fact::Description(text) => Some(Choice::seen(one_line(text), finding)),
            _ => None,
        });
        self.plan.draft.description = answers
            .description
            .as_ref()
            .map(|text| Choice::given(text.clone(), "--description"))
            .or(description);
    }
}

/// Names that templates leave in project files: the folder's own says more.
fn says_nothing(name: &str) -> bool {
    let name = name.to_lowercase();
    matches!(
        name.as_str(),
        "app"
            | "my-app"
            | "myapp"
            | "source"
            | "src"
            | "root"
            | "project"
            | "package"
            | "workspace"
            | "main"
            | "example"
    )
}

/// At most one line of a description, of a length that people write.
fn one_line(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default().trim();
    line.chars().filter(|c| !c.is_control()).take(160).collect()
}

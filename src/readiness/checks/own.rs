//! OWN: somebody owns it, and is there.

use super::{count, some, tracked};
use crate::config::platform::Level;
use crate::readiness::check::{Check, Finding, Judged, Need};
use crate::readiness::fact::Facts;
use crate::readiness::read::is_placeholder;

pub const OWNER: Check = Check {
    id: "OWN-1",
    title: "its owner is a team that can be reached",
    level: Level::Bronze,
    why: "a page must reach somebody, and a question must have an address",
    how: "`team` in deliver.toml is a team of the platform that has members or a way to reach it; without a platform, it is named, \
          and CODEOWNERS or the last commit says who that is",
    needs: &[Need::Entry, Need::Company, Need::CodeOwners, Need::Committer],
    impact: 5,
    effort: 1,
    waivable: true,
    fix: "set `team` under [service] in deliver.toml",
    judge: owner,
};

fn owner(facts: &Facts) -> Judged {
    let file = &facts.entry.file;
    let Some(team) = facts.entry.team.as_deref().filter(|team| !is_placeholder(team)) else {
        let told = match &facts.entry.team {
            Some(team) => format!("`{team}` is a placeholder, not a team"),
            None => "no team is named".to_owned(),
        };
        return Ok(Finding::fail(told, file).at(file, 1, "`team` under [service]"));
    };
    if facts.company.teams.is_empty() {
        return somebody(team, facts);
    }
    let platform = format!("platform `{}`", facts.company.name);
    let Some(found) = facts.company.teams.get(team) else {
        let told = format!("the platform `{}` has no team `{team}`", facts.company.name);
        return Ok(
            Finding::fail(told, file).fix("name one of the platform's teams in deliver.toml: deliver platform show")
        );
    };
    Ok(match (found.members.len(), &found.contact) {
        (0, None) => Finding::fail(format!("the team `{team}` has neither members nor a contact"), platform)
            .fix(format!("add `members` to [team.{team}] of the platform")),
        (members, contact) => {
            let contact = contact.as_ref().map(|contact| format!(" at {contact}"));
            let told = format!("`{team}`, {}{}", count(members, "member"), contact.unwrap_or_default());
            Finding::pass(told, platform)
        }
    })
}

/// Without a platform a name is believed when somebody stands behind it.
fn somebody(team: &str, facts: &Facts) -> Judged {
    let owners = facts
        .code_owners
        .get()?
        .as_ref()
        .map(|owners| owners.owners("deliver.toml").to_vec());
    if let Some(owners) = owners.filter(|owners| !owners.is_empty()) {
        return Ok(Finding::pass(
            format!("`{team}`, who are {}", some(&owners)),
            facts.code_owners.source(),
        ));
    }
    Ok(match facts.committer.get()? {
        Some(last) => Finding::pass(
            format!("`{team}`; {} committed last", last.name),
            facts.committer.source(),
        ),
        None => Finding::fail(
            format!("`{team}` is a name that nothing says more about"),
            &facts.entry.file,
        )
        .fix("deliver ready fix OWN-2"),
    })
}

pub const CODE_OWNERS: Check = Check {
    id: "OWN-2",
    title: "CODEOWNERS covers what decides how it is delivered",
    level: Level::Silver,
    why: "an unreviewed change of the delivery reaches production with everything else",
    how: "each tracked file of the delivery (deliver.toml, Dockerfile, CI, alert rules, .deliver/, CODEOWNERS itself) has an owner \
          in CODEOWNERS",
    needs: &[Need::CodeOwners, Need::DeliveryFiles],
    impact: 3,
    effort: 1,
    waivable: true,
    fix: "deliver ready fix OWN-2",
    judge: code_owners,
};

fn code_owners(facts: &Facts) -> Judged {
    let files = facts.delivery_files.get()?;
    let Some(owners) = facts.code_owners.get()? else {
        return Ok(Finding::fail("there is no CODEOWNERS", "files of the repository"));
    };
    let bare: Vec<&String> = files.iter().filter(|file| owners.owners(file).is_empty()).collect();
    if bare.is_empty() {
        tracked(facts)?;
        let told = format!("{} covered", count(files.len(), "file"));
        return Ok(Finding::pass(told, facts.code_owners.source()));
    }
    let finding = Finding::fail(format!("nobody owns {}", some(&bare)), facts.code_owners.source());
    Ok(bare.iter().take(20).fold(finding, |finding, file| {
        finding.at(file.as_str(), 1, "nobody has to look at a change")
    }))
}

pub const ENTRY: Check = Check {
    id: "OWN-3",
    title: "the service's entry is complete",
    level: Level::Bronze,
    why: "others cannot find it, or tell what it is worth",
    how: "deliver.toml has a team, a tier and a description that are no placeholders, and a runbook that is there",
    needs: &[Need::Entry, Need::Runbook],
    impact: 3,
    effort: 1,
    waivable: true,
    fix: "complete [service] in deliver.toml",
    judge: entry,
};

fn entry(facts: &Facts) -> Judged {
    let entry = &facts.entry;
    let stated = |text: &Option<String>| text.as_deref().is_some_and(|text| !is_placeholder(text));
    let runbook = facts.runbook.get()?.as_ref().is_some_and(|runbook| runbook.there);
    let lacks: Vec<&str> = [
        (!stated(&entry.team), "`team`"),
        (!entry.tier_stated, "`tier`"),
        (!stated(&entry.description), "`description`"),
        (entry.runbook.is_none(), "`runbook`"),
        (entry.runbook.is_some() && !runbook, "a file for `runbook`"),
    ]
    .into_iter()
    .filter_map(|(missing, name)| missing.then_some(name))
    .collect();
    Ok(match lacks.is_empty() {
        true => Finding::pass(
            format!("tier {}, owned, described, with a runbook", entry.tier),
            &entry.file,
        ),
        false => Finding::fail(format!("lacks {}", lacks.join(", ")), &entry.file).at(&entry.file, 1, "[service]"),
    })
}

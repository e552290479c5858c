use proptest::prelude::{ProptestConfig, prop_assert, proptest};

use super::*;

const ACME: &str = r#"
[platform]
name = "acme"

[person.ada]
name = "Ada Lovelace"
email = "ada@acme.example"
chat = "@ada"
phone = "+44 20 7946 0000"
time_zone = "Europe/London"

[person.grace]
name = "Grace Hopper"
time_zone = "America/New_York"

[team.checkout]
description = "Baskets and prices"
contact = "checkout channel"
members = ["ada"]

[tier.2]
level = "gold"

[policy]
dirty = "local"
[policy.environment.production]
dirty = "refuse"
protected = true

[severity.sev1]
description = "nobody can pay"
[severity.sev2]
questions = ["Can some not pay?"]
"#;

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("it is below the folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }
    folder
}

/// Problems as `file line:column message | label | hint`.
fn problems(files: &[(&str, &str)]) -> Vec<String> {
    let folder = folder(files);
    let fault = Platform::load(folder.path()).expect_err("it has problems");
    fault
        .file_problems()
        .iter()
        .map(|problem| {
            let span = problem.span.as_ref().expect("every problem has a place");
            let file = Path::new(&span.path)
                .strip_prefix(folder.path())
                .expect("it is in the folder");
            let mut line = format!("{} {}:{} {}", file.display(), span.line, span.column, problem.message);
            for part in [&problem.label, &problem.hint].into_iter().flatten() {
                line.push_str(&format!(" | {part}"));
            }
            line
        })
        .collect()
}

#[test]
fn a_platform_with_everything_loads() {
    let folder = folder(&[
        (FILE, ACME),
        ("teams/search.toml", "members = [\"grace\"]\n"),
        ("teams/README.md", ""),
    ]);
    let platform = Platform::load(folder.path()).expect("it has no problem");
    assert_eq!(platform.people["ada"].time_zone, "Europe/London");
    assert_eq!(platform.teams.keys().collect::<Vec<_>>(), ["checkout", "search"]);
    assert_eq!(platform.required_level(2), Level::Gold);
    assert_eq!(platform.required_level(3), Level::Bronze);
    assert_eq!(platform.severities["sev1"], "nobody can pay");
    assert_eq!(platform.severities.len(), 5);
    assert_eq!(platform.severities["sev2"], "down for some, or a core function is hurt");
    assert_eq!(platform.severity_questions["sev2"], ["Can some not pay?"]);
    assert_eq!(platform.severity_questions["sev1"].len(), 3, "the usual ones");
    let production: EnvName = "production".parse().expect("a name");
    assert!(platform.policy.protects(&production) && !platform.policy.protects(&EnvName::local()));
    assert!(!platform.policy.allows_dirty(&production, "local"));
    assert!(platform.policy.allows_dirty(&EnvName::local(), "local"));
    assert!(
        !platform
            .policy
            .allows_dirty(&"staging".parse().expect("a name"), "kubernetes")
    );
}

#[test]
fn a_spent_budget_does_what_the_nearest_policy_says() {
    let policy = |text: &str| {
        let folder = folder(&[(FILE, &format!("[platform]\nname = \"acme\"\n{text}"))]);
        Platform::load(folder.path()).expect("it has no problem").policy
    };
    let production: EnvName = "production".parse().expect("a name");
    let unsaid = policy("");
    assert_eq!(unsaid.spent_budget(&production, true), SpentBudget::Warn);
    assert_eq!(unsaid.spent_budget(&production, false), SpentBudget::Ignore);
    let general = policy("[policy]\nbudget = \"refuse\"\n[policy.environment.local]\nbudget = \"ignore\"\n");
    assert_eq!(general.spent_budget(&production, false), SpentBudget::Refuse);
    assert_eq!(general.spent_budget(&EnvName::local(), true), SpentBudget::Ignore);
}

#[test]
fn problems_of_all_files_are_told_together() {
    let main = "[platform]\nname = \"acme\"\n[person.ada]\nname = \"Ada\"\nemail = \"ada\"\nphone = \"123\"\ntime_zone = \
                \"Europe/Berlinn\"\n[team.checkout]\nmembers = [\"adda\", \"ada\", \"ada\"]\n[tier.5]\n[severity.sev9]\n\
                description = \"x\"\n[policy]\ndirty = \"never\"\n[teams]\n";
    let team = "lead = \"ada\"\nmembers = [\"zoe\"]\n";
    let told = problems(&[(FILE, main), ("teams/checkout.toml", ""), ("teams/Big Team.toml", team)]);
    assert_eq!(
        told,
        [
            "platform.toml 5:9 `person.ada.email` must be an e-mail address | this is not an address",
            "platform.toml 6:9 `person.ada.phone` must be a phone number with its country such as \"+49 30 1234567\" | \
             this is not such a number",
            "platform.toml 7:13 `person.ada.time_zone` must be a time zone of the IANA database such as \
             \"Europe/Berlin\" | did you mean \"Europe/Berlin\"?",
            "platform.toml 9:12 the member `adda` is nobody the platform knows | did you mean \"ada\"?",
            "platform.toml 9:27 `ada` is listed twice | leave it out",
            "platform.toml 10:7 `5` cannot be a name in `[tier]` | there are four tiers | use 1, 2, 3 or 4",
            "platform.toml 11:11 `sev9` cannot be a name in `[severity]` | there are five severities | use sev1, sev2, \
             sev3, sev4 or sev5",
            "platform.toml 14:9 `policy.dirty` must be \"refuse\", \"local\" or \"allow\" | not one of these",
            "platform.toml 15:2 unknown key `teams` at the top level | not a key here | write one `[team.NAME]` for \
             each, or one file `teams/NAME.toml` for each",
            "teams/Big Team.toml 1:1 the file's name `Big Team` cannot name a team | a team's name may hold only a-z, \
             0-9 and `-`, not `B` | rename it to `big-team.toml`",
            "teams/Big Team.toml 1:1 unknown key `lead` at the top level | not a key here | known here: description, \
             contact, members",
            "teams/Big Team.toml 2:12 the member `zoe` is nobody the platform knows | no such person | add `[person.zoe]` \
             to platform.toml",
            "teams/checkout.toml 1:1 the team `checkout` is in platform.toml too | one of the two | keep this file, or \
             `[team.checkout]` there",
        ]
    );
}

#[test]
fn a_nameless_platform_is_told_what_to_add() {
    assert_eq!(
        problems(&[(FILE, "")]),
        [
            "platform.toml 1:1 the platform has no name | `[platform]` is missing | add `[platform]` with `name = \"acme\"`"
        ]
    );
}

#[test]
fn a_team_that_the_platform_does_not_know_is_a_problem_of_the_manifest() {
    let folder = folder(&[(FILE, ACME)]);
    let platform = Platform::load(folder.path()).expect("it has no problem");
    let manifest = |team: &str| {
        let text = format!("[service]\nname = \"pricing\"\nteam = \"{team}\"\n");
        Manifest::parse(&text, Path::new("/srv/deliver.toml")).expect("it has no problem")
    };
    assert!(platform.check(&manifest("checkout")).is_ok());
    assert!(Platform::builtin().check(&manifest("anything")).is_ok());
    let fault = platform.check(&manifest("checkuot")).expect_err("no such team");
    let problem = &fault.file_problems()[0];
    assert_eq!(problem.message, "the platform `acme` has no team `checkuot`");
    assert_eq!(problem.label.as_deref(), Some("did you mean \"checkout\"?"));
    assert_eq!(problem.span.as_ref().map(|span| (span.line, span.column)), Some((3, 8)));
}

#[test]
fn a_platform_in_git_is_refused_without_its_password() {
    let fault = Platform::at(
        "https://ada:hunter2@git.example/platform.git",
        "--platform",
        Path::new("/"),
    )
    .expect_err("later");
    assert_eq!(
        fault.message(),
        "--platform names a platform at `https:…`: reading one from git is not built in this version"
    );
    let fault = Platform::at("nowhere", "DELIVER_PLATFORM", Path::new("/srv")).expect_err("no such folder");
    assert_eq!(
        fault.message(),
        "DELIVER_PLATFORM names `/srv/nowhere`, where no platform.toml is"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_platform_panics(cut in 0..ACME.len(), put in "[\\[\\]{}=.'\"a-z0-9\n ]{0,30}", rest in 0..ACME.len()) {
        let text = format!("{}{put}{}", &ACME[..cut], &ACME[rest..]);
        let folder = folder(&[(FILE, text.as_str()), ("teams/x.toml", put.as_str())]);
        if let Err(fault) = Platform::load(folder.path()) {
            prop_assert!(!fault.file_problems().is_empty());
        }
    }
}

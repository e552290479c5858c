use std::path::Path;

use proptest::prelude::{ProptestConfig, prop_assert, proptest};

use super::*;
use crate::config::reference::ROTA_EXAMPLE;
use crate::model::rota::Every;

const ACME: &str = "[platform]\nname = \"acme\"\n[person.ada]\nname = \"Ada\"\n[person.bo]\nname = \"Bo\"\n[person.cy]\n\
                    name = \"Cy\"\n[person.dee]\nname = \"Dee\"\n[team.checkout]\nmembers = [\"ada\", \"bo\"]\n";

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::create_dir(folder.path().join(FOLDER)).expect("a folder");
    std::fs::write(folder.path().join("platform.toml"), ACME).expect("a file");
    for (name, text) in files {
        std::fs::write(folder.path().join(FOLDER).join(name), text).expect("a file");
    }
    folder
}

fn load(folder: &Path) -> Rotas {
    let platform = Platform::load(folder).expect("a sound platform");
    Rotas::load(&platform).expect("the folder can be read")
}

/// Problems as `file line:column message | label | hint`.
fn told(folder: &Path, problems: &[Problem]) -> Vec<String> {
    let line = |problem: &Problem| {
        let span = problem.span.as_ref().expect("every problem has a place");
        let file = Path::new(&span.path)
            .strip_prefix(folder.join(FOLDER))
            .expect("it is in the folder");
        let mut line = format!("{} {}:{} {}", file.display(), span.line, span.column, problem.message);
        for part in [&problem.label, &problem.hint].into_iter().flatten() {
            line.push_str(&format!(" | {part}"));
        }
        line
    };
    problems.iter().map(line).collect()
}

#[test]
fn the_example_is_a_rota() {
    let folder = folder(&[("checkout.toml", ROTA_EXAMPLE), ("README.md", "")]);
    let rotas = load(folder.path());
    assert_eq!(rotas.problems(), []);
    let [rota] = &rotas.rotas[..] else { panic!("one rota") };
    assert_eq!(
        (rota.name.as_str(), rota.team.as_str(), rota.zone_name()),
        ("checkout", "checkout", "Europe/Berlin")
    );
    assert_eq!(rota.roles(), ["primary", "secondary"]);
    assert_eq!(rota.layers[0].people, ["ada", "bo", "cy"]);
    assert_eq!((rota.layers[0].every, rota.layers[0].line), (Every::Days(7), 6));
    assert_eq!(rota.layers[0].start.to_string(), "2026-03-02T09:00:00");
    assert_eq!(rota.overrides[0].from.to_string(), "2026-03-04T17:00:00Z");
    assert!(rota.cover.is_always());
}

#[test]
fn dates_may_be_toml_s_own_and_times_may_have_an_offset() {
    let text = "team = \"checkout\"\ntime_zone = \"Europe/Berlin\"\n[[layer]]\npeople = [\"ada\"]\nstart = 2026-03-02\nhandoff = \
                10:30:00\nuntil = 2026-04-01\nweekdays = [\"sat\", \"sun\"]\nbetween = [\"22:00\", \"24:00\"]\n[[override]]\nperson = \
                \"bo\"\nfrom = 2026-03-04T18:00:00Z\nto = \"2026-03-05 09:00+01:00\"\n";
    let folder = folder(&[("checkout.toml", text)]);
    let rotas = load(folder.path());
    assert_eq!(rotas.problems(), []);
    let layer = &rotas.rotas[0].layers[0];
    assert_eq!(layer.start.to_string(), "2026-03-02T10:30:00");
    assert_eq!(
        layer.until.map(|until| until.to_string()).as_deref(),
        Some("2026-04-01T10:30:00")
    );
    assert_eq!(layer.window.days.len(), 2);
    assert_eq!(rotas.rotas[0].overrides[0].to.to_string(), "2026-03-05T08:00:00Z");
}

#[test]
fn problems_of_all_files_are_told_with_their_places() {
    let bad = "team = \"checkout\"\ntime_zone = \"Europe/Berlinn\"\npeople = []\n[[layer]]\npeople = []\nstart = \"2026-02-30\"\n\
               every = \"1y\"\nbetween = [\"9:00\"]\nweekdays = [\"monday\"]\nuser = \"x\"\n[[layer]]\npeople = [\"ada\"]\nstart = \
               \"2026-03-02\"\nuntil = \"2026-03-02\"\n[[override]]\nrole = \"primry\"\nperson = \"bo\"\nfrom = \
               \"2026-03-04 18:00\"\nto = \"2026-03-04\"\n[[override]]\nperson = \"bo\"\nfrom = \"2026-03-04 18:00\"\nto = \
               \"2026-03-04 17:00\"\nreason = \"\\u001b[2J\"\n";
    let folder = folder(&[
        ("a.toml", bad),
        ("Bad Name.toml", "team = \n"),
        ("c.toml", "team = \"checkout\"\n"),
    ]);
    let rotas = load(folder.path());
    assert_eq!(rotas.rotas, []);
    assert_eq!(
        told(folder.path(), &rotas.problems()),
        [
            "Bad Name.toml 1:8 this is not TOML: string values must be quoted | expected literal string",
            "a.toml 2:13 `time_zone` must be a time zone of the IANA database such as \"Europe/Berlin\" | did you mean \
             \"Europe/Berlin\"?",
            "a.toml 3:1 unknown key `people` at the top level | not a key here | people take turns in a `[[layer]]`",
            "a.toml 5:10 the layer has nobody | expected at least one name | leave the layer out, or name somebody",
            "a.toml 6:9 `layer.start` must be a date such as \"2026-03-02\" | there is no such day",
            "a.toml 7:9 `layer.every` must be the length of a turn such as \"1w\" | units are h, d, w, mo",
            "a.toml 8:11 `between` needs a start and an end | expected two times of day | write `between = [\"09:00\", \
             \"17:00\"]`",
            "a.toml 8:12 each of `layer.between` must be a time of day such as \"09:00\" | write hour and minute with two \
             digits each",
            "a.toml 9:13 each of `layer.weekdays` must be \"mon\", \"tue\", \"wed\", \"thu\", \"fri\", \"sat\" or \"sun\" | \
             not one of these",
            "a.toml 10:1 unknown key `user` in `[[layer]]` | not a key here | known here: role, people, start, until, \
             handoff, every, weekdays, between",
            "a.toml 14:9 the layer ends before it begins | not after `start`",
            "a.toml 16:8 no layer has the role `primry` | did you mean \"primary\"?",
            "a.toml 19:6 `override.to` must be a date with a time such as \"2026-03-04 18:00\", or with an offset such as \
             \"2026-03-04T18:00+01:00\" | write the time of day too",
            "a.toml 23:6 the override ends before it begins | not after `from`",
            "a.toml 24:10 `override.reason` must be a line of at most 200 characters | this holds a control character",
            "c.toml 1:1 at the top level lacks `time_zone` | missing here | add `time_zone = \"Europe/Berlin\"`",
            "c.toml 1:1 the rota has nobody | `[[layer]]` is missing | add `[[layer]]` with `people = [\"ada\", \"bo\"]` \
             and `start = \"2026-03-02\"`",
        ]
    );
    let fault = rotas.fault().expect("there are broken files");
    assert_eq!(fault.message(), "cannot use `rotas`: 17 problems");
}

#[test]
fn names_that_the_platform_does_not_know_leave_a_rota_usable() {
    let text = "team = \"chekout\"\ntime_zone = \"UTC\"\n[[layer]]\npeople = [\"adda\", \"zoe\"]\nstart = \"2026-03-02\"\n\
                [[override]]\nperson = \"eve\"\nfrom = \"2026-03-04 18:00\"\nto = \"2026-03-05 18:00\"\n";
    let folder = folder(&[("checkout.toml", text)]);
    let rotas = load(folder.path());
    assert_eq!((rotas.rotas.len(), rotas.broken.len()), (1, 0));
    assert_eq!(
        told(folder.path(), &rotas.strangers),
        [
            "checkout.toml 1:8 the platform has no team `chekout` | did you mean \"checkout\"?",
            "checkout.toml 4:11 `adda` is nobody the platform knows | did you mean \"ada\"?",
            "checkout.toml 4:19 `zoe` is nobody the platform knows | no such person | add `[person.zoe]` to platform.toml",
            "checkout.toml 7:10 `eve` is nobody the platform knows | no such person | add `[person.eve]` to platform.toml",
        ]
    );
}

#[test]
fn a_file_that_cannot_be_read_does_not_hide_the_others() {
    let folder = folder(&[("checkout.toml", ROTA_EXAMPLE)]);
    std::fs::create_dir(folder.path().join(FOLDER).join("odd.toml")).expect("a folder");
    let pipe = folder.path().join(FOLDER).join("pipe.toml");
    nix::unistd::mkfifo(&pipe, nix::sys::stat::Mode::S_IRWXU).expect("a pipe");
    let rotas = load(folder.path());
    assert_eq!((rotas.rotas.len(), rotas.broken.len()), (1, 2));
    assert!(
        rotas.broken[0].problems[0].message.starts_with("cannot read "),
        "{rotas:?}"
    );
    let pipe = &rotas.broken[1].problems[0].message;
    assert!(pipe.ends_with("it is not a file"), "{pipe}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn no_rota_panics(cut in 0..ROTA_EXAMPLE.len(), put in "[\\[\\]{}=.'\":a-z0-9\n -]{0,30}", rest in 0..ROTA_EXAMPLE.len()) {
        let text = format!("{}{put}{}", &ROTA_EXAMPLE[..cut], &ROTA_EXAMPLE[rest..]);
        let folder = folder(&[("x.toml", text.as_str())]);
        let rotas = load(folder.path());
        prop_assert!(rotas.rotas.len() + rotas.broken.len() == 1);
    }
}

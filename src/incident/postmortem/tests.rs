use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::model::incident::{ActionId, ActionKind, Holder, Role, Severity, Status, Times};

fn at(minutes: i64) -> Timestamp {
    let base: Timestamp = "2026-03-04T23:30:00Z".parse().expect("a time");
    base + SignedDuration::from_mins(minutes)
}

fn incident(title: &str) -> Incident {
    Incident {
        id: IncidentId(7),
        title: title.into(),
        service: Some("checkout".parse().expect("a name")),
        env: Some("production".parse().expect("a name")),
        severity: Severity::Sev1,
        status: Status::Resolved,
        times: Times {
            impact_start: Some(at(-10)),
            detected: Some(at(0)),
            acknowledged: Some(at(2)),
            mitigated: Some(at(35)),
            impact_end: Some(at(50)),
            closed: None,
        },
        opened_at: at(0),
        opened_by: "alice".into(),
        version: 1,
        roles: vec![Holder {
            role: Role::Commander,
            person: "alice".into(),
            since: at(3),
        }],
        cause: Some(crate::model::DeploymentId(12)),
        fixed_by: None,
        on_call: vec![],
        suspects: vec![],
    }
}

fn entry(seq: u32, minutes: i64, kind: EntryKind, text: &str, detail: serde_json::Value) -> Entry {
    Entry {
        seq,
        at: at(minutes),
        recorded_at: at(minutes),
        kind,
        actor: "alice".into(),
        text: text.into(),
        detail,
    }
}

fn timeline(note: &str) -> Vec<Entry> {
    let mut early = entry(4, -4, EntryKind::Note, note, json!(null));
    early.recorded_at = at(20);
    vec![
        entry(
            1,
            0,
            EntryKind::Opened,
            "checkout answers 500",
            json!({"severity": "sev3"}),
        ),
        entry(
            2,
            20,
            EntryKind::Severity,
            "sev3 made sev1",
            json!({"from": "sev3", "to": "sev1"}),
        ),
        entry(
            3,
            50,
            EntryKind::Status,
            "resolved",
            json!({"from": "open", "to": "resolved"}),
        ),
        early,
        entry(
            5,
            60,
            EntryKind::Postmortem,
            "postmortem written to x",
            json!({"path": "x"}),
        ),
    ]
}

fn write(note: &str, existing: Option<&str>) -> Result<String> {
    let incident = incident("checkout *answers* 500");
    let actions = [Action {
        id: ActionId {
            incident: IncidentId(7),
            seq: 1,
        },
        text: "alert on queue age".into(),
        kind: ActionKind::Detect,
        owner: Some("bo".into()),
        due: Some(at(14 * 24 * 60)),
        created_at: at(55),
        created_by: "alice".into(),
        done_at: None,
        done_by: None,
    }];
    let material = Material {
        incident: &incident,
        timeline: &timeline(note),
        actions: &actions,
        suspects: &[],
        now: at(100),
    };
    document(&material, existing)
}

#[test]
fn the_document_has_what_the_store_knows() {
    let text = write("saw | the <b>first</b> `errors`\nthen more", None).expect("a document");
    for part in [
        "---\n# deliver:begin front",
        "title: \"checkout *answers* 500\"\n",
        "# INC-7: checkout \\*answers\\* 500\n",
        "| sev1 | 30 min |\n| sev3 | 30 min |\n",
        "| detected | 2026-03-04 23:30:00Z | 10 min to notice |\n",
        "| mitigated | 2026-03-05 00:05:00Z | 35 min from notice to less pain |\n",
        "| impact end | 2026-03-05 00:20:00Z | 1 h 0 min of impact in all |\n",
        "| closed | not known |  |\n",
        "| commander | alice |\n",
        "| 2026-03-04 23:26:00Z | alice | saw \\| the &lt;b&gt;first&lt;/b&gt; \\`errors\\`<br>then more _(written down 24 min \
         later)_ |\n| 2026-03-04 23:30:00Z | alice | opened: checkout answers 500 |\n",
        "Found to have caused it: D-12.\n",
        "| INC-7.1 | alert on queue age | detect | bo | 2026-03-18 |  |\n",
    ] {
        assert!(text.contains(part), "{part:?} is missing in\n{text}");
    }
    assert!(!text.contains("postmortem written"), "it is no part of what happened");
}

#[test]
fn what_people_wrote_stays_to_the_byte() {
    let first = write("first", None).expect("a document");
    assert_eq!(write("first", Some(&first)).expect("the same"), first);
    let edited = first
        .replace("_What happened", "The queue was stuck.\r\n\r\n_What happened")
        .replace("# deliver:end front\n", "# deliver:end front\nreviewed: true\n")
        .replace("## What went well\n", "## What went well, says bo\n");
    let again = write("second", Some(&edited)).expect("written anew");
    assert_eq!(again, edited.replace("first", "second"));
}

#[test]
fn a_part_without_markers_stays_away() {
    let first = write("first", None).expect("a document");
    let start = first.find("<!-- deliver:begin actions").expect("a marker");
    let cut = &first[..start];
    let again = write("second", Some(cut)).expect("written anew");
    assert!(again.contains("second") && !again.contains("queue age"));
}

#[test]
fn a_file_that_is_no_postmortem_or_is_broken_is_left_alone() {
    let first = write("first", None).expect("a document");
    let timeline = "<!-- deliver:end timeline -->\n";
    for wrong in [
        String::new(),
        "# Our notes\n".into(),
        first.replace(timeline, ""),
        first.replace(timeline, &format!("{timeline}{timeline}")),
        first
            .replace("<!-- deliver:end facts -->\n", "")
            .replace(timeline, &format!("<!-- deliver:end facts -->\n{timeline}")),
    ] {
        let fault = write("second", Some(&wrong)).expect_err("left alone");
        assert_eq!(fault.code(), "not-a-postmortem");
    }
}

proptest! {
    #[test]
    fn no_note_breaks_out_of_its_part(note in "(?s)(.{0,40}(<!-- deliver:end timeline -->|\n---\n|\\|){0,2}.{0,40})") {
        let first = write(&note, None).expect("a document");
        prop_assert_eq!(write(&note, Some(&first)).expect("the same"), first.clone());
        prop_assert_eq!(write("x", Some(&first)).expect("anew"), write("x", None).expect("a document"));
    }

    #[test]
    fn minutes_by_severity_add_up_to_the_impact(changes in proptest::collection::vec((0_i64..50, 1_u8..6), 0..6)) {
        let mut entries = timeline("x");
        entries.retain(|entry| entry.kind != EntryKind::Severity);
        for (index, (minutes, severity)) in changes.into_iter().enumerate() {
            let detail = json!({"to": format!("sev{severity}")});
            entries.push(entry(u32::try_from(index).expect("few") + 10, minutes, EntryKind::Severity, "", detail));
        }
        let spent = by_severity(&incident("x"), &entries, at(100));
        let total: SignedDuration = spent.iter().fold(SignedDuration::ZERO, |sum, (_, span)| sum + *span);
        prop_assert_eq!(total, SignedDuration::from_mins(60));
    }
}

#[test]
fn time_between_resolved_and_reopened_does_not_count() {
    let mut entries = timeline("x");
    entries.push(entry(6, 20, EntryKind::Status, "resolved", json!({"to": "resolved"})));
    entries.push(entry(7, 45, EntryKind::Status, "reopened", json!({"to": "open"})));
    let spent = by_severity(&incident("x"), &entries, at(100));
    assert_eq!(
        spent,
        [
            (Severity::Sev1, SignedDuration::from_mins(5)),
            (Severity::Sev3, SignedDuration::from_mins(30))
        ]
    );
}

#[test]
fn the_postmortem_of_another_incident_is_left_as_it_is() {
    let ours = incident("slow");
    let theirs = Incident {
        id: IncidentId(5),
        ..ours.clone()
    };
    let material = |incident| Material {
        incident,
        timeline: &[],
        actions: &[],
        suspects: &[],
        now: at(60),
    };
    let written = document(&material(&theirs), None).expect("a document");
    let fault = document(&material(&ours), Some(&written)).expect_err("another incident's");
    assert_eq!(fault.code(), "not-a-postmortem");
    assert!(
        fault.to_string().contains("INC-7: the file is that of INC-5"),
        "{fault}"
    );
    // Without front matter its heading says whose it is.
    let (_, body) = written.split_once("# INC-5").expect("a heading");
    let bare = format!("# INC-5{body}");
    document(&material(&ours), Some(&bare)).expect_err("another incident's");
    document(&material(&theirs), Some(&bare)).expect("its own");
}

#[test]
fn line_ends_stay_what_they_are() {
    let ours = incident("slow");
    let material = Material {
        incident: &ours,
        timeline: &[],
        actions: &[],
        suspects: &[],
        now: at(60),
    };
    let crlf = document(&material, None).expect("a document").replace('\n', "\r\n");
    assert_eq!(document(&material, Some(&crlf)).expect("a document"), crlf);
}

use super::*;
use crate::model::traffic::{LATENCY_BUCKETS, Tally, latency_bucket};

const OLD: ReleaseNo = ReleaseNo(1);

fn share(part: u64, total: u64) -> Share {
    Share { part, total }
}

/// Good answers within so many milliseconds, and failed ones.
fn counted(millis: &[(u64, u64)], failed: u64) -> Read<Sample> {
    let mut tally = Tally {
        latency: vec![0; LATENCY_BUCKETS],
        ..Tally::default()
    };
    for (millis, count) in millis {
        tally.latency[latency_bucket(millis * 1_000)] += count;
        tally.classes[1] += count;
    }
    tally.classes[4] = failed;
    tally.latency[0] += failed;
    Ok(Sample {
        requests: Some(share(failed, tally.total())),
        tally: Some(tally),
        p99: None,
        source: "agent".into(),
        latency_source: "agent".into(),
    })
}

fn asked(failed: u64, total: u64, p99: Option<f64>) -> Read<Sample> {
    Ok(Sample {
        requests: Some(share(failed, total)),
        tally: None,
        p99,
        source: "sum(x)".into(),
        latency_source: "p99(x)".into(),
    })
}

fn verdicts(new: &Read<Sample>, old: &Read<Sample>, promises: &[(&Promise, Held)]) -> Vec<Judged> {
    let findings = look(&Look {
        at: Timestamp::UNIX_EPOCH,
        release: ReleaseNo(2),
        previous: OLD,
        new,
        old,
        promises,
        min_requests: 20,
        latency: true,
        source: "memory",
    });
    findings.iter().map(|one| one.measured.verdict).collect()
}

use Judged::{Fail, Inconclusive, Pass};

#[test]
fn only_a_clear_difference_is_worse() {
    for (new, old, expected) in [
        (share(40, 40), share(0, 500), Fail),
        (share(3, 60), share(0, 500), Fail),
        // As bad as before is no reason to go back.
        (share(20, 40), share(250, 500), Pass),
        (share(0, 40), share(0, 500), Pass),
        (share(2, 25), share(0, 100_000), Pass),
        (share(19, 19), share(0, 500), Inconclusive),
        (share(0, 40), share(0, 0), Inconclusive),
        (share(4, 40), share(0, 0), Inconclusive),
        // Bad beside anything.
        (share(40, 40), share(0, 0), Fail),
        // What is broken itself is no measure: a fix that does not fix everything is let through.
        (share(490, 500), share(300, 500), Pass),
        (share(400, 500), share(200, 500), Fail),
    ] {
        let (verdict, words) = compare(new, old, OLD, 20);
        assert_eq!(verdict, expected, "{new:?} beside {old:?}: {words}");
    }
    assert_eq!(
        compare(share(0, 0), share(0, 500), OLD, 0).0,
        Inconclusive,
        "nothing is never a pass"
    );
}

#[test]
fn slower_is_bad_only_beyond_twice_as_slow_and_with_certainty() {
    let old = counted(&[(5, 990), (40, 10)], 0);
    let p99 = |new: &Read<Sample>| verdicts(new, &old, &[])[1];
    assert_eq!(p99(&counted(&[(9, 100)], 0)), Pass);
    assert_eq!(p99(&counted(&[(5, 90), (300, 10)], 0)), Fail);
    assert_eq!(
        p99(&counted(&[(5, 99), (300, 1)], 0)),
        Pass,
        "one of a hundred may be chance"
    );
    assert_eq!(p99(&counted(&[(300, 19)], 0)), Inconclusive);
    let slow = counted(&[(400, 500)], 0);
    assert_eq!(verdicts(&counted(&[(700, 200)], 0), &slow, &[])[1], Pass);
    assert_eq!(verdicts(&counted(&[(900, 200)], 0), &slow, &[])[1], Fail);
    assert_eq!(
        verdicts(&slow, &counted(&[], 0), &[])[1],
        Inconclusive,
        "nothing to compare with"
    );
}

#[test]
fn a_promise_is_broken_where_it_certainly_will_not_be_kept() {
    let promise = |objective: &str, good| Promise {
        name: "x".into(),
        objective: objective.parse().unwrap(),
        good,
    };
    let available = promise("99.9", Good::Status("status < 500".parse().unwrap()));
    let judged = |promise: &Promise, new: &Read<Sample>| {
        let events = promise.kept_by(new.as_ref().unwrap());
        verdicts(new, &asked(0, 0, None), &[(promise, Held::Events(events))])[2]
    };
    assert_eq!(judged(&available, &counted(&[(5, 1_000)], 0)), Pass);
    assert_eq!(
        judged(&available, &counted(&[(5, 1_000)], 2)),
        Pass,
        "it may well be chance"
    );
    assert_eq!(judged(&available, &counted(&[(5, 1_000)], 20)), Fail);
    assert_eq!(judged(&available, &counted(&[(5, 10)], 0)), Inconclusive);
    assert_eq!(
        judged(&available, &asked(20, 1_000, None)),
        Fail,
        "failures are what it means by bad"
    );
    let strict = promise("99", Good::Status("status < 400".parse().unwrap()));
    assert_eq!(
        judged(&strict, &asked(0, 1_000, None)),
        Inconclusive,
        "not counted by status"
    );
    let quick = promise("95", Good::Within(300_000));
    assert_eq!(judged(&quick, &counted(&[(200, 990), (500, 10)], 0)), Pass);
    assert_eq!(judged(&quick, &counted(&[(200, 600), (500, 400)], 0)), Fail);
    let by_quantile = |value| {
        let held = Held::Quantile(value, 0.3);
        verdicts(&asked(0, 1_000, None), &asked(0, 0, None), &[(&quick, held)])[2]
    };
    assert_eq!(
        [
            by_quantile(Ok(0.2)),
            by_quantile(Ok(0.4)),
            by_quantile(Err("no data".into()))
        ],
        [Pass, Fail, Inconclusive]
    );
}

#[test]
fn what_is_not_known_is_never_a_pass() {
    let old = counted(&[(5, 1_000)], 0);
    for new in [
        Err("the source did not answer".to_owned()),
        Ok(Sample::default()),
        asked(0, 0, None),
        asked(0, 10, Some(0.1)),
    ] {
        let said = verdicts(&new, &old, &[]);
        assert!(said.iter().all(|verdict| *verdict == Inconclusive), "{new:?}: {said:?}");
    }
}

#[test]
fn a_number_without_an_interval_needs_more_than_one_look() {
    let old = asked(0, 1_000, Some(0.1));
    let looks = |values: &[f64]| {
        let mut looks = Looks::default();
        let mut last = Verdict::Pass;
        for value in values {
            let new = asked(0, 100, Some(*value));
            let findings = look(&Look {
                at: Timestamp::UNIX_EPOCH,
                release: ReleaseNo(2),
                previous: OLD,
                new: &new,
                old: &old,
                promises: &[],
                min_requests: 20,
                latency: true,
                source: "memory",
            });
            last = looks.add(&findings);
            if matches!(last, Verdict::Fail(_)) {
                break;
            }
        }
        (looks.count, matches!(last, Verdict::Fail(_)), last == Verdict::Pass)
    };
    assert_eq!(looks(&[0.9, 0.9, 0.9]), (2, true, false));
    assert_eq!(looks(&[0.9, 0.1, 0.9, 0.1, 0.9]), (5, true, false));
    assert_eq!(looks(&[0.9, 0.1, 0.1]), (3, false, true));
    assert_eq!(looks(&[0.1, 0.9]), (2, false, false), "a bad last look is no pass");
}

#[test]
fn a_watch_looks_often_enough_and_no_more() {
    for (watch, every) in [(5_000, 1_000), (10_000, 1_250), (120_000, 15_000), (3_600_000, 15_000)] {
        assert_eq!(interval(Span::from_millis(watch)), Span::from_millis(every));
    }
}

#[test]
fn a_failure_is_told_with_value_sample_and_bound() {
    let mut measured = Measurement {
        at: Timestamp::UNIX_EPOCH,
        release: ReleaseNo(2),
        name: "errors".into(),
        value: Some(0.12),
        sample: Some(400),
        bound: "v1 had 3 of 5000".into(),
        verdict: Fail,
        source: "agent".into(),
    };
    assert_eq!(describe(&measured), "errors 12% of 400 requests; v1 had 3 of 5000");
    measured.name = "latency p99".into();
    assert_eq!(
        describe(&measured),
        "latency p99 0.120 s of 400 requests; v1 had 3 of 5000"
    );
}

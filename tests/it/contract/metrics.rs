//! What every source of a release's numbers owes.

#![allow(clippy::unwrap_used, reason = "a test ends where its set-up fails")]

use std::fmt::Write;
use std::sync::Arc;

use deliver::adapters::counts::Counts;
use deliver::adapters::memory::metrics::{MemoryMetrics, Pace};
use deliver::adapters::prometheus::{Credentials, Prometheus};
use deliver::adapters::system::SystemClock;
use deliver::fault::Kind;
use deliver::model::prometheus::{self, Prometheus as Config};
use deliver::model::traffic::{BUCKET_MICROS, LATENCY_BUCKETS, Traffic, latency_bucket};
use deliver::model::{EnvName, ReleaseNo, ServiceName, Span};
use deliver::ports::metrics::{Of, Sample};
use deliver::ports::{Clock, Metrics};
use deliver::store::Store;
use jiff::{SignedDuration, Timestamp};

use crate::support::needs;
use crate::support::prometheus::Server;

/// Ten requests a second of each release for five minutes; of v2's one in ten failed. All took 20 ms.
const PER_SECOND: u64 = 10;
const MINUTES: i64 = 5;

fn service() -> ServiceName {
    "shop".parse().unwrap()
}

fn of(release: u32) -> Of<'static> {
    static SERVICE: std::sync::OnceLock<(ServiceName, EnvName)> = std::sync::OnceLock::new();
    let (service, env) = SERVICE.get_or_init(|| (service(), "local".parse().unwrap()));
    Of {
        service,
        env,
        release: ReleaseNo(release),
    }
}

/// The beginning of a minute.
fn end() -> Timestamp {
    let now = SystemClock::new(None).now().as_microsecond();
    Timestamp::from_microsecond(now.div_euclid(BUCKET_MICROS) * BUCKET_MICROS).unwrap()
}

/// The suite. `to` is when the requests ended.
fn owes(source: &dyn Metrics, to: Timestamp) {
    assert!(!source.name().is_empty());
    let from = to - SignedDuration::from_secs(120);
    let sample = |release| source.sample(of(release), from, to).unwrap();
    let counted = |sample: &Sample| sample.requests.unwrap();
    for (release, failing) in [(1, 0.0), (2, 0.1)] {
        let sample = sample(release);
        let requests = counted(&sample);
        let expected = 120.0 * PER_SECOND as f64;
        assert!(
            (requests.total as f64 - expected).abs() <= expected * 0.05,
            "{release}: {requests:?}"
        );
        let share = requests.part as f64 / requests.total as f64;
        assert!((share - failing).abs() < 0.01, "{release}: {requests:?}");
        let p99 = match &sample.tally {
            Some(tally) => tally.quantile(0.99).map(|micros| micros as f64 / 1e6),
            None => sample.p99,
        };
        assert!(
            p99.is_some_and(|p99| (0.005..=0.05).contains(&p99)),
            "{release}: {sample:?}"
        );
        assert!(!sample.source.is_empty() && !sample.latency_source.is_empty());
    }
    let stranger = sample(7);
    assert_eq!(
        stranger.requests.map_or(0, |requests| requests.total),
        0,
        "nothing is known of it"
    );
    assert_eq!(stranger.p99, None);
    // Nothing within no time.
    let grain = source.grain();
    if grain == Span::ZERO {
        let none = source.sample(of(2), to, to).unwrap().requests;
        assert!(none.is_none_or(|requests| requests.total <= PER_SECOND * 2), "{none:?}");
    } else {
        let (first, second) = (to - SignedDuration::from_secs(120), to - SignedDuration::from_secs(1));
        let mark = source.sample(of(2), first, to - SignedDuration::from_secs(61)).unwrap();
        let rest = source.sample(of(2), first, second).unwrap().since(&mark);
        assert_eq!(counted(&rest).total, 60 * PER_SECOND);
    }
    assert_eq!(source.evaluate(of(2), "no_such_metric", from, to).unwrap(), None);
}

#[test]
fn memory_keeps_the_contract() {
    let metrics = MemoryMetrics::default();
    for (release, failing) in [(1, 0), (2, 100)] {
        let pace = Pace {
            per_second: PER_SECOND as f64,
            failing,
            millis: 20,
        };
        metrics.pace(ReleaseNo(release), pace);
    }
    owes(&metrics, end());
    metrics.break_down(Some("gone"));
    let fault = metrics.sample(of(1), end(), end()).unwrap_err();
    assert_eq!(fault.kind(), Kind::Unreachable);
}

#[test]
fn the_agents_counts_keep_the_contract() {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new(None));
    let store = Store::in_memory(clock, "ada").unwrap();
    let to = end();
    let all = PER_SECOND * 60;
    for minute in 1..=MINUTES {
        for (release, failed) in [(1, 0), (2, all / 10)] {
            let mut latency = vec![0; LATENCY_BUCKETS];
            latency[latency_bucket(20_000)] = all;
            let counted = Traffic {
                service: service(),
                env: of(release).env.clone(),
                release: ReleaseNo(release),
                bucket: to.as_microsecond() - minute * BUCKET_MICROS,
                // Half of the failures are the app's own answers, half are none.
                classes: [0, all - failed, 0, 0, failed / 2],
                failed: failed - failed / 2,
                latency,
            };
            store.record_traffic(&[counted]).unwrap();
        }
    }
    owes(&Counts::new(&store), to);
}

/// What two instances exported, scraped every fifteen seconds.
fn exported(to: Timestamp) -> String {
    let mut text = String::new();
    let steps: Vec<(i64, u64)> = (0..=MINUTES * 4)
        .map(|step| (to.as_second() - MINUTES * 60 + step * 15, step as u64 * 15 * PER_SECOND))
        .collect();
    let instances = [(1, 0), (2, 10)];
    let labels = |release: u32| format!("job=\"shop\",instance=\"10.0.0.{release}:8080\"");
    text.push_str("# TYPE deliver_release_info gauge\n");
    for (release, _) in instances {
        for (at, _) in &steps {
            let labels = labels(release);
            writeln!(
                text,
                "deliver_release_info{{{labels},service=\"shop\",release=\"v{release}\"}} 1 {at}"
            )
            .unwrap();
        }
    }
    text.push_str("# TYPE http_requests counter\n");
    for (release, failing) in instances {
        for (status, percent) in [("200", 100 - failing), ("500", failing)] {
            for (at, count) in &steps {
                let labels = labels(release);
                let count = count * percent / 100;
                writeln!(
                    text,
                    "http_requests_total{{{labels},route=\"/\",status=\"{status}\"}} {count} {at}"
                )
                .unwrap();
                // Probes are nobody's requests.
                writeln!(
                    text,
                    "http_requests_total{{{labels},route=\"/readyz\",status=\"{status}\"}} {count} {at}"
                )
                .unwrap();
            }
        }
    }
    text.push_str("# TYPE http_request_duration_seconds histogram\n");
    for (release, _) in instances {
        for le in ["0.01", "0.025", "0.05", "+Inf"] {
            for (at, count) in &steps {
                let count = if le == "0.01" { 0 } else { *count };
                let labels = labels(release);
                let name = "http_request_duration_seconds_bucket";
                writeln!(text, "{name}{{{labels},route=\"/\",le=\"{le}\"}} {count} {at}").unwrap();
            }
        }
    }
    // A series is a block of lines in rising time: those of the two routes were written by turns.
    let mut sorted: Vec<&str> = text.lines().collect();
    let family = |line: &str| {
        [
            "# TYPE deliver",
            "deliver",
            "# TYPE http_requests ",
            "http_requests",
            "# TYPE http_request_d",
            "http_request_d",
        ]
        .iter()
        .position(|start| line.starts_with(start))
    };
    sorted.sort_by_key(|line| {
        (
            family(line),
            line.split(' ')
                .next()
                .map(str::to_owned)
                .filter(|_| !line.starts_with('#')),
        )
    });
    sorted.join("\n") + "\n# EOF\n"
}

fn config(url: &str) -> Config {
    Config {
        url: url.to_owned(),
        errors: prometheus::ERRORS.into(),
        total: prometheus::TOTAL.into(),
        latency: Some(prometheus::LATENCY.into()),
        token: None,
        user: None,
        password: None,
    }
}

#[test]
fn a_real_prometheus_keeps_the_contract_with_the_expressions_that_need_no_writing() {
    if !needs::has("prometheus") || !needs::has("promtool") {
        return;
    }
    let to = end();
    let server = Server::start(Some(&exported(to)));
    let metrics = Prometheus::new(config(&server.url), Credentials::default()).unwrap();
    owes(&metrics, to);
    let from = to - SignedDuration::from_secs(120);
    let quantile = metrics.quantile(of(2), 0.5, from, to).unwrap().unwrap();
    assert!((0.01..=0.025).contains(&quantile), "{quantile}");
    let ask = |expression: &str| {
        metrics
            .evaluate(of(2), expression, from, to)
            .map_err(|fault| fault.to_string())
    };
    assert_eq!(ask("sum(deliver_release_info{release=\"$release\"})"), Ok(Some(1.0)));
    assert_eq!(ask("vector(0) / 0"), Ok(None), "NaN is no number");
    assert_eq!(ask("scalar(vector(3))"), Ok(Some(3.0)));
    assert!(
        ask("deliver_release_info")
            .unwrap_err()
            .ends_with("2 series instead of one number: sum them up")
    );
    assert!(ask("sum(").unwrap_err().contains("400: "), "{:?}", ask("sum("));
    assert!(ask("deliver_release_info[1m]").unwrap_err().contains("matrix"));
    assert!(ask("x{r=\"$relase\"}").unwrap_err().contains("`$relase` is not known"));
    drop(server);
    let fault = metrics.sample(of(1), from, to).unwrap_err();
    assert_eq!((fault.kind(), fault.code()), (Kind::Unreachable, "metrics-unreachable"));
}

use jiff::ToSpan;
use jiff::civil::{Time, Weekday};
use proptest::prelude::*;

use super::*;
use crate::model::rota::{Every, Window};

fn at(text: &str) -> Timestamp {
    text.parse().expect("a moment")
}

fn layer(line: usize, role: &str, people: &[&str], start: &str, every: &str) -> Layer {
    Layer {
        line,
        role: role.into(),
        people: people.iter().map(|name| (*name).to_owned()).collect(),
        start: start.parse().expect("a time"),
        until: None,
        every: every.parse().expect("a length"),
        window: Window::ALWAYS,
    }
}

fn rota(zone: &str, layers: Vec<Layer>) -> Rota {
    Rota {
        name: "checkout".into(),
        file: "rotas/checkout.toml".into(),
        team: "checkout".into(),
        zone: TimeZone::get(zone).expect("a zone"),
        cover: Window::ALWAYS,
        layers,
        overrides: Vec::new(),
    }
}

fn over(line: usize, person: &str, from: &str, to: &str, reason: Option<&str>) -> Override {
    Override {
        line,
        role: "primary".into(),
        person: person.into(),
        from: at(from),
        to: at(to),
        reason: reason.map(str::to_owned),
    }
}

/// Spans as `role person start end`.
fn shown(spans: &[Span]) -> Vec<String> {
    let person = |span: &Span| span.person.clone().unwrap_or_else(|| format!("{:?}", span.source));
    spans
        .iter()
        .map(|span| format!("{} {} {} {}", span.role, person(span), span.start, span.end))
        .collect()
}

fn office() -> Window {
    Window {
        days: vec![
            Weekday::Monday,
            Weekday::Tuesday,
            Weekday::Wednesday,
            Weekday::Thursday,
            Weekday::Friday,
        ],
        between: Some((Time::constant(9, 0, 0, 0), Time::constant(17, 0, 0, 0))),
    }
}

#[test]
fn an_override_cuts_a_turn_and_says_instead_of_whom() {
    let mut rota = rota(
        "Europe/Berlin",
        vec![layer(5, "primary", &["ada", "bo"], "2026-03-02T09:00", "1w")],
    );
    let (from, to) = ("2026-03-08T17:00:00Z", "2026-03-10T08:00:00Z");
    rota.overrides = vec![over(12, "cy", from, to, Some("a move"))];
    let spans = resolve(&rota, at("2026-03-02T08:00:00Z"), at("2026-03-16T08:00:00Z"));
    assert_eq!(
        shown(&spans),
        [
            "primary ada 2026-03-02T08:00:00Z 2026-03-08T17:00:00Z",
            "primary cy 2026-03-08T17:00:00Z 2026-03-10T08:00:00Z",
            "primary bo 2026-03-10T08:00:00Z 2026-03-16T08:00:00Z"
        ]
    );
    assert_eq!(
        spans[1].reasons,
        [
            "override (rotas/checkout.toml:12): cy from Sun 2026-03-08 18:00 CET to Tue 2026-03-10 09:00 CET: a move",
            "instead of ada, then bo"
        ]
    );
    assert_eq!(
        spans[2].reasons,
        [
            "layer (rotas/checkout.toml:5): bo has turn 2 of 2, every 1w from Mon 2026-03-09 09:00 CET to Mon 2026-03-16 \
             09:00 CET"
        ]
    );
}

#[test]
fn later_overrides_and_later_layers_cover_earlier_ones() {
    let mut rota = rota(
        "UTC",
        vec![
            layer(5, "primary", &["ada", "bo"], "2026-03-02T09:00", "1w"),
            layer(9, "primary", &["cy"], "2026-03-11T09:00", "1w"),
        ],
    );
    rota.overrides = vec![
        over(12, "dee", "2026-03-10T00:00:00Z", "2026-03-12T00:00:00Z", None),
        over(17, "eve", "2026-03-10T12:00:00Z", "2026-03-11T00:00:00Z", None),
    ];
    let spans = resolve(&rota, at("2026-03-09T09:00:00Z"), at("2026-03-13T00:00:00Z"));
    assert_eq!(
        shown(&spans),
        [
            "primary bo 2026-03-09T09:00:00Z 2026-03-10T00:00:00Z",
            "primary dee 2026-03-10T00:00:00Z 2026-03-10T12:00:00Z",
            "primary eve 2026-03-10T12:00:00Z 2026-03-11T00:00:00Z",
            "primary dee 2026-03-11T00:00:00Z 2026-03-12T00:00:00Z",
            "primary cy 2026-03-12T00:00:00Z 2026-03-13T00:00:00Z"
        ]
    );
    assert_eq!(spans[2].reasons[1], "instead of dee");
    assert_eq!(spans[4].reasons[1], "instead of bo");
}

#[test]
fn a_new_layer_moves_nobody_before_it_starts() {
    let old = layer(5, "primary", &["ada", "bo", "cy"], "2026-03-02T09:00", "1w");
    let before = rota("Europe/Berlin", vec![old.clone()]);
    let change = layer(9, "primary", &["bo", "cy", "dee", "ada"], "2026-06-01T09:00", "1w");
    let after = rota("Europe/Berlin", vec![old, change]);
    let (from, start, to) = (
        at("2026-03-02T08:00:00Z"),
        at("2026-06-01T07:00:00Z"),
        at("2026-06-15T07:00:00Z"),
    );
    assert_eq!(resolve(&before, from, start), resolve(&after, from, start));
    assert_eq!(
        shown(&resolve(&after, start, to)),
        [
            "primary bo 2026-06-01T07:00:00Z 2026-06-08T07:00:00Z",
            "primary cy 2026-06-08T07:00:00Z 2026-06-15T07:00:00Z"
        ]
    );
}

#[test]
fn gaps_are_spans_that_say_why() {
    let mut layer = layer(5, "primary", &["ada"], "2026-03-02T09:00", "1w");
    layer.window = office();
    layer.until = Some("2026-03-04T09:00".parse().expect("a time"));
    let mut rota = rota("UTC", vec![layer]);
    let spans = resolve(&rota, at("2026-03-01T00:00:00Z"), at("2026-03-06T00:00:00Z"));
    assert_eq!(
        shown(&spans),
        [
            "primary NotBegun 2026-03-01T00:00:00Z 2026-03-02T09:00:00Z",
            "primary ada 2026-03-02T09:00:00Z 2026-03-02T17:00:00Z",
            "primary Gap 2026-03-02T17:00:00Z 2026-03-03T09:00:00Z",
            "primary ada 2026-03-03T09:00:00Z 2026-03-03T17:00:00Z",
            "primary Gap 2026-03-03T17:00:00Z 2026-03-06T00:00:00Z"
        ]
    );
    assert_eq!(
        spans[0].reasons,
        ["no layer of primary begins before Mon 2026-03-02 09:00 UTC"]
    );
    assert_eq!(
        spans[2].reasons,
        [
            "nobody is on call as primary",
            "layer (rotas/checkout.toml:5) has somebody on call only mon tue wed thu fri, 09:00 to 17:00"
        ]
    );
    rota.cover = office();
    let spans = resolve(&rota, at("2026-03-02T17:00:00Z"), at("2026-03-04T10:00:00Z"));
    assert_eq!(
        shown(&spans),
        [
            "primary Uncovered 2026-03-02T17:00:00Z 2026-03-03T09:00:00Z",
            "primary ada 2026-03-03T09:00:00Z 2026-03-03T17:00:00Z",
            "primary Uncovered 2026-03-03T17:00:00Z 2026-03-04T09:00:00Z",
            "primary Gap 2026-03-04T09:00:00Z 2026-03-04T10:00:00Z"
        ]
    );
    assert_eq!(
        spans[3].reasons[1],
        "layer (rotas/checkout.toml:5) ended at Wed 2026-03-04 09:00 UTC"
    );
}

#[test]
fn a_night_on_which_the_clock_changes_is_explained() {
    let rota = rota(
        "Europe/Berlin",
        vec![layer(5, "primary", &["ada", "bo"], "2026-03-27T02:30", "1d")],
    );
    let [span] = &who(&rota, at("2026-03-29T00:30:00Z"))[..] else {
        panic!("one role")
    };
    assert_eq!(
        shown(std::slice::from_ref(span)),
        ["primary bo 2026-03-28T01:30:00Z 2026-03-29T01:00:00Z"]
    );
    assert_eq!(
        span.reasons[1],
        "2026-03-29 02:30 is skipped in Europe/Berlin: the handoff is at Sun 2026-03-29 03:00 CEST"
    );
    let [span] = &who(&rota, at("2026-10-25T00:30:00Z"))[..] else {
        panic!("one role")
    };
    assert_eq!(span.start, at("2026-10-25T00:30:00Z"));
    assert_eq!(
        span.reasons[1],
        "2026-10-25 02:30 comes twice in Europe/Berlin: the first one is the handoff"
    );
}

#[test]
fn who_is_not_cut_and_knows_when_there_is_no_end_in_sight() {
    let mut layer = layer(5, "primary", &["ada", "bo"], "2026-01-31T09:00", "12mo");
    let rota_of = |layer: &Layer| rota("UTC", vec![layer.clone()]);
    let spans = who(&rota_of(&layer), at("2026-08-01T00:00:00Z"));
    assert_eq!(shown(&spans), ["primary ada 2026-01-31T09:00:00Z 2027-01-31T09:00:00Z"]);
    let [before] = &who(&rota_of(&layer), at("2020-01-01T00:00:00Z"))[..] else {
        panic!("one role")
    };
    assert_eq!((before.start, before.source), (Timestamp::MIN, Source::NotBegun));
    layer.until = Some("2026-03-01T09:00".parse().expect("a time"));
    let [after] = &who(&rota_of(&layer), at("2026-08-01T00:00:00Z"))[..] else {
        panic!("one role")
    };
    assert_eq!((after.start, after.end), (at("2026-03-01T09:00:00Z"), Timestamp::MAX));
    for edge in [Timestamp::MIN, Timestamp::MAX] {
        who(&rota_of(&layer), edge);
        assert_eq!(resolve(&rota_of(&layer), edge, edge), []);
    }
}

/// Who is on call at one moment, by looking through what was counted, as a person with a calendar would.
fn looked_up(rota: &Rota, handoffs: &[Vec<Timestamp>], role: &str, at: Timestamp) -> Option<String> {
    for it in rota.overrides.iter().rev().filter(|it| it.role == role) {
        if it.from <= at && at < it.to {
            return Some(it.person.clone());
        }
    }
    for (layer, handoffs) in rota
        .layers
        .iter()
        .zip(handoffs)
        .rev()
        .filter(|(layer, _)| layer.role == role)
    {
        let over = layer.until.is_some_and(|until| wall::first(&rota.zone, until) <= at);
        if over || !open(&layer.window, &rota.zone, at) {
            continue;
        }
        if let Some(last) = handoffs.iter().rposition(|handoff| *handoff <= at) {
            return Some(layer.people[last % layer.people.len()].clone());
        }
    }
    None
}

/// Every handoff of a layer, one by one, those of one moment once.
fn counted(layer: &Layer, zone: &TimeZone, to: Timestamp) -> Vec<Timestamp> {
    let moments = (0i64..).map(|number| wall::first(zone, handoff(layer, number)));
    let mut moments: Vec<Timestamp> = moments.take_while(|moment| *moment < to).collect();
    moments.dedup();
    moments
}

fn handoff(layer: &Layer, number: i64) -> DateTime {
    match layer.every {
        Every::Hours(hours) => layer.start + (number * i64::from(hours)).hours(),
        Every::Days(days) => layer.start + (number * i64::from(days)).days(),
        // Adding months to a date ends at the month's last day.
        Every::Months(months) => layer.start + (number * i64::from(months)).months(),
    }
}

fn open(window: &Window, zone: &TimeZone, at: Timestamp) -> bool {
    let today = zone.to_datetime(at).date();
    let Some((start, end)) = window.between else {
        return window.days.is_empty() || window.days.contains(&today.weekday());
    };
    (-2..=2).any(|days| {
        let date = today + i64::from(days).days();
        let ends_on = if end > start { date } else { date + 1.day() };
        let begins = wall::first(zone, date.to_datetime(start));
        let ends = match start == end {
            true => wall::first(zone, ends_on.to_datetime(end)),
            false => wall::last(zone, ends_on.to_datetime(end)),
        };
        (window.days.is_empty() || window.days.contains(&date.weekday())) && begins <= at && at < ends
    })
}

const ZONES: [&str; 5] = [
    "Europe/Berlin",
    "America/Chicago",
    "Australia/Lord_Howe",
    "America/Havana",
    "UTC",
];

fn any_window() -> impl Strategy<Value = Window> {
    let days = prop::sample::subsequence(
        vec![Weekday::Monday, Weekday::Wednesday, Weekday::Saturday, Weekday::Sunday],
        0..4,
    );
    let time =
        (0i8..24, prop::sample::select(vec![0i8, 30])).prop_map(|(hour, minute)| Time::constant(hour, minute, 0, 0));
    let between = prop::option::of((time.clone(), time));
    (days, between).prop_map(|(days, between)| Window { days, between })
}

fn any_layer() -> impl Strategy<Value = Layer> {
    let role = prop::sample::select(vec!["primary", "secondary"]);
    let every = prop::sample::select(vec!["1h", "6h", "1d", "2d", "1w", "1mo"]);
    let start = (1i8..13, 1i8..29, 0i8..24, prop::sample::select(vec![0i8, 30]));
    let window = prop_oneof![Just(Window::ALWAYS), any_window()];
    (role, every, start, 1usize..4, prop::option::of(1i64..60), window).prop_map(
        |(role, every, (month, day, hour, minute), people, days, window)| {
            let start = jiff::civil::date(2026, month, day).at(hour, minute, 0, 0);
            Layer {
                line: 1,
                role: role.into(),
                people: (0..people).map(|number| format!("{role}{number}")).collect(),
                start,
                until: days.map(|days| start + days.days()),
                every: every.parse().expect("a length"),
                window,
            }
        },
    )
}

/// Around the times at which the clocks of [`ZONES`] change.
const NIGHTS: [&str; 6] = [
    "2026-03-29T00:00:00Z",
    "2026-10-25T00:00:00Z",
    "2026-03-08T08:00:00Z",
    "2026-11-01T06:00:00Z",
    "2026-04-04T15:00:00Z",
    "2026-10-03T15:30:00Z",
];

fn any_rota() -> impl Strategy<Value = (Rota, Timestamp)> {
    let night =
        (0..NIGHTS.len(), -72i64..72).prop_map(|(night, hours)| at(NIGHTS[night]) + SignedDuration::from_hours(hours));
    let parts = (
        0..ZONES.len(),
        prop::collection::vec(any_layer(), 1..4),
        any_window(),
        night,
    );
    let overrides = prop::collection::vec((-100i64..300, 1i64..100, prop::bool::ANY), 0..4);
    (parts, overrides).prop_map(|((zone, layers, cover, start), overrides)| {
        let mut rota = rota(ZONES[zone], layers);
        rota.cover = cover;
        let role = rota.layers[0].role.clone();
        for (begin, long, half) in overrides {
            let from = start + SignedDuration::from_mins(begin * 60 + if half { 30 } else { 0 });
            rota.overrides.push(Override {
                line: 1,
                role: role.clone(),
                person: format!("o{}", rota.overrides.len()),
                from,
                to: from + SignedDuration::from_hours(long),
                reason: None,
            });
        }
        (rota, start)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn spans_partition_the_time_and_agree_with_looking_at_every_moment((rota, from) in any_rota(), hours in 1i64..200) {
        let to = from + SignedDuration::from_hours(hours);
        let spans = resolve(&rota, from, to);
        let handoffs: Vec<_> = rota.layers.iter().map(|layer| counted(layer, &rota.zone, to)).collect();
        for role in rota.roles() {
            let of_role: Vec<&Span> = spans.iter().filter(|span| span.role == role).collect();
            prop_assert_eq!(of_role.first().map(|span| span.start), Some(from));
            prop_assert_eq!(of_role.last().map(|span| span.end), Some(to));
            prop_assert!(of_role.iter().all(|span| span.start < span.end));
            prop_assert!(of_role.windows(2).all(|pair| pair[0].end == pair[1].start));
            let mut moment = from;
            while moment < to {
                let span = of_role.iter().find(|span| span.start <= moment && moment < span.end).expect("it is covered");
                prop_assert_eq!(&span.person, &looked_up(&rota, &handoffs, role, moment), "{} at {}", role, moment);
                moment += SignedDuration::from_mins(30);
            }
        }
    }

    #[test]
    fn who_is_the_span_of_a_schedule_that_holds_the_moment((rota, at) in any_rota()) {
        let far = SignedDuration::from_hours(24 * 20);
        let (from, to) = (at - far, at + far);
        let schedule = resolve(&rota, from, to);
        for span in who(&rota, at) {
            let same = schedule.iter().find(|it| it.role == span.role && it.start <= at && at < it.end).expect("it is covered");
            prop_assert_eq!(&span.person, &same.person);
            // Only ends that the schedule cuts may differ.
            prop_assert!(span.start == same.start || (same.start == from && span.start < from));
            prop_assert!(span.end == same.end || (same.end == to && span.end > to));
        }
    }
}

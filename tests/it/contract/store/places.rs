//! Where environments are, what targets made of releases and what was measured, whatever engine is behind the store.

use deliver::model::measurement::{Judged, Measurement};
use deliver::model::place::Place;
use deliver::model::{DeploymentId, EnvName, ReleaseNo};
use deliver::ports::Clock;
use serde_json::{Value, json};

use super::{Bed, pricing};

macro_rules! on_every_engine {
    ($($claim:ident,)*) => {
        mod memory { $( #[test] fn $claim() { super::$claim(&super::super::Bed::memory()); } )* }
        mod file { $( #[test] fn $claim() { super::$claim(&super::super::Bed::file()); } )* }
        mod postgres {
            $( #[test] fn $claim() { if let Some(bed) = super::super::Bed::postgres() { super::$claim(&bed); } } )*
        }
        mod pooled {
            $( #[test] fn $claim() { if let Some(bed) = super::super::Bed::pooled() { super::$claim(&bed); } } )*
        }
    };
}

on_every_engine! {
    an_environment_is_where_it_was_deployed_to_last,
    what_a_target_made_of_a_release_is_kept,
    measurements_come_back_in_their_order,
}

fn an_environment_is_where_it_was_deployed_to_last(bed: &Bed) {
    let env: EnvName = "production".parse().unwrap();
    assert_eq!(bed.store.place(&pricing(), &env).unwrap(), None);
    let swarm = Place {
        target: "swarm".into(),
        options: json!({ "host": "tcp://10.0.0.1:2376", "networks": ["shop"] }),
    };
    bed.store.set_place(&pricing(), &env, &swarm).unwrap();
    bed.store.set_place(&pricing(), &env, &swarm).unwrap();
    assert_eq!(bed.store.place(&pricing(), &env).unwrap(), Some(swarm));
    bed.store.set_place(&pricing(), &env, &Place::of("kubernetes")).unwrap();
    assert_eq!(
        bed.store.place(&pricing(), &env).unwrap(),
        Some(Place::of("kubernetes"))
    );
    assert_eq!(bed.store.place(&pricing(), &EnvName::local()).unwrap(), None);
}

fn what_a_target_made_of_a_release_is_kept(bed: &Bed) {
    let release = ReleaseNo(3);
    assert_eq!(bed.store.placement(&pricing(), release).unwrap(), Value::Null);
    bed.store.keep_placement(&pricing(), release, &Value::Null).unwrap();
    assert_eq!(bed.store.placement(&pricing(), release).unwrap(), Value::Null);
    let record = json!({ "image": "registry/pricing@sha256:12", "services": { "web": { "Name": "pricing" } } });
    bed.store.keep_placement(&pricing(), release, &record).unwrap();
    assert_eq!(bed.store.placement(&pricing(), release).unwrap(), record);
    assert_eq!(bed.store.placement(&pricing(), ReleaseNo(4)).unwrap(), Value::Null);
}

fn measurements_come_back_in_their_order(bed: &Bed) {
    let measured = |value: Option<f64>| Measurement {
        at: bed.clock.now(),
        release: ReleaseNo(2),
        name: "errors".into(),
        value,
        sample: value.map(|_| 120),
        bound: "v1 had 0.4% of 12000".into(),
        verdict: match value {
            Some(_) => Judged::Pass,
            None => Judged::Inconclusive,
        },
        source: "agent".into(),
    };
    let (first, then) = ([measured(None), measured(Some(0.25))], [measured(Some(0.5))]);
    bed.store.add_measurements(DeploymentId(7), &first).unwrap();
    bed.store.add_measurements(DeploymentId(7), &then).unwrap();
    assert_eq!(
        bed.store.measurements(DeploymentId(7)).unwrap(),
        [&first[..], &then].concat()
    );
    assert_eq!(bed.store.measurements(DeploymentId(8)).unwrap(), []);
}

//! Where an objective stands, in one word.

use std::collections::BTreeMap;

use serde::Serialize;

/// In the order in which somebody must act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, schemars::JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Nothing of the budget is left.
    Spent,
    /// It will be gone soon at this rate: a pair of [`PAIRS`](super::burn::PAIRS) fires.
    Burning,
    /// One failure took more than the whole budget, because there are so few requests that not even one may fail: that is no
    /// judgement of the service.
    LowTraffic,
    Ok,
    /// The counts cannot answer the objective.
    Unknown,
    /// Nothing was counted, or what it is read from is not connected. Never healthy.
    NoData,
}

impl State {
    /// The word of JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            State::Spent => "spent",
            State::Burning => "burning",
            State::LowTraffic => "low_traffic",
            State::Ok => "ok",
            State::Unknown => "unknown",
            State::NoData => "no_data",
        }
    }

    /// How bad it is for a whole of several: what is not known is worse than what is well.
    fn badness(self) -> u8 {
        match self {
            State::Ok => 0,
            State::NoData => 1,
            State::Unknown => 2,
            State::LowTraffic => 3,
            State::Burning => 4,
            State::Spent => 5,
        }
    }
}

/// Several objectives together.
#[derive(Clone, Debug, Default, PartialEq, Eq, schemars::JsonSchema, Serialize)]
pub struct Tallied {
    /// The worst of them; `null` of none.
    pub state: Option<State>,
    /// How many are in each state; only those that are there.
    pub slos: BTreeMap<State, u32>,
}

impl Tallied {
    pub fn add(&mut self, state: State) {
        *self.slos.entry(state).or_default() += 1;
        let worst = self
            .state
            .into_iter()
            .chain([state])
            .max_by_key(|state| state.badness());
        self.state = worst;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_data_is_never_healthy_and_the_worst_stands_for_all() {
        let tallied = |states: &[State]| {
            let mut all = Tallied::default();
            states.iter().for_each(|state| all.add(*state));
            all
        };
        assert_eq!(tallied(&[]).state, None);
        assert_eq!(
            tallied(&[State::Ok, State::NoData, State::Ok]).state,
            Some(State::NoData)
        );
        assert_eq!(
            tallied(&[State::NoData, State::Burning, State::Spent]).state,
            Some(State::Spent)
        );
        assert_eq!(
            serde_json::to_string(&tallied(&[State::NoData, State::Ok, State::Ok])).expect("JSON"),
            r#"{"state":"no_data","slos":{"ok":2,"no_data":1}}"#
        );
    }
}

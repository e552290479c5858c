//! A share of events, and how sure one can be of it.

use serde::{Deserialize, Serialize};

/// So many of so many events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, schemars::JsonSchema, Serialize, Deserialize)]
pub struct Share {
    pub part: u64,
    pub total: u64,
}

/// Standard deviations on each side of the mean that hold 95 % of a normal distribution.
const Z: f64 = 1.959_963_984_540_054;

impl Share {
    /// The 95 % interval of the true share by Wilson's score, which holds for few events and for shares near 0 and 1,
    /// where the usual one does not. Of no events nothing is known: 0 to 1.
    pub fn interval(self) -> (f64, f64) {
        if self.total == 0 {
            return (0.0, 1.0);
        }
        let n = self.total as f64;
        let p = self.part.min(self.total) as f64 / n;
        let spread = 1.0 + Z * Z / n;
        let center = (p + Z * Z / (2.0 * n)) / spread;
        let half = Z * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt() / spread;
        ((center - half).max(0.0), (center + half).min(1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_is_wilsons() {
        // Published values, in percent.
        for (part, total, low, high) in [
            (1, 10, 1.8, 40.4),
            (0, 10, 0.0, 27.8),
            (2, 100, 0.55, 7.0),
            (5, 1000, 0.21, 1.17),
        ] {
            let (a, b) = Share { part, total }.interval();
            assert!(
                (a * 100.0 - low).abs() < 0.06 && (b * 100.0 - high).abs() < 0.06,
                "{part} of {total}: {a} {b}"
            );
        }
        assert_eq!(Share::default().interval(), (0.0, 1.0));
        let (low, high) = Share { part: 9, total: 9 }.interval();
        assert!(low > 0.6 && high == 1.0, "{low} {high}");
    }
}

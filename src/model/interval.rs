//! What a share of few events says about the share of all.

/// The 97.5 % quantile of the normal distribution: two-sided intervals of 95 %.
const Z: f64 = 1.959_963_984_540_054;

/// Wilson's score interval of 95 % for `hits` of `total`; `None` without events.
///
/// It stays between 0 and 1, says something of no hits at all, and is never empty, as the textbook interval is for shares
/// near 0 and 1 (Wilson 1927; Brown, Cai and DasGupta 2001 recommend it for small samples).
pub fn wilson(hits: u64, total: u64) -> Option<(f64, f64)> {
    if total == 0 {
        return None;
    }
    let hits = hits.min(total);
    let (n, share) = (total as f64, hits as f64 / total as f64);
    let (weight, square) = (1.0 + Z * Z / n, Z * Z / n);
    let middle = (share + square / 2.0) / weight;
    let half = Z / weight * (share * (1.0 - share) / n + square / (4.0 * n)).sqrt();
    // The ends are exact there; arithmetic would leave them a hair off.
    let low = if hits == 0 { 0.0 } else { (middle - half).max(0.0) };
    let high = if hits == total { 1.0 } else { (middle + half).min(1.0) };
    Some((low, high))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert, proptest};

    use super::*;

    #[test]
    fn the_interval_is_wilsons() {
        // Shares in percent, to the digits that the literature prints.
        for (hits, total, low, high) in [
            (1, 10, 1.8, 40.4),
            (0, 10, 0.0, 27.8),
            (2, 100, 0.55, 7.0),
            (5, 1000, 0.21, 1.17),
            (10, 10, 72.2, 100.0),
            (1, 1, 20.7, 100.0),
        ] {
            let (found_low, found_high) = wilson(hits, total).expect("events");
            assert!((found_low * 100.0 - low).abs() < 0.05, "{hits}/{total}: {found_low}");
            assert!((found_high * 100.0 - high).abs() < 0.05, "{hits}/{total}: {found_high}");
        }
        assert_eq!(wilson(0, 0), None);
        assert_eq!(wilson(5, 3), wilson(3, 3), "more good than there were is all of them");
    }

    proptest! {
        #[test]
        fn it_holds_the_share_and_stays_a_share(hits in any::<u64>(), total in 1..u64::MAX) {
            let hits = hits % (total + 1);
            let (low, high) = wilson(hits, total).expect("events");
            let share = hits as f64 / total as f64;
            prop_assert!((0.0..=1.0).contains(&low) && (0.0..=1.0).contains(&high));
            prop_assert!(low <= share + 1e-12 && share <= high + 1e-12, "{low} {share} {high}");
        }
    }
}

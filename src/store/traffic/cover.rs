//! Which sums make up a stretch of time: whole days where there are any, hours beside them, minutes at both ends.

use crate::model::traffic::{BUCKET_MICROS, DAY_MICROS, HOUR_MICROS};

/// Buckets of one length in a row. All three are microseconds; `from` and `to` are multiples of `span`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    pub span: i64,
    pub from: i64,
    pub to: i64,
}

/// Times beyond these are cut off. No clock gets there, and what rounds up from them is still a number.
const FARTHEST: i64 = i64::MAX / 2;

/// The longest buckets that cover `from` to `to` exactly, in order and without a gap. Ends inside of a minute are widened to
/// the whole minute; a stretch that ends before it begins is empty.
pub fn cover(from: i64, to: i64) -> Vec<Piece> {
    let from = floor(from.clamp(-FARTHEST, FARTHEST), BUCKET_MICROS);
    let to = ceil(to.clamp(-FARTHEST, FARTHEST), BUCKET_MICROS);
    let mut pieces = Vec::new();
    fill(from, to, &[DAY_MICROS, HOUR_MICROS, BUCKET_MICROS], &mut pieces);
    pieces
}

/// `spans` holds each length once, the longest first; each divides the one before.
fn fill(from: i64, to: i64, spans: &[i64], pieces: &mut Vec<Piece>) {
    let Some((&span, shorter)) = spans.split_first() else {
        return;
    };
    let (inner, outer) = (ceil(from, span), floor(to, span));
    if inner >= outer {
        return fill(from, to, shorter, pieces);
    }
    fill(from, inner, shorter, pieces);
    pieces.push(Piece {
        span,
        from: inner,
        to: outer,
    });
    fill(outer, to, shorter, pieces);
}

/// The start of the bucket of this length that holds `at`.
pub fn floor(at: i64, span: i64) -> i64 {
    at.div_euclid(span) * span
}

fn ceil(at: i64, span: i64) -> i64 {
    floor(at, span) + if at.rem_euclid(span) == 0 { 0 } else { span }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

    use super::*;

    const MINUTE: i64 = BUCKET_MICROS;

    #[test]
    fn minutes_hours_and_days_meet_without_a_gap() {
        let from = DAY_MICROS - 61 * MINUTE;
        let to = 3 * DAY_MICROS + HOUR_MICROS + 2 * MINUTE;
        let piece = |span, from, to| Piece { span, from, to };
        assert_eq!(
            cover(from, to),
            [
                piece(MINUTE, from, from + MINUTE),
                piece(HOUR_MICROS, from + MINUTE, DAY_MICROS),
                piece(DAY_MICROS, DAY_MICROS, 3 * DAY_MICROS),
                piece(HOUR_MICROS, 3 * DAY_MICROS, to - 2 * MINUTE),
                piece(MINUTE, to - 2 * MINUTE, to),
            ]
        );
        assert_eq!(cover(7, 8), [piece(MINUTE, 0, MINUTE)]);
        assert_eq!(cover(5 * MINUTE, 5 * MINUTE), []);
        assert_eq!(cover(to, from), []);
    }

    proptest! {
        #[test]
        fn every_minute_is_covered_once_by_few_pieces(start in -5_000i64..5_000, length in -10i64..20_000) {
            let (from, to) = (start * MINUTE, (start + length) * MINUTE);
            let pieces = cover(from, to);
            let mut at = from;
            for piece in &pieces {
                prop_assert_eq!(piece.from, at, "a gap, or twice the same");
                prop_assert!(piece.to > piece.from);
                prop_assert_eq!((piece.from % piece.span, piece.to % piece.span), (0, 0));
                at = piece.to;
            }
            prop_assert_eq!(at, from.max(if pieces.is_empty() { from } else { to }));
            prop_assert_eq!(pieces.is_empty(), length <= 0);
            prop_assert!(pieces.len() <= 5);
            let buckets: i64 = pieces.iter().map(|piece| (piece.to - piece.from) / piece.span).sum();
            prop_assert!(buckets <= 2 * 59 + 2 * 23 + length.max(0) / 1440 + 1);
        }

        #[test]
        fn no_clock_breaks_it(from in any::<i64>(), to in any::<i64>()) {
            prop_assert!(cover(from, to).len() <= 5);
        }
    }
}
